"""What tables of any length have in common: batches of rows come from a table and go, answered, into a sink."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import pyarrow as pa

from geo.assign import CodedColumns, Columns
from geo.errors import InvalidInput
from geo.wording import Phrase

BATCH_ROWS = 65_536

UNREADABLE = Phrase(zh="无法读取 {path}：{reason}", en="{path} cannot be read: {reason}")
UNKNOWN_FORMAT = Phrase(
    zh="不认识文件 {path} 的格式；请用 .csv、.csv.gz 或 .parquet",
    en="the format of {path} is not known; use .csv, .csv.gz or .parquet",
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows in order. `refused` says by row, counted from 0 in the batch, why the row itself is broken.

    `rows` are lists of cells, the lines of a CSV without quotes (an Arrow array of strings), or an Arrow record batch;
    `done` is how far the table was read with them.
    """

    size: int
    columns: Mapping[str, Sequence[Any]]
    refused: Mapping[int, InvalidInput]
    rows: Any
    done: int = 0

    def taken(self, rows: Sequence[int]) -> "Batch":
        """Some of the rows, in this order, without the columns named."""
        if isinstance(self.rows, list):
            return Batch(len(rows), {}, {}, [self.rows[row] for row in rows], self.done)
        return Batch(len(rows), {}, {}, self.rows.take(pa.array(rows, pa.int64())), self.done)


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

    def write(self, batch: Batch, answers: Columns | CodedColumns) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
