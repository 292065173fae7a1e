"""What follows for many positions that leave doubt, worked out for all of them at once.

The numbers are those that `stand` gives for each: the same sums in the same order.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.atlas import Atlas
from geo.coded import NO_WORD, CodeArray
from geo.doubt import PartArrays, Spots, part_arrays
from geo.index import IntArray
from geo.model import FloatArray
from geo.shares import Verdict, contesting
from geo.shares_at import VERDICTS, places_in, starts_of, thousandths_at, verdicts_at
from geo.sheet import Leading, Sheet
from geo.standing import order_of
from geo.units import coordinator_of


@dataclass(frozen=True, slots=True)
class Decided:
    """What follows at k positions, by number: `row` (k,) says which, `p` and `rival_p` are thousandths.

    Units are places in the atlas's `unit_codes`, NO_WORD where there is none; verdicts are places in VERDICTS.
    """

    row: IntArray
    verdict: CodeArray
    lead: CodeArray
    p: IntArray
    rival: CodeArray
    rival_p: IntArray
    next: CodeArray


@dataclass(frozen=True, slots=True)
class _Leadings:
    """Who leads, by the number of a side: its `count` units are `unit[start : start + count]`, by code's place."""

    start: IntArray
    count: IntArray
    unit: IntArray
    rung: IntArray
    rank: IntArray
    fallback: int


@dataclass(frozen=True, slots=True)
class _Shares:
    """What each unit holds around each position, (s,), by position from 0, the largest first."""

    row: IntArray
    unit: IntArray
    rank: IntArray
    mass: FloatArray
    by_fallback: FloatArray


def decided(atlas: Atlas, sheet: Sheet, spots: Spots) -> Decided:
    """What follows at those of the positions that leave doubt.

    Nothing stands beside them, and none is worse than the city's greatest accuracy.
    """
    parts = part_arrays(atlas.index, sheet.sides, spots)
    place = atlas.unit_places
    rows, row = np.unique(parts.position, return_inverse=True)
    shares = _shares(parts, row, _leadings(atlas, sheet, place))
    nobody_mass = np.maximum(0.0, 1.0 - np.bincount(shares.row, weights=shares.mass, minlength=len(rows)))
    p, nobody = thousandths_at(shares.row, shares.mass, nobody_mass)
    order = np.lexsort((shares.unit, shares.rank, -p, shares.row))
    order = order[p[order] > 0]
    held, owner, unit = p[order], shares.row[order], shares.unit[order]
    lead, lead_p = _nth(owner, 0, unit, held, len(rows))
    rival, rival_p = _nth(owner, 1, unit, held, len(rows))
    first = starts_of(owner)
    by_fallback = np.zeros(len(rows), dtype=bool)
    by_fallback[owner[first]] = 2.0 * shares.by_fallback[order[first]] > shares.mass[order[first]]
    verdict = verdicts_at(lead_p, rival_p, nobody, by_fallback)
    next_unit = lead.copy()
    next_unit[verdict == VERDICTS.index(Verdict.UNCLAIMED)] = place[atlas.headquarters.code]
    contested = np.flatnonzero(verdict == VERDICTS.index(Verdict.CONTESTED))
    if len(contested):
        keepers = _keepers(atlas, spots, rows[contested], place)
        for i in np.flatnonzero(keepers == NO_WORD).tolist():
            # Nobody keeps the ground until it is settled: who decides it must send somebody.
            rivals = slice(*np.searchsorted(owner, [contested[i], contested[i] + 1]).tolist())
            some = contesting(held[rivals].tolist(), nobody=int(nobody[contested[i]]))
            codes = [atlas.unit_codes[number] for number in unit[rivals][:some].tolist()]
            keepers[i] = place[coordinator_of(codes, atlas.units).code]
        next_unit[contested] = keepers
    return Decided(rows, verdict, lead, lead_p, rival, rival_p, next_unit)


