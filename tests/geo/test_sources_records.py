"""Records of problems: positions in, and what has none is counted."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from geo.city_folder import Intake
from geo.datum import parse_datum, to_wgs84
from geo.findings import say
from geo.model import RecordSet
from geo.wording import Name
from tests.geo.worlds import feature, geojson, kinds, take_in, the_finding, towns

CITY = """
    [city]
    name = "x"
    timezone = "Asia/Shanghai"
    [[areas]]
    file = "towns.geojson"
    [[records]]
    file = "{file}"
"""


def read(folder: Path, file: str, content: bytes | str | None = None, more: str = "") -> Intake:
    files: dict[str, bytes | str] = {"towns.geojson": towns("a")}
    if content is not None:
        files[file] = content
    return take_in(folder, CITY.format(file=file) + more, files)


def records(intake: Intake) -> RecordSet:
    assert intake.city_map is not None
    (found,) = intake.city_map.records
    return found


def positions(found: RecordSet) -> list[tuple[float, float]]:
    return list(zip(found.lon.tolist(), found.lat.tolist(), strict=True))


def test_records_are_called_by_their_file_when_nothing_else_is_said(tmp_path: Path) -> None:
    found = records(read(tmp_path, "May 2026 (all).csv.gz", "lon,lat\n120.6,31.3\n"))
    assert (found.code, found.name) == ("May-2026-all-", Name(en="May-2026-all-"))
    assert positions(found) == [(120.6, 31.3)]
    assert (found.category, found.at) == ((), ())


def test_categories_and_times_come_along_in_the_zone_of_the_city(tmp_path: Path) -> None:
    rows = "x,y,kind,when\n120.6,31.3,0101,2026-05-01\n120.7,31.4,,2026-05-01T08:30:00Z\n120.8,31.5,0102,\n"
    more = 'lon = "x"\nlat = "y"\ncategory = "kind"\nat = "when"\n'
    intake = read(tmp_path, "r.csv", rows, more)
    found = records(intake)
    assert kinds(intake) == []
    assert found.category == ("0101", None, "0102")
    assert found.at == (datetime(2026, 4, 30, 16, tzinfo=UTC), datetime(2026, 5, 1, 8, 30, tzinfo=UTC), None)


def test_rows_without_a_usable_position_are_skipped_with_one_notice(tmp_path: Path) -> None:
    rows = "lon,lat\n120.6,31.3\n,31.3\nx,31.3\n31.3,120.6\nnan,31\n1e999,31\n120.7,31.4\n200,31\n"
    intake = read(tmp_path, "r.csv", rows)
    assert positions(records(intake)) == [(120.6, 31.3), (120.7, 31.4)]
    notice = the_finding(intake, "records-skipped")
    assert (notice.row, notice.values["count"]) == (2, 6)
    assert say(notice, "en").endswith("(rows 2, 3, 4, 5, 6, …)")


def test_times_that_cannot_be_read_are_unknown_with_one_notice(tmp_path: Path) -> None:
    rows = "lon,lat,at\n120,31,yesterday\n120,31,2026-05-01\n120,31,\n"
    intake = read(tmp_path, "r.csv", rows, 'at = "at"\n')
    assert [moment is None for moment in records(intake).at] == [True, False, True]
    assert (the_finding(intake, "record-times-unread").row, kinds(intake)) == (1, ["record-times-unread"])


def test_records_are_converted_from_their_datum(tmp_path: Path) -> None:
    found = records(read(tmp_path, "r.csv", "lon,lat\n120.629156,31.324043\n", 'datum = "gcj02"\n'))
    lon, lat = to_wgs84(parse_datum("gcj02"), lon=np.array([120.629156]), lat=np.array([31.324043]))
    assert positions(found) == [(lon[0], lat[0])]


def test_points_of_geojson_need_no_columns(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [120.6, 31.3, 7]}
    line = {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}
    content = geojson(feature(point, kind="a"), feature(line, kind="b"), feature(None, kind="c"))
    intake = read(tmp_path, "r.geojson", content, 'category = "kind"\n')
    assert (positions(records(intake)), records(intake).category) == ([(120.6, 31.3)], ("a",))
    assert the_finding(intake, "records-skipped").values["count"] == 2


def test_parquet_is_read_with_numbers_and_times_as_they_are(tmp_path: Path) -> None:
    moment = datetime(2026, 5, 1, 8, 30)  # noqa: DTZ001 (a column without a zone is in the city's)
    columns = {"lon": [120.1234567890123, None], "lat": [31.0, 31.5], "at": [moment, moment], "kind": [7, 8]}
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "r.parquet")
    found = records(read(tmp_path, "r.parquet", more='at = "at"\ncategory = "kind"\n'))
    assert positions(found) == [(120.1234567890123, 31.0)]
    assert (found.category, found.at) == (("7",), (datetime(2026, 5, 1, 0, 30, tzinfo=UTC),))


@pytest.mark.parametrize(("content", "same"), [("lon,lat\n120,31\n", True), ("lon,lat\n120,32\n", False)])
def test_the_digest_names_the_content(tmp_path: Path, content: str, same: bool) -> None:
    first = records(read(tmp_path, "r.csv", "lon,lat,note\n120,31,x\n"))
    assert (records(read(tmp_path, "r.csv", content)).digest == first.digest) is same


def test_the_digest_tells_categories_apart(tmp_path: Path) -> None:
    rows = "lon,lat,a,b\n120,31,1,2\n"
    digests = {records(read(tmp_path, "r.csv", rows, f'category = "{field}"\n')).digest for field in "ab"}
    assert len(digests) == 2


def test_a_missing_column_blocks(tmp_path: Path) -> None:
    intake = read(tmp_path, "r.csv", "lon,lat\n1,2\n", 'category = "kind"\n')
    assert intake.city_map is None
    assert the_finding(intake, "missing-field").values["field"] == "kind"
