"""Who is responsible: positions in, determinations out.

One position and ten thousand go the same way: locate all of them, walk the ladder once for each different set of
areas, find the borders near them, then put each answer together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from geo.atlas import Atlas
from geo.crs import bearing_deg
from geo.determination import BorderNear, Candidate, Determination, Given, Nearest, Warning_
from geo.edges import EdgesNear
from geo.editions import next_change
from geo.errors import InvalidInput
from geo.index import Cover
from geo.ladder import Outcome
from geo.model import Edition, FloatArray, Unit
from geo.position import Position, sigma_of
from geo.shares import Verdict
from geo.standing import Standing, stand
from geo.wording import Phrase

# Beyond 3.53 sigma a straight border moves p by less than 0.002; beyond 4.89 sigma nothing is looked for.
DOUBT_SIGMAS = 3.53
BORDER_SIGMAS = 4.89
BORDER_SEARCH_M = 50.0
NEAREST_SEARCH_M = 2_000.0
# From this share of nobody, in thousandths, the answer says that owned ground ends here.
NEAR_LIMIT_FROM = 50
EXPIRES_AFTER = timedelta(hours=24)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
CATEGORY_LENGTH = 64

BAD_CATEGORY = Phrase(
    zh="category {value} 不可用；请给出 1 到 {limit} 个可见字符",
    en="category {value} cannot be used; give 1 to {limit} printable characters",
)


@dataclass(frozen=True, slots=True)
class Question:
    """One position to be answered: where (WGS 84), what the caller gave, and the kind of problem."""

    position: Position
    given: Given
    accuracy_assumed: bool = False
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When: the moment asked about, and as it was known when. `editions` are all that are published."""

    at: datetime
    known_at: datetime
    editions: tuple[Edition, ...] = ()


def determine(atlas: Atlas, question: Question, moment: Moment) -> Determination:
    """Who is responsible at one position."""
    return determine_many(atlas, [question], moment)[0]


def determine_many(atlas: Atlas, questions: Sequence[Question], moment: Moment) -> list[Determination]:
    """Who is responsible at each position, in order."""
    lon = np.array([question.position.lon for question in questions], dtype=np.float64)
    lat = np.array([question.position.lat for question in questions], dtype=np.float64)
    sigma_m = np.array([question.position.sigma_m for question in questions], dtype=np.float64)
    sets = atlas.index.sets_at(lon=lon, lat=lat)
    near = atlas.border.edges_near(lon=lon, lat=lat, radius_m=search_radius_m(atlas, sigma_m))
    doubted = is_doubted(atlas, border_m=near.distance_m, sigma_m=sigma_m).tolist()
    standing_of = cache(lambda cover, doubted: stand(atlas, cover, doubted=doubted))
    answers = []
    for i, question in enumerate(questions):
        cover = sets.covers[sets.ids[i]]
        standing = standing_of(cover, doubted[i])
        answers.append(_put_together(atlas, question, moment, cover, standing, doubted[i], near, i))
    return answers


def search_radius_m(atlas: Atlas, sigma_m: FloatArray) -> FloatArray:
    """How far a border is looked for, (n,) metres: 50 m, or 4.89 sigma (3.24 A) where that is more.

    An accuracy beyond the city's greatest does not widen it further.
    """
    return np.maximum(BORDER_SEARCH_M, BORDER_SIGMAS * np.minimum(sigma_m, widest_sigma_m(atlas)))


def widest_sigma_m(atlas: Atlas) -> float:
    """The standard deviation that belongs to the city's greatest accuracy; beyond it no finer unit should be named."""
    policy = atlas.city.policy
    return sigma_of(accuracy_m=policy.accuracy_max_m, confidence=policy.confidence)


def check_category(category: str | None) -> str | None:
    """The category, when it is absent or 1 to 64 printable characters; else InvalidInput."""
    if category is not None and not (0 < len(category) <= CATEGORY_LENGTH and category.isprintable()):
        raise InvalidInput(BAD_CATEGORY, value=repr(category[:80]), limit=CATEGORY_LENGTH)
    return category


def is_doubted(atlas: Atlas, *, border_m: FloatArray, sigma_m: FloatArray) -> NDArray[np.bool_]:
    """Whether the accuracy leaves doubt about who leads, (n,).

    A border lies within its reach (3.53 sigma, which is 2.34 A), or it is worse than the city's greatest, beyond which
    borders are not even looked for.
    """
    doubted: NDArray[np.bool_] = (sigma_m > 0) & (
        (border_m <= DOUBT_SIGMAS * sigma_m) | (sigma_m > widest_sigma_m(atlas))
    )
    return doubted


