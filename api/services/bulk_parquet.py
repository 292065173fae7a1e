"""Parquet tables, read and written in batches: columns keep their types, and go from file to answer as arrays."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import pyarrow as pa
import pyarrow.parquet as pq

from api.services.bulk_cells import ArrowCells, as_dictionary
from api.services.bulk_tables import UNREADABLE, Batch, Table
from api.services.partial_file import PartialFile
from geo.assign import CodedColumns, Columns
from geo.errors import SourceError

# Columns take less room than rows of text, and what is told once for each set of grounds pays more in a large batch.
BATCH_ROWS = 262_144
# What a file may be packed with, as its own columns name it, and as a writer wants it named.
CODECS = {"UNCOMPRESSED": "none", "LZ4_RAW": "lz4"}
WORDS = pa.dictionary(pa.int32(), pa.string())
SCHEMA_KEY = b"ARROW:schema"  # where Arrow keeps the types of columns in a Parquet file


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

    @property
    def codec(self) -> str:
        """How the file is packed, by its first column; snappy where it has none."""
        described = self._file.metadata
        if not described.num_row_groups or not described.num_columns:
            return "snappy"
        codec: str = described.row_group(0).column(0).compression
        return CODECS.get(codec, codec.lower())

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
        self._numbers = frozenset(numbers)
        table = cast("ParquetTable", source)
        source_schema = table.schema
        told = source_schema
        self._schema = source_schema
        for name in names:
            kind = pa.float64() if name in self._numbers else pa.string()
            told = told.append(pa.field(name, kind))
            self._schema = self._schema.append(pa.field(name, kind if name in self._numbers else WORDS))
        # Words are written by number, which is quick, and read back as strings: the schema that is told says so.
        about = {**(told.metadata or {}), SCHEMA_KEY: b64encode(told.serialize())}
        with ExitStack() as opened:
            stream = opened.enter_context(PartialFile(path))
            writer = pq.ParquetWriter(
                stream,
                self._schema,
                compression=table.codec,  # as the source was
                store_schema=False,
                # Numbers repeat too little for a dictionary to be worth its time.
                use_dictionary=[field.name for field in self._schema if not _is_number(field.type)],
            )
            self._writer = opened.enter_context(writer)
            self._writer.add_key_value_metadata(about)
            self._open = opened.pop_all()

    def write(self, batch: Batch, answers: Columns | CodedColumns) -> None:
        """Appends the rows with their answers."""
        arrays = list(batch.rows.columns)
        for name in self._names:
            if name in self._numbers:
                arrays.append(pa.array(answers.numbers[name], type=pa.float64(), from_pandas=True))
            else:
                arrays.append(as_dictionary(answers, name))
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))
