"""Gaps, overlaps and children outside their parents, level by level, with whose they are and the ground itself."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely

from geo.audit.scene import Scene, listed
from geo.audit.trouble import Trouble, round_m2
from geo.coverage import find_gaps, find_outside, find_overlaps
from geo.crs import areas_m2, to_metric
from geo.model import Area, FloatArray
from geo.wording import Name, Phrase

LEVEL = Phrase(zh="{scheme}·{level}", en="{scheme}, {level}")
CODED = Phrase(zh="{name}（{code}）", en="{name} ({code})")
BETWEEN = Phrase(zh="{names}之间", en="between {names}")
BESIDE = Phrase(zh="{names}旁边", en="beside {names}")
SLIVER = Phrase(zh="，是不足 {width_m} 米宽的细缝", en=", a sliver less than {width_m} m wide")
PLAIN = Name(zh="", en="")
SLIVER_M = 1.0
"""Ground narrower than this on average is two drawings of one line rather than a piece of the city."""


def check_levels(scene: Scene) -> Iterator[Trouble]:
    """What is wrong with how the areas of every level cover the ground."""
    for scheme in scene.atlas.city_map.schemes:
        above: list[Area] = []
        for level in scheme.levels:
            areas = [area for area in scene.atlas.areas if (area.scheme, area.level) == (scheme.code, level.code)]
            if areas:
                yield from _Level(scene, LEVEL.name(scheme=scheme.name, level=level.name), areas, above).troubles()
            above = areas


class _Level:
    """The areas of one level, and of the level above it."""

    def __init__(self, scene: Scene, name: Name, areas: Sequence[Area], above: Sequence[Area]) -> None:
        self._scene = scene
        self._name = name
        self._areas = areas
        self._above = {area.code: area for area in above}
        self._boundaries = np.array([area.boundary for area in areas], dtype=object)
        parents = [self._above.get(area.parent or "") for area in areas]
        self._parents = np.array([None if area is None else area.boundary for area in parents], dtype=object)

    def troubles(self) -> Iterator[Trouble]:
        """Overlaps, gaps, children outside their parents."""
        policy = self._scene.atlas.city.policy
        for overlap in find_overlaps(self._boundaries, at_least_m2=policy.overlap_m2):
            pair = (self._areas[overlap.first], self._areas[overlap.second])
            names = {"first": _coded(pair[0]), "second": _coded(pair[1])}
            yield self._trouble("overlap", pair, overlap.ground, [area.code for area in pair], names)
        # Two holes between the same areas are one trouble: what tells them apart is only where they are.
        holes: dict[tuple[int, ...], list[shapely.Geometry]] = {}
        for gap in find_gaps(self._boundaries, self._parents, at_least_m2=policy.gap_m2):
            holes.setdefault(gap.neighbours, []).append(gap.ground)
        for neighbours, grounds in holes.items():
            beside = [self._areas[place] for place in neighbours]
            where = BETWEEN if len(beside) > 1 else BESIDE
            names = {"neighbours": where.name(names=listed([_coded(area) for area in beside]))}
            yield self._trouble("gap", beside, shapely.union_all(grounds), [area.code for area in beside], names)
        for part in find_outside(self._boundaries, self._parents, at_least_m2=policy.overlap_m2):
            child = self._areas[part.child]
            parent = self._above[child.parent or ""]
            names = {"child": _coded(child), "parent": _coded(parent)}
            yield self._trouble("child-outside-parent", (child, parent), part.ground, [child.code, parent.code], names)

    def _trouble(
        self, kind: str, areas: Sequence[Area], ground: shapely.Geometry, codes: Sequence[str], names: dict[str, Name]
    ) -> Trouble:
        # Where areas also share a line, that line came with the ground.
        parts = shapely.get_parts(ground)
        ground = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
        area_m2 = float(areas_m2(np.array([ground], dtype=object))[0])
        thin = mean_width_m(ground, area_m2) < SLIVER_M
        words = {
            "level": self._name,
            "area_m2": round_m2(area_m2),
            "sliver": SLIVER.name(width_m=SLIVER_M) if thin else PLAIN,
        }
        first = self._areas[0]
        return Trouble(
            kind=kind,
            subject=(first.scheme, first.level, *codes),
            values={**words, **names},
            units=self._scene.stewards(areas),
            scheme=first.scheme,
            level=first.level,
            area_m2=area_m2,
            ground=ground,
        )


def mean_width_m(ground: shapely.Geometry, area_m2: float) -> float:
    """Metres across ground on average: twice its square metres by the metres of its outline."""
    centre = shapely.centroid(ground)

    def on_plane(degrees: FloatArray) -> FloatArray:
        east, north = to_metric(lon=degrees[:, 0], lat=degrees[:, 1], origin_lon=centre.x, origin_lat=centre.y)
        return np.stack([east, north], axis=1)

    outline_m = float(shapely.length(shapely.transform(ground, on_plane)))
    return 2.0 * area_m2 / outline_m if outline_m else 0.0


def _coded(area: Area) -> Name:
    if area.name.say("zh") == area.code:
        return area.name
    return CODED.name(name=area.name, code=area.code)
