"""`verify`: a table with officially recorded units goes in, how well the map agrees with them comes out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from api.services.asking import Editions, Frame, choose
from api.services.bulk_files import open_table, require_fields
from api.services.bulk_rows import NO_VALUE, Fields, read_places
from geo.codes import text_of
from geo.datum import parse_datum
from geo.model import Edition
from geo.resolve import Moment
from geo.verify import Verification, compare, summarise


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What is to be verified: which column names the unit, and against which level of the map."""

    source: Path
    fields: Fields
    label_field: str
    scheme: str
    level: str
    datum: str | None = None
    at: str | None = None
    encoding: str = "utf-8-sig"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found, on which edition.

    Of the verification's rows without a position, `unusable` give one that cannot be used, or are broken as a row; the
    others give none.
    """

    edition: Edition
    moment: Moment
    rows: int
    unusable: int
    verification: Verification


def verify_file(
    view: Editions, check: Check, frame: Frame, on_progress: Callable[[int, int], None] | None = None
) -> Report:
    """Compares every row of a file with one edition, in batches; memory grows with the disagreements only.

    Raises
    ------
    SourceError, InvalidInput, NotFound
    """
    edition, moment = choose(view, frame, check.at)
    atlas = view.atlas(edition)
    atlas.check_level(check.scheme, check.level)
    datum = parse_datum(check.datum or atlas.city.datum)
    columns = [*check.fields.named(), check.label_field]
    comparisons = []
    rows = unusable = 0
    with open_table(check.source, encoding=check.encoding) as table:
        require_fields(table, columns)
        for batch in table.batches(columns):
            places = read_places(batch, check.fields, datum, atlas.city, None)
            labels = [text_of(cell) for cell in batch.columns[check.label_field]]
            comparisons.append(
                compare(atlas, scheme=check.scheme, level=check.level, labels=labels, lon=places.lon, lat=places.lat)
            )
            rows += batch.size
            unusable += sum(
                labels[row] is not None and refusal.phrase is not NO_VALUE for row, refusal in places.errors.items()
            )
            if on_progress:
                on_progress(table.done, table.total)
    return Report(
        edition=edition,
        moment=moment,
        rows=rows,
        unusable=unusable,
        verification=summarise(atlas, scheme=check.scheme, level=check.level, comparisons=comparisons),
    )
