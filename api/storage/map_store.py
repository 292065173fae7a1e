"""A city's map in the database: saved as the draft, loaded exactly as it was saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import groupby
from types import MappingProxyType

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from api.storage import audit_log, tables
from api.storage.address_store import load_addresses, save_addresses
from api.storage.claim_store import load_categories, load_claims, save_categories, save_claims
from api.storage.component_store import load_components, save_components
from api.storage.contents import Boundaries, drop_unused, load_boundaries, save_boundaries, save_record_contents
from api.storage.documents import (
    city_document,
    city_from,
    contacts_document,
    contacts_from,
    values_document,
    values_from,
)
from api.storage.edition_store import draft_id, queue_to_write
from api.storage.golden_store import load_golden, save_golden
from api.storage.post_store import load_posts, save_posts
from api.storage.record_contents import unpack
from api.storage.road_store import load_segments, save_segments
from api.storage.rows import Row, add_rows, add_to_edition, name_of, named, rows_of
from api.storage.site_store import load_checkpoints, save_checkpoints
from geo.errors import NotFound
from geo.model import Area, City, CityMap, Finding, Level, RecordSet, Scheme, Severity, Unit, UnitKind
from geo.wording import Phrase

NO_EDITION = Phrase(
    zh="没有第 {edition} 版；用 python main.py editions 查看已有版本",
    en="there is no edition {edition}; python main.py editions lists those that exist",
)


def save_draft(session: Session, city_map: CityMap, findings: Sequence[Finding], *, actor: str, now: datetime) -> int:
    """The id of the draft, which takes the place of the one before it (and its id), in the caller's transaction.

    Raises
    ------
    UnstorableText
        A text that the databases cannot keep, or a code that is too long.
    """
    queue_to_write(session)
    replaced = draft_id(session)
    edition_id = write_draft(session, city_map, findings)
    audit_log.record(
        session,
        actor=actor,
        action="import",
        subject=f"edition:{edition_id}",
        detail={"areas": len(city_map.areas), "findings": len(findings), "replaced_a_draft": replaced is not None},
        at=now,
    )
    return edition_id


def write_draft(session: Session, city_map: CityMap, findings: Sequence[Finding]) -> int:
    """The id of the draft, as `save_draft` writes it; the log is the caller's."""
    queue_to_write(session)
    session.execute(delete(tables.edition).where(tables.edition.c.published_at.is_(None)))
    edition_id = 1 + (session.scalar(select(func.max(tables.edition.c.id))) or 0)

    add_rows(session, tables.edition, [{"id": edition_id, "city": city_document(city_map.city)}])
    add_to_edition(session, tables.scheme, edition_id, map(_scheme_row, city_map.schemes))
    levels = ({"scheme": scheme.code} | _level_row(level) for scheme in city_map.schemes for level in scheme.levels)
    add_to_edition(session, tables.level, edition_id, levels)
    add_to_edition(session, tables.unit, edition_id, map(_unit_row, city_map.units))
    _save_areas(session, edition_id, city_map)
    save_categories(session, edition_id, city_map)
    save_claims(session, edition_id, city_map)
    save_checkpoints(session, edition_id, city_map)
    save_segments(session, edition_id, city_map)
    save_addresses(session, edition_id, city_map)
    save_posts(session, edition_id, city_map)
    save_components(session, edition_id, city_map)
    save_golden(session, edition_id, city_map)
    save_record_contents(session, city_map.records)
    add_to_edition(session, tables.record_set, edition_id, map(_record_set_row, city_map.records))
    add_to_edition(session, tables.finding, edition_id, map(_finding_row, findings))
    drop_unused(session)
    return edition_id


def rewrite_draft(session: Session, before: CityMap, after: CityMap, findings: Sequence[Finding]) -> int:
    """The id of the draft, which holds `before` and now holds `after`; what both have alike is not written again."""
    queue_to_write(session)
    changed = {field.name for field in fields(CityMap) if not _is_same(before, after, field.name)}
    draft = draft_id(session)
    if draft is None or changed - APART.keys():
        return write_draft(session, after, findings)
    for name in sorted(changed):
        emptied, save = APART[name]
        for table in emptied:
            session.execute(delete(table).where(table.c.edition_id == draft))
        save(session, draft, after)
    session.execute(delete(tables.finding).where(tables.finding.c.edition_id == draft))
    add_to_edition(session, tables.finding, draft, map(_finding_row, findings))
    drop_unused(session)
    return draft


def _is_same(before: CityMap, after: CityMap, field: str) -> bool:
    if field == "records":  # named by their content; arrays have no truth of their own
        return list(map(_record_set_row, before.records)) == list(map(_record_set_row, after.records))
    return bool(getattr(before, field) == getattr(after, field))


def drop_draft(session: Session) -> None:
    """Nothing; there is no draft any more."""
    queue_to_write(session)
    session.execute(delete(tables.edition).where(tables.edition.c.published_at.is_(None)))
    drop_unused(session)


