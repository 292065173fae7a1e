"""Tables of units as offices send them: CSV in two encodings, XLSX, zipped, broken."""

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from geo.city_folder import Limits, read_city
from geo.errors import SourceError
from geo.sources.limits import USUAL
from geo.sources.tables import read_table
from tests.geo.worlds import take_in, the_finding, towns, write_city

UNITS = "编码,名称,电话\n0111,城管局,12319\n"
CITY = """
    [city]
    name = "x"
    [[areas]]
    file = "towns.geojson"
    [[units]]
    file = "{file}"
    code = "编码"
    name = "名称"
    telephone = "电话"
"""


def column(path: Path, field: str) -> list[str | None]:
    return read_table(path, {field}, USUAL).columns[field]


def write_sheet(path: Path, *rows: list[object]) -> Path:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_that_chinese_offices_use(tmp_path: Path, encoding: str) -> None:
    files = {"towns.geojson": towns("t"), "units.csv": UNITS.encode(encoding)}
    city_map = take_in(tmp_path, CITY.format(file="units.csv"), files).city_map
    assert city_map is not None
    assert [(unit.code, unit.name.zh, unit.telephone) for unit in city_map.units][:1] == [("0111", "城管局", "12319")]


def test_a_zipped_csv_is_read(tmp_path: Path) -> None:
    files = {"towns.geojson": towns("t"), "units.csv.gz": UNITS}
    city_map = take_in(tmp_path, CITY.format(file="units.csv.gz"), files).city_map
    assert city_map is not None
    assert city_map.units[0].code == "0111"


def test_a_workbook_is_read_from_its_first_sheet(tmp_path: Path) -> None:
    write_sheet(tmp_path / "units.xlsx", ["编码", "名称", "电话"], ["0111", "城管局", 12319.0])
    city_map = take_in(tmp_path, CITY.format(file="units.xlsx"), {"towns.geojson": towns("t")}).city_map
    assert city_map is not None
    assert [(unit.code, unit.name.zh, unit.telephone) for unit in city_map.units][:1] == [("0111", "城管局", "12319")]


def test_cells_of_a_workbook_become_text_as_a_person_writes_it(tmp_path: Path) -> None:
    cells = [7, 7.0, 7.25, "0111", True, None, " x ", date(2026, 5, 1)]
    path = write_sheet(tmp_path / "t.xlsx", ["v"], *([cell, "filled"] for cell in cells))
    assert column(path, "v")[:7] == ["7", "7", "7.25", "0111", "true", None, "x"]
    assert str(column(path, "v")[7]).startswith("2026-05-01")


def test_short_rows_and_lines_in_quotes_keep_their_place(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1,"two\nlines"\n2\n\n3,x,extra\n')
    assert column(path, "b") == ["two\nlines", None, None, "x"]
    assert column(path, "a") == ["1", "2", None, "3"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b""),
        ("t.csv", b"a\n\xff\xff\xff\n"),
        ("t.csv", b"a\n" + b"x" * 200_000 + b"\n"),
        ("t.xlsx", b"no zip"),
        ("t.parquet", b"no parquet"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError):
        read_table(tmp_path / name, {"a"}, USUAL)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<broken")
    with pytest.raises(SourceError):
        read_table(tmp_path / "t.xlsx", {"a"}, USUAL)


def test_a_workbook_that_unpacks_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "t.xlsx", ["a"], *(["x"] for _ in range(3000)))
    with pytest.raises(SourceError, match="exceeds 20000 bytes"):
        read_table(path, {"a"}, Limits(file_bytes=20_000))


def test_an_unreadable_table_blocks_with_its_name(tmp_path: Path) -> None:
    folder = write_city(tmp_path, CITY.format(file="units.xlsx"), {"towns.geojson": towns("t"), "units.xlsx": b"?"})
    finding = the_finding(read_city(folder), "unreadable-file")
    assert finding.source == "units.xlsx"


def test_a_row_without_a_code_blocks_and_an_empty_line_does_not(tmp_path: Path) -> None:
    files = {"towns.geojson": towns("t"), "units.csv": UNITS + ",没有编码,1\n,,\n\n"}
    intake = take_in(tmp_path, CITY.format(file="units.csv"), files)
    assert the_finding(intake, "row-without-code").row == 2
