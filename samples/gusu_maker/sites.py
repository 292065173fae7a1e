"""The sites: markets where the records crowd, back alleys along streets, all others inside or across blocks."""

import cmath
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shapely import LineString, Point, Polygon, STRtree

from geo.sites import Governance
from geo.wording import Name
from samples.gusu_maker.admin import Tiers
from samples.gusu_maker.areas import DrawnArea
from samples.gusu_maker.dice import cast_dice
from samples.gusu_maker.lines import Stretches, turn
from samples.gusu_maker.mesh import Mesh, Ring, edges
from samples.gusu_maker.plan import LINES, Place
from samples.gusu_maker.records import MARKETS
from samples.gusu_maker.road_plan import NOT_ROADS, RoadClass, half_width_m
from samples.gusu_maker.roads import DrawnRoad
from samples.gusu_maker.site_plan import BACK_ALLEY, GOVERNANCE, MARKET, OTHER_TYPES, SiteType, invent_names
from samples.gusu_maker.units import PROPERTY_SERVICES

WATER_M = 14.0
FENCE_M = 6.0
APART_M = 12.0
KERB_M = 1.0
STEP_M = 5.0
FARTHEST_M = 140.0
OLD_TOWN_M = 1500.0


@dataclass(frozen=True, slots=True)
class DrawnSite:
    """A site before it is written.

    `unit` answers inside; with a `governance` it is not written, because the rule for that picks it.
    """

    code: str
    name: Name
    type: SiteType
    ring: Ring
    unit: str
    principal: str | None
    governance: Governance | None
    manager: str | None


class Land:
    """Where a site may lie: clear of roads, water and the sites before it."""

    def __init__(self, mesh: Mesh, admin: Tiers, roads: Iterable[DrawnRoad], stretches: Stretches) -> None:
        self.mesh = mesh
        self.cells = admin["cell"]
        self.shapes = [mesh.polygon_m(cell.rings[0]) for cell in self.cells]
        self._tree = STRtree(self.shapes)
        self._free = [
            (STRtree(lines), half_width_m(road_class) + KERB_M)
            for road_class, lines in self._lines_by_class(roads).items()
        ]
        water = [self._line(path) for path in water_paths(stretches)]
        self._free.append((STRtree(water), WATER_M))
        self._fences = STRtree([self._line(edge) for cell in self.cells for edge in edges(cell.rings[0])])
        self._taken: list[Polygon] = []

    def _lines_by_class(self, roads: Iterable[DrawnRoad]) -> dict[RoadClass, list[LineString]]:
        lines: dict[RoadClass, list[LineString]] = {}
        for road in roads:
            lines.setdefault(road.plan.road_class, []).append(self._line(road.path))
        return lines

    def _line(self, path: Ring) -> LineString:
        return LineString([(self.mesh.x_m[vertex], self.mesh.y_m[vertex]) for vertex in path])

    def cell_at(self, place: Place) -> DrawnArea | None:
        """The cell that holds a place."""
        found = sorted(self._tree.query(Point(place), predicate="within"))
        return self.cells[found[0]] if found else None

    def is_free(self, corners: Sequence[Place], *, fenced: bool) -> bool:
        """Whether a site may lie there; `fenced` ones keep their distance from the borders of the cells."""
        ground = Polygon(corners)
        if any(len(lines.query(ground, predicate="dwithin", distance=away_m)) for lines, away_m in self._free):
            return False
        if fenced and len(self._fences.query(ground, predicate="dwithin", distance=FENCE_M)):
            return False
        return all(ground.distance(other) > APART_M for other in self._taken)

    def take(self, corners: Sequence[Place]) -> Ring:
        """The ring of a site, whose ground is taken from now on."""
        self._taken.append(Polygon(corners))
        return tuple(self.mesh.add(x_m=x_m, y_m=y_m) for x_m, y_m in corners)


def draw_sites(mesh: Mesh, admin: Tiers, roads: Sequence[DrawnRoad], stretches: Stretches) -> tuple[DrawnSite, ...]:
    """All sites by code."""
    land = Land(mesh, admin, roads, stretches)
    names = invent_names()
    laid = [*lay_markets(land), *lay_alleys(land, roads, names)]
    for kind in OTHER_TYPES:
        laid += lay_others(land, kind, names)
    return tuple(finish(land, f"P-{number:03d}", number, *site) for number, site in enumerate(laid, start=1))


Laid = tuple[SiteType, Name, Ring]


def finish(land: Land, code: str, number: int, kind: SiteType, name: Name, ring: Ring) -> DrawnSite:
    """The site with the units that answer for it."""
    cell = land.cell_at(land.mesh.centre_m(ring)) or land.cell_at((land.mesh.x_m[ring[0]], land.mesh.y_m[ring[0]]))
    if cell is None:
        raise ValueError(f"{code} lies outside the district")
    unit, principal, governance, manager = kind.unit or cell.unit, kind.principal, None, None
    if kind.code == "estate":
        governance = GOVERNANCE[number % len(GOVERNANCE)]
        unit = cell.code[:9] if governance is Governance.TAKEN_OVER else cell.unit
        manager = principal = PROPERTY_SERVICES if governance is Governance.ENTRUSTED else None
    return DrawnSite(code, name, kind, ring, unit, principal, governance, manager)


def lay_markets(land: Land) -> Iterator[Laid]:
    """Each market as near as can be to where its records crowd."""
    for market in MARKETS:
        dice = cast_dice(f"ground of {market.name.en}")
        centre = turn(market.place)
        axis = axis_at(land, centre)
        width_m, depth_m = (draw_side(MARKET, dice) for _ in range(2))
        for east_m, north_m in nearest_first():
            corners = lay_block((centre[0] + east_m, centre[1] + north_m), axis, width_m, depth_m)
            if land.is_free(corners, fenced=True):
                yield MARKET, market.name, land.take(corners)
                break
        else:
            raise ValueError(f"no ground for {market.name.en}")


