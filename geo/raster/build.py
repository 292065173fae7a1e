"""From edges to the arrays that answer."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.raster.arrays import ASK, CROWD, FIRST_MIXED, LEAF, IntArray, KeyArray, NumberArray, RasterArrays
from geo.raster.cells import runs
from geo.raster.edges import KeyedEdges
from geo.raster.grid import lay_grid
from geo.raster.tree import Tree, grow


class Built(NamedTuple):
    """A raster, and the sets that hold its pure places: the key of set i, and a position (lon, lat) that it holds.

    Set 0 is nobody, whose key is 0.
    """

    raster: RasterArrays
    keys: KeyArray
    lon: FloatArray
    lat: FloatArray


def build(edges: KeyedEdges) -> Built | None:
    """The raster over some edges; None where there are none, or all ground is within rounding of itself."""
    grid = lay_grid(edges)
    if grid is None:
        return None
    tree = grow(grid, edges)
    code, keys, first = _codes(tree)
    leaf, edge = _leaves(tree, len(edges.key))
    raster = RasterArrays(
        frame=np.array([grid.west, grid.south, 1.0 / grid.width, 1.0 / grid.height]),
        shape=np.array([grid.columns, grid.rows, len(edges.key)]),
        code=code,
        leaf=leaf,
        edge=np.stack([edges.x1[edge], edges.y1[edge], edges.x2[edge], edges.y2[edge]], axis=1),
        edge_key=edges.key[edge],
        crowd=_crowds(tree),
    )
    return Built(raster, keys, *tree.corners(first))


def _leaves(tree: Tree, edges: int) -> tuple[NDArray[np.void], IntArray]:
    """The leaves, and the edges (k,) that they refer to, by number: all edges, then those that are written again."""
    cells = tree.cells
    leaves = np.flatnonzero(tree.split == 0)
    first, count = cells.start[leaves], cells.counts[leaves]
    leaf = np.zeros(len(leaves), dtype=LEAF)
    leaf["key"], leaf["count"] = cells.corner[leaves], count
    held = np.flatnonzero(count)
    start, end = cells.edge[first[held]], cells.edge[first[held] + count[held] - 1]
    leaf["start"][held] = start
    apart = held[end - start != count[held] - 1]
    again = cells.edge[runs(first[apart], count[apart])]
    leaf["start"][apart] = edges + np.cumsum(count[apart]) - count[apart]
    return leaf, np.concatenate([np.arange(edges), again])


def _codes(tree: Tree) -> tuple[NumberArray, KeyArray, IntArray]:
    """The code of every place; the keys of the pure ones, each once and in order, and a place that has each."""
    cut = tree.split > 0
    number = np.where(cut, np.count_nonzero(~cut) + np.cumsum(cut), np.cumsum(~cut)) - 1
    of_cell = np.where(tree.cells.uncertain, ASK, FIRST_MIXED - number).astype(np.int32)
    code: NumberArray = of_cell[tree.mixed]  # wrong for pure places until they are numbered below
    pure = np.flatnonzero(tree.mixed < 0)
    key = tree.corner[pure]
    # Along a row most places are held by what holds the one before.
    run = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    keys, first, set_of_run = np.unique(key[run], return_index=True, return_inverse=True)
    code[pure] = np.repeat(set_of_run.astype(np.int32), np.diff(np.append(run, len(pure))))
    return code, keys, pure[run[first]]


def _crowds(tree: Tree) -> NDArray[np.void]:
    chosen = np.flatnonzero(tree.split)
    crowd = np.zeros(len(chosen), dtype=CROWD)
    crowd["x0"], crowd["y0"] = tree.cells.x0[chosen], tree.cells.y0[chosen]
    crowd["split"], crowd["base"] = tree.split[chosen], tree.base[chosen]
    crowd["per_lon"] = tree.split[chosen] / tree.cells.width[chosen]
    crowd["per_lat"] = tree.split[chosen] / tree.cells.height[chosen]
    return crowd
