"""Mixed cells, and how a crowded one is cut into smaller cells of its own: maps are dense here and empty there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.raster.arrays import IntArray, KeyArray
from geo.raster.edges import KeyedEdges
from geo.raster.grid import DOUBT_DEG

# A cell with more edges than this is cut into some cells for each of them.
CROWDED = 24
CUTS = np.array([4, 8, 16, 32, 64])


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells (c,) that edges touch: the lower left corner, the size, what holds the corner, and the edges.

    Cell i is touched by the edges `edge[start[i] : start[i + 1]]`. An edge passes the corner of an `uncertain` cell
    within rounding.
    """

    x0: FloatArray
    y0: FloatArray
    width: FloatArray
    height: FloatArray
    corner: KeyArray
    start: IntArray
    edge: IntArray
    uncertain: NDArray[np.bool_]

    @property
    def counts(self) -> IntArray:
        """How many edges touch each cell."""
        counts: IntArray = np.diff(self.start)
        return counts

    def pick(self, chosen: IntArray) -> "Cells":
        """Some of the cells, in this order."""
        counts = self.counts[chosen]
        return Cells(
            x0=self.x0[chosen],
            y0=self.y0[chosen],
            width=self.width[chosen],
            height=self.height[chosen],
            corner=self.corner[chosen],
            start=np.append(0, np.cumsum(counts)),
            edge=self.edge[runs(self.start[chosen], counts)],
            uncertain=self.uncertain[chosen],
        )


@dataclass(frozen=True, slots=True)
class Pairs:
    """Cells and the edges that touch them, a pair each, with what is asked of the edge there.

    `run` and `rise` are how far the edge goes east and north, `slope` the one by the other; `meets`: it meets the
    cell's left side or what prolongs it upwards, above the corner.
    """

    cell: IntArray
    x1: FloatArray
    y1: FloatArray
    x2: FloatArray
    y2: FloatArray
    run: FloatArray
    slope: FloatArray
    left_y: FloatArray
    meets: NDArray[np.bool_]
    key: KeyArray


def pairs_of(cells: Cells, edges: KeyedEdges) -> Pairs:
    """The pairs, those of one cell together."""
    cell = np.repeat(np.arange(len(cells.x0)), cells.counts)
    x1, y1, x2, y2 = (values[cells.edge] for values in (edges.x1, edges.y1, edges.x2, edges.y2))
    x0, y0 = cells.x0[cell], cells.y0[cell]
    run, rise = x2 - x1, y2 - y1
    slope = np.divide(run, rise, out=np.zeros_like(run), where=rise > 0.0)
    meets = (np.minimum(x1, x2) < x0) & (x0 < np.maximum(x1, x2))
    left_y = y1 + np.divide((x0 - x1) * rise, run, out=np.zeros_like(run), where=run != 0.0)
    # Whether that is above the corner is told by where the edge crosses the corner's height, as the corner itself is.
    spans = (y1 <= y0) & (y0 < y2)
    above = np.where(spans, (x1 + (y0 - y1) * slope - x0) * run < 0.0, y1 > y0)
    return Pairs(cell, x1, y1, x2, y2, run, slope, left_y, meets & above, edges.key[cells.edge])


def uncertain_of(cells: Cells, edges: KeyedEdges) -> NDArray[np.bool_]:
    """Which cells no walk may start in: an edge passes their corner, or ends on their left side, within rounding."""
    pairs = pairs_of(cells, edges)
    x0, y0 = cells.x0[pairs.cell], cells.y0[pairs.cell]
    crosses = (np.minimum(pairs.x1, pairs.x2) < x0) & (x0 < np.maximum(pairs.x1, pairs.x2))
    near = crosses & (np.abs(pairs.left_y - y0) < 2 * DOUBT_DEG)
    top = y0 + cells.height[pairs.cell] + 2 * DOUBT_DEG
    for x, y in ((pairs.x1, pairs.y1), (pairs.x2, pairs.y2)):
        near |= (np.abs(x - x0) < 2 * DOUBT_DEG) & (y0 - 2 * DOUBT_DEG < y) & (y < top)
    uncertain = cells.uncertain.copy()
    uncertain[pairs.cell[near]] = True
    return uncertain


