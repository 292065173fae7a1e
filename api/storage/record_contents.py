"""Records as one block of bytes (Arrow IPC, compressed): a million of them load in a moment."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

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
        np.array(named["lon"]),
        np.array(named["lat"]),
        _categories(named["category"]) if "category" in named else (),
        _moments(named["at"]) if "at" in named else (),
    )


def _categories(column: pa.DictionaryArray) -> tuple[str | None, ...]:
    # Once per category, not once per record.
    known: Sequence[str | None] = [*column.dictionary.to_pylist(), None]
    index = column.indices.fill_null(len(known) - 1).to_numpy()
    return tuple(np.array(known, dtype=object)[index].tolist())


def _moments(column: pa.TimestampArray) -> tuple[datetime | None, ...]:
    # numpy makes datetimes twenty times faster than pyarrow, without their zone.
    naive = column.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False).tolist()
    return tuple(None if moment is None else moment.replace(tzinfo=UTC) for moment in naive)
