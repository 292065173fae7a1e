"""The addresses of an edition."""

from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.rows import add_to_edition, rows_of
from geo.addresses import Address
from geo.model import CityMap

FIELDS = ("code", "lon", "lat", "road", "number", "estate", "building", "alias")


def save_addresses(session: Session, edition_id: int, city_map: CityMap) -> None:
    """Nothing; the addresses are saved."""
    rows = ({field: getattr(address, field) for field in FIELDS} for address in city_map.addresses)
    add_to_edition(session, tables.address, edition_id, rows)


def load_addresses(session: Session, edition_id: int) -> tuple[Address, ...]:
    """The addresses as they were saved."""
    return tuple(
        Address(**{field: getattr(row, field) for field in FIELDS})
        for row in rows_of(session, tables.address, edition_id)
    )
