"""discrepancies: answers that are said to be wrong, filed and answered."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from pydantic import BaseModel, ValidationError
from rich.text import Text

from api.atlas_holder import View
from api.cli.options import (
    ACTOR,
    AtOption,
    DatumOption,
    EditionOption,
    JsonOption,
    KnownAtOption,
    LangOption,
    open_database,
    open_view,
    write_json,
)
from api.cli.terminal import language, out, table
from api.schemas.answer import from_domain as write_answer
from api.schemas.discrepancies import AnsweringIn, ReopeningIn, TakingIn, from_domain, item_from_domain
from api.services import discrepancies as service
from api.services import filing
from geo.discrepancies import Discrepancy, Kind, Resolution, Severity, State
from geo.errors import InvalidInput, SourceError
from geo.moments import parse_moment, say_local
from geo.wording import Lang, Phrase

Model = TypeVar("Model", bound=BaseModel)

UNREADABLE = Phrase(
    zh="{file} 不是一条答复：{reason}；请先存下来：python main.py lookup … --json > answer.json",
    en="{file} is no answer: {reason}; keep one first: python main.py lookup … --json > answer.json",
)
REFUSED = Phrase(zh="{messages}", en="{messages}")
COLUMNS = (
    Phrase(zh="编号", en="id"),
    Phrase(zh="状态", en="state"),
    Phrase(zh="哪里不对", en="kind"),
    Phrase(zh="应答复单位", en="must answer"),
    Phrase(zh="期限", en="by"),
)
WHEN, WHAT, WHO, WORDS = (
    Phrase(zh="时间", en="when"),
    Phrase(zh="办理", en="what"),
    Phrase(zh="谁", en="who"),
    Phrase(zh="说明", en="in words"),
)
SAID = Phrase(zh="{kind} · {severity}：{comment}", en="{kind} · {severity}: {comment}")
LATE = Phrase(zh="（已逾期）", en=" (overdue)")

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="id of the discrepancy | 编号")]
ByOption = Annotated[str | None, typer.Option(help="code of the unit or post | 办理的单位或岗位")]


@app.command("file", short_help="This answer is wrong · 这个答案不对")
def file(
    kind: Annotated[Kind, typer.Option(help="what is wrong | 哪里不对")],
    comment: Annotated[str, typer.Option(help="in words | 说明")],
    answer: Annotated[
        Path | None, typer.Option(help="the whole answer, as lookup --json gives it; - is stdin | 整条答复")
    ] = None,
    lon: Annotated[float | None, typer.Option(help="longitude | 经度")] = None,
    lat: Annotated[float | None, typer.Option(help="latitude | 纬度")] = None,
    datum: DatumOption = None,
    accuracy: Annotated[float | None, typer.Option(help="metres; 0 = surveyed | 精度（米）")] = None,
    category: Annotated[str | None, typer.Option(help="code of the kind of problem | 问题类别")] = None,
    fact: Annotated[list[str] | None, typer.Option(help="what was seen; repeatable | 现场情况，可重复")] = None,
    receiver: Annotated[str | None, typer.Option(help="unit that had the ticket already | 已接件单位")] = None,
    at: AtOption = None,
    known_at: KnownAtOption = None,
    edition: EditionOption = None,
    register: Annotated[int | None, typer.Option(help="number of the register | 台账号")] = None,
    believed: Annotated[str | None, typer.Option(help="who should lead | 认为应归谁")] = None,
    severity: Annotated[Severity, typer.Option(help="how bad it is | 严重程度")] = Severity.MODERATE,
    unit: Annotated[str | None, typer.Option(help="code of the reporter's unit | 提交单位")] = None,
    post: Annotated[str | None, typer.Option(help="code of the reporter's post | 提交岗位")] = None,
    contact: Annotated[str | None, typer.Option(help="how to reach them | 联系方式")] = None,
    id_: Annotated[str | None, typer.Option("--id", help="the caller's own id | 自编编号")] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Files an answer that is wrong; the service asks again itself and keeps its own answer. 提交信息有误。"""
    from api.schemas.filing import DiscrepancyIn  # with the web stack, which the other commands do without

    view = open_view()
    said = language(lang, view.latest.city.language)
    asked: dict[str, Any] = {
        "lon": lon,
        "lat": lat,
        "datum": datum,
        "accuracy_m": accuracy,
        "category": category,
        "receiver": receiver,
        "at": at,
    }
    asked |= {"known_at": known_at, "edition": edition, "register": register, "facts": fact or None}
    reporter = {"unit": unit, "post": post, "contact": contact}
    body: dict[str, Any] = {
        "id": id_,
        "kind": kind,
        "severity": severity,
        "comment": comment,
        "believed_unit": believed,
    }
    body |= {"reporter": reporter, "answer": _read(answer) if answer else None, **asked}
    report, now = filing.Report(**_checked(DiscrepancyIn, body, said).report()), datetime.now(UTC)
    filed = filing.file(open_database(), view, report, write=write_answer, actor=ACTOR, now=now)
    _show(filed, view, said, json=json)


