"""The question that settles it: the one whose replies make the lead certain with the fewest expected questions.

It is found by asking the ladder: the ground around the position falls into pieces that somebody on the spot can tell
apart, and on each of them it is known who leads. A question asks by what the pieces differ; it is as good as what the
ladder says after each of its replies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from geo.atlas import Atlas
from geo.doubt import Parts
from geo.facts import Fact, Settling
from geo.hearing import fact_of, owner_read
from geo.index import Cover
from geo.ladder import Outcome
from geo.marks import OFF_ROAD, Marks, Seen
from geo.position import Position
from geo.replies import WHERE, WHICH_ONE, WHOSE_NAME, say_mark, say_where
from geo.shares import certain_unit
from geo.sheet import Leading
from geo.wording import Phrase

LANDMARK = Settling("landmark", Phrase(zh="能说一个更近的地标吗？", en="Can you name a nearer landmark?").name(), ())
# What is asked first of two questions that help alike: what the caller can read needs no sense of direction.
ORDER = ("owner", "checkpoint", "strip", "side")
# Ground that holds less is no reply worth reading aloud.
LEAST_REPLY = 0.01


@dataclass(frozen=True, slots=True)
class Piece:
    """Ground that can be told apart: who leads there with equal rank, its marks, its mass, and what holds it."""

    units: tuple[str, ...]
    marks: Marks
    mass: float
    cover: Cover


@dataclass(frozen=True, slots=True)
class _Prospect:
    """What asking on leads to: the share of replies after which the lead is certain, and how many questions that takes.

    `about` is what is asked first; None where no question helps.
    """

    certain: float
    expected: float
    about: str | None

    @property
    def rank(self) -> tuple[float, float, int]:
        """The better, the smaller."""
        return -round(self.certain, 9), round(self.expected, 9), ORDER.index(self.about) if self.about else len(ORDER)


def inquire(
    atlas: Atlas,
    position: Position,
    category: str | None,
    outcome: Outcome,
    parts: Parts,
    keys: Sequence[Seen[Leading]],
    heard: frozenset[str] = frozenset(),
) -> Settling | None:
    """The question to ask at a position whose lead, by this outcome, is not certain; None when none helps.

    `parts` are those around it that fit what was said, by their numbers in `keys`; `heard` is what was spoken of. Where
    roads cross, somebody may be on a part of each: to ask twice on which part would only be odd.
    """
    if outcome.is_by_component:
        return _which_component(atlas, outcome, category)
    pieces = _pieces(parts, keys)
    about = _prospect_of(pieces, heard).about
    if about is None:
        return None
    replies = []
    for mark, _ in sorted(_worth_saying(_replies(pieces, about)).items(), key=lambda it: (-it[1], it[0])):
        left = [piece for piece in pieces if mark in _marks_about(piece, about)]
        unit = _settled(left)
        if about == "owner":
            replies.append(owner_read(atlas, mark.partition(":")[2]))
        else:
            replies.append(Fact(mark, say_mark(atlas, position, mark, [piece.cover for piece in left]), unit))
    if about == "owner":
        return Settling(about, WHOSE_NAME.name(category=_category_name(atlas, category)), tuple(replies))
    covers = [piece.cover for piece in pieces]
    return Settling(about, say_where(atlas, WHERE[about], covers), tuple(replies))


def _which_component(atlas: Atlas, outcome: Outcome, category: str | None) -> Settling | None:
    """Which of several components in reach it is, when they lead to different units."""
    if category is None or len(outcome.leads) < 2:
        return None
    owned = outcome.rung == "owner"
    replies = tuple(
        fact_of(atlas, lead.component, lead.component.owner if owned else lead.component.maintainer)
        for lead in outcome.leads
        if lead.component is not None
    )
    text = WHOSE_NAME if owned else WHICH_ONE
    return Settling("component", text.name(category=_category_name(atlas, category)), replies)


def _category_name(atlas: Atlas, category: str | None) -> object:
    known = atlas.categories.by_code.get(category or "")
    return known.name if known else category


def _pieces(parts: Parts, keys: Sequence[Seen[Leading]]) -> tuple[Piece, ...]:
    """The parts as pieces; owners of equal rank on one ground are told apart by the name on the thing."""
    by_owner = all(keys[part.number].what.rung == "owner" for part in parts)
    pieces = []
    for part in parts:
        leading, marks = keys[part.number]
        if by_owner:
            for unit in leading.units:
                mass = part.mass / len(leading.units)
                pieces.append(Piece((unit,), marks | {f"owner:{unit}"}, mass, part.cover))
        else:
            pieces.append(Piece(leading.units, marks, part.mass, part.cover))
    return tuple(pieces)


def _marks_about(piece: Piece, about: str) -> Marks:
    """How the piece answers a question; who is on no road is on neither side of it."""
    marks = frozenset(mark for mark in piece.marks if mark.partition(":")[0] == about)
    return marks or frozenset({OFF_ROAD}) if about == "side" else marks


def _replies(pieces: Sequence[Piece], about: str) -> dict[str, float]:
    """The replies to a question with the share of the ground that each stands for."""
    whole = sum(piece.mass for piece in pieces)
    shares: dict[str, float] = {}
    for piece in pieces:
        marks = _marks_about(piece, about)
        for mark in sorted(marks):
            shares[mark] = shares.get(mark, 0.0) + piece.mass / len(marks) / whole
    return shares


def _settled(pieces: Sequence[Piece]) -> str | None:
    """The unit that leads for certain on this ground together; None while there is doubt."""
    return certain_unit((piece.units, piece.mass) for piece in pieces)


def _prospect_of(pieces: tuple[Piece, ...], heard: frozenset[str]) -> _Prospect:
    """What the best question leads to, each of its replies followed to the end; nothing is asked that was `heard`."""

    @cache
    def ask(left: tuple[int, ...], asked: frozenset[str]) -> _Prospect:
        here = [pieces[i] for i in left]
        if _settled(here) is not None:
            return _Prospect(1.0, 0.0, None)
        best = _Prospect(0.0, 0.0, None)
        for about in ORDER:
            replies = {} if about in asked else _worth_saying(_replies(here, about))
            certain, expected = 0.0, 1.0
            for mark, share in replies.items():
                after = tuple(i for i in left if mark in _marks_about(pieces[i], about))
                if len(after) < len(left):
                    follows = ask(after, asked | {about})
                    certain += share * follows.certain
                    expected += share * follows.expected
            if certain > 0.0 and len(replies) > 1:
                best = min(best, _Prospect(certain, expected, about), key=lambda prospect: prospect.rank)
        return best

    return ask(tuple(range(len(pieces))), heard)


def _worth_saying(replies: Mapping[str, float]) -> Mapping[str, float]:
    """The replies that stand for enough ground to be read aloud."""
    return {mark: share for mark, share in replies.items() if share >= LEAST_REPLY}
