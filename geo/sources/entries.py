"""Features of an [[areas]] file, checked one by one, with their ground in WGS 84."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon

from geo.codes import CODE_LIMIT, is_code
from geo.datum import Datum
from geo.errors import SourceError, UnknownDatum
from geo.findings import find
from geo.model import Finding
from geo.shapes import Geometries, repair
from geo.sources import geojson, ogr
from geo.sources.description import AreaSource
from geo.sources.features import Features
from geo.sources.files import read_bytes
from geo.sources.limits import Limits
from geo.sources.placing import datum_of, place

FIELDS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A usable feature. `texts` has what the file says of it, by the key of city.toml (`name`, `parent`, …)."""

    file: str
    row: int
    code: str
    texts: Mapping[str, str]
    boundary: MultiPolygon


def read_entries(source: AreaSource, *, city_datum: Datum | None, limits: Limits) -> tuple[list[Entry], list[Finding]]:
    """The usable features of a file, and everything that is wrong with the file and with them."""
    if not source.path.is_file():
        return [], [find("missing-file", source=source.file)]
    try:
        features = _read(source, limits)
        datum = datum_of(source.datum, features.datum, city_datum)
    except UnknownDatum as error:
        return [], [find("unknown-datum", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    except SourceError as error:
        return [], [find("unreadable-file", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    if not features.table.rows:
        return [], [find("no-features", source=source.file)]
    if missing := missing_fields(source.file, source.fields.values(), features.table.fields):
        return [], missing
    return _check(source, features, datum) if datum else ([], [])


def missing_fields(file: str, named: Collection[str], known: Collection[str]) -> list[Finding]:
    """A finding for each field that city.toml names and the file does not have."""
    shown = ", ".join(list(known)[:FIELDS_SHOWN]) or "–"
    absent = [field for field in dict.fromkeys(named) if field not in known]
    return [find("missing-field", source=file, field=field, known=shown) for field in absent]


def _read(source: AreaSource, limits: Limits) -> Features:
    wanted = {"name", *source.fields.values()}
    if source.path.suffix.lower() in ogr.SUFFIXES:
        return ogr.read_areas(source.path, wanted, source.layer, limits)
    return geojson.read_areas(read_bytes(source.path, limits), wanted, limits)


def _check(source: AreaSource, features: Features, datum: Datum) -> tuple[list[Entry], list[Finding]]:
    columns = {key: features.table.column(field) for key, field in {"name": "name", **source.fields}.items()}
    geometries, findings = _to_wgs84(source.file, features, datum)
    entries = []
    for index, geometry in enumerate(geometries):
        row = index + 1
        texts = {key: text for key, column in columns.items() if (text := column[index]) is not None}
        code = texts.pop("code", None)
        if trouble := _code_trouble(source, row, code):
            findings.append(trouble)
        if geometry is None:
            continue
        repaired = repair(geometry)
        if repaired.boundary is None:
            findings.append(find("geometry-empty", source=source.file, row=row))
        elif code is not None and trouble is None:
            entries.append(Entry(source.file, row, code, texts, repaired.boundary))
            if repaired.changed or index in features.mended:
                moved_m2 = repaired.moved_m2
                findings.append(find("geometry-repaired", source=source.file, row=row, code=code, area_m2=moved_m2))
    return entries, sorted(findings, key=lambda finding: finding.row or 0)


def _code_trouble(source: AreaSource, row: int, code: str | None) -> Finding | None:
    if code is None:
        return find("row-without-code", source=source.file, row=row, field=source.fields["code"])
    if not is_code(code):
        return find("bad-code", source=source.file, row=row, code=repr(code[:CODE_LIMIT]), limit=CODE_LIMIT)
    return None


def _to_wgs84(file: str, features: Features, datum: Datum) -> tuple[Geometries, list[Finding]]:
    """The geometries in WGS 84, None where there is none that can be used, and a finding for each None."""
    given = shapely.force_2d(features.geometries)
    findings = [
        find("geometry-refused", source=file, row=index + 1, zh=reason.say("zh"), en=reason.say("en"))
        for index, reason in features.refused.items()
    ]
    empty = np.flatnonzero(shapely.is_missing(given) | shapely.is_empty(given))
    findings += [
        find("geometry-empty", source=file, row=int(index) + 1) for index in empty if index not in features.refused
    ]

    positions, owners = shapely.get_coordinates(given, return_index=True)
    lon, lat, possible = place(datum, lon=positions[:, 0], lat=positions[:, 1])
    misplaced, firsts = np.unique(owners[~possible], return_index=True)
    for index, first in zip(misplaced, np.flatnonzero(~possible)[firsts], strict=True):
        findings.append(_position_trouble(file, int(index) + 1, *positions[first].tolist()))
    # In one go and pointwise: vertices that neighbours share stay the same to the last bit.
    geometries = shapely.set_coordinates(given, np.stack([lon, lat], axis=1))
    geometries[empty] = None
    geometries[misplaced] = None
    return geometries, findings


def _position_trouble(file: str, row: int, lon: float, lat: float) -> Finding:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return find("geometry-not-finite", source=file, row=row)
    return find("geometry-out-of-range", source=file, row=row, lon=lon, lat=lat)
