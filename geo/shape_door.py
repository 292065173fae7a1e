"""The door for shapes that are asked about: lines or grounds as GeoJSON, checked before GEOS sees them."""

import math
from collections.abc import Mapping

import shapely
from shapely import MultiLineString, MultiPolygon

from geo.datum import Datum, to_wgs84
from geo.errors import InvalidGeometry, InvalidInput
from geo.shapes import TOO_MANY_VERTICES, accept, repair
from geo.wording import Phrase

ASKED_VERTICES = 10_000

WRONG_TYPE = Phrase(
    zh="图形类型 {type} 不可用；请给出 LineString、MultiLineString、Polygon 或 MultiPolygon",
    en="the geometry type {type} cannot be used; give a LineString, MultiLineString, Polygon or MultiPolygon",
)
NO_LINE = Phrase(
    zh="第 {part} 条线没有坐标数组；请按 GeoJSON（RFC 7946）给出至少两个点",
    en="line {part} has no list of positions; write at least two as GeoJSON (RFC 7946)",
)
SHORT_LINE = Phrase(
    zh="第 {part} 条线只有 {count} 个点；至少要两个不同的点",
    en="line {part} has {count} different positions; give at least two",
)
NOT_A_POSITION = Phrase(
    zh="第 {part} 条线第 {vertex} 个点不是两个有限数 [lon, lat]；请改正，不带高程",
    en="line {part}, vertex {vertex} is not two finite numbers; give [lon, lat] without a height",
)
OUT_OF_RANGE = Phrase(
    zh="第 {part} 条线第 {vertex} 个点为 {lon}，{lat}，超出 lon [-180, 180]、lat [-90, 90]；是否把 lon 和 lat 写反了？",
    en="line {part}, vertex {vertex} is {lon}, {lat}, outside lon [-180, 180] and lat [-90, 90]; "
    "were lon and lat swapped?",
)
PLANE_DATUM = Phrase(
    zh="坐标系 {datum} 不能用于图形；请给出 wgs84、gcj02、bd09 或 cgcs2000 的经纬度",
    en="the datum {datum} is not for shapes; give degrees in wgs84, gcj02, bd09 or cgcs2000",
)


def accept_asked(
    geojson: Mapping[str, object], *, datum: Datum, max_vertices: int = ASKED_VERTICES
) -> MultiLineString | MultiPolygon:
    """The line or ground that a GeoJSON geometry draws, in WGS 84; nothing is mended.

    Only the four types below are read, and none of them holds another geometry: a collection, however deep, is refused
    by its name.

    Raises
    ------
    InvalidGeometry
        For any other type, too many vertices, and what is not finite, out of range, too short or not valid.
    InvalidInput
        The datum is an EPSG code, whose coordinates may be metres.
    """
    if datum.code.startswith("EPSG:"):
        raise InvalidInput(PLANE_DATUM, datum=datum.code)
    coordinates = geojson.get("coordinates")
    match geojson.get("type"):
        case "LineString":
            drawn: MultiLineString | MultiPolygon = _lines([coordinates], max_vertices)
        case "MultiLineString":
            drawn = _lines(coordinates, max_vertices)
        case "Polygon" | "MultiPolygon":
            drawn = accept(geojson, max_vertices=max_vertices)
        case other:
            raise InvalidGeometry(WRONG_TYPE, type=str(other)[:40])
    return _to_wgs84(drawn, datum)


def _lines(parts: object, max_vertices: int) -> MultiLineString:
    if not isinstance(parts, list) or not parts:
        raise InvalidGeometry(NO_LINE, part=1)
    if max(len(parts), sum(len(part) for part in parts if isinstance(part, list))) > max_vertices:
        raise InvalidGeometry(TOO_MANY_VERTICES, limit=max_vertices)
    return MultiLineString([_line(part, number) for number, part in enumerate(parts, start=1)])


def _line(positions: object, part: int) -> list[tuple[float, float]]:
    if not isinstance(positions, list):
        raise InvalidGeometry(NO_LINE, part=part)
    line = [_position(position, part=part, vertex=vertex) for vertex, position in enumerate(positions, start=1)]
    if len(set(line)) < 2:
        raise InvalidGeometry(SHORT_LINE, part=part, count=len(set(line)))
    return line


def _position(position: object, *, part: int, vertex: int) -> tuple[float, float]:
    place = {"part": part, "vertex": vertex}
    if not isinstance(position, list) or len(position) != 2:
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


def _to_wgs84(shape: MultiLineString | MultiPolygon, datum: Datum) -> MultiLineString | MultiPolygon:
    if datum.code in ("wgs84", "cgcs2000"):
        return shape
    moved: MultiLineString | MultiPolygon = shapely.transform(
        shape, lambda lon, lat: to_wgs84(datum, lon=lon, lat=lat), interleaved=False
    )
    if isinstance(moved, MultiLineString):
        return moved
    # Rings that come within a rounding of each other may touch once their corners have moved.
    return repair(moved).boundary or moved
