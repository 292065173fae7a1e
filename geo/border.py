"""The nearest place on the lines where what a question tells apart changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
