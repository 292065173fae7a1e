"""The world as a city's map: areas on every level, and a unit for each area of the level above the cells."""

from collections.abc import Iterator

import numpy as np
from shapely import MultiPolygon

from benchmarks.world import World
from geo.index import IntArray
from geo.model import Area, City, CityMap, Level, Scheme, Unit, UnitKind
from geo.wording import Name

SCHEME = "admin"
HEADQUARTERS = Unit("hq", Name(en="headquarters"), UnitKind.HEADQUARTERS)

Sides = tuple[tuple[str, int], ...]


def code_of(number: int) -> str:
    """The code of an area, in the order of its number."""
    return f"{number:06}"


def unit_of(number: int) -> str:
    """The code of the unit that answers for an area of the level above the cells, and for the cells in it."""
    return f"u{number:06}"


def map_of(world: World, sides: Sides) -> CityMap:
    """The map for levels from coarse to fine, each with how many cells its areas are wide and high."""
    count = len(world.level(sides[-2][1]))
    return CityMap(
        city=City(Name(en="a city of crooked cells"), SCHEME, "Asia/Shanghai"),
        schemes=(Scheme(SCHEME, Name(en=SCHEME), tuple(Level(level, Name(en=level)) for level, _ in sides)),),
        units=(
            HEADQUARTERS,
            *(Unit(unit_of(i), Name(en=unit_of(i)), UnitKind.TERRITORIAL, "hq") for i in range(count)),
        ),
        areas=tuple(_areas(world, sides)),
    )


def _areas(world: World, sides: Sides) -> Iterator[Area]:
    by_cell = {level: world.parents(side) for level, side in sides}
    above: str | None = None
    for level, side in sides:
        boundaries = world.level(side)
        _, cell = np.unique(by_cell[level], return_index=True)  # one cell of each area tells what it lies in
        units = _units(by_cell[sides[-2][0]][cell]) if level in (sides[-2][0], sides[-1][0]) else None
        for number, boundary in enumerate(boundaries):
            parent = code_of(int(by_cell[above][cell[number]])) if above else None
            code, unit = code_of(number), units[number] if units else None
            yield Area(SCHEME, level, code, Name(en=code), MultiPolygon([boundary]), parent=parent, unit=unit)
        above = level


def _units(numbers: IntArray) -> list[str]:
    return [unit_of(number) for number in numbers.tolist()]
