"""The answer to "who is responsible here?", as it leaves over HTTP and from the command line.

Keys are always there; null means "does not apply"; what should be known and is not is named in `missing`. Coordinates
are never rounded; metres to 0.1 (under 1 m to 0.01), p to 0.001.
"""

from collections.abc import Iterable
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from api.schemas.units import UnitBrief, brief
from geo.answer_text import compass, headline, round_metres, say_border, say_next
from geo.claims import Role
from geo.determination import BorderNear, Candidate, Determination
from geo.facts import Fact
from geo.model import Edition
from geo.moments import say_moment
from geo.register.holdings import Duty, Person
from geo.shares import Verdict
from geo.wording import Lang


class Out(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NextStep(Out):
    do: Literal["dispatch", "ask", "survey", "escalate", "none"]
    unit: UnitBrief
    text: str


class ClaimOut(Out):
    id: str
    source: str | None
    valid_from: str | None
    valid_to: str | None


class PersonBrief(Out):
    name: str
    telephone: str | None


class PostBrief(Out):
    code: str
    kind: str
    title: str
    person: PersonBrief | None
    on_duty: bool
    deputy: PersonBrief | None


class LeadOut(Out):
    unit: UnitBrief
    role: Literal["leads"]
    p: float
    provisional: bool
    post: PostBrief | None
    also: list[PostBrief]
    executor: UnitBrief | None
    claim: ClaimOut


class TerritoryOut(Out):
    unit: UnitBrief
    post: PostBrief | None


class OtherRole(Out):
    unit: UnitBrief
    role: Literal["assists", "supervises", "owns", "coordinates"]
    post: PostBrief | None


class CandidateOut(Out):
    unit: UnitBrief
    p: float
    distance_m: float
    rung: str
    claim: str


class NearestOut(Out):
    unit: UnitBrief
    distance_m: float


class AreaBrief(Out):
    scheme: str
    level: str
    code: str
    name: str


class SiteBrief(Out):
    code: str
    name: str
    type: str
    part: Literal["inner", "halo"]


class SegmentBrief(Out):
    code: str
    name: str
    side: Literal["left", "right"]
    strip: str
    chainage_m: float


class AcrossOut(Out):
    unit: UnitBrief | None


class FactOut(Out):
    fact: str
    text: str
    unit: UnitBrief | None


class QuestionOut(Out):
    id: str
    text: str
    facts: list[FactOut]


class BorderOut(Out):
    distance_m: float | None
    beyond_m: float | None
    bearing: Literal["N", "NE", "E", "SE", "S", "SW", "W", "NW"] | None
    kind: Literal["area", "site", "halo", "strip", "claim"] | None
    across: AcrossOut | None
    text: str


class ChainStep(Out):
    rung: str
    hit: bool
    why: str
    refs: list[str]


class GivenOut(Out):
    lon: float
    lat: float
    datum: str


class PositionOut(Out):
    lon: float
    lat: float
    accuracy_m: float
    accuracy_assumed: bool
    confidence: float
    given: GivenOut


class EditionRef(Out):
    id: int
    # "register" would hide a method that pydantic's metaclass gives every model.
    register_: int = Field(alias="register")
    valid_from: str | None


class PermitOut(Out):
    """An approved exception here; `unit` only where it changes who leads."""

    id: str
    holder: str
    unit: UnitBrief | None
    source: str | None
    valid_from: str | None
    valid_to: str | None


class Answer(Out):
    """Who is responsible at a place, for a category, at a moment."""

    verdict: Literal["certain", "likely", "contested", "fallback", "unclaimed"]
    rung: str
    tie: Literal["lowest_code", "junction"] | None
    text: str
    next: NextStep
    lead: LeadOut | None
    territory: TerritoryOut | None
    principal: OtherRole | None
    supervision: list[OtherRole]
    assists: list[OtherRole]
    coordinates: list[OtherRole]
    candidates: list[CandidateOut]
    nobody_p: float
    nearest: NearestOut | None
    areas: list[AreaBrief]
    checkpoints: list[SiteBrief]
    segments: list[SegmentBrief]
    border: BorderOut
    question: QuestionOut | None
    facts: list[FactOut]
    interim: UnitBrief | None
    coordinator: UnitBrief | None
    permit: PermitOut | None
    missing: list[str]
    chain: list[ChainStep]
    category: str | None
    at: str
    known_at: str
    warnings: list[str]
    position: PositionOut
    edition: EditionRef
    expires: str | None


def from_domain(answer: Determination, lang: Lang) -> dict[str, Any]:
    """The answer in the contract's full shape, ready for JSON."""
    lead, moving = answer.lead, _moving(answer, lang)
    return {
        "verdict": answer.verdict.value,
        "rung": answer.outcome.rung,
        "tie": answer.outcome.tie,
        "text": headline(answer, lang),
        "next": {"do": answer.do, "unit": brief(answer.next_unit, lang), "text": say_next(answer, lang)},
        "lead": _lead(answer, lead, lang) if lead else None,
        "territory": {"unit": brief(answer.territory, lang), "post": post_brief(answer.staffing.territory, lang)}
        if answer.territory
        else None,
        "principal": _principal(answer, lang),
        "supervision": _others(answer, Role.SUPERVISES, answer.staffing.supervising, lang),
        "assists": _others(answer, Role.ASSISTS, (), lang),
        "coordinates": _others(answer, Role.COORDINATES, answer.staffing.coordinating, lang),
        "candidates": [_candidate(candidate, lang) for candidate in answer.candidates],
        "nobody_p": answer.nobody / 1000,
        "nearest": moving["nearest"],
        "areas": [
            {"scheme": area.scheme, "level": area.level, "code": area.code, "name": area.name.say(lang)}
            for area in answer.areas
        ],
        "checkpoints": [
            {
                "code": here.checkpoint.code,
                "name": here.checkpoint.name.say(lang),
                "type": here.checkpoint.type,
                "part": here.part,
            }
            for here in answer.checkpoints
        ],
        "segments": moving["segments"],
        "border": moving["border"],
        "question": moving["question"],
        "facts": moving["facts"],
        "interim": brief(answer.interim, lang),
        "coordinator": brief(answer.coordinator, lang),
        "permit": _permit(answer, lang),
        "missing": list(answer.missing),
        "chain": [
            {"rung": step.rung, "hit": step.hit, "why": step.why.say(lang, **step.values), "refs": list(step.refs)}
            for step in answer.chain
        ],
        "category": moving["category"],
        "at": moving["at"],
        "known_at": moving["known_at"],
        "warnings": moving["warnings"],
        "position": moving["position"],
        "edition": edition_ref(answer.edition, answer.register),
        "expires": moving["expires"],
    }


# Said of a place that one unit leads for certain, or by the fallback: neither a border nor a rival is in the sentence.
SAID_ALIKE = (Verdict.CERTAIN, Verdict.FALLBACK)


def json_of(answer: Determination, lang: Lang) -> bytes:
    """The bytes of `from_domain`; what was said before of all positions on these grounds is not said anew."""
    # A permit is said with the hour at which it ends, by the moment.
    if answer.words is None or answer.permit is not None or answer.verdict not in SAID_ALIKE:
        return orjson.dumps(from_domain(answer, lang))
    moving = _moving(answer, lang)
    said = answer.words.get(lang)
    if said is None:
        said = {
            key: None if key in moving else orjson.Fragment(orjson.dumps(value))
            for key, value in from_domain(answer, lang).items()
        }
        answer.words[lang] = said
    return orjson.dumps({**said, **moving})


def _moving(answer: Determination, lang: Lang) -> dict[str, Any]:
    """What differs between answers on the same grounds: by position, by moment, by what was asked and seen."""
    return {
        "nearest": {
            "unit": brief(answer.nearest.unit, lang),
            "distance_m": round_metres(answer.nearest.distance_m),
        }
        if answer.nearest
        else None,
        "segments": [
            {
                "code": here.segment.code,
                "name": here.segment.road.say(lang),
                "side": here.side.value,
                "strip": here.strip.value,
                "chainage_m": round_metres(here.chainage_m),
            }
            for here in answer.segments
        ],
        "border": {**_border(answer.border, lang), "text": say_border(answer, lang)},
        "question": {
            "id": answer.question.id,
            "text": answer.question.text.say(lang),
            "facts": [_fact(answer, reply, lang) for reply in answer.question.replies],
        }
        if answer.question
        else None,
        "facts": [_fact(answer, fact, lang) for fact in answer.facts],
        "category": answer.category,
        "at": say_moment(answer.at),
        "known_at": say_moment(answer.known_at),
        "warnings": list(answer.warnings),
        "position": {
            "lon": answer.position.lon,
            "lat": answer.position.lat,
            "accuracy_m": float(answer.position.accuracy_m),
            "accuracy_assumed": answer.accuracy_assumed,
            "confidence": answer.position.confidence,
            "given": {"lon": answer.given.lon, "lat": answer.given.lat, "datum": answer.given.datum},
        },
        "expires": say_moment(answer.expires) if answer.expires else None,
    }


def edition_ref(edition: Edition, register: int) -> dict[str, Any]:
    """How an answer cites what it was made from: the edition, and the number of the register."""
    return {
        "id": edition.id,
        "register": register,
        "valid_from": say_moment(edition.valid_from) if edition.valid_from else None,
    }


def _lead(answer: Determination, candidate: Candidate, lang: Lang) -> dict[str, Any]:
    return {
        "unit": brief(candidate.unit, lang),
        "role": "leads",
        "p": candidate.p / 1000,
        "provisional": answer.provisional,
        "post": post_brief(answer.staffing.lead, lang),
        "also": [post_brief(duty, lang) for duty in answer.staffing.also],
        # While others contest it, a component in reach says nothing certain.
        "executor": None if answer.provisional and candidate.component else brief(candidate.executor, lang),
        "claim": _claim(candidate),
    }


def post_brief(duty: Duty | None, lang: Lang) -> dict[str, Any] | None:
    """A post as an answer names it, with who holds it and who stands in; None for none."""
    if duty is None:
        return None
    return {
        "code": duty.post.code,
        "kind": duty.post.kind,
        "title": duty.title.say(lang),
        "person": _person(duty.person, lang),
        "on_duty": duty.on_duty,
        "deputy": _person(duty.deputy, lang),
    }


def _person(person: Person | None, lang: Lang) -> dict[str, Any] | None:
    return None if person is None else {"name": person.name.say(lang), "telephone": person.telephone}


def _fact(answer: Determination, fact: Fact, lang: Lang) -> dict[str, Any]:
    unit = None if fact.unit is None else answer.units[fact.unit]
    return {"fact": fact.said, "text": fact.text.say(lang), "unit": brief(unit, lang)}


def _claim(candidate: Candidate) -> dict[str, Any]:
    claim = candidate.claim
    if claim is None:
        source = candidate.component.source if candidate.component else None
        return {"id": candidate.ref, "source": source, "valid_from": None, "valid_to": None}
    return {
        "id": claim.id,
        "source": claim.source,
        "valid_from": say_moment(claim.valid_from) if claim.valid_from else None,
        "valid_to": say_moment(claim.valid_to) if claim.valid_to else None,
    }


def _permit(answer: Determination, lang: Lang) -> dict[str, Any] | None:
    permit = answer.permit
    if permit is None:
        return None
    schedule = permit.schedule
    return {
        "id": permit.id,
        "holder": permit.holder.say(lang),
        "unit": brief(answer.units.get(permit.unit or ""), lang),
        "source": permit.source,
        "valid_from": say_moment(schedule.valid_from) if schedule.valid_from else None,
        "valid_to": say_moment(schedule.valid_to) if schedule.valid_to else None,
    }


def _principal(answer: Determination, lang: Lang) -> dict[str, Any] | None:
    """Who owns what is there: the component's owner, else by a claim on this kind, else the principal of the site.

    Nobody while the question is whose component it is.
    """
    component = answer.lead.component if answer.lead else None
    if component and answer.provisional:
        return None
    if component and component.owner:
        return {"unit": brief(answer.units[component.owner], lang), "role": Role.OWNS.value, "post": None}
    owners = _others(answer, Role.OWNS, (), lang)
    post = answer.staffing.principal
    if owners:
        held = post is not None and post.post.unit == owners[0]["unit"]["code"]
        return owners[0] | {"post": post_brief(post, lang) if held else None}
    inside = (here.checkpoint.principal for here in answer.checkpoints if here.part == "inner")
    unit = next((code for code in inside if code is not None), post.post.unit if post else None)
    if unit is None:
        return None
    return {"unit": brief(answer.units[unit], lang), "role": Role.OWNS.value, "post": post_brief(post, lang)}


def _others(answer: Determination, role: Role, duties: Iterable[Duty], lang: Lang) -> list[dict[str, Any]]:
    """Who holds another role here: units by a claim on this kind, each once, then posts."""
    claiming = dict.fromkeys(claim.unit for claim in answer.others if claim.role is role)
    named = [(code, None) for code in claiming] + [(duty.post.unit, duty) for duty in duties]
    return [
        {"unit": brief(answer.units[code], lang), "role": role.value, "post": post_brief(duty, lang)}
        for code, duty in named
    ]


def _candidate(candidate: Candidate, lang: Lang) -> dict[str, Any]:
    return {
        "unit": brief(candidate.unit, lang),
        "p": candidate.p / 1000,
        "distance_m": round_metres(candidate.distance_m),
        "rung": candidate.rung,
        "claim": candidate.ref,
    }


def _border(border: BorderNear, lang: Lang) -> dict[str, Any]:
    found = border.distance_m is not None
    return {
        "distance_m": round_metres(border.distance_m) if border.distance_m is not None else None,
        "beyond_m": None if found else round_metres(border.searched_m),
        "bearing": compass(border.bearing_deg) if border.bearing_deg is not None else None,
        "kind": border.kind,
        "across": {"unit": brief(border.across, lang)} if found else None,
    }
