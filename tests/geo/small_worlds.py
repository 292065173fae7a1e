"""Tiny cities that can be drawn on paper.

All stand on squared paper: `corner(x, y)` is x steps east and y steps north of 120.600 E 31.300 N, and a step is
0.001 degrees (95 m to the east, 111 m to the north). Coordinates are short decimals, so a position can be put exactly
on a line. Every unit hangs under headquarters `hq` unless a world says otherwise.
"""

from datetime import UTC, datetime
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.atlas import Atlas
from geo.determination import Determination, Given
from geo.model import Area, City, CityMap, Edition, Level, Policy, Scheme, Unit, UnitKind
from geo.position import Position
from geo.resolve import Moment, Question, determine
from geo.wording import Name

NOW = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
EDITION = Edition(id=1, published_at=datetime(2026, 1, 1, tzinfo=UTC), valid_from=None)
MOMENT = Moment(NOW, NOW, (EDITION,))
STEP_EAST_M, STEP_NORTH_M = 95.19, 110.86


def corner(x: float, y: float) -> tuple[float, float]:
    """Degrees of a place on the squared paper, as the shortest decimals."""
    return round(120.6 + float(x) / 1000, 9), round(31.3 + float(y) / 1000, 9)


def square(x1: float, y1: float, x2: float, y2: float) -> Polygon:
    return ground((x1, y1), (x2, y1), (x2, y2), (x1, y2))


def ground(*corners: tuple[float, float], holes: tuple[tuple[tuple[float, float], ...], ...] = ()) -> Polygon:
    return Polygon([corner(x, y) for x, y in corners], [[corner(x, y) for x, y in hole] for hole in holes])


def area(code: str, polygon: Polygon | MultiPolygon, *, unit: str | None = "", level: str = "town", scheme="admin"):
    """An area; its unit has the same code unless another (or None) is named."""
    boundary = polygon if isinstance(polygon, MultiPolygon) else MultiPolygon([polygon])
    name = Name(zh=f"{code}区", en=f"area {code}")
    return Area(scheme, level, code, name, boundary, unit=code if unit == "" else unit)


def unit(code: str, parent: str | None = "hq", *, kind: UnitKind = UnitKind.TERRITORIAL, telephone: str | None = None):
    return Unit(code, Name(zh=f"{code}街道办", en=f"office {code}"), kind, parent, telephone)


HEADQUARTERS = Unit("hq", Name(zh="指挥部", en="headquarters"), UnitKind.HEADQUARTERS, None, "12345")


def draw_city(
    *areas: Area,
    levels: tuple[str, ...] = ("town",),
    units: tuple[Unit, ...] | None = None,
    other_schemes: tuple[tuple[str, tuple[str, ...]], ...] = (),
    policy: Policy | None = None,
) -> CityMap:
    """A city whose territory is the scheme `admin`; units not given are made for the areas."""
    if units is None:
        units = tuple(unit(code) for code in sorted({area.unit for area in areas if area.unit}))
    schemes = tuple(
        Scheme(code, Name(en=code), tuple(Level(level, Name(zh=f"{level}层", en=level)) for level in names))
        for code, names in (("admin", levels), *other_schemes)
    )
    depth = {(scheme.code, level.code): i for scheme in schemes for i, level in enumerate(scheme.levels)}
    return CityMap(
        city=City(Name(zh="小城", en="Smallville"), "admin", "Asia/Shanghai", policy=policy or Policy()),
        schemes=schemes,
        units=tuple(sorted((*units, HEADQUARTERS), key=lambda one: one.code)),
        areas=tuple(sorted(areas, key=lambda one: (one.scheme, depth[one.scheme, one.level], one.code))),
    )


def two_towns() -> CityMap:
    """West and east towns of four steps each, side by side. East has a telephone, west has none.

    +------+------+ 4
    | west | east |
    +------+------+ 0
    0      4      8
    """
    return draw_city(
        area("west", square(0, 0, 4, 4)),
        area("east", square(4, 0, 8, 4)),
        units=(unit("west"), unit("east", telephone="0512-0000-1234")),
    )


def three_corners() -> CityMap:
    """Three towns that meet at (4, 2); `a` has no vertex of its own on the left of it.

    +------+------+ 4
    |  b   |  c   |
    +------+------+ 2
    |      a      |
    +-------------+ 0
    0      4      8
    """
    return draw_city(
        area("a", ground((0, 0), (8, 0), (8, 2), (4, 2), (0, 2))),
        area("b", square(0, 2, 4, 4)),
        area("c", square(4, 2, 8, 4)),
    )


