"""Columns between Arrow and the answer: numbers and words by array, and cell by cell only what arrays cannot tell."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.assign import CodedColumns, Columns
from geo.model import FloatArray

# What Arrow reads as Python does; anything else that may be a number is left to Python.
_PLAIN_NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{0,25})?$"


class ArrowCells(Sequence[Any]):
    """The cells of a column as Python has them, made when somebody asks; `array` is the column itself."""

    def __init__(self, array: pa.Array) -> None:
        self.array = array.dictionary_decode() if pa.types.is_dictionary(array.type) else array

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, i: int) -> Any: ...

    @overload
    def __getitem__(self, i: slice) -> list[Any]: ...

    def __getitem__(self, i: int | slice) -> Any:
        return self.array[i].to_pylist() if isinstance(i, slice) else self.array[i].as_py()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.array.to_pylist())

    @property
    def is_numeric(self) -> bool:
        """Whether every cell is a number or missing."""
        kind = self.array.type
        return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))

    def are_missing(self) -> NDArray[np.bool_]:
        """Which cells are null or no number, (n,)."""
        missing = pc.is_null(self.array, nan_is_null=bool(pa.types.is_floating(self.array.type)))
        found: NDArray[np.bool_] = missing.to_numpy(zero_copy_only=False)
        return found

    def numbers(self) -> FloatArray:
        """The cells as numbers (n,), nan where a cell is missing or has to be looked at by itself."""
        found = self._numbers()
        values: FloatArray = found.to_numpy(zero_copy_only=False).copy()
        values[~np.isfinite(values)] = np.nan
        return values

    def _numbers(self) -> pa.Array:
        if self.is_numeric:
            return self.array.cast(pa.float64(), safe=False)
        if not (pa.types.is_string(self.array.type) or pa.types.is_large_string(self.array.type)):
            return pa.nulls(len(self.array), pa.float64())
        try:
            return self.array.cast(pa.float64())
        except pa.ArrowInvalid:
            plain = pc.match_substring_regex(self.array, _PLAIN_NUMBER)
            return pc.if_else(plain, self.array, None).cast(pa.float64())

    def coded(self) -> tuple[NDArray[np.int64], list[Any]]:
        """The place of each cell (n,) in the list of the different cells."""
        try:
            coded = self.array.dictionary_encode(null_encoding="encode")
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            return coded_cells(self.array.to_pylist())
        return coded.indices.to_numpy(zero_copy_only=False).astype(np.int64), coded.dictionary.to_pylist()


def coded_cells(cells: Sequence[Any]) -> tuple[NDArray[np.int64], list[Any]]:
    """The place of each cell (n,) in the list of the different cells."""
    if isinstance(cells, ArrowCells):
        return cells.coded()
    places: dict[Any, int] = {}
    codes = np.fromiter((places.setdefault(cell, len(places)) for cell in cells), dtype=np.int64, count=len(cells))
    return codes, list(places)


def as_dictionary(answers: Columns | CodedColumns, name: str) -> pa.DictionaryArray:
    """A column of words as an Arrow dictionary of those that occur, null where there is none."""
    if isinstance(answers, Columns):
        return pa.array(answers.text[name], type=pa.string()).dictionary_encode()
    column = answers.words[name]
    count = len(column.words)
    # One place more for "none", which the code -1 means.
    occurs = np.zeros(count + 1, dtype=bool)
    occurs[column.codes] = True
    places = (np.cumsum(occurs[:count], dtype=np.int32) - 1)[column.codes] if count else column.codes
    words = pa.array(column.words[occurs[:count]].tolist(), pa.string())
    indices = pa.array(places, pa.int32(), mask=column.codes < 0 if occurs[count] else None)
    return pa.DictionaryArray.from_arrays(indices, words)
