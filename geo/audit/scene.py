"""What the checks of an audit look at: a map, the register over it, a moment, and the ground in faces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.atlas import Atlas
from geo.crs import areas_m2
from geo.index import Cover, SetsAt
from geo.model import Area, FloatArray, Unit
from geo.register.roster import Roster
from geo.units import accountable
from geo.wording import Name, Phrase

NAMES_SHOWN = 5
SEVERAL = Phrase(zh="{named}等 {count} 个", en="{named} and others ({count})")


@dataclass(frozen=True)
class Faces:
    """The ground cut along every line on which the set of boundaries changes: f polygons, none over another.

    `sets` say which boundaries hold each. Exact: the lines are the atlas's own, noded once.
    """

    polygons: NDArray[np.object_]
    area_m2: FloatArray
    sets: SetsAt

    def numbers(self, covers: Iterable[int]) -> frozenset[int]:
        """The faces that these covers hold, by the numbers of both."""
        return frozenset(np.flatnonzero(np.isin(self.sets.ids, list(covers))).tolist())

    def together(self, faces: Iterable[int], *, at_least_m2: float) -> NDArray[np.object_]:
        """The ground of faces as polygons that do not touch along a line, those of at least this size."""
        ground = shapely.get_parts(shapely.union_all(self.polygons[sorted(faces)]))
        large: NDArray[np.object_] = ground[areas_m2(ground) >= at_least_m2]
        return large


@dataclass(frozen=True)
class Scene:
    """One edition or draft at a moment. `atlas` has the register's rulings laid over it."""

    atlas: Atlas
    roster: Roster
    at: datetime

    @cached_property
    def faces(self) -> Faces:
        """The ground in faces."""
        polygons = shapely.get_parts(shapely.polygonize(self.atlas.lines.geometries))
        points = shapely.get_coordinates(shapely.point_on_surface(polygons))
        sets = self.atlas.index.sets_at(lon=points[:, 0], lat=points[:, 1])
        return Faces(polygons, areas_m2(polygons), sets)

    def is_in_territory(self, cover: Cover) -> bool:
        """Whether an area of the territory holds the ground."""
        count, territory = len(self.atlas.areas), self.atlas.city.territory
        return any(i < count and self.atlas.areas[i].scheme == territory for i in (*cover.interior, *cover.edge))

    @cached_property
    def finest_level(self) -> str:
        """The finest level of the territory."""
        scheme = next(one for one in self.atlas.city_map.schemes if one.code == self.atlas.city.territory)
        return scheme.levels[-1].code

    def stewards(self, areas: Iterable[Area]) -> tuple[str, ...]:
        """Who keeps the data of areas right: the steward of each, else the unit that answers on it."""
        named = (area.steward or area.unit for area in areas)
        return self.accountable(unit for unit in named if unit is not None)

    def accountable(self, units: Iterable[str]) -> tuple[str, ...]:
        """The units that answer for these, each once, by code; headquarters when there is none."""
        found = {accountable(unit, self.atlas.units) for unit in units if unit in self.atlas.units}
        return tuple(sorted(found)) or (self.atlas.headquarters.code,)

    def keeper(self, cover: Cover) -> Unit:
        """The unit at the fallback level on a piece of ground; headquarters where there is none."""
        return self.atlas.fallback_unit(cover) or self.atlas.headquarters

    def keeper_of(self, ground: shapely.Geometry) -> Unit:
        """The unit at the fallback level where some ground is."""
        point = shapely.point_on_surface(ground)
        sets = self.atlas.index.sets_at(lon=np.array([point.x]), lat=np.array([point.y]))
        return self.keeper(sets.covers[int(sets.ids[0])])

    def unit_name(self, code: str) -> Name:
        """What a unit is called."""
        return self.atlas.units[code].name

    def category_name(self, code: str) -> Name:
        """A category's name with its code before it."""
        known = self.atlas.categories.by_code.get(code)
        if known is None:
            return Name(zh=code, en=code)
        return Name(zh=f"{code} {known.name.say('zh')}", en=f"{code} {known.name.say('en')}")

    @property
    def categories(self) -> Sequence[str | None]:
        """Every category that can be asked for, by code; a city without any is asked without one."""
        return sorted(self.atlas.categories.by_code) or [None]

    @property
    def areas_of_territory(self) -> Sequence[Area]:
        """The areas of the territory, by level and code."""
        return [area for area in self.atlas.areas if area.scheme == self.atlas.city.territory]


def listed(names: Sequence[Name]) -> Name:
    """The first names, and how many there are when there are more."""
    shown = names[:NAMES_SHOWN]
    named = Name(zh="、".join(name.say("zh") for name in shown), en=", ".join(name.say("en") for name in shown))
    return named if len(shown) == len(names) else SEVERAL.name(named=named, count=len(names))
