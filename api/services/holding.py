"""People and who holds which post: writes to the register, one transaction each, in force at once."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from api.services.register_write import check_code, write_register
from geo.errors import InvalidInput, NotAllowed, NotFound
from geo.moments import parse_moment, say_local
from geo.register.enlisting import clash_of
from geo.register.holdings import Capacity, Holding, Person
from geo.register.log import Change
from geo.register.roster import Roster
from geo.schedule import Schedule
from geo.sources.holders import NEVER_HELD
from geo.sources.hours import parse_hours
from geo.wording import Phrase

NO_SUCH_HOLDING = Phrase(
    zh="台账中没有编号为 {id} 的任职；可用 /v1/holders 查看",
    en="the register has no holding {id}; see /v1/holders",
)
HELD_BY = Phrase(
    zh="岗位 {post} 在这段时间已由 {person} 任职（{id}，{since} 至 {until}）；请办理交接，或改起止时间、班次",
    en="the post {post} is held by {person} then ({id}, from {since} to {until}); hand it over, or give another period "
    "or shift",
)
NOBODY_TO_RELIEVE = Phrase(
    zh="岗位 {post} 在 {at} 无人任职，无从交接；请直接任命：POST /v1/holders",
    en="nobody holds the post {post} at {at}, so there is nothing to hand over; appoint somebody: POST /v1/holders",
)
SUCCESSOR_WAITS = Phrase(
    zh="岗位 {post} 已定由 {person} 自 {since} 起接任（{id}）；请先办理其结束，再交接",
    en="{person} is to hold the post {post} from {since} ({id}); end that first, then hand over",
)
OPEN = Phrase(zh="不限", en="open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A holding as the caller puts it; None is "not said"."""

    post: str
    person: str
    capacity: Capacity = Capacity.HOLDER
    hours: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    source: str | None = None


def record_person(engine: Engine, person: Person, *, actor: str, now: datetime) -> Person:
    """The person, recorded from now on as given.

    Raises
    ------
    InvalidInput
        A code that cannot be one.
    """
    check_code(person.code)
    with write_register(engine, actor=actor, now=now) as write:
        if write.roster.people.get(person.code) != person:
            write.changes.append((Person, person.code, person))
    return person


def appoint(engine: Engine, asked: Appointment, zone: ZoneInfo, *, actor: str, now: datetime) -> Holding:
    """The holding that the appointment makes; said a second time it is the one of the first time.

    Raises
    ------
    NotFound, InvalidInput, NotAllowed
        No such post or person; dates or hours that cannot be; somebody else holds it then.
    """
    schedule = Schedule(
        parse_hours(asked.hours) if asked.hours else (),
        parse_moment(asked.valid_from, zone=zone, field="valid_from") if asked.valid_from else None,
        parse_moment(asked.valid_to, zone=zone, field="valid_to") if asked.valid_to else None,
    )
    if schedule.valid_from and schedule.valid_to and schedule.valid_to <= schedule.valid_from:
        raise InvalidInput(NEVER_HELD, valid_from=asked.valid_from)
    with write_register(engine, actor=actor, now=now) as write:
        write.check_post(asked.post)
        write.check_person(asked.person)
        holding = Holding(next(write.ids), asked.post, asked.person, asked.capacity, schedule, asked.source)
        others = write.roster.of_post(asked.post)
        for other in others:
            if replace(other, id=holding.id) == holding:
                return other
        clash = clash_of(holding, others)
        if clash is not None:
            raise NotAllowed(HELD_BY, **_words(clash, write.roster, zone))
        write.changes.append((Holding, holding.id, holding))
    return holding


def hand_over(
    engine: Engine,
    post: str,
    person: str,
    zone: ZoneInfo,
    *,
    at: str | None,
    source: str | None,
    actor: str,
    now: datetime,
) -> tuple[Holding, ...]:
    """The holdings of the successor, who takes over every shift of the post at one moment; whoever held it ends then.

    A shift that the successor holds already stays as it is, and a term that has an end keeps it.
    Handing a post over to whoever holds it alone changes nothing.

    Raises
    ------
    NotFound, InvalidInput, NotAllowed
        No such post or person; nobody to relieve then, or a successor is waiting already.
    """
    moment = parse_moment(at, zone=zone) if at else now
    with write_register(engine, actor=actor, now=now) as write:
        write.check_post(post)
        write.check_person(person)
        terms = [holding for holding in write.roster.of_post(post) if holding.capacity is Capacity.HOLDER]
        leaving = [holding for holding in terms if holding.schedule.spans(moment)]
        waiting = [it for it in terms if it.schedule.valid_from is not None and it.schedule.valid_from > moment]
        if not leaving:
            raise NotAllowed(NOBODY_TO_RELIEVE, post=post, at=say_local(moment, zone))
        if {holding.person for holding in leaving} == {person}:
            return tuple(leaving)
        if waiting:
            raise NotAllowed(SUCCESSOR_WAITS, **_words(waiting[0], write.roster, zone))
        held = []
        taken = []
        for holding in leaving:
            if holding.person == person:
                held.append(holding)
                continue
            write.changes.append(_ended(holding, moment))
            schedule = replace(holding.schedule, valid_from=moment)
            taken.append(Holding(next(write.ids), post, person, Capacity.HOLDER, schedule, source))
        write.changes += [(Holding, holding.id, holding) for holding in taken]
    return (*held, *taken)


def end(engine: Engine, id_: str, zone: ZoneInfo, *, at: str | None, actor: str, now: datetime) -> Holding | None:
    """The holding, ended at a moment; None when it had not begun by then, so that it never was.

    Raises
    ------
    NotFound
        The register has no such holding.
    """
    moment = parse_moment(at, zone=zone) if at else now
    with write_register(engine, actor=actor, now=now) as write:
        holding = write.roster.holdings.get(id_)
        if holding is None:
            raise NotFound(NO_SUCH_HOLDING, id=id_)
        if holding.schedule.valid_to is not None and holding.schedule.valid_to <= moment:
            return holding
        change = _ended(holding, moment)
        write.changes.append(change)
    ended = change[2]
    return ended if isinstance(ended, Holding) else None


def _ended(holding: Holding, moment: datetime) -> Change:
    """The change that ends a holding; one that begins only then is withdrawn."""
    begins = holding.schedule.valid_from
    if begins is not None and begins >= moment:
        return Holding, holding.id, None
    return Holding, holding.id, replace(holding, schedule=replace(holding.schedule, valid_to=moment))


def _words(holding: Holding, roster: Roster, zone: ZoneInfo) -> dict[str, object]:
    person = roster.people.get(holding.person)
    schedule = holding.schedule
    return {
        "post": holding.post,
        "person": person.name if person else holding.person,
        "id": holding.id,
        "since": say_local(schedule.valid_from, zone) if schedule.valid_from else OPEN,
        "until": say_local(schedule.valid_to, zone) if schedule.valid_to else OPEN,
    }
