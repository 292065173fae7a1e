"""Keys: sets of boundaries as numbers, and a table that tells which set a key is of.

Every boundary has 64 random bits, and the key of a set is the XOR of those of its members: whoever crosses an edge
toggles the boundaries that it is an edge of, in any order. Two different sets meet in one key once in 10^19.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.index import KEY_SEED
from geo.raster.arrays import KeyArray, NumberArray

EMPTY = -1
SLOTS_PER_KEY = 2
LEAST_SLOTS = 16


def keys_for(count: int) -> KeyArray:
    """A key for each boundary, (count,); always the same ones."""
    return np.random.default_rng(KEY_SEED).integers(2**64 - 1, size=count, dtype=np.uint64, endpoint=True)


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Numbers by key, in an open table: a key is in the slot that its last bits name, or in one of the next.

    `key` and `number` are (slots,), slots a power of two; `number` is EMPTY where there is nothing.
    """

    key: KeyArray
    number: NumberArray

    def numbers_of(self, keys: KeyArray) -> NumberArray:
        """The number of each key, (n,); EMPTY for those that are not known."""
        mask = np.uint64(len(self.key) - 1)
        slot = (keys & mask).view(np.int64)
        numbers = self.number.take(slot)
        rows = np.flatnonzero((self.key.take(slot) != keys) & (numbers != EMPTY))
        while len(rows):
            slot[rows] = (slot[rows] + 1) & int(mask)
            numbers[rows] = self.number[slot[rows]]
            rows = rows[(self.key[slot[rows]] != keys[rows]) & (numbers[rows] != EMPTY)]
        return numbers


def table_of(keys: KeyArray, numbers: NumberArray) -> KeyTable:
    """The table of some different keys and their numbers, both (n,)."""
    slots = LEAST_SLOTS
    while slots < SLOTS_PER_KEY * len(keys):
        slots *= 2
    table = KeyTable(np.zeros(slots, dtype=np.uint64), np.full(slots, EMPTY, dtype=np.int32))
    rows = np.arange(len(keys))
    slot: NDArray[np.int64] = (keys & np.uint64(slots - 1)).astype(np.int64)
    while len(rows):
        # Of those that want one empty slot the first gets it; all others look at the next.
        free = np.flatnonzero(table.number[slot[rows]] == EMPTY)
        _, first = np.unique(slot[rows[free]], return_index=True)
        settled = free[first]
        table.key[slot[rows[settled]]] = keys[rows[settled]]
        table.number[slot[rows[settled]]] = numbers[rows[settled]]
        rows = np.delete(rows, settled)
        slot[rows] = (slot[rows] + 1) & (slots - 1)
    return table
