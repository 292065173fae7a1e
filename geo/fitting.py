"""The ground around a position as far as it fits what the caller saw: the rest drops out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geo.atlas import Atlas
from geo.doubt import Part, Parts, Spots, parts_around
from geo.index import Cover
from geo.lines import Sides
from geo.marks import Marks, Seen
from geo.sheet import Sheet

# Ground that holds less of the mass is no nearer than what leaves no doubt.
LEAST_MASS = 0.002


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is left for one position: parts with a mass of 1 together, and the grounds that hold the caller.

    `marks` are the facts that were heard, `unfit` those that no ground in reach fits; these count for nothing.
    """

    parts: Parts
    cover: Cover
    marks: Marks
    unfit: tuple[str, ...]


def fit(atlas: Atlas, sheet: Sheet, spots: Spots, said: Mapping[int, Sequence[str]]) -> Mapping[int, Fitted]:
    """What is left around the positions whose callers said something of the ground, by number."""
    rows = sorted(said)
    return {
        row: _fitted(sheet, seen, spots.cover(row), said[row])
        for row, seen in parts_seen(atlas, sheet.seen, spots, rows).items()
    }


def parts_seen(atlas: Atlas, seen: Sides[Any], spots: Spots, rows: Sequence[int]) -> Mapping[int, Parts]:
    """The parts around each of some positions; where nothing near can be told apart, all of it is one."""
    found = parts_around(atlas.index, seen, spots.pick(np.array(rows, dtype=np.int64))) if rows else {}
    return {row: found.get(i) or (whole(seen, spots.cover(row)),) for i, row in enumerate(rows)}


def whole(seen: Sides[Any], cover: Cover) -> Part:
    """All ground alike."""
    return Part(seen.number(cover), 1.0, 0.0, cover)


def fitting(parts: Parts, keys: Sequence[Seen[Any]], marks: Marks) -> Parts:
    """The parts that have these marks, with a mass of 1 together; none where there is no such ground."""
    left = [part for part in parts if marks <= keys[part.number].marks]
    mass = sum(part.mass for part in left)
    return tuple(replace(part, mass=part.mass / mass) for part in left) if mass > LEAST_MASS else ()


def _fitted(sheet: Sheet, parts: Parts, home: Cover, said: Sequence[str]) -> Fitted:
    keys = sheet.seen.keys
    marks: Marks = frozenset()
    unfit = []
    for mark in said:
        if fitting(parts, keys, marks | {mark}):
            marks |= {mark}
        else:
            unfit.append(mark)
    left = fitting(parts, keys, marks)
    stands = min(left, key=lambda part: (part.distance_m > 0.0, -part.mass, part.distance_m)).cover
    numbered = tuple(replace(part, number=sheet.sides.number(part.cover)) for part in left)
    at_home = marks <= keys[sheet.seen.number(home)].marks
    return Fitted(numbered, home if at_home else stands, marks, tuple(unfit))
