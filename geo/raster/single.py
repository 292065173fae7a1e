"""One position, in plain Python over memoryviews: as fast as it would be to call something compiled."""

from typing import Any, cast

import numpy as np

from geo.raster.arrays import ASK, FIRST_MIXED, AnyArray, RasterArrays
from geo.raster.grid import DOUBT_DEG
from geo.raster.keys import EMPTY, KeyTable

LEAF_WORDS, CROWD_WORDS = 2, 6


class Single:
    """Answers for one position what `bulk.locate` answers for many. Immutable.

    Reads each record as rows of 64-bit words, as often as it has a float, a key or a pair of short numbers there.
    """

    def __init__(self, raster: RasterArrays) -> None:
        self._west, self._south, self._per_lon, self._per_lat = raster.frame.tolist()
        self._columns, self._rows, _ = raster.shape.tolist()
        self._code = _view(raster.code)
        self._leaves = len(raster.leaf)
        self._leaf_keys = _view(raster.leaf.view(np.uint64))
        self._leaf_numbers = _view(raster.leaf.view(np.int32))
        self._edge = _view(raster.edge.reshape(-1))
        self._edge_key = _view(raster.edge_key)
        self._crowd_floats = _view(raster.crowd.view(np.float64))
        self._crowd_numbers = _view(raster.crowd.view(np.int64))

    def locate(self, known: KeyTable, lon: float, lat: float) -> int:
        """The number of the set that holds a position, or ASK."""
        across, up = (lon - self._west) * self._per_lon, (lat - self._south) * self._per_lat
        column = 0 if across < 0.0 else int(across) if across < self._columns else self._columns - 1
        row = 0 if up < 0.0 else int(up) if up < self._rows else self._rows - 1
        code: int = self._code[row * self._columns + column]
        if code > FIRST_MIXED:
            return code
        x0, y0 = self._west + column / self._per_lon, self._south + row / self._per_lat
        while code <= FIRST_MIXED - self._leaves:
            place, x0, y0 = self._place_in(FIRST_MIXED - self._leaves - code, lon, lat)
            code = self._code[place]
        return code if code > FIRST_MIXED else self._walk(known, FIRST_MIXED - code, lon, lat, x0, y0)

    def _place_in(self, crowd: int, lon: float, lat: float) -> tuple[int, float, float]:
        """The place of a crowded cell that a position is in, and the place's corner."""
        at = CROWD_WORDS * crowd
        x0, y0, per_lon, per_lat = self._crowd_floats[at : at + 4]
        base, split = self._crowd_numbers[at + 4 : at + 6]
        column = int(min(max((lon - x0) * per_lon, 0.0), split - 1.0))
        row = int(min(max((lat - y0) * per_lat, 0.0), split - 1.0))
        return base + row * split + column, x0 + column / per_lon, y0 + row / per_lat

    def _walk(self, known: KeyTable, leaf: int, x: float, y: float, x0: float, y0: float) -> int:
        """The number of the set that holds a position in a leaf, whose corner is (x0, y0), or ASK."""
        key = self._leaf_keys[LEAF_WORDS * leaf]
        start, count = self._leaf_numbers[2 * LEAF_WORDS * leaf + 2 : 2 * LEAF_WORDS * leaf + 4]
        for at in range(start, start + count):
            x1, y1, x2, y2 = self._edge[4 * at : 4 * at + 4]
            crosses = False
            if y1 <= y <= y2:
                if y1 == y2:
                    return ASK
                at_x = (y - y1) * (x2 - x1) / (y2 - y1) + x1
                if abs(at_x - x) <= DOUBT_DEG or abs(at_x - x0) <= DOUBT_DEG:
                    return ASK
                crosses = y < y2 and x0 < at_x < x
            if (x1 < x0) != (x2 < x0):
                left_y = (x0 - x1) * (y2 - y1) / (x2 - x1) + y1
                if abs(left_y - y) <= DOUBT_DEG:
                    return ASK
                crosses ^= y0 < left_y < y
            if crosses:
                key ^= self._edge_key[at]
        return _number_of(known, key)


def _view(array: AnyArray) -> "memoryview[Any]":
    return memoryview(cast("Any", array))


def _number_of(known: KeyTable, key: int) -> int:
    slots = len(known.key)
    slot = key & (slots - 1)
    while known.number[slot] != EMPTY and int(known.key[slot]) != key:
        slot = (slot + 1) & (slots - 1)
    number = int(known.number[slot])
    return ASK if number == EMPTY else number
