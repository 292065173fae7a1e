"""Discrepancies: listed, taken in hand, answered, reopened; one transaction each."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.services.asking import Asked, Editions, Frame, ask
from api.services.filing import CITED
from api.services.register_write import check_code
from api.storage import discrepancy_store as store
from api.storage.edition_store import queue_to_write
from api.storage.engine import reading, writing
from geo.atlas import Atlas
from geo.discrepancies import (
    Discrepancy,
    Do,
    Kind,
    Move,
    Reasked,
    Resolution,
    State,
    check_move,
    due_after,
    same_hour_again,
)
from geo.editions import edition_by_id
from geo.errors import GeoError, InvalidInput, NotFound
from geo.moments import parse_moment, say_moment
from geo.wording import Name, Phrase

NO_SUCH = Phrase(
    zh="没有编号为 {id} 的信息有误记录；请核对编号，或用 GET /v1/discrepancies 查看",
    en="there is no discrepancy {id}; check its id, or see GET /v1/discrepancies",
)
NOT_CORRECTED_THERE = Phrase(
    zh="{field} = {value} 只在答复为 DiscrepancyCorrected 或 DataCorrected 时可填；请省略，或改 resolution",
    en="{field} {value} goes with DiscrepancyCorrected or DataCorrected only; leave it out, or give another resolution",
)
NEITHER = Phrase(
    zh="by = {code} 既不是单位也不是岗位的编码；可用 /v1/units、/v1/posts 查看",
    en="by {code} is the code of no unit and of no post; see /v1/units and /v1/posts",
)
CORRECTING = frozenset({Resolution.DISCREPANCY_CORRECTED, Resolution.DATA_CORRECTED})


def take(
    engine: Engine, atlas: Atlas, id_: str, *, by: str | None, note: str | None, actor: str, now: datetime
) -> Discrepancy:
    """The discrepancy, in hand; one that is in hand already is taken over.

    Raises
    ------
    NotFound, InvalidInput
    NotAllowed
        It is answered.
    """
    _check_by(atlas, by)
    return _move(engine, atlas, id_, lambda _: Move(Do.TAKE, now, actor, by=by, note=note))


def answer(
    engine: Engine,
    view: Editions,
    id_: str,
    resolution: Resolution,
    *,
    note: str | None = None,
    by: str | None = None,
    edition: int | None = None,
    register: int | None = None,
    actor: str,
    now: datetime,
) -> Discrepancy:
    """The discrepancy, answered. One that is put right is asked again, and who led then and who leads now is kept.

    Raises
    ------
    NotFound, InvalidInput
        No such discrepancy, edition or register number, or one that does not go with this resolution.
    NotAllowed
        It is answered already.
    """
    atlas = view.latest
    _check_by(atlas, by)
    for field, value in (("edition", edition), ("register", register)):
        if value is not None and resolution not in CORRECTING:
            raise InvalidInput(NOT_CORRECTED_THERE, field=field, value=value)
    if edition is not None:
        edition_by_id(view.editions, edition)
    if register is not None:
        view.register.roster(register)

    def answered(discrepancy: Discrepancy) -> Move:
        corrected = resolution is Resolution.DISCREPANCY_CORRECTED
        return Move(
            Do.ANSWER,
            now,
            actor,
            by=by,
            note=note,
            resolution=resolution,
            edition=edition,
            register=register,
            before=discrepancy.unit if corrected else None,
            after=_ask_again(view, discrepancy, now) if corrected else None,
        )

    return _move(engine, atlas, id_, answered)


def reopen(
    engine: Engine, atlas: Atlas, id_: str, *, reason: str, by: str | None, actor: str, now: datetime
) -> Discrepancy:
    """The discrepancy, to be answered anew, with as much time as the first time.

    Raises
    ------
    NotFound, InvalidInput
    NotAllowed
        It is not answered.
    """
    _check_by(atlas, by)
    due = due_after(now, atlas.city.policy.discrepancy_days, atlas.zone)
    return _move(engine, atlas, id_, lambda _: Move(Do.REOPEN, now, actor, by=by, note=reason, due=due))


def one(engine: Engine, id_: str) -> Discrepancy:
    """The discrepancy with this id, whole, or NotFound."""
    with reading(engine) as session:
        return _one(session, id_)


def list_numbers(
    engine: Engine,
    *,
    kind: Kind | None = None,
    state: State | None = None,
    unit: str | None = None,
    steward: str | None = None,
    since: datetime | None = None,
) -> list[int]:
    """The numbers of those that fit, in the order filed."""
    with reading(engine) as session:
        found = store.heads(session, kind=kind, state=state, unit=unit, since=since)
    return [head.number for head in found if steward is None or steward in head.stewards]


def read_many(engine: Engine, numbers: Sequence[int]) -> list[Discrepancy]:
    """The discrepancies with these numbers, in the order filed, without the answers."""
    with reading(engine) as session:
        return store.load(session, numbers, with_answer=False)


def _move(engine: Engine, atlas: Atlas, id_: str, make: Callable[[Discrepancy], Move]) -> Discrepancy:
    with writing(engine) as session:
        queue_to_write(session)
        discrepancy = _one(session, id_)
        move = make(discrepancy)
        check_move(discrepancy, move.do, atlas.zone)
        return store.add_move(session, discrepancy, move)


def _one(session: Session, id_: str) -> Discrepancy:
    check_code(id_)
    number = store.number_of(session, id_)
    if number is None:
        raise NotFound(NO_SUCH, id=id_)
    return store.load(session, [number], with_answer=True)[0]


def _check_by(atlas: Atlas, by: str | None) -> None:
    if by is not None and by not in atlas.units and by not in atlas.posts.by_code:
        raise NotFound(NEITHER, code=ascii(by)[1:-1] if not by.isprintable() else by)


def _ask_again(view: Editions, discrepancy: Discrepancy, now: datetime) -> Reasked:
    """The same question put now; one about another moment is put for the next time it is that weekday and hour."""
    zone = view.latest.zone
    asked = discrepancy.asked
    at, known_at = (parse_moment(asked[name], zone=zone, field=name) for name in ("at", "known_at"))
    again = now if at == known_at else same_hour_again(at, now, zone)
    question = Asked(
        **{name: asked[name] for name in CITED},
        at=None if again == now else say_moment(again),
        facts=tuple(asked["facts"]),
    )
    try:
        found = ask(view, question, Frame(now=now))
    except GeoError as refusal:
        return Reasked(at=again, refused=Name(zh=refusal.say("zh"), en=refusal.say("en")))
    return Reasked(
        at=found.at,
        unit=found.lead.unit if found.lead else None,
        verdict=found.verdict.value,
        edition=found.edition.id,
        register=found.register,
    )
