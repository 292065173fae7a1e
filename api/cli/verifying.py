"""verify: officially recorded units against the map."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

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
from api.cli.terminal import language, out, progress, say, table
from api.schemas.answer import edition_ref
from api.services.asking import Frame
from api.services.bulk_rows import Fields
from api.services.verifying import Check, Report, verify_file
from geo.answer_text import round_metres, say_metres
from geo.atlas import Atlas
from geo.model import Area
from geo.moments import say_moment
from geo.verify import WITHIN_M, Verification, WorstBorder
from geo.wording import Lang, Phrase

VERIFYING = Phrase(zh="正在核对", en="verifying")
VERIFIED = Phrase(zh="{rows} 行，{seconds} 秒，每秒 {rate} 行", en="{rows} rows, {seconds} s, {rate} rows/s")
TITLE = Phrase(
    zh="列 {field} 对照 {scheme}/{level}，版本 {edition}，时刻 {at}",
    en="column {field} against {scheme}/{level}, edition {edition}, at {at}",
)
ALL = Phrase(zh="全部", en="all")
WITHOUT_LABEL = Phrase(zh="没有登记单位", en="without a label")
WITHOUT_POSITION = Phrase(zh="没有位置", en="without a position")
UNUSABLE = Phrase(zh="位置不可用", en="with an unusable position")
COMPARED = Phrase(zh="参与核对", en="compared")
AGREEING = Phrase(zh="  一致", en="  agree")
DISAGREEING = Phrase(zh="  不一致", en="  disagree")
ROWS = Phrase(zh="行数", en="rows")
AGREEMENT = Phrase(zh="一致率", en="agreement")

DISTANCES = Phrase(
    zh="不一致的记录在登记区域之外多远（一致率：此距离以内都算一致）",
    en="How far outside the recorded area they lie (agreement: if that far were allowed)",
)
DISTANCE = Phrase(zh="距离", en="distance")
WITHIN = Phrase(zh="{metres:g} 米以内", en="within {metres:g} m")
BEYOND = Phrase(zh="{metres:g} 米以外", en="beyond {metres:g} m")
UNMEASURED = Phrase(zh="地图上没有该区域", en="no such area")

BORDERS = Phrase(zh="分歧最多的边界（共 {count} 处，列出 {shown} 处）", en="Worst borders ({shown} of {count})")
RECORDED = Phrase(zh="登记为", en="recorded")
FOUND = Phrase(zh="地图上属于", en="on the map")
NOBODY = Phrase(zh="空白（不属于任何区域）", en="nobody")
MEDIAN = Phrase(zh="距离中位数（米）", en="median m")
EXAMPLE = Phrase(zh="举例（WGS 84 经度，纬度）", en="example (WGS 84 lon, lat)")

UNKNOWN_LABELS = Phrase(
    zh="地图上没有的登记单位（共 {count} 个，列出 {shown} 个）", en="Labels that no area has ({shown} of {count})"
)
NAMES_FOR_CODES = Phrase(
    zh="提示：列 {field} 里像是区域名称（如“{label}”）；请用 --label-field 指定区域编码的列（该区域的编码是 {code}）",
    en="hint: the column {field} seems to hold names of areas ('{label}'); give a column of their codes with "
    "--label-field (that area's code is {code})",
)
LABEL = Phrase(zh="登记单位", en="label")
ITEMS_SHOWN = 10  # of each list; --json has more
LABEL_SHOWN = 60  # characters


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
    )
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
        write_json(_body(check, report, said))
    else:
        _show(check, report, said)
    _hint(view.atlas(report.edition), check, report.verification, said)
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
        say(NAMES_FOR_CODES, lang, field=check.label_field, label=_printable(label), code=codes[label])


def _body(check: Check, report: Report, lang: Lang) -> dict[str, Any]:
    """The report for JSON: shares unrounded; metres to 0.1, under one metre to 0.01; positions in WGS 84."""
    found = report.verification
    return {
        "source": str(check.source),
        "label_field": check.label_field,
        "scheme": check.scheme,
        "level": check.level,
        "at": say_moment(report.moment.at),
        "known_at": say_moment(report.moment.known_at),
        "edition": edition_ref(report.edition, report.moment.roster.number),
        "rows": report.rows,
        "without_label": found.without_label,
        "without_position": found.without_position - report.unusable,
        "unusable_position": report.unusable,
        "compared": found.compared,
        "agreeing": found.agreeing,
        "agreement": found.agreement(),
        "disagreeing": found.disagreeing,
        "distances": {
            "within": [
                {"distance_m": metres, "rows": rows, "agreement": found.agreement(forgiven=rows)}
                for metres, rows in zip(WITHIN_M, found.within, strict=True)
            ],
            "beyond": {"distance_m": WITHIN_M[-1], "rows": found.beyond},
        },
        "unknown_labels": {
            "rows": found.unknown_rows,
            "count": found.unknown_labels,
            "most_frequent": [{"label": label, "rows": rows} for label, rows in found.unknown],
        },
        "borders": {
            "count": found.borders,
            "worst": [
                {
                    "recorded": _brief(border.recorded, lang),
                    "found": None if border.found is None else _brief(border.found, lang),
                    "rows": border.rows,
                    "median_m": round_metres(border.median_m),
                    "example": {"lon": border.example_lon, "lat": border.example_lat},
                }
                for border in found.worst
            ],
        },
    }


def _brief(area: Area, lang: Lang) -> dict[str, str]:
    return {"code": area.code, "name": area.name.say(lang)}


def _show(check: Check, report: Report, lang: Lang) -> None:
    found = report.verification
    about = {"field": check.label_field, "scheme": check.scheme, "level": check.level}
    out.print(TITLE.say(lang, **about, edition=report.edition.id, at=say_moment(report.moment.at)), markup=False)
    table(("", ROWS.say(lang), AGREEMENT.say(lang)), _counts(report, lang))
    if found.disagreeing:
        _heading(DISTANCES.say(lang))
        table((DISTANCE.say(lang), ROWS.say(lang), AGREEMENT.say(lang)), _distances(found, lang))
    if found.worst:
        worst = found.worst[:ITEMS_SHOWN]
        _heading(BORDERS.say(lang, count=found.borders, shown=len(worst)))
        columns = (RECORDED, FOUND, ROWS, MEDIAN, EXAMPLE)
        table([column.say(lang) for column in columns], [_border(border, lang) for border in worst])
    if found.unknown:
        unknown = found.unknown[:ITEMS_SHOWN]
        _heading(UNKNOWN_LABELS.say(lang, count=found.unknown_labels, shown=len(unknown)))
        table((LABEL.say(lang), ROWS.say(lang)), [(_printable(label), rows) for label, rows in unknown])


def _heading(words: str) -> None:
    out.print()
    out.print(words, style="bold", markup=False)


def _counts(report: Report, lang: Lang) -> list[tuple[object, ...]]:
    found = report.verification
    return [
        (ALL.say(lang), report.rows, ""),
        (WITHOUT_LABEL.say(lang), found.without_label, ""),
        (WITHOUT_POSITION.say(lang), found.without_position - report.unusable, ""),
        (UNUSABLE.say(lang), report.unusable, ""),
        (COMPARED.say(lang), found.compared, ""),
        (AGREEING.say(lang), found.agreeing, _share(found.agreement())),
        (DISAGREEING.say(lang), found.disagreeing, ""),
    ]


def _distances(found: Verification, lang: Lang) -> list[tuple[object, ...]]:
    lines: list[tuple[object, ...]] = [
        (WITHIN.say(lang, metres=metres), rows, _share(found.agreement(forgiven=rows)))
        for metres, rows in zip(WITHIN_M, found.within, strict=True)
    ]
    lines.append((BEYOND.say(lang, metres=WITHIN_M[-1]), found.beyond, ""))
    if found.unknown_rows:
        lines.append((UNMEASURED.say(lang), found.unknown_rows, ""))
    return lines


def _border(border: WorstBorder, lang: Lang) -> tuple[object, ...]:
    found = NOBODY.say(lang) if border.found is None else _name(border.found, lang)
    example = f"{border.example_lon}, {border.example_lat}"
    return _name(border.recorded, lang), found, border.rows, say_metres(border.median_m), example


def _name(area: Area, lang: Lang) -> str:
    name = area.name.say(lang)
    return _printable(area.code if name == area.code else f"{area.code} {name}")


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.5f}"


def _printable(text: str) -> str:
    """The text for a terminal: a label comes from a file and may hold anything."""
    shown = text if len(text) <= LABEL_SHOWN else text[:LABEL_SHOWN] + "…"
    return "".join(character if character.isprintable() else "\ufffd" for character in shown)
