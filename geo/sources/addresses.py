"""[[addresses]]: files of doors, buildings and known spots, as a table with lon and lat or as points."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.addresses import Address
from geo.datum import Datum
from geo.findings import find, say_rows
from geo.model import Finding
from geo.sources.description import LayerSource
from geo.sources.files import stem_of
from geo.sources.limits import Limits
from geo.sources.placing import place
from geo.sources.points import Points, open_points
from geo.sources.rows import Row, every_row


@dataclass(frozen=True, slots=True)
class PlacedAddress:
    """An address and where it was read."""

    address: Address
    row: Row


def read_addresses(
    source: LayerSource, *, city_datum: Datum | None, limits: Limits
) -> tuple[list[PlacedAddress], list[Finding]]:
    """The usable addresses of a file, and what is wrong with it; rows without a place or a name are skipped."""
    opened, findings = open_points(source, city_datum=city_datum, limits=limits)
    return _addresses(source, *opened) if opened else ([], findings)


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
