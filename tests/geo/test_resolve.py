"""One position asked: verdict, lead, next step, who decides, the border and when to ask again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from api.services.asking import Asked, question_of
from geo.answer_text import compass, round_metres
from geo.errors import InvalidInput
from geo.model import Edition, Policy, UnitKind
from geo.position import Position
from geo.resolve import Moment, determine, determine_many
from geo.shares import Verdict
from tests.geo.small_worlds import (
    EDITION,
    MOMENT,
    NOW,
    STEP_EAST_M,
    STEP_NORTH_M,
    WORLDS,
    area,
    ask,
    ask_at,
    corner,
    crossing_schemes,
    draw_city,
    gap_and_overlap,
    hired_hands,
    lead_code,
    one_keeper,
    open_atlas,
    question_at,
    square,
    three_corners,
    three_tiers,
    town_with_a_hole,
    two_levels,
    two_towns,
    unit,
)

GEODESIC = Geod(ellps="WGS84")
WEST_M = {x: GEODESIC.inv(*corner(4 - x, 2), *corner(4, 2))[2] for x in (0.1, 0.2, 0.3, 0.5)}
"""Metres from a place so many steps west of the line between the two towns."""


# --- verdict and lead ---------------------------------------------------------------------------------------------


def test_far_inside_a_town_the_answer_is_certain():
    answer = ask(open_atlas(two_towns()), 2, 2, accuracy_m=10.0)
    assert answer.verdict is Verdict.CERTAIN
    assert (lead_code(answer), answer.lead.p, answer.nobody) == ("west", 1000, 0)
    assert (answer.do, answer.next_unit.code) == ("dispatch", "west")
    assert answer.warnings == ()
    assert answer.provisional is False
    assert (answer.interim, answer.coordinator, answer.nearest) == (None, None, None)


def half_plane(metres_inside, accuracy_m, confidence=0.68):
    """The share, in thousandths, of whoever has the side of a straight border on which the position is."""
    sigma_m = Position(lon=0, lat=0, accuracy_m=accuracy_m, confidence=confidence).sigma_m
    return round(1000 * NormalDist(sigma=sigma_m).cdf(metres_inside))


@pytest.mark.parametrize(("metres", "share"), [(2, 619), (5, 775), (10, 934), (20, 999)])
def test_at_a_straight_border_ten_metres_of_doubt_give_the_shares_of_a_half_plane(metres, share):
    answer = ask(open_atlas(two_towns()), 4 - metres / STEP_EAST_M, 2, accuracy_m=10.0)
    assert [(one.unit.code, one.p) for one in answer.candidates] == [
        one for one in (("west", share), ("east", 1000 - share)) if one[1]
    ]
    assert half_plane(metres, 10.0) == share


@pytest.mark.parametrize("accuracy_m", [0.0, 1e-6])
def test_without_doubt_to_speak_of_the_point_decides(accuracy_m):
    answer = ask(open_atlas(two_towns()), 3.999, 2, accuracy_m=accuracy_m)
    assert (lead_code(answer), answer.lead.p, answer.verdict) == ("west", 1000, Verdict.CERTAIN)


def test_a_thin_strip_loses_to_those_beside_it():
    """Two metres wide, with ten metres of doubt: the one on the spot has the least."""
    wide = 2 / STEP_NORTH_M
    strips = (
        area("low", square(0, 0, 8, 2)),
        area("mid", square(0, 2, 8, 2 + wide)),
        area("top", square(0, 2 + wide, 8, 4)),
    )
    answer = ask(open_atlas(draw_city(*strips)), 4, 2 + 0.4 * wide, accuracy_m=10.0)
    shares = {one.unit.code: one.p for one in answer.candidates}
    assert shares["low"] > shares["top"] > shares["mid"] > 0
    assert (answer.verdict, answer.lead.unit.code) == (Verdict.CONTESTED, "low")
    distances = {one.unit.code: one.distance_m for one in answer.candidates}
    assert (distances["mid"], distances["low"]) == (0.0, pytest.approx(0.8, abs=0.01))


def test_a_surveyed_position_is_certain_however_near_the_border_is():
    answer = ask(open_atlas(two_towns()), 3.999999, 2, accuracy_m=0.0)
    assert answer.verdict is Verdict.CERTAIN
    assert answer.warnings == ()


def test_a_surveyed_position_exactly_on_the_line_has_one_lead_and_the_border_at_its_feet():
    answer = ask(open_atlas(two_towns()), 4, 2, accuracy_m=0.0)
    assert answer.verdict is Verdict.CERTAIN
    assert (lead_code(answer), answer.lead.p, answer.outcome.tie) == ("east", 1000, "lowest_code")
    assert round_metres(answer.border.distance_m) == 0.0
    assert answer.border.bearing_deg is None
    assert answer.border.across.code == "west"


def test_the_same_position_with_any_doubt_is_half_each_and_the_lower_code_first():
    answer = ask(open_atlas(two_towns()), 4, 2, accuracy_m=0.5)
    assert [(one.unit.code, one.p) for one in answer.candidates] == [("east", 500), ("west", 500)]
    assert (answer.verdict, answer.provisional, answer.do) == (Verdict.CONTESTED, True, "survey")
    assert answer.coordinator.code == "hq"


@pytest.mark.parametrize("confidence", [0.68, 0.95, 0.5])
def test_a_border_casts_doubt_from_3_53_sigma_on(confidence):
    atlas = open_atlas(two_towns())
    sigma_per_metre = Position(lon=0, lat=0, accuracy_m=1.0, confidence=confidence).sigma_m
    reach_m = WEST_M[0.2] / 3.53 / sigma_per_metre
    within = ask(atlas, 3.8, 2, accuracy_m=reach_m * 1.5, confidence=confidence)
    beyond = ask(atlas, 3.8, 2, accuracy_m=reach_m * 0.999, confidence=confidence)
    assert within.lead.p == half_plane(WEST_M[0.2], reach_m * 1.5, confidence) < 1000
    assert (beyond.lead.p, beyond.verdict) == (1000, Verdict.CERTAIN)


@pytest.mark.parametrize(
    ("metres", "verdict"), [(0.9, "contested"), (1.6, "likely"), (10.5, "likely"), (11.5, "certain")]
)
def test_the_verdict_follows_from_the_shares(metres, verdict):
    """Contested while ahead by 0.15 or less: to 1.25 m at ten metres of doubt; certain from 0.95, at 10.9 m."""
    answer = ask(open_atlas(two_towns()), 4 - metres / STEP_EAST_M, 2, accuracy_m=10.0)
    assert answer.verdict.value == verdict


def test_a_line_where_no_lead_changes_raises_no_doubt():
    assert ask(open_atlas(one_keeper()), 2.0, 2, accuracy_m=10.0).verdict is Verdict.CERTAIN
    assert ask(open_atlas(two_levels()), 6.0, 3, accuracy_m=10.0).verdict is Verdict.CERTAIN


def test_the_border_to_nobodys_ground_raises_doubt_like_any_other():
    answer = ask(open_atlas(two_towns()), 6, 3.95, accuracy_m=10.0)
    assert (answer.verdict, answer.lead.p) == (Verdict.LIKELY, 1000 - answer.nobody)
    assert answer.nobody == 1000 - half_plane(answer.border.distance_m, 10.0)
    assert answer.warnings == ("near_limit",)
    assert answer.border.across is None
    assert answer.border.distance_m == pytest.approx(0.05 * 110.86, abs=0.1)


def test_unknown_accuracy_is_ten_metres_and_the_answer_says_that_it_was_assumed():
    city_map = two_towns()
    lon, lat = corner(3.9, 2)
    question = question_of(Asked(lon=lon, lat=lat), open_atlas(city_map))
    answer = determine(open_atlas(city_map), question, MOMENT)
    assert (answer.position.accuracy_m, answer.position.confidence) == (10.0, 0.68)
    assert answer.accuracy_assumed is True
    assert (answer.verdict, answer.lead.p) == (Verdict.LIKELY, half_plane(answer.border.distance_m, 10.0))


def test_an_accuracy_of_nothing_is_a_survey_and_not_an_unknown_one():
    lon, lat = corner(3.8, 2)
    question = question_of(Asked(lon=lon, lat=lat, accuracy_m=0.0), open_atlas(two_towns()))
    assert (question.position.accuracy_m, question.accuracy_assumed) == (0.0, False)


def test_the_city_may_assume_another_accuracy_and_confidence():
    world = two_towns()
    city = replace(world.city, policy=Policy(accuracy_m={"unknown": 25.0}, confidence=0.95))
    question = question_of(Asked(lon=120.0, lat=31.0), open_atlas(replace(world, city=city)))
    assert (question.position.accuracy_m, question.position.confidence) == (25.0, 0.95)


@pytest.mark.parametrize(("accuracy_m", "coarse"), [(500.0, False), (500.1, True), (100_000.0, True)])
def test_beyond_the_citys_greatest_accuracy_a_nearer_landmark_is_asked_for(accuracy_m, coarse):
    atlas = open_atlas(draw_city(area("wide", square(-100, -100, 100, 100))))
    answer = ask(atlas, 0, 0, accuracy_m=accuracy_m)
    assert answer.verdict is (Verdict.CONTESTED if coarse else Verdict.CERTAIN)
    assert ("accuracy_beyond_max" in answer.warnings) is coarse
    assert (answer.question is not None) is coarse
    assert answer.do == ("ask" if coarse else "dispatch")
    assert lead_code(answer) == "wide"


def test_beyond_it_no_unit_is_named_that_is_finer_than_the_error():
    """Streets of 300 m in a wide district: their common superior stands for them."""
    wide = area("d", square(-60, -60, 60, 60), level="district")
    streets = [area(f"s{i}", square(3 * i - 15, -60, 3 * i - 12, 60), level="street") for i in range(10)]
    units = (unit("d"), *(unit(f"s{i}", "d") for i in range(10)))
    atlas = open_atlas(draw_city(wide, *streets, levels=("district", "street"), units=units))
    answer = ask(atlas, 1, 0, accuracy_m=501.0)
    assert (lead_code(answer), answer.lead.p, answer.provisional) == ("d", 1000, True)
    assert (answer.coordinator.code, answer.next_unit.code) == ("hq", "s5")
    assert ask(atlas, 1, 0, accuracy_m=20.0).lead.unit.code == "s5"


# --- overlap, gap -------------------------------------------------------------------------------------------------


def test_an_overlap_is_contested_and_its_units_have_equal_shares():
    answer = ask(open_atlas(gap_and_overlap()), 4.5, 2)
    assert answer.verdict is Verdict.CONTESTED
    assert [(candidate.unit.code, candidate.p) for candidate in answer.candidates] == [("a", 500), ("b", 500)]
    assert [candidate.ref.rpartition("/")[2] for candidate in answer.candidates] == ["a", "b"]
    assert answer.provisional is True
    assert answer.coordinator.code == "hq"


def test_an_overlap_of_three_is_rounded_to_a_whole():
    towns = [area(code, square(0, 0, 4, 4)) for code in "cab"]
    answer = ask(open_atlas(draw_city(*towns)), 2, 2)
    assert [(candidate.unit.code, candidate.p) for candidate in answer.candidates] == [
        ("a", 334),
        ("b", 333),
        ("c", 333),
    ]
    assert answer.verdict is Verdict.CONTESTED


def test_an_overlap_of_areas_with_one_unit_is_not_contested():
    city_map = draw_city(area("k1", square(0, 0, 5, 4), unit="keeper"), area("k2", square(4, 0, 8, 4), unit="keeper"))
    answer = ask(open_atlas(city_map), 4.5, 2)
    assert (answer.verdict, lead_code(answer), answer.lead.p) == (Verdict.CERTAIN, "keeper", 1000)


def test_while_two_cells_of_one_street_contest_the_street_acts_and_decides():
    answer = ask(open_atlas(three_tiers()), 2.5, 2.5)
    assert [candidate.unit.code for candidate in answer.candidates] == ["c1", "c2"]
    assert (answer.interim.code, answer.coordinator.code) == ("s1", "s1")
    assert (answer.do, answer.next_unit.code) == ("survey", "s1")


@pytest.mark.parametrize("x", [6.5, 6.9])
def test_while_cells_of_two_streets_contest_the_street_on_whose_ground_it_is_acts_and_the_district_decides(x):
    answer = ask(open_atlas(three_tiers()), x, 1.5)
    assert [candidate.unit.code for candidate in answer.candidates] == ["c3", "c4"]
    assert (answer.interim.code, answer.coordinator.code) == ("s2", "d")
    assert answer.next_unit.code == "s2"


def test_the_fallback_level_is_the_second_from_the_top_unless_the_policy_names_another():
    city_map = three_tiers()
    by_policy = replace(city_map, city=replace(city_map.city, policy=Policy(fallback_level="district")))
    assert ask(open_atlas(city_map), 2.5, 2.5).interim.code == "s1"
    assert ask(open_atlas(by_policy), 2.5, 2.5).interim.code == "d"


def test_with_one_level_only_that_level_falls_back_on_itself():
    answer = ask(open_atlas(gap_and_overlap()), 4.5, 2)
    assert (answer.interim.code, answer.do, answer.next_unit.code) == ("a", "survey", "a")


def test_where_areas_of_the_fallback_level_overlap_the_lowest_unit_code_acts():
    units = (unit("ann"), unit("zoe"))
    city_map = draw_city(
        area("t1", square(0, 0, 4, 4), unit="zoe"), area("t2", square(0, 0, 4, 4), unit="ann"), units=units
    )
    assert ask(open_atlas(city_map), 2, 2).interim.code == "ann"


def test_a_contractor_is_never_sent_as_the_interim_keeper_the_unit_above_it_is():
    hired = UnitKind.CONTRACTOR
    city_map = draw_city(
        area("d", square(0, 0, 8, 4), level="district"),
        area("s", square(0, 0, 8, 4), level="street", unit="firm"),
        area("c1", square(0, 0, 4, 4), level="cell"),
        area("c2", square(3, 0, 8, 4), level="cell"),
        levels=("district", "street", "cell"),
        units=(unit("d"), unit("s", "d"), unit("firm", "s", kind=hired), unit("c1", "s"), unit("c2", "s")),
    )
    answer = ask(open_atlas(city_map), 3.5, 2)
    assert (answer.interim.code, answer.next_unit.code) == ("s", "s")


def test_where_no_interim_keeper_is_known_the_dispute_goes_to_who_decides_it():
    city_map = draw_city(
        area("far", square(100, 100, 104, 104), level="street"),
        area("c1", square(0, 0, 4, 4), level="cell"),
        area("c2", square(3, 0, 8, 4), level="cell"),
        levels=("district", "street", "cell"),
        units=(unit("far"), unit("s"), unit("c1", "s"), unit("c2", "s")),
    )
    answer = ask(open_atlas(city_map), 3.5, 2)
    assert answer.interim is None
    assert (answer.do, answer.next_unit.code, answer.coordinator.code) == ("escalate", "s", "s")


def test_a_gap_is_unclaimed_has_no_lead_and_goes_to_headquarters():
    answer = ask(open_atlas(gap_and_overlap()), 9.4, 2)
    assert answer.verdict is Verdict.UNCLAIMED
    assert (answer.lead, answer.candidates, answer.nobody) == (None, (), 1000)
    assert (answer.outcome.rung, answer.territory) == ("nobody", None)
    assert (answer.do, answer.next_unit.code) == ("escalate", "hq")
    assert (answer.interim, answer.coordinator) == (None, None)
    assert answer.nearest.unit.code == "b"
    assert answer.nearest.distance_m == pytest.approx(0.4 * 95.19, abs=0.05)


def test_a_hole_in_a_town_is_unclaimed():
    answer = ask(open_atlas(town_with_a_hole()), 4.2, 4)
    assert answer.verdict is Verdict.UNCLAIMED
    assert answer.nearest.unit.code == "ring"


@pytest.mark.parametrize(("metres", "found"), [(1.0, True), (60.0, True), (1_999.0, True), (2_001.0, False)])
def test_the_nearest_unit_is_named_up_to_two_kilometres(metres, found):
    lon, lat, _ = GEODESIC.fwd(*corner(8, 2), 90.0, metres)
    answer = ask_at(open_atlas(two_towns()), lon=lon, lat=lat)
    assert answer.verdict is Verdict.UNCLAIMED
    if found:
        assert answer.nearest.unit.code == "east"
        assert answer.nearest.distance_m == pytest.approx(metres, abs=0.5)
    else:
        assert answer.nearest is None


def test_a_place_on_another_continent_is_unclaimed_and_nothing_is_near():
    answer = ask_at(open_atlas(two_towns()), lon=-77.0, lat=38.9, accuracy_m=10.0)
    assert answer.verdict is Verdict.UNCLAIMED
    assert answer.nearest is None
    assert (answer.border.distance_m, answer.border.searched_m) == (None, 50.0)
    assert answer.areas == ()


def test_units_of_an_overlap_are_the_nearest_by_the_lowest_code():
    towns = [area(code, square(0, 0, 4, 4)) for code in "ba"]
    assert ask(open_atlas(draw_city(*towns)), 4.5, 2).nearest.unit.code == "a"


def test_a_contractors_ground_is_led_by_the_unit_above_it():
    answer = ask(open_atlas(hired_hands()), 1, 2)
    assert (lead_code(answer), answer.lead.executor.code, answer.next_unit.code) == ("town", "firm1", "town")
    assert answer.territory.code == "town"


# --- the border ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0.1, 0.2, 0.3, 0.5])
def test_the_border_is_as_far_as_a_geodesic_says_and_names_who_is_across(steps):
    border = ask(open_atlas(two_towns()), 4 - steps, 2).border
    assert border.distance_m == pytest.approx(WEST_M[steps], abs=0.001)
    assert border.across.code == "east"
    assert compass(border.bearing_deg) == "E"


@pytest.mark.parametrize(
    ("place", "bearing", "across"),
    [
        ((4.1, 3), "W", "b"),
        ((3.9, 3), "E", "c"),
        ((6, 1.9), "N", "c"),
        ((6, 2.1), "S", "a"),
        ((2, 2.1), "S", "a"),
        ((6, 3.9), "N", None),
        ((8.1, 1), "W", "a"),
        ((8.1, 4.1), "SW", "c"),
        ((-0.1, -0.1), "NE", "a"),
    ],
)
def test_the_border_lies_in_one_of_eight_directions(place, bearing, across):
    border = ask(open_atlas(three_corners()), *place).border
    assert compass(border.bearing_deg) == bearing
    assert (border.across.code if border.across else None) == across


def test_across_an_overlap_the_units_that_are_not_here_already_are_named():
    atlas = open_atlas(gap_and_overlap())
    assert ask(atlas, 3.9, 2).border.across.code == "b"
    assert ask(atlas, 5.1, 2).border.across.code == "a"
    assert ask(atlas, 4.1, 2).border.across.code == "a"
    assert ask(atlas, 4.9, 2).border.across.code == "b"


def test_a_border_beyond_the_radius_is_not_made_up():
    border = ask(open_atlas(two_towns()), 2, 2, accuracy_m=10.0).border
    assert (border.distance_m, border.across, border.bearing_deg) == (None, None, None)
    assert border.searched_m == 50.0


@pytest.mark.parametrize(
    ("accuracy_m", "confidence", "searched_m"),
    [
        (0.0, 0.68, 50.0),
        (10.0, 0.68, 50.0),
        (15.0, 0.68, 50.0),
        (16.0, 0.68, 51.8),
        (100.0, 0.68, 323.9),
        (100.0, 0.95, 199.8),
        (500.0, 0.68, 1619.6),
        (5_000.0, 0.68, 1619.6),
    ],
)
def test_the_border_is_searched_to_fifty_metres_or_3_24_times_the_accuracy_and_no_further_than_the_city_asks(
    accuracy_m, confidence, searched_m
):
    atlas = open_atlas(draw_city(area("wide", square(-100, -100, 100, 100))))
    answer = ask(atlas, 0, 0, accuracy_m=accuracy_m, confidence=confidence)
    assert answer.border.searched_m == pytest.approx(searched_m, abs=0.06)


def test_a_second_scheme_draws_no_border_of_responsibility():
    answer = ask(open_atlas(crossing_schemes()), 2, 2.01, accuracy_m=10.0)
    assert answer.verdict is Verdict.CERTAIN
    assert answer.border.distance_m is None


# --- areas, category, time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "areas"),
    [
        ((1, 1), ["admin/town/west", "wash/round/south"]),
        ((5, 3), ["admin/town/east", "wash/round/north"]),
        ((4, 2), ["admin/town/east", "wash/round/north"]),  # on both lines: the lowest code of each level
        ((1, 2), ["admin/town/west", "wash/round/north"]),
        ((50, 2), []),
    ],
)
def test_areas_are_pure_geometry_one_a_level(place, areas):
    answer = ask(open_atlas(crossing_schemes()), *place)
    assert [f"{one.scheme}/{one.level}/{one.code}" for one in answer.areas] == areas


def test_inside_an_overlap_every_area_is_listed_and_on_its_rim_only_those_inside():
    atlas = open_atlas(gap_and_overlap())
    assert [one.code for one in ask(atlas, 4.5, 2).areas] == ["a", "b"]
    assert [one.code for one in ask(atlas, 4, 2).areas] == ["a"]
    assert [one.code for one in ask(atlas, 5, 2).areas] == ["b"]


def test_areas_name_every_level_whatever_the_ladder_says():
    codes = {one.code for one in ask(open_atlas(three_tiers()), 2.5, 2.5).areas}
    assert codes == {"d", "s1", "c1", "c2"}


def test_a_category_is_echoed_and_the_answer_warns_that_the_city_has_none():
    answer = ask(open_atlas(two_towns()), 2, 2, category="占道经营 07-b")
    assert answer.category == "占道经营 07-b"
    assert answer.warnings == ("no-categories",)
    assert answer.verdict is Verdict.CERTAIN


@pytest.mark.parametrize("category", ["", "x" * 65, "a\nb", "a\tb", "\x00", "\u200b"])
def test_a_category_that_cannot_be_printed_or_is_too_long_is_refused_in_both_languages(category):
    with pytest.raises(InvalidInput) as refusal:
        open_atlas(two_towns()).check_category(category)
    assert "64" in refusal.value.say("zh")
    assert "64" in refusal.value.say("en")


@pytest.mark.parametrize("category", [None, "x", "x" * 64, "垃圾 桶", "7.0"])
def test_any_other_category_is_accepted_as_it_stands(category):
    open_atlas(two_towns()).check_category(category)


def moment(at, known_at=NOW, *starts):
    editions = tuple(Edition(i + 2, EDITION.published_at, start) for i, start in enumerate(starts))
    return Moment(at, known_at, (EDITION, *editions))


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("when", "expires"),
    [
        (moment(NOW), NOW + 24 * HOUR),
        (moment(NOW, NOW, NOW + 3 * HOUR), NOW + 3 * HOUR),
        (moment(NOW, NOW, NOW + 30 * HOUR), NOW + 24 * HOUR),
        (moment(NOW, NOW, NOW), NOW + 24 * HOUR),
        (moment(NOW, NOW, NOW + 5 * HOUR, NOW + 2 * HOUR), NOW + 2 * HOUR),
        (moment(NOW + 9 * HOUR, NOW, NOW + 5 * HOUR, NOW + 10 * HOUR), NOW + 10 * HOUR),
        (moment(NOW - HOUR, NOW), None),  # a look back does not expire
    ],
)
def test_an_answer_holds_until_the_next_change_that_is_known_and_a_day_at_most(when, expires):
    assert ask(open_atlas(two_towns()), 2, 2, moment=when).expires == expires


def test_an_answer_for_the_last_day_of_the_calendar_is_given_too():
    last = datetime(9999, 12, 31, 15, 59, tzinfo=UTC)
    answer = ask(open_atlas(two_towns()), 2, 2, moment=moment(last))
    assert answer.verdict is Verdict.CERTAIN
    assert answer.expires is None or answer.expires > last


def test_what_is_not_known_is_named_as_missing():
    atlas = open_atlas(two_towns())
    assert ask(atlas, 6, 2).missing == ("lead.post",)
    assert ask(atlas, 2, 2).missing == ("lead.post", "lead.unit.telephone", "next.unit.telephone")
    assert ask(atlas, 60, 2).missing == ()


# --- many at once -------------------------------------------------------------------------------------------------


def test_nothing_asked_is_nothing_answered():
    assert determine_many(open_atlas(two_towns()), [], MOMENT) == []


places = st.tuples(st.integers(-4, 56).map(lambda n: n / 4), st.integers(-4, 26).map(lambda n: n / 4))
accuracies = st.sampled_from([0.0, 3.0, 10.0, 40.0, 500.0, 2_000.0])


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(WORLDS)), st.lists(st.tuples(places, accuracies), max_size=12))
def test_many_answers_are_those_that_each_position_gets_alone(world, asked):
    atlas = open_atlas(WORLDS[world]())
    questions = []
    for (x, y), accuracy_m in asked:
        lon, lat = corner(x, y)
        questions.append(question_at(lon=lon, lat=lat, accuracy_m=accuracy_m))
    assert determine_many(atlas, questions, MOMENT) == [determine(atlas, question, MOMENT) for question in questions]
