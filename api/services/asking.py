"""From what a caller asks to what the atlas can answer: editions chosen, datums converted, defaults filled in."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import numpy as np

from geo.atlas import Atlas
from geo.datum import Datum, parse_datum, place_in_wgs84, to_wgs84
from geo.determination import Determination, Given
from geo.editions import choose_edition, edition_by_id
from geo.errors import GeoError, InvalidInput
from geo.hearing import read_facts
from geo.model import Edition
from geo.moments import parse_moment
from geo.position import NO_PLACE, NOT_FINITE, Position
from geo.register.log import Register
from geo.resolve import Moment, Question, determine, determine_many
from geo.wording import Phrase

DEGREES = Phrase(
    zh="lon {lon}、lat {lat} 像是经纬度，而坐标系 {datum} 的单位是米；请改用 wgs84、gcj02 等，或给出米数",
    en="lon {lon}, lat {lat} look like degrees, and {datum} is in metres; name wgs84, gcj02 …, or give metres",
)
DRAFT_OR_EDITION = Phrase(
    zh="draft 与 edition={edition} 不能同时给出；草稿不是已发布的版本，请只留一个",
    en="draft and edition {edition} exclude each other: the draft is no published edition; give one of them",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One look-up as the caller put it; None is "not said"."""

    lon: float
    lat: float
    datum: str | None = None
    accuracy_m: float | None = None
    confidence: float | None = None
    category: str | None = None
    at: str | None = None
    facts: tuple[str, ...] = ()
    receiver: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What holds for all look-ups of a request.

    The present moment, `known_at`, and an edition or a number of the register that is forced.
    """

    now: datetime
    known_at: str | None = None
    edition: int | None = None
    register: int | None = None


class Editions(Protocol):
    """One consistent view of everything published, for the length of a request."""

    @property
    def editions(self) -> tuple[Edition, ...]: ...

    @property
    def latest(self) -> Atlas: ...

    @property
    def register(self) -> Register: ...

    def atlas(self, edition: Edition) -> Atlas: ...


def choose(view: Editions, frame: Frame, at: str | None) -> tuple[Edition, Moment]:
    """The edition and moment for a look-up; times without an offset are in the city's zone."""
    zone = view.latest.zone
    register = view.register
    # Another's clock may run ahead of ours: what is published or recorded is known, and has begun.
    known = [edition.published_at for edition in view.editions]
    now = max(frame.now, *known, *([register.recorded_at] if register.recorded_at else []))
    known_at = parse_moment(frame.known_at, zone=zone, field="known_at") if frame.known_at else now
    number = register.known_at(known_at) if frame.register is None else frame.register
    moment = Moment(parse_moment(at, zone=zone) if at else now, known_at, view.editions, register.roster(number))
    if frame.edition is not None:
        return edition_by_id(view.editions, frame.edition), moment
    return choose_edition(view.editions, at=moment.at, known_at=known_at), moment


def question_of(asked: Asked, atlas: Atlas) -> Question:
    """The question in WGS 84, with the city's defaults for what the caller did not say.

    Raises
    ------
    InvalidInput, UnknownDatum, NotFound
    """
    datum = _datum_of(asked, atlas)
    lon, lat = place_in_wgs84(datum, lon=float(asked.lon), lat=float(asked.lat))
    return _question(asked, atlas, datum, lon=lon, lat=lat)


def _datum_of(asked: Asked, atlas: Atlas) -> Datum:
    """What the numbers of a look-up are in; refused with its category, and where they cannot be in it."""
    atlas.check_category(asked.category)
    datum = parse_datum(asked.datum or atlas.city.datum)
    for field, value in (("lon", asked.lon), ("lat", asked.lat)):
        if not math.isfinite(value):
            raise InvalidInput(NOT_FINITE, field=field, value=value)
    if datum.is_projected and abs(asked.lon) <= 180.0 and abs(asked.lat) <= 90.0:
        raise InvalidInput(DEGREES, lon=asked.lon, lat=asked.lat, datum=datum.code)
    return datum


