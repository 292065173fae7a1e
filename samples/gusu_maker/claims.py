"""Who is responsible for what: a believable division of work, each claim with its (invented) document."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from geo.claims import EVERY_CATEGORY, Role
from geo.sites import Governance
from samples.gusu_maker import category_codes as kinds
from samples.gusu_maker.plan import DISTRICT
from samples.gusu_maker.road_plan import STRIP_WIDTHS_M
from samples.gusu_maker.roads import DrawnRoad
from samples.gusu_maker.sites import DrawnSite
from samples.gusu_maker.units import GREENING, PROPERTY_SERVICES, ROAD_WORKS, STREET_CLEANING

ITS_OWN = "*"
WHOLE = f"admin/district/{DISTRICT}"
DAY = "07:00-22:00"
NIGHT = "22:00-07:00"
SCHOOL_RUN = "Mon-Fri 07:00-08:30 15:30-17:30"
UNOWNED_STRIP = ("R-037", "right", "green_belt")
EXPIRED_AT = "station"


@dataclass(frozen=True, slots=True)
class DrawnClaim:
    """A row of claims.csv but for its id; exactly one of the four places is given, none for ground of its own."""

    unit: str
    role: Role
    categories: tuple[str, ...]
    source: int
    area: str = ""
    checkpoint: str = ""
    halo: str = ""
    strip: str = ""
    executor: str = ""
    hours: str = ""
    valid_from: str = ""
    valid_to: str = ""


def draw_claims(roads: Sequence[DrawnRoad], sites: Sequence[DrawnSite]) -> tuple[DrawnClaim, ...]:
    """All claims on areas, sites and roads, in the order of their ids."""
    return (*by_territory(), *by_department(), *on_components(), *at_sites(sites), *along_roads(roads))


def by_territory() -> Iterator[DrawnClaim]:
    """What a territorial unit leads on its own area; `*` as unit is the area's own."""
    yield DrawnClaim(ITS_OWN, Role.LEADS, (EVERY_CATEGORY,), 1, area="admin/subdistrict/*")
    daily = (kinds.EXPOSED_RUBBISH, kinds.SMALL_ADS, kinds.PILED_THINGS)
    yield DrawnClaim(ITS_OWN, Role.LEADS, daily, 2, area="admin/community/*")
    yield DrawnClaim(ITS_OWN, Role.LEADS, (kinds.DIRTY_ROAD,), 3, area="sanitation/area/*", executor=STREET_CLEANING)


def by_department() -> Iterator[DrawnClaim]:
    """What a department leads in the whole district, and who supervises it."""
    leads, supervises, assists = Role.LEADS, Role.SUPERVISES, Role.ASSISTS
    yield DrawnClaim("urban-management", leads, (kinds.STREET_ORDER,), 4, area=WHOLE, hours=DAY)
    yield DrawnClaim("police", leads, (kinds.STREET_ORDER,), 5, area=WHOLE, hours=NIGHT)
    yield DrawnClaim("urban-management", leads, (kinds.EXTRA_BUILDING, kinds.ADVERTISING), 6, area=WHOLE)
    yield DrawnClaim("housing", leads, (kinds.BUILDING_WORK, kinds.HEAPED_RUBBLE), 7, area=WHOLE)
    yield DrawnClaim("water", leads, (kinds.DIRTY_WATER,), 8, area=WHOLE)
    yield DrawnClaim("parks", leads, (kinds.UNTIDY_GREEN,), 9, area=WHOLE, executor=GREENING)
    yield DrawnClaim("urban-management", supervises, (kinds.TOWN_LOOK,), 4, area=WHOLE)
    yield DrawnClaim("police", assists, (*kinds.VENDORS, kinds.OUTSIDE_TRADE), 5, area=WHOLE, hours=DAY)


