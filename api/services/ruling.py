"""Rulings and permits: recorded once, revoked, never deleted; one transaction each, in force at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import shapely
from shapely import MultiPolygon, STRtree
from sqlalchemy import Engine

from api.services.register_write import check_code, write_register
from geo.atlas import Atlas
from geo.claims import EVERY_CATEGORY
from geo.codes import name_of
from geo.datum import parse_datum
from geo.errors import InvalidGeometry, InvalidInput, NotAllowed, NotFound
from geo.moments import parse_moment
from geo.portions import check_crossings
from geo.register.roster import Roster
from geo.register.rulings import GroundKind, Permit, RuledGround, Ruling
from geo.schedule import Schedule
from geo.shape_door import ASKED_VERTICES, accept_asked
from geo.shapes import polygons_only
from geo.sources.claim_rows import MIXED, NO_CODES, PLACES
from geo.sources.hours import parse_hours
from geo.strips import band_of
from geo.units import accountable
from geo.wording import Phrase

NO_SUCH = Phrase(
    zh="台账中没有编号为 {id} 的{thing}",
    en="the register has no {thing} {id}",
)
RULING = Phrase(zh="裁定", en="ruling")
PERMIT = Phrase(zh="审批", en="permit")
SAID_OTHERWISE = Phrase(
    zh="编号 {id} 已用于另一份内容不同的{thing}；请先撤销它（:revoke），再用新编号登记",
    en="the id {id} was used for a {thing} that says otherwise; revoke that one (:revoke) and record a new id",
)
NO_BAND = Phrase(
    zh="这条线连同宽度画不出可用的范围（超过 {limit} 个顶点，或越过经线 180°、极点）；请简化或分段登记",
    en="the line with its width makes no ground to record (more than {limit} vertices, or beyond 180° or a pole); "
    "simplify it or record it in parts",
)
ONE_GROUND = Phrase(
    zh="地点只能填一项：{keys}；现有 {given} 个",
    en="name exactly one ground of {keys}; {given} are given",
)
NOT_ON_MAP = Phrase(
    zh="{key} = {value} 不在地图上；请核对编码",
    en="{key} {value} is not on the map; check the code",
)
NO_END = Phrase(
    zh="审批 {id} 没有截止时间；请给出 valid_to",
    en="the permit {id} has no end; give valid_to",
)
NEVER = Phrase(
    zh="截止 {valid_to} 不晚于开始 {valid_from}；请改正其中一个",
    en="valid_to {valid_to} is not after valid_from {valid_from}; correct one of them",
)
CONTRACTOR = Phrase(
    zh="{unit} 是承包单位，不能裁定由它牵头；请写它的上级 {above}",
    en="{unit} is a contractor and cannot be ruled to lead; name the unit above it, {above}",
)
Entry = TypeVar("Entry", Ruling, Permit)
LINE_WIDTH_M = 10.0
GROUNDS = ("city", "area", "checkpoint", "halo", "strip", "segment", "geometry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A ruling or permit as the caller puts it; None is "not said". `ground` has exactly one of GROUNDS."""

    id: str
    categories: Sequence[str]
    ground: Mapping[str, Any]
    unit: str | None = None
    hours: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    source: str | None = None
    text: str = ""
    text_en: str | None = None
    assists: Sequence[str] = ()
    decided_by: str | None = None
    decided_at: str | None = None


def rule(engine: Engine, atlas: Atlas, asked: Asked, *, actor: str, now: datetime) -> Ruling:
    """The ruling, in force from now on as it says; recorded a second time alike it is the first one.

    Raises
    ------
    InvalidInput, NotFound, InvalidGeometry
        A unit, category, post or ground that the map does not have.
    NotAllowed
        The id stands for a ruling that says otherwise.
    """
    unit = atlas.unit(asked.unit or "").code
    above = accountable(unit, atlas.units)
    if above != unit:
        raise InvalidInput(CONTRACTOR, unit=unit, above=above)
    for code in asked.assists:
        atlas.unit(code)
    if asked.decided_by is not None:
        atlas.posts.post(asked.decided_by)
    decided_at = (
        parse_moment(asked.decided_at, zone=atlas.zone, field="decided_at") if asked.decided_at is not None else now
    )
    schedule = _schedule(atlas, asked)
    if schedule.valid_from is None:
        schedule = replace(schedule, valid_from=decided_at)
    ruling = Ruling(
        id=asked.id,
        unit=unit,
        categories=_categories(atlas, asked),
        ground=_ground(atlas, asked.ground),
        decided_at=decided_at,
        schedule=schedule,
        reason=name_of(asked.text, asked.text_en),
        assists=tuple(asked.assists),
        source=asked.source,
        decided_by=asked.decided_by,
    )
    return _record(engine, ruling, lambda roster: roster.rulings, RULING, asked, actor=actor, now=now)


def permit(engine: Engine, atlas: Atlas, asked: Asked, *, actor: str, now: datetime) -> Permit:
    """The permit; it raises what `rule` raises, and InvalidInput without an end."""
    if asked.valid_to is None:
        raise InvalidInput(NO_END, id=asked.id)
    entry = Permit(
        id=asked.id,
        categories=_categories(atlas, asked),
        ground=_ground(atlas, asked.ground),
        schedule=_schedule(atlas, asked),
        holder=name_of(asked.text, asked.text_en),
        unit=atlas.unit(asked.unit).code if asked.unit is not None else None,
        source=asked.source,
    )
    return _record(engine, entry, lambda roster: roster.permits, PERMIT, asked, actor=actor, now=now)


