"""How far a position's error reaches, and which registered components are in reach of it."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from geo.atlas import Atlas
from geo.components import Component
from geo.crs import distance_m
from geo.facts import Fact
from geo.model import FloatArray
from geo.nearby import REACH_SIGMAS, Beside, Near
from geo.position import Position, sigma_of
from geo.sheet import Sheet


def widest_sigma_m(atlas: Atlas) -> float:
    """The standard deviation that belongs to the city's greatest accuracy; beyond it no finer unit should be named."""
    policy = atlas.city.policy
    return sigma_of(accuracy_m=policy.accuracy_max_m, confidence=policy.confidence)


def too_coarse(atlas: Atlas, sigma_m: FloatArray) -> NDArray[np.bool_]:
    """Whether the accuracy is worse than the city's greatest, (n,)."""
    coarse: NDArray[np.bool_] = sigma_m > widest_sigma_m(atlas)
    return coarse


def components_beside(
    atlas: Atlas, sheet: Sheet, *, lon: FloatArray, lat: FloatArray, sigma_m: FloatArray
) -> Mapping[int, Beside]:
    """The registered components in reach of each position that has any, by its number.

    In reach is what lies within the city's `component_m` of where the position is with a probability of 95 %.
    """
    if sheet.asking.registered is None:
        return {}
    radius_m = atlas.city.policy.component_m + REACH_SIGMAS * np.minimum(sigma_m, widest_sigma_m(atlas))
    return atlas.components.beside(sheet.asking.registered, lon=lon, lat=lat, radius_m=radius_m)


def named_beside(atlas: Atlas, position: Position, category: str | None, facts: Sequence[Fact]) -> Beside:
    """The components that the caller named, with their distances; none when the category is not one of components."""
    if not atlas.asks_components(category):
        return ()
    named = [fact.component for fact in facts if fact.component is not None]
    return tuple(Near(one, away_m(position, one), named=True) for one in named)


def away_m(position: Position, component: Component) -> float:
    """Metres from a position to where a component is registered."""
    return float(distance_m(lon1=position.lon, lat1=position.lat, lon2=component.lon, lat2=component.lat))
