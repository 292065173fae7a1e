"""Who is responsible: positions in, determinations out.

One position and ten thousand go the same way: locate all of them, walk the ladder once for each different set of
areas, find the borders near them, then put each answer together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from geo.at_once import stand_at_once
from geo.atlas import Atlas
from geo.bordering import border_near, nearest_ground, search_radius_m
from geo.caveats import warnings_of
from geo.depending import alone, ask_condition, grounds_depending
from geo.determination import BorderNear, Determination, Given
from geo.doubt import Spots
from geo.editions import next_change
from geo.facts import Fact, Settling
from geo.fitting import fit, fitting, parts_seen
from geo.grounded import Grounded, grounded
from geo.hearing import in_words
from geo.index import Cover, SetsAt
from geo.inquiry import LANDMARK, inquire
from geo.model import Edition, FloatArray
from geo.position import Position
from geo.reach import components_beside, named_beside, too_coarse, widest_sigma_m
from geo.receiving import received
from geo.register.overlay import overlaid
from geo.register.roster import NOBODY, Roster
from geo.shares import CERTAIN_FROM, Verdict
from geo.sheet import Sheet
from geo.standing import Standing, stand
from geo.standings import standings_apart

EXPIRES_AFTER = timedelta(hours=24)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Question:
    """One position to be answered: where (WGS 84), what the caller gave and saw, and the kind of problem.

    `receiver` is the unit that has the ticket already.
    """

    position: Position
    given: Given
    accuracy_assumed: bool = False
    category: str | None = None
    facts: tuple[Fact, ...] = ()
    receiver: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When: the moment asked about, and as it was known when.

    `editions` are all that are published, `roster` is the register as it was known.
    """

    at: datetime
    known_at: datetime
    editions: tuple[Edition, ...] = ()
    roster: Roster = NOBODY


def determine(atlas: Atlas, question: Question, moment: Moment) -> Determination:
    """Who is responsible at one position.

    Raises
    ------
    InvalidInput
        A category that the city does not have.
    """
    over = overlaid(atlas, moment.roster)
    sheet = over.sheet(question.category, moment.at)
    found = None if question.facts else stand_at_once(over, sheet, question.position)
    if found is None:
        return determine_many(atlas, [question], moment)[0]
    cover, standing, border = found
    standing = received(standing, question.receiver, over.city.policy.interim, over.units)
    said = grounded(over, sheet, moment.roster, moment.at, home=cover, cover=cover, standing=standing)
    return _put_together(over, sheet, question, moment, cover, standing, said, border, words=said.words)


def determine_many(atlas: Atlas, questions: Sequence[Question], moment: Moment) -> list[Determination]:
    """Who is responsible at each position, in order.

    Raises
    ------
    InvalidInput
        A category that the city does not have.
    """
    atlas = overlaid(atlas, moment.roster)
    lon, lat, _ = _arrays_of(questions)
    sets = atlas.index.sets_at(lon=lon, lat=lat)
    rows_of: dict[Sheet, list[int]] = {}
    sheet_for = cache(lambda category, owner, seen: atlas.sheet(category, moment.at, owner=owner, seen=seen))
    for i, question in enumerate(questions):
        owner = next((fact.unit for fact in question.facts if fact.kind == "owner"), None)
        seen = frozenset(fact.said for fact in question.facts if fact.kind == "seen")
        rows_of.setdefault(sheet_for(question.category, owner, seen), []).append(i)
    answers: list[Determination | None] = [None] * len(questions)
    for sheet, rows in rows_of.items():
        place = _Places(atlas, sheet, moment, [questions[i] for i in rows], SetsAt(sets.ids[rows], sets.covers))
        for k, i in enumerate(rows):
            answers[i] = place.put_together(questions[i], sets.covers[sets.ids[i]], k)
    return [answer for answer in answers if answer is not None]


