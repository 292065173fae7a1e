"""rulings, permits: what was decided of disputed places, and approved exceptions."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from api.cli.grounds import ground_of
from api.cli.options import ACTOR, DatumOption, JsonOption, LangOption, open_database, open_view, write_json
from api.cli.terminal import err, language, say, table
from api.schemas.precedents import proposal_features, proposal_from_domain, similar_from_domain
from api.schemas.rulings import permit_from_domain, ruling_from_domain
from api.services.arbitrating import AskedLike, notices, proposed, similar
from api.services.deciding import decide, revoke
from api.services.ruling import Asked, rule
from geo.register.roster import Roster
from geo.register.rulings import Ruling
from geo.wording import Lang, Phrase

Entry = TypeVar("Entry")
DRAFTED = Phrase(
    zh="已起草裁定 {id}：由{unit}牵头；争议单位 {between}；决定后生效",
    en="drafted the ruling {id}: {unit} is to lead; between {between}; in force once it is decided",
)
DECIDED = Phrase(
    zh="裁定 {id} 已由 {decided_by} 决定，{valid_from} 起生效",
    en="the ruling {id} is decided by {decided_by}, in force from {valid_from}",
)
REVOKED = Phrase(zh="裁定 {id} 已撤销，记录保留", en="the ruling {id} is revoked, and stays on record")
WITHDRAWN = Phrase(zh="草案 {id} 已撤回", en="the draft {id} is withdrawn")
NOTHING_LIKE_IT = Phrase(zh="没有类似的裁定", en="no ruling is like it")
NOTHING_DUE = Phrase(
    zh="没有可定的一般规则；同一对单位的同类争议裁定三次后提出",
    en="no general ruling is due; one is proposed after three disputes of two units over one major",
)
STATES = {
    "draft": Phrase(zh="草案", en="draft"),
    "decided": Phrase(zh="已决定", en="decided"),
    "revoked": Phrase(zh="已撤销", en="revoked"),
}
SIMILAR = (
    Phrase(zh="裁定", en="ruling"), Phrase(zh="状态", en="state"), Phrase(zh="牵头单位", en="unit"),
    Phrase(zh="相似度", en="score"), Phrase(zh="为什么类似", en="why"),
)  # fmt: skip
PROPOSED = (
    Phrase(zh="编号", en="id"), Phrase(zh="牵头单位", en="lead"), Phrase(zh="依据的裁定", en="rulings"),
    Phrase(zh="内容", en="text"),
)  # fmt: skip
NOBODY = Phrase(zh="（未说明）", en="(not said)")

app = typer.Typer(invoke_without_command=True)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="id of the ruling | 裁定编号")]
PostOption = Annotated[str | None, typer.Option(help="post; default the arbiter's | 裁定岗位，默认裁决人")]
FromOption = Annotated[str | None, typer.Option(help="ISO 8601; default: as decided | 生效时刻")]


@app.callback()
def rulings(context: typer.Context, json: JsonOption = False, lang: LangOption = None) -> None:
    """Lists rulings, drafts and those that have ended too. 裁定列表，含草案和已失效的。"""
    if context.invoked_subcommand is None:
        columns = ("id", "state", "unit", "categories", "ground", "decided_at", "valid_to", "source")
        _list(lambda roster: roster.rulings.values(), ruling_from_domain, columns, json=json, lang=lang)


@app.command("draft", short_help="Draft a ruling · 起草裁定")
def draft(
    id_: IdArgument,
    unit: Annotated[str, typer.Option(help="unit that is to lead | 牵头单位")],
    category: Annotated[list[str], typer.Option(help="code, or * for all; repeatable | 类别，可重复")],
    ground: Annotated[str, typer.Option(help="KIND:KEY, or a GeoJSON file; see the README | 地点")],
    reason: Annotated[str, typer.Option(help="why | 理由")],
    reason_en: Annotated[str | None, typer.Option(help="why, in English | 英文理由")] = None,
    width: Annotated[
        float | None, typer.Option(min=0.01, max=500, help="metres each side of a line, default 10 | 每侧宽度")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", help="LON,LAT, of a border's stretch | 边界起点")] = None,
    to: Annotated[str | None, typer.Option(help="LON,LAT, where it ends | 边界终点")] = None,
    issue: Annotated[str | None, typer.Option(help="id of the case | 案件编号")] = None,
    between: Annotated[list[str] | None, typer.Option(help="unit in dispute; repeatable | 争议单位，可重复")] = None,
    condition: Annotated[
        str | None, typer.Option(help="holds only where this was seen, seen:CODE … | 以现场情况为条件")
    ] = None,
    condition_text: Annotated[str | None, typer.Option(help="what is to be seen | 看到什么")] = None,
    condition_text_en: Annotated[str | None, typer.Option(help="in English | 英文")] = None,
    assists: Annotated[list[str] | None, typer.Option(help="unit that assists; repeatable | 协同单位，可重复")] = None,
    decided_by: PostOption = None,
    valid_from: FromOption = None,
    valid_to: Annotated[str | None, typer.Option(help="ISO 8601; default: for good | 截止时刻，默认长期")] = None,
    source: Annotated[str | None, typer.Option(help="document | 依据文件")] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Drafts a ruling, or replaces its draft; it is in force once decided. 起草裁定，决定后生效。"""
    view, now = open_view(), datetime.now(UTC)
    said = language(lang, view.latest.city.language)
    asked = Asked(
        id=id_,
        unit=unit,
        categories=category,
        ground=ground_of(ground, width_m=width, start=from_, end=to),
        text=reason,
        text_en=reason_en,
        issue=issue,
        between=between or (),
        assists=assists or (),
        decided_by=decided_by,
        valid_from=valid_from,
        valid_to=valid_to,
        source=source,
        condition={"fact": condition, "text": condition_text, "text_en": condition_text_en} if condition else None,
        draft=True,
    )
    roster = view.register.roster(view.register.number)
    drafted = rule(open_database(), view.latest, roster, asked, actor=ACTOR, now=now)
    if json:
        write_json(ruling_from_domain(drafted, said))
        return
    names = view.latest.units
    listed = ", ".join(drafted.between) or NOBODY.say(said)
    say(DRAFTED, said, id=id_, unit=names[drafted.unit].name, between=listed)
    _notify(drafted, said)


