"""verify, from a table on disk to the report: on River town, published in a database."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
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
from tests.geo.dispatch_worlds import draw_records, ground_of_towns, nine_towns, strip_of_town_10

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


NEAR_RIVER = 0.0001  # degrees: 11 m


def beside_the_river(path: Path) -> Path:
    """Rows on both sides of the river, every fourth recorded for the other side; two of 202 far off are wrong."""
    rows: list[Row] = []
    for step in range(40):
        lat = 0.001 + 0.0004 * step
        unit = ("E", "W") if step % 4 == 0 else ("W", "E")
        rows += [(unit[0], 0.01 - NEAR_RIVER, lat), (unit[1], 0.01 + NEAR_RIVER, lat)]
    rows += [("W", 0.001, 0.01)] * 200
    return write_csv(path, *rows, ("E", 0.001, 0.01), ("N", 0.001, 0.01))


def test_the_audit_tells_the_accuracy_and_what_was_flagged(published: Engine, tmp_path: Path, capsys: Capture) -> None:
    # At 11 m from the border p of the other side is 1/4 when sigma is 16.5 m, which is an accuracy of 24.9 m.
    audit = verify(capsys, beside_the_river(tmp_path / "rows.csv"))["audit"]
    assert audit["identifiable"] is True
    assert audit["accuracy_m"]["value"] == pytest.approx(24.9, rel=0.02)
    assert audit["accuracy_m"]["low"] < 24.9 < audit["accuracy_m"]["high"]
    assert 0.0 <= audit["mislabelled"]["low"] <= audit["mislabelled"]["value"] <= audit["mislabelled"]["high"] < 0.1
    assert audit["guesses"] == {"position_error": 20, "mis_recorded": 1, "border_moved": 0, "unknown_label": 1}
    assert [quality["accuracy_m"] for quality in audit["qualities"][1:]] == [5.0, 10.0, 20.0]
    # At 5 m the place is 3.4 sigma away (p 0.0004), at 10 m 1.7 sigma (p 0.046, the lead is certain).
    flagged = [quality["flagged"] for quality in audit["qualities"]]
    assert flagged[1] == {"shown": 0.0, "doubted": 0.0}
    assert flagged[2] == {"shown": pytest.approx(20 / 21), "doubted": 0.0}
    assert flagged[3] == {"shown": pytest.approx(20 / 21), "doubted": pytest.approx(20 / 21)}
    for quality in audit["qualities"]:
        assert sum(part["rows"] for part in quality["reliability"]) == 281
        assert 0.0 < quality["brier"] < 2.0


def test_the_accuracies_asked_for_are_tried(published: Engine, tmp_path: Path, capsys: Capture) -> None:
    source = beside_the_river(tmp_path / "rows.csv")
    audit = verify(capsys, source, "--accuracy", 3, "--accuracy", 40, "--accuracy", 3)["audit"]
    assert [quality["accuracy_m"] for quality in audit["qualities"][1:]] == [3.0, 40.0]
    with pytest.raises(InvalidInput, match="accuracy_m -1"):
        verify(capsys, source, "--accuracy", -1)


def test_what_cannot_be_told_is_said_in_both_languages(published: Engine, table: Path, capsys: Capture) -> None:
    audit = verify(capsys, table)["audit"]
    assert (audit["identifiable"], audit["accuracy_m"], audit["mislabelled"]) == (False, None, None)
    assert audit["judged_at"]["accuracy_m"] == 10.0
    assert "无法推算" in shown(capsys, table, "--lang", "zh")
    assert "not identifiable: no disagreement lies within 20 m" in shown(capsys, table, "--lang", "en")


def test_the_tables_of_the_audit_are_in_both_languages(published: Engine, tmp_path: Path, capsys: Capture) -> None:
    source = beside_the_river(tmp_path / "rows.csv")
    for lang, words in (
        ("zh", ("位置精度 A（68%", "错登的比例", "在候选之中", "Brier", "位置误差", "反向")),
        ("en", ("accuracy A of the positions (68%", "labels drawn anywhere", "among them", "Brier", "position error")),
    ):
        said = shown(capsys, source, "--lang", lang)
        for word in words:
            assert word in said


def moved_border(path: Path, *more: Row) -> Path:
    """Records of the nine towns; until day 45 a strip of town 10, 60 m deep, was recorded for town 00."""
    change = strip_of_town_10(60.0, until_day=45)
    drawn = draw_records(ground_of_towns(), rows=8_000, accuracy_m=15.0, mislabelled=0.02, change=change)
    first = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    days = [datetime.fromtimestamp(first + seconds, UTC).isoformat() for seconds in drawn.seconds.tolist()]
    with path.open("w", newline="") as file:
        rows = zip(drawn.labels, drawn.lon.tolist(), drawn.lat.tolist(), days, strict=True)
        csv.writer(file).writerows([("unit", "lon", "lat", "day"), *rows, *more])
    return path


def test_a_border_that_moved_is_said_with_its_strip_and_its_day(empty: Engine, tmp_path: Path, capsys: Capture) -> None:
    publish(empty, nine_towns())
    source = moved_border(tmp_path / "rows.csv", ("11", 120.606, 31.306, "2026-01-01"), ("11", 120.606, 31.306, ""))
    words = "verify", source, "--label-field", "unit", "--scheme", "admin", "--level", "town", "--time-field", "day"
    run(*words, "--json")
    found = orjson.loads(capsys.readouterr().out)
    border = found["audit"]["borders"]["worst"][0]
    assert (border["recorded"]["code"], border["found"]["code"], border["verdict"]) == ("00", "10", "border_moved")
    assert border["depth_m"] == pytest.approx(55, abs=10)
    # One row without its moment does not cost the others theirs.
    assert (found["without_time"], border["since"]) == (1, None)
    assert border["until"].startswith("2026-02-1")
    assert found["audit"]["left_out_rows"] > 150
    for lang, said in (("zh", "宽的地带"), ("en", "m deep in 10 area 10")):
        run(*words, "--lang", lang)
        assert said in capsys.readouterr().out


def test_the_disagreements_are_written_with_what_is_said_of_each(
    published: Engine, table: Path, tmp_path: Path, capsys: Capture
) -> None:
    target = tmp_path / "out.csv"
    shown(capsys, table, "--out", target)
    with target.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header[3:] == ["audit_found", "audit_outside_m", "audit_p", "audit_flagged", "audit_guess"]
    assert [row[0] for row in rows] == ["W", "N"]
    assert rows[0][3] == "E"
    assert float(rows[0][4]) == pytest.approx(STEP_M, abs=1)
    assert rows[0][5:] == ["0.0", "false", "mis_recorded"]
    assert rows[1][3:] == ["W", "", "", "", "unknown_label"]


def test_parquet_keeps_its_types_beside_what_is_said(published: Engine, tmp_path: Path, capsys: Capture) -> None:
    source, target = tmp_path / "rows.parquet", tmp_path / "out.parquet"
    columns = {"unit": ["W", "W", "E"], "lon": [0.005, 0.0101, 0.0099], "lat": [0.01] * 3, "size": [1, 2, 3]}
    pq.write_table(pa.table(columns), source)
    shown(capsys, source, "--out", target)
    written = pq.read_table(target).to_pydict()
    assert (written["size"], written["audit_found"]) == ([2, 3], ["E", "W"])
    assert written["audit_outside_m"] == pytest.approx([11.13, 11.13], abs=0.02)
    assert set(written["audit_guess"]) == {"position_error"}


def test_a_target_that_cannot_be_is_refused_before_the_work(
    published: Engine, table: Path, tmp_path: Path, capsys: Capture
) -> None:
    words = "verify", table, "--label-field", "unit", "--scheme", "admin", "--level", "street", "--out"
    for target in (table, tmp_path / "out.parquet", tmp_path / "out.txt"):
        with pytest.raises(InvalidInput):
            run(*words, target)
        assert capsys.readouterr().out == ""
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".sqlite"].count("rows.csv") == 1


def test_the_map_is_one_page_that_needs_nothing_else(published: Engine, tmp_path: Path, capsys: Capture) -> None:
    page = tmp_path / "map.html"
    source = beside_the_river(tmp_path / "rows.csv")
    words = "verify", source, "--label-field", "unit", "--scheme", "admin", "--level", "street", "--lang", "en", "--map"
    run(*words, page)
    assert "open it in any browser" in capsys.readouterr().err
    text = page.read_text(encoding="utf-8")
    assert 'data-tally="total">22<' in text
    assert 'data-guess="position_error">20<' in text
    with pytest.raises(InvalidInput, match="is the input"):
        run(*words, source)
