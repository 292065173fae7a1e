"""The raster over all boundaries: where rounding could decide, GEOS does; everywhere else they agree."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon

from geo.errors import InvalidInput
from geo.index import BoundaryIndex, Cover, LayeredIndex
from geo.raster import bulk, compiled, kernel
from geo.raster.edges import edges_of
from geo.raster.grid import DOUBT_DEG, lay_grid
from geo.raster.index import NOWHERE, RasterIndex
from geo.raster.keys import keys_for
from geo.raster.single import Single
from geo.raster.tree import grow
from tests.geo.small_worlds import corner, ragged_city, square


def multi(polygon) -> MultiPolygon:
    return polygon if isinstance(polygon, MultiPolygon) else MultiPolygon([polygon])


def boundaries_of(*polygons):
    return np.array([multi(polygon) for polygon in polygons], dtype=object)


def ragged(seed: int = 5):
    return np.array([one.boundary for one in ragged_city(columns=6, rows=6, seed=seed, bends=4).areas], dtype=object)


def tree_of(boundaries):
    edges = edges_of(boundaries, keys_for(len(boundaries)))
    grid = lay_grid(edges)
    assert grid is not None
    return grow(grid, edges)


def differ(boundaries, lon, lat) -> list[int]:
    """The positions at which the raster and GEOS say otherwise."""
    index, exact = RasterIndex(boundaries), BoundaryIndex(boundaries)
    ours, theirs = index.sets_at(lon=lon, lat=lat), exact.sets_at(lon=lon, lat=lat)
    return [i for i in range(len(lon)) if ours.covers[ours.ids[i]] != theirs.covers[theirs.ids[i]]]


def check_kernels(index: RasterIndex, lon, lat) -> None:
    """Fails unless numpy, numba and plain Python read the same out of the same arrays."""
    table = index._known.table
    numbers = bulk.locate(index.raster, table, lon, lat)
    assert np.array_equal(numbers, compiled.locate(index.raster, table, lon, lat))
    single = Single(index.raster)
    some = np.random.default_rng(1).permutation(len(lon))[:3_000]
    one_by_one = [single.locate(table, float(lon[i]), float(lat[i])) for i in some]
    assert numbers[some].tolist() == one_by_one


@pytest.mark.parametrize("seed", range(3))
def test_all_kernels_read_the_same_out_of_the_same_arrays(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for boundaries in (ragged(seed), crowd(parts=200, seed=seed)):
        index = RasterIndex(boundaries)
        vertices = shapely.get_coordinates(boundaries)
        anywhere = rng.uniform(vertices.min(axis=0) - 0.001, vertices.max(axis=0) + 0.001, size=(20_000, 2))
        near = [vertices + rng.normal(scale=scale, size=vertices.shape) for scale in (1e-13, 1e-9, 1e-5)]
        places = np.concatenate([vertices, *near, anywhere, [(-180.0, -90.0), (180.0, 90.0)]])
        lon, lat = places[:, 0].copy(), places[:, 1].copy()
        check_kernels(index, lon, lat)  # before and after all sets are known
        index.locate(lon=lon, lat=lat)
        check_kernels(index, lon, lat)


def test_one_position_is_told_as_many_are() -> None:
    boundaries = ragged()
    index = RasterIndex(boundaries)
    places = np.concatenate(
        [shapely.get_coordinates(boundaries)[:400], np.random.default_rng(2).uniform(size=(400, 2))]
    )
    places[400:] = places[400:] / 200 + (120.6, 31.3)
    sets = index.sets_at(lon=places[:, 0].copy(), lat=places[:, 1].copy())
    assert [index.cover_at(lon=x, lat=y) for x, y in places.tolist()] == [sets.covers[i] for i in sets.ids]


def test_one_position_in_two_layers_is_told_as_many_are() -> None:
    base, above = ragged(), boundaries_of(square(1, 1, 3, 3), square(2, 2, 5, 4))
    index = LayeredIndex(RasterIndex(base), RasterIndex(above))
    places = np.concatenate([shapely.get_coordinates(above), np.random.default_rng(2).uniform(size=(200, 2)) / 150])
    places[-200:] += (120.6, 31.3)
    sets = index.sets_at(lon=places[:, 0].copy(), lat=places[:, 1].copy())
    assert [index.cover_at(lon=x, lat=y) for x, y in places.tolist()] == [sets.covers[i] for i in sets.ids]
    assert any(cover.edge for cover in sets.covers)


def test_a_kernel_that_is_not_there_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTWARD_KERNEL", "fortran")
    with pytest.raises(InvalidInput, match=r"POINTWARD_KERNEL='fortran' cannot be used; use numpy, numba"):
        kernel.name()
    monkeypatch.setenv("POINTWARD_KERNEL", "numpy")
    assert (kernel.name(), kernel.locate_for(10**9)) == ("numpy", bulk.locate)
    monkeypatch.setenv("POINTWARD_KERNEL", "")
    assert kernel.name() == "numba"


def test_a_vertex_on_the_left_side_of_a_cell_hides_no_crossing() -> None:
    outer = square(0, 0, 4, 4)
    grid = lay_grid(edges_of(boundaries_of(outer, outer), keys_for(2)))
    for column in range(2, grid.columns - 2):
        x = grid.west + grid.width * column
        tip = (x, grid.south + grid.height * (grid.rows / 2 + 0.3))
        # Two areas whose common border has a corner right on the line between two columns of cells.
        west, south, east, north = outer.bounds
        below = shapely.Polygon([(west, south), (east, south), (east, tip[1] - 1e-4), tip, (west, tip[1] - 2e-4)])
        above = shapely.Polygon([(west, tip[1] - 2e-4), tip, (east, tip[1] - 1e-4), (east, north), (west, north)])
        boundaries = boundaries_of(below, above)
        up = np.linspace(south, north, 200)
        every = np.concatenate(
            [np.column_stack([np.full(200, lon), up]) for lon in x + grid.width * np.linspace(-1, 1, 9)]
        )
        assert differ(boundaries, every[:, 0].copy(), every[:, 1].copy()) == []


def test_the_number_of_a_position_is_the_lowest_that_holds_it_and_inside_goes_before_on_the_edge() -> None:
    index = RasterIndex(boundaries_of(square(0, 0, 4, 4), square(4, 0, 8, 4), square(2, 2, 6, 3)))
    places = [(1, 1), (4, 1), (3, 2.5), (4, 2.5), (9, 1)]
    lon, lat = (np.array(values) for values in zip(*(corner(x, y) for x, y in places), strict=True))
    assert index.locate(lon=lon, lat=lat).tolist() == [0, 0, 0, 2, -1]


def test_an_index_comes_back_from_its_arrays_and_from_a_pickle_and_answers_alike() -> None:
    boundaries = crowd(parts=150, seed=4)
    index = RasterIndex(boundaries)
    vertices = shapely.get_coordinates(boundaries)
    places = np.concatenate([vertices, vertices + np.random.default_rng(3).normal(scale=1e-4, size=vertices.shape)])
    lon, lat = places[:, 0].copy(), places[:, 1].copy()
    before = index.sets_at(lon=lon, lat=lat)
    for again in (RasterIndex.restored(boundaries, index.arrays()), pickle.loads(pickle.dumps(index))):  # noqa: S301
        sets = again.sets_at(lon=lon, lat=lat)
        assert [sets.covers[i] for i in sets.ids] == [before.covers[i] for i in before.ids]
        assert np.array_equal(again.locate(lon=lon, lat=lat), index.locate(lon=lon, lat=lat))
    none = RasterIndex(np.array([], dtype=object))
    assert RasterIndex.restored(none.boundaries, none.arrays()).cover_at(lon=1.0, lat=2.0) == NOWHERE


def test_what_was_saved_is_told_by_its_own_keys_though_others_were_drawn_today(monkeypatch: pytest.MonkeyPatch) -> None:
    boundaries = boundaries_of(square(0, 0, 4, 4), square(3, 0, 7, 4))
    arrays = RasterIndex(boundaries).arrays()
    # A needle where both overlap: its set is in no pure cell, and is learned when it is met.
    thin = boundaries_of(square(0, 0, 4, 4), square(3.9999, 0, 7, 4))
    kept = RasterIndex(thin).arrays()
    monkeypatch.setattr("geo.raster.index.keys_for", lambda count: np.arange(1, count + 1, dtype=np.uint64))
    lon, lat = (np.array([value]) for value in corner(3.99995, 2))
    for shapes, saved in ((boundaries, arrays), (thin, kept)):
        index = RasterIndex.restored(shapes, saved)
        assert index.cover_at(lon=float(lon[0]), lat=float(lat[0])) == Cover((0, 1), ())
        index.sets_at(lon=lon, lat=lat)
        assert bulk.locate(index.raster, index._known.table, lon, lat)[0] >= 0  # known now, without asking GEOS


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
    tree = tree_of(boundaries)
    assert tree.split.any()
    assert np.median(tree.cells.counts[tree.cells.counts > 0]) <= 24
    rng = np.random.default_rng(seed)
    vertices = shapely.get_coordinates(boundaries)
    places = [vertices, *(vertices + rng.normal(scale=scale, size=vertices.shape) for scale in (1e-12, 1e-7, 1e-4))]
    corners = np.column_stack(tree.corners(np.arange(len(tree.mixed))))
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


@pytest.mark.parametrize("size", [1e-9, 1e-11, 1e-12, 3e-14])
def test_ground_so_small_that_all_of_it_is_within_rounding_is_told_by_geos(size: float) -> None:
    tiny = shapely.box(120.6, 31.3, 120.6 + size, 31.3 + size)
    flat = shapely.Polygon([(120.6, 31.3), (120.7, 31.3), (120.7, 31.3 + size)])
    every = shapely.get_coordinates([tiny, flat])
    every = np.concatenate([every, (every[:-1] + every[1:]) / 2, every + 0.01])
    for boundaries in (boundaries_of(tiny), boundaries_of(flat), boundaries_of(tiny, flat)):
        assert differ(boundaries, every[:, 0].copy(), every[:, 1].copy()) == []
