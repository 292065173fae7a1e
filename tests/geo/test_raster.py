"""The raster over all boundaries: where rounding could decide, GEOS does; everywhere else they agree."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon

from geo.index import BoundaryIndex, Cover
from geo.raster.edges import edges_of
from geo.raster.grid import DOUBT_DEG, lay_grid
from geo.raster.index import NOWHERE, RasterIndex
from tests.geo.small_worlds import ragged_city, square


def multi(polygon) -> MultiPolygon:
    return polygon if isinstance(polygon, MultiPolygon) else MultiPolygon([polygon])


def boundaries_of(*polygons):
    return np.array([multi(polygon) for polygon in polygons], dtype=object)


def ragged(seed: int = 5):
    return np.array([one.boundary for one in ragged_city(columns=6, rows=6, seed=seed, bends=4).areas], dtype=object)


def differ(boundaries, lon, lat) -> list[int]:
    """The positions at which the raster and GEOS say otherwise."""
    index, exact = RasterIndex(boundaries), BoundaryIndex(boundaries)
    ours, theirs = index.sets_at(lon=lon, lat=lat), exact.sets_at(lon=lon, lat=lat)
    return [i for i in range(len(lon)) if ours.covers[ours.ids[i]] != theirs.covers[theirs.ids[i]]]


def test_on_the_lines_of_the_raster_and_on_its_corners_it_agrees_with_geos() -> None:
    boundaries = ragged()
    keys = np.arange(1, len(boundaries) + 1, dtype=np.uint64)
    grid = lay_grid(edges_of(boundaries, keys))
    column, row = np.meshgrid(np.arange(grid.columns + 1), np.arange(grid.rows + 1))
    lon, lat = grid.west + grid.width * column.ravel(), grid.south + grid.height * row.ravel()
    assert differ(boundaries, lon, lat) == []
    rng = np.random.default_rng(1)
    along = grid.south + grid.height * grid.rows * rng.uniform(size=len(lon))
    for step in (-np.inf, 0.0, np.inf):
        beside = np.nextafter(lon, step) if step else lon
        assert differ(boundaries, beside, along) == []
    across = grid.west + grid.width * grid.columns * rng.uniform(size=len(lat))
    for step in (-np.inf, 0.0, np.inf):
        beside = np.nextafter(lat, step) if step else lat
        assert differ(boundaries, across, beside) == []


def test_no_edge_passes_a_corner_of_the_raster_within_rounding() -> None:
    boundaries = boundaries_of(*(square(x, y, x + 1, y + 1) for x in range(8) for y in range(8)))
    edges = edges_of(boundaries, np.arange(1, 65, dtype=np.uint64))
    grid = lay_grid(edges)
    lines = grid.south + grid.height * np.arange(grid.rows + 1)
    assert np.min(np.abs(np.concatenate([edges.y1, edges.y2])[:, None] - lines)) >= DOUBT_DEG


def test_an_edge_that_neighbours_and_tiers_share_is_there_once_with_the_keys_of_those_that_it_parts() -> None:
    west, east = square(0, 0, 1, 1), square(1, 0, 2, 1)
    parent = square(0, 0, 2, 1)
    keys = np.array([1, 2, 4], dtype=np.uint64)
    edges = edges_of(boundaries_of(west, east, parent), keys)
    upright = (edges.x1 == edges.x2) & (edges.x1 != edges.x1.min()) & (edges.x1 != edges.x1.max())
    assert edges.key[upright].tolist() == [1 ^ 2]  # the parent is on both sides of it
    assert sorted(edges.key[(edges.x1 == edges.x2) & ~upright].tolist()) == [1 ^ 4, 2 ^ 4]


def test_outside_and_far_outside_nobody_holds_a_position() -> None:
    index = RasterIndex(boundaries_of(square(0, 0, 1, 1)))
    lon, lat = np.array([0.0, -180.0, 180.0, 120.5999]), np.array([0.0, -90.0, 90.0, 31.3005])
    sets = index.sets_at(lon=lon, lat=lat)
    assert (sets.covers, sets.ids.tolist()) == ((NOWHERE,), [0, 0, 0, 0])


def test_without_boundaries_and_without_positions_there_is_nothing_to_tell() -> None:
    none = RasterIndex(np.array([], dtype=object))
    assert none.sets_at(lon=np.array([1.0]), lat=np.array([2.0])).covers == (NOWHERE,)
    sets = RasterIndex(boundaries_of(square(0, 0, 1, 1))).sets_at(lon=np.zeros(0), lat=np.zeros(0))
    assert (len(sets.ids), sets.covers) == (0, ())


def test_each_set_is_listed_once_and_only_where_it_was_met() -> None:
    boundaries = boundaries_of(square(0, 0, 4, 4), square(2, 0, 6, 4))
    index = RasterIndex(boundaries)
    lon, lat = np.array([120.601, 120.603, 120.605, 120.601]), np.full(4, 31.302)
    sets = index.sets_at(lon=lon, lat=lat)
    assert [sets.covers[i] for i in sets.ids] == [Cover((0,), ()), Cover((0, 1), ()), Cover((1,), ()), Cover((0,), ())]
    assert len(set(sets.covers)) == len(sets.covers) == 3


@pytest.mark.parametrize("seed", range(4))
def test_areas_thousands_of_kilometres_wide_are_told_exactly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    seeds = shapely.multipoints(np.column_stack([rng.uniform(-170, 170, 60), rng.uniform(-80, 80, 60)]))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=shapely.box(-179, -89, 179, 89)))
    boundaries = np.array([multi(shapely.intersection(cell, shapely.box(-179, -89, 179, 89))) for cell in cells])
    vertices = shapely.get_coordinates(boundaries)
    ends = vertices[:-1], vertices[1:]
    middles = (ends[0] + ends[1]) / 2
    places = np.concatenate([vertices, middles, rng.uniform((-180, -90), (180, 90), size=(20_000, 2))])
    steps = [places, *(np.nextafter(places, places + step) for step in ((1, 0), (-1, 0), (0, 1), (0, -1)))]
    every = np.concatenate(steps)
    assert differ(boundaries, every[:, 0].copy(), every[:, 1].copy()) == []


def crowd(*, parts: int, seed: int):
    """Fans of thin triangles that meet in a few places of a wide and empty country."""
    rng = np.random.default_rng(seed)
    polygons = [shapely.box(100.0, 20.0, 130.0, 45.0)]
    for centre in rng.uniform((105, 25), (125, 40), size=(3, 2)):
        turns = np.linspace(0, 2 * np.pi, parts + 1)
        rim = centre + 0.003 * np.column_stack([np.cos(turns), np.sin(turns)]) * rng.uniform(0.5, 1, (parts + 1, 1))
        polygons += [shapely.Polygon([centre, one, other]) for one, other in pairwise(rim)]
    return boundaries_of(*(polygon for polygon in polygons if polygon.is_valid and polygon.area > 0))


@pytest.mark.parametrize("seed", range(3))
def test_where_hundreds_of_edges_meet_in_a_wide_country_it_is_cut_finer_and_as_exact(seed: int) -> None:
    boundaries = crowd(parts=400, seed=seed)
    raster = RasterIndex(boundaries)._raster
    assert raster is not None
    assert raster.split.any()
    assert np.median(raster.cells.counts[raster.cells.counts > 0]) <= 24
    rng = np.random.default_rng(seed)
    vertices = shapely.get_coordinates(boundaries)
    places = [vertices, *(vertices + rng.normal(scale=scale, size=vertices.shape) for scale in (1e-12, 1e-7, 1e-4))]
    corners = np.column_stack([raster.x0, raster.y0])
    every = np.concatenate([*places, corners, np.nextafter(corners, corners + 1), np.nextafter(corners, corners - 1)])
    assert differ(boundaries, every[:, 0].copy(), every[:, 1].copy()) == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=3, max_size=9, unique=True),
    st.floats(1e-7, 1.0),
    st.integers(0, 2**32),
)
def test_random_partitions_with_nearly_level_edges_are_told_exactly(corners, tilt: float, seed: int) -> None:
    points = shapely.multipoints(np.array(corners, dtype=float) * (1.0, tilt) / 1000 + (120.6, 31.3))
    frame = shapely.envelope(points).buffer(1e-4 * tilt, join_style="mitre")
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    kept = [shapely.intersection(cell, frame) for cell in cells]
    polygons = [multi(cell) for cell in kept if cell.geom_type in ("Polygon", "MultiPolygon") and cell.area > 0]
    boundaries = np.array([polygon for polygon in polygons if polygon.is_valid], dtype=object)
    if not len(boundaries):
        return
    rng = np.random.default_rng(seed)
    vertices = shapely.get_coordinates(boundaries)
    west, south, east, north = shapely.total_bounds(boundaries)
    places = np.concatenate([
        vertices, (vertices[:-1] + vertices[1:]) / 2, rng.uniform((west, south), (east, north), size=(300, 2))
    ])  # fmt: skip
    every = np.concatenate([places, *(np.nextafter(places, places + step) for step in ((1, 0), (0, 1), (0, -1)))])
    assert differ(boundaries, every[:, 0].copy(), every[:, 1].copy()) == []


@pytest.mark.long
def test_a_million_positions_all_over_and_a_million_beside_borders_are_told_exactly() -> None:
    boundaries = np.array(
        [one.boundary for one in ragged_city(columns=40, rows=40, seed=8, bends=8).areas], dtype=object
    )
    rng = np.random.default_rng(3)
    west, south, east, north = shapely.total_bounds(boundaries)
    lon, lat = rng.uniform(west, east, 1_000_000), rng.uniform(south, north, 1_000_000)
    assert differ(boundaries, lon, lat) == []
    vertices = shapely.get_coordinates(boundaries)[
        rng.integers(0, shapely.get_num_coordinates(boundaries).sum(), 10**6)
    ]
    beside = vertices + rng.normal(scale=1e-4, size=vertices.shape)
    assert differ(boundaries, beside[:, 0].copy(), beside[:, 1].copy()) == []


@pytest.mark.parametrize("size", [1e-9, 1e-11, 1e-12, 3e-14])
def test_ground_so_small_that_all_of_it_is_within_rounding_is_told_by_geos(size: float) -> None:
    tiny = shapely.box(120.6, 31.3, 120.6 + size, 31.3 + size)
    flat = shapely.Polygon([(120.6, 31.3), (120.7, 31.3), (120.7, 31.3 + size)])
    every = shapely.get_coordinates([tiny, flat])
    every = np.concatenate([every, (every[:-1] + every[1:]) / 2, every + 0.01])
    for boundaries in (boundaries_of(tiny), boundaries_of(flat), boundaries_of(tiny, flat)):
        assert differ(boundaries, every[:, 0].copy(), every[:, 1].copy()) == []
