"""One level of the map, ready to be compared with records: its areas, and the lines that part them."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from geo.atlas import Atlas
from geo.index import BoundaryIndex, Cover
from geo.lines import Lines, Sides, draw_lines
from geo.model import Area

NOBODY = -1  # the number that stands for no area


@dataclass(frozen=True)
class LevelGround:
    """The areas of a level by code; an area is known by its number, its place in `areas`."""

    areas: tuple[Area, ...]
    index: BoundaryIndex
    numbers: dict[str, int] = field(repr=False)

    @cached_property
    def lines(self) -> Lines:
        """The lines along which the areas of this level change; lines of other levels are not there."""
        return draw_lines(self.index, self.index.boundaries)

    @cached_property
    def sides(self) -> Sides[tuple[int, ...]]:
        """The numbers of the areas on either side of each line: none in a gap, several in an overlap."""
        return Sides(self.lines, holders)

    def area(self, number: int) -> Area | None:
        """The area of a number; None for nobody."""
        return None if number == NOBODY else self.areas[number]


def ground_of(atlas: Atlas, *, scheme: str, level: str) -> LevelGround:
    """The ground of a level.

    Raises
    ------
    NotFound
        The city has no such level.
    """
    atlas.check_level(scheme, level)
    areas = tuple(area for area in atlas.areas if (area.scheme, area.level) == (scheme, level))
    boundaries = np.empty(len(areas), dtype=object)
    boundaries[:] = [area.boundary for area in areas]
    return LevelGround(areas, BoundaryIndex(boundaries), {area.code: i for i, area in enumerate(areas)})


def holders(cover: Cover) -> tuple[int, ...]:
    """The numbers of the areas whose closed polygon holds a place, ascending."""
    return tuple(sorted((*cover.interior, *cover.edge)))


def chosen(cover: Cover) -> int:
    """Of the areas that hold a place the one that the tie rule names: inside beats edge, then the lowest code."""
    return next(iter((*cover.interior, *cover.edge)), NOBODY)