def _leadings(atlas: Atlas, sheet: Sheet, place: Mapping[str, int]) -> _Leadings:
    keys: list[Leading] = list(sheet.sides.keys)
    rungs = list(dict.fromkeys(key.rung for key in keys))
    rank = {name: i for i, name in enumerate(order_of(atlas, sheet))}
    count = np.array([len(key.units) for key in keys], dtype=np.int64)
    return _Leadings(
        start=np.cumsum(count) - count,
        count=count,
        unit=np.array([place[unit] for key in keys for unit in key.units], dtype=np.int64),
        rung=np.array([rungs.index(key.rung) for key in keys], dtype=np.int64),
        rank=np.array([rank.get(rung, len(rank)) for rung in rungs], dtype=np.int64),
        fallback=rungs.index("fallback") if "fallback" in rungs else -1,
    )


def _shares(parts: PartArrays, row: IntArray, leadings: _Leadings) -> _Shares:
    """The units around each position by falling mass, then rung, then code."""
    count = leadings.count[parts.number]
    part = np.repeat(np.arange(len(row)), count)
    number = parts.number[part]
    unit = leadings.unit[leadings.start[number] + np.arange(len(part)) - np.repeat(np.cumsum(count) - count, count)]
    rungs = max(len(leadings.rank), 1)
    by_rung = (row[part] * (int(leadings.unit.max(initial=0)) + 1) + unit) * rungs + leadings.rung[number]
    # Sums by `bincount` run in the order of the parts, as they do for a single position.
    together, met, which = np.unique(by_rung, return_index=True, return_inverse=True)
    mass = np.bincount(which, weights=parts.mass[part] / count[part], minlength=len(together))
    holder, rung = together // rungs, together % rungs
    rank = leadings.rank[rung]
    in_turn = np.lexsort((met, holder))
    first = starts_of(holder[in_turn])
    group = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(holder))))
    whole = np.bincount(group, weights=mass[in_turn], minlength=len(first)).astype(np.float64)
    fallback = np.where(rung == leadings.fallback, mass, 0.0)
    by_fallback = np.bincount(group, weights=fallback[in_turn], minlength=len(first)).astype(np.float64)
    speaks = np.lexsort((met, rank, -mass, holder))[first]
    owner, of_unit = row[part][met[in_turn[first]]], unit[met[in_turn[first]]]
    order = np.lexsort((of_unit, rank[speaks], -whole, owner))
    return _Shares(owner[order], of_unit[order], rank[speaks][order], whole[order], by_fallback[order])


def _nth(
    owner: IntArray, nth: int, unit: IntArray, held: IntArray, count: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The unit and the thousandths of the n-th candidate of each position."""
    chosen = np.flatnonzero(places_in(owner) == nth)
    units, p = np.full(count, NO_WORD, dtype=np.int32), np.zeros(count, dtype=np.int64)
    units[owner[chosen]], p[owner[chosen]] = unit[chosen], held[chosen]
    return units, p


def _keepers(atlas: Atlas, spots: Spots, rows: IntArray, place: Mapping[str, int]) -> CodeArray:
    """The unit at the fallback level that holds most of the ground around each position, ties by code."""
    picked = spots.pick(rows)
    parts = part_arrays(atlas.index, atlas.kept_by, picked)
    keepers = np.full(len(rows), NO_WORD, dtype=np.int32)
    doubted = np.zeros(len(rows), dtype=bool)
    doubted[parts.position] = True
    for i in np.flatnonzero(~doubted).tolist():
        keeper = atlas.fallback_unit(picked.cover(i))
        keepers[i] = place[keeper.code] if keeper else NO_WORD
    units = np.array([NO_WORD if code is None else place[code] for code in atlas.kept_by.keys], dtype=np.int64)
    kept = units[parts.number] if len(parts.number) else parts.number
    named = kept != NO_WORD
    together, which = np.unique(parts.position[named] * (len(place) + 1) + kept[named], return_inverse=True)
    mass = np.bincount(which, weights=parts.mass[named], minlength=len(together))
    position, unit = together // (len(place) + 1), together % (len(place) + 1)
    position, unit, mass = position[mass > 0.0], unit[mass > 0.0], mass[mass > 0.0]
    order = np.lexsort((unit, -mass, position))
    first = order[starts_of(position[order])]
    keepers[position[first]] = unit[first]
    return keepers