def _question(asked: Asked, atlas: Atlas, datum: Datum, *, lon: float, lat: float) -> Question:
    """The question of what is asked, whose place in WGS 84 this is."""
    city = atlas.city
    if not math.isfinite(lon + lat):
        raise InvalidInput(NO_PLACE, lon=asked.lon, lat=asked.lat, datum=datum.code)
    return Question(
        position=Position(
            lon=lon,
            lat=lat,
            accuracy_m=city.policy.accuracy_m["unknown"] if asked.accuracy_m is None else asked.accuracy_m,
            confidence=city.policy.confidence if asked.confidence is None else asked.confidence,
        ),
        given=Given(asked.lon, asked.lat, datum.code),
        accuracy_assumed=asked.accuracy_m is None,
        category=asked.category,
        facts=read_facts(atlas, asked.facts, asked.category),
        receiver=None if asked.receiver is None else atlas.unit(asked.receiver).code,
    )


def ask(view: Editions, asked: Asked, frame: Frame) -> Determination:
    """The answer to one look-up; refusals are raised."""
    edition, moment = choose(view, frame, asked.at)
    return answer_at(view.atlas(edition), asked, moment)


def answer_at(atlas: Atlas, asked: Asked, moment: Moment) -> Determination:
    """The answer of one edition at a moment; refusals are raised."""
    return determine(atlas, question_of(asked, atlas), moment)


def in_draft(frame: Frame, draft: Edition) -> Frame:
    """The frame of a look-up in the draft, whose edition is forced; InvalidInput for one that forces another."""
    if frame.edition is not None:
        raise InvalidInput(DRAFT_OR_EDITION, edition=frame.edition)
    return replace(frame, edition=draft.id)


def as_draft(answer: Determination) -> Determination:
    """The answer marked as the draft's; nobody may keep it."""
    return replace(answer, expires=None, warnings=(*answer.warnings, "draft"))


def ask_many(view: Editions, asked: Sequence[Asked | GeoError], frame: Frame) -> list[Determination | GeoError]:
    """The answers in order; what is refused stands in its place and spoils no other.

    An item that is already a refusal is passed through.
    """
    answers: list[Determination | GeoError | None] = [None] * len(asked)
    groups: dict[tuple[int, str | None], list[tuple[int, Question]]] = {}
    chosen: dict[str | None, tuple[Edition, Moment] | GeoError] = {}
    by_datum: dict[Datum, list[tuple[int, Asked, Atlas]]] = {}
    for i, one in enumerate(asked):
        try:
            if isinstance(one, GeoError):
                raise one
            edition, moment = _choose_once(view, frame, one.at, chosen)
            atlas = view.atlas(edition)
            by_datum.setdefault(_datum_of(one, atlas), []).append((i, one, atlas))
        except GeoError as refusal:
            answers[i] = refusal
    for datum, items in by_datum.items():
        lon, lat = to_wgs84(
            datum, lon=np.array([one.lon for _, one, _ in items]), lat=np.array([one.lat for _, one, _ in items])
        )
        for (i, one, atlas), x, y in zip(items, lon.tolist(), lat.tolist(), strict=True):
            try:
                question = _question(one, atlas, datum, lon=x, lat=y)
            except GeoError as refusal:
                answers[i] = refusal
            else:
                groups.setdefault((atlas.edition.id, one.at), []).append((i, question))
    for (_, at), members in groups.items():
        edition, moment = _choose_once(view, frame, at, chosen)
        found = determine_many(view.atlas(edition), [question for _, question in members], moment)
        for (i, _), answer in zip(members, found, strict=True):
            answers[i] = answer
    return [answer for answer in answers if answer is not None]


def _choose_once(
    view: Editions, frame: Frame, at: str | None, chosen: dict[str | None, tuple[Edition, Moment] | GeoError]
) -> tuple[Edition, Moment]:
    if at not in chosen:
        try:
            chosen[at] = choose(view, frame, at)
        except GeoError as refusal:
            chosen[at] = refusal
    found = chosen[at]
    if isinstance(found, GeoError):
        raise found
    return found
