"""The list of commands."""

import logging
import sys
from itertools import pairwise

import typer

from api.cli import (
    auditing,
    bulk,
    comparing,
    crosswalks,
    discrepancies,
    drafting,
    mapping,
    places,
    posts,
    publishing,
    reading,
    rulings,
    serving,
    sharing,
    verifying,
)
from api.cli.options import open_database, spoken
from api.cli.terminal import err, language
from api.storage.errors import StorageUnavailable
from geo.errors import GeoError
from geo.wording import Lang

app = typer.Typer(
    help="Pointward: who is responsible here? 这里归谁管？",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
# Both languages on one line of 80 columns; the whole help of a command is its docstring.
app.command("migrate", short_help="Make or upgrade the tables · 建立或升级数据库")(publishing.migrate)
app.command("import", short_help="Read a city's folder as a draft · 导入城市目录")(publishing.import_)
app.command("publish", short_help="Publish the draft · 发布草稿")(publishing.publish_)
app.add_typer(drafting.app, name="draft", short_help="The draft, and changes to it · 草稿和改动")
app.command("diff", short_help="What changes before it does · 版本与草稿对比")(comparing.diff)
app.command("editions", short_help="List what was published · 已发布的版本")(publishing.editions)
app.command("areas", short_help="List areas · 区域列表")(reading.areas)
app.command("units", short_help="List units · 责任单位列表")(reading.units)
app.command("categories", short_help="List kinds of problems · 问题类别列表")(reading.categories)
app.command("claims", short_help="List who is responsible for what · 责任归属列表")(reading.claims)
app.command("checkpoints", short_help="List sites · 点位列表")(reading.checkpoints)
app.command("segments", short_help="List road segments · 路段列表")(reading.segments)
app.command("components", short_help="List registered components · 部件列表")(reading.components)
app.command("posts", short_help="List posts and who holds them · 岗位与责任人")(posts.posts)
app.command("people", short_help="List or record people · 责任人列表与登记")(posts.people)
app.command("appoint", short_help="Appoint somebody to a post · 任命")(posts.appoint_)
app.command("hand-over", short_help="Hand a post over · 岗位交接")(posts.hand_over_)
app.command("vacancies", short_help="What is missing among posts · 空缺与到期")(posts.vacancies)
app.add_typer(rulings.app, name="rulings", short_help="Rulings: list, draft, decide … · 裁定")
app.command("permits", short_help="List permits · 审批列表")(rulings.permits)
app.add_typer(discrepancies.app, name="discrepancies", short_help="Answers that are wrong · 信息有误")
app.command("lookup", short_help="Who is responsible here? · 这里归谁管？")(reading.lookup)
app.command("places", short_help="Find a place by what a caller says · 按说法找地点")(places.places)
app.command("shares", short_help="Who leads how much of a line or ground · 线面份额")(sharing.shares)
app.command("crosswalk", short_help="Areas of two schemes over each other · 网格对照")(crosswalks.crosswalk)
app.command("assign", short_help="Add the unit to every row of a table · 给整张表认定")(bulk.assign)
app.command("verify", short_help="Measure the map against recorded units · 核对地图")(verifying.verify)
app.add_typer(auditing.app, name="audit", short_help="What is wrong with the map · 地图体检")
app.add_typer(mapping.app, name="map", short_help="Maps as files · 地图文件")
app.command("serve", short_help="Serve HTTP on 127.0.0.1 · 在本机提供服务")(serving.serve)
app.command("demo", short_help="Serve the sample city · 载入示例城市并启动")(serving.demo)


def _asked_language(arguments: list[str]) -> str | None:
    """What follows `--lang`: a refusal is said in the language that the command was asked in."""
    for option, value in pairwise([*arguments, ""]):
        if option == "--lang":
            return value
        if option.startswith("--lang="):
            return option.removeprefix("--lang=")
    return None


def _language_of(refusal: GeoError) -> Lang:
    """What the command was asked in, else the terminal's language, else that of the city where its database can say."""
    asked = _asked_language(sys.argv)
    if isinstance(refusal, StorageUnavailable):  # it would be waited for once more
        return language(asked)
    try:
        return spoken(asked, open_database())
    except GeoError:  # no database yet
        return language(asked)


def run() -> None:
    """Runs the command line and ends the process with its exit status."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except GeoError as refusal:
        err.print(refusal.say(_language_of(refusal)), markup=False, style="red")
        raise SystemExit(1) from None
