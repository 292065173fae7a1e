"""The answer (责任认定): who is responsible at a position, for a category, at a moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from geo.claims import Claim
from geo.components import Component
from geo.facts import Fact, Settling
from geo.ladder import Outcome
from geo.ladder.here import RungName, Step
from geo.model import Area, Edition, InterimRule, Unit
from geo.position import Position
from geo.register.holdings import Duty
from geo.register.rulings import Permit
from geo.roads import Segment, Side, StripKind
from geo.shares import Verdict
from geo.sites import Checkpoint
from geo.wording import Phrase

BorderKind = Literal["area", "site", "halo", "strip", "claim"]
Do = Literal["dispatch", "ask", "survey", "escalate", "none"]
Warning_ = Literal[
    "no-categories", "near_limit", "accuracy_beyond_max", "fact_unused", "fact_unfit", "component_far", "draft"
]

SEEN = Phrase(zh="现场情况：{fact}", en="seen on the spot: {fact}")


@dataclass(frozen=True, slots=True)
class Given:
    """What the caller gave: the numbers in their own datum."""

    lon: float
    lat: float
    datum: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that may lead, with its share in thousandths and how far its ground is.

    `ref` names what it rests on: the claim, the registered `component`, or the area where no claim was made.
    """

    unit: Unit
    p: int
    distance_m: float
    rung: RungName
    claim: Claim | None
    ref: str
    executor: Unit | None
    component: Component | None = None


@dataclass(frozen=True, slots=True)
class BorderNear:
    """The nearest place where the lead changes.

    `distance_m` and the rest are None when there is none within `searched_m`. `across` is the unit that leads on the
    side that is not the lead's, None where nobody does; around a corner the position itself may stand there.
    """

    searched_m: float
    distance_m: float | None = None
    bearing_deg: float | None = None
    kind: BorderKind | None = None
    across: Unit | None = None


@dataclass(frozen=True, slots=True)
class AtSite:
    """A site whose inner ground or halo holds the position."""

    checkpoint: Checkpoint
    part: Literal["inner", "halo"]


@dataclass(frozen=True, slots=True)
class OnSegment:
    """A strip of road that holds the position, and how far along the centreline it is."""

    segment: Segment
    side: Side
    strip: StripKind
    chainage_m: float


@dataclass(frozen=True, slots=True)
class Nearest:
    """For a place that nobody owns: the unit whose ground is nearest."""

    unit: Unit
    distance_m: float


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who acts for the lead, and in which other sense whom the ground concerns; None and empty where nobody is named.

    `also` are other posts of the lead unit here; `next_step` is whom to call at the unit that work goes to.
    """

    lead: Duty | None = None
    also: tuple[Duty, ...] = ()
    next_step: Duty | None = None
    territory: Duty | None = None
    principal: Duty | None = None
    coordinating: tuple[Duty, ...] = ()
    supervising: tuple[Duty, ...] = ()

    @property
    def everybody(self) -> Iterator[Duty]:
        """Every post named."""
        yield from (duty for duty in (self.lead, self.next_step, self.territory, self.principal) if duty)
        yield from (*self.also, *self.coordinating, *self.supervising)


@dataclass(frozen=True, slots=True)
class Determination:
    """Everything that is known about who is responsible; words are made from it on the way out.

    `candidates` run from the lead downwards; `nobody` is in thousandths like their `p`. `receiver` is the unit that had
    the ticket already, which by the city's `interim_rule` may be the interim keeper.
    """

    position: Position
    given: Given
    accuracy_assumed: bool
    category: str | None
    at: datetime
    known_at: datetime
    expires: datetime | None
    edition: Edition
    verdict: Verdict
    outcome: Outcome
    candidates: tuple[Candidate, ...]
    nobody: int
    nearest: Nearest | None
    areas: tuple[Area, ...]
    checkpoints: tuple[AtSite, ...]
    segments: tuple[OnSegment, ...]
    territory: Unit | None
    others: tuple[Claim, ...]
    permit: Permit | None
    units: Mapping[str, Unit]
    border: BorderNear
    do: Do
    next_unit: Unit
    interim: Unit | None
    coordinator: Unit | None
    facts: tuple[Fact, ...]
    question: Settling | None
    warnings: tuple[Warning_, ...]
    missing: tuple[str, ...]
    staffing: Staffing
    register: int
    zone: ZoneInfo
    receiver: str | None = None
    interim_rule: InterimRule = "territory"
    words: dict[str, Any] | None = field(default=None, compare=False, repr=False)

    @property
    def chain(self) -> tuple[Step, ...]:
        """Why, step by step: what was seen on the spot, then every rung that was asked."""
        seen = (Step("fact", True, SEEN, {"fact": fact.text}, (fact.said,)) for fact in self.facts)
        return (*seen, *self.outcome.steps)

    @property
    def lead(self) -> Candidate | None:
        """The first candidate; None when there is none at all."""
        return self.candidates[0] if self.candidates else None

    @property
    def provisional(self) -> bool:
        """Whether the lead is only the likeliest of several, so that work goes to `next_unit` instead."""
        return self.verdict in (Verdict.CONTESTED, Verdict.UNCLAIMED)
