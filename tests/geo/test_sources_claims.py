"""Tables of claims, layers of claims with polygons of their own, and what each `*` stands for."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from geo.city_folder import Intake
from geo.claims import Claim, PlaceKind, Role
from geo.findings import say
from geo.schedule import Shift
from tests.geo.worlds import corner, feature, geojson, kinds, square, take_in, the_finding, towns

CITY = """
    [city]
    name = "x"
    timezone = "Asia/Shanghai"
    categories = "default"

    [policy.road_widths]
    arterial = [["carriageway", 7], ["pavement", 3]]

    [[areas]]
    file = "towns.geojson"

    [[areas]]
    scheme = "police"
    level = "beat"
    file = "beats.geojson"
    unit = "unit"

    [[units]]
    file = "units.csv"

    [[checkpoints]]
    file = "sites.geojson"

    [[segments]]
    file = "roads.geojson"

    [[claims]]
    file = "{file}"
"""
FILES: dict[str, bytes | str] = {
    "towns.geojson": towns("a", "b"),
    "beats.geojson": geojson(
        feature(square(0, 0), code="1/x", unit="police"),
        feature(square(1, 0), code="2"),
        feature(square(2, 0), code="3", unit="police"),
    ),
    "units.csv": "code,kind,telephone\npolice,部门,110\nparks,部门,1\nsweepers,承包单位,2\n",
    "sites.geojson": geojson(
        feature(square(0.2, 0.2, 0.2, 0.2), code="market", halo_m=20, unit="parks"),
        feature(square(1.2, 0.2, 0.2, 0.2), code="park"),
    ),
    "roads.geojson": geojson(
        feature(
            {"type": "LineString", "coordinates": [corner(0, 0), corner(1, 0)]}, code="R/1", **{"class": "arterial"}
        ),
        feature({"type": "LineString", "coordinates": [corner(1, 0), corner(2, 0)]}, code="R2"),
    ),
}
COLUMNS = ("unit", "role", "categories", "area", "checkpoint", "halo", "strip", "executor", "hours", "priority",
           "source", "valid_from", "valid_to", "id")  # fmt: skip
Row = dict[str, str]


def table(*rows: Row) -> str:
    """A CSV of claims; what a row leaves out is a claim of the parks to lead 1102 in the town a."""
    lines = []
    for row in rows:
        place = {} if any(key in row for key in COLUMNS[3:7]) else {"area": "admin/area/a"}
        full = {"unit": "parks", "role": "leads", "categories": "1102", **place, **row}
        lines.append(",".join(f'"{full.get(column, "")}"' for column in COLUMNS))
    return "\n".join([",".join(COLUMNS), *lines])


def read(folder: Path, *rows: Row, more: str = "") -> Intake:
    return take_in(folder, CITY.format(file="claims.csv") + more, FILES | {"claims.csv": table(*rows)})


def claims_of(intake: Intake) -> dict[str, Claim]:
    assert intake.city_map is not None, [say(finding, "en") for finding in intake.findings]
    return {claim.id: claim for claim in intake.city_map.claims}


def test_a_claim_is_read_with_everything_that_its_row_says(tmp_path: Path) -> None:
    row = {
        "id": "C1", "role": "协同", "categories": "1102; 1103、0111 1102", "executor": "sweepers", "priority": "-2",
        "hours": "Mon 22:00-06:00", "source": "〔2026〕3号", "valid_from": "2026-05-01", "valid_to": "2026-05-01T08:30",
    }  # fmt: skip
    claim = claims_of(read(tmp_path, row))["C1"]
    assert (claim.unit, claim.role, claim.categories) == ("parks", Role.ASSISTS, ("1102", "1103", "0111"))
    assert (claim.place.kind, claim.place.key, claim.place.boundary) == (PlaceKind.AREA, ("admin", "area", "a"), None)
    assert (claim.executor, claim.priority, claim.source) == ("sweepers", -2, "〔2026〕3号")
    assert claim.hours == (Shift(0, 22 * 60, 24 * 60), Shift(1, 0, 6 * 60))
    assert claim.valid_from == datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert claim.valid_to == datetime(2026, 5, 1, 0, 30, tzinfo=UTC)


def test_a_claim_without_an_id_is_called_by_file_and_row(tmp_path: Path) -> None:
    assert list(claims_of(read(tmp_path, {}, {"id": "z"}, {"id": "a"}, {}))) == ["a", "claims-1", "claims-4", "z"]


@pytest.mark.parametrize(
    ("column", "value", "kind", "key"),
    [
        ("area", "police/beat/1/x", PlaceKind.AREA, ("police", "beat", "1/x")),
        ("checkpoint", "park", PlaceKind.CHECKPOINT, ("park",)),
        ("halo", "market", PlaceKind.HALO, ("market",)),
        ("strip", "R/1/right/人行道", PlaceKind.STRIP, ("R/1", "right", "pavement")),
        ("strip", "R/1/左侧/carriageway", PlaceKind.STRIP, ("R/1", "left", "carriageway")),
    ],
)
def test_each_kind_of_place_is_named_in_its_own_column(
    tmp_path: Path, column: str, value: str, kind: PlaceKind, key: tuple[str, ...]
) -> None:
    claim = claims_of(read(tmp_path, {column: value}))["claims-1"]
    assert (claim.place.kind, claim.place.key) == (kind, key)


@pytest.mark.parametrize(
    ("column", "value", "unit", "made"),
    [
        ("area", "admin/area/*", "*", {"claims-1/a": "a", "claims-1/b": "b"}),
        ("area", "police/beat/*", "*", {"claims-1/1/x": "police", "claims-1/3": "police"}),
        ("area", "police/beat/*", "parks", {"claims-1/1/x": "parks", "claims-1/2": "parks", "claims-1/3": "parks"}),
        ("checkpoint", "*", "police", {"claims-1/market": "police", "claims-1/park": "police"}),
        ("checkpoint", "*", "*", {"claims-1/market": "parks", "claims-1/park": "b"}),
        ("halo", "*", "police", {"claims-1/market": "police"}),
        ("strip", "R/1/*/pavement", "police", {"claims-1/left": "police", "claims-1/right": "police"}),
        (
            "strip",
            "R/1/left/*",
            "police",
            {"claims-1/carriageway": "police", "claims-1/pavement": "police"},
        ),
    ],
)
def test_a_star_makes_one_claim_for_each_ground(
    tmp_path: Path, column: str, value: str, unit: str, made: dict[str, str]
) -> None:
    found = claims_of(read(tmp_path, {column: value, "unit": unit}))
    assert {code: claim.unit for code, claim in found.items()} == made
    assert all("*" not in claim.place.key for claim in found.values())


@pytest.mark.parametrize("place", [{"area": "admin/area/*"}, {"checkpoint": "market"}, {"checkpoint": "*"}])
def test_every_category_may_be_claimed_on_areas_and_inside_sites(tmp_path: Path, place: Row) -> None:
    found = claims_of(read(tmp_path, {"categories": "*", **place}))
    assert {claim.categories for claim in found.values()} == {("*",)}


@pytest.mark.parametrize(
    ("row", "kind", "value"),
    [
        ({"unit": "nobody"}, "unknown-claim-unit", "nobody"),
        ({"executor": "nobody"}, "unknown-executor", "nobody"),
        ({"categories": "1102;9999"}, "unknown-category", "9999"),
        ({"area": "admin/area/z"}, "unknown-area", "admin/area/z"),
        ({"area": "admin/cell/*"}, "unknown-area", "admin/cell/*"),
        ({"checkpoint": "z"}, "unknown-site", "z"),
        ({"halo": "park"}, "unknown-halo", "park"),
        ({"strip": "R2/left/pavement"}, "unknown-strip", "R2/left/pavement"),
        ({"strip": "R/1/left/green_belt"}, "unknown-strip", "R/1/left/green_belt"),
    ],
)
def test_what_a_claim_names_must_exist(tmp_path: Path, row: Row, kind: str, value: str) -> None:
    intake = read(tmp_path, {}, row, row)
    assert intake.city_map is None
    found = the_finding(intake, kind)
    assert (found.row, found.values["value"]) == (2, value)


@pytest.mark.parametrize(
    ("row", "field", "told"),
    [
        ({"role": "does"}, "role", "give one of: leads, assists"),
        ({"categories": "*;1102"}, "categories", "cannot stand beside 1102"),
        ({"categories": ";"}, "categories", "give codes"),
        ({"categories": "*", "halo": "market"}, "categories", "areas and inside sites only"),
        ({"categories": "*", "strip": "R/1/left/*"}, "categories", "areas and inside sites only"),
        ({"area": "admin/a"}, "area", "is not scheme/level/code"),
        ({"area": "admin/*/a"}, "area", "is not scheme/level/code"),
        ({"strip": "R/1/pavement"}, "strip", "is not segment/side/kind"),
        ({"strip": "R/1/up/pavement"}, "strip", "is not segment/side/kind"),
        ({"strip": "*/left/pavement"}, "strip", "is not segment/side/kind"),
        ({"unit": "*"}, "unit", "own unit of each area or site"),
        ({"unit": "*", "strip": "R/1/*/*"}, "unit", "own unit of each area or site"),
        ({"hours": "always"}, "hours", "no weekly hours"),
        ({"id": "ruling:R1"}, "id", "kept for the rulings and permits"),
        ({"id": "permit:P1"}, "id", "kept for the rulings and permits"),
        ({"priority": "1.5"}, "priority", "no whole number"),
        ({"priority": "9999999"}, "priority", "no whole number"),
        ({"valid_from": "1.5.2026"}, "valid_from", "ISO 8601"),
        ({"valid_to": "2026-13-01"}, "valid_to", "ISO 8601"),
        ({"valid_from": "2026-05-01", "valid_to": "2026-05-01"}, "valid_to", "not after valid_from"),
    ],
)
def test_a_value_that_cannot_be_used_blocks_with_its_column_and_the_remedy(
    tmp_path: Path, row: Row, field: str, told: str
) -> None:
    intake = read(tmp_path, {}, row)
    assert intake.city_map is None
    found = the_finding(intake, "value-refused")
    assert (found.row, found.values["field"]) == (2, field)
    assert told in say(found, "en")
    assert say(found, "zh") != say(found, "en")


@pytest.mark.parametrize("field", ["unit", "role", "categories"])
def test_unit_role_and_categories_must_be_filled_in(tmp_path: Path, field: str) -> None:
    assert the_finding(read(tmp_path, {}, {field: ""}), "value-missing").values["field"] == field


def test_a_row_has_exactly_one_place(tmp_path: Path) -> None:
    two = {"area": "admin/area/a", "halo": "market"}
    intake = read(tmp_path, {}, {"area": ""}, two)
    assert (the_finding(intake, "claim-without-place").row, the_finding(intake, "claim-with-two-places").row) == (2, 3)


def test_an_id_used_twice_blocks_whoever_made_it(tmp_path: Path) -> None:
    found = the_finding(read(tmp_path, {"area": "admin/area/*"}, {"id": "claims-1/b"}), "code-repeated")
    assert (found.row, found.code, found.values["first"]) == (2, "claims-1/b", "claims.csv, 1")


def test_a_contractor_that_is_said_to_lead_is_told_once(tmp_path: Path) -> None:
    intake = read(tmp_path, {"unit": "sweepers"}, {"unit": "sweepers"}, {"unit": "sweepers", "role": "maintains"})
    found = the_finding(intake, "contractor-leads")
    assert (found.code, found.values["count"]) == ("sweepers", 2)
    assert not intake.blocks


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    more = '    unit = "单位"\n    role = "责任"\n    categories = "类别"\n    area = "范围"\n    source = "文件"\n'
    csv = "单位,责任,类别,范围,文件\nparks,牵头,1102,admin/area/a,5号\n"
    intake = take_in(tmp_path, CITY.format(file="claims.csv") + more, FILES | {"claims.csv": csv})
    assert claims_of(intake)["claims-1"].source == "5号"


def test_a_column_that_every_claim_needs_must_be_there(tmp_path: Path) -> None:
    intake = take_in(tmp_path, CITY.format(file="claims.csv"), FILES | {"claims.csv": "unit,role\nparks,leads\n"})
    assert the_finding(intake, "missing-field").values["field"] == "categories"


def test_dates_in_a_workbook_are_dates(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    workbook.active.append(["unit", "role", "categories", "area", "valid_from"])
    workbook.active.append(["parks", "leads", 1102, "admin/area/a", date(2026, 5, 1)])
    content = io.BytesIO()
    workbook.save(content)
    intake = take_in(tmp_path, CITY.format(file="claims.xlsx"), FILES | {"claims.xlsx": content.getvalue()})
    claim = claims_of(intake)["claims-1"]
    assert (claim.categories, claim.valid_from) == (("1102",), datetime(2026, 4, 30, 16, tzinfo=UTC))


def own_polygons(folder: Path, *claims: dict[str, object]) -> Intake:
    return take_in(folder, CITY.format(file="claims.geojson"), FILES | {"claims.geojson": geojson(*claims)})


def test_features_are_claims_on_polygons_of_their_own(tmp_path: Path) -> None:
    told = {"unit": "parks", "role": "leads", "categories": "0405"}
    found = claims_of(own_polygons(tmp_path, feature(square(0, 0), **told), feature(square(1, 0), id="own", **told)))
    assert {code: (claim.place.kind, claim.place.key) for code, claim in found.items()} == {
        "claims-1": (PlaceKind.POLYGON, ("claims-1",)),
        "own": (PlaceKind.POLYGON, ("own",)),
    }
    boundary = found["own"].place.boundary
    assert boundary is not None
    assert boundary.equals(square(1, 0))


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ({"categories": "*"}, "value-refused"),
        ({"area": "admin/area/a"}, "claim-with-two-places"),
        ({"unit": "*"}, "value-refused"),
        ({"id": "a\u0007"}, "bad-code"),
    ],
)
def test_a_polygon_is_one_place_with_categories_of_its_own(
    tmp_path: Path, properties: dict[str, object], kind: str
) -> None:
    told = {"unit": "parks", "role": "leads", "categories": "0405", **properties}
    assert the_finding(own_polygons(tmp_path, feature(square(0, 0), **told)), kind).row == 1


def test_a_claim_whose_polygon_draws_nothing_blocks(tmp_path: Path) -> None:
    told = {"unit": "parks", "role": "leads", "categories": "0405"}
    assert "geometry-empty" in kinds(own_polygons(tmp_path, feature(None, **told)))


def test_everything_wrong_with_claims_is_told_at_once_in_both_languages(tmp_path: Path) -> None:
    intake = read(
        tmp_path,
        {"unit": "nobody", "role": "does", "hours": "always"},
        {"unit": "nobody", "categories": "9999", "area": "admin/area/z"},
    )
    assert kinds(intake)[-5:] == [
        "value-refused", "value-refused", "unknown-claim-unit", "unknown-category", "unknown-area",
    ]  # fmt: skip
    assert all(say(finding, "zh") != say(finding, "en") for finding in intake.findings)
