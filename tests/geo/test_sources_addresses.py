"""[[addresses]]: doors, buildings and known spots from tables and points."""

from pathlib import Path

import openpyxl
import orjson
import pytest

from geo.addresses import Address
from geo.city_folder import Intake
from geo.errors import InvalidInput
from geo.findings import say
from tests.geo.worlds import kinds, take_in, the_finding, towns

CITY = """
    [city]
    name = "x"
    [[areas]]
    file = "towns.geojson"
    [[addresses]]
    file = "{file}"
"""


def read(folder: Path, file: str, content: bytes | str | None, more: str = "") -> Intake:
    files: dict[str, bytes | str] = {"towns.geojson": towns("a")}
    if content is not None:
        files[file] = content
    return take_in(folder, CITY.format(file=file) + more, files)


def addresses(intake: Intake) -> tuple[Address, ...]:
    assert intake.city_map is not None
    return intake.city_map.addresses


def test_a_table_gives_doors_buildings_and_aliases_by_code(tmp_path: Path) -> None:
    rows = (
        "code,road,number,estate,building,alias,lon,lat\n"
        "9,平江路,12号,,,,120.6,31.3\n"
        "10,,,新村,3幢,,120.7,31.4\n"
        "8,,,,,老书场,120.8,31.5\n"
    )
    intake = read(tmp_path, "doors.csv", rows)
    assert kinds(intake) == []
    assert addresses(intake) == (
        Address("10", 120.7, 31.4, estate="新村", building="3幢"),
        Address("8", 120.8, 31.5, alias="老书场"),
        Address("9", 120.6, 31.3, road="平江路", number="12号"),
    )


def test_columns_may_have_other_names_and_codes_are_made_of_file_and_row(tmp_path: Path) -> None:
    more = 'road = "道路"\nnumber = "门牌"\nlon = "x"\nlat = "y"\n'
    intake = read(tmp_path, "doors.csv", "道路,门牌,x,y\n平江路,12,120.6,31.3\n", more)
    assert addresses(intake) == (Address("doors-1", 120.6, 31.3, road="平江路", number="12"),)


def test_a_workbook_is_read_like_a_table(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    for row in (["road", "number", "lon", "lat"], ["平江路", 12, 120.6, 31.3]):
        workbook.active.append(row)
    workbook.save(tmp_path / "doors.xlsx")
    assert addresses(read(tmp_path, "doors.xlsx", None))[0] == Address("doors-1", 120.6, 31.3, "平江路", "12")


def test_points_are_placed_in_the_datum_of_the_file(tmp_path: Path) -> None:
    point = {
        "type": "Feature",
        "properties": {"alias": "老书场"},
        "geometry": {"type": "Point", "coordinates": [120.608170, 31.301815]},
    }
    document = orjson.dumps({"type": "FeatureCollection", "features": [point]})
    (found,) = addresses(read(tmp_path, "spots.geojson", document, 'datum = "gcj02"\n'))
    assert (found.lon, found.lat) == pytest.approx((120.604, 31.304), abs=1e-6)


def test_rows_without_a_place_or_a_name_are_skipped_with_one_notice(tmp_path: Path) -> None:
    rows = "road,number,lon,lat\n平江路,1,120.6,31.3\n平江路,,120.6,31.3\n平江路,3,,31.3\n平江路,5,31.3,120.6\n,,,\n"
    intake = read(tmp_path, "doors.csv", rows)
    assert [address.number for address in addresses(intake)] == ["1"]
    notice = the_finding(intake, "addresses-skipped")
    assert (notice.row, notice.values["count"]) == (2, 3)
    assert "(rows 2, 3, 4)" in say(notice, "en")


def test_one_code_for_two_addresses_blocks(tmp_path: Path) -> None:
    rows = "code,alias,lon,lat\nk,a,120.6,31.3\nk,b,120.7,31.3\n"
    intake = read(tmp_path, "doors.csv", rows)
    assert intake.city_map is None
    assert the_finding(intake, "code-repeated").row == 2


@pytest.mark.parametrize(
    ("file", "content", "more", "kind"),
    [
        ("doors.csv", None, "", "missing-file"),
        ("doors.csv", "road,number\n1,2\n", "", "missing-field"),
        ("doors.csv", "road,lon,lat\n", 'datum = "mars"\n', "unknown-datum"),
        ("spots.geojson", "{", "", "unreadable-file"),
    ],
)
def test_a_file_that_cannot_be_used_blocks(
    tmp_path: Path, file: str, content: str | None, more: str, kind: str
) -> None:
    intake = read(tmp_path, file, content, more)
    assert intake.city_map is None
    assert kind in kinds(intake)


def test_a_format_or_a_key_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="doors\\.gpkg"):
        read(tmp_path, "doors.gpkg", "x")
    with pytest.raises(InvalidInput, match="house"):
        read(tmp_path, "doors.csv", "lon,lat\n", 'house = "x"\n')
