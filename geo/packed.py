"""Named arrays as one file that is read by mapping it: every process of a machine sees the same memory.

    bytes 0-7     "PWARRAYS"
          8-11    the number of the contents' format, which the writer gives and the reader asks for
          12-15   h, the length of the header
          16-23   the length of the file
          24-55   SHA-256 of bytes 0-23 and of all that follows byte 63
          56-63   zero
          64-     the header, h bytes: JSON [{"name": …, "dtype": "<f8", "shape": [n, 2], "offset": …}, …], and blanks
          …       the arrays, in C order, each at its offset from the start of the file, a multiple of 64

All numbers are little-endian. Nothing in it is ever run or unpickled.
"""

import json
import mmap
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from math import prod
from os import SEEK_END
from pathlib import Path
from struct import Struct
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import GeoError
from geo.wording import Phrase

MAGIC = b"PWARRAYS"
ALIGNED_TO = 64
DTYPES = frozenset({"|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f4", "<f8"})

_START = Struct("<8sIIQ")
_DIGEST = slice(_START.size, _START.size + 32)

Arrays = Mapping[str, NDArray[Any]]

CANNOT_USE = Phrase(
    zh="{what} 不能使用：{reason}；程序会自动重新生成",
    en="{what} cannot be used: {reason}; it is made anew",
)
TOO_SHORT = Phrase(
    zh="只有 {size} 字节，至少应有 {limit} 字节", en="it has {size} bytes, and at least {limit} are needed"
)
OTHER_LENGTH = Phrase(zh="有 {size} 字节，应为 {limit} 字节", en="it has {size} bytes and must have {limit}")
NOT_OURS = Phrase(zh="开头不是 {limit}，而是 {value}", en="it does not begin with {limit} but with {value}")
OTHER_FORMAT = Phrase(
    zh="格式号是 {value}，本程序用 {limit}", en="its format is {value}, and this program uses {limit}"
)
DAMAGED = Phrase(zh="内容与校验和不符，已损坏", en="its contents are not those of its checksum: it is damaged")
NO_HEADER = Phrase(zh="文件头不可读：{error}", en="its header cannot be read: {error}")


class UnusableArrays(GeoError):
    """A file of arrays that is damaged, of another format, or none at all. Whoever reads it makes it anew."""

    slug = "unusable-arrays"

    def __init__(self, what: object, reason: Phrase, **values: object) -> None:
        super().__init__(CANNOT_USE, what=what, reason=reason.name(**values))


def pieces(arrays: Arrays, *, format_number: int) -> Iterator[bytes | memoryview]:
    """The bytes of a file of these arrays, piece by piece; the same arrays in the same order are the same bytes."""
    laid = {name: _laid(name, array) for name, array in arrays.items()}
    header, first = b"", 0
    # The offsets stand in the header whose length they depend on: room for it is grown until it fits.
    while not first or ALIGNED_TO + len(header) > first:
        first = _aligned(ALIGNED_TO + len(header))
        entries, end = _entries(laid, first)
        header = json.dumps(entries, separators=(",", ":")).encode()
    header = header.ljust(first - ALIGNED_TO)
    start = _START.pack(MAGIC, format_number, len(header), end)
    body = [header, *_padded(laid, first)]
    digest = sha256(start)
    for piece in body:
        digest.update(piece)
    yield (start + digest.digest()).ljust(ALIGNED_TO, b"\0")
    yield from body


def open_packed(path: Path, *, format_number: int) -> Arrays:
    """The arrays of a file, read-only and as they lie in the file, which must never be written to again.

    Raises
    ------
    UnusableArrays
        It is damaged, cut off, of another format, or another kind of file.
    OSError
        It is not there or cannot be opened.
    """
    with path.open("rb") as file:
        size = file.seek(0, SEEK_END)
        if size < ALIGNED_TO:  # nothing cannot be mapped
            raise UnusableArrays(path, TOO_SHORT, size=size, limit=ALIGNED_TO)
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return unpack(mapped, format_number=format_number, what=path)


def unpack(content: bytes | mmap.mmap, *, format_number: int, what: object) -> Arrays:
    """The arrays in the bytes of a file, read-only; they share its memory. `what` is what a refusal calls it.

    Raises
    ------
    UnusableArrays
        As `open_packed` says.
    """
    whole = memoryview(content)
    if len(whole) < ALIGNED_TO:
        raise UnusableArrays(what, TOO_SHORT, size=len(whole), limit=ALIGNED_TO)
    magic, found, header_bytes, size = _START.unpack_from(whole)
    if magic != MAGIC:
        raise UnusableArrays(what, NOT_OURS, value=magic, limit=MAGIC)
    if size != len(whole):
        raise UnusableArrays(what, OTHER_LENGTH, size=len(whole), limit=size)
    if found != format_number:
        raise UnusableArrays(what, OTHER_FORMAT, value=found, limit=format_number)
    digest = sha256(whole[: _START.size])
    digest.update(whole[ALIGNED_TO:])
    if digest.digest() + b"\0" * (ALIGNED_TO - _DIGEST.stop) != whole[_DIGEST.start : ALIGNED_TO]:
        raise UnusableArrays(what, DAMAGED)
    try:
        entries = json.loads(bytes(whole[ALIGNED_TO : ALIGNED_TO + header_bytes]))
        arrays = {entry["name"]: _array(whole, entry) for entry in entries}
    except (ValueError, KeyError, TypeError) as error:  # the checksum is right: another program wrote it
        raise UnusableArrays(what, NO_HEADER, error=error) from error
    return MappingProxyType(arrays)


def _laid(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """The array in C order and little-endian."""
    laid = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(array.shape)
    if laid.dtype.str not in DTYPES:
        raise ValueError(f"array {name} has the type {array.dtype}, which a file does not keep; use one of {DTYPES}")
    return laid


def _entries(laid: Arrays, offset: int) -> tuple[list[dict[str, object]], int]:
    """The header over arrays that begin at an offset, and where the last one ends."""
    entries: list[dict[str, object]] = []
    end = offset
    for name, array in laid.items():
        offset = _aligned(end)
        entries.append({"name": name, "dtype": array.dtype.str, "shape": list(array.shape), "offset": offset})
        end = offset + array.nbytes
    return entries, end


def _padded(laid: Arrays, end: int) -> Iterable[bytes | memoryview]:
    """The arrays, each after as many zeros as bring it to its place."""
    for array in laid.values():
        yield b"\0" * (_aligned(end) - end)
        yield array.reshape(-1).view(np.uint8).data
        end = _aligned(end) + array.nbytes


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNED_TO) * ALIGNED_TO


def _array(whole: memoryview, entry: Mapping[str, Any]) -> NDArray[Any]:
    dtype, shape, offset = entry["dtype"], tuple(entry["shape"]), entry["offset"]
    if dtype not in DTYPES:
        raise ValueError(f"no such type: {dtype}")
    end = offset + prod(shape) * np.dtype(dtype).itemsize
    if offset < ALIGNED_TO or end > len(whole):
        raise ValueError(f"{entry['name']} reaches to {end} of {len(whole)}")
    # Read-only because what it is read from is.
    array: NDArray[Any] = np.frombuffer(whole[offset:end], dtype=dtype).reshape(shape)
    return array
