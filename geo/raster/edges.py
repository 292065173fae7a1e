"""The edges of all boundaries, each once, with a key that tells which boundaries it is an edge of."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.raster.arrays import IntArray, KeyArray

MIXER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio, odd


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
    order, first = _alike(ends)
    together = np.bitwise_xor.reduceat(keys[owner[order]], first) if len(first) else keys[owner]
    # In the order in which they were drawn, so that neighbours on a border stay neighbours.
    drawn = np.minimum.reduceat(order, first) if len(first) else order
    along = np.argsort(drawn)
    x1, y1, x2, y2 = ends[drawn[along]].T.copy()
    return KeyedEdges(x1, y1, x2, y2, together[along])


def _alike(ends: FloatArray) -> tuple[IntArray, IntArray]:
    """An order in which edges (k, 4) with the same ends stand together, and where each such group begins.

    Sorted by one number that is made of the four: should it ever be the same for different ends, edges that are alike
    may stand apart. They are crossed together all the same.
    """
    bits = (ends + 0.0).view(np.uint64)  # there is one zero only
    mixed = np.zeros(len(ends), dtype=np.uint64)
    for column in bits.T:
        mixed = (mixed ^ column) * MIXER
        mixed ^= mixed >> np.uint64(29)
    order = np.argsort(mixed)
    ends = ends[order]
    return order, np.flatnonzero(np.append(True, np.any(ends[1:] != ends[:-1], axis=1))[: len(ends)])
