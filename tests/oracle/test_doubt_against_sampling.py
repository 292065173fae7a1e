"""p against another way to find it: positions thrown at random around the place, each asked who leads there."""

import math
from pathlib import Path

import numpy as np
import pytest
from shapely import Polygon

from geo.atlas import Atlas
from geo.city_folder import read_city
from geo.crs import from_metric
from geo.doubt import Spots, parts_around
from geo.roads import Side, StripKind
from tests.geo.claim_worlds import LITTER, STALL, claim, claim_city, on_area, on_strip, road, site
from tests.geo.claim_worlds import in_site as inside
from tests.geo.post_worlds import may
from tests.geo.small_worlds import (
    EDITION,
    WORLDS,
    area,
    ask_at,
    corner,
    draw_city,
    ground,
    open_atlas,
    ragged_city,
    square,
)

GUSU = Path(__file__).parents[2] / "samples" / "gusu"
METRES_EAST, METRES_NORTH = 95.19, 110.86


def four_corners():
    """Four towns that meet at (4, 2)."""
    corners = {"a": (0, 0, 4, 2), "b": (4, 0, 8, 2), "c": (0, 2, 4, 4), "d": (4, 2, 8, 4)}
    return draw_city(*(area(code, square(*ends)) for code, ends in corners.items()))


def drawn_with_other_vertices():
    """Two towns whose common border has vertices in the east's drawing that the west's has not."""
    (x1, y1), (x2, y2) = corner(3.9, 0), corner(4.3, 4)
    between = [(x1 + (x2 - x1) * share, y1 + (y2 - y1) * share) for share in (1 / 7, 2 / 7, 3 / 7, 5 / 7, 6 / 7)]
    west = Polygon([corner(0, 0), (x1, y1), (x2, y2), corner(0, 4)])
    east = Polygon([(x1, y1), corner(8, 0), corner(8, 4), (x2, y2), *reversed(between)])
    return draw_city(area("west", west), area("east", east))


def strip_of_four_metres():
    """A town crossed by a strip 4 m wide, with a gap at its end, and a wedge."""
    wide = 4 / METRES_NORTH
    return draw_city(
        area("south", square(0, 0, 8, 2)),
        area("strip", square(0, 2, 6, 2 + wide)),
        area("north", ground((0, 2 + wide), (6, 2 + wide), (8, 2.3), (8, 4), (0, 4))),
    )


def market_by_a_road():
    """A site with a halo 10 m wide beside a road with strips, for two kinds."""
    halo, inner = square(3.9, 1.9, 5.1, 3.1), square(4, 2, 5, 3)
    strips = (
        (Side.LEFT, StripKind.CARRIAGEWAY, square(0, 1.7, 8, 1.75)),
        (Side.RIGHT, StripKind.CARRIAGEWAY, square(0, 1.65, 8, 1.7)),
    )
    return claim_city(
        claim("all", "town", "*", on_area("town")),
        claim("in", "market", LITTER, inside("s")),
        claim("left", "roads", STALL, on_strip("r")),
        claim("right", "works", STALL, on_strip("r", Side.RIGHT)),
        areas=(area("town", square(0, 0, 8, 4)),),
        sites=(site("s", inner, halo.difference(inner), unit="market"),),
        roads=(road("r", "arterial", ((0, 1.7), (8, 1.7)), *strips),),
    )


def shares(atlas: Atlas, place, accuracy_m: float, category=None) -> dict[tuple[str, ...], float]:
    """What each set of units holds, integrated along edges."""
    sheet = atlas.sheet(category, may(6, 12))
    lon, lat = (np.array([value]) for value in corner(*place))
    sigma_m = np.array([accuracy_m / math.sqrt(-2 * math.log(1 - 0.68))])
    sets = atlas.index.sets_at(lon=lon, lat=lat)
    parts = parts_around(atlas.index, sheet.sides, Spots(lon, lat, sigma_m, sets)).get(0)
    if parts is None:
        return {sheet.outcome(sets.covers[0]).units: 1.0}
    held: dict[tuple[str, ...], float] = {}
    for part in parts:
        units = sheet.sides.keys[part.number].units
        held[units] = held.get(units, 0.0) + part.mass
    assert sum(held.values()) == pytest.approx(1.0, abs=1e-9)
    return held


