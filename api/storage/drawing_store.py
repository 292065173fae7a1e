"""Drawings in the database: kept once, named by the key of their ground, compressed, read only by whoever needs one.

In parts, because PostgreSQL keeps 1 GB in a value and SQLite takes as much, and so that nobody holds all of it at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.rows import add_rows
from geo.errors import NotAllowed
from geo.packed import UnusableArrays
from geo.wording import Name, Phrase

PART_BYTES = 16 * 2**20
LIMIT_BYTES = 4 * 2**30
LEVEL = 3  # a tenth smaller than level 1, and a city is published rarely

TOO_LARGE = Phrase(
    zh="成图超过 {limit} 字节，数据库不保存；版本照常发布，各台机器自行成图并存入 POINTWARD_CACHE",
    en="the drawing has more than {limit} bytes, which the database does not keep; the edition is published without "
    "it, and every machine draws it and keeps it in POINTWARD_CACHE",
)
BROKEN_PART = Phrase(zh="第 {number} 段无法解压：{error}", en="part {number} cannot be decompressed: {error}")
STORED = Phrase(zh="数据库中的成图 {key}", en="the drawing {key} in the database")
PART_MISSING = Phrase(zh="缺少第 {number} 段", en="part {number} is missing")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A drawing ready to be stored: of which outlines, its size as a file, and that file in compressed parts."""

    key: str
    format_number: int
    size: int
    parts: Sequence[bytes]


def parcel_of(file: Iterable[bytes | memoryview], *, key: str, format_number: int) -> Parcel:
    """The bytes of a drawing's file, ready to be stored.

    Raises
    ------
    NotAllowed
        It is larger than what the database keeps.
    """
    codec = pa.Codec("zstd", LEVEL)
    parts, size = [], 0
    for block in _blocks(file):
        size += len(block)
        if size > LIMIT_BYTES:
            raise NotAllowed(TOO_LARGE, limit=LIMIT_BYTES)
        parts.append(codec.compress(block, asbytes=True))
    return Parcel(key, format_number, size, parts)


def save_drawing(session: Session, parcel: Parcel) -> None:
    """Nothing; the drawing is stored, in the caller's transaction. Those of older formats, which nobody reads, go."""
    drawing = tables.drawing.c
    session.execute(delete(tables.drawing).where(drawing.format < parcel.format_number))
    if session.scalar(select(drawing.key).where(drawing.key == parcel.key)) is not None:
        return
    add_rows(session, tables.drawing, [{"key": parcel.key, "format": parcel.format_number, "size": parcel.size}])
    for number, part in enumerate(parcel.parts):
        add_rows(session, tables.drawing_part, [{"drawing": parcel.key, "number": number, "content": part}])


def stored_size(session: Session, key: str) -> int | None:
    """The bytes of a drawing's file; None when none is stored under this key."""
    return session.scalar(select(tables.drawing.c.size).where(tables.drawing.c.key == key))


def file_of(session: Session, key: str, size: int) -> Iterator[bytes]:
    """The bytes of the file of a drawing of this size, part by part.

    Raises
    ------
    UnusableArrays
        A part is missing or damaged.
    """
    part = tables.drawing_part.c
    codec = pa.Codec("zstd")
    for number, start in enumerate(range(0, size, PART_BYTES)):
        content = session.scalar(select(part.content).where((part.drawing == key) & (part.number == number)))
        if content is None:
            raise UnusableArrays(name_of(key), PART_MISSING, number=number)
        try:
            block: bytes = codec.decompress(content, min(PART_BYTES, size - start), asbytes=True)
        except (pa.ArrowException, OSError) as error:
            raise UnusableArrays(name_of(key), BROKEN_PART, number=number, error=error) from error
        yield block


def name_of(key: str) -> Name:
    """What the drawing in the database is called in a message."""
    return STORED.name(key=key)


def _blocks(file: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """The same bytes in blocks of one size, only the last one shorter."""
    waiting = bytearray()
    for piece in file:
        for start in range(0, len(piece), PART_BYTES):
            waiting += piece[start : start + PART_BYTES]
            while len(waiting) >= PART_BYTES:
                yield bytes(waiting[:PART_BYTES])
                del waiting[:PART_BYTES]
    if waiting:
        yield bytes(waiting)
