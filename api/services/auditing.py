"""The map audited: what is found goes on a list, where it stays until it is settled or no longer found."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.services.draft_view import Drafts
from api.services.drawings import Drawings
from api.storage.edition_store import draft_id, list_editions, queue_to_write
from api.storage.engine import reading, writing
from api.storage.map_store import load_city, load_map
from api.storage.register_store import load_register
from api.storage.trouble_store import (
    AuditRecord,
    TroubleEvent,
    add_audit,
    add_events,
    audits_since,
    events_of,
    latest_audit,
    load_todo,
    load_todos,
    save_todos,
)
from geo.atlas import Atlas
from geo.audit.auditing import Audit, Progress, audit, troubles_of
from geo.audit.kinds import SEVERITIES
from geo.audit.todo import NOTE_LIMIT, TO_DO, Action, Resolution, State, Todo, after_audit
from geo.audit.trouble import Trouble
from geo.codes import is_plain
from geo.editions import NOTHING_PUBLISHED, current_edition, edition_by_id
from geo.errors import InvalidInput, NotAllowed, NotFound, NothingPublished
from geo.model import Edition
from geo.wording import Phrase

NO_DRAFT_TO_AUDIT = Phrase(
    zh="没有草稿可体检；请先导入城市数据（python main.py import 目录）或写入 /v1/draft，或体检已发布的版本",
    en="there is no draft to audit; import a city (python main.py import DIR) or write to /v1/draft first, or audit "
    "what is published",
)
NO_SUCH_TROUBLE = Phrase(
    zh="没有编号为 {id} 的体检问题；可用 /v1/audit/findings 或 python main.py audit findings 查看",
    en="the audits found no {id}; see /v1/audit/findings or python main.py audit findings",
)
IS_GONE = Phrase(
    zh="问题 {id} 已不再出现，无需处理；再次体检发现时会重新打开",
    en="{id} is no longer found, so there is nothing to do; an audit that finds it again opens it again",
)


BAD_NOTE = Phrase(
    zh="说明（note）不可用：须有 1 到 {limit} 个可见字符，不含换行等控制字符；请改正，或不写",
    en="the note cannot be used: give 1 to {limit} characters, not all blank, no control characters, or leave it out",
)
DRAFT_OR_EDITION = Phrase(
    zh="草稿（draft）和版本 {edition}（edition）只能体检一个；请去掉一项",
    en="either the draft or edition {edition} is audited; leave out one of draft and edition",
)


class ListedState(StrEnum):
    """Which troubles a list shows."""

    TO_DO = "to_do"
    OPEN = "open"
    IN_HAND = "in_hand"
    RESOLVED = "resolved"
    CLOSED = "closed"
    ALL = "all"


STATES = {
    ListedState.TO_DO: TO_DO,
    ListedState.ALL: tuple(State),
    **{ListedState(state.value): (state,) for state in State},
}
ACTION_STATES = {Action.FOUND: State.OPEN, Action.RETURNED: State.OPEN, Action.GONE: State.CLOSED}


@dataclass(frozen=True, slots=True)
class AuditedDraft:
    """What one state of the draft has, with one state of the register, of the kinds that forbid publishing it."""

    tag: str
    register: int
    troubles: tuple[Trouble, ...]


def run_audit(
    engine: Engine,
    *,
    edition: int | None = None,
    draft: bool = False,
    positions: int | None = None,
    actor: str,
    now: datetime,
    progress: Progress | None = None,
    drawings: Drawings | None = None,
) -> AuditRecord:
    """The audit of the draft, of an edition, or of the one that holds now, kept with what it found.

    An audit of an older edition looks back: it leaves the list of troubles as it is. So does one that another, begun
    later, has overtaken.

    Raises
    ------
    InvalidInput, NotFound, NotAllowed, NothingPublished
        Both the draft and an edition are named; no such edition, no draft, nothing published.
    """
    if draft and edition is not None:
        raise InvalidInput(DRAFT_OR_EDITION, edition=edition)
    with reading(engine) as session:
        chosen = _chosen(session, edition=edition, draft=draft, now=now)
        city_map = load_map(session, chosen.id)
        register = load_register(session)
        before = latest_audit(session)
    atlas = Atlas(city_map, chosen, draw=(drawings or Drawings(engine)).draw)
    found = audit(atlas, register.roster(register.number), now, positions=positions, progress=progress)
    counts = Counter(trouble.kind for trouble in found.troubles)
    due_at = now + timedelta(days=atlas.city.policy.audit_days)
    with writing(engine) as session:
        queue_to_write(session)
        others = audits_since(session, before)
        overtaken = any(other.moved is not None and other.at > now for other in others)
        moves = not overtaken and _is_latest(session, chosen, now)
        known = load_todos(session) if moves else {}
        actions = _actions(found, known) if moves else {}
        tally = Counter(action.value for action in actions.values())
        moved = {action.value: tally[action.value] for action in ACTION_STATES} if moves else None
        record = add_audit(session, found, edition=chosen.id, is_draft=draft, counts=counts, moved=moved, actor=actor)
        if moves:
            todos = _after(found, known, actions, edition=chosen.id, due_at=due_at)
            save_todos(session, todos, known=known)
            event = TroubleEvent(now, actor, Action.FOUND, record.id)
            add_events(session, [(id_, replace(event, action=action)) for id_, action in actions.items()])
    return record


def _chosen(session: Session, *, edition: int | None, draft: bool, now: datetime) -> Edition:
    """What is to be audited; the draft has the id that it would get."""
    editions = list_editions(session)
    if draft:
        number = draft_id(session)
        if number is None:
            raise NotAllowed(NO_DRAFT_TO_AUDIT)
        return Edition(number, now, None)
    if edition is None and not editions:
        raise NothingPublished(NOTHING_PUBLISHED)
    if edition is not None:
        return edition_by_id(editions, edition)
    return current_edition(editions, clock=now) or editions[-1]


def _is_latest(session: Session, chosen: Edition, now: datetime) -> bool:
    """Whether it is the draft, the edition that holds or the newest, so that the list follows its audit."""
    editions = list_editions(session)
    current = current_edition(editions, clock=now) if editions else None
    return chosen.id in {draft_id(session), *(one.id for one in (current, *editions[-1:]) if one is not None)}


def _actions(found: Audit, known: Mapping[str, Todo]) -> dict[str, Action]:
    """What becomes of every trouble that is found, or was, and does not stay as it is."""
    ids = {trouble.id for trouble in found.troubles}
    actions = {id_: after_audit(known.get(id_), is_found=id_ in ids) for id_ in sorted({*ids, *known})}
    return {id_: action for id_, action in actions.items() if action is not None}


def _after(
    found: Audit, known: Mapping[str, Todo], actions: Mapping[str, Action], *, edition: int, due_at: datetime
) -> Iterable[Todo]:
    """The troubles on the list as they are after an audit; those that were gone before stay out."""
    for trouble in found.troubles:
        if trouble.id in actions:
            yield Todo(trouble, State.OPEN, found.at, due_at, edition)
        else:
            yield replace(known[trouble.id], trouble=trouble, edition=edition)
    for id_, action in actions.items():
        if action is Action.GONE:
            yield replace(known[id_], state=State.CLOSED)


def audit_draft(
    session: Session, drafts: Drafts, *, now: datetime, known: AuditedDraft | None = None
) -> AuditedDraft | None:
    """What the draft has of the kinds of troubles that the city's policy forbids; None without a draft or such kinds.

    What is `known` of the same draft and register is not looked for again.
    """
    draft = draft_id(session)
    kinds = load_city(session, draft).policy.audit_blocks if draft is not None else ()
    if not kinds:
        return None
    view = drafts.view_in(session)
    if known is not None and (known.tag, known.register) == (view.tag, view.register.number):
        return known
    found = troubles_of(view.latest, view.register.roster(view.register.number), now, kinds)
    return AuditedDraft(view.tag, view.register.number, found)


def blocking(session: Session, audited: AuditedDraft | None) -> list[str]:
    """The ids of the troubles of which nobody has said that they may stay."""
    if audited is None or not audited.troubles:
        return []
    known = load_todos(session)
    return [trouble.id for trouble in audited.troubles if trouble.id not in known or known[trouble.id].blocks]


def take(engine: Engine, id_: str, *, note: str | None, actor: str, now: datetime) -> Todo:
    """The trouble, now in somebody's hands.

    Raises
    ------
    InvalidInput, NotFound, NotAllowed
        The note is blank, too long or has control characters; it was never found, or is no longer.
    """
    return _act(engine, id_, TroubleEvent(now, actor, Action.TAKEN, note=note), State.IN_HAND)


def resolve(engine: Engine, id_: str, resolution: Resolution, *, note: str | None, actor: str, now: datetime) -> Todo:
    """The trouble, settled as somebody says; an audit that still finds what was to be corrected opens it again.

    Raises
    ------
    InvalidInput, NotFound, NotAllowed
        The note is blank, too long or has control characters; it was never found, or is no longer.
    """
    event = TroubleEvent(now, actor, Action.RESOLVED, resolution=resolution, note=note)
    return _act(engine, id_, event, State.RESOLVED)


def _act(engine: Engine, id_: str, event: TroubleEvent, state: State) -> Todo:
    if event.note is not None and not (event.note.strip() and len(event.note) <= NOTE_LIMIT and is_plain(event.note)):
        raise InvalidInput(BAD_NOTE, limit=NOTE_LIMIT)
    with writing(engine) as session:
        queue_to_write(session)
        todo = _one(session, id_)
        if todo.state is State.CLOSED:
            raise NotAllowed(IS_GONE, id=id_)
        done = replace(todo, state=state, resolution=event.resolution, note=event.note, actor=event.actor)
        save_todos(session, [done], known=[id_])
        add_events(session, [(id_, event)])
        return done


def listed(
    engine: Engine,
    *,
    state: str = "to_do",
    kind: str | None = None,
    severity: str | None = None,
    scheme: str | None = None,
    level: str | None = None,
    unit: str | None = None,
    category: str | None = None,
) -> list[Todo]:
    """The troubles that fit, the gravest first, then by id; an empty value asks for nothing.

    A trouble of every category is one of each, and one of no scheme is of none.
    """
    states = STATES[ListedState(state)]
    wanted = {"kind": kind, "severity": severity, "scheme": scheme, "level": level}
    with reading(engine) as session:
        known = load_todos(session).values()
    found = [
        todo
        for todo in known
        if todo.state in states
        and all(getattr(todo.trouble, field) == value for field, value in wanted.items() if value)
        and (not unit or unit in todo.trouble.units)
        and (not category or todo.trouble.concerns(category))
    ]
    return sorted(found, key=lambda todo: (SEVERITIES.index(todo.trouble.severity), todo.trouble.id))


def todo_with_history(engine: Engine, id_: str) -> tuple[Todo, tuple[TroubleEvent, ...]]:
    """A trouble, and what happened to it, oldest first; NotFound when no audit ever found it."""
    with reading(engine) as session:
        return _one(session, id_), events_of(session, id_)


def last_audit(engine: Engine) -> AuditRecord | None:
    """The last audit, or None before the first."""
    with reading(engine) as session:
        return latest_audit(session)


def _one(session: Session, id_: str) -> Todo:
    todo = load_todo(session, id_)
    if todo is None:
        raise NotFound(NO_SUCH_TROUBLE, id=ascii(id_)[1:-1][:80])
    return todo
