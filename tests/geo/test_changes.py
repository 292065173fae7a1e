"""Changes to a map: what is refused, with which words, and what becomes of what was found before."""

import math
from typing import Any

import pytest

from geo.changes.applying import Changed, apply
from geo.changes.change import Change
from geo.changes.collections import COLLECTIONS
from geo.errors import InvalidInput, NotFound
from geo.findings import find, say
from geo.model import Severity
from tests.storage_worlds import two_districts_with_claims

CLAIM = {"unit": "D1", "role": "leads", "categories": ["03"], "area": "admin/street/D1"}
SQUARE = {"type": "Polygon", "coordinates": [[[0.1, 0.1], [0.2, 0.1], [0.2, 0.2], [0.1, 0.2], [0.1, 0.1]]]}
LINE = {"type": "LineString", "coordinates": [[0.1, 0.1], [0.2, 0.1]]}
DEEP: Any = {"type": "GeometryCollection", "geometries": [SQUARE]}
for _ in range(500):
    DEEP = {"type": "GeometryCollection", "geometries": [DEEP]}


def put(collection: str, code: str, **body: Any) -> Changed:
    return apply(two_districts_with_claims(), (), [Change(collection, code, body)])


def delete(*addresses: str) -> Changed:
    changes = [Change(*address.split("/", 1), None) for address in addresses]
    return apply(two_districts_with_claims(), (), changes)


def blocks(changed: Changed, lang: Any = "en") -> list[str]:
    assert changed.city_map is None
    assert all(finding.severity is Severity.BLOCK for finding in changed.new if finding.kind == "still-named")
    return [say(finding, lang) for finding in changed.new if finding.severity is Severity.BLOCK]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "claims/c says nothing in 'unit'; fill it in"),
        ({**CLAIM, "unit": "nobody"}, "the unit nobody of the claim c does not exist; add it to a [[units]] file or"),
        ({**CLAIM, "categories": "99"}, "the claim c names the category 99, which does not exist"),
        ({**CLAIM, "categories": []}, "claims/c says nothing in 'categories'; fill it in"),
        ({**CLAIM, "area": None}, "claims/c names no place; fill in one of area, checkpoint, halo, strip"),
        ({**CLAIM, "halo": "market"}, "claims/c has more than one place: area, halo; leave one"),
        ({**CLAIM, "geometry": SQUARE}, "claims/c has more than one place: area; leave one"),
        ({**CLAIM, "area": "admin/street/*"}, "the value of 'area' in claims/c is refused: * cannot be used here"),
        ({**CLAIM, "unit": "*"}, "the value of 'unit' in claims/c is refused: * is the own unit of each area"),
        ({**CLAIM, "rolle": "leads"}, "claims/c has no key 'rolle'; it has: area, categories, checkpoint, executor"),
        ({**CLAIM, "role": "rules"}, "the value of 'role' in claims/c is refused: 'rules' is not known"),
        ({**CLAIM, "priority": True}, "the value of 'priority' in claims/c is refused: True is neither a text nor"),
        ({**CLAIM, "priority": math.nan}, "the value of 'priority' in claims/c is refused: nan is neither a text nor"),
        ({**CLAIM, "priority": 10**400}, "the value of 'priority' in claims/c is refused: 1000000"),
        ({**CLAIM, "priority": [1]}, "the value of 'priority' in claims/c is refused: […] is neither a text nor"),
        ({**CLAIM, "hours": [["a"]]}, "the value of 'hours' in claims/c is refused: […] is neither a text nor"),
        ({**CLAIM, "source": "a\0b"}, "the value of 'source' in claims/c is refused: 'a\\x00b' holds a NUL"),
        ({**CLAIM, "source": "\ud800"}, "the value of 'source' in claims/c is refused: '\\ud800' holds a NUL or half"),
        ({**CLAIM, "source": "x" * 10_001}, "the value of 'source' in claims/c is refused: it has 10001 characters"),
        ({**CLAIM, "id": "d"}, "the value of 'id' in claims/c is refused: 'd' is not the code in the address, 'c'"),
    ],
)
def test_a_claim_that_cannot_be_is_refused_in_the_words_of_an_import(body: dict[str, Any], said: str) -> None:
    assert any(text.startswith(said) for text in blocks(put("claims", "c", **body))), blocks(put("claims", "c", **body))


