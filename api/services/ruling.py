"""Rulings and permits are recorded: once each, in one transaction, in force at once unless drafted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Engine

from api.services.register_write import check_code, write_register
from api.services.ruled_ground import ground_asked
from geo.atlas import Atlas
from geo.claims import EVERY_CATEGORY, Condition
from geo.codes import name_of
from geo.errors import InvalidInput, NotAllowed
from geo.hearing import read_facts
from geo.moments import parse_moment, say_moment
from geo.register.disputes import arbiter_of, at_odds
from geo.register.roster import Roster
from geo.register.rulings import Permit, Ruling
from geo.schedule import Schedule
from geo.sources.claim_rows import MIXED, NO_CODES
from geo.sources.hours import parse_hours
from geo.units import accountable
from geo.wording import Phrase

RULING = Phrase(zh="裁定", en="ruling")
PERMIT = Phrase(zh="审批", en="permit")
SAID_OTHERWISE = Phrase(
    zh="编号 {id} 已用于另一份内容不同的{thing}；请先撤销它（:revoke），再用新编号登记",
    en="the id {id} was used for a {thing} that says otherwise; revoke that one (:revoke) and record a new id",
)
STILL_DRAFT = Phrase(
    zh="裁定 {id} 还是草案；请决定它（POST /v1/rulings/{id}:decide），或先撤回（:revoke）",
    en="the ruling {id} is a draft; decide it (POST /v1/rulings/{id}:decide), or withdraw it first (:revoke)",
)
DRAFT_DECIDED = Phrase(
    zh="草案不能带裁定时刻 decided_at {decided_at}；请去掉其中一项",
    en="a draft is not decided, so decided_at {decided_at} cannot stand beside draft; leave one of them out",
)
TO_COME = Phrase(
    zh="裁定时刻 decided_at {decided_at} 还没有到；尚未作出的请先起草（draft），以后才生效的请写 valid_from",
    en="decided_at {decided_at} is still to come; draft the ruling, or say in valid_from when it begins",
)
ALONE = Phrase(
    zh="between 只写了 {unit}；争议至少有两个单位，也可以不填，由地图推算",
    en="between names only {unit}; a dispute has two units at least, or leave it out and the map tells",
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
NO_CONDITION = Phrase(
    zh="裁定不能以现场情况 {fact} 为条件；请用 seen:编码、owner:单位、side:、strip: 或 checkpoint:",
    en="a ruling cannot depend on {fact}; name seen:CODE, owner:UNIT, side:, strip: or checkpoint:",
)
NO_WORDS = Phrase(
    zh="条件 {fact} 没有说明看到什么；请在 text 中写明（如“破损路面在管线上方”）",
    en="the condition {fact} does not say what is to be seen; say it in text: 'the broken surface is over a pipe'",
)
# The caller's clock may run ahead of ours by so much.
CLOCKS_APART = timedelta(minutes=5)
Entry = TypeVar("Entry", Ruling, Permit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A ruling or permit as the caller puts it; None is "not said". `ground` has exactly one of GROUNDS.

    A ruling that is a `draft` is in force for nobody until it is decided. A `condition` has `fact`, and for what the
    map does not know `text` and `text_en`.
    """

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
    issue: str | None = None
    between: Sequence[str] = ()
    draft: bool = False
    condition: Mapping[str, str | None] | None = None


