"""The edges of lines, and which of them are near a position."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import degrees_around, to_metric
from geo.index import IntArray
from geo.model import FloatArray

# Lines are cut into pieces of at most this many edges, so that a box of the tree stays small.
_EDGES_PER_PIECE = 16
# From so many positions on, those that no line is near are told first, by a raster of at most so many cells a side.
_MANY = 5_000
_MAY_CELLS = 2_000
_LEAST_STEP_DEG = 1e-9  # for looks that reach no farther than the position itself
# Edges measured at one time; bounds the memory of a bulk question.
_EDGES_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """Positions and edges near them, p pairs by position: the edge's ends as metres east and north of the position.

    `line` is the number of the line that the edge is of, `along` where on the edge, from 0 to 1, the nearest place is.
    """

    position: IntArray
    edge: IntArray
    line: IntArray
    ax: FloatArray
    ay: FloatArray
    bx: FloatArray
    by: FloatArray
    along: FloatArray
    distance_m: FloatArray


def edges_of(lines: NDArray[np.object_]) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, IntArray]:
    """Every edge of the lines in order: x1, y1, x2, y2 and the number of its line."""
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    follows = owner[1:] == owner[:-1]
    start, end = coordinates[:-1][follows], coordinates[1:][follows]
    return start[:, 0], start[:, 1], end[:, 0], end[:, 1], owner[1:][follows]


class Edges:
    """The edges of lines, ready to be asked for those near positions. Immutable."""

    def __init__(self, geometries: NDArray[np.object_]) -> None:
        self.x1, self.y1, self.x2, self.y2, self._line = edges_of(geometries)
        self._line_count = len(geometries)
        within = np.arange(len(self._line)) - np.searchsorted(self._line, self._line)
        self._starts = np.flatnonzero((np.diff(self._line, prepend=-1) != 0) | (within % _EDGES_PER_PIECE == 0))
        self._sizes = np.diff(np.append(self._starts, len(self._line)))
        self._tree = shapely.STRtree(self._boxes())

    def _boxes(self) -> NDArray[np.object_]:
        if not len(self._starts):
            return np.array([], dtype=object)
        west = np.minimum.reduceat(np.minimum(self.x1, self.x2), self._starts)
        south = np.minimum.reduceat(np.minimum(self.y1, self.y2), self._starts)
        east = np.maximum.reduceat(np.maximum(self.x1, self.x2), self._starts)
        north = np.maximum.reduceat(np.maximum(self.y1, self.y2), self._starts)
        boxes: NDArray[np.object_] = shapely.box(west, south, east, north)
        return boxes

    def near(
        self,
        *,
        lon: FloatArray,
        lat: FloatArray,
        radius_m: FloatArray,
        counts: Callable[[IntArray], NDArray[np.bool_]],
    ) -> Iterator[Pairs]:
        """The edges within `radius_m` of each position (all three (n,)) of those lines that count.

        In parts of bounded memory, each with all pairs of its positions. Straight edges are straight in degrees.
        """
        d_lon, d_lat = degrees_around(lat=lat, radius_m=radius_m)
        rows = np.arange(len(lon))
        if len(lon) >= max(_MANY, self._line_count):
            rows = np.flatnonzero(self._may_be_near(counts(np.arange(self._line_count)), lon, lat, d_lon, d_lat))
        west, east = lon[rows] - d_lon[rows], lon[rows] + d_lon[rows]
        south, north = lat[rows] - d_lat[rows], lat[rows] + d_lat[rows]
        position, piece = self._tree.query(shapely.box(west, south, east, north))
        position = rows[position]
        chosen = counts(self._line[self._starts[piece]]) if len(piece) else np.zeros(0, dtype=bool)
        position, piece = position[chosen], piece[chosen]
        if not len(position):
            return
        by_position = np.lexsort((piece, position))
        position, piece = position[by_position], piece[by_position]
        for start, end in _shares(self._sizes[piece], position):
            yield self._measured(position[start:end], piece[start:end], lon, lat, radius_m)

    def _may_be_near(
        self, counts: NDArray[np.bool_], lon: FloatArray, lat: FloatArray, d_lon: FloatArray, d_lat: FloatArray
    ) -> NDArray[np.bool_]:
        """Whether an edge of a line that counts (lines,) may be within so many degrees of each position (n,).

        Told by a raster whose cells are as wide as the farthest look; it may say yes too often, and never no wrongly.
        """
        chosen = counts[self._line]
        if not chosen.any() or not len(lon):
            return np.zeros(len(lon), dtype=bool)
        x1, x2, y1, y2 = (values[chosen] for values in (self.x1, self.x2, self.y1, self.y2))
        west, south = min(x1.min(), x2.min()), min(y1.min(), y2.min())
        wide, high = max(x1.max(), x2.max()) - west, max(y1.max(), y2.max()) - south
        step_x, step_y = (
            max(float(step.max()), span / _MAY_CELLS, _LEAST_STEP_DEG) for step, span in ((d_lon, wide), (d_lat, high))
        )

        def cells(values: FloatArray, start: float, step: float) -> IntArray:
            # The first cell lies two to the west and south of the edges, the last as far to the east and north.
            found: IntArray = np.floor((values - start) / step).astype(np.int64) + 2
            return found

        left, right = cells(np.minimum(x1, x2), west, step_x), cells(np.maximum(x1, x2), west, step_x)
        below, above = cells(np.minimum(y1, y2), south, step_y), cells(np.maximum(y1, y2), south, step_y)
        # Each edge's box and one cell around it, counted by its corners.
        touched = np.zeros((int(above.max()) + 4, int(right.max()) + 4), dtype=np.int64)
        for row, column, change in (
            (below - 1, left - 1, 1), (below - 1, right + 2, -1), (above + 2, left - 1, -1), (above + 2, right + 2, 1)
        ):  # fmt: skip
            np.add.at(touched, (row, column), change)
        may = touched.cumsum(axis=0).cumsum(axis=1) > 0
        row, column = cells(lat, south, step_y), cells(lon, west, step_x)
        inside = (row >= 0) & (column >= 0) & (row < may.shape[0]) & (column < may.shape[1])
        near = np.zeros(len(lon), dtype=bool)
        near[inside] = may[row[inside], column[inside]]
        return near

    def _measured(
        self, position: IntArray, piece: IntArray, lon: FloatArray, lat: FloatArray, radius_m: FloatArray
    ) -> Pairs:
        sizes = self._sizes[piece]
        position = np.repeat(position, sizes)
        edge = np.repeat(self._starts[piece] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        origin = {"origin_lon": lon[position], "origin_lat": lat[position]}
        ax, ay = to_metric(lon=self.x1[edge], lat=self.y1[edge], **origin)
        bx, by = to_metric(lon=self.x2[edge], lat=self.y2[edge], **origin)
        along = _foot(ax, ay, bx, by)
        distance_m = np.hypot(ax + along * (bx - ax), ay + along * (by - ay))
        near = distance_m <= radius_m[position]
        edge = edge[near]
        return Pairs(
            position[near],
            edge,
            self._line[edge],
            ax[near],
            ay[near],
            bx[near],
            by[near],
            along[near],
            distance_m[near],
        )


def _foot(ax: FloatArray, ay: FloatArray, bx: FloatArray, by: FloatArray) -> FloatArray:
    """Where on the edge a-b, from 0 to 1, the place nearest to the origin is."""
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    along: FloatArray = np.clip(-(ax * dx + ay * dy) / np.where(square > 0, square, 1.0), 0.0, 1.0)
    return along


def _shares(sizes: IntArray, position: IntArray) -> list[tuple[int, int]]:
    """Cuts of the pairs, each with a bounded number of edges and never between two pairs of one position."""
    total = np.cumsum(sizes)
    cuts = [0]
    while cuts[-1] < len(sizes):
        done = total[cuts[-1] - 1] if cuts[-1] else 0
        reach = max(int(np.searchsorted(total, done + _EDGES_AT_ONCE, side="right")), cuts[-1] + 1)
        last = position[reach - 1]
        backed = int(np.searchsorted(position, last, side="left"))
        whole = int(np.searchsorted(position, last, side="right"))
        cuts.append(len(sizes) if reach >= len(sizes) else backed if backed > cuts[-1] else whole)
    return list(pairwise(cuts))