def test_in_chinese_too_it_is_named_by_its_address() -> None:
    assert blocks(put("claims", "c", **CLAIM | {"unit": None}), "zh") == ["claims/c 没有填写“unit”；请补上"]
    assert blocks(put("claims", "c", **CLAIM | {"priority": "x"}), "zh")[0].startswith("claims/c 的“priority”不可用：")


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (None, "areas/admin/street/D1 says nothing in 'geometry'"),
        ("POLYGON", "it is no GeoJSON geometry"),
        ([SQUARE], "it is no GeoJSON geometry"),
        ({}, "the geometry type None cannot be used|the geometry type – cannot be used"),
        (LINE, "the geometry type LineString cannot be used"),
        ({"type": {"type": "Polygon"}}, "the geometry type – cannot be used"),
        (DEEP, "the geometry type GeometryCollection cannot be used"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, math.nan], [1, 1], [0, 0]]]}, "vertex 2 is not two finite"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, "1"], [1, 1], [0, 0]]]}, "vertex 2 is not two finite"),
        (
            {"type": "Polygon", "coordinates": [[[31, 120], [32, 120], [32, 121], [31, 120]]]},
            "were lon and lat swapped",
        ),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "edges cross"),
        ({"type": "Polygon", "coordinates": [[[0, 0]] * 100_001]}, "more than 100000 vertices"),
    ],
)
def test_ground_comes_through_the_strict_door(geometry: Any, said: str) -> None:
    found = blocks(put("areas", "admin/street/D1", geometry=geometry, parent="D"))
    assert any(part in text for part in said.split("|") for text in found), found


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (SQUARE, "the geometry type 'Polygon' cannot be used"),
        ({"type": "LineString", "coordinates": [[0, 0], [0, math.inf]]}, "vertex 2 of the line is not [lon, lat]"),
        ({"type": "LineString", "coordinates": [[0, 0], [0, 91]]}, "vertex 2 of the line is not [lon, lat]"),
        ({"type": "LineString", "coordinates": [[0, 0], [0, 0]]}, "the line has no length"),
        ({"type": "LineString", "coordinates": "x"}, "cannot be used; give one line"),
    ],
)
def test_a_line_comes_through_it_too(geometry: Any, said: str) -> None:
    assert any(said in text for text in blocks(put("segments", "road", geometry=geometry)))


@pytest.mark.parametrize(
    ("collection", "code", "body", "said"),
    [
        ("units", "", {}, "the code '' in units/ has control characters or more than"),
        ("units", "a\nb", {}, "has control characters"),
        ("units", " a", {}, "the code ' a' in units/ a has control characters"),
        ("units", "a", {"parent": "nobody"}, "the parent nobody of unit a does not exist"),
        ("units", "hq", {"kind": "headquarters", "parent": "D1"}, "units stand above each other in a circle"),
        ("units", "a", {"contacts": [{"title": "x"}]}, "the value of 'contacts' in units/a is refused: it must be [{"),
        ("units", "a", {"geometry": SQUARE}, "units/a has no key 'geometry'; it has: contacts, kind, name"),
        ("areas", "admin/district/D", {"geometry": SQUARE, "parent": "x"}, "the value of 'parent' in areas/admin/dis"),
        ("areas", "admin/street/E1", {"geometry": SQUARE}, "the code E1 does not begin with its parent's, D"),
        ("areas", "admin/street/D12", {"geometry": SQUARE}, "the code D12 has 3 characters, level 'street' needs 2"),
        ("areas", "admin/street/D1", {"geometry": SQUARE, "unit": "x"}, "the unit x of D1 does not exist"),
        ("categories", "7", {}, "the category 7 is neither component nor event"),
        ("categories", "0201", {"branch": "event"}, "of the category 0201 and its parent 02 one is a component"),
        ("categories", "02", {"parent": "0201"}, "categories stand above each other in a circle"),
        ("checkpoints", "market", {"geometry": SQUARE, "halo_m": -1}, "'-1' is no number from 0 to 5000"),
        ("checkpoints", "market", {"geometry": SQUARE, "governance": "x"}, "'x' is not known"),
        ("checkpoints", "market", {"geometry": SQUARE}, "the claim c3 names the halo of market, but there is no such"),
        ("segments", "road", {"geometry": LINE}, "the claim c4 names the strip road/left/pavement, which does not"),
        ("segments", "x", {"geometry": LINE, "widths": [["moat", 3]]}, "the value of 'widths' in segments/x is ref"),
        ("addresses", "x", {"lon": 0, "lat": 0}, "addresses/x says nothing in 'road + number / estate / alias'"),
        ("addresses", "x", {"lon": 0, "alias": "a"}, "addresses/x says nothing in 'lat'"),
        ("addresses", "x", {"lon": 0, "lat": "nan", "alias": "a"}, "'nan' is no number from -90.0 to 90.0"),
        ("addresses", "x", {"lon": "1_0", "lat": 0, "alias": "a"}, "'1_0' is no number from -180.0 to 180.0"),
        ("addresses", "x", {"lon": 0, "lat": 0, "alias": "a", "datum": "EPSG:32650"}, "is not in degrees"),
        ("addresses", "x", {"lon": 0, "lat": 0, "alias": "a", "datum": "moon"}, "'datum' in addresses/x is refused"),
    ],
)
def test_what_no_file_could_hold_no_body_can(collection: str, code: str, body: dict[str, Any], said: str) -> None:
    found = blocks(put(collection, code, **body))
    assert any(said in text for text in found), found


