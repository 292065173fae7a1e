"""map heat: a heat map as one file."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import DatumOption, EncodingOption, LangOption, LatFieldOption, LonFieldOption, open_view
from api.cli.terminal import language, progress, say
from api.services.bulk_rows import Fields
from api.services.mapping import read_positions
from api.services.partial_file import PartialFile, refuse_same_file
from geo.wording import Phrase

app = typer.Typer(help="Maps as files. 地图文件。", no_args_is_help=True)

DRAWN = Phrase(
    zh="{target}：{rows} 条记录，其中 {unplaced} 条没有可用的位置，{size} kB；用浏览器打开，不需要联网",
    en="{target}: {rows} records, {unplaced} of them without a usable position, {size} kB; open it in any browser, "
    "no network is needed",
)
READING = Phrase(zh="正在读取", en="reading")


@app.callback()
def main() -> None:
    """Maps as files. 地图文件。"""


@app.command("heat", short_help="Draw where records gather · 画记录的热力图")
def heat(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="CSV or Parquet, also .csv.gz | 记录表")],
    target: Annotated[Path, typer.Argument(metavar="OUTPUT.html", help="one file, to open or mail | 输出网页")],
    lon_field: LonFieldOption = "lon",
    lat_field: LatFieldOption = "lat",
    datum: DatumOption = None,
    title: Annotated[str | None, typer.Option(help="of the map | 标题")] = None,
    encoding: EncodingOption = "utf-8-sig",
    lang: LangOption = None,
) -> None:
    """Draws where the records of a table gather. 画记录的热力图。"""
    from maps.heat import heat_map

    refuse_same_file(source, target)
    atlas = open_view().latest
    said = language(lang, atlas.city.language)
    with progress() as shown:
        task = shown.add_task(READING.say(said), total=None)
        lon, lat = read_positions(
            source,
            Fields(lon=lon_field, lat=lat_field),
            city=atlas.city,
            datum=datum,
            encoding=encoding,
            on_progress=lambda done, total: shown.update(task, completed=done, total=total),
        )
    page = heat_map(
        city=atlas.city,
        areas=atlas.areas,
        lon=lon,
        lat=lat,
        assets="inline",
        lang=said,
        title=title,
        schemes=atlas.city_map.schemes,
    )
    with PartialFile(target) as stream:
        stream.write(page.encode())
    size = round(len(page.encode()) / 1000)
    say(DRAWN, said, target=target, rows=len(lon), unplaced=int((lon != lon).sum()), size=size)
