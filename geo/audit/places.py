"""Sites that lie outside the areas of their unit, and cells in which nothing stands."""

from collections.abc import Iterator

import numpy as np
import shapely

from geo.audit.scene import Scene
from geo.audit.trouble import Trouble, round_m2
from geo.crs import areas_m2
from geo.model import UnitKind


def check_sites(scene: Scene) -> Iterator[Trouble]:
    """The sites, by code, whose own ground lies outside their unit's areas by more than the city's `gap_m2`.

    Only a territorial unit has ground to be outside of; a company or a department has none.
    """
    of_unit: dict[str, list[shapely.Geometry]] = {}
    for area in scene.areas_of_territory:
        if area.unit is not None:
            of_unit.setdefault(area.unit, []).append(area.boundary)
    for code, site in sorted(scene.atlas.checkpoints.items()):
        grounds = of_unit.get(site.unit or "")
        if site.unit is None or grounds is None or scene.atlas.units[site.unit].kind is not UnitKind.TERRITORIAL:
            continue
        beyond = shapely.difference(site.inner, shapely.union_all(grounds))
        area_m2 = float(areas_m2(np.array([beyond], dtype=object))[0])
        if area_m2 > 0.0 and area_m2 >= scene.atlas.city.policy.gap_m2:
            yield Trouble(
                kind="site-outside-unit",
                subject=(code, site.unit),
                values={
                    "site": site.name,
                    "code": code,
                    "unit": scene.unit_name(site.unit),
                    "area_m2": round_m2(area_m2),
                },
                units=scene.accountable([site.unit, scene.keeper_of(beyond).code]),
                area_m2=area_m2,
                ground=beyond,
            )


def check_cells(scene: Scene) -> Iterator[Trouble]:
    """The cells, by code, that no site, stretch of road or component touches: 空白区域、遗忘场所.

    Cells are the areas of the territory's finest level. A city without any of the three has nothing to look for.
    """
    atlas, level = scene.atlas, scene.finest_level
    marks = np.array(list(_marks(scene)), dtype=object)
    cells = [area for area in scene.areas_of_territory if area.level == level]
    if not len(marks) or not cells:
        return
    boundaries = np.array([cell.boundary for cell in cells], dtype=object)
    touched, _ = shapely.STRtree(marks).query(boundaries, predicate="intersects")
    blank = np.setdiff1d(np.arange(len(cells)), touched)
    scheme = atlas.city.territory
    for place, area_m2 in zip(blank.tolist(), areas_m2(boundaries[blank]).tolist(), strict=True):
        cell = cells[place]
        yield Trouble(
            kind="blank-cell",
            subject=(scheme, level, cell.code),
            values={"cell": cell.name, "code": cell.code, "area_m2": round_m2(area_m2)},
            units=scene.stewards([cell]),
            scheme=scheme,
            level=level,
            area_m2=area_m2,
            ground=cell.boundary,
        )


def _marks(scene: Scene) -> Iterator[shapely.Geometry]:
    """Whatever stands on the map besides areas: sites without their halos, strips or centrelines, components."""
    for site in scene.atlas.checkpoints.values():
        yield site.inner
    for segment in scene.atlas.segments.values():
        yield segment.centreline
        yield from (strip.boundary for strip in segment.strips)
    for component in scene.atlas.components.by_id.values():
        if component.counts:
            yield shapely.Point(component.lon, component.lat)
