"""The atlas (图册): one edition indexed in memory, immutable."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geo.edges import Border, Lines, draw_lines
from geo.errors import NotFound
from geo.index import BoundaryIndex, Cover
from geo.ladder import Ground, Outcome, walk
from geo.model import Area, CityMap, Edition, Unit
from geo.units import accountable, headquarters_of
from geo.wording import Phrase

NO_SUCH_AREA = Phrase(
    zh="体系 {scheme} 的 {level} 层没有编码为 {code} 的区域；可用 /v1/areas 或 python main.py areas 查看",
    en="scheme {scheme}, level {level} has no area with the code {code}; see /v1/areas or python main.py areas",
)
NO_SUCH_UNIT = Phrase(
    zh="没有编码为 {code} 的单位；可用 /v1/units 或 python main.py units 查看",
    en="there is no unit with the code {code}; see /v1/units or python main.py units",
)
NO_SUCH_LEVEL = Phrase(
    zh="没有 {scheme}/{level} 这一层；现有：{known}",
    en="there is no level {scheme}/{level}; there are: {known}",
)


class Atlas:
    """What one edition knows, ready to be asked. Areas are known by number: their place in `areas`."""

    def __init__(self, city_map: CityMap, edition: Edition) -> None:
        self.city_map = city_map
        self.city = city_map.city
        self.edition = edition
        self.zone = ZoneInfo(city_map.city.timezone)
        # Ties go to the lowest code, so numbers follow codes whatever order the map came in.
        self.areas: Sequence[Area] = _by_code(city_map)
        self.units: Mapping[str, Unit] = MappingProxyType({unit.code: unit for unit in city_map.units})
        self.headquarters = headquarters_of(self.units)
        self.ground = _survey(city_map, self.areas, self.units)
        self.index = BoundaryIndex(self._boundaries)
        self.lines = self._draw_lines()
        self._outcomes: dict[Cover, Outcome] = {}
        self.border = Border(self.lines, self._leads_differ)

    @cached_property
    def _boundaries(self) -> NDArray[np.object_]:
        return np.array([area.boundary for area in self.areas], dtype=object)

    @cached_property
    def _numbers(self) -> Mapping[tuple[str, str, str], int]:
        return {(area.scheme, area.level, area.code): i for i, area in enumerate(self.areas)}

    def _draw_lines(self) -> Lines:
        # Only what can decide who leads draws a border: the territory scheme.
        return draw_lines(self.index, self._boundaries[np.array(self.ground.territorial, dtype=bool)])

    def _leads_differ(self, left: Cover, right: Cover) -> bool:
        return self.outcome(left).units != self.outcome(right).units

    def outcome(self, cover: Cover) -> Outcome:
        """Who leads where these areas hold the place; the ladder is walked once for each different cover."""
        known = self._outcomes.get(cover)
        if known is None:
            known = self._outcomes[cover] = walk(self.ground, cover)
        return known

    def area(self, *, scheme: str, level: str, code: str) -> Area:
        """The area with this code, or NotFound."""
        number = self._numbers.get((scheme, level, code))
        if number is None:
            raise NotFound(NO_SUCH_AREA, scheme=scheme, level=level, code=code)
        return self.areas[number]

    def unit(self, code: str) -> Unit:
        """The unit with this code, or NotFound."""
        if code not in self.units:
            raise NotFound(NO_SUCH_UNIT, code=code)
        return self.units[code]

    def check_level(self, scheme: str, level: str) -> None:
        """Nothing, or NotFound when the city has no such level."""
        if (scheme, level) not in self.ground.level_names:
            known = ", ".join("/".join(key) for key in self.ground.level_names)
            raise NotFound(NO_SUCH_LEVEL, scheme=scheme, level=level, known=known)

    def areas_of(self, cover: Cover) -> tuple[Area, ...]:
        """The areas that hold a place, by scheme, level and code: pure geometry.

        Per level those that hold it inside; only on edges the one with the lowest code.
        """
        levels_inside = {self._level_of(i) for i in cover.interior}
        chosen = set(cover.interior)
        for i in cover.edge:
            if self._level_of(i) not in levels_inside:
                chosen.add(i)
                levels_inside.add(self._level_of(i))
        return tuple(self.areas[i] for i in sorted(chosen))

    def _level_of(self, number: int) -> tuple[str, str]:
        area = self.areas[number]
        return area.scheme, area.level

    @cached_property
    def fallback_level(self) -> str:
        """The level of the territory scheme that answers for what nobody settles (属地兜底)."""
        territory = next(s for s in self.city_map.schemes if s.code == self.city.territory)
        levels = [level.code for level in territory.levels]
        return self.city.policy.fallback_level or levels[min(1, len(levels) - 1)]

    def fallback_unit(self, cover: Cover) -> Unit | None:
        """The unit of the area at the fallback level that holds the place (of several the lowest); None in a gap."""
        codes = [
            accountable(area.unit, self.units)
            for area in self.areas_of(cover)
            if (area.scheme, area.level) == (self.city.territory, self.fallback_level) and area.unit is not None
        ]
        return self.units[min(codes)] if codes else None

    def parents_of(self, area: Area) -> tuple[Area, ...]:
        """The areas above this one, nearest first."""
        levels = [
            level.code for scheme in self.city_map.schemes if scheme.code == area.scheme for level in scheme.levels
        ]
        above, chain = area, []
        while above.parent is not None:
            level = levels[levels.index(above.level) - 1]
            above = self.area(scheme=area.scheme, level=level, code=above.parent)
            chain.append(above)
        return tuple(chain)


def _by_code(city_map: CityMap) -> tuple[Area, ...]:
    """The areas by scheme, level (coarse first) and code."""
    keys = [(scheme.code, level.code) for scheme in city_map.schemes for level in scheme.levels]
    place = {key: i for i, key in enumerate(keys)}
    return tuple(sorted(city_map.areas, key=lambda area: (place[area.scheme, area.level], area.code)))


def _survey(city_map: CityMap, areas: Sequence[Area], units: Mapping[str, Unit]) -> Ground:
    depth_of = {
        (scheme.code, level.code): depth for scheme in city_map.schemes for depth, level in enumerate(scheme.levels)
    }
    return Ground(
        areas=areas,
        depth=[depth_of[area.scheme, area.level] for area in areas],
        territorial=[area.scheme == city_map.city.territory for area in areas],
        units=units,
        level_names={(scheme.code, level.code): level.name for scheme in city_map.schemes for level in scheme.levels},
    )
