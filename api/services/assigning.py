"""`assign`: a table goes in, the same table with the answer beside every row comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from api.services.asking import Editions, Frame, choose
from api.services.bulk_cells import coded_cells
from api.services.bulk_files import open_sink, open_table, require_fields
from api.services.bulk_rows import Fields, Places, read_places
from api.services.bulk_tables import Batch
from api.services.side_by_side import side_by_side
from geo.assign import (
    ANSWER_COLUMNS,
    AREA_COLUMNS,
    NUMBER_COLUMNS,
    CodedColumns,
    assign_areas,
    assign_coded,
    level_columns,
)
from geo.atlas import Atlas
from geo.coded import Coded, scattered, words_array
from geo.datum import parse_datum
from geo.errors import GeoError
from geo.index import IntArray
from geo.position import check_accuracy
from geo.register.overlay import overlaid
from geo.sheet import Sheet
from geo.wording import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be assigned, and how its columns are to be read; `areas_only`: not who leads, and no doubt."""

    source: Path
    target: Path
    fields: Fields
    datum: str | None = None
    accuracy_m: float | None = None
    at: str | None = None
    encoding: str = "utf-8-sig"
    areas_only: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows were answered, and how many have `pw_error` instead."""

    rows: int
    refused: int


def assign_file(
    view: Editions,
    job: Job,
    frame: Frame,
    lang: Lang,
    on_progress: Callable[[int, int], None] | None = None,
    on_rows: Callable[[int], None] | None = None,
) -> Tally:
    """Answers every row of a file, in order, in batches of bounded memory, several of them at a time.

    The columns of areas are those of the edition that answers for the job's own moment. `on_progress` is told how far
    the table is read and answered, in its own unit, `on_rows` how many rows that are.

    Raises
    ------
    SourceError, InvalidInput
        Nothing is written then.
    """
    if job.accuracy_m is not None:
        check_accuracy(job.accuracy_m)
    edition, _ = choose(view, frame, job.at)
    main = view.atlas(edition)
    parse_datum(job.datum or main.city.datum)  # an unknown one is refused before anything is written
    names = (*(AREA_COLUMNS if job.areas_only else ANSWER_COLUMNS), *level_columns(main).values())
    rows = refused = 0
    with open_table(job.source, encoding=job.encoding) as table:
        require_fields(table, job.fields.named())
        with open_sink(job.target, table, names) as sink:
            answer = partial(_answer, view, frame, job, names, lang)
            for batch, (answers, errors) in side_by_side(answer, table.batches(job.fields.named())):
                sink.write(batch, answers)
                rows, refused = rows + batch.size, refused + errors
                if on_rows:
                    on_rows(rows)
                if on_progress:
                    on_progress(batch.done, table.total)
    return Tally(rows, refused)


def _answer(
    view: Editions, frame: Frame, job: Job, names: Sequence[str], lang: Lang, batch: Batch
) -> tuple[CodedColumns, int]:
    """The answers of a batch, and how many of its rows have none."""
    errors: dict[int, GeoError] = dict(batch.refused)
    found: list[tuple[IntArray, CodedColumns]] = []
    places_of: dict[Atlas, Places] = {}
    for atlas, sheet, rows in _sheets_of_rows(view, frame, job, batch, errors):
        # The datum and the accuracy that a row does not state are those of the edition that answers it.
        if atlas not in places_of:
            datum = parse_datum(job.datum or atlas.city.datum)
            places_of[atlas] = read_places(batch, job.fields, datum, atlas.city, job.accuracy_m)
        places = places_of[atlas]
        if places.errors:
            errors |= {row: places.errors[row] for row in rows.tolist() if row in places.errors}
            rows = rows[~np.isin(rows, list(places.errors))]
        lon, lat = places.lon[rows], places.lat[rows]
        if job.areas_only:
            found.append((rows, assign_areas(atlas, lon=lon, lat=lat)))
        else:
            found.append((rows, assign_coded(atlas, lon=lon, lat=lat, sigma_m=places.sigma_m[rows], sheet=sheet)))
    told = words_array([f"{refusal.slug}: {refusal.say(lang)}" for refusal in errors.values()])
    refused = Coded(np.arange(len(told), dtype=np.int32), told)
    words = {
        name: scattered(batch.size, [(rows, answers.words[name]) for rows, answers in found if name in answers.words])
        for name in names
        if name not in NUMBER_COLUMNS
    }
    words["pw_error"] = scattered(batch.size, [(np.array(list(errors), dtype=np.int64), refused)])
    numbers = {name: np.full(batch.size, np.nan) for name in names if name in NUMBER_COLUMNS}
    for rows, answers in found:
        for name, values in answers.numbers.items():
            numbers[name][rows] = values
    return CodedColumns(words, numbers), len(errors)


def _sheets_of_rows(
    view: Editions, frame: Frame, job: Job, batch: Batch, errors: dict[int, GeoError]
) -> list[tuple[Atlas, Sheet, IntArray]]:
    """The sheets that answer for the rows of a batch, each with its rows; a row may name its moment and category."""
    at, moments = _cells(batch, job.fields.at)
    kind, categories = _cells(batch, job.fields.category)
    asked, which = np.unique(at * len(categories) + kind, return_inverse=True)
    found = [
        _sheet(view, frame, moments[one // len(categories)] or job.at, categories[one % len(categories)])
        for one in asked.tolist()
    ]
    # Many moments and categories are answered by one sheet.
    sheets: dict[Sheet, tuple[Atlas, int]] = {}
    number_of = np.full(len(found), -1, dtype=np.int64)
    for i, one in enumerate(found):
        if not isinstance(one, GeoError):
            number_of[i] = sheets.setdefault(one[1], (one[0], len(sheets)))[1]
    number = number_of[which]
    for row in np.flatnonzero(number < 0).tolist():
        refusal = found[which[row]]
        if isinstance(refusal, GeoError):
            errors.setdefault(row, refusal)
    return [(atlas, sheet, np.flatnonzero(number == i)) for sheet, (atlas, i) in sheets.items()]


def _sheet(view: Editions, frame: Frame, at: str | None, category: str | None) -> tuple[Atlas, Sheet] | GeoError:
    try:
        edition, moment = choose(view, frame, at)
        atlas = overlaid(view.atlas(edition), moment.roster)
        return atlas, atlas.sheet(category, moment.at)
    except GeoError as refusal:
        return refusal


def _cells(batch: Batch, field: str | None) -> tuple[IntArray, list[str | None]]:
    """Which of its different cells each row of a column has, and these as text, None where empty or not there."""
    if field is None:
        return np.zeros(batch.size, dtype=np.int64), [None]
    codes, cells = coded_cells(batch.columns[field])
    return codes, [None if cell is None or cell == "" else _text(cell) for cell in cells] or [None]


def _text(cell: object) -> str:
    isoformat = getattr(cell, "isoformat", None)
    return str(isoformat()) if isoformat else str(cell)
