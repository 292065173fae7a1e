"""Positions of a file: a table with columns for lon and lat, or a layer of points."""

import math

import numpy as np

from geo.datum import Datum
from geo.errors import SourceError, UnknownDatum
from geo.findings import find
from geo.model import Finding
from geo.sources import geojson
from geo.sources.description import LayerSource
from geo.sources.files import read_bytes
from geo.sources.geojson import Points
from geo.sources.limits import Limits
from geo.sources.placing import datum_of
from geo.sources.rows import missing_fields
from geo.sources.tables import read_table

__all__ = ["Points", "open_points"]


def open_points(
    source: LayerSource, *, city_datum: Datum | None, limits: Limits
) -> tuple[tuple[Points, Datum] | None, list[Finding]]:
    """The points of a file with the datum of their numbers; None when it cannot be used, and what is wrong with it."""
    if not source.path.is_file():
        return None, [find("missing-file", source=source.file)]
    try:
        points = _read(source, limits)
        datum = datum_of(source.datum, points.datum, city_datum)
    except UnknownDatum as error:
        return None, [find("unknown-datum", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    except SourceError as error:
        return None, [find("unreadable-file", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    if missing := missing_fields(source.file, source.required, points.table.fields):
        return None, missing
    return ((points, datum) if datum else None), []


def _read(source: LayerSource, limits: Limits) -> Points:
    wanted = set(source.columns.values())
    if "lon" not in source.columns:
        return geojson.read_points(read_bytes(source.path, limits), wanted)
    table = read_table(source.path, wanted, limits)
    lon, lat = (np.array([_number(text) for text in table.column(source.columns[key])]) for key in ("lon", "lat"))
    return Points(table, lon=lon, lat=lat, datum=None)


def _number(text: str | None) -> float:
    # Python reads 1_20.6 as 120.6; in a table it is a slip.
    try:
        return float(text) if text is not None and "_" not in text else math.nan
    except ValueError:
        return math.nan
