"""How much of the ground around a position each answer holds: p, integrated along the edges where the answer changes.

The error of a position is a circular normal around it. The mass of a ground S is 1 where S holds the position and 0
elsewhere, less (1 / 2 pi) times the integral of exp(-r(theta)^2 / 2 sigma^2) along S's edges, counter-clockwise, theta
seen from the position: each edge gives to the one side what it takes from the other, and corners, strips, holes and
gaps need no case of their own.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.crs import from_metric
from geo.edges import MANY, Pairs
from geo.index import Cover, Index, IntArray, SetsAt
from geo.lines import Sides
from geo.model import FloatArray
from geo.normal import mass_turned

# Beyond 3.53 sigma (2.34 A at 0.68) a straight edge moves p by less than 0.002: what lies no nearer leaves no doubt.
DOUBT_SIGMAS = 3.53
# Beyond 4.89 sigma (3.24 A) there is 6e-6 of the mass.
REACH_SIGMAS = 4.89
# On an edge a position is on neither side, and edges are drawn to 0.01 mm. Moved aside by so little, its p stays.
ON_EDGE_M = 2e-5
ASIDE_M = 4e-5
ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Part:
    """What one answer, by its number on the `Sides` asked, holds of the ground around a position.

    The `mass` of all parts is 1. `distance_m` is how far the part's ground is, 0.0 where the position stands; `cover`
    is the set of boundaries that holds it there.
    """

    number: int
    mass: float
    distance_m: float
    cover: Cover


Parts = tuple[Part, ...]
"""The parts around one position, the nearest first, of those as near the larger."""


@dataclass(frozen=True, slots=True)
class Spots:
    """n positions in WGS 84 with their standard deviations in metres, and the sets of boundaries that hold them."""

    lon: FloatArray
    lat: FloatArray
    sigma_m: FloatArray
    sets: SetsAt

    def pick(self, rows: IntArray) -> "Spots":
        """Some of them, in this order."""
        return Spots(self.lon[rows], self.lat[rows], self.sigma_m[rows], SetsAt(self.sets.ids[rows], self.sets.covers))

    def cover(self, row: int) -> Cover:
        """The boundaries that hold one of them."""
        return self.sets.covers[int(self.sets.ids[row])]


@dataclass(frozen=True, slots=True)
class PartArrays:
    """The parts around many positions, (p,) each: those of one position together, in the order of `Parts`.

    `side` tells whose ground a part is by the line that bounds it there: twice its number on the left, and one more on
    the right; -1 where the position stands. `aside` has the covers of positions that were looked at a hair aside.
    """

    position: IntArray
    number: IntArray
    mass: FloatArray
    distance_m: FloatArray
    side: IntArray
    aside: Mapping[int, Cover]


NONE = np.zeros(0, dtype=np.int64)
NO_PARTS = PartArrays(NONE, NONE, np.zeros(0), np.zeros(0), NONE, MappingProxyType({}))


def parts_around(index: Index, sides: Sides[Any], spots: Spots) -> Mapping[int, Parts]:
    """The parts around each position that leaves doubt, by its number; the others cost nothing beyond the search.

    An accuracy of 0 leaves no doubt.
    """
    found = part_arrays(index, sides, spots)
    around: dict[int, list[Part]] = {}
    left, right = sides.lines.left, sides.lines.right
    for row, number, mass, distance_m, side in zip(
        found.position.tolist(),
        found.number.tolist(),
        found.mass.tolist(),
        found.distance_m.tolist(),
        found.side.tolist(),
        strict=True,
    ):
        if side < 0:
            cover = found.aside[row] if row in found.aside else spots.cover(row)
        else:
            cover = (right if side % 2 else left)[side // 2]
        around.setdefault(row, []).append(Part(number, mass, distance_m, cover))
    return {row: tuple(parts) for row, parts in around.items()}


def part_arrays(index: Index, sides: Sides[Any], spots: Spots) -> PartArrays:
    """The parts around all positions that leave doubt, as arrays."""
    return _in_order(_parts_of(index, sides, spots, 0), sides)


def _parts_of(index: Index, sides: Sides[Any], spots: Spots, attempt: int) -> list[PartArrays]:
    rows = _may_doubt(sides, spots, np.flatnonzero(spots.sigma_m > 0.0))
    lon, lat, sigma_m = spots.lon, spots.lat, spots.sigma_m
    found: list[PartArrays] = []
    on_edge: list[IntArray] = []

    radius_m = REACH_SIGMAS * sigma_m[rows]
    for pairs in sides.lines.edges.near(lon=lon[rows], lat=lat[rows], radius_m=radius_m, counts=sides.parting):
        position = rows[pairs.position]
        first = np.flatnonzero(np.diff(position, prepend=-1))
        nearest_m = np.minimum.reduceat(pairs.distance_m, first)
        doubted = nearest_m <= DOUBT_SIGMAS * sigma_m[position[first]]
        moved = doubted & (nearest_m < ON_EDGE_M) & (attempt < ATTEMPTS)
        on_edge.append(position[first][moved])
        integrated = np.repeat(doubted & ~moved, np.diff(np.append(first, len(position))))
        found.append(_integrate(sides, pairs, position, integrated, spots))
    stuck = np.concatenate(on_edge) if on_edge else np.zeros(0, dtype=np.int64)
    if len(stuck):
        found += _parts_aside(index, sides, spots, stuck, attempt + 1)
    return found


def _may_doubt(sides: Sides[Any], spots: Spots, rows: IntArray) -> IntArray:
    """Those of some positions that may leave doubt: of many, what is near none of the lines is left out at once."""
    if len(rows) < MANY:
        return rows
    lon, lat, radius_m = spots.lon[rows], spots.lat[rows], DOUBT_SIGMAS * spots.sigma_m[rows] * (1.0 + 1e-9)
    found = sides.lines.edges.nearest(lon=lon, lat=lat, radius_m=radius_m, counts=sides.parting)
    may: IntArray = rows[found.edge >= 0]
    return may


def _parts_aside(index: Index, sides: Sides[Any], spots: Spots, rows: IntArray, attempt: int) -> list[PartArrays]:
    """The parts as seen a hair aside, in a direction that no edge is likely to have, another one each time."""
    east, north = ASIDE_M * math.cos(attempt), ASIDE_M * math.sin(attempt)
    lon, lat = from_metric(east=east, north=north, origin_lon=spots.lon[rows], origin_lat=spots.lat[rows])
    aside = Spots(lon, lat, spots.sigma_m[rows], index.sets_at(lon=lon, lat=lat))
    covers = {int(row): aside.cover(i) for i, row in enumerate(rows.tolist())}
    return [
        replace(
            parts,
            position=rows[parts.position],
            aside={**covers, **{int(rows[i]): cover for i, cover in parts.aside.items()}},
        )
        for parts in _parts_of(index, sides, aside, attempt)
    ]


def _integrate(
    sides: Sides[Any], pairs: Pairs, position: IntArray, chosen: NDArray[np.bool_], spots: Spots
) -> PartArrays:
    """The parts around the positions of the chosen pairs, those of one position in no order."""
    position, line, distance_m = position[chosen], pairs.line[chosen], pairs.distance_m[chosen]
    if not len(position):
        return NO_PARTS
    ends = (values[chosen] for values in (pairs.ax, pairs.ay, pairs.bx, pairs.by))
    turned = mass_turned(*ends, sigma=spots.sigma_m[position])
    left, right = sides.of(line)
    at = position[np.flatnonzero(np.diff(position, prepend=-1))]
    held, which = np.unique(spots.sets.ids[at], return_inverse=True)
    home = np.array([sides.number(spots.sets.covers[i]) for i in held.tolist()], dtype=np.int64)[which]
    # A row for where the position stands, and for each edge what it takes from its left and gives to its right.
    rows = np.concatenate([at, np.repeat(position, 2)])
    numbers = np.concatenate([home, np.stack([left, right], axis=1).ravel()])
    mass = np.concatenate([np.ones(len(at)), np.stack([-turned, turned], axis=1).ravel()])
    away_m = np.concatenate([np.zeros(len(at)), np.repeat(distance_m, 2)])
    side = np.concatenate([np.full(len(at), -1), np.stack([2 * line, 2 * line + 1], axis=1).ravel()])
    together = rows * len(sides.keys) + numbers
    order = np.lexsort((away_m, together))
    rows, numbers, together = rows[order], numbers[order], together[order]
    first = np.flatnonzero(np.diff(together, prepend=-1))
    sums = np.maximum(np.add.reduceat(mass[order], first), 0.0)
    leading = order[first]
    return PartArrays(rows[first], numbers[first], sums, away_m[leading], side[leading], {})


def _in_order(found: Sequence[PartArrays], sides: Sides[Any]) -> PartArrays:
    """All parts as one, by position; of one position the nearest first, of those as near the larger."""
    position, number, mass, distance_m, side = (
        np.concatenate([getattr(parts, name) for parts in (NO_PARTS, *found)])
        for name in ("position", "number", "mass", "distance_m", "side")
    )
    # Not by number: numbers follow whatever was asked before, and an answer has to come again to the byte.
    order = np.lexsort((-mass, distance_m, position))
    told_apart = [np.diff(values[order]) != 0.0 for values in (position, distance_m, mass)]
    if not np.logical_or.reduce(told_apart).all():
        rank = np.where(side < 0, -1, sides.lines.ranks[side])
        order = np.lexsort((rank, -mass, distance_m, position))
    aside = {row: cover for parts in found for row, cover in parts.aside.items()}
    return PartArrays(position[order], number[order], mass[order], distance_m[order], side[order], aside)


def held_by(keys: Sequence[str | None], parts: Parts) -> Mapping[str | None, float]:
    """How much of the ground each key holds; `keys` has what the numbers of the parts stand for."""
    held: dict[str | None, float] = {}
    for part in parts:
        key = keys[part.number]
        held[key] = held.get(key, 0.0) + part.mass
    return held
