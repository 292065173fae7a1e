"""Features of a file: wanted properties as text, and geometries in the file's own numbers."""

from dataclasses import dataclass
from enum import Enum

from shapely import GeometryType

from geo.errors import InvalidGeometry
from geo.shapes import Geometries
from geo.sources.tables import Table
from geo.wording import Phrase

NOT_LINEAR = Phrase(
    zh="类型为 {type}；请给出线（LineString 或 MultiLineString）", en="it is a {type}; give lines (LineString)"
)
NOT_POLYGONAL = Phrase(zh="类型为 {type}；请给出面（Polygon 或 MultiPolygon）", en="it is a {type}; give polygons")
MALFORMED = Phrase(zh="坐标结构有误；请重新导出", en="its coordinates are malformed; export it anew")
TOO_MANY_VERTICES = Phrase(
    zh="顶点超过上限 {limit} 个；请简化，或提高上限",
    en="it has more than {limit} vertices; simplify it, or raise the limit",
)
NESTED_TOO_DEEP = Phrase(
    zh="几何集合嵌套超过 {limit} 层；请改写为 MultiPolygon",
    en="its collections are nested more than {limit} deep; write it as one MultiPolygon",
)
NESTING = 2  # GEOS crashes on collections nested some thousands deep


class Drawn(Enum):
    """What a file's features must be drawn as: the types of geometry that are taken."""

    AREAS = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON, GeometryType.GEOMETRYCOLLECTION)
    LINES = (GeometryType.LINESTRING, GeometryType.MULTILINESTRING)

    def refuse(self, type_name: str) -> InvalidGeometry:
        """The error for a geometry of another type."""
        return InvalidGeometry(NOT_LINEAR if self is Drawn.LINES else NOT_POLYGONAL, type=type_name)


@dataclass(frozen=True, slots=True)
class Features:
    """A file of areas or lines, each feature by its place from 0.

    `geometries` (n,) has None where a feature has none or was refused; `refused` says why. `mended` are those that
    could only be read with a change: a ring closed, a ring without ground left out, a collection opened. `datum` is
    what the file itself declares besides lon/lat, None when nothing.
    """

    table: Table
    geometries: Geometries
    refused: dict[int, InvalidGeometry]
    mended: frozenset[int]
    datum: str | None
