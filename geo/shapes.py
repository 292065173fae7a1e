"""The one door for geometry: `accept` what a caller sends, `repair` what a file holds."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Polygon

from geo.crs import areas_m2
from geo.errors import InvalidGeometry
from geo.wording import Phrase

WRONG_TYPE = Phrase(
    zh="图形类型 {type} 不可用；请给出 Polygon 或 MultiPolygon",
    en="the geometry type {type} cannot be used; give a Polygon or a MultiPolygon",
)
NOT_A_LINE = Phrase(
    zh="图形类型 {type} 不可用；请给出方向一致的一条线（LineString）",
    en="the geometry type {type} cannot be used; give one line in one direction (LineString)",
)
NOT_ON_EARTH = Phrase(
    zh="这条线的第 {vertex} 个点不是 [lon, lat]：须为两个有限数，lon 在 [-180, 180]、lat 在 [-90, 90]；"
    "是否把 lon 和 lat 写反了？",
    en="vertex {vertex} of the line is not [lon, lat]: two finite numbers, lon in [-180, 180] and lat in [-90, 90]; "
    "were lon and lat swapped?",
)
NO_LENGTH = Phrase(
    zh="这条线没有长度；请给出至少两个不同的点",
    en="the line has no length; give at least two different positions",
)
TOO_MANY_VERTICES = Phrase(
    zh="图形的顶点超过上限 {limit} 个；请先简化，或用文件导入",
    en="the geometry has more than {limit} vertices; simplify it, or import it from a file",
)
NO_RINGS = Phrase(
    zh="第 {polygon} 个多边形没有环；请按 GeoJSON（RFC 7946）给出坐标数组",
    en="polygon {polygon} has no list of rings; write the coordinates as GeoJSON (RFC 7946)",
)
SHORT_RING = Phrase(
    zh="第 {polygon} 个多边形第 {ring} 个环只有 {count} 个点；一个环至少要 4 个点，首末相同",
    en="polygon {polygon}, ring {ring} has {count} positions; a ring needs at least 4, the last equal to the first",
)
OPEN_RING = Phrase(
    zh="第 {polygon} 个多边形第 {ring} 个环的末点（第 {vertex} 个）与首点不同；请闭合",
    en="polygon {polygon}, ring {ring} ends at vertex {vertex} away from its start; close it with the first position",
)
NOT_A_POSITION = Phrase(
    zh="第 {polygon} 个多边形第 {ring} 个环第 {vertex} 个点不是两个有限数 [lon, lat]；请改正，不带高程",
    en="polygon {polygon}, ring {ring}, vertex {vertex} is not two finite numbers; give [lon, lat] without a height",
)
OUT_OF_RANGE = Phrase(
    zh="第 {polygon} 个多边形第 {ring} 个环第 {vertex} 个点为 {lon}，{lat}，超出 lon [-180, 180]、lat [-90, 90]；"
    "是否把 lon 和 lat 写反了？",
    en="polygon {polygon}, ring {ring}, vertex {vertex} is {lon}, {lat}, outside lon [-180, 180] and lat [-90, 90]; "
    "were lon and lat swapped?",
)
NOT_VALID = Phrase(
    zh="第 {polygon} 个多边形第 {ring} 个环第 {vertex} 个点附近的图形不合规：{reason}（{lon}，{lat}）；请改正后再提交",
    en="polygon {polygon}, ring {ring} is not valid near vertex {vertex}: {reason} at {lon}, {lat}; correct it",
)
REASONS: Mapping[str, Phrase] = MappingProxyType(
    {
        "Self-intersection": Phrase(zh="边线相交", en="edges cross"),
        "Ring Self-intersection": Phrase(zh="环与自身相接", en="a ring touches itself"),
        "Hole lies outside shell": Phrase(zh="内环在外环之外", en="a hole lies outside its shell"),
        "Holes are nested": Phrase(zh="内环互相包含", en="holes are nested"),
        "Nested shells": Phrase(zh="外环互相包含", en="shells are nested"),
        "Interior is disconnected": Phrase(zh="内部被分断", en="the interior is disconnected"),
        "Duplicate Rings": Phrase(zh="环重复", en="a ring is given twice"),
        "Too few points in geometry component": Phrase(zh="不同的点太少", en="a ring has too few distinct positions"),
    }
)
VALIDITY = re.compile(r"(?P<reason>[^\[]+)\[(?P<x>\S+) (?P<y>\S+)\]")  # as GEOS words it: Self-intersection[1 1]

ACCEPTED_VERTICES = 100_000
POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)

Geometries = NDArray[np.object_]
Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A geometry made fit for use: None when no ground is left; `moved_m2` is the ground that changed sides."""

    boundary: MultiPolygon | None
    moved_m2: float
    changed: bool


