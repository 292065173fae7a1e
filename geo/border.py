"""The nearest place on the lines where what a question tells apart changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.edges import Counting, Edges
from geo.index import IntArray
from geo.lines import Sides
from geo.model import FloatArray


@dataclass(frozen=True, slots=True)
class EdgesNear:
    """For n positions the nearest place on the lines: metres (inf when beyond the radius), and where it is.

    `line` is the number of a line that passes there, -1 when beyond.
    """

    distance_m: FloatArray
    lon: FloatArray
    lat: FloatArray
    line: IntArray


class Border:
    """Where what a question tells apart changes, as far as `parts` says, by the numbers of its sides. Immutable."""

    def __init__(self, sides: Sides[Any], parts: Callable[[IntArray, IntArray], NDArray[np.bool_]]) -> None:
        self._sides = sides
        self._parts = parts
        self._counting = Counting(self._counts)

    def edges_near(self, *, lon: FloatArray, lat: FloatArray, radius_m: FloatArray) -> EdgesNear:
        """The nearest place on the border within `radius_m` of each position; all three are (n,).

        Among places equally near, the line that was drawn first.
        """
        edges = self._sides.lines.edges
        if len(lon) == 1:
            return self._near_one(edges, float(lon[0]), float(lat[0]), float(radius_m[0]))
        found = edges.nearest(lon=lon, lat=lat, radius_m=radius_m, counts=self._counting)
        held = np.flatnonzero(found.edge >= 0)
        ends, along = edges.ends[found.edge[held]], found.along[held]
        place = np.full((2, len(lon)), np.nan)
        place[0, held] = ends[:, 0] + along * (ends[:, 2] - ends[:, 0])
        place[1, held] = ends[:, 1] + along * (ends[:, 3] - ends[:, 1])
        line = np.full(len(lon), -1, dtype=np.int64)
        line[held] = edges.line[found.edge[held]]
        return EdgesNear(found.distance_m, place[0], place[1], line)

    def _near_one(self, edges: Edges, lon: float, lat: float, radius_m: float) -> EdgesNear:
        near = edges.nearest_one(lon=lon, lat=lat, radius_m=radius_m, counts=self._counting)
        if near is None:
            return EdgesNear(np.array([np.inf]), np.array([np.nan]), np.array([np.nan]), np.array([-1]))
        x1, y1, x2, y2 = edges.ends[near.edge].tolist()
        x, y = x1 + near.along * (x2 - x1), y1 + near.along * (y2 - y1)
        return EdgesNear(np.array([near.distance_m]), np.array([x]), np.array([y]), np.array([edges.line[near.edge]]))

    def _counts(self, lines: IntArray) -> NDArray[np.bool_]:
        return self._parts(*self._sides.of(lines))
