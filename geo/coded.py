"""Columns of words by number: a bulk answer has few different words, and arrays of numbers are quick to fill."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NO_WORD = -1
NOTHING = np.array([None], dtype=object)
CodeArray = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Coded:
    """n words: `codes` (n,) are places in `words` (k,), NO_WORD where there is none."""

    codes: CodeArray
    words: NDArray[np.object_]

    def decoded(self) -> NDArray[np.object_]:
        """The words themselves, (n,), None where there is none."""
        words: NDArray[np.object_] = np.concatenate([self.words, NOTHING])[self.codes]
        return words


def words_array(words: Sequence[str]) -> NDArray[np.object_]:
    """Words as an array of objects, (k,)."""
    listed = np.empty(len(words), dtype=object)
    listed[:] = words
    return listed


def scattered(size: int, parts: Sequence[tuple[NDArray[np.int64], Coded]]) -> Coded:
    """One column of `size` rows from columns of some of its rows each, ascending; no word for the rest."""
    if len(parts) == 1 and len(parts[0][0]) == size:
        return parts[0][1]  # all rows, in order
    codes = np.full(size, NO_WORD, dtype=np.int32)
    tables: dict[int, int] = {}
    words: list[NDArray[np.object_]] = []
    count = 0
    for rows, part in parts:
        # Most parts share one table: they are answers of one atlas.
        if id(part.words) not in tables:
            tables[id(part.words)] = count
            words.append(part.words)
            count += len(part.words)
        codes[rows] = np.where(part.codes == NO_WORD, NO_WORD, part.codes + tables[id(part.words)])
    return Coded(codes, np.concatenate(words) if words else words_array(()))
