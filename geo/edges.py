"""The lines along which the set of boundaries changes, and the places on them that are near a position.

All rings are noded against each other once, so that a line between two nodes has one set of boundaries on its left and
one on its right. Whoever asks says which of those lines count: what a question's `Sides` tells apart.
"""

import threading
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import degrees_around, to_metric
from geo.index import Cover, Index, IntArray
from geo.model import FloatArray

# Lines are drawn on a grid of 0.01 mm. Neighbours that draw one line with other vertices differ by the last digits of
# their coordinates: without a grid there would be two lines, each telling what changes across both, and each counted.
_GRID_DEG = 1e-10
# A line is asked for its two sides this far from its middle: beyond what the grid may have moved it by.
_SIDE_OFFSET_DEG = 2e-10
# Lines are cut into pieces of at most this many edges, so that a box of the tree stays small.
_EDGES_PER_PIECE = 16
# From so many positions on, those that no line is near are told first, by a raster of at most so many cells a side.
_MANY = 5_000
_MAY_CELLS = 2_000
# Edges measured at one time; bounds the memory of a bulk question.
_EDGES_AT_ONCE = 2_000_000


Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Lines:
    """Lines (k,) with the cover on each side, as seen from the first vertex to the last."""

    geometries: NDArray[np.object_]
    left: tuple[Cover, ...]
    right: tuple[Cover, ...]

    @cached_property
    def edges(self) -> "Edges":
        """Their edges, ready to be asked for those near a position; shared by whoever asks."""
        return Edges(self.geometries)


class Sides(Generic[Key]):
    """What each line parts, for one kind of question: numbers for what is the same. Worked out where it is asked.

    `key_of` says what holds on a cover; `keys` has what each number stands for. Thread-safe.
    """

    def __init__(self, lines: Lines, key_of: Callable[[Cover], Key]) -> None:
        self.lines = lines
        self.keys: list[Key] = []
        self._key_of = key_of
        self._numbers: dict[Key, int] = {}
        self._of_cover: dict[Cover, int] = {}
        self._sides = np.full((2, len(lines.geometries)), -1, dtype=np.int32)
        self._counting = threading.Lock()

    def number(self, cover: Cover) -> int:
        """The number of what holds on a cover."""
        known = self._of_cover.get(cover)
        if known is None:
            key = self._key_of(cover)
            with self._counting:
                if key not in self._numbers:
                    self.keys.append(key)
                    self._numbers[key] = len(self.keys) - 1
                known = self._of_cover[cover] = self._numbers[key]
        return known

    def of(self, lines: IntArray) -> tuple[IntArray, IntArray]:
        """The numbers on the left and on the right of lines."""
        asked = np.unique(lines)
        for line in asked[self._sides[1, asked] < 0].tolist():
            self._sides[0, line] = self.number(self.lines.left[line])
            self._sides[1, line] = self.number(self.lines.right[line])
        return self._sides[0, lines], self._sides[1, lines]


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


@dataclass(frozen=True, slots=True)
class EdgesNear:
    """For n positions the nearest place on the lines: metres (inf when beyond the radius), and where it is.

    `line` is the number of a line that passes there, -1 when beyond.
    """

    distance_m: FloatArray
    lon: FloatArray
    lat: FloatArray
    line: IntArray


def draw_lines(index: Index, boundaries: NDArray[np.object_]) -> Lines:
    """The lines between the different sets of boundaries.

    `boundaries` are the polygons whose rings cut the ground; the sets on either side are told by `index`.
    """
    rings = shapely.get_parts(shapely.get_parts(shapely.boundary(boundaries)))
    if not len(rings):
        return Lines(rings, (), ())
    return _sided(index, _drawn_once(rings))


def draw_over(lines: Lines, index: Index, boundaries: NDArray[np.object_]) -> Lines:
    """The lines with those of further boundaries, which `index` knows; only what these touch is drawn anew."""
    # Not only those that intersect them: the grid may have moved a line off the boundary that runs along it.
    touched = np.unique(
        shapely.STRtree(lines.geometries).query(boundaries, predicate="dwithin", distance=_SIDE_OFFSET_DEG)[1]
    )
    rings = shapely.get_parts(shapely.get_parts(shapely.boundary(boundaries)))
    drawn = _sided(index, np.concatenate([lines.geometries[touched], rings]))
    kept = np.setdiff1d(np.arange(len(lines.geometries)), touched).tolist()
    return Lines(
        geometries=np.concatenate([lines.geometries[kept], drawn.geometries]),
        left=(*(lines.left[i] for i in kept), *drawn.left),
        right=(*(lines.right[i] for i in kept), *drawn.right),
    )


