"""The border of two neighbouring areas, whole or from one place to another, and the ground along it."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Point, STRtree
from shapely.ops import substring

from geo.crs import from_metric, to_metric
from geo.errors import InvalidGeometry, InvalidInput
from geo.model import Area, FloatArray
from geo.portions import check_crossings
from geo.position import Position
from geo.shape_door import ASKED_VERTICES
from geo.shapes import polygons_only
from geo.strips import band_of
from geo.wording import Phrase

# Corners that two neighbours drew a millimetre apart are one corner.
SNAP_DEG = 1e-8
WIDTH_M = 10.0
BESIDE_M = 100.0
ONE_PLACE_M = 0.001
Drawn = TypeVar("Drawn", LineString, Point)

NO_BAND = Phrase(
    zh="这条线连同宽度画不出可用的范围（超过 {limit} 个顶点，或越过经线 180°、极点）；请简化或分段登记",
    en="the line with its width makes no ground to record (more than {limit} vertices, or beyond 180° or a pole); "
    "simplify it or record it in parts",
)
ONE_AREA = Phrase(
    zh="边界两侧是同一个区域 {code}；请写两个不同的相邻区域",
    en="both sides of the border are the area {code}; name two different neighbours",
)
NO_BORDER = Phrase(
    zh="{first} 和 {second} 没有共同边界；请核对编码，或改用 geometry 画线",
    en="{first} and {second} have no border in common; check the codes, or draw a line as geometry",
)
OFF_BORDER = Phrase(
    zh="{lon}，{lat} 距 {first} 与 {second} 的边界 {distance} 米，超过 {limit} 米；请改用边界上的位置",
    en="{lon}, {lat} is {distance} m away from the border of {first} and {second}, more than {limit} m; "
    "give a position on it",
)
ONE_PLACE = Phrase(
    zh="起点和终点在边界上是同一处；请给出两个不同的位置",
    en="both ends are one place on the border; give two different positions",
)
TWO_STRETCHES = Phrase(
    zh="{first} 与 {second} 的边界分成 {count} 段，起点和终点不在同一段；请分段登记",
    en="the border of {first} and {second} has {count} stretches, and the ends lie on different ones; "
    "record them one by one",
)


def border_of(first: Area, second: Area, *, ends: tuple[Position, Position] | None = None) -> MultiLineString:
    """The line that two areas share, in WGS 84; with `ends` only what lies between these places on it.

    A border all around, as that of an area inside another, has two ways from one place to the other: the shorter.

    Raises
    ------
    InvalidInput
        They share no line, or the ends are not on one stretch of it.
    """
    if first.code == second.code:
        raise InvalidInput(ONE_AREA, code=first.code)
    rings = [shapely.boundary(one.boundary) for one in (first, second)]
    shared = shapely.get_parts(shapely.intersection(*rings, grid_size=SNAP_DEG))
    lines = [part for part in shared if isinstance(part, LineString) and part.length > 0.0]
    if not lines:
        raise InvalidInput(NO_BORDER, first=first.code, second=second.code)
    stretches = shapely.get_parts(shapely.line_merge(MultiLineString(lines)))
    if ends is None:
        return MultiLineString(list(stretches))
    names = {"first": first.code, "second": second.code}
    at_start, at_end = (_stretch_at(stretches, place, names) for place in ends)
    if at_start != at_end:
        raise InvalidInput(TWO_STRETCHES, **names, count=len(stretches))
    return MultiLineString([_between(stretches[at_start], *ends)])


def band_along(lines: MultiLineString, *, width_m: float = WIDTH_M) -> MultiPolygon:
    """The ground within this width on each side of lines in WGS 84, with flat ends.

    Raises
    ------
    InvalidGeometry
        The lines cross too often, or the ground has more than 10,000 vertices or leaves the map.
    """
    check_crossings(lines, STRtree([]))
    bands = [polygon for line in lines.geoms for polygon in band_of(line, width_m=width_m).geoms]
    ground = polygons_only(shapely.union_all(bands)) or MultiPolygon()
    west, south, east, north = ground.bounds or (0.0, 0.0, 0.0, 0.0)
    if shapely.get_num_coordinates(ground) > ASKED_VERTICES or west < -180 or east > 180 or south < -90 or north > 90:
        raise InvalidGeometry(NO_BAND, limit=ASKED_VERTICES)
    return ground


def _stretch_at(stretches: Iterable[LineString], place: Position, names: Mapping[str, str]) -> int:
    """The number of the stretch that is nearest to a place."""
    distances_m = [float(_on_plane(line, place).distance(Point(0.0, 0.0))) for line in stretches]
    nearest = int(np.argmin(distances_m))
    if distances_m[nearest] > BESIDE_M:
        away = round(distances_m[nearest], 1)
        raise InvalidInput(OFF_BORDER, **names, lon=place.lon, lat=place.lat, distance=away, limit=round(BESIDE_M))
    return nearest


def _between(line: LineString, start: Position, end: Position) -> LineString:
    """The line between the places on it that are nearest to these."""
    plane = _on_plane(line, start)
    low, high = sorted(plane.project(_on_plane(Point(place.lon, place.lat), start)) for place in (start, end))
    piece = substring(plane, low, high)
    if line.is_closed and high - low > plane.length / 2.0:
        piece = LineString([*substring(plane, high, plane.length).coords, *substring(plane, 0.0, low).coords[1:]])
    if piece.length < ONE_PLACE_M:
        raise InvalidInput(ONE_PLACE)

    def to_degrees(metres: FloatArray) -> FloatArray:
        east, north = metres.T
        return np.stack(from_metric(east=east, north=north, origin_lon=start.lon, origin_lat=start.lat), axis=-1)

    cut: LineString = shapely.transform(piece, to_degrees)
    return cut


def _on_plane(geometry: Drawn, origin: Position) -> Drawn:
    """The same in metres east and north of a position."""

    def to_plane(degrees: FloatArray) -> FloatArray:
        lon, lat = degrees.T
        return np.stack(to_metric(lon=lon, lat=lat, origin_lon=origin.lon, origin_lat=origin.lat), axis=-1)

    moved: Drawn = shapely.transform(geometry, to_plane)
    return moved
