"""A draft becomes an edition, in one transaction, unless something speaks against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.services.auditing import AuditedDraft, audit_draft, blocking
from api.services.draft_view import Drafts
from api.services.drafting import check_tag
from api.services.drawings import parcel_to_store
from api.services.golden import Checked, check_golden, say_trials
from api.storage import audit_log
from api.storage.drawing_store import Parcel, save_drawing, stored_size
from api.storage.edition_store import draft_id, list_editions, publish_draft, queue_to_write
from api.storage.engine import reading, writing
from api.storage.map_store import load_city, load_map
from api.storage.post_store import load_posts
from api.storage.register_store import load_register
from geo.city_folder import Progress
from geo.codes import is_plain
from geo.drawing import Drawing
from geo.errors import InvalidInput, NotAllowed
from geo.findings import say_rows
from geo.model import Edition
from geo.moments import parse_moment
from geo.register.overlay import not_on
from geo.register.roster import Roster
from geo.wording import Lang, Name, Phrase

POSTS_GONE = Phrase(
    zh="草稿中没有以下 {count} 个仍有人任职的岗位：{posts}；请补上这些岗位或先结束任职，"
    "确认无误时可用 --accept 理由 发布",
    en="somebody holds {count} posts that the draft does not have: {posts}; put them back or end those terms, or "
    "publish with --accept REASON",
)
RULED_GONE = Phrase(
    zh="以下 {count} 份仍有效的裁定或审批，其地点、单位、类别或裁定岗位在草稿中已不存在：{entries}；请先撤销"
    "（POST /v1/rulings/编号:revoke 或 /v1/permits/编号:revoke）或补上所缺内容，确认无误时请附理由发布"
    "（--accept 理由；HTTP 为 accept）",
    en="{count} rulings or permits in force name ground, units, categories or posts that the draft does not have: "
    "{entries}; revoke them (POST /v1/rulings/ID:revoke or /v1/permits/ID:revoke) or put back what they name, "
    "or publish with a reason (--accept REASON, over HTTP accept)",
)
GOLDEN_CHANGED = Phrase(
    zh="草稿中有 {count} 个校核点的答案变了，却没有说明：{places}。若确应如此，请在同一草稿里改写这些点位"
    "（新的答案和理由 why），否则改正地图；确认无误时请附理由发布（--accept 理由；HTTP 为 accept）",
    en="{count} golden places are answered otherwise by the draft, and it does not say why: {places}. If that is "
    "right, change these places in the same draft (the new answer, and why), else correct the map; or publish with a "
    "reason (--accept REASON, over HTTP accept)",
)
TROUBLED = Phrase(
    zh="草稿体检还有 {count} 个未解决的问题，属于 audit_blocks 所列种类：{troubles}；请改正草稿，"
    "或运行 audit --draft 后以 audit resolve 说明可以保留（HTTP 为 /v1/audit），或附理由发布"
    "（--accept 理由；HTTP 为 accept）",
    en="the audit of the draft finds {count} troubles of kinds that audit_blocks lists and nobody settled: {troubles}; "
    "mend the draft, or run audit --draft and say by audit resolve that they may stay (over HTTP /v1/audit), or "
    "publish with a reason (--accept REASON, over HTTP accept)",
)
ONE_OF_SEVERAL = Phrase(zh="（{number}）{objection}", en="({number}) {objection}")
SEVERAL = Phrase(
    zh="草稿不能发布，有 {count} 类问题：{objections}", en="{count} things forbid to publish: {objections}"
)
REASON_LIMIT = 1000
BAD_REASON = Phrase(
    zh="理由（accept）不可用：须有 1 到 {limit} 个可见字符，不含换行等控制字符；请改正",
    en="the reason (accept) cannot be used: give 1 to {limit} characters, not all blank, without control characters",
)


def publish(
    engine: Engine,
    *,
    valid_from: str | None,
    actor: str,
    now: datetime,
    accept: str | None = None,
    expected: str | None = None,
    field: str = "--valid-from",
    drafts: Drafts | None = None,
    progress: Progress | None = None,
) -> Edition:
    """The draft as an edition, in force from `valid_from` (a date is 00:00 in the draft's city).

    Without one, the first edition holds from the beginning and a later one from now. `accept` is the reason why what
    somebody objects may be so all the same; the audit log keeps it. `expected` is the ETag that the draft must have;
    `field` is what the caller calls `valid_from`; `drafts` may have the draft's atlas already.

    Raises
    ------
    NotAllowed
        There is no draft; or no reason was given and it has not the posts that somebody holds, has not what a ruling or
        permit in force names, answers a golden place otherwise than that says, or has troubles of the kinds that the
        city's `audit_blocks` lists.
    InvalidInput
        `valid_from` is no date or date-time, or `accept` is blank, too long or has control characters.
    DraftMoved
        It has another ETag.
    """
    reason = None if accept is None else accept.strip()
    if reason is not None and not (0 < len(reason) <= REASON_LIMIT and is_plain(reason)):
        raise InvalidInput(BAD_REASON, limit=REASON_LIMIT)
    drafts = drafts or Drafts(engine)

    def check(
        session: Session, checked: Checked | None = None, audited: AuditedDraft | None = None
    ) -> tuple[Checked | None, AuditedDraft | None]:
        golden = check_golden(
            session, drafts, valid_from=valid_from, field=field, now=now, known=checked, progress=progress
        )
        return golden, audit_draft(session, drafts, now=now, known=audited)

    # Asked before anybody else has to wait for us, and again if draft or register moved meanwhile.
    with reading(engine) as session:
        known = check(session)
        drawn = _drawn(session, drafts, None)
    with writing(engine) as session:
        queue_to_write(session)
        check_tag(session, expected)
        checked, audited = check(session, *known)
        drawn = _drawn(session, drafts, drawn)
        draft = draft_id(session)
        since = None
        if valid_from is not None and draft is not None:
            since = parse_moment(valid_from, zone=ZoneInfo(load_city(session, draft).timezone), field=field)
        edition = publish_draft(session, valid_from=since, now=now, actor=actor)
        register = load_register(session)
        roster = register.roster(register.number)
        objections = {
            name: objection
            for name, objection in (
                ("posts", _posts_gone(session, edition.id, roster, now)),
                ("ruled", _ruled_gone(session, edition.id, roster, now)),
                ("golden", _golden_changed(checked)),
                ("troubles", _troubled(blocking(session, audited))),
            )
            if objection.what
        }
        if objections and reason is None:
            raise _refusal([objection.refusal for objection in objections.values()])
        if objections:
            audit_log.record(
                session,
                actor=actor,
                action="accept",
                subject=f"edition:{edition.id}",
                detail={"reason": reason, **{name: list(one.what) for name, one in objections.items()}},
                at=now,
            )
        if drawn is not None and drawn.parcel is not None:
            save_drawing(session, drawn.parcel)
        return edition


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The drawing of one state of the draft; without a parcel where it is stored already, or too large for that."""

    drawing: Drawing
    parcel: Parcel | None


def _drawn(session: Session, drafts: Drafts, known: _Drawn | None) -> _Drawn | None:
    """The draft drawn, by the one who publishes and not by every service that answers from it; None without draft."""
    if draft_id(session) is None:
        return None
    drawing = drafts.view_in(session).latest.drawing
    if known is not None and known.drawing.outlines.key == drawing.outlines.key:
        return known
    is_stored = stored_size(session, drawing.outlines.key) is not None
    return _Drawn(drawing, None if is_stored else parcel_to_store(drawing))


@dataclass(frozen=True, slots=True)
class _Objection:
    """Codes of what speaks against publishing (none: nothing), and the refusal that says so."""

    what: Sequence[str]
    refusal: NotAllowed


def _refusal(refusals: Sequence[NotAllowed]) -> NotAllowed:
    """All refusals as one: whoever then gives a reason gives it for all of them."""
    if len(refusals) == 1:
        return refusals[0]
    said = [
        ONE_OF_SEVERAL.name(number=number, objection=Name(zh=refusal.say("zh"), en=refusal.say("en")))
        for number, refusal in enumerate(refusals, start=1)
    ]
    together = Name(zh="；".join(one.say("zh") for one in said), en="; ".join(one.say("en") for one in said))
    return NotAllowed(SEVERAL, count=len(said), objections=together)


def _posts_gone(session: Session, edition_id: int, roster: Roster, now: datetime) -> _Objection:
    """The posts that somebody holds or is to hold, and that an edition does not have."""
    held = roster.posts_held(now)
    gone = sorted(held - {post.code for post in load_posts(session, edition_id)}) if held else []
    return _Objection(gone, NotAllowed(POSTS_GONE, count=len(gone), posts=say_rows(gone)))


def _ruled_gone(session: Session, edition_id: int, roster: Roster, now: datetime) -> _Objection:
    """The rulings and permits in force or to come whose ground, units, kinds or posts an edition does not have."""
    any_ruled = roster.rulings or roster.permits
    gone = not_on(load_map(session, edition_id), roster, now) if any_ruled else []
    return _Objection(gone, NotAllowed(RULED_GONE, count=len(gone), entries=say_rows(gone)))


def _golden_changed(checked: Checked | None) -> _Objection:
    """The golden places that the draft answers otherwise than they say."""
    failing = checked.failing if checked else ()
    codes = [trial.place.code for trial in failing]
    return _Objection(codes, NotAllowed(GOLDEN_CHANGED, count=len(codes), places=say_trials(failing)))


def _troubled(ids: Sequence[str]) -> _Objection:
    """The troubles of the draft with which the city lets nothing be published."""
    return _Objection(ids, NotAllowed(TROUBLED, count=len(ids), troubles=say_rows(ids)))


def language_of_city(engine: Engine) -> Lang | None:
    """The language of the city in the draft, else of the newest edition; None when there is neither."""
    with reading(engine) as session:
        editions = list_editions(session)
        newest = draft_id(session) or (editions[-1].id if editions else None)
        return None if newest is None else load_city(session, newest).language


def published(engine: Engine) -> tuple[Edition, ...]:
    """Every published edition, by id."""
    with reading(engine) as session:
        return list_editions(session)
