"""The levels of a city, simplified until they fit into a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.model import Area

VERTEX_BUDGET = 40_000  # of all levels together, about 22 bytes each
STEPS = 5  # tolerances, each twice the one before; the last is three pixels on a large screen
FINEST_STEP = 1 / 8_000  # of the extent: the first tolerance, a quarter of a pixel on a large screen
SMALLEST_AREA = 5  # vertices of a closed quadrilateral


@dataclass(frozen=True, slots=True)
class Outline:
    """One level of a scheme as it is drawn; `shapes` are the simplified boundaries of `areas`, in their order."""

    scheme: str
    level: str
    depth: int
    areas: tuple[Area, ...]
    shapes: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Outlines:
    """What is drawn of a city, the territory scheme first; `left_out` are (scheme, level) too fine for a page."""

    drawn: tuple[Outline, ...]
    left_out: tuple[tuple[str, str], ...]
    bounds: tuple[float, float, float, float]


def outline(areas: Sequence[Area], *, territory: str, vertex_budget: int = VERTEX_BUDGET) -> Outlines:
    """The levels of all schemes, simplified one by one as coverages, so that no gap opens between neighbours.

    `areas` are not empty and stand as in a CityMap: by scheme and level, coarse first. A level gets at most half of
    the vertices that are left, so that it never starves the ones below it; the first one is drawn in any case.
    """
    west, south, east, north = (float(edge) for edge in shapely.total_bounds([area.boundary for area in areas]))
    extent = max(east - west, north - south)
    drawn: list[Outline] = []
    left_out: list[tuple[str, str]] = []
    remaining = vertex_budget
    for depth, level_areas in by_level(areas, territory):
        scheme, level = level_areas[0].scheme, level_areas[0].level
        vertex_limit = remaining // 2
        if drawn and len(level_areas) * SMALLEST_AREA > vertex_limit:
            left_out.append((scheme, level))
            continue
        shapes = simplify(level_areas, first_tolerance=extent * FINEST_STEP, vertex_limit=vertex_limit)
        vertices = count_vertices(shapes)
        if drawn and vertices > vertex_limit:
            left_out.append((scheme, level))
            continue
        remaining -= vertices
        drawn.append(Outline(scheme=scheme, level=level, depth=depth, areas=level_areas, shapes=shapes))
    return Outlines(drawn=tuple(drawn), left_out=tuple(left_out), bounds=(west, south, east, north))


def by_level(areas: Sequence[Area], territory: str) -> Iterator[tuple[int, tuple[Area, ...]]]:
    """The areas level by level with the depth of the level in its scheme, the territory scheme first."""
    schemes: dict[str, dict[str, list[Area]]] = {}
    for area in areas:
        schemes.setdefault(area.scheme, {}).setdefault(area.level, []).append(area)
    for scheme in sorted(schemes, key=lambda scheme: scheme != territory):
        for depth, level_areas in enumerate(schemes[scheme].values()):
            yield depth, tuple(level_areas)


def simplify(areas: Sequence[Area], *, first_tolerance: float, vertex_limit: int) -> NDArray[np.object_]:
    """The boundaries with at most so many vertices, or as few as the coarsest tolerance leaves."""
    shapes = np.array([area.boundary for area in areas], dtype=object)
    for step in range(STEPS):
        shapes = shapely.coverage_simplify(shapes, first_tolerance * 2**step)
        if count_vertices(shapes) <= vertex_limit:
            break
    return shapes


def count_vertices(shapes: NDArray[np.object_]) -> int:
    return int(shapely.get_num_coordinates(shapes).sum())
