"""Names and references that the rungs' reasons are made of."""

from collections.abc import Iterable

from geo.claims import PlaceKind
from geo.ladder.here import Here, Lead
from geo.wording import Name, Phrase

WITH_LEVEL = Phrase(zh="{name}（{level}）", en="{name} ({level})")
NO_SOURCE = Phrase(zh="未注明文件", en="no document named")


def refs_of(here: Here, leads: Iterable[Lead]) -> tuple[str, ...]:
    """The claims that the leads rest on, or the areas where no claim was made."""
    return tuple(lead.claim.ref if lead.claim else here.survey.grounds.items[lead.ground].ref for lead in leads)


def place_name(here: Here, number: int) -> Name:
    """What the ground is called; an area with its level."""
    ground = here.survey.grounds.items[number]
    if ground.kind is not PlaceKind.AREA:
        return ground.name
    return WITH_LEVEL.name(name=ground.name, level=here.survey.level_names[ground.key[0], ground.key[1]])


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
