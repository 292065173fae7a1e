"""Tables pass through batch by batch: what was read is written unchanged, and a file appears whole or not at all."""

import codecs
import csv
import gzip
import os
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.services.bulk_files import open_sink, open_table, require_fields
from api.services.bulk_tables import BATCH_ROWS
from api.services.partial_file import PartialFile
from geo.assign import Columns
from geo.errors import GeoError, InvalidInput, SourceError

ANSWERS = ("pw_unit", "pw_p")
Rows = list[list[str]]

AWKWARD_CELLS = {
    "leading zeros": "0111",
    "quotes": 'say "yes", "no"',
    "a comma": "one,two",
    "a line feed": "above\nbelow",
    "a Windows line end": "above\r\nbelow",
    "a lone carriage return": "above\rbelow",
    "spaces around": "  both sides  ",
    "nothing": "",
    "only spaces": "   ",
    "Chinese": "姑苏区，“双塔”街道",
    "beyond the basic plane": "𠮷😀",
    "a tab": "left\tright",
    "an exponent": "1e5",
    "a formula": "=SUM(A1:A2)",
    "a word that some take for nothing": "NULL",
    "a number with its zeros": "1.500",
    "a byte order mark inside": "a\ufeffb",
}


def copy(source: Path, target: Path, *, encoding: str = "utf-8-sig") -> list[int]:
    """Copies a table with an answer beside every row; the sizes of the batches."""
    sizes = []
    with open_table(source, encoding=encoding) as table, open_sink(target, table, ANSWERS) as sink:
        for batch in table.batches([]):
            sink.write(batch, answers(batch.size))
            sizes.append(batch.size)
    return sizes


def answers(size: int) -> Columns:
    """The same answer for every row."""
    return Columns({"pw_unit": np.full(size, "west", dtype=object)}, {"pw_p": np.full(size, 0.5)})


def write_csv(path: Path, rows: Rows, *, encoding: str = "utf-8") -> Path:
    """A CSV as spreadsheets write it: everything quoted, Windows line ends."""
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return path


