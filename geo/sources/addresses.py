"""[[addresses]]: files of doors, buildings and known spots, as a table with lon and lat or as points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.addresses import Address
from geo.datum import Datum
from geo.errors import SourceError, UnknownDatum
from geo.findings import find, say_rows
from geo.model import Finding
from geo.sources import geojson
from geo.sources.description import LayerSource
from geo.sources.files import read_bytes, stem_of
from geo.sources.geojson import Points
from geo.sources.limits import Limits
from geo.sources.placing import datum_of, place
from geo.sources.rows import Row, every_row, missing_fields
from geo.sources.tables import read_table


@dataclass(frozen=True, slots=True)
class PlacedAddress:
    """An address and where it was read."""

    address: Address
    row: Row


def read_addresses(
    source: LayerSource, *, city_datum: Datum | None, limits: Limits
) -> tuple[list[PlacedAddress], list[Finding]]:
    """The usable addresses of a file, and what is wrong with it; rows without a place or a name are skipped."""
    if not source.path.is_file():
        return [], [find("missing-file", source=source.file)]
    try:
        points = _read(source, limits)
        datum = datum_of(source.datum, points.datum, city_datum)
    except UnknownDatum as error:
        return [], [find("unknown-datum", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    except SourceError as error:
        return [], [find("unreadable-file", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    if missing := missing_fields(source.file, source.required, points.table.fields):
        return [], missing
    return _addresses(source, points, datum) if datum else ([], [])


def keep_addresses(placed: Sequence[PlacedAddress]) -> tuple[list[Address], list[Finding]]:
    """The addresses by code, and which codes stand for several."""
    first: dict[str, PlacedAddress] = {}
    findings = []
    for one in placed:
        code = one.address.code
        if code in first:
            where = first[code].row
            one.row.tell("code-repeated", code=code, first=f"{where.source.file}, {where.number}")
            findings += one.row.take_findings()
        else:
            first[code] = one
    return [first[code].address for code in sorted(first)], findings


def _read(source: LayerSource, limits: Limits) -> Points:
    wanted = set(source.columns.values())
    if "lon" not in source.columns:
        return geojson.read_points(read_bytes(source.path, limits), wanted)
    table = read_table(source.path, wanted, limits)
    lon, lat = (np.array([_number(text) for text in table.column(source.columns[key])]) for key in ("lon", "lat"))
    return Points(table, lon=lon, lat=lat, datum=None)


def _number(text: str | None) -> float:
    try:
        return float(text) if text is not None else math.nan
    except ValueError:
        return math.nan


def _addresses(source: LayerSource, points: Points, datum: Datum) -> tuple[list[PlacedAddress], list[Finding]]:
    lon, lat, possible = place(datum, lon=points.lon, lat=points.lat)
    placed, findings, skipped = [], [], []
    for index, row in enumerate(every_row(source, points.table)):
        if not row.texts:
            continue
        if not (possible[index] and is_named(row)):
            skipped.append(row.number)
            continue
        address = address_of(row, lon=float(lon[index]), lat=float(lat[index]))
        if address is not None:
            placed.append(address)
        findings += row.take_findings()
    if skipped:
        rows = say_rows(skipped)
        findings.append(find("addresses-skipped", source=source.file, row=skipped[0], count=len(skipped), rows=rows))
    return placed, findings


def is_named(row: Row) -> bool:
    """Whether a row says how its place is called."""
    return {"road", "number"} <= row.texts.keys() or "estate" in row.texts or "alias" in row.texts


def address_of(row: Row, *, lon: float, lat: float) -> PlacedAddress | None:
    """The address of a row at a place in WGS 84; None when its code cannot be used, which is told."""
    code = row.code() if "code" in row.texts else f"{stem_of(row.source.file)}-{row.number}"
    if code is None:
        return None
    said = {key: row.texts.get(key) for key in ("road", "number", "estate", "building", "alias")}
    return PlacedAddress(Address(code, lon, lat, **said), row)