def gap_and_overlap() -> CityMap:
    """`a` and `b` overlap from 4 to 5; between `b` and `c` lies a gap from 9 to 10.

    +------+==+-----+  +------+ 4
    |  a   |ab|  b  |  |  c   |
    +------+==+-----+  +------+ 0
    0      4  5     9  10     14
    """
    return draw_city(area("a", square(0, 0, 5, 4)), area("b", square(4, 0, 9, 4)), area("c", square(10, 0, 14, 4)))


def two_levels() -> CityMap:
    """Districts d1 and d2; the cells c1 and c2 do not cover them, and c2 lies across the line between the two.

    +-------------+-------------+ 6
    |  d1         |         d2  |
    |    +----+---:---+         | 4
    |    | c1 | c2:   |         |
    |    +----+---:---+         | 2
    |             |             |
    +-------------+-------------+ 0
    0    2    4   6   8         12
    """
    return draw_city(
        area("d1", square(0, 0, 6, 6), level="district"),
        area("d2", square(6, 0, 12, 6), level="district"),
        area("c1", square(2, 2, 4, 4), level="cell"),
        area("c2", square(4, 2, 8, 4), level="cell"),
        levels=("district", "cell"),
    )


def three_tiers() -> CityMap:
    """A district of two streets with cells that overlap: c1 and c2 inside one street, c3 and c4 across two.

    +---------------------------+ 4
    | s1 +--+=+--+ :        s2  | 3
    |    |c1|:|c2| :            |
    |    +--+=+--+-:+=+--+      | 2
    |            |c3|:|c4|      |
    |            +-:+=+--+      | 1
    +--------------:------------+ 0
    0    1  2 3  4 5 6 7 8      12

    Streets part at 5. c3 reaches from 4 to 7, c4 from 6 to 8.5. Units: hq > d > s1 > c1, c2, c3 and d > s2 > c4.
    """
    return draw_city(
        area("d", square(0, 0, 12, 4), level="district"),
        area("s1", square(0, 0, 5, 4), level="street"),
        area("s2", square(5, 0, 12, 4), level="street"),
        area("c1", square(1, 2, 3, 3), level="cell"),
        area("c2", square(2, 2, 4, 3), level="cell"),
        area("c3", square(4, 1, 7, 2), level="cell"),
        area("c4", square(6, 1, 8.5, 2), level="cell"),
        levels=("district", "street", "cell"),
        units=(
            unit("d"),
            unit("s1", "d"),
            unit("s2", "d"),
            *(unit(code, "s1") for code in ("c1", "c2", "c3")),
            unit("c4", "s2"),
        ),
    )


def one_keeper() -> CityMap:
    """Cells k1 and k2 have one unit, `keeper`; the third has another.

    +----+----+-------+ 4
    | k1 | k2 | other |
    +----+----+-------+ 0
    0    2    4       8
    """
    return draw_city(
        area("k1", square(0, 0, 2, 4), unit="keeper"),
        area("k2", square(2, 0, 4, 4), unit="keeper"),
        area("other", square(4, 0, 8, 4)),
    )


def hired_hands() -> CityMap:
    """Three towns that name contractors: firm1 and firm2 work for `town`, firm3 hangs directly under headquarters.

    +---------+---------+---------+ 4
    |  firm1  |  firm2  |  firm3  |
    +---------+---------+---------+ 0
    0         4         8         12
    """
    hired = UnitKind.CONTRACTOR
    return draw_city(
        area("t1", square(0, 0, 4, 4), unit="firm1"),
        area("t2", square(4, 0, 8, 4), unit="firm2"),
        area("t3", square(8, 0, 12, 4), unit="firm3"),
        units=(
            unit("town"),
            unit("firm1", "town", kind=hired),
            unit("firm2", "town", kind=hired),
            unit("firm3", kind=hired),
        ),
    )


def town_with_a_hole() -> CityMap:
    """One town around a square that nobody has: the hole reaches from (3, 3) to (5, 5).

    +-----------+ 8
    |   +---+   | 5
    |   |   |   |
    |   +---+   | 3
    +-----------+ 0
    0   3   5   8
    """
    return draw_city(
        area("ring", ground((0, 0), (8, 0), (8, 8), (0, 8), holes=(((3, 3), (5, 3), (5, 5), (3, 5)),))),
    )


def crossing_schemes() -> CityMap:
    """The two towns again, and a second scheme that crosses them at y = 2: `wash` decides nothing, and is named.

    +------+------+ 4
    |......|......| 2   north / south: scheme wash, level round
    | west | east |
    +------+------+ 0
    0      4      8
    """
    return draw_city(
        area("west", square(0, 0, 4, 4)),
        area("east", square(4, 0, 8, 4)),
        area("south", square(0, 0, 8, 2), scheme="wash", level="round", unit=None),
        area("north", square(0, 2, 8, 4), scheme="wash", level="round", unit=None),
        other_schemes=(("wash", ("round",)),),
    )


