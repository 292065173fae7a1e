"""Tables of any length, read and written in batches: CSV and Parquet, CSV also gzipped.

What was read is passed on unchanged: CSV cells are text (0111 stays 0111) in the encoding that they came in, Parquet
columns keep their types.
"""

import codecs
import csv
import gzip
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self, cast

import pyarrow as pa
import pyarrow.parquet as pq

from api.services.partial_file import PartialFile, refuse_same_file
from geo.assign import NUMBER_COLUMNS, Columns
from geo.errors import InvalidInput, SourceError
from geo.wording import Phrase

BATCH_ROWS = 65_536

UNREADABLE = Phrase(zh="无法读取 {path}：{reason}", en="{path} cannot be read: {reason}")
UNKNOWN_FORMAT = Phrase(
    zh="不认识文件 {path} 的格式；请用 .csv、.csv.gz 或 .parquet",
    en="the format of {path} is not known; use .csv, .csv.gz or .parquet",
)
MISSING_FIELD = Phrase(
    zh="{path} 没有列 {field}；现有：{known}",
    en="{path} has no column {field}; it has: {known}",
)
TAKEN_FIELD = Phrase(
    zh="{path} 已有列 {fields}；请先改名或删去，结果会写入这些列",
    en="{path} already has the columns {fields}; rename or drop them, the answer is written there",
)
MIXED_FORMATS = Phrase(
    zh="输入 {source} 与输出 {target} 格式不同；两者都用 CSV 或都用 Parquet",
    en="the input {source} and the output {target} differ in format; use CSV for both or Parquet for both",
)
WRONG_WIDTH = Phrase(
    zh="这一行有 {found} 列，表头有 {expected} 列；请检查逗号和引号",
    en="this row has {found} fields and the header {expected}; check commas and quotes",
)
ENCODING_HINT = Phrase(
    zh="不是 {encoding} 编码；请用 --encoding 指定，例如 gb18030",
    en="it is not {encoding}; name its encoding with --encoding, for example gb18030",
)
UNKNOWN_ENCODING = Phrase(
    zh="没有名为 {encoding} 的编码；请用 utf-8、gb18030 等",
    en="there is no encoding {encoding}; use utf-8, gb18030 or another one",
)
UNENCODABLE = Phrase(
    zh="“{text}”无法用 {encoding} 编码写出，输出与输入编码相同；请先把输入转成 UTF-8",
    en="'{text}' cannot be written as {encoding}, the encoding of the input; convert the input to UTF-8 first",
)
TWICE = Phrase(
    zh="{path} 有多个名为 {field} 的列；请改名，只留一个",
    en="{path} has several columns called {field}; rename all but one",
)
EMPTY_FILE = Phrase(zh="没有表头", en="it has no header")
NO_FILE = Phrase(zh="没有这个文件", en="no such file")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows in order. `refused` says by row, counted from 0 in the batch, why the row itself is broken."""

    size: int
    columns: Mapping[str, Sequence[Any]]
    refused: Mapping[int, InvalidInput]
    rows: Any

    def taken(self, rows: Sequence[int]) -> "Batch":
        """Some of the rows, in this order, without the columns named."""
        if isinstance(self.rows, list):
            return Batch(len(rows), {}, {}, [self.rows[row] for row in rows])
        return Batch(len(rows), {}, {}, self.rows.take(pa.array(rows, pa.int64())))


class Table(Protocol):
    """A file that is read in batches. `done` and `total` tell how far, in a unit of its own."""

    path: Path
    header: tuple[str, ...]
    total: int

    def batches(self, fields: Sequence[str]) -> Iterator[Batch]: ...

    @property
    def done(self) -> int: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Sink(Protocol):
    """Where batches go, each with its answers beside it."""

    def write(self, batch: Batch, answers: Columns) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_table(path: Path, *, encoding: str = "utf-8-sig") -> Table:
    """The table in a file; its header has been read.

    Raises
    ------
    SourceError, InvalidInput
    """
    if not path.is_file():
        raise SourceError(UNREADABLE, path=path, reason=NO_FILE)
    return CsvTable(path, encoding) if _is_csv(path) else ParquetTable(path)


def open_sink(path: Path, source: Table, names: Sequence[str], *, numbers: Sequence[str] = NUMBER_COLUMNS) -> Sink:
    """A place for the same kind of table with the named columns added; the file appears only when it is complete.

    `numbers` are those of the columns that hold numbers.

    Raises
    ------
    InvalidInput
        The output is the input, of another format, or the input has columns of these names.
    """
    refuse_sink(path, source, names)
    if isinstance(source, CsvTable):
        return CsvSink(path, source, names)
    return ParquetSink(path, source, names, numbers)


def refuse_sink(path: Path, source: Table, names: Sequence[str]) -> None:
    """Nothing, or what `open_sink` would refuse; asked before long work whose end it is."""
    taken = [name for name in names if name in source.header]
    if taken:
        raise InvalidInput(TAKEN_FIELD, path=source.path, fields=", ".join(taken))
    if isinstance(source, CsvTable) != _is_csv(path):
        raise InvalidInput(MIXED_FORMATS, source=source.path, target=path)
    refuse_same_file(source.path, path)


def require_fields(table: Table, fields: Sequence[str]) -> None:
    """Nothing, or InvalidInput for the first field that the table does not have."""
    for field in fields:
        if field not in table.header:
            raise InvalidInput(MISSING_FIELD, path=table.path, field=field, known=", ".join(table.header))
        if table.header.count(field) > 1:
            raise InvalidInput(TWICE, path=table.path, field=field)


def _is_csv(path: Path) -> bool:
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        return True
    if name.endswith(".parquet"):
        return False
    raise InvalidInput(UNKNOWN_FORMAT, path=path)


def _is_gzipped(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


class CsvTable:
    """A CSV file, plain or gzipped; every cell is text."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.total = os.path.getsize(path)
        self._encoding = encoding
        with ExitStack() as opened:
            self._raw: IO[bytes] = opened.enter_context(path.open("rb"))
            stream = opened.enter_context(gzip.GzipFile(fileobj=self._raw)) if _is_gzipped(path) else self._raw
            try:
                text = opened.enter_context(_text(cast("IO[bytes]", stream), encoding))
            except LookupError as error:
                raise InvalidInput(UNKNOWN_ENCODING, encoding=encoding) from error
            self._rows = csv.reader(text)
            with self._guarded():
                marked = cast("BufferedReader", stream).peek(3).startswith(codecs.BOM_UTF8)
            header = self._next_row()
            if header is None:
                raise SourceError(UNREADABLE, path=path, reason=EMPTY_FILE)
            self._open = opened.pop_all()
        self.header = tuple(header)
        # What is written has a byte order mark when this file has one: a spreadsheet opens both alike.
        self.encoding = "utf-8" if codecs.lookup(encoding).name == "utf-8-sig" and not marked else encoding

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def done(self) -> int:
        return self._raw.tell()

    def batches(self, fields: Sequence[str]) -> Iterator[Batch]:
        """Batches of rows with the named columns beside them."""
        while rows := list(self._some_rows()):
            refused = {}
            width = len(self.header)
            for i, row in enumerate(rows):
                if len(row) != width:
                    refused[i] = InvalidInput(WRONG_WIDTH, found=len(row), expected=width)
                    # The answer's columns must stay under their names.
                    rows[i] = (row + [""] * width)[:width]
            places = {field: self.header.index(field) for field in fields}
            columns = {field: [row[place] for row in rows] for field, place in places.items()}
            yield Batch(len(rows), columns, refused, rows)

    def _some_rows(self) -> Iterator[list[str]]:
        for _ in range(BATCH_ROWS):
            row = self._next_row()
            if row is None:
                return
            yield row

    def _next_row(self) -> list[str] | None:
        with self._guarded():
            # Blank lines are no rows.
            return next((row for row in self._rows if row), None)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except UnicodeError as error:
            hint = ENCODING_HINT.say("zh", encoding=self._encoding), ENCODING_HINT.say("en", encoding=self._encoding)
            raise SourceError(UNREADABLE, path=self.path, reason=Phrase(*hint)) from error
        except (csv.Error, OSError, EOFError, zlib.error) as error:
            raise SourceError(UNREADABLE, path=self.path, reason=str(error)) from error


