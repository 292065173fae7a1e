"""Many covers as arrays, so that they can be saved and mapped; each becomes a `Cover` when it is first asked for."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from geo.index import Cover, IntArray
from geo.packed import Arrays

Int32Array = NDArray[np.int32]


class Covers(Sequence[Cover]):
    """c covers. Immutable to whoever looks, and safe to copy and to pickle.

    The numbers of cover i are `numbers[start[2 * i] : start[2 * i + 1]]` inside, and from there to `start[2 * i + 2]`
    on the edge; `start` is (2 c + 1,).
    """

    def __init__(self, start: IntArray, numbers: Int32Array) -> None:
        self._start = start
        self._numbers = numbers
        self._known: dict[int, Cover] = {}

    @classmethod
    def of(cls, covers: Sequence[Cover]) -> "Covers":
        """These covers, in their order."""
        sets = list(chain.from_iterable(covers))
        start = np.zeros(len(sets) + 1, dtype=np.int64)
        np.cumsum([len(numbers) for numbers in sets], out=start[1:])
        made = cls(start, np.fromiter(chain.from_iterable(sets), dtype=np.int32, count=int(start[-1])))
        made._known.update(enumerate(covers))
        return made

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `restored` needs."""
        return {"start": self._start, "numbers": self._numbers}

    @classmethod
    def restored(cls, arrays: Arrays) -> "Covers":
        """The covers that these arrays were taken of."""
        return cls(arrays["start"], arrays["numbers"])

    def __len__(self) -> int:
        return len(self._start) // 2

    @overload
    def __getitem__(self, number: int) -> Cover: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[Cover, ...]: ...

    def __getitem__(self, number: int | slice) -> Cover | tuple[Cover, ...]:
        if isinstance(number, slice):
            return tuple(self[i] for i in range(*number.indices(len(self))))
        if not 0 <= number < len(self):
            raise IndexError(number)
        known = self._known.get(number)
        if known is None:
            first, middle, last = self._start[2 * number : 2 * number + 3].tolist()
            known = Cover(tuple(self._numbers[first:middle].tolist()), tuple(self._numbers[middle:last].tolist()))
            self._known[number] = known
        return known

    def __reduce__(self) -> tuple[Any, ...]:
        return Covers, (self._start, self._numbers)
