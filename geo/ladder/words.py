"""Names and references that the rungs' reasons are made of."""

from collections.abc import Iterable

from geo.claims import Claim, PlaceKind
from geo.components import Component
from geo.grounds import Grounds
from geo.ladder.here import Here, Lead
from geo.wording import Name, Phrase

WITH_LEVEL = Phrase(zh="{name}（{level}）", en="{name} ({level})")
AT_COMPONENT = Name(zh="部件所在处", en="where the component stands")
NO_SOURCE = Phrase(zh="未注明文件", en="no document named")


def refs_of(here: Here, leads: Iterable[Lead]) -> tuple[str, ...]:
    """What the leads rest on."""
    return tuple(ref_of(lead, here.survey.grounds) for lead in leads)


def ref_of(lead: Lead, grounds: Grounds) -> str:
    """What a lead rests on: the claim, the component, the ground where no claim was made, or the owner's name read."""
    match lead:
        case Lead(claim=Claim() as claim):
            return claim.ref
        case Lead(component=Component(id=code)):
            return f"component:{code}"
        case Lead(ground=int(number)):
            return grounds.items[number].ref
    return f"owner:{lead.unit}"


def place_name(here: Here, lead: Lead) -> Name:
    """What the ground is called on which a unit leads; an area with its level."""
    if lead.ground is None:
        return AT_COMPONENT
    number = lead.ground
    ground = here.survey.grounds.items[number]
    if ground.kind is not PlaceKind.AREA:
        return ground.name
    return WITH_LEVEL.name(name=ground.name, level=here.survey.level_names[ground.key[0], ground.key[1]])


def at_place(here: Here, lead: Lead) -> Name:
    """Where a unit leads, as the end of a sentence; "around" a site needs no "in"."""
    place = place_name(here, lead)
    if lead.ground is None or here.survey.grounds.items[lead.ground].kind is PlaceKind.HALO:
        return place
    return Name(zh=place.say("zh"), en=f"in {place.say('en')}")


def listed(names: Iterable[Name]) -> Name:
    """Names one after the other."""
    names = tuple(names)
    return Name(zh="、".join(name.say("zh") for name in names), en=", ".join(name.say("en") for name in names))


def unit_names(here: Here, leads: Iterable[Lead]) -> Name:
    """The names of the units that lead."""
    return listed(here.survey.units[lead.unit].name for lead in leads)


def claim_source(leads: tuple[Lead, ...]) -> Name:
    """The documents that the claims are taken from."""
    sources = sorted({lead.claim.source for lead in leads if lead.claim and lead.claim.source})
    text = "、".join(sources)
    return Name(zh=text or NO_SOURCE.zh, en=", ".join(sources) or NO_SOURCE.en)
