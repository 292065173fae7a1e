"""The index over boundaries by a raster.

A cell that no edge touches lies in one set of boundaries: one look at an array answers. In the others a walk goes from
the cell's lower left corner, whose set is known, up its left side and then to the right. Each edge that it crosses
takes some boundaries out of the set and puts others in: the XOR of the edges' keys, in any order, turns the key of the
one set into the key of the other. Where rounding could decide, GEOS does.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.index import BoundaryIndex, Cover, SetsAt
from geo.model import FloatArray
from geo.raster.arrays import ASK, AnyArray, KeyArray, NumberArray, RasterArrays
from geo.raster.build import build
from geo.raster.edge_grid import EdgeGrid
from geo.raster.edges import edges_of
from geo.raster.kernel import locate_for, nearest_for
from geo.raster.keys import KeyTable, keys_for, table_of
from geo.raster.nearest import Nearest
from geo.raster.single import Single

NOWHERE = Cover((), ())
# Borders are looked for so far; distances without an end are slow far outside, and nobody asks for them.
BORDER_CAP_M = 50.0
# What is across an edge is looked up so far beyond it: a tenth of a millimetre.
BEYOND_DEG = 1e-9
# So few positions are asked one by one.
FEW = 12


class _Known(NamedTuple):
    """The sets met until now: their numbers by key, and the lowest boundary of each, -1 for nobody."""

    table: KeyTable
    lowest: NumberArray


class RasterIndex:
    """As exact as the `BoundaryIndex` that it asks in doubt, and many times as fast. Immutable to whoever looks.

    Boundaries are known by their number: their place in the array given, (m,) of polygons in WGS 84.
    """

    _covers: list[Cover]  # grows, and what is there stays

    def __init__(self, boundaries: NDArray[np.object_]) -> None:
        keys = keys_for(len(boundaries))
        built = build(edges_of(boundaries, keys))
        self._prepare(boundaries, keys, built.raster if built else None)
        if built:
            self._covers = self._covers_of(built.keys, built.lon, built.lat)
            self._known = _Known(
                table_of(built.keys, np.arange(len(built.keys), dtype=np.int32)),
                np.array([_lowest(cover) for cover in self._covers], dtype=np.int32),
            )

    def _prepare(self, boundaries: NDArray[np.object_], keys: KeyArray, raster: RasterArrays | None) -> None:
        self.boundaries = boundaries
        self.raster = raster
        self._keys = keys
        self._exact = BoundaryIndex(boundaries)
        self._single = Single(raster) if raster is not None else None
        self._learning = threading.Lock()
        self._covers = [NOWHERE]
        self._numbers: dict[Cover, int] = {}
        self._known = _Known(table_of(np.zeros(1, np.uint64), np.zeros(1, np.int32)), np.full(1, -1, np.int32))

    @classmethod
    def restored(cls, boundaries: NDArray[np.object_], arrays: Mapping[str, AnyArray]) -> "RasterIndex":
        """The index over these boundaries from its arrays, which are not copied: they may be a file's."""
        if not arrays:
            return cls(boundaries)
        index = cls.__new__(cls)
        index._prepare(boundaries, arrays["boundary_key"], RasterArrays.from_plain(arrays))
        start, member = arrays["cover_start"].tolist(), arrays["cover_member"].tolist()
        index._covers = [Cover(tuple(member[a:b]), ()) for a, b in pairwise(start)]
        index._known = _Known(KeyTable(arrays["known_key"], arrays["known_number"]), arrays["cover_lowest"])
        return index

    def arrays(self) -> dict[str, AnyArray]:
        """Everything that the index is but its boundaries, as plain arrays by name; none where GEOS answers alone.

        `boundary_key` has the key of each boundary: another numpy may draw others. `cover_start` (sets + 1,) and
        `cover_member` have the members of each set, `known_*` the table of their keys.
        """
        if self.raster is None:
            return {}
        with self._learning:
            covers = [cover for cover in self._covers if not cover.edge]
        members = [np.array(cover.interior, dtype=np.int32) for cover in covers]
        keys = np.array([self._key(cover) for cover in covers], dtype=np.uint64)
        table = table_of(keys, np.arange(len(keys), dtype=np.int32))
        return self.raster.plain() | {
            "boundary_key": self._keys,
            "known_key": table.key,
            "known_number": table.number,
            "cover_start": np.cumsum([0, *map(len, members)]),
            "cover_member": np.concatenate(members),
            "cover_lowest": np.array([_lowest(cover) for cover in covers], dtype=np.int32),
        }

    def __reduce__(self) -> tuple[Callable[..., "RasterIndex"], tuple[object, ...]]:
        return RasterIndex.restored, (self.boundaries, self.arrays())

    @property
    def covers(self) -> Sequence[Cover]:
        """The sets met until now, by number; more may come, and what is there stays."""
        return self._covers

    def numbers_at(self, *, lon: FloatArray, lat: FloatArray) -> NumberArray:
        """The number of the set that holds each position, (n,), for `covers`."""
        if self.raster is None:
            sets = self._exact.sets_at(lon=lon, lat=lat)
            return self._learn(sets.covers)[sets.ids]
        return self._numbers_at(self.raster, lon, lat)

    def sets_at(self, *, lon: FloatArray, lat: FloatArray) -> SetsAt:
        """The set of boundaries at each position; lon and lat are (n,) finite degrees."""
        numbers = self.numbers_at(lon=lon, lat=lat)
        found = np.zeros(len(self._covers), dtype=bool)
        found[numbers] = True
        compact = np.cumsum(found) - 1
        return SetsAt(compact[numbers], tuple(self._covers[i] for i in np.flatnonzero(found).tolist()))

    def locate(self, *, lon: FloatArray, lat: FloatArray) -> NumberArray:
        """The number of the boundary that holds each position, (n,); -1 where none does.

        Of several that hold it inside the lowest number; only on edges the lowest of those.
        """
        numbers = self.numbers_at(lon=lon, lat=lat)
        return self._known.lowest.take(numbers)

    def cover_at(self, *, lon: float, lat: float) -> Cover:
        """The set of boundaries that holds one position."""
        number = self._single.locate(self._known.table, lon, lat) if self._single else ASK
        if number == ASK:
            return self._exact.cover_at(lon=lon, lat=lat)
        return self._covers[number]

    @cached_property
    def _edges(self) -> tuple[EdgeGrid, FloatArray]:
        """The edges of all boundaries, each once, and where they are."""
        ends = self.raster.edge[: int(self.raster.shape[2])] if self.raster is not None else np.zeros((0, 4))
        return EdgeGrid(*ends.T.copy()), ends

    def distance_to_border_m(self, *, lon: FloatArray, lat: FloatArray, cap_m: float = BORDER_CAP_M) -> FloatArray:
        """Metres to the nearest edge of any boundary, (n,); inf beyond `cap_m`."""
        return self._nearest(lon, lat, cap_m).distance_m

    def border_near(
        self, *, lon: FloatArray, lat: FloatArray, cap_m: float = BORDER_CAP_M
    ) -> tuple[FloatArray, NumberArray]:
        """The same, and who is across that edge, both (n,).

        Who is across is the lowest boundary there, as `locate` says it; -1 where nobody is, or no edge is near.
        """
        found = self._nearest(lon, lat, cap_m)
        near = np.flatnonzero(found.edge >= 0)
        foot, along = self._edges[1][found.edge[near]], found.along[near]
        x, y = foot[:, 0] + along * (foot[:, 2] - foot[:, 0]), foot[:, 1] + along * (foot[:, 3] - foot[:, 1])
        across = np.full(len(lon), -1, dtype=np.int32)
        across[near] = self._beyond(lon[near], lat[near], x, y)
        return found.distance_m, across

    def _nearest(self, lon: FloatArray, lat: FloatArray, cap_m: float) -> Nearest:
        grid, ends = self._edges
        rank = np.zeros(len(ends), dtype=np.int64)
        return nearest_for(len(lon))(grid, ends, rank, lon, lat, np.full(len(lon), cap_m))

    def _beyond(self, lon: FloatArray, lat: FloatArray, x: FloatArray, y: FloatArray) -> NumberArray:
        """Who holds the ground a hair beyond (x, y), as seen from each position."""
        away = np.hypot(x - lon, y - lat)
        hair = np.divide(BEYOND_DEG, away, out=np.zeros_like(away), where=away > 0.0)
        return self.locate(lon=x + (x - lon) * hair, lat=y + (y - lat) * hair)

    def _numbers_at(self, raster: RasterArrays, lon: FloatArray, lat: FloatArray) -> NumberArray:
        if self._single and len(lon) <= FEW:
            table = self._known.table
            places = zip(lon.tolist(), lat.tolist(), strict=True)
            numbers = np.array([self._single.locate(table, x, y) for x, y in places], dtype=np.int32)
        else:
            numbers = locate_for(len(lon))(raster, self._known.table, lon, lat)
        asked = np.flatnonzero(numbers == ASK)
        if len(asked):
            sets = self._exact.sets_at(lon=lon[asked], lat=lat[asked])
            numbers[asked] = self._learn(sets.covers)[sets.ids]
        return numbers

    def _learn(self, covers: tuple[Cover, ...]) -> NumberArray:
        """The numbers of sets, which are known from now on."""
        with self._learning:
            if not self._numbers:
                self._numbers = {cover: number for number, cover in enumerate(self._covers)}
            new = [cover for cover in covers if cover not in self._numbers]
            if new:
                first = len(self._covers)
                self._numbers |= {cover: first + i for i, cover in enumerate(new)}
                self._covers += new
                self._known = self._knowing(new, first)
            return np.array([self._numbers[cover] for cover in covers], dtype=np.int32)

    def _knowing(self, new: list[Cover], first: int) -> _Known:
        """What is known with some new sets, whose numbers run from `first` on."""
        table = self._known.table
        # A walk never ends on an edge: such a set has a number, and no key.
        inside = [i for i, cover in enumerate(new) if not cover.edge]
        if inside:
            held = np.flatnonzero(table.number >= 0)
            keys = np.array([self._key(new[i]) for i in inside], dtype=np.uint64)
            numbers = np.array(inside, dtype=np.int32) + np.int32(first)
            table = table_of(np.concatenate([table.key[held], keys]), np.concatenate([table.number[held], numbers]))
        lowest = np.array([_lowest(cover) for cover in new], dtype=np.int32)
        return _Known(table, np.concatenate([self._known.lowest, lowest]))

    def _key(self, cover: Cover) -> np.uint64:
        return np.bitwise_xor.reduce(self._keys[list(cover.interior)]) if cover.interior else np.uint64(0)

    def _covers_of(self, keys: KeyArray, lon: FloatArray, lat: FloatArray) -> list[Cover]:
        """The sets that have these keys, each with a position that it holds."""
        alone = table_of(self._keys, np.arange(len(self._keys), dtype=np.int32)).numbers_of(keys)
        covers = [Cover((number,), ()) if number >= 0 else NOWHERE for number in alone.tolist()]
        several = np.flatnonzero((alone < 0) & (keys != 0))
        sets = self._exact.sets_at(lon=lon[several], lat=lat[several])
        for row, i in zip(several.tolist(), sets.ids.tolist(), strict=True):
            covers[row] = sets.covers[i]
        return covers


def _lowest(cover: Cover) -> int:
    return next(iter((*cover.interior, *cover.edge)), -1)
