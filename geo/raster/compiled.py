"""Many positions at once, compiled by numba: the steps of `bulk`, a block of positions at a time."""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.raster.arrays import ASK, FIRST_MIXED, AnyArray, IntArray, KeyArray, NumberArray, RasterArrays
from geo.raster.grid import DOUBT_DEG
from geo.raster.keys import EMPTY, KeyTable

# First the codes of a whole block, then its mixed cells: memory is asked for one while another is on its way.
BLOCK = 2000


def locate(raster: RasterArrays, known: KeyTable, lon: FloatArray, lat: FloatArray) -> NumberArray:
    """The number of the set that holds each position, or ASK; lon and lat are (n,) finite degrees."""
    numbers = np.empty(len(lon), dtype=np.int32)
    arrays = (
        raster.frame,
        raster.shape,
        raster.code,
        raster.leaf.view(np.uint64),
        raster.leaf.view(np.int32),
        raster.edge,
        raster.edge_key,
        raster.crowd,
        known.key,
        known.number,
        lon,
        lat,
    )
    _locate(*map(read_only, arrays), numbers)
    return numbers


def read_only(array: Any) -> AnyArray:
    """The array as one that cannot be written: mapped and other arrays are then of one kind, compiled for once."""
    seen = np.ascontiguousarray(array).view()
    seen.flags.writeable = False
    return seen


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function compiled: kept on disk between runs, and without Python's lock, so that threads go side by side."""
    compiled: Callable[..., Any] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return compiled


@jit
def _locate(
    frame: FloatArray,
    shape: IntArray,
    code: NumberArray,
    leaf_key: KeyArray,
    leaf_number: NumberArray,
    edge: FloatArray,
    edge_key: KeyArray,
    crowd: NDArray[np.void],
    known_key: KeyArray,
    known_number: NumberArray,
    lon: FloatArray,
    lat: FloatArray,
    numbers: NumberArray,
) -> None:
    place, row, cell = np.empty(BLOCK, dtype=np.int64), np.empty(BLOCK, dtype=np.int64), np.empty(BLOCK, dtype=np.int64)
    key, doubtful = np.empty(BLOCK, dtype=np.uint64), np.empty(BLOCK, dtype=np.bool_)
    x0, y0 = np.empty(BLOCK), np.empty(BLOCK)
    for first in range(0, len(lon), BLOCK):
        x, y, found = lon[first : first + BLOCK], lat[first : first + BLOCK], numbers[first : first + BLOCK]
        _find(frame, shape, code, x, y, place, found)
        mixed = 0
        for i in range(len(found)):
            row[mixed] = i
            mixed += int(found[i] <= FIRST_MIXED)
        mixed = _corners(frame, shape, code, crowd, len(leaf_key) // 2, x, y, place, found, row[:mixed], cell, x0, y0)
        _walk(leaf_key, leaf_number, edge, edge_key, x, y, row[:mixed], cell, x0, y0, key, doubtful)
        for w in range(mixed):
            number = _known(known_key, known_number, key[w])
            found[row[w]] = ASK if doubtful[w] or number == EMPTY else number


@jit
def _find(
    frame: FloatArray,
    shape: IntArray,
    code: NumberArray,
    lon: FloatArray,
    lat: FloatArray,
    place: IntArray,
    found: NumberArray,
) -> None:
    """Puts the place of each position into `place`, and its code into `found`."""
    west, south, per_lon, per_lat = frame[0], frame[1], frame[2], frame[3]
    columns, last_column, last_row = shape[0], shape[0] - 1.0, shape[1] - 1.0
    for i in range(len(lon)):
        column = min(max((lon[i] - west) * per_lon, 0.0), last_column)
        up = min(max((lat[i] - south) * per_lat, 0.0), last_row)
        place[i] = int(up) * columns + int(column)
    for i in range(len(found)):
        found[i] = code[place[i]]


@jit
def _corners(
    frame: FloatArray,
    shape: IntArray,
    code: NumberArray,
    crowd: NDArray[np.void],
    leaves: int,
    lon: FloatArray,
    lat: FloatArray,
    place: IntArray,
    found: NumberArray,
    row: IntArray,
    cell: IntArray,
    x0: FloatArray,
    y0: FloatArray,
) -> int:
    """Puts the leaf of each position `row` into `cell`, its corner into x0 and y0; returns how many have one.

    In a crowded cell a position may turn out to be in a pure place: its code goes into `found`, and it is left out.
    """
    west, south, per_lon, per_lat = frame[0], frame[1], frame[2], frame[3]
    walks = 0
    for w in range(len(row)):
        i = row[w]
        at = FIRST_MIXED - np.int64(found[i])
        up = place[i] // shape[0]
        corner_x, corner_y = west + (place[i] - up * shape[0]) / per_lon, south + up / per_lat
        while at >= leaves:
            cut = crowd[at - leaves]
            last = cut["split"] - 1.0
            column = np.floor(min(max((lon[i] - cut["x0"]) * cut["per_lon"], 0.0), last))
            line = np.floor(min(max((lat[i] - cut["y0"]) * cut["per_lat"], 0.0), last))
            corner_x, corner_y = cut["x0"] + column / cut["per_lon"], cut["y0"] + line / cut["per_lat"]
            found[i] = code[cut["base"] + int(line) * cut["split"] + int(column)]
            at = FIRST_MIXED - np.int64(found[i])
        row[walks], cell[walks], x0[walks], y0[walks] = i, at, corner_x, corner_y
        walks += int(at >= 0)
    return walks


@jit
def _walk(
    leaf_key: KeyArray,
    leaf_number: NumberArray,
    edge: FloatArray,
    edge_key: KeyArray,
    lon: FloatArray,
    lat: FloatArray,
    row: IntArray,
    cell: IntArray,
    x0: FloatArray,
    y0: FloatArray,
    key: KeyArray,
    doubtful: NDArray[np.bool_],
) -> None:
    """Puts the key of what holds each position `row` into `key`, and whether rounding could decide into `doubtful`."""
    for w in range(len(row)):
        key[w] = leaf_key[2 * cell[w]]
    for w in range(len(row)):
        x, y, left, low = lon[row[w]], lat[row[w]], x0[w], y0[w]
        toggled, near = np.uint64(0), False
        start, count = leaf_number[4 * cell[w] + 2], leaf_number[4 * cell[w] + 3]
        for step in range(count):
            e = start + step
            x1, y1, x2, y2 = edge[e, 0], edge[e, 1], edge[e, 2], edge[e, 3]
            run, rise = x2 - x1, y2 - y1
            at_x, left_y = (y - y1) * run / rise + x1, (left - x1) * rise / run + y1
            meets = (x1 < left) != (x2 < left)
            crosses = ((y1 <= y) & (y < y2) & (left < at_x) & (at_x < x)) ^ (meets & (low < left_y) & (left_y < y))
            far = (abs(at_x - x) > DOUBT_DEG) & (abs(at_x - left) > DOUBT_DEG)
            near |= ((y1 <= y) & (y <= y2) & (not far)) | (meets & (abs(left_y - y) <= DOUBT_DEG))
            toggled ^= edge_key[e] * np.uint64(crosses)
        key[w] ^= toggled
        doubtful[w] = near


@jit
def _known(known_key: KeyArray, known_number: NumberArray, key: np.uint64) -> np.int32:
    """The number of a key, or EMPTY."""
    last = np.uint64(len(known_key) - 1)
    slot = key & last
    while known_number[slot] != EMPTY and known_key[slot] != key:
        slot = (slot + np.uint64(1)) & last
    number: np.int32 = known_number[slot]
    return number
