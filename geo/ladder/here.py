"""What the rungs may ask about one place, for one category, at one moment; and what they answer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from geo.categories import Branch
from geo.claims import EVERY_CATEGORY, Claim, Condition, Origin, PlaceKind, Role
from geo.components import Component
from geo.grounds import Ground, Grounds, Standing
from geo.marks import marks_of
from geo.model import Area, Unit
from geo.nearby import Beside
from geo.units import accountable
from geo.wording import Name, Phrase

RungName = Literal[
    "ruling", "permit", "owner", "maintainer", "checkpoint", "halo", "segment", "department", "territory", "fallback",
    "nobody", "fact",
]  # fmt: skip
Tie = Literal["lowest_code", "junction"]


@dataclass(frozen=True, slots=True)
class Survey:
    """What holds for a whole edition. `territory_by_branch` names the scheme that a category and all below it follow.

    `component_m`: how near a registered component must be, besides the position's error.
    """

    grounds: Grounds
    units: Mapping[str, Unit]
    level_names: Mapping[tuple[str, str], Name]
    territory: str
    territory_by_branch: Mapping[str, str]
    fallback_level: str
    component_m: float
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked of every place alike, so that all who ask it share one sheet.

    `branch` says which ladder; `chain` is the category with those above it that anybody names, deepest first; `idle`
    are the claims that do not hold; `registered` is the category when it is one of components and some are registered;
    `owner` is the unit whose name the caller read on the thing, `seen` what else was seen that a ruling depends on.
    """

    branch: Branch | None = None
    chain: tuple[str, ...] = ()
    idle: frozenset[str] = frozenset()
    registered: str | None = None
    owner: str | None = None
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """A claim that holds here, on which ground, and how deep the category is that it names (0 for every category)."""

    claim: Claim
    ground: int
    depth: int