def _arrays_of(questions: Sequence[Question]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Longitudes, latitudes and standard deviations in metres."""
    positions = [question.position for question in questions]
    values = ([one.lon for one in positions], [one.lat for one in positions], [one.sigma_m for one in positions])
    lon, lat, sigma_m = (np.array(value, dtype=np.float64) for value in values)
    return lon, lat, sigma_m


class _Places:
    """Positions that ask alike, with the borders near them."""

    def __init__(
        self,
        atlas: Atlas,
        sheet: Sheet,
        moment: Moment,
        questions: Sequence[Question],
        sets: SetsAt,
    ) -> None:
        self._atlas = atlas
        self._sheet = sheet
        self._moment = moment
        lon, lat, sigma_m = _arrays_of(questions)
        radius_m = search_radius_m(atlas, sigma_m)
        self._searched_m = radius_m.tolist()
        self._near = sheet.border.edges_near(lon=lon, lat=lat, radius_m=radius_m)
        near = components_beside(atlas, sheet, lon=lon, lat=lat, sigma_m=sigma_m)
        named = (named_beside(atlas, one.position, one.category, one.facts) for one in questions)
        beside = {i: said or near[i] for i, said in enumerate(named) if said or i in near}
        spots = Spots(lon, lat, np.minimum(sigma_m, widest_sigma_m(atlas)), sets)
        of_ground = {i: [fact.said for fact in one.facts if fact.is_of_ground] for i, one in enumerate(questions)}
        self._spots = spots
        self._fitted = fit(atlas, sheet, spots, {i: said for i, said in of_ground.items() if said})
        coarse = too_coarse(atlas, sigma_m)
        self._apart = dict(standings_apart(atlas, sheet, spots, beside, coarse, fitted=self._fitted))
        self._plainly = cache(lambda cover: stand(atlas, sheet, cover))
        self._depending = grounds_depending(atlas, sheet, spots, self._fitted)
        doubtful = [i for i in range(len(questions)) if _leaves_doubt(self._standing(i, spots.cover(i)))]
        self._seen = parts_seen(atlas, sheet.seen, spots, doubtful)

    def _standing(self, i: int, cover: Cover) -> Standing:
        return self._apart.get(i) or self._plainly(cover)

    def _asked(self, question: Question, cover: Cover, standing: Standing, i: int) -> Settling | None:
        """The question that goes with the i-th answer."""
        if standing.do == "ask":
            return LANDMARK
        if self._sheet.depends_on:
            marks = self._fitted[i].marks if i in self._fitted else frozenset[str]()
            covers = (cover, *self._depending.get(i, ()))
            spot = alone(self._spots, i)
            depends = ask_condition(self._atlas, self._sheet, spot, covers, question.facts, standing, marks)
            if depends is not None:
                return depends
        if i not in self._seen:
            return None
        keys = self._sheet.seen.keys
        parts = self._seen[i]
        if i in self._fitted:
            parts = fitting(parts, keys, self._fitted[i].marks)
        heard = frozenset(fact.kind for fact in question.facts)
        return inquire(self._atlas, question.position, question.category, standing.outcome, parts, keys, heard)

    def put_together(self, question: Question, home: Cover, i: int) -> Determination:
        """The answer for the i-th position, which these grounds hold."""
        atlas, sheet, moment = self._atlas, self._sheet, self._moment
        standing = received(self._standing(i, home), question.receiver, atlas.city.policy.interim, atlas.units)
        # By what the caller saw, they stand on other ground than the coordinates say.
        cover = self._fitted[i].cover if i in self._fitted else home
        said = grounded(atlas, sheet, moment.roster, moment.at, home=home, cover=cover, standing=standing)
        asked = self._asked(question, cover, standing, i)
        unfit = self._fitted[i].unfit if i in self._fitted else ()
        border = self._border(question, cover, standing, i)
        # Where nothing but the grounds decides, their words serve.
        words = None if i in self._apart or question.facts else said.words
        return _put_together(
            atlas, sheet, question, moment, home, standing, said, border, asked=asked, unfit=unfit, words=words
        )

    def _border(self, question: Question, cover: Cover, standing: Standing, i: int) -> BorderNear:
        searched_m = self._searched_m[i]
        if standing.outcome.is_by_component:
            # Nothing on the ground changes who leads.
            return BorderNear(searched_m)
        here = self._sheet.outcome(cover)
        return border_near(
            self._atlas, self._sheet, question.position, here, standing.outcome, self._near, i, searched_m
        )


def _put_together(
    atlas: Atlas,
    sheet: Sheet,
    question: Question,
    moment: Moment,
    home: Cover,
    standing: Standing,
    said: Grounded,
    border: BorderNear,
    *,
    asked: Settling | None = None,
    unfit: Sequence[str] = (),
    words: dict[str, Any] | None = None,
) -> Determination:
    """The answer from what follows at a position, what its grounds say and what is near it.

    `asked` is the question that goes with it, `unfit` are the facts that no ground in reach fits; `words` are those of
    the grounds where nothing else decides.
    """
    position = question.position
    return Determination(
        position=position,
        given=question.given,
        accuracy_assumed=question.accuracy_assumed,
        category=question.category,
        at=moment.at,
        known_at=moment.known_at,
        expires=_expires(moment, said.change),
        edition=atlas.edition,
        verdict=standing.verdict,
        outcome=standing.outcome,
        candidates=standing.candidates,
        nobody=standing.nobody,
        nearest=nearest_ground(atlas, sheet, position) if standing.verdict is Verdict.UNCLAIMED else None,
        areas=said.areas,
        checkpoints=said.checkpoints,
        segments=atlas.segments_of(home, lon=position.lon, lat=position.lat),
        territory=said.territory,
        others=said.others,
        permit=said.permit,
        units=atlas.units,
        border=border,
        do="none" if said.permit else standing.do,
        next_unit=standing.next_unit,
        interim=standing.interim,
        coordinator=standing.coordinator,
        facts=in_words(question.facts, atlas.conditions),
        question=asked,
        warnings=warnings_of(
            atlas,
            position,
            question.category,
            question.facts,
            standing,
            searched_m=border.searched_m,
            unfit=unfit,
            depends_on=sheet.depends_on,
        ),
        missing=said.missing,
        staffing=said.staffing,
        register=moment.roster.number,
        zone=atlas.zone,
        receiver=question.receiver,
        interim_rule=atlas.city.policy.interim,
        words=words,
    )


def _leaves_doubt(standing: Standing) -> bool:
    """Whether a question may help: somebody leads, and not for certain."""
    return standing.do != "ask" and bool(standing.candidates) and standing.candidates[0].p < CERTAIN_FROM


def _expires(moment: Moment, change: datetime | None) -> datetime | None:
    """When to ask again; None for a look back.

    The next known change of an edition, of a claim here or of a post that is named, within 24 h.
    """
    if moment.at < moment.known_at:
        return None
    latest = min(moment.at, END_OF_TIME - EXPIRES_AFTER) + EXPIRES_AFTER
    edition = next_change(moment.editions, after=moment.at, known_at=moment.known_at)
    return min(known for known in (latest, edition, change) if known is not None)
