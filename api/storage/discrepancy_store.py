"""Discrepancies in the database: one is filed, moves are added to it, and nothing is ever changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.discrepancy_documents import (
    discrepancy_from,
    discrepancy_row,
    move_from,
    move_row,
)
from geo.discrepancies import LEADS_TO, Discrepancy, Kind, Move, State

READ_AT_ONCE = 1000


class Said(NamedTuple):
    """What was filed before: its number, and the digest of the request that filed it."""

    number: int
    digest: str


class Head(NamedTuple):
    """As much of a discrepancy as a list is filtered by."""

    number: int
    stewards: tuple[str, ...]


def said_before(session: Session, *, id_: str | None, key: str | None) -> Said | None:
    """The one with this id, else the one with this Idempotency-Key, or None."""
    discrepancy = tables.discrepancy.c
    for column, value in ((discrepancy.id, id_), (discrepancy.request_key, key)):
        if value is not None:
            row = session.execute(
                select(discrepancy.number, discrepancy.request_digest).where(column == value)
            ).one_or_none()
            if row is not None:
                return Said(*row)
    return None


def number_of(session: Session, id_: str) -> int | None:
    """The number of the one with this id, or None."""
    discrepancy = tables.discrepancy.c
    return session.scalar(select(discrepancy.number).where(discrepancy.id == id_))


def next_number(session: Session) -> int:
    """The number of the next one; the caller's transaction must have queued to write."""
    return 1 + (session.scalar(select(func.max(tables.discrepancy.c.number))) or 0)


def add(session: Session, discrepancy: Discrepancy, *, key: str | None, digest: str) -> None:
    """Nothing; the discrepancy is kept, with its first move."""
    row = discrepancy_row(discrepancy) | {"request_key": key, "request_digest": digest}
    session.execute(insert(tables.discrepancy), row)
    for ordinal, move in enumerate(discrepancy.moves):
        session.execute(insert(tables.discrepancy_event), _event(discrepancy.number, ordinal, move))


def add_move(session: Session, discrepancy: Discrepancy, move: Move) -> Discrepancy:
    """The discrepancy with one move more, which is never earlier than the last."""
    move = replace(move, at=max(move.at, discrepancy.moves[-1].at))
    session.execute(insert(tables.discrepancy_event), _event(discrepancy.number, len(discrepancy.moves), move))
    return replace(discrepancy, moves=(*discrepancy.moves, move))


def heads(
    session: Session,
    *,
    kind: Kind | None = None,
    state: State | None = None,
    unit: str | None = None,
    since: datetime | None = None,
) -> list[Head]:
    """Those that fit, in the order filed; `unit` is the one that led in the answer."""
    discrepancy, event = tables.discrepancy.c, tables.discrepancy_event.c
    query: Select[Any] = select(discrepancy.number, discrepancy.stewards).order_by(discrepancy.number)
    if state is not None:
        last = select(event.number, func.max(event.ordinal).label("ordinal")).group_by(event.number).subquery()
        query = query.join(last, last.c.number == discrepancy.number).join(
            tables.discrepancy_event, (event.number == last.c.number) & (event.ordinal == last.c.ordinal)
        )
        query = query.where(event.do.in_([do.value for do, leads_to in LEADS_TO.items() if leads_to is state]))
    query = _where(query, kind=kind, unit=unit, since=since)
    return [Head(row.number, tuple(unit["code"] for unit in row.stewards)) for row in session.execute(query)]


def load(session: Session, numbers: Sequence[int], *, with_answer: bool) -> list[Discrepancy]:
    """The discrepancies with these numbers, in the order filed, each with its moves."""
    table, event = tables.discrepancy, tables.discrepancy_event
    columns = [column for column in table.c if with_answer or column is not table.c.answer]
    found = []
    for start in range(0, len(numbers), READ_AT_ONCE):
        wanted = numbers[start : start + READ_AT_ONCE]
        moves: dict[int, list[Move]] = {}
        order = (event.c.number, event.c.ordinal)
        for row in session.execute(select(event).where(event.c.number.in_(wanted)).order_by(*order)):
            moves.setdefault(row.number, []).append(move_from(row))
        rows = session.execute(select(*columns).where(table.c.number.in_(wanted)).order_by(table.c.number))
        found += [discrepancy_from(row, moves[row.number], with_answer=with_answer) for row in rows]
    return found


def _event(number: int, ordinal: int, move: Move) -> dict[str, object]:
    return {"number": number, "ordinal": ordinal, **move_row(move)}


def _where(query: Select[Any], *, kind: Kind | None, unit: str | None, since: datetime | None) -> Select[Any]:
    discrepancy = tables.discrepancy.c
    if kind is not None:
        query = query.where(discrepancy.kind == kind.value)
    if unit is not None:
        query = query.where(discrepancy.unit_code == unit)
    return query if since is None else query.where(discrepancy.filed_at >= since)
