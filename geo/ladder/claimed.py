"""The rungs that rest on claims naming the category: owner, maintainer, department, and territory with claims.

Owner and maintainer ask the registered components first.
"""

from dataclasses import dataclass

from geo.claims import Claim, PlaceKind, Role
from geo.grounds import Ground
from geo.ladder.here import Here, Hit, Lead, RungName, Step
from geo.ladder.registered import MAINTAINERS, OWNERS, by_component, without_component
from geo.ladder.words import at_place, claim_source, place_name, refs_of, unit_names
from geo.model import UnitKind
from geo.units import accountable
from geo.wording import Phrase


@dataclass(frozen=True, slots=True)
class Reasons:
    """What a rung says when one claim decides, when several of equal rank do, and when none does."""

    hit: Phrase
    overlap: Phrase
    miss: Phrase


OWNER = Reasons(
    Phrase(zh="权属：{unit}是这类部件在{at}的权属单位（{source}）", en="owner: {unit} owns these {at} ({source})"),
    Phrase(zh="权属：{unit}同级，都登记为权属单位", en="owner: {unit} are all recorded as owners with equal rank"),
    Phrase(zh="权属：没有这类部件的权属登记", en="owner: no owner is recorded for this kind here"),
)
READ = Phrase(
    zh="权属：现场看到的权属单位是{unit}，台账和归属中没有登记",
    en="owner: the name read on it is that of {unit}; neither a component nor a claim here says so",
)
MAINTAINER = Reasons(
    Phrase(zh="养护：{unit}负责{at}的养护（{source}）", en="maintainer: {unit} maintains these {at} ({source})"),
    Phrase(zh="养护：{unit}同级，都登记为养护单位", en="maintainer: {unit} are all recorded with equal rank"),
    Phrase(zh="养护：没有这类部件的养护登记", en="maintainer: no maintainer is recorded for this kind here"),
)
DEPARTMENT = Reasons(
    Phrase(
        zh="主管部门：{unit}主管此类问题，范围：{at}（{source}）",
        en="department: {unit} leads this kind {at} ({source})",
    ),
    Phrase(zh="主管部门：{unit}同级，都主张牵头此类问题", en="department: {unit} all claim this kind with equal rank"),
    Phrase(zh="主管部门：没有部门在这里主管此类问题", en="department: no department leads this kind here"),
)
TERRITORY = Reasons(
    Phrase(zh="属地：{unit}在{at}牵头此类问题（{source}）", en="territory: {unit} leads this kind {at} ({source})"),
    Phrase(zh="属地：{unit}在这里重叠，同级", en="territory: {unit} overlap here with equal rank"),
    Phrase(zh="属地：属地单位没有认领此类问题", en="territory: no territorial unit here claims this kind"),
)
FALLBACK = Reasons(
    Phrase(
        zh="兜底：没有更具体的责任归属，由{unit}属地兜底，{place}",
        en="fallback: nothing names this kind; {unit} answers for {place}",
    ),
    Phrase(zh="兜底：{unit}在这里重叠，同级", en="fallback: {unit} overlap here with equal rank"),
    Phrase(zh="兜底：这里没有属地兜底单位", en="fallback: no territorial unit answers for everything here"),
)


def owner(here: Here) -> Step:
    """The unit that the registered component in reach belongs to, else the one that owns such things on this ground."""
    step = by_component(here, "owner", OWNERS) or _by_name(here) or decide(here, "owner", _owning(here), OWNER)
    return without_component(here, step, OWNERS)


def _owning(here: Here) -> list[Hit]:
    """The owners' claims on this ground; once the name on the thing was read, only those of that unit."""
    read = here.asking.owner
    hits = here.hits(Role.OWNS, _anywhere)
    return [hit for hit in hits if read is None or accountable(hit.claim.unit, here.survey.units) == read]


def _by_name(here: Here) -> Step | None:
    """The unit whose name was read where nothing is registered of it; None when no name was read, or a claim has it."""
    if here.asking.owner is None or _owning(here):
        return None
    lead = Lead(here.asking.owner, None)
    return Step("owner", True, READ, {"unit": unit_names(here, (lead,))}, refs_of(here, (lead,)), (lead,))


def maintainer(here: Here) -> Step:
    """The unit that keeps the registered component in reach, else the one that keeps such things on this ground."""
    step = by_component(here, "maintainer", MAINTAINERS)
    step = step or decide(here, "maintainer", here.hits(Role.MAINTAINS, _anywhere), MAINTAINER)
    return without_component(here, step, MAINTAINERS)


def department(here: Here) -> Step:
    """The department whose business this kind of problem is, on the areas or the ground of its own that it claims."""

    def counts(ground: Ground, claim: Claim) -> bool:
        return ground.kind in (PlaceKind.AREA, PlaceKind.POLYGON) and not _by_territory(here, ground, claim)

    return decide(here, "department", here.hits(Role.LEADS, counts), DEPARTMENT)


def territory(here: Here) -> Step:
    """The territorial unit that claims this kind of problem on its area."""
    return decide(here, "territory", here.hits(Role.LEADS, lambda *it: _by_territory(here, *it)), TERRITORY)


def fallback(here: Here) -> Step:
    """The territorial unit that answers for everything at the fallback level: 属地兜底."""

    def counts(ground: Ground, claim: Claim) -> bool:
        level = (PlaceKind.AREA, here.survey.territory, here.survey.fallback_level)
        return (ground.kind, *ground.key[:2]) == level

    return decide(here, "fallback", here.hits(Role.LEADS, counts, every=True), FALLBACK)


def _anywhere(ground: Ground, claim: Claim) -> bool:
    return True


def _by_territory(here: Here, ground: Ground, claim: Claim) -> bool:
    """Whether a claim is the territory's: made on an area of its scheme by that area's unit or by a territorial one.

    What a contractor claims counts as claimed by the unit above it.
    """
    if not here.is_territorial(ground):
        return False
    own = here.area(here.survey.grounds.by_place[ground.kind, *ground.key]).unit
    leader = here.survey.units[accountable(claim.unit, here.survey.units)]
    return own in (claim.unit, leader.code) or leader.kind is UnitKind.TERRITORIAL


def decide(here: Here, rung: RungName, hits: list[Hit], reasons: Reasons) -> Step:
    """The step of a rung: the units of highest rank among the hits, with the reason, or a miss."""
    leads = here.leads(hits)
    if not leads:
        return Step(rung, False, reasons.miss, {})
    values = {
        "unit": unit_names(here, leads),
        "place": place_name(here, leads[0]),
        "at": at_place(here, leads[0]),
        "source": claim_source(leads),
    }
    why = reasons.hit if len(leads) == 1 else reasons.overlap
    return Step(rung, True, why, values, refs_of(here, leads), leads, here.tie(leads))
