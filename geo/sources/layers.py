"""Features of a file of areas or lines, with their geometry in WGS 84."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon

from geo.datum import Datum
from geo.errors import SourceError, UnknownDatum
from geo.findings import find
from geo.model import Finding
from geo.shapes import Geometries, repair
from geo.sources import geojson, ogr
from geo.sources.description import LayerSource
from geo.sources.features import Drawn, Features
from geo.sources.files import read_bytes
from geo.sources.limits import Limits
from geo.sources.placing import datum_of, place
from geo.sources.rows import Row, every_row, missing_fields


@dataclass(frozen=True, slots=True)
class Feature:
    """A row with its geometry in WGS 84; without one that can be used, which was told. `mended` as it was read."""

    row: Row
    geometry: shapely.Geometry | None
    mended: bool

    def ground(self, code: str | None) -> MultiPolygon | None:
        """The ground of its polygons, repaired where needed; what is wrong is told of the row, by its code."""
        if self.geometry is None:
            return None
        repaired = repair(self.geometry)
        if repaired.boundary is None:
            self.row.tell("geometry-empty")
        elif code is not None and (repaired.changed or self.mended):
            self.row.tell("geometry-repaired", code=code, area_m2=repaired.moved_m2)
        return repaired.boundary


def read_features(
    source: LayerSource, drawn: Drawn, *, city_datum: Datum | None, limits: Limits
) -> tuple[list[Feature], list[Finding]]:
    """The features of a file, and everything that is wrong with the file as such.

    What is wrong with a feature is told of its row.
    """
    if not source.path.is_file():
        return [], [find("missing-file", source=source.file)]
    try:
        features = _read(source, drawn, limits)
        datum = datum_of(source.datum, features.datum, city_datum)
    except UnknownDatum as error:
        return [], [find("unknown-datum", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    except SourceError as error:
        return [], [find("unreadable-file", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    if not features.table.rows:
        return [], [find("no-features", source=source.file)]
    if missing := missing_fields(source.file, source.required, features.table.fields):
        return [], missing
    return (_placed(source, features, datum) if datum else []), []


def _read(source: LayerSource, drawn: Drawn, limits: Limits) -> Features:
    wanted = set(source.columns.values())
    if source.path.suffix.lower() in ogr.SUFFIXES:
        return ogr.read_layer(source.path, wanted, source.layer, drawn, limits)
    return geojson.read_layer(read_bytes(source.path, limits), wanted, drawn, limits)


def _placed(source: LayerSource, features: Features, datum: Datum) -> list[Feature]:
    rows = list(every_row(source, features.table))
    geometries = _to_wgs84(rows, features, datum)
    return [
        Feature(row, geometry, index in features.mended)
        for index, (row, geometry) in enumerate(zip(rows, geometries, strict=True))
    ]


def _to_wgs84(rows: list[Row], features: Features, datum: Datum) -> Geometries:
    """The geometries in WGS 84, None where there is none that can be used, which is told of the row."""
    given = shapely.force_2d(features.geometries)
    for index, reason in features.refused.items():
        rows[index].tell("geometry-refused", zh=reason.say("zh"), en=reason.say("en"))
    empty = np.flatnonzero(shapely.is_missing(given) | shapely.is_empty(given)).tolist()
    for index in empty:
        if index not in features.refused:
            rows[index].tell("geometry-empty")

    positions, owners = shapely.get_coordinates(given, return_index=True)
    lon, lat, possible = place(datum, lon=positions[:, 0], lat=positions[:, 1])
    misplaced, firsts = np.unique(owners[~possible], return_index=True)
    for number, first in zip(misplaced, np.flatnonzero(~possible)[firsts], strict=True):
        _tell_position(rows[number], *positions[first].tolist())
    # In one go and pointwise: vertices that neighbours share stay the same to the last bit.
    geometries: Geometries = shapely.set_coordinates(given, np.stack([lon, lat], axis=1))
    geometries[empty] = None
    geometries[misplaced] = None
    return geometries


def _tell_position(row: Row, lon: float, lat: float) -> None:
    if math.isfinite(lon) and math.isfinite(lat):
        row.tell("geometry-out-of-range", lon=lon, lat=lat)
    else:
        row.tell("geometry-not-finite")
