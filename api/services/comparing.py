"""Two states of the map beside each other: editions, or the draft."""

from datetime import datetime

from api.services.asking import Editions
from api.services.draft_view import Drafts, DraftView
from geo.atlas import Atlas
from geo.diff.difference import Difference, compare
from geo.editions import edition_by_id
from geo.errors import InvalidInput, NotFound
from geo.moments import parse_moment
from geo.wording import Phrase

DRAFT = "draft"
BAD_STATE = Phrase(
    zh="{value} 不是版本号；请写版本号（python main.py editions 可查）或 draft",
    en="{value} is no edition; give its number (see python main.py editions), or draft",
)
NOTHING_TO_COMPARE = Phrase(
    zh="没有草稿，也只有一个版本，没有可对比的；请先写入草稿或导入，或用 from、to 指明版本",
    en="there is no draft and only one edition, so there is nothing to compare; change the draft or import first, or "
    "name editions with from and to",
)


def difference(
    view: Editions, drafts: Drafts, *, first: str | None, second: str | None, at: str | None, now: datetime
) -> Difference:
    """What differs from one state to another, each the number of an edition or `draft`, at a moment (by default now).

    Without `second` it is the draft, or the newest edition where there is none; without `first` the newest edition
    before that. Atlases that are not in memory are built, which takes seconds.

    Raises
    ------
    InvalidInput, NotFound
        A state that is no number and not `draft`; that does not exist; or there is only one.
    """
    draft = _draft(drafts, needed=DRAFT in (first, second)) if second in (None, DRAFT) or first == DRAFT else None
    # What is named is looked at first: a slip of the pen is told as one.
    named = _state(view, draft, first) if first is not None else None
    after = _state(view, draft, second) if second is not None else draft.latest if draft else _newest(view)
    before = named or _before(view, after)
    register = view.register if draft is None else draft.register
    # Another's clock may run ahead of ours: what is published is known, and has begun.
    now = max(now, *(edition.published_at for edition in view.editions))
    moment = parse_moment(at, zone=after.zone) if at else now
    roster = register.roster(register.number)
    return compare(before, after, at=moment, now=now, roster=roster, editions=view.editions)


def _draft(drafts: Drafts, *, needed: bool) -> DraftView | None:
    try:
        return drafts.view()
    except NotFound:
        if needed:
            raise
        return None


def _state(view: Editions, draft: DraftView | None, said: str) -> Atlas:
    if said == DRAFT and draft is not None:
        return draft.latest
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise InvalidInput(BAD_STATE, value=repr(said[:40]))
    return view.atlas(edition_by_id(view.editions, int(said)))


def _newest(view: Editions) -> Atlas:
    if len(view.editions) < 2:
        raise NotFound(NOTHING_TO_COMPARE)
    return view.atlas(view.editions[-1])


def _before(view: Editions, after: Atlas) -> Atlas:
    """The newest edition published before a state, or NotFound."""
    earlier = [edition for edition in view.editions if edition.id < after.edition.id]
    if not earlier:
        raise NotFound(NOTHING_TO_COMPARE)
    return view.atlas(earlier[-1])
