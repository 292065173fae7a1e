"""draft: what stands in the draft, and changes to it one by one."""

from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer

from api.cli.options import ACTOR, JsonOption, LangOption, open_database, spoken, write_json
from api.cli.terminal import err, say, table
from api.schemas.draft import NAMES, state_from_domain
from api.services.drafting import RefusedChange, change_draft, discard_draft, read_draft
from geo.changes.change import Change
from geo.errors import InvalidInput
from geo.findings import say as say_finding
from geo.wording import Phrase

NO_DRAFT = Phrase(zh="没有草稿；第一次写入或导入时建立", en="there is no draft; a first write or an import makes one")
DRAFT = Phrase(
    zh="草稿 {id}：之后改动 {changes} 处，提示 {notices} 条",
    en="draft {id}; changes since: {changes}, notices: {notices}",
)
DONE = Phrase(zh="草稿 {id} 已改：{address}", en="draft {id} is changed: {address}")
GONE = Phrase(zh="草稿 {id} 已丢弃", en="draft {id} is thrown away")
NOT_AN_OBJECT = Phrase(zh="--json 不是 JSON 对象；请用 {{ }}", en="--json is not a JSON object; use {{ }}")
CHANGES_SHOWN = 10

app = typer.Typer(invoke_without_command=True)

CollectionArgument = Annotated[str, typer.Argument(metavar="COLLECTION", help=f"{NAMES} | 类别")]
CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="an area's: scheme/level/code | 编码")]


@app.callback()
def draft(context: typer.Context, json: JsonOption = False, lang: LangOption = None) -> None:
    """Shows the draft: what is in it and what was changed since. 草稿的内容和改动。"""
    if context.invoked_subcommand is not None:
        return
    engine = open_database()
    state, said = read_draft(engine), spoken(lang, engine)
    body = state_from_domain(state, said)
    if json:
        write_json(body)
    elif state is None:
        say(NO_DRAFT, said)
    else:
        table(("collection", "count"), list(body["counts"].items()))
        shown = body["changes"][-CHANGES_SHOWN:]
        if shown:
            table(("at", "actor", "action", "address"), [list(change.values()) for change in shown])
        say(DRAFT, said, id=state.id, changes=body["changes_total"], notices=len(body["findings"]))


@app.command("put", short_help="Put or replace one thing · 写入一条")
def put(
    collection: CollectionArgument,
    code: CodeArgument,
    json: Annotated[str, typer.Option("--json", help="its keys and values | 内容")],
    lang: LangOption = None,
) -> None:
    """Puts one thing into the draft, or replaces it; checked like an import. 写入一条，与导入同样检查。"""
    try:
        body = orjson.loads(json)
    except ValueError as error:
        raise InvalidInput(NOT_AN_OBJECT) from error
    if not isinstance(body, dict):
        raise InvalidInput(NOT_AN_OBJECT)
    _change(collection, code, body, lang)


@app.command("delete", short_help="Delete one thing · 删除一条")
def delete(collection: CollectionArgument, code: CodeArgument, lang: LangOption = None) -> None:
    """Deletes one thing from the draft; refused while something names it. 删除一条；仍被引用时拒绝。"""
    _change(collection, code, None, lang)


@app.command("discard", short_help="Throw the draft away · 丢弃草稿")
def discard(lang: LangOption = None) -> None:
    """Throws the draft away; what was published stays. 丢弃草稿，已发布的版本不变。"""
    engine = open_database()
    said = spoken(lang, engine)
    gone = discard_draft(engine, expected=None, actor=ACTOR, now=datetime.now(UTC))
    say(GONE, said, id=gone)


def _change(collection: str, code: str, body: dict[str, Any] | None, lang: str | None) -> None:
    engine = open_database()
    change, said = Change(collection, code, body), spoken(lang, engine)
    try:
        written = change_draft(engine, [change], expected=None, actor=ACTOR, now=datetime.now(UTC))
    except RefusedChange as refusal:
        for finding in refusal.findings[1:]:  # the refusal itself says the first
            err.print("✗", say_finding(finding, said), markup=False, style="red")
        raise
    for finding in written.findings:
        err.print("!", say_finding(finding, said), markup=False, style="yellow")
    say(DONE, said, id=written.draft, address=change.address)