@app.command("decide", short_help="Decide a draft · 决定草案")
def decide_(
    id_: IdArgument,
    decided_by: PostOption = None,
    decided_at: Annotated[str | None, typer.Option(help="ISO 8601; default now | 裁定时刻")] = None,
    valid_from: FromOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Decides a drafted ruling; in force at once. 决定草案，立即生效。"""
    view, now = open_view(), datetime.now(UTC)
    said = language(lang, view.latest.city.language)
    decided = decide(
        open_database(),
        view.latest,
        id_,
        decided_by=decided_by,
        decided_at=decided_at,
        valid_from=valid_from,
        actor=ACTOR,
        now=now,
    )
    if json:
        write_json(ruling_from_domain(decided, said))
        return
    starts = decided.schedule.valid_from
    local = f"{starts.astimezone(view.latest.zone):%Y-%m-%d %H:%M}" if starts else ""
    say(DECIDED, said, id=id_, decided_by=decided.decided_by or NOBODY, valid_from=local)
    _notify(decided, said)


@app.command("revoke", short_help="Revoke, or withdraw a draft · 撤销或撤回")
def revoke_(
    id_: IdArgument,
    at: Annotated[str | None, typer.Option(help="ISO 8601; default now | 撤销时刻")] = None,
    lang: LangOption = None,
) -> None:
    """Revokes a ruling, or withdraws a draft; both stay on record. 撤销裁定或撤回草案，记录保留。"""
    atlas = open_view().latest
    ended = revoke(open_database(), atlas, Ruling, id_, at=at, actor=ACTOR, now=datetime.now(UTC))
    say(WITHDRAWN if ended.is_draft else REVOKED, language(lang, atlas.city.language), id=id_)


@app.command("similar", short_help="Rulings like a dispute · 类似裁定")
def similar_(
    ruling: Annotated[str | None, typer.Option(help="id of a ruling, such as a draft | 裁定编号")] = None,
    lon: Annotated[float | None, typer.Option(help="longitude | 经度")] = None,
    lat: Annotated[float | None, typer.Option(help="latitude | 纬度")] = None,
    datum: DatumOption = None,
    category: Annotated[str | None, typer.Option(help="code of the kind | 问题类别")] = None,
    between: Annotated[list[str] | None, typer.Option(help="unit in dispute; repeatable | 争议单位，可重复")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="how many | 条数")] = 20,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists the rulings that are like a dispute, the likest first, and why. 类似裁定及理由。"""
    view = open_view()
    said = language(lang, view.latest.city.language)
    asked = AskedLike(lon=lon, lat=lat, datum=datum, category=category, between=between or (), ruling=ruling)
    found = similar(view, view.register.roster(view.register.number), asked, now=datetime.now(UTC))[:limit]
    items = [similar_from_domain(one, said) for one in found]
    if json:
        write_json(items)
    elif items:
        rows = [
            (it["ruling"]["id"], STATES[it["ruling"]["state"]].say(said), it["ruling"]["unit"], it["score"], it["why"])
            for it in items
        ]
        table([column.say(said) for column in SIMILAR], rows)
    else:
        say(NOTHING_LIKE_IT, said)


@app.command("proposals", short_help="General rulings that are due · 可定的一般规则")
def proposals_(
    geojson: Annotated[bool, typer.Option("--geojson", help="as GeoJSON on stdout | 输出 GeoJSON")] = False,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists the general rulings that three settled disputes make due. 三次同类裁定后提议的一般规则。"""
    view = open_view()
    said = language(lang, view.latest.city.language)
    items = [proposal_from_domain(one, said) for one in proposed(view, datetime.now(UTC))]
    if json or geojson:
        write_json(proposal_features(items) if geojson else items)
    elif items:
        rows = [(it["id"], it["lead"] or NOBODY.say(said), ";".join(it["rulings"]), it["text"]) for it in items]
        table([column.say(said) for column in PROPOSED], rows)
    else:
        say(NOTHING_DUE, said)


def permits(json: JsonOption = False, lang: LangOption = None) -> None:
    """Lists permits, those that have ended too. 审批列表，含已到期的。"""
    columns = ("id", "holder", "categories", "ground", "valid_from", "valid_to", "source")
    _list(lambda roster: roster.permits.values(), permit_from_domain, columns, json=json, lang=lang)


def _notify(ruling: Ruling, said: Lang) -> None:
    for notice in notices(open_view(), ruling, datetime.now(UTC)):
        err.print(notice.say(said), markup=False, style="yellow")


def _list(
    entries: Callable[[Roster], Iterable[Entry]],
    show: Callable[[Entry, Lang], dict[str, Any]],
    columns: tuple[str, ...],
    *,
    json: bool,
    lang: str | None,
) -> None:
    view = open_view()
    said = language(lang, view.latest.city.language)
    items = [show(one, said) for one in entries(view.register.roster(view.register.number))]
    items.sort(key=lambda item: str(item["id"]))
    if json:
        write_json(items)
    else:
        table(columns, [[_cell(item[column]) for column in columns] for item in items])


def _cell(value: object) -> object:
    match value:
        case list():
            return ";".join(value)
        case {"kind": kind, "key": list(key)}:
            return " ".join([str(kind), "/".join(key)])
    return value