def read_csv(path: Path) -> Rows:
    """Header and rows of a CSV, plain or gzipped."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode()
    return list(csv.reader(StringIO(text, newline="")))


def without_answers(rows: Rows) -> Rows:
    """The rows as they were before their answers."""
    return [row[: -len(ANSWERS)] for row in rows]


# --- CSV


@pytest.mark.parametrize("cell", AWKWARD_CELLS.values(), ids=AWKWARD_CELLS.keys())
def test_a_cell_of_a_csv_comes_out_as_it_went_in(tmp_path: Path, cell: str) -> None:
    rows = [["id", "words", "last"], ["0001", cell, cell], ["0002", "plain", cell]]
    source, target = write_csv(tmp_path / "in.csv", rows), tmp_path / "out.csv"
    copy(source, target)
    assert without_answers(read_csv(target)) == rows


def test_the_answer_stands_behind_the_columns_of_the_table(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", [["b", "a"], ["1", "2"]])
    copy(source, tmp_path / "out.csv")
    assert read_csv(tmp_path / "out.csv") == [["b", "a", "pw_unit", "pw_p"], ["1", "2", "west", "0.5"]]


def test_awkward_names_of_columns_stay(tmp_path: Path) -> None:
    header = [' lon "WGS"', "经度,度", "", "a\nb"]
    source = write_csv(tmp_path / "in.csv", [header, ["1", "2", "3", "4"]])
    copy(source, tmp_path / "out.csv")
    assert without_answers(read_csv(tmp_path / "out.csv"))[0] == header


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", [["lon", "lat"], ["1", "2"]], encoding="utf-8-sig")
    with open_table(source) as table:
        require_fields(table, ["lon", "lat"])


def test_a_file_of_a_chinese_spreadsheet_is_read_and_written_in_its_encoding(tmp_path: Path) -> None:
    rows = [["经度", "街道"], ["120.6", "吴门桥𠮷"]]
    source = write_csv(tmp_path / "in.csv", rows, encoding="gb18030")
    copy(source, tmp_path / "out.csv", encoding="gb18030")
    written = (tmp_path / "out.csv").read_bytes().decode("gb18030")
    assert without_answers(list(csv.reader(StringIO(written, newline="")))) == rows


@pytest.mark.parametrize("name", ["in.csv", "in.csv.gz"])
@pytest.mark.parametrize(("encoding", "marks"), [("utf-8", 0), ("utf-8-sig", 1)])
def test_the_output_has_a_byte_order_mark_when_the_input_has_one(
    tmp_path: Path, name: str, encoding: str, marks: int
) -> None:
    source = write_csv(tmp_path / name, [["经度"], ["120.6"]], encoding=encoding)
    if name.endswith(".gz"):
        source.write_bytes(gzip.compress(source.read_bytes()))
    copy(source, tmp_path / "out.csv")
    written = (tmp_path / "out.csv").read_bytes()
    assert written.count(codecs.BOM_UTF8) == marks
    assert written.startswith(codecs.BOM_UTF8 * marks + "经度,".encode())


def test_an_answer_that_the_inputs_encoding_lacks_is_refused(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", [["a"], ["1"]], encoding="latin-1")
    chinese = Columns({"pw_unit": np.array(["西"], dtype=object)}, {"pw_p": np.array([1.0])})

    def write() -> None:
        with (
            open_table(source, encoding="latin-1") as table,
            open_sink(tmp_path / "out.csv", table, ANSWERS) as sink,
        ):
            for batch in table.batches([]):
                sink.write(batch, chinese)

    with pytest.raises(InvalidInput, match="'西' cannot be written as latin-1"):
        write()
    assert os.listdir(tmp_path) == ["in.csv"]


def test_a_wrong_encoding_is_refused_with_the_option_that_names_it(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", [["经度"], ["街道"]], encoding="gb18030")
    with pytest.raises(SourceError, match="--encoding, for example gb18030"):
        copy(source, tmp_path / "out.csv")


def test_an_encoding_that_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", [["a"], ["b"]])
    with pytest.raises(InvalidInput, match="klingon"):
        copy(source, tmp_path / "out.csv", encoding="klingon")


@pytest.mark.parametrize("source_name", ["in.csv", "in.csv.gz", "IN.CSV.GZ"])
@pytest.mark.parametrize("target_name", ["out.csv", "out.csv.gz", "OUT.CSV.GZ"])
def test_either_side_may_be_gzipped(tmp_path: Path, source_name: str, target_name: str) -> None:
    rows = [["a", "b"], ["1", "二"]]
    source = write_csv(tmp_path / source_name, rows)
    if source_name.lower().endswith(".gz"):
        source.write_bytes(gzip.compress(source.read_bytes()))
    copy(source, tmp_path / target_name)
    packed = (tmp_path / target_name).read_bytes().startswith(b"\x1f\x8b")
    assert packed == target_name.lower().endswith(".gz")
    assert without_answers(read_csv(tmp_path / target_name)) == rows


def test_the_same_table_gives_the_same_bytes_whenever_it_is_packed(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", [["a"], ["1"]])
    for name in ("one.csv.gz", "two.csv.gz"):
        copy(source, tmp_path / name)
    assert (tmp_path / "one.csv.gz").read_bytes() == (tmp_path / "two.csv.gz").read_bytes()


def test_rows_of_another_width_keep_their_place_and_say_so(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("a,b\n1,2\n3\n4,5,6\n7,8\n")
    with open_table(source) as table:
        batch = next(iter(table.batches(["a", "b"])))
    assert batch.columns == {"a": ["1", "3", "4", "7"], "b": ["2", "", "5", "8"]}
    assert {row: str(refusal) for row, refusal in batch.refused.items()} == {
        1: "this row has 1 fields and the header 2; check commas and quotes",
        2: "this row has 3 fields and the header 2; check commas and quotes",
    }


def test_a_table_with_a_header_only_has_no_rows(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", [["a", "b"]])
    assert copy(source, tmp_path / "out.csv") == []
    assert read_csv(tmp_path / "out.csv") == [["a", "b", *ANSWERS]]


def test_a_long_csv_is_read_in_batches_in_order(tmp_path: Path) -> None:
    rows = [["n"], *([str(n)] for n in range(BATCH_ROWS + 3))]
    source = write_csv(tmp_path / "in.csv", rows)
    assert copy(source, tmp_path / "out.csv") == [BATCH_ROWS, 3]
    assert without_answers(read_csv(tmp_path / "out.csv")) == rows


# --- Parquet


def rich_table() -> pa.Table:
    """Every kind of column that a table may have, each with a null."""
    zoned = pa.timestamp("us", tz="America/New_York")
    return pa.table(
        {
            "code": pa.array(["0111", None, "7"]),
            "small": pa.array([1, None, -1], pa.int8()),
            "large": pa.array([2**62, None, 0], pa.uint64()),
            "half": pa.array([0.1, None, float("nan")], pa.float32()),
            "yes": pa.array([True, None, False]),
            "day": pa.array([date(2016, 7, 1), None, date(1, 1, 1)]),
            "moment": pa.array([datetime(2016, 7, 1, 12, tzinfo=UTC), None, None], zoned),
            "nanoseconds": pa.array([1, None, 2**62], pa.timestamp("ns")),
            "money": pa.array([Decimal("1.50"), None, Decimal("-2.00")], pa.decimal128(9, 2)),
            "bytes": pa.array([b"\x00\xff", None, b""]),
            "kind": pa.array(["a", None, "a"]).dictionary_encode(),
            "list": pa.array([[1, None], None, []], pa.list_(pa.int32())),
            "record": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": None}]),
            "long text": pa.array(["x", None, "y"], pa.large_string()),
            "nothing": pa.nulls(3),
        }
    ).replace_schema_metadata({"made by": "hand"})


def test_every_type_of_a_parquet_column_stays_with_its_nulls(tmp_path: Path) -> None:
    pq.write_table(rich_table(), tmp_path / "in.parquet")
    source = pq.read_table(tmp_path / "in.parquet")
    copy(tmp_path / "in.parquet", tmp_path / "out.parquet")
    written = pq.read_table(tmp_path / "out.parquet")
    passed_on = written.drop_columns(list(ANSWERS))
    assert passed_on.schema.equals(source.schema, check_metadata=True)
    assert repr(passed_on.to_pylist()) == repr(source.to_pylist())  # as text, for nan does not equal itself
    assert written.schema.field("pw_unit").type == pa.string()
    assert written.schema.field("pw_p").type == pa.float64()


def test_a_missing_answer_is_null_in_parquet_and_an_empty_cell_in_csv(tmp_path: Path) -> None:
    unanswered = Columns({"pw_unit": np.array([None], dtype=object)}, {"pw_p": np.array([np.nan])})
    pq.write_table(pa.table({"a": [1]}), tmp_path / "in.parquet")
    write_csv(tmp_path / "in.csv", [["a"], ["1"]])
    for kind in ("parquet", "csv"):
        with open_table(tmp_path / f"in.{kind}") as table, open_sink(tmp_path / f"out.{kind}", table, ANSWERS) as sink:
            for batch in table.batches([]):
                sink.write(batch, unanswered)
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == [{"a": 1, "pw_unit": None, "pw_p": None}]
    assert read_csv(tmp_path / "out.csv")[1] == ["1", "", ""]


def test_a_parquet_file_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    pq.write_table(rich_table().slice(0, 0), tmp_path / "in.parquet")
    assert copy(tmp_path / "in.parquet", tmp_path / "out.parquet") == []
    written = pq.read_table(tmp_path / "out.parquet")
    assert (written.num_rows, written.schema.names[-2:]) == (0, list(ANSWERS))


def test_several_row_groups_come_out_in_order_whatever_their_dictionaries(tmp_path: Path) -> None:
    kinds = [f"kind {n // 700}" for n in range(7_000)]
    source = pa.table({"n": range(7_000), "kind": pa.array(kinds).dictionary_encode()})
    pq.write_table(source, tmp_path / "in.parquet", row_group_size=999)
    copy(tmp_path / "in.parquet", tmp_path / "out.parquet")
    written = pq.read_table(tmp_path / "out.parquet")
    assert written["n"].to_pylist() == list(range(7_000))
    assert written["kind"].to_pylist() == kinds


def test_a_parquet_file_with_two_columns_of_the_name_asked_for_is_refused(tmp_path: Path) -> None:
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["lon", "lon"])
    pq.write_table(twice, tmp_path / "in.parquet")
    with open_table(tmp_path / "in.parquet") as table, pytest.raises(InvalidInput, match="lon"):
        require_fields(table, ["lon"])


# --- what cannot be read or written


def break_gzip(raw: bytes) -> bytes:
    """A gzipped file with a broken block in its middle."""
    return raw[:2_000] + b"\xff" * 50 + raw[2_050:]


BROKEN = {
    "gzip that ends early": ("in.csv.gz", lambda raw: raw[: len(raw) // 2]),
    "gzip that breaks in the middle": ("in.csv.gz", break_gzip),
    "no gzip at all": ("in.csv.gz", lambda raw: b"a,b\n1,2\n"),
    "an empty csv": ("in.csv", lambda raw: b""),
    "an empty gzip": ("in.csv.gz", lambda raw: gzip.compress(b"")),
    "letters of another encoding at the end": ("in.csv", lambda raw: raw + b"\xb9\xc3,\xcb\xd5\n"),
    "an empty parquet": ("in.parquet", lambda raw: b""),
    "parquet that ends early": ("in.parquet", lambda raw: raw[: len(raw) // 2]),
    "parquet that breaks in the middle": ("in.parquet", lambda raw: raw[:4] + b"\xff" * 40 + raw[44:]),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_file_is_refused_by_name_and_leaves_nothing_behind(tmp_path: Path, broken: str) -> None:
    name, spoil = BROKEN[broken]
    rng = np.random.default_rng(1)
    rows = [["a", "b"], *([str(one), str(other)] for one, other in rng.random((2_000, 2)))]
    source, target = tmp_path / name, tmp_path / name.replace("in", "out")
    if name.endswith("parquet"):
        pq.write_table(pa.table({"a": rng.random(2_000)}), source)
    else:
        write_csv(source, rows)
        if name.endswith(".gz"):
            source.write_bytes(gzip.compress(source.read_bytes()))
    source.write_bytes(spoil(source.read_bytes()))
    with pytest.raises(SourceError, match=name):
        copy(source, target)
    assert os.listdir(tmp_path) == [name]


def test_a_failure_leaves_an_earlier_output_untouched(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("from yesterday")

    def fail_half_way() -> None:
        with PartialFile(target) as stream:
            stream.write(b"half")
            raise RuntimeError("the light went out")

    with pytest.raises(RuntimeError, match="light"):
        fail_half_way()
    assert target.read_text() == "from yesterday"
    assert os.listdir(tmp_path) == ["out.csv"]


def test_while_a_file_is_written_its_name_still_means_the_earlier_one(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("from yesterday")
    with PartialFile(target) as stream:
        stream.write(b"new")
        stream.flush()
        assert target.read_text() == "from yesterday"
    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["out.csv"]


@pytest.mark.parametrize("other", ["the same name", "a symbolic link", "a hard link", "a detour"])
def test_the_input_is_never_overwritten_whatever_it_is_called(tmp_path: Path, other: str) -> None:
    source = write_csv(tmp_path / "in.csv", [["a"], ["1"]])
    before = source.read_bytes()
    target = tmp_path / "out.csv"
    match other:
        case "the same name":
            target = source
        case "a symbolic link":
            target.symlink_to(source)
        case "a hard link":
            target.hardlink_to(source)
        case "a detour":
            (tmp_path / "sub").mkdir()
            target = tmp_path / "sub" / ".." / "in.csv"
    with pytest.raises(InvalidInput, match="is the input; write to another file"):
        copy(source, target)
    assert source.read_bytes() == before


def test_a_table_that_has_the_answers_columns_already_is_refused(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", [["a", "pw_p", "pw_unit"], ["1", "2", "3"]])
    with pytest.raises(InvalidInput, match="already has the columns pw_unit, pw_p"):
        copy(source, tmp_path / "out.csv")
    assert os.listdir(tmp_path) == ["in.csv"]


def test_a_missing_column_is_refused_with_those_that_are_there(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", [["lng", "lat"], ["1", "2"]])
    with open_table(source) as table, pytest.raises(InvalidInput, match="no column lon; it has: lng, lat"):
        require_fields(table, ["lat", "lon"])


@pytest.mark.parametrize(
    ("source_name", "target_name", "words"),
    [
        ("in.csv", "out.parquet", "differ in format"),
        ("in.csv", "out.xlsx", "the format of .*out.xlsx is not known"),
        ("in.txt", "out.csv", "the format of .*in.txt is not known"),
        ("nowhere.csv", "out.csv", "nowhere.csv cannot be read: no such file"),
        ("in.csv", "missing/out.csv", "missing/out.csv cannot be written"),
        ("in.csv", "folder.csv", "folder.csv cannot be written"),
    ],
)
def test_a_place_or_format_that_cannot_be_used_is_refused(
    tmp_path: Path, source_name: str, target_name: str, words: str
) -> None:
    for name in ("in.csv", "in.txt"):
        write_csv(tmp_path / name, [["a"], ["1"]])
    (tmp_path / "folder.csv").mkdir()
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(GeoError, match=words):
        copy(tmp_path / source_name, tmp_path / target_name)
    assert sorted(os.listdir(tmp_path)) == before


def test_a_full_disk_is_told_and_leaves_an_earlier_output_untouched(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", [["a"], *([str(n)] for n in range(20_000))])
    target = tmp_path / "out.csv"
    target.write_text("from yesterday")
    (tmp_path / "out.csv.part").symlink_to("/dev/full")
    with pytest.raises(SourceError, match=r"out.csv cannot be written: No space left on device"):
        copy(source, target)
    assert target.read_text() == "from yesterday"


@pytest.mark.parametrize("codec", ["snappy", "zstd", "gzip", "none", "lz4"])
def test_a_parquet_file_is_packed_as_its_source_was(codec: str, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1, 2, 3]}), tmp_path / "in.parquet", compression=codec)
    assert copy(tmp_path / "in.parquet", tmp_path / "out.parquet") == [3]
    packed = [pq.ParquetFile(tmp_path / name).metadata.row_group(0).column(0) for name in ("in.parquet", "out.parquet")]
    assert packed[0].compression == packed[1].compression
    assert pq.read_table(tmp_path / "out.parquet")["pw_unit"].to_pylist() == ["west"] * 3


def test_a_parquet_file_without_rows_is_copied_all_the_same(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": pa.array([], pa.int64())}), tmp_path / "in.parquet")
    assert copy(tmp_path / "in.parquet", tmp_path / "out.parquet") == []
    assert pq.read_table(tmp_path / "out.parquet").column_names == ["a", *ANSWERS]
