"""The golden places of an edition."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.rows import add_to_edition, rows_of
from geo.golden import GoldenPlace
from geo.model import CityMap
from geo.shares import Verdict

FIELDS = ("code", "lon", "lat", "rung", "why", "unit", "accuracy_m", "category", "at")


def save_golden(session: Session, edition_id: int, city_map: CityMap) -> None:
    """Nothing; the golden places are saved. Their units are there already."""
    rows = (
        {field: getattr(one, field) for field in FIELDS} | {"verdict": one.verdict.value, "facts": list(one.facts)}
        for one in city_map.golden
    )
    add_to_edition(session, tables.golden_place, edition_id, rows)


def load_golden(session: Session, edition_id: int) -> tuple[GoldenPlace, ...]:
    """The golden places as they were saved."""
    return tuple(
        GoldenPlace(
            verdict=Verdict(row.verdict), facts=tuple(row.facts), **{field: getattr(row, field) for field in FIELDS}
        )
        for row in rows_of(session, tables.golden_place, edition_id)
    )


def has_golden(session: Session, edition_id: int) -> bool:
    """Whether an edition or the draft has golden places."""
    golden = tables.golden_place.c
    return session.scalar(select(golden.code).where(golden.edition_id == edition_id).limit(1)) is not None
