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
from geo.raster.grid import lay_grid
from geo.raster.records import crossed, records_of
from geo.raster.tree import Raster, grow

# Positions that are looked at together; bounds the memory of a bulk question.
POSITIONS_AT_ONCE = 131_072
NOWHERE = Cover((), ())


class _Sets(NamedTuple):
    """The sets whose keys are known, in the order of the keys, each with its number."""

    keys: KeyArray
    numbers: IntArray


class RasterIndex:
    """As exact as the `BoundaryIndex` that it asks in doubt, and many times as fast. Immutable to whoever looks."""

    def __init__(self, boundaries: NDArray[np.object_]) -> None:
        self.boundaries = boundaries
        self._exact = BoundaryIndex(boundaries)
        keys = np.random.default_rng(KEY_SEED).integers(2**64 - 1, size=len(boundaries), dtype=np.uint64, endpoint=True)
        edges = edges_of(boundaries, keys)
        self._learning = threading.Lock()
        self._covers: list[Cover] = [NOWHERE]  # grows, and what is there stays
        self._numbers: dict[Cover, int] = {NOWHERE: 0}
        self._sets = _Sets(np.zeros(1, dtype=np.uint64), np.zeros(1, dtype=np.int64))
        grid = lay_grid(edges)
        self._raster = None if grid is None else grow(grid, edges)
        if self._raster is not None:
            self._records, self._uncertain = records_of(self._raster.cells, edges)
            self._pure = self._pure_places(self._raster)

    def _pure_places(self, raster: Raster) -> NDArray[np.int32]:
        """The number of the set that holds each pure place; 0 for the others."""
        numbers = np.zeros(len(raster.mixed), dtype=np.int32)
        pure = np.flatnonzero(raster.mixed < 0)
        keys, first, inverse = np.unique(raster.corner[pure], return_index=True, return_inverse=True)
        sets = self._exact.sets_at(lon=raster.x0[pure[first]], lat=raster.y0[pure[first]])
        numbers[pure] = self._learn(keys, [sets.covers[i] for i in sets.ids.tolist()])[inverse]
        return numbers

    def sets_at(self, *, lon: FloatArray, lat: FloatArray) -> SetsAt:
        """The set of boundaries at each position; lon and lat are (n,) finite degrees."""
        if self._raster is None:
            return self._exact.sets_at(lon=lon, lat=lat)
        numbers = np.zeros(len(lon), dtype=np.int64)
        for start in range(0, len(lon), POSITIONS_AT_ONCE):
            part = slice(start, start + POSITIONS_AT_ONCE)
            numbers[part] = self._numbers_at(self._raster, lon[part], lat[part])
        found = np.zeros(len(self._covers), dtype=bool)
        found[numbers] = True
        compact = np.cumsum(found) - 1
        return SetsAt(compact[numbers], tuple(self._covers[i] for i in np.flatnonzero(found).tolist()))

    def _numbers_at(self, raster: Raster, lon: FloatArray, lat: FloatArray) -> IntArray:
        grid = raster.grid
        across, up = (lon - grid.west) / grid.width, (lat - grid.south) / grid.height
        held = np.flatnonzero((across >= 0.0) & (across < grid.columns) & (up >= 0.0) & (up < grid.rows))
        numbers = np.zeros(len(lon), dtype=np.int64)
        place, cell = raster.find(lon[held], lat[held])
        numbers[held] = self._pure[place]
        mixed = np.flatnonzero(cell >= 0)
        if len(mixed):
            rows = held[mixed]
            numbers[rows] = self._in_mixed(raster, cell[mixed], lon[rows], lat[rows])
        return numbers

    def _in_mixed(self, raster: Raster, cell: IntArray, lon: FloatArray, lat: FloatArray) -> IntArray:
        """The numbers of the sets at positions in mixed cells."""
        doubted = self._uncertain[cell]
        key = raster.cells.corner[cell]
        walked = np.flatnonzero(~doubted)
        if len(walked):
            toggled, doubtful = self._walk(raster, cell[walked], lon[walked], lat[walked])
            key[walked] ^= toggled
            doubted[walked] = doubtful
        numbers = self._numbers_of(key, ~doubted, lon, lat)
        if doubted.any():
            numbers[doubted] = self._asked_exactly(lon[doubted], lat[doubted])
        return numbers

    def _walk(
        self, raster: Raster, cell: IntArray, lon: FloatArray, lat: FloatArray
    ) -> tuple[KeyArray, NDArray[np.bool_]]:
        """What is crossed from the corners of cells to positions, as XOR of keys, and whether rounding could decide."""
        start = raster.cells.start[cell]
        counts = raster.cells.start[cell + 1] - start
        ends = np.cumsum(counts)
        starts = ends - counts
        record = np.repeat(start - starts, counts) + np.arange(ends[-1])
        x0 = np.repeat(raster.cells.x0[cell], counts)
        crosses, doubtful = crossed(self._records, record, np.repeat(lon, counts), np.repeat(lat, counts), x0)
        keys = np.where(crosses, self._records.key[record], np.uint64(0))
        return np.bitwise_xor.reduceat(keys, starts), np.logical_or.reduceat(doubtful, starts)

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
            self._sets = _Sets(together, np.concatenate([self._sets.numbers, numbers])[first])
        return numbers

    def _number(self, cover: Cover) -> int:
        if cover not in self._numbers:
            self._covers.append(cover)
            self._numbers[cover] = len(self._covers) - 1
        return self._numbers[cover]
