"""Problem records over ninety days: crowded at six markets and along sub-district borders, thin everywhere else."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import accumulate

import shapely

from geo.wording import Name
from samples.gusu_maker.admin import Tiers
from samples.gusu_maker.dice import cast_dice, draw_index, draw_normal
from samples.gusu_maker.lines import turn
from samples.gusu_maker.mesh import Mesh, edges, to_units
from samples.gusu_maker.plan import Place

FIRST_DAY = datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=8)))
DAYS = 90
HOUR_WEIGHTS = (1, 1, 1, 1, 2, 4, 10, 18, 22, 20, 18, 14, 10, 11, 16, 18, 18, 16, 14, 12, 9, 6, 3, 2)
AT_BORDERS = 1200
ELSEWHERE = 2000
BORDER_SPREAD_M = 20.0


@dataclass(frozen=True, slots=True)
class Market:
    """A planted cluster: an invented market, and how many records lie how far around it."""

    name: Name
    place: Place
    spread_m: float
    records: int


MARKETS = (
    Market(Name(zh="青禾农贸市场", en="Qinghe Market"), (930.0, 1260.0), 60.0, 400),
    Market(Name(zh="云埠菜市场", en="Yunbu Market"), (-1770.0, -70.0), 60.0, 350),
    Market(Name(zh="北栅批发市场", en="Beizha Wholesale Market"), (2450.0, 3250.0), 90.0, 300),
    Market(Name(zh="柳荫集贸市场", en="Liuyin Market"), (-3650.0, 2950.0), 80.0, 300),
    Market(Name(zh="新塘口农贸市场", en="Xintangkou Market"), (3170.0, -60.0), 70.0, 250),
    Market(Name(zh="南浜菜市场", en="Nanbang Market"), (520.0, -2900.0), 60.0, 200),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A category of the default list, and how often it is met at a market, on a border and elsewhere."""

    code: str
    name: str
    weights: tuple[float, float, float]


KINDS = (
    Kind("1101", "违法建设", (1, 1, 3)),
    Kind("1102", "暴露垃圾", (7, 8, 6)),
    Kind("1103", "积存垃圾渣土", (2, 9, 4)),
    Kind("1104", "道路不洁", (5, 4, 6)),
    Kind("1105", "水域不洁", (0, 3, 2)),
    Kind("1106", "绿地脏乱", (1, 3, 4)),
    Kind("1201", "非法小广告", (3, 2, 5)),
    Kind("1203", "违规户外广告", (1, 1, 2)),
    Kind("1501", "无照经营游商", (9, 2, 2)),
    Kind("1503", "店外经营", (8, 1, 3)),
    Kind("1504", "机动车乱停放", (6, 4, 6)),
    Kind("1505", "非机动车乱停放", (8, 3, 6)),
    Kind("1112", "乱堆物料", (4, 4, 4)),
)
AT_MARKET, ON_BORDER, IN_BACKGROUND = range(3)


@dataclass(frozen=True, slots=True)
class DrawnRecord:
    """A record before it is numbered and written; whole 1e-7 degrees."""

    at: datetime
    kind: Kind
    lon: int
    lat: int


def draw_records(mesh: Mesh, admin: Tiers) -> list[DrawnRecord]:
    """All records in order of time, none outside the district."""
    records: list[DrawnRecord] = []
    for market in MARKETS:
        dice = cast_dice(f"records at {market.name.en}")
        x_m, y_m = turn(market.place)
        place = around(dice, x_m=x_m, y_m=y_m, spread_m=market.spread_m)
        records += draw_some(mesh, admin, place, count=market.records, column=AT_MARKET, dice=dice)
    dice = cast_dice("records on borders")
    records += draw_some(mesh, admin, along_borders(mesh, admin, dice), count=AT_BORDERS, column=ON_BORDER, dice=dice)
    dice = cast_dice("records elsewhere")
    records += draw_some(mesh, admin, anywhere(mesh, dice), count=ELSEWHERE, column=IN_BACKGROUND, dice=dice)
    return sorted(records, key=lambda record: (record.at, record.lon, record.lat))


def draw_some(
    mesh: Mesh, admin: Tiers, place: Callable[[], Place], *, count: int, column: int, dice: random.Random
) -> list[DrawnRecord]:
    """`count` records at places that fall into the district."""
    district = mesh.polygon_m(admin["district"][0].rings[0])
    shapely.prepare(district)
    weights = tuple(kind.weights[column] for kind in KINDS)
    records: list[DrawnRecord] = []
    while len(records) < count:
        x_m, y_m = place()
        if shapely.contains_xy(district, x_m, y_m):
            lon, lat = to_units(x_m=x_m, y_m=y_m)
            records.append(DrawnRecord(draw_moment(dice), KINDS[draw_index(dice, weights)], lon, lat))
    return records


def draw_moment(dice: random.Random) -> datetime:
    """A moment of the ninety days, seldom at night."""
    day = int(dice.random() * DAYS)
    hour = draw_index(dice, HOUR_WEIGHTS)
    return FIRST_DAY + timedelta(days=day, hours=hour, seconds=int(dice.random() * 3600))


def around(dice: random.Random, *, x_m: float, y_m: float, spread_m: float) -> Callable[[], Place]:
    """Places scattered normally about one, `spread_m` being the standard deviation of each axis."""
    return lambda: (x_m + spread_m * draw_normal(dice), y_m + spread_m * draw_normal(dice))


def along_borders(mesh: Mesh, admin: Tiers, dice: random.Random) -> Callable[[], Place]:
    """Places beside the borders between two sub-districts, spread normally across them."""
    along = on_borders(mesh, admin, "subdistrict", dice)

    def place() -> Place:
        x_m, y_m = along()
        return x_m + BORDER_SPREAD_M * draw_normal(dice), y_m + BORDER_SPREAD_M * draw_normal(dice)

    return place


def on_borders(mesh: Mesh, admin: Tiers, level: str, dice: random.Random) -> Callable[[], Place]:
    """Places on the borders between two areas of a level, each metre as likely as another."""
    drawn = {edge for area in admin[level] for ring in area.rings for edge in edges(ring)}
    borders = sorted((start, end) for start, end in drawn if start < end and (end, start) in drawn)
    reached_m = list(accumulate(mesh.length_m(start, end) for start, end in borders))

    def place() -> Place:
        walked_m = dice.random() * reached_m[-1]
        leg = next(number for number, end_m in enumerate(reached_m) if walked_m < end_m)
        start, end = borders[leg]
        share = (reached_m[leg] - walked_m) / mesh.length_m(start, end)
        return (
            mesh.x_m[end] + share * (mesh.x_m[start] - mesh.x_m[end]),
            mesh.y_m[end] + share * (mesh.y_m[start] - mesh.y_m[end]),
        )

    return place


def anywhere(mesh: Mesh, dice: random.Random) -> Callable[[], Place]:
    """Places spread evenly over the rectangle that holds the city."""
    west_m, east_m, south_m, north_m = min(mesh.x_m), max(mesh.x_m), min(mesh.y_m), max(mesh.y_m)
    return lambda: (west_m + dice.random() * (east_m - west_m), south_m + dice.random() * (north_m - south_m))
