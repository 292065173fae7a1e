"""[[records]]: problems recorded elsewhere, as positions with a category and a time."""

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import orjson

from geo.datum import Datum
from geo.errors import InvalidInput, SourceError, UnknownDatum
from geo.findings import find, say_rows
from geo.model import Finding, FloatArray, RecordSet
from geo.moments import parse_moment
from geo.sources import geojson
from geo.sources.description import RecordSource
from geo.sources.files import read_bytes
from geo.sources.geojson import Points
from geo.sources.limits import Limits
from geo.sources.placing import datum_of, place
from geo.sources.rows import missing_fields
from geo.sources.tables import read_table


def read_records(
    source: RecordSource, *, city_datum: Datum | None, zone: ZoneInfo, limits: Limits
) -> tuple[list[RecordSet], list[Finding]]:
    """The records of a file that have a usable position as one set, and what is wrong; no set when it has no use."""
    if not source.path.is_file():
        return [], [find("missing-file", source=source.file)]
    try:
        points = _read(source, limits)
        datum = datum_of(source.datum, points.datum, city_datum)
    except UnknownDatum as error:
        return [], [find("unknown-datum", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    except SourceError as error:
        return [], [find("unreadable-file", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    named = [field for field in (source.category, source.at) if field is not None]
    if source.is_table:
        named += [source.lon, source.lat]
    if missing := missing_fields(source.file, named, points.table.fields):
        return [], missing
    return _records(source, points, datum, zone) if datum else ([], [])


def _read(source: RecordSource, limits: Limits) -> Points:
    wanted = {field for field in (source.lon, source.lat, source.category, source.at) if field is not None}
    if not source.is_table:
        return geojson.read_points(read_bytes(source.path, limits), wanted)
    table = read_table(source.path, wanted, limits)
    return Points(table, lon=_numbers(table.column(source.lon)), lat=_numbers(table.column(source.lat)), datum=None)


def _numbers(texts: Sequence[str | None]) -> FloatArray:
    """The texts as numbers (n,), NaN where they are none."""
    return np.array([_number(text) for text in texts], dtype=np.float64)


def _number(text: str | None) -> float:
    # Python reads 1_20.6 as 120.6; in a table it is a slip.
    if text is None or "_" in text:
        return math.nan
    try:
        return float(text)
    except ValueError:
        return math.nan


def _records(
    source: RecordSource, points: Points, datum: Datum, zone: ZoneInfo
) -> tuple[list[RecordSet], list[Finding]]:
    lon, lat, possible = place(datum, lon=points.lon, lat=points.lat)
    findings = _rows_finding("records-skipped", source, np.flatnonzero(~possible).tolist())
    kept = np.flatnonzero(possible).tolist()
    category: tuple[str | None, ...] = ()
    if source.category is not None:
        texts = points.table.column(source.category)
        category = tuple(texts[index] for index in kept)
    at: tuple[datetime | None, ...] = ()
    if source.at is not None:
        texts = points.table.column(source.at)
        moments = {index: _moment(texts[index], zone) for index in kept}
        at = tuple(moments.values())
        unread = [index for index, moment in moments.items() if moment is None and texts[index] is not None]
        findings += _rows_finding("record-times-unread", source, unread)
    lon, lat = lon[possible], lat[possible]
    digest = _digest(lon, lat, category, at)
    return [RecordSet(source.code, source.name, digest, lon, lat, category, at)], findings


def _rows_finding(kind: str, source: RecordSource, places: list[int]) -> list[Finding]:
    """One finding for all rows with a trouble, none without."""
    if not places:
        return []
    rows = say_rows([place + 1 for place in places])
    return [find(kind, source=source.file, row=places[0] + 1, count=len(places), rows=rows)]


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        return parse_moment(text, zone=zone) if text is not None else None
    except InvalidInput:
        return None


def _digest(lon: FloatArray, lat: FloatArray, category: tuple[str | None, ...], at: tuple[datetime | None, ...]) -> str:
    digest = hashlib.sha256(np.stack([lon, lat]).astype("<f8").tobytes())
    digest.update(orjson.dumps([category, at]))
    return digest.hexdigest()
