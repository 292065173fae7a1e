"""Cities for maps that can be drawn on paper.

Two towns side by side, each of two halves; the sanitation scheme crosses them.

    31.10 +---------+---------+
          | w1 | w2 | e1 | e2 |      north: sanitation S1
          |    |    |    |    |
    31.00 +---------+---------+      south: sanitation S2
        120.00    120.10    120.20
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shapely import MultiPolygon, box

from geo.model import Area, City, Level, Scheme
from geo.wording import Name

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "`${alert(1)}`",
    "</script><script>alert(1)</script>",
    "\"'><svg onload=alert(1)>",
    "{{ 7 * 7 }} {% raw %}",
    "\\u0024{alert(1)} \\`",
)

ADDRESS = re.compile(r"""(?:src|href|action|poster|data)\s*=\s*["']?\s*((?:[a-z]+:)?//[^"'\s>]*)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class World:
    """What a page is made from."""

    city: City
    areas: tuple[Area, ...]
    schemes: tuple[Scheme, ...]


def area(
    scheme: str,
    level: str,
    code: str,
    edges: tuple[float, float, float, float],
    *,
    parent: str | None = None,
    name: Name | None = None,
) -> Area:
    """A rectangle (west, south, east, north)."""
    boundary = MultiPolygon([box(*edges)])
    return Area(scheme, level, code, name or Name(zh=f"{code}区", en=f"Area {code}"), boundary, parent=parent)


def two_towns() -> World:
    areas = (
        area("admin", "town", "e", (120.10, 31.0, 120.20, 31.1), name=Name(zh="东镇", en="East Town")),
        area("admin", "town", "w", (120.00, 31.0, 120.10, 31.1), name=Name(zh="西镇", en="West Town")),
        area("admin", "half", "e1", (120.10, 31.0, 120.15, 31.1), parent="e"),
        area("admin", "half", "e2", (120.15, 31.0, 120.20, 31.1), parent="e"),
        area("admin", "half", "w1", (120.00, 31.0, 120.05, 31.1), parent="w"),
        area("admin", "half", "w2", (120.05, 31.0, 120.10, 31.1), parent="w"),
        area("sanitation", "area", "S1", (120.00, 31.05, 120.20, 31.1)),
        area("sanitation", "area", "S2", (120.00, 31.00, 120.20, 31.05)),
    )
    schemes = (
        Scheme(
            "admin",
            Name(zh="行政区划", en="Administration"),
            (Level("town", Name(zh="镇", en="Town")), Level("half", Name(zh="半镇", en="Half"))),
        ),
        Scheme("sanitation", Name(zh="环卫", en="Sanitation"), (Level("area", Name(zh="责任区", en="Area")),)),
    )
    city = City(name=Name(zh="双镇", en="Two Towns"), territory="admin", timezone="Asia/Shanghai")
    return World(city, areas, schemes)


def hostile_city() -> World:
    """Every name is an attack: the city's, its note's, the schemes', the levels' and the areas'."""
    areas = tuple(
        area(
            "admin",
            "row",
            code=f"{number} {attack}",
            edges=(120.0 + 0.05 * number, 31.0, 120.05 + 0.05 * number, 31.1),
            name=Name(zh=attack),
        )
        for number, attack in enumerate(HOSTILE)
    )
    level = Level("row", Name(zh=HOSTILE[3]))
    city = City(name=Name(zh=HOSTILE[3]), territory="admin", note=Name(zh=" ".join(HOSTILE)))
    return World(city, areas, (Scheme("admin", Name(zh=HOSTILE[0]), (level,)),))


def markup(page: str) -> str:
    """The page without the content of its scripts and styles."""
    return re.sub(r"(<(script|style)[^>]*>).*?(</\2>)", r"\1\3", page, flags=re.DOTALL)


def map_script(page: str) -> str:
    """The script that folium wrote."""
    [script] = [text for text in re.findall(r"<script>(.*?)</script>", page, re.DOTALL) if "L.map(" in text[:200]]
    return str(script)


def foreign_addresses(page: str) -> Sequence[str]:
    """The addresses in a page's markup that lead to another host."""
    return ADDRESS.findall(markup(page))


def assert_inert(page: str) -> None:
    """Nothing that the attacks bring is an element, and none stands where folium's script could run it."""
    for tag in ("<img src=x", "<svg onload", "<script>alert"):
        assert tag not in page
    assert "alert(1)" in page, "the attacks did not reach the page"
    assert "${alert" not in map_script(page)
    assert "`" not in re.sub(r"`<t[rd]>.*?`", "", map_script(page), flags=re.DOTALL)
