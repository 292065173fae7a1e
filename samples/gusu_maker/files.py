"""The texts of the sample's files: no order of a set, no clock, seven digits always, so the same text every time."""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from samples.gusu_maker.areas import DrawnArea
from samples.gusu_maker.mesh import Mesh, Ring, write_degrees
from samples.gusu_maker.records import DrawnRecord
from samples.gusu_maker.units import DrawnUnit


def write_areas(mesh: Mesh, areas: Iterable[DrawnArea]) -> str:
    """A GeoJSON collection with one feature a line."""
    features = ",\n".join(write_feature(mesh, area) for area in areas)
    return f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}\n'


def write_feature(mesh: Mesh, area: DrawnArea) -> str:
    """An area as a feature; its rings are closed and wound as RFC 7946 wants them."""
    properties = {
        "code": area.code,
        "name": area.name.zh,
        "name_en": area.name.en,
        "parent": area.parent,
        "unit": area.unit,
    }
    rings = ", ".join(write_ring(mesh, ring) for ring in area.rings)
    geometry = f'{{"type": "Polygon", "coordinates": [{rings}]}}'
    return f'{{"type": "Feature", "properties": {json.dumps(properties, ensure_ascii=False)}, "geometry": {geometry}}}'


def write_ring(mesh: Mesh, ring: Ring) -> str:
    """A closed ring of positions."""
    return "[{}]".format(
        ", ".join(
            f"[{write_degrees(mesh.lon[vertex])}, {write_degrees(mesh.lat[vertex])}]" for vertex in (*ring, ring[0])
        )
    )


def write_units(units: Iterable[DrawnUnit]) -> str:
    """The table of units."""
    rows = ((unit.code, unit.name.zh, unit.name.en, unit.kind, unit.parent, unit.telephone) for unit in units)
    return write_table(("code", "name", "name_en", "kind", "parent", "telephone"), rows)


def write_records(records: Iterable[DrawnRecord]) -> str:
    """The table of records, numbered in their order."""
    rows = (
        (
            f"GS{number:05d}",
            record.kind.code,
            record.kind.name,
            record.at.isoformat(),
            write_degrees(record.lon),
            write_degrees(record.lat),
        )
        for number, record in enumerate(records, start=1)
    )
    return write_table(("id", "category", "category_name", "reported_at", "lon", "lat"), rows)


def write_table(header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """A CSV text with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def save(path: Path, text: str) -> None:
    """Nothing; the text stands in the file, compressed without a date when its name ends in .gz."""
    content = text.encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def load(path: Path) -> str | None:
    """The text that stands in the file, or None without one.

    A compressed file is read as text too: compression libraries pack the same text into different bytes.
    """
    if not path.exists():
        return None
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
