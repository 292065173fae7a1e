"""Gathers neighbouring blocks into a few compact areas, as a department does that heeds streets and no other border."""

import heapq
import math
import random
from collections.abc import Sequence

from samples.gusu_maker.mesh import Mesh, Ring, edges

ROUNDS = 12

Neighbours = list[dict[int, float]]
"""For each ring the rings beside it, with metres: between the two centres, or along the shared border."""


def gather(mesh: Mesh, rings: Sequence[Ring], *, count: int, dice: random.Random) -> list[list[Ring]]:
    """`count` connected groups of rings, of roughly the same extent.

    Each ring joins the centre that is nearest by way of its neighbours; then the centres move to the middle of their
    groups, a dozen times; at last the borders are straightened.
    """
    places = [mesh.centre_m(ring) for ring in rings]
    borders_m = measure_borders(mesh, rings)
    between_m = [
        {beside: math.dist(places[number], places[beside]) for beside in borders_m[number]}
        for number in range(len(rings))
    ]
    seeds = scatter(places, count=count, dice=dice)
    for _ in range(ROUNDS):
        groups = spread(between_m, seeds)
        seeds = [find_middle(mesh, rings, places, group) for group in groups]
    groups = straighten(borders_m, spread(between_m, seeds))
    return [[rings[member] for member in group] for group in groups]


def measure_borders(mesh: Mesh, rings: Sequence[Ring]) -> Neighbours:
    """The rings that share an edge, with the metres of border that they share."""
    owner = {edge: number for number, ring in enumerate(rings) for edge in edges(ring)}
    borders_m: Neighbours = [{} for _ in rings]
    for (start, end), number in owner.items():
        beside = owner.get((end, start))
        if beside is not None:
            borders_m[number][beside] = borders_m[number].get(beside, 0.0) + mesh.length_m(start, end)
    return borders_m


def scatter(places: Sequence[tuple[float, float]], *, count: int, dice: random.Random) -> list[int]:
    """First centres: one by chance, each further one as far as can be from those before."""
    seeds = [int(dice.random() * len(places))]
    while len(seeds) < count:
        away = [min(math.dist(place, places[seed]) for seed in seeds) for place in places]
        seeds.append(away.index(max(away)))
    return seeds


def spread(between_m: Neighbours, seeds: Sequence[int]) -> list[list[int]]:
    """The members of each centre's group, every group connected."""
    groups: list[list[int]] = [[] for _ in seeds]
    joined: set[int] = set()
    queue = [(0.0, number, seed) for number, seed in enumerate(seeds)]
    heapq.heapify(queue)
    while queue:
        walked_m, group, member = heapq.heappop(queue)
        if member in joined:
            continue
        joined.add(member)
        groups[group].append(member)
        for beside, further_m in between_m[member].items():
            if beside not in joined:
                heapq.heappush(queue, (walked_m + further_m, group, beside))
    return groups


def find_middle(mesh: Mesh, rings: Sequence[Ring], places: Sequence[tuple[float, float]], group: Sequence[int]) -> int:
    """The member nearest to the centre of gravity of its group."""
    areas = {member: mesh.area_m2(rings[member]) for member in group}
    total = math.fsum(areas.values())
    middle = tuple(math.fsum(areas[member] * places[member][axis] for member in group) / total for axis in (0, 1))
    return min(group, key=lambda member: math.dist(places[member], middle))


def straighten(borders_m: Neighbours, groups: list[list[int]]) -> list[list[int]]:
    """The groups after every member has gone over to the neighbours with whom it shares clearly more border.

    A member stays whose leaving would tear its group in two. Each move shortens the borders, so it comes to an end.
    """
    group_of = {member: number for number, group in enumerate(groups) for member in group}
    moved = True
    while moved:
        moved = False
        for member in sorted(group_of):
            home = group_of[member]
            shared_m = dict.fromkeys([home], 0.0)
            for beside, border_m in borders_m[member].items():
                shared_m[group_of[beside]] = shared_m.get(group_of[beside], 0.0) + border_m
            away = max(shared_m, key=lambda number: (shared_m[number], -number))
            rest = {other for other, number in group_of.items() if number == home and other != member}
            if shared_m[away] > 1.05 * shared_m[home] and hangs_together(borders_m, rest):
                group_of[member] = away
                moved = True
    return [[member for member, number in sorted(group_of.items()) if number == group] for group in range(len(groups))]


def hangs_together(borders_m: Neighbours, members: set[int]) -> bool:
    """Whether one can walk between any two members without leaving them; False when there are none."""
    reached = set(sorted(members)[:1])
    front = list(reached)
    while front:
        front = [beside for member in front for beside in borders_m[member] if beside in members - reached]
        reached.update(front)
    return bool(members) and reached == members
