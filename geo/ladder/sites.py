"""The rungs of a site: inside it, and around it."""

from geo.claims import Claim, PlaceKind, Role
from geo.grounds import Ground
from geo.ladder.claimed import Reasons, decide
from geo.ladder.here import Here, Lead, Step
from geo.ladder.words import place_name, refs_of, unit_names
from geo.sites import Governance
from geo.units import accountable
from geo.wording import Phrase

CHECKPOINT = Reasons(
    Phrase(zh="点位：{unit}在{place}内牵头（{source}）", en="site: {unit} leads inside {place} ({source})"),
    Phrase(zh="点位：{unit}在点位内同级", en="site: {unit} have equal rank inside the site"),
    Phrase(zh="点位：这里不在任何有责任单位的点位内", en="site: it is not inside a site with a unit for this kind"),
)
HALO = Reasons(
    Phrase(zh="周边：{unit}在{place}牵头（{source}）", en="around a site: {unit} leads {place} ({source})"),
    Phrase(zh="周边：{unit}在点位周边同级", en="around a site: {unit} have equal rank"),
    Phrase(zh="周边：这里没有点位周边的责任归属", en="around a site: no claim around a site names this kind"),
)
KEEPER = Phrase(zh="点位：{unit}是{place}的责任单位", en="site: {unit} answers for {place}")
# How a site is run says why it is this unit.
RUN_BY = {
    Governance.ENTRUSTED: Phrase(
        zh="点位：{place}托管，由{unit}负责", en="site: {place} is entrusted to others; {unit} answers for it"
    ),
    Governance.TAKEN_OVER: Phrase(
        zh="点位：{place}已接管，由{unit}负责", en="site: {place} was taken over; {unit} answers for it"
    ),
    Governance.SELF_GOVERNED: Phrase(
        zh="点位：{place}自管，由{unit}负责", en="site: {place} is run by those who live there; {unit} answers for it"
    ),
}

ENTRUSTED_TO = Phrase(
    zh="点位：{place}托管，由{executor}作业，{unit}负责",
    en="site: {place} is entrusted to {executor}, which does the work; {unit} answers for it",
)


def checkpoint(here: Here) -> Step:
    """Inside a site: the unit that claims the kind or, as the shallowest category, every kind; else the site's own."""

    def inside(ground: Ground, claim: Claim) -> bool:
        return ground.kind is PlaceKind.CHECKPOINT

    hits = here.hits(Role.LEADS, inside) + here.hits(Role.LEADS, inside, every=True)
    step = decide(here, "checkpoint", hits, CHECKPOINT)
    return step if step.hit else _keeper(here, step)


def _keeper(here: Here, miss: Step) -> Step:
    """The site's own unit; of several sites over each other their units have equal rank."""
    leads: dict[str, Lead] = {}
    for number, ground in here.grounds():
        if ground.kind is PlaceKind.CHECKPOINT and ground.keeper is not None:
            unit = accountable(ground.keeper, here.survey.units)
            executor = None if unit == ground.keeper else ground.keeper
            leads.setdefault(unit, Lead(unit, number, executor=executor))
    if not leads:
        return miss
    chosen = tuple(leads[unit] for unit in sorted(leads))
    values = {"unit": unit_names(here, chosen), "place": place_name(here, chosen[0])}
    why = _why_kept(here, chosen[0]) if len(chosen) == 1 else CHECKPOINT.overlap
    if chosen[0].executor is not None:
        values["executor"] = here.survey.units[chosen[0].executor].name
    return Step("checkpoint", True, why, values, refs_of(here, chosen), chosen, here.tie(chosen))


def _why_kept(here: Here, lead: Lead) -> Phrase:
    """Why the site's own unit leads, by how the site is run."""
    governance = None if lead.ground is None else here.survey.grounds.items[lead.ground].governance
    if governance is None:
        return KEEPER
    return ENTRUSTED_TO if governance is Governance.ENTRUSTED and lead.executor else RUN_BY[governance]


def halo(here: Here) -> Step:
    """Around a site: the unit whose claim on the surrounding ground names the kind."""
    return decide(here, "halo", here.hits(Role.LEADS, lambda ground, _: ground.kind is PlaceKind.HALO), HALO)
