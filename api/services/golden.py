"""The golden places of the draft, asked before it is published: what its answers would change unexplained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.services.draft_view import Drafts, DraftView
from api.storage.edition_store import draft_id
from api.storage.golden_store import has_golden
from geo.city_folder import Progress
from geo.golden_run import Trial, failing, try_golden
from geo.moments import parse_moment
from geo.resolve import Moment
from geo.wording import Name, Phrase

BUILDING = Phrase(zh="编制草稿图册", en="indexing the draft")
ASKING = Phrase(zh="核对校核点", en="asking the golden places")
SHOWN = 3
WHY_SHOWN = 160
ONE = Phrase(
    zh="{code}（{lon}，{lat}）应为“{expected}”，现为“{found}”，原因：{why}",
    en="{code} at {lon}, {lat} must be '{expected}' and is '{found}' ({why})",
)
AND_MORE = Phrase(zh="{places}；等", en="{places}; and others")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the golden places of one state of the draft gave, with one state of the register."""

    tag: str
    register: int
    failing: tuple[Trial, ...]


def check_golden(
    session: Session,
    drafts: Drafts,
    *,
    valid_from: str | None,
    field: str,
    now: datetime,
    known: Checked | None = None,
    progress: Progress | None = None,
) -> Checked | None:
    """The golden places of the draft whose answer, as if published, is not theirs; None without draft or places.

    A place without a moment is asked about `now`, or about when the edition begins where that lies ahead. What is
    `known` of the same draft and register is not asked again.

    Raises
    ------
    InvalidInput
        `valid_from` is no date or date-time.
    """
    draft = draft_id(session)
    if draft is None or not has_golden(session, draft):
        return None
    if progress is not None:
        progress(BUILDING, "", 0, 2)
    view = drafts.view_in(session)
    if known is not None and (known.tag, known.register) == (view.tag, view.register.number):
        return known
    if progress is not None:
        progress(ASKING, "", 1, 2)
    atlas = view.latest
    begins = now if valid_from is None else parse_moment(valid_from, zone=atlas.zone, field=field)
    moment = moment_of(view, max(begins, now))
    found = failing(try_golden(atlas, atlas.city_map.golden, moment))
    return Checked(view.tag, view.register.number, tuple(found))


def moment_of(view: DraftView, at: datetime) -> Moment:
    """A moment as it is known now, with the register as it stands."""
    return Moment(at, at, view.editions, view.register.roster(view.register.number))


def say_trials(trials: Sequence[Trial]) -> Name:
    """The first of them in words: the place, what it must be, what it is, and why it must."""
    said = [
        ONE.name(
            code=trial.place.code,
            lon=trial.place.lon,
            lat=trial.place.lat,
            expected=trial.expected.text,
            found=trial.found.text,
            why=trial.place.why[:WHY_SHOWN],
        )
        for trial in trials[:SHOWN]
    ]
    joined = Name(zh="；".join(one.say("zh") for one in said), en="; ".join(one.say("en") for one in said))
    return AND_MORE.name(places=joined) if len(trials) > SHOWN else joined
