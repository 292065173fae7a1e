"""The border against two other ways to find it: Shapely in a projection around the position, and feeling about.

The first cuts the city into faces, asks plain polygons who leads in each, and measures to the outline of the
ground with the same lead, in an azimuthal equidistant projection, where every distance from the position is the
geodesic one. The
second walks outwards from the position step by step in many directions and asks at each step who leads there.
"""

import math
from collections import defaultdict

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.model import UnitKind
from tests.geo.small_worlds import (
    WORLDS,
    area,
    ask_at,
    copy_of,
    corner,
    draw_city,
    ground,
    open_atlas,
    ragged_city,
    square,
)

GEODESIC = Geod(ellps="WGS84")
Leads = tuple[str, ...]


def leads_at(city_map, place) -> Leads:
    """Who leads at a place that is on no line: the units of the finest level whose areas contain it."""
    levels = [level.code for scheme in city_map.schemes if scheme.code == "admin" for level in scheme.levels]
    units = {unit.code: unit for unit in city_map.units}
    for level in reversed(levels):
        there = [one for one in city_map.areas if (one.scheme, one.level) == ("admin", level)]
        found = {one.unit for one in there if copy_of(one.boundary).contains(place)}
        if found:
            return tuple(sorted({above_contractors(unit, units) for unit in found}))
    return ()


def above_contractors(code, units):
    while units[code].kind is UnitKind.CONTRACTOR:
        code = units[code].parent
    return code


def faces_of(city_map) -> dict[Leads, shapely.Geometry]:
    """The outline of the ground of each set of leads, cut out of a wide sheet; nobody's ground has the empty set."""
    sheet = square(-20, -20, 32, 32)
    rings = [sheet.exterior, *(one.boundary.boundary for one in city_map.areas if one.scheme == "admin")]
    faces = shapely.get_parts(shapely.polygonize([shapely.unary_union(rings)]))
    grounds = defaultdict(list)
    for face in faces:
        grounds[leads_at(city_map, shapely.point_on_surface(face))].append(face)
    outlines = {leads: shapely.boundary(shapely.union_all(faces)) for leads, faces in grounds.items()}
    return {leads: shapely.segmentize(outline, 0.0005) for leads, outline in outlines.items()}


def metres_away(lon, lat, geometry) -> float:
    """Geodesic metres from a position to a geometry: on a plane that keeps bearings and distances from the position."""

    def around(places):
        same = np.ones(len(places))
        azimuths, _, metres = GEODESIC.inv(lon * same, lat * same, places[:, 0], places[:, 1])
        turns = np.radians(azimuths)
        return np.column_stack([metres * np.sin(turns), metres * np.cos(turns)])

    return float(shapely.distance(shapely.transform(geometry, around), shapely.Point(0, 0)))


def tolerance_m(distance_m) -> float:
    """What may be lost between the plane around a position and the ellipsoid: 5 cm at 50 m, half a metre at 1,600 m."""
    return 0.05 if distance_m <= 50 else 0.05 + 0.45 * (distance_m - 50) / 1_550


def check_against_faces(atlas, outlines, *, lon, lat, accuracy_m) -> bool:
    """Fails unless the border is where the faces say; tells whether there was one within the radius."""
    answer = ask_at(atlas, lon=lon, lat=lat, accuracy_m=accuracy_m)
    border = answer.border
    here = ask_at(atlas, lon=lon, lat=lat, accuracy_m=0.0).outcome.units
    nearest_m = metres_away(lon, lat, outlines[here])
    if border.distance_m is None:
        assert nearest_m >= border.searched_m - tolerance_m(border.searched_m), (lon, lat)
        assert border.across is None
        return False
    assert border.distance_m <= border.searched_m
    assert border.distance_m == pytest.approx(nearest_m, abs=tolerance_m(nearest_m)), (lon, lat)
    across = border.across.code if border.across else None
    beyond = [
        leads for leads in outlines if leads != answer.outcome.units and (across in leads or not (across or leads))
    ]
    across_m = min(metres_away(lon, lat, outlines[leads]) for leads in beyond)
    assert across_m == pytest.approx(nearest_m, abs=2 * tolerance_m(nearest_m)), (lon, lat)
    return True


def crossing_levels():
    """Cells that do not match the districts below them: across their lines, overlapping each other, with a hole.

    One pair of cells has a unit in common and one district works through a contractor.
    """
    return draw_city(
        area("d1", ground((0, 0), (6, 0), (5, 9), (0, 9)), level="district"),
        area("d2", ground((6, 0), (12, 0), (12, 9), (5, 9)), level="district"),
        area("c1", ground((1, 1), (4, 2), (4, 5), (2, 6)), level="cell", unit="u1"),
        area("c2", ground((4, 2), (8, 1), (8, 4), (4, 5)), level="cell", unit="u1"),
        area("c3", ground((7, 3), (11, 3), (11, 8), (7, 7)), level="cell"),
        area(
            "c4",
            ground((2, 6.5), (6, 6), (6, 8.5), (2, 8.5), holes=(((3, 7), (5, 7), (5, 8), (3, 8)),)),
            level="cell",
            unit="d1",
        ),
        levels=("district", "cell"),
    )


CITIES = {**WORLDS, "crossing_levels": crossing_levels, "ragged": lambda: ragged_city(columns=5, rows=4, seed=4)}


