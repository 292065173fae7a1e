"""Registered components on the way out."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from geo.components import Component
from geo.wording import Lang, Name


class ComponentOut(BaseModel):
    """A registered thing; its position is WGS 84."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    category: str
    category_name: str
    lon: float
    lat: float
    owner: str | None
    maintainer: str | None
    competent: str | None
    state: str
    since: str | None
    changed: str | None
    source: str | None
    note: str | None


def from_domain(component: Component, category: Name, lang: Lang) -> dict[str, Any]:
    """The component, with what its category is called."""
    return {
        "id": component.id,
        "category": component.category,
        "category_name": category.say(lang),
        "lon": component.lon,
        "lat": component.lat,
        "owner": component.owner,
        "maintainer": component.maintainer,
        "competent": component.competent,
        "state": component.state.value,
        "since": component.since.isoformat() if component.since else None,
        "changed": component.changed.isoformat() if component.changed else None,
        "source": component.source,
        "note": component.note,
    }


def feature(component: Component, category: Name, lang: Lang) -> dict[str, Any]:
    """The component as a GeoJSON Feature."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [component.lon, component.lat]},
        "properties": from_domain(component, category, lang),
    }
