"""Areas on the way out, as JSON and as GeoJSON (RFC 7946)."""

from typing import Any

import shapely
from pydantic import BaseModel, ConfigDict

from geo.model import Area
from geo.wording import Lang


class AreaOut(BaseModel):
    """An area without its geometry."""

    model_config = ConfigDict(extra="forbid", strict=True)

    scheme: str
    level: str
    code: str
    name: str
    name_zh: str | None
    name_en: str | None
    parent: str | None
    unit: str | None
    steward: str | None
    bbox: list[float]


def from_domain(area: Area, lang: Lang) -> dict[str, Any]:
    """The area without its geometry; bbox is west, south, east, north."""
    return {
        "scheme": area.scheme,
        "level": area.level,
        "code": area.code,
        "name": area.name.say(lang),
        "name_zh": area.name.zh,
        "name_en": area.name.en,
        "parent": area.parent,
        "unit": area.unit,
        "steward": area.steward,
        "bbox": [float(bound) for bound in area.boundary.bounds],
    }


def feature(area: Area, lang: Lang) -> dict[str, Any]:
    """The area as a GeoJSON Feature in WGS 84, outer rings counter-clockwise."""
    properties = from_domain(area, lang)
    bbox = properties.pop("bbox")
    geometry = shapely.geometry.mapping(shapely.orient_polygons(area.boundary, exterior_cw=False))
    return {"type": "Feature", "bbox": bbox, "geometry": geometry, "properties": properties}
