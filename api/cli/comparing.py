"""diff: what changes from one state of the map to another."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from api.cli.options import AtOption, JsonOption, LangOption, open_view, write_json
from api.cli.terminal import err, language, out, progress, say, table
from api.schemas.diff import features, from_domain
from api.services.comparing import difference
from api.services.draft_view import Drafts
from api.services.partial_file import PartialFile
from geo.answer_text import RUNG_NAMES, VERDICTS
from geo.moments import say_local
from geo.shares import Verdict
from geo.wording import Lang, Phrase

StateArgument = Annotated[str | None, typer.Argument(help="number of an edition, or draft | 版本号或 draft")]
COMPARING = Phrase(zh="正在对比", en="comparing")
HEADING = Phrase(zh="{before} → {after}，按 {at}", en="{before} → {after}, at {at}")
EDITION, DRAFT = Phrase(zh="版本 {id}", en="edition {id}"), Phrase(zh="草稿", en="the draft")
SAME = Phrase(zh="没有任何不同", en="nothing differs")
NOBODY, WITHOUT = Phrase(zh="无人", en="nobody"), Phrase(zh="不分类别", en="no kind")
KINDS = Phrase(zh="{first} 等 {count} 类", en="{first} … ({count} kinds)")
FROM, TO, OF_KIND = Phrase(zh="原牵头", en="led"), Phrase(zh="现牵头", en="leads"), Phrase(zh="类别", en="kinds")
GAP, FIELDS = Phrase(zh="新空白（类别）", en="new gap (kind)"), Phrase(zh="字段", en="fields")
COUNTED = (
    Phrase(zh="内容", en="what"), Phrase(zh="新增", en="added"), Phrase(zh="删除", en="removed"),
    Phrase(zh="改动", en="changed"),
)  # fmt: skip
THING, GOLDEN = Phrase(zh="条目", en="thing"), Phrase(zh="校核点", en="golden place")
WAS, IS, SAYS = Phrase(zh="原答案", en="was"), Phrase(zh="新答案", en="is"), Phrase(zh="已写明", en="explained")
BLOCKED = Phrase(
    zh="台账中这些条目的地点或岗位已不存在，发布会被拒绝：{entries}",
    en="the places or posts of these entries of the register are gone, so publishing is refused: {entries}",
)
UNEXPLAINED = Phrase(
    zh="{count} 个校核点的答案与所写不符，发布会被拒绝",
    en="golden places answered otherwise than they say: {count}; publishing is refused",
)
SAVED = Phrase(zh="已写入 {target}", en="{target} is written")
MORE = Phrase(zh="还有 {count} 行；加 --json 看全部", en="{count} more rows; see all of them with --json")
ROWS_SHOWN = 40
COLLECTION_NAMES = {
    "units": Phrase(zh="责任单位", en="units"),
    "areas": Phrase(zh="区域", en="areas"),
    "categories": Phrase(zh="问题类别", en="categories"),
    "claims": Phrase(zh="责任归属", en="claims"),
    "checkpoints": Phrase(zh="点位", en="checkpoints"),
    "segments": Phrase(zh="路段", en="segments"),
    "addresses": Phrase(zh="地址", en="addresses"),
    "posts": Phrase(zh="岗位", en="posts"),
    "components": Phrase(zh="部件", en="components"),
    "golden": Phrase(zh="校核点", en="golden"),
}
WHAT_SIGN = {"added": "+", "removed": "−", "changed": "~"}


def diff(
    first: StateArgument = None,
    second: StateArgument = None,
    at: AtOption = None,
    geojson: Annotated[Path | None, typer.Option("--geojson", help="write the ground there | 易主地块写入文件")] = None,
    map_: Annotated[Path | None, typer.Option("--map", help="write a map there, HTML | 地图写入网页文件")] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """What changes from one edition to another, or to the draft. 版本与草稿对比；默认最新版本对草稿。"""
    from maps.diff_map import diff_map

    view = open_view()
    said = language(lang, view.latest.city.language)
    with progress() as shown:
        shown.add_task(COMPARING.say(said), total=None)
        drafts = Drafts(view.holder.engine, view.holder.drawings)
        found = difference(view, drafts, first=first, second=second, at=at, now=datetime.now(UTC))
        body = from_domain(found, said)
    if geojson is not None:
        _save(geojson, orjson.dumps(features(found, said)), said)
    if map_ is not None:
        _save(map_, diff_map(found, assets="inline", lang=said).encode(), said)
    if json:
        write_json(body)
    else:
        _show(body, say_local(found.at, view.latest.zone), said)


def _save(target: Path, content: bytes, lang: Lang) -> None:
    with PartialFile(target) as stream:
        stream.write(content)
    say(SAVED, lang, target=target)


def _show(body: dict[str, Any], at: str, lang: Lang) -> None:
    names = {key: DRAFT if body[key]["draft"] else EDITION.name(id=body[key]["id"]) for key in ("from", "to")}
    out.print(HEADING.say(lang, before=names["from"], after=names["to"], at=at), markup=False, style="bold")
    rows = [
        (f"{row['area_m2']:,.1f}", _units(row["from"], lang), _units(row["to"], lang), _kinds(row["categories"], lang))
        for row in body["ground"]
    ]
    _table(("m²", FROM.say(lang), TO.say(lang), OF_KIND.say(lang)), rows, lang)
    _table(
        (GAP.say(lang), "m²"), [(_kind(gap["category"], lang), f"{gap['area_m2']:,.1f}") for gap in body["gaps"]], lang
    )
    counts = [
        (_collection(row["of"], lang), *(row[what] for what in ("added", "removed", "changed")))
        for row in body["counts"]
    ]
    _table([word.say(lang) for word in COUNTED], counts, lang)
    things = [
        (WHAT_SIGN[one["what"]], f"{one['collection']}/{one['code']}", "; ".join(_field(it) for it in one["fields"]))
        for one in body["things"]
    ]
    settings = [("~", one["field"], _field(one)) for one in body["settings"]]
    _table(("", THING.say(lang), FIELDS.say(lang)), [*settings, *things], lang)
    golden = [
        (
            one["code"],
            _answer(one["from"], lang),
            _answer(one["to"], lang),
            "✓" if one["holds"] or one["dropped"] else "✗",
        )
        for one in body["golden"]
    ]
    _table([word.say(lang) for word in (GOLDEN, WAS, IS, SAYS)], golden, lang)
    if not (rows or things or settings or golden or body["blocked"]):
        out.print(SAME.say(lang), markup=False)
    if body["blocked"]:
        err.print(BLOCKED.say(lang, entries=", ".join(body["blocked"])), markup=False, style="red")
    unexplained = sum(not (one["holds"] or one["dropped"]) for one in body["golden"])
    if unexplained:
        err.print(UNEXPLAINED.say(lang, count=unexplained), markup=False, style="red")


def _table(columns: Any, rows: list[Any], lang: Lang) -> None:
    if not rows:
        return
    out.print()
    table(columns, rows[:ROWS_SHOWN])
    if len(rows) > ROWS_SHOWN:
        say(MORE, lang, count=len(rows) - ROWS_SHOWN)


def _collection(of: str, lang: Lang) -> str:
    """What a row of the counts is about; areas with their scheme and level."""
    collection, *more = of.split("/")
    return "/".join([COLLECTION_NAMES[collection].say(lang), *more])


def _units(units: list[dict[str, str]], lang: Lang) -> str:
    return " / ".join(f"{unit['name']} ({unit['code']})" for unit in units) or NOBODY.say(lang)


def _kinds(categories: list[str | None], lang: Lang) -> str:
    names = [_kind(code, lang) for code in categories]
    if len(names) <= 3:
        return ", ".join(names)
    return KINDS.say(lang, first=", ".join(names[:2]), count=len(names))


def _kind(code: str | None, lang: Lang) -> str:
    return WITHOUT.say(lang) if code is None else code


def _field(field: dict[str, Any]) -> str:
    if field["moved_m"] is not None:
        return f"{field['field']} {field['moved_m']} m"
    if field["moved_m2"] is not None:
        return f"{field['field']} {field['moved_m2']:,.1f} m²"
    if isinstance(field["from"], (dict, list)) or isinstance(field["to"], (dict, list)):
        return str(field["field"])
    return f"{field['field']} {_value(field['from'])} → {_value(field['to'])}"


def _value(value: object) -> str:
    return "–" if value is None else str(value)[:40]


def _answer(answered: dict[str, str | None], lang: Lang) -> str:
    verdict, rung = answered["verdict"], answered["rung"]
    if verdict is None or rung is None:
        return answered["problem"] or "–"
    return f"{VERDICTS[Verdict(verdict)].say(lang)} {answered['unit'] or '–'} {RUNG_NAMES[rung].say(lang)}"
