"""The edges of lines, and which of them are near a position."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.crs import ROUNDING_DEG, metres_per_degree
from geo.index import IntArray
from geo.model import FloatArray
from geo.raster.edge_grid import EdgeGrid
from geo.raster.kernel import nearest_for
from geo.raster.nearby import Near, Nearby
from geo.raster.nearest import Nearest, feet_of

# From so many positions on it is worth to work out first, once and for all, which lines count.
MANY = 5_000


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


Counts = Callable[[IntArray], NDArray[np.bool_]]


class _Chosen(NamedTuple):
    """Some of the edges, by number: where they are, their lines, and their grid."""

    edge: IntArray
    ends: FloatArray
    line: IntArray
    grid: EdgeGrid


class Counting:
    """Says of lines, by number, whether they count; what was asked once is kept. Thread-safe."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._choosing = threading.Lock()
        self._known: dict[int, bool] = {}
        self.chosen: _Chosen | None = None

    def __call__(self, lines: IntArray) -> NDArray[np.bool_]:
        return self._counts(lines)

    def one(self, line: int) -> bool:
        """Whether a line counts."""
        known = self._known.get(line)
        if known is None:
            known = self._known[line] = bool(self._counts(np.array([line]))[0])
        return known

    def choose(self, edges: "Edges") -> _Chosen:
        """The edges of all lines that count."""
        with self._choosing:
            if self.chosen is None:
                counts = self._counts(np.arange(edges.line_count))
                edge = np.flatnonzero(counts[edges.line]) if edges.line_count else np.zeros(0, dtype=np.int64)
                ends = edges.ends[edge]
                self.chosen = _Chosen(edge, ends, edges.line[edge], EdgeGrid(*ends.T.copy()))
            return self.chosen


class Edges:
    """The edges of lines, ready to be asked for those near positions. Immutable.

    `ends` (k, 4) are x1, y1, x2, y2 of each edge, `line` (k,) the number of its line.
    """

    def __init__(self, vertices: FloatArray, start: IntArray) -> None:
        """The edges of lines whose vertices are `vertices[start[i] : start[i + 1]]`; `start` is (lines + 1,)."""
        self.line_count = len(start) - 1
        last = np.zeros(len(vertices), dtype=bool)
        last[start[1:] - 1] = True
        first = np.flatnonzero(~last)
        self.ends: FloatArray = np.hstack([vertices[first], vertices[first + 1]])
        self.line: IntArray = np.repeat(np.arange(self.line_count), np.diff(start) - 1)

    @cached_property
    def _grid(self) -> EdgeGrid:
        return EdgeGrid(*self.ends.T.copy())

    @cached_property
    def _nearby(self) -> Nearby:
        return Nearby(self._grid, self.ends)

    @cached_property
    def _line_of(self) -> list[int]:
        lines: list[int] = self.line.tolist()
        return lines

    def near(self, *, lon: FloatArray, lat: FloatArray, radius_m: FloatArray, counts: Counting) -> Iterator[Pairs]:
        """The edges within `radius_m` of each position (all three (n,)) of those lines that count.

        In parts of bounded memory, each with all pairs of its positions. Straight edges are straight in degrees.
        """
        if len(lon) == 1:
            found = self._near_one(float(lon[0]), float(lat[0]), float(radius_m[0]), counts)
            edge = np.array([near.edge for near in found], dtype=np.int64)
            values = np.array([near[1:] for near in found], dtype=np.float64).reshape(len(found), 6)
            yield Pairs(np.zeros(len(found), dtype=np.int64), edge, self.line[edge], *values.T.copy())
            return
        chosen = self._chosen(counts, len(lon))
        lon_m, lat_m = metres_per_degree(lat)
        box = {"d_lon": radius_m / lon_m + ROUNDING_DEG, "d_lat": radius_m / lat_m + ROUNDING_DEG}
        grid = chosen.grid if chosen else self._grid
        for position, number in grid.candidates(lon=lon, lat=lat, **box):
            edge = chosen.edge[number] if chosen else number.astype(np.int64)
            if not chosen:
                counting = counts(self.line[edge])
                position, edge = position[counting], edge[counting]
            yield self._measured(position, edge, lon, lat, lon_m, lat_m, radius_m)

    def _near_one(self, lon: float, lat: float, radius_m: float, counts: Counting) -> list[Near]:
        line = self._line_of
        return self._nearby.within(lon, lat, radius_m, lambda edge: counts.one(line[edge]))

    def nearest_one(self, *, lon: float, lat: float, radius_m: float, counts: Counting) -> Near | None:
        """The nearest edge within `radius_m` of one position of those lines that count, as `nearest` tells it."""
        line = self._line_of
        found = self._near_one(lon, lat, radius_m, counts)
        return min(found, key=lambda near: (near.distance_m, line[near.edge], near.edge), default=None)

    def nearest(self, *, lon: FloatArray, lat: FloatArray, radius_m: FloatArray, counts: Counting) -> Nearest:
        """The nearest edge within `radius_m` of each position (all three (n,)) of those lines that count.

        Among edges equally near the line that was drawn first, then the edge.
        """
        chosen = self._chosen(counts, len(lon))
        if chosen:
            found = nearest_for(len(lon))(chosen.grid, chosen.ends, chosen.line, lon, lat, radius_m)
            edge = np.where(found.edge < 0, -1, chosen.edge[found.edge]) if len(chosen.edge) else found.edge
            return Nearest(found.distance_m, edge, found.along)
        nearest = Nearest(np.full(len(lon), np.inf), np.full(len(lon), -1, dtype=np.int64), np.zeros(len(lon)))
        for pairs in self.near(lon=lon, lat=lat, radius_m=radius_m, counts=counts):
            order = np.lexsort((pairs.edge, pairs.line, pairs.distance_m, pairs.position))
            best = order[np.flatnonzero(np.diff(pairs.position[order], prepend=-1))]
            row = pairs.position[best]
            nearest.distance_m[row], nearest.edge[row], nearest.along[row] = (
                pairs.distance_m[best],
                pairs.edge[best],
                pairs.along[best],
            )
        return nearest

    def _chosen(self, counts: Counting, positions: int) -> _Chosen | None:
        return counts.choose(self) if positions >= MANY else counts.chosen

    def _measured(
        self,
        position: IntArray,
        edge: IntArray,
        lon: FloatArray,
        lat: FloatArray,
        lon_m: FloatArray,
        lat_m: FloatArray,
        radius_m: FloatArray,
    ) -> Pairs:
        at = (values.take(position) for values in (lon, lat, lon_m, lat_m))
        feet = feet_of(self.ends.take(edge, axis=0), *at)
        distance_m = np.sqrt(feet.square_m2)
        near = np.flatnonzero(distance_m <= radius_m.take(position))
        # An edge that lies in several cells was found in each of them.
        order = near[np.lexsort((edge[near], position[near]))]
        again = (np.diff(position[order], prepend=-1) == 0) & (np.diff(edge[order], prepend=-1) == 0)
        order = order[~again]
        edge = edge[order]
        ends = (values[order] for values in (feet.ax, feet.ay, feet.bx, feet.by, feet.along, distance_m))
        return Pairs(position[order], edge, self.line[edge], *ends)
