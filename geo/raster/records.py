"""What a query reads of an edge in a cell that it touches, side by side for all mixed cells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.raster.edges import KeyArray, KeyedEdges
from geo.raster.grid import DOUBT_DEG, Grid


@dataclass(frozen=True, slots=True)
class Records:
    """Records (r,), those of one cell together: the edge from (x1, y1) up to y2, its `slope` (dx / dy), its `key`.

    `left_y` is where it meets the cell's left side above the cell's corner, infinite where it does not. A `level` edge
    goes from x1 to x2 at one height. `uncertain` (cells,) are the cells whose corner an edge passes within rounding.
    """

    x1: FloatArray
    y1: FloatArray
    y2: FloatArray
    slope: FloatArray
    left_y: FloatArray
    x2: FloatArray
    level: NDArray[np.bool_]
    key: KeyArray
    uncertain: NDArray[np.bool_]


def records_of(grid: Grid, edges: KeyedEdges) -> Records:
    """The records of a grid, in its order."""
    x1, y1, x2, y2 = (values[grid.record] for values in (edges.x1, edges.y1, edges.x2, edges.y2))
    cell = np.repeat(np.arange(len(grid.start) - 1), np.diff(grid.start))
    x0 = grid.west + grid.width * (cell % grid.columns)
    y0 = grid.south + grid.height * (cell // grid.columns)
    run, rise = x2 - x1, y2 - y1
    level = rise == 0.0
    slope = np.divide(run, rise, out=np.zeros_like(run), where=~level)
    meets = (np.minimum(x1, x2) < x0) & (x0 < np.maximum(x1, x2))
    left_y = y1 + np.divide((x0 - x1) * rise, run, out=np.zeros_like(run), where=run != 0.0)
    # Whether that is above the corner is told by where the edge crosses the corner's height, as the corner itself is.
    crosses = (y1 < y0) & (y0 < y2)
    above = np.where(crosses, (x1 + (y0 - y1) * slope - x0) * run < 0.0, y1 >= y0)
    uncertain = np.zeros(len(grid.start) - 1, dtype=bool)
    uncertain[cell[meets & (np.abs(left_y - y0) < 2 * DOUBT_DEG)]] = True
    left_y = np.where(meets & above, left_y, np.inf)
    return Records(x1, y1, y2, slope, left_y, x2, level, edges.key[grid.record], uncertain)
