"""Where the lead changes: the lines that count, and the nearest place on them."""

import math

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo.index import BoundaryIndex, Cover
from geo.lines import draw_lines
from tests.geo.small_worlds import (
    WORLDS,
    area,
    ask,
    corner,
    draw_city,
    gap_and_overlap,
    ground,
    hired_hands,
    one_keeper,
    open_atlas,
    ragged_city,
    square,
    three_corners,
    town_with_a_hole,
    two_levels,
    two_towns,
)

NOWHERE = Cover((), ())

GEODESIC = Geod(ellps="WGS84")


def metres_between(place, other):
    """Geodesic metres between two places of the squared paper."""
    return GEODESIC.inv(*corner(*place), *corner(*other))[2]


def nearest(atlas, x, y, radius_m=50.0):
    lon, lat = corner(x, y)
    near = atlas.plain.border.edges_near(lon=np.array([lon]), lat=np.array([lat]), radius_m=np.array([radius_m]))
    return float(near.distance_m[0]), float(near.lon[0]), float(near.lat[0]), int(near.line[0])


def lines_of(city_map):
    boundaries = np.array([one.boundary for one in city_map.areas], dtype=object)
    return draw_lines(BoundaryIndex(boundaries), boundaries)


def test_each_line_knows_the_set_on_its_left_and_on_its_right():
    lines = lines_of(two_towns())
    seen = set()
    for line, left, right in zip(lines.geometries, lines.left, lines.right, strict=True):
        if all(x == corner(4, 0)[0] for x, _ in line.coords):
            northwards = line.coords[-1][1] > line.coords[0][1]
            west, east = (left, right) if northwards else (right, left)
            assert (west, east) == (Cover((1,), ()), Cover((0,), ()))
        seen.add(frozenset((left, right)))
    east, west = Cover((0,), ()), Cover((1,), ())
    assert seen == {frozenset((east, west)), frozenset((east, NOWHERE)), frozenset((west, NOWHERE))}


def test_a_line_between_lines_that_cross_has_one_set_on_each_side():
    lines = lines_of(draw_city(area("a", square(0, 0, 4, 4)), area("b", square(2, 2, 6, 6))))
    a, b, both = Cover((0,), ()), Cover((1,), ()), Cover((0, 1), ())
    parted = {frozenset(sides) for sides in zip(lines.left, lines.right, strict=True)}
    assert parted == {frozenset(sides) for sides in ((a, NOWHERE), (b, NOWHERE), (a, both), (b, both))}


def test_a_line_that_is_drawn_twice_parts_nothing():
    one = square(0, 0, 4, 4)
    lines = lines_of(draw_city(area("a", one), area("b", one)))
    assert {frozenset(sides) for sides in zip(lines.left, lines.right, strict=True)} == {
        frozenset((Cover((0, 1), ()), NOWHERE))
    }


def test_without_any_boundary_there_are_no_lines_and_no_border():
    lines = draw_lines(BoundaryIndex(np.array([], dtype=object)), np.array([], dtype=object))
    assert len(lines.geometries) == len(lines.left) == len(lines.right) == 0


@pytest.mark.parametrize(
    ("place", "foot"),
    [
        ((3.8, 2), (4, 2)),  # straight to the line
        ((4.3, 3), (4, 3)),
        ((6, 3.7), (6, 4)),  # to the outer line: nobody is beyond
        ((7.9, 1), (8, 1)),
        ((8.2, 1), (8, 1)),  # from nobody's ground
        ((8.1, 4.2), (8, 4)),  # to a corner
        ((4, 4.2), (4, 4)),
    ],
)
def test_the_nearest_place_on_the_border_is_where_a_ruler_finds_it(place, foot):
    distance_m, lon, lat, line = nearest(open_atlas(two_towns()), *place)
    assert distance_m == pytest.approx(metres_between(place, foot), abs=0.001)
    assert (lon, lat) == pytest.approx(corner(*foot), abs=1e-9)
    assert line >= 0


