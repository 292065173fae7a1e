"""A raster laid over all boundaries: what holds the lower left corner of each cell, and which edges touch the cell.

Most of a city is not near a border: a cell that no edge touches lies in one set of boundaries. The others, the mixed
ones, keep the edges that touch them.
"""

from dataclasses import dataclass

import numpy as np

from geo.model import FloatArray
from geo.raster.arrays import IntArray, KeyArray
from geo.raster.edges import KeyedEdges

# Degrees. Where an edge meets a line is known to some 3e-14; nearer than this, who is asked decides exactly.
DOUBT_DEG = 4e-13
CELLS_PER_EDGE = 6.0
CELLS_LIMIT = 4_000_000
LEAST_CELLS = 4  # in a row or column
ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Grid:
    """`columns` x `rows` cells from (west, south), each `width` x `height` degrees; cells are numbered row by row.

    `corner` (cells,) is the XOR of the keys of the boundaries that hold a cell's lower left corner. Cell c is touched
    by the edges `record[start[c] : start[c + 1]]`, by number.
    """

    west: float
    south: float
    width: float
    height: float
    columns: int
    rows: int
    corner: KeyArray
    start: IntArray
    record: IntArray

    def corners_of(self, cells: IntArray) -> tuple[FloatArray, FloatArray]:
        """The longitudes and latitudes of the lower left corners of some cells."""
        lon: FloatArray = self.west + self.width * (cells % self.columns).astype(np.float64)
        lat: FloatArray = self.south + self.height * (cells // self.columns).astype(np.float64)
        return lon, lat


def lay_grid(edges: KeyedEdges) -> Grid | None:
    """The grid over some edges, moved until no corner and no vertex lies where rounding could decide.

    None where there is no such grid: without edges, or over ground so small that all of it is within rounding.
    """
    if not len(edges.key):
        return None
    west, east = float(min(edges.x1.min(), edges.x2.min())), float(max(edges.x1.max(), edges.x2.max()))
    south, north = float(edges.y1.min()), float(edges.y2.max())
    columns, rows = _shape(east - west, north - south, len(edges.key))
    for attempt in range(ATTEMPTS):
        # Larger than the ground by a cell at least, whatever is outside being in a cell that no edge touches; by other
        # shares on each side (maps love symmetry), and never twice the same.
        rim_x, rim_y = (max(0.0107, 1.1 / (count - 2)) for count in (columns, rows))
        left, right = (east - west) * (rim_x + 0.0017 * attempt), (east - west) * (rim_x + 0.0024 + 0.0029 * attempt)
        below, above = (
            (north - south) * (rim_y + 0.0013 * attempt),
            (north - south) * (rim_y + 0.0036 + 0.0023 * attempt),
        )
        width, height = (east - west + left + right) / columns, (north - south + below + above) / rows
        grid = Blank(west - left, south - below, width, height, columns, rows)
        corner = grid.corners(edges)
        if corner is not None:
            start, record = grid.touching(edges)
            return Grid(grid.west, grid.south, grid.width, grid.height, columns, rows, corner, start, record)
    return None


def _shape(width: float, height: float, count: int) -> tuple[int, int]:
    """Columns and rows: square cells, some for each edge."""
    cells = min(max(64.0, CELLS_PER_EDGE * count), CELLS_LIMIT)
    side = np.sqrt(width * height / cells)
    columns, rows = (max(LEAST_CELLS, min(int(extent / side) + 1, 1 << 20)) for extent in (width, height))
    return columns, rows


@dataclass(frozen=True, slots=True)
class Blank:
    """A grid without anything in it: `columns` x `rows` cells of `width` x `height` degrees from (west, south)."""

    west: float
    south: float
    width: float
    height: float
    columns: int
    rows: int

    def corners(self, edges: KeyedEdges) -> KeyArray | None:
        """What holds each cell's corner; None where an edge comes too near to one.

        Along each line between two rows, whatever is right of where an edge crosses it has that edge's key.
        """
        first = np.ceil((edges.y1 - self.south) / self.height).astype(np.int64)
        last = np.ceil((edges.y2 - self.south) / self.height).astype(np.int64)
        line_y: FloatArray = self.south + self.height * np.arange(self.rows + 1, dtype=np.float64)
        if _meets(edges.y1, line_y, self.south, self.height) or _meets(edges.y2, line_y, self.south, self.height):
            return None
        counts = last - first
        edge = np.repeat(np.arange(len(counts)), counts)
        row = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        x = _x_at(edges, edge, line_y[row])
        column = np.ceil((x - self.west) / self.width).astype(np.int64)
        if len(x) and np.min(np.abs(x - (self.west + self.width * np.round((x - self.west) / self.width)))) < DOUBT_DEG:
            return None
        corner = np.zeros((self.rows, self.columns), dtype=np.uint64)
        inside = (column < self.columns) & (row < self.rows)
        np.bitwise_xor.at(corner, (row[inside], column[inside]), edges.key[edge[inside]])
        return np.bitwise_xor.accumulate(corner, axis=1).ravel()

    def touching(self, edges: KeyedEdges) -> tuple[IntArray, IntArray]:
        """Which edges touch each cell: where its records start, (cells + 1,), and the edges' numbers."""
        # A little too many, never too few: an edge within rounding of a cell touches it. All edges lie on the grid.
        slack_x, slack_y = DOUBT_DEG / self.width, DOUBT_DEG / self.height
        first = np.floor((edges.y1 - self.south) / self.height - slack_y).astype(np.int64)
        last = np.floor((edges.y2 - self.south) / self.height + slack_y).astype(np.int64)
        counts = last - first + 1
        edge = np.repeat(np.arange(len(counts)), counts)
        row = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        below = np.clip(self.south + self.height * row, edges.y1[edge], edges.y2[edge])
        above = np.clip(self.south + self.height * (row + 1), edges.y1[edge], edges.y2[edge])
        flat = edges.y1[edge] == edges.y2[edge]
        one = np.where(flat, edges.x1[edge], _x_at(edges, edge, below))
        other = np.where(flat, edges.x2[edge], _x_at(edges, edge, above))
        left = np.floor((np.minimum(one, other) - self.west) / self.width - slack_x).astype(np.int64)
        right = np.floor((np.maximum(one, other) - self.west) / self.width + slack_x).astype(np.int64)
        counts = right - left + 1
        cell = np.repeat(row * self.columns + left - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        edge = np.repeat(edge, counts)
        order = np.argsort(cell, kind="stable")
        start = np.searchsorted(cell[order], np.arange(self.rows * self.columns + 1))
        return start, edge[order]


def _x_at(edges: KeyedEdges, edge: IntArray, y: FloatArray) -> FloatArray:
    """Where edges cross a height; the lower end of one that is level."""
    rise = edges.y2[edge] - edges.y1[edge]
    along = np.divide(y - edges.y1[edge], rise, out=np.zeros_like(rise), where=rise > 0.0)
    x: FloatArray = edges.x1[edge] + (edges.x2[edge] - edges.x1[edge]) * along
    return x


def _meets(values: FloatArray, lines: FloatArray, start: float, step: float) -> bool:
    """Whether a value lies on one of the lines, or so near that rounding could decide."""
    nearest = np.clip(np.round((values - start) / step).astype(np.int64), 0, len(lines) - 1)
    return bool(np.any(np.abs(values - lines[nearest]) < DOUBT_DEG))
