"""[[golden]]: places with the answer that they must have, and why."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.changes.applying import apply, body_of
from geo.changes.change import Change
from geo.city_folder import Intake
from geo.findings import say
from geo.golden import GoldenPlace
from geo.shares import Verdict
from tests.geo.worlds import kinds, take_in, the_finding, towns

CITY = """
    [city]
    name = "x"
    timezone = "Asia/Shanghai"
    [[areas]]
    file = "towns.geojson"
    [[golden]]
    file = "places.csv"
"""
HEADER = "lon,lat,accuracy,category,at,verdict,unit,rung,why,fact\n"
GOOD = "120.6005,31.3005,0,,2026-06-01T10:00,certain,a,territory,In the middle of a,\n"


def read(folder: Path, rows: str, more: str = "") -> Intake:
    return take_in(folder, CITY + more, {"towns.geojson": towns("a", "b"), "places.csv": rows})


def golden(intake: Intake) -> tuple[GoldenPlace, ...]:
    assert intake.city_map is not None, [say(finding, "en") for finding in intake.findings]
    return intake.city_map.golden


def test_a_row_becomes_a_golden_place_with_a_code_of_file_and_row(tmp_path: Path) -> None:
    rows = HEADER + GOOD + "120.9,31.3,,,,空白,,nobody,无人负责,component:7; component:8\n"
    assert golden(read(tmp_path, rows)) == (
        GoldenPlace(
            code="places-1",
            lon=120.6005,
            lat=31.3005,
            verdict=Verdict.CERTAIN,
            rung="territory",
            why="In the middle of a",
            unit="a",
            accuracy_m=0.0,
            at=datetime(2026, 6, 1, 2, tzinfo=UTC),
        ),
        GoldenPlace(
            code="places-2",
            lon=120.9,
            lat=31.3,
            verdict=Verdict.UNCLAIMED,
            rung="nobody",
            why="无人负责",
            facts=("component:7", "component:8"),
        ),
    )


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    rows = "no,x,y,v,u,r,reason\nG1,120.6005,31.3005,certain,a,territory,because\n"
    names = '    code = "no"\n    lon = "x"\n    lat = "y"\n    verdict = "v"\n    unit = "u"\n    rung = "r"\n'
    [place] = golden(read(tmp_path, rows, names + '    why = "reason"\n'))
    assert (place.code, place.unit, place.why) == ("G1", "a", "because")


@pytest.mark.parametrize(
    ("row", "kind", "words"),
    [
        ("120.6,31.3,0,,,certain,a,territory,,", "value-missing", "nothing in 'why'"),
        ("120.6,31.3,0,,,certain,a,territory, ,", "value-missing", "nothing in 'why'"),
        ("120.6,31.3,0,,,certain,,territory,w,", "value-missing", "nothing in 'unit'"),
        ("120.6,31.3,0,,,sure,a,territory,w,", "value-refused", "'sure' is not known"),
        ("120.6,31.3,0,,,certain,a,street,w,", "value-refused", "'street' is not known"),
        ("120.6,31.3,-1,,,certain,a,territory,w,", "value-refused", "no number from 0"),
        ("120.6,31.3,0,,yesterday,certain,a,territory,w,", "value-refused", "ISO 8601"),
        (",31.3,0,,,certain,a,territory,w,", "golden-without-place", "no usable position"),
        ("120.6,131.3,0,,,certain,a,territory,w,", "golden-without-place", "no usable position"),
        ("120.6,31.3,0,,,certain,zz,territory,w,", "unknown-golden-unit", "the unit zz, which does not exist"),
    ],
)
def test_a_row_that_cannot_be_used_blocks_and_says_why(tmp_path: Path, row: str, kind: str, words: str) -> None:
    intake = read(tmp_path, HEADER + GOOD + row + "\n")
    assert intake.blocks
    assert kinds(intake) == [kind]
    assert words in say(the_finding(intake, kind), "en")


def test_a_kind_that_the_city_does_not_have_blocks(tmp_path: Path) -> None:
    rows = HEADER + "120.6005,31.3005,0,9999,,certain,a,territory,w,\n"
    city = CITY.replace('name = "x"', 'name = "x"\n    categories = "default"')
    intake = take_in(tmp_path, city, {"towns.geojson": towns("a", "b"), "places.csv": rows})
    assert kinds(intake) == ["unknown-golden-category"]


def test_one_code_stands_for_one_place(tmp_path: Path) -> None:
    rows = "code,lon,lat,verdict,unit,rung,why\n" + "G1,120.6,31.3,certain,a,territory,w\n" * 2
    assert kinds(read(tmp_path, rows)) == ["code-repeated"]


def test_what_is_said_of_a_golden_place_puts_it_back(tmp_path: Path) -> None:
    city_map = read(tmp_path, HEADER + GOOD).city_map
    assert city_map is not None
    body = body_of(city_map, "golden", "places-1")
    again = apply(city_map, (), [Change("golden", "places-1", body)])
    assert again.city_map == city_map
    gone = apply(city_map, (), [Change("units", "a", None), Change("golden", "places-1", None)])
    assert "still-named" in [finding.kind for finding in gone.new]  # its area does
    named = apply(city_map, (), [Change("units", "a", None)])
    assert any("golden/places-1" in say(finding, "en") for finding in named.new)
