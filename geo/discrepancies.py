"""Discrepancies (信息有误): somebody says that an answer is wrong, and somebody must answer to that.

The kinds and resolutions are named as in NENA's discrepancy reports (NENA-STA-010), so that a report can be passed on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from geo.errors import NotAllowed
from geo.model import Unit
from geo.moments import say_local
from geo.wording import Lang, Name, Phrase

WEEK = timedelta(days=7)


class Kind(StrEnum):
    """What is said to be wrong."""

    ROUTE_INCORRECT = "RouteIncorrect"
    BOUNDARY_INCORRECT = "BoundaryIncorrect"
    GAP = "Gap"
    OVERLAP = "Overlap"
    DATA_EXPIRED = "DataExpired"
    CONTACT_INCORRECT = "ContactIncorrect"
    NO_SUCH_LOCATION = "NoSuchLocation"
    OTHER = "Other"


class Severity(StrEnum):
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"


class State(StrEnum):
    FILED = "filed"
    IN_HAND = "in_hand"
    ANSWERED = "answered"


class Resolution(StrEnum):
    """How a discrepancy was answered.

    DISCREPANCY_CORRECTED: the answer itself is put right, and is asked for again at once. DATA_CORRECTED: the data is,
    and answers follow once it is published. INSUFFICIENT_CREDENTIALS: whoever answers may not change it.
    """

    DISCREPANCY_CORRECTED = "DiscrepancyCorrected"
    DATA_CORRECTED = "DataCorrected"
    NO_DISCREPANCY = "NoDiscrepancy"
    PER_POLICY = "PerPolicy"
    INSUFFICIENT_CREDENTIALS = "InsufficientCredentials"
    ACKNOWLEDGED = "Acknowledged"


class Do(StrEnum):
    """What can be done with a discrepancy."""

    FILE = "file"
    TAKE = "take"
    ANSWER = "answer"
    REOPEN = "reopen"


KINDS: Mapping[Kind, Phrase] = MappingProxyType(
    {
        Kind.ROUTE_INCORRECT: Phrase(zh="责任单位不对", en="the wrong unit"),
        Kind.BOUNDARY_INCORRECT: Phrase(zh="分界画得不对", en="a border is drawn wrong"),
        Kind.GAP: Phrase(zh="这里其实有人管", en="somebody is responsible, the map says nobody"),
        Kind.OVERLAP: Phrase(zh="几家重叠、说不清", en="several units overlap"),
        Kind.DATA_EXPIRED: Phrase(zh="信息过期", en="out of date"),
        Kind.CONTACT_INCORRECT: Phrase(zh="责任人或电话不对", en="the wrong person or telephone"),
        Kind.NO_SUCH_LOCATION: Phrase(zh="地点不对", en="the place is wrong"),
        Kind.OTHER: Phrase(zh="其他", en="something else"),
    }
)
SEVERITIES: Mapping[Severity, Phrase] = MappingProxyType(
    {
        Severity.SEVERE: Phrase(zh="严重", en="severe"),
        Severity.MODERATE: Phrase(zh="一般", en="moderate"),
        Severity.MINOR: Phrase(zh="轻微", en="minor"),
    }
)
STATES: Mapping[State, Phrase] = MappingProxyType(
    {
        State.FILED: Phrase(zh="已提交", en="filed"),
        State.IN_HAND: Phrase(zh="办理中", en="in hand"),
        State.ANSWERED: Phrase(zh="已答复", en="answered"),
    }
)
RESOLUTIONS: Mapping[Resolution, Phrase] = MappingProxyType(
    {
        Resolution.DISCREPANCY_CORRECTED: Phrase(zh="答复已更正", en="the answer is put right"),
        Resolution.DATA_CORRECTED: Phrase(zh="数据已更正，待发布", en="the data is put right, to be published"),
        Resolution.NO_DISCREPANCY: Phrase(zh="经核实无误", en="checked, nothing is wrong"),
        Resolution.PER_POLICY: Phrase(zh="按规定如此", en="so by policy"),
        Resolution.INSUFFICIENT_CREDENTIALS: Phrase(zh="无权更改，请报有权单位", en="not ours to change"),
        Resolution.ACKNOWLEDGED: Phrase(zh="已知悉，列入计划", en="acknowledged, on the list"),
    }
)
MOVES: Mapping[Do, Phrase] = MappingProxyType(
    {
        Do.FILE: Phrase(zh="提交", en="filed"),
        Do.TAKE: Phrase(zh="接办", en="taken in hand"),
        Do.ANSWER: Phrase(zh="答复", en="answered"),
        Do.REOPEN: Phrase(zh="重新提交", en="reopened"),
    }
)
LEADS_TO: Mapping[Do, State] = MappingProxyType(
    {Do.FILE: State.FILED, Do.TAKE: State.IN_HAND, Do.ANSWER: State.ANSWERED, Do.REOPEN: State.FILED}
)
OPEN = frozenset({State.FILED, State.IN_HAND})
# One that is in hand may be taken by another.
FROM: Mapping[Do, frozenset[State]] = MappingProxyType(
    {Do.TAKE: OPEN, Do.ANSWER: OPEN, Do.REOPEN: frozenset({State.ANSWERED})}
)

ALREADY_ANSWERED = Phrase(
    zh="{id} 已于 {at} 答复（{resolution}）；仍有疑问请先重新提交（:reopen），写明理由",
    en="{id} was answered at {at} ({resolution}); reopen it first (:reopen), saying why",
)
NOT_ANSWERED = Phrase(
    zh="{id} 还没有答复（{state}），不用重新提交；可以直接答复（:answer）",
    en="{id} is not answered yet ({state}), so there is nothing to reopen; answer it (:answer)",
)
FILED = Phrase(zh="{id} 已提交，由{stewards}在 {due} 前答复", en="{id} is filed; {stewards} must answer by {due}")
IN_HAND = Phrase(zh="{id} 正在办理，由{stewards}在 {due} 前答复", en="{id} is in hand; {stewards} must answer by {due}")
OVERDUE = Phrase(
    zh="{id} 已逾期：{stewards}本应在 {due} 前答复",
    en="{id} is overdue: {stewards} should have answered by {due}",
)
ANSWERED = Phrase(zh="{id} 已答复：{resolution}{note}{now}", en="{id} is answered: {resolution}{note}{now}")
NOTE = Phrase(zh="；{note}", en="; {note}")
NOW = Phrase(zh="。原先答的是{before}，现在答的是{after}", en=". It was {before}; now answered by {after}")
STILL = Phrase(zh="。现在重问，答的仍是{after}", en=". Still answered by {after}")
NOBODY = Phrase(zh="无人负责", en="nobody")
NOT_ASKED = Phrase(zh="。现在重问被拒绝：{why}", en=". Asked again now, it is refused: {why}")
LIST = Phrase(zh="、", en=", ")


@dataclass(frozen=True, slots=True)
class Reasked:
    """The same question asked again: who leads now, by which edition and number of the register, at which moment.

    `refused` says why it has no answer any more, as when the component that was seen has been taken away.
    """

    at: datetime
    unit: Unit | None = None
    verdict: str | None = None
    edition: int | None = None
    register: int | None = None
    refused: Name | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that was done. `by` is the unit or post that did it, `due` by when an answer is owed from then on.

    Of an answer, `edition` and `register` name where it is put right; `before` led in the answer that was filed,
    `after` is that question asked again.
    """

    do: Do
    at: datetime
    actor: str
    by: str | None = None
    note: str | None = None
    due: datetime | None = None
    resolution: Resolution | None = None
    edition: int | None = None
    register: int | None = None
    before: Unit | None = None
    after: Reasked | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """What somebody says: `believed` who should lead, as they put it, and as a code where the map has it."""

    kind: Kind
    severity: Severity
    comment: str
    believed: str | None = None
    believed_unit: str | None = None
    reporter_unit: str | None = None
    reporter_post: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """An answer that is said to be wrong, and everything that was done about it.

    `asked` replays the question (the parameters of a look-up); `answer` is what the service itself answers to it,
    whole, in each language (None where only the list is wanted). `differing` names what the caller's own copy has
    otherwise, None without one. `lon`, `lat` are WGS 84.
    """

    number: int
    id: str
    filing: Filing
    lon: float
    lat: float
    category: str | None
    unit: Unit | None
    verdict: str
    edition: int
    register: int
    stewards: tuple[Unit, ...]
    asked: Mapping[str, Any]
    answer: Mapping[Lang, Any] | None
    differing: tuple[str, ...] | None
    moves: tuple[Move, ...]

    @property
    def state(self) -> State:
        """How it stands."""
        return LEADS_TO[self.moves[-1].do]

    @property
    def filed_at(self) -> datetime:
        """When it was filed first."""
        return self.moves[0].at

    @property
    def due(self) -> datetime:
        """By when an answer is, or was, owed."""
        return next(move.due for move in reversed(self.moves) if move.due is not None)

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been answered by now."""
        return self.state in OPEN and now > self.due


def check_move(discrepancy: Discrepancy, do: Do, zone: ZoneInfo) -> None:
    """Nothing, or NotAllowed for what cannot be done as it stands."""
    if discrepancy.state in FROM[do]:
        return
    last = discrepancy.moves[-1]
    if last.resolution is not None:
        resolution = RESOLUTIONS[last.resolution]
        raise NotAllowed(ALREADY_ANSWERED, id=discrepancy.id, at=say_local(last.at, zone), resolution=resolution)
    raise NotAllowed(NOT_ANSWERED, id=discrepancy.id, state=STATES[discrepancy.state])


def due_after(filed_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of day so many days later, as the city's clocks have it."""
    return (filed_at.astimezone(zone) + timedelta(days=days)).astimezone(filed_at.tzinfo)


