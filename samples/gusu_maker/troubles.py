"""The troubles that are planted on purpose: a border that one of its two neighbours has drawn elsewhere."""

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from samples.gusu_maker.admin import Tiers
from samples.gusu_maker.areas import DrawnArea
from samples.gusu_maker.mesh import Mesh, Ring, edges

GAP_BETWEEN = ("HW04", "HW05")
OVERLAP_BETWEEN = ("HW08", "HW09")
OUTSIDE_SUBGRID = "SG3-03"
OUTSIDE_INTO = "320508008"


def plant_gap_and_overlap(mesh: Mesh, sanitation: Tiers) -> Tiers:
    """The sanitation areas, one of which stops short of its neighbour and one of which reaches over it."""
    areas = {area.code: area for area in sanitation["area"]}
    for (code, beside), aside_m in ((GAP_BETWEEN, -24.0), (OVERLAP_BETWEEN, 30.0)):
        areas[code] = redraw(mesh, areas[code], beside=areas[beside].rings, aside_m=aside_m)
    return {"area": tuple(areas.values())}


def plant_child_outside(mesh: Mesh, grid: Tiers, admin: Tiers) -> Tiers:
    """The grid, one sub-grid of which bulges out of its group and of the sub-district."""
    (into,) = (area for area in admin["subdistrict"] if area.code == OUTSIDE_INTO)
    subgrids = tuple(
        redraw(mesh, area, beside=into.rings, aside_m=45.0) if area.code == OUTSIDE_SUBGRID else area
        for area in grid["subgrid"]
    )
    return {**grid, "subgrid": subgrids}


def redraw(mesh: Mesh, area: DrawnArea, *, beside: Iterable[Ring], aside_m: float, steps: int = 11) -> DrawnArea:
    """The area with its border to a neighbour moved `aside_m` outwards (inwards when negative) over `steps` edges.

    Of all such stretches it takes the straightest, where the old and the new line cannot cross; the stretch ends
    before the border does, so that no third area is touched.
    """
    (ring,) = area.rings
    foreign = {edge[::-1] for neighbour in beside for edge in edges(neighbour)}
    shared = [edge in foreign for edge in edges(ring)]
    turns = [ring[place:] + ring[:place] for place in range(len(ring))]
    stretches = [
        turned[1:] + turned[:1]
        for place, turned in enumerate(turns)
        if all((shared + shared)[place : place + steps + 2])
    ]
    if not stretches:
        raise ValueError(f"{area.code} shares no {steps + 2} edges in a row with that neighbour")
    turned = max(
        stretches, key=lambda turned: mesh.length_m(turned[0], turned[steps]) / walk_m(mesh, turned[: steps + 1])
    )
    start, end = turned[0], turned[steps]
    length_m = mesh.length_m(start, end)
    east, north = (mesh.x_m[end] - mesh.x_m[start]) / length_m, (mesh.y_m[end] - mesh.y_m[start]) / length_m
    moved = []
    for step in range(1, steps):
        bulge_m = aside_m * 4.0 * (step / steps) * (1.0 - step / steps)
        vertex = turned[step]
        moved.append(mesh.add(x_m=mesh.x_m[vertex] + north * bulge_m, y_m=mesh.y_m[vertex] - east * bulge_m))
    return replace(area, rings=((start, *moved, *turned[steps:]),))


def walk_m(mesh: Mesh, vertices: Ring) -> float:
    """Metres along an open line."""
    return math.fsum(mesh.length_m(start, end) for start, end in pairwise(vertices))
