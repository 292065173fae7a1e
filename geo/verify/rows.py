"""The records that are weighed: those that disagree with the map, and enough of those that agree."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.index import IntArray
from geo.model import FloatArray
from geo.verify.compare import Agreed, Comparison
from geo.verify.ground import NOBODY, LevelGround

# Of the disagreements at most so many are weighed; beyond, every second, third … one.
DISAGREEING_KEPT = 20_000

Direction = tuple[int, int]  # the area recorded, and the area or NOBODY that holds the position


@dataclass(frozen=True, slots=True)
class Rows:
    """n records, those that agree first: the areas recorded and found by number, where, when, for how many rows.

    `outside_m` is nan where they agree.
    """

    recorded: IntArray
    found: IntArray
    lon: FloatArray
    lat: FloatArray
    seconds: FloatArray
    weight: FloatArray
    outside_m: FloatArray

    @property
    def differs(self) -> NDArray[np.bool_]:
        """Which records disagree with the map."""
        disagreeing: NDArray[np.bool_] = ~np.isnan(self.outside_m)
        return disagreeing


def weigh(ground: LevelGround, compared: Comparison, outside_m: FloatArray, agreed: Agreed) -> Rows:
    """The agreeing rows kept, then the disagreements, or an even part of them where they are many.

    `outside_m` is nan for labels that no area has; these are no part of it.
    """
    known = np.flatnonzero(~np.isnan(outside_m))
    taken = known[:: -(-len(known) // DISAGREEING_KEPT) or 1]
    recorded, found = numbers_of(ground, compared, taken)
    m = len(agreed.area)
    return Rows(
        recorded=np.concatenate([agreed.area, recorded]),
        found=np.concatenate([agreed.area, found]),
        lon=np.concatenate([agreed.lon, compared.lon[taken]]),
        lat=np.concatenate([agreed.lat, compared.lat[taken]]),
        seconds=np.concatenate([agreed.seconds, compared.seconds[taken]]),
        weight=np.concatenate([np.full(m, agreed.weight), np.full(len(taken), len(known) / max(len(taken), 1))]),
        outside_m=np.concatenate([np.full(m, np.nan), outside_m[taken]]),
    )


def numbers_of(ground: LevelGround, compared: Comparison, taken: IntArray) -> tuple[IntArray, IntArray]:
    """The numbers of the areas recorded and found of some disagreements, whose labels are known."""
    recorded = np.array([ground.numbers[code] for code in compared.recorded[taken]], dtype=np.int64)
    found = np.array([ground.numbers.get(code, NOBODY) for code in compared.found[taken]], dtype=np.int64)
    return recorded, found
