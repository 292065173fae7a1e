"""The ladder (梯级): who leads at one exact place.

A visible list of rungs for each kind of question; one small function a rung that hits or says why not. The first rung
that hits ends the walk; below the last one there is nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from geo.index import Cover
from geo.model import Area, Unit
from geo.units import accountable
from geo.wording import Name, Phrase

RungName = Literal["territory", "nobody"]
Tie = Literal["lowest_code"]

TERRITORY_HIT = Phrase(
    zh="属地：位于{place}（{level}）",
    en="territory: it lies in {place} ({level})",
)
TERRITORY_ON_EDGE = Phrase(
    zh="属地：正好在边界线上，{areas}都到这里；按编码最小者认定为{place}（{level}）",
    en="territory: it is exactly on the line where {areas} meet; the lowest code decides: {place} ({level})",
)
TERRITORY_OVERLAP = Phrase(
    zh="属地：{areas}在这里重叠，{units}同级，各占一份",
    en="territory: {areas} overlap here; {units} have equal rank and share it",
)
TERRITORY_MISS = Phrase(
    zh="属地：没有任何属地区域覆盖这个位置",
    en="territory: no territorial area covers this position",
)
NOBODY = Phrase(
    zh="空白：没有任何单位对这里负责，报指挥部确定",
    en="nobody: no unit is responsible here; headquarters must decide",
)


@dataclass(frozen=True, slots=True)
class Lead:
    """A unit that leads, the number of the area that says so, and the contractor who does the work for it."""

    unit: str
    area: int
    executor: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One rung asked: hit or miss, why, and the codes that the reason rests on."""

    rung: RungName
    hit: bool
    why: Phrase
    values: dict[str, object]
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the walk ended: the units of equal rank that lead (by unit code; none for nobody), and every rung asked."""

    rung: RungName
    leads: tuple[Lead, ...]
    tie: Tie | None
    steps: tuple[Step, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """The codes of the units that lead."""
        return tuple(lead.unit for lead in self.leads)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rungs may ask about: the areas by number, the depth of their level, which of them are territorial."""

    areas: Sequence[Area]
    depth: Sequence[int]
    territorial: Sequence[bool]
    units: Mapping[str, Unit]
    level_names: Mapping[tuple[str, str], Name]


Rung = Callable[[Ground, Cover], tuple[Step, tuple[Lead, ...], Tie | None]]


def territory(ground: Ground, cover: Cover) -> tuple[Step, tuple[Lead, ...], Tie | None]:
    """The unit of the finest territorial area that covers the place.

    Interior beats edge, and among edges the lowest code wins: a hydrant on the kerb line has exactly one owner. Inside
    several areas at once (a true overlap) their units have equal rank.
    """
    inside = [i for i in cover.interior if ground.territorial[i] and ground.areas[i].unit is not None]
    on_edge = [i for i in cover.edge if ground.territorial[i] and ground.areas[i].unit is not None]
    if not inside and not on_edge:
        return Step("territory", False, TERRITORY_MISS, {}), (), None
    finest = max(ground.depth[i] for i in (*inside, *on_edge))
    inside = [i for i in inside if ground.depth[i] == finest]
    on_edge = [i for i in on_edge if ground.depth[i] == finest]
    # Numbers follow codes, so the first area is the one with the lowest code.
    tie: Tie | None = "lowest_code" if not inside and len(on_edge) > 1 else None
    leads: dict[str, Lead] = {}
    for i in inside or on_edge[:1]:
        named = ground.areas[i].unit
        if named is not None:
            unit = accountable(named, ground.units)
            leads.setdefault(unit, Lead(unit, i, executor=None if unit == named else named))
    return _territory_step(ground, tuple(inside or on_edge), leads, tie), _by_unit(leads), tie


def _territory_step(ground: Ground, numbers: tuple[int, ...], leads: dict[str, Lead], tie: Tie | None) -> Step:
    areas = [ground.areas[i] for i in numbers]
    first = areas[0]
    if tie:
        why = TERRITORY_ON_EDGE
    elif len(leads) > 1:
        why = TERRITORY_OVERLAP
    else:
        why = TERRITORY_HIT
    values: dict[str, object] = {
        "place": first.name,
        "level": ground.level_names[first.scheme, first.level],
        "areas": Name(zh="、".join(a.name.say("zh") for a in areas), en=", ".join(a.name.say("en") for a in areas)),
    }
    names = [ground.units[unit].name for unit in sorted(leads)]
    values["units"] = Name(
        zh="、".join(name.say("zh") for name in names), en=", ".join(name.say("en") for name in names)
    )
    return Step("territory", True, why, values, tuple(area_ref(area) for area in areas))


def _by_unit(leads: dict[str, Lead]) -> tuple[Lead, ...]:
    return tuple(leads[unit] for unit in sorted(leads))


def area_ref(area: Area) -> str:
    """How an answer refers to an area: `area:scheme/level/code`."""
    return f"area:{area.scheme}/{area.level}/{area.code}"


NO_CATEGORY: tuple[Rung, ...] = (territory,)


def walk(ground: Ground, cover: Cover, rungs: Sequence[Rung] = NO_CATEGORY) -> Outcome:
    """Who leads where the areas of `cover` hold the place: the first rung that hits, or nobody."""
    steps = []
    for rung in rungs:
        step, leads, tie = rung(ground, cover)
        steps.append(step)
        if step.hit:
            return Outcome(step.rung, leads, tie, tuple(steps))
    steps.append(Step("nobody", True, NOBODY, {}))
    return Outcome("nobody", (), None, tuple(steps))
