"""The levels of a scheme against each other: parents, and how well areas cover the ground."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geo.coverage import find_gaps, find_outside, find_overlaps, parents_by_overlap
from geo.findings import find
from geo.model import Finding, Policy, Scheme
from geo.shapes import Geometries
from geo.sources.areas import PlacedArea

PLACES = 6  # of a degree, a tenth of a metre: where to look for a gap


def check_level(
    scheme: Scheme, areas: list[PlacedArea], above: Sequence[PlacedArea], policy: Policy
) -> tuple[list[PlacedArea], list[Finding]]:
    """The areas of a level with their parents, and how well they cover the ground."""
    if not areas:  # a block says why
        return areas, []
    troubles: list[Finding] = []
    if above:
        areas, troubles = with_parents(scheme, areas, above)
    return areas, [*troubles, *coverage_findings(areas, above, policy)]


def with_parents(
    scheme: Scheme, areas: Sequence[PlacedArea], above: Sequence[PlacedArea]
) -> tuple[list[PlacedArea], list[Finding]]:
    """The areas of a level with their parents in the level above, both by code, and what is wrong with these.

    The file's word counts; where it says nothing, the area that shares most ground, of equals the lowest code.
    """
    codes = [placed.area.code for placed in above]
    silent = [index for index, placed in enumerate(areas) if placed.area.parent is None]
    found = parents_by_overlap(_boundaries([areas[index] for index in silent]), _boundaries(above))
    parents = {index: codes[parent] for index, parent in zip(silent, found, strict=True) if parent is not None}
    children = [
        replace(placed, area=replace(placed.area, parent=parents.get(index, placed.area.parent)))
        for index, placed in enumerate(areas)
    ]
    known = frozenset(codes)
    return children, [finding for child in children for finding in _parent_troubles(scheme, child, known)]


def coverage_findings(areas: Sequence[PlacedArea], above: Sequence[PlacedArea], policy: Policy) -> list[Finding]:
    """Overlaps, gaps and ground outside parents of the areas of a level that are large enough to matter."""
    boundaries = _boundaries(areas)
    by_code = {placed.area.code: placed.area.boundary for placed in above}
    parents = np.array([by_code.get(placed.area.parent or "") for placed in areas], dtype=object)
    overlaps = [
        _find("overlap", areas[overlap.first], overlap.area_m2, other=areas[overlap.second].area.code)
        for overlap in find_overlaps(boundaries, at_least_m2=policy.overlap_m2)
    ]
    gaps = [
        find(
            "gap",
            area_m2=gap.area_m2,
            scheme=areas[0].area.scheme,
            level=areas[0].area.level,
            neighbours=", ".join(areas[neighbour].area.code for neighbour in gap.neighbours) or "–",
            lon=round(gap.lon, PLACES),
            lat=round(gap.lat, PLACES),
        )
        for gap in find_gaps(boundaries, parents, at_least_m2=policy.gap_m2)
    ]
    outside = [
        _find("child-outside-parent", areas[part.child], part.area_m2, parent=areas[part.child].area.parent or "")
        for part in find_outside(boundaries, parents, at_least_m2=policy.overlap_m2)
    ]
    return [*overlaps, *gaps, *outside]


def _parent_troubles(scheme: Scheme, placed: PlacedArea, known: frozenset[str]) -> list[Finding]:
    parent = placed.area.parent
    if parent is None:
        return [_find("area-without-parent", placed)]
    if parent not in known:
        return [_find("unknown-parent", placed, parent=parent)]
    if scheme.prefix and not placed.area.code.startswith(parent):
        return [_find("code-prefix", placed, parent=parent)]
    return []


def _find(kind: str, placed: PlacedArea, area_m2: float | None = None, **values: str) -> Finding:
    area = placed.area
    return find(
        kind,
        source=placed.file,
        row=placed.row,
        code=area.code,
        area_m2=area_m2,
        scheme=area.scheme,
        level=area.level,
        **values,
    )


def _boundaries(areas: Sequence[PlacedArea]) -> Geometries:
    return np.array([placed.area.boundary for placed in areas], dtype=object)
