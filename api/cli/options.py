"""Options that several commands share, and what they open."""

from enum import StrEnum
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy import Engine

from api.atlas_holder import AtlasHolder, View
from api.cli.terminal import language, out
from api.services.draft_view import Drafts
from api.services.drawings import Drawings
from api.services.publishing import language_of_city
from api.settings import read_settings
from api.storage.engine import open_engine
from geo.wording import Lang


class Spoken(StrEnum):
    """What --lang takes."""

    ZH = "zh"
    EN = "en"


LangOption = Annotated[
    Spoken | None, typer.Option("--lang", help="default: the terminal's, else the city's | 语言，默认随终端，再随城市")
]
AtOption = Annotated[str | None, typer.Option(help="moment, ISO 8601 in the city's zone; default now | 时刻")]
KnownAtOption = Annotated[str | None, typer.Option(help="as it was known then | 按当时所知")]
EditionOption = Annotated[int | None, typer.Option(help="force this edition | 指定版本")]
DatumOption = Annotated[
    str | None, typer.Option(help="wgs84, gcj02, bd09, cgcs2000, EPSG:n; default: the city's | 坐标系")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else | 只输出 JSON")]
LonFieldOption = Annotated[str, typer.Option("--lon-field", help="column of the longitude | 经度列")]
LatFieldOption = Annotated[str, typer.Option("--lat-field", help="column of the latitude | 纬度列")]
EncodingOption = Annotated[str, typer.Option(help="of the CSV, e.g. gb18030 | CSV 编码")]
ACTOR = "cli"


def open_database() -> Engine:
    """The engine of POINTWARD_DATABASE_URL."""
    return open_engine(read_settings().database_url)


def spoken(lang: str | None, engine: Engine) -> Lang:
    """What a command speaks that reads a database: `language`, with the city that is there."""
    return language(lang, language_of_city(engine))


def open_view() -> View:
    """What is published there now, or NothingPublished."""
    engine = open_database()
    drawings = open_drawings(engine)
    holder = AtlasHolder(engine, poll_seconds=60, atlases_kept=read_settings().atlases_kept, drawings=drawings)
    holder.refresh()
    return holder.view()


def open_drawings(engine: Engine) -> Drawings:
    """Who draws for atlases of that database, and keeps it in POINTWARD_CACHE, where every service looks too."""
    return Drawings(engine, read_settings().cache_folder())


def open_drafts() -> Drafts:
    """The draft that is there now."""
    engine = open_database()
    return Drafts(engine, open_drawings(engine))


def write_json(body: Any) -> None:
    """The body on stdout, as JSON and nothing else."""
    out.file.write(orjson.dumps(body, option=orjson.OPT_INDENT_2).decode() + "\n")
