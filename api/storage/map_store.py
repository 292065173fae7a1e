"""A city's map in the database: saved as the draft, loaded exactly as it was saved."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from api.storage import audit_log, tables
from api.storage.contents import add_rows, drop_unused, save_boundaries, save_record_contents
from api.storage.documents import (
    city_document,
    city_from,
    contacts_document,
    contacts_from,
    values_document,
    values_from,
)
from api.storage.edition_store import draft_id, queue_to_write
from api.storage.record_contents import unpack
from geo.errors import NotFound
from geo.model import Area, City, CityMap, Finding, Level, RecordSet, Scheme, Severity, Unit, UnitKind
from geo.wording import Name, Phrase

NO_EDITION = Phrase(
    zh="没有第 {edition} 版；用 python main.py editions 查看已有版本",
    en="there is no edition {edition}; python main.py editions lists those that exist",
)

Row = dict[str, Any]


def save_draft(session: Session, city_map: CityMap, findings: Sequence[Finding], *, actor: str, now: datetime) -> int:
    """The id of the draft, which takes the place of the one before it (and its id), in the caller's transaction.

    Raises
    ------
    UnstorableText
        A text that the databases cannot keep, or a code that is too long.
    """
    queue_to_write(session)
    replaced = draft_id(session)
    session.execute(delete(tables.edition).where(tables.edition.c.published_at.is_(None)))
    edition_id = 1 + (session.scalar(select(func.max(tables.edition.c.id))) or 0)

    add_rows(session, tables.edition, [{"id": edition_id, "city": city_document(city_map.city)}])
    add_rows(session, tables.scheme, _of(edition_id, map(_scheme_row, city_map.schemes)))
    levels = ({"scheme": scheme.code} | _level_row(level) for scheme in city_map.schemes for level in scheme.levels)
    add_rows(session, tables.level, _of(edition_id, levels))
    add_rows(session, tables.unit, _of(edition_id, map(_unit_row, city_map.units)))
    digests = save_boundaries(session, city_map.areas)
    areas = (_area_row(area) | {"boundary": digest} for area, digest in zip(city_map.areas, digests, strict=True))
    add_rows(session, tables.area, _of(edition_id, areas))
    save_record_contents(session, city_map.records)
    add_rows(session, tables.record_set, _of(edition_id, map(_record_set_row, city_map.records)))
    add_rows(session, tables.finding, _of(edition_id, map(_finding_row, findings)))
    drop_unused(session)

    audit_log.record(
        session,
        actor=actor,
        action="import",
        subject=f"edition:{edition_id}",
        detail={"areas": len(city_map.areas), "findings": len(findings), "replaced_a_draft": replaced is not None},
        at=now,
    )
    return edition_id


def load_map(session: Session, edition_id: int) -> CityMap:
    """The map of an edition or of the draft, equal to what was saved: every order, name and bit of a coordinate.

    Raises
    ------
    NotFound
        There is no such edition.
    """
    return CityMap(
        city=load_city(session, edition_id),
        schemes=_load_schemes(session, edition_id),
        units=_load_units(session, edition_id),
        areas=_load_areas(session, edition_id),
        records=_load_records(session, edition_id),
    )


def load_city(session: Session, edition_id: int) -> City:
    """The city of an edition or of the draft, without its map.

    Raises
    ------
    NotFound
        There is no such edition.
    """
    city = session.scalar(select(tables.edition.c.city).where(tables.edition.c.id == edition_id))
    if city is None:
        raise NotFound(NO_EDITION, edition=edition_id)
    return city_from(city)


def findings_of(session: Session, edition_id: int) -> tuple[Finding, ...]:
    """What the import of an edition found, in the order in which it was saved."""
    return tuple(
        Finding(
            kind=row.kind,
            severity=Severity(row.severity),
            source=row.source,
            row=row.source_row,
            code=row.code,
            area_m2=row.area_m2,
            values=values_from(row.wording),
        )
        for row in _rows(session, tables.finding, edition_id)
    )


def _of(edition_id: int, rows: Iterable[Row]) -> list[Row]:
    return [{"edition_id": edition_id, "ordinal": ordinal} | row for ordinal, row in enumerate(rows)]


def _named(name: Name) -> Row:
    return {"name_zh": name.zh, "name_en": name.en}


def _scheme_row(scheme: Scheme) -> Row:
    split = None if scheme.code_split is None else list(scheme.code_split)
    return {"code": scheme.code, "code_split": split, "prefix": scheme.prefix} | _named(scheme.name)


def _level_row(level: Level) -> Row:
    return {"code": level.code} | _named(level.name)


def _unit_row(unit: Unit) -> Row:
    return {
        "code": unit.code,
        "kind": unit.kind.value,
        "parent": unit.parent,
        "telephone": unit.telephone,
        "contacts": contacts_document(unit.contacts),
    } | _named(unit.name)


def _area_row(area: Area) -> Row:
    return {
        "scheme": area.scheme,
        "level": area.level,
        "code": area.code,
        "parent": area.parent,
        "unit": area.unit,
        "steward": area.steward,
    } | _named(area.name)


def _record_set_row(records: RecordSet) -> Row:
    return {"code": records.code, "digest": records.digest} | _named(records.name)


def _finding_row(finding: Finding) -> Row:
    return {
        "kind": finding.kind,
        "severity": finding.severity.value,
        "source": finding.source,
        "source_row": finding.row,
        "code": finding.code,
        "area_m2": finding.area_m2,
        "wording": values_document(finding.values),
    }


def _rows(session: Session, table: Table, edition_id: int) -> Iterable[Any]:
    return session.execute(select(table).where(table.c.edition_id == edition_id).order_by(table.c.ordinal))


def _name(row: Any) -> Name:
    return Name(zh=row.name_zh, en=row.name_en)


def _load_schemes(session: Session, edition_id: int) -> tuple[Scheme, ...]:
    # The ordinal of levels counts through all schemes, so those of one scheme stand together.
    levels = {
        scheme: tuple(Level(code=row.code, name=_name(row)) for row in rows)
        for scheme, rows in groupby(_rows(session, tables.level, edition_id), key=lambda row: row.scheme)
    }
    return tuple(
        Scheme(
            code=row.code,
            name=_name(row),
            levels=levels.get(row.code, ()),
            code_split=None if row.code_split is None else tuple(row.code_split),
            prefix=row.prefix,
        )
        for row in _rows(session, tables.scheme, edition_id)
    )


def _load_units(session: Session, edition_id: int) -> tuple[Unit, ...]:
    return tuple(
        Unit(
            code=row.code,
            name=_name(row),
            kind=UnitKind(row.kind),
            parent=row.parent,
            telephone=row.telephone,
            contacts=contacts_from(row.contacts),
        )
        for row in _rows(session, tables.unit, edition_id)
    )


def _load_areas(session: Session, edition_id: int) -> tuple[Area, ...]:
    area, boundary = tables.area, tables.boundary
    query = (
        select(area, boundary.c.shape)
        .join(boundary, boundary.c.digest == area.c.boundary)
        .where(area.c.edition_id == edition_id)
        .order_by(area.c.ordinal)
    )
    rows = session.execute(query).all()
    boundaries = shapely.from_wkb(np.array([row.shape for row in rows], dtype=object))
    return tuple(
        Area(
            scheme=row.scheme,
            level=row.level,
            code=row.code,
            name=_name(row),
            boundary=shape,
            parent=row.parent,
            unit=row.unit,
            steward=row.steward,
        )
        for row, shape in zip(rows, boundaries, strict=True)
    )


def _load_records(session: Session, edition_id: int) -> tuple[RecordSet, ...]:
    used, content = tables.record_set, tables.record_content
    query = (
        select(used, content.c.content)
        .join(content, content.c.digest == used.c.digest)
        .where(used.c.edition_id == edition_id)
        .order_by(used.c.ordinal)
    )
    loaded = []
    for row in session.execute(query):
        lon, lat, category, at = unpack(row.content)
        loaded.append(
            RecordSet(code=row.code, name=_name(row), digest=row.digest, lon=lon, lat=lat, category=category, at=at)
        )
    return tuple(loaded)
