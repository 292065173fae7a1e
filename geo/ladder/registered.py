"""What registered components say on the rungs of owner and maintainer, before any claim over the ground is asked."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from geo.components import Component
from geo.ladder.here import Here, Lead, RungName, Step
from geo.ladder.words import listed, refs_of, unit_names
from geo.model import UnitKind
from geo.nearby import Beside
from geo.units import accountable
from geo.wording import Name, Phrase


@dataclass(frozen=True, slots=True)
class Registration:
    """Of which unit a rung reads in a component, and what it says."""

    unit_of: Callable[[Component], str | None]
    named: Phrase
    near: Phrase
    several: Phrase
    without_unit: Phrase
    nothing_near: Phrase


OWNERS = Registration(
    lambda component: component.owner,
    Phrase(zh="权属：所报部件 {id} 登记在{unit}名下", en="owner: the component {id} that was named belongs to {unit}"),
    Phrase(
        zh="权属：相距 {distance} 米的登记部件 {id} 属{unit}",
        en="owner: the registered component {id}, {distance} m away, belongs to {unit}",
    ),
    Phrase(
        zh="权属：附近同类部件分属{unit}（{id}），同级，需看清是哪一家的",
        en="owner: components in reach belong to {unit} ({id}), with equal rank; see whose name is on it",
    ),
    Phrase(
        zh="权属：登记部件 {id} 没有权属单位，也没有这类部件的权属归属，按无主处理",
        en="owner: the registered component {id} names no owner and no claim does; it counts as unowned",
    ),
    Phrase(
        zh="权属：{within} 米内（另加定位误差）没有登记的这类部件，也没有权属归属，按无主处理",
        en="owner: no such component is registered within {within} m (and the position's error) and no claim names an "
        "owner; it counts as unowned",
    ),
)
MAINTAINERS = Registration(
    lambda component: component.maintainer,
    Phrase(zh="养护：所报部件 {id} 由{unit}养护", en="maintainer: the component {id} that was named is kept by {unit}"),
    Phrase(
        zh="养护：相距 {distance} 米的登记部件 {id} 由{unit}养护",
        en="maintainer: the registered component {id}, {distance} m away, is kept by {unit}",
    ),
    Phrase(
        zh="养护：附近同类部件分由{unit}养护（{id}），同级",
        en="maintainer: components in reach are kept by {unit} ({id}), with equal rank",
    ),
    Phrase(
        zh="养护：登记部件 {id} 没有养护单位，也没有这类部件的养护归属",
        en="maintainer: the registered component {id} names no maintainer and no claim does",
    ),
    Phrase(
        zh="养护：{within} 米内（另加定位误差）没有登记的这类部件，也没有养护归属",
        en="maintainer: no such component is registered within {within} m (and the position's error) and no claim "
        "names a maintainer",
    ),
)


def by_component(here: Here, rung: RungName, registration: Registration) -> Step | None:
    """The step that the components decide; None when they name no unit.

    The one that the caller named, else the only unit of those in reach; several units have equal rank.
    """
    leads: dict[str, Lead] = {}
    nearest: dict[str, tuple[float, bool]] = {}
    for near in _heard(here):
        named = registration.unit_of(near.component)
        if named is None:
            continue
        unit = accountable(named, here.survey.units)
        leads.setdefault(
            unit, Lead(unit, None, executor=_executor(here, near.component, named), component=near.component)
        )
        nearest.setdefault(unit, (near.distance_m, near.named))
    if not leads:
        return None
    chosen = tuple(leads[unit] for unit in sorted(leads))
    distance_m, is_named = nearest[chosen[0].unit]
    why = registration.several if len(chosen) > 1 else registration.named if is_named else registration.near
    values = {
        "unit": unit_names(here, chosen),
        "id": _ids(tuple(lead.component for lead in chosen if lead.component)),
        "distance": f"{round(distance_m, 1):g}",
    }
    return Step(rung, True, why, values, refs_of(here, chosen), chosen)


def without_component(here: Here, step: Step, registration: Registration) -> Step:
    """A rung's miss, with what is registered in reach; as it was in a city that registers nothing."""
    if step.hit or here.asking.registered is None:
        return step
    heard = _heard(here)
    if not heard:
        return replace(step, why=registration.nothing_near, values={"within": f"{here.survey.component_m:g}"})
    refs = tuple(f"component:{near.component.id}" for near in heard)
    ids = _ids(tuple(near.component for near in heard))
    return replace(step, why=registration.without_unit, values={"id": ids}, refs=refs)


def _heard(here: Here) -> Beside:
    """The components that the caller named; without any, those in reach, of the owner whose name was read."""
    named = tuple(near for near in here.beside if near.named)
    if named or here.asking.owner is None:
        return named or here.beside
    return tuple(near for near in here.beside if _owner(here, near.component) == here.asking.owner)


def _owner(here: Here, component: Component) -> str | None:
    return None if component.owner is None else accountable(component.owner, here.survey.units)


def _executor(here: Here, component: Component, named: str) -> str | None:
    """The contractor who does the work: who is named, or keeps it for its owner."""
    for code in (named, component.maintainer):
        if code is not None and here.survey.units[code].kind is UnitKind.CONTRACTOR:
            return code
    return None


def _ids(components: tuple[Component, ...]) -> Name:
    return listed(Name(zh=one.id, en=one.id) for one in components)
