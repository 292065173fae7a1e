"""`verify`: a table with officially recorded units goes in; what it says about the map and itself comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from api.services.asking import Editions, Frame, choose
from api.services.bulk_files import open_sink, open_table, refuse_sink, require_fields
from api.services.bulk_rows import NO_VALUE, Fields, read_places
from api.services.bulk_tables import Batch
from geo.assign import Columns
from geo.atlas import Atlas
from geo.codes import text_of
from geo.datum import parse_datum
from geo.errors import InvalidInput
from geo.model import Edition, FloatArray
from geo.moments import parse_moment
from geo.position import check_accuracy
from geo.resolve import Moment
from geo.verify.audit import DispatchAudit, audit
from geo.verify.compare import AgreedSample, Comparison, compare, joined
from geo.verify.ground import LevelGround, ground_of
from geo.verify.summary import Verification, outside_m_of, summarise

NUMBER_COLUMNS = ("audit_outside_m", "audit_p")
COLUMNS = ("audit_found", "audit_outside_m", "audit_p", "audit_flagged", "audit_guess")
ACCURACIES_M = (5.0, 10.0, 20.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What is to be verified: which column names the unit, and against which level of the map.

    `time_field` is the column of the moment at which a row was reported. `accuracies_m` are tried besides the fitted
    one. `target` is where the disagreements are to be written, if at all.
    """

    source: Path
    fields: Fields
    label_field: str
    scheme: str
    level: str
    datum: str | None = None
    at: str | None = None
    encoding: str = "utf-8-sig"
    time_field: str | None = None
    accuracies_m: Sequence[float] = ACCURACIES_M
    target: Path | None = None

    def columns(self) -> list[str]:
        """The columns that are needed, each once."""
        return list(dict.fromkeys([*self.fields.named(), self.label_field, *filter(None, [self.time_field])]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found, on which edition.

    Of the verification's rows without a position, `unusable` give one that cannot be used, or are broken as a row; the
    others give none. `without_time` counts the compared rows whose moment is missing or no moment. `compared` has the
    disagreements themselves, and `outside_m` how far each lies outside the area recorded.
    """

    edition: Edition
    moment: Moment
    rows: int
    unusable: int
    without_time: int
    verification: Verification
    audit: DispatchAudit
    ground: LevelGround
    compared: Comparison
    outside_m: FloatArray
    confidence: float
    zone: ZoneInfo


def verify_file(
    view: Editions, check: Check, frame: Frame, on_progress: Callable[[int, int], None] | None = None
) -> Report:
    """Compares every row of a file with one edition, in batches; memory grows with the disagreements only.

    Raises
    ------
    SourceError, InvalidInput, NotFound
    """
    for accuracy_m in check.accuracies_m:
        check_accuracy(accuracy_m)
    edition, moment = choose(view, frame, check.at)
    atlas = view.atlas(edition)
    ground = ground_of(atlas, scheme=check.scheme, level=check.level)
    datum = parse_datum(check.datum or atlas.city.datum)
    columns = check.columns()
    comparisons, sample = [], AgreedSample()
    rows = unusable = without_time = 0
    with open_table(check.source, encoding=check.encoding) as table:
        require_fields(table, columns)
        if check.target is not None:
            refuse_sink(check.target, table, COLUMNS)
        for batch in table.batches(columns):
            places = read_places(batch, check.fields, datum, atlas.city, None)
            labels = [text_of(cell) for cell in batch.columns[check.label_field]]
            seconds = _seconds(batch, check.time_field, atlas)
            found, agreed = compare(
                ground, labels=labels, lon=places.lon, lat=places.lat, seconds=seconds, first_row=rows
            )
            comparisons.append(found)
            sample.add(agreed)
            rows += batch.size
            unusable += sum(
                labels[row] is not None and refusal.phrase is not NO_VALUE for row, refusal in places.errors.items()
            )
            labelled = np.array([label is not None for label in labels], dtype=bool)
            without_time += int(np.sum(labelled & np.isfinite(places.lon) & np.isnan(seconds)))
            if on_progress:
                on_progress(table.done, table.total)
    compared = joined(comparisons)
    outside_m = outside_m_of(ground, compared)
    return Report(
        edition=edition,
        moment=moment,
        rows=rows,
        unusable=unusable,
        without_time=without_time if check.time_field else 0,
        verification=summarise(ground, compared, outside_m),
        audit=audit(
            ground,
            compared,
            outside_m,
            sample.rows(),
            accuracies_m=check.accuracies_m,
            confidence=atlas.city.policy.confidence,
            assumed_m=atlas.city.policy.accuracy_m["unknown"],
        ),
        ground=ground,
        compared=compared,
        outside_m=outside_m,
        confidence=atlas.city.policy.confidence,
        zone=atlas.zone,
    )


def write_disagreements(check: Check, report: Report, target: Path) -> int:
    """How many rows were written: those that disagree, as they came, with what is said of each beside it.

    The source is read once more. CSV or Parquet, as the source is; the file appears only when it is complete.

    Raises
    ------
    SourceError, InvalidInput
    """
    compared, judged = report.compared, report.audit.judged
    written = first = 0
    with (
        open_table(check.source, encoding=check.encoding) as table,
        open_sink(target, table, COLUMNS, numbers=NUMBER_COLUMNS) as sink,
    ):
        for batch in table.batches([]):
            start, end = np.searchsorted(compared.rows, [first, first + batch.size])
            some = slice(int(start), int(end))
            outside_m, p = report.outside_m[some], judged.p[some]
            flagged = np.where(judged.flagged[some], "true", "false").astype(object)
            flagged[np.isnan(p)] = None
            answers = Columns(
                {
                    "audit_found": compared.found[some],
                    "audit_flagged": flagged,
                    "audit_guess": judged.guess[some],
                },
                {"audit_outside_m": np.round(outside_m, 2), "audit_p": np.round(p, 3)},
            )
            sink.write(batch.taken((compared.rows[some] - first).tolist()), answers)
            written += end - start
            first += batch.size
    return int(written)


def _seconds(batch: Batch, field: str | None, atlas: Atlas) -> FloatArray:
    """When each row was reported, in seconds since 1970; nan where that is missing or no moment."""
    seconds = np.full(batch.size, np.nan)
    if field is None:
        return seconds
    known: dict[str, float] = {}
    for row, cell in enumerate(batch.columns[field]):
        text = cell.isoformat() if isinstance(cell, datetime) else text_of(cell)
        if text is None:
            continue
        if text not in known:
            try:
                known[text] = parse_moment(text, zone=atlas.zone, field=field).timestamp()
            except InvalidInput:
                known[text] = np.nan
        seconds[row] = known[text]
    return seconds
