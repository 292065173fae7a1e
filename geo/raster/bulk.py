"""Many positions at once, in numpy alone: every step is taken by all of them together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.raster.arrays import ASK, FIRST_MIXED, IntArray, KeyArray, NumberArray, RasterArrays
from geo.raster.grid import DOUBT_DEG
from geo.raster.keys import EMPTY, KeyTable

# Positions that go together: what they need stays in the cache of a core.
CHUNK = 131_072


def locate(raster: RasterArrays, known: KeyTable, lon: FloatArray, lat: FloatArray) -> NumberArray:
    """The number of the set that holds each position, or ASK; lon and lat are (n,) finite degrees."""
    numbers = np.empty(len(lon), dtype=np.int32)
    with np.errstate(divide="ignore", invalid="ignore"):
        for start in range(0, len(lon), CHUNK):
            part = slice(start, start + CHUNK)
            _locate(raster, known, lon[part], lat[part], numbers[part])
    return numbers


class _Mixed(NamedTuple):
    """Positions in mixed cells: the cell, the position, and the cell's lower left corner, all (m,)."""

    cell: IntArray
    x: FloatArray
    y: FloatArray
    x0: FloatArray
    y0: FloatArray

    def pick(self, rows: IntArray) -> "_Mixed":
        return _Mixed(self.cell[rows], self.x[rows], self.y[rows], self.x0[rows], self.y0[rows])


def _locate(raster: RasterArrays, known: KeyTable, lon: FloatArray, lat: FloatArray, numbers: NumberArray) -> None:
    west, south, per_lon, per_lat = raster.frame
    columns, rows, _ = raster.shape
    # Around the boundaries there is a rim of cells that nobody holds: whatever is outside may count as one of them.
    column = np.clip((lon - west) * per_lon, 0.0, columns - 1.0).astype(np.int64)
    row = np.clip((lat - south) * per_lat, 0.0, rows - 1.0).astype(np.int64)
    np.take(raster.code, row * columns + column, out=numbers, mode="clip")
    at = np.flatnonzero(numbers <= FIRST_MIXED)
    mixed = _Mixed(
        FIRST_MIXED - numbers[at].astype(np.int64),
        lon[at],
        lat[at],
        west + column[at] / per_lon,
        south + row[at] / per_lat,
    )
    crowded = np.flatnonzero(mixed.cell >= len(raster.leaf))
    while len(crowded):
        _look_closer(raster, mixed, crowded)
        numbers[at[crowded]] = FIRST_MIXED - mixed.cell[crowded]
        crowded = crowded[mixed.cell[crowded] >= len(raster.leaf)]
    in_leaf = np.flatnonzero(mixed.cell >= 0)
    if len(in_leaf) < len(at):
        at, mixed = at[in_leaf], mixed.pick(in_leaf)
    if len(at):
        key, doubtful = _walk(raster, mixed)
        found = known.numbers_of(key)
        found[doubtful] = ASK
        numbers[at] = np.where(found == EMPTY, ASK, found)


def _look_closer(raster: RasterArrays, mixed: _Mixed, rows: IntArray) -> None:
    """Puts the place of the crowded cell that each of these positions is in into the place of that cell.

    A place that is not mixed becomes `FIRST_MIXED` less its code, which is negative.
    """
    crowd = raster.crowd.take(mixed.cell[rows] - len(raster.leaf))
    last = crowd["split"] - 1.0
    column = np.clip((mixed.x[rows] - crowd["x0"]) * crowd["per_lon"], 0.0, last).astype(np.int64)
    row = np.clip((mixed.y[rows] - crowd["y0"]) * crowd["per_lat"], 0.0, last).astype(np.int64)
    mixed.x0[rows] = crowd["x0"] + column / crowd["per_lon"]
    mixed.y0[rows] = crowd["y0"] + row / crowd["per_lat"]
    mixed.cell[rows] = FIRST_MIXED - raster.code[crowd["base"] + row * crowd["split"] + column].astype(np.int64)


def _walk(raster: RasterArrays, mixed: _Mixed) -> tuple[KeyArray, NDArray[np.bool_]]:
    """The keys of what holds positions in leaves, and whether rounding could decide.

    From the corner of the leaf up its left side, then to the right: the first edge of each leaf, then the second …
    """
    leaf = raster.leaf.take(mixed.cell)
    key, edge, left = leaf["key"].copy(), leaf["start"].copy(), leaf["count"].copy()
    doubtful = np.zeros(len(key), dtype=bool)
    rows = np.arange(len(key))
    while len(rows):
        crosses, near = _crossed(raster.edge.take(edge, axis=0), mixed)
        hit = np.flatnonzero(crosses)
        key[rows[hit]] ^= raster.edge_key.take(edge[hit])
        doubtful[rows[near]] = True
        more = np.flatnonzero(left > 1)
        rows, edge, left, mixed = rows[more], edge[more] + 1, left[more] - 1, mixed.pick(more)
    return key, doubtful


def _crossed(edge: FloatArray, mixed: _Mixed) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each edge is crossed on the way from the corner to the position, and whether rounding could decide that.

    A level edge meets its own latitude nowhere in particular (nan): whoever is at that latitude is in doubt.
    """
    x1, y1, x2, y2 = edge[:, 0], edge[:, 1], edge[:, 2], edge[:, 3]
    _, x, y, x0, y0 = mixed
    run, rise = x2 - x1, y2 - y1
    at_x = (y - y1) * run / rise + x1
    left_y = (x0 - x1) * rise / run + y1
    meets = (x1 < x0) != (x2 < x0)
    crosses = ((y1 <= y) & (y < y2) & (x0 < at_x) & (at_x < x)) ^ (meets & (y0 < left_y) & (left_y < y))
    far = (np.abs(at_x - x) > DOUBT_DEG) & (np.abs(at_x - x0) > DOUBT_DEG)
    near: NDArray[np.bool_] = ((y1 <= y) & (y <= y2) & ~far) | (meets & (np.abs(left_y - y) <= DOUBT_DEG))
    return crosses, near
