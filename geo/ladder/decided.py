"""What stands in the register comes first: the ruling, and the permit that names a unit."""

from geo.claims import Origin
from geo.ladder.here import Here, Hit, Lead, RungName, Step
from geo.ladder.words import claim_source, place_name, refs_of, unit_names
from geo.units import accountable
from geo.wording import Name, Phrase

RULED = Phrase(
    zh="裁定：{place}此类问题由{unit}牵头（{source}，{decided}）",
    en="ruling: {unit} leads this kind in {place} ({source}, {decided})",
)
RULED_ANEW = Phrase(
    zh="裁定：{place}此类问题由{unit}牵头（{source}，{decided}），取代 {older}",
    en="ruling: {unit} leads this kind in {place} ({source}, {decided}), in place of {older}",
)
NO_RULING = Phrase(zh="裁定：这里没有此类问题的裁定", en="ruling: no ruling here names this kind")
PERMITTED = Phrase(
    zh="审批：{place}经批准由{unit}负责（{source}，至 {until}）",
    en="permit: by permit {unit} answers for {place} ({source}, until {until})",
)
NO_PERMIT = Phrase(zh="审批：这里没有指定单位的审批", en="permit: no permit here names a unit")


def ruling(here: Here) -> Step:
    """The unit that the latest ruling on this ground names; it says which older ones it takes the place of."""
    hits = here.rulings()
    if not hits:
        return Step("ruling", False, NO_RULING, {})
    older = ", ".join(dict.fromkeys(hit.claim.id for hit in hits[1:]))
    return _step(here, "ruling", hits[0], RULED_ANEW if older else RULED, older=older)


def permit(here: Here) -> Step:
    """The unit that a permit on this ground names; most permits name none and change nothing."""
    hits = [hit for hit in here.from_register(Origin.PERMIT) if hit.claim.unit]
    if not hits:
        return Step("permit", False, NO_PERMIT, {})
    return _step(here, "permit", min(hits, key=lambda hit: hit.claim.id), PERMITTED)


def _step(here: Here, rung: RungName, hit: Hit, why: Phrase, *, older: str = "") -> Step:
    claim = hit.claim
    unit = accountable(claim.unit, here.survey.units)
    lead = Lead(unit, hit.ground, claim, claim.executor or (None if unit == claim.unit else claim.unit))
    values: dict[str, object] = {
        "unit": unit_names(here, (lead,)),
        "place": place_name(here, lead),
        "source": claim_source((lead,)),
        "decided": claim.decided_at.date().isoformat() if claim.decided_at else "",
        "until": claim.valid_to.date().isoformat() if claim.valid_to else Name(zh="长期", en="open"),
        "older": older,
    }
    return Step(rung, True, why, values, refs_of(here, (lead,)), (lead,))
