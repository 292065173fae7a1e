"""How well the areas of a level cover the ground: overlaps, gaps, parents, children outside their parents.

Boundaries are arrays (n,) of valid 2-D MultiPolygons in WGS 84; results name them by their place in the array. Every
result stands in the order of those places, so the same map gives the same list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from geo.crs import areas_m2
from geo.model import FloatArray
from geo.shapes import Geometries

BESIDE_DEG = 1e-9  # a tenth of a millimetre: noding a gap's edges moves its corners by less
NEIGHBOURS_NAMED = 5

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground that two areas of a level share; `first` < `second`."""

    first: int
    second: int
    area_m2: float
    ground: shapely.Geometry = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Gap:
    """Ground that no area of a level covers though it lies within them: at lon, lat, beside up to five neighbours."""

    lon: float
    lat: float
    area_m2: float
    neighbours: tuple[int, ...]
    ground: shapely.Geometry = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Outside:
    """Ground of a child that its parent does not cover."""

    child: int
    area_m2: float
    ground: shapely.Geometry = field(repr=False, compare=False)


def find_overlaps(boundaries: Geometries, *, at_least_m2: float) -> list[Overlap]:
    """Every pair of boundaries that share at least this much ground."""
    # Where two areas overlap, at least one of them has an edge that the other does not match; clean neighbours,
    # nearly all of them, are so left out before the costly intersection.
    suspects = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(boundaries)))
    suspect, other = STRtree(boundaries).query(boundaries[suspects])
    pairs = np.sort(np.stack([suspects[suspect], other], axis=1), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    shared = shapely.intersection(boundaries[pairs[:, 0]], boundaries[pairs[:, 1]])
    return [
        Overlap(int(first), int(second), float(area_m2), ground)
        for (first, second), area_m2, ground in zip(pairs, areas_m2(shared), shared, strict=True)
        if area_m2 > 0.0 and area_m2 >= at_least_m2
    ]


def find_gaps(boundaries: Geometries, parents: Geometries, *, at_least_m2: float) -> list[Gap]:
    """Every piece of ground of at least this size that no boundary covers though it should.

    Such ground is enclosed by the boundaries, or lies in one of `parents` (n,): each boundary's parent, None without.
    A parent without any child is undivided and not a gap.
    """
    tree = STRtree(boundaries)
    enclosed = _enclosed_gaps(boundaries, tree, at_least_m2)
    at_parents = _gaps_in_parents(boundaries, parents, enclosed, at_least_m2)
    pieces = np.concatenate([enclosed, at_parents])
    if not len(pieces):
        return []
    points = shapely.get_coordinates(shapely.point_on_surface(pieces))
    piece, neighbour = tree.query(pieces, predicate="dwithin", distance=BESIDE_DEG)
    order = np.lexsort((neighbour, piece))
    beside = np.split(neighbour[order], np.searchsorted(piece[order], np.arange(1, len(pieces))))
    return [
        Gap(float(lon), float(lat), float(area_m2), tuple(int(place) for place in places[:NEIGHBOURS_NAMED]), ground)
        for (lon, lat), area_m2, places, ground in zip(points, areas_m2(pieces), beside, pieces, strict=True)
    ]


def find_outside(boundaries: Geometries, parents: Geometries, *, at_least_m2: float) -> list[Outside]:
    """Every boundary of which at least this much ground lies outside its parent; `parents` (n,) has None without."""
    children = np.flatnonzero(~shapely.is_missing(parents))
    shapely.prepare(parents)
    children = children[~shapely.covers(parents[children], boundaries[children])]
    outside = shapely.difference(boundaries[children], parents[children])
    return [
        Outside(int(child), float(area_m2), ground)
        for child, area_m2, ground in zip(children, areas_m2(outside), outside, strict=True)
        if area_m2 > 0.0 and area_m2 >= at_least_m2
    ]


def parents_by_overlap(boundaries: Geometries, candidates: Geometries) -> tuple[int | None, ...]:
    """For each boundary the candidate that shares most ground with it, the first of equals; None when none shares any.

    Ground is compared to the square millimetre.
    """
    tree = STRtree(candidates)
    shapely.prepare(candidates)
    child, parent = tree.query(shapely.point_on_surface(boundaries), predicate="intersects")
    alone = np.bincount(child, minlength=len(boundaries))[child] == 1
    child, parent = child[alone], parent[alone]
    whole = shapely.covers(candidates[parent], boundaries[child])
    found: list[int | None] = [None] * len(boundaries)
    for place, best in zip(child[whole], parent[whole], strict=True):
        found[place] = int(best)
    undecided = np.setdiff1d(np.arange(len(boundaries)), child[whole])
    pair, parent = tree.query(boundaries[undecided])
    shared_m2 = np.round(areas_m2(shapely.intersection(boundaries[undecided[pair]], candidates[parent])), 6)
    for index in np.lexsort((-parent, shared_m2)):  # the last one written is the largest, of equals the first
        if shared_m2[index] > 0.0:
            found[undecided[pair[index]]] = int(parent[index])
    return tuple(found)


def _enclosed_gaps(boundaries: Geometries, tree: STRtree, at_least_m2: float) -> Geometries:
    """Polygons of ground that boundaries enclose and none covers.

    An edge with as many areas on its left as on its right separates nothing, and shared edges, nearly all there are,
    are of that kind. The others are noded and cut the plane into faces, in each of which the number of areas on top of
    each other is constant: one point tells whether a face is a gap. This spares the union of all areas.
    """
    edges = shapely.linestrings(_unmatched_edges(boundaries))
    noded = shapely.union_all(shapely.line_merge(shapely.multilinestrings(edges)))
    faces = _large_enough(shapely.get_parts(shapely.polygonize([noded])), at_least_m2)
    covered, _ = tree.query(shapely.point_on_surface(faces), predicate="intersects")
    gaps: Geometries = faces[np.bincount(covered, minlength=len(faces)) == 0]
    return gaps


def _unmatched_edges(boundaries: Geometries) -> FloatArray:
    """Edges (n, 2, 2) with another number of areas on one side than on the other."""
    rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(boundaries)))
    positions, ring = shapely.get_coordinates(rings, return_index=True)
    positions += 0.0  # -0.0 and 0.0 are one place
    edges = np.concatenate([positions[:-1], positions[1:]], axis=1)[ring[1:] == ring[:-1]]
    backward = (edges[:, 0] > edges[:, 2]) | ((edges[:, 0] == edges[:, 2]) & (edges[:, 1] > edges[:, 3]))
    edges[backward] = edges[backward][:, [2, 3, 0, 1]]
    order = np.lexsort(edges.T)
    edges, direction = edges[order], np.where(backward[order], -1, 1)
    starts = np.flatnonzero(np.r_[True, np.any(edges[1:] != edges[:-1], axis=1)])
    unmatched: FloatArray = edges[starts[np.add.reduceat(direction, starts) != 0]].reshape(-1, 2, 2)
    return unmatched