def accept(geojson: Mapping[str, object], *, max_vertices: int = ACCEPTED_VERTICES) -> MultiPolygon:
    """The boundary that a GeoJSON Polygon or MultiPolygon draws; nothing is mended.

    Raises
    ------
    InvalidGeometry
        For what is no polygon, too large, not finite, out of range, open or not valid. Names polygon, ring and
        vertex, each counted from 1.
    """
    polygons = _polygons_of(geojson)
    _check_size(polygons, max_vertices)
    boundary = MultiPolygon(
        [_checked_polygon(rings, polygon=number) for number, rings in enumerate(polygons, start=1)],
    )
    if not boundary.is_valid:
        raise _not_valid(boundary)
    return boundary


def accept_line(geojson: Mapping[str, object], *, max_vertices: int = ACCEPTED_VERTICES) -> LineString:
    """The line that a GeoJSON LineString draws; nothing is mended.

    Raises
    ------
    InvalidGeometry
        For what is no line, too large, not finite, out of range or without length. Names the vertex, counted from 1.
    """
    positions = geojson.get("coordinates")
    if geojson.get("type") != "LineString" or not isinstance(positions, list):
        raise InvalidGeometry(NOT_A_LINE, type=ascii(geojson.get("type"))[:40])
    if len(positions) > max_vertices:
        raise InvalidGeometry(TOO_MANY_VERTICES, limit=max_vertices)
    line = []
    for vertex, position in enumerate(positions, start=1):
        try:
            line.append(_checked_position(position, polygon=1, ring=1, vertex=vertex))
        except InvalidGeometry as error:
            raise InvalidGeometry(NOT_ON_EARTH, vertex=vertex) from error
    if len(set(line)) < 2:
        raise InvalidGeometry(NO_LENGTH)
    return LineString(line)


def repair(geometry: shapely.Geometry) -> Repaired:
    """The ground of a geometry as a valid 2-D boundary, and how much of it the repair changed.

    Heights are dropped, collections flattened, lines and points left out; a Polygon or MultiPolygon that was valid
    keeps its vertices. What was not goes through `make_valid` (method "structure": shells joined, then holes cut out).
    `moved_m2` is the ground on which a ray cast over the rings as given (inside: an odd number of crossings with one
    of the polygons) answers differently from the result. Both sides of that comparison are valid, so it is sound where
    a difference from the broken geometry itself would not be; a spike, which encloses nothing, counts 0.
    """
    flat = shapely.force_2d(geometry)
    if shapely.get_type_id(flat) in POLYGONAL and shapely.is_valid(flat):
        return Repaired(polygons_only(flat), moved_m2=0.0, changed=False)
    parts = list(_polygons_in(flat))
    made_valid = shapely.make_valid(MultiPolygon(parts), method="structure", keep_collapsed=False)
    by_crossings = shapely.union_all([_inside_by_crossings(part) for part in parts])
    moved_m2 = areas_m2(np.array([shapely.symmetric_difference(made_valid, by_crossings)]))
    return Repaired(polygons_only(made_valid), moved_m2=float(moved_m2[0]), changed=True)


def polygons_only(geometry: shapely.Geometry) -> MultiPolygon | None:
    """The polygons of a valid geometry as one boundary; None when it has no ground."""
    polygons = list(_polygons_in(geometry))
    return MultiPolygon(polygons) if polygons else None


def one_line(geometry: shapely.Geometry) -> LineString | None:
    """The one line that a LineString or MultiLineString draws, 2-D; None when it draws none, or more than one.

    Parts are joined end to start, in the direction in which they run: two that run against each other stay apart.
    """
    drawn = shapely.line_merge(shapely.force_2d(geometry), directed=True)
    return drawn if isinstance(drawn, LineString) and drawn.length > 0.0 else None


def _polygons_in(geometry: shapely.Geometry) -> Iterator[Polygon]:
    if isinstance(geometry, Polygon):
        if not geometry.is_empty:
            yield geometry
    elif shapely.get_type_id(geometry) > shapely.GeometryType.POLYGON:
        for part in shapely.get_parts(geometry):
            yield from _polygons_in(part)


