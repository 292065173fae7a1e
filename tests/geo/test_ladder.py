"""The ladder: who leads where a set of areas holds the place."""

import pytest

from geo.index import Cover
from geo.ladder.here import Lead
from tests.geo.small_worlds import (
    area,
    ask,
    draw_city,
    gap_and_overlap,
    hired_hands,
    one_keeper,
    open_atlas,
    square,
    three_corners,
    three_tiers,
    two_levels,
    two_towns,
    unit,
)


def outcome_at(city_map, x, y):
    return ask(open_atlas(city_map), x, y).outcome


def test_inside_one_town_its_unit_leads():
    outcome = outcome_at(two_towns(), 6, 2)
    assert outcome.rung == "territory"
    assert outcome.units == ("east",)
    assert outcome.tie is None
    assert [(step.rung, step.hit, step.refs) for step in outcome.steps] == [
        ("ruling", False, ()),
        ("territory", True, ("area:admin/town/east",)),
    ]


def test_where_no_area_is_nobody_leads_and_the_chain_says_that_territory_was_asked():
    outcome = outcome_at(two_towns(), 6, 5)
    assert outcome.rung == "nobody"
    assert outcome.units == ()
    assert [(step.rung, step.hit) for step in outcome.steps] == [
        ("ruling", False),
        ("territory", False),
        ("nobody", True),
    ]


@pytest.mark.parametrize("y", [0, 1, 2.5, 4])
def test_on_the_line_between_two_towns_the_lowest_code_leads_alone(y):
    outcome = outcome_at(two_towns(), 4, y)
    assert outcome.units == ("east",)
    assert outcome.tie == "lowest_code"
    assert outcome.steps[-1].refs == ("area:admin/town/east", "area:admin/town/west")


@pytest.mark.parametrize(
    ("place", "units", "tie"),
    [
        ((4, 2), ("a",), "lowest_code"),  # where three meet
        ((2, 2), ("a",), "lowest_code"),
        ((4, 3), ("b",), "lowest_code"),
        ((6, 4), ("c",), None),  # an outer line is nobody else's
        ((0, 2), ("a",), "lowest_code"),
        ((0, 0), ("a",), None),
    ],
)
def test_on_lines_and_corners_exactly_one_of_those_who_meet_there_leads(place, units, tie):
    outcome = outcome_at(three_corners(), *place)
    assert (outcome.units, outcome.tie) == (units, tie)


def test_the_lowest_area_code_decides_a_tie_and_not_the_lowest_unit_code():
    city_map = draw_city(area("a1", square(0, 0, 4, 4), unit="zoo"), area("a2", square(4, 0, 8, 4), unit="arc"))
    assert outcome_at(city_map, 4, 2).units == ("zoo",)


def test_codes_compare_as_text_by_code_point():
    codes = ["a", "B", "10", "9", "é", "乙"]
    towns = [area(code, square(2 * i, 0, 2 * i + 2, 4)) for i, code in enumerate(codes)]
    winners = [outcome_at(draw_city(*towns), 2 * i + 2, 2).units[0] for i in range(5)]
    assert winners == ["B", "10", "10", "9", "é"]


def test_inside_one_area_and_on_the_edge_of_another_the_inside_wins():
    atlas = open_atlas(gap_and_overlap())
    assert (ask(atlas, 4, 2).outcome.units, ask(atlas, 4, 2).outcome.tie) == (("a",), None)
    assert (ask(atlas, 5, 2).outcome.units, ask(atlas, 5, 2).outcome.tie) == (("b",), None)


def test_inside_one_area_and_where_two_others_meet_there_is_no_tie():
    city_map = draw_city(area("z", square(0, 0, 8, 4)), area("a", square(0, 0, 4, 4)), area("b", square(4, 0, 8, 4)))
    outcome = outcome_at(city_map, 4, 2)
    assert (outcome.units, outcome.tie) == (("z",), None)
    assert outcome.steps[-1].refs == ("area:admin/town/z",)


def test_inside_an_overlap_all_units_lead_with_equal_rank_in_the_order_of_their_codes():
    outcome = outcome_at(gap_and_overlap(), 4.5, 2)
    assert outcome.units == ("a", "b")
    assert outcome.tie is None


