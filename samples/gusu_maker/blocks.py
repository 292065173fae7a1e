"""Cuts a ring into blocks as a town is: short straight streets, in line with the quarter, crossing where they can."""

import math
import random
from dataclasses import dataclass
from itertools import accumulate

from shapely import LineString, MultiPoint

from samples.gusu_maker.lines import stray
from samples.gusu_maker.mesh import Mesh, Ring, edges
from samples.gusu_maker.plan import Place

SHORTEST_STREET_M = 60.0
WIDEST_COSINE = 0.62
CLEARANCE_M = 16.0
STREET_WAVE_M = 120.0
UNEVENNESS = 0.16


@dataclass(frozen=True, slots=True)
class Cut:
    """A street across a ring, from its vertex at place `first` to that at `last`."""

    cost: float
    first: int
    last: int


def cut_into(mesh: Mesh, ring: Ring, *, count: int, axis: Place, dice: random.Random) -> list[Ring]:
    """`count` rings of roughly the same area that fill the ring; two blocks never share anything but whole edges."""
    if count == 1:
        return [ring]
    fewer = count // 2
    share = fewer / count + UNEVENNESS * (dice.random() - 0.5)
    for cut in rank_cuts(mesh, ring, share=share, axis=axis):
        pieces = lay_street(mesh, ring, cut, dice=dice)
        if pieces:
            smaller, larger = sorted(pieces, key=mesh.area_m2)
            return [
                *cut_into(mesh, smaller, count=fewer, axis=axis, dice=dice),
                *cut_into(mesh, larger, count=count - fewer, axis=axis, dice=dice),
            ]
    raise ValueError(f"no street fits across a ring of {mesh.area_m2(ring):.0f} m²")


def rank_cuts(mesh: Mesh, ring: Ring, *, share: float, axis: Place) -> list[Cut]:
    """Possible streets, best first: balanced, short, in line with the axis, not just beside another street's end."""
    swept = [0.0, *accumulate(mesh.cross_m2(start, end) for start, end in edges(ring))]
    total = swept[-1]
    side_m = math.sqrt(total / 2.0)
    ends = [_judge_end(mesh, ring, place) for place in range(len(ring))]
    cuts = []
    for first in range(len(ring)):
        for last in range(first + 2, len(ring)):
            start, end = ring[first], ring[last]
            part = (swept[last] - swept[first] + mesh.cross_m2(end, start)) / total
            if not 0.2 < part < 0.8:
                continue
            length_m = mesh.length_m(start, end)
            if length_m < SHORTEST_STREET_M or _leaves_askew(mesh, ring, first, last, length_m):
                continue
            east = (mesh.x_m[end] - mesh.x_m[start]) / length_m
            north = (mesh.y_m[end] - mesh.y_m[start]) / length_m
            along, across = east * axis[0] + north * axis[1], north * axis[0] - east * axis[1]
            imbalance = min(abs(part - share), abs(1.0 - part - share))
            cost = 3.0 * imbalance + length_m / side_m + abs(along * across) + ends[first] + ends[last]
            cuts.append(Cut(cost, first, last))
    return sorted(cuts, key=lambda cut: (cut.cost, cut.first, cut.last))


def lay_street(mesh: Mesh, ring: Ring, cut: Cut, *, dice: random.Random) -> tuple[Ring, Ring] | None:
    """The two sides of a new street, or None where it would run too near the ring."""
    start, end = ring[cut.first], ring[cut.last]
    course = [(mesh.x_m[vertex], mesh.y_m[vertex]) for vertex in (start, end)]
    wobble_m = min(12.0, 0.04 * mesh.length_m(start, end))
    places = stray(course, wobble_m=wobble_m, wave_m=STREET_WAVE_M, dice=dice)
    if not _is_clear(mesh, ring, course, places):
        return None
    inner = tuple(mesh.add(x_m=x_m, y_m=y_m) for x_m, y_m in places)
    mesh.degree[start] += 1
    mesh.degree[end] += 1
    mesh.streets.append((start, *inner, end))
    return (
        (*ring[cut.first : cut.last + 1], *inner[::-1]),
        (*ring[cut.last :], *ring[: cut.first + 1], *inner),
    )


def _is_clear(mesh: Mesh, ring: Ring, course: list[Place], places: list[Place]) -> bool:
    """Whether the street stays inside the ring and keeps its distance from it."""
    polygon = mesh.polygon_m(ring)
    street = LineString([course[0], *places, course[1]])
    away = MultiPoint(places).distance(polygon.exterior)
    return bool(away >= CLEARANCE_M and polygon.covers(street))


def _judge_end(mesh: Mesh, ring: Ring, place: int) -> float:
    """The cost of a street that ends there: crossings are welcome, stars and narrow offsets are not."""
    if mesh.degree[ring[place]] > 3:
        return 1.0
    if mesh.degree[ring[place]] == 3:
        return -0.04
    beside = (ring[place - 1], ring[(place + 1) % len(ring)])
    return 0.15 if any(mesh.degree[vertex] > 2 for vertex in beside) else 0.0


def _leaves_askew(mesh: Mesh, ring: Ring, first: int, last: int, length_m: float) -> bool:
    """Whether the street would make too sharp a corner with an edge of the ring at either end."""
    for here, there in ((first, last), (last, first)):
        vertex = ring[here]
        east = (mesh.x_m[ring[there]] - mesh.x_m[vertex]) / length_m
        north = (mesh.y_m[ring[there]] - mesh.y_m[vertex]) / length_m
        for neighbour in (ring[here - 1], ring[(here + 1) % len(ring)]):
            aside = east * (mesh.x_m[neighbour] - mesh.x_m[vertex]) + north * (mesh.y_m[neighbour] - mesh.y_m[vertex])
            if aside > WIDEST_COSINE * mesh.length_m(vertex, neighbour):
                return True
    return False
