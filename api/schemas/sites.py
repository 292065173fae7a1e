"""Checkpoints on the way out."""

from typing import Any

import shapely
from pydantic import BaseModel, ConfigDict

from geo.sites import Checkpoint
from geo.wording import Lang, Name


class CheckpointOut(BaseModel):
    """A site without its geometry."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    name: str
    name_zh: str | None
    name_en: str | None
    type: str
    type_name: str
    unit: str | None
    principal: str | None
    governance: str | None
    manager: str | None
    halo_m: float
    bbox: list[float]


def from_domain(site: Checkpoint, type_name: Name, lang: Lang) -> dict[str, Any]:
    """The site without its geometry, but with what its type is called.

    bbox is west, south, east, north of its inner ground.
    """
    return {
        "code": site.code,
        "name": site.name.say(lang),
        "name_zh": site.name.zh,
        "name_en": site.name.en,
        "type": site.type,
        "type_name": type_name.say(lang),
        "unit": site.unit,
        "principal": site.principal,
        "governance": site.governance.value if site.governance else None,
        "manager": site.manager,
        "halo_m": float(site.halo_m),
        "bbox": [float(bound) for bound in site.inner.bounds],
    }


def features(site: Checkpoint, type_name: Name, lang: Lang) -> dict[str, Any]:
    """The site as a GeoJSON FeatureCollection: its inner ground and its halo."""
    properties = from_domain(site, type_name, lang)
    parts = [("inner", site.inner), *([("halo", site.halo)] if site.halo is not None else [])]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": shapely.geometry.mapping(shapely.orient_polygons(ground, exterior_cw=False)),
                "properties": {**properties, "part": part},
            }
            for part, ground in parts
        ],
    }
