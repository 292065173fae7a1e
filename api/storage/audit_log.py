"""Who did what and when. Rows are added and never change: the database refuses anything else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from api.storage.tables import audit_log

DRAFT = "draft:"
"""How the subject of a change to the draft begins: `draft:claims/C-020`."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One action: `subject` is what it was done to (`edition:3`), `detail` what else is worth knowing."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]


def record(
    session: Session, *, actor: str, action: str, subject: str, detail: Mapping[str, object], at: datetime
) -> None:
    """Nothing; the entry stands or falls with the caller's transaction."""
    entry = {"at": at, "actor": actor, "action": action, "subject": subject, "detail": dict(detail)}
    session.execute(insert(audit_log), entry)


def trail_of_draft(session: Session, edition_id: int) -> tuple[AuditEntry, ...]:
    """How the draft with this id came about and what was changed in it since, oldest first.

    The id of the last entry changes with every write to the draft, and never comes again.
    """
    log = audit_log.c
    made = log.subject == f"edition:{edition_id}"
    start = select(func.max(log.id)).where(made, log.action.in_(("import", "draft"))).scalar_subquery()
    query = select(audit_log).where(log.id >= start, made | log.subject.startswith(DRAFT)).order_by(log.id)
    return tuple(AuditEntry(**row) for row in session.execute(query).mappings())


def read(session: Session, *, subject: str | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
    """The latest entries, newest first; with `subject` only those about it."""
    query = select(audit_log).order_by(audit_log.c.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(audit_log.c.subject == subject)
    return tuple(AuditEntry(**row) for row in session.execute(query).mappings())