def load_map(session: Session, edition_id: int) -> CityMap:
    """The map of an edition or of the draft, equal to what was saved: every order, name and bit of a coordinate.

    Raises
    ------
    NotFound
        There is no such edition.
    """
    city = load_city(session, edition_id)
    boundaries = load_boundaries(session, edition_id)
    return CityMap(
        city=city,
        schemes=_load_schemes(session, edition_id),
        units=_load_units(session, edition_id),
        areas=_load_areas(session, edition_id, boundaries),
        records=_load_records(session, edition_id),
        categories=load_categories(session, edition_id),
        claims=load_claims(session, edition_id, boundaries),
        checkpoints=load_checkpoints(session, edition_id, boundaries),
        segments=load_segments(session, edition_id, boundaries),
        addresses=load_addresses(session, edition_id),
        posts=load_posts(session, edition_id),
        components=load_components(session, edition_id),
        golden=load_golden(session, edition_id),
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
        for row in rows_of(session, tables.finding, edition_id)
    )


def _save_areas(session: Session, edition_id: int, city_map: CityMap) -> None:
    digests = save_boundaries(session, [area.boundary for area in city_map.areas])
    areas = (_area_row(area) | {"boundary": digest} for area, digest in zip(city_map.areas, digests, strict=True))
    add_to_edition(session, tables.area, edition_id, areas)


# What no other table points at, so that it can be written anew by itself: the tables to empty, and what fills them.
def _save_categories(session: Session, edition_id: int, city_map: CityMap) -> None:
    save_categories(session, edition_id, city_map)
    save_components(session, edition_id, city_map)  # they point at their categories


APART: Mapping[str, tuple[tuple[Table, ...], Callable[[Session, int, CityMap], None]]] = MappingProxyType(
    {
        "areas": ((tables.area,), _save_areas),
        "categories": ((tables.component, tables.category), _save_categories),
        "claims": ((tables.claim,), save_claims),
        "checkpoints": ((tables.checkpoint,), save_checkpoints),
        "segments": ((tables.strip, tables.segment), save_segments),
        "addresses": ((tables.address,), save_addresses),
        "posts": ((tables.post,), save_posts),
        "components": ((tables.component,), save_components),
        "golden": ((tables.golden_place,), save_golden),
    }
)


def _scheme_row(scheme: Scheme) -> Row:
    split = None if scheme.code_split is None else list(scheme.code_split)
    return {"code": scheme.code, "code_split": split, "prefix": scheme.prefix} | named(scheme.name)


def _level_row(level: Level) -> Row:
    return {"code": level.code} | named(level.name)


def _unit_row(unit: Unit) -> Row:
    return {
        "code": unit.code,
        "kind": unit.kind.value,
        "parent": unit.parent,
        "telephone": unit.telephone,
        "contacts": contacts_document(unit.contacts),
    } | named(unit.name)


def _area_row(area: Area) -> Row:
    return {
        "scheme": area.scheme,
        "level": area.level,
        "code": area.code,
        "parent": area.parent,
        "unit": area.unit,
        "steward": area.steward,
    } | named(area.name)


def _record_set_row(records: RecordSet) -> Row:
    return {"code": records.code, "digest": records.digest} | named(records.name)


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


def _load_schemes(session: Session, edition_id: int) -> tuple[Scheme, ...]:
    # The ordinal of levels counts through all schemes, so those of one scheme stand together.
    levels = {
        scheme: tuple(Level(code=row.code, name=name_of(row)) for row in rows)
        for scheme, rows in groupby(rows_of(session, tables.level, edition_id), key=lambda row: row.scheme)
    }
    return tuple(
        Scheme(
            code=row.code,
            name=name_of(row),
            levels=levels.get(row.code, ()),
            code_split=None if row.code_split is None else tuple(row.code_split),
            prefix=row.prefix,
        )
        for row in rows_of(session, tables.scheme, edition_id)
    )


def _load_units(session: Session, edition_id: int) -> tuple[Unit, ...]:
    return tuple(
        Unit(
            code=row.code,
            name=name_of(row),
            kind=UnitKind(row.kind),
            parent=row.parent,
            telephone=row.telephone,
            contacts=contacts_from(row.contacts),
        )
        for row in rows_of(session, tables.unit, edition_id)
    )


def _load_areas(session: Session, edition_id: int, boundaries: Boundaries) -> tuple[Area, ...]:
    return tuple(
        Area(
            scheme=row.scheme,
            level=row.level,
            code=row.code,
            name=name_of(row),
            boundary=boundaries[row.boundary],
            parent=row.parent,
            unit=row.unit,
            steward=row.steward,
        )
        for row in rows_of(session, tables.area, edition_id)
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
            RecordSet(code=row.code, name=name_of(row), digest=row.digest, lon=lon, lat=lat, category=category, at=at)
        )
    return tuple(loaded)
