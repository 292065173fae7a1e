"""GeoJSON (RFC 7946), from bytes to geometries without OGR, which would open whatever a disguised file points to."""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import orjson
import shapely

from geo.codes import text_of
from geo.errors import InvalidGeometry, SourceError
from geo.model import FloatArray
from geo.sources.features import MALFORMED, NESTED_TOO_DEEP, NESTING, TOO_MANY_VERTICES, Drawn, Features
from geo.sources.limits import Limits
from geo.sources.tables import Table
from geo.wording import Phrase

NOT_JSON = Phrase(
    zh="不是 UTF-8 编码的合格 JSON（{reason}）；请重新导出",
    en="it is not proper JSON in UTF-8 ({reason}); export it anew",
)
NOT_FEATURES = Phrase(
    zh="不是 GeoJSON 要素集合（FeatureCollection）；请重新导出",
    en="it is no GeoJSON FeatureCollection; export it anew",
)
LON_LAT = re.compile(r"CRS84$", re.IGNORECASE)
EPSG = re.compile(r"EPSG:.*?(\d+)$", re.IGNORECASE)
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Points:
    """Point features: `lon`, `lat` (n,) in the file's own numbers, NaN where a feature is no point."""

    table: Table
    lon: FloatArray
    lat: FloatArray
    datum: str | None


def read_layer(content: bytes, wanted: Collection[str], drawn: Drawn, limits: Limits) -> Features:
    """The features of a GeoJSON document, all of them drawn as areas or all as lines.

    Raises
    ------
    SourceError
        The document is not GeoJSON. What is wrong with a single feature is kept with it.
    """
    document = _parse(content)
    features = _features(document)
    read = _line if drawn is Drawn.LINES else _boundary
    geometries = np.full(len(features), None, dtype=object)
    refused, mended = {}, set()
    for place, feature in enumerate(features):
        try:
            geometries[place], was_mended = read(feature.get("geometry"), limits)
        except InvalidGeometry as error:
            refused[place] = error
        else:
            if was_mended:
                mended.add(place)
    return Features(_table(features, wanted), geometries, refused, frozenset(mended), _datum(document))


def read_points(content: bytes, wanted: Collection[str]) -> Points:
    """The point features of a GeoJSON document; raises SourceError when it is not GeoJSON."""
    document = _parse(content)
    features = _features(document)
    positions = np.array([_position(feature.get("geometry")) for feature in features], dtype=np.float64).reshape(-1, 2)
    return Points(_table(features, wanted), positions[:, 0], positions[:, 1], _datum(document))