WORLDS = MappingProxyType(
    {
        maker.__name__: maker
        for maker in (
            two_towns,
            three_corners,
            gap_and_overlap,
            two_levels,
            three_tiers,
            one_keeper,
            hired_hands,
            town_with_a_hole,
            crossing_schemes,
        )
    }
)


def open_atlas(city_map: CityMap) -> Atlas:
    return Atlas(city_map, EDITION)


def ask(atlas: Atlas, x: float, y: float, *, moment: Moment = MOMENT, category: str | None = None, **position: float):
    """The determination at a place of the squared paper; exact (accuracy 0) unless told otherwise."""
    lon, lat = corner(x, y)
    return ask_at(atlas, lon=lon, lat=lat, moment=moment, category=category, **position)


def ask_at(
    atlas: Atlas,
    *,
    lon: float,
    lat: float,
    moment: Moment = MOMENT,
    category: str | None = None,
    **position: float,
) -> Determination:
    return determine(atlas, question_at(lon=lon, lat=lat, category=category, **position), moment)


def question_at(*, lon: float, lat: float, category: str | None = None, **position: float) -> Question:
    return Question(Position(lon=lon, lat=lat, **position), Given(lon, lat, "wgs84"), category=category)


def lead_code(answer: Determination) -> str | None:
    return answer.lead.unit.code if answer.lead else None


def copy_of(geometry: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """The same geometry without anything that GEOS has prepared for it."""
    return shapely.from_wkb(shapely.to_wkb(geometry))


def telling_places(city_map: CityMap, *, random: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Degrees (lon, lat) of the places where an index may err: vertices, middles of edges, the smallest step off them
    in each direction; and as many random ones in and around the city."""
    boundaries = np.array([one.boundary for one in city_map.areas], dtype=object)
    rings = shapely.get_rings(shapely.get_parts(boundaries))
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    follows = ring[1:] == ring[:-1]
    middles = (vertices[:-1][follows] + vertices[1:][follows]) / 2
    exact = np.unique(np.concatenate([vertices, middles]), axis=0)
    off = [exact]
    for axis in (0, 1):
        for direction in (-np.inf, np.inf):
            beside = exact.copy()
            beside[:, axis] = np.nextafter(beside[:, axis], direction)
            off.append(beside)
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    margin = (high - low) / 10
    anywhere = np.random.default_rng(seed).uniform(low - margin, high + margin, size=(random, 2))
    lon, lat = np.concatenate([*off, anywhere]).T
    return lon.copy(), lat.copy()


def ragged_city(*, columns: int, rows: int, seed: int, bends: int = 3) -> CityMap:
    """A true partition of squared paper into cells with crooked edges, in streets of two columns.

    Neighbours share every vertex. Each cell's unit is its street; each edge bends `bends` times.
    """
    rng = np.random.default_rng(seed)
    paper = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1), indexing="ij"), axis=-1)
    nodes = np.array([120.6, 31.3]) + (paper + rng.uniform(-0.2, 0.2, paper.shape)) / 1000
    edges: dict[tuple[tuple[int, int], tuple[int, int]], list[tuple[float, float]]] = {}

    def edge(one: tuple[int, int], other: tuple[int, int]) -> list[tuple[float, float]]:
        """The vertices from one node to the other, without the last."""
        if (other, one) in edges:
            return [tuple(nodes[one]), *edges[other, one][:0:-1]]
        if (one, other) not in edges:
            along = np.linspace(0, 1, bends + 2)[1:-1, None]
            # To the sides only, and less the nearer to a node: no edge crosses itself or one that it meets there.
            aside = np.array([nodes[one][1] - nodes[other][1], nodes[other][0] - nodes[one][0]])
            shake = aside * rng.uniform(-0.3, 0.3, (bends, 1)) * np.minimum(along, 1 - along)
            between = nodes[one] * (1 - along) + nodes[other] * along + shake
            edges[one, other] = [tuple(nodes[one]), *map(tuple, between)]
        return edges[one, other]

    areas = []
    for x in range(columns):
        for y in range(rows):
            turns = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]
            cell = Polygon([vertex for one, other in pairwise(turns) for vertex in edge(one, other)])
            areas.append(area(f"{x:03}{y:03}", cell, unit=f"s{x // 2}", level="cell"))
    for street in range((columns + 1) // 2):
        cells = [one.boundary for one in areas if one.unit == f"s{street}" and one.level == "cell"]
        areas.append(area(f"s{street}", shapely.union_all(cells), level="street"))
    assert all(one.boundary.is_valid for one in areas)
    return draw_city(*areas, levels=("street", "cell"))
