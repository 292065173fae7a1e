"""The borders at which records disagree: how many each way, how many the fit expects, and where a border has moved."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geo.border import Border
from geo.index import IntArray
from geo.model import Area
from geo.verify.ground import NOBODY, LevelGround
from geo.verify.masses import Masses
from geo.verify.rows import Direction, Rows
from geo.verify.sides import SIGNIFICANT, holm, one_sided
from geo.verify.strips import FEWEST, Side, Strip, find_strip


class Guess(StrEnum):
    """What most likely made a record disagree: 位置误差、登记有误、边界变动、地图上没有."""

    POSITION_ERROR = "position_error"
    MIS_RECORDED = "mis_recorded"
    BORDER_MOVED = "border_moved"
    UNKNOWN_LABEL = "unknown_label"


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderAudit:
    """One border: rows recorded for `first` and found in `second` (None: nobody), and those the other way round.

    `expected` and `expected_back` are what accuracy and mislabelling account for. `probability` is that of so many on
    one side by chance, corrected for the number of borders; None where there are too few. `median_m` is how far
    outside `first` its rows lie. A border that has moved has the `depth_m` of the strip, the rows in it, and, where
    times are known, since or until when (seconds since 1970) records follow the other border.
    """

    first: Area
    second: Area | None
    rows: int
    back: int
    expected: float
    expected_back: float
    median_m: float
    verdict: Guess
    probability: float | None = None
    depth_m: float | None = None
    strip_rows: int = 0
    since: float | None = None
    until: float | None = None


def _by_position(rows: Rows, masses: Masses, *, epsilon: float, areas: int) -> dict[Direction, float]:
    """How many rows the fit expects for each direction, where an area's mass or a wrong label makes any."""
    found = rows.found[masses.position]
    across = (masses.area != found) & (masses.area != NOBODY)
    keys = found[across] * (areas + 1) + masses.area[across]
    kinds, place = np.unique(keys, return_inverse=True)
    sums = np.bincount(
        place,
        weights=(1.0 - epsilon) * masses.mass[across] * rows.weight[masses.position[across]],
        minlength=len(kinds),
    )
    found_of, area_of = np.divmod(kinds, areas + 1)
    return {
        (area, found): float(total)
        for area, found, total in zip(area_of.tolist(), found_of.tolist(), sums.tolist(), strict=True)
    }


class Expected:
    """How many rows of each direction accuracy and mislabelling account for."""

    def __init__(self, rows: Rows, masses: Masses, *, epsilon: float, areas: int) -> None:
        self._by_position = _by_position(rows, masses, epsilon=epsilon, areas=areas)
        held = np.bincount(rows.found + 1, weights=rows.weight, minlength=areas + 1)
        self._by_label = held * epsilon / areas

    def of(self, recorded: int, found: int) -> float:
        """Rows recorded for one area and found in another; nobody is never recorded."""
        if recorded == NOBODY:
            return 0.0
        return self._by_position.get((recorded, found), 0.0) + float(self._by_label[found + 1])


def moved_borders(
    rows: Rows, masses: Masses, counts: dict[Direction, int], expected: Expected
) -> tuple[dict[Direction, Strip], dict[Direction, float]]:
    """The directions in which a border seems to have moved, and the corrected probability of each that was tested.

    Two things must hold: the disagreements of the border fall on this side more often than the fit expects (one-sided
    binomial test, Holm's correction, 0.01), and they make a strip that begins at the border. A strip narrower than
    the accuracy cannot be told from errors of the position, and the outer border, beyond which nobody is recorded,
    has no other side to compare with.
    """
    tested = sorted(way for way, count in counts.items() if count >= FEWEST and way[1] != NOBODY)
    raw = []
    for recorded, found in tested:
        here, there = expected.of(recorded, found), expected.of(found, recorded)
        share = here / (here + there) if here + there > 0.0 else 0.5
        raw.append(one_sided(counts[recorded, found], counts.get((found, recorded), 0), share))
    probability = dict(zip(tested, holm(raw), strict=True))
    strips = {}
    for way, chance in probability.items():
        if chance < SIGNIFICANT and (strip := _strip_of(rows, masses, *way)) is not None:
            strips[way] = strip
    return strips, probability


def _strip_of(rows: Rows, masses: Masses, recorded: int, found: int) -> Strip | None:
    """The strip of one direction, its rows as (n,) of all rows."""
    across = rows.differs & (rows.recorded == recorded) & (rows.found == found)
    here = np.flatnonzero(across | ((rows.found == found) & ~rows.differs))
    mass = masses.of(np.full(masses.size, recorded, dtype=np.int64))[here]
    side = Side(
        lon=rows.lon[here],
        lat=rows.lat[here],
        seconds=rows.seconds[here],
        weight=rows.weight[here],
        across=across[here],
        outside_m=rows.outside_m[here],
        mass=mass,
    )
    strip = find_strip(side)
    if strip is None:
        return None
    members = np.zeros(masses.size, dtype=bool)
    members[here[strip.rows]] = True
    return Strip(depth_m=strip.depth_m, rows=members, since=strip.since, until=strip.until)


def beside_border(ground: LevelGround, rows: Rows, way: Direction, within_m: float) -> NDArray[np.bool_]:
    """Which records, (n,), stand so near to the line between two areas, whatever was recorded for them."""
    border = Border(ground.sides, lambda left, right: _parts(ground, way, left, right))
    near = border.edges_near(lon=rows.lon, lat=rows.lat, radius_m=np.full(len(rows.lon), within_m))
    beside: NDArray[np.bool_] = np.isfinite(near.distance_m)
    return beside


def line_between(ground: LevelGround, first: Area, second: Area | None) -> NDArray[np.object_]:
    """The lines that part two areas, or an area from what is nobody's; none when they do not touch."""
    way = ground.numbers[first.code], NOBODY if second is None else ground.numbers[second.code]
    lines = ground.lines.geometries
    return lines[_parts(ground, way, *ground.sides.of(np.arange(len(lines))))] if len(lines) else lines


def _parts(ground: LevelGround, way: Direction, left: IntArray, right: IntArray) -> NDArray[np.bool_]:
    """Whether lines with these numbers on their sides have one area on the one side and the other on the other."""
    one, other = (np.array([number in (key or (NOBODY,)) for key in ground.sides.keys], dtype=bool) for number in way)
    parting: NDArray[np.bool_] = (one[left] & other[right]) | (other[left] & one[right])
    return parting