def _parse(content: bytes) -> Mapping[str, object]:
    try:
        document = orjson.loads(content.removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        raise SourceError(NOT_JSON, reason=error) from error
    if not isinstance(document, dict):
        raise SourceError(NOT_FEATURES)
    return document


def _features(document: Mapping[str, object]) -> list[Mapping[str, object]]:
    features = [document] if document.get("type") == "Feature" else document.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise SourceError(NOT_FEATURES)
    return features


def _table(features: list[Mapping[str, object]], wanted: Collection[str]) -> Table:
    rows = [properties if isinstance(properties := feature.get("properties"), dict) else {} for feature in features]
    fields = dict.fromkeys(field for row in rows for field in row)
    columns = {field: [text_of(row.get(field)) for row in rows] for field in fields if field in wanted}
    return Table(tuple(fields), columns, len(rows))


def _datum(document: Mapping[str, object]) -> str | None:
    """What the old `crs` member says, None when it is absent or plain lon/lat."""
    match document.get("crs"):
        case {"properties": {"name": str() as name}}:
            if LON_LAT.search(name):
                return None
            epsg = EPSG.search(name)
            return f"EPSG:{epsg[1]}" if epsg else name
    return None


def _position(geometry: object) -> tuple[float, float]:
    match geometry:
        case {"type": "Point", "coordinates": [int() | float() as lon, int() | float() as lat, *_]}:
            return float(lon), float(lat)
    return math.nan, math.nan


def _line(geometry: object, limits: Limits) -> tuple[shapely.MultiLineString | None, bool]:
    """The lines of a geometry as they are drawn; they are never mended."""
    match geometry:
        case None:
            return None, False
        case {"type": "LineString", "coordinates": list() as positions}:
            lines = [positions]
        case {"type": "MultiLineString", "coordinates": list() as lines}:
            pass
        case {"type": "LineString" | "MultiLineString"}:
            raise InvalidGeometry(MALFORMED)
        case {"type": str() as other}:
            raise Drawn.LINES.refuse(other)
        case _:
            raise InvalidGeometry(MALFORMED)
    if not all(isinstance(line, list) and len(line) > 1 for line in lines):
        raise InvalidGeometry(MALFORMED)
    if sum(len(line) for line in lines) > limits.vertices_per_feature:
        raise InvalidGeometry(TOO_MANY_VERTICES, limit=limits.vertices_per_feature)
    return shapely.MultiLineString([shapely.LineString(_positions(line)) for line in lines]), False


def _boundary(geometry: object, limits: Limits) -> tuple[shapely.MultiPolygon | None, bool]:
    """The polygons of a geometry as they are drawn, and whether they had to be mended to be read."""
    if geometry is None:
        return None, False
    if not isinstance(geometry, dict):
        raise InvalidGeometry(MALFORMED)
    drawn = list(_polygons(geometry, depth=0))
    if sum(len(ring) for rings in drawn for ring in rings) > limits.vertices_per_feature:
        raise InvalidGeometry(TOO_MANY_VERTICES, limit=limits.vertices_per_feature)
    mended = geometry["type"] == "GeometryCollection"
    polygons = []
    for rings in drawn:
        positions = [_positions(ring) for ring in rings]
        closed = [ring if np.array_equal(ring[:1], ring[-1:]) else np.r_[ring, ring[:1]] for ring in positions]
        kept = [ring for ring in closed if len(ring) >= 4]
        mended |= len(kept) < len(rings) or any(len(a) < len(b) for a, b in zip(positions, closed, strict=True))
        if len(closed[0]) >= 4:
            polygons.append(shapely.Polygon(kept[0], kept[1:]))
    return shapely.MultiPolygon(polygons), mended


def _polygons(geometry: Mapping[str, object], *, depth: int) -> Iterator[list[list[object]]]:
    """The rings of every polygon; points and lines beside polygons in a collection are left out."""
    match geometry:
        case {"type": "Polygon", "coordinates": list() as rings}:
            yield _rings(rings)
        case {"type": "MultiPolygon", "coordinates": list() as polygons}:
            for rings in polygons:
                yield _rings(rings)
        case {"type": "GeometryCollection", "geometries": list() as members}:
            if depth == NESTING:
                raise InvalidGeometry(NESTED_TOO_DEEP, limit=NESTING)
            for member in members:
                yield from _polygons(member, depth=depth + 1)
        case {"type": "Polygon" | "MultiPolygon" | "GeometryCollection"}:
            raise InvalidGeometry(MALFORMED)
        case {"type": str() as other}:
            if depth == 0:
                raise Drawn.AREAS.refuse(other)
        case _:
            raise InvalidGeometry(MALFORMED)


def _rings(rings: object) -> list[list[object]]:
    if not isinstance(rings, list) or not rings or not all(isinstance(ring, list) for ring in rings):
        raise InvalidGeometry(MALFORMED)
    return rings


def _positions(ring: list[object]) -> FloatArray:
    """The positions of a ring or a line (n, 2), heights left out."""
    try:
        positions = np.array([(position[0], position[1]) for position in ring], dtype=np.float64)  # type: ignore[index]
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise InvalidGeometry(MALFORMED) from error
    # A null becomes infinite, not NaN, which equals not even itself: GEOS takes no ring that begins and ends with it.
    return np.nan_to_num(positions.reshape(-1, 2), nan=np.inf, posinf=np.inf, neginf=-np.inf)
