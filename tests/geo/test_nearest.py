"""The nearest edge: numpy and numba agree to the bit, and with Shapely on the plane that touches the position."""

import numpy as np
import pytest
import shapely

from geo.crs import metres_per_degree
from geo.edges import Counting
from geo.raster import compiled_nearest, nearest
from geo.raster.edge_grid import EdgeGrid
from geo.raster.index import RasterIndex
from tests.geo.small_worlds import corner, open_atlas, ragged_city, square

ORIGIN = np.array([120.6, 31.3])
KERNELS = {"numpy": nearest.nearest_edges, "numba": compiled_nearest.nearest_edges}


def some_edges(*, count: int, seed: int, length: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    start = ORIGIN + rng.uniform(0, 0.01, size=(count, 2))
    return np.hstack([start, start + rng.normal(scale=length, size=(count, 2))])


def places(*, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = (ORIGIN + np.random.default_rng(seed).uniform(-0.004, 0.014, size=(count, 2))).T
    return lon.copy(), lat.copy()


def by_shapely(ends: np.ndarray, lon: float, lat: float) -> np.ndarray:
    """Metres from a position to each edge on the plane that touches it."""
    lon_m, lat_m = metres_per_degree(lat)
    plane = (ends.reshape(-1, 2, 2) - (lon, lat)) * (float(lon_m), float(lat_m))
    return shapely.distance(shapely.linestrings(plane), shapely.Point(0, 0))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("count", "length"), [(1, 1e-3), (40, 3e-3), (3_000, 2e-5), (3_000, 1e-7), (300, 2e-2)])
def test_the_nearest_edge_is_the_one_that_shapely_finds(kernel: str, count: int, length: float) -> None:
    ends = some_edges(count=count, seed=count, length=length)
    grid = EdgeGrid(*ends.T.copy())
    lon, lat = places(count=300, seed=3)
    radius_m = np.random.default_rng(4).uniform(1, 400, size=len(lon))
    found = KERNELS[kernel](grid, ends, np.zeros(count, dtype=np.int64), lon, lat, radius_m)
    for i in range(len(lon)):
        away = by_shapely(ends, float(lon[i]), float(lat[i]))
        if away.min() > radius_m[i]:
            assert (found.distance_m[i], found.edge[i]) == (np.inf, -1)
        else:
            assert found.distance_m[i] == pytest.approx(away.min(), abs=1e-6)
            assert away[found.edge[i]] == pytest.approx(away.min(), abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_numpy_and_numba_agree_to_the_bit_also_where_edges_are_equally_near(seed: int) -> None:
    cells = np.array([one.boundary for one in ragged_city(columns=8, rows=8, seed=seed).areas], dtype=object)
    raster = RasterIndex(cells).raster
    ends = raster.edge[: raster.shape[2]]
    grid = EdgeGrid(*ends.T.copy())
    rng = np.random.default_rng(seed)
    lon, lat = (ORIGIN + rng.uniform(-0.002, 0.01, size=(4_000, 2))).T.copy()
    vertices = ends[rng.integers(len(ends), size=500), :2]
    lon, lat = np.append(lon, vertices[:, 0]), np.append(lat, vertices[:, 1])
    rank = rng.integers(0, 3, size=len(ends))  # few ranks: vertices are ties of several edges, some of one rank
    radius_m = rng.uniform(0, 500, size=len(lon))
    one, other = (find(grid, ends, rank, lon, lat, radius_m) for find in KERNELS.values())
    for ours, theirs in zip(one, other, strict=True):
        assert np.array_equal(ours, theirs)


def test_among_edges_equally_near_the_lowest_rank_goes_first_then_the_lowest_number() -> None:
    x, y = corner(1, 1)
    ends = np.array([[x, y, x + 1e-3, y], [x, y, x, y + 1e-3], [x, y, x + 1e-3, y + 1e-3], [x, y, x + 1e-3, y - 1e-5]])
    grid = EdgeGrid(*ends.T.copy())
    here = np.array([x - 1e-4]), np.array([y - 1e-4]), np.array([100.0])
    for find in KERNELS.values():
        assert find(grid, ends, np.array([2, 1, 1, 2]), *here).edge.tolist() == [1]
        assert find(grid, ends, np.array([2, 2, 2, 2]), *here).edge.tolist() == [0]


def test_without_edges_nothing_is_near() -> None:
    grid = EdgeGrid(*np.zeros((4, 0)))
    for find in KERNELS.values():
        found = find(grid, np.zeros((0, 4)), np.zeros(0, dtype=np.int64), np.ones(2), np.ones(2), np.full(2, 1e6))
        assert (found.distance_m.tolist(), found.edge.tolist()) == ([np.inf, np.inf], [-1, -1])


def test_how_far_the_border_is_and_who_is_across_it() -> None:
    index = RasterIndex(np.array([square(0, 0, 4, 4), square(4, 0, 8, 4)], dtype=object))
    lon, lat = (
        np.array(values) for values in zip(corner(3.9, 2), corner(4.2, 2), corner(0.3, 2), corner(2, 2), strict=True)
    )
    distance_m, across = index.border_near(lon=lon, lat=lat)
    assert np.array_equal(distance_m, index.distance_to_border_m(lon=lon, lat=lat))
    step_m = float(metres_per_degree(31.3)[0]) / 1000
    assert distance_m[:3].tolist() == pytest.approx([0.1 * step_m, 0.2 * step_m, 0.3 * step_m], abs=0.01)
    assert distance_m[3] == np.inf
    assert across.tolist() == [1, 0, -1, -1]
    assert index.distance_to_border_m(lon=lon[:1], lat=lat[:1], cap_m=5.0).tolist() == [np.inf]


@pytest.mark.parametrize("seed", range(3))
def test_the_edges_near_one_position_are_those_of_many_to_the_bit(seed: int) -> None:
    atlas = open_atlas(ragged_city(columns=6, rows=6, seed=seed, bends=5))
    rng = np.random.default_rng(seed)
    lon, lat = (ORIGIN + rng.uniform(-0.002, 0.008, size=(6_000, 2))).T.copy()
    vertices = atlas.lines.edges.ends[rng.integers(len(atlas.lines.edges.ends), size=100), :2]
    lon[:100], lat[:100] = vertices.T
    radius_m = rng.uniform(1, 150, size=len(lon))
    together = atlas.plain.border.edges_near(lon=lon, lat=lat, radius_m=radius_m)
    every = Counting(lambda lines: np.ones(len(lines), dtype=bool))
    near = list(atlas.lines.edges.near(lon=lon, lat=lat, radius_m=radius_m, counts=every))
    for i in range(300):
        alone = {"lon": lon[i : i + 1], "lat": lat[i : i + 1], "radius_m": radius_m[i : i + 1]}
        one = atlas.plain.border.edges_near(**alone)
        for values, all_values in zip(
            (one.distance_m, one.lon, one.lat), (together.distance_m, together.lon, together.lat), strict=True
        ):
            assert np.array_equal(values[0], all_values[i], equal_nan=True)
        assert one.line[0] == together.line[i]
        (single,) = atlas.lines.edges.near(**alone, counts=every)
        for name in ("edge", "line", "ax", "ay", "bx", "by", "along", "distance_m"):
            among = np.concatenate([getattr(pairs, name)[pairs.position == i] for pairs in near])
            assert np.array_equal(getattr(single, name), among), name
