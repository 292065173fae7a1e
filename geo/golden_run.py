"""What an atlas answers at golden places, beside what it must answer there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from geo.answer_text import RUNG_NAMES, VERDICTS
from geo.atlas import Atlas
from geo.determination import Determination, Given
from geo.errors import GeoError
from geo.golden import GoldenPlace
from geo.hearing import read_facts
from geo.position import Position
from geo.resolve import Moment, Question, determine_many
from geo.shares import Verdict
from geo.wording import Name, Phrase

SAID = Phrase(zh="{verdict}、{unit}、{rung}", en="{verdict}, {unit}, {rung}")
NO_UNIT = Phrase(zh="无牵头单位", en="no unit")


@dataclass(frozen=True, slots=True)
class Answered:
    """What is answered at a golden place; with a `refusal`, why the question cannot be asked."""

    verdict: Verdict | None
    unit: str | None
    rung: str | None
    refusal: GeoError | None = None

    @property
    def text(self) -> Name:
        """The answer, or the refusal, in both languages."""
        if self.refusal is not None:
            return Name(zh=self.refusal.say("zh"), en=self.refusal.say("en"))
        if self.verdict is None or self.rung is None:
            raise ValueError("an answer has a verdict and a rung")
        return SAID.name(verdict=VERDICTS[self.verdict], unit=self.unit or NO_UNIT, rung=RUNG_NAMES[self.rung])


@dataclass(frozen=True, slots=True)
class Trial:
    """A golden place and what is found there."""

    place: GoldenPlace
    found: Answered

    @property
    def expected(self) -> Answered:
        """What the place says itself."""
        return Answered(self.place.verdict, self.place.unit, self.place.rung)

    @property
    def holds(self) -> bool:
        """Whether what is found is what the place says."""
        return self.found == self.expected


def try_golden(atlas: Atlas, places: Iterable[GoldenPlace], moment: Moment) -> list[Trial]:
    """What the atlas answers at each place, in order: at the place's own moment, else at `moment`.

    A question that cannot be asked, such as one for a kind that is gone, is found as its refusal.
    """
    listed = list(places)
    found: list[Answered | None] = [None] * len(listed)
    groups: dict[Moment, list[tuple[int, Question]]] = {}
    for i, place in enumerate(listed):
        try:
            question = _question(atlas, place)
        except GeoError as refusal:
            found[i] = Answered(None, None, None, refusal)
        else:
            groups.setdefault(replace(moment, at=place.at or moment.at), []).append((i, question))
    for when, members in groups.items():
        answers = determine_many(atlas, [question for _, question in members], when)
        for (i, _), answer in zip(members, answers, strict=True):
            found[i] = answered(answer)
    return [Trial(place, one) for place, one in zip(listed, found, strict=True) if one is not None]


def failing(trials: Sequence[Trial]) -> list[Trial]:
    """Those whose answer is not what the place says."""
    return [trial for trial in trials if not trial.holds]


def answered(answer: Determination) -> Answered:
    """What counts of an answer: its verdict, the lead's unit, and the rung on which that stands."""
    lead = answer.lead
    if lead is None:
        return Answered(answer.verdict, None, answer.outcome.rung)
    return Answered(answer.verdict, lead.unit.code, lead.rung)


def _question(atlas: Atlas, place: GoldenPlace) -> Question:
    policy = atlas.city.policy
    atlas.check_category(place.category)
    accuracy_m = policy.accuracy_m["unknown"] if place.accuracy_m is None else place.accuracy_m
    return Question(
        position=Position(lon=place.lon, lat=place.lat, accuracy_m=accuracy_m, confidence=policy.confidence),
        given=Given(place.lon, place.lat, "wgs84"),
        accuracy_assumed=place.accuracy_m is None,
        category=place.category,
        facts=read_facts(atlas, place.facts, place.category),
    )
