"""The ground cut so finely that on every piece, in each of two atlases, one set of boundaries holds."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from geo.atlas import Atlas
from geo.crs import areas_m2
from geo.index import Cover
from geo.model import FloatArray
from geo.shapes import Geometries

# Two drawings of one border differ in the last bits of their coordinates; what lies between them is no ground.
SLIVER_M2 = 0.001


@dataclass(frozen=True, slots=True)
class Faces:
    """Pieces of ground (n,) with their square metres (n,) and what holds each, before and after."""

    polygons: Geometries
    sizes_m2: FloatArray
    before: tuple[Cover, ...]
    after: tuple[Cover, ...]


def cut(before: Atlas, after: Atlas) -> Faces:
    """The pieces into which the lines of both atlases cut the ground; slivers below 10 cm² are left out."""
    lines = _both(before.lines.geometries, after.lines.geometries)
    polygons = shapely.get_parts(shapely.polygonize(lines))
    sizes_m2 = areas_m2(polygons)
    polygons, sizes_m2 = polygons[sizes_m2 >= SLIVER_M2], sizes_m2[sizes_m2 >= SLIVER_M2]
    return Faces(polygons, sizes_m2, _covers(before, polygons), _covers(after, polygons))


def _both(first: Geometries, second: Geometries) -> Geometries:
    """The lines of both, cut wherever they cross. Each is cut at its own crossings already.

    Most lines stand in both, so only those that do not, and those that they touch, are cut anew.
    """
    first, second = shapely.normalize(first), shapely.normalize(second)
    drawn = {line.wkb: line for line in first}
    again = {line.wkb: line for line in second}
    common = _array([line for wkb, line in drawn.items() if wkb in again])
    lone = [line for wkb, line in drawn.items() if wkb not in again]
    lone += [line for wkb, line in again.items() if wkb not in drawn]
    if not lone:
        return common
    touched = np.unique(STRtree(common).query(_array(lone), predicate="intersects")[1])
    noded = shapely.get_parts(shapely.union_all([*lone, *common[touched]]))
    lines: Geometries = np.concatenate([np.delete(common, touched), noded])
    return lines


def _array(lines: list[shapely.Geometry]) -> Geometries:
    filled: Geometries = np.empty(len(lines), dtype=object)
    filled[:] = lines
    return filled


def _covers(atlas: Atlas, polygons: Geometries) -> tuple[Cover, ...]:
    if not len(polygons):
        return ()
    places = shapely.get_coordinates(shapely.point_on_surface(polygons))
    found = atlas.index.sets_at(lon=places[:, 0], lat=places[:, 1])
    return tuple(found.covers[number] for number in found.ids)
