"""verify, from a table on disk to the report: on River town, published in a database."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine

from api.cli.commands import app
from geo.errors import InvalidInput, NotFound
from tests.api.town import EAST, NOWHERE, WEST, publish, river_town

STEP_M = 557  # 0.005 degrees at the equator: from the middle of a street to its river

Capture = pytest.CaptureFixture[str]
Row = tuple[object, ...]


@pytest.fixture
def empty(sqlite_url: str, open_database: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The database of the command line; nothing is published."""
    monkeypatch.setenv("POINTWARD_DATABASE_URL", sqlite_url)
    return open_database(sqlite_url)


@pytest.fixture
def published(empty: Engine) -> Engine:
    """The same, with River town published."""
    publish(empty, river_town())
    return empty


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A CSV with five usable rows (three agree) and one of each other kind."""
    return write_csv(
        tmp_path / "rows.csv",
        ("W", WEST["lon"], WEST["lat"]),
        (" E ", EAST["lon"], EAST["lat"]),
        ("W", 0.01, 0.01),
        ("W", EAST["lon"], EAST["lat"]),
        ("N", WEST["lon"], WEST["lat"]),
        ("", WEST["lon"], WEST["lat"]),
        ("", "", ""),
        ("W", "", ""),
        ("W", "here", 0.01),
        ("W", 0.01, 91),
    )


def write_csv(path: Path, *rows: Row, encoding: str = "utf-8") -> Path:
    """A table with the columns unit, lon and lat."""
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows([("unit", "lon", "lat"), *rows])
    return path


def run(*words: object) -> None:
    """One run of the command line; refusals are raised."""
    app([str(word) for word in words], standalone_mode=False)


def verify(capsys: Capture, source: Path, *words: object) -> Any:
    """The JSON of one verification of streets."""
    return orjson.loads(shown(capsys, source, "--json", *words))


def shown(capsys: Capture, source: Path, *words: object) -> str:
    """What one verification of streets prints on stdout."""
    run("verify", source, "--label-field", "unit", "--scheme", "admin", "--level", "street", *words)
    return capsys.readouterr().out


def test_every_row_is_counted_once(published: Engine, table: Path, capsys: Capture) -> None:
    found = verify(capsys, table)
    assert found["rows"] == 10
    assert (found["without_label"], found["without_position"], found["unusable_position"]) == (2, 1, 2)
    assert (found["compared"], found["agreeing"], found["disagreeing"]) == (5, 3, 2)
    assert found["agreement"] == 0.6


def test_the_report_names_the_worst_border_and_the_unknown_label(
    published: Engine, table: Path, capsys: Capture
) -> None:
    found = verify(capsys, table, "--lang", "zh")
    assert found["borders"] == {
        "count": 1,
        "worst": [
            {
                "recorded": {"code": "W", "name": "西"},
                "found": {"code": "E", "name": "东"},
                "rows": 1,
                "median_m": pytest.approx(STEP_M, abs=1),
                "example": EAST,
            }
        ],
    }
    assert found["unknown_labels"] == {"rows": 1, "count": 1, "most_frequent": [{"label": "N", "rows": 1}]}
    assert [band["rows"] for band in found["distances"]["within"]] == [0, 0, 0, 0]
    assert found["distances"]["beyond"] == {"distance_m": 100.0, "rows": 1}


def test_a_row_outside_every_area_lies_with_nobody(published: Engine, tmp_path: Path, capsys: Capture) -> None:
    found = verify(capsys, write_csv(tmp_path / "rows.csv", ("E", NOWHERE["lon"], NOWHERE["lat"])))
    assert found["borders"]["worst"][0]["found"] is None


def test_metres_are_rounded_and_shares_are_not(published: Engine, tmp_path: Path, capsys: Capture) -> None:
    # 0.000007 degrees are 0.7792 m there, 0.0001 are 11.13 m.
    rows = ("W", 0.010007, 0.01), ("E", 0.0099, 0.01), ("W", 0.005, 0.01)
    found = verify(capsys, write_csv(tmp_path / "rows.csv", *rows))
    assert [border["median_m"] for border in found["borders"]["worst"]] == [11.1, 0.78]
    assert found["agreement"] == 1 / 3


def test_a_code_that_is_a_number_in_the_file_is_compared_as_text(
    empty: Engine, tmp_path: Path, capsys: Capture
) -> None:
    town = river_town()
    publish(empty, replace(town, areas=tuple(replace(a, code="7") if a.code == "W" else a for a in town.areas)))
    path = tmp_path / "rows.parquet"
    labels = pa.array([7, 7.0, None, 7], type=pa.float64())
    pq.write_table(pa.table({"unit": labels, "lon": [0.005] * 4, "lat": [0.01, 0.01, 0.01, None]}), path)
    found = verify(capsys, path)
    assert (found["agreeing"], found["disagreeing"], found["without_label"], found["without_position"]) == (2, 0, 1, 1)
    found = verify(capsys, write_csv(tmp_path / "rows.csv", ("7", 0.005, 0.01), ("07", 0.005, 0.01)))
    assert (found["agreeing"], found["unknown_labels"]["most_frequent"]) == (1, [{"label": "07", "rows": 1}])


def test_a_broken_row_is_unusable(published: Engine, tmp_path: Path, capsys: Capture) -> None:
    found = verify(capsys, write_csv(tmp_path / "rows.csv", ("W", 0.005, 0.01, "more"), ("W", 0.005, 0.01)))
    assert (found["rows"], found["compared"], found["unusable_position"]) == (2, 1, 1)


def test_positions_may_be_in_another_datum_and_columns_have_other_names(
    published: Engine, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("编号,东,北\nW,500,1000\nW,1500,1000\n", encoding="gb18030")
    words = "--scheme", "admin", "--level", "street", "--lon-field", "东", "--lat-field", "北", "--json"
    run("verify", path, "--label-field", "编号", *words, "--datum", "EPSG:3857", "--encoding", "gb18030")
    found = orjson.loads(capsys.readouterr().out)
    assert (found["agreeing"], found["disagreeing"]) == (1, 1)
    assert found["borders"]["worst"][0]["example"]["lon"] == pytest.approx(1500 / 111_319.49, abs=1e-9)


def test_the_edition_of_the_moment_is_verified(published: Engine, tmp_path: Path, capsys: Capture) -> None:
    publish(published, river_town(river=0.016))
    path = write_csv(tmp_path / "rows.csv", ("E", EAST["lon"], EAST["lat"]))
    assert [verify(capsys, path, *words)["agreeing"] for words in ((), ("--edition", 1), ("--at", "2020-01-01"))] == [
        0,
        1,
        1,
    ]
    assert [verify(capsys, path, *words)["edition"]["id"] for words in ((), ("--at", "2020-01-01"))] == [2, 1]


def test_the_tables_say_it_in_both_languages(published: Engine, table: Path, capsys: Capture) -> None:
    chinese, english = (shown(capsys, table, "--lang", lang) for lang in ("zh", "en"))
    for words in ("一致率", "0.60000", "W 西", "E 东", "登记单位", "100 米以外"):
        assert words in chinese
    for words in ("agreement", "0.60000", "W West", "E East", "Labels that no area has", "beyond 100 m"):
        assert words in english


def test_a_label_with_markup_or_control_characters_is_printed_harmlessly(
    published: Engine, tmp_path: Path, capsys: Capture
) -> None:
    path = write_csv(tmp_path / "rows.csv", ("[/red]\x1b[2J", 0.005, 0.01), ("x" * 5000, 0.005, 0.01))
    said = shown(capsys, path)
    assert "[/red]" in said
    assert "\x1b[2J" not in said
    assert "x" * 100 not in said


def test_a_table_without_rows_has_no_agreement(published: Engine, tmp_path: Path, capsys: Capture) -> None:
    path = write_csv(tmp_path / "rows.csv")
    assert verify(capsys, path)["agreement"] is None
    assert "–" in shown(capsys, path)


def test_what_cannot_be_verified_is_refused_by_name(published: Engine, table: Path) -> None:
    with pytest.raises(NotFound, match="admin/village"):
        run("verify", table, "--label-field", "unit", "--scheme", "admin", "--level", "village")
    with pytest.raises(InvalidInput, match="no column office"):
        run("verify", table, "--label-field", "office", "--scheme", "admin", "--level", "street")


def test_names_in_the_place_of_codes_are_hinted_at(published: Engine, tmp_path: Path, capsys: Capture) -> None:
    source = write_csv(tmp_path / "rows.csv", ("East", *EAST.values()), ("西", *WEST.values()), ("?", 0.01, 0.01))
    words = ("verify", source, "--label-field", "unit", "--scheme", "admin", "--level", "street", "--lang", "en")
    run(*words)
    assert "hint: the column unit seems to hold names of areas ('East'); give a column" in capsys.readouterr().err
    for rows in ([("East", *EAST.values()), ("W", *WEST.values())], [("?", *EAST.values())], []):
        write_csv(source, *rows)
        run(*words)
        assert "hint" not in capsys.readouterr().err
