"""What differs between the two databases in tables: the column of a shape, its index, and what Alembic must not see.

SQLite keeps a shape as WKB in a BLOB and needs no extension; PostGIS keeps a geometry with a GiST index.
"""

from collections.abc import Callable

import numpy as np
import shapely
from geoalchemy2 import Geometry
from numpy.typing import NDArray
from sqlalchemy import Column, Index, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql import func
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.types import TypeEngine

POSTGRESQL = "postgresql"
WGS84_SRID = 4326

ONLY_ON = "only_on"


class _Geometry(Geometry):
    """A PostGIS geometry that goes in and comes out as plain WKB.

    GeoAlchemy2 sends text and wraps every value in an element; WKB keeps each bit of a coordinate and has no SRID,
    so that shapes of both databases read alike.
    """

    cache_ok = True

    def bind_expression(self, bindvalue: BindParameter[bytes]) -> ColumnElement[bytes]:
        return func.ST_GeomFromWKB(bindvalue, WGS84_SRID, type_=self)

    def column_expression(self, col: ColumnElement[bytes]) -> ColumnElement[bytes]:
        return func.ST_AsBinary(col, type_=self)

    def bind_processor(self, dialect: Dialect) -> None:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        return None


def _column_of(geometry_type: str) -> TypeEngine[bytes]:
    # A variant, not a TypeDecorator: GeoAlchemy2's listeners on every table ask a decorator for its type without a
    # dialect.
    geometry = _Geometry(geometry_type, srid=WGS84_SRID, spatial_index=False)
    return LargeBinary().with_variant(geometry, POSTGRESQL)


SHAPE = _column_of("MULTIPOLYGON")
"""The type of a column of MultiPolygons in WGS 84, as `to_wkb` writes them."""

LINE = _column_of("LINESTRING")
"""The type of a column of LineStrings in WGS 84, as `to_wkb` writes them."""

POINT = _column_of("POINT")
"""The type of a column of Points in WGS 84, as `to_wkb` writes them."""


def to_wkb(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Each geometry (n,) as little-endian 2-D WKB without SRID; None stays None."""
    written: NDArray[np.object_] = shapely.to_wkb(geometries, output_dimension=2, byte_order=1, include_srid=False)
    return written


def shape_index(name: str, column: Column[bytes]) -> Index:
    """A GiST index of a shape column, on PostGIS only."""
    return Index(name, column, postgresql_using="gist", info={ONLY_ON: POSTGRESQL}).ddl_if(dialect=POSTGRESQL)


def items_compared_on(dialect_name: str) -> Callable[..., bool]:
    """Which items Alembic compares (`include_object`): neither PostGIS's own table nor another database's index."""

    def is_compared(item: SchemaItem, name: str | None, kind: str, is_reflected: bool, _: SchemaItem | None) -> bool:
        if kind == "table" and is_reflected:
            return name != "spatial_ref_sys"
        # Alembic does not look at ddl_if.
        only_on: str = item.info.get(ONLY_ON, dialect_name)
        return only_on == dialect_name

    return is_compared
