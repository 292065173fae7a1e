"""Disagreements for maps: on the two towns of `worlds`, or on towns whose names are attacks."""

from dataclasses import dataclass

import numpy as np

from geo.atlas import Atlas
from geo.model import CityMap, FloatArray
from geo.verify.audit import DispatchAudit, audit
from geo.verify.compare import Comparison, compare
from geo.verify.ground import LevelGround, ground_of
from geo.verify.summary import outside_m_of
from geo.wording import Lang
from maps.assets import AssetMode
from maps.disagreements import disagreement_map
from tests.geo.small_worlds import EDITION, HEADQUARTERS
from tests.maps.worlds import World


@dataclass(frozen=True, slots=True)
class Audited:
    """Records compared with the coarsest level of a world, and what was found."""

    world: World
    ground: LevelGround
    compared: Comparison
    found: DispatchAudit


def audited(world: World, labels: list[str], lon: FloatArray, lat: FloatArray) -> Audited:
    """The audit of records, on the first level of the territory scheme."""
    city_map = CityMap(city=world.city, schemes=world.schemes, units=(HEADQUARTERS,), areas=world.areas)
    scheme = world.schemes[0]
    ground = ground_of(Atlas(city_map, EDITION), scheme=scheme.code, level=scheme.levels[0].code)
    compared, agreed = compare(ground, labels=labels, lon=lon, lat=lat)
    outside_m = outside_m_of(ground, compared)
    found = audit(ground, compared, outside_m, agreed, accuracies_m=(), confidence=0.68, assumed_m=10.0)
    return Audited(world, ground, compared, found)


def across_the_border(world: World, *, rows: int = 20, far: int = 3, unknown: int = 2) -> Audited:
    """Of 200 records 5 m west of the border of the two towns `rows` are recorded for the east; and some of 500 far off.

    Of those far off every hundredth can be wrong, so that no two dots lie over each other.
    """
    lat = np.concatenate([np.linspace(31.01, 31.09, 200), np.linspace(31.01, 31.09, 500)])
    lon = np.concatenate([np.full(200, 120.1 - 0.00005), np.full(500, 120.02)])
    labels = np.full(700, "w", dtype=object)
    labels[:rows] = "e"
    labels[200::100][:far] = "e"
    labels[200::100][far : far + unknown] = "x"
    return audited(world, labels.tolist(), lon, lat)


def draw(one: Audited, *, assets: AssetMode = "served", lang: Lang = "en") -> str:
    return disagreement_map(
        city=one.world.city,
        areas=one.world.areas,
        schemes=one.world.schemes,
        ground=one.ground,
        compared=one.compared,
        audit=one.found,
        assets=assets,
        lang=lang,
    )
