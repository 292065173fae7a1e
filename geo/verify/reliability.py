"""Whether p keeps its word: shares predicted against shares observed, the Brier score, and what was flagged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.shares import CERTAIN_FROM, WHOLE
from geo.verify.ground import NOBODY
from geo.verify.masses import Masses
from geo.verify.rows import Rows

BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
SHOWN_FROM = 0.0005  # what rounds to a thousandth stands among the candidates
CERTAIN = (CERTAIN_FROM - 0.5) / WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Records whose lead area was given a share in [low, high) (the last: and 1): how often it was the one recorded.

    Shares are those of the areas among each other: a recorded unit is never nobody. `predicted` is the mean of the
    shares given, `observed` the share of the rows recorded for the lead; both are None without rows.
    """

    low: float
    high: float
    rows: float
    predicted: float | None
    observed: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """Of the disagreements: how many answers had the recorded area among the candidates.

    `shown`: its p rounds to 0.001 or more. `doubted`: besides, the answer was not certain (p of the lead below 0.95).
    """

    shown: float
    doubted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How p at one accuracy kept its word; `mislabelled` is the share of labels drawn anywhere that it allowed for."""

    accuracy_m: float
    mislabelled: float
    flagged: Flagged | None
    bins: tuple[Bin, ...]
    brier: float | None


def quality(
    masses: Masses,
    rows: Rows,
    *,
    areas: int,
    accuracy_m: float,
    mislabelled: float = 0.0,
) -> Quality:
    """How p at an accuracy kept its word; `flagged` is None without disagreements.

    `areas` is K. With q = p / (1 - nobody's p) and epsilon for `mislabelled`, the share predicted
    for an area is (1 - epsilon) q + epsilon / K.
    """
    certain = masses.lead()[1]
    own, differs = masses.of(rows.recorded), rows.differs
    masses = masses.among_areas()
    lead, mass = masses.lead()
    given = (1.0 - mislabelled) * mass + np.where(lead == NOBODY, 0.0, mislabelled / areas)
    return Quality(
        accuracy_m=accuracy_m,
        mislabelled=mislabelled,
        flagged=_flagged(own[differs], certain[differs], rows.weight[differs]),
        bins=_bins(given, lead == rows.recorded, rows.weight),
        brier=brier(masses, rows, areas=areas, mislabelled=mislabelled),
    )


def brier(masses: Masses, rows: Rows, *, areas: int, mislabelled: float = 0.0) -> float | None:
    """The Brier score over all areas: mean over rows of the sum over areas u of (s(u) - [u is recorded])^2.

    s(u) = (1 - epsilon) times the mass of u, + epsilon / K. From 0 (each answer sure and right) to 2 (each sure and
    wrong); Brier 1950, Monthly Weather Review 78, 1-3. What nobody holds counts as one more area, never recorded. None
    without rows.
    """
    if not len(rows.recorded):
        return None
    kept = 1.0 - mislabelled
    share = mislabelled / areas
    owned = np.where(masses.area == NOBODY, 0.0, masses.mass)
    squares = kept**2 * masses.mass**2 + 2.0 * kept * share * owned
    by_row = np.bincount(masses.position, weights=squares, minlength=masses.size) + areas * share**2
    score = by_row - 2.0 * (kept * masses.of(rows.recorded) + share) + 1.0
    return float(rows.weight @ score / rows.weight.sum())


def _flagged(own: FloatArray, lead: FloatArray, weight: FloatArray) -> Flagged | None:
    if not len(own):
        return None
    shown = own >= SHOWN_FROM
    doubted = shown & (lead < CERTAIN)
    total = weight.sum()
    return Flagged(shown=float(weight @ shown / total), doubted=float(weight @ doubted / total))


def _bins(given: FloatArray, right: NDArray[np.bool_], weight: FloatArray) -> tuple[Bin, ...]:
    place = np.clip(np.searchsorted(BINS, given, side="right") - 1, 0, len(BINS) - 2)
    bins = []
    for number in range(len(BINS) - 1):
        chosen = place == number
        rows = float(weight[chosen].sum())
        bins.append(
            Bin(
                low=BINS[number],
                high=BINS[number + 1],
                rows=rows,
                predicted=float(weight[chosen] @ given[chosen] / rows) if rows else None,
                observed=float(weight[chosen] @ right[chosen] / rows) if rows else None,
            )
        )
    return tuple(bins)
