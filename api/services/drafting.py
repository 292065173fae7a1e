"""The draft of the map, read and changed thing by thing: every write is one transaction, with an import's checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.storage import audit_log
from api.storage.audit_log import DRAFT, AuditEntry
from api.storage.edition_store import draft_id, list_editions, queue_to_write
from api.storage.engine import reading, writing
from api.storage.map_store import drop_draft, findings_of, load_map, rewrite_draft, write_draft
from geo.changes.applying import apply, body_of
from geo.changes.change import Change
from geo.changes.collections import COLLECTIONS
from geo.editions import NOTHING_PUBLISHED
from geo.errors import GeoError, ImportRefused, NotFound, NothingPublished
from geo.findings import say
from geo.model import Finding, Severity
from geo.wording import Phrase

REFUSED = Phrase(
    zh="更改被拒绝，草稿没有任何改动；必须先改正 {count} 处问题，第一处：{zh}",
    en="change refused and nothing was changed; to be mended first ({count} in all): {en}",
)
MOVED = Phrase(
    zh="草稿已被别人改动（If-Match 为 {expected}，现为 {tag}）；请重新读取 /v1/draft，核对后再提交",
    en="the draft was changed meanwhile (If-Match says {expected}, it is {tag}); read /v1/draft again, check, then "
    "send it anew",
)
NO_DRAFT_TO_READ = Phrase(
    zh="没有草稿；已发布的内容见 /v1/claims 等地址",
    en="there is no draft; what is published is at /v1/claims and so on",
)
NOTHING_TO_DROP = Phrase(zh="没有草稿可以丢弃", en="there is no draft to throw away")
NO_DRAFT_TAG = '"no-draft"'
LOGGED = 500  # characters of one value in the log; the draft itself has all of them


class DraftMoved(GeoError):
    """Somebody else changed the draft since the caller looked at it."""

    slug = "draft-changed"


class RefusedChange(ImportRefused):
    """Changes that findings block; they come with it."""

    slug = "change-refused"

    def __init__(self, findings: Sequence[Finding], zh: str, en: str) -> None:
        super().__init__(REFUSED, count=len(findings), zh=zh, en=en)
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class DraftState:
    """What stands in the draft. `based_on` is the edition that it was copied from, None when it was imported.

    `changes` are those since, oldest first; `tag` is its ETag.
    """

    id: int
    based_on: int | None
    made: AuditEntry
    changes: tuple[AuditEntry, ...]
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    tag: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: the draft's id and ETag now, what it newly found, and what each change found in its place."""

    draft: int
    tag: str
    findings: tuple[Finding, ...]
    replaced: tuple[bool, ...]


def read_draft(engine: Engine) -> DraftState | None:
    """The draft as it is, or None when everything is published."""
    with reading(engine) as session:
        draft = draft_id(session)
        if draft is None:
            return None
        made, *changes = audit_log.trail_of_draft(session, draft)
        city_map = load_map(session, draft)
        based_on = made.detail.get("based_on")
        return DraftState(
            id=draft,
            based_on=based_on if isinstance(based_on, int) else None,
            made=made,
            changes=tuple(changes),
            counts={name: len(collection.listed(city_map)) for name, collection in COLLECTIONS.items()},
            findings=findings_of(session, draft),
            tag=tag_of_draft(session, draft),
        )


def read_thing(engine: Engine, collection: str, code: str) -> tuple[dict[str, object], str]:
    """What stands at an address of the draft, as the body that would put it there, and the draft's ETag.

    Raises
    ------
    NotFound
        There is no draft, no such collection, or nothing there.
    """
    with reading(engine) as session:
        draft = draft_id(session)
        if draft is None:
            raise NotFound(NO_DRAFT_TO_READ)
        return body_of(load_map(session, draft), collection, code), tag_of_draft(session, draft)


def change_draft(
    engine: Engine, changes: Sequence[Change], *, expected: str | None, actor: str, now: datetime
) -> Written:
    """What the changes did to the draft: all of them or none. Without a draft, the newest edition is copied first.

    Raises
    ------
    RefusedChange
        Findings block; they come with it.
    DraftMoved
        `expected` is given, and the draft has another ETag.
    NotFound, InvalidInput
        There is no such collection, or nothing to delete; an address stands twice.
    NothingPublished
        There is neither a draft nor an edition.
    """
    with writing(engine) as session:
        queue_to_write(session)
        check_tag(session, expected)
        draft = draft_id(session)
        source = _newest(session) if draft is None else draft
        based_on = source if draft is None else None
        before = load_map(session, source)
        changed = apply(before, findings_of(session, source), changes)
        if changed.city_map is None:
            raise _refusal(changed.findings)
        if draft is None:
            draft = write_draft(session, changed.city_map, changed.findings)
        else:
            draft = rewrite_draft(session, before, changed.city_map, changed.findings)
        if based_on is not None:
            _record(session, f"edition:{draft}", "draft", {"based_on": based_on}, actor=actor, now=now)
        for change, replaced in zip(changes, changed.replaced, strict=True):
            action = "delete" if change.body is None else "put"
            detail = {"edition": draft, "replaced": replaced, "said": _shown(change)}
            _record(session, f"{DRAFT}{change.address}", action, detail, actor=actor, now=now)
        return Written(draft, tag_of_draft(session, draft), changed.new, changed.replaced)


def discard_draft(engine: Engine, *, expected: str | None, actor: str, now: datetime) -> int:
    """The id of the draft that is gone; the published editions stay.

    Raises
    ------
    NotFound, DraftMoved
    """
    with writing(engine) as session:
        queue_to_write(session)
        draft = draft_id(session)
        if draft is None:
            raise NotFound(NOTHING_TO_DROP)
        check_tag(session, expected)
        drop_draft(session)
        _record(session, f"edition:{draft}", "discard", {}, actor=actor, now=now)
        return draft


def check_tag(session: Session, expected: str | None) -> None:
    """Nothing, or DraftMoved when the draft has none of the ETags in an If-Match; `*` is any draft.

    Whoever writes afterwards has queued before, so it cannot change in between.
    """
    if expected is None:
        return
    draft = draft_id(session)
    tag = NO_DRAFT_TAG if draft is None else tag_of_draft(session, draft)
    tags = [one.strip() for one in expected.split(",")]
    if tag not in tags and ("*" not in tags or draft is None):
        raise DraftMoved(MOVED, expected=ascii(expected)[1:-1][:80], tag=tag)


def _newest(session: Session) -> int:
    editions = list_editions(session)
    if not editions:
        raise NothingPublished(NOTHING_PUBLISHED)
    return editions[-1].id


def tag_of_draft(session: Session, draft: int) -> str:
    """The ETag of the draft with this id."""
    return f'"draft-{audit_log.trail_of_draft(session, draft)[-1].id}"'


def _refusal(findings: Sequence[Finding]) -> RefusedChange:
    blocks = [finding for finding in findings if finding.severity is Severity.BLOCK]
    return RefusedChange(blocks, zh=say(blocks[0], "zh"), en=say(blocks[0], "en"))


def _shown(change: Change) -> Mapping[str, object]:
    """What was said, for the log: geometry by its type only, long values cut."""
    if change.body is None:
        return {}
    return {
        ascii(key)[1:-1][:80]: value.get("type") if isinstance(value, dict) else str(value)[:LOGGED]
        for key, value in change.body.items()
        if value is not None
    }


def _record(
    session: Session, subject: str, action: str, detail: Mapping[str, object], *, actor: str, now: datetime
) -> None:
    audit_log.record(session, actor=actor, action=action, subject=subject, detail=detail, at=now)
