"""Whether disagreements lie in one coherent strip of ground along a border, and whether that began or ended one day.

Beyond the reach of the position's error hardly a record on one side of a border belongs to the other, and labels drawn
anywhere are few and scattered. Where most records around a disagreement are recorded the same wrong way, the border
itself runs elsewhere for those who record. A strip that makes most of all disagreements passes for an error of the
position, and one of a year in ten years of records without times does not stand out.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import to_metric
from geo.model import FloatArray

NEIGHBOURS = 5  # records that are looked at around each disagreement
MAJORITY = 0.5  # of them recorded the same way
FEWEST = 8  # disagreements that make a strip
IMPROBABLE = 0.05  # p below which an error of the position does not explain a row
DEPTH_SHARE = 0.9  # of the strip's rows within its depth
# A strip begins at the border: a tenth of its rows lie in the first quarter of its depth (evenly spread: 0.22).
FIRST_PART, FIRST_SHARE = 0.25, 0.1
# Twice the gain in likelihood from splitting time in two, at the best of all moments; 12 is beyond 1 % by chance.
TIME_GAIN = 12.0
MARGIN_SHARE = 0.05  # of the deep rows that may lie before or after the period in which the strip is looked for
PLACES_AT_ONCE = 250  # whose neighbours are sought at one time; bounds memory


@dataclass(frozen=True, slots=True)
class Side:
    """Records (n,) that lie in one area: those recorded for the neighbour (`across`) and those that agree.

    `outside_m` and `mass` (of the neighbour's ground) are those of the rows across, nan and 0 elsewhere.
    """

    lon: FloatArray
    lat: FloatArray
    seconds: FloatArray
    weight: FloatArray
    across: NDArray[np.bool_]
    outside_m: FloatArray
    mass: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A strip along a border: how deep it is in metres, and which of the records across make it, (n,).

    `since` and `until` are seconds since 1970; None where time is not known, or nothing begins or ends.
    """

    depth_m: float
    rows: NDArray[np.bool_]
    since: float | None
    until: float | None


def find_strip(side: Side) -> Strip | None:
    """The strip in which the records across lie, None when they do not make one.

    Of three periods, all of it and without the time before the first or after the last of those that no error of a
    position explains, the one that makes most of them coherent.
    """
    deep = side.across & (side.mass < IMPROBABLE)
    if deep.sum() < FEWEST:
        return None
    coherent = max((_coherent(side, period) for period in _periods(side, deep)), key=lambda rows: rows.sum())
    if (coherent & deep).sum() < FEWEST:
        return None
    outside_m = side.outside_m[coherent]
    depth_m = float(np.quantile(outside_m, DEPTH_SHARE))
    if np.mean(outside_m[outside_m <= depth_m] <= FIRST_PART * depth_m) < FIRST_SHARE:
        return None
    since, until = _turn(side, coherent)
    return Strip(depth_m=depth_m, rows=coherent, since=since, until=until)


def _periods(side: Side, deep: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    periods = [np.ones(len(side.lon), dtype=bool)]
    timed = deep & np.isfinite(side.seconds)
    if timed.sum() >= FEWEST:
        first, last = np.quantile(side.seconds[timed], [MARGIN_SHARE, 1.0 - MARGIN_SHARE])
        periods += [side.seconds <= last, side.seconds >= first]
    return periods


def _coherent(side: Side, period: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which records across, (n,), have more than half of their nearest neighbours of this period across as well."""
    rows, asked = np.flatnonzero(period), np.flatnonzero(period & side.across)
    coherent = np.zeros(len(side.lon), dtype=bool)
    if len(rows) <= NEIGHBOURS:
        return coherent
    east, north = _metres(side)
    for start in range(0, len(asked), PLACES_AT_ONCE):
        some = asked[start : start + PLACES_AT_ONCE]
        away_m = np.hypot(east[some, None] - east[rows], north[some, None] - north[rows])
        # Records at the very same place are one observation made twice, not a neighbour.
        away_m[away_m == 0.0] = np.inf
        nearest = rows[np.argpartition(away_m, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]]
        weight = side.weight[nearest]
        coherent[some] = (weight * side.across[nearest]).sum(axis=1) > MAJORITY * weight.sum(axis=1)
    return coherent


def _metres(side: Side) -> tuple[FloatArray, FloatArray]:
    """Metres east and north of the first record."""
    return to_metric(lon=side.lon, lat=side.lat, origin_lon=side.lon[0], origin_lat=side.lat[0])


def _turn(side: Side, coherent: NDArray[np.bool_]) -> tuple[float | None, float | None]:
    """Since when, and until when, records on the strip's ground are recorded across; None for "always" or unknown.

    The ground is where a record of the strip is among the nearest. One moment is looked for that parts its records
    best, by the likelihood of two shares instead of one.
    """
    strip = np.flatnonzero(coherent)
    places = shapely.points(np.stack(_metres(side), axis=1))
    tree = shapely.STRtree(places[strip])
    _, apart_m = tree.query_nearest(places[strip], exclusive=True, return_distance=True, all_matches=False)
    reach_m = 2.0 * float(np.median(apart_m)) if len(apart_m) else 0.0
    ground = np.unique(tree.query(places, predicate="dwithin", distance=reach_m)[0])
    ground = ground[np.isfinite(side.seconds[ground])]
    if len(ground) < FEWEST:
        return None, None
    order = ground[np.argsort(side.seconds[ground], kind="stable")]
    across, weight = side.across[order], side.weight[order]
    before, all_before = np.cumsum(weight * across)[:-1], np.cumsum(weight)[:-1]
    after, all_after = (weight * across).sum() - before, weight.sum() - all_before
    whole = _likelihood(np.array([(weight * across).sum()]), np.array([weight.sum()]))
    gain = 2.0 * (_likelihood(before, all_before) + _likelihood(after, all_after) - whole)
    gain[np.diff(side.seconds[order]) == 0.0] = 0.0
    if gain.max() < TIME_GAIN:
        return None, None
    split = int(np.argmax(gain))
    moment = float(side.seconds[order[split + 1]])
    ends = before[split] / all_before[split] > after[split] / all_after[split]
    return (None, moment) if ends else (moment, None)


def _likelihood(some: FloatArray, total: FloatArray) -> FloatArray:
    """The logarithm of the likelihood of `some` out of `total` at its own share."""
    share = np.clip(some / total, 1e-12, 1.0 - 1e-12)
    value: FloatArray = some * np.log(share) + (total - some) * np.log(1.0 - share)
    return value
