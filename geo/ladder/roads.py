"""The rung of a road: the strip of a segment."""

from dataclasses import replace

from geo.claims import PlaceKind, Role
from geo.ladder.claimed import Reasons, decide
from geo.ladder.here import Here, Hit, Step
from geo.wording import Phrase

SEGMENT = Reasons(
    Phrase(zh="路段：{unit}在{place}牵头此类问题（{source}）", en="road: {unit} leads this kind on {place} ({source})"),
    Phrase(zh="路段：{unit}在这条路幅上同级", en="road: {unit} have equal rank on this strip"),
    Phrase(zh="路段：这里的路幅没有此类问题的责任归属", en="road: no claim on a strip of road here names this kind"),
)


def segment(here: Here) -> Step:
    """The unit whose claim on the strip names the kind.

    Crossing roads are no overlap: the higher road class wins, then the lower segment code. It is said only where the
    roads that lose would have another unit lead.
    """
    hits = here.best(here.hits(Role.LEADS, lambda ground, _: ground.kind is PlaceKind.STRIP))
    roads = sorted({_road(here, hit) for hit in hits})
    first = [hit for hit in hits if _road(here, hit) == roads[0]]
    step = decide(here, "segment", first, SEGMENT)
    beaten = {lead.unit for lead in here.leads(hits)} - {lead.unit for lead in step.leads}
    return replace(step, tie="junction") if beaten else step


def _road(here: Here, hit: Hit) -> tuple[int, str]:
    """The rank of the road that a hit stands on: class, then the segment's code."""
    ground = here.survey.grounds.items[hit.ground]
    return ground.road_rank, ground.key[0]
