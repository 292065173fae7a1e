"""A thing put into a map is the thing that an import of a file makes of the same words."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely import Polygon

from geo.changes.applying import apply
from geo.changes.change import Change
from geo.changes.collections import COLLECTIONS
from geo.city_folder import read_city
from geo.model import CityMap
from tests.geo.worlds import corner, feature, geojson, square, take_in

CITY = """
    [city]
    name = "x"
    timezone = "Asia/Shanghai"
    datum = "{datum}"

    [policy.road_widths]
    arterial = [["carriageway", 7.1], ["pavement", 3.3]]

    [[areas]]
    level = "town"
    file = "towns.geojson"

    [[areas]]
    level = "cell"
    file = "cells.geojson"
    name_en = "name_en"
    parent = "parent"
    unit = "unit"
    steward = "steward"

    [[units]]
    file = "units.csv"
    contacts = [{{ title = "夜班", telephone = "night" }}]

    [[categories]]
    file = "kinds.csv"

    [[checkpoints]]
    file = "sites.geojson"

    [[segments]]
    file = "roads.geojson"

    [[claims]]
    file = "claims.csv"

    [[claims]]
    file = "grounds.geojson"

    [[addresses]]
    file = "doors.csv"
"""


def drawn(polygon: Polygon) -> dict[str, Any]:
    """The polygon as GeoJSON."""
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(polygon))
    return geometry


LINE = {"type": "LineString", "coordinates": [corner(0, 0), corner(0.4, 0.1), corner(0.9, 0.1)]}
COLUMNS = {
    "units.csv": "code,name,name_en,kind,parent,telephone,night",
    "kinds.csv": "code,name,name_en,parent,branch,nature",
    "claims.csv": "id,unit,role,categories,area,checkpoint,halo,strip,executor,hours,priority,source,valid_from,"
    "valid_to",
    "doors.csv": "code,lon,lat,road,number,estate,building,alias",
}
ALWAYS: dict[str, list[Any]] = {
    "towns.geojson": [feature(square(0, 0), code="T"), feature(square(1, 0), code="U")],
    "cells.geojson": [
        feature(square(0, 0, 0.5, 1), code="T1", name="一格", parent="T", unit="parks"),
        feature(square(1, 0), code="U1", name_en="x", unit="parks", steward="parks", parent="U"),
    ],
    "units.csv": ["parks,园林,,部门,,0512-0000-0103,", "sweepers,保洁,,承包单位,parks,0512-0000-0104,"],
    "kinds.csv": ["01,公用设施,,,component,", "11,市容,,,event,"],
    "sites.geojson": [feature(square(0.1, 0.1, 0.2, 0.2), code="M", halo_m=20, unit="parks")],
    "roads.geojson": [feature(LINE, code="R1", road="平江路", **{"class": "arterial"})],
    "claims.csv": ["c1,parks,leads,11,admin/town/T,,,,,,,,,"],
    "grounds.geojson": [feature(square(0.3, 0.3, 0.1, 0.1), id="g1", unit="parks", role="leads", categories="11")],
    "doors.csv": ["d1,0.001,0.002,平江路,1号,,,"],
}
# What is put; the file in which an import would find it; and how it is written there.
CASES: dict[str, tuple[Change, str, Any]] = {
    "a unit with two telephones": (
        Change(
            "units",
            "works",
            {
                "name": "市政",
                "name_en": "Works",
                "kind": "职能部门",
                "parent": "parks",
                "telephone": "0512-0000-0105",
                "contacts": [{"title": "夜班", "telephone": "0512-0000-0106"}],
            },
        ),
        "units.csv",
        "works,市政,Works,职能部门,parks,0512-0000-0105,0512-0000-0106",
    ),
    "a unit that says little": (Change("units", "x", {"telephone": 110}), "units.csv", "x,,,,,110,"),
    "an area that names its parent": (
        Change(
            "areas",
            "admin/cell/T2",
            {"name": "二格", "parent": "T", "unit": "parks", "geometry": drawn(square(0.5, 0, 0.5, 1))},
        ),
        "cells.geojson",
        feature(square(0.5, 0, 0.5, 1), code="T2", name="二格", parent="T", unit="parks"),
    ),
    "an area that finds its parent and becomes a unit": (
        Change("areas", "admin/cell/T/2", {"geometry": drawn(square(0.5, 0, 0.5, 1))}),
        "cells.geojson",
        feature(square(0.5, 0, 0.5, 1), code="T/2"),
    ),
    "a category below the longest beginning": (
        Change("categories", "1102", {"name": "暴露垃圾", "name_en": "Litter", "nature": "静态"}),
        "kinds.csv",
        "1102,暴露垃圾,Litter,,,静态",
    ),
    "a site with a halo": (
        Change(
            "checkpoints",
            "P",
            {
                "name": "公园",
                "type": "park",
                "principal": "parks",
                "governance": "自管",
                "halo_m": 12.5,
                "geometry": drawn(square(0.6, 0.6, 0.2, 0.2)),
            },
        ),
        "sites.geojson",
        feature(
            square(0.6, 0.6, 0.2, 0.2),
            code="P",
            name="公园",
            type="park",
            principal="parks",
            governance="自管",
            halo_m=12.5,
        ),
    ),
    "a segment with the widths of its class": (
        Change(
            "segments",
            "R2",
            {
                "road": "观前街",
                "road_en": "Guanqian",
                "class": "arterial",
                "start": "东",
                "end_en": "W",
                "geometry": LINE,
            },
        ),
        "roads.geojson",
        feature(LINE, code="R2", road="观前街", road_en="Guanqian", start="东", end_en="W", **{"class": "arterial"}),
    ),
    "a claim with everything": (
        Change(
            "claims",
            "c2",
            {
                "unit": "sweepers",
                "role": "协同",
                "categories": ["11", "01"],
                "strip": "R1/左/人行道",
                "executor": "sweepers",
                "hours": ["周一至周五 08:00-18:00", "Sat 22:00-06:00"],
                "priority": 3,
                "source": "示例〔2026〕1号",
                "valid_from": "2026-01-01",
                "valid_to": "2027-01-01T08:00+08:00",
            },
        ),
        "claims.csv",
        "c2,sweepers,协同,11;01,,,,R1/左/人行道,sweepers,周一至周五 08:00-18:00;Sat 22:00-06:00,3,"
        "示例〔2026〕1号,2026-01-01,2027-01-01T08:00+08:00",
    ),
    "a claim on every kind": (
        Change("claims", "c/3", {"id": "c/3", "unit": "T", "role": "leads", "categories": "*", "area": "admin/town/T"}),
        "claims.csv",
        "c/3,T,leads,*,admin/town/T,,,,,,,,,",
    ),
    "a claim on ground of its own": (
        Change(
            "claims",
            "g2",
            {"unit": "parks", "role": "owns", "categories": 11, "geometry": drawn(square(0.7, 0.1, 0.1, 0.1))},
        ),
        "grounds.geojson",
        feature(square(0.7, 0.1, 0.1, 0.1), id="g2", unit="parks", role="owns", categories="11"),
    ),
    "a claim by which a contractor leads": (
        Change("claims", "c4", {"unit": "sweepers", "role": "leads", "categories": "11", "checkpoint": "M"}),
        "claims.csv",
        "c4,sweepers,leads,11,,M,,,,,,,,",
    ),
    "an address": (
        Change("addresses", "d2", {"lon": 0.0012345678901234, "lat": 0.002, "estate": "新村", "building": "3幢"}),
        "doors.csv",
        "d2,0.0012345678901234,0.002,,,新村,3幢,",
    ),
}


def imported(folder: Path, *, datum: str, **more: Any) -> tuple[CityMap, tuple[Any, ...]]:
    """The map of the folder, with one more row in a file, and its findings."""
    files: dict[str, bytes | str] = {}
    for name, rows in ALWAYS.items():
        rows = [*rows, more[name]] if name in more else rows
        files[name] = "\n".join([COLUMNS[name], *rows]) + "\n" if name in COLUMNS else geojson(*rows)
    folder.mkdir()
    intake = take_in(folder, CITY.format(datum=datum), files)
    assert intake.city_map is not None, intake.findings
    return intake.city_map, intake.findings


def told(findings: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """What findings say, wherever it was read."""
    return sorted(
        (
            it.kind,
            it.code or "",
            it.area_m2 or 0.0,
            repr({k: v for k, v in it.values.items() if k not in ("source", "row")}),
        )
        for it in findings
    )


@pytest.mark.parametrize("datum", ["wgs84", "gcj02"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_put_is_what_is_imported(tmp_path: Path, case: str, datum: str) -> None:
    change, file, row = CASES[case]
    before, findings = imported(tmp_path / "before", datum=datum)
    after, wanted = imported(tmp_path / "after", datum=datum, **{file: row})
    assert before != after
    sent = Change(change.collection, change.code, json.loads(json.dumps(change.body)))
    changed = apply(before, findings, [sent])
    assert changed.city_map == after, changed.findings
    assert told(changed.findings) == told(wanted)
    again = apply(after, wanted, [sent])
    assert again.city_map == after
    assert again.replaced == (True,)
    assert told(again.findings) == told(wanted)


@pytest.mark.parametrize("case", CASES)
def test_what_was_put_can_be_deleted_and_leaves_no_trace(tmp_path: Path, case: str) -> None:
    change, file, row = CASES[case]
    before, findings = imported(tmp_path / "before", datum="wgs84")
    after, told_of = imported(tmp_path / "after", datum="wgs84", **{file: row})
    changed = apply(after, told_of, [Change(change.collection, change.code, None)])
    assert changed.city_map == before
    assert told(changed.findings) == told(findings)


@pytest.mark.parametrize("datum", ["wgs84", "gcj02"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_read_and_put_back_changes_nothing(tmp_path: Path, case: str, datum: str) -> None:
    _, file, row = CASES[case]
    city_map, findings = imported(tmp_path / "city", datum=datum, **{file: row})
    for name, collection in COLLECTIONS.items():
        for thing in collection.listed(city_map):
            body = json.loads(json.dumps(collection.say(thing)))
            changed = apply(city_map, findings, [Change(name, collection.code(thing), body)])
            assert changed.city_map == city_map, (name, changed.new)


def test_the_whole_sample_city_can_be_read_and_put_back() -> None:
    intake = read_city(Path(__file__).parents[2] / "samples" / "gusu")
    assert intake.city_map is not None
    changes = [
        Change(name, collection.code(thing), json.loads(json.dumps(collection.say(thing))))
        for name, collection in COLLECTIONS.items()
        for thing in collection.listed(intake.city_map)
    ]
    changed = apply(intake.city_map, intake.findings, changes)
    assert changed.city_map is not None, changed.new
    for field in fields(CityMap):
        if field.name != "records":
            assert getattr(changed.city_map, field.name) == getattr(intake.city_map, field.name), field.name
    assert told(changed.findings) == told(intake.findings)
