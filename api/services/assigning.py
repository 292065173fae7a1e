"""`assign`: a table goes in, the same table with the answer beside every row comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.services.asking import Editions, Frame, choose
from api.services.bulk_files import Batch, open_sink, open_table, require_fields
from api.services.bulk_rows import Fields, Places, read_places
from geo.assign import ANSWER_COLUMNS, NUMBER_COLUMNS, Columns, assign, level_columns
from geo.atlas import Atlas
from geo.datum import parse_datum
from geo.errors import GeoError
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
    edition, _ = choose(view, frame, job.at)
    main = view.atlas(edition)
    datum = parse_datum(job.datum or main.city.datum)
    names = (*ANSWER_COLUMNS, *level_columns(main).values())
    rows = refused = 0
    with open_table(job.source, encoding=job.encoding) as table:
        require_fields(table, job.fields.named())
        with open_sink(job.target, table, names) as sink:
            for batch in table.batches(job.fields.named()):
                places = read_places(batch, job.fields, datum, main.city, job.accuracy_m)
                answers = _answer(view, frame, job, batch, places, names, lang)
                sink.write(batch, answers)
                rows, refused = rows + batch.size, refused + len(places.errors)
                if on_progress:
                    on_progress(table.done, table.total)
    return Tally(rows, refused)


def _answer(
    view: Editions, frame: Frame, job: Job, batch: Batch, places: Places, names: Sequence[str], lang: Lang
) -> Columns:
    atlases = _atlas_of_rows(view, frame, job, batch, places.errors)
    text: dict[str, NDArray[np.object_]] = {
        name: np.full(batch.size, None, dtype=object) for name in names if name not in NUMBER_COLUMNS
    }
    numbers = {name: np.full(batch.size, np.nan) for name in NUMBER_COLUMNS}
    usable = np.ones(batch.size, dtype=bool)
    usable[list(places.errors)] = False
    for atlas, rows in atlases:
        rows = rows[usable[rows]]
        found = assign(atlas, lon=places.lon[rows], lat=places.lat[rows], sigma_m=places.sigma_m[rows])
        for name, column in found.text.items():
            if name in text:
                text[name][rows] = column
        for name, numeric in found.numbers.items():
            numbers[name][rows] = numeric
    for row, refusal in places.errors.items():
        text["pw_error"][row] = f"{refusal.slug}: {refusal.say(lang)}"
    return Columns(text, numbers)


def _atlas_of_rows(
    view: Editions, frame: Frame, job: Job, batch: Batch, errors: dict[int, GeoError]
) -> list[tuple[Atlas, NDArray[np.int64]]]:
    """The atlases that answer for the rows of a batch, each with its rows."""
    if job.fields.at is None:
        edition, _ = choose(view, frame, job.at)
        return [(view.atlas(edition), np.arange(batch.size))]
    atlas_at: dict[str | None, Atlas | GeoError] = {}
    rows_of: dict[int, tuple[Atlas, list[int]]] = {}
    for i, cell in enumerate(batch.columns[job.fields.at]):
        at = job.at if cell is None or cell == "" else _iso(cell)
        if at not in atlas_at:
            try:
                edition, _ = choose(view, frame, at)
                atlas_at[at] = view.atlas(edition)
            except GeoError as refusal:
                atlas_at[at] = refusal
        found = atlas_at[at]
        if isinstance(found, GeoError):
            errors.setdefault(i, found)
        else:
            rows_of.setdefault(id(found), (found, []))[1].append(i)
    return [(atlas, np.array(rows, dtype=np.int64)) for atlas, rows in rows_of.values()]


def _iso(cell: object) -> str:
    isoformat = getattr(cell, "isoformat", None)
    return isoformat() if isoformat else str(cell)
