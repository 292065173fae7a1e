"""What follows from where a position stands: shares, verdict, who acts next and who decides.

Without doubt it depends only on the sheet and the set of grounds that hold the position, so bulk questions work it out
once for each different set; with doubt, on the parts of the ground around it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.atlas import Atlas
from geo.categories import Branch
from geo.determination import Candidate, Do
from geo.doubt import Part, Parts
from geo.index import Cover
from geo.ladder import Outcome
from geo.ladder.here import RungName
from geo.ladder.words import ref_of
from geo.model import Unit
from geo.nearby import Beside
from geo.shares import UNCLAIMED_ABOVE, WHOLE, Verdict, contesting, judge, to_thousandths
from geo.sheet import Sheet
from geo.units import chain_upwards, coordinator_of, headquarters_of

# Beyond the city's greatest accuracy the lead is the lowest unit that holds so much of what is claimed.
HELD_COARSELY = 0.95


@dataclass(frozen=True, slots=True)
class Standing:
    """`candidates` run from the lead downwards, their `p` and `nobody` in thousandths; `outcome` is the lead's."""

    outcome: Outcome
    verdict: Verdict
    candidates: tuple[Candidate, ...]
    nobody: int
    do: Do
    next_unit: Unit
    interim: Unit | None
    coordinator: Unit | None


@dataclass(frozen=True, slots=True)
class _Share:
    """What a unit holds: its mass, by which rung most of it, how much by the fallback, and the part that speaks."""

    unit: str
    mass: float
    rung: RungName
    by_fallback: float
    part: Part


def stand(
    atlas: Atlas,
    sheet: Sheet,
    cover: Cover,
    *,
    parts: Parts = (),
    kept: Mapping[str | None, float] | None = None,
    beside: Beside = (),
    too_coarse: bool = False,
) -> Standing:
    """What follows where these grounds hold the position.

    `parts` are those around a position that leaves doubt, `kept` how much of it each unit at the fallback level holds.
    Where a component `beside` it decides, no border on the ground casts doubt. A position that is `too_coarse` names no
    unit finer than its error, unless the caller said which component it is.
    """
    named = any(near.named for near in beside)
    here = sheet.outcome(cover, () if too_coarse and not named else beside)
    if here.is_by_component or not parts:
        parts = (Part(-1, 1.0, 0.0, cover),)
    order = order_of(atlas, sheet)
    shares = _shares(sheet, parts, here, order)
    nobody_mass = max(0.0, 1.0 - sum(share.mass for share in shares))
    *p, nobody = to_thousandths([*(share.mass for share in shares), nobody_mass])
    if too_coarse and not named and nobody <= UNCLAIMED_ABOVE:
        return _coarsely(atlas, sheet, here, shares, nobody, _keeper(atlas, cover, kept))
    rank = {name: i for i, name in enumerate(order)}
    pairs = ((thousandths, share) for thousandths, share in zip(p, shares, strict=True) if thousandths > 0)
    ranked = sorted(pairs, key=lambda pair: (-pair[0], rank.get(pair[1].rung, len(rank)), pair[1].unit))
    candidates = tuple(_candidate(atlas, sheet, share, here, thousandths) for thousandths, share in ranked)
    held = [thousandths for thousandths, _ in ranked]
    by_fallback = bool(ranked) and 2.0 * ranked[0][1].by_fallback > ranked[0][1].mass
    verdict = judge(held, nobody=nobody, lead_by_fallback=by_fallback)
    interim, coordinator = None, None
    if verdict is Verdict.CONTESTED:
        rivals = candidates[: contesting(held, nobody=nobody)]
        interim = _keeper(atlas, cover, kept)
        coordinator = coordinator_of([rival.unit.code for rival in rivals], atlas.units)
    outcome = _outcome_of(sheet, ranked[0][1], here) if ranked else here
    if verdict is Verdict.UNCLAIMED:
        outcome = _nobodys(sheet, parts, here)
    do, next_unit = _next_step(atlas, verdict, candidates, interim, coordinator)
    return Standing(outcome, verdict, candidates, nobody, do, next_unit, interim, coordinator)


