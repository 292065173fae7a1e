"""Which set of boundaries holds a position, read from a raster; what rounding could decide is asked of GEOS.

From the corner of the position's cell, whose set is known, one walks up the cell's left side and then straight across.
Each edge that is crossed takes boundaries out of the set and puts others in: the XOR of the edges' keys, in any order,
turns the key of the one set into the key of the other.
"""

import threading
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.index import KEY_SEED, BoundaryIndex, Cover, IntArray, SetsAt
from geo.model import FloatArray
from geo.raster.edges import KeyArray, edges_of
from geo.raster.grid import DOUBT_DEG, Grid, lay_grid
from geo.raster.records import Records, records_of

# Pairs of positions and edges that are looked at together; bounds the memory of a bulk question.
POSITIONS_AT_ONCE = 131_072
NOWHERE = Cover((), ())


class _Sets(NamedTuple):
    """The sets that are known: each with its key, in the order of the keys, and its number among `covers`."""

    keys: KeyArray
    numbers: IntArray
    covers: tuple[Cover, ...]


class RasterIndex:
    """As exact as the `BoundaryIndex` that it asks in doubt, and many times as fast. Immutable to whoever looks."""

    def __init__(self, boundaries: NDArray[np.object_]) -> None:
        self.boundaries = boundaries
        self._exact = BoundaryIndex(boundaries)
        keys = np.random.default_rng(KEY_SEED).integers(2**64 - 1, size=len(boundaries), dtype=np.uint64, endpoint=True)
        edges = edges_of(boundaries, keys)
        self._learning = threading.Lock()
        self._numbers: dict[Cover, int] = {NOWHERE: 0}
        self._sets = _Sets(np.zeros(1, dtype=np.uint64), np.zeros(1, dtype=np.int64), (NOWHERE,))
        self._grid: Grid | None = lay_grid(edges) if len(edges.key) else None
        if self._grid is None:
            return
        self._records: Records = records_of(self._grid, edges)
        self._is_mixed = np.diff(self._grid.start) > 0
        self._pure = self._pure_cells(self._grid)

    def _pure_cells(self, grid: Grid) -> IntArray:
        """The number of the set that holds each cell; what stands there of a mixed one is that of its corner."""
        keys, first, inverse = np.unique(grid.corner, return_index=True, return_inverse=True)
        column, row = (first % grid.columns).astype(np.float64), (first // grid.columns).astype(np.float64)
        sets = self._exact.sets_at(lon=grid.west + grid.width * column, lat=grid.south + grid.height * row)
        numbers = self._learn(keys, [sets.covers[i] for i in sets.ids.tolist()])
        return numbers[inverse]

    def sets_at(self, *, lon: FloatArray, lat: FloatArray) -> SetsAt:
        """The set of boundaries at each position; lon and lat are (n,) finite degrees."""
        numbers = np.zeros(len(lon), dtype=np.int64)
        if self._grid is not None:
            for start in range(0, len(lon), POSITIONS_AT_ONCE):
                part = slice(start, start + POSITIONS_AT_ONCE)
                numbers[part] = self._numbers_at(self._grid, lon[part], lat[part])
        covers = self._sets.covers
        found = np.zeros(len(covers), dtype=bool)
        found[numbers] = True
        chosen = np.flatnonzero(found)
        compact = np.cumsum(found) - 1
        return SetsAt(ids=compact[numbers], covers=tuple(covers[i] for i in chosen.tolist()))

    def _numbers_at(self, grid: Grid, lon: FloatArray, lat: FloatArray) -> IntArray:
        across, up = (lon - grid.west) / grid.width, (lat - grid.south) / grid.height
        inside = (across >= 0.0) & (across < grid.columns) & (up >= 0.0) & (up < grid.rows)
        numbers = np.zeros(len(lon), dtype=np.int64)
        held = np.flatnonzero(inside)
        cell = up[held].astype(np.int64) * grid.columns + across[held].astype(np.int64)
        numbers[held] = self._pure[cell]
        mixed = np.flatnonzero(self._is_mixed[cell])
        if len(mixed):
            rows = held[mixed]
            numbers[rows] = self._in_mixed(grid, cell[mixed], lon[rows], lat[rows])
        return numbers

    def _in_mixed(self, grid: Grid, cell: IntArray, lon: FloatArray, lat: FloatArray) -> IntArray:
        """The numbers of the sets at positions in mixed cells."""
        counts = grid.start[cell + 1] - grid.start[cell]
        ends = np.cumsum(counts)
        record = np.repeat(grid.start[cell] - ends + counts, counts) + np.arange(ends[-1])
        x, y = np.repeat(lon, counts), np.repeat(lat, counts)
        x0 = np.repeat(grid.west + grid.width * (cell % grid.columns), counts)
        crossed, doubtful = _crossed(self._records, record, x, y, x0)
        starts = ends - counts
        toggled = np.bitwise_xor.reduceat(np.where(crossed, self._records.key[record], np.uint64(0)), starts)
        key = grid.corner[cell] ^ toggled
        doubted = np.logical_or.reduceat(doubtful, starts) | self._records.uncertain[cell]
        numbers = self._numbers_of(key, ~doubted, lon, lat)
        if doubted.any():
            numbers[doubted] = self._asked_exactly(lon[doubted], lat[doubted])
        return numbers

    def _numbers_of(self, key: KeyArray, wanted: NDArray[np.bool_], lon: FloatArray, lat: FloatArray) -> IntArray:
        """The numbers of the sets with these keys; what was never met is asked once, and kept."""
        sets = self._sets
        place = np.minimum(np.searchsorted(sets.keys, key), len(sets.keys) - 1)
        unknown = wanted & (sets.keys[place] != key)
        if not unknown.any():
            return sets.numbers[place]
        keys, first = np.unique(key[unknown], return_index=True)
        rows = np.flatnonzero(unknown)[first]
        exact = self._exact.sets_at(lon=lon[rows], lat=lat[rows])
        self._learn(keys, [exact.covers[i] for i in exact.ids.tolist()])
        return self._numbers_of(key, wanted, lon, lat)

    def _asked_exactly(self, lon: FloatArray, lat: FloatArray) -> IntArray:
        exact = self._exact.sets_at(lon=lon, lat=lat)
        with self._learning:
            numbers = np.array([self._number(cover) for cover in exact.covers], dtype=np.int64)
        return numbers[exact.ids]

    def _learn(self, keys: KeyArray, covers: list[Cover]) -> IntArray:
        """The numbers of sets, known from now on by their keys."""
        with self._learning:
            numbers = np.array([self._number(cover) for cover in covers], dtype=np.int64)
            together, first = np.unique(np.concatenate([self._sets.keys, keys]), return_index=True)
            self._sets = _Sets(together, np.concatenate([self._sets.numbers, numbers])[first], self._sets.covers)
        return numbers

    def _number(self, cover: Cover) -> int:
        if cover not in self._numbers:
            self._sets = self._sets._replace(covers=(*self._sets.covers, cover))
            self._numbers[cover] = len(self._sets.covers) - 1
        return self._numbers[cover]


def _crossed(
    records: Records, record: IntArray, x: FloatArray, y: FloatArray, x0: FloatArray
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each edge is crossed on the way from the corner to (x, y), and whether rounding could decide that."""
    x1, y1, y2 = records.x1[record], records.y1[record], records.y2[record]
    left_y = records.left_y[record]
    at_x = x1 + (y - y1) * records.slope[record]
    spans = (y1 <= y) & (y < y2)
    crossed = (spans & (x0 < at_x) & (at_x < x)) ^ (left_y < y)
    near = (np.abs(at_x - x) <= DOUBT_DEG) | (np.abs(at_x - x0) <= DOUBT_DEG)
    doubtful = ((y1 <= y) & (y <= y2) & near) | (np.abs(left_y - y) <= DOUBT_DEG)
    level = records.level[record] & (y == y1)
    doubtful |= level & (x1 - DOUBT_DEG <= x) & (x <= records.x2[record] + DOUBT_DEG)
    return crossed, doubtful