def _text(stream: IO[bytes], encoding: str) -> IO[str]:
    return TextIOWrapper(stream, encoding=encoding, newline="")


class ParquetTable:
    """A Parquet file; columns keep their types."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(UNREADABLE, path=path, reason=str(error)) from error
        self.schema = self._file.schema_arrow
        self.header = tuple(self.schema.names)
        self.total = self._file.metadata.num_rows
        self.done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def batches(self, fields: Sequence[str]) -> Iterator[Batch]:
        """Batches of rows with the named columns beside them."""
        batches = self._file.iter_batches(batch_size=BATCH_ROWS)
        while True:
            try:
                rows = next(batches, None)
            except (pa.ArrowException, OSError) as error:
                raise SourceError(UNREADABLE, path=self.path, reason=str(error)) from error
            if rows is None:
                return
            self.done += rows.num_rows
            yield Batch(rows.num_rows, {field: rows[field].to_pylist() for field in fields}, {}, rows)


class CsvSink:
    """A CSV file in the making."""

    def __init__(self, path: Path, source: CsvTable, names: Sequence[str]) -> None:
        self._names = names
        self._encoding = source.encoding
        with ExitStack() as opened:
            raw = opened.enter_context(PartialFile(path))
            packed = _is_gzipped(path)
            stream = opened.enter_context(gzip.GzipFile("", "wb", fileobj=raw, mtime=0)) if packed else raw
            text = opened.enter_context(_text(cast("IO[bytes]", stream), self._encoding))
            # Not "\n": a cell with a lone carriage return would then go unquoted, and be read back as two rows.
            self._writer = csv.writer(text, lineterminator="\r\n")
            self._write([[*source.header, *names]])
            self._open = opened.pop_all()

    def write(self, batch: Batch, answers: Columns) -> None:
        """Appends the rows with their answers."""
        cells = zip(*(_as_text(answers, name) for name in self._names), strict=True)
        self._write([*row, *more] for row, more in zip(batch.rows, cells, strict=True))

    def _write(self, rows: Iterable[list[str]]) -> None:
        try:
            self._writer.writerows(rows)
        except UnicodeEncodeError as error:
            text = error.object[error.start : error.end]
            raise InvalidInput(UNENCODABLE, text=text, encoding=self._encoding) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)


def _as_text(answers: Columns, name: str) -> list[str]:
    if name in answers.numbers:
        return ["" if value != value else repr(value) for value in answers.numbers[name].tolist()]
    return ["" if value is None else value for value in answers.text[name].tolist()]


class ParquetSink:
    """A Parquet file in the making."""

    def __init__(self, path: Path, source: Table, names: Sequence[str], numbers: Sequence[str]) -> None:
        self._names = names
        schema = cast("ParquetTable", source).schema
        for name in names:
            schema = schema.append(pa.field(name, pa.float64() if name in numbers else pa.string()))
        self._schema = schema
        with ExitStack() as opened:
            stream = opened.enter_context(PartialFile(path))
            self._writer = opened.enter_context(pq.ParquetWriter(stream, schema, compression="zstd"))
            self._open = opened.pop_all()

    def write(self, batch: Batch, answers: Columns) -> None:
        """Appends the rows with their answers."""
        arrays = list(batch.rows.columns)
        for name in self._names:
            if name in answers.numbers:
                arrays.append(pa.array(answers.numbers[name], type=pa.float64(), from_pandas=True))
            else:
                arrays.append(pa.array(answers.text[name], type=pa.string()))
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)
