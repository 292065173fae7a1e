"""Which registered components are in reach of a position: one tree a category, built when it is first asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.categories import CategoryTree
from geo.components import Component
from geo.crs import degrees_around, distance_m
from geo.index import IntArray
from geo.model import FloatArray

# 95 % of a circular normal lie within so many sigma; with the accuracy A at a confidence of 0.68 this is 1.62 A.
REACH_SIGMAS = 2.4477
# Bounds the pairs of positions and components that are held at one time.
POSITIONS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Near:
    """A component in reach. `named`: the caller said which one it is, and its distance decides nothing."""

    component: Component
    distance_m: float
    named: bool = False


Beside = tuple[Near, ...]
"""For one position: of each pair of owner and maintainer the nearest component, the nearest first."""


def says(near: Beside) -> frozenset[tuple[str | None, str | None]]:
    """What the components say about who is responsible; where they say the same, the same unit leads."""
    return frozenset((one.component.owner, one.component.maintainer) for one in near)


class ComponentIndex:
    """The components of a city, ready to be asked. Immutable to whoever looks."""

    def __init__(self, components: Iterable[Component], categories: CategoryTree) -> None:
        self.by_id: Mapping[str, Component] = {one.id: one for one in components}
        self._of_category: dict[str, list[Component]] = {}
        for code in sorted(self.by_id):
            one = self.by_id[code]
            if one.counts:
                for category in categories.chain(one.category):
                    self._of_category.setdefault(category, []).append(one)
        self._trees: dict[str, _Tree] = {}

    def __contains__(self, category: str) -> bool:
        """Whether a component of this category, or of one below it, is registered and still counts."""
        return category in self._of_category

    def beside(self, category: str, *, lon: FloatArray, lat: FloatArray, radius_m: FloatArray) -> Mapping[int, Beside]:
        """The components of a category (or below it) within `radius_m` of each position; all three are (n,).

        By the number of the position; those with none near are left out. Distances are geodesic; of components equally
        near the lower id comes first.
        """
        if category not in self:
            return {}
        tree = self._trees.get(category)
        if tree is None:
            # Two threads may both build it; either tree will do.
            tree = self._trees[category] = _Tree(self._of_category[category])
        found: dict[int, Beside] = {}
        for start in range(0, len(lon), POSITIONS_AT_ONCE):
            part = slice(start, start + POSITIONS_AT_ONCE)
            found.update((start + row, near) for row, near in tree.beside(lon[part], lat[part], radius_m[part]))
        return found


class _Tree:
    """Components by id, with a tree of their positions in degrees."""

    def __init__(self, components: Sequence[Component]) -> None:
        self._components = components
        self._lon = np.array([one.lon for one in components])
        self._lat = np.array([one.lat for one in components])
        pairs = {pair: i for i, pair in enumerate(dict.fromkeys((one.owner, one.maintainer) for one in components))}
        self._pair: IntArray = np.array([pairs[one.owner, one.maintainer] for one in components], dtype=np.int64)
        self._tree = shapely.STRtree(shapely.points(self._lon, self._lat))

    def beside(self, lon: FloatArray, lat: FloatArray, radius_m: FloatArray) -> Iterator[tuple[int, Beside]]:
        d_lon, d_lat = degrees_around(lat=lat, radius_m=radius_m)
        row, one = self._tree.query(shapely.box(lon - d_lon, lat - d_lat, lon + d_lon, lat + d_lat))
        if not len(row):  # most often, for one position
            return iter(())
        away_m = distance_m(lon1=lon[row], lat1=lat[row], lon2=self._lon[one], lat2=self._lat[one])
        inside = away_m <= radius_m[row]
        row, one, away_m = row[inside], one[inside], away_m[inside]
        # The first of each pair at each position, then the firsts of a position by distance.
        order = np.lexsort((one, away_m, self._pair[one], row))
        row, one, away_m = row[order], one[order], away_m[order]
        is_first = (np.diff(row, prepend=-1) != 0) | (np.diff(self._pair[one], prepend=-1) != 0)
        row, one, away_m = row[is_first], one[is_first], away_m[is_first]
        order = np.lexsort((one, away_m, row))
        gathered: dict[int, list[Near]] = {}
        for i in order.tolist():
            near = Near(self._components[int(one[i])], float(away_m[i]))
            gathered.setdefault(int(row[i]), []).append(near)
        return ((number, tuple(beside)) for number, beside in gathered.items())