def test_an_overlap_of_areas_with_one_unit_has_one_lead():
    city_map = draw_city(area("k1", square(0, 0, 5, 4), unit="keeper"), area("k2", square(4, 0, 8, 4), unit="keeper"))
    outcome = outcome_at(city_map, 4.5, 2)
    assert outcome.leads == (Lead("keeper", 0),)
    assert outcome.steps[-1].refs == ("area:admin/town/k1", "area:admin/town/k2")


@pytest.mark.parametrize(
    ("place", "lead"),
    [
        ((3, 3), "c1"),
        ((5, 3), "c2"),
        ((7, 3), "c2"),  # on either side of the line between the districts
        ((6, 3), "c2"),  # and on it
        ((1, 1), "d1"),  # where no cell is, the district
        ((9, 3), "d2"),
        ((6, 1), "d1"),  # on the line between the districts
        ((4, 3), "c1"),  # on the line between the cells
        ((8, 3), "c2"),  # on the edge of a cell, inside a district: the finer level covers the place
        ((6, 4), "c2"),
        ((2, 2), "c1"),
    ],
)
def test_the_finest_level_that_covers_the_place_decides(place, lead):
    assert outcome_at(two_levels(), *place).units == (lead,)


def test_an_overlap_counts_at_the_finest_level_only():
    atlas = open_atlas(three_tiers())
    assert ask(atlas, 2.5, 2.5).outcome.units == ("c1", "c2")
    assert ask(atlas, 1.5, 2.5).outcome.units == ("c1",)


def test_a_contractor_never_leads_the_unit_above_it_does_and_the_contractor_executes():
    atlas = open_atlas(hired_hands())
    assert ask(atlas, 1, 1).outcome.leads == (Lead("town", 0, executor="firm1"),)
    assert ask(atlas, 5, 1).outcome.leads == (Lead("town", 1, executor="firm2"),)
    assert ask(atlas, 9, 1).outcome.leads == (Lead("hq", 2, executor="firm3"),)


def test_two_contractors_of_one_unit_do_not_share_a_place_with_each_other():
    city_map = draw_city(
        area("t1", square(0, 0, 5, 4), unit="firm1"),
        area("t2", square(4, 0, 8, 4), unit="firm2"),
        units=hired_hands_units(),
    )
    assert outcome_at(city_map, 4.5, 2).leads == (Lead("town", 0, executor="firm1"),)


def hired_hands_units():
    return tuple(one for one in hired_hands().units if one.code != "hq")


def test_areas_of_another_scheme_do_not_lead():
    city_map = draw_city(
        area("round", square(0, 0, 4, 4), scheme="wash", level="round"),
        area("town", square(2, 0, 4, 4)),
        other_schemes=(("wash", ("round",)),),
    )
    atlas = open_atlas(city_map)
    assert ask(atlas, 1, 1).outcome.rung == "nobody"
    assert ask(atlas, 3, 1).outcome.units == ("town",)


def test_ground_without_a_unit_is_nobodys():
    city_map = draw_city(area("empty", square(0, 0, 4, 4), unit=None), units=(unit("town"),))
    outcome = outcome_at(city_map, 1, 1)
    assert outcome.units == ()
    assert outcome.rung == "nobody"


def test_two_cells_of_one_unit_meet_without_a_change_of_lead():
    atlas = open_atlas(one_keeper())
    assert ask(atlas, 1, 1).outcome.units == ask(atlas, 3, 1).outcome.units == ask(atlas, 2, 1).outcome.units


def test_the_walk_is_the_same_whichever_position_asked_for_it():
    atlas = open_atlas(two_towns())
    assert atlas.plain.outcome(Cover((0,), ())) is atlas.plain.outcome(Cover((0,), ()))


def test_a_reference_names_scheme_level_and_code():
    atlas = open_atlas(draw_city(area("310/7 北", square(0, 0, 1, 1), unit="town"), units=(unit("town"),)))
    assert atlas.grounds.items[0].ref == "area:admin/town/310/7 北"
