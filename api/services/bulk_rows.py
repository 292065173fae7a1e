"""From the cells of a table to positions in WGS 84: what cannot be used is told row by row."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from api.services.bulk_cells import ArrowCells
from api.services.bulk_tables import Batch
from geo.datum import Datum, to_wgs84
from geo.errors import GeoError, InvalidInput
from geo.model import City, FloatArray
from geo.position import ACCURACY_LIMIT_M, NO_PLACE, Position, check_accuracy
from geo.wording import Phrase

NOT_A_NUMBER = Phrase(
    zh="{field} = {value} 不是数；请给出十进制数",
    en="{field} {value} is not a number; give a decimal",
)
NO_VALUE = Phrase(zh="{field} 为空；请给出十进制数", en="{field} is empty; give a decimal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Which columns of a table say what; None where the table does not say it."""

    lon: str
    lat: str
    accuracy: str | None = None
    category: str | None = None
    at: str | None = None

    def named(self) -> list[str]:
        """The columns that are needed."""
        return [field for field in (self.lon, self.lat, self.accuracy, self.category, self.at) if field is not None]


@dataclass(frozen=True, slots=True)
class Places:
    """n rows as positions in WGS 84: (n,) arrays, nan where `errors` says why a row cannot be used."""

    lon: FloatArray
    lat: FloatArray
    sigma_m: FloatArray
    errors: dict[int, GeoError]


def read_places(batch: Batch, fields: Fields, datum: Datum, city: City, accuracy_m: float | None) -> Places:
    """The positions of a batch. `accuracy_m` holds where the row gives none; None is the city's "unknown".

    Raises
    ------
    InvalidInput
        `accuracy_m` is none; what is wrong with one row is among the errors instead.
    """
    errors: dict[int, GeoError] = dict(batch.refused)
    given_lon = _numbers(batch.columns[fields.lon], fields.lon, errors)
    given_lat = _numbers(batch.columns[fields.lat], fields.lat, errors)
    assumed = city.policy.accuracy_m["unknown"] if accuracy_m is None else accuracy_m
    check_accuracy(assumed)
    accuracy = np.full(batch.size, assumed)
    if fields.accuracy is not None:
        stated = _numbers(batch.columns[fields.accuracy], fields.accuracy, errors, may_be_empty=True)
        accuracy = np.where(np.isnan(stated), assumed, stated)
    lon, lat = to_wgs84(datum, lon=given_lon, lat=given_lat)
    sigma_of_metre = Position(lon=0.0, lat=0.0, accuracy_m=1.0, confidence=city.policy.confidence).sigma_m
    suspect = ~(np.abs(lon) <= 180.0) | ~(np.abs(lat) <= 90.0) | ~((accuracy >= 0.0) & (accuracy <= ACCURACY_LIMIT_M))
    for i in np.flatnonzero(suspect).tolist():
        if i in errors:
            continue
        if not math.isfinite(lon[i] + lat[i]):
            errors[i] = InvalidInput(NO_PLACE, lon=given_lon[i], lat=given_lat[i], datum=datum.code)
            continue
        try:
            # The words are those of a single position.
            Position(lon=float(lon[i]), lat=float(lat[i]), accuracy_m=float(accuracy[i]))
        except InvalidInput as refusal:
            errors[i] = refusal
    bad = list(errors)
    lon[bad] = lat[bad] = np.nan
    return Places(lon, lat, accuracy * sigma_of_metre, errors)


def _numbers(
    cells: Sequence[Any], field: str, errors: dict[int, GeoError], *, may_be_empty: bool = False
) -> FloatArray:
    if isinstance(cells, ArrowCells):
        numbers = cells.numbers()
        odd = np.isnan(numbers)
        if may_be_empty:
            odd &= ~cells.are_missing()
        some: Iterable[tuple[int, Any]] = ((i, cells[i]) for i in np.flatnonzero(odd).tolist())
    else:
        numbers, some = np.full(len(cells), np.nan), enumerate(cells)
    for i, cell in some:
        try:
            numbers[i] = _number(cell)
        except (TypeError, ValueError):
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                if not may_be_empty:
                    errors.setdefault(i, InvalidInput(NO_VALUE, field=field))
            else:
                errors.setdefault(i, InvalidInput(NOT_A_NUMBER, field=field, value=repr(cell)[:80]))
            continue
        if not math.isfinite(numbers[i]):
            if may_be_empty and cell is not None and not isinstance(cell, str) and math.isnan(cell):
                continue  # a missing number in a Parquet column
            errors.setdefault(i, InvalidInput(NOT_A_NUMBER, field=field, value=repr(cell)[:80]))
            numbers[i] = np.nan
    return numbers


def _number(cell: Any) -> float:
    # Python reads 1_20.6 as 120.6 and true as 1; to whoever keeps a table they are slips.
    if isinstance(cell, bool) or (isinstance(cell, str) and "_" in cell):
        raise ValueError
    return float(cell)
