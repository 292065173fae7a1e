"""A city's folder becomes a draft, a draft becomes an edition: one transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from api.services.drafting import check_tag
from api.storage.edition_store import draft_id, list_editions, publish_draft, queue_to_write
from api.storage.engine import reading, writing
from api.storage.map_store import load_city, save_draft
from geo.city_folder import Progress, read_city
from geo.errors import ImportRefused
from geo.model import CityMap, Edition, Finding, Severity
from geo.moments import parse_moment
from geo.sources.limits import Limits
from geo.wording import Phrase

REFUSED = Phrase(
    zh="导入被拒绝：{count} 处问题必须先改正（见上）；数据库没有任何改动",
    en="import refused: {count} findings must be mended first (see above); nothing was changed",
)
REFUSED_STRICT = Phrase(
    zh="导入被拒绝（--strict）：{count} 处提示也算问题；数据库没有任何改动",
    en="import refused (--strict): {count} notices count as well; nothing was changed",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an import made: the edition's id to be, its map and everything found on the way."""

    id: int
    city_map: CityMap
    findings: tuple[Finding, ...]


class RefusedImport(ImportRefused):
    """An import that findings block; they come with it."""

    def __init__(self, phrase: Phrase, findings: Sequence[Finding]) -> None:
        super().__init__(phrase, count=len(findings))
        self.findings = tuple(findings)


def import_city(
    engine: Engine,
    folder: Path,
    *,
    strict: bool,
    actor: str,
    now: datetime,
    limits: Limits,
    progress: Progress | None = None,
) -> Draft:
    """The draft made from a city's folder; it replaces an unpublished one. All or nothing.

    Raises
    ------
    SourceError, RefusedImport
        The folder cannot be read, or its findings block; nothing was changed.
    """
    intake = read_city(folder, limits=limits, progress=progress)
    blocks = [finding for finding in intake.findings if finding.severity is Severity.BLOCK]
    if blocks or intake.city_map is None:
        raise RefusedImport(REFUSED, blocks)
    if strict and intake.findings:
        raise RefusedImport(REFUSED_STRICT, intake.findings)
    with writing(engine) as session:
        edition_id = save_draft(session, intake.city_map, intake.findings, actor=actor, now=now)
    return Draft(edition_id, intake.city_map, intake.findings)


def publish(
    engine: Engine,
    *,
    valid_from: str | None,
    actor: str,
    now: datetime,
    expected: str | None = None,
    field: str = "--valid-from",
) -> Edition:
    """The draft as an edition, in force from `valid_from` (a date is 00:00 in the draft's city).

    Without one, the first edition holds from the beginning and a later one from now. `expected` is the ETag that the
    draft must have; `field` is what the caller calls `valid_from`.

    Raises
    ------
    NotAllowed
        There is no draft.
    InvalidInput
        `valid_from` is no date or date-time.
    DraftMoved
        It has another ETag.
    """
    with writing(engine) as session:
        queue_to_write(session)
        if expected is not None:
            check_tag(session, expected)
        draft = draft_id(session)
        since = None
        if valid_from is not None and draft is not None:
            since = parse_moment(valid_from, zone=ZoneInfo(load_city(session, draft).timezone), field=field)
        return publish_draft(session, valid_from=since, now=now, actor=actor)


def published(engine: Engine) -> tuple[Edition, ...]:
    """Every published edition, by id."""
    with reading(engine) as session:
        return list_editions(session)
