"""Tiny city folders, written to disk as a city would send them.

Squares stand on paper: `square(x, y)` has its lower left corner x steps east and y steps north of 120.6 E 31.3 N, and
a step is 0.001 degrees, some 95 m by 111 m.
"""

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

import numpy as np
import orjson
import pyogrio
import shapely
from shapely import Polygon, box

from geo.city_folder import Intake, read_city
from geo.model import Area, Finding

Feature = dict[str, object]


def square(x: float, y: float, width: float = 1.0, height: float = 1.0) -> Polygon:
    return box(*corner(x, y), *corner(x + width, y + height))


def corner(x: float, y: float) -> tuple[float, float]:
    return round(120.6 + x / 1000, 9), round(31.3 + y / 1000, 9)


def feature(ground: shapely.Geometry | Mapping[str, object] | None, **properties: object) -> Feature:
    geometry = orjson.loads(shapely.to_geojson(ground)) if isinstance(ground, shapely.Geometry) else ground
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson(*features: Feature, **members: object) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": features, **members})


def towns(*codes: str) -> bytes:
    """Squares in a row from west to east, one for each code, named like it."""
    return geojson(*(feature(square(x, 0), code=code, name=code) for x, code in enumerate(codes)))


def write_layer(
    path: Path,
    grounds: Sequence[shapely.Geometry],
    *,
    driver: str,
    crs: str | None = "EPSG:4326",
    encoding: str | None = None,
    **columns: Sequence[object],
) -> Path:
    """A layer written by OGR; every column is text or numbers."""
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array(grounds, dtype=object)),
        field_data=[
            np.array(column, dtype=object if isinstance(column[0], str) else None) for column in columns.values()
        ],
        fields=list(columns),
        geometry_type="Unknown" if driver == "GPKG" else "Polygon",
        crs=crs,
        driver=driver,
        encoding=encoding,
    )
    return path


def write_city(folder: Path, toml: str, files: Mapping[str, bytes | str]) -> Path:
    (folder / "city.toml").write_text(dedent(toml), encoding="utf-8")
    for name, content in files.items():
        raw = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return folder


def take_in(folder: Path, toml: str, files: Mapping[str, bytes | str]) -> Intake:
    """What reading such a city gives."""
    return read_city(write_city(folder, toml, files))


def kinds(intake: Intake, *, besides: Sequence[str] = ("made-units-without-contact",)) -> list[str]:
    """The kinds of findings in their order, without the one that every city without units has."""
    return [finding.kind for finding in intake.findings if finding.kind not in besides]


def the_finding(intake: Intake, kind: str) -> Finding:
    (finding,) = [finding for finding in intake.findings if finding.kind == kind]
    return finding


def areas(intake: Intake) -> dict[str, Area]:
    assert intake.city_map is not None, [finding.kind for finding in intake.findings]
    return {area.code: area for area in intake.city_map.areas}
