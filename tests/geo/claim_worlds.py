"""Tiny cities with claims, on the squared paper of `small_worlds`."""

from dataclasses import replace
from datetime import UTC, datetime

from shapely import LineString, MultiPolygon, Polygon

from geo.categories import Branch, Category, Nature
from geo.claims import Claim, Place, PlaceKind, Role
from geo.model import Area, CityMap, Policy, Unit, UnitKind
from geo.resolve import Moment
from geo.roads import Segment, Side, Strip, StripKind
from geo.schedule import Shift
from geo.sites import Checkpoint
from geo.wording import Name
from tests.geo.small_worlds import EDITION, area, corner, draw_city, ground, square, unit

# 01 > 0101 > 010101 are components, 11 > 1101 > 110101 and 1102 are events.
CATEGORIES = tuple(
    Category(
        code,
        Name(zh=f"类别{code}", en=f"kind {code}"),
        Branch.COMPONENT if code < "1" else Branch.EVENT,
        Nature.STATIC if code < "1" else Nature.DYNAMIC,
        code[:-2] or None,
    )
    for code in ("01", "0101", "010101", "11", "1101", "110101", "1102")
)
LID, LITTER, STALL = "0101", "1101", "1102"

FRIDAY_NOON = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


def moment_at(at: datetime) -> Moment:
    """The moment, asked about when it is."""
    return Moment(at, at, (EDITION,))


