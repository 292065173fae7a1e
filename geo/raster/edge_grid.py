"""Edges by the cells of a grid that they touch, to find those near a position."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.raster.arrays import IntArray, NumberArray
from geo.raster.cells import runs
from geo.raster.edges import KeyedEdges
from geo.raster.grid import Blank

EDGES_PER_CELL = 4.0
CELLS_LIMIT = 4_000_000
LEAST_EXTENT_DEG = 1e-6
FARTHEST = 16
HAIR_M = 1e-3  # far more than rounding may make of a distance
# Candidates that are looked at together; bounds the memory of a bulk question.
CANDIDATES_AT_ONCE = 2_000_000
POSITIONS_AT_ONCE = 65_536


class EdgeGrid:
    """Edges (k,) from (x1, y1) to (x2, y2), in degrees, by cell. Immutable.

    Cell c of `columns` x `rows` cells of `width` x `height` degrees from (west, south), row by row, is touched by the
    edges `edge[start[c] : start[c + 1]]`. `away` (cells,) uint8 is how many rings of cells around a cell, itself the
    first, have none: FARTHEST or more is FARTHEST.
    """

    def __init__(self, x1: FloatArray, y1: FloatArray, x2: FloatArray, y2: FloatArray) -> None:
        left, right, low, high = np.minimum(x1, x2), np.maximum(x1, x2), np.minimum(y1, y2), np.maximum(y1, y2)
        some = len(x1) > 0
        wide = max(float(right.max() - left.min()), LEAST_EXTENT_DEG) if some else LEAST_EXTENT_DEG
        tall = max(float(high.max() - low.min()), LEAST_EXTENT_DEG) if some else LEAST_EXTENT_DEG
        cells = min(max(1.0, len(x1) / EDGES_PER_CELL), CELLS_LIMIT)
        side = np.sqrt(wide * tall / cells)
        self.columns, self.rows = (max(1, min(int(extent / side) + 1, 1 << 16)) for extent in (wide, tall))
        # A hair larger than the ground, so that rounding leaves nothing out.
        self.west = (float(left.min()) if some else 0.0) - wide * 1e-6
        self.south = (float(low.min()) if some else 0.0) - tall * 1e-6
        self.width, self.height = wide * (1.0 + 3e-6) / self.columns, tall * (1.0 + 3e-6) / self.rows
        grid = Blank(self.west, self.south, self.width, self.height, self.columns, self.rows)
        upwards = y1 <= y2
        lower, upper = np.where(upwards, x1, x2), np.where(upwards, x2, x1)
        start, edge = grid.touching(KeyedEdges(lower, low, upper, high, np.zeros(0, dtype=np.uint64)))
        self.start: IntArray = start
        self.edge: NumberArray = edge.astype(np.int32)
        self.away = _rings_to_any(np.diff(start).reshape(self.rows, self.columns) > 0)

    def candidates(
        self, *, lon: FloatArray, lat: FloatArray, d_lon: FloatArray, d_lat: FloatArray
    ) -> Iterator[tuple[IntArray, NumberArray]]:
        """Positions and edges, (p,) each, in cells that the box around a position meets; all four arrays are (n,).

        By position, in parts of bounded memory, all pairs of a position in one part. An edge may be there repeatedly.
        """
        for first in range(0, len(lon), POSITIONS_AT_ONCE):
            part = slice(first, first + POSITIONS_AT_ONCE)
            position, begin, count = self._ranges(lon[part], lat[part], d_lon[part], d_lat[part])
            for one, other in _shares(position, count):
                counts = count[one:other]
                yield first + np.repeat(position[one:other], counts), self.edge[runs(begin[one:other], counts)]

    def beyond_reach(
        self, *, lon: FloatArray, lat: FloatArray, lon_m: FloatArray, lat_m: FloatArray, radius_m: FloatArray
    ) -> NDArray[np.bool_]:
        """Whether rings of empty cells alone put every edge beyond the radius of each position, all (n,)."""
        column, row = (lon - self.west) / self.width, (lat - self.south) / self.height
        inside = (column >= 0.0) & (column < self.columns) & (row >= 0.0) & (row < self.rows)
        cell = np.where(inside, row, 0.0).astype(np.int64) * self.columns + np.where(inside, column, 0.0).astype(
            np.int64
        )
        rings = np.where(inside, self.away[cell], 0) - 1.0
        beyond: NDArray[np.bool_] = rings * np.minimum(self.width * lon_m, self.height * lat_m) > radius_m + HAIR_M
        return beyond

    def in_one_cell(
        self, *, lon: FloatArray, lat: FloatArray, d_lon: FloatArray, d_lat: FloatArray
    ) -> NDArray[np.bool_]:
        """Whether the box around each position lies in the cell of the position, all (n,)."""
        across = [np.floor((lon + turn - self.west) / self.width) for turn in (-d_lon, d_lon)]
        up = [np.floor((lat + turn - self.south) / self.height) for turn in (-d_lat, d_lat)]
        alone: NDArray[np.bool_] = (across[0] == across[1]) & (up[0] == up[1])
        return alone

    def _ranges(
        self, lon: FloatArray, lat: FloatArray, d_lon: FloatArray, d_lat: FloatArray
    ) -> tuple[IntArray, IntArray, IntArray]:
        """Per position and row of cells, where the edges of the box's cells begin in `edge`, and how many they are."""
        left, right = self._between(
            (lon - d_lon - self.west) / self.width, (lon + d_lon - self.west) / self.width, self.columns
        )
        below, above = self._between(
            (lat - d_lat - self.south) / self.height, (lat + d_lat - self.south) / self.height, self.rows
        )
        height = np.where(right >= left, np.maximum(above - below + 1, 0), 0)
        position = np.repeat(np.arange(len(lon)), height)
        row = runs(below, height) * self.columns
        begin = self.start[row + left[position]]
        count = self.start[row + right[position] + 1] - begin
        held = np.flatnonzero(count)
        return position[held], begin[held], count[held]

    @staticmethod
    def _between(low: FloatArray, high: FloatArray, cells: int) -> tuple[IntArray, IntArray]:
        """The first and last cell of those from `low` to `high`; the last is before the first where there is none."""
        first = np.clip(np.floor(low), 0, cells).astype(np.int64)
        last = np.clip(np.floor(high), -1, cells - 1).astype(np.int64)
        return first, last


def _rings_to_any(held: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """For each cell how many rings around it hold nothing, (rows * columns,): 0 where it holds something itself."""
    away = np.full(held.shape, FARTHEST, dtype=np.uint8)
    away[held] = 0
    near = held.copy()
    for ring in range(1, FARTHEST):
        wider = near.copy()
        wider[1:] |= near[:-1]
        wider[:-1] |= near[1:]
        near = wider.copy()
        near[:, 1:] |= wider[:, :-1]
        near[:, :-1] |= wider[:, 1:]
        away[near & (away == FARTHEST)] = ring
    return away.ravel()


def _shares(position: IntArray, count: IntArray) -> Iterator[tuple[int, int]]:
    """Cuts of the ranges, each with a bounded number of edges and never between two ranges of one position."""
    total = np.cumsum(count)
    start = 0
    while start < len(count):
        done = int(total[start - 1]) if start else 0
        reach = max(int(np.searchsorted(total, done + CANDIDATES_AT_ONCE, side="right")), start + 1)
        if reach < len(count):
            backed = int(np.searchsorted(position, position[reach], side="left"))
            reach = backed if backed > start else int(np.searchsorted(position, position[start], side="right"))
        yield start, reach
        start = reach
