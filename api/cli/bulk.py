"""assign: a table with the answer beside every row."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import TextColumn

from api.cli.options import (
    AtOption,
    DatumOption,
    EditionOption,
    EncodingOption,
    KnownAtOption,
    LangOption,
    LatFieldOption,
    LonFieldOption,
    open_view,
)
from api.cli.terminal import language, progress, say
from api.services.asking import Frame
from api.services.assigning import Job, assign_file
from api.services.bulk_rows import Fields
from geo.position import check_accuracy
from geo.wording import Phrase

ASSIGNED = Phrase(
    zh="{target}：{rows} 行，其中 {refused} 行不可用（见 pw_error），{seconds} 秒，每秒 {rate} 行",
    en="{target}: {rows} rows, {refused} of them unusable (see pw_error), {seconds} s, {rate} rows/s",
)
ASSIGNING = Phrase(zh="正在认定", en="assigning")
DECIDES_NOTHING = Phrase(
    zh="{option} {value} 与 --areas-only 不能同用：只看落在哪个区域时，精度和类别都不起作用；请去掉一个",
    en="{option} {value} and --areas-only exclude each other: which area holds a point depends on neither; drop one",
)
ROWS_A_SECOND = Phrase(zh="每秒 {rate} 行", en="{rate} rows/s")
TWO_ACCURACIES = Phrase(
    zh="--accuracy {metres} 与 --accuracy-field {field} 只能给一个",
    en="--accuracy {metres} and --accuracy-field {field}: give one of them",
)


def assign(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="CSV or Parquet, also .csv.gz | 输入表")],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="OUTPUT",
            help="same format and encoding, UTF-8 with a byte order mark only if INPUT has one; written whole or not "
            "at all | 输出表，格式和编码同输入，输入有 BOM 才带 BOM；要么完整写出，要么不写",
        ),
    ],
    lon_field: LonFieldOption = "lon",
    lat_field: LatFieldOption = "lat",
    datum: DatumOption = None,
    accuracy: Annotated[float | None, typer.Option(help="metres for every row | 精度（米）")] = None,
    accuracy_field: Annotated[str | None, typer.Option(help="column of the accuracy in metres | 精度列")] = None,
    category_field: Annotated[str | None, typer.Option(help="column of the category | 类别列")] = None,
    at_field: Annotated[str | None, typer.Option(help="column of the moment | 时刻列")] = None,
    areas_only: Annotated[
        bool,
        typer.Option(
            help="only the areas that hold each position, without who leads and without doubt "
            "| 只写每个点落在哪些区域，不认定责任，不算精度"
        ),
    ] = False,
    at: AtOption = None,
    known_at: KnownAtOption = None,
    edition: EditionOption = None,
    encoding: EncodingOption = "utf-8-sig",
    lang: LangOption = None,
) -> None:
    """Adds the responsible unit to every row of a table. 给整张表逐行认定责任单位。"""
    if accuracy is not None and accuracy_field is not None:
        raise typer.BadParameter(TWO_ACCURACIES.say(language(lang), metres=accuracy, field=accuracy_field))
    idle = {"--accuracy": accuracy, "--accuracy-field": accuracy_field, "--category-field": category_field}
    for option, given in idle.items():
        if areas_only and given is not None:
            raise typer.BadParameter(DECIDES_NOTHING.say(language(lang), option=option, value=given))
    if accuracy is not None:
        check_accuracy(accuracy)
    view = open_view()
    said = language(lang, view.latest.city.language)
    fields = Fields(lon=lon_field, lat=lat_field, accuracy=accuracy_field, category=category_field, at=at_field)
    job = Job(
        source=source,
        target=target,
        fields=fields,
        datum=datum,
        accuracy_m=accuracy,
        at=at,
        encoding=encoding,
        areas_only=areas_only,
    )
    started = datetime.now(UTC)
    with progress(TextColumn("{task.fields[rate]}")) as shown:
        task = shown.add_task(ASSIGNING.say(said), total=None, rate="")

        def tell_rate(rows: int) -> None:
            rate = f"{rows / max((datetime.now(UTC) - started).total_seconds(), 1e-9):,.0f}"
            shown.update(task, rate=ROWS_A_SECOND.say(said, rate=rate))

        tally = assign_file(
            view,
            job,
            Frame(now=started, known_at=known_at, edition=edition),
            said,
            on_progress=lambda done, total: shown.update(task, completed=done, total=total),
            on_rows=tell_rate,
        )
    seconds = (datetime.now(UTC) - started).total_seconds()
    rate = f"{tally.rows / max(seconds, 1e-9):,.0f}"
    say(ASSIGNED, said, target=target, rows=tally.rows, refused=tally.refused, seconds=f"{seconds:.2f}", rate=rate)
