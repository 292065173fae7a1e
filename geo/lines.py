"""The lines along which the set of boundaries changes.

All rings are noded against each other once, so that a line between two nodes has one set of boundaries on its left and
one on its right. Whoever asks says which of those lines count: what a question's `Sides` tells apart.
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar, overload

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.covers import Covers, Int32Array
from geo.edges import Counting, Edges
from geo.index import Cover, Index, IntArray
from geo.model import FloatArray
from geo.packed import Arrays

# Lines are drawn on a grid of 0.01 mm. Neighbours that draw one line with other vertices differ by the last digits of
# their coordinates: without a grid there would be two lines, each telling what changes across both, and each counted.
_GRID_DEG = 1e-10
# A line is asked for its two sides this far from its middle: beyond what the grid may have moved it by.
_SIDE_OFFSET_DEG = 2e-10

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, eq=False)
class OnSide(Sequence[Cover]):
    """The cover on one side of each line (k,): `covers[ids[line]]`."""

    covers: Sequence[Cover]
    ids: Int32Array

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, line: int) -> Cover: ...
    @overload
    def __getitem__(self, line: slice) -> tuple[Cover, ...]: ...

    def __getitem__(self, line: int | slice) -> Cover | tuple[Cover, ...]:
        if isinstance(line, slice):
            return tuple(self.covers[i] for i in self.ids[line].tolist())
        return self.covers[int(self.ids[line])]


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines (k,) with the cover on each side, as seen from the first vertex to the last.

    Kept as arrays: line i has the vertices `vertices[start[i] : start[i + 1]]`, `covers[left_ids[i]]` on its left and
    `covers[right_ids[i]]` on its right; `vertices` is (v, 2), `start` (k + 1,). Safe to copy and to pickle: what is
    made of the arrays when it is first asked for stays behind.
    """

    vertices: FloatArray
    start: IntArray
    covers: Covers
    left_ids: Int32Array
    right_ids: Int32Array

    @classmethod
    def of(
        cls, geometries: NDArray[np.object_], covers: Sequence[Cover], left_ids: IntArray, right_ids: IntArray
    ) -> "Lines":
        """The lines that these geometries (k,) are; of `covers` the ids (k,) name one for either side."""
        start = np.append(0, np.cumsum(shapely.get_num_coordinates(geometries), dtype=np.int64))
        used, ids = np.unique(np.concatenate([left_ids, right_ids]), return_inverse=True)
        left, right = np.split(ids.astype(np.int32), 2)
        lines = cls(
            shapely.get_coordinates(geometries), start, Covers.of([covers[i] for i in used.tolist()]), left, right
        )
        vars(lines)["geometries"] = geometries
        return lines

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `restored` needs."""
        own: dict[str, NDArray[Any]] = {
            "vertices": self.vertices,
            "start": self.start,
            "left": self.left_ids,
            "right": self.right_ids,
        }
        return own | {f"cover_{name}": array for name, array in self.covers.arrays().items()}

    @classmethod
    def restored(cls, arrays: Arrays) -> "Lines":
        """The lines that these arrays were taken of."""
        covers = Covers.restored({name: arrays[f"cover_{name}"] for name in ("start", "numbers")})
        return cls(arrays["vertices"], arrays["start"], covers, arrays["left"], arrays["right"])

    def __len__(self) -> int:
        return len(self.start) - 1

    def __reduce__(self) -> tuple[Any, ...]:
        return Lines, (self.vertices, self.start, self.covers, self.left_ids, self.right_ids)

    @property
    def left(self) -> OnSide:
        """The cover on the left of each line."""
        return OnSide(self.covers, self.left_ids)

    @property
    def right(self) -> OnSide:
        """The cover on the right of each line."""
        return OnSide(self.covers, self.right_ids)

    @cached_property
    def geometries(self) -> NDArray[np.object_]:
        """The lines (k,) as geometries."""
        made: NDArray[np.object_] = shapely.from_ragged_array(
            shapely.GeometryType.LINESTRING, self.vertices, (self.start,)
        )
        return made

    @cached_property
    def edges(self) -> Edges:
        """Their edges, ready to be asked for those near a position; shared by whoever asks."""
        return Edges(self.vertices, self.start)

    @cached_property
    def ranks(self) -> IntArray:
        """Where the covers stand among all in order: of line i the left at 2 i, the right at 2 i + 1; one 0 more."""
        place = np.zeros(len(self.covers), dtype=np.int64)
        place[sorted(range(len(self.covers)), key=self.covers.__getitem__)] = np.arange(len(self.covers))
        return np.append(np.stack([place[self.left_ids], place[self.right_ids]], axis=1).ravel(), 0)


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
        self._of_covers: NDArray[Any] = np.full(len(lines.covers), -1, dtype=np.int32)
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
        ids = self.lines.left_ids[lines], self.lines.right_ids[lines]
        for asked in ids:
            for cover in np.unique(asked[self._of_covers[asked] < 0]).tolist():
                self._of_covers[cover] = self.number(self.lines.covers[cover])
        return self._of_covers[ids[0]], self._of_covers[ids[1]]


def draw_lines(index: Index, boundaries: NDArray[np.object_]) -> Lines:
    """The lines between the different sets of boundaries.

    `boundaries` are the polygons whose rings cut the ground; the sets on either side are told by `index`.
    """
    rings = shapely.get_parts(shapely.get_parts(shapely.boundary(boundaries)))
    if not len(rings):
        none = np.zeros(0, dtype=np.int64)
        return Lines.of(rings, (), none, none)
    return _sided(index, _drawn_once(rings))


def draw_over(lines: Lines, index: Index, boundaries: NDArray[np.object_]) -> Lines:
    """The lines with those of further boundaries, which `index` knows; only what these touch is drawn anew."""
    # Not only those that intersect them: the grid may have moved a line off the boundary that runs along it.
    touched = np.unique(
        shapely.STRtree(lines.geometries).query(boundaries, predicate="dwithin", distance=_SIDE_OFFSET_DEG)[1]
    )
    rings = shapely.get_parts(shapely.get_parts(shapely.boundary(boundaries)))
    drawn = _sided(index, np.concatenate([lines.geometries[touched], rings]))
    kept = np.setdiff1d(np.arange(len(lines)), touched)
    first = len(lines.covers)
    return Lines.of(
        np.concatenate([lines.geometries[kept], drawn.geometries]),
        [*lines.covers, *drawn.covers],
        np.concatenate([lines.left_ids[kept], first + drawn.left_ids]),
        np.concatenate([lines.right_ids[kept], first + drawn.right_ids]),
    )


def _sided(index: Index, drawn: NDArray[np.object_]) -> Lines:
    """Lines cut at every crossing, those kept whose two sides differ."""
    noded = shapely.get_parts(shapely.line_merge(shapely.unary_union(drawn, grid_size=_GRID_DEG)))
    left_lon, left_lat, right_lon, right_lat = beside(noded)
    sides = index.sets_at(lon=np.concatenate([left_lon, right_lon]), lat=np.concatenate([left_lat, right_lat]))
    left, right = sides.ids[: len(noded)], sides.ids[len(noded) :]
    parting = left != right
    return Lines.of(noded[parting], sides.covers, left[parting], right[parting])


def _drawn_once(rings: NDArray[np.object_]) -> NDArray[np.object_]:
    """Lines with every edge of the rings once: neighbours and tiers draw the same edges, and noding is what costs."""
    x1, y1, x2, y2, _ = _edges_of(rings)
    backwards = (x1 > x2) | ((x1 == x2) & (y1 > y2))
    start = np.where(backwards, x2, x1), np.where(backwards, y2, y1)
    end = np.where(backwards, x1, x2), np.where(backwards, y1, y2)
    edges = np.unique(np.stack([*start, *end], axis=1), axis=0)
    lines: NDArray[np.object_] = shapely.get_parts(
        shapely.line_merge(shapely.multilinestrings(shapely.linestrings(edges.reshape(-1, 2, 2))))
    )
    return lines


def _edges_of(lines: NDArray[np.object_]) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, IntArray]:
    """Every edge of the lines in order: x1, y1, x2, y2 and the number of its line."""
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    follows = owner[1:] == owner[:-1]
    start, end = coordinates[:-1][follows], coordinates[1:][follows]
    return start[:, 0], start[:, 1], end[:, 0], end[:, 1], owner[1:][follows]


def beside(lines: NDArray[np.object_]) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """A point to the left and one to the right of the longest edge of each line: lon, lat, lon, lat, (k,) each."""
    x1, y1, x2, y2, owner = _edges_of(lines)
    length = np.hypot(x2 - x1, y2 - y1)
    by_line = np.lexsort((-length, owner))
    longest = by_line[np.flatnonzero(np.diff(owner[by_line], prepend=-1))]
    x1, y1, x2, y2, length = x1[longest], y1[longest], x2[longest], y2[longest], length[longest]
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    offset = np.minimum(_SIDE_OFFSET_DEG, length / 4) / length
    normal_x, normal_y = -(y2 - y1) * offset, (x2 - x1) * offset
    return middle_x + normal_x, middle_y + normal_y, middle_x - normal_x, middle_y - normal_y