def same_hour_again(at: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """The next time from `now` on that it is the weekday and time of day of `at`; `at` itself while it lies ahead.

    Who leads depends on the hour, so a question about a night is not put again by day.
    """
    local = at.astimezone(zone)
    again = local + max(0, (now - at) // WEEK) * WEEK
    while again < now:
        again += WEEK
    return again.astimezone(at.tzinfo)


def say_state(discrepancy: Discrepancy, now: datetime, zone: ZoneInfo, lang: Lang) -> str:
    """One sentence: how it stands, and who must answer by when, or what was answered."""
    last = discrepancy.moves[-1]
    if last.resolution is not None:
        return ANSWERED.say(
            lang,
            id=discrepancy.id,
            resolution=RESOLUTIONS[last.resolution],
            note=NOTE.say(lang, note=last.note) if last.note else "",
            now=_say_after(last, lang),
        )
    phrase = FILED if discrepancy.state is State.FILED else IN_HAND
    stewards = LIST.say(lang).join(unit.name.say(lang) for unit in discrepancy.stewards)
    due = f"{discrepancy.due.astimezone(zone):%Y-%m-%d %H:%M}"
    return (OVERDUE if discrepancy.is_overdue(now) else phrase).say(lang, id=discrepancy.id, stewards=stewards, due=due)


def _say_after(move: Move, lang: Lang) -> str:
    after = move.after
    if after is None:
        return ""
    if after.refused is not None:
        return NOT_ASKED.say(lang, why=after.refused)
    before, now = (unit.name if unit else NOBODY for unit in (move.before, after.unit))
    same = (move.before and move.before.code) == (after.unit and after.unit.code)
    return STILL.say(lang, after=now) if same else NOW.say(lang, before=before, after=now)
