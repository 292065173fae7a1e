"""A sheet of the atlas: one category at one state of the claims; who leads on every ground, and where that changes."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.border import Border
from geo.claims import EVERY_CATEGORY, Origin, PlaceKind
from geo.index import Cover, IntArray
from geo.ladder import Outcome, Rung, walk
from geo.ladder.here import Asking, Here, RungName, Survey
from geo.lines import Lines, Sides
from geo.marks import Marks, Seen, is_mark, marks_of
from geo.nearby import Beside


class Leading(NamedTuple):
    """By which rung which units lead; nobody has none."""

    rung: RungName
    units: tuple[str, ...]


class Sheet:
    """Who leads, for everything that asks alike. Immutable to whoever looks; what was worked out once is kept.

    `sides` has who leads, and by which rung, on either side of each line; `seen` the same with what tells the ground
    apart to somebody who stands there.
    """

    def __init__(self, survey: Survey, lines: Lines, asking: Asking, rungs: tuple[Rung, ...]) -> None:
        self.asking = asking
        self.lines = lines
        self._survey = survey
        self._rungs = rungs
        self._outcomes: dict[Cover, Outcome] = {}
        self._walked: dict[tuple[tuple[int, ...], Marks], Outcome] = {}
        self.sides: Sides[Leading] = Sides(lines, self._leading)
        self.seen: Sides[Seen[Leading]] = Sides(lines, self._seen)

    def here(self, cover: Cover, beside: Beside = ()) -> Here:
        """A place that these grounds hold, as the rungs see it, with the registered components in its reach."""
        return Here(self._survey, self._survey.grounds.stand(cover), self.asking, beside)

    def outcome(self, cover: Cover, beside: Beside = ()) -> Outcome:
        """Who leads where these grounds hold the place; the ladder is walked once for each set of those that matter.

        With components in reach it is walked anew: what it says of them is particular to the position. Whoever asks
        for many positions keeps the outcome by what `says` gives.
        """
        if beside:
            return walk(self.here(cover, beside), self._rungs)
        known = self._outcomes.get(cover)
        if known is None:
            known = self._outcomes[cover] = self._walk(self.here(cover))
        return known

    def _walk(self, here: Here) -> Outcome:
        if here.standing.tied:
            return walk(here, self._rungs)
        # Most covers differ in grounds that no claim on this category stands on: cells, other sites, other strips.
        matters = tuple(number for number in here.standing.grounds if number in self._matters)
        told = self._told & marks_of(ground for _, ground in here.grounds()) if self._told else self._told
        if (matters, told) not in self._walked:
            self._walked[matters, told] = walk(here, self._rungs)
        return self._walked[matters, told]

    @cached_property
    def depends_on(self) -> frozenset[str]:
        """The facts that rulings on this category depend on."""
        named = {EVERY_CATEGORY, *self.asking.chain}
        claims = (claim for ground in self._survey.grounds.items for claim in ground.claims)
        return frozenset(
            claim.condition.fact
            for claim in claims
            if claim.condition is not None
            and claim.id not in self.asking.idle
            and not named.isdisjoint(claim.categories)
        )

    @cached_property
    def _told(self) -> Marks:
        """What the ground may show of that."""
        return frozenset(filter(is_mark, self.depends_on))

    @cached_property
    def _matters(self) -> frozenset[int]:
        """The grounds that can decide who leads.

        Without a category the territory's, and those that the register names; else those of sites with a keeper, and
        of claims naming the category or `*`.
        """
        grounds = self._survey.grounds.items
        named = {EVERY_CATEGORY, *self.asking.chain}
        if self.asking.branch is None:
            territory = self._survey.territory
            return frozenset(
                number
                for number, ground in enumerate(grounds)
                if (ground.kind is PlaceKind.AREA and ground.key[0] == territory)
                or any(claim.origin is not Origin.MAP for claim in ground.claims)
            )
        return frozenset(
            number
            for number, ground in enumerate(grounds)
            if ground.keeper is not None or any(not named.isdisjoint(claim.categories) for claim in ground.claims)
        )

    def _leading(self, cover: Cover) -> Leading:
        outcome = self.outcome(cover)
        return Leading(outcome.rung, outcome.units)

    def _seen(self, cover: Cover) -> Seen[Leading]:
        return Seen(self._leading(cover), marks_of(ground for _, ground in self.here(cover).grounds()))

    @cached_property
    def border(self) -> Border:
        """Where the units that lead change."""
        return Border(self.sides, self._parts_units)

    def _parts_units(self, left: IntArray, right: IntArray) -> NDArray[np.bool_]:
        first: dict[tuple[str, ...], int] = {}
        same = np.array([first.setdefault(leading.units, i) for i, leading in enumerate(self.sides.keys)])
        parts: NDArray[np.bool_] = same[left] != same[right]
        return parts
