"""What an answer warns of, and what it should have and does not."""

from collections.abc import Sequence

from geo.atlas import Atlas
from geo.determination import Candidate, Staffing, Warning_
from geo.facts import Fact
from geo.model import Unit
from geo.position import Position
from geo.reach import away_m, widest_sigma_m
from geo.standing import Standing

# From this share of nobody, in thousandths, the answer says that owned ground ends here.
NEAR_LIMIT_FROM = 50


def warnings_of(
    atlas: Atlas,
    position: Position,
    category: str | None,
    facts: Sequence[Fact],
    standing: Standing,
    *,
    searched_m: float,
    unfit: Sequence[str],
    depends_on: frozenset[str],
) -> tuple[Warning_, ...]:
    """What whoever reads the answer should beware of; `unfit` are the facts that no ground in reach fits.

    `depends_on` are those that rulings on this category depend on.
    """
    warnings: list[Warning_] = []
    if standing.nobody >= NEAR_LIMIT_FROM:
        warnings.append("near_limit")
    if position.sigma_m > widest_sigma_m(atlas):
        warnings.append("accuracy_beyond_max")
    if category is not None and not atlas.categories.by_code:
        warnings.append("no-categories")
    named = [fact.component for fact in facts if fact.component is not None]
    owner_counts = any(step.rung == "owner" for step in standing.outcome.steps) or any(
        fact.startswith("owner:") for fact in depends_on
    )
    owner_unused = not owner_counts and any(fact.kind == "owner" for fact in facts)
    seen_unused = any(
        fact.kind in ("seen", "unseen") and fact.said.removeprefix("un") not in depends_on for fact in facts
    )
    if (named and not atlas.asks_components(category)) or owner_unused or seen_unused:
        warnings.append("fact_unused")
    if unfit:
        warnings.append("fact_unfit")
    if any(away_m(position, component) > searched_m for component in named):
        warnings.append("component_far")
    return tuple(warnings)


def missing_of(next_unit: Unit, candidates: tuple[Candidate, ...], staffing: Staffing) -> tuple[str, ...]:
    """What an answer should have and neither the city's map nor the register says."""
    missing = []
    if candidates:
        post = staffing.lead
        if post is None:
            missing.append("lead.post")
        elif post.person is None and post.deputy is None:
            missing.append("lead.post.person")
        if candidates[0].unit.telephone is None:
            missing.append("lead.unit.telephone")
    if next_unit.telephone is None:
        missing.append("next.unit.telephone")
    return tuple(missing)
