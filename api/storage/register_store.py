"""The register in the database: entries are added, and the table of shifts keeps each post to one holder at a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.columns import as_utc
from api.storage.edition_store import TICK
from api.storage.register_documents import entry_document, entry_from
from geo.register.holdings import Holding, Person
from geo.register.log import Change, Entry, Register, Value
from geo.register.rulings import Permit, Ruling

KINDS: dict[str, type[Value]] = {"person": Person, "holding": Holding, "ruling": Ruling, "permit": Permit}
NAMES = {kind: name for name, kind in KINDS.items()}


def register_number(session: Session) -> int:
    """The number of the last commit; 0 before the first."""
    return session.scalar(select(func.max(tables.register_entry.c.number))) or 0


def has_recorded(session: Session, known: Register) -> bool:
    """Whether the database's register is this one or goes on from it: the last commit is there, recorded when it was.

    It is not in a database that was put back from a backup and written to since.
    """
    entry = tables.register_entry
    query = select(entry.c.recorded_at).where(entry.c.number == known.number).limit(1)
    return known.number == 0 or session.scalar(query) == known.recorded_at


def load_register(session: Session, *, after: Register | None = None) -> Register:
    """The whole register; what is in `after` already is not read again."""
    known = after or Register()
    entry = tables.register_entry
    query = select(entry).where(entry.c.number > known.number).order_by(entry.c.number, entry.c.ordinal)
    return known.followed_by(
        Entry(
            number=row.number,
            recorded_at=row.recorded_at,
            kind=KINDS[row.kind],
            key=row.key,
            value=None if row.content is None else entry_from(KINDS[row.kind], row.key, row.content),
        )
        for row in session.execute(query)
    )


def grown(session: Session, known: Register) -> Register:
    """The database's register: `known` itself while nothing was recorded since, read anew where it was replaced."""
    if not has_recorded(session, known):
        return load_register(session)
    return load_register(session, after=known) if register_number(session) > known.number else known


def commit(session: Session, changes: Sequence[Change], *, actor: str, now: datetime) -> int:
    """The number of the commit that these changes make, in the caller's transaction, which must have queued to write.

    `recorded_at` is `now`, and always later than that of every other commit.
    """
    entry = tables.register_entry
    last = session.execute(select(entry.c.number, entry.c.recorded_at).order_by(entry.c.number.desc()).limit(1)).first()
    number = 1 + (last.number if last else 0)
    recorded_at = max(as_utc(now), last.recorded_at + TICK) if last else as_utc(now)
    rows = [
        {
            "number": number,
            "ordinal": ordinal,
            "recorded_at": recorded_at,
            "actor": actor,
            "kind": NAMES[kind],
            "key": key,
            "content": None if value is None else entry_document(value),
        }
        for ordinal, (kind, key, value) in enumerate(changes)
    ]
    session.execute(insert(entry), rows)
    _keep_shifts(session, changes)
    return number


def _keep_shifts(session: Session, changes: Sequence[Change]) -> None:
    """Nothing; the table of shifts says what is held now, and its constraint refuses two at a time."""
    held = {key: value for kind, key, value in changes if kind is Holding}
    if not held:
        return
    shift = tables.holding_shift
    keys = list(held)
    for start in range(0, len(keys), 10_000):  # SQLite takes 32,766 values in one statement
        session.execute(delete(shift).where(shift.c.holding.in_(keys[start : start + 10_000])))
    rows = [
        {
            "holding": holding.id,
            "week_from": week_from,
            "week_to": week_to,
            "post": holding.post,
            "capacity": holding.capacity.value,
            "valid_from": holding.schedule.valid_from,
            "valid_to": holding.schedule.valid_to,
        }
        for holding in held.values()
        if isinstance(holding, Holding)
        for week_from, week_to in holding.schedule.weekly
    ]
    if rows:
        session.execute(insert(shift), rows)