def _shares(sheet: Sheet, parts: Parts, here: Outcome, order: Sequence[str]) -> list[_Share]:
    """The units by falling mass, then rung, then code. Units of equal rank share a ground equally."""
    rank = {name: i for i, name in enumerate(order)}
    held: dict[str, dict[RungName, float]] = {}
    speakers: dict[tuple[str, RungName], Part] = {}
    for part in sorted(parts, key=lambda part: part.distance_m):
        rung, units = (here.rung, here.units) if part.number < 0 else sheet.sides.keys[part.number]
        for unit in units:
            by_rung = held.setdefault(unit, {})
            by_rung[rung] = by_rung.get(rung, 0.0) + part.mass / len(units)
            speakers.setdefault((unit, rung), part)
    shares = []
    for unit, by_rung in held.items():
        rung = min(by_rung, key=lambda rung: (-by_rung[rung], rank.get(rung, len(rank))))
        mass, by_fallback = sum(by_rung.values()), by_rung.get("fallback", 0.0)
        shares.append(_Share(unit, mass, rung, by_fallback, speakers[unit, rung]))
    return sorted(shares, key=lambda share: (-share.mass, rank.get(share.rung, len(rank)), share.unit))


def order_of(atlas: Atlas, sheet: Sheet) -> Sequence[str]:
    """The names of the rungs in their order."""
    policy = atlas.city.policy
    return policy.ladder_component if sheet.asking.branch is Branch.COMPONENT else policy.ladder_event


def _outcome_of(sheet: Sheet, share: _Share, here: Outcome) -> Outcome:
    """How the ladder was walked where the unit leads: at the position itself where it leads there."""
    return here if share.unit in here.units else sheet.outcome(share.part.cover)


def _nobodys(sheet: Sheet, parts: Parts, here: Outcome) -> Outcome:
    """How the ladder was walked on the nearest ground where nobody leads."""
    for part in sorted(parts, key=lambda part: part.distance_m):
        if part.number >= 0 and not sheet.sides.keys[part.number].units:
            return sheet.outcome(part.cover)
    return here


def _candidate(atlas: Atlas, sheet: Sheet, share: _Share, here: Outcome, thousandths: int) -> Candidate:
    outcome = _outcome_of(sheet, share, here)
    lead = next(lead for lead in outcome.leads if lead.unit == share.unit)
    return Candidate(
        unit=atlas.units[share.unit],
        p=thousandths,
        distance_m=0.0 if outcome is here else share.part.distance_m,
        rung=share.rung,
        claim=lead.claim,
        ref=ref_of(lead, atlas.grounds),
        executor=atlas.units[lead.executor] if lead.executor else None,
        component=lead.component,
    )


def _coarsely(
    atlas: Atlas, sheet: Sheet, here: Outcome, shares: Sequence[_Share], nobody: int, interim: Unit | None
) -> Standing:
    """What follows of a position that is worse than the city's greatest accuracy: nothing finer than its error.

    The lead is the lowest unit that, with all below it, holds 95 % of what is claimed; it stands for all of that.
    """
    below: dict[str, float] = {}
    for share in shares:
        for unit in chain_upwards(share.unit, atlas.units):
            below[unit] = below.get(unit, 0.0) + share.mass
    claimed = sum(share.mass for share in shares)
    holding = [unit for unit, mass in below.items() if mass >= HELD_COARSELY * claimed]
    lowest = min(
        holding or [headquarters_of(atlas.units).code],
        key=lambda unit: (-len(chain_upwards(unit, atlas.units)), unit),
    )
    first = next((share for share in shares if share.unit == lowest), shares[0])
    candidate = _candidate(atlas, sheet, first, here, WHOLE - nobody)
    if first.unit != lowest:
        candidate = Candidate(atlas.units[lowest], WHOLE - nobody, 0.0, candidate.rung, None, f"unit:{lowest}", None)
    outcome = _outcome_of(sheet, first, here)
    coordinator = coordinator_of([lowest], atlas.units)
    next_unit = interim or candidate.unit
    return Standing(outcome, Verdict.CONTESTED, (candidate,), nobody, "ask", next_unit, interim, coordinator)


def _keeper(atlas: Atlas, cover: Cover, kept: Mapping[str | None, float] | None) -> Unit | None:
    """The unit at the fallback level that holds most of the ground, ties by code; without doubt the one there."""
    if kept is None:
        return atlas.fallback_unit(cover)
    held = {code: mass for code, mass in kept.items() if code is not None and mass > 0.0}
    return atlas.units[min(held, key=lambda code: (-held[code], code))] if held else None


def _next_step(
    atlas: Atlas,
    verdict: Verdict,
    candidates: tuple[Candidate, ...],
    interim: Unit | None,
    coordinator: Unit | None,
) -> tuple[Do, Unit]:
    if verdict is Verdict.UNCLAIMED:
        return "escalate", atlas.headquarters
    if verdict is Verdict.CONTESTED:
        # Somebody must go and look now; where no interim keeper is known, whoever decides must send one.
        return ("survey", interim) if interim else ("escalate", coordinator or atlas.headquarters)
    return "dispatch", candidates[0].unit
