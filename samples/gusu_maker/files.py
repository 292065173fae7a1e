"""The texts of the sample's files: no order of a set, no clock, seven digits always, so the same text every time."""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from samples.gusu_maker.addresses import DrawnAddress
from samples.gusu_maker.areas import DrawnArea
from samples.gusu_maker.claim_areas import ClaimedGround
from samples.gusu_maker.claims import DrawnClaim
from samples.gusu_maker.dispatched import DrawnDispatch
from samples.gusu_maker.mesh import Mesh, Ring, write_degrees
from samples.gusu_maker.records import DrawnRecord
from samples.gusu_maker.roads import DrawnRoad
from samples.gusu_maker.sites import DrawnSite
from samples.gusu_maker.things import DrawnThing
from samples.gusu_maker.units import DrawnUnit


def write_areas(mesh: Mesh, areas: Iterable[DrawnArea]) -> str:
    """The areas of a level as a layer."""
    return write_layer(
        write_feature(
            {
                "code": area.code,
                "name": area.name.zh,
                "name_en": area.name.en,
                "parent": area.parent,
                "unit": area.unit,
            },
            write_polygon(mesh, area.rings),
        )
        for area in areas
    )


def write_roads(mesh: Mesh, roads: Iterable[DrawnRoad]) -> str:
    """The roads as a layer of lines."""
    return write_layer(
        write_feature(
            {
                "code": road.code,
                "road": road.plan.name.zh,
                "road_en": road.plan.name.en,
                "class": road.plan.road_class,
                "start": road.start.zh,
                "start_en": road.start.en,
                "end": road.end.zh,
                "end_en": road.end.en,
            },
            f'{{"type": "LineString", "coordinates": {write_line(mesh, road.path)}}}',
        )
        for road in roads
    )


def write_sites(mesh: Mesh, sites: Iterable[DrawnSite]) -> str:
    """The inner ground of the sites as a layer."""
    return write_layer(
        write_feature(
            {
                "code": site.code,
                "name": site.name.zh,
                "name_en": site.name.en,
                "type": site.type.code,
                "unit": site.unit if site.governance is None else None,
                "principal": site.principal,
                "governance": site.governance,
                "manager": site.manager,
                "halo_m": site.type.halo_m,
            },
            write_polygon(mesh, (site.ring,)),
        )
        for site in sites
    )


CLAIM_COLUMNS = (
    "id", "unit", "role", "categories", "area", "checkpoint", "halo", "strip", "executor", "hours", "priority",
    "source", "valid_from", "valid_to",
)  # fmt: skip


def write_claims(claims: Iterable[DrawnClaim]) -> str:
    """The table of claims on areas, sites and roads, numbered in their order."""
    rows = (
        (
            f"C-{number:03d}",
            claim.unit,
            claim.role,
            ";".join(claim.categories),
            claim.area,
            claim.checkpoint,
            claim.halo,
            claim.strip,
            claim.executor,
            claim.hours,
            "",
            write_source(claim.source),
            claim.valid_from,
            claim.valid_to,
        )
        for number, claim in enumerate(claims, start=1)
    )
    return write_table(CLAIM_COLUMNS, rows)


def write_claimed_grounds(mesh: Mesh, grounds: Iterable[ClaimedGround]) -> str:
    """The claims with ground of their own as a layer."""
    return write_layer(
        write_feature(
            {
                "id": ground.id,
                "unit": ground.claim.unit,
                "role": ground.claim.role,
                "categories": ";".join(ground.claim.categories),
                "source": write_source(ground.claim.source),
            },
            write_polygon(mesh, (ground.ring,)),
        )
        for ground in grounds
    )


def write_source(number: int) -> str:
    """The number of an invented document."""
    return f"示例〔2026〕{number}号"


def write_layer(features: Iterable[str]) -> str:
    """A GeoJSON collection with one feature a line."""
    return '{{"type": "FeatureCollection", "features": [\n{}\n]}}\n'.format(",\n".join(features))


def write_feature(properties: Mapping[str, str | float | None], geometry: str) -> str:
    """A GeoJSON feature."""
    return f'{{"type": "Feature", "properties": {json.dumps(properties, ensure_ascii=False)}, "geometry": {geometry}}}'


def write_polygon(mesh: Mesh, rings: Iterable[Ring]) -> str:
    """A geometry; its rings are closed and wound as RFC 7946 wants them."""
    coordinates = ", ".join(write_line(mesh, (*ring, ring[0])) for ring in rings)
    return f'{{"type": "Polygon", "coordinates": [{coordinates}]}}'


def write_line(mesh: Mesh, path: Ring) -> str:
    """The positions along a path."""
    return "[{}]".format(
        ", ".join(f"[{write_degrees(mesh.lon[vertex])}, {write_degrees(mesh.lat[vertex])}]" for vertex in path)
    )


def write_units(units: Iterable[DrawnUnit]) -> str:
    """The table of units."""
    rows = ((unit.code, unit.name.zh, unit.name.en, unit.kind, unit.parent, unit.telephone) for unit in units)
    return write_table(("code", "name", "name_en", "kind", "parent", "telephone"), rows)


COMPONENT_COLUMNS = (
    "id", "category", "owner", "maintainer", "competent", "state", "since", "lon", "lat", "source", "note",
)  # fmt: skip


def write_components(things: Iterable[DrawnThing]) -> str:
    """The table of registered components."""
    rows = (
        (
            thing.id,
            thing.category,
            thing.owner,
            thing.maintainer,
            thing.competent,
            thing.state,
            thing.since,
            write_degrees(thing.lon),
            write_degrees(thing.lat),
            "示例普查",
            thing.note,
        )
        for thing in things
    )
    return write_table(COMPONENT_COLUMNS, rows)


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


def write_dispatched(records: Iterable[DrawnDispatch]) -> str:
    """The table of records with the community that each was sent to, numbered in their order."""
    rows = (
        (
            f"PD{number:05d}",
            record.at.isoformat(),
            record.community,
            write_degrees(record.lon),
            write_degrees(record.lat),
        )
        for number, record in enumerate(records, start=1)
    )
    return write_table(("id", "reported_at", "community", "lon", "lat"), rows)


def write_addresses(addresses: Iterable[DrawnAddress]) -> str:
    """The register of addresses."""
    rows = (
        (
            address.code,
            address.road,
            address.number,
            address.estate,
            address.building,
            address.alias,
            write_degrees(address.lon),
            write_degrees(address.lat),
        )
        for address in addresses
    )
    return write_table(("code", "road", "number", "estate", "building", "alias", "lon", "lat"), rows)


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
