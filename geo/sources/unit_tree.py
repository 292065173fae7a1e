"""The tree of units: those of the tables, and those made from the areas of the territory scheme."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count, pairwise

from geo.findings import find
from geo.model import Area, City, Finding, Scheme, Unit, UnitKind
from geo.sources.ancestry import circles, upwards
from geo.sources.areas import PlacedArea
from geo.sources.description import UNIT_FIELDS
from geo.sources.unit_tables import PlacedUnit
from geo.units import headquarters_of

HEADQUARTERS = "hq"


def unite(placed_units: Sequence[PlacedUnit]) -> tuple[dict[str, Unit], list[Finding]]:
    """The units of all tables by code, and what is wrong with them one by one. A row said twice counts once."""
    units: dict[str, Unit] = {}
    findings = []
    for placed in placed_units:
        unit = placed.unit
        first = units.setdefault(unit.code, unit)
        if first is unit and unit.telephone is None and not unit.contacts:
            name = unit.name.say("zh")
            findings.append(find("unit-without-contact", source=placed.file, row=placed.row, code=unit.code, name=name))
        findings += [
            find(
                "code-conflict",
                source=placed.file,
                row=placed.row,
                code=unit.code,
                field=field,
                first=_shown(first, field),
                second=_shown(unit, field),
            )
            for field in UNIT_FIELDS
            if _shown(first, field) != _shown(unit, field)
        ]
    return units, findings


def grow(
    city: City, territory: Scheme, areas: Sequence[Area], units: Mapping[str, Unit]
) -> tuple[list[Area], dict[str, Unit]]:
    """All areas with their units, and all units by code, hung under headquarters.

    An area of the territory scheme that names no unit gets one of its own: code = area code, or `level:code` where a
    unit of the tables or a finer level has that code; its parent is the unit of the parent area.
    """
    fine_first = [level.code for level in reversed(territory.levels)]
    above = dict(pairwise(fine_first))
    responsible = {(area.level, area.code): area.unit for area in areas if area.scheme == territory.code}
    nameless = [area for area in areas if area.scheme == territory.code and area.unit is None]
    taken = set(units)
    for area in sorted(nameless, key=lambda area: fine_first.index(area.level)):
        responsible[area.level, area.code] = code = _free_code(area, taken)
        taken.add(code)
    tree = dict(units)
    for area in nameless:
        code = responsible[area.level, area.code] or area.code
        parent = responsible.get((above.get(area.level, ""), area.parent or ""))
        tree[code] = Unit(code, area.name, UnitKind.TERRITORIAL, parent)
    served = [
        replace(area, unit=responsible[area.level, area.code]) if area.scheme == territory.code else area
        for area in areas
    ]
    return served, _under_headquarters(city, tree)


def tree_troubles(
    units: Mapping[str, Unit], placed_units: Sequence[PlacedUnit], placed_areas: Sequence[PlacedArea]
) -> list[Finding]:
    """Blocks: units that are named and do not exist, with the first place that names them, and circles of parents."""
    unknown: dict[tuple[str, str], Finding] = {}
    for placed in placed_areas:
        for kind, unit in (("unknown-unit", placed.area.unit), ("unknown-steward", placed.area.steward)):
            if unit is not None and unit not in units:
                found = find(kind, source=placed.file, row=placed.row, code=placed.area.code, unit=unit)
                unknown.setdefault((kind, unit), found)
    orphans = [
        find(
            "unknown-parent-unit", source=placed.file, row=placed.row, code=placed.unit.code, parent=placed.unit.parent
        )
        for placed in placed_units
        if placed.unit.parent is not None and placed.unit.parent not in units
    ]
    cycles = [
        find("unit-cycle", code=circle[0], chain=" → ".join(circle))
        for circle in circles({code: unit.parent for code, unit in units.items()})
    ]
    return [*unknown.values(), *orphans, *cycles]


def _free_code(area: Area, taken: set[str]) -> str:
    code = area.code
    while code in taken:
        code = f"{area.level}:{code}"
    return code


def _under_headquarters(city: City, tree: Mapping[str, Unit]) -> dict[str, Unit]:
    """The tree with one top: units without a parent hang under headquarters, except those above headquarters."""
    if not any(unit.kind is UnitKind.HEADQUARTERS for unit in tree.values()):
        code = next(code for number in count(1) if (code := _numbered(HEADQUARTERS, number)) not in tree)
        tree = {**tree, code: Unit(code, city.name, UnitKind.HEADQUARTERS)}
    headquarters = headquarters_of(tree).code
    above = upwards(headquarters, {code: unit.parent for code, unit in tree.items()})
    return {
        code: replace(unit, parent=headquarters) if unit.parent is None and code not in above else unit
        for code, unit in tree.items()
    }


def _numbered(code: str, number: int) -> str:
    return code if number == 1 else f"{code}:{number}"


def _shown(unit: Unit, field: str) -> str:
    """What a unit has for a key of city.toml."""
    match field:
        case "name":
            return unit.name.zh or unit.name.en or ""
        case "name_en":
            return unit.name.en or ""
        case _:
            return str(getattr(unit, field) or "")
