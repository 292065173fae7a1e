"""How much of the ground around many positions each area of a level holds, at any accuracy: p of the records.

The same integral as `geo.doubt`, for one level's areas instead of a ladder's units, and for all positions at once: a
fit asks for it some fifty times.
"""

import math
from dataclasses import dataclass

import numpy as np

from geo.border import Border
from geo.crs import from_metric
from geo.doubt import ASIDE_M, ATTEMPTS, ON_EDGE_M, REACH_SIGMAS
from geo.edges import Pairs
from geo.index import IntArray
from geo.model import FloatArray
from geo.normal import mass_turned
from geo.verify.ground import NOBODY, LevelGround

# Edges integrated at one time; bounds memory.
EDGES_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class Masses:
    """What each area holds around n positions, as m triples by position and area; NOBODY holds what is in no area.

    The masses of a position sum to 1; where k areas overlap, each has 1 / k of the ground.
    """

    size: int
    position: IntArray
    area: IntArray
    mass: FloatArray

    def of(self, area: IntArray) -> FloatArray:
        """The mass of one area for each position, (n,)."""
        wanted = _key(np.arange(self.size), area)
        keys = _key(self.position, self.area)
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[place] == wanted, self.mass[place], 0.0) if len(keys) else np.zeros(self.size)

    def among_areas(self) -> "Masses":
        """The masses as shares of the ground that has an owner; unchanged where none has."""
        nobody = self.of(np.full(self.size, NOBODY, dtype=np.int64))
        owned = self.area != NOBODY
        held = np.bincount(self.position, weights=np.where(owned, self.mass, 0.0), minlength=self.size)
        shared = (held > 0.0) & (nobody > 0.0)
        kept = owned | ~shared[self.position]
        position = self.position[kept]
        mass = self.mass[kept] / np.where(shared, held, 1.0)[position]
        return Masses(self.size, position, self.area[kept], mass)

    def lead(self) -> tuple[IntArray, FloatArray]:
        """The area with most mass at each position, (n,), and its mass; of equal ones the lowest code.

        Nobody is never the lead, unless there is no area at all.
        """
        rank = np.where(self.area == NOBODY, -1.0, self.mass)
        order = np.lexsort((self.area, -rank, self.position))
        first = order[np.flatnonzero(np.diff(self.position[order], prepend=-1))]
        area = self.area[first]
        return area, np.where(area == NOBODY, 0.0, self.mass[first])


class Around:
    """n positions on the ground of a level, ready to be asked at any accuracy. Immutable."""

    def __init__(self, ground: LevelGround, *, lon: FloatArray, lat: FloatArray) -> None:
        self._ground = ground
        self._lon, self._lat = _off_the_lines(ground, lon, lat)
        sets = ground.index.sets_at(lon=self._lon, lat=self._lat)
        numbers = np.array([ground.sides.number(cover) for cover in sets.covers], dtype=np.int64)
        self._home: IntArray = numbers[sets.ids] if len(lon) else np.zeros(0, dtype=np.int64)

    def masses(self, sigma_m: float) -> Masses:
        """The masses around each position whose error has this standard deviation per axis in metres."""
        n = len(self._lon)
        positions, numbers, masses = [np.arange(n)], [self._home], [np.ones(n)]
        sides = self._ground.sides
        radius_m = np.full(n, REACH_SIGMAS * sigma_m)
        if sigma_m > 0.0:
            for pairs in sides.lines.edges.near(lon=self._lon, lat=self._lat, radius_m=radius_m, counts=sides.parting):
                turned = _turned(pairs, sigma_m)
                left, right = sides.of(pairs.line)
                positions += [pairs.position, pairs.position]
                numbers += [left.astype(np.int64), right.astype(np.int64)]
                masses += [-turned, turned]
        position, number, mass = _summed(np.concatenate(positions), np.concatenate(numbers), np.concatenate(masses))
        return _shared_out(n, sides.keys, position, number, np.clip(mass, 0.0, 1.0))


def _turned(pairs: Pairs, sigma_m: float) -> FloatArray:
    turned = np.empty(len(pairs.position))
    for start in range(0, len(turned), EDGES_AT_ONCE):
        some = slice(start, start + EDGES_AT_ONCE)
        ends = (values[some] for values in (pairs.ax, pairs.ay, pairs.bx, pairs.by))
        turned[some] = mass_turned(*ends, sigma=np.full(len(pairs.ax[some]), sigma_m))
    return turned


def _off_the_lines(ground: LevelGround, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The positions, those on a line a hair aside: on an edge a position is on neither side."""
    lon, lat = lon.copy(), lat.copy()
    border = Border(ground.sides, lambda left, right: left != right)
    stuck = np.arange(len(lon))
    for attempt in range(1, ATTEMPTS + 1):
        near = border.edges_near(lon=lon[stuck], lat=lat[stuck], radius_m=np.full(len(stuck), ON_EDGE_M))
        stuck = stuck[np.isfinite(near.distance_m)]
        if not len(stuck):
            break
        # In a direction that no edge is likely to have, another one each time.
        east, north = ASIDE_M * math.cos(attempt), ASIDE_M * math.sin(attempt)
        lon[stuck], lat[stuck] = from_metric(east=east, north=north, origin_lon=lon[stuck], origin_lat=lat[stuck])
    return lon, lat


def _summed(position: IntArray, number: IntArray, mass: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """The triples by position and number, each pair of these once."""
    if not len(position):
        return position, number, mass
    order = np.lexsort((number, position))
    position, number, mass = position[order], number[order], mass[order]
    first = np.flatnonzero((np.diff(position, prepend=-1) != 0) | (np.diff(number, prepend=-2) != 0))
    return position[first], number[first], np.add.reduceat(mass, first)


def _shared_out(
    size: int, keys: list[tuple[int, ...]], position: IntArray, number: IntArray, mass: FloatArray
) -> Masses:
    """The masses of sets of areas given to the areas themselves."""
    members = [key or (NOBODY,) for key in keys]
    counts = np.array([len(key) for key in members], dtype=np.int64)
    flat = np.array([area for key in members for area in key], dtype=np.int64)
    starts = np.cumsum(counts) - counts
    repeats = counts[number] if len(number) else np.zeros(0, dtype=np.int64)
    within = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    areas = flat[np.repeat(starts[number], repeats) + within] if len(number) else number
    share = np.repeat(mass / np.maximum(repeats, 1), repeats)
    return Masses(size, *_summed(np.repeat(position, repeats), areas, share))


def _key(position: IntArray, area: IntArray) -> IntArray:
    """A number that orders pairs of position and area."""
    return position * (1 << 32) + area + 1
