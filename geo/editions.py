"""Which edition answers for a moment."""

from collections.abc import Sequence
from datetime import UTC, datetime

from geo.errors import NoEditionAt, NotFound, NothingPublished
from geo.model import Edition
from geo.moments import say_moment
from geo.wording import Phrase

BEGINNING = datetime.min.replace(tzinfo=UTC)
NOTHING_PUBLISHED = Phrase(
    zh="还没有发布任何版本；请先导入并发布：python main.py import 目录，然后 python main.py publish",
    en="nothing has been published yet; run: python main.py import DIR, then python main.py publish",
)
NO_EDITION_AT = Phrase(
    zh="在 {at}（按 {known_at} 所知）没有有效的版本；最早的版本自 {first} 起有效，自 {published} 起为人所知",
    en="no edition held at {at} as known at {known_at}; the earliest one holds from {first}, known since {published}",
)
NO_SUCH_EDITION = Phrase(
    zh="没有编号为 {id} 的已发布版本；现有：{known}",
    en="there is no published edition {id}; there are: {known}",
)
FROM_THE_BEGINNING = Phrase(zh="最初", en="the beginning")


def choose_edition(editions: Sequence[Edition], *, at: datetime, known_at: datetime) -> Edition:
    """The edition that held at `at` as it was known at `known_at`: the greatest (valid_from, id) of those.

    Raises
    ------
    NothingPublished, NoEditionAt
    """
    if not editions:
        raise NothingPublished(NOTHING_PUBLISHED)
    holding = [
        edition
        for edition in editions
        if edition.published_at <= known_at and (edition.valid_from is None or edition.valid_from <= at)
    ]
    if not holding:
        first = min(editions, key=_order)
        start = FROM_THE_BEGINNING if first.valid_from is None else say_moment(first.valid_from)
        published = say_moment(first.published_at)
        raise NoEditionAt(
            NO_EDITION_AT, at=say_moment(at), known_at=say_moment(known_at), first=start, published=published
        )
    return max(holding, key=_order)


def current_edition(editions: Sequence[Edition], *, clock: datetime) -> Edition | None:
    """The edition that holds now, or None while the first one has yet to begin.

    A publisher's clock may run ahead of ours: what is published is known.
    """
    now = max([clock, *(edition.published_at for edition in editions)])
    try:
        return choose_edition(editions, at=now, known_at=now)
    except NoEditionAt:
        return None


def edition_by_id(editions: Sequence[Edition], edition_id: int) -> Edition:
    """The published edition with this id, or NotFound."""
    for edition in editions:
        if edition.id == edition_id:
            return edition
    raise NotFound(NO_SUCH_EDITION, id=edition_id, known=", ".join(str(edition.id) for edition in editions) or "–")


def next_change(editions: Sequence[Edition], *, after: datetime, known_at: datetime) -> datetime | None:
    """When the next edition known at `known_at` begins to hold, or None."""
    starts = [
        edition.valid_from
        for edition in editions
        if edition.published_at <= known_at and edition.valid_from is not None and edition.valid_from > after
    ]
    return min(starts, default=None)


def _order(edition: Edition) -> tuple[datetime, int]:
    return (edition.valid_from or BEGINNING, edition.id)
