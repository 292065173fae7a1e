"""The lines along which the set of boundaries changes.

All rings are noded against each other once, so that a line between two nodes has one set of boundaries on its left and
one on its right. Whoever asks says which of those lines count: what a question's `Sides` tells apart.
"""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.edges import Counting, Edges, edges_of
from geo.index import Cover, Index, IntArray
from geo.model import FloatArray

# Lines are drawn on a grid of 0.01 mm. Neighbours that draw one line with other vertices differ by the last digits of
# their coordinates: without a grid there would be two lines, each telling what changes across both, and each counted.
_GRID_DEG = 1e-10
# A line is asked for its two sides this far from its middle: beyond what the grid may have moved it by.
_SIDE_OFFSET_DEG = 2e-10

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

    @cached_property
    def ranks(self) -> IntArray:
        """Where the covers stand among all in order: of line i the left at 2 i, the right at 2 i + 1; one 0 more."""
        covers = [cover for both in zip(self.left, self.right, strict=True) for cover in both]
        place = {cover: i for i, cover in enumerate(sorted(set(covers)))}
        return np.array([*(place[cover] for cover in covers), 0], dtype=np.int64)


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
        # The lines that part something, whatever it is; with their edges, once many positions were asked for.
        self.parting = Counting(self._part)

    def _part(self, lines: IntArray) -> NDArray[np.bool_]:
        left, right = self.of(lines)
        parts: NDArray[np.bool_] = left != right
        return parts

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
    x1, y1, x2, y2, _ = edges_of(rings)
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
    x1, y1, x2, y2, owner = edges_of(lines)
    length = np.hypot(x2 - x1, y2 - y1)
    by_line = np.lexsort((-length, owner))
    longest = by_line[np.flatnonzero(np.diff(owner[by_line], prepend=-1))]
    x1, y1, x2, y2, length = x1[longest], y1[longest], x2[longest], y2[longest], length[longest]
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    offset = np.minimum(_SIDE_OFFSET_DEG, length / 4) / length
    normal_x, normal_y = -(y2 - y1) * offset, (x2 - x1) * offset
    return middle_x + normal_x, middle_y + normal_y, middle_x - normal_x, middle_y - normal_y
