"""The rung of a question without a category, and of a city without claims: the unit of the finest territorial area."""

from geo.ladder.here import Here, Lead, Step
from geo.ladder.words import listed, unit_names
from geo.units import accountable
from geo.wording import Phrase

HIT = Phrase(zh="属地：位于{place}（{level}）", en="territory: it lies in {place} ({level})")
ON_EDGE = Phrase(
    zh="属地：正好在边界线上，{areas}都到这里；按编码最小者认定为{place}（{level}）",
    en="territory: it is exactly on the line where {areas} meet; the lowest code decides: {place} ({level})",
)
OVERLAP = Phrase(
    zh="属地：{areas}在这里重叠，{units}同级，各占一份",
    en="territory: {areas} overlap here; {units} have equal rank and share it",
)
MISS = Phrase(zh="属地：没有任何属地区域覆盖这个位置", en="territory: no territorial area covers this position")


def territory(here: Here) -> Step:
    """The unit of the finest territorial area that covers the place.

    Interior beats edge, and among edges the lowest code wins: a hydrant on the kerb line has exactly one owner. Inside
    several areas at once (a true overlap) their units have equal rank.
    """
    covering = [
        (number, ground)
        for number, ground in here.grounds()
        if here.is_territorial(ground) and here.area(number).unit is not None
    ]
    if not covering:
        return Step("territory", False, MISS, {})
    finest = max(ground.depth for _, ground in covering)
    covering = [(number, ground) for number, ground in covering if ground.depth == finest]
    leads: dict[str, Lead] = {}
    for number, _ in covering:
        named = here.area(number).unit or ""
        unit = accountable(named, here.survey.units)
        leads.setdefault(unit, Lead(unit, number, executor=None if unit == named else named))
    chosen = tuple(leads[unit] for unit in sorted(leads))
    first = here.area(covering[0][0])
    meeting = [i for number, _ in covering for i in (number, *here.standing.tied.get(number, ()))]
    tie = here.tie(chosen)
    values = {
        "place": first.name,
        "level": here.survey.level_names[first.scheme, first.level],
        "areas": listed(here.area(i).name for i in meeting),
        "units": unit_names(here, chosen),
    }
    why = OVERLAP if len(chosen) > 1 else ON_EDGE if tie else HIT
    refs = tuple(here.survey.grounds.items[i].ref for i in meeting)
    return Step("territory", True, why, values, refs, chosen, tie)
