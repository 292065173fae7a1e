"""What `verify --json` says."""

from datetime import UTC, datetime
from typing import Any

from api.schemas.answer import edition_ref
from api.services.verifying import Check, Report
from geo.answer_text import round_metres
from geo.model import Area
from geo.moments import say_moment
from geo.verify.audit import DispatchAudit
from geo.verify.borders import BorderAudit
from geo.verify.fit import Estimate
from geo.verify.reliability import Quality
from geo.verify.summary import WITHIN_M
from geo.wording import Lang

BORDERS_SAID = 50


def body_of(check: Check, report: Report, lang: Lang) -> dict[str, Any]:
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
        "without_time": report.without_time if check.time_field else None,
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
        "audit": _audit(report.audit, lang),
    }


def _audit(found: DispatchAudit, lang: Lang) -> dict[str, Any]:
    return {
        "identifiable": found.fit is not None,
        "accuracy_m": None if found.fit is None else _estimate(found.fit.accuracy_m),
        "mislabelled": None if found.fit is None else _estimate(found.fit.mislabelled),
        "judged_at": {"accuracy_m": found.accuracy_m, "mislabelled": found.mislabelled},
        "fitted_rows": found.fitted_rows,
        "left_out_rows": found.left_out,
        "sampled": found.sampled,
        "guesses": {guess.value: rows for guess, rows in found.guesses.items()},
        "qualities": [_quality(one) for one in found.qualities],
        "borders": {
            "count": len(found.borders),
            "worst": [_border(border, lang) for border in found.borders[:BORDERS_SAID]],
        },
    }


def _estimate(one: Estimate) -> dict[str, float | None]:
    return {"value": one.value, "low": one.low, "high": one.high}


def _quality(one: Quality) -> dict[str, Any]:
    return {
        "accuracy_m": one.accuracy_m,
        "mislabelled": one.mislabelled,
        "flagged": None if one.flagged is None else {"shown": one.flagged.shown, "doubted": one.flagged.doubted},
        "brier": one.brier,
        "reliability": [
            {
                "low": part.low,
                "high": part.high,
                "rows": round(part.rows),
                "predicted": part.predicted,
                "observed": part.observed,
            }
            for part in one.bins
        ],
    }


def _border(border: BorderAudit, lang: Lang) -> dict[str, Any]:
    return {
        "recorded": _brief(border.first, lang),
        "found": None if border.second is None else _brief(border.second, lang),
        "rows": border.rows,
        "rows_back": border.back,
        "expected": border.expected,
        "expected_back": border.expected_back,
        "median_m": round_metres(border.median_m),
        "verdict": border.verdict.value,
        "probability": border.probability,
        "depth_m": None if border.depth_m is None else round_metres(border.depth_m),
        "strip_rows": border.strip_rows,
        "since": say_seconds(border.since),
        "until": say_seconds(border.until),
    }


def say_seconds(seconds: float | None) -> str | None:
    """Seconds since 1970 as a moment in UTC."""
    return None if seconds is None else say_moment(datetime.fromtimestamp(seconds, UTC))


def _brief(area: Area, lang: Lang) -> dict[str, str]:
    return {"code": area.code, "name": area.name.say(lang)}
