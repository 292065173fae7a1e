"""Units that were made for areas which name none: they come and go with their area."""

from collections.abc import Mapping, Sequence
from itertools import chain

from geo.model import Area, CityMap, Unit, UnitKind
from geo.sources.areas import PlacedArea
from geo.sources.unit_tables import PlacedUnit


def drop_made(
    units: dict[str, PlacedUnit], areas: Mapping[str, PlacedArea], city_map: CityMap, changed: Sequence[str]
) -> int:
    """How many units were taken out of `units`: those made for areas that changed.

    Where such an area still names no unit, its unit is made anew by the settling, with its new name; where it names
    another or is gone, its unit goes too, unless an area, a claim, a site or a unit names it.
    """
    before = {f"{area.scheme}/{area.level}/{area.code}": area for area in city_map.areas}
    dropped = 0
    for code in changed:
        area = before.get(code)
        unit = units[area.unit].unit if area is not None and area.unit in units else None
        if area is None or unit is None or not is_made(unit, area):
            continue
        now = areas.get(code)
        if (now is not None and now.area.unit is None) or unit.code not in _named(units, areas, city_map):
            del units[unit.code]
            dropped += 1
    return dropped


def is_made(unit: Unit, area: Area) -> bool:
    """Whether a unit is as one is made for an area."""
    return (
        unit.code in (area.code, f"{area.level}:{area.code}")
        and unit.kind is UnitKind.TERRITORIAL
        and unit.name == area.name
        and unit.telephone is None
        and not unit.contacts
    )


def _named(units: Mapping[str, PlacedUnit], areas: Mapping[str, PlacedArea], city_map: CityMap) -> set[str | None]:
    named: list[str | None] = [placed.unit.parent for placed in units.values()]
    named += chain.from_iterable((placed.area.unit, placed.area.steward) for placed in areas.values())
    named += chain.from_iterable((claim.unit, claim.executor) for claim in city_map.claims)
    named += chain.from_iterable((site.unit, site.principal, site.manager) for site in city_map.checkpoints)
    named += (post.unit for post in city_map.posts)
    named += chain.from_iterable((one.owner, one.maintainer, one.competent) for one in city_map.components)
    return set(named)
