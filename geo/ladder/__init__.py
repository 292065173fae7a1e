"""The ladder (梯级): who leads at one exact place.

A visible list of rungs for each kind of question; one small function a rung that hits or says why not. The first rung
that hits ends the walk; below the last one there is nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from geo.ladder import claimed, decided, roads, sites, uncategorised
from geo.ladder.here import Here, Lead, RungName, Step, Tie
from geo.wording import Phrase

Rung = Callable[[Here], Step]

NOBODY = Phrase(
    zh="空白：没有任何单位对这里负责，报指挥部确定",
    en="nobody: no unit is responsible here; headquarters must decide",
)

RUNGS: Mapping[str, Rung] = MappingProxyType(
    {
        "ruling": decided.ruling,
        "owner": claimed.owner,
        "maintainer": claimed.maintainer,
        "checkpoint": sites.checkpoint,
        "halo": sites.halo,
        "segment": roads.segment,
        "department": claimed.department,
        "territory": claimed.territory,
        "fallback": claimed.fallback,
    }
)
TERRITORY_ONLY: tuple[Rung, ...] = (uncategorised.territory,)
NO_CATEGORY: tuple[Rung, ...] = (decided.ruling, decided.permit, uncategorised.territory)


def rungs_of(names: Sequence[str]) -> tuple[Rung, ...]:
    """The rungs of a policy's list; a permit that names a unit is no rung, and comes directly below rulings."""
    rungs = [RUNGS[name] for name in names]
    after = rungs.index(decided.ruling) + 1 if decided.ruling in rungs else 0
    return (*rungs[:after], decided.permit, *rungs[after:])


def with_components(rungs: Sequence[Rung], names: Sequence[str]) -> tuple[Rung, ...]:
    """The rungs of a city without claims that has registered components: their owners and maintainers go first."""
    asked = (RUNGS[name] for name in names if name in ("owner", "maintainer"))
    return (*rungs[:-1], *asked, rungs[-1])


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the walk ended: the units of equal rank that lead (by unit code; none for nobody), and every rung asked."""

    rung: RungName
    leads: tuple[Lead, ...]
    tie: Tie | None
    steps: tuple[Step, ...]

    @property
    def is_by_component(self) -> bool:
        """Whether registered components decided, whatever the ground."""
        return bool(self.leads) and self.leads[0].component is not None

    @property
    def units(self) -> tuple[str, ...]:
        """The codes of the units that lead."""
        return tuple(lead.unit for lead in self.leads)


def walk(here: Here, rungs: Sequence[Rung]) -> Outcome:
    """Who leads here: the first rung that hits, or nobody."""
    steps = []
    for rung in rungs:
        step = rung(here)
        if step.hit or step.rung != "permit":  # that no permit names a unit is no news
            steps.append(step)
        if step.hit:
            return Outcome(step.rung, step.leads, step.tie, tuple(steps))
    steps.append(Step("nobody", True, NOBODY, {}))
    return Outcome("nobody", (), None, tuple(steps))