@pytest.mark.parametrize("place", [(4, 2), (4, 0), (8, 4), (0, 3), (6, 4)])
def test_on_the_line_the_distance_is_nothing(place):
    assert nearest(open_atlas(two_towns()), *place)[0] == pytest.approx(0.0, abs=1e-6)


def test_beyond_the_radius_there_is_no_distance_no_place_and_no_line():
    distance_m, lon, lat, line = nearest(open_atlas(two_towns()), 2, 2, radius_m=50.0)
    assert math.isinf(distance_m)
    assert math.isnan(lon)
    assert math.isnan(lat)
    assert line == -1


def test_the_radius_itself_decides_and_not_the_box_around_it():
    atlas = open_atlas(draw_city(area("a", ground((0, 0), (4, 0), (0, 4)))))
    exact_m = nearest(atlas, 2.5, 2.5, radius_m=500.0)[0]
    assert math.isinf(nearest(atlas, 2.5, 2.5, radius_m=exact_m - 0.01)[0])
    assert nearest(atlas, 2.5, 2.5, radius_m=exact_m + 0.01)[0] == exact_m


def test_every_position_has_its_own_radius():
    lon, lat = corner(3.5, 2)
    near = open_atlas(two_towns()).plain.border.edges_near(
        lon=np.full(3, lon), lat=np.full(3, lat), radius_m=np.array([50.0, 20.0, 47.0])
    )
    assert np.isinf(near.distance_m).tolist() == [False, True, True]


def test_a_line_between_two_areas_of_one_unit_is_no_border():
    atlas = open_atlas(one_keeper())
    assert math.isinf(nearest(atlas, 2.1, 2)[0])
    assert nearest(atlas, 3.9, 2)[0] == pytest.approx(metres_between((3.9, 2), (4, 2)), abs=0.001)


def test_a_line_between_two_contractors_of_one_unit_is_no_border():
    atlas = open_atlas(hired_hands())
    assert math.isinf(nearest(atlas, 4.1, 2)[0])
    assert nearest(atlas, 8.1, 2)[0] == pytest.approx(metres_between((8.1, 2), (8, 2)), abs=0.001)


def test_a_coarse_line_below_a_fine_area_is_no_border_and_beside_it_it_is():
    atlas = open_atlas(two_levels())
    assert math.isinf(nearest(atlas, 6.1, 3)[0])
    assert nearest(atlas, 6.1, 1)[0] == pytest.approx(metres_between((6.1, 1), (6, 1)), abs=0.001)
    # Inside the fine area the nearest change is where the coarse line comes out from below it, or its own edge.
    assert nearest(atlas, 6.1, 3.8)[0] == pytest.approx(metres_between((6.1, 3.8), (6.1, 4)), abs=0.001)


def test_the_rim_of_a_hole_is_a_border():
    atlas = open_atlas(town_with_a_hole())
    for place in ((2.8, 4), (3.2, 4)):
        assert nearest(atlas, *place)[0] == pytest.approx(metres_between(place, (3, 4)), abs=0.001)


def test_both_lines_of_a_gap_and_of_an_overlap_are_borders():
    atlas = open_atlas(gap_and_overlap())
    for x, line in ((3.9, 4), (4.1, 4), (4.9, 5), (5.1, 5), (8.9, 9), (9.1, 9), (9.9, 10), (10.1, 10)):
        assert nearest(atlas, x, 2)[0] == pytest.approx(metres_between((x, 2), (line, 2)), abs=0.001)


def test_a_vertex_on_anothers_edge_hides_no_part_of_the_border():
    atlas = open_atlas(three_corners())
    for x in (3.9, 4.0, 4.1):
        assert nearest(atlas, x, 1.9)[0] == pytest.approx(metres_between((x, 1.9), (x, 2)), abs=0.001)