@dataclass(frozen=True, slots=True)
class Lead:
    """A unit that leads, the number of the ground that says so, the claim, and the contractor who does the work.

    When a registered `component` says so, or the caller who read its owner's name, no ground does.
    """

    unit: str
    ground: int | None
    claim: Claim | None = None
    executor: str | None = None
    component: Component | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One rung asked: hit or miss, why, and the codes that the reason rests on."""

    rung: RungName
    hit: bool
    why: Phrase
    values: Mapping[str, object]
    refs: tuple[str, ...] = ()
    leads: tuple[Lead, ...] = ()
    tie: Tie | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """One place, asked about. `beside` are the registered components of the category that are in its reach."""

    survey: Survey
    standing: Standing
    asking: Asking
    beside: Beside = ()

    def grounds(self) -> Iterator[tuple[int, Ground]]:
        """The grounds that hold the place, by number."""
        for number in self.standing.grounds:
            yield number, self.survey.grounds.items[number]

    def area(self, number: int) -> Area:
        """The area of a ground that is one."""
        return self.survey.grounds.areas[number]

    @property
    def territory(self) -> str:
        """The scheme whose areas are the territory for this category."""
        for code in self.asking.chain:
            if code in self.survey.territory_by_branch:
                return self.survey.territory_by_branch[code]
        return self.survey.territory

    def hits(self, role: Role, counts: Callable[[Ground, Claim], bool], *, every: bool = False) -> list[Hit]:
        """The claims of a role that hold here and name the category or a branch above it (with `every`: only `*`)."""
        return [
            hit
            for hit in self._naming()
            if hit.claim.role is role
            and hit.claim.origin is Origin.MAP
            and (hit.depth == 0) is every
            and hit.claim.id not in self.asking.idle
            and counts(self.survey.grounds.items[hit.ground], hit.claim)
        ]

    def from_register(self, origin: Origin) -> list[Hit]:
        """Who leads by the rulings, or the permits, here that name the category, a branch above it, or every one.

        What depends on something that was not seen is left out.
        """
        return [hit for hit in self._leading_by(origin) if self._is_met(hit.claim.condition)]

    def unmet(self) -> list[Claim]:
        """The rulings that would decide here if their condition were met, the latest decision first."""
        deciding = max(map(_decided, self.rulings()), default=None)
        hits = [
            hit
            for hit in self._leading_by(Origin.RULING)
            if not self._is_met(hit.claim.condition) and (deciding is None or _decided(hit) > deciding)
        ]
        return [hit.claim for hit in sorted(hits, key=_decided, reverse=True)]

    def _leading_by(self, origin: Origin) -> list[Hit]:
        return [
            hit
            for hit in self._naming()
            if hit.claim.origin is origin and hit.claim.role is Role.LEADS and hit.claim.id not in self.asking.idle
        ]

    def _is_met(self, condition: Condition | None) -> bool:
        if condition is None or condition.fact in self.asking.seen:
            return True
        if self.asking.owner is not None and condition.fact == f"owner:{self.asking.owner}":
            return True
        return condition.fact in marks_of(ground for _, ground in self.grounds())

    def rulings(self) -> list[Hit]:
        """Who leads by the rulings here, the latest decision first; of two of one moment the later id."""
        return sorted(self.from_register(Origin.RULING), key=_decided, reverse=True)

    def named(self) -> list[Claim]:
        """Every claim on this ground that names the category or every one, whether it holds now or not."""
        return [hit.claim for hit in self._naming()]

    def others(self) -> tuple[Claim, ...]:
        """The claims that hold here in another role than to lead, the highest rank first.

        Of the rulings only the one that decides has a say in who assists.
        """
        deciding = {hit.claim.id for hit in self.rulings()[:1]}
        held = (hit for hit in self._naming() if hit.claim.id not in self.asking.idle)
        others = (
            hit
            for hit in held
            if hit.claim.role is not Role.LEADS and (hit.claim.origin is Origin.MAP or hit.claim.id in deciding)
        )
        return tuple(hit.claim for hit in sorted(others, key=self._rank, reverse=True))

    def _naming(self) -> Iterator[Hit]:
        for number, ground in self.grounds():
            for claim in ground.claims:
                depth = self._depth_named(claim)
                if depth is not None:
                    yield Hit(claim, number, depth)

    def _depth_named(self, claim: Claim) -> int | None:
        """How deep the deepest category is that the claim names and this one belongs to; 0 for `*`, None for none."""
        if EVERY_CATEGORY in claim.categories:
            return 0
        for i, code in enumerate(self.asking.chain):
            if code in claim.categories:
                return len(self.asking.chain) - i
        return None

    def best(self, hits: list[Hit]) -> list[Hit]:
        """The hits of highest rank."""
        top = max(map(self._rank, hits), default=None)
        return [hit for hit in hits if self._rank(hit) == top]

    def _rank(self, hit: Hit) -> tuple[int, int, bool, int]:
        """Priority, deepest category named, hours before none, finest ground."""
        return hit.claim.priority, hit.depth, bool(hit.claim.hours), self.survey.grounds.items[hit.ground].depth

    def leads(self, hits: list[Hit]) -> tuple[Lead, ...]:
        """The units of equal rank, by code; a contractor never leads, the unit above it does."""
        leads: dict[str, Lead] = {}
        for hit in self.best(hits):
            unit = accountable(hit.claim.unit, self.survey.units)
            executor = hit.claim.executor or (None if unit == hit.claim.unit else hit.claim.unit)
            leads.setdefault(unit, Lead(unit, hit.ground, hit.claim, executor))
        return tuple(leads[unit] for unit in sorted(leads))

    def tie(self, leads: tuple[Lead, ...]) -> Tie | None:
        """Whether a lead stands on ground that was chosen among several edges."""
        return "lowest_code" if any(lead.ground in self.standing.tied for lead in leads) else None

    def is_territorial(self, ground: Ground) -> bool:
        """Whether the ground is an area of the territory for this category."""
        return ground.kind is PlaceKind.AREA and ground.key[0] == self.territory


def _decided(hit: Hit) -> tuple[str, str]:
    """The moment of the decision as text that sorts; two of one moment by id."""
    return (hit.claim.decided_at.isoformat() if hit.claim.decided_at else "", hit.claim.id)
