"""Who leads how much of a line or a ground, on squared paper (a step is 95 m by 111 m) and against counted samples."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon

from geo.atlas import Atlas
from geo.claims import Role
from geo.crs import areas_m2
from geo.errors import InvalidGeometry
from geo.portions import Portions, lengths_m, portions_of
from geo.portions_text import say_portions
from tests.geo.claim_worlds import FRIDAY_NOON, LITTER, ON_MAIN, claim, market_town, on_strip
from tests.geo.small_worlds import (
    STEP_EAST_M,
    STEP_NORTH_M,
    area,
    corner,
    draw_city,
    gap_and_overlap,
    ground,
    open_atlas,
    square,
    three_corners,
    two_towns,
)


def line(*places: tuple[float, float]) -> MultiLineString:
    return MultiLineString([[corner(x, y) for x, y in places]])


def land(*polygons: Polygon) -> MultiPolygon:
    return MultiPolygon(polygons)


def shares(found: Portions) -> dict[str, int]:
    """Thousandths by unit; nobody as `-`."""
    parts = {one.unit.code: one.share for one in found.portions}
    return parts | ({"-": found.nobody} if found.nobody else {})


def ask(atlas: Atlas, shape: MultiLineString | MultiPolygon, category: str | None = None) -> Portions:
    return portions_of(atlas, atlas.sheet(category, FRIDAY_NOON), shape)


def test_a_line_over_a_border_is_shared_by_the_length_on_each_side() -> None:
    found = ask(open_atlas(two_towns()), line((2, 2), (8, 2)))
    assert (found.by, shares(found), found.tie) == ("length", {"east": 667, "west": 333}, None)
    assert found.total == pytest.approx(6 * STEP_EAST_M, rel=1e-3)
    assert [one.measure for one in found.portions] == pytest.approx([4 * STEP_EAST_M, 2 * STEP_EAST_M], rel=1e-3)
    assert found.lead is not None
    assert found.lead.code == "east"
    assert [one.rungs for one in found.portions] == [("territory",), ("territory",)]


def test_a_line_along_a_border_belongs_half_to_each_side_and_the_lower_code_leads() -> None:
    found = ask(open_atlas(two_towns()), line((4, 1), (4, 3)))
    assert (shares(found), found.tie) == ({"east": 500, "west": 500}, "lowest_code")
    assert found.lead is not None
    assert found.lead.code == "east"


def test_a_line_along_the_edge_of_the_city_belongs_half_to_nobody() -> None:
    found = ask(open_atlas(two_towns()), line((0, 1), (0, 3)))
    assert (shares(found), found.tie) == ({"west": 500, "-": 500}, None)


def test_a_line_that_turns_onto_a_border_is_cut_where_it_does() -> None:
    # One step inside west, then two along the border: 95 m to west and 222 m to both.
    found = ask(open_atlas(two_towns()), line((3, 1), (4, 1), (4, 3)))
    west_m, total_m = STEP_EAST_M + STEP_NORTH_M, STEP_EAST_M + 2 * STEP_NORTH_M
    assert found.portions[0].unit.code == "west"
    assert found.portions[0].measure == pytest.approx(west_m, rel=1e-3)
    assert found.portions[0].share == round(1000 * west_m / total_m)


def test_equal_rank_shares_equally_and_a_gap_is_nobodys() -> None:
    found = ask(open_atlas(gap_and_overlap()), line((0, 2), (14, 2)))
    # Of 14 steps: a 4 and half of 1, b half of 1 and 4, c 4, nobody 1; the remainders go to the largest.
    assert shares(found) == {"a": 322, "b": 321, "c": 286, "-": 71}
    assert sum(shares(found).values()) == 1000
    assert (found.lead.code if found.lead else None, found.tie) == ("a", "lowest_code")


def test_a_ground_is_shared_by_area() -> None:
    found = ask(open_atlas(three_corners()), land(square(2, 1, 8, 3)))
    assert (found.by, shares(found)) == ("area", {"a": 500, "c": 333, "b": 167})
    assert found.total == pytest.approx(float(areas_m2(np.array([square(2, 1, 8, 3)]))[0]), abs=1e-3)


def test_a_hole_in_a_ground_and_its_parts_count_as_drawn() -> None:
    donut = ground((0, 0), (8, 0), (8, 4), (0, 4), holes=(((4, 0.5), (4, 3.5), (7.5, 3.5), (7.5, 0.5)),))
    found = ask(open_atlas(two_towns()), land(donut))
    assert shares(found) == {"west": 744, "east": 256}  # 16 steps to 5.5
    parts = ask(open_atlas(two_towns()), land(square(0, 0, 1, 1), square(5, 0, 8, 1)))
    assert shares(parts) == {"east": 750, "west": 250}


def test_what_a_line_draws_twice_counts_once() -> None:
    there_and_back = line((3, 2), (5, 2), (3, 2))
    assert ask(open_atlas(two_towns()), there_and_back).total == pytest.approx(2 * STEP_EAST_M, rel=1e-3)
    crossing = MultiLineString([[corner(1, 1), corner(7, 3)], [corner(1, 3), corner(7, 1)]])
    assert shares(ask(open_atlas(two_towns()), crossing)) == {"east": 500, "west": 500}


def test_where_nobody_leads_there_is_no_lead() -> None:
    found = ask(open_atlas(two_towns()), line((20, 20), (21, 21)))
    assert (found.portions, found.nobody, found.lead, found.tie) == ((), 1000, None, None)
    assert "指挥部" in say_portions(found, "zh")


def test_a_shape_without_length_is_refused() -> None:
    with pytest.raises(InvalidGeometry, match="no length"):
        ask(open_atlas(two_towns()), MultiLineString([[(120.601, 31.301), (120.601 + 1e-13, 31.301)]]))


def test_a_scribble_is_refused_before_it_is_cut() -> None:
    scribble = np.random.default_rng(1).uniform((120.6, 31.3), (120.608, 31.304), (2000, 2))
    with pytest.raises(InvalidGeometry, match="crosses itself or borders too often"):
        ask(open_atlas(two_towns()), MultiLineString([scribble]))
    assert ask(open_atlas(two_towns()), MultiLineString([scribble[:200]])).total > 0.0


def test_a_category_is_shared_by_the_claims_that_name_it() -> None:
    town = market_town(claim("C1", "works", LITTER, on_strip("main"), Role.LEADS))
    atlas = open_atlas(town)
    x, y = ON_MAIN
    across = line((x, y - 1.5), (x, y + 2.5))
    with_claim, plain = ask(atlas, across, LITTER), ask(atlas, across)
    # Of four steps across the road half of one is its left carriageway.
    assert shares(with_claim) == {"works": 125, "-": 875}
    assert with_claim.portions[0].rungs == ("segment",)
    assert shares(plain) == {"west": 1000}


def test_the_sentence_names_four_and_counts_the_others() -> None:
    row = draw_city(*(area(f"t{i}", square(i, 0, i + 1, 1)) for i in range(6)))
    found = ask(open_atlas(row), line((0, 0.5), (6.5, 0.5)))
    assert say_portions(found, "en") == (
        "619 m in all: office t0 15.4%, office t1 15.4%, office t2 15.4%, office t3 15.4%, 2 others 30.7%, nobody 7.7%;"
        " several have the largest share, and office t0 leads by its code."
    )
    assert say_portions(found, "zh").startswith("全长 619 米：t0街道办 15.4%、")


def test_a_single_lead_is_named_without_a_tie() -> None:
    found = ask(open_atlas(two_towns()), land(square(1, 1, 5, 2)))
    assert (
        say_portions(found, "zh")
        == f"面积 {found.total:,.0f} 平方米：west街道办 75%、east街道办 25%；由west街道办牵头。"
    )


def ragged_town(seed: int) -> Atlas:
    """Nine towns whose borders jag, one left out."""
    random = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.arange(4.0), np.arange(4.0), indexing="ij"), axis=-1) * 3
    grid += random.uniform(-0.9, 0.9, grid.shape)
    towns = [
        area(f"t{i}{j}", ground(*(tuple(grid[a, b]) for a, b in ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)))))
        for i in range(3)
        for j in range(3)
        if (i, j) != (1, 1)
    ]
    return open_atlas(draw_city(*towns))


@pytest.mark.parametrize("seed", range(12))
def test_the_shares_of_a_line_are_those_of_many_places_on_it(seed: int) -> None:
    atlas, random = ragged_town(seed), np.random.default_rng(seed)
    drawn = LineString([corner(*place) for place in random.uniform(-1, 10, (5, 2))])
    found = ask(atlas, MultiLineString([drawn]))
    places = shapely.get_coordinates(drawn.interpolate(np.linspace(0.0, 1.0, 200_001)[1::2], normalized=True))
    assert found.total == pytest.approx(float(lengths_m(np.array([drawn]))[0]), rel=1e-9)
    steps = shapely.linestrings(np.stack([places[:-1], places[1:]], axis=1))
    counted = count(atlas, (places[:-1] + places[1:]) / 2.0, lengths_m(steps))
    assert {code: share / 1000 for code, share in shares(found).items()} == pytest.approx(counted, abs=1.1e-3)


@pytest.mark.parametrize("seed", range(12))
def test_the_shares_of_a_ground_are_those_of_intersections(seed: int) -> None:
    atlas, random = ragged_town(seed), np.random.default_rng(seed + 100)
    spun = sorted(random.uniform(0, 2 * np.pi, 7))
    drawn = ground(*((4 + 5 * np.cos(turn), 4 + 4 * np.sin(turn)) for turn in spun))
    found = ask(atlas, land(drawn))
    whole_m2 = float(areas_m2(np.array([drawn]))[0])
    by_town = {one.code: float(areas_m2(np.array([one.boundary.intersection(drawn)]))[0]) for one in atlas.areas}
    assert found.total == pytest.approx(whole_m2, rel=1e-9)
    measured = {one.unit.code: one.measure for one in found.portions}
    assert measured == pytest.approx({code: m2 for code, m2 in by_town.items() if m2 > 1e-3}, rel=1e-6, abs=1e-3)


def count(atlas: Atlas, places: np.ndarray, weights: np.ndarray) -> dict[str, float]:
    found = atlas.index.sets_at(lon=places[:, 0], lat=places[:, 1])
    counted: dict[str, float] = {}
    for number, cover in enumerate(found.covers):
        weight = float(weights[found.ids == number].sum())
        for code in atlas.plain.outcome(cover).units or ("-",):
            counted[code] = counted.get(code, 0.0) + weight / max(1, len(atlas.plain.outcome(cover).units))
    return {code: weight / float(weights.sum()) for code, weight in counted.items() if weight}


def test_a_city_asked_twice_answers_the_same() -> None:
    atlas = open_atlas(replace(gap_and_overlap()))
    assert ask(atlas, line((0, 1), (14, 3))) == ask(atlas, line((0, 1), (14, 3)))
