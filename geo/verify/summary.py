"""How often records agree with the map, and where they do not."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from geo.index import IntArray
from geo.model import Area, FloatArray
from geo.verify.compare import Comparison
from geo.verify.distance import signed_distance_m
from geo.verify.ground import LevelGround

WITHIN_M = (1.0, 5.0, 20.0, 100.0)
WORST = 20  # borders and unknown labels that a verification names

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstBorder:
    """Rows recorded for one area that lie in another one, or in none (`found` is None).

    `median_m` is their distance to the border of the recorded area; the example lies as far from it as half of them.
    """

    recorded: Area
    found: Area | None
    rows: int
    median_m: float
    example_lon: float
    example_lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The map of one level measured against what was officially recorded.

    `within` counts the disagreements at most so many metres outside the recorded area, for each of `WITHIN_M`; `beyond`
    those further away. Labels that no area has (`unknown`, the most frequent first) have no distance and no border.
    """

    agreeing: int
    disagreeing: int
    without_label: int
    without_position: int
    within: tuple[int, ...]
    beyond: int
    unknown_rows: int
    unknown_labels: int
    unknown: tuple[tuple[str, int], ...]
    borders: int
    worst: tuple[WorstBorder, ...]

    @property
    def compared(self) -> int:
        """Rows with a label and a position."""
        return self.agreeing + self.disagreeing

    def agreement(self, forgiven: int = 0) -> float | None:
        """Share of the compared rows that agree, with so many disagreements forgiven; None when none was compared."""
        return (self.agreeing + forgiven) / self.compared if self.compared else None


def outside_m_of(ground: LevelGround, compared: Comparison) -> FloatArray:
    """Metres that each disagreement lies outside the area recorded for it, (k,); nan where no area has the label."""
    outside_m = np.full(len(compared.recorded), np.nan)
    for label, rows in rows_of(compared.recorded.tolist()).items():
        if label in ground.numbers:
            boundary = ground.areas[ground.numbers[label]].boundary
            outside_m[rows] = signed_distance_m(boundary, lon=compared.lon[rows], lat=compared.lat[rows])
    return outside_m


def summarise(ground: LevelGround, compared: Comparison, outside_m: FloatArray) -> Verification:
    """The verification of all rows that were compared; `outside_m` is that of `outside_m_of`."""
    known = ~np.isnan(outside_m)
    unknown = Counter(compared.recorded[~known].tolist())
    borders = _borders(ground, compared, outside_m, np.flatnonzero(known))
    return Verification(
        agreeing=compared.agreeing,
        disagreeing=len(known),
        without_label=compared.without_label,
        without_position=compared.without_position,
        within=tuple(int(np.sum(outside_m <= metres)) for metres in WITHIN_M),
        beyond=int(np.sum(outside_m > WITHIN_M[-1])),
        unknown_rows=unknown.total(),
        unknown_labels=len(unknown),
        unknown=tuple(sorted(unknown.items(), key=lambda item: (-item[1], item[0]))[:WORST]),
        borders=len(borders),
        worst=tuple(borders[:WORST]),
    )


def rows_of(keys: Iterable[Key]) -> dict[Key, IntArray]:
    """The places at which each key stands."""
    places: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return {key: np.array(rows, dtype=np.int64) for key, rows in places.items()}


def _borders(ground: LevelGround, whole: Comparison, outside_m: FloatArray, known: IntArray) -> list[WorstBorder]:
    """Every pair of areas between which rows are disputed, the worst first."""
    borders = []
    for (recorded, found), rows in rows_of(zip(whole.recorded[known], whole.found[known], strict=True)).items():
        rows = known[rows]
        rows = rows[np.argsort(outside_m[rows], kind="stable")]
        example = rows[(len(rows) - 1) // 2]
        borders.append(
            WorstBorder(
                recorded=ground.areas[ground.numbers[recorded]],
                found=None if found is None else ground.areas[ground.numbers[found]],
                rows=len(rows),
                median_m=float(np.median(outside_m[rows])),
                example_lon=float(whole.lon[example]),
                example_lat=float(whole.lat[example]),
            )
        )
    return sorted(borders, key=lambda border: (-border.rows, border.recorded.code, _code(border.found)))


def _code(area: Area | None) -> str:
    return "" if area is None else area.code
