"""A discrepancy is filed: the question is asked again, and the service's own answer is kept with what is said of it.

One transaction. What the caller says the answer was is compared with the service's own and never kept.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.services.asking import Asked, Editions, Frame, ask
from api.services.register_write import check_code
from api.storage import discrepancy_store as store
from api.storage.edition_store import queue_to_write
from api.storage.engine import reading, writing
from geo.atlas import Atlas
from geo.determination import Determination
from geo.discrepancies import (
    Discrepancy,
    Do,
    Filing,
    Kind,
    Move,
    Severity,
    due_after,
)
from geo.errors import InvalidInput, NotAllowed
from geo.moments import say_moment
from geo.stewards import stewards_of
from geo.wording import LANGS, Lang, Phrase

Write = Callable[[Determination, Lang], dict[str, Any]]
"""How an answer is written as the contract's JSON; the routes and the command line bring it."""

GIVEN_BY_US = re.compile(r"D-\d+", re.ASCII)
KEY_LIMIT = 200
CITED = ("lon", "lat", "datum", "accuracy_m", "confidence", "category", "receiver")

SAID_OTHERWISE = Phrase(
    zh="{what} {value} 已登记过内容不同的一条（{id}）；请换一个，或先查看 {id}",
    en="{what} {value} was used for a discrepancy that says otherwise ({id}); give another, or look at {id} first",
)
OWN_NUMBER = Phrase(
    zh="编号 {id} 是系统自动编号的格式（D-数字）；请用别的编号，或省略 id",
    en="the id {id} is of the form that the service gives out itself (D-number); give another, or leave id out",
)
BAD_KEY = Phrase(
    zh="Idempotency-Key = {value} 不可用；请给出 1 到 {limit} 个可见字符",
    en="Idempotency-Key {value} cannot be used; give 1 to {limit} printable characters",
)
NO_PLACE_SAID = Phrase(
    zh="没有说是哪里的答复；请给出 lon 和 lat，或把整条答复放进 answer",
    en="nobody said where the answer is wrong; give lon and lat, or the whole answer as answer",
)
OF_THE_DRAFT = Phrase(
    zh="这条答复是按草稿 {edition} 给的，草稿对谁都还不生效；请提交已发布版本的答复，草稿有错请直接改草稿（/v1/draft）",
    en="this answer was given by draft {edition}, which is in force for nobody; file what a published edition answers, "
    "or mend the draft itself (/v1/draft)",
)
AN_ID = Phrase(zh="编号", en="the id")
A_KEY = "Idempotency-Key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody files; None is "not said". `asked` has the parameters of the look-up, `cited` those of the answer.

    `digest` names the whole request, so that said again it is the same; `copy` is the answer as the caller has it.
    """

    kind: Kind
    severity: Severity
    comment: str
    digest: str
    id: str | None = None
    key: str | None = None
    believed: str | None = None
    reporter_unit: str | None = None
    reporter_post: str | None = None
    contact: str | None = None
    asked: Mapping[str, Any]
    cited: Mapping[str, Any] | None = None
    copy: Mapping[str, Any] | None = None


def file(engine: Engine, view: Editions, report: Report, *, write: Write, actor: str, now: datetime) -> Discrepancy:
    """The discrepancy, with the answer that the service itself gives; said a second time it is the first one.

    Raises
    ------
    InvalidInput, NotFound, NoEditionAt
        What cannot be asked, and reporters that the map does not have.
    NotAllowed
        The id or the key stands for a discrepancy that says otherwise.
    """
    _check_names(report)
    with reading(engine) as session:
        if known := _said_before(session, report):
            return known
    if report.id is not None and GIVEN_BY_US.fullmatch(report.id):
        raise InvalidInput(OWN_NUMBER, id=report.id)
    filing = _filing(view.latest, report)
    asked, frame = _question(report, now)
    answer = ask(view, asked, frame)
    said = {lang: orjson.loads(orjson.dumps(write(answer, lang))) for lang in LANGS}
    due = due_after(now, view.latest.city.policy.discrepancy_days, view.latest.zone)
    with writing(engine) as session:
        queue_to_write(session)
        if known := _said_before(session, report):  # somebody said the same while we were asking
            return known
        number = store.next_number(session)
        discrepancy = Discrepancy(
            number=number,
            id=report.id or f"D-{number}",
            filing=filing,
            lon=answer.position.lon,
            lat=answer.position.lat,
            category=answer.category,
            unit=answer.lead.unit if answer.lead else None,
            verdict=answer.verdict.value,
            edition=answer.edition.id,
            register=answer.register,
            stewards=stewards_of(view.atlas(answer.edition), answer, filing.kind),
            asked=_replayed(answer, asked),
            answer=said,
            differing=None if report.copy is None else _differing(report.copy, said),
            moves=(Move(Do.FILE, now, actor, by=filing.reporter_post or filing.reporter_unit, due=due),),
        )
        store.add(session, discrepancy, key=report.key, digest=report.digest)
    return discrepancy


def _said_before(session: Session, report: Report) -> Discrepancy | None:
    """The discrepancy that was filed under this id or key; NotAllowed when it says otherwise."""
    for what, value, names in ((AN_ID, report.id, {"id_": report.id}), (A_KEY, report.key, {"key": report.key})):
        said = store.said_before(session, **{"id_": None, "key": None, **names}) if value is not None else None
        if said is None:
            continue
        known = store.load(session, [said.number], with_answer=True)[0]
        if said.digest != report.digest:
            raise NotAllowed(SAID_OTHERWISE, what=what, value=value, id=known.id)
        return known
    return None


def _check_names(report: Report) -> None:
    if report.id is not None:
        check_code(report.id)
    key = report.key
    if key is not None and not (0 < len(key) <= KEY_LIMIT and key.isprintable()):
        raise InvalidInput(BAD_KEY, value=ascii(key[:KEY_LIMIT]), limit=KEY_LIMIT)


def _filing(atlas: Atlas, report: Report) -> Filing:
    if report.reporter_unit is not None:
        atlas.unit(report.reporter_unit)
    if report.reporter_post is not None:
        atlas.posts.post(report.reporter_post)
    return Filing(
        kind=report.kind,
        severity=report.severity,
        comment=report.comment,
        believed=report.believed,
        believed_unit=_unit_called(atlas, report.believed),
        reporter_unit=report.reporter_unit,
        reporter_post=report.reporter_post,
        contact=report.contact,
    )


def _unit_called(atlas: Atlas, text: str | None) -> str | None:
    """The code of the one unit that a text is the code or a name of, or None."""
    if text is None or text in atlas.units:
        return text
    called = [unit.code for unit in atlas.units.values() if text in (unit.name.zh, unit.name.en)]
    return called[0] if len(called) == 1 else None


def _question(report: Report, now: datetime) -> tuple[Asked, Frame]:
    """What was asked: as the caller says it, and for the rest as their answer cites it."""
    said = {name: value for name, value in report.asked.items() if value is not None and value != ()}
    warnings = (report.copy or {}).get("warnings")
    # Not by its edition alone: once the draft is published its number is that of an edition.
    if isinstance(warnings, list) and "draft" in warnings:
        raise InvalidInput(OF_THE_DRAFT, edition=(report.cited or {}).get("edition"))
    asked = {**(report.cited or {}), **said}
    if asked.get("lon") is None or asked.get("lat") is None:
        raise InvalidInput(NO_PLACE_SAID)
    frame = {name: asked.pop(name, None) for name in ("known_at", "edition", "register")}
    # An answer that was asked for without a moment is about the one at which it was given.
    asked["at"] = asked.get("at") or frame["known_at"]
    return Asked(**asked), Frame(now=now, **frame)


def _replayed(answer: Determination, asked: Asked) -> dict[str, Any]:
    """The parameters that give this answer again to the byte."""
    return {
        **{name: getattr(asked, name) for name in CITED},
        "datum": answer.given.datum,
        "at": say_moment(answer.at),
        "known_at": say_moment(answer.known_at),
        "edition": answer.edition.id,
        "register": answer.register,
        "facts": [fact.said for fact in answer.facts],
    }


def _differing(copy: Mapping[str, Any], said: Mapping[Lang, Mapping[str, Any]]) -> tuple[str, ...]:
    """The keys of the contract that the caller's copy has otherwise, in whichever language it agrees better with."""
    nothing = object()
    by_language = [
        tuple(key for key, value in ours.items() if copy.get(key, nothing) != value) for ours in said.values()
    ]
    return min(by_language, key=len)
