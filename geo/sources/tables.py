"""Tables with a header: CSV, XLSX and Parquet, as columns of text."""

import csv
import io
import zipfile
import zlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow
import pyarrow.parquet

from geo.codes import text_of
from geo.errors import SourceError
from geo.sources.files import TOO_LARGE, check_size, read_bytes
from geo.sources.limits import Limits
from geo.wording import Phrase

NOT_TEXT = Phrase(
    zh="文字既不是 UTF-8 也不是 GB18030 编码；请另存为 UTF-8",
    en="its text is neither UTF-8 nor GB18030; save it as UTF-8",
)
BROKEN_CSV = Phrase(
    zh="第 {line} 行不是合格的 CSV（{reason}）；请改正",
    en="line {line} is not proper CSV ({reason}); correct it",
)
NO_HEADER = Phrase(zh="文件为空；第一行应为列名", en="it is empty; the first line must name the columns")
BROKEN_XLSX = Phrase(
    zh="不是可读的 XLSX 工作簿；请在表格软件中另存为 .xlsx",
    en="it is no readable XLSX workbook; save it anew as .xlsx",
)
BROKEN_PARQUET = Phrase(zh="不是可读的 Parquet（{reason}）", en="it is no readable Parquet ({reason})")
XLSX_COLUMNS = 256  # a stray cell in the last of 16,384 columns would pad every row to that width


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of a file: `fields` are all its column names, `columns` the wanted ones, with None where nothing is."""

    fields: tuple[str, ...]
    columns: dict[str, list[str | None]]
    rows: int

    def column(self, field: str | None) -> list[str | None]:
        """The values of a column; all None when it is not wanted or not there."""
        if field is None or field not in self.columns:
            return [None] * self.rows
        return self.columns[field]


def read_table(path: Path, wanted: Collection[str], limits: Limits) -> Table:
    """The wanted columns of a `.csv`, `.csv.gz`, `.parquet` or `.xlsx` file (its first sheet).

    A CSV is UTF-8, or else GB18030, as Chinese spreadsheets save it. Of two columns with one name the first counts.

    Raises
    ------
    SourceError
    """
    match path.suffix.lower():
        case ".parquet":
            return _read_parquet(path, wanted, limits)
        case ".xlsx":
            return _collect(_xlsx_rows(path, limits), wanted)
        case _:
            return _collect(_csv_rows(read_bytes(path, limits)), wanted)


def _collect(rows: Iterable[Sequence[object]], wanted: Collection[str]) -> Table:
    lines = iter(rows)
    header = next(lines, None)
    if header is None:
        raise SourceError(NO_HEADER)
    fields = [text_of(field) or "" for field in header]
    places = {field: fields.index(field) for field in wanted if field in fields}
    columns: dict[str, list[str | None]] = {field: [] for field in places}
    height = 0
    for line in lines:
        height += 1
        for field, place in places.items():
            columns[field].append(text_of(line[place]) if place < len(line) else None)
    return Table(tuple(field for field in fields if field), columns, height)


def _csv_rows(content: bytes) -> Iterable[Sequence[object]]:
    reader = csv.reader(io.StringIO(_decode(content), newline=""))
    try:
        yield from reader
    except csv.Error as error:
        raise SourceError(BROKEN_CSV, line=reader.line_num, reason=error) from error


def _decode(content: bytes) -> str:
    # UTF-8 first: Chinese text in GB18030 is next to never valid UTF-8, the other way round it often is.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError(NOT_TEXT)


def _xlsx_rows(path: Path, limits: Limits) -> Iterable[Sequence[object]]:
    import openpyxl  # slow to load, and most tables are CSV

    check_size(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > limits.file_bytes:
                raise SourceError(TOO_LARGE, limit=limits.file_bytes)
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as workbook:
            yield from workbook.worksheets[0].iter_rows(max_col=XLSX_COLUMNS, values_only=True)
    except (zipfile.BadZipFile, zlib.error, LookupError, ValueError, OSError, SyntaxError) as error:
        raise SourceError(BROKEN_XLSX) from error


def _read_parquet(path: Path, wanted: Collection[str], limits: Limits) -> Table:
    check_size(path, limits)
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
            if sum(group.total_byte_size for group in groups) > limits.file_bytes:
                raise SourceError(TOO_LARGE, limit=limits.file_bytes)
            fields = tuple(file.schema_arrow.names)
            table = file.read(columns=[field for field in fields if field in wanted])
            columns = {field: [text_of(value) for value in table[field].to_pylist()] for field in table.column_names}
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceError(BROKEN_PARQUET, reason=error) from error
    return Table(fields, columns, table.num_rows)
