"""`assign`: a table goes in, the same table with the answer beside every row comes out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.services.asking import Editions, Frame, choose
from api.services.bulk_files import open_sink, open_table, require_fields
from api.services.bulk_rows import Fields, Places, read_places
from api.services.bulk_tables import Batch
from geo.assign import ANSWER_COLUMNS, NUMBER_COLUMNS, Columns, assign, level_columns
from geo.atlas import Atlas
from geo.datum import parse_datum
from geo.errors import GeoError
from geo.position import check_accuracy
from geo.register.overlay import overlaid
from geo.sheet import Sheet
from geo.wording import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be assigned, and how its columns are to be read."""

    source: Path
    target: Path
    fields: Fields
    datum: str | None = None
    accuracy_m: float | None = None
    at: str | None = None
    encoding: str = "utf-8-sig"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows were answered, and how many have `pw_error` instead."""

    rows: int
    refused: int


def assign_file(
    view: Editions, job: Job, frame: Frame, lang: Lang, on_progress: Callable[[int, int], None] | None = None
) -> Tally:
    """Answers every row of a file, in order, in batches of bounded memory.

    The columns of areas are those of the edition that answers for the job's own moment.

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
    names = (*ANSWER_COLUMNS, *level_columns(main).values())
    rows = refused = 0
    with open_table(job.source, encoding=job.encoding) as table:
        require_fields(table, job.fields.named())
        with open_sink(job.target, table, names) as sink:
            for batch in table.batches(job.fields.named()):
                answers, errors = _answer(view, frame, job, batch, names, lang)
                sink.write(batch, answers)
                rows, refused = rows + batch.size, refused + errors
                if on_progress:
                    on_progress(table.done, table.total)
    return Tally(rows, refused)


def _answer(
    view: Editions, frame: Frame, job: Job, batch: Batch, names: Sequence[str], lang: Lang
) -> tuple[Columns, int]:
    """The answers of a batch, and how many of its rows have none."""
    errors: dict[int, GeoError] = dict(batch.refused)
    sheets = _sheets_of_rows(view, frame, job, batch, errors)
    text: dict[str, NDArray[np.object_]] = {
        name: np.full(batch.size, None, dtype=object) for name in names if name not in NUMBER_COLUMNS
    }
    numbers = {name: np.full(batch.size, np.nan) for name in NUMBER_COLUMNS}
    places_of: dict[Atlas, Places] = {}
    for atlas, sheet, rows in sheets:
        # The datum and the accuracy that a row does not state are those of the edition that answers it.
        if atlas not in places_of:
            datum = parse_datum(job.datum or atlas.city.datum)
            places_of[atlas] = read_places(batch, job.fields, datum, atlas.city, job.accuracy_m)
        places = places_of[atlas]
        errors |= {row: places.errors[row] for row in rows.tolist() if row in places.errors}
        rows = rows[~np.isin(rows, list(places.errors))]
        found = assign(atlas, lon=places.lon[rows], lat=places.lat[rows], sigma_m=places.sigma_m[rows], sheet=sheet)
        for name, column in found.text.items():
            if name in text:
                text[name][rows] = column
        for name, numeric in found.numbers.items():
            numbers[name][rows] = numeric
    for row, refusal in errors.items():
        text["pw_error"][row] = f"{refusal.slug}: {refusal.say(lang)}"
    return Columns(text, numbers), len(errors)


def _sheets_of_rows(
    view: Editions, frame: Frame, job: Job, batch: Batch, errors: dict[int, GeoError]
) -> list[tuple[Atlas, Sheet, NDArray[np.int64]]]:
    """The sheets that answer for the rows of a batch, each with its rows; a row may name its moment and category."""
    moments = _cells(batch, job.fields.at)
    categories = _cells(batch, job.fields.category)
    sheet_of: dict[tuple[str | None, str | None], tuple[Atlas, Sheet] | GeoError] = {}
    rows_of: dict[Sheet, tuple[Atlas, list[int]]] = {}
    for i, (at, category) in enumerate(zip(moments, categories, strict=True)):
        key = (at or job.at, category)
        if key not in sheet_of:
            sheet_of[key] = _sheet(view, frame, *key)
        found = sheet_of[key]
        if isinstance(found, GeoError):
            errors.setdefault(i, found)
        else:
            rows_of.setdefault(found[1], (found[0], []))[1].append(i)
    return [(atlas, sheet, np.array(rows, dtype=np.int64)) for sheet, (atlas, rows) in rows_of.items()]


def _sheet(view: Editions, frame: Frame, at: str | None, category: str | None) -> tuple[Atlas, Sheet] | GeoError:
    try:
        edition, moment = choose(view, frame, at)
        atlas = overlaid(view.atlas(edition), moment.roster)
        return atlas, atlas.sheet(category, moment.at)
    except GeoError as refusal:
        return refusal


def _cells(batch: Batch, field: str | None) -> Iterable[str | None]:
    """The cells of a column as text, None where empty or where there is no such column."""
    if field is None:
        return repeat(None, batch.size)
    return (None if cell is None or cell == "" else _text(cell) for cell in batch.columns[field])


def _text(cell: object) -> str:
    isoformat = getattr(cell, "isoformat", None)
    return str(isoformat()) if isoformat else str(cell)
