"""Lines of a CSV that has no quotes: cut by the line feeds alone, and passed on as they are."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from io import BufferedReader, RawIOBase
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from api.services.bulk_tables import BATCH_ROWS

_BLOCK_BYTES = 4_194_304
# Bounds a batch of long rows.
_BATCH_BYTES = 67_108_864
# Encodings in which the bytes of quotes, commas and line ends are nothing else, by what a later part is read with.
_PLAIN_ENCODINGS = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "gbk": "gbk", "gb18030": "gb18030"}
# What the `csv` module would refuse as a cell.
_LONGEST_LINE = 131_072


def plain_encoding(encoding: str) -> str | None:
    """The encoding of what follows the first line; None where lines cannot be told by their bytes."""
    return _PLAIN_ENCODINGS.get(codecs.lookup(encoding).name)


class PlainLines:
    """The lines of a stream after its header, as long as they have no quotes.

    `rest` is the stream from the first block on that has any, None where none had.
    """

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self.rest: IO[bytes] | None = None
        self._stream = stream
        self._encoding = encoding
        self._left = b""
        self._ended = False
        self._read = self._held = 0

    @property
    def handed_on(self) -> float:
        """How much of what was read was handed on, from 0 to 1."""
        return 1.0 - (self._held + len(self._left)) / max(self._read, 1)

    def skip_header(self, header: Sequence[str]) -> bool:
        """Whether the header, which is known, is one line; nothing else is to be read then."""
        while block := self._block():
            lines = block.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
            if lines:
                line, _, rest = lines.partition(b"\n")
                self._left = rest + self._left
                try:
                    return next(csv.reader([line.decode(self._encoding)])) == list(header)
                except (csv.Error, UnicodeDecodeError):
                    return False
        return False

    def batches(self) -> Iterator[bytes]:
        """Some lines at a time, each ended by a line feed alone, none of them blank and all of them text.

        Raises
        ------
        UnicodeDecodeError
        """
        held = b""
        while block := self._block():
            if not _is_plain(block):
                self.rest = cast("IO[bytes]", BufferedReader(_Rest(block + self._left, self._stream)))
                break
            held += self._as_utf8(block)
            while held.count(b"\n") >= BATCH_ROWS or len(held) >= _BATCH_BYTES:
                end = _end_of(held, BATCH_ROWS)
                first, held = held[:end], held[end:]
                self._held = len(held)
                yield first
        self._held = 0
        if held:
            yield held

    def _as_utf8(self, block: bytes) -> bytes:
        text = block.decode(self._encoding)
        lines = block if self._encoding == "utf-8" else text.encode()
        lines = lines.replace(b"\r\n", b"\n")
        if lines.startswith(b"\n") or b"\n\n" in lines:
            lines = b"".join(line for line in lines.splitlines(keepends=True) if line != b"\n")
        return lines

    def _block(self) -> bytes:
        """The next whole lines; empty at the end."""
        read = [self._left]
        while not self._ended and b"\n" not in read[-1]:
            more = self._stream.read(_BLOCK_BYTES)
            self._ended = not more
            self._read += len(more)
            read.append(more)
        together = b"".join(read)
        if self._ended and together and not together.endswith(b"\n"):
            together += b"\n"
        end = together.rfind(b"\n") + 1
        self._left = together[end:]
        return together[:end]


class _Rest(RawIOBase):
    """Bytes that were read already, and then the stream that they came from."""

    def __init__(self, first: bytes, then: IO[bytes]) -> None:
        self._first = first
        self._then = then

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        read = self._first[: len(buffer)] or self._then.read(len(buffer))
        self._first = self._first[len(buffer) :]
        buffer[: len(read)] = read
        return len(read)


def _is_plain(block: bytes) -> bool:
    if b'"' in block or block.count(b"\r") != block.count(b"\r\n"):
        return False
    if len(block) <= _LONGEST_LINE:
        return True
    feeds = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))
    return bool(np.diff(feeds, prepend=-1).max() <= _LONGEST_LINE)


def _end_of(lines: bytes, count: int) -> int:
    """Where the first lines end, so many or as many as there are."""
    feeds = np.flatnonzero(np.frombuffer(lines, dtype=np.uint8) == ord("\n"))
    return int(feeds[min(count, len(feeds)) - 1]) + 1


def cells_of(lines: bytes, width: int, places: Sequence[int]) -> tuple[pa.Array, list[pa.Array]] | None:
    """The lines as strings, and the cells at some places of each; None where lines have other widths."""
    feeds = np.flatnonzero(np.frombuffer(lines, dtype=np.uint8) == ord("\n"))
    offsets = pa.py_buffer(np.append(0, feeds + 1).astype(np.int32))
    ended = pa.StringArray.from_buffers(len(feeds), offsets, pa.py_buffer(lines))
    array = pc.ascii_rtrim(ended, characters="\n")
    if not pc.all(pc.equal(pc.count_substring(array, ","), width - 1)).as_py():
        return None
    if not places:
        return array, []
    names = [str(place) for place in range(width)]
    wanted = [str(place) for place in dict.fromkeys(places)]
    table = pyarrow.csv.read_csv(
        pa.BufferReader(lines),
        read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(lines) + 1),
        parse_options=pyarrow.csv.ParseOptions(quote_char=False, double_quote=False, ignore_empty_lines=False),
        convert_options=pyarrow.csv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, pa.string()),
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )
    return array, [table.column(str(place)).combine_chunks() for place in places]
