"""migrate, import, publish, editions: how a city's map gets in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine, make_url

from api.cli.options import ACTOR, JsonOption, LangOption, open_database, open_drawings, spoken, write_json
from api.cli.terminal import err, follow, language, progress, say, table
from api.schemas.editions import finding_from_domain, from_domain
from api.services.draft_view import Drafts
from api.services.importing import Draft, RefusedImport, import_city
from api.services.publishing import publish, published
from api.settings import read_settings
from geo.editions import current_edition
from geo.findings import say as say_finding
from geo.model import Finding, Severity
from geo.moments import say_moment
from geo.sources.limits import Limits
from geo.wording import Lang, Phrase

MIGRATED = Phrase(zh="数据库已就绪：{url}", en="the database is ready: {url}")
DRAFTED = Phrase(
    zh="草稿 {id} 已保存：{areas} 个区域，{units} 个单位，{records} 条记录，{notices} 条提示；发布请用 publish",
    en="draft {id} saved; areas: {areas}, units: {units}, records: {records}, notices: {notices}; next: publish",
)
MORE_FINDINGS = Phrase(zh="还有 {count} 条；加 --json 看全部", en="{count} more; see all of them with --json")
PUBLISHED = Phrase(zh="版本 {id} 已发布，有效期自 {since}", en="edition {id} is published and holds from {since}")
THE_BEGINNING = Phrase(zh="最初", en="the beginning")
FINDINGS_SHOWN = 30


def migrate(lang: LangOption = None) -> None:
    """Makes or upgrades the tables. 建立或升级数据库。"""
    from api.storage.migrate import upgrade

    url = read_settings().database_url
    upgrade(url)
    say(MIGRATED, language(lang), url=make_url(url).render_as_string(hide_password=True))


def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a folder with city.toml | 城市目录")],
    strict: Annotated[bool, typer.Option("--strict", help="notices block too | 提示也算问题")] = False,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Reads a city's folder into the draft and reports what it found. 导入城市目录为草稿。"""
    draft_of(open_database(), folder, strict=strict, json=json, lang=lang)


def draft_of(engine: Engine, folder: Path, *, strict: bool, json: bool, lang: str | None) -> Draft:
    """The draft of a folder, its findings shown."""
    try:
        with progress() as shown:
            draft = import_city(
                engine,
                folder,
                strict=strict,
                actor=ACTOR,
                now=datetime.now(UTC),
                limits=Limits(),
                progress=follow(shown, language(lang)),
            )
    except RefusedImport as refusal:
        _report(refusal.findings, language(lang), json=json)
        raise
    said = language(lang, draft.city_map.city.language)
    _report(draft.findings, said, json=json, draft=draft)
    records = sum(len(records.lon) for records in draft.city_map.records)
    areas, units, notices = len(draft.city_map.areas), len(draft.city_map.units), len(draft.findings)
    say(DRAFTED, said, id=draft.id, areas=areas, units=units, records=records, notices=notices)
    return draft


def _report(findings: tuple[Finding, ...], lang: Lang, *, json: bool, draft: Draft | None = None) -> None:
    if json:
        items = [finding_from_domain(finding, lang) for finding in findings]
        write_json({"draft": draft.id if draft else None, "findings": items})
        return
    for finding in findings[:FINDINGS_SHOWN]:
        blocks = finding.severity is Severity.BLOCK
        err.print("✗" if blocks else "!", style="red" if blocks else "yellow", end=" ")
        where = ":".join(str(part) for part in (finding.source, finding.row) if part is not None)
        err.print(where, say_finding(finding, lang), markup=False)
    if len(findings) > FINDINGS_SHOWN:
        say(MORE_FINDINGS, lang, count=len(findings) - FINDINGS_SHOWN)


def publish_(
    valid_from: Annotated[
        str | None, typer.Option(metavar="DATE", help="holds from; may lie in the past | 生效日期，可以在过去")
    ] = None,
    accept: Annotated[str | None, typer.Option(metavar="REASON", help="why what blocks it is right | 确认理由")] = None,
    lang: LangOption = None,
) -> None:
    """Publishes the draft; every running service answers from it within 2 s. 发布草稿。"""
    publish_now(open_database(), valid_from=valid_from, lang=lang, accept=accept)


def publish_now(engine: Engine, *, valid_from: str | None, lang: str | None, accept: str | None = None) -> None:
    """Publishes the draft and says so."""
    with progress() as shown:
        edition = publish(
            engine,
            valid_from=valid_from,
            actor=ACTOR,
            now=datetime.now(UTC),
            accept=accept,
            drafts=Drafts(engine, open_drawings(engine)),
            progress=follow(shown, language(lang)),
        )
    start = say_moment(edition.valid_from) if edition.valid_from else THE_BEGINNING
    say(PUBLISHED, spoken(lang, engine), id=edition.id, since=start)


def editions(json: JsonOption = False, lang: LangOption = None) -> None:
    """Lists what has been published. 已发布的版本。"""
    engine = open_database()
    found = published(engine)
    current = current_edition(found, clock=datetime.now(UTC)) if found else None
    items = [from_domain(edition, current=edition == current) for edition in found]
    if json:
        write_json(items)
        return
    beginning = THE_BEGINNING.say(spoken(lang, engine))
    rows = [
        (item["id"], item["valid_from"] or beginning, item["published_at"], "*" if item["current"] else "")
        for item in items
    ]
    table(("id", "valid_from", "published_at", ""), rows)