@app.command("list", short_help="List them · 列表")
def list_(
    kind: Annotated[Kind | None, typer.Option(help="what is wrong | 哪里不对")] = None,
    state: Annotated[State | None, typer.Option(help="how it stands | 状态")] = None,
    unit: Annotated[str | None, typer.Option(help="code of the unit in the answer | 答复中的单位")] = None,
    steward: Annotated[str | None, typer.Option(help="code of who must answer | 应答复单位")] = None,
    since: Annotated[str | None, typer.Option(help="filed then or later, ISO 8601 | 起始时刻")] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists discrepancies in the order filed. 信息有误列表，按提交先后。"""
    view, engine, now = open_view(), open_database(), datetime.now(UTC)
    zone, said = view.latest.zone, language(lang, view.latest.city.language)
    moment = parse_moment(since, zone=zone, field="since") if since else None
    numbers = service.list_numbers(engine, kind=kind, state=state, unit=unit, steward=steward, since=moment)
    found = service.read_many(engine, numbers)
    items = [item_from_domain(one, now, zone, said) for one in found]
    if json:
        write_json(items)
        return
    rows = [
        (
            item["id"],
            item["state_name"] + (LATE.say(said) if item["overdue"] else ""),
            item["kind_name"],
            ";".join(steward["name"] for steward in item["stewards"]),
            say_local(one.due, zone),
        )
        for one, item in zip(found, items, strict=True)
    ]
    table([column.say(said) for column in COLUMNS], rows)


@app.command("show", short_help="One, with its timeline · 单条及办理过程")
def show(id_: IdArgument, json: JsonOption = False, lang: LangOption = None) -> None:
    """Shows one: what was asked, what was answered, everything done since. 问了什么、答了什么、办到哪一步。"""
    view = open_view()
    _show(service.one(open_database(), id_), view, language(lang, view.latest.city.language), json=json)


@app.command("take", short_help="Take it in hand · 接办")
def take(
    id_: IdArgument,
    by: ByOption = None,
    note: Annotated[str | None, typer.Option(help="what is to be done | 备注")] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Somebody sees to it. 有人接办。"""
    view, now = open_view(), datetime.now(UTC)
    said = language(lang, view.latest.city.language)
    move = _checked(TakingIn, {"by": by, "note": note}, said).model_dump()
    _show(service.take(open_database(), view.latest, id_, **move, actor=ACTOR, now=now), view, said, json=json)


@app.command("answer", short_help="Answer it · 答复")
def answer_(
    id_: IdArgument,
    resolution: Annotated[Resolution, typer.Argument(help="the answer | 答复结论")],
    note: Annotated[str | None, typer.Option(help="in words | 说明")] = None,
    by: ByOption = None,
    edition: Annotated[int | None, typer.Option(help="put right in this edition | 在哪一版改正")] = None,
    register: Annotated[int | None, typer.Option(help="put right by this number | 台账第几号改正")] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Answers one; DiscrepancyCorrected asks again and says who leads now. 答复；已更正的当场重问。"""
    view, now = open_view(), datetime.now(UTC)
    said = language(lang, view.latest.city.language)
    body: dict[str, Any] = {"resolution": resolution, "note": note, "by": by, "edition": edition, "register": register}
    checked = _checked(AnsweringIn, body, said)
    move = {**body, "note": checked.note}
    _show(service.answer(open_database(), view, id_, **move, actor=ACTOR, now=now), view, said, json=json)


@app.command("reopen", short_help="Reopen it · 重新提交")
def reopen(
    id_: IdArgument,
    reason: Annotated[str, typer.Argument(help="why | 理由")],
    by: ByOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """It is not settled after all, and is owed an answer anew. 没解决，重新计时答复。"""
    view, now = open_view(), datetime.now(UTC)
    said = language(lang, view.latest.city.language)
    move = _checked(ReopeningIn, {"by": by, "reason": reason}, said).model_dump()
    _show(service.reopen(open_database(), view.latest, id_, **move, actor=ACTOR, now=now), view, said, json=json)


def _checked(model: type[Model], body: dict[str, Any], lang: Lang) -> Model:
    """The body as HTTP would take it, or the same refusal."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        from api.errors import say_validation  # with the web stack

        messages = [item["message"] for item in say_validation(list(error.errors()), lang)]
        raise InvalidInput(REFUSED, messages="; ".join(messages)) from error


def _read(path: Path) -> Any:
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return orjson.loads(content)
    except (OSError, ValueError) as error:
        raise SourceError(UNREADABLE, file=path, reason=error) from error


def _show(one: Discrepancy, view: View, lang: Lang, *, json: bool) -> None:
    """The sentence, the answer that is said to be wrong, and the timeline."""
    zone = view.latest.zone
    body = from_domain(one, datetime.now(UTC), zone, lang, with_contact=True)
    if json:
        write_json(body)
        return
    out.print(Text(body["text"]))
    out.print(Text(SAID.say(lang, kind=body["kind_name"], severity=body["severity_name"], comment=body["comment"])))
    out.print(Text(body["answer"]["text"]))
    steps = zip(one.moves, body["timeline"], strict=True)
    rows = [
        (
            say_local(move.at, zone),
            step["do_name"],
            step["by"] or step["actor"],
            " ".join(filter(None, (step["resolution_name"], step["note"]))),
        )
        for move, step in steps
    ]
    table([column.say(lang) for column in (WHEN, WHAT, WHO, WORDS)], rows)
