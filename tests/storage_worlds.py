"""A tiny city to keep in a database, with everything that an edition can hold.

admin: district D = sub-districts D1 | D2 (side by side, one degree each); sanitation: one route over both
with claims: a market in D1 with its halo, a road along the south of both with a strip on either side
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import shapely
from shapely import LineString, MultiPolygon
from sqlalchemy import Engine

from api.storage.edition_store import publish_draft
from api.storage.engine import writing
from api.storage.map_store import save_draft
from geo.addresses import Address
from geo.categories import Branch, Category, Nature
from geo.claims import Claim, Place, PlaceKind, Role
from geo.components import Component, ComponentState
from geo.golden import GoldenPlace
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
from geo.posts import POST_KINDS, Post, PostKind, Subject, SubjectKind
from geo.roads import Segment, Side, Strip, StripKind
from geo.schedule import Shift
from geo.shares import Verdict
from geo.sites import Checkpoint, Governance
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


def two_districts_with_claims() -> CityMap:
    """The city of the drawing, with its market, its road, and who claims what on them."""
    plain = two_districts()
    policy = replace(
        plain.city.policy,
        ladder_component=("owner", "territory"),
        ladder_event=("territory",),
        road_classes=("arterial", "alley"),
        territory_by_branch={"03": "sanitation", "02": "admin"},
        component_m=7.5,
        governance={"self_governed": "district"},
        checkpoint_types={"wharf": Name(zh="码头", en="Wharf")},
    )
    return replace(
        plain,
        city=replace(plain.city, policy=policy, post_kinds=(PostKind("clerk", Name(zh="办事员")), *POST_KINDS[:2])),
        categories=(
            # a minor before its major
            Category("0201", Name(zh="井盖", en="Manhole cover"), Branch.COMPONENT, Nature.STATIC, parent="02"),
            Category("02", Name(zh="公用设施"), Branch.COMPONENT, Nature.STATIC),
            Category("03", Name(en="Street trade"), Branch.EVENT, Nature.DYNAMIC),
        ),
        claims=(
            Claim(
                id="c1",
                unit="D1",
                role=Role.LEADS,
                categories=("03", "0201"),
                place=Place(PlaceKind.POLYGON, ("c1",), WITH_HOLE_AND_ISLAND),  # the boundary of D1 again
                executor="hq",
                hours=(Shift(5, 0, 24 * 60), Shift(0, 480, 1050)),
                priority=-2,
                source="城管〔2024〕7号",
                valid_from=NOON.astimezone(timezone(timedelta(hours=8))),
                valid_to=NOON + timedelta(microseconds=1),
            ),
            Claim("c2", "D2", Role.OWNS, ("*",), Place(PlaceKind.AREA, ("admin", "street", "D2"))),
            Claim("c3", "hq", Role.ASSISTS, ("03",), Place(PlaceKind.HALO, ("market",)), post="clerk/D1"),
            Claim("c4", "D1", Role.MAINTAINS, ("02",), Place(PlaceKind.STRIP, ("road", Side.LEFT, StripKind.PAVEMENT))),
        ),
        checkpoints=(
            Checkpoint(
                code="market",
                name=Name(zh="集贸市场", en="Market"),
                type="market",
                inner=box(0.4, 0.4, THIRD + 0.2, 0.6),
                halo=box(0.3, 0.3, 0.4, 0.7),
                halo_m=50 * THIRD,
                unit="D1",
                principal="hq",
                governance=Governance.ENTRUSTED,
                manager="D2",
            ),
            Checkpoint("park", Name(zh="公园"), "park", inner=box(1.5, 0.5, 1.6, 0.6)),
        ),
        segments=(
            Segment(
                code="road",
                road=Name(zh="人民路", en="People's Road"),
                road_class="arterial",
                start=Name(zh="东街"),
                end=Name(en="West Street"),
                centreline=LineString([(2.0, THIRD), (1.0, 0.1), (-0.0, 0.1)]),
                strips=(
                    Strip(Side.LEFT, StripKind.PAVEMENT, 7 * THIRD, 5.0, box(0, 0, 2, 0.1)),
                    Strip(Side.LEFT, StripKind.CARRIAGEWAY, 0.0, 7 * THIRD, box(0, 0.1, 2, 0.15)),
                    Strip(Side.RIGHT, StripKind.CARRIAGEWAY, 0.0, 7 * THIRD, box(0, 0.15, 2, 0.2)),
                ),
            ),
            Segment("a path", Name(zh="小路"), "alley", Name(zh="甲"), Name(zh="乙"), LineString([(0, 0), (1, 1)])),
        ),
        addresses=(
            Address("12", THIRD, 0.1, road="人民路", number="12号", alias="老邮局"),
            Address("2", 0.5, -0.0, estate="新村", building="3幢"),
        ),
        components=(
            Component(
                "3205080201000001",
                "0201",
                THIRD,
                0.1,
                owner="D1",
                maintainer="D2",
                competent="hq",
                state=ComponentState.DAMAGED,
                since=date(2019, 2, 28),
                changed=date(2024, 4, 1),
                source="实测",
                note="井圈松动",
            ),
            Component("lid", "02", -0.0, 1e-7),
        ),
        golden=(
            GoldenPlace("g1", THIRD, -0.0, Verdict.UNCLAIMED, "nobody", "西边无人负责", accuracy_m=THIRD),
            GoldenPlace(
                "g2",
                0.5,
                0.25,
                Verdict.CERTAIN,
                "owner",
                "The lid is D2's",
                unit="D2",
                category="0201",
                at=NOON.astimezone(timezone(timedelta(hours=8))),
                facts=("component:3205080201000001", "component:lid"),
            ),
        ),
        posts=(
            Post("site", "site_chief", "D2", Subject(SubjectKind.CHECKPOINT, ("market",)), Name(zh="市场长")),
            Post("clerk/D1", "clerk", "D1", Subject(SubjectKind.AREA, ("admin", "street", "D1"))),
        ),
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
