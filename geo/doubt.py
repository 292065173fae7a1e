"""How much of the ground around a position each answer holds: p, integrated along the edges where the answer changes.

The error of a position is a circular normal around it. The mass of a ground S is 1 where S holds the position and 0
elsewhere, less (1 / 2 pi) times the integral of exp(-r(theta)^2 / 2 sigma^2) along S's edges, counter-clockwise, theta
seen from the position: each edge gives to the one side what it takes from the other, and corners, strips, holes and
gaps need no case of their own.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.crs import from_metric
from geo.edges import Pairs
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


def parts_around(index: Index, sides: Sides[Any], spots: Spots) -> Mapping[int, Parts]:
    """The parts around each position that leaves doubt, by its number; the others cost nothing beyond the search.

    An accuracy of 0 leaves no doubt.
    """
    return _parts_of(index, sides, spots, 0)


def _parts_of(index: Index, sides: Sides[Any], spots: Spots, attempt: int) -> dict[int, Parts]:
    rows = np.flatnonzero(spots.sigma_m > 0.0)
    lon, lat, sigma_m = spots.lon, spots.lat, spots.sigma_m
    found: dict[int, Parts] = {}
    on_edge: list[IntArray] = []

    def counts(lines: IntArray) -> NDArray[np.bool_]:
        left, right = sides.of(lines)
        changes: NDArray[np.bool_] = left != right
        return changes

    radius_m = REACH_SIGMAS * sigma_m[rows]
    for pairs in sides.lines.edges.near(lon=lon[rows], lat=lat[rows], radius_m=radius_m, counts=counts):
        position = rows[pairs.position]
        first = np.flatnonzero(np.diff(position, prepend=-1))
        nearest_m = np.minimum.reduceat(pairs.distance_m, first)
        doubted = nearest_m <= DOUBT_SIGMAS * sigma_m[position[first]]
        moved = doubted & (nearest_m < ON_EDGE_M) & (attempt < ATTEMPTS)
        on_edge.append(position[first][moved])
        integrated = np.repeat(doubted & ~moved, np.diff(np.append(first, len(position))))
        found.update(_integrate(sides, pairs, position, integrated, spots))
    stuck = np.concatenate(on_edge) if on_edge else np.zeros(0, dtype=np.int64)
    if len(stuck):
        found.update(_parts_aside(index, sides, spots, stuck, attempt + 1))
    return found


def _parts_aside(index: Index, sides: Sides[Any], spots: Spots, rows: IntArray, attempt: int) -> dict[int, Parts]:
    """The parts as seen a hair aside, in a direction that no edge is likely to have, another one each time."""
    east, north = ASIDE_M * math.cos(attempt), ASIDE_M * math.sin(attempt)
    lon, lat = from_metric(east=east, north=north, origin_lon=spots.lon[rows], origin_lat=spots.lat[rows])
    aside = Spots(lon, lat, spots.sigma_m[rows], index.sets_at(lon=lon, lat=lat))
    return {int(rows[i]): parts for i, parts in _parts_of(index, sides, aside, attempt).items()}


def _integrate(
    sides: Sides[Any], pairs: Pairs, position: IntArray, chosen: NDArray[np.bool_], spots: Spots
) -> dict[int, Parts]:
    """The parts around the positions of the chosen pairs."""
    position, line, distance_m = position[chosen], pairs.line[chosen], pairs.distance_m[chosen]
    if not len(position):
        return {}
    ends = (values[chosen] for values in (pairs.ax, pairs.ay, pairs.bx, pairs.by))
    turned = mass_turned(*ends, sigma=spots.sigma_m[position])
    left, right = sides.of(line)
    at = np.unique(position)
    home = np.array([sides.number(spots.cover(row)) for row in at.tolist()], dtype=np.int64)
    # A row for what each edge takes from its left and gives to its right, and one for where the position stands.
    rows = np.concatenate([position, position, at])
    numbers = np.concatenate([left, right, home])
    mass = np.concatenate([-turned, turned, np.ones(len(at))])
    away_m = np.concatenate([distance_m, distance_m, np.zeros(len(at))])
    beside = np.concatenate([line, line, np.full(len(at), -1)])
    is_left = np.arange(len(rows)) < len(line)
    order = np.lexsort((beside, away_m, numbers, rows))
    rows, numbers, mass, away_m, beside, is_left = (
        values[order] for values in (rows, numbers, mass, away_m, beside, is_left)
    )
    first = np.flatnonzero((np.diff(rows, prepend=-1) != 0) | (np.diff(numbers, prepend=-1) != 0))
    sums = np.maximum(np.add.reduceat(mass, first), 0.0).tolist()
    gathered: dict[int, list[Part]] = {}
    for i, total in zip(first.tolist(), sums, strict=True):
        row = int(rows[i])
        if beside[i] < 0:
            cover = spots.cover(row)
        else:
            cover = (sides.lines.left if is_left[i] else sides.lines.right)[beside[i]]
        gathered.setdefault(row, []).append(Part(int(numbers[i]), total, float(away_m[i]), cover))
    return {row: tuple(sorted(parts, key=_nearness)) for row, parts in gathered.items()}


def _nearness(part: Part) -> tuple[float, float, Cover]:
    # Not by number: numbers follow whatever was asked before, and an answer has to come again to the byte.
    return part.distance_m, -part.mass, part.cover


def held_by(keys: Sequence[str | None], parts: Parts) -> Mapping[str | None, float]:
    """How much of the ground each key holds; `keys` has what the numbers of the parts stand for."""
    held: dict[str | None, float] = {}
    for part in parts:
        key = keys[part.number]
        held[key] = held.get(key, 0.0) + part.mass
    return held
