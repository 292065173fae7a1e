"""The registered things along the roads and at the sites: whose they are, who keeps them, what state they are in."""

import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from geo.components import ComponentState
from samples.gusu_maker.dice import cast_dice, draw_index
from samples.gusu_maker.mesh import Mesh, Ring, edges, to_units
from samples.gusu_maker.plan import DISTRICT, Place
from samples.gusu_maker.road_plan import STRIP_WIDTHS_M
from samples.gusu_maker.roads import DrawnRoad
from samples.gusu_maker.sites import DrawnSite
from samples.gusu_maker.units import GREENING, ROAD_WORKS, STREET_CLEANING

APART_M = 2.5
STATES = (ComponentState.IN_USE, ComponentState.DAMAGED, ComponentState.LOST, ComponentState.REMOVED)
STATE_WEIGHTS = (0.93, 0.04, 0.01, 0.02)
FIRST_YEAR, YEARS = 2009, 16
DISPUTED_ROAD = "R-008"
FORGOTTEN_ROAD = "R-015"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: whose it is, who keeps it, whose business it is; `strip` it stands in, one every `every_m`."""

    category: str
    owner: str
    maintainer: str
    competent: str
    strip: str
    every_m: float


# Every side of a road gets its own row of each. A strip that a class of road lacks means: none of these there.
ALONG_ROADS = (
    Kind("0101", "water", "water", "water", "pavement", 700.0),
    Kind("0102", "water", "water", "water", "carriageway", 450.0),
    Kind("0103", "water", "water", "water", "carriageway", 420.0),
    Kind("0105", "power", "power", "power", "pavement", 650.0),
    Kind("0111", "lighting", "lighting", "housing", "green_belt", 330.0),
    Kind("0113", "power", "power", "power", "frontage", 330.0),
    Kind("0204", "police", "police", "police", "green_belt", 800.0),
    Kind("0302", "sanitation", STREET_CLEANING, "urban-management", "pavement", 560.0),
    Kind("0401", "parks", GREENING, "parks", "green_belt", 480.0),
)
AT_SITES: Mapping[str, tuple[Kind, ...]] = {
    "park": (
        Kind("0307", "parks", GREENING, "parks", "", 5.0),
        Kind("0302", "parks", GREENING, "urban-management", "", 3.0),
    ),
    "market": (Kind("0303", "markets", "markets", "urban-management", "", 2.0),),
    "station": (Kind("0202", "transport", "transport", "transport", "", 4.0),),
    "school": (Kind("0206", "police", "police", "police", "", 2.0),),
}
"""By type of site; here `every_m` is how many stand along its edge."""


@dataclass(frozen=True, slots=True)
class DrawnThing:
    """A row of components.csv; `lon` and `lat` in whole 1e-7 degrees."""

    id: str
    category: str
    lon: int
    lat: int
    owner: str
    maintainer: str
    competent: str
    state: ComponentState
    since: str
    note: str = ""


Stood = tuple[Kind, Place]


class Street:
    """Where things may stand: clear of each other, whatever the kind."""

    def __init__(self) -> None:
        self._taken: dict[tuple[int, int], list[Place]] = {}

    def stand(self, place: Place) -> bool:
        """Whether there is room; then it is taken."""
        column, row = (math.floor(metres / APART_M) for metres in place)
        beside = [
            other
            for east in (column - 1, column, column + 1)
            for north in (row - 1, row, row + 1)
            for other in self._taken.get((east, north), ())
        ]
        if any(math.dist(place, other) < APART_M for other in beside):
            return False
        self._taken.setdefault((column, row), []).append(place)
        return True


def draw_things(mesh: Mesh, roads: Sequence[DrawnRoad], sites: Sequence[DrawnSite]) -> tuple[DrawnThing, ...]:
    """All registered things by id; the planted ones are the last of their categories."""
    street = Street()
    stood = [*along_roads(mesh, roads, street), *at_sites(mesh, sites, street)]
    numbers: dict[str, int] = {}
    dice = cast_dice("state of components")
    drawn = []
    for kind, place in sorted(stood, key=lambda one: (one[0].category, one[1])):
        numbers[kind.category] = numbers.get(kind.category, 0) + 1
        drawn.append(register(kind, place, numbers[kind.category], dice))
    for kind, place, note in plant(mesh, roads):
        numbers[kind.category] = numbers.get(kind.category, 0) + 1
        lon, lat = to_units(x_m=place[0], y_m=place[1])
        drawn.append(
            DrawnThing(
                write_id(kind, numbers[kind.category]),
                kind.category,
                lon,
                lat,
                kind.owner,
                kind.maintainer,
                kind.competent,
                ComponentState.IN_USE,
                "2015-06-01",
                note,
            )
        )
    return tuple(sorted(drawn, key=lambda thing: thing.id))


def register(kind: Kind, place: Place, number: int, dice: random.Random) -> DrawnThing:
    """The row of a thing, with a day and a state by lot."""
    lon, lat = to_units(x_m=place[0], y_m=place[1])
    year = FIRST_YEAR + int(dice.random() * YEARS)
    since = f"{year}-{1 + int(dice.random() * 12):02d}-{1 + int(dice.random() * 28):02d}"
    state = STATES[draw_index(dice, STATE_WEIGHTS)]
    return DrawnThing(
        write_id(kind, number), kind.category, lon, lat, kind.owner, kind.maintainer, kind.competent, state, since
    )


def write_id(kind: Kind, number: int) -> str:
    """The id of 6+2+2+6 digits: district, category, running number."""
    return f"{DISTRICT}{kind.category}{number:06d}"


def along_roads(mesh: Mesh, roads: Iterable[DrawnRoad], street: Street) -> Iterator[Stood]:
    """Rows of things in the middle of their strips, at distances that are nearly even."""
    for road in roads:
        widths = STRIP_WIDTHS_M[road.plan.road_class]
        for kind in ALONG_ROADS:
            if kind.strip in widths:
                for side in (1.0, -1.0):
                    dice = cast_dice(f"{kind.category} along {road.code} {side:+.0f}")
                    aside_m = side * middle_m(widths, kind.strip)
                    for place in lay_row(mesh, road.path, kind.every_m, aside_m=aside_m, dice=dice):
                        if street.stand(place):
                            yield kind, place


def middle_m(widths: Mapping[str, float], strip: str) -> float:
    """Metres from the centreline to the middle of a strip."""
    inner = 0.0
    for name, width_m in widths.items():
        if name == strip:
            return inner + width_m / 2.0
        inner += width_m
    raise ValueError(f"a road without {strip}")


def lay_row(mesh: Mesh, path: Ring, every_m: float, *, aside_m: float, dice: random.Random) -> Iterator[Place]:
    """Places along a path, `aside_m` to its left."""
    next_m = every_m * dice.random()
    walked_m = 0.0
    for start, end in pairwise(path):
        length_m = mesh.length_m(start, end)
        while next_m <= walked_m + length_m:
            yield beside(mesh, start, end, along_m=next_m - walked_m, aside_m=aside_m)
            next_m += every_m * (0.8 + 0.4 * dice.random())
        walked_m += length_m


def beside(mesh: Mesh, start: int, end: int, *, along_m: float, aside_m: float) -> Place:
    """A place along an edge and to the left of it."""
    length_m = mesh.length_m(start, end)
    east = (mesh.x_m[end] - mesh.x_m[start]) / length_m
    north = (mesh.y_m[end] - mesh.y_m[start]) / length_m
    return (
        mesh.x_m[start] + along_m * east - aside_m * north,
        mesh.y_m[start] + along_m * north + aside_m * east,
    )


def at_sites(mesh: Mesh, sites: Iterable[DrawnSite], street: Street) -> Iterator[Stood]:
    """Things a few metres inside the edge of a site."""
    for site in sites:
        for kind in AT_SITES.get(site.type.code, ()):
            dice = cast_dice(f"{kind.category} at {site.code}")
            around_m = sum(mesh.length_m(start, end) for start, end in edges(site.ring))
            every_m = around_m / kind.every_m
            for place in lay_row(mesh, (*site.ring, site.ring[0]), every_m, aside_m=4.0, dice=dice):
                if street.stand(place):
                    yield kind, place


def plant(mesh: Mesh, roads: Sequence[DrawnRoad]) -> Iterator[tuple[Kind, Place, str]]:
    """What was put there on purpose: a pair of covers of two owners, and things that nobody owns; each with a note."""
    road = next(road for road in roads if road.code == DISPUTED_ROAD)
    start, end = middle_edge(mesh, road.path)
    half_m = mesh.length_m(start, end) / 2.0
    for kind, off_m, note in (
        (Kind("0103", "water", "water", "water", "", 0.0), -1.5, "与市政处雨水井盖相距 3 米"),
        (Kind("0103", "roads", ROAD_WORKS, "housing", "", 0.0), 1.5, "与水务局雨水井盖相距 3 米"),
    ):
        yield kind, beside(mesh, start, end, along_m=half_m + off_m, aside_m=9.0), note
    road = next(road for road in roads if road.code == FORGOTTEN_ROAD)
    start, end = middle_edge(mesh, road.path)
    for category, off_m in (("0106", 0.0), ("0106", 12.0), ("0109", 24.0), ("0114", 30.0)):
        place = beside(mesh, start, end, along_m=off_m, aside_m=-5.5)
        yield Kind(category, "", "", "urban-management", "", 0.0), place, "产权单位已撤销，无主"


def middle_edge(mesh: Mesh, path: Ring) -> tuple[int, int]:
    """The edge in the middle of a path."""
    number = len(path) // 2
    return path[number - 1], path[number]