@dataclass(frozen=True, slots=True)
class Cut:
    """Cells cut into `split` x `split` smaller ones each, row by row, those of the i-th from `base[i]` on.

    `corner` and `uncertain` are of all small cells, `touched` has the number of each that an edge touches, and `cells`
    what these are.
    """

    split: IntArray
    base: IntArray
    corner: KeyArray
    x0: FloatArray
    y0: FloatArray
    touched: IntArray
    cells: Cells


def cut(cells: Cells, edges: KeyedEdges) -> Cut:
    """Cells whose corners are certain, cut into smaller ones."""
    split = CUTS[np.minimum(np.searchsorted(CUTS, np.sqrt(2.0 * cells.counts)), len(CUTS) - 1)]
    base = np.append(0, np.cumsum(split * split))
    total, base = int(base[-1]), base[:-1]
    pairs = pairs_of(cells, edges)
    parent = np.repeat(np.arange(len(split)), split * split)
    place = np.arange(total) - base[parent]
    x0 = cells.x0[parent] + cells.width[parent] / split[parent] * (place % split[parent])
    y0 = cells.y0[parent] + cells.height[parent] / split[parent] * (place // split[parent])
    corner, uncertain = _corners(cells, pairs, split, base, total)
    number, edge = _touching(cells, pairs, cells.edge, split, base)
    order = np.lexsort((edge, number))
    number, edge = number[order], edge[order]
    touched = np.union1d(number, np.flatnonzero(uncertain))
    start = np.searchsorted(number, np.append(touched, total))
    small = Cells(
        x0[touched],
        y0[touched],
        (cells.width / split)[parent[touched]],
        (cells.height / split)[parent[touched]],
        corner[touched],
        start,
        edge,
        uncertain[touched],
    )
    return Cut(split, base, corner, x0, y0, touched, small)


def _corners(
    cells: Cells, pairs: Pairs, split: IntArray, base: IntArray, total: int
) -> tuple[KeyArray, NDArray[np.bool_]]:
    """What holds the corner of each small cell, and which corners an edge passes within rounding.

    From the large cell's corner up its left side, then along each line between two rows. Where rounding decides
    whether an edge crosses the one or the other, it says so of one corner only: both are told by the same number.
    """
    k, y0, x0 = split[pairs.cell], cells.y0[pairs.cell], cells.x0[pairs.cell]
    wide, high = cells.width[pairs.cell] / k, cells.height[pairs.cell] / k
    first, after = _first_line(pairs.y1, y0, high, k), _first_line(pairs.y2, y0, high, k)
    counts = after - first
    pair = np.repeat(np.arange(len(counts)), counts)
    row = runs(first, counts)
    line_y = y0[pair] + high[pair] * row
    x = pairs.x1[pair] + (line_y - pairs.y1[pair]) * pairs.slope[pair]
    aside = x - x0[pair]
    at = base[pairs.cell[pair]] + row * k[pair]
    corner = np.zeros(total, dtype=np.uint64)
    uncertain = np.zeros(total, dtype=bool)
    key = pairs.key[pair]
    column = np.ceil(aside / wide[pair]).astype(np.int64)
    right = (aside > 0.0) & (column < k[pair])
    np.bitwise_xor.at(corner, at[right] + column[right], key[right])
    nearest = np.round(aside / wide[pair]).astype(np.int64)
    doubted = (np.abs(aside - nearest * wide[pair]) < 2 * DOUBT_DEG) & (nearest >= 0) & (nearest < k[pair])
    uncertain[at[doubted] + nearest[doubted]] = True
    # Up the left side: edges that end below a line have met it, those that span the line only on one of its sides.
    spanning = pairs.meets[pair] & (aside * pairs.run[pair] > 0.0)
    np.bitwise_xor.at(corner, at[spanning], key[spanning])
    left = np.zeros(total, dtype=np.uint64)
    left[base] = cells.corner
    ended = np.flatnonzero(pairs.meets & (after < k))
    np.bitwise_xor.at(left, base[pairs.cell[ended]] + after[ended] * k[ended], pairs.key[ended])
    for size in np.unique(split).tolist():
        chosen = np.flatnonzero(split == size)
        blocks = base[chosen][:, None] + np.arange(size * size)
        beside = np.bitwise_xor.accumulate(left[blocks].reshape(-1, size, size)[:, :, 0], axis=1)
        block = corner[blocks].reshape(-1, size, size)
        block[:, :, 0] ^= beside
        corner[blocks] = np.bitwise_xor.accumulate(block, axis=2).reshape(len(chosen), -1)
    return corner, uncertain


def _first_line(y: FloatArray, y0: FloatArray, high: FloatArray, k: IntArray) -> IntArray:
    """The first of k lines, y0 + high * row, that is not below y; k where all are."""
    row = np.ceil((y - y0) / high)
    row = np.where(y0 + high * (row - 1) >= y, row - 1, row)
    row = np.where(y0 + high * row < y, row + 1, row)
    return np.clip(row, 0, k).astype(np.int64)


def _touching(cells: Cells, pairs: Pairs, edge: IntArray, split: IntArray, base: IntArray) -> tuple[IntArray, IntArray]:
    """Which small cells each edge touches: the number of the small cell and the edge, a pair each."""
    k, x0, y0 = split[pairs.cell], cells.x0[pairs.cell], cells.y0[pairs.cell]
    wide, high = cells.width[pairs.cell] / k, cells.height[pairs.cell] / k
    first = np.clip(np.floor((pairs.y1 - DOUBT_DEG - y0) / high), 0, k - 1).astype(np.int64)
    last = np.clip(np.floor((pairs.y2 + DOUBT_DEG - y0) / high), 0, k - 1).astype(np.int64)
    counts = last - first + 1
    pair = np.repeat(np.arange(len(counts)), counts)
    row = runs(first, counts)
    below = np.clip(y0[pair] + high[pair] * row - DOUBT_DEG, pairs.y1[pair], pairs.y2[pair])
    above = np.clip(y0[pair] + high[pair] * (row + 1) + DOUBT_DEG, pairs.y1[pair], pairs.y2[pair])
    level = pairs.y1[pair] == pairs.y2[pair]
    one = np.where(level, pairs.x1[pair], pairs.x1[pair] + (below - pairs.y1[pair]) * pairs.slope[pair])
    other = np.where(level, pairs.x2[pair], pairs.x1[pair] + (above - pairs.y1[pair]) * pairs.slope[pair])
    wide, x0, k = wide[pair], x0[pair], k[pair]
    left = np.floor((np.minimum(one, other) - DOUBT_DEG - x0) / wide)
    right = np.floor((np.maximum(one, other) + DOUBT_DEG - x0) / wide)
    inside = (right >= 0) & (left < k)
    left, right = np.clip(left, 0, k - 1).astype(np.int64), np.clip(right, 0, k - 1).astype(np.int64)
    counts = np.where(inside, right - left + 1, 0)
    number = np.repeat(base[pairs.cell[pair]] + row * k, counts) + runs(left, counts)
    return number, np.repeat(edge[pair], counts)


def runs(first: IntArray, counts: IntArray) -> IntArray:
    """first[0], first[0] + 1 … counts[0] of them, then from first[1] on, and so on."""
    ends = np.cumsum(counts)
    return np.repeat(first - ends + counts, counts) + np.arange(ends[-1] if len(ends) else 0)