def on_components() -> Iterator[DrawnClaim]:
    """Whose things they are, and who keeps them."""
    owns, maintains = Role.OWNS, Role.MAINTAINS
    for unit, categories in (
        ("water", kinds.WATER_COVERS),
        ("power", kinds.POWER_THINGS),
        ("lighting", kinds.LAMPS),
        ("police", kinds.TRAFFIC_SIGNS),
        ("parks", (kinds.GREENERY,)),
    ):
        yield DrawnClaim(unit, owns, categories, 10, area=WHOLE)
    yield DrawnClaim("roads", maintains, kinds.ROAD_THINGS, 11, area=WHOLE, executor=ROAD_WORKS)
    yield DrawnClaim("sanitation", maintains, kinds.SANITARY_THINGS, 11, area=WHOLE, executor=STREET_CLEANING)
    yield DrawnClaim("parks", maintains, (kinds.GREENERY,), 11, area=WHOLE, executor=GREENING)


def at_sites(sites: Iterable[DrawnSite]) -> Iterator[DrawnClaim]:
    """Inside and around the sites; the last one has expired."""
    sites = tuple(sites)
    parking = (kinds.PARKED_CARS, *kinds.PARKED_BICYCLES)
    stalls = (*kinds.VENDORS, kinds.OUTSIDE_TRADE, *parking)
    for site in sites:
        match site.type.code, site.governance:
            case "market", _:
                yield DrawnClaim("markets", Role.LEADS, (EVERY_CATEGORY,), 12, checkpoint=site.code)
                yield DrawnClaim("urban-management", Role.LEADS, stalls, 12, halo=site.code, hours=DAY)
            case "school", _:
                yield DrawnClaim("police", Role.LEADS, parking, 13, halo=site.code, hours=SCHOOL_RUN)
            case "station", _:
                yield DrawnClaim("transport", Role.LEADS, parking, 14, halo=site.code)
            case "estate", Governance.ENTRUSTED:
                daily = (kinds.EXPOSED_RUBBISH, kinds.PILED_THINGS)
                yield DrawnClaim(site.unit, Role.LEADS, daily, 15, checkpoint=site.code, executor=PROPERTY_SERVICES)
    station = next(site for site in sites if site.type.code == EXPIRED_AT)
    yield DrawnClaim(
        "transport",
        Role.LEADS,
        kinds.VENDORS,
        16,
        halo=station.code,
        valid_from="2024-01-01",
        valid_to="2026-01-01",
    )


def along_roads(roads: Iterable[DrawnRoad]) -> Iterator[DrawnClaim]:
    """On every strip of every road but the one that was forgotten; `*` is either side."""
    for road in roads:
        for strip in STRIP_WIDTHS_M[road.plan.road_class]:
            claims = {
                side: on_strip(strip, road.plan.road_class, subdistrict)
                for side, subdistrict in (("left", road.left), ("right", road.right))
                if (road.code, side, strip) != UNOWNED_STRIP
            }
            if len(claims) == 2 and claims["left"] == claims["right"]:
                claims = {"*": claims["left"]}
            for side, claim in claims.items():
                yield replace(claim, strip=f"{road.code}/{side}/{strip}")


def on_strip(strip: str, road_class: str, subdistrict: str) -> DrawnClaim:
    """The claim on a strip, without its place."""
    match strip, road_class:
        case "green_belt", _:
            categories = (kinds.GREENERY, kinds.UNTIDY_GREEN, kinds.EXPOSED_RUBBISH)
            return DrawnClaim("parks", Role.LEADS, categories, 17, executor=GREENING)
        case "carriageway", "arterial":
            return DrawnClaim("roads", Role.LEADS, kinds.ON_CARRIAGEWAY, 18, executor=ROAD_WORKS)
        case "carriageway", _:
            return DrawnClaim(subdistrict, Role.LEADS, kinds.ON_CARRIAGEWAY, 19)
        case "pavement", _:
            return DrawnClaim(subdistrict, Role.LEADS, (*kinds.PARKED_BICYCLES, kinds.PILED_THINGS), 19)
        case _:
            frontage = (kinds.OUTSIDE_TRADE, kinds.PILED_THINGS, kinds.EXPOSED_RUBBISH)
            return DrawnClaim(subdistrict, Role.LEADS, frontage, 20)
