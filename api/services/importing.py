"""A city's folder becomes the draft, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from api.storage.edition_store import queue_to_write
from api.storage.engine import writing
from api.storage.map_store import save_draft
from api.storage.register_store import commit, load_register
from geo.city_folder import Progress, read_city
from geo.errors import ImportRefused
from geo.model import CityMap, Finding, Severity
from geo.register.enlisting import enlist
from geo.sources.limits import Limits
from geo.wording import Phrase

REFUSED = Phrase(
    zh="导入被拒绝：{count} 处问题必须先改正（见上）；数据库没有任何改动",
    en="import refused: {count} findings must be mended first (see above); nothing was changed",
)
REFUSED_STRICT = Phrase(
    zh="导入被拒绝（--strict）：{count} 处提示也算问题；数据库没有任何改动",
    en="import refused (--strict): notices count as well ({count}); nothing was changed",
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

    The folder's people and holdings that the register never had are recorded there, and hold at once.

    Raises
    ------
    SourceError, RefusedImport
        The folder cannot be read, or its findings block; nothing was changed.
    """
    intake = read_city(folder, limits=limits, progress=progress)
    blocks = [finding for finding in intake.findings if finding.severity is Severity.BLOCK]
    if blocks or intake.city_map is None:
        raise RefusedImport(REFUSED, blocks)
    with writing(engine) as session:
        queue_to_write(session)
        changes, kept = enlist(load_register(session), intake.staff)
        findings = (*intake.findings, *kept)
        if strict and findings:
            raise RefusedImport(REFUSED_STRICT, findings)
        edition_id = save_draft(session, intake.city_map, findings, actor=actor, now=now)
        if changes:
            commit(session, changes, actor=actor, now=now)
    return Draft(edition_id, intake.city_map, findings)
