"""A quarter where every place can be pointed at on squared paper (see `small_worlds`; a step is 95 m by 111 m).

    8 +--临顿路---------平江路------------------+
      |    |  +------+    |                     |     柳荫公园   (1.5, 6.5) to (2.5, 7.5)
      |    |  | park |    |                     |
    6 |----+--观前街------+---------------------|
      |    |              |  +------+           |     青禾农贸市场 (4.3, 4.3) to (5.3, 5.0)
      |    |              |  |market|           |
    4 |----+--干将路------+--+------+-----------|
      |    |              |                     |
      |    |              |        朝阳新村     |     buildings 1, 2, 3 at (6, 1), (6.5, 1), (7, 1)
    0 +--------------------------------------- -+
      0    1              4                     8

双塔街道 lies west of 平江路, 平江街道 east of it. Number n of 平江路 stands at y = n / 4, odd ones 0.15 west of it and
even ones 0.15 east; 1, 5, 9, 21 and 2, 10, 20 are known. 观前街 has one known number, 干将路 and 临顿路 have none.
"""

from dataclasses import replace

from shapely import LineString, MultiPolygon, Polygon

from geo.addresses import Address
from geo.model import Area, CityMap
from geo.roads import Segment, Side, Strip, StripKind
from geo.sites import Checkpoint
from geo.wording import Name
from tests.geo.small_worlds import corner, draw_city, square

HALF_WIDTH_M = 6.0


def quarter() -> CityMap:
    """The quarter of the drawing."""
    city = draw_city(
        _area("district", "G", "姑苏区", "Gusu District", square(0, 0, 8, 8)),
        _area("street", "E", "平江街道", "Pingjiang Sub-district", square(4, 0, 8, 8)),
        _area("street", "W", "双塔街道", "Shuangta Sub-district", square(0, 0, 4, 8)),
        levels=("district", "street"),
        units=(),
    )
    return replace(
        city,
        checkpoints=(
            _site("M", "青禾农贸市场", "Qinghe Market", square(4.3, 4.3, 5.3, 5.0)),
            _site("P", "柳荫公园", "Liuyin Park", square(1.5, 6.5, 2.5, 7.5)),
        ),
        segments=(
            _road("R1", "平江路", "Pingjiang Road", (4, 0), (4, 4)),
            _road("R2", "平江路", "Pingjiang Road", (4, 4), (4, 8)),
            _road("R3", "干将路", "Ganjiang Road", (0, 4), (8, 4)),
            _road("R4", "观前街", "Guanqian Street", (0, 6), (8, 6)),
            _road("R5", "临顿路", "Lindun Road", (1, 0), (1, 8)),
        ),
        addresses=addresses(),
    )


def addresses() -> tuple[Address, ...]:
    """The doors and buildings of the drawing, by code."""
    doors = [_door(f"A{n:02}", 3.85 if n % 2 else 4.15, n / 4, "平江路", f"{n}号") for n in (1, 2, 5, 9, 10, 20, 21)]
    shop = _door("A30", 2, 5.9, "观前街", "30号")
    houses = [_house(f"B{i}", 5.5 + i / 2, 1, "朝阳新村", f"{i}幢") for i in (1, 2, 3)]
    lon, lat = corner(3, 2)
    return (*doors, shop, *houses, Address("C1", lon, lat, alias="老书场；评弹馆"))


def without_doors() -> CityMap:
    """The quarter before anybody brought addresses."""
    return replace(quarter(), addresses=())


def _area(level: str, code: str, chinese: str, english: str, polygon: Polygon) -> Area:
    return Area("admin", level, code, Name(zh=chinese, en=english), MultiPolygon([polygon]))


def _site(code: str, chinese: str, english: str, inner: Polygon) -> Checkpoint:
    return Checkpoint(code, Name(zh=chinese, en=english), "market", MultiPolygon([inner]))


def _road(code: str, chinese: str, english: str, start: tuple[float, float], end: tuple[float, float]) -> Segment:
    (x1, y1), (x2, y2) = start, end
    strips = tuple(
        Strip(side, StripKind.CARRIAGEWAY, 0.0, HALF_WIDTH_M, MultiPolygon([square(x1, y1, x2 + 0.06, y2 + 0.05)]))
        for side in Side
    )
    line = LineString([corner(x1, y1), corner(x2, y2)])
    return Segment(code, Name(zh=chinese, en=english), "branch", Name(zh="起"), Name(zh="止"), line, strips)


def _door(code: str, x: float, y: float, road: str, number: str) -> Address:
    lon, lat = corner(x, y)
    return Address(code, lon, lat, road=road, number=number)


def _house(code: str, x: float, y: float, estate: str, building: str) -> Address:
    lon, lat = corner(x, y)
    return Address(code, lon, lat, estate=estate, building=building)
