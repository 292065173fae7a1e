"""Components that nobody owns, and pairs of two owners that lie so close that a position cannot tell them apart."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely

from geo.audit.scene import Scene
from geo.audit.trouble import Trouble
from geo.claims import Role
from geo.components import Component
from geo.crs import degrees_around, distance_m
from geo.units import accountable


def check_components(scene: Scene) -> Iterator[Trouble]:
    """Registered components, by id: without an owner, then in pairs of two owners."""
    counting = [one for _, one in sorted(scene.atlas.components.by_id.items()) if one.counts]
    if not counting:
        return
    lon, lat = np.array([one.lon for one in counting]), np.array([one.lat for one in counting])
    sets = scene.atlas.index.sets_at(lon=lon, lat=lat)
    for i, one in enumerate(counting):
        if one.owner is not None:
            continue
        cover = sets.covers[int(sets.ids[i])]
        here = scene.atlas.sheet(one.category, scene.at).here(cover)
        # Who owns all such things on this ground owns this one too.
        if not here.hits(Role.OWNS, lambda *_: True):
            yield Trouble(
                kind="component-without-owner",
                subject=(one.id,),
                values={"component": one.id, "category": scene.category_name(one.category)},
                units=(scene.keeper(cover).code,),
                categories=(one.category,),
                ground=shapely.Point(one.lon, one.lat),
            )
    by_category: dict[str, list[Component]] = {}
    for one in counting:
        by_category.setdefault(one.category, []).append(one)
    for category in sorted(by_category):
        yield from _of_two_owners(scene, category, by_category[category])


def _of_two_owners(scene: Scene, category: str, components: Sequence[Component]) -> Iterator[Trouble]:
    """Pairs of one category so near that some place has both in its reach, `component_m` from either."""
    within_m = 2.0 * scene.atlas.city.policy.component_m
    lon, lat = np.array([one.lon for one in components]), np.array([one.lat for one in components])
    d_lon, d_lat = degrees_around(lat=lat, radius_m=np.full(len(lat), within_m))
    boxes = shapely.box(lon - d_lon, lat - d_lat, lon + d_lon, lat + d_lat)
    first, second = shapely.STRtree(shapely.points(lon, lat)).query(boxes)
    first, second = first[first < second], second[first < second]
    away_m = distance_m(lon1=lon[first], lat1=lat[first], lon2=lon[second], lat2=lat[second])
    for i in np.lexsort((second, first)).tolist():
        one, other = components[int(first[i])], components[int(second[i])]
        owners = [accountable(it.owner, scene.atlas.units) for it in (one, other) if it.owner is not None]
        if away_m[i] > within_m or len(set(owners)) < 2:
            continue
        yield Trouble(
            kind="components-of-two-owners",
            subject=(one.id, other.id),
            values={
                "category": scene.category_name(category),
                "first": one.id,
                "second": other.id,
                "owner": scene.unit_name(owners[0]),
                "other": scene.unit_name(owners[1]),
                "distance_m": round(float(away_m[i]), 1),
            },
            units=tuple(sorted(owners)),
            categories=(category,),
            ground=shapely.MultiPoint([(one.lon, one.lat), (other.lon, other.lat)]),
        )