def _gaps_in_parents(boundaries: Geometries, parents: Geometries, known: Geometries, at_least_m2: float) -> Geometries:
    """Polygons of ground of parents that neither a boundary nor an already known gap covers."""
    covering = np.concatenate([boundaries, known])
    tree = STRtree(covering)
    pieces = []
    for parent, children in _families(parents):
        gone = shapely.difference(parent, _union(boundaries[children]))
        for piece in _large_enough(shapely.get_parts(gone), at_least_m2):
            around = covering[tree.query(piece, predicate="intersects")]
            left = shapely.difference(piece, shapely.union_all(around))
            pieces.append(_large_enough(shapely.get_parts(left), at_least_m2))
    return np.concatenate([np.empty(0, dtype=object), *pieces])


def _families(parents: Geometries) -> Sequence[tuple[shapely.Geometry, Indices]]:
    """Each parent with the places of its children, by the first child; one parent is one object."""
    children: dict[int, list[int]] = {}
    for place, parent in enumerate(parents):
        if parent is not None:
            children.setdefault(id(parent), []).append(place)
    return [(parents[places[0]], np.array(places)) for places in children.values()]


def _union(boundaries: Geometries) -> shapely.Geometry:
    if shapely.coverage_is_valid(boundaries):
        return shapely.coverage_union_all(boundaries)
    return shapely.union_all(boundaries)


def _large_enough(geometries: Geometries, at_least_m2: float) -> Geometries:
    """The polygons among the geometries that have some ground, and at least this much."""
    polygons = geometries[shapely.get_type_id(geometries) == shapely.GeometryType.POLYGON]
    sizes_m2 = areas_m2(polygons)
    large: Geometries = polygons[(sizes_m2 > 0.0) & (sizes_m2 >= at_least_m2)]
    return large
