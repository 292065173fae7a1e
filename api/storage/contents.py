"""What editions share: boundaries and the contents of record sets are kept once, named by their digests."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.record_contents import pack
from geo.model import Area, RecordSet

# SQLite takes 32,766 values in one statement, PostgreSQL 65,535.
DIGESTS_AT_ONCE = 10_000


def save_boundaries(session: Session, areas: Sequence[Area]) -> list[str]:
    """The digest of each area's boundary; those that are new are saved."""
    boundaries = np.array([area.boundary for area in areas], dtype=object)
    coordinates = shapely.get_coordinates(boundaries)
    if (np.signbit(coordinates) & (coordinates == 0.0)).any():
        # To PostGIS a ring from 0.0 to -0.0 is not closed.
        boundaries = shapely.transform(boundaries, lambda numbers: numbers + 0.0)
    shapes = shapely.to_wkb(boundaries, output_dimension=2, byte_order=1, include_srid=False)
    digests = [sha256(shape).hexdigest() for shape in shapes]
    contents = dict(zip(digests, shapes, strict=True))
    new = contents.keys() - _known(session, tables.boundary, list(contents))
    add_rows(session, tables.boundary, [{"digest": digest, "shape": contents[digest]} for digest in sorted(new)])
    return digests


def save_record_contents(session: Session, records: Sequence[RecordSet]) -> None:
    """Nothing; the contents that are new are saved."""
    contents = {record_set.digest: record_set for record_set in records}
    new = contents.keys() - _known(session, tables.record_content, list(contents))
    rows = [{"digest": digest, "content": pack(contents[digest])} for digest in sorted(new)]
    add_rows(session, tables.record_content, rows)


def drop_unused(session: Session) -> None:
    """Nothing; what only the replaced draft pointed at is gone."""
    for content, user in (
        (tables.boundary, tables.area.c.boundary),
        (tables.record_content, tables.record_set.c.digest),
    ):
        session.execute(delete(content).where(~select(user).where(user == content.c.digest).exists()))


def add_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Nothing; the rows are in the table."""
    if rows:  # no rows would mean one row of defaults
        session.execute(insert(table), rows)


def _known(session: Session, table: Table, digests: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(digests), DIGESTS_AT_ONCE):
        asked = table.c.digest.in_(digests[start : start + DIGESTS_AT_ONCE])
        known.update(session.scalars(select(table.c.digest).where(asked)))
    return known
