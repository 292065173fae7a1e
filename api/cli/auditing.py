"""audit: what is wrong with the map, and what becomes of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from api.cli.options import (
    ACTOR,
    EditionOption,
    JsonOption,
    LangOption,
    open_database,
    open_drawings,
    spoken,
    write_json,
)
from api.cli.terminal import follow, out, progress, say, table
from api.schemas.audit import as_geojson, audit_from_domain, detail_from_domain, finding_from_domain
from api.services.auditing import (
    ListedState,
    last_audit,
    listed,
    resolve,
    run_audit,
    take,
    todo_with_history,
)
from geo.answer_text import VERDICTS
from geo.audit.todo import Resolution, State, Todo
from geo.errors import InvalidInput
from geo.shares import Verdict
from geo.wording import Lang, Phrase

AUDITED = Phrase(
    zh="体检 {id}：第 {edition} 版，问题 {count} 个；新增 {found}，再现 {returned}，消失 {gone}",
    en="audit {id} of edition {edition}: {count} troubles; new: {found}, back again: {returned}, gone: {gone}",
)
LOOKED_BACK = Phrase(
    zh="体检 {id}：第 {edition} 版，问题 {count} 个；版本已旧或已有更晚的体检，只作回顾，不改动待办",
    en="audit {id} of edition {edition}: {count} troubles; it looks back, at an older edition or after a later audit, "
    "and the list stays",
)
SAMPLED = Phrase(
    zh="抽样 {positions} 个位置，全部类别合计：",
    en="sample of {positions} positions, all categories together:",
)
NOT_WRITTEN = Phrase(
    zh="无法写入 {path}：{reason}；请换一个位置", en="{path} cannot be written: {reason}; name another place"
)
ONE = Phrase(zh="{id}（{state}，{due} 前）\n  {text}", en="{id} ({state}, by {due})\n  {text}")
SETTLED = Phrase(zh="{id}：{state}", en="{id} is {state}")
STATE_WORDS = {
    State.OPEN: Phrase(zh="待办", en="open"),
    State.IN_HAND: Phrase(zh="办理中", en="in hand"),
    State.RESOLVED: Phrase(zh="已处理", en="settled"),
    State.CLOSED: Phrase(zh="已消失", en="gone"),
}
COUNTED = (Phrase(zh="种类", en="kind"), Phrase(zh="数量", en="count"))
ACCURACY = Phrase(zh="精度", en="accuracy")
METRES = Phrase(zh="米", en="m")
ACCURACIES = {
    "surveyed": Phrase(zh="已测量", en="surveyed"),
    "map_click": Phrase(zh="地图点选", en="map_click"),
    "address": Phrase(zh="门牌地址", en="address"),
    "unknown": Phrase(zh="未说明", en="unknown"),
}
ROWS_SHOWN = 30
MORE = Phrase(zh="还有 {count} 个；加 --json 看全部", en="{count} more; see all of them with --json")

app = typer.Typer(invoke_without_command=True)

GeojsonOption = Annotated[Path | None, typer.Option("--geojson", help="write the ground there | 图形写入文件")]
NoteOption = Annotated[str | None, typer.Option(help="what was done or why | 说明")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="id of the finding | 问题编号")]


@app.callback()
def audit(
    context: typer.Context,
    draft: Annotated[bool, typer.Option("--draft", help="the draft | 体检草稿")] = False,
    edition: EditionOption = None,
    positions: Annotated[int | None, typer.Option(min=0, max=100_000, help="sample size; 0: none | 抽样位置数")] = None,
    geojson: GeojsonOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Audits the map and keeps what it finds as a to-do list. 地图体检，结果记入待办。"""
    if context.invoked_subcommand is not None:
        return
    engine = open_database()
    said = spoken(lang, engine)
    with progress() as shown:
        record = run_audit(
            engine,
            edition=edition,
            draft=draft,
            positions=positions,
            actor=ACTOR,
            now=datetime.now(UTC),
            progress=follow(shown, said),
            drawings=open_drawings(engine),
        )
    if geojson is not None:
        _write_geojson(geojson, listed(engine), said)
    if json:
        write_json(audit_from_domain(record))
        return
    table([word.say(said) for word in COUNTED], sorted(record.counts.items()))
    _show_doubts(record, said)
    words = {"id": record.id, "edition": record.edition, "count": sum(record.counts.values())}
    if record.moved is None:
        say(LOOKED_BACK, said, **words)
    else:
        say(AUDITED, said, **words, **record.moved)


