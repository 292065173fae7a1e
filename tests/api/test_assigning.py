"""assign: every row keeps its place and cells, and its answer has the numbers of the single answer."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely.affinity import translate
from sqlalchemy import Engine

from api.atlas_holder import AtlasHolder, View
from api.schemas.answer import from_domain
from api.services.asking import Asked, Frame, ask
from api.services.assigning import Job, Tally, assign_file
from api.services.bulk_cells import ArrowCells
from api.services.bulk_rows import Fields, read_places
from api.services.bulk_tables import BATCH_ROWS, UNREADABLE, Batch
from api.services.side_by_side import side_by_side
from geo.datum import from_wgs84, parse_datum
from geo.errors import GeoError, InvalidInput, SourceError
from geo.model import CityMap
from tests.api.town import EAST, NOWHERE, WEST, publish, river_town

NOW = Frame(now=datetime(2026, 5, 1, tzinfo=UTC))
NEAR_RIVER = {"lon": 0.01001, "lat": 0.01}  # a metre east of the river
Place = dict[str, float]


@pytest.fixture
def engine(sqlite_url: str, open_database: Callable[[str], Engine]) -> Engine:
    """A migrated database."""
    return open_database(sqlite_url)


@pytest.fixture
def opened(engine: Engine) -> Callable[[], View]:
    """What is published when it is called."""

    def view() -> View:
        holder = AtlasHolder(engine, poll_seconds=60, atlases_kept=4)
        holder.refresh()
        return holder.view()

    return view


@pytest.fixture
def view(engine: Engine, opened: Callable[[], View]) -> View:
    """River town, published."""
    publish(engine, river_town())
    return opened()


def write_csv(path: Path, *rows: tuple[object, ...]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def assigned(view: View, source: Path, *, frame: Frame = NOW, **job: Any) -> list[dict[str, str]]:
    """The rows of a CSV after `assign`."""
    target = source.with_name("assigned.csv")
    run(view, source, target, frame=frame, **job)
    return list(csv.DictReader(StringIO(target.read_text(), newline="")))


def run(view: View, source: Path, target: Path, *, frame: Frame = NOW, **job: Any) -> Tally:
    """One run; fields are named lon and lat unless told otherwise."""
    fields = Fields(**{"lon": "lon", "lat": "lat", **job.pop("fields", {})})
    return assign_file(view, Job(source=source, target=target, fields=fields, **job), frame, "en")


def of_single(view: View, frame: Frame = NOW, **asked: Any) -> dict[str, str]:
    """The cells that the single answer calls for."""
    answer = from_domain(ask(view, Asked(**asked), frame), "en")
    lead, second = answer["lead"], (*answer["candidates"], None, None)[1]
    border_m = answer["border"]["distance_m"]
    cells = {
        "pw_verdict": answer["verdict"],
        "pw_unit": lead["unit"]["code"] if lead else "",
        "pw_p": repr(lead["p"]) if lead else "",
        "pw_border_m": "" if border_m is None else repr(border_m),
        "pw_rival": second["unit"]["code"] if second and second["p"] >= 0.01 else "",
        "pw_next": answer["next"]["unit"]["code"],
        "pw_error": "",
    }
    for scheme, level in (("admin", "district"), ("admin", "street"), ("wards", "ward")):
        codes = [one["code"] for one in answer["areas"] if (one["scheme"], one["level"]) == (scheme, level)]
        cells[f"pw_{scheme}_{level}"] = min(codes, default="")
    return cells


def answer_of(row: dict[str, str]) -> dict[str, str]:
    """The answer's cells of a row."""
    return {name: cell for name, cell in row.items() if name.startswith("pw_")}


