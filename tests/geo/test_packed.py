"""Arrays as a file: what comes back is what went in, mapped and read-only, and no damage goes unseen."""

from pathlib import Path

import numpy as np
import pytest

from geo.packed import ALIGNED_TO, Arrays, UnusableArrays, open_packed, pieces, unpack

ARRAYS = {
    "positions": np.array([[120.6, 31.3], [0.1, -0.0], [np.nan, np.inf]]),
    "numbers": np.arange(7, dtype=np.int32),
    "keys": np.array([2**64 - 1, 0], dtype=np.uint64),
    "flags": np.array([True, False, True]),
    "nothing": np.zeros((0, 2)),
    "turned": np.arange(12, dtype=np.int64).reshape(3, 4).T,
    "high end first": np.array([1, 2, 3], dtype=">i4"),
    "one": np.array(3.5),
    "名": np.array([5], dtype=np.uint8),
}


def packed(arrays: Arrays, format_number: int = 3) -> bytes:
    return b"".join(pieces(arrays, format_number=format_number))


def opened(content: bytes) -> Arrays:
    return unpack(content, format_number=3, what="the drawing")


def test_a_mapped_file_has_the_arrays_that_were_packed_bit_for_bit_and_nobody_can_write_to_them(tmp_path: Path) -> None:
    path = tmp_path / "arrays"
    path.write_bytes(packed(ARRAYS))
    found = open_packed(path, format_number=3)
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert (found[name].shape, found[name].dtype) == (array.shape, array.dtype.newbyteorder("<"))
        assert found[name].tobytes() == array.astype(array.dtype.newbyteorder("<")).tobytes()
        assert not found[name].flags.writeable
        if array.size:
            assert found[name].__array_interface__["data"][0] % ALIGNED_TO == 0


def test_the_same_arrays_are_the_same_bytes() -> None:
    assert packed(ARRAYS) == packed({name: array.copy() for name, array in ARRAYS.items()})


@pytest.mark.parametrize("count", [0, 1, 9, 10, 100, 300])
def test_a_header_of_any_length_leaves_room_for_itself(count: int) -> None:
    arrays = {f"array {i}": np.full(i, i) for i in range(count)}
    found = opened(packed(arrays))
    assert {name: array.tolist() for name, array in found.items()} == {f"array {i}": [i] * i for i in range(count)}


def test_a_flip_of_any_bit_is_seen() -> None:
    content = packed(ARRAYS)
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(UnusableArrays):
            opened(bytes(damaged))


def test_a_file_that_is_cut_off_or_goes_on_is_seen(tmp_path: Path) -> None:
    content = packed(ARRAYS)
    path = tmp_path / "arrays"
    for damaged in (b"", content[:10], content[:ALIGNED_TO], content[:-1], content + b"\0"):
        path.write_bytes(damaged)
        with pytest.raises(UnusableArrays, match="it is made anew"):
            open_packed(path, format_number=3)


def test_a_file_of_another_format_is_named_with_both_numbers_in_both_languages() -> None:
    with pytest.raises(UnusableArrays, match="its format is 4, and this program uses 3") as refusal:
        opened(packed(ARRAYS, format_number=4))
    assert "格式号是 4，本程序用 3" in refusal.value.say("zh")


def test_another_kind_of_file_is_none() -> None:
    with pytest.raises(UnusableArrays, match="does not begin with"):
        opened(b"PK\x03\x04".ljust(200, b"\0"))


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([None]), np.array([1j]), np.array(["2026"], "M8[D]")])
def test_what_is_no_number_is_not_packed(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="array words has the type"):
        packed({"words": array})
