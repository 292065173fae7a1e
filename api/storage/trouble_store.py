"""What audits of the map found, in the database: each audit, the list of troubles, and what became of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.documents import values_document, values_from
from api.storage.rows import Row, add_rows
from geo.audit.auditing import Audit
from geo.audit.doubtful import Doubt, Rivals, Side
from geo.audit.todo import Action, Resolution, State, Todo
from geo.audit.trouble import Trouble


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An audit as it is kept. `counts` are its troubles by kind.

    `moved` says how many were found anew, came back, and went; None when it looked back and moved nothing.
    """

    id: int
    edition: int
    is_draft: bool
    at: datetime
    actor: str
    counts: Mapping[str, int]
    moved: Mapping[str, int] | None
    sampled: int
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class TroubleEvent:
    """Something that happened to a trouble; `audit` is the one that did it, None where somebody did."""

    at: datetime
    actor: str
    action: Action
    audit: int | None = None
    resolution: Resolution | None = None
    note: str | None = None


def add_audit(
    session: Session,
    audit: Audit,
    *,
    edition: int,
    is_draft: bool,
    counts: Mapping[str, int],
    moved: Mapping[str, int] | None,
    actor: str,
) -> AuditRecord:
    """The audit as it is now kept, in the caller's transaction."""
    row = {
        "edition": edition,
        "is_draft": is_draft,
        "at": audit.at,
        "actor": actor,
        "counts": dict(counts),
        "moved": None if moved is None else dict(moved),
        "sampled": audit.sampled,
    }
    doubts = [_doubt_document(doubt) for doubt in audit.doubts]
    table = tables.map_audit
    number = session.execute(insert(table).values(**row, doubts=doubts).returning(table.c.id)).scalar_one()
    return AuditRecord(id=number, **row, doubts=audit.doubts)  # type: ignore[arg-type]


def latest_audit(session: Session) -> AuditRecord | None:
    """The last audit, or None before the first."""
    row = session.execute(select(tables.map_audit).order_by(tables.map_audit.c.id.desc()).limit(1)).first()
    return None if row is None else _record(row)


def audits_since(session: Session, before: AuditRecord | None) -> list[AuditRecord]:
    """The audits that were kept after one (None: all), oldest first."""
    audits = tables.map_audit
    later = audits.c.id > (0 if before is None else before.id)
    return [_record(row) for row in session.execute(select(audits).where(later).order_by(audits.c.id))]


def load_todos(session: Session) -> dict[str, Todo]:
    """The troubles on the list by id, those that are gone too."""
    return {row.id: _todo(row) for row in session.execute(select(tables.trouble).order_by(tables.trouble.c.id))}


def load_todo(session: Session, id_: str) -> Todo | None:
    """One trouble on the list, or None."""
    row = session.execute(select(tables.trouble).where(tables.trouble.c.id == id_)).first()
    return None if row is None else _todo(row)


def save_todos(session: Session, todos: Iterable[Todo], *, known: Iterable[str]) -> None:
    """Nothing; the troubles are on the list as they are given. `known` are the ids that are on it already."""
    there = set(known)
    rows = [_row(todo) for todo in todos]
    add_rows(session, tables.trouble, [row for row in rows if row["id"] not in there])
    again = [{f"to_{name}": value for name, value in row.items()} for row in rows if row["id"] in there]
    if again:
        columns = [name for name in rows[0] if name != "id"]
        change = (
            update(tables.trouble)
            .where(tables.trouble.c.id == bindparam("to_id"))
            .values({name: bindparam(f"to_{name}") for name in columns})
        )
        session.connection().execute(change, again)


def add_events(session: Session, events: Sequence[tuple[str, TroubleEvent]]) -> None:
    """Nothing; the events stand in the history of their troubles, by id."""
    rows = [
        {
            "trouble": id_,
            "audit": event.audit,
            "at": event.at,
            "actor": event.actor,
            "action": event.action.value,
            "resolution": event.resolution.value if event.resolution else None,
            "note": event.note,
        }
        for id_, event in events
    ]
    add_rows(session, tables.trouble_event, rows)


def events_of(session: Session, id_: str) -> tuple[TroubleEvent, ...]:
    """What happened to a trouble, oldest first."""
    event = tables.trouble_event
    rows = session.execute(select(event).where(event.c.trouble == id_).order_by(event.c.id))
    return tuple(
        TroubleEvent(row.at, row.actor, Action(row.action), row.audit, _resolution(row.resolution), row.note)
        for row in rows
    )


def _record(row: Any) -> AuditRecord:
    values: dict[str, Any] = dict(row._mapping)
    return AuditRecord(**{**values, "doubts": tuple(map(_doubt_from, values["doubts"]))})


def _row(todo: Todo) -> Row:
    trouble = todo.trouble
    content = {
        "subject": list(trouble.subject),
        "values": values_document(trouble.values),
        "units": list(trouble.units),
        "categories": list(trouble.categories),
        "scheme": trouble.scheme,
        "level": trouble.level,
        "area_m2": trouble.area_m2,
    }
    return {
        "id": trouble.id,
        "kind": trouble.kind,
        "content": content,
        "ground": None if trouble.ground is None else shapely.to_wkb(trouble.ground, byte_order=1),
        "edition": todo.edition,
        "state": todo.state.value,
        "found_at": todo.found_at,
        "due_at": todo.due_at,
        "resolution": todo.resolution.value if todo.resolution else None,
        "note": todo.note,
        "actor": todo.actor,
    }


def _todo(row: Any) -> Todo:
    content = row.content
    trouble = Trouble(
        kind=row.kind,
        subject=tuple(content["subject"]),
        values=values_from(content["values"]),
        units=tuple(content["units"]),
        categories=tuple(content["categories"]),
        scheme=content["scheme"],
        level=content["level"],
        area_m2=content["area_m2"],
        ground=None if row.ground is None else shapely.from_wkb(row.ground),
    )
    return Todo(
        trouble=trouble,
        state=State(row.state),
        found_at=row.found_at,
        due_at=row.due_at,
        edition=row.edition,
        resolution=_resolution(row.resolution),
        note=row.note,
        actor=row.actor,
    )


def _resolution(text: str | None) -> Resolution | None:
    return None if text is None else Resolution(text)


def _doubt_document(doubt: Doubt) -> dict[str, Any]:
    def side(one: Side) -> list[str]:
        return [one.unit, one.rung, one.ref]

    return {
        "categories": list(doubt.categories),
        "accuracy": doubt.accuracy,
        "accuracy_m": doubt.accuracy_m,
        "verdicts": dict(doubt.verdicts),
        "pairs": doubt.pairs,
        "rivals": [[side(one.first), side(one.second), one.positions] for one in doubt.rivals],
    }


def _doubt_from(document: dict[str, Any]) -> Doubt:
    rivals = (Rivals(Side(*first), Side(*second), positions) for first, second, positions in document["rivals"])
    return Doubt(**{**document, "categories": tuple(document["categories"]), "rivals": tuple(rivals)})
