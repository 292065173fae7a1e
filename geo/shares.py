"""Shares of responsibility in whole thousandths, and the verdict that follows from them."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from fractions import Fraction

WHOLE = 1000
# Above this share of nobody no unit can be said to be responsible.
UNCLAIMED_ABOVE = 500
# The lead must be ahead of the second by more than this many hundredths of what is claimed.
CONTESTED_WITHIN_HUNDREDTHS = 15
CERTAIN_FROM = 950


class Verdict(StrEnum):
    """How sure the answer is: 明确、大致、争议、兜底、空白."""

    CERTAIN = "certain"
    LIKELY = "likely"
    CONTESTED = "contested"
    FALLBACK = "fallback"
    UNCLAIMED = "unclaimed"


def to_thousandths(shares: Sequence[Fraction | float]) -> tuple[int, ...]:
    """The shares, which sum to 1, as integers that sum to 1000.

    By largest remainder: each is rounded down, and the thousandths left over go to the largest remainders, the earlier
    share first among equal ones. Every later comparison is made in these integers.
    """
    floors, remainders = [], []
    for share in shares:
        # In whole numbers: a float times 1000 may be rounded up to the next thousandth.
        above, below = share.as_integer_ratio()
        floor, rest = divmod(above * WHOLE, below)
        floors.append(floor)
        remainders.append(rest / below)
    by_remainder = sorted(range(len(floors)), key=lambda i: (-remainders[i], i))
    for i in by_remainder[: WHOLE - sum(floors)]:
        floors[i] += 1
    return tuple(floors)


def judge(shares: Sequence[int], *, nobody: int, lead_by_fallback: bool = False) -> Verdict:
    """The verdict for the units' shares (thousandths, falling) and the share of nobody; the first rule that fits.

    `lead_by_fallback`: most of the lead's share comes from the rung of the fallback.
    """
    if nobody > UNCLAIMED_ABOVE or not shares:
        return Verdict.UNCLAIMED
    first, second = shares[0], shares[1] if len(shares) > 1 else 0
    claimed = WHOLE - nobody
    if 2 * first < claimed or 100 * (first - second) <= CONTESTED_WITHIN_HUNDREDTHS * claimed:
        return Verdict.CONTESTED
    if lead_by_fallback:
        return Verdict.FALLBACK
    return Verdict.CERTAIN if first >= CERTAIN_FROM else Verdict.LIKELY


def certain_unit(held: Iterable[tuple[Sequence[str], float]]) -> str | None:
    """The unit that leads for certain on ground whose parts are given with who leads there and their mass.

    Units of equal rank share a part equally. None while there is doubt.
    """
    masses: dict[str, float] = {}
    whole = 0.0
    for units, mass in held:
        whole += mass
        for unit in units:
            masses[unit] = masses.get(unit, 0.0) + mass / len(units)
    return next((unit for unit, mass in masses.items() if mass * WHOLE >= CERTAIN_FROM * whole), None)


def contesting(shares: Sequence[int], *, nobody: int) -> int:
    """How many of the candidates contest the place: the shortest run that holds 95 % of what is claimed."""
    claimed, held = WHOLE - nobody, 0
    for count, share in enumerate(shares, start=1):
        held += share
        if 100 * held >= 95 * claimed:
            return count
    return len(shares)
