import math

import shapely
from shapely import MultiPolygon, Polygon

from geo.model import Area
from geo.wording import Name
from maps.outlines import outline
from tests.maps.worlds import area, two_towns


def wavy_border(vertices: int) -> list[tuple[float, float]]:
    """From north to south along 120.1, with ripples of a tenth of the width."""
    return [(120.1 + 0.01 * math.sin(step / 7), 31.1 - 0.1 * step / (vertices - 1)) for step in range(vertices)]


def river_border(vertices: int) -> list[Area]:
    """Two areas on both sides of a border with many vertices."""
    border = wavy_border(vertices)
    west = Polygon([(120.0, 31.0), (120.0, 31.1), *border])
    east = Polygon([(120.2, 31.1), (120.2, 31.0), *reversed(border)])
    return [
        Area("admin", "bank", code, Name(en=code), MultiPolygon([side])) for code, side in (("e", east), ("w", west))
    ]


def test_no_gap_opens_along_a_simplified_border() -> None:
    areas = river_border(2_000)
    [bank] = outline(areas, territory="admin", vertex_budget=2_000).drawn
    assert shapely.get_num_coordinates(bank.shapes).sum() <= 1_000
    assert shapely.union_all(bank.shapes).area == sum(shape.area for shape in bank.shapes)
    assert shapely.union_all(bank.shapes).geom_type == "Polygon"


def test_the_territory_comes_first_and_levels_run_from_coarse_to_fine() -> None:
    world = two_towns()
    for territory, expected in (
        ("admin", [("admin", "town", 0), ("admin", "half", 1), ("sanitation", "area", 0)]),
        ("sanitation", [("sanitation", "area", 0), ("admin", "town", 0), ("admin", "half", 1)]),
    ):
        drawn = outline(world.areas, territory=territory).drawn
        assert [(level.scheme, level.level, level.depth) for level in drawn] == expected


def test_a_level_that_does_not_fit_is_left_out_by_name() -> None:
    cells = [
        area("admin", "cell", f"c{number:04}", (120 + number * 2e-4, 31.0, 120 + (number + 1) * 2e-4, 31.1))
        for number in range(1_000)
    ]
    world = two_towns()
    outlines = outline([*world.areas[:6], *cells], territory="admin", vertex_budget=1_000)
    assert outlines.left_out == (("admin", "cell"),)
    assert [level.level for level in outlines.drawn] == ["town", "half"]


def test_the_first_level_is_drawn_even_beyond_the_budget() -> None:
    outlines = outline(river_border(2_000), territory="admin", vertex_budget=4)
    assert [level.level for level in outlines.drawn] == ["bank"]
    assert outlines.left_out == ()


def test_the_bounds_hold_all_areas() -> None:
    assert outline(two_towns().areas, territory="admin").bounds == (120.0, 31.0, 120.2, 31.1)
