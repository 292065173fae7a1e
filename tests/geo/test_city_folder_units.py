"""The units of a city's folder: from tables, from areas, and the tree they form."""

from pathlib import Path

import pytest

from geo.model import Contact, UnitKind
from geo.wording import Name
from tests.geo.worlds import areas, feature, geojson, kinds, square, take_in, the_finding, towns

CITY = """
    [city]
    name = "x"

    [[areas]]
    file = "towns.geojson"
    unit = "keeper"

    [[units]]
    file = "units.csv"
"""


def keep(**keepers: str | None) -> bytes:
    """Squares in a row, each kept by a unit."""
    return geojson(
        *(feature(square(x, 0), code=code, keeper=keeper) for x, (code, keeper) in enumerate(keepers.items()))
    )


def test_an_area_keeps_the_unit_it_names_and_no_other_is_made(tmp_path: Path) -> None:
    units = "code,name,kind,telephone\nbureau,城管局,部门,12319\nhq,指挥部,指挥部,12345\n"
    intake = take_in(tmp_path, CITY, {"towns.geojson": keep(a="bureau"), "units.csv": units})
    assert intake.findings == ()
    assert intake.city_map is not None
    assert [(unit.code, unit.name, unit.kind, unit.parent, unit.telephone) for unit in intake.city_map.units] == [
        ("bureau", Name(zh="城管局"), UnitKind.DEPARTMENT, "hq", "12319"),
        ("hq", Name(zh="指挥部"), UnitKind.HEADQUARTERS, None, "12345"),
    ]
    assert areas(intake)["a"].unit == "bureau"


def test_an_area_may_name_the_unit_that_is_made_from_another(tmp_path: Path) -> None:
    toml = """
        [city]
        name = "x"
        [[areas]]
        level = "community"
        file = "communities.geojson"
        [[areas]]
        level = "cell"
        file = "cells.geojson"
        unit = "community"
    """
    cells = geojson(*(feature(square(x, 0), code=f"c{x}", community="C") for x in (0, 1)))
    files = {"communities.geojson": geojson(feature(square(0, 0, 2), code="C")), "cells.geojson": cells}
    intake = take_in(tmp_path, toml, files)
    assert not intake.blocks
    assert intake.city_map is not None
    assert [unit.code for unit in intake.city_map.units] == ["C", "hq"]
    assert areas(intake)["c1"].unit == "C"


def test_a_unit_of_a_table_may_stand_under_one_made_from_an_area(tmp_path: Path) -> None:
    units = "code,parent,telephone\nsquad,a,1\n"
    intake = take_in(tmp_path, CITY, {"towns.geojson": keep(a=None, b="squad"), "units.csv": units})
    assert intake.city_map is not None
    assert {unit.code: unit.parent for unit in intake.city_map.units} == {"a": "hq", "squad": "a", "hq": None}


def test_a_made_unit_makes_way_for_a_unit_of_the_table(tmp_path: Path) -> None:
    intake = take_in(tmp_path, CITY, {"towns.geojson": keep(a=None), "units.csv": "code,telephone\na,1\n"})
    assert intake.city_map is not None
    assert areas(intake)["a"].unit == "area:a"
    assert {unit.code: unit.kind for unit in intake.city_map.units}["a"] is UnitKind.DEPARTMENT


def test_those_above_headquarters_do_not_hang_under_it(tmp_path: Path) -> None:
    units = "code,kind,parent,telephone\nhq,headquarters,government,1\ngovernment,department,,2\nbureau,department,,3\n"
    intake = take_in(tmp_path, CITY, {"towns.geojson": keep(a="bureau"), "units.csv": units})
    assert intake.city_map is not None
    assert {unit.code: unit.parent for unit in intake.city_map.units} == {
        "hq": "government",
        "government": None,
        "bureau": "hq",
    }


def test_areas_of_other_schemes_get_no_unit(tmp_path: Path) -> None:
    toml = """
        [city]
        name = "x"
        [[areas]]
        file = "towns.geojson"
        [[areas]]
        scheme = "census"
        file = "tracts.geojson"
    """
    intake = take_in(tmp_path, toml, {"towns.geojson": towns("a"), "tracts.geojson": towns("t")})
    assert (areas(intake)["a"].unit, areas(intake)["t"].unit) == ("a", None)


def test_contacts_are_columns_with_a_title(tmp_path: Path) -> None:
    toml = CITY + 'contacts = [{ title = "夜班", telephone = "night" }, { title = "传真", telephone = "fax" }]\n'
    units = "code,night,fax\nu,0512-0000-0001,\n"
    intake = take_in(tmp_path, toml, {"towns.geojson": keep(a="u"), "units.csv": units})
    assert intake.city_map is not None
    assert intake.city_map.units[1].contacts == (Contact("夜班", "0512-0000-0001"),)
    assert kinds(intake) == []


