"""What a query reads of an edge in a cell that it touches, side by side for all mixed cells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.raster.cells import Cells, pairs_of
from geo.raster.edges import KeyArray, KeyedEdges
from geo.raster.grid import DOUBT_DEG, IntArray


@dataclass(frozen=True, slots=True)
class Records:
    """Records (r,), those of one cell together: the edge from (x1, y1) up to y2, its `slope` (dx / dy), its `key`.

    `left_y` is where it meets the cell's left side above the cell's corner, infinite where it does not. A `level` edge
    goes from x1 to x2 at one height.
    """

    x1: FloatArray
    y1: FloatArray
    x2: FloatArray
    y2: FloatArray
    slope: FloatArray
    left_y: FloatArray
    level: NDArray[np.bool_]
    key: KeyArray


def records_of(cells: Cells, edges: KeyedEdges) -> tuple[Records, NDArray[np.bool_]]:
    """The records of cells, in their order; and which cells have an edge that passes their corner within rounding."""
    pairs = pairs_of(cells, edges)
    near = (np.minimum(pairs.x1, pairs.x2) < cells.x0[pairs.cell]) & (
        cells.x0[pairs.cell] < np.maximum(pairs.x1, pairs.x2)
    )
    near &= np.abs(pairs.left_y - cells.y0[pairs.cell]) < 2 * DOUBT_DEG
    uncertain = cells.uncertain.copy()
    uncertain[pairs.cell[near]] = True
    left_y = np.where(pairs.meets, pairs.left_y, np.inf)
    level = pairs.y1 == pairs.y2
    return Records(pairs.x1, pairs.y1, pairs.x2, pairs.y2, pairs.slope, left_y, level, pairs.key), uncertain


def crossed(
    records: Records, record: IntArray, x: FloatArray, y: FloatArray, x0: FloatArray
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each edge is crossed on the way from the corner to (x, y), and whether rounding could decide that."""
    x1, y1, y2 = records.x1[record], records.y1[record], records.y2[record]
    left_y = records.left_y[record]
    at_x = x1 + (y - y1) * records.slope[record]
    spans = (y1 <= y) & (y < y2)
    crosses = (spans & (x0 < at_x) & (at_x < x)) ^ (left_y < y)
    near = (np.abs(at_x - x) <= DOUBT_DEG) | (np.abs(at_x - x0) <= DOUBT_DEG)
    doubtful = ((y1 <= y) & (y <= y2) & near) | (np.abs(left_y - y) <= DOUBT_DEG)
    level = records.level[record] & (y == y1)
    doubtful |= level & (x1 - DOUBT_DEG <= x) & (x <= records.x2[record] + DOUBT_DEG)
    return crosses, doubtful
