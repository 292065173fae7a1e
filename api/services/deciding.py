"""A drafted ruling is decided, and a ruling or permit revoked; nothing is deleted, and each is one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from api.services.register_write import RegisterWrite, write_register
from api.services.ruling import PERMIT, RULING, Entry, check_begins, read_decided_at
from geo.atlas import Atlas
from geo.errors import NotAllowed, NotFound
from geo.moments import parse_moment, say_moment
from geo.register.disputes import arbiter_of
from geo.register.overlay import is_on
from geo.register.rulings import Permit, Ruling
from geo.wording import Phrase

NO_SUCH = Phrase(
    zh="台账中没有编号为 {id} 的{thing}",
    en="the register has no {thing} {id}",
)
NOT_A_DRAFT = Phrase(
    zh="裁定 {id} 已于 {decided_at} 作出，不是草案；要改请先撤销（:revoke），再用新编号登记",
    en="the ruling {id} was decided at {decided_at} and is no draft; to change it, revoke it (:revoke) and record a "
    "new id",
)
NO_LONGER_THERE = Phrase(
    zh="草案 {id} 的地点、单位或类别已不在地图上；请重新起草",
    en="the map no longer has the ground, a unit or a category of the draft {id}; draft it anew",
)


def decide(
    engine: Engine,
    atlas: Atlas,
    id_: str,
    *,
    decided_by: str | None,
    decided_at: str | None,
    valid_from: str | None,
    actor: str,
    now: datetime,
) -> Ruling:
    """The drafted ruling, decided: in force from `valid_from`, by default from when it was drafted for, else decided.

    Without `decided_by` it is the post that the draft names, else the arbiter between its units. One that was decided
    so already is that one.

    Raises
    ------
    NotFound, NotAllowed
        There is no such ruling, it was decided otherwise, or the map has no longer what it names.
    InvalidInput
        It would never be in force, or be decided at a moment to come.
    """
    if decided_by is not None:
        atlas.posts.post(decided_by)
    moment = read_decided_at(atlas, decided_at, now)
    with write_register(engine, actor=actor, now=now) as write:
        draft = _known(write, Ruling, id_)
        start = parse_moment(valid_from, zone=atlas.zone, field="valid_from") if valid_from else None
        if draft.decided_at is not None:
            said = (decided_by, moment if decided_at else None, start)
            known = (draft.decided_by, draft.decided_at, draft.schedule.valid_from)
            if any(one not in (None, other) for one, other in zip(said, known, strict=True)):
                raise NotAllowed(NOT_A_DRAFT, id=id_, decided_at=say_moment(draft.decided_at))
            return draft
        if not is_on(atlas, draft):
            raise NotAllowed(NO_LONGER_THERE, id=id_)
        if decided_by is None and draft.decided_by is not None:
            atlas.posts.post(draft.decided_by)
        schedule = replace(draft.schedule, valid_from=start or draft.schedule.valid_from or moment)
        check_begins(schedule)
        arbiter = arbiter_of(atlas, draft)
        decided = replace(
            draft,
            decided_at=moment,
            decided_by=decided_by or draft.decided_by or (arbiter.code if arbiter else None),
            schedule=schedule,
        )
        write.changes.append((Ruling, id_, decided))
    return decided


def revoke(
    engine: Engine, atlas: Atlas, kind: type[Entry], id_: str, *, at: str | None, actor: str, now: datetime
) -> Entry:
    """The ruling or permit, no longer in force from a moment on; it stays on record.

    A draft is withdrawn: it leaves the list, and stays in the log of the register.

    Raises
    ------
    NotFound
    """
    moment = parse_moment(at, zone=atlas.zone) if at else now
    with write_register(engine, actor=actor, now=now) as write:
        entry = _known(write, kind, id_)
        if isinstance(entry, Ruling) and entry.is_draft:
            write.changes.append((kind, id_, None))
            return entry
        begins, ends = entry.schedule.valid_from, entry.schedule.valid_to
        if ends is None or ends > moment:
            schedule = replace(entry.schedule, valid_to=moment if begins is None else max(begins, moment))
            entry = replace(entry, schedule=schedule)
            if isinstance(entry, Ruling):
                entry = replace(entry, revoked_at=now)
            write.changes.append((kind, id_, entry))
    return entry


def _known(write: RegisterWrite, kind: type[Entry], id_: str) -> Entry:
    """The ruling or permit as it is now."""
    known: Mapping[str, Ruling | Permit] = write.roster.rulings if kind is Ruling else write.roster.permits
    entry = known.get(id_)
    if not isinstance(entry, kind):
        raise NotFound(NO_SUCH, id=id_, thing=RULING if kind is Ruling else PERMIT)
    return entry
