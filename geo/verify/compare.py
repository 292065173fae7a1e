"""Recorded units against the areas that hold the positions, batch by batch.

A row agrees when the code recorded for it is among the areas whose closed polygon holds its position: on a shared edge
both neighbours are right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.index import IntArray
from geo.model import FloatArray
from geo.verify.ground import NOBODY, LevelGround, chosen, holders

# Of the agreeing rows at most twice as many are kept; the fit needs no more, and memory is bounded.
AGREED_KEPT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of comparing some rows; the disagreements are (k,) arrays.

    `recorded` is the code recorded, `found` the code of the area that holds the position (None: nobody); positions are
    in WGS 84. `rows` are the numbers of the disagreeing rows in the file, `seconds` when they were reported (since
    1970, nan where not known). `without_position` counts rows that have a label only.
    """

    agreeing: int
    without_label: int
    without_position: int
    rows: IntArray
    recorded: NDArray[np.object_]
    found: NDArray[np.object_]
    lon: FloatArray
    lat: FloatArray
    seconds: FloatArray


@dataclass(frozen=True, slots=True)
class Agreed:
    """Agreeing rows, (m,): the number of the area recorded, where and when. Each stands for `weight` rows."""

    area: IntArray
    lon: FloatArray
    lat: FloatArray
    seconds: FloatArray
    weight: float = 1.0


class AgreedSample:
    """Agreeing rows as they come; when they grow too many, every second one is kept and weighs double.

    Systematic and without chance, so that a run can be repeated.
    """

    def __init__(self, kept: int = AGREED_KEPT) -> None:
        self._kept = kept
        self._every = 1
        self._seen = 0
        self._columns = np.empty((4, 0))

    def add(self, agreed: Agreed) -> None:
        """Takes in some more rows, in order."""
        place = self._seen + np.arange(len(agreed.area))
        self._seen += len(agreed.area)
        taken = place % self._every == 0
        columns = np.stack([agreed.area.astype(np.float64), agreed.lon, agreed.lat, agreed.seconds])
        self._columns = np.concatenate([self._columns, columns[:, taken]], axis=1)
        while self._columns.shape[1] > 2 * self._kept:
            self._columns = self._columns[:, ::2]
            self._every *= 2

    def rows(self) -> Agreed:
        """Those kept, with what each of them stands for."""
        area, lon, lat, seconds = self._columns
        return Agreed(area.astype(np.int64), lon, lat, seconds, self._seen / max(len(area), 1))


def compare(
    ground: LevelGround,
    *,
    labels: Sequence[str | None],
    lon: FloatArray,
    lat: FloatArray,
    seconds: FloatArray | None = None,
    first_row: int = 0,
) -> tuple[Comparison, Agreed]:
    """The labels of n rows against the areas of a level that hold their positions, and the rows that agree.

    lon and lat are (n,), nan for a row without a position; so are `seconds`, when they were reported. `first_row` is
    the number of the first row in the file.
    """
    labelled = np.array([label is not None for label in labels], dtype=bool)
    comparable = labelled & ~np.isnan(lon)
    rows = np.flatnonzero(comparable)
    recorded = np.array(labels, dtype=object)[rows]
    when = np.full(len(lon), np.nan) if seconds is None else seconds
    lon, lat, when = lon[rows], lat[rows], when[rows]
    sets = ground.index.sets_at(lon=lon, lat=lat)
    held = [set(holders(cover)) for cover in sets.covers]
    numbers = np.array([ground.numbers.get(label, NOBODY) for label in recorded], dtype=np.int64)
    agrees = np.array(
        [number in held[i] for number, i in zip(numbers.tolist(), sets.ids.tolist(), strict=True)], dtype=bool
    )
    differs = ~agrees
    found = [ground.area(chosen(cover)) for cover in sets.covers]
    codes = [None if area is None else area.code for area in found]
    comparison = Comparison(
        agreeing=int(agrees.sum()),
        without_label=int(np.sum(~labelled)),
        without_position=int(np.sum(labelled & ~comparable)),
        rows=first_row + rows[differs],
        recorded=recorded[differs],
        # Of several areas the one that the tie rule names, as in the answers.
        found=np.array([codes[i] for i in sets.ids[differs]], dtype=object),
        lon=lon[differs],
        lat=lat[differs],
        seconds=when[differs],
    )
    return comparison, Agreed(numbers[agrees], lon[agrees], lat[agrees], when[agrees])


def joined(parts: Sequence[Comparison]) -> Comparison:
    """Comparisons of parts as one."""
    words = np.array([], dtype=object)
    return Comparison(
        agreeing=sum(part.agreeing for part in parts),
        without_label=sum(part.without_label for part in parts),
        without_position=sum(part.without_position for part in parts),
        rows=np.concatenate([np.zeros(0, dtype=np.int64), *(part.rows for part in parts)]),
        recorded=np.concatenate([words, *(part.recorded for part in parts)]),
        found=np.concatenate([words, *(part.found for part in parts)]),
        lon=np.concatenate([np.zeros(0), *(part.lon for part in parts)]),
        lat=np.concatenate([np.zeros(0), *(part.lat for part in parts)]),
        seconds=np.concatenate([np.zeros(0), *(part.seconds for part in parts)]),
    )
