"""CSV tables, plain or gzipped, read and written in batches; every cell is text and is passed on as it is.

Rows without quotes are passed on as the lines that they are, from `api/services/plain_lines.py`; the others as cells.
"""

import codecs
import csv
import gzip
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import BufferedReader, TextIOWrapper
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.services.bulk_cells import ArrowCells, as_dictionary
from api.services.bulk_tables import BATCH_ROWS, UNREADABLE, Batch
from api.services.partial_file import PartialFile
from api.services.plain_lines import PlainLines, cells_of, plain_encoding
from geo.assign import CodedColumns, Columns
from geo.coded import words_array
from geo.errors import InvalidInput, SourceError
from geo.index import IntArray
from geo.wording import Phrase

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
EMPTY_FILE = Phrase(zh="没有表头", en="it has no header")


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
            first = self._some_rows(1)
            if not first:
                raise SourceError(UNREADABLE, path=path, reason=EMPTY_FILE)
            self._open = opened.pop_all()
        self.header = tuple(first[0])
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
        plain = self._opened_plain()
        if plain is not None:
            yield from self._plain_batches(plain, fields)
            if plain.rest is None:
                return
            self._rows = csv.reader(_text(plain.rest, plain_encoding(self._encoding) or self._encoding))
        while rows := self._some_rows():
            yield self._batch(rows, fields, self.done)

    def _opened_plain(self) -> PlainLines | None:
        """The lines from the header on, once more from the start of the file; None where they are not plain."""
        encoding = plain_encoding(self._encoding)
        if encoding is None:
            return None
        raw = self._open.enter_context(self.path.open("rb"))
        stream = self._open.enter_context(gzip.GzipFile(fileobj=raw)) if _is_gzipped(self.path) else raw
        plain = PlainLines(cast("IO[bytes]", stream), encoding)
        with self._guarded():
            if not plain.skip_header(self.header):
                return None
        self._raw = raw
        return plain

    def _plain_batches(self, plain: PlainLines, fields: Sequence[str]) -> Iterator[Batch]:
        width, places = len(self.header), [self.header.index(field) for field in fields]
        batches = plain.batches()
        while True:
            with self._guarded():
                lines = next(batches, None)
            if lines is None:
                return
            done = round(self.done * plain.handed_on)
            cells = cells_of(lines, width, places)
            if cells is None:
                yield self._batch(list(csv.reader(lines.decode().removesuffix("\n").split("\n"))), fields, done)
                continue
            columns = {field: ArrowCells(column) for field, column in zip(fields, cells[1], strict=True)}
            yield Batch(len(cells[0]), columns, {}, cells[0], done)

    def _batch(self, rows: list[list[str]], fields: Sequence[str], done: int) -> Batch:
        refused = {}
        width = len(self.header)
        for i, row in enumerate(rows):
            if len(row) != width:
                refused[i] = InvalidInput(WRONG_WIDTH, found=len(row), expected=width)
                # The answer's columns must stay under their names.
                rows[i] = (row + [""] * width)[:width]
        places = {field: self.header.index(field) for field in fields}
        columns = {field: [row[place] for row in rows] for field, place in places.items()}
        return Batch(len(rows), columns, refused, rows, done)

    def _some_rows(self, count: int = BATCH_ROWS) -> list[list[str]]:
        with self._guarded():
            # Blank lines are no rows.
            return list(islice((row for row in self._rows if row), count))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except UnicodeError as error:
            hint = ENCODING_HINT.say("zh", encoding=self._encoding), ENCODING_HINT.say("en", encoding=self._encoding)
            raise SourceError(UNREADABLE, path=self.path, reason=Phrase(*hint)) from error
        except (csv.Error, OSError, EOFError, zlib.error) as error:
            raise SourceError(UNREADABLE, path=self.path, reason=str(error)) from error


def _text(stream: IO[bytes], encoding: str) -> TextIOWrapper:
    return TextIOWrapper(stream, encoding=encoding, newline="")


class CsvSink:
    """A CSV file in the making."""

    def __init__(self, path: Path, source: CsvTable, names: Sequence[str]) -> None:
        self._names = names
        self._encoding = source.encoding
        with ExitStack() as opened:
            raw = opened.enter_context(PartialFile(path))
            packed = _is_gzipped(path)
            stream = opened.enter_context(gzip.GzipFile("", "wb", fileobj=raw, mtime=0)) if packed else raw
            self._text = opened.enter_context(_text(cast("IO[bytes]", stream), self._encoding))
            # Not "\n": a cell with a lone carriage return would then go unquoted, and be read back as two rows.
            self._writer = csv.writer(self._text, lineterminator="\r\n")
            self._write([[*source.header, *names]])
            self._open = opened.pop_all()

    def write(self, batch: Batch, answers: Columns | CodedColumns) -> None:
        """Appends the rows with their answers."""
        cells = [_as_cells(answers, name) for name in self._names]
        if not isinstance(batch.rows, list):
            self._write_lines(batch.rows, cells)
            return
        more = zip(*(words_array(words)[which].tolist() for words, which in cells), strict=True)
        self._write([*row, *beside] for row, beside in zip(batch.rows, more, strict=True))

    def _write_lines(self, lines: pa.Array, cells: Sequence[tuple[list[str], IntArray]]) -> None:
        quoted = [_quoted(words, which) for words, which in cells]
        rows = pc.binary_join_element_wise(pc.binary_join_element_wise(lines, *quoted, ","), "\r\n", "")
        _, offsets, text = rows.buffers()
        first, last = np.frombuffer(offsets, dtype=np.int32)[[rows.offset, rows.offset + len(rows)]].tolist()
        written = memoryview(text)[first:last]
        if codecs.lookup(self._encoding).name in ("utf-8", "utf-8-sig"):
            self._text.flush()
            cast("IO[Any]", self._text.buffer).write(written)
            return
        with self._encodable():
            self._text.write(str(written, "utf-8"))

    def _write(self, rows: Iterable[list[str]]) -> None:
        with self._encodable():
            self._writer.writerows(rows)

    @contextmanager
    def _encodable(self) -> Iterator[None]:
        try:
            yield
        except UnicodeEncodeError as error:
            text = error.object[error.start : error.end]
            raise InvalidInput(UNENCODABLE, text=text, encoding=self._encoding) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)


def _as_cells(answers: Columns | CodedColumns, name: str) -> tuple[list[str], IntArray]:
    """A column of the answer as the cells of a CSV: the different ones, and whose is which; empty for nothing."""
    if name in answers.numbers:
        values = pa.array(answers.numbers[name]).dictionary_encode()
        words = ["" if value != value else repr(value) for value in values.dictionary.to_pylist()]
    else:
        values = as_dictionary(answers, name)
        words = values.dictionary.to_pylist()
    return [*words, ""], values.indices.fill_null(len(words)).to_numpy().astype(np.int64)


def _quoted(words: Sequence[str], which: IntArray) -> pa.Array:
    """Cells as they stand in a line."""
    return pa.array([_in_quotes(word) for word in words], pa.string()).take(pa.array(which))


def _in_quotes(word: str) -> str:
    """A cell as the `csv` module writes it."""
    return '"' + word.replace('"', '""') + '"' if any(sign in word for sign in ',"\r\n') else word


def _is_gzipped(path: Path) -> bool:
    return path.suffix.lower() == ".gz"
