"""Records as one block of bytes (Arrow IPC, compressed): a million of them load in a moment."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import DTypeLike, NDArray

from geo.model import FloatArray, RecordSet


def pack(records: RecordSet) -> bytes:
    """The content of a record set: columns lon and lat, and category and at when the set has them."""
    columns = {"lon": pa.array(records.lon), "lat": pa.array(records.lat)}
    if records.category:
        columns["category"] = pa.array(records.category, pa.string()).dictionary_encode()
    if records.at:
        columns["at"] = pa.array(records.at, pa.timestamp("us", tz="UTC"))
    sink = pa.BufferOutputStream()
    batch = pa.record_batch(columns)
    with pa.ipc.new_file(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_batch(batch)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def unpack(content: bytes) -> tuple[FloatArray, FloatArray, tuple[str | None, ...], tuple[datetime | None, ...]]:
    """lon and lat (n,), category and at (empty or n items), as `pack` got them."""
    batch = pa.ipc.open_file(content).get_batch(0)
    named = dict(zip(batch.schema.names, batch.columns, strict=True))
    return (
        np.array(_stored(named["lon"], np.float64)),
        np.array(_stored(named["lat"], np.float64)),
        _categories(named["category"]) if "category" in named else (),
        _moments(named["at"]) if "at" in named else (),
    )


def _categories(column: pa.DictionaryArray) -> tuple[str | None, ...]:
    # Once per category, not once per record.
    known: Sequence[str | None] = [*column.dictionary.to_pylist(), None]
    index = np.where(_is_there(column.indices), _stored(column.indices, np.int32), len(known) - 1)
    return tuple(np.array(known, dtype=object)[index].tolist())


def _moments(column: pa.TimestampArray) -> tuple[datetime | None, ...]:
    # numpy makes datetimes twenty times faster than pyarrow, without their zone.
    naive = np.where(_is_there(column), _stored(column, "datetime64[us]"), np.datetime64("NaT")).tolist()
    return tuple(None if moment is None else moment.replace(tzinfo=UTC) for moment in naive)


def _stored(column: pa.Array, dtype: DTypeLike) -> NDArray[Any]:
    """The values as they lie in memory (n,); anything where there is none.

    Not `to_numpy`, which loads pandas for nothing: half a second before the first answer of every process.
    """
    values: NDArray[Any] = np.frombuffer(column.buffers()[1], dtype)[column.offset :][: len(column)]
    return values


def _is_there(column: pa.Array) -> NDArray[np.bool_]:
    """Whether there is a value (n,)."""
    bits = column.buffers()[0]
    if bits is None:
        return np.ones(len(column), dtype=bool)
    flags = np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little")
    return flags[column.offset :][: len(column)].astype(bool)