def lay_alleys(land: Land, roads: Iterable[DrawnRoad], names: Iterator[Name]) -> Iterator[Laid]:
    """Ground along short streets of the old town that are no named road."""
    named = {road.path for road in roads} | {road.path[::-1] for road in roads}
    dice = cast_dice("back alleys")
    streets = [
        street
        for street in land.mesh.streets
        if 6 <= len(street) <= 9 and street not in named and is_in_old_town(land.mesh, street[3])
    ]
    order = sorted((dice.random(), street) for street in streets)
    count = 0
    for _, street in order:
        corners = lay_along(land.mesh, street[1:-1], aside_m=draw_side(BACK_ALLEY, dice) / 2.0)
        if count < BACK_ALLEY.count and land.is_free(corners, fenced=False):
            count += 1
            yield BACK_ALLEY, call(next(names), BACK_ALLEY), land.take(corners)


def is_in_old_town(mesh: Mesh, vertex: int) -> bool:
    """Whether a place lies inside the moat, roughly."""
    return abs(mesh.x_m[vertex]) < OLD_TOWN_M and abs(mesh.y_m[vertex]) < OLD_TOWN_M


def lay_others(land: Land, kind: SiteType, names: Iterator[Name]) -> Iterator[Laid]:
    """Ground inside cells drawn by lot; the last ones across a border of communities."""
    dice = cast_dice(f"sites {kind.code}")
    count = 0
    while count < kind.count:
        across = count >= kind.count - kind.border
        centre = land.mesh.centre_m(land.cells[int(dice.random() * len(land.cells))].rings[0])
        if across:
            street = land.mesh.streets[int(dice.random() * len(land.mesh.streets))]
            middle = street[len(street) // 2]
            centre = (land.mesh.x_m[middle], land.mesh.y_m[middle])
        axis = axis_at(land, centre)
        corners = lay_block(centre, axis, draw_side(kind, dice), draw_side(kind, dice))
        if land.is_free(corners, fenced=not across) and across == (count_communities(land, corners) > 1):
            count += 1
            yield kind, call(next(names), kind), land.take(corners)


def count_communities(land: Land, corners: Sequence[Place]) -> int:
    """How many communities the corners of a site lie in."""
    return len({cell.parent for cell in map(land.cell_at, corners) if cell})


def call(name: Name, kind: SiteType) -> Name:
    """A site's name with what it is."""
    return Name(zh=f"{name.zh}{kind.name.zh}", en=f"{name.en} {kind.name.en}")


def draw_side(kind: SiteType, dice: random.Random) -> float:
    """Metres of one side."""
    shortest_m, longest_m = kind.side_m
    return shortest_m + dice.random() * (longest_m - shortest_m)


def nearest_first() -> list[Place]:
    """Metres east and north of a centre, on a grid, the nearest first."""
    steps = int(FARTHEST_M / STEP_M)
    grid = [(STEP_M * east, STEP_M * north) for east in range(-steps, steps + 1) for north in range(-steps, steps + 1)]
    return sorted(grid, key=lambda place: (place[0] ** 2 + place[1] ** 2, place))


def axis_at(land: Land, place: Place) -> complex:
    """The direction of the streets around a place, as a vector of one metre.

    Fourth powers make one of a direction and those square to it; roots are exact on every machine, angles are not.
    """
    cell = land.cell_at(place)
    ring = cell.rings[0] if cell else ()
    mean = 0j
    for start, end in edges(ring):
        step = complex(land.mesh.x_m[end] - land.mesh.x_m[start], land.mesh.y_m[end] - land.mesh.y_m[start])
        mean += (step / abs(step)) ** 4 * abs(step)
    root = cmath.sqrt(cmath.sqrt(mean)) if mean else 1 + 0j
    return root / abs(root)


def lay_block(centre: Place, axis: complex, width_m: float, depth_m: float) -> list[Place]:
    """Corners of a rectangle without its north-eastern tip, counter-clockwise."""
    half_width, half_depth = width_m / 2.0, depth_m / 2.0
    tip = 0.2 * min(width_m, depth_m)
    frame = (
        complex(-half_width, -half_depth),
        complex(half_width, -half_depth),
        complex(half_width, half_depth - tip),
        complex(half_width - tip, half_depth),
        complex(-half_width, half_depth),
    )
    return [((corner * axis).real + centre[0], (corner * axis).imag + centre[1]) for corner in frame]


def lay_along(mesh: Mesh, path: Ring, *, aside_m: float) -> list[Place]:
    """Corners of the ground on both sides of a path, counter-clockwise."""
    places = [complex(mesh.x_m[vertex], mesh.y_m[vertex]) for vertex in path]
    steps = [(end - start) / abs(end - start) for start, end in pairwise(places)]
    courses = [before + after for before, after in zip([steps[0], *steps], [*steps, steps[-1]], strict=True)]
    aside = [1j * aside_m * course / abs(course) for course in courses]
    right = [place - by for place, by in zip(places, aside, strict=True)]
    left = [place + by for place, by in zip(places, aside, strict=True)]
    return [(corner.real, corner.imag) for corner in (*right, *left[::-1])]


def water_paths(stretches: Stretches) -> Iterator[Ring]:
    for line in LINES:
        if line.name in NOT_ROADS:
            yield from (stretches[pair] for pair in pairwise(stop for stop in line.path if isinstance(stop, str)))
