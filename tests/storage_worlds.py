"""A tiny city to keep in a database, with everything that an edition can hold.

admin: district D = sub-districts D1 | D2 (side by side, one degree each); sanitation: one route over both
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import shapely
from shapely import MultiPolygon
from sqlalchemy import Engine

from api.storage.edition_store import publish_draft
from api.storage.engine import writing
from api.storage.map_store import save_draft
from geo.model import (
    Area,
    City,
    CityMap,
    Contact,
    Edition,
    Finding,
    Level,
    Policy,
    RecordSet,
    Scheme,
    Severity,
    Unit,
    UnitKind,
)
from geo.wording import Name, Phrase

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
THIRD = 1 / 3  # not a short decimal: text would lose its last bits


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A rectangle, counter-clockwise from its south-west corner."""
    return MultiPolygon([shapely.Polygon([(west, south), (east, south), (east, north), (west, north)])])


WITH_HOLE_AND_ISLAND = MultiPolygon(
    [
        shapely.Polygon([(0, 0), (1, 0), (1, 1), (0, 1)], [[(0.2, 0.2), (0.2, THIRD), (THIRD, THIRD), (THIRD, 0.2)]]),
        shapely.Polygon([(-1, 0), (-0.5, 0), (-0.5, 0.1)]),
    ]
)


def two_districts() -> CityMap:
    """The city of the drawing above."""
    admin = Scheme(
        code="admin",
        name=Name(zh="行政区划", en="Administration"),
        levels=(Level("district", Name(zh="区")), Level("street", Name(zh="街道", en="Sub-district"))),
        code_split=(1, 1),
        prefix=True,
    )
    sanitation = Scheme("sanitation", Name(en="Rubbish"), (Level("route", Name(en="Route")),))
    return CityMap(
        city=City(
            name=Name(zh="双区市", en="Two Districts"),
            territory="admin",
            timezone="Asia/Shanghai",
            datum="gcj02",
            policy=Policy(accuracy_m={"surveyed": 0.0, "unknown": 12.5}, fallback_level="district", gap_m2=0.1),
            note=Name(zh="示例", en="Illustrative"),
        ),
        schemes=(sanitation, admin),  # in their order of appearance, not of their codes
        units=(
            # a child before its parent
            Unit("D1", Name(zh="一街道"), UnitKind.TERRITORIAL, parent="hq", telephone="0512-0000 0001"),
            Unit("D2", Name(zh="二街道"), UnitKind.TERRITORIAL, parent="hq"),
            Unit(
                "hq",
                Name(zh="指挥中心", en="Headquarters"),
                UnitKind.HEADQUARTERS,
                contacts=(Contact("值班室", "12345"), Contact("夜班", "12319")),
            ),
        ),
        areas=(
            Area("admin", "district", "D", Name(zh="区"), box(0, 0, 2, 1), unit="hq"),
            Area("admin", "street", "D1", Name(zh="一街道"), WITH_HOLE_AND_ISLAND, "D", "D1", steward="hq"),
            Area("admin", "street", "D2", Name(zh="二街道", en="Second"), box(1, 0, 2, 1), "D", "D2"),
            Area("sanitation", "route", "7", Name(en="Route 7"), box(0, 0, 2, 1)),  # the district's boundary again
        ),
        records=(records("with", category=("rubbish", None), at=(NOON, None)), records("without")),
    )


def records(code: str, *, category: tuple[str | None, ...] = (), at: tuple[datetime | None, ...] = ()) -> RecordSet:
    """Two records."""
    lon, lat = np.array([0.5, THIRD]), np.array([0.25, -0.0])
    return RecordSet(code, Name(zh="热线"), digest=f"digest of {code}", lon=lon, lat=lat, category=category, at=at)


def findings() -> tuple[Finding, ...]:
    """A notice with everything, and a block with nothing."""
    values = {
        "count": 3,
        "share": np.float64(0.5),
        "reason": Phrase(zh="自相交", en="self-crossing"),
        "area": Name(zh="一街道"),
        "codes": ("a", "b"),
        "nothing": None,
    }
    return (
        Finding("repaired", Severity.NOTICE, source="areas.geojson", row=7, code="D1", area_m2=THIRD, values=values),
        Finding("cycle", Severity.BLOCK),
    )


def renamed(city_map: CityMap, name: str) -> CityMap:
    """The same map of a city with another name."""
    return replace(city_map, city=replace(city_map.city, name=Name(zh=name)))


def save(engine: Engine, city_map: CityMap) -> int:
    """The id of the draft, saved without findings."""
    with writing(engine) as session:
        return save_draft(session, city_map, (), actor="tester", now=NOON)


def publish(engine: Engine, *, valid_from: datetime | None = None, now: datetime = NOON) -> Edition:
    """The edition that the draft became."""
    with writing(engine) as session:
        return publish_draft(session, valid_from=valid_from, now=now, actor="tester")


def hours(count: float) -> timedelta:
    """A length of time."""
    return timedelta(hours=count)