def test_an_edge_of_many_kilometres_is_measured_where_it_passes():
    atlas = open_atlas(draw_city(area("w", square(-100, -100, 0, 100)), area("e", square(0, -100, 100, 100))))
    assert nearest(atlas, 0.3, 77)[0] == pytest.approx(metres_between((0.3, 77), (0, 77)), abs=0.001)


def test_a_sliver_thinner_than_a_hair_does_not_hide_who_is_across():
    line_x, line_y = corner(4, 2)
    hair = shapely.Polygon([corner(4, 0), corner(8, 0), corner(8, 4), corner(4, 4), (line_x + 1e-12, line_y)])
    atlas = open_atlas(draw_city(area("w", square(0, 0, 4, 4)), area("e", hair)))
    across = ask(atlas, 3.9, 2.5).border.across
    assert across is not None
    assert across.code == "e"


@pytest.mark.parametrize("world", WORLDS)
def test_every_border_parts_two_different_leads(world):
    atlas = open_atlas(WORLDS[world]())
    rng = np.random.default_rng(7)
    for x, y in rng.uniform(-1, 13, size=(60, 2)):
        answer = ask(atlas, x, y, accuracy_m=100.0)
        if answer.border.distance_m is not None:
            across = answer.border.across.code if answer.border.across else None
            assert across not in answer.outcome.units or len(answer.outcome.units) > 1


def test_many_positions_beside_many_edges_are_measured_as_if_few():
    disc = shapely.Point(corner(10, 10)).buffer(0.01, quad_segs=258)
    atlas = open_atlas(draw_city(area("disc", disc)))
    rng = np.random.default_rng(6)
    lon, lat = np.array([corner(*place) for place in rng.uniform(0, 20, size=(3_000, 2))]).T
    # 1,032 edges for every position: the first two million that are measured at one time end among those of one.
    together = atlas.plain.border.edges_near(lon=lon, lat=lat, radius_m=np.full(len(lon), 3_000.0))
    assert np.isfinite(together.distance_m).all()
    for few in np.array_split(np.arange(len(lon)), 10):
        apart = atlas.plain.border.edges_near(lon=lon[few], lat=lat[few], radius_m=np.full(len(few), 3_000.0))
        assert apart.distance_m.tolist() == together.distance_m[few].tolist()
        assert apart.lon.tolist() == together.lon[few].tolist()
        assert apart.lat.tolist() == together.lat[few].tolist()
        assert apart.line.tolist() == together.line[few].tolist()


def test_many_positions_are_told_as_few_are() -> None:
    """From some thousands on, those that no line is near are left out first."""
    atlas = open_atlas(ragged_city(columns=6, rows=5, seed=3))
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(120.598, 120.608, 6_000), rng.uniform(31.298, 31.307, 6_000)
    radius_m = rng.choice([0.0, 5.0, 60.0], size=len(lon))
    border = atlas.plain.border
    many = border.edges_near(lon=lon, lat=lat, radius_m=radius_m)
    assert np.isfinite(many.distance_m).sum() > 500
    for start in range(0, len(lon), 1_000):
        part = slice(start, start + 1_000)
        few = border.edges_near(lon=lon[part], lat=lat[part], radius_m=radius_m[part])
        for name in ("distance_m", "lon", "lat", "line"):
            assert np.array_equal(getattr(many, name)[part], getattr(few, name), equal_nan=True), name


@pytest.mark.parametrize(("radius_m", "finds"), [(0.0, False), (1e-4, True)])
def test_many_looks_that_hardly_reach_beyond_the_position_are_told_as_one_is(radius_m: float, finds: bool) -> None:
    border = open_atlas(two_towns()).plain.border
    lon, lat = (np.full(6_000, degrees) for degrees in corner(4, 1))
    many = border.edges_near(lon=lon, lat=lat, radius_m=np.full(6_000, radius_m))
    one = border.edges_near(lon=lon[:1], lat=lat[:1], radius_m=np.full(1, radius_m))
    assert np.array_equal(many.distance_m, np.full(6_000, one.distance_m[0]))
    if finds:
        assert one.line[0] >= 0
