"""The index against plain Shapely: for every polygon and position the same `intersects` and the same `contains`."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon

from geo.index import BoundaryIndex
from geo.raster.index import RasterIndex
from tests.geo.small_worlds import (
    WORLDS,
    area,
    copy_of,
    corner,
    draw_city,
    open_atlas,
    ragged_city,
    telling_places,
)


def overlapping_discs(*, count: int, seed: int):
    """Discs with a hole each, thrown at random over each other."""
    rng = np.random.default_rng(seed)
    areas = []
    for i in range(count):
        centre = shapely.Point(corner(*rng.uniform(0, 10, size=2)))
        radius = rng.uniform(0.5, 2.5) / 1000
        areas.append(area(f"{i:03}", centre.buffer(radius).difference(centre.buffer(radius * rng.uniform(0.1, 0.8)))))
    return draw_city(*areas)


def slivers(*, count: int, seed: int):
    """Needles some steps long and from a nanometre to a metre wide, side by side and across each other."""
    rng = np.random.default_rng(seed)
    areas = []
    for i in range(count):
        start, end = np.array(corner(*rng.uniform(0, 4, size=2))), np.array(corner(*rng.uniform(0, 4, size=2)))
        aside = np.array([start[1] - end[1], end[0] - start[0]]) * 10 ** rng.uniform(-11, -2)
        areas.append(area(f"{i:03}", shapely.Polygon([start, end, end + aside, start + aside])))
    return draw_city(*(one for one in areas if one.boundary.is_valid and not one.boundary.is_empty))


def many_parts(*, seed: int):
    """Areas of several parts each, that touch the parts of others along lines and in corners."""
    rng = np.random.default_rng(seed)
    owner = rng.integers(0, 4, size=(6, 6))
    areas = []
    for code in range(4):
        squares = [
            shapely.box(*corner(x, y), *corner(x + 1, y + 1)) for x in range(6) for y in range(6) if owner[x, y] == code
        ]
        ground = shapely.union_all(squares)
        areas.append(area(f"{code}", ground))
    return draw_city(*areas)


CITIES = {
    **{f"ragged {seed}": lambda seed=seed: ragged_city(columns=5, rows=4, seed=seed) for seed in range(3)},
    "ragged with many bends": lambda: ragged_city(columns=2, rows=2, seed=9, bends=40),
    "discs": lambda: overlapping_discs(count=25, seed=1),
    "slivers": lambda: slivers(count=30, seed=2),
    "many parts": lambda: many_parts(seed=3),
    **WORLDS,
}


def check_against_shapely(boundaries, lon, lat) -> None:
    """Fails unless both indexes and Shapely agree on every pair of position and boundary."""
    for kind in (BoundaryIndex, RasterIndex):
        _check(kind(boundaries), boundaries, lon, lat)


def _check(index, boundaries, lon, lat) -> None:
    sets = index.sets_at(lon=lon, lat=lat)
    inside = np.zeros((len(sets.covers), len(boundaries)), dtype=bool)
    holds = np.zeros_like(inside)
    for i, cover in enumerate(sets.covers):
        inside[i, list(cover.interior)] = True
        holds[i, [*cover.interior, *cover.edge]] = True
    points = shapely.points(lon, lat)
    for number, boundary in enumerate(boundaries):
        plain = copy_of(boundary)
        differ = np.flatnonzero(holds[sets.ids, number] != shapely.intersects(plain, points))
        assert not len(differ), f"intersects: boundary {number}, {points[differ[0]]}"
        differ = np.flatnonzero(inside[sets.ids, number] != shapely.contains(plain, points))
        assert not len(differ), f"contains: boundary {number}, {points[differ[0]]}"


def boundaries_of(city_map):
    return np.array([one.boundary for one in city_map.areas], dtype=object)


@pytest.mark.parametrize("city", CITIES)
def test_index_and_shapely_agree_on_vertices_middles_of_edges_and_the_smallest_step_beside_them(city):
    city_map = CITIES[city]()
    lon, lat = telling_places(city_map, random=1_500)
    assert len(lon) > 1_500
    check_against_shapely(boundaries_of(city_map), lon, lat)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_index_and_shapely_agree_on_large_random_cities(seed):
    for city_map in (
        ragged_city(columns=12, rows=12, seed=100 + seed, bends=6),
        overlapping_discs(count=80, seed=100 + seed),
        slivers(count=80, seed=100 + seed),
        many_parts(seed=100 + seed),
    ):
        lon, lat = telling_places(city_map, random=20_000, seed=seed)
        check_against_shapely(boundaries_of(city_map), lon, lat)


@pytest.mark.parametrize("city", ["ragged 0", "ragged with many bends"])
def test_of_a_true_partition_every_place_is_inside_one_cell_or_on_the_edge_of_at_least_two(city):
    city_map = CITIES[city]()
    cells = np.array([one.boundary for one in city_map.areas if one.level == "cell"], dtype=object)
    lon, lat = telling_places(city_map, random=1_500)
    within = shapely.contains_xy(shapely.union_all(cells), lon, lat)
    sets = RasterIndex(cells).sets_at(lon=lon[within], lat=lat[within])
    for number in np.unique(sets.ids):
        cover = sets.covers[number]
        assert (len(cover.interior), len(cover.edge) >= 2) in ((1, False), (0, True))


def test_asked_from_an_atlas_the_index_knows_areas_by_their_place_in_the_city():
    city_map = CITIES["discs"]()
    lon, lat = telling_places(city_map, random=200)
    sets = open_atlas(city_map).index.sets_at(lon=lon, lat=lat)
    for x, y, number in zip(lon[::170].tolist(), lat[::170].tolist(), sets.ids[::170].tolist(), strict=True):
        cover = sets.covers[number]
        held = {city_map.areas[i].code for i in (*cover.interior, *cover.edge)}
        assert held == {one.code for one in city_map.areas if copy_of(one.boundary).intersects(shapely.Point(x, y))}


whole = st.integers(0, 6)
corners = st.tuples(whole, whole)
triangles = st.lists(corners, min_size=3, max_size=3, unique=True).map(shapely.Polygon)
boxes = st.tuples(corners, corners).map(lambda pair: shapely.box(*map(min, *pair), *map(max, *pair)))
frames = st.tuples(corners, st.integers(2, 6)).map(
    lambda given: shapely.box(*given[0], given[0][0] + given[1], given[0][1] + given[1]).difference(
        shapely.box(given[0][0] + 0.5, given[0][1] + 0.5, given[0][0] + given[1] - 0.5, given[0][1] + given[1] - 0.5)
    )
)
shapes = st.one_of(triangles, boxes, frames).filter(lambda polygon: polygon.is_valid and polygon.area > 0)


def as_multi(geometry) -> MultiPolygon:
    return geometry if isinstance(geometry, MultiPolygon) else MultiPolygon([geometry])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(shapes, min_size=1, max_size=7),
    st.lists(st.tuples(st.integers(-4, 40), st.integers(-4, 40)), min_size=1, max_size=30),
    st.sampled_from([(1.0, 0.0, 0.0), (0.001, 120.6, 31.3), (1 / 3, -70.0, -33.0)]),
)
def test_index_and_shapely_agree_on_small_drawings_full_of_shared_lines(polygons, quarters, paper):
    scale, lon, lat = paper

    def on_paper(coordinates):
        return coordinates * scale + np.array([lon, lat])

    boundaries = np.array([as_multi(shapely.transform(polygon, on_paper)) for polygon in polygons], dtype=object)
    exact = on_paper(np.array(quarters) / 4)
    beside = [exact, *(np.nextafter(exact, exact + direction) for direction in ((-1, 0), (1, 0), (0, -1), (0, 1)))]
    places = np.concatenate(beside)
    check_against_shapely(boundaries, places[:, 0].copy(), places[:, 1].copy())
