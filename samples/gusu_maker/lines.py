"""Lines that look like streets and canals: a smooth course, strayed from a little, a vertex every few dozen metres."""

import math
import random
from itertools import pairwise

from samples.gusu_maker.dice import cast_dice
from samples.gusu_maker.mesh import Mesh, Ring
from samples.gusu_maker.plan import LINES, NODES, TURN, Line, Place

SPACING_M = 46.0
WAVE_M = 260.0

Stretches = dict[tuple[str, str], Ring]
"""Vertices from one node to the next along a named line, both included; each stretch stands in both directions."""


def draw_network(mesh: Mesh) -> Stretches:
    """All lines of the plan, every stretch drawn once and shared by the quarters on its two sides."""
    nodes = {}
    for name, place in NODES.items():
        x_m, y_m = turn(place)
        nodes[name] = mesh.add(x_m=x_m, y_m=y_m)
    stretches: Stretches = {}
    for line in LINES:
        dice = cast_dice(f"line {line.name}")
        for start, end, course in lay_courses(line):
            strayed = stray(course, wobble_m=line.wobble_m, wave_m=WAVE_M, dice=dice)
            inner = tuple(mesh.add(x_m=x_m, y_m=y_m) for x_m, y_m in strayed)
            stretches[start, end] = (nodes[start], *inner, nodes[end])
            stretches[end, start] = stretches[start, end][::-1]
    for name, vertex in nodes.items():
        mesh.degree[vertex] = sum(start == name for start, _ in stretches)
    return stretches


def turn(place: Place) -> Place:
    """The place after the whole plan is turned."""
    cosine, sine = TURN
    return place[0] * cosine - place[1] * sine, place[0] * sine + place[1] * cosine


def lay_courses(line: Line) -> list[tuple[str, str, list[Place]]]:
    """From node, to node and smooth course of each stretch of a line."""
    places = [turn(NODES[stop] if isinstance(stop, str) else stop) for stop in line.path]
    names = {index: stop for index, stop in enumerate(line.path) if isinstance(stop, str)}
    courses = []
    for first, last in pairwise(names):
        course = [places[first]]
        for index in range(first, last):
            course += bend(places, index) if line.curved else [places[index + 1]]
        courses.append((names[first], names[last], course))
    return courses


def bend(places: list[Place], index: int, *, steps: int = 24) -> list[Place]:
    """A Catmull-Rom curve from one place to the next, without its start; a closed line bends at its seam too."""
    closed = places[0] == places[-1]
    before = places[index - 1] if index else places[-2 if closed else 0]
    start, end = places[index], places[index + 1]
    after = places[index + 2] if index + 2 < len(places) else places[1 if closed else -1]
    curve = []
    for step in range(1, steps + 1):
        t = step / steps
        weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3)
        x_m, y_m = (
            math.fsum(weight * place[axis] for weight, place in zip(weights, (before, start, end, after), strict=True))
            for axis in (0, 1)
        )
        curve.append((x_m / 2, y_m / 2))
    return curve


def stray(course: list[Place], *, wobble_m: float, wave_m: float, dice: random.Random) -> list[Place]:
    """Places along a course, without its two ends.

    They stray by up to `wobble_m` in slow waves, one swing every `wave_m`, and by a fifth of it from place to place.
    """
    lengths_m = [math.dist(start, end) for start, end in pairwise(course)]
    total_m = math.fsum(lengths_m)
    count = max(2, round(total_m / SPACING_M))
    waves = max(2, round(total_m / wave_m))
    swings = [0.0, *(2.0 * dice.random() - 1.0 for _ in range(waves - 1)), 0.0]
    places = []
    for number in range(1, count):
        share = (number + 0.4 * (dice.random() - 0.5)) / count
        knot = int(share * waves)
        blend = share * waves - knot
        blend = blend * blend * (3.0 - 2.0 * blend)
        swing = swings[knot] * (1.0 - blend) + swings[knot + 1] * blend + 0.2 * (2.0 * dice.random() - 1.0)
        places.append(_beside(course, lengths_m, at_m=share * total_m, aside_m=swing * wobble_m))
    return places


def _beside(course: list[Place], lengths_m: list[float], *, at_m: float, aside_m: float) -> Place:
    """The place `at_m` along the course and `aside_m` to its left."""
    leg = 0
    while leg + 1 < len(lengths_m) and at_m > lengths_m[leg]:
        at_m -= lengths_m[leg]
        leg += 1
    (start_x, start_y), (end_x, end_y) = course[leg], course[leg + 1]
    east, north = (end_x - start_x) / lengths_m[leg], (end_y - start_y) / lengths_m[leg]
    return start_x + east * at_m - north * aside_m, start_y + north * at_m + east * aside_m