def test_columns_stand_behind_those_of_the_table_in_the_promised_order(view: View, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", ("lat", "id", "lon"), (0.01, "0007", 0.005))
    (row,) = assigned(view, source)
    assert list(row) == [
        *("lat", "id", "lon", "pw_verdict", "pw_unit", "pw_p", "pw_border_m", "pw_rival", "pw_next", "pw_error"),
        *("pw_admin_district", "pw_admin_street", "pw_wards_ward"),
    ]
    assert row["id"] == "0007"


def test_every_cell_is_the_single_answer_near_borders_too(view: View, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    around = [(river, 0.01) for river in (0.0, 0.01, 0.02, 0.03)] + [(0.015, 0.0), (0.015, 0.02), (0.01, 0.02)]
    places = [
        (lon + east, lat + north)
        for lon, lat in around
        for east, north in [(0, 0), *rng.normal(scale=1e-4, size=(40, 2)).tolist()]
    ]
    source = write_csv(
        tmp_path / "in.csv", ("lon", "lat", "a"), *((*place, i % 3 * 6) for i, place in enumerate(places))
    )
    rows = assigned(view, source, fields={"accuracy": "a"})
    assert len(rows) == len(places) == 287
    for i, ((lon, lat), row) in enumerate(zip(places, rows, strict=True)):
        assert answer_of(row) == of_single(view, lon=lon, lat=lat, accuracy_m=float(i % 3 * 6)), (lon, lat)
    assert {row["pw_verdict"] for row in rows} == {"certain", "likely", "contested", "unclaimed"}


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "BD-09", "EPSG:3857", "4326"])
def test_the_datum_of_a_table_is_that_of_the_single_answer(
    engine: Engine, opened: Callable[[], View], tmp_path: Path, datum: str
) -> None:
    publish(engine, shifted(river_town(), 120.6, 31.3))
    view = opened()
    lon, lat = from_wgs84(parse_datum(datum), lon=np.array([120.60999, 120.61]), lat=np.array([31.31, 31.31]))
    places = list(zip(lon.tolist(), lat.tolist(), strict=True))
    rows = assigned(view, write_csv(tmp_path / "in.csv", ("lon", "lat"), *places), datum=datum)
    for (x, y), row in zip(places, rows, strict=True):
        assert answer_of(row) == of_single(view, lon=x, lat=y, datum=datum)
    assert rows[0]["pw_unit"] == "west"


def shifted(city_map: CityMap, east: float, north: float) -> CityMap:
    """The same map elsewhere."""
    areas = (replace(area, boundary=translate(area.boundary, east, north)) for area in city_map.areas)
    return replace(city_map, areas=tuple(areas))


BAD_CELLS = {
    "no longitude": (("", "0.01"), "lon is empty"),
    "spaces": (("  ", "0.01"), "lon is empty"),
    "words": (("here", "0.01"), "lon 'here' is not a number"),
    "nan": (("nan", "0.01"), "lon 'nan' is not a number"),
    "infinity": (("0.005", "-inf"), "lat '-inf' is not a number"),
    "a decimal comma": (("0,005", "0.01"), "lon '0,005' is not a number"),
    "digits in groups": (("1_0.5", "0.01"), "lon '1_0.5' is not a number"),
    "swapped": (("31.31", "120.62"), "lat 120.62 is outside [-90, 90]"),
    "too large": (("1e300", "0.01"), "lon 1e+300 is outside [-180, 180]"),
}


@pytest.mark.parametrize("bad", BAD_CELLS)
def test_a_bad_row_keeps_its_place_and_says_why(view: View, tmp_path: Path, bad: str) -> None:
    cells, words = BAD_CELLS[bad]
    source = write_csv(tmp_path / "in.csv", ("lon", "lat"), (0.005, 0.01), cells, (0.015, 0.01))
    rows = assigned(view, source)
    assert [row["pw_unit"] for row in rows] == ["west", "", "east"]
    assert (rows[1]["lon"], rows[1]["lat"]) == cells
    answer = answer_of(rows[1])
    assert answer.pop("pw_error").startswith(f"invalid-input: {words}")
    assert set(answer.values()) == {""}


