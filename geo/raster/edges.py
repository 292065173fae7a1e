"""The edges of all boundaries, each once, with a key that tells which boundaries it is an edge of."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.model import FloatArray

KeyArray = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class KeyedEdges:
    """Edges (k,) from their lower end (x1, y1) to their upper one (x2, y2), in degrees.

    Whoever crosses one leaves some boundaries and enters others: `key` (k,) is the XOR of the keys of all of them.
    """

    x1: FloatArray
    y1: FloatArray
    x2: FloatArray
    y2: FloatArray
    key: KeyArray


def edges_of(boundaries: NDArray[np.object_], keys: KeyArray) -> KeyedEdges:
    """The edges of polygons (m,) whose keys are (m,). Neighbours and tiers share theirs: an edge is there once."""
    parts, owner = shapely.get_parts(shapely.boundary(boundaries), return_index=True)
    lines, part = shapely.get_parts(parts, return_index=True)
    owner = owner[part]
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    follows = line[1:] == line[:-1]
    start, end = coordinates[:-1][follows], coordinates[1:][follows]
    owner = owner[line[1:][follows]]
    upwards = (start[:, 1] < end[:, 1]) | ((start[:, 1] == end[:, 1]) & (start[:, 0] <= end[:, 0]))
    ends = np.where(upwards[:, None], np.hstack([start, end]), np.hstack([end, start]))
    order = np.lexsort(ends.T)
    ends, key = ends[order], keys[owner[order]]
    first = np.flatnonzero(np.append(True, np.any(np.diff(ends, axis=0) != 0.0, axis=1))[: len(ends)])
    together = np.bitwise_xor.reduceat(key, first) if len(first) else key
    x1, y1, x2, y2 = ends[first].T
    return KeyedEdges(x1, y1, x2, y2, together)
