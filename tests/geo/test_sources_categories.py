"""Tables of kinds of problems, and the tree that they form."""

from pathlib import Path

import pytest

from geo.categories import Branch, Category, CategoryTree, Nature
from geo.city_folder import Intake
from geo.wording import Name
from tests.geo.worlds import kinds, take_in, the_finding, towns

CITY = """
    [city]
    name = "x"
    {city}

    [[areas]]
    file = "towns.geojson"
"""
FILE = '\n    [[categories]]\n    file = "categories.csv"\n'


def read(folder: Path, table: str | None, city: str = "", more: str = "") -> Intake:
    files = {"towns.geojson": towns("a")} | ({"categories.csv": table} if table is not None else {})
    return take_in(folder, CITY.format(city=city) + (FILE if table is not None else "") + more, files)


def categories(intake: Intake) -> dict[str, Category]:
    assert intake.city_map is not None, kinds(intake)
    return {category.code: category for category in intake.city_map.categories}


def test_a_city_without_categories_has_none(tmp_path: Path) -> None:
    assert categories(read(tmp_path, None)) == {}


def test_a_code_stands_below_the_longest_other_that_it_begins_with(tmp_path: Path) -> None:
    table = "code,name,branch\n01,部件,部件\n0101,井盖,\n010103,雨水井盖,\n02,x,事件\n0301,y,事件\n"
    found = categories(read(tmp_path, table))
    assert {code: category.parent for code, category in found.items()} == {
        "01": None,
        "0101": "01",
        "010103": "0101",
        "02": None,
        "0301": None,
    }
    assert list(found) == sorted(found)


def test_the_column_parent_counts_before_the_code(tmp_path: Path) -> None:
    found = categories(read(tmp_path, "code,parent,branch\n01,,event\n0101,02,\n02,,event\n"))
    assert found["0101"].parent == "02"
    assert CategoryTree(found.values()).chain("0101") == ("0101", "02")


def test_branch_and_nature_come_down_the_tree_until_a_row_says_otherwise(tmp_path: Path) -> None:
    table = "code,branch,nature\n1,event,\n11,,static\n111,,\n112,,动态\n2,部件,\n"
    found = categories(read(tmp_path, table))
    assert {code: (category.branch, category.nature) for code, category in found.items()} == {
        "1": (Branch.EVENT, Nature.DYNAMIC),
        "11": (Branch.EVENT, Nature.STATIC),
        "111": (Branch.EVENT, Nature.STATIC),
        "112": (Branch.EVENT, Nature.DYNAMIC),
        "2": (Branch.COMPONENT, Nature.STATIC),
    }


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    intake = read(tmp_path, "编码,名称,英文,类\n01,井盖,Cover,部件\n", more=(
        '    code = "编码"\n    name = "名称"\n    name_en = "英文"\n    branch = "类"\n'
    ))  # fmt: skip
    assert categories(intake)["01"] == Category("01", Name(zh="井盖", en="Cover"), Branch.COMPONENT, Nature.STATIC)


def test_the_built_in_set_has_five_component_and_six_event_majors_in_two_languages(tmp_path: Path) -> None:
    found = categories(read(tmp_path, None, city='categories = "default"'))
    majors = [category for category in found.values() if category.parent is None]
    assert [(major.code, major.branch) for major in majors] == [
        *((f"0{number}", Branch.COMPONENT) for number in range(1, 6)),
        *((f"1{number}", Branch.EVENT) for number in range(1, 7)),
    ]
    assert [major.name.zh for major in majors[:5]] == ["公用设施", "交通设施", "市容环境", "园林绿化", "其他"]
    minors = [category for category in found.values() if category.parent is not None]
    assert len(minors) > 80
    assert all(len(minor.code) == 4 and minor.code[:2] == minor.parent for minor in minors)
    assert all(category.name.zh and category.name.en for category in found.values())
    assert found["0111"].name == Name(zh="路灯", en="Street lamp")
    assert found["1101"].nature is Nature.STATIC


def test_the_city_extends_and_replaces_the_built_in_set(tmp_path: Path) -> None:
    table = "code,name,nature\n0111,灯,\n010201,化粪池井盖,\n"
    found = categories(read(tmp_path, table, city='categories = "default"'))
    assert (found["0111"].name, found["0111"].branch) == (Name(zh="灯"), Branch.COMPONENT)
    assert found["010201"].parent == "0102"
    assert "1502" in found


def test_a_row_said_twice_counts_once_and_two_that_differ_block(tmp_path: Path) -> None:
    same = read(tmp_path, "code,name,branch\n1,a,event\n1,a,event\n")
    assert list(categories(same)) == ["1"]
    conflict = the_finding(read(tmp_path, "code,name,branch\n1,a,event\n1,b,event\n"), "code-conflict")
    assert (conflict.row, conflict.code, conflict.values["first"], conflict.values["second"]) == (2, "1", "a", "b")


@pytest.mark.parametrize(
    ("rows", "kind", "code"),
    [
        ("1,,,", "category-without-branch", "1"),
        ("1,,,static", "category-without-branch", "1"),
        ("1,,event,\n2,9,,\n", "unknown-parent-category", "2"),
        ("1,2,event,\n2,1,event,\n", "category-cycle", "1"),
        ("1,,event,\n11,,component,\n", "category-branches-mixed", "11"),
        (",,event,", "row-without-code", None),
        ("1,,event,sometimes", "value-refused", None),
        ("1,,mixed,", "value-refused", None),
    ],
)
def test_what_is_wrong_with_a_tree_blocks(tmp_path: Path, rows: str, kind: str, code: str | None) -> None:
    intake = read(tmp_path, f"code,parent,branch,nature\n{rows}\n")
    assert intake.city_map is None
    found = [finding for finding in intake.findings if finding.kind == kind]
    assert [finding.code for finding in found] == [code]


def test_the_policy_names_categories_that_exist(tmp_path: Path) -> None:
    policy = '\n    [policy.territory_by_branch]\n    11 = "admin"\n'
    intake = read(tmp_path, None, city='categories = "default"', more=policy)
    assert intake.city_map is not None
    assert dict(intake.city_map.city.policy.territory_by_branch) == {"11": "admin"}
    assert the_finding(read(tmp_path, None, more=policy), "unknown-policy-category").code == "11"