def rule(engine: Engine, atlas: Atlas, roster: Roster, asked: Asked, *, actor: str, now: datetime) -> Ruling:
    """The ruling, in force from now on as it says, or drafted; recorded a second time alike it is the first one.

    A later draft takes the place of an earlier one. `roster` is the register now: without `between` the units at odds
    are those of the answer that it gives, and without `decided_by` their arbiter has decided.

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
    if asked.draft and asked.decided_at is not None:
        raise InvalidInput(DRAFT_DECIDED, decided_at=asked.decided_at)
    if len(set(asked.between)) == 1:
        raise InvalidInput(ALONE, unit=asked.between[0])
    decided_at = None if asked.draft else read_decided_at(atlas, asked.decided_at, now)
    schedule = _schedule(atlas, asked)
    if schedule.valid_from is None:
        schedule = replace(schedule, valid_from=decided_at)
    ruling = Ruling(
        id=asked.id,
        unit=unit,
        categories=_categories(atlas, asked),
        ground=ground_asked(atlas, asked.ground),
        decided_at=decided_at,
        schedule=schedule,
        reason=name_of(asked.text, asked.text_en),
        assists=tuple(asked.assists),
        source=asked.source,
        decided_by=asked.decided_by,
        issue=asked.issue,
        condition=_condition(atlas, asked.condition),
        between=tuple(sorted({atlas.unit(code).code for code in asked.between})),
    )
    if not ruling.between:
        ruling = replace(ruling, between=at_odds(atlas, roster, ruling, now))
    arbiter = arbiter_of(atlas, ruling)
    if ruling.decided_by is None and arbiter is not None and not ruling.is_draft:
        ruling = replace(ruling, decided_by=arbiter.code)
    return _record(engine, ruling, lambda register: register.rulings, RULING, asked, actor=actor, now=now)


def permit(engine: Engine, atlas: Atlas, asked: Asked, *, actor: str, now: datetime) -> Permit:
    """The permit; it raises what `rule` raises, and InvalidInput without an end."""
    if asked.valid_to is None:
        raise InvalidInput(NO_END, id=asked.id)
    entry = Permit(
        id=asked.id,
        categories=_categories(atlas, asked),
        ground=ground_asked(atlas, asked.ground),
        schedule=_schedule(atlas, asked),
        holder=name_of(asked.text, asked.text_en),
        unit=atlas.unit(asked.unit).code if asked.unit is not None else None,
        source=asked.source,
    )
    return _record(engine, entry, lambda roster: roster.permits, PERMIT, asked, actor=actor, now=now)


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
        redrafted = isinstance(known, Ruling) and isinstance(entry, Ruling) and known.is_draft
        if redrafted and not asked.draft:
            raise NotAllowed(STILL_DRAFT, id=entry.id)
        if known is None or (redrafted and known != entry):
            check_begins(entry.schedule)
            write.changes.append((type(entry), entry.id, entry))
            return entry
        if _as_first_said(entry, known, asked) != known:
            raise NotAllowed(SAID_OTHERWISE, id=entry.id, thing=thing)
    return known


def read_decided_at(atlas: Atlas, text: str | None, now: datetime) -> datetime:
    """When it was decided, by default now.

    Raises
    ------
    InvalidInput
        No moment, or one to come: the later of two decisions wins, so that one dated ahead would win over all.
    """
    decided_at = parse_moment(text, zone=atlas.zone, field="decided_at") if text else now
    if decided_at > now + CLOCKS_APART:
        raise InvalidInput(TO_COME, decided_at=text)
    return decided_at


def check_begins(schedule: Schedule) -> None:
    """Nothing, or InvalidInput for what ends before it begins and would never be in force."""
    start, end = schedule.valid_from, schedule.valid_to
    if start is not None and end is not None and end <= start:
        raise InvalidInput(NEVER, valid_from=say_moment(start), valid_to=say_moment(end))


def _as_first_said(entry: Entry, known: Entry, asked: Asked) -> Entry:
    """The entry with what the caller left to the clock and the map as it was the first time."""
    if not isinstance(entry, Ruling) or not isinstance(known, Ruling):
        return entry
    schedule = entry.schedule if asked.valid_from else replace(entry.schedule, valid_from=known.schedule.valid_from)
    return replace(
        entry,
        schedule=schedule,
        decided_at=entry.decided_at if asked.decided_at else known.decided_at,
        decided_by=entry.decided_by if asked.decided_by else known.decided_by,
        between=entry.between if asked.between else known.between,
    )


def _condition(atlas: Atlas, given: Mapping[str, str | None] | None) -> Condition | None:
    """What the ruling depends on, in words that the caller gives for what no map shows.

    Raises
    ------
    InvalidInput
        It is no fact, one that a ruling cannot depend on, or has no words.
    """
    if given is None:
        return None
    fact = read_facts(atlas, [given.get("fact") or ""], None)[0]
    text = (given.get("text") or "").strip()
    if fact.kind in ("component", "unseen"):
        raise InvalidInput(NO_CONDITION, fact=fact.said)
    if fact.kind == "seen" and not text:
        raise InvalidInput(NO_WORDS, fact=fact.said)
    return Condition(fact.said, name_of(text, given.get("text_en")) if text else fact.text)


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
