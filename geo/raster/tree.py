"""The grid with its crowded cells cut: pure places lie in one set of boundaries, mixed ones have edges."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.raster.arrays import IntArray, KeyArray
from geo.raster.cells import CROWDED, Cells, cut, uncertain_of
from geo.raster.edges import KeyedEdges
from geo.raster.grid import Grid

DEPTH = 6


@dataclass(frozen=True, slots=True)
class Tree:
    """Places: first those of the grid, row by row, then those of each crowded cell, from `base[m]` on.

    `mixed` (places,) is the number of the mixed cell that a place is, or -1; `corner` the XOR of the keys of what holds
    its lower left corner. Cell m of `cells` is cut into `split[m]` x `split[m]` places (0: it is not). `x0` and `y0`
    are the corners of the places after those of the grid.
    """

    grid: Grid
    mixed: NDArray[np.int32]
    corner: KeyArray
    x0: FloatArray
    y0: FloatArray
    cells: Cells
    base: IntArray
    split: IntArray

    def corners(self, places: IntArray) -> tuple[FloatArray, FloatArray]:
        """The longitudes and latitudes of the corners of some places."""
        on_grid = len(self.mixed) - len(self.x0)
        lon, lat = self.grid.corners_of(np.minimum(places, on_grid - 1))
        cut = np.flatnonzero(places >= on_grid)
        lon[cut], lat[cut] = self.x0[places[cut] - on_grid], self.y0[places[cut] - on_grid]
        return lon, lat


def grow(grid: Grid, edges: KeyedEdges) -> Tree:
    """The tree over some edges: the grid, with its crowded cells cut until none is crowded."""
    counts = np.diff(grid.start)
    touched = np.flatnonzero(counts)
    level = Cells(
        *grid.corners_of(touched),
        np.full(len(touched), grid.width),
        np.full(len(touched), grid.height),
        grid.corner[touched],
        np.append(0, np.cumsum(counts[touched])),
        grid.record,
        np.zeros(len(touched), dtype=bool),
    )
    mixed = np.full(len(counts), -1, dtype=np.int64)
    mixed[touched] = np.arange(len(touched))
    places = [(mixed, grid.corner, np.zeros(0), np.zeros(0))]
    levels: list[Cells] = []
    bases, splits = [], []
    known, placed = len(touched), len(counts)
    for depth in range(DEPTH):
        level = replace(level, uncertain=uncertain_of(level, edges))
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
    return Tree(
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