def test_a_unit_without_contact_is_told_one_by_one_and_made_units_all_at_once(tmp_path: Path) -> None:
    units = "code,telephone\nu,\nv,\nw,1\n"
    intake = take_in(tmp_path, CITY, {"towns.geojson": keep(a="u", b="v", c="w", d=None, e=None), "units.csv": units})
    assert [(finding.kind, finding.code) for finding in intake.findings] == [
        ("unit-without-contact", "u"),
        ("unit-without-contact", "v"),
        ("made-units-without-contact", None),
    ]
    assert the_finding(intake, "made-units-without-contact").values["count"] == 3  # d, e and headquarters


def test_an_unknown_unit_blocks_once_however_many_areas_name_it(tmp_path: Path) -> None:
    intake = take_in(tmp_path, CITY, {"towns.geojson": keep(a="x", b="x"), "units.csv": "code,telephone\nu,1\n"})
    assert intake.city_map is None
    assert the_finding(intake, "unknown-unit").code == "a"


def test_a_steward_may_be_a_unit_made_from_an_area_and_an_unknown_one_blocks(tmp_path: Path) -> None:
    toml = """
        [city]
        name = "x"
        [[areas]]
        file = "towns.geojson"
        steward = "data"
    """
    told = feature(square(0, 0), code="a", data="b")
    files = {"towns.geojson": geojson(told, feature(square(1, 0), code="b", data="hq"))}
    intake = take_in(tmp_path, toml, files)
    assert {code: area.steward for code, area in areas(intake).items()} == {"a": "b", "b": "hq"}

    files = {"towns.geojson": geojson(told, *(feature(square(x, 0), code=f"c{x}", data="gone") for x in (1, 2)))}
    intake = take_in(tmp_path, toml, files)
    assert intake.city_map is None
    assert [
        (finding.row, finding.code, finding.values["unit"])
        for finding in intake.findings
        if finding.kind == "unknown-steward"
    ] == [(1, "a", "b"), (2, "c1", "gone")]


def test_a_circle_of_parents_blocks_once_and_is_told_from_its_lowest_code(tmp_path: Path) -> None:
    units = "code,parent,telephone\nc,a,1\nb,c,1\na,b,1\nleaf,b,1\nself,self,1\n"
    intake = take_in(tmp_path, CITY, {"towns.geojson": keep(t="a"), "units.csv": units})
    chains = [finding.values["chain"] for finding in intake.findings if finding.kind == "unit-cycle"]
    assert chains == ["a → b → c → a", "self → self"]


def test_a_circle_through_a_unit_made_from_an_area_blocks(tmp_path: Path) -> None:
    toml = """
        [city]
        name = "x"
        [[areas]]
        level = "district"
        file = "districts.geojson"
        unit = "keeper"
        [[areas]]
        level = "town"
        file = "towns.geojson"
        [[units]]
        file = "units.csv"
    """
    files = {"districts.geojson": keep(D="u"), "towns.geojson": towns("t"), "units.csv": "code,parent\nu,t\n"}
    assert the_finding(take_in(tmp_path, toml, files), "unit-cycle").values["chain"] == "t → u → t"


def test_a_unit_said_twice_counts_once_and_said_differently_blocks(tmp_path: Path) -> None:
    rows = "code,name,parent,telephone\nu,甲,,1\nu,甲,,1\n"
    files = {"towns.geojson": keep(a="u"), "units.csv": rows}
    assert kinds(take_in(tmp_path, CITY, files)) == []
    files["units.csv"] = rows + "u,乙,,1\n"
    conflict = the_finding(take_in(tmp_path, CITY, files), "code-conflict")
    assert (conflict.row, conflict.values["field"], conflict.values["second"]) == (3, "name", "乙")


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("contractor", UnitKind.CONTRACTOR),
        ("Working Group", UnitKind.WORKING_GROUP),
        ("工作专班", UnitKind.WORKING_GROUP),
        ("属地", UnitKind.TERRITORIAL),
        ("", UnitKind.DEPARTMENT),
    ],
)
def test_kinds_are_understood_in_both_languages(tmp_path: Path, written: str, kind: UnitKind) -> None:
    units = f"code,kind,telephone\nu,{written},1\n"
    intake = take_in(tmp_path, CITY, {"towns.geojson": keep(a="u"), "units.csv": units})
    assert intake.city_map is not None
    assert intake.city_map.units[1].kind is kind
