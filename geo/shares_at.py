"""Shares in whole thousandths and verdicts for many positions at once: the numbers of `geo/shares.py`, as arrays."""

import numpy as np
from numpy.typing import NDArray

from geo.index import IntArray
from geo.model import FloatArray
from geo.shares import CERTAIN_FROM, CONTESTED_WITHIN_HUNDREDTHS, UNCLAIMED_ABOVE, WHOLE, Verdict

VERDICTS = tuple(Verdict)
_UPPER_BITS = 134_217_729.0  # 2^27 + 1 parts a float into two halves, whose products with 1000 are exact


def starts_of(groups: IntArray) -> IntArray:
    """Where each run of equal numbers begins."""
    starts: IntArray = np.flatnonzero(np.diff(groups, prepend=-1))
    return starts


def places_in(groups: IntArray) -> IntArray:
    """The place of each within its run of equal numbers, from 0."""
    starts = starts_of(groups)
    places: IntArray = np.arange(len(groups)) - np.repeat(starts, np.diff(np.append(starts, len(groups))))
    return places


def thousandths_at(row: IntArray, mass: FloatArray, nobody: FloatArray) -> tuple[IntArray, IntArray]:
    """The shares (s,) of units and of nobody (k,) as integers that sum to 1000 for each of k positions.

    `row` is the position of each share, ascending. By largest remainder as `to_thousandths` does it, nobody coming
    last.
    """
    count = len(nobody)
    place = np.append(places_in(row), np.full(count, len(row)))
    rows = np.append(row, np.arange(count))
    floors, rest = _parted(np.append(mass, nobody))
    left = WHOLE - np.bincount(rows, weights=floors, minlength=count).astype(np.int64)
    order = np.lexsort((place, -rest, rows))
    whole = floors.astype(np.int64)
    whole[order] += places_in(rows[order]) < left[rows[order]]
    return whole[: len(row)], whole[len(row) :]


def _parted(shares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The whole thousandths in each share, and what is left over, rounded once: 1000 times a float may round up."""
    lifted = shares * _UPPER_BITS
    upper = lifted - (lifted - shares)
    lower = shares - upper
    floors = np.floor(shares * WHOLE)
    rest = (upper * WHOLE - floors) + lower * WHOLE
    floors -= rest < 0.0
    return floors, (upper * WHOLE - floors) + lower * WHOLE


def verdicts_at(
    first: IntArray, second: IntArray, nobody: IntArray, by_fallback: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """The places of the verdicts in VERDICTS, (k,), for the two largest shares (0 where there is none) and nobody's."""
    claimed = WHOLE - nobody
    contested = (2 * first < claimed) | (100 * (first - second) <= CONTESTED_WITHIN_HUNDREDTHS * claimed)
    rules = [(nobody > UNCLAIMED_ABOVE) | (first == 0), contested, by_fallback, first >= CERTAIN_FROM]
    ordered = (Verdict.UNCLAIMED, Verdict.CONTESTED, Verdict.FALLBACK, Verdict.CERTAIN)
    chosen = np.select(rules, [VERDICTS.index(verdict) for verdict in ordered], VERDICTS.index(Verdict.LIKELY))
    return chosen.astype(np.int32)