def _put_together(
    atlas: Atlas,
    question: Question,
    moment: Moment,
    cover: Cover,
    standing: Standing,
    doubted: bool,
    near: EdgesNear,
    i: int,
) -> Determination:
    unclaimed = standing.verdict is Verdict.UNCLAIMED
    return Determination(
        position=question.position,
        given=question.given,
        accuracy_assumed=question.accuracy_assumed,
        category=question.category,
        at=moment.at,
        known_at=moment.known_at,
        expires=_expires(moment),
        edition=atlas.edition,
        verdict=standing.verdict,
        outcome=standing.outcome,
        candidates=standing.candidates,
        nobody=standing.nobody,
        nearest=_nearest(atlas, question.position) if unclaimed else None,
        areas=atlas.areas_of(cover),
        territory=_territory(atlas, standing.outcome),
        border=_border(atlas, question.position, standing.outcome, near, i),
        do=standing.do,
        next_unit=standing.next_unit,
        interim=standing.interim,
        coordinator=standing.coordinator,
        warnings=_warnings(atlas, question, doubted, standing.nobody),
        missing=_missing(standing.next_unit, standing.candidates),
    )


def _territory(atlas: Atlas, outcome: Outcome) -> Unit | None:
    return atlas.units[outcome.leads[0].unit] if outcome.leads and outcome.rung == "territory" else None


def _border(atlas: Atlas, position: Position, outcome: Outcome, near: EdgesNear, i: int) -> BorderNear:
    searched_m = float(search_radius_m(atlas, np.array([position.sigma_m]))[0])
    if near.line[i] < 0:
        return BorderNear(searched_m)
    line = near.line[i]
    sides = [atlas.outcome(atlas.lines.left[line]), atlas.outcome(atlas.lines.right[line])]
    beyond = next(side for side in sides if side.units != outcome.units)
    others = [unit for unit in beyond.units if unit not in outcome.units] or list(beyond.units)
    distance_m = float(near.distance_m[i])
    to_lon, to_lat = float(near.lon[i]), float(near.lat[i])
    bearing = float(bearing_deg(lon1=position.lon, lat1=position.lat, lon2=to_lon, lat2=to_lat))
    return BorderNear(
        searched_m=searched_m,
        distance_m=distance_m,
        # On the line itself there is no direction to it.
        bearing_deg=bearing if distance_m >= 0.005 else None,
        across=atlas.units[others[0]] if others else None,
    )


def _nearest(atlas: Atlas, position: Position) -> Nearest | None:
    near = atlas.border.edges_near(
        lon=np.array([position.lon]), lat=np.array([position.lat]), radius_m=np.array([NEAREST_SEARCH_M])
    )
    line = near.line[0]
    if line < 0:
        return None
    units = atlas.outcome(atlas.lines.left[line]).units + atlas.outcome(atlas.lines.right[line]).units
    return Nearest(atlas.units[min(units)], float(near.distance_m[0])) if units else None


def _warnings(atlas: Atlas, question: Question, doubted: bool, nobody: int) -> tuple[Warning_, ...]:
    warnings: list[Warning_] = []
    if doubted:
        warnings.append("doubt_not_measured")
    if nobody >= NEAR_LIMIT_FROM:
        warnings.append("near_limit")
    if question.position.sigma_m > widest_sigma_m(atlas):
        warnings.append("accuracy_beyond_max")
    if question.category is not None:
        warnings.append("no-categories")
    return tuple(warnings)


def _missing(next_unit: Unit, candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
    """What an answer should have and the city's data does not say."""
    missing = []
    if candidates:
        missing.append("lead.post")
        if candidates[0].unit.telephone is None:
            missing.append("lead.unit.telephone")
    if next_unit.telephone is None:
        missing.append("next.unit.telephone")
    return tuple(missing)


def _expires(moment: Moment) -> datetime | None:
    """When to ask again: the next change known, at most 24 h ahead; None for a look back."""
    if moment.at < moment.known_at:
        return None
    latest = min(moment.at, END_OF_TIME - EXPIRES_AFTER) + EXPIRES_AFTER
    change = next_change(moment.editions, after=moment.at, known_at=moment.known_at)
    return min(change, latest) if change else latest
