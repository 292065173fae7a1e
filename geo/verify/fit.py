"""How wrong positions and labels are: (A, epsilon) as the records themselves tell it, by maximum likelihood.

Each record has a recorded position and a recorded unit u. The model: the true place is the position plus a circular
normal error of accuracy A, and u is the area there; but with probability epsilon the label is any of the K areas, each
as likely as another, wherever the record lies. With p_i(u; A) the mass that u holds around position i,

    L(A, epsilon) = sum over i of w_i ln((1 - epsilon) p_i(u_i; A) + epsilon / K).

A is the accuracy with which p keeps its word. Where true places crowd along the borders themselves, spread by s metres
across them, it comes out larger than the error of measurement sigma, by sqrt(1 + sigma^2 / s^2). Of a record outside
the city p counts the ground that has an owner, not its share of it. Records are taken to err each
for itself: where many share an address, the intervals are too narrow.
"""

import math
from dataclasses import dataclass

import numpy as np

from geo.index import IntArray
from geo.model import FloatArray
from geo.position import sigma_of
from geo.verify.masses import Around

# Where A is searched: metres, coarse to fine.
GRID_M = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)
# A is found to half a hundredth of itself, the ends of its interval to a hundredth.
STEP = 0.005
END_STEP = 0.01
# Half of 3.841, the 95 % point of chi-squared with one degree of freedom.
DROP = 1.9207
# A disagreement this near to the recorded area can be an error of the position; without any, A cannot be told.
NEAR_M = 20.0
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True, slots=True)
class Known:
    """n records with a position and the number of the area recorded, all (n,); each stands for `weight` rows."""

    around: Around
    area: IntArray
    weight: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with its 95 % interval by profile likelihood; None where the search's range ends before it does."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The accuracy A in metres, at the confidence asked for, and the share epsilon of labels drawn anywhere."""

    accuracy_m: Estimate
    mislabelled: Estimate


@dataclass(frozen=True, slots=True)
class _Tried:
    """What one A gives: the mass of each recorded area, the best epsilon and its likelihood."""

    accuracy_m: float
    mass: FloatArray
    epsilon: float
    height: float


class _Search:
    """The profile of the likelihood over A, each A worked out once."""

    def __init__(self, known: Known, areas: int, confidence: float) -> None:
        self._known = known
        self._areas = areas
        self._confidence = confidence
        self.tried: dict[float, _Tried] = {}

    def at(self, accuracy_m: float) -> _Tried:
        if accuracy_m not in self.tried:
            mass = recorded_mass(self._known, accuracy_m=accuracy_m, confidence=self._confidence)
            epsilon = best_epsilon(mass, self._known.weight, areas=self._areas)
            height = self.height(mass, epsilon)
            self.tried[accuracy_m] = _Tried(accuracy_m, mass, epsilon, height)
        return self.tried[accuracy_m]

    def height(self, mass: FloatArray, epsilon: float) -> float:
        with np.errstate(divide="ignore"):
            logarithm = np.log((1.0 - epsilon) * mass + epsilon / self._areas)
        return float(self._known.weight @ logarithm)

    def best(self) -> _Tried:
        return max(self.tried.values(), key=lambda one: one.height)


def fit(known: Known, *, areas: int, confidence: float) -> Fit:
    """The accuracy and the share of labels drawn anywhere that make the records likeliest; `areas` is K.

    A is searched from 0.5 to 200 m: on a grid, then by golden section on its logarithm between the neighbours of the
    best one. For each A the likelihood is concave in epsilon, whose best value is found by halving.
    """
    search = _Search(known, areas, confidence)
    heights = [search.at(metres).height for metres in GRID_M]
    top = int(np.argmax(heights))
    _climb(search, GRID_M[max(top - 1, 0)], GRID_M[min(top + 1, len(GRID_M) - 1)])
    best = search.best()
    low = _end(search, best, min(GRID_M))
    high = _end(search, best, max(GRID_M))
    best = search.best()
    return Fit(
        accuracy_m=Estimate(value=best.accuracy_m, low=low, high=high),
        mislabelled=_epsilon(search, best),
    )


def recorded_mass(known: Known, *, accuracy_m: float, confidence: float) -> FloatArray:
    """The mass of the area recorded around each record, (n,)."""
    return known.around.masses(sigma_of(accuracy_m=accuracy_m, confidence=confidence)).of(known.area)


def best_epsilon(mass: FloatArray, weight: FloatArray, *, areas: int) -> float:
    """The share epsilon in [0, 1] that makes the records likeliest, their recorded areas holding `mass`."""
    gain = 1.0 / areas - mass

    def slope(epsilon: float) -> float:
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = gain / (mass + epsilon * gain)
        return float(weight @ np.where(gain == 0.0, 0.0, parts))

    low, high = 0.0, 1.0
    if not len(mass) or slope(low) <= 0.0:
        return 0.0
    for _ in range(50):
        middle = (low + high) / 2.0
        low, high = (middle, high) if slope(middle) > 0.0 else (low, middle)
    return (low + high) / 2.0


def _climb(search: _Search, low_m: float, high_m: float) -> None:
    """Nothing; the highest place between two A has been tried."""
    low, high = math.log(low_m), math.log(high_m)
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    while high - low > STEP:
        if search.at(math.exp(left)).height >= search.at(math.exp(right)).height:
            high, right = right, left
            left = high - _GOLDEN * (high - low)
        else:
            low, left = left, right
            right = low + _GOLDEN * (high - low)


def _end(search: _Search, best: _Tried, limit_m: float) -> float | None:
    """The A on the way to the limit where the profile has dropped enough; None when it does not."""
    enough = best.height - DROP
    if best.accuracy_m == limit_m or search.at(limit_m).height > enough:
        return None
    near, far = math.log(best.accuracy_m), math.log(limit_m)
    # What was tried before on this side narrows the interval.
    for tried in search.tried.values():
        place = math.log(tried.accuracy_m)
        if (place - near) * (far - near) > 0.0 and abs(place - near) < abs(far - near) and tried.height <= enough:
            far = place
    while abs(far - near) > END_STEP:
        middle = (near + far) / 2.0
        near, far = (middle, far) if search.at(math.exp(middle)).height > enough else (near, middle)
    return math.exp((near + far) / 2.0)


def _epsilon(search: _Search, best: _Tried) -> Estimate:
    """Epsilon with its interval, over the A that were tried and are nearly as likely as the best one."""
    enough = best.height - DROP
    likely = [tried for tried in search.tried.values() if tried.height >= enough]

    def is_in(epsilon: float) -> bool:
        return any(search.height(tried.mass, epsilon) >= enough for tried in likely)

    def end(outside: float) -> float:
        inside = best.epsilon
        if is_in(outside):
            return outside
        for _ in range(20):
            middle = (inside + outside) / 2.0
            inside, outside = (middle, outside) if is_in(middle) else (inside, middle)
        return (inside + outside) / 2.0

    return Estimate(value=best.epsilon, low=end(0.0), high=end(1.0))