def test_bad_rows_are_counted(view: View, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", ("lon", "lat"), (0.005, 0.01), ("x", 0.01), (0.005,), (1, 2, 3))
    assert run(view, source, tmp_path / "out.csv") == Tally(rows=4, refused=3)


def test_a_row_of_another_width_is_told_its_width(view: View, tmp_path: Path) -> None:
    source = write_csv(
        tmp_path / "in.csv", ("lon", "lat", "id"), (0.005, 0.01), (0.005, 0.01, "a", "b"), (0.005, 0.01, "c")
    )
    rows = assigned(view, source)
    assert [row["pw_error"][:48] for row in rows] == [
        "invalid-input: this row has 2 fields and the hea",
        "invalid-input: this row has 4 fields and the hea",
        "",
    ]
    assert [row["id"] for row in rows] == ["", "a", "c"]


# --- accuracy


def test_an_empty_accuracy_is_the_citys_own(view: View, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", ("lon", "lat", "a"), (*NEAR_RIVER.values(), ""), (*NEAR_RIVER.values(), 0))
    unknown, surveyed = assigned(view, source, fields={"accuracy": "a"})
    assert answer_of(unknown) == of_single(view, **NEAR_RIVER)
    assert answer_of(surveyed) == of_single(view, **NEAR_RIVER, accuracy_m=0)
    assert (unknown["pw_verdict"], surveyed["pw_verdict"]) == ("contested", "certain")


@pytest.mark.parametrize("accuracy", ["-1", "100001", "ten", "nan", "inf"])
def test_an_accuracy_that_cannot_be_is_that_rows_error(view: View, tmp_path: Path, accuracy: str) -> None:
    source = write_csv(tmp_path / "in.csv", ("lon", "lat", "a"), (0.005, 0.01, accuracy), (0.005, 0.01, 5))
    bad, good = assigned(view, source, fields={"accuracy": "a"})
    assert (bad["pw_error"][:16], bad["pw_unit"]) == ("invalid-input: a", "")
    assert (good["pw_error"], good["pw_unit"]) == ("", "west")


def test_one_accuracy_holds_for_the_whole_table(view: View, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", ("lon", "lat"), tuple(NEAR_RIVER.values()))
    assert assigned(view, source, accuracy_m=0.0)[0]["pw_verdict"] == "certain"
    assert assigned(view, source, accuracy_m=0.1)[0]["pw_verdict"] == "certain"
    assert assigned(view, source, accuracy_m=5.0)[0]["pw_verdict"] == "likely"


# --- time


@pytest.fixture
def moving_river(engine: Engine, opened: Callable[[], View]) -> View:
    """Three editions: the river at 0.01 from the beginning, at 0.004 from May, at 0.016 from July 2025 in Shanghai."""
    publish(engine, river_town(), now=datetime(2025, 1, 1, tzinfo=UTC))
    for month, river in ((5, 0.004), (7, 0.016)):
        first = datetime(2025, month, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
        publish(engine, river_town(river=river), valid_from=first, now=datetime(2025, month, 2, tzinfo=UTC))
    return opened()


def test_every_row_is_answered_by_the_edition_of_its_own_moment(moving_river: View, tmp_path: Path) -> None:
    moments = {
        "1999-01-01": "west",
        "2025-04-30": "west",
        "2025-04-30T23:59:59.999999": "west",
        "2025-05-01": "east",
        "2025-04-30T16:00:00Z": "east",
        "2025-06-30T23:59": "east",
        "2025-07-01T00:00": "west",
        "": "west",
    }
    source = write_csv(tmp_path / "in.csv", ("lon", "lat", "t"), *((0.005, 0.01, at) for at in moments))
    rows = assigned(moving_river, source, fields={"at": "t"})
    assert {row["t"]: row["pw_unit"] for row in rows} == moments
    for row in rows:
        assert answer_of(row) == of_single(moving_river, lon=0.005, lat=0.01, at=row["t"] or None)


def test_a_row_without_a_moment_has_that_of_the_run(moving_river: View, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", ("lon", "lat", "t"), (0.005, 0.01, ""), (0.005, 0.01, "2025-08-01"))
    assert [row["pw_unit"] for row in assigned(moving_river, source, fields={"at": "t"}, at="2025-05-05")] == [
        "east",
        "west",
    ]


def test_a_moment_that_cannot_be_read_is_that_rows_error(moving_river: View, tmp_path: Path) -> None:
    source = write_csv(
        tmp_path / "in.csv", ("lon", "lat", "t"), (0.005, 0.01, "yesterday"), (0.005, 0.01, "2025-05-05")
    )
    bad, good = assigned(moving_river, source, fields={"at": "t"})
    assert bad["pw_error"].startswith("invalid-input: at 'yesterday' is not an ISO 8601")
    assert good["pw_unit"] == "east"


def test_a_moment_before_every_edition_is_that_rows_error(
    engine: Engine, opened: Callable[[], View], tmp_path: Path
) -> None:
    publish(engine, river_town(), valid_from=datetime(2025, 1, 1, tzinfo=UTC), now=datetime(2025, 1, 1, tzinfo=UTC))
    source = write_csv(
        tmp_path / "in.csv", ("lon", "lat", "t"), (0.005, 0.01, "2024-01-01"), (0.005, 0.01, "2025-05-05")
    )
    early, later = assigned(opened(), source, fields={"at": "t"})
    assert early["pw_error"].startswith("no-edition-at: no edition held at 2023-12-31T16:00:00Z")
    assert later["pw_unit"] == "west"


def test_an_edition_can_be_forced_and_what_was_known_can_be_asked(moving_river: View, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", ("lon", "lat"), (0.005, 0.01))
    assert assigned(moving_river, source, frame=replace(NOW, edition=2))[0]["pw_unit"] == "east"
    then = replace(NOW, known_at="2025-05-01")  # the edition of May was published on the second
    assert assigned(moving_river, source, frame=then, at="2025-05-01T12:00")[0]["pw_unit"] == "west"


def test_editions_with_other_datums_answer_in_their_own(
    engine: Engine, opened: Callable[[], View], tmp_path: Path
) -> None:
    town = shifted(river_town(), 120.6, 31.3)
    for month, datum in ((1, "wgs84"), (5, "gcj02")):
        city_map = replace(town, city=replace(town.city, datum=datum))
        moment = datetime(2025, month, 1, tzinfo=UTC)
        publish(engine, city_map, valid_from=moment, now=moment)
    view = opened()
    source = write_csv(
        tmp_path / "in.csv", ("lon", "lat", "t"), (120.612, 31.31, "2025-02-02"), (120.612, 31.31, "2025-06-06")
    )
    for row in assigned(view, source, fields={"at": "t"}):
        assert answer_of(row) == of_single(view, lon=120.612, lat=31.31, at=row["t"])


# --- category


def test_a_category_is_accepted_and_one_that_is_too_long_is_that_rows_error(view: View, tmp_path: Path) -> None:
    source = write_csv(
        tmp_path / "in.csv",
        ("lon", "lat", "c"),
        *((0.005, 0.01, cell) for cell in ("0102", "", "x" * 64, "x" * 65, "a\nb")),
    )
    rows = assigned(view, source, fields={"category": "c"})
    assert [row["pw_unit"] for row in rows] == ["west", "west", "west", "", ""]
    assert rows[3]["pw_error"].startswith("invalid-input: category ")


# --- Parquet


def test_a_parquet_table_keeps_its_types_and_gets_numbers_and_text(view: View, tmp_path: Path) -> None:
    table = pa.table(
        {
            "lon": pa.array([0.005, None, float("nan"), 0.015], pa.float64()),
            "lat": pa.array([0.01, 0.01, 0.01, 0.01], pa.float32()),
            "a": pa.array([0, None, 5, None], pa.int16()),
            "t": pa.array([datetime(2026, 1, 1, tzinfo=UTC), None, None, datetime(2026, 1, 2, tzinfo=UTC)]),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    run(view, tmp_path / "in.parquet", tmp_path / "out.parquet", fields={"accuracy": "a", "at": "t"})
    written = pq.read_table(tmp_path / "out.parquet")
    assert written.select(table.column_names).schema.types == table.schema.types
    assert written["pw_unit"].to_pylist() == ["west", None, None, "east"]
    assert written["pw_p"].to_pylist() == [1.0, None, None, 1.0]
    errors = written["pw_error"].to_pylist()
    assert (errors[0], errors[3]) == (None, None)
    assert errors[1] == "invalid-input: lon is empty; give a decimal"
    assert errors[2].startswith("invalid-input: lon")


@pytest.mark.parametrize(
    "kind", [pa.timestamp("ns"), pa.timestamp("s"), pa.timestamp("us", tz="Asia/Tokyo"), pa.date32()]
)
def test_moments_of_a_parquet_column_are_read_by_type(moving_river: View, tmp_path: Path, kind: pa.DataType) -> None:
    at = pa.array([datetime(2025, 5, 5), None], pa.timestamp("us")).cast(kind, safe=False)  # noqa: DTZ001
    pq.write_table(pa.table({"lon": [0.005] * 2, "lat": [0.01] * 2, "t": at}), tmp_path / "in.parquet")
    run(moving_river, tmp_path / "in.parquet", tmp_path / "out.parquet", fields={"at": "t"})
    assert pq.read_table(tmp_path / "out.parquet")["pw_unit"].to_pylist() == ["east", "west"]


def test_codes_and_numbers_of_a_parquet_table_may_be_dictionaries_and_text(view: View, tmp_path: Path) -> None:
    table = pa.table({"lon": pa.array(["0.005", " 0.015 "]).dictionary_encode(), "lat": ["0.01", "1e-2"]})
    pq.write_table(table, tmp_path / "in.parquet")
    run(view, tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet")["pw_unit"].to_pylist() == ["west", "east"]


def test_tables_without_rows_are_answered(view: View, tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"lon": pa.array([], pa.float64()), "lat": pa.array([], pa.float64())}), tmp_path / "in.parquet"
    )
    assert run(view, tmp_path / "in.parquet", tmp_path / "out.parquet") == Tally(0, 0)
    assert "pw_unit" in pq.read_table(tmp_path / "out.parquet").column_names
    assert assigned(view, write_csv(tmp_path / "in.csv", ("lon", "lat"))) == []


# --- whole or not at all


@pytest.fixture
def long_table(tmp_path: Path) -> Path:
    """More rows than one batch; row n is east when n is odd."""
    rows = ((n, EAST["lon"] if n % 2 else WEST["lon"], 0.01) for n in range(BATCH_ROWS + 1_000))
    return write_csv(tmp_path / "long.csv", ("n", "lon", "lat"), *rows)


def test_batches_are_written_as_they_come_and_rows_keep_their_order(
    view: View, long_table: Path, tmp_path: Path
) -> None:
    target, part = tmp_path / "out.csv", tmp_path / "out.csv.part"
    seen = []

    def look(done: int, total: int) -> None:
        seen.append((done < total, part.stat().st_size > 1_000_000, target.exists()))

    job = Job(source=long_table, target=target, fields=Fields(lon="lon", lat="lat"))
    assert assign_file(view, job, NOW, "en", on_progress=look) == Tally(BATCH_ROWS + 1_000, 0)
    # After the first batch the input is not read to its end, and what was answered is on the disk already.
    assert seen == [(True, True, False), (False, True, False)]
    with target.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["n"] for row in rows] == [str(n) for n in range(BATCH_ROWS + 1_000)]
    assert all(row["pw_unit"] == ("east" if int(row["n"]) % 2 else "west") for row in rows)


def test_a_failure_after_the_first_batch_leaves_an_earlier_output_untouched(
    view: View, long_table: Path, tmp_path: Path
) -> None:
    with long_table.open("ab") as file:
        file.write(b"1,\xff,2\n")
    target = tmp_path / "out.csv"
    with pytest.raises(GeoError, match="it is not utf-8-sig"):
        run(view, long_table, target)
    assert not target.exists()
    target.write_text("from yesterday")
    with pytest.raises(GeoError, match="it is not utf-8-sig"):
        run(view, long_table, target)
    assert target.read_text() == "from yesterday"
    assert not target.with_name("out.csv.part").exists()


@pytest.mark.parametrize(
    ("header", "job", "words"),
    [
        (("lng", "lat"), {}, "no column lon"),
        (("lon", "lat"), {"fields": {"accuracy": "a"}}, "no column a"),
        (("lon", "lat"), {"fields": {"category": "c"}}, "no column c"),
        (("lon", "lat"), {"fields": {"at": "t"}}, "no column t"),
        (("lon", "lat", "pw_wards_ward"), {}, "already has the columns pw_wards_ward"),
        (("lon", "lat"), {"datum": "mars"}, "unknown datum 'mars'"),
        (("lon", "lat"), {"at": "soon"}, "not an ISO 8601"),
        (("lon", "lat"), {"accuracy_m": -1.0}, "accuracy_m -1.0 is outside"),
        (("lon", "lat"), {"accuracy_m": float("nan")}, "accuracy_m nan is outside"),
    ],
)
def test_what_is_wrong_for_every_row_is_refused_before_anything_is_written(
    view: View, tmp_path: Path, header: tuple[str, ...], job: dict[str, Any], words: str
) -> None:
    source = write_csv(tmp_path / "in.csv", header, (0.005, 0.01, "")[: len(header)])
    with pytest.raises(InvalidInput, match=words):
        run(view, source, tmp_path / "out.csv", **job)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_an_unclaimed_row_is_an_answer(view: View, tmp_path: Path) -> None:
    (row,) = assigned(view, write_csv(tmp_path / "in.csv", ("lon", "lat"), tuple(NOWHERE.values())))
    assert answer_of(row) == of_single(view, **NOWHERE)
    assert (row["pw_verdict"], row["pw_next"], row["pw_error"]) == ("unclaimed", "hq", "")


# --- only the areas


def test_only_the_areas_of_each_row_are_told_where_only_these_are_asked(view: View, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    places = [*rng.uniform(-0.002, 0.032, size=(300, 2)).tolist(), [0.01, 0.01], [0.0, 0.0], ["east", 0.01]]
    source = write_csv(tmp_path / "in.csv", ("lon", "lat"), *places)
    whole = assigned(view, source)
    areas = assigned(view, source, areas_only=True)
    assert list(areas[0]) == [
        *("lon", "lat", "pw_error", "pw_admin_district", "pw_admin_street", "pw_wards_ward"),
    ]
    assert areas == [{name: row[name] for name in areas[0]} for row in whole]
    assert {row["pw_admin_street"] for row in areas} > {"", whole[-3]["pw_admin_street"]}
    assert [bool(row["pw_error"]) for row in areas[-2:]] == [False, True]


# --- Arrow columns are read as the cells would be


NUMBERS = {
    "text": pa.array(["0.01", " 0.005 ", "1e-2", "", None, "1_0", "+0.01", "nan", "inf", "east", "0x1", "1e400"]),
    "long text": pa.array(["0.010000000000000000001", "0.0100000000000000000000000000001", "east"]),
    "large text": pa.array(["0.01", None, "1_0", "0.0150"], pa.large_string()),
    "double": pa.array([0.01, None, float("nan"), float("inf"), 0.005]),
    "float": pa.array([0.01, None, 0.005], pa.float32()),
    "integer": pa.array([0, None, 1, 2**62], pa.int64()),
    "boolean": pa.array([True, False, None]),
    "money": pa.array(["0.01", None, "0.005"]).cast(pa.decimal128(10, 3)),
    "dictionary": pa.array(["0.01", "east", None, "0.01"]).dictionary_encode(),
    "dictionary of numbers": pa.array([0.01, None, 0.01]).dictionary_encode(),
}  # fmt: skip


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("field", ["lon", "accuracy"])
def test_a_column_of_any_type_is_read_as_its_cells_are(view: View, tmp_path: Path, kind: str, field: str) -> None:
    column = NUMBERS[kind]
    table = pa.table({"lon": np.full(len(column), 0.0101), "lat": np.full(len(column), 0.01)})
    table = table.set_column(0, "lon", column) if field == "lon" else table.append_column(field, column)
    fields = Fields(lon="lon", lat="lat", accuracy="accuracy" if field == "accuracy" else None)
    (batch,) = table.to_batches()
    city = view.latest.city
    by_array = Batch(len(column), {name: ArrowCells(batch[name]) for name in table.column_names}, {}, batch)
    by_cell = Batch(len(column), {name: batch[name].to_pylist() for name in table.column_names}, {}, batch)
    found, expected = (read_places(one, fields, parse_datum("wgs84"), city, None) for one in (by_array, by_cell))
    for name in ("lon", "lat", "sigma_m"):
        assert np.array_equal(getattr(found, name), getattr(expected, name), equal_nan=True), name
    assert {row: refusal.say("en") for row, refusal in found.errors.items()} == {
        row: refusal.say("en") for row, refusal in expected.errors.items()
    }


def test_what_fails_in_one_batch_ends_the_run_and_begins_no_other() -> None:
    made = []

    def make(number: int) -> int:
        made.append(number)
        if number == 3:
            raise ValueError("three")
        return number * 2

    read = []

    def numbers() -> Iterator[int]:
        for number in range(100):
            read.append(number)
            yield number

    got = []
    with pytest.raises(ValueError, match="three"):
        got.extend(side_by_side(make, numbers()))
    assert len(read) < 50
    assert len(made) <= len(read)
    assert list(side_by_side(lambda number: number * 2, range(10))) == [(n, 2 * n) for n in range(10)]


def test_what_cannot_be_read_on_ends_the_run() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise SourceError(UNREADABLE, path="a.csv", reason="torn")

    seen = side_by_side(str, broken())
    with pytest.raises(SourceError, match=r"a.csv cannot be read: torn"):
        list(seen)