def _inside_by_crossings(polygon: Polygon) -> shapely.Geometry:
    """The ground inside after an odd number of crossings with the polygon's rings, however broken; valid."""
    grounds = shapely.make_valid(shapely.polygons(shapely.get_rings(polygon)), method="linework")
    grounds = np.array([polygons_only(ground) or MultiPolygon() for ground in grounds])
    while len(grounds) > 1:  # in pairs, so that a thousand holes do not take a thousand passes over the shell
        odd_one = grounds[len(grounds) & ~1 :]
        grounds = np.r_[shapely.symmetric_difference(grounds[: len(grounds) & ~1 : 2], grounds[1::2]), odd_one]
    return grounds[0]


def _polygons_of(geojson: Mapping[str, object]) -> list[object]:
    coordinates = geojson.get("coordinates")
    match geojson.get("type"):
        case "Polygon":
            return [coordinates]
        case "MultiPolygon" if isinstance(coordinates, list) and coordinates:
            return coordinates
        case "MultiPolygon":
            raise InvalidGeometry(NO_RINGS, polygon=1)
        case other:
            raise InvalidGeometry(WRONG_TYPE, type=str(other)[:40] if isinstance(other, str) else "–")


def _check_size(polygons: list[object], max_vertices: int) -> None:
    # Counted on the bare lists: what is too large never reaches GEOS.
    rings = [ring for polygon in polygons if isinstance(polygon, list) for ring in polygon if isinstance(ring, list)]
    if sum(len(ring) for ring in rings) > max_vertices:
        raise InvalidGeometry(TOO_MANY_VERTICES, limit=max_vertices)


def _checked_polygon(rings: object, *, polygon: int) -> Polygon:
    if not isinstance(rings, list) or not rings:
        raise InvalidGeometry(NO_RINGS, polygon=polygon)
    shell, *holes = (_checked_ring(ring, polygon=polygon, number=number) for number, ring in enumerate(rings, start=1))
    return Polygon(shell, holes)


def _checked_ring(ring: object, *, polygon: int, number: int) -> Ring:
    given = ring if isinstance(ring, list) else []
    positions = [
        _checked_position(position, polygon=polygon, ring=number, vertex=vertex)
        for vertex, position in enumerate(given, start=1)
    ]
    if len(positions) < 4:
        raise InvalidGeometry(SHORT_RING, polygon=polygon, ring=number, count=len(positions))
    if positions[0] != positions[-1]:
        raise InvalidGeometry(OPEN_RING, polygon=polygon, ring=number, vertex=len(positions))
    return positions


def _checked_position(position: object, **place: int) -> tuple[float, float]:
    if not isinstance(position, (list, tuple)) or len(position) != 2:
        raise InvalidGeometry(NOT_A_POSITION, **place)
    if not all(type(number) in (int, float) for number in position):  # a bool is an int by inheritance only
        raise InvalidGeometry(NOT_A_POSITION, **place)
    try:
        lon, lat = float(position[0]), float(position[1])
    except OverflowError as error:
        raise InvalidGeometry(NOT_A_POSITION, **place) from error
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise InvalidGeometry(NOT_A_POSITION, **place)
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        raise InvalidGeometry(OUT_OF_RANGE, lon=lon, lat=lat, **place)
    return lon, lat


def _not_valid(boundary: MultiPolygon) -> InvalidGeometry:
    found = VALIDITY.fullmatch(shapely.is_valid_reason(boundary))
    if found is None:  # GEOS names a place for every reason that can be reached with finite, closed rings
        raise InvalidGeometry(WRONG_TYPE, type=boundary.geom_type)
    lon, lat = float(found["x"]), float(found["y"])
    _, polygon, ring, vertex = min(
        (math.dist((lon, lat), position), polygon, ring, vertex)
        for polygon, part in enumerate(boundary.geoms, start=1)
        for ring, line in enumerate((part.exterior, *part.interiors), start=1)
        for vertex, position in enumerate(line.coords, start=1)
    )
    reason = REASONS.get(found["reason"], found["reason"])
    return InvalidGeometry(NOT_VALID, polygon=polygon, ring=ring, vertex=vertex, reason=reason, lon=lon, lat=lat)
