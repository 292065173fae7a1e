"""Options that several commands share, and what they open."""

from typing import Annotated, Any

import orjson
import typer
from sqlalchemy import Engine

from api.atlas_holder import AtlasHolder, View
from api.cli.terminal import out
from api.settings import Settings
from api.storage.engine import open_engine

LangOption = Annotated[str | None, typer.Option("--lang", help="zh | en; default: the terminal's, else the city's")]
AtOption = Annotated[str | None, typer.Option(help="moment, ISO 8601 in the city's zone; default now | 时刻")]
KnownAtOption = Annotated[str | None, typer.Option(help="as it was known then | 按当时所知")]
EditionOption = Annotated[int | None, typer.Option(help="force this edition | 指定版本")]
DatumOption = Annotated[
    str | None, typer.Option(help="wgs84, gcj02, bd09, cgcs2000, EPSG:n; default: the city's | 坐标系")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else | 只输出 JSON")]
LonFieldOption = Annotated[str, typer.Option("--lon-field", help="column of the longitude | 经度列")]
LatFieldOption = Annotated[str, typer.Option("--lat-field", help="column of the latitude | 纬度列")]
EncodingOption = Annotated[str, typer.Option(help="of a CSV file, e.g. gb18030 | CSV 编码")]
ACTOR = "cli"


def open_database() -> Engine:
    """The engine of POINTWARD_DATABASE_URL."""
    return open_engine(Settings().database_url)


def open_view() -> View:
    """What is published there now, or NothingPublished."""
    holder = AtlasHolder(open_database(), poll_seconds=60, atlases_kept=Settings().atlases_kept)
    holder.refresh()
    return holder.view()


def write_json(body: Any) -> None:
    """The body on stdout, as JSON and nothing else."""
    out.file.write(orjson.dumps(body, option=orjson.OPT_INDENT_2).decode() + "\n")
