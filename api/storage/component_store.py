"""The registered components of an edition."""

import numpy as np
import shapely
from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.rows import add_to_edition, rows_of
from api.storage.spatial import to_wkb
from geo.components import Component, ComponentState
from geo.model import CityMap

FIELDS = ("id", "category", "owner", "maintainer", "competent", "since", "changed", "source", "note")


def save_components(session: Session, edition_id: int, city_map: CityMap) -> None:
    """Nothing; the components are saved. Their categories and units are there already."""
    components = city_map.components
    positions = to_wkb(shapely.points([(one.lon, one.lat) for one in components]) if components else np.array([]))
    rows = (
        {field: getattr(one, field) for field in FIELDS} | {"state": one.state.value, "position": position}
        for one, position in zip(components, positions, strict=True)
    )
    add_to_edition(session, tables.component, edition_id, rows)


def load_components(session: Session, edition_id: int) -> tuple[Component, ...]:
    """The components as they were saved."""
    rows = rows_of(session, tables.component, edition_id)
    places = shapely.get_coordinates(shapely.from_wkb(np.array([row.position for row in rows], dtype=object))).tolist()
    return tuple(
        Component(lon=lon, lat=lat, state=ComponentState(row.state), **{field: getattr(row, field) for field in FIELDS})
        for row, (lon, lat) in zip(rows, places, strict=True)
    )
