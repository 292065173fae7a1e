"""What follows from where a position stands: shares, verdict, who acts next and who decides.

It depends only on the sheet, the set of grounds that hold the position and whether a border is within reach of its
error, so bulk questions work it out once for each different pair.
"""

from dataclasses import dataclass
from fractions import Fraction

from geo.atlas import Atlas
from geo.determination import Candidate, Do
from geo.index import Cover
from geo.ladder import Outcome
from geo.ladder.words import ref_of
from geo.model import Unit
from geo.nearby import Beside
from geo.shares import WHOLE, Verdict, contesting, judge, to_thousandths
from geo.sheet import Sheet
from geo.units import coordinator_of


@dataclass(frozen=True, slots=True)
class Standing:
    """`candidates` run from the lead downwards, their `p` and `nobody` in thousandths."""

    outcome: Outcome
    verdict: Verdict
    candidates: tuple[Candidate, ...]
    nobody: int
    do: Do
    next_unit: Unit
    interim: Unit | None
    coordinator: Unit | None
    doubted: bool


def stand(
    atlas: Atlas, sheet: Sheet, cover: Cover, *, doubted: bool, beside: Beside = (), too_coarse: bool = False
) -> Standing:
    """What follows where these areas hold the position and the point alone decides.

    Units of equal rank share the ground equally. Doubt about the position is not measured yet: when it is `doubted`,
    nothing is called certain. Where a component `beside` it decides, no border on the ground casts doubt; only a
    position that is `too_coarse` does, unless the caller said which component it is.
    """
    outcome = sheet.outcome(cover, beside)
    if outcome.is_by_component:
        doubted = too_coarse and not any(near.named for near in beside)
    count = len(outcome.leads)
    shares = to_thousandths([Fraction(1, count)] * count) if count else ()
    nobody = 0 if count else WHOLE
    verdict = judge(shares, nobody=nobody, lead_by_fallback=outcome.rung == "fallback")
    if doubted and verdict is Verdict.CERTAIN:
        verdict = Verdict.LIKELY
    candidates = tuple(
        Candidate(
            unit=atlas.units[lead.unit],
            p=share,
            distance_m=0.0,
            rung=outcome.rung,
            claim=lead.claim,
            ref=ref_of(lead, atlas.grounds),
            executor=atlas.units[lead.executor] if lead.executor else None,
            component=lead.component,
        )
        for lead, share in zip(outcome.leads, shares, strict=True)
    )
    interim, coordinator = None, None
    if verdict is Verdict.CONTESTED:
        rivals = candidates[: contesting(shares, nobody=nobody)]
        interim = atlas.fallback_unit(cover)
        coordinator = coordinator_of([rival.unit.code for rival in rivals], atlas.units)
    do, next_unit = _next_step(atlas, verdict, candidates, interim, coordinator)
    return Standing(outcome, verdict, candidates, nobody, do, next_unit, interim, coordinator, doubted)


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
