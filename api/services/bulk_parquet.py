"""Parquet tables, read and written in batches: columns keep their types, and go from file to answer as arrays."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import pyarrow as pa
import pyarrow.parquet as pq

from api.services.bulk_cells import ArrowCells, as_text
from api.services.bulk_tables import BATCH_ROWS, UNREADABLE, Batch, Table
from api.services.partial_file import PartialFile
from geo.assign import CodedColumns, Columns
from geo.errors import SourceError


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
            yield Batch(rows.num_rows, {field: ArrowCells(rows[field]) for field in fields}, {}, rows, self.done)


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

    def write(self, batch: Batch, answers: Columns | CodedColumns) -> None:
        """Appends the rows with their answers."""
        arrays = list(batch.rows.columns)
        for name in self._names:
            if name in answers.numbers:
                arrays.append(pa.array(answers.numbers[name], type=pa.float64(), from_pandas=True))
            else:
                arrays.append(as_text(answers, name))
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)
