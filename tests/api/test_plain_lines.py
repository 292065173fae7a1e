"""CSV without quotes is passed on by lines, and what comes out is what the csv module would have made of the cells."""

import csv
import gzip
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from api.services.bulk_files import open_sink, open_table
from api.services.bulk_tables import BATCH_ROWS
from geo.assign import CodedColumns
from geo.coded import Coded, words_array
from geo.errors import SourceError

ANSWERS = ("pw_unit", "pw_p")
UNITS = words_array(["west", 'a "quoted", name', "东街"])
CELLS = [
    "0111",
    "",
    " both ",
    "left\tright",
    "𠮷",
    "姑苏区，“双塔”",
    "1e5",
    "a\u2028b",
    "a\x85b",
    "NULL",
    "'",
    "a\ufeffb",
    "\x0b",
]


def copied(source: Path, *, encoding: str = "utf-8-sig", fields: tuple[str, ...] = ()) -> tuple[bytes, list[str]]:
    """What `assign` would write where row n of a batch is answered by n, and how each batch was read."""
    target = source.with_name("out.csv")
    kinds = []
    with open_table(source, encoding=encoding) as table, open_sink(target, table, ANSWERS) as sink:
        for batch in table.batches(fields):
            kinds.append("cells" if isinstance(batch.rows, list) else "lines")
            number = np.arange(batch.size)
            words = {"pw_unit": Coded((number % 4 - 1).astype(np.int32), UNITS)}
            sink.write(batch, CodedColumns(words, {"pw_p": np.where(number % 3, number / 8, np.nan)}))
            for field in fields:
                place = table.header.index(field)
                assert list(batch.columns[field]) == [row[place] for row in parsed(batch.rows, batch.size)]
        assert not kinds or batch.done == table.total
    return target.read_bytes(), kinds


def parsed(rows: object, size: int) -> list[list[str]]:
    """The cells of a batch."""
    found = rows if isinstance(rows, list) else [line.split(",") for line in rows.to_pylist()]  # type: ignore[attr-defined]
    assert len(found) == size
    return found


def expected(text: str) -> str:
    """The same by the csv module alone."""
    header, *rows = [row for row in csv.reader(StringIO(text, newline="")) if row]
    written = StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([*header, *ANSWERS])
    for i, row in enumerate(rows):
        n = i % BATCH_ROWS
        unit = "" if n % 4 == 0 else UNITS[n % 4 - 1]
        cells = (row + [""] * len(header))[: len(header)]
        writer.writerow([*cells, unit, repr(n / 8) if n % 3 else ""])
    return written.getvalue()


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["ended", "open"])
@pytest.mark.parametrize("name", ["in.csv", "in.csv.gz"])
def test_lines_without_quotes_come_out_as_their_cells_would(
    tmp_path: Path, line_end: str, last: str, name: str
) -> None:
    rng = np.random.default_rng(4)
    rows = [["id", "words", "last"], *(["x", *rng.choice(CELLS, 2).tolist()] for _ in range(3_000))]
    text = line_end.join(",".join(row) for row in rows) + (line_end if last == "ended" else "")
    raw = text.encode()
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    found, kinds = copied(tmp_path / name, fields=("words", "id"))
    assert kinds == ["lines"]
    assert found.decode() == expected(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_the_encoding_of_the_lines_is_kept(tmp_path: Path, encoding: str) -> None:
    text = "名称,b\n东街,1\n双塔，南,2\n\n西,3\n"
    (tmp_path / "in.csv").write_bytes(text.encode(encoding))
    found, kinds = copied(tmp_path / "in.csv", encoding=encoding, fields=("名称",))
    assert (kinds, found) == (["lines"], expected(text).encode(encoding))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a,b\n\n\r\n1,2\n\n3,4", ["lines"]),
        ("\n\r\n\na,b\n1,2\n", ["lines"]),
        ('"a","b"\n1,2\n', ["lines"]),
        ('"a\nc",b\n1,2\n', ["cells"]),
        ("a,b\n1,2\n3\n4,5,6\n7,8\n", ["cells"]),
        ('a,b\n1,2\n"3\n3",4\n5,6\n', ["cells"]),
        ('a,b\n1,5" pipe\n3,4\n', ["cells"]),
        ("a,b\n1,2\r3,4\n", ["cells"]),
        ("a\n1\n \n2\n", ["lines"]),
        ("a,b\n", []),
        ("a,b", []),
    ],
)
def test_what_is_no_plain_line_is_read_by_cells(tmp_path: Path, text: str, kinds: list[str]) -> None:
    (tmp_path / "in.csv").write_bytes(text.encode())
    found, how = copied(tmp_path / "in.csv")
    assert (how, found.decode()) == (kinds, expected(text))


def test_from_the_first_quote_on_a_long_table_is_read_by_cells(tmp_path: Path) -> None:
    plain = [f"{n},{'x' * 60}" for n in range(BATCH_ROWS + 10)]
    text = "\n".join(["n,words", *plain, '7,"one, two\nthree"', *plain[:10]]) + "\n"
    (tmp_path / "in.csv").write_bytes(text.encode())
    table_rows = len(plain) + 11
    with open_table(tmp_path / "in.csv") as table:
        batches = list(table.batches(["n", "words"]))
    assert not isinstance(batches[0].rows, list)
    assert isinstance(batches[-1].rows, list)
    numbers = [cell for batch in batches for cell in batch.columns["n"]]
    assert numbers == [*map(str, range(BATCH_ROWS + 10)), "7", *map(str, range(10))]
    assert len(numbers) == table_rows
    assert [cell for batch in batches for cell in batch.columns["words"]][-11] == "one, two\nthree"


def test_lines_are_read_in_batches_of_as_many_rows(tmp_path: Path) -> None:
    text = "n\n" + "".join(f"{n}\n" for n in range(2 * BATCH_ROWS + 3))
    (tmp_path / "in.csv").write_text(text)
    with open_table(tmp_path / "in.csv") as table:
        sizes = [batch.size for batch in table.batches([])]
    assert sizes == [BATCH_ROWS, BATCH_ROWS, 3]
    assert copied(tmp_path / "in.csv")[0].decode() == expected(text)


def test_a_cell_that_the_csv_module_refuses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a,b\n" + "x" * 131_073 + ",1\n")
    with pytest.raises(SourceError, match="field larger than field limit"):
        copied(tmp_path / "in.csv")