def test_what_others_name_cannot_go_and_it_is_said_who_names_it() -> None:
    assert blocks(delete("units/D1")) == [
        "units/D1 cannot be deleted while it is named by areas/admin/street/D1, claims/c1, claims/c4, … (6 in all); "
        "change or delete these first, or in the same request"
    ]
    assert "claims/c2" in blocks(delete("areas/admin/street/D2"))[0]
    assert "areas/admin/street/D1, areas/admin/street/D2" in blocks(delete("areas/admin/district/D"))[-1]
    assert "categories/0201, claims/c4, components/lid" in blocks(delete("categories/02"))[0]
    assert "claims/c3" in blocks(delete("checkpoints/market"))[0]
    assert "claims/c4" in blocks(delete("segments/road"))[0]


def test_what_nobody_names_goes_and_with_those_who_name_it_anything() -> None:
    assert "park" not in [site.code for site in delete("checkpoints/park").city_map.checkpoints]
    both = delete("segments/road", "claims/c4").city_map
    assert ([it.code for it in both.segments], [it.id for it in both.claims]) == (["a path"], ["c1", "c2", "c3"])


def test_the_last_area_of_a_level_stays() -> None:
    assert blocks(delete("areas/sanitation/route/7")) == [
        "7 is the last area of sanitation/route and cannot be deleted; every level needs one"
    ]


@pytest.mark.parametrize("address", ["claims/c9", "areas/admin/street/D9", "addresses/9", "posts/x", "claims/"])
def test_nothing_cannot_be_deleted(address: str) -> None:
    with pytest.raises(NotFound):
        delete(address)


@pytest.mark.parametrize("code", ["D1", "admin/D1", "admin/none/D1", "none/street/D1"])
def test_an_area_needs_a_level_that_the_city_has(code: str) -> None:
    with pytest.raises(NotFound, match="admin/district, admin/street"):
        put("areas", code, geometry=SQUARE)


def test_an_address_stands_once_in_a_list() -> None:
    with pytest.raises(InvalidInput, match="claims/c1 stands twice"):
        apply(two_districts_with_claims(), (), [Change("claims", "c1", None), Change("claims", "c1", CLAIM)])


def test_changes_may_name_each_other_in_any_order() -> None:
    changes = [
        Change("claims", "c9", {**CLAIM, "unit": "new", "area": "admin/street/D3"}),
        Change("areas", "admin/street/D3", {"geometry": SQUARE, "unit": "new"}),
        Change("units", "new", {"telephone": "0512-0000-0103"}),
    ]
    changed = apply(two_districts_with_claims(), (), changes)
    assert changed.city_map is not None
    assert changed.city_map.claims[-1].unit == "new"
    assert "overlap" in {finding.kind for finding in changed.new}


def test_all_troubles_of_all_changes_are_told_at_once() -> None:
    changes = [Change("claims", "x", {}), Change("units", "y", {"kind": "z"}), Change("addresses", "z", {})]
    changed = apply(two_districts_with_claims(), (), changes)
    assert {finding.source for finding in changed.new if finding.kind != "unknown-unit-kind"} == {
        "claims/x",
        "addresses/z",
    }
    assert "unknown-unit-kind" in [finding.kind for finding in changed.new]


def test_what_was_found_stays_until_what_it_is_about_changes() -> None:
    import_found = (
        find("unit-without-contact", source="units.csv", row=7, code="D2", name="二街道"),
        find("geometry-repaired", source="sites.geojson", row=2, code="park", area_m2=3.0),
        find("overlap", source="a.geojson", row=1, code="D1", area_m2=9.0, scheme="admin", level="street", other="D2"),
        find("addresses-skipped", source="doors.csv", row=3, count=1, rows="3"),
        find("made-units-without-contact", count=2),
    )

    def kept(*changes: Change) -> list[str]:
        return [finding.kind for finding in apply(two_districts_with_claims(), import_found, changes).findings]

    everything = [finding.kind for finding in import_found]
    assert kept(Change("claims", "c9", CLAIM)) == everything
    assert kept(Change("units", "D2", {"telephone": "0512-0000-0103"})) == everything[1:]
    assert kept(Change("units", "D2", {})) == [*everything[1:4], "unit-without-contact", everything[4]]
    assert "geometry-repaired" not in kept(Change("checkpoints", "park", {"geometry": SQUARE}))
    moved = apply(
        two_districts_with_claims(),
        import_found,
        [Change("areas", "admin/street/D1", {"geometry": SQUARE, "unit": "D1"})],
    )
    assert [finding.values["area_m2"] for finding in moved.findings if finding.kind == "overlap"] == []
    assert "gap" in [finding.kind for finding in moved.new]


def test_every_collection_of_a_map_can_be_written() -> None:
    names = "units areas categories claims checkpoints segments addresses posts components golden"
    assert set(COLLECTIONS) == set(names.split())
