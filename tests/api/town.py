"""River town, for tests of the service. Degrees of 0.01 are about a kilometre.

    lat 0.02  +-------------+-------------+
              |  Old/West   |   Old/East  |     two streets of district "Old", parted by the river at lon 0.01
    lat 0.00  +-------------+-------------+
             lon 0         0.01          0.02

West and East overlap nowhere; the strip lon 0.02 to 0.03 belongs to the district alone; east of it is nobody's.
The wards scheme has one ward with a slash in its code over everything.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import shapely
from shapely import MultiPolygon
from sqlalchemy import Engine

from api.storage.edition_store import publish_draft
from api.storage.engine import writing
from api.storage.map_store import save_draft
from geo.categories import Branch, Category, Nature
from geo.claims import Claim, Place, PlaceKind, Role
from geo.components import Component, ComponentState
from geo.model import Area, City, CityMap, Edition, Level, RecordSet, Scheme, Unit, UnitKind
from geo.wording import Name

WEST = {"lon": 0.005, "lat": 0.01}
EAST = {"lon": 0.015, "lat": 0.01}
NOWHERE = {"lon": 0.035, "lat": 0.01}


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A rectangle."""
    return MultiPolygon([shapely.box(west, south, east, north)])


def river_town(*, river: float = 0.01, name: str = "河镇") -> CityMap:
    """The town of the drawing; its river can run elsewhere."""
    return CityMap(
        city=City(name=Name(zh=name, en="River town"), territory="admin", timezone="Asia/Shanghai"),
        schemes=(
            Scheme(
                "admin",
                Name(zh="行政", en="Administration"),
                (Level("district", Name(zh="区", en="District")), Level("street", Name(zh="街道", en="Sub-district"))),
            ),
            Scheme("wards", Name(zh="选区", en="Wards"), (Level("ward", Name(zh="选区", en="Ward")),)),
        ),
        units=(
            Unit("east", Name(zh="东街道", en="East Office"), UnitKind.TERRITORIAL, "old", "0512-0000-0103"),
            Unit("hq", Name(zh="指挥部", en="Headquarters"), UnitKind.HEADQUARTERS, None, "0512-0000-0100"),
            Unit("old", Name(zh="老城区", en="Old District"), UnitKind.TERRITORIAL, "hq", "0512-0000-0101"),
            Unit("west", Name(zh="西街道", en="West Office"), UnitKind.TERRITORIAL, "old", "0512-0000-0102"),
        ),
        areas=(
            Area("admin", "district", "Old", Name(zh="老城", en="Old"), box(0, 0, 0.03, 0.02), None, "old"),
            Area("admin", "street", "E", Name(zh="东", en="East"), box(river, 0, 0.02, 0.02), "Old", "east"),
            Area("admin", "street", "W", Name(zh="西", en="West"), box(0, 0, river, 0.02), "Old", "west"),
            Area("wards", "ward", "Asia/Urumqi 7", Name(zh="七", en="Seven"), box(0, 0, 0.03, 0.02)),
        ),
        records=(RecordSet("seen", Name(zh="所见", en="Seen"), "d" * 64, np.array([0.005]), np.array([0.01])),),
    )


def publish(
    engine: Engine, city_map: CityMap, *, valid_from: datetime | None = None, now: datetime | None = None
) -> Edition:
    """The map as an edition."""
    moment = now or datetime.now(UTC)
    with writing(engine) as session:
        save_draft(session, city_map, (), actor="test", now=moment)
    with writing(engine) as session:
        return publish_draft(session, valid_from=valid_from, now=moment, actor="test")


LIDS = {"lon": 0.005, "lat": 0.01}


def lid_town() -> CityMap:
    """River town with storm drain covers (0103): at `LIDS` one of the old town's, 3 m east of it one of West's.

    West owns every other cover by a claim; a bin (0302) nobody owns.
    """
    plain = river_town()
    categories = (
        Category("01", Name(zh="公用设施", en="Utilities"), Branch.COMPONENT, Nature.STATIC),
        Category("0103", Name(zh="雨水井盖", en="Storm drain cover"), Branch.COMPONENT, Nature.STATIC, "01"),
        Category("0302", Name(zh="垃圾箱", en="Litter bin"), Branch.COMPONENT, Nature.STATIC),
        Category("1102", Name(zh="暴露垃圾", en="Rubbish"), Branch.EVENT, Nature.DYNAMIC),
    )
    own = Claim("c1", "west", Role.OWNS, ("01",), Place(PlaceKind.AREA, ("admin", "district", "Old")))
    return replace(
        plain,
        categories=categories,
        claims=(own,),
        components=(
            Component("3205080103000001", "0103", **LIDS, owner="old", maintainer="east", since=date(2019, 5, 1)),
            Component("3205080103000002", "0103", LIDS["lon"] + 0.000027, LIDS["lat"], owner="west", source="实测"),
            Component("3205080302000001", "0302", 0.015, 0.01, state=ComponentState.DAMAGED),
        ),
    )
