"""Whether the disagreements of a border fall on one side of it more often than chance would have it."""

import math
from collections.abc import Sequence

import numpy as np

from geo.model import FloatArray

SIGNIFICANT = 0.01
LARGE = 100_000  # disagreements, beyond which the tail is that of a normal


def one_sided(rows: int, back: int, expected_share: float) -> float:
    """The probability of `rows` or more of all `rows + back` disagreements on one side, each with the share expected.

    The share is that of the fit: where many records lie on one side and few on the other, disagreements do too. It
    does not know that where nothing ever happens on one side, what lies there by error has mostly come from the other:
    one-sidedness alone is no sign of a border that moved.
    """
    total = rows + back
    if rows == 0 or expected_share >= 1.0:
        return 1.0
    if expected_share <= 0.0:
        return 0.0
    if total > LARGE:
        spread = math.sqrt(total * expected_share * (1.0 - expected_share))
        return 0.5 * math.erfc((rows - 0.5 - total * expected_share) / spread / math.sqrt(2.0))
    logarithm = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, total + 1)))])
    k = np.arange(rows, total + 1)
    ways: FloatArray = logarithm[total] - logarithm[k] - logarithm[total - k]
    terms = ways + k * math.log(expected_share) + (total - k) * math.log1p(-expected_share)
    return min(1.0, float(np.exp(terms).sum()))


def holm(probabilities: Sequence[float]) -> list[float]:
    """Probabilities of many tests, corrected for their number; Holm 1979, Scandinavian Journal of Statistics 6."""
    order = np.argsort(probabilities, kind="stable")
    raised = np.array(probabilities)[order] * np.arange(len(probabilities), 0, -1)
    corrected = np.empty(len(probabilities))
    corrected[order] = np.minimum(np.maximum.accumulate(raised), 1.0) if len(probabilities) else raised
    return [float(value) for value in corrected]