@pytest.mark.parametrize("city", CITIES)
def test_the_border_is_as_far_as_shapely_finds_it_in_a_projection(city):
    city_map = CITIES[city]()
    atlas, outlines = open_atlas(city_map), faces_of(city_map)
    rng = np.random.default_rng(11)
    found = 0
    for x, y in rng.uniform(-1, 13, size=(30, 2)):
        lon, lat = corner(x, y)
        for accuracy_m in (0.0, 500.0):
            found += check_against_faces(atlas, outlines, lon=lon, lat=lat, accuracy_m=accuracy_m)
    assert found >= 20


@pytest.mark.parametrize(
    ("distance_m", "allowed_m"), [(0.5, 0.05), (5.0, 0.05), (50.0, 0.05), (400.0, 0.3), (1_600.0, 0.5)]
)
@pytest.mark.parametrize("bearing_deg", [3.0, 88.0, 137.0, 250.0, 315.0])
def test_a_border_laid_out_by_geodesics_is_found_at_that_distance(distance_m, allowed_m, bearing_deg):
    # A wall at right angles to the bearing through the place so far away; so short that it is straight on the ground
    # as well as in degrees.
    lon, lat = corner(0, 0)
    foot = GEODESIC.fwd(lon, lat, bearing_deg, distance_m)[:2]
    ends = [GEODESIC.fwd(*foot, bearing_deg + turn, 300.0)[:2] for turn in (-90, 90)]
    behind = [GEODESIC.fwd(*end, bearing_deg, 3_000.0)[:2] for end in reversed(ends)]
    atlas = open_atlas(draw_city(area("wall", shapely.Polygon([*ends, *behind]))))
    border = ask_at(atlas, lon=lon, lat=lat, accuracy_m=500.0).border
    assert border.distance_m == pytest.approx(distance_m, abs=allowed_m)
    assert border.across.code == "wall"
    assert abs((border.bearing_deg - bearing_deg + 180) % 360 - 180) < 2.0


STEP_M = 1.0
DIRECTIONS = np.arange(0.0, 360.0, 6.0)


def felt_change_m(atlas, *, lon, lat, reach_m) -> float:
    """Metres to the first step, in any direction, at which other units lead than here; inf within the reach."""
    steps = np.arange(STEP_M, reach_m, STEP_M)
    bearings, metres = (grid.ravel() for grid in np.meshgrid(DIRECTIONS, steps))
    same = np.ones_like(bearings)
    lons, lats, _ = GEODESIC.fwd(lon * same, lat * same, bearings, metres)
    sets = atlas.index.sets_at(lon=np.append(lons, lon), lat=np.append(lats, lat))
    leads = np.array([hash(atlas.plain.outcome(cover).units) for cover in sets.covers])[sets.ids]
    changed = leads[:-1] != leads[-1]
    return float(metres[changed].min()) if changed.any() else math.inf


@pytest.mark.parametrize("city", ["crossing_levels", "two_levels", "three_tiers", "gap_and_overlap", "ragged"])
def test_no_change_of_lead_is_felt_nearer_than_the_border(city):
    city_map = CITIES[city]()
    atlas = open_atlas(city_map)
    rng = np.random.default_rng(12)
    found = 0
    for x, y in rng.uniform(0, 12, size=(25, 2)):
        lon, lat = corner(x, y)
        border = ask_at(atlas, lon=lon, lat=lat, accuracy_m=20.0).border
        felt_m = felt_change_m(atlas, lon=lon, lat=lat, reach_m=border.searched_m)
        if border.distance_m is None:
            assert math.isinf(felt_m), (lon, lat)
        else:
            assert felt_m >= border.distance_m - 0.05, (lon, lat)
            found += 1
    assert found >= 3


steps = st.integers(0, 24).map(lambda n: n / 4)
corners = st.tuples(steps, steps)
triangles = st.lists(corners, min_size=3, max_size=3, unique=True)
boxes = st.tuples(corners, corners).map(
    lambda pair: [pair[0], (pair[1][0], pair[0][1]), pair[1], (pair[0][0], pair[1][1])]
)
outlines = st.one_of(triangles, boxes).map(lambda outline: ground(*outline))
drawings = st.lists(outlines.filter(lambda polygon: polygon.is_valid and polygon.area > 1e-8), min_size=1, max_size=3)


def draw(districts, cells):
    areas = [area(f"d{i}", polygon, level="district") for i, polygon in enumerate(districts)]
    # Two of three cells have the unit of the first district.
    areas += [area(f"c{i}", one, level="cell", unit=f"c{i}" if i == 1 else "d0") for i, one in enumerate(cells)]
    return draw_city(*areas, levels=("district", "cell"))


def check_drawing(districts, cells, places) -> None:
    city_map = draw(districts, cells)
    atlas, outlines = open_atlas(city_map), faces_of(city_map)
    for x, y in places:
        lon, lat = corner(x + 0.013, y + 0.017)  # off the squares of the paper, and so off most lines
        check_against_faces(atlas, outlines, lon=lon, lat=lat, accuracy_m=80.0)


@settings(max_examples=60, deadline=None)
@given(drawings, drawings, st.lists(corners, min_size=1, max_size=3))
def test_the_border_is_right_whatever_two_levels_lie_across_each_other(districts, cells, places):
    check_drawing(districts, cells, places)


@pytest.mark.long
@settings(max_examples=1_500, deadline=None)
@given(drawings, drawings, st.lists(corners, min_size=5, max_size=8))
def test_the_border_is_right_in_very_many_drawings(districts, cells, places):
    check_drawing(districts, cells, places)
