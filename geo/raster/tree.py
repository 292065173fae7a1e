"""The raster as arrays: pure cells name a set of boundaries, mixed ones have edges, crowded ones are rasters again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.raster.cells import CROWDED, Cells, cut
from geo.raster.edges import KeyArray, KeyedEdges
from geo.raster.grid import Grid, IntArray

DEPTH = 6


@dataclass(frozen=True, slots=True)
class Raster:
    """Places: first those of the grid, row by row, then those of each crowded cell, from `base[m]` on.

    `mixed` (places,) is the number of the mixed cell that a place is, or -1; `corner` the XOR of the keys of what holds
    its lower left corner, (x0, y0). Cell m of `cells` is cut into `split[m]` x `split[m]` places (0: it is not).
    """

    grid: Grid
    mixed: NDArray[np.int32]
    corner: KeyArray
    x0: FloatArray
    y0: FloatArray
    cells: Cells
    base: IntArray
    split: IntArray

    def find(self, lon: FloatArray, lat: FloatArray) -> tuple[IntArray, IntArray]:
        """The smallest place and the mixed cell (-1: none) of positions (n,) that lie on the grid."""
        grid = self.grid
        column = ((lon - grid.west) / grid.width).astype(np.int64)
        place = ((lat - grid.south) / grid.height).astype(np.int64) * grid.columns + column
        cell = self.mixed[place].astype(np.int64)
        rows = np.flatnonzero((cell >= 0) & (self.split[cell] > 0))
        while len(rows):
            at, cells = cell[rows], self.cells
            k = self.split[at]
            column = ((lon[rows] - cells.x0[at]) / (cells.width[at] / k)).astype(np.int64)
            row = ((lat[rows] - cells.y0[at]) / (cells.height[at] / k)).astype(np.int64)
            place[rows] = self.base[at] + np.clip(row, 0, k - 1) * k + np.clip(column, 0, k - 1)
            cell[rows] = self.mixed[place[rows]]
            rows = rows[(cell[rows] >= 0) & (self.split[cell[rows]] > 0)]
        return place, cell


def grow(grid: Grid, edges: KeyedEdges) -> Raster:
    """The raster over some edges: the grid, with its crowded cells cut until none is crowded."""
    counts = np.diff(grid.start)
    touched = np.flatnonzero(counts)
    number = np.arange(len(counts))
    x0: FloatArray = grid.west + grid.width * (number % grid.columns).astype(np.float64)
    y0: FloatArray = grid.south + grid.height * (number // grid.columns).astype(np.float64)
    level = Cells(
        x0[touched],
        y0[touched],
        np.full(len(touched), grid.width),
        np.full(len(touched), grid.height),
        grid.corner[touched],
        np.append(0, np.cumsum(counts[touched])),
        grid.record,
        np.zeros(len(touched), dtype=bool),
    )
    mixed = np.full(len(counts), -1, dtype=np.int64)
    mixed[touched] = np.arange(len(touched))
    places = [(mixed, grid.corner, x0, y0)]
    levels: list[Cells] = []
    bases, splits = [], []
    known, placed = len(touched), len(counts)
    for depth in range(DEPTH):
        crowded = np.flatnonzero((level.counts > CROWDED) & ~level.uncertain)
        base, split = np.zeros(len(level.x0), dtype=np.int64), np.zeros(len(level.x0), dtype=np.int64)
        if len(crowded) and depth < DEPTH - 1:
            smaller = cut(level.pick(crowded), edges)
            base[crowded], split[crowded] = placed + smaller.base, smaller.split
            mixed = np.full(len(smaller.corner), -1, dtype=np.int64)
            mixed[smaller.touched] = known + np.arange(len(smaller.touched))
            places.append((mixed, smaller.corner, smaller.x0, smaller.y0))
            known, placed = known + len(smaller.touched), placed + len(smaller.corner)
        levels.append(_without_edges(level, split > 0))
        bases.append(base)
        splits.append(split)
        if not split.any():
            break
        level = smaller.cells
    return Raster(
        grid=grid,
        mixed=np.concatenate([one[0] for one in places]).astype(np.int32),
        corner=np.concatenate([one[1] for one in places]),
        x0=np.concatenate([one[2] for one in places]),
        y0=np.concatenate([one[3] for one in places]),
        cells=_joined(levels),
        base=np.concatenate(bases),
        split=np.concatenate(splits),
    )


def _without_edges(cells: Cells, emptied: NDArray[np.bool_]) -> Cells:
    """The cells, some of them without their edges."""
    keeps = np.repeat(~emptied, cells.counts)
    start = np.append(0, np.cumsum(np.where(emptied, 0, cells.counts)))
    return Cells(cells.x0, cells.y0, cells.width, cells.height, cells.corner, start, cells.edge[keeps], cells.uncertain)


def _joined(levels: list[Cells]) -> Cells:
    counts = np.concatenate([level.counts for level in levels])
    return Cells(
        x0=np.concatenate([level.x0 for level in levels]),
        y0=np.concatenate([level.y0 for level in levels]),
        width=np.concatenate([level.width for level in levels]),
        height=np.concatenate([level.height for level in levels]),
        corner=np.concatenate([level.corner for level in levels]),
        start=np.append(0, np.cumsum(counts)),
        edge=np.concatenate([level.edge for level in levels]),
        uncertain=np.concatenate([level.uncertain for level in levels]),
    )
