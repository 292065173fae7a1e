"""The one set of vertices that all borders share, and rings that walk over it."""

import math
from collections.abc import Iterable

from shapely import Polygon

Ring = tuple[int, ...]
"""Vertices by number of a closed line, counter-clockwise, the first not repeated; or of an open line."""

UNITS_A_DEGREE = 10_000_000
ORIGIN_LON = 1_206_200_000
ORIGIN_LAT = 313_100_000
METRES_A_LON_UNIT = 0.009_519_36
METRES_A_LAT_UNIT = 0.011_087_48


class Mesh:
    """Vertices by number: whole 1e-7 degrees, and metres east and north of the middle of the city.

    Positions are rounded here and nowhere later, so what is cut, measured and written is the same place. `degree`
    counts the edges that meet in a vertex: two on a line, more where streets meet. `streets` are the open lines by
    which blocks were cut, in the order in which they were laid.
    """

    def __init__(self) -> None:
        self.lon: list[int] = []
        self.lat: list[int] = []
        self.x_m: list[float] = []
        self.y_m: list[float] = []
        self.degree: list[int] = []
        self.streets: list[Ring] = []
        self._numbers: dict[tuple[int, int], int] = {}

    def add(self, *, x_m: float, y_m: float) -> int:
        """The number of a new vertex."""
        lon, lat = to_units(x_m=x_m, y_m=y_m)
        number = len(self.lon)
        if self._numbers.setdefault((lon, lat), number) != number:
            raise ValueError(f"two vertices of the sample city fall on {lon}, {lat} (1e-7 degrees)")
        self.lon.append(lon)
        self.lat.append(lat)
        self.x_m.append((lon - ORIGIN_LON) * METRES_A_LON_UNIT)
        self.y_m.append((lat - ORIGIN_LAT) * METRES_A_LAT_UNIT)
        self.degree.append(2)
        return number

    def polygon_m(self, ring: Ring) -> Polygon:
        """The ring as a polygon in metres."""
        return Polygon([(self.x_m[vertex], self.y_m[vertex]) for vertex in ring])

    def cross_m2(self, start: int, end: int) -> float:
        """Twice the signed area between an edge and the origin."""
        return self.x_m[start] * self.y_m[end] - self.x_m[end] * self.y_m[start]

    def area_m2(self, ring: Ring) -> float:
        """Area in the plane of the mesh, positive when counter-clockwise."""
        return math.fsum(self.cross_m2(start, end) for start, end in edges(ring)) / 2.0

    def length_m(self, start: int, end: int) -> float:
        """Metres between two vertices."""
        return math.dist((self.x_m[start], self.y_m[start]), (self.x_m[end], self.y_m[end]))

    def centre_m(self, ring: Ring) -> tuple[float, float]:
        """East and north of the centre of gravity, in metres."""
        x_m = y_m = 0.0
        for start, end in edges(ring):
            cross = self.cross_m2(start, end)
            x_m += (self.x_m[start] + self.x_m[end]) * cross
            y_m += (self.y_m[start] + self.y_m[end]) * cross
        sixfold = 6.0 * self.area_m2(ring)
        return x_m / sixfold, y_m / sixfold


def to_units(*, x_m: float, y_m: float) -> tuple[int, int]:
    """Longitude and latitude in whole 1e-7 degrees."""
    return ORIGIN_LON + round(x_m / METRES_A_LON_UNIT), ORIGIN_LAT + round(y_m / METRES_A_LAT_UNIT)


def write_degrees(units: int) -> str:
    """Whole 1e-7 degrees as a decimal number with all its seven digits."""
    return f"{units // UNITS_A_DEGREE}.{units % UNITS_A_DEGREE:07d}"


def edges(ring: Ring) -> Iterable[tuple[int, int]]:
    """The ring's edges in order."""
    return zip(ring, ring[1:] + ring[:1], strict=True)


def dissolve(rings: Iterable[Ring]) -> tuple[Ring, ...]:
    """The outline of neighbouring rings: shells counter-clockwise, holes clockwise, no vertex added or lost.

    An edge that two rings use in opposite directions cancels; the rest is walked along, around each vertex from ring
    to ring, so that blocks which meet in one corner stay apart there.
    """
    following: dict[tuple[int, int], tuple[int, int]] = {}
    for ring in rings:
        steps = tuple(edges(ring))
        following.update(zip(steps, steps[1:] + steps[:1], strict=True))
    loops = []
    left = dict.fromkeys(edge for edge in following if edge[::-1] not in following)
    while left:
        first = edge = next(iter(left))
        loop = []
        while True:
            loop.append(edge[0])
            del left[edge]
            edge = following[edge]
            while edge[::-1] in following:
                edge = following[edge[::-1]]
            if edge == first:
                break
        loops.append(tuple(loop))
    return tuple(loops)
