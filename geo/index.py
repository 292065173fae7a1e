"""The index over boundaries: which set of them holds a position.

`BoundaryIndex` asks GEOS, with a Shapely STRtree, and is the measure of what is exact; `geo/raster` gives the same
answers from a raster. The rest of the product asks an index one question only, `sets_at`; what is near a position is
asked of `geo/edges.py`.
"""

import threading
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.model import FloatArray

IntArray = NDArray[np.int64]

# Keys make a set of boundaries comparable as one number: XOR of the keys of its members. 64 random bits a member let
# two different sets meet once in 10^19; the seed is fixed so that a run can be repeated.
KEY_SEED = 0x5EED


class Cover(NamedTuple):
    """The boundaries that hold a position, as ascending numbers: inside them, or on their edge."""

    interior: tuple[int, ...]
    edge: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SetsAt:
    """Where n positions stand: `covers[ids[i]]` is the set of boundaries that hold position i.

    `ids` is (n,); `covers` lists each different set once.
    """

    ids: IntArray
    covers: tuple[Cover, ...]


class Index(Protocol):
    """Tells which set of boundaries holds positions; a boundary's number is its place in `boundaries`."""

    boundaries: NDArray[np.object_]

    def sets_at(self, *, lon: FloatArray, lat: FloatArray) -> SetsAt: ...

    def cover_at(self, *, lon: float, lat: float) -> Cover: ...


class LayeredIndex:
    """Two indexes as one: the numbers of the second follow those of the first. Immutable."""

    def __init__(self, base: Index, above: Index) -> None:
        self._base = base
        self._above = above
        self.boundaries: NDArray[np.object_] = np.concatenate([base.boundaries, above.boundaries])

    def sets_at(self, *, lon: FloatArray, lat: FloatArray) -> SetsAt:
        """The set of boundaries at each position; lon and lat are (n,) finite degrees."""
        base, above = self._base.sets_at(lon=lon, lat=lat), self._above.sets_at(lon=lon, lat=lat)
        pairs, ids = np.unique(base.ids * len(above.covers) + above.ids, return_inverse=True)
        count = len(above.covers)
        covers = [self._joined(base.covers[pair // count], above.covers[pair % count]) for pair in pairs.tolist()]
        return SetsAt(ids=ids.astype(np.int64), covers=tuple(covers))

    def cover_at(self, *, lon: float, lat: float) -> Cover:
        """The set of boundaries that holds one position."""
        below, over = self._base.cover_at(lon=lon, lat=lat), self._above.cover_at(lon=lon, lat=lat)
        return self._joined(below, over) if over.interior or over.edge else below

    def _joined(self, below: Cover, over: Cover) -> Cover:
        first = len(self._base.boundaries)
        interior = (*below.interior, *(first + number for number in over.interior))
        return Cover(interior, (*below.edge, *(first + number for number in over.edge)))


class BoundaryIndex:
    """Finds the boundaries that hold positions. Immutable.

    Boundaries are known by their number: their place in the array given, (m,) of polygons in WGS 84.
    """

    def __init__(self, boundaries: NDArray[np.object_]) -> None:
        self.boundaries = boundaries
        self._ready = np.zeros(len(boundaries), dtype=bool)
        self._preparing = threading.Lock()
        random = np.random.default_rng(KEY_SEED)
        shape = (2, len(boundaries))
        self._interior_keys, self._edge_keys = random.integers(2**64 - 1, size=shape, dtype=np.uint64, endpoint=True)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.boundaries)

    def _prepared(self, number: int) -> shapely.Geometry:
        """A boundary that threads may ask together: GEOS builds what it needs for that at the first question."""
        polygon = self.boundaries[number]
        if not self._ready[number]:
            with self._preparing:
                shapely.prepare(polygon)
                left, bottom, right, top = shapely.bounds(polygon)
                shapely.contains_xy(polygon, (left + right) / 2, (bottom + top) / 2)
                shapely.intersects_xy(polygon, (left + right) / 2, (bottom + top) / 2)
                self._ready[number] = True
        return polygon

    def sets_at(self, *, lon: FloatArray, lat: FloatArray) -> SetsAt:
        """The set of boundaries at each position; lon and lat are (n,) finite degrees.

        Exact: GEOS decides, `intersects` for holding and `contains` for inside.
        """
        position, boundary = self._tree.query(shapely.points(lon, lat))
        position, boundary, inside = self._refine(position, boundary, lon, lat)
        signature = np.zeros(len(lon), dtype=np.uint64)
        member_keys = np.where(inside, self._interior_keys[boundary], self._edge_keys[boundary])
        np.bitwise_xor.at(signature, position, member_keys)
        _, first, ids = np.unique(signature, return_index=True, return_inverse=True)
        covers = _covers_of(first, position, boundary, inside)
        return SetsAt(ids=ids.astype(np.int64), covers=covers)

    def cover_at(self, *, lon: float, lat: float) -> Cover:
        """The set of boundaries that holds one position."""
        return self.sets_at(lon=np.array([lon]), lat=np.array([lat])).covers[0]

    def _refine(
        self, position: IntArray, boundary: IntArray, lon: FloatArray, lat: FloatArray
    ) -> tuple[IntArray, IntArray, NDArray[np.bool_]]:
        """The pairs whose boundary really holds the position, sorted by position and boundary, and which lie inside."""
        by_boundary = np.argsort(boundary, kind="stable")
        position, boundary = position[by_boundary], boundary[by_boundary]
        holds = np.zeros(len(position), dtype=bool)
        inside = np.zeros(len(position), dtype=bool)
        starts = np.flatnonzero(np.diff(boundary, prepend=-1, append=-1))
        for start, end in pairwise(starts):
            polygon = self._prepared(int(boundary[start]))
            x, y = lon[position[start:end]], lat[position[start:end]]
            inside[start:end] = shapely.contains_xy(polygon, x, y)
            # Only what is not inside can be on the edge: most positions are asked once.
            outside = np.flatnonzero(~inside[start:end])
            holds[start:end] = inside[start:end]
            holds[start + outside] = shapely.intersects_xy(polygon, x[outside], y[outside])
        position, boundary, inside = position[holds], boundary[holds], inside[holds]
        order = np.lexsort((boundary, position))
        return position[order], boundary[order], inside[order]


def _covers_of(first: IntArray, position: IntArray, boundary: IntArray, inside: NDArray[np.bool_]) -> tuple[Cover, ...]:
    """The cover of each position named in `first`, read from pairs sorted by position."""
    starts = np.searchsorted(position, first, side="left")
    ends = np.searchsorted(position, first, side="right")
    covers = []
    for start, end in zip(starts, ends, strict=True):
        members, within = boundary[start:end], inside[start:end]
        covers.append(Cover(tuple(members[within].tolist()), tuple(members[~within].tolist())))
    return tuple(covers)
