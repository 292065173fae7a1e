"""What stands in the register comes first: the ruling, and the permit that names a unit."""

from geo.claims import Condition, Origin
from geo.ladder.here import Here, Hit, Lead, RungName, Step
from geo.ladder.words import at_place, claim_source, refs_of, unit_names
from geo.units import accountable
from geo.wording import LANGS, Name, Phrase

RULED = Phrase(
    zh="裁定：{at}此类问题由{unit}牵头（{source}，{decided}）；理由：{reason}",
    en="ruling: {unit} leads this kind {at} ({source}, {decided}); reason: {reason}",
)
RULED_ANEW = Phrase(
    zh="裁定：{at}此类问题由{unit}牵头（{source}，{decided}），取代 {older}；理由：{reason}",
    en="ruling: {unit} leads this kind {at} ({source}, {decided}), in place of {older}; reason: {reason}",
)
ON_CONDITION = Phrase(zh="（条件：{condition}）", en=" (on condition: {condition})")
NOT_MET = Phrase(
    zh="裁定：{id} 以现场情况为条件（{condition}），这里没有确认，不适用",
    en="ruling: {id} holds on a condition ({condition}) that is not known to be met here; it does not apply",
)
NO_RULING_FOR_ALL = Phrase(zh="裁定：这里没有适用于所有问题的裁定", en="ruling: no ruling here is for every kind")
NO_RULING = Phrase(zh="裁定：这里没有此类问题的裁定", en="ruling: no ruling here names this kind")
PERMITTED = Phrase(
    zh="审批：{at}经批准由{unit}负责（{source}，至 {until}）",
    en="permit: by permit {unit} is responsible {at} ({source}, until {until})",
)
NO_PERMIT = Phrase(zh="审批：这里没有指定单位的审批", en="permit: no permit here names a unit")


def ruling(here: Here) -> Step:
    """The unit that the latest ruling on this ground names; it says which older ones it takes the place of."""
    hits = here.rulings()
    unmet = here.unmet()
    if not hits and unmet and unmet[0].condition is not None:
        values = {"id": unmet[0].source or unmet[0].id, "condition": unmet[0].condition.text}
        return Step("ruling", False, NOT_MET, values, (unmet[0].ref,))
    if not hits:
        uncategorised = here.asking.branch is None and not here.asking.chain
        return Step("ruling", False, NO_RULING_FOR_ALL if uncategorised else NO_RULING, {})
    older = ", ".join(dict.fromkeys(hit.claim.id for hit in hits[1:]))
    return _step(here, "ruling", hits[0], RULED_ANEW if older else RULED, older=older)


def permit(here: Here) -> Step:
    """The unit that a permit on this ground names; most permits name none and change nothing."""
    hits = [hit for hit in here.from_register(Origin.PERMIT) if hit.claim.unit]
    if not hits:
        return Step("permit", False, NO_PERMIT, {})
    return _step(here, "permit", min(hits, key=lambda hit: hit.claim.id), PERMITTED)


def _without_stop(reason: Name | None) -> Name:
    """The reason as a part of a sentence, on one line."""
    zh, en = (" ".join((reason or Name()).say(lang).split()).rstrip("。.") for lang in LANGS)
    return Name(zh=zh, en=en)


def _with_condition(reason: Name, condition: Condition | None) -> Name:
    """The reason, with what it depends on."""
    if condition is None:
        return reason
    added = ON_CONDITION.name(condition=condition.text)
    return Name(zh=reason.say("zh") + added.say("zh"), en=reason.say("en") + added.say("en"))


def _step(here: Here, rung: RungName, hit: Hit, why: Phrase, *, older: str = "") -> Step:
    claim = hit.claim
    unit = accountable(claim.unit, here.survey.units)
    lead = Lead(unit, hit.ground, claim, claim.executor or (None if unit == claim.unit else claim.unit))
    zone = here.survey.zone
    values: dict[str, object] = {
        "unit": unit_names(here, (lead,)),
        "at": at_place(here, lead),
        "source": claim_source((lead,)),
        "decided": claim.decided_at.astimezone(zone).date().isoformat() if claim.decided_at else "",
        "until": f"{claim.valid_to.astimezone(zone):%Y-%m-%d %H:%M}" if claim.valid_to else Name(zh="长期", en="open"),
        "older": older,
        "reason": _with_condition(_without_stop(claim.reason), claim.condition),
    }
    return Step(rung, True, why, values, refs_of(here, (lead,)), (lead,))
