"""What editions share: boundaries and the contents of record sets are kept once, named by their digests."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon
from sqlalchemy import Column, Table, delete, select, union_all
from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.record_contents import pack
from api.storage.rows import add_rows
from api.storage.spatial import to_wkb
from geo.model import RecordSet

# SQLite takes 32,766 values in one statement, PostgreSQL 65,535.
DIGESTS_AT_ONCE = 10_000

BOUNDED: tuple[Column[str], ...] = (
    tables.area.c.boundary,
    tables.claim.c.boundary,
    tables.checkpoint.c.inner,
    tables.checkpoint.c.halo,
    tables.strip.c.boundary,
)
"""Every column that points at a boundary."""

Boundaries = Mapping[str, MultiPolygon]


def save_boundaries(session: Session, boundaries: Sequence[MultiPolygon | None]) -> list[str | None]:
    """The digest of each boundary, None for none; those that are new are saved."""
    shapes = _as_wkb(np.array(boundaries, dtype=object))
    digests = [None if shape is None else sha256(shape).hexdigest() for shape in shapes]
    contents = {digest: shape for digest, shape in zip(digests, shapes, strict=True) if digest is not None}
    new = contents.keys() - _known(session, tables.boundary, list(contents))
    add_rows(session, tables.boundary, [{"digest": digest, "shape": contents[digest]} for digest in sorted(new)])
    return digests


def load_boundaries(session: Session, edition_id: int) -> Boundaries:
    """Every boundary of an edition by its digest."""
    used = union_all(*(select(column).where(column.table.c.edition_id == edition_id) for column in BOUNDED))
    boundary = tables.boundary.c
    rows = session.execute(select(boundary.digest, boundary.shape).where(boundary.digest.in_(used))).all()
    shapes = shapely.from_wkb(np.array([row.shape for row in rows], dtype=object))
    return {row.digest: shape for row, shape in zip(rows, shapes, strict=True)}


def save_record_contents(session: Session, records: Sequence[RecordSet]) -> None:
    """Nothing; the contents that are new are saved."""
    contents = {record_set.digest: record_set for record_set in records}
    new = contents.keys() - _known(session, tables.record_content, list(contents))
    rows = [{"digest": digest, "content": pack(contents[digest])} for digest in sorted(new)]
    add_rows(session, tables.record_content, rows)


def drop_unused(session: Session) -> None:
    """Nothing; what only the replaced draft pointed at is gone."""
    for content, users in ((tables.boundary, BOUNDED), (tables.record_content, (tables.record_set.c.digest,))):
        unused = (~select(user).where(user == content.c.digest).exists() for user in users)
        session.execute(delete(content).where(*unused))


def _as_wkb(boundaries: NDArray[np.object_]) -> list[bytes | None]:
    coordinates = shapely.get_coordinates(boundaries)
    if (np.signbit(coordinates) & (coordinates == 0.0)).any():
        # To PostGIS a ring from 0.0 to -0.0 is not closed.
        boundaries = shapely.transform(boundaries, lambda numbers: numbers + 0.0)
    shapes: list[bytes | None] = to_wkb(boundaries).tolist()
    return shapes


def _known(session: Session, table: Table, digests: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(digests), DIGESTS_AT_ONCE):
        asked = table.c.digest.in_(digests[start : start + DIGESTS_AT_ONCE])
        known.update(session.scalars(select(table.c.digest).where(asked)))
    return known
