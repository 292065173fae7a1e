"""How much of the ground around many positions each area holds: the same p as the single answer's."""

import numpy as np
import pytest

from geo.doubt import Spots, parts_around
from geo.verify.ground import NOBODY, ground_of
from geo.verify.masses import Around
from tests.geo.small_worlds import (
    STEP_EAST_M,
    corner,
    gap_and_overlap,
    open_atlas,
    ragged_city,
    telling_places,
    three_corners,
    town_with_a_hole,
    two_levels,
    two_towns,
)

SIGMA_M = 20.0


def ground(city_map, *, level="town"):
    return ground_of(open_atlas(city_map), scheme="admin", level=level)


def masses_at(level, x, y, sigma_m=SIGMA_M):
    """The masses at one place of the squared paper by code, None for nobody."""
    lon, lat = np.array([corner(x, y)]).T
    found = Around(level, lon=lon, lat=lat).masses(sigma_m)
    codes = [None if number == NOBODY else level.areas[number].code for number in found.area.tolist()]
    return dict(zip(codes, found.mass.tolist(), strict=True))


def test_far_from_every_line_one_area_holds_all():
    assert masses_at(ground(two_towns()), 2, 2) == {"west": 1.0}


def test_at_one_sigma_from_a_straight_border_it_is_that_of_the_normal():
    found = masses_at(ground(two_towns()), 4 - SIGMA_M / STEP_EAST_M, 2)
    assert found == pytest.approx({"west": 0.8413, "east": 0.1587}, abs=2e-4)


@pytest.mark.parametrize(
    ("x", "y", "held"), [(4, 2, {"west": 0.5, "east": 0.5}), (4, 4, {"west": 0.25, "east": 0.25, None: 0.5})]
)
def test_on_a_line_or_a_corner_each_side_has_its_angle(x, y, held):
    assert masses_at(ground(two_towns()), x, y) == pytest.approx(held, abs=1e-6)


def test_where_areas_overlap_each_has_its_part():
    found = masses_at(ground(gap_and_overlap()), 4.5, 2, sigma_m=1.0)
    assert found == pytest.approx({"a": 0.5, "b": 0.5})


def test_only_lines_of_the_level_part_its_areas():
    assert masses_at(ground(two_levels(), level="district"), 4, 3) == {"d1": 1.0}


def test_without_an_error_the_place_alone_decides():
    assert masses_at(ground(two_towns()), 3.999999, 2, sigma_m=0.0) == {"west": 1.0}


@pytest.mark.parametrize(
    "city_map",
    [two_towns(), three_corners(), gap_and_overlap(), town_with_a_hole(), ragged_city(columns=6, rows=4, seed=2)],
)
@pytest.mark.parametrize("sigma_m", [0.5, 12.0, 150.0])
def test_the_masses_are_those_of_the_answers_own_integral(city_map, sigma_m):
    scheme, level = next(iter(open_atlas(city_map).level_names))
    asked = ground_of(open_atlas(city_map), scheme=scheme, level=level)
    lon, lat = telling_places(city_map, random=200)
    found = Around(asked, lon=lon, lat=lat).masses(sigma_m)
    spots = Spots(lon, lat, np.full(len(lon), sigma_m), asked.index.sets_at(lon=lon, lat=lat))
    parts = parts_around(asked.index, asked.sides, spots)
    assert np.bincount(found.position, found.mass) == pytest.approx(np.ones(len(lon)), abs=1e-9)
    assert len(parts) > 50
    for row, held in parts.items():
        expected = np.zeros(len(asked.areas) + 1)
        for part in held:
            key = asked.sides.keys[part.number] or (NOBODY,)
            expected[np.array(key) + 1] += part.mass / len(key)
        mine = np.zeros(len(asked.areas) + 1)
        mine[found.area[found.position == row] + 1] = found.mass[found.position == row]
        # The answers put a place on a line aside by micrometres as well, which moves p by millionths.
        assert mine == pytest.approx(expected, abs=2e-5 if sigma_m < 1 else 2e-6)


def test_the_lead_holds_most_and_nobody_never_leads_where_there_is_an_area():
    level = ground(two_towns())
    lon, lat = np.array([corner(3.9, 2), corner(-0.1, 2), corner(30, 30)]).T
    area, mass = Around(level, lon=lon, lat=lat).masses(SIGMA_M).lead()
    assert [None if number == NOBODY else level.areas[number].code for number in area] == ["west", "west", None]
    assert mass[0] > 0.5 > mass[1] > 0.0 == mass[2]


def test_among_the_areas_nobody_has_no_share():
    level = ground(two_towns())
    lon, lat = np.array([corner(-0.1, 2), corner(2, 2), corner(30, 30)]).T
    shared = Around(level, lon=lon, lat=lat).masses(SIGMA_M).among_areas()
    assert shared.of(np.full(3, level.numbers["west"])).tolist() == pytest.approx([1.0, 1.0, 0.0])
    assert shared.of(np.full(3, NOBODY)).tolist() == [0.0, 0.0, 1.0]


def test_no_positions_have_no_masses():
    nothing = np.zeros(0)
    found = Around(ground(two_towns()), lon=nothing, lat=nothing).masses(SIGMA_M)
    assert found.of(np.zeros(0, dtype=np.int64)).tolist() == []
