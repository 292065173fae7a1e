"""The register of addresses: houses along the roads, buildings of the estates, and what people call some sites."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import shapely
from shapely import LineString, Point, Polygon, STRtree

from samples.gusu_maker.address_plan import BUILDING_EVERY_M, CALLED, FRONT_M, REGISTERED_EVERY_M
from samples.gusu_maker.dice import cast_dice
from samples.gusu_maker.lines import Stretches
from samples.gusu_maker.mesh import Mesh, Ring, to_units
from samples.gusu_maker.road_plan import RoadClass, half_width_m
from samples.gusu_maker.roads import DrawnRoad
from samples.gusu_maker.sites import WATER_M, DrawnSite, water_paths

SETBACK_M = (2.0, 6.0)
CORNER_M = 12.0  # a corner house keeps this much from the pavement of the road at the end
WALL_M = 12.0  # from the middle of a building to the fence of its estate


@dataclass(frozen=True, slots=True)
class House:
    """A house with its number; whole 1e-7 degrees. Only a `registered` one stands in the file."""

    road: str
    number: int
    lon: int
    lat: int
    registered: bool


@dataclass(frozen=True, slots=True)
class DrawnAddress:
    """An address before it is written."""

    code: str
    lon: int
    lat: int
    road: str | None = None
    number: str | None = None
    estate: str | None = None
    building: str | None = None
    alias: str | None = None


def draw_addresses(
    mesh: Mesh, roads: Sequence[DrawnRoad], sites: Sequence[DrawnSite], stretches: Stretches
) -> Iterator[DrawnAddress]:
    """All addresses of the register: houses by road and number, buildings by estate, then aliases."""
    known = [house for house in draw_houses(mesh, roads, sites, stretches) if house.registered]
    for count, house in enumerate(known, start=1):
        yield DrawnAddress(f"H-{count:04d}", house.lon, house.lat, road=house.road, number=f"{house.number}号")
    count = 0
    for site in sites:
        if site.type.code == "estate":
            for number, (lon, lat) in enumerate(lay_buildings(mesh, site), start=1):
                count += 1
                yield DrawnAddress(f"B-{count:04d}", lon, lat, estate=site.name.zh, building=f"{number}幢")
    by_code = {site.code: site for site in sites}
    for count, (code, alias) in enumerate(CALLED.items(), start=1):
        x_m, y_m = mesh.centre_m(by_code[code].ring)
        yield DrawnAddress(f"N-{count:04d}", *to_units(x_m=x_m, y_m=y_m), alias=alias)


def draw_houses(
    mesh: Mesh, roads: Sequence[DrawnRoad], sites: Sequence[DrawnSite], stretches: Stretches
) -> Iterator[House]:
    """Every house by road, side and number, odd ones on the left as seen from where the road begins.

    Where the ground is taken by another road, water or a site there is no house; numbers go on behind it.
    """
    clear = _Clear(mesh, roads, sites, stretches)
    for road in roads:
        for side, first in ((1, 1), (-1, 2)):
            yield from _along(mesh, road, side=side, first=first, clear=clear)


def _along(mesh: Mesh, road: DrawnRoad, *, side: int, first: int, clear: "_Clear") -> Iterator[House]:
    road_class = road.plan.road_class
    dice = cast_dice(f"houses {road.code} {first}")
    course = _Course(mesh, road.path)
    number, at_m, since_m = first, CORNER_M, REGISTERED_EVERY_M / 2.0
    while at_m < course.length_m - CORNER_M:
        front_m = FRONT_M[road_class] * (0.6 + 0.8 * dice.random())
        nearest_m, farthest_m = SETBACK_M
        aside_m = half_width_m(road_class) + nearest_m + (farthest_m - nearest_m) * dice.random()
        patience_m = REGISTERED_EVERY_M * (0.6 + 0.8 * dice.random())
        place = course.place(at_m + front_m / 2.0, aside_m=side * aside_m)
        since_m += front_m
        if clear.for_house(place):
            known = since_m >= patience_m
            since_m = 0.0 if known else since_m
            yield House(str(road.plan.name.zh), number, *to_units(x_m=place.real, y_m=place.imag), known)
        number += 2
        at_m += front_m


def lay_buildings(mesh: Mesh, site: DrawnSite) -> list[tuple[int, int]]:
    """The middles of an estate's buildings in whole 1e-7 degrees, in rows as they are numbered."""
    west_south, east_south = (complex(mesh.x_m[vertex], mesh.y_m[vertex]) for vertex in site.ring[:2])
    axis = (east_south - west_south) / abs(east_south - west_south)
    centre = complex(*mesh.centre_m(site.ring))
    ground = mesh.polygon_m(site.ring).buffer(-WALL_M)
    along_m, across_m = BUILDING_EVERY_M
    places = []
    for row in range(4, -5, -1):
        for column in range(-4, 5):
            place = centre + axis * complex(column * along_m, row * across_m)
            if shapely.contains_xy(ground, place.real, place.imag):
                places.append(to_units(x_m=place.real, y_m=place.imag))
    return places


class _Course:
    """A path with its metres."""

    def __init__(self, mesh: Mesh, path: Ring) -> None:
        self._places = [complex(mesh.x_m[vertex], mesh.y_m[vertex]) for vertex in path]
        self._lengths_m = [abs(end - start) for start, end in pairwise(self._places)]
        self.length_m = sum(self._lengths_m)

    def place(self, at_m: float, *, aside_m: float) -> complex:
        """The place so far along, and so far to the left of it."""
        leg = 0
        while leg + 1 < len(self._lengths_m) and at_m > self._lengths_m[leg]:
            at_m -= self._lengths_m[leg]
            leg += 1
        ahead = (self._places[leg + 1] - self._places[leg]) / self._lengths_m[leg]
        return self._places[leg] + ahead * complex(at_m, aside_m)


class _Clear:
    """Where a house may stand: behind every road, off the water, on no site."""

    def __init__(
        self, mesh: Mesh, roads: Iterable[DrawnRoad], sites: Iterable[DrawnSite], stretches: Stretches
    ) -> None:
        classes: dict[RoadClass, list[LineString]] = {}
        for road in roads:
            classes.setdefault(road.plan.road_class, []).append(_line(mesh, road.path))
        nearest_m, _ = SETBACK_M
        # A place at the bend of its own road is nearer to it than it was set back.
        self._lines = [
            (STRtree(lines), half_width_m(road_class) + nearest_m / 2.0) for road_class, lines in classes.items()
        ]
        self._lines.append((STRtree([_line(mesh, path) for path in water_paths(stretches)]), WATER_M))
        grounds: list[Polygon] = [mesh.polygon_m(site.ring) for site in sites]
        self._sites = STRtree(grounds)

    def for_house(self, place: complex) -> bool:
        """Whether a house may stand there."""
        point = Point(place.real, place.imag)
        if any(len(lines.query(point, predicate="dwithin", distance=away_m)) for lines, away_m in self._lines):
            return False
        return len(self._sites.query(point, predicate="dwithin", distance=1.0)) == 0


def _line(mesh: Mesh, path: Ring) -> LineString:
    return LineString([(mesh.x_m[vertex], mesh.y_m[vertex]) for vertex in path])
