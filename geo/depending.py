"""What rulings near a position depend on: asked for where it would change who leads."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from geo.atlas import Atlas
from geo.claims import Claim
from geo.doubt import Spots, parts_around
from geo.facts import Fact, Settling
from geo.fitting import Fitted, fitting, parts_seen
from geo.hearing import UNSEEN
from geo.index import Cover
from geo.marks import Marks
from geo.replies import IS_IT
from geo.shares import CERTAIN_FROM, WHOLE, certain_unit
from geo.sheet import Sheet
from geo.standing import Standing
from geo.units import accountable

# What leads on less ground takes no certainty away.
LEAST_MASS = 1.0 - CERTAIN_FROM / WHOLE


def grounds_depending(
    atlas: Atlas, sheet: Sheet, spots: Spots, fitted: Mapping[int, Fitted]
) -> Mapping[int, tuple[Cover, ...]]:
    """The grounds in the doubt around positions, by number, as they part once everything was seen; the largest first.

    `fitted` is what is left of the ground for those whose callers said something of it.
    """
    unheard = frozenset(fact for fact in sheet.depends_on if fact.startswith("seen:")) - sheet.asking.seen
    if not unheard:
        return {}
    over = atlas.seeing(sheet, sheet.asking.seen | unheard)
    parts_of = dict(parts_around(atlas.index, over.sides, spots))
    for row, parts in parts_seen(atlas, over.seen, spots, sorted(fitted)).items():
        parts_of[row] = fitting(parts, over.seen.keys, fitted[row].marks)
    return {
        row: tuple(part.cover for part in sorted(parts, key=lambda part: -part.mass) if part.mass > LEAST_MASS)
        for row, parts in parts_of.items()
    }


def ask_condition(
    atlas: Atlas,
    sheet: Sheet,
    spot: Spots,
    covers: Iterable[Cover],
    facts: Sequence[Fact],
    standing: Standing,
    marks: Marks,
) -> Settling | None:
    """What a ruling on one of these grounds depends on and nobody has spoken of, where it would have another lead.

    `spot` is the one position, `marks` what was heard of its ground. A ruling goes before all else, so what it depends
    on is asked before all else. Conditions that the ground itself tells (on which side, inside a site) are for
    `inquire`. A reply has the unit that leads for certain after it.
    """
    lead = standing.candidates[0] if standing.candidates else None
    claim = next(
        (
            claim
            for cover in covers
            for claim in sheet.here(cover).unmet()
            if _is_open(claim, facts) and (lead is None or accountable(claim.unit, atlas.units) != lead.unit.code)
        ),
        None,
    )
    if claim is None or claim.condition is None:
        return None
    condition = claim.condition
    if condition.fact.startswith("owner:"):
        # Whoever reads another name says that one.
        read = Fact(condition.fact, condition.text, accountable(claim.unit, atlas.units))
        return Settling("owner", IS_IT.name(what=condition.text), (read,))
    over = atlas.seeing(sheet, sheet.asking.seen | {condition.fact})
    yes = Fact(condition.fact, condition.text, _certain_on(atlas, over, spot, marks))
    unchanged = lead.unit.code if lead is not None and lead.p >= CERTAIN_FROM else None
    no = Fact(f"un{condition.fact}", UNSEEN.name(what=condition.text), unchanged)
    return Settling("seen", IS_IT.name(what=condition.text), (yes, no))


def _is_open(claim: Claim, facts: Sequence[Fact]) -> bool:
    """Whether its condition is one to ask for, and nobody has spoken of it."""
    if claim.condition is None:
        return False
    fact = claim.condition.fact
    if fact.startswith("owner:"):
        return all(said.kind != "owner" for said in facts)
    return fact.startswith("seen:") and all(said.said.removeprefix("un") != fact for said in facts)


def _certain_on(atlas: Atlas, sheet: Sheet, spot: Spots, marks: Marks) -> str | None:
    """The unit that leads for certain around the one position, by a sheet; None while there is doubt."""
    parts = fitting(parts_seen(atlas, sheet.seen, spot, [0])[0], sheet.seen.keys, marks)
    return certain_unit((sheet.seen.keys[part.number].what.units, part.mass) for part in parts)


def alone(spots: Spots, row: int) -> Spots:
    """One of many positions."""
    return spots.pick(np.array([row], dtype=np.int64))
