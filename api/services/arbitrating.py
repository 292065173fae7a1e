"""What whoever decides a dispute should see: rulings like it, general rulings that are due, who the arbiter is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shapely import Point

from api.services.asking import Asked, Editions, Frame, ask
from geo.determination import Determination
from geo.errors import InvalidInput, NotFound
from geo.register.disputes import arbiter_of
from geo.register.overlay import ground_on
from geo.register.precedents import Dispute, Precedent, precedents
from geo.register.proposals import Proposal, due, proposals
from geo.register.roster import Roster
from geo.register.rulings import Ruling
from geo.shares import Verdict, contesting
from geo.wording import Name, Phrase

NO_DISPUTE = Phrase(
    zh="没有说明是什么争议；请给出位置（lon、lat），或台账中裁定的编号（ruling）",
    en="nothing says what the dispute is; give a position (lon and lat) or the id of a ruling in the register (ruling)",
)
HALF_A_POSITION = Phrase(
    zh="位置只给了一半；请同时给出 lon 和 lat",
    en="half of a position is given; give both lon and lat",
)
NO_SUCH_RULING = Phrase(
    zh="台账中没有编号为 {id} 的裁定；可用 /v1/rulings 或 python main.py rulings 查看",
    en="the register has no ruling {id}; see /v1/rulings or python main.py rulings",
)
NOT_THE_ARBITER = Phrase(
    zh="提示：这起争议应由 {arbiter} 裁定，登记的是 {decided_by}",
    en="notice: this dispute is for {arbiter} to decide, and {decided_by} is recorded",
)
DUE = Phrase(
    zh="提示：{first}与{second}之间此类争议已裁定 {count} 次，可以定一般规则了；见 /v1/rulings:proposals 或 "
    "python main.py rulings proposals",
    en="notice: {first} and {second} had such disputes decided {count} times, and a general ruling is due; see "
    "/v1/rulings:proposals or python main.py rulings proposals",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLike:
    """A dispute as the caller puts it: a place, or a ruling of the register; what is said beside it goes first."""

    lon: float | None = None
    lat: float | None = None
    datum: str | None = None
    category: str | None = None
    between: Sequence[str] = ()
    ruling: str | None = None


def similar(view: Editions, roster: Roster, asked: AskedLike, *, now: datetime) -> tuple[Precedent, ...]:
    """The rulings of a register that are like a dispute, the likest first.

    Of a place alone the units that contest it by the answer, as that register gives it, dispute it.

    Raises
    ------
    InvalidInput, NotFound
        There is neither a place nor a ruling of the register, or the map has not what is named.
    """
    atlas = view.latest
    if (asked.lon is None) != (asked.lat is None):
        raise InvalidInput(HALF_A_POSITION)
    atlas.check_category(asked.category)
    between = tuple(atlas.unit(code).code for code in asked.between)
    categories: tuple[str, ...] = () if asked.category is None else (asked.category,)
    if asked.ruling is not None:
        if asked.ruling not in roster.rulings:
            raise NotFound(NO_SUCH_RULING, id=asked.ruling)
        ruling = roster.rulings[asked.ruling]
        categories, between = categories or ruling.categories, between or ruling.between
        ground = ground_on(atlas, ruling.ground)
    elif asked.lon is None:
        raise InvalidInput(NO_DISPUTE)
    if asked.lon is not None and asked.lat is not None:
        place = Asked(lon=asked.lon, lat=asked.lat, datum=asked.datum, category=asked.category)
        answer = ask(view, place, Frame(now=now, register=roster.number))
        ground = Point(answer.position.lon, answer.position.lat)
        between = between or tuple(_contesting(answer))
    others = [one for one in roster.rulings.values() if one.id != asked.ruling]
    grounds = {one.id: found for one in others if (found := ground_on(atlas, one.ground)) is not None}
    dispute = Dispute(categories, ground, between)
    return precedents(dispute, others, grounds, tree=atlas.categories, units=atlas.units)


def _contesting(answer: Determination) -> Iterator[str]:
    """The units that contest a place."""
    if answer.verdict is Verdict.CONTESTED:
        count = contesting([candidate.p for candidate in answer.candidates], nobody=answer.nobody)
        yield from (candidate.unit.code for candidate in answer.candidates[:count])


def proposed(view: Editions, now: datetime) -> tuple[Proposal, ...]:
    """The general rulings that are due."""
    return proposals(view.latest, view.register.roster(view.register.number), now)


def notices(view: Editions, ruling: Ruling, now: datetime) -> tuple[Name, ...]:
    """What whoever recorded a ruling should know: that it is another's to decide, that a general ruling is due."""
    atlas, roster = view.latest, view.register.roster(view.register.number)
    said: list[Name] = []
    arbiter = arbiter_of(atlas, ruling)
    if arbiter is not None and ruling.decided_by not in (None, arbiter.code):
        said.append(NOT_THE_ARBITER.name(arbiter=arbiter.code, decided_by=ruling.decided_by))
    if not ruling.is_draft:
        for (pair, _), rulings in due(atlas, roster, now, of=ruling.id):
            first, second = (atlas.units[code].name for code in pair)
            said.append(DUE.name(first=first, second=second, count=len(rulings)))
    return tuple(said)