@app.command("findings", short_help="List what is to be mended · 待办清单")
def findings(
    kind: Annotated[str | None, typer.Option(help="gap, overlap, equal-rank … | 种类")] = None,
    state: Annotated[ListedState, typer.Option(help="to_do: open or in hand | 状态")] = ListedState.TO_DO,
    scheme: Annotated[str | None, typer.Option(help="scheme | 体系")] = None,
    level: Annotated[str | None, typer.Option(help="level | 层级")] = None,
    unit: Annotated[str | None, typer.Option(help="unit that can mend it | 可改正的单位")] = None,
    category: Annotated[str | None, typer.Option(help="of this or of every category | 问题类别")] = None,
    geojson: GeojsonOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists what audits found, the gravest first. 体检问题清单，重的在前。"""
    engine = open_database()
    said = spoken(lang, engine)
    found = listed(engine, state=state.value, kind=kind, scheme=scheme, level=level, unit=unit, category=category)
    if geojson is not None:
        _write_geojson(geojson, found, said)
    if json:
        write_json([finding_from_domain(todo, said) for todo in found])
        return
    for todo in found[:ROWS_SHOWN]:
        trouble, due = todo.trouble, todo.due_at.date().isoformat()
        # Not a table: an id that is cut cannot be typed.
        words = ONE.say(said, id=trouble.id, state=STATE_WORDS[todo.state], due=due, text=trouble.say(said))
        out.print(words, markup=False, style="red" if trouble.severity == "error" else None)
    if len(found) > ROWS_SHOWN:
        say(MORE, said, count=len(found) - ROWS_SHOWN)


@app.command("take", short_help="Take a finding in hand · 领办")
def take_(id_: IdArgument, note: NoteOption = None, json: JsonOption = False, lang: LangOption = None) -> None:
    """Says that somebody is at it. 领办一个问题。"""
    engine = open_database()
    take(engine, id_, note=note, actor=ACTOR, now=datetime.now(UTC))
    _show_one(engine, id_, json=json, lang=lang)


@app.command("resolve", short_help="Settle a finding · 处理")
def resolve_(
    id_: IdArgument,
    code: Annotated[Resolution, typer.Option(help="how it was settled | 处理结论")],
    note: NoteOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Says how it was settled; what was to be corrected opens again when an audit finds it. 处理一个问题。"""
    engine = open_database()
    resolve(engine, id_, code, note=note, actor=ACTOR, now=datetime.now(UTC))
    _show_one(engine, id_, json=json, lang=lang)


@app.command("last", short_help="The last audit · 最近一次体检")
def last(lang: LangOption = None) -> None:
    """Shows the last audit as JSON, with the doubt by category and accuracy. 最近一次体检的全部统计。"""
    record = last_audit(open_database())
    write_json({"audit": None if record is None else audit_from_domain(record)})


def _show_one(engine: Any, id_: str, *, json: bool, lang: str | None) -> None:
    said = spoken(lang, engine)
    todo, history = todo_with_history(engine, id_)
    if json:
        write_json(detail_from_domain(todo, history, said))
    else:
        say(SETTLED, said, id=id_, state=STATE_WORDS[todo.state])


def _show_doubts(record: Any, lang: Lang) -> None:
    """The verdicts of all categories together, by accuracy; each category counts as often as it is asked alike."""
    if not record.doubts:
        return
    verdicts: dict[tuple[float, str], dict[str, int]] = {}
    for doubt in record.doubts:
        counted = verdicts.setdefault((doubt.accuracy_m, doubt.accuracy), dict.fromkeys(doubt.verdicts, 0))
        for verdict, count in doubt.verdicts.items():
            counted[verdict] += count * max(1, len(doubt.categories))
    say(SAMPLED, lang, positions=record.sampled)
    names = list(next(iter(verdicts.values())))
    rows = [
        (
            ACCURACIES[accuracy].say(lang),
            accuracy_m,
            *(f"{100 * counted[name] / max(1, sum(counted.values())):.1f}%" for name in names),
        )
        for (accuracy_m, accuracy), counted in sorted(verdicts.items())
    ]
    heads = [word.say(lang) for word in (ACCURACY, METRES, *(VERDICTS[Verdict(name)] for name in names))]
    table(heads, rows)


def _write_geojson(path: Path, todos: Sequence[Todo], lang: Lang) -> None:
    try:
        path.write_bytes(orjson.dumps(as_geojson(todos, lang)))
    except OSError as error:
        raise InvalidInput(NOT_WRITTEN, path=path, reason=error.strerror or error) from error
