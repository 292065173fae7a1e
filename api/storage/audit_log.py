"""Who did what and when. Rows are added and never change: the database refuses anything else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api.storage.tables import audit_log


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


def read(session: Session, *, subject: str | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
    """The latest entries, newest first; with `subject` only those about it."""
    query = select(audit_log).order_by(audit_log.c.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(audit_log.c.subject == subject)
    return tuple(AuditEntry(**row) for row in session.execute(query).mappings())
