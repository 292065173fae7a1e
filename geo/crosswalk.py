"""Crosswalk (网格对照): how the areas of one level lie over those of another, whatever schemes the two belong to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from geo.atlas import NO_SUCH_LEVEL, Atlas
from geo.crs import areas_m2
from geo.errors import NotFound
from geo.model import Area, FloatArray
from geo.shapes import Geometries


@dataclass(frozen=True, slots=True)
class Shared:
    """Ground that two areas have in common; `of_first` and `of_second` are its shares of each, in (0, 1]."""

    first: Area
    second: Area
    area_m2: float
    of_first: float
    of_second: float


@dataclass(frozen=True, slots=True)
class Outside:
    """Ground of an area that no area of the other level covers, and its share of the area."""

    area: Area
    area_m2: float
    share: float


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Two levels over each other.

    `shared` by the codes of both; `first_outside` and `second_outside` by code.
    """

    shared: tuple[Shared, ...]
    first_outside: tuple[Outside, ...]
    second_outside: tuple[Outside, ...]


def areas_of_level(atlas: Atlas, text: str) -> list[Area]:
    """The areas of the level that `scheme/level` names, by code.

    Raises
    ------
    NotFound
        The city has no such level; the message names those it has.
    """
    levels = {"/".join(key): key for key in atlas.level_names}
    if text not in levels:
        scheme, _, level = text[:80].partition("/")
        raise NotFound(NO_SUCH_LEVEL, scheme=scheme, level=level, known=", ".join(levels))
    return [area for area in atlas.areas if (area.scheme, area.level) == levels[text]]


def cross(first: Sequence[Area], second: Sequence[Area], *, at_least_m2: float) -> Crosswalk:
    """How two levels lie over each other; ground of less than `at_least_m2` is a sliver of drawing and left out.

    Areas are those of GEOS intersections, measured on the ellipsoid. Where areas of one level overlap, their ground
    counts with each of them, but only once for what lies outside.
    """
    ones, others = _boundaries(first), _boundaries(second)
    ones_m2, others_m2 = areas_m2(ones), areas_m2(others)
    one, other = STRtree(others).query(ones, predicate="intersects")
    shared_m2 = _shared_m2(ones, others, one, other, ones_m2, others_m2)
    worth = np.flatnonzero((shared_m2 > 0.0) & (shared_m2 >= at_least_m2))
    pairs = [
        Shared(
            first[one[i]],
            second[other[i]],
            float(shared_m2[i]),
            min(1.0, float(shared_m2[i] / ones_m2[one[i]])),
            min(1.0, float(shared_m2[i] / others_m2[other[i]])),
        )
        for i in worth
    ]
    return Crosswalk(
        shared=tuple(sorted(pairs, key=lambda pair: (pair.first.code, pair.second.code))),
        first_outside=_outside(first, ones, others, (one, other), at_least_m2),
        second_outside=_outside(second, others, ones, (other, one), at_least_m2),
    )


def _boundaries(areas: Sequence[Area]) -> Geometries:
    boundaries = np.empty(len(areas), dtype=object)
    boundaries[:] = [area.boundary for area in areas]
    return boundaries


def _shared_m2(
    ones: Geometries,
    others: Geometries,
    one: NDArray[np.intp],
    other: NDArray[np.intp],
    ones_m2: FloatArray,
    others_m2: FloatArray,
) -> FloatArray:
    """Square metres that each pair has in common."""
    shapely.prepare(ones)
    shapely.prepare(others)
    # Most pairs of two tiers are a small area inside a large one: no intersection needs to be drawn for them.
    shared_m2 = np.where(shapely.covers(others[other], ones[one]), ones_m2[one], 0.0)
    whole = shapely.covers(ones[one], others[other])
    shared_m2[whole] = others_m2[other[whole]]
    part = np.flatnonzero(shared_m2 == 0.0)
    part = part[~shapely.touches(ones[one[part]], others[other[part]])]
    shared_m2[part] = areas_m2(shapely.intersection(ones[one[part]], others[other[part]]))
    return shared_m2


def _outside(
    areas: Sequence[Area],
    boundaries: Geometries,
    others: Geometries,
    pairs: tuple[NDArray[np.intp], NDArray[np.intp]],
    at_least_m2: float,
) -> tuple[Outside, ...]:
    mine, theirs = pairs
    order = np.argsort(mine, kind="stable")
    beside_each = np.split(theirs[order], np.searchsorted(mine[order], np.arange(1, len(areas))))
    found = []
    for place, (area, numbers) in enumerate(zip(areas, beside_each, strict=True)):
        beside = others[numbers]
        if np.any(shapely.covers(beside, boundaries[place])):
            continue
        left = shapely.difference(boundaries[place], shapely.union_all(beside)) if len(beside) else boundaries[place]
        left_m2, whole_m2 = areas_m2(np.array([left, boundaries[place]], dtype=object))
        if left_m2 > 0.0 and left_m2 >= at_least_m2:
            found.append(Outside(area, float(left_m2), min(1.0, float(left_m2 / whole_m2))))
    return tuple(sorted(found, key=lambda one: one.area.code))
