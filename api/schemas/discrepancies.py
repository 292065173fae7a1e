"""Discrepancies on the way out, and what is said when one is taken, answered or reopened."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.answer import Answer
from api.schemas.text import PLAIN
from api.schemas.units import UnitBrief, brief
from geo.discrepancies import KINDS, MOVES, RESOLUTIONS, SEVERITIES, STATES, Discrepancy, Move, Resolution, say_state
from geo.moments import say_moment
from geo.wording import Lang

NOTE_LIMIT = 2000

Note = Annotated[str, Field(max_length=NOTE_LIMIT), PLAIN]


class MoveIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    by: str | None = Field(default=None, max_length=200, description="code of the unit or post | 单位或岗位编码")


class TakingIn(MoveIn):
    """Who takes it in hand."""

    note: Note | None = Field(default=None, description="what is to be done | 备注")


class AnsweringIn(MoveIn):
    """How it was answered; `edition` or `register` names where it is put right."""

    resolution: Resolution = Field(description="the answer | 答复结论")
    note: Note | None = Field(default=None, description="in words | 说明")
    edition: int | None = Field(default=None, ge=1, le=2**31, description="put right in this edition | 在哪一版改正")
    register_: int | None = Field(
        default=None, alias="register", ge=0, le=2**31, description="put right by this number | 台账第几号改正"
    )


class ReopeningIn(MoveIn):
    """Why it is not settled."""

    reason: Annotated[str, Field(min_length=1, max_length=NOTE_LIMIT), PLAIN] = Field(description="why | 理由")


class PlaceOut(BaseModel):
    """Where, in WGS 84."""

    model_config = ConfigDict(extra="forbid")

    lon: float
    lat: float


class BelievedOut(BaseModel):
    """Who should lead, as the reporter put it; `unit` is the code, where the map has one so called."""

    model_config = ConfigDict(extra="forbid")

    text: str
    unit: str | None


class DiscrepancyItem(BaseModel):
    """A discrepancy in a list. `unit` led in the answer; the `stewards` must answer by `due`."""

    model_config = ConfigDict(extra="forbid")

    id: str
    number: int
    text: str
    kind: str
    kind_name: str
    severity: str
    severity_name: str
    state: str
    state_name: str
    comment: str
    believed: BelievedOut | None
    filed_at: str
    due: str
    overdue: bool
    stewards: list[UnitBrief]
    position: PlaceOut
    category: str | None
    unit: UnitBrief | None
    verdict: str
    resolution: str | None
    resolution_name: str | None


class ReporterOut(BaseModel):
    """Who filed it; `contact` is null for whoever may not answer."""

    model_config = ConfigDict(extra="forbid")

    unit: str | None
    post: str | None
    contact: str | None


class ReaskedOut(BaseModel):
    """The same question, asked when it was answered; `refused` says why it has no answer any more."""

    model_config = ConfigDict(extra="forbid")

    at: str
    unit: UnitBrief | None
    verdict: str | None
    edition: int | None
    register_: int | None = Field(alias="register")
    refused: str | None


class MoveOut(BaseModel):
    """One step of the timeline."""

    model_config = ConfigDict(extra="forbid")

    do: str
    do_name: str
    at: str
    actor: str
    by: str | None
    note: str | None
    due: str | None
    resolution: str | None
    resolution_name: str | None
    edition: int | None
    register_: int | None = Field(alias="register")
    before: UnitBrief | None
    after: ReaskedOut | None


class AskedOut(BaseModel):
    """The parameters of `/v1/responsible` that give the answer again to the byte; `facts` are its `fact`."""

    model_config = ConfigDict(extra="forbid")

    lon: float
    lat: float
    datum: str
    accuracy_m: float | None
    confidence: float | None
    category: str | None
    receiver: str | None
    at: str
    known_at: str
    edition: int
    register_: int = Field(alias="register")
    facts: list[str]


class DiscrepancyOut(DiscrepancyItem):
    """A discrepancy in full. `answer` is the service's own; `differing` what the caller's copy had otherwise."""

    reporter: ReporterOut
    differs: bool | None
    differing: list[str] | None
    asked: AskedOut
    answer: Answer
    timeline: list[MoveOut]


class DiscrepancyPage(BaseModel):
    """A page of the list, in the order filed; `next` is the address of the following one."""

    model_config = ConfigDict(extra="forbid")

    items: list[DiscrepancyItem]
    next: str | None


def item_from_domain(one: Discrepancy, now: datetime, zone: ZoneInfo, lang: Lang) -> dict[str, Any]:
    """The discrepancy as lists show it; `now` decides what is overdue."""
    filing, resolution = one.filing, one.moves[-1].resolution
    believed = None if filing.believed is None else {"text": filing.believed, "unit": filing.believed_unit}
    return {
        "id": one.id,
        "number": one.number,
        "text": say_state(one, now, zone, lang),
        "kind": filing.kind.value,
        "kind_name": KINDS[filing.kind].say(lang),
        "severity": filing.severity.value,
        "severity_name": SEVERITIES[filing.severity].say(lang),
        "state": one.state.value,
        "state_name": STATES[one.state].say(lang),
        "comment": filing.comment,
        "believed": believed,
        "filed_at": say_moment(one.filed_at),
        "due": say_moment(one.due),
        "overdue": one.is_overdue(now),
        "stewards": [brief(steward, lang) for steward in one.stewards],
        "position": {"lon": one.lon, "lat": one.lat},
        "category": one.category,
        "unit": brief(one.unit, lang),
        "verdict": one.verdict,
        "resolution": resolution.value if resolution else None,
        "resolution_name": RESOLUTIONS[resolution].say(lang) if resolution else None,
    }


def from_domain(one: Discrepancy, now: datetime, zone: ZoneInfo, lang: Lang, *, with_contact: bool) -> dict[str, Any]:
    """The discrepancy in full; how to reach its reporter only `with_contact`."""
    filing = one.filing
    return {
        **item_from_domain(one, now, zone, lang),
        "reporter": {
            "unit": filing.reporter_unit,
            "post": filing.reporter_post,
            "contact": filing.contact if with_contact else None,
        },
        "differs": None if one.differing is None else bool(one.differing),
        "differing": None if one.differing is None else list(one.differing),
        "asked": dict(one.asked),
        "answer": one.answer[lang] if one.answer else None,
        "timeline": [_move(move, lang) for move in one.moves],
    }


def feature(one: Discrepancy, now: datetime, zone: ZoneInfo, lang: Lang) -> dict[str, Any]:
    """The discrepancy as a GeoJSON Feature: a point where the answer was asked for."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
        "properties": item_from_domain(one, now, zone, lang),
    }


def _move(move: Move, lang: Lang) -> dict[str, Any]:
    after = move.after
    return {
        "do": move.do.value,
        "do_name": MOVES[move.do].say(lang),
        "at": say_moment(move.at),
        "actor": move.actor,
        "by": move.by,
        "note": move.note,
        "due": say_moment(move.due) if move.due else None,
        "resolution": move.resolution.value if move.resolution else None,
        "resolution_name": RESOLUTIONS[move.resolution].say(lang) if move.resolution else None,
        "edition": move.edition,
        "register": move.register,
        "before": brief(move.before, lang),
        "after": {
            "at": say_moment(after.at),
            "unit": brief(after.unit, lang),
            "verdict": after.verdict,
            "edition": after.edition,
            "register": after.register,
            "refused": after.refused.say(lang) if after.refused else None,
        }
        if after
        else None,
    }
