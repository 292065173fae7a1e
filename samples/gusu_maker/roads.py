"""The named roads: streets of the plan and streets between communities, each from one crossing to another."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from geo.wording import Name
from samples.gusu_maker.admin import Tiers
from samples.gusu_maker.lines import Stretches
from samples.gusu_maker.mesh import Mesh, Ring, edges
from samples.gusu_maker.plan import LINES
from samples.gusu_maker.road_plan import ALONG_LINES, ALONG_STREETS, NOT_ROADS, NamedRoad


@dataclass(frozen=True, slots=True)
class DrawnRoad:
    """A road before it is written; `path` runs from `start` to `end`.

    `left` and `right` are the sub-districts on its two sides, the same one where it is no border.
    """

    code: str
    plan: NamedRoad
    start: Name
    end: Name
    path: Ring
    left: str
    right: str


def draw_roads(mesh: Mesh, admin: Tiers, stretches: Stretches) -> tuple[DrawnRoad, ...]:
    """The forty roads, by code."""
    paths = {road: run(mesh, stretches[nodes]) for nodes, road in ALONG_LINES.items()}
    paths |= {road: run(mesh, mesh.streets[number]) for number, road in ALONG_STREETS.items()}
    waters = name_waters(stretches)
    sides = {edge: cell.code[:9] for cell in admin["cell"] for edge in edges(cell.rings[0])}
    return tuple(
        DrawnRoad(
            code=f"R-{number:03d}",
            plan=road,
            start=name_end(path[0], road, paths, waters),
            end=name_end(path[-1], road, paths, waters),
            path=path,
            left=beside(path, sides),
            right=beside(path[::-1], sides),
        )
        for number, (road, path) in enumerate(paths.items(), start=1)
    )


def run(mesh: Mesh, path: Ring) -> Ring:
    """The path from west to east, or from north to south where it runs more that way."""
    east_m, north_m = (axis[path[-1]] - axis[path[0]] for axis in (mesh.x_m, mesh.y_m))
    forwards = east_m > 0.0 if abs(east_m) > abs(north_m) else north_m < 0.0
    return path if forwards else path[::-1]


def name_waters(stretches: Stretches) -> Mapping[int, Name]:
    """What a road may end at besides another road, by vertex."""
    names = {}
    for line in LINES:
        if line.name in NOT_ROADS:
            stops = [stop for stop in line.path if isinstance(stop, str)]
            for pair in pairwise(stops):
                names.update(dict.fromkeys(stretches[pair], NOT_ROADS[line.name]))
    return names


def name_end(vertex: int, road: NamedRoad, paths: Mapping[NamedRoad, Ring], waters: Mapping[int, Name]) -> Name:
    """What the road crosses at its end: another road, the first by code, else a water or the edge of the district."""
    crossing = next((other.name for other, path in paths.items() if other is not road and vertex in path), None)
    return crossing or waters[vertex]


def beside(path: Ring, sides: Mapping[tuple[int, int], str]) -> str:
    """The one sub-district to the left of a path."""
    (code,) = {sides[edge] for edge in pairwise(path)}
    return code