def revoke(
    engine: Engine, atlas: Atlas, kind: type[Entry], id_: str, *, at: str | None, actor: str, now: datetime
) -> Entry:
    """The ruling or permit, no longer in force from a moment on; it stays on record.

    Raises
    ------
    NotFound
    """
    moment = parse_moment(at, zone=atlas.zone) if at else now
    with write_register(engine, actor=actor, now=now) as write:
        known: Mapping[str, Ruling | Permit] = write.roster.rulings if kind is Ruling else write.roster.permits
        entry = known.get(id_)
        if not isinstance(entry, kind):
            raise NotFound(NO_SUCH, id=id_, thing=RULING if kind is Ruling else PERMIT)
        if entry.schedule.valid_to is None or entry.schedule.valid_to > moment:
            begins = entry.schedule.valid_from
            ends = moment if begins is None else max(begins, moment)
            entry = replace(entry, schedule=replace(entry.schedule, valid_to=ends))
            write.changes.append((kind, id_, entry))
    return entry


def _record(
    engine: Engine,
    entry: Entry,
    known_as: Callable[[Roster], Mapping[str, Entry]],
    thing: Phrase,
    asked: Asked,
    *,
    actor: str,
    now: datetime,
) -> Entry:
    check_code(entry.id)
    with write_register(engine, actor=actor, now=now) as write:
        known = known_as(write.roster).get(entry.id)
        if known is None:
            write.changes.append((type(entry), entry.id, entry))
            return entry
        if _as_first_said(entry, known, asked) != known:
            raise NotAllowed(SAID_OTHERWISE, id=entry.id, thing=thing)
    return known


def _as_first_said(entry: Entry, known: Entry, asked: Asked) -> Entry:
    """The entry with the moments that the caller left to the clock as they were the first time."""
    if not isinstance(entry, Ruling) or not isinstance(known, Ruling):
        return entry
    schedule = entry.schedule if asked.valid_from else replace(entry.schedule, valid_from=known.schedule.valid_from)
    decided_at = entry.decided_at if asked.decided_at else known.decided_at
    return replace(entry, schedule=schedule, decided_at=decided_at)


def _categories(atlas: Atlas, asked: Asked) -> tuple[str, ...]:
    categories = tuple(dict.fromkeys(asked.categories))
    if not categories:
        raise InvalidInput(NO_CODES)
    for code in categories:
        if code != EVERY_CATEGORY:
            atlas.check_category(code)
    if EVERY_CATEGORY in categories and len(categories) > 1:
        raise InvalidInput(MIXED, codes=", ".join(code for code in categories if code != EVERY_CATEGORY))
    return categories


def _schedule(atlas: Atlas, asked: Asked) -> Schedule:
    start = parse_moment(asked.valid_from, zone=atlas.zone, field="valid_from") if asked.valid_from else None
    end = parse_moment(asked.valid_to, zone=atlas.zone, field="valid_to") if asked.valid_to else None
    if start is not None and end is not None and end <= start:
        raise InvalidInput(NEVER, valid_from=asked.valid_from, valid_to=asked.valid_to)
    return Schedule(parse_hours(asked.hours) if asked.hours else (), start, end)


def _ground(atlas: Atlas, given: Mapping[str, Any]) -> RuledGround:
    """The ground that the caller names, checked against the map."""
    named = [key for key in GROUNDS if given.get(key) not in (None, False)]
    if len(named) != 1:
        raise InvalidInput(ONE_GROUND, keys=", ".join(GROUNDS), given=len(named))
    key, value = named[0], given[named[0]]
    if key == "city":
        return RuledGround(GroundKind.CITY)
    if key == "geometry":
        return RuledGround(GroundKind.POLYGON, (), _drawn(value, given.get("width_m") or LINE_WIDTH_M))
    if key == "segment":
        atlas.segment(value)
        return RuledGround(GroundKind.SEGMENT, (value,))
    place = PLACES[key](value)
    if (place.kind, *place.key) not in atlas.grounds.by_place:
        raise InvalidInput(NOT_ON_MAP, key=key, value=value)
    return RuledGround(GroundKind(place.kind.value), tuple(str(part) for part in place.key))


def _drawn(geometry: Mapping[str, Any], width_m: float) -> MultiPolygon:
    """The ground that a GeoJSON polygon draws, or a line with this width on each side."""
    shape = accept_asked(geometry, datum=parse_datum("wgs84"))
    if isinstance(shape, MultiPolygon):
        return shape
    check_crossings(shape, STRtree([]))
    bands = [polygon for line in shape.geoms for polygon in band_of(line, width_m=width_m).geoms]
    ground = polygons_only(shapely.union_all(bands)) or MultiPolygon()
    west, south, east, north = ground.bounds or (0.0, 0.0, 0.0, 0.0)
    if shapely.get_num_coordinates(ground) > ASKED_VERTICES or west < -180 or east > 180 or south < -90 or north > 90:
        raise InvalidGeometry(NO_BAND, limit=ASKED_VERTICES)
    return ground
