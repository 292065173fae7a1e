"""Editions in the database: the draft, the published ones, and the counter that watchers poll."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.storage import audit_log, tables
from api.storage.columns import as_utc
from geo.errors import NotAllowed
from geo.model import Edition
from geo.wording import Phrase

NO_DRAFT = Phrase(
    zh="没有可发布的草稿；请先导入城市数据：python main.py import 目录",
    en="there is no draft to publish; import a city first: python main.py import DIR",
)

# Two publishes within one tick of the clock, or a clock set back, must not reorder what was known when.
TICK = timedelta(microseconds=1)


def list_editions(session: Session) -> tuple[Edition, ...]:
    """The published editions in the order in which they were published, which is that of their ids."""
    edition = tables.edition.c
    query = select(edition.id, edition.published_at, edition.valid_from)
    rows = session.execute(query.where(edition.published_at.is_not(None)).order_by(edition.id))
    return tuple(Edition(id=row.id, published_at=row.published_at, valid_from=row.valid_from) for row in rows)


def draft_id(session: Session) -> int | None:
    """The id of the unpublished edition, or None when everything is published."""
    edition = tables.edition.c
    return session.scalar(select(edition.id).where(edition.published_at.is_(None)))


def publish_draft(session: Session, *, valid_from: datetime | None, now: datetime, actor: str) -> Edition:
    """The edition that the draft became.

    It holds from `valid_from`, which may lie in the past or the future; without one, the first edition holds from the
    beginning and a later one from its publishing. `published_at` is `now`, and always later than that of every other
    edition.

    Raises
    ------
    NotAllowed
        There is no draft; of two who publish at the same time, the second is told so too.
    """
    queue_to_write(session)
    draft = draft_id(session)
    if draft is None:
        raise NotAllowed(NO_DRAFT)
    earlier = list_editions(session)
    published_at = as_utc(now)
    if earlier:
        published_at = max(published_at, earlier[-1].published_at + TICK)
        valid_from = valid_from or published_at
    edition = Edition(
        id=draft, published_at=published_at, valid_from=None if valid_from is None else as_utc(valid_from)
    )
    session.execute(
        update(tables.edition)
        .where(tables.edition.c.id == draft)
        .values(published_at=edition.published_at, valid_from=edition.valid_from)
    )
    session.execute(update(tables.revision).values(number=tables.revision.c.number + 1))
    audit_log.record(
        session,
        actor=actor,
        action="publish",
        subject=f"edition:{draft}",
        detail={"valid_from": None if edition.valid_from is None else edition.valid_from.isoformat()},
        at=published_at,
    )
    return edition


def revision(session: Session) -> int:
    """A number that every publish raises: when it stays, nothing was published."""
    number: int = session.execute(select(tables.revision.c.number)).scalar_one()
    return number


def queue_to_write(session: Session) -> None:
    """Nothing, once no other transaction writes editions; until the end of this one the others wait.

    The update changes nothing: it takes the row's lock on PostgreSQL and the write lock on SQLite.
    """
    session.execute(update(tables.revision).values(number=tables.revision.c.number))