def _sided(index: Index, drawn: NDArray[np.object_]) -> Lines:
    """Lines cut at every crossing, those kept whose two sides differ."""
    noded = shapely.get_parts(shapely.line_merge(shapely.unary_union(drawn, grid_size=_GRID_DEG)))
    left_lon, left_lat, right_lon, right_lat = beside(noded)
    sides = index.sets_at(lon=np.concatenate([left_lon, right_lon]), lat=np.concatenate([left_lat, right_lat]))
    left, right = sides.ids[: len(noded)], sides.ids[len(noded) :]
    parting = left != right
    return Lines(
        geometries=noded[parting],
        left=tuple(sides.covers[i] for i in left[parting]),
        right=tuple(sides.covers[i] for i in right[parting]),
    )


def _drawn_once(rings: NDArray[np.object_]) -> NDArray[np.object_]:
    """Lines with every edge of the rings once: neighbours and tiers draw the same edges, and noding is what costs."""
    x1, y1, x2, y2, _ = _edges(rings)
    backwards = (x1 > x2) | ((x1 == x2) & (y1 > y2))
    start = np.where(backwards, x2, x1), np.where(backwards, y2, y1)
    end = np.where(backwards, x1, x2), np.where(backwards, y1, y2)
    edges = np.unique(np.stack([*start, *end], axis=1), axis=0)
    lines: NDArray[np.object_] = shapely.get_parts(
        shapely.line_merge(shapely.multilinestrings(shapely.linestrings(edges.reshape(-1, 2, 2))))
    )
    return lines


def beside(lines: NDArray[np.object_]) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """A point to the left and one to the right of the longest edge of each line: lon, lat, lon, lat, (k,) each."""
    x1, y1, x2, y2, owner = _edges(lines)
    length = np.hypot(x2 - x1, y2 - y1)
    by_line = np.lexsort((-length, owner))
    longest = by_line[np.flatnonzero(np.diff(owner[by_line], prepend=-1))]
    x1, y1, x2, y2, length = x1[longest], y1[longest], x2[longest], y2[longest], length[longest]
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    offset = np.minimum(_SIDE_OFFSET_DEG, length / 4) / length
    normal_x, normal_y = -(y2 - y1) * offset, (x2 - x1) * offset
    return middle_x + normal_x, middle_y + normal_y, middle_x - normal_x, middle_y - normal_y


def _edges(lines: NDArray[np.object_]) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, IntArray]:
    """Every edge of the lines in order: x1, y1, x2, y2 and the number of its line."""
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    follows = owner[1:] == owner[:-1]
    start, end = coordinates[:-1][follows], coordinates[1:][follows]
    return start[:, 0], start[:, 1], end[:, 0], end[:, 1], owner[1:][follows]


class Edges:
    """The edges of lines, ready to be asked for those near positions. Immutable."""

    def __init__(self, geometries: NDArray[np.object_]) -> None:
        self.x1, self.y1, self.x2, self.y2, self._line = _edges(geometries)
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
        step_x, step_y = (max(float(step.max()), span / _MAY_CELLS) for step, span in ((d_lon, wide), (d_lat, high)))

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


class Border:
    """Where what a question tells apart changes, as far as `parts` says, by the numbers of its sides. Immutable."""

    def __init__(self, sides: Sides[Any], parts: Callable[[IntArray, IntArray], NDArray[np.bool_]]) -> None:
        self._sides = sides
        self._parts = parts

    def edges_near(self, *, lon: FloatArray, lat: FloatArray, radius_m: FloatArray) -> EdgesNear:
        """The nearest place on the border within `radius_m` of each position; all three are (n,).

        Among places equally near, the line that was drawn first.
        """
        n = len(lon)
        nearest = EdgesNear(np.full(n, np.inf), np.full(n, np.nan), np.full(n, np.nan), np.full(n, -1, dtype=np.int64))
        edges = self._sides.lines.edges
        for pairs in edges.near(lon=lon, lat=lat, radius_m=radius_m, counts=self._counts):
            order = np.lexsort((pairs.line, pairs.distance_m, pairs.position))
            best = order[np.flatnonzero(np.diff(pairs.position[order], prepend=-1))]
            row, edge, along = pairs.position[best], pairs.edge[best], pairs.along[best]
            nearest.distance_m[row] = pairs.distance_m[best]
            nearest.lon[row] = edges.x1[edge] + along * (edges.x2[edge] - edges.x1[edge])
            nearest.lat[row] = edges.y1[edge] + along * (edges.y2[edge] - edges.y1[edge])
            nearest.line[row] = pairs.line[best]
        return nearest

    def _counts(self, lines: IntArray) -> NDArray[np.bool_]:
        return self._parts(*self._sides.of(lines))


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