def by_sampling(atlas: Atlas, place, accuracy_m: float, category=None, *, samples: int) -> dict[tuple[str, ...], float]:
    """The same by throwing positions around the place."""
    sheet = atlas.sheet(category, may(6, 12))
    sigma_m = accuracy_m / math.sqrt(-2 * math.log(1 - 0.68))
    rng = np.random.default_rng(11)
    held: dict[tuple[str, ...], float] = {}
    lon0, lat0 = corner(*place)
    for _ in range(max(1, samples // 200_000)):
        size = min(samples, 200_000)
        east, north = rng.normal(scale=sigma_m, size=(2, size))
        lon, lat = from_metric(east=east, north=north, origin_lon=lon0, origin_lat=lat0)
        sets = atlas.index.sets_at(lon=lon, lat=lat)
        counts = np.bincount(sets.ids, minlength=len(sets.covers))
        for cover, count in zip(sets.covers, counts.tolist(), strict=True):
            units = sheet.outcome(cover).units
            held[units] = held.get(units, 0.0) + count
    total = sum(held.values())
    return {units: count / total for units, count in held.items()}


CASES = [
    ("two_towns", (3.95, 2), 10.0, None),
    ("two_towns", (4, 2), 5.0, None),
    ("two_towns", (7.98, 3.97), 8.0, None),
    ("two_towns", (8, 4), 8.0, None),
    ("three_corners", (4, 2), 10.0, None),
    ("three_corners", (4.02, 2.03), 12.0, None),
    ("four_corners", (4, 2), 7.0, None),
    ("four_corners", (3.97, 2.05), 15.0, None),
    ("strip_of_four_metres", (3, 2 + 2 / METRES_NORTH), 5.0, None),
    ("strip_of_four_metres", (6, 2.01), 9.0, None),
    ("strip_of_four_metres", (6.0, 2 + 4 / METRES_NORTH), 3.0, None),
    ("gap_and_overlap", (4.5, 2), 60.0, None),
    ("gap_and_overlap", (9.5, 2), 30.0, None),
    ("town_with_a_hole", (4, 4), 60.0, None),
    ("town_with_a_hole", (3, 4), 20.0, None),
    ("three_tiers", (2.5, 2.5), 80.0, None),
    ("market_by_a_road", (4.02, 2.02), 10.0, LITTER),
    ("market_by_a_road", (3.95, 1.95), 6.0, LITTER),
    ("market_by_a_road", (4.5, 1.7), 4.0, STALL),
    ("market_by_a_road", (4.5, 1.72), 10.0, STALL),
    ("two_towns", (2, 2), 400.0, None),
    ("drawn_with_other_vertices", (4.1, 2), 10.0, None),
    ("drawn_with_other_vertices", (4.12, 2), 10.0, None),
    ("drawn_with_other_vertices", (4.05, 1.2), 10.0, None),
]
OWN = {
    "four_corners": four_corners,
    "strip_of_four_metres": strip_of_four_metres,
    "market_by_a_road": market_by_a_road,
    "drawn_with_other_vertices": drawn_with_other_vertices,
}


def compare(case, *, samples: int, tolerance: float) -> None:
    world, place, accuracy_m, category = case
    atlas = open_atlas({**WORLDS, **OWN}[world]())
    found = shares(atlas, place, accuracy_m, category)
    thrown = by_sampling(atlas, place, accuracy_m, category, samples=samples)
    for units in found.keys() | thrown.keys():
        assert found.get(units, 0.0) == pytest.approx(thrown.get(units, 0.0), abs=tolerance), (units, found, thrown)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}-{case[2]:g}m")
def test_shares_are_those_of_positions_thrown_around(case) -> None:
    compare(case, samples=200_000, tolerance=0.0062)  # five standard errors of the sampling and 0.0005


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}-{case[2]:g}m")
def test_shares_err_by_less_than_two_thousandths(case) -> None:
    compare(case, samples=8_000_000, tolerance=0.002)


@pytest.mark.parametrize("aside_m", [0.0, 1e-7, 3e-6, 1e-5, 3e-5, 1e-4, 0.001])
@pytest.mark.parametrize("to", [-1, 1])
def test_a_hair_beside_a_border_each_side_has_half(aside_m: float, to: int) -> None:
    atlas = open_atlas(drawn_with_other_vertices())
    found = shares(atlas, (4.1 + to * aside_m / METRES_EAST, 2), 10.0)
    assert found[("west",)] == pytest.approx(0.5, abs=0.001)
    assert found[("east",)] == pytest.approx(0.5, abs=0.001)


def test_in_the_sample_city_neighbours_that_draw_their_border_otherwise_share_it_once() -> None:
    city_map = read_city(GUSU).city_map
    assert city_map is not None
    atlas = Atlas(city_map, EDITION)
    at = np.array([[120.6014, 31.31085], [120.6014, 31.31077], [120.6014, 31.31078]])
    for lon, lat in at.tolist():
        answer = ask_at(atlas, lon=lon, lat=lat, accuracy_m=10.0)
        rng = np.random.default_rng(5)
        east, north = rng.normal(scale=10.0 / math.sqrt(-2 * math.log(1 - 0.68)), size=(2, 40_000))
        lons, lats = from_metric(east=east, north=north, origin_lon=lon, origin_lat=lat)
        sets = atlas.index.sets_at(lon=lons, lat=lats)
        sheet = atlas.sheet(None, may(6, 12))
        units = np.array([sheet.outcome(cover).units[0] for cover in sets.covers])[sets.ids]
        for candidate in answer.candidates:
            assert candidate.p / 1000 == pytest.approx(float(np.mean(units == candidate.unit.code)), abs=0.01)


def test_along_a_ragged_border_too() -> None:
    atlas = open_atlas(ragged_city(columns=8, rows=8, seed=4))
    rng = np.random.default_rng(2)
    compared = 0
    for place in rng.uniform(1, 7, size=(40, 2)).tolist():
        found = shares(atlas, place, 25.0)
        if len(found) > 1:
            thrown = by_sampling(atlas, place, 25.0, samples=100_000)
            for units in found.keys() | thrown.keys():
                assert found.get(units, 0.0) == pytest.approx(thrown.get(units, 0.0), abs=0.0085), place
            compared += 1
    assert compared > 5


def test_a_position_that_no_edge_is_near_is_not_integrated() -> None:
    atlas = open_atlas(WORLDS["two_towns"]())
    lon, lat = (np.array([value]) for value in corner(2, 2))
    spots = Spots(lon, lat, np.array([10.0]), atlas.index.sets_at(lon=lon, lat=lat))
    assert parts_around(atlas.index, atlas.plain.sides, spots) == {}