def at_shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of May 2026 by the clocks of Shanghai (the first is a Friday), in UTC."""
    return datetime.fromisoformat(f"2026-05-{day:02}T{hour:02}:{minute:02}+08:00").astimezone(UTC)


# --- values -------------------------------------------------------------------------------------------------------


def department(code: str, parent: str = "hq") -> Unit:
    return unit(code, parent, kind=UnitKind.DEPARTMENT)


def contractor(code: str, parent: str) -> Unit:
    return unit(code, parent, kind=UnitKind.CONTRACTOR)


def claim(claim_id: str, who: str, categories: str, place: Place, role: Role = Role.LEADS, **more) -> Claim:
    """A claim; `categories` are parted by blanks."""
    return Claim(claim_id, who, role, tuple(categories.split()), place, **more)


def on_area(code: str, level: str = "town", scheme: str = "admin") -> Place:
    return Place(PlaceKind.AREA, (scheme, level, code))


def in_site(code: str) -> Place:
    return Place(PlaceKind.CHECKPOINT, (code,))


def around(code: str) -> Place:
    return Place(PlaceKind.HALO, (code,))


def on_strip(segment: str, side: Side = Side.LEFT, kind: StripKind = StripKind.CARRIAGEWAY) -> Place:
    return Place(PlaceKind.STRIP, (segment, side.value, kind.value))


def own_ground(claim_id: str, polygon: Polygon) -> Place:
    return Place(PlaceKind.POLYGON, (claim_id,), MultiPolygon([polygon]))


def site(code: str, inner: Polygon, halo: Polygon | None = None, **more) -> Checkpoint:
    name = Name(zh=f"{code}点位", en=f"site {code}")
    return Checkpoint(
        code, name, "market", MultiPolygon([inner]), None if halo is None else MultiPolygon([halo]), **more
    )


def road(
    code: str, road_class: str, centreline: tuple[tuple[float, float], ...], *strips: tuple[Side, StripKind, Polygon]
) -> Segment:
    return Segment(
        code,
        Name(zh=f"{code}路", en=f"{code} road"),
        road_class,
        Name(en="start"),
        Name(en="end"),
        LineString([corner(x, y) for x, y in centreline]),
        tuple(Strip(side, kind, 0.0, 5.0, MultiPolygon([polygon])) for side, kind, polygon in strips),
    )


def claim_city(
    *claims: Claim,
    areas: tuple[Area, ...],
    units: tuple[Unit, ...] = (),
    sites: tuple[Checkpoint, ...] = (),
    roads: tuple[Segment, ...] = (),
    levels: tuple[str, ...] = ("town",),
    other_schemes: tuple[tuple[str, tuple[str, ...]], ...] = (),
    categories: tuple[Category, ...] = CATEGORIES,
    policy: Policy | None = None,
) -> CityMap:
    """A city with claims. Units that are not given are territorial and hang under headquarters."""
    named = {one.unit for one in (*claims, *areas, *sites) if one.unit} | {one.executor for one in claims} - {None}
    missing = named - {one.code for one in units} - {"hq"}
    city_map = draw_city(
        *areas,
        units=(*units, *(unit(code) for code in missing)),
        levels=levels,
        other_schemes=other_schemes,
        policy=policy,
    )
    return replace(
        city_map,
        categories=categories,
        claims=tuple(sorted(claims, key=lambda one: one.id)),
        checkpoints=tuple(sorted(sites, key=lambda one: one.code)),
        segments=tuple(sorted(roads, key=lambda one: one.code)),
    )


# --- worlds -------------------------------------------------------------------------------------------------------

ONE_TOWN = area("town", square(0, 0, 8, 8))
RUNG_UNITS = ("owner", "maintainer", "checkpoint", "halo", "segment", "department", "territory", "fallback")


def everything_at_once(category: str, *, without: tuple[str, ...] = (), policy: Policy | None = None) -> CityMap:
    """One town of eight steps where at (4, 4) every rung has a unit of its own, called like the rung.

    The site `s`, the halo of the site `t` (whose inner ground is far away) and a strip of the road `r` all cover it.
    Rungs `without` have no claim.
    """
    whole = square(0, 0, 8, 8)
    claims = (
        claim("c1", "owner", category, on_area("town"), Role.OWNS),
        claim("c2", "maintainer", category, on_area("town"), Role.MAINTAINS),
        claim("c3", "checkpoint", category, in_site("s")),
        claim("c4", "halo", category, around("t")),
        claim("c5", "segment", category, on_strip("r")),
        claim("c6", "department", category, on_area("town")),
        claim("c7", "territory", category, on_area("town")),
        claim("c8", "fallback", "*", on_area("town")),
    )
    return claim_city(
        *(one for one in claims if one.unit not in without),
        areas=(ONE_TOWN,),
        units=tuple(department(code) for code in ("owner", "maintainer", "department")),
        sites=(site("s", whole), site("t", square(20, 20, 21, 21), whole)),
        roads=(road("r", "arterial", ((8, 0), (8, 8)), (Side.LEFT, StripKind.CARRIAGEWAY, whole)),),
        policy=policy,
    )


MARKET = square(3, 4, 5, 6)
AROUND_MARKET = ground((2, 3), (6, 3), (6, 7), (2, 7), holes=(((3, 4), (5, 4), (5, 6), (3, 6)),))


def market_town(*claims: Claim, keeper: str | None = None, policy: Policy | None = None) -> CityMap:
    """Two towns, a market with a halo, and two roads that cross; `claims` say who leads what.

    +---------------+-------:-:-----+ 8
    | west          | east  : :     |
    |   +-------+   |       : :     | 7
    |   | +---+ |   |       : :     | 6     The market lies from (3, 4) to (5, 6), its halo from (2, 3) to (6, 7).
    |   | +---+ |   |       : :     | 4
    |   +-------+   |       : :     | 3
    |...............|.......:.:.....| 2     `main` (arterial) runs east along y = 1.5: left carriageway to y = 2,
    |...............|.......:.:.....| 1     right carriageway to y = 1, right pavement to y = 0.5.
    +---------------+-------:-:-----+ 0     `side` (branch) runs north along x = 12: carriageways to 11.5 and 12.5.
    0               8       11.5-12.5   16

    Units: hq > west, east, works (department), clean (department) > sweepers (contractor), west > firm (contractor).
    """
    left, right, lane, pavement = Side.LEFT, Side.RIGHT, StripKind.CARRIAGEWAY, StripKind.PAVEMENT
    return claim_city(
        *claims,
        areas=(area("west", square(0, 0, 8, 8)), area("east", square(8, 0, 16, 8))),
        units=(
            unit("west"),
            unit("east"),
            department("works"),
            department("clean"),
            contractor("sweepers", "clean"),
            contractor("firm", "west"),
        ),
        sites=(site("market", MARKET, AROUND_MARKET, halo_m=95.0, unit=keeper),),
        roads=(
            road(
                "main",
                "arterial",
                ((0, 1.5), (16, 1.5)),
                (left, lane, square(0, 1.5, 16, 2)),
                (right, lane, square(0, 1, 16, 1.5)),
                (right, pavement, square(0, 0.5, 16, 1)),
            ),
            road(
                "side",
                "branch",
                ((12, 0), (12, 8)),
                (left, lane, square(11.5, 0, 12, 8)),
                (right, lane, square(12, 0, 12.5, 8)),
            ),
        ),
        policy=policy,
    )


IN_MARKET, IN_HALO, ON_MAIN, CROSSING = (4, 5), (2.5, 5), (4, 1.75), (11.75, 1.75)
OPEN_WEST, OPEN_EAST, OUTSIDE = (1, 7.5), (14, 5), (20, 20)
PLACES = (IN_MARKET, IN_HALO, ON_MAIN, CROSSING, OPEN_WEST, OPEN_EAST, OUTSIDE)

MARKET_NIGHT = tuple(Shift(day, 18 * 60, 24 * 60) for day in range(7)) + tuple(Shift(day, 0, 120) for day in range(7))
OFFICE_HOURS = tuple(Shift(day, 9 * 60, 17 * 60) for day in range(5))


def busy_market_town() -> CityMap:
    """The market town with claims of every kind: by category, by hour, by date, in several roles."""
    return market_town(
        claim("a1", "west", "*", on_area("west"), source="〔2026〕1 号"),
        claim("a2", "east", "*", on_area("east"), source="〔2026〕1 号"),
        claim("b1", "west", "11", on_area("west")),
        claim("b2", "clean", LITTER, on_area("west")),
        claim("b3", "clean", STALL, on_area("east"), hours=OFFICE_HOURS),
        claim("b4", "works", "01", on_area("east"), Role.OWNS),
        claim("b5", "works", "0101", on_area("west"), Role.MAINTAINS, executor="firm"),
        claim("c1", "works", "11", in_site("market"), valid_to=at_shanghai(2, 0)),
        claim("c2", "clean", STALL, around("market"), hours=MARKET_NIGHT),
        claim("d1", "sweepers", LITTER, on_strip("main")),
        claim("d2", "works", "11 01", on_strip("side"), valid_from=at_shanghai(3, 0)),
        claim("e1", "hq", "*", on_area("west"), Role.SUPERVISES),
        claim("e2", "clean", "11", on_area("west"), Role.ASSISTS, hours=OFFICE_HOURS),
        claim("f1", "clean", LITTER, own_ground("f1", square(13, 4, 15, 6))),
        keeper="west",
    )
