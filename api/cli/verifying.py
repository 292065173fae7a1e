"""verify: officially recorded units against the map."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import (
    AtOption,
    DatumOption,
    EditionOption,
    EncodingOption,
    JsonOption,
    KnownAtOption,
    LangOption,
    LatFieldOption,
    LonFieldOption,
    open_view,
    write_json,
)
from api.cli.terminal import language, progress, say
from api.cli.verified_json import body_of
from api.cli.verified_tables import printable, show
from api.services.asking import Frame
from api.services.bulk_rows import Fields
from api.services.mapping import draw_disagreements
from api.services.partial_file import PartialFile, refuse_same_file
from api.services.verifying import ACCURACIES_M, Check, verify_file, write_disagreements
from geo.atlas import Atlas
from geo.verify.summary import Verification
from geo.wording import Lang, Phrase

VERIFYING = Phrase(zh="正在核对", en="verifying")
VERIFIED = Phrase(zh="{rows} 行，{seconds} 秒，每秒 {rate} 行", en="{rows} rows, {seconds} s, {rate} rows/s")
WRITTEN = Phrase(zh="{target}：{rows} 行不一致的记录", en="{target}: {rows} rows that disagree")
DRAWN = Phrase(
    zh="{target}：{size} kB；用浏览器打开，不需要联网",
    en="{target}: {size} kB; open it in any browser, no network is needed",
)
NAMES_FOR_CODES = Phrase(
    zh="提示：列 {field} 里像是区域名称（如“{label}”）；请用 --label-field 指定区域编码的列（该区域的编码是 {code}）",
    en="hint: the column {field} seems to hold names of areas ('{label}'); give a column of their codes with "
    "--label-field (that area's code is {code})",
)


def verify(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="CSV or Parquet, also .csv.gz | 输入表")],
    label_field: Annotated[str, typer.Option(help="column of the officially recorded unit | 登记单位列")],
    scheme: Annotated[str, typer.Option(help="scheme of the areas | 体系")],
    level: Annotated[str, typer.Option(help="level of the areas | 层级")],
    lon_field: LonFieldOption = "lon",
    lat_field: LatFieldOption = "lat",
    datum: DatumOption = None,
    at: AtOption = None,
    known_at: KnownAtOption = None,
    edition: EditionOption = None,
    encoding: EncodingOption = "utf-8-sig",
    time_field: Annotated[
        str | None, typer.Option(help="column of the moment of the record: did a border move on a day? | 登记时刻列")
    ] = None,
    accuracy: Annotated[
        list[float] | None,
        typer.Option(
            help="metres; how p does at it, besides the fitted one; repeatable, default 5, 10, 20 | 试用的精度"
        ),
    ] = None,
    target: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="the disagreeing rows with what is said of each | 不一致的行，逐条推断"
        ),
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--map", metavar="FILE.html", help="a map of the disagreements | 分歧地图")
    ] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Measures the map against officially recorded units. 用已登记的责任单位核对地图。"""
    view = open_view()
    said = language(lang, view.latest.city.language)
    check = Check(
        source=source,
        fields=Fields(lon=lon_field, lat=lat_field),
        label_field=label_field,
        scheme=scheme,
        level=level,
        datum=datum,
        at=at,
        encoding=encoding,
        time_field=time_field,
        accuracies_m=tuple(dict.fromkeys(accuracy)) if accuracy else ACCURACIES_M,
        target=target,
    )
    if page is not None:
        refuse_same_file(source, page)
    started = datetime.now(UTC)
    with progress() as shown:
        task = shown.add_task(VERIFYING.say(said), total=None)
        report = verify_file(
            view,
            check,
            Frame(now=started, known_at=known_at, edition=edition),
            on_progress=lambda done, total: shown.update(task, completed=done, total=total),
        )
    seconds = (datetime.now(UTC) - started).total_seconds()
    if json:
        write_json(body_of(check, report, said))
    else:
        show(check, report, said)
    _hint(view.atlas(report.edition), check, report.verification, said)
    if target is not None:
        say(WRITTEN, said, target=target, rows=write_disagreements(check, report, target))
    if page is not None:
        drawn = draw_disagreements(view.atlas(report.edition), report, said).encode()
        with PartialFile(page) as stream:
            stream.write(drawn)
        say(DRAWN, said, target=page, size=round(len(drawn) / 1000))
    rate = f"{report.rows / max(seconds, 1e-9):,.0f}"
    say(VERIFIED, said, rows=report.rows, seconds=f"{seconds:.2f}", rate=rate)


def _hint(atlas: Atlas, check: Check, found: Verification, lang: Lang) -> None:
    """Says that labels are compared with codes, when no label is a code and most of those shown are names of areas."""
    if not found.unknown or found.unknown_rows < found.compared:
        return
    codes = {
        name: area.code
        for area in atlas.areas
        if (area.scheme, area.level) == (check.scheme, check.level)
        for name in (area.name.zh, area.name.en)
        if name
    }
    named = [label for label, _ in found.unknown if label in codes]
    if 2 * len(named) > len(found.unknown):
        label = named[0]
        say(NAMES_FOR_CODES, lang, field=check.label_field, label=printable(label), code=codes[label])
