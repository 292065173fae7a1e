"""What `verify` prints: tables for people."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from api.cli.terminal import out, table
from api.services.verifying import Check, Report
from geo.answer_text import say_metres
from geo.model import Area
from geo.moments import say_local
from geo.verify.audit import DispatchAudit
from geo.verify.borders import BorderAudit, Guess
from geo.verify.fit import NEAR_M, Estimate
from geo.verify.summary import WITHIN_M, Verification, WorstBorder
from geo.wording import Lang, Phrase

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
LABEL = Phrase(zh="没有登记单位", en="without a label")
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

FIT = Phrase(zh="从记录反推（{rows} 行）", en="What the records themselves tell ({rows} rows)")
LEFT_OUT = Phrase(
    zh="{rows} 行在可能变动过的边界旁，没有用来推算",
    en="{rows} rows beside borders that seem to have moved are left out",
)
SAMPLED = Phrase(
    zh="行数很多，推算只用了均匀抽出的一部分", en="there are many rows: an even sample of them was weighed"
)
ACCURACY = Phrase(
    zh="位置精度 A（{share:.0%} 的误差不超过它）", en="accuracy A of the positions ({share:.0%} lie within)"
)
MISLABELLED = Phrase(zh="错登的比例 ε", en="share ε of labels drawn anywhere")
INTERVAL = Phrase(zh="95% 区间", en="95 % interval")
NOT_IDENTIFIABLE = Phrase(
    zh="位置精度无法推算：没有一条不一致的记录在登记区域边界 {metres:g} 米以内；以下按 {accuracy:g} 米判断",
    en="the accuracy is not identifiable: no disagreement lies within {metres:g} m of the border of its recorded area; "
    "what follows takes {accuracy:g} m",
)
QUALITIES = Phrase(
    zh="不一致的记录里，登记单位在答复的候选之中的有多少",
    en="Of the disagreements: how many answers had the recorded area among the candidates",
)
AT_ACCURACY = Phrase(zh="精度（米）", en="accuracy m")
SHOWN = Phrase(zh="在候选之中", en="among them")
DOUBTED = Phrase(zh="且答复不是“明确”", en="and not certain")
BRIER = Phrase(zh="Brier 评分", en="Brier score")
RELIABILITY = Phrase(
    zh="说几成，就有几成吗（精度 {metres}，错登 {share:.3f}）",
    en="Does p keep its word (accuracy {metres} m, labels anywhere {share:.3f})",
)
LEAD_SHARE = Phrase(zh="牵头的份额", en="share of the lead")
PREDICTED = Phrase(zh="预计", en="predicted")
OBSERVED = Phrase(zh="实际", en="observed")
GUESSES = Phrase(zh="不一致的原因，逐条推断", en="Why they disagree, row by row")
GUESS = Phrase(zh="推断", en="guess")
GUESS_NAMES = {
    Guess.POSITION_ERROR: Phrase(zh="位置误差", en="position error"),
    Guess.MIS_RECORDED: Phrase(zh="登记有误", en="mis-recorded"),
    Guess.BORDER_MOVED: Phrase(zh="边界变动过", en="border moved"),
    Guess.UNKNOWN_LABEL: Phrase(zh="地图上没有该区域", en="no such area"),
}
AUDITED = Phrase(zh="逐条边界（共 {count} 处，列出 {shown} 处）", en="Border by border ({shown} of {count})")
BACK = Phrase(zh="反向", en="reverse")
EXPECTED = Phrase(zh="预计", en="expected")
VERDICT = Phrase(zh="看来是", en="looks like")
MOVED = Phrase(
    zh="{second} 一侧有一条约 {depth} 米宽的地带，{rows} 行登记为 {first}",
    en="a strip some {depth} m deep in {second}: {rows} rows recorded for {first}",
)
SINCE = Phrase(zh="，{moment} 起", en=", since {moment}")
UNTIL = Phrase(zh="，到 {moment} 为止", en=", until {moment}")


def show(check: Check, report: Report, lang: Lang) -> None:
    """Nothing; the report stands on stdout."""
    found = report.verification
    about = {"field": check.label_field, "scheme": check.scheme, "level": check.level}
    out.print(
        TITLE.say(lang, **about, edition=report.edition.id, at=say_local(report.moment.at, report.zone)), markup=False
    )
    table(("", ROWS.say(lang), AGREEMENT.say(lang)), _counts(report, lang))
    if found.disagreeing:
        _heading(DISTANCES.say(lang))
        table((DISTANCE.say(lang), ROWS.say(lang), AGREEMENT.say(lang)), _distances(found, lang))
    if found.worst:
        worst = found.worst[:ITEMS_SHOWN]
        _heading(BORDERS.say(lang, count=found.borders, shown=len(worst)))
        columns = (RECORDED, FOUND, ROWS, MEDIAN, EXAMPLE)
        table([column.say(lang) for column in columns], [_border(border, lang) for border in worst])
    if found.compared:
        _show_audit(report, lang)
    if found.unknown:
        unknown = found.unknown[:ITEMS_SHOWN]
        _heading(UNKNOWN_LABELS.say(lang, count=found.unknown_labels, shown=len(unknown)))
        table((LABEL.say(lang), ROWS.say(lang)), [(printable(label), rows) for label, rows in unknown])


def _show_audit(report: Report, lang: Lang) -> None:
    found = report.audit
    _heading(FIT.say(lang, rows=found.fitted_rows))
    if found.fit is None:
        out.print(NOT_IDENTIFIABLE.say(lang, metres=NEAR_M, accuracy=found.accuracy_m), markup=False)
    else:
        share = report.confidence
        table(
            ("", "", INTERVAL.say(lang)),
            [
                (
                    ACCURACY.say(lang, share=share),
                    f"{found.fit.accuracy_m.value:.1f} m",
                    _interval(found.fit.accuracy_m, ".1f"),
                ),
                (MISLABELLED.say(lang), f"{found.fit.mislabelled.value:.4f}", _interval(found.fit.mislabelled, ".4f")),
            ],
        )
    if found.left_out:
        out.print(LEFT_OUT.say(lang, rows=found.left_out), markup=False)
    if found.sampled:
        out.print(SAMPLED.say(lang), markup=False)
    _heading(QUALITIES.say(lang))
    table([column.say(lang) for column in (AT_ACCURACY, SHOWN, DOUBTED, BRIER)], _qualities(found))
    fitted = found.qualities[0]
    _heading(RELIABILITY.say(lang, metres=f"{fitted.accuracy_m:.1f}", share=fitted.mislabelled))
    table(
        [column.say(lang) for column in (LEAD_SHARE, ROWS, PREDICTED, OBSERVED)],
        [
            (f"{part.low:g}–{part.high:g}", round(part.rows), f"{part.predicted:.3f}", f"{part.observed:.3f}")
            for part in fitted.bins
            if part.predicted is not None
        ],
    )
    if not found.borders:
        return
    _heading(GUESSES.say(lang))
    table(
        (GUESS.say(lang), ROWS.say(lang)),
        [(GUESS_NAMES[guess].say(lang), rows) for guess, rows in found.guesses.items()],
    )
    borders = found.borders[:ITEMS_SHOWN]
    _heading(AUDITED.say(lang, count=len(found.borders), shown=len(borders)))
    columns = (RECORDED, FOUND, ROWS, EXPECTED, BACK, EXPECTED, VERDICT)
    table([column.say(lang) for column in columns], [_audited(border, lang) for border in borders])
    for border in found.borders[:ITEMS_SHOWN]:
        if border.depth_m is not None:
            out.print(_strip(border, report.zone, lang), markup=False)


def _interval(one: Estimate, digits: str) -> str:
    ends = ["…" if end is None else format(end, digits) for end in (one.low, one.high)]
    return "–".join(ends)


def _qualities(found: DispatchAudit) -> list[tuple[object, ...]]:
    return [
        (
            f"{one.accuracy_m:.1f}",
            "–" if one.flagged is None else f"{one.flagged.shown:.3f}",
            "–" if one.flagged is None else f"{one.flagged.doubted:.3f}",
            "–" if one.brier is None else f"{one.brier:.4f}",
        )
        for one in found.qualities
    ]


def _audited(border: BorderAudit, lang: Lang) -> tuple[object, ...]:
    return (
        printable(border.first.code),
        NOBODY.say(lang) if border.second is None else printable(border.second.code),
        border.rows,
        f"{border.expected:.1f}",
        border.back,
        f"{border.expected_back:.1f}",
        GUESS_NAMES[border.verdict].say(lang),
    )


def _strip(border: BorderAudit, zone: ZoneInfo, lang: Lang) -> str:
    """Where a border looks to have moved, how deep, and when."""
    assert border.depth_m is not None, "only a border that moved has a strip"  # noqa: S101
    names = {
        "first": _name(border.first, lang),
        "second": NOBODY.say(lang) if border.second is None else _name(border.second, lang),
    }
    words = MOVED.say(lang, **names, depth=f"{border.depth_m:.0f}", rows=border.strip_rows)
    for phrase, seconds in ((SINCE, border.since), (UNTIL, border.until)):
        if seconds is not None:
            words += phrase.say(lang, moment=say_local(datetime.fromtimestamp(seconds, UTC), zone))
    return words


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
    return printable(area.code if name == area.code else f"{area.code} {name}")


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.5f}"


def printable(text: str) -> str:
    """The text for a terminal: a label comes from a file and may hold anything."""
    shown = text if len(text) <= LABEL_SHOWN else text[:LABEL_SHOWN] + "…"
    return "".join(character if character.isprintable() else "\ufffd" for character in shown)
