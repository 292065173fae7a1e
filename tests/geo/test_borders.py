"""The border of two areas: the line they share, a stretch of it, and the ground along it."""

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon

from geo.crs import areas_m2
from geo.errors import InvalidInput
from geo.model import Area
from geo.portions import lengths_m
from geo.position import Position
from geo.register.borders import band_along, border_of
from geo.wording import Name

# 0.001 degrees on the equator: 111.3 m east, 110.6 m north.
STEP = 0.001


def area(code: str, *boxes: tuple[float, float, float, float], hole: tuple[float, float, float, float] | None = None):
    """An area of boxes (west, south, east, north) in steps."""
    ground = shapely.union_all([shapely.box(*(STEP * side for side in sides)) for sides in boxes])
    if hole is not None:
        ground = ground.difference(shapely.box(*(STEP * side for side in hole)))
    boundary = ground if isinstance(ground, MultiPolygon) else MultiPolygon([ground])
    return Area("admin", "street", code, Name(en=code), boundary)


def at(x: float, y: float) -> Position:
    return Position(lon=STEP * x, lat=STEP * y)


BRIDGE = area("N", (0, 2, 3, 4), (3, 3, 6, 4), (6, 2, 9, 4))
WEST, EAST = area("W", (0, 0, 4, 4)), area("E", (4, 0, 8, 4))


def test_neighbours_share_the_line_between_them_whichever_is_named_first():
    for one, other in ((WEST, EAST), (EAST, WEST)):
        line = border_of(one, other)
        assert line.bounds == pytest.approx((4 * STEP, 0, 4 * STEP, 4 * STEP))
        assert lengths_m(np.array([line]))[0] == pytest.approx(442.3, abs=0.2)


def test_a_corner_that_only_one_of_them_has_parts_nothing():
    """The western side has a corner in the middle of the border, a fraction of a millimetre off the straight line."""
    bent = shapely.Polygon([(0, 0), (4 * STEP, 0), (4 * STEP + 2e-9, 2.3 * STEP), (4 * STEP, 4 * STEP), (0, 4 * STEP)])
    line = border_of(Area("admin", "street", "W", Name(en="W"), MultiPolygon([bent])), EAST)
    assert len(line.geoms) == 1
    assert lengths_m(np.array([line]))[0] == pytest.approx(442.3, abs=0.2)


def test_a_stretch_runs_from_the_one_place_to_the_other_and_its_ground_ends_flat():
    line = border_of(WEST, EAST, ends=(at(4, 3), at(4.1, 1)))
    assert line.bounds == pytest.approx((4 * STEP, STEP, 4 * STEP, 3 * STEP), abs=1e-9)
    ground = band_along(line, width_m=10.0)
    assert areas_m2(np.array([ground]))[0] == pytest.approx(20 * 221.15, rel=1e-3)
    assert ground.bounds[1] == pytest.approx(STEP, abs=1e-8)


def test_around_an_island_the_shorter_way_is_taken():
    island, lake = area("I", (1, 1, 3, 3)), area("L", (0, 0, 4, 4), hole=(1, 1, 3, 3))
    assert lengths_m(np.array([border_of(island, lake)]))[0] == pytest.approx(8 * 111, rel=0.01)
    for ends in ((at(1, 2), at(2, 1)), (at(2, 1), at(1, 2))):
        assert lengths_m(np.array([border_of(island, lake, ends=ends)]))[0] == pytest.approx(2 * 111, rel=0.01)
    assert lengths_m(np.array([border_of(island, lake, ends=(at(3, 2), at(2, 3)))]))[0] == pytest.approx(222, rel=0.01)


@pytest.mark.parametrize(
    ("one", "other", "ends", "said"),
    [
        (WEST, area("F", (5, 0, 8, 4)), None, "no border in common"),
        (WEST, area("C", (4, 4, 8, 8)), None, "no border in common"),
        (WEST, WEST, None, "both sides of the border are the area W"),
        (WEST, EAST, (at(4, 1), at(6, 3)), "222.6 m away from the border of W and E, more than 100 m"),
        (WEST, EAST, (at(4, 1), at(4.2, 1)), "both ends are one place"),
        (area("S", (0, 0, 9, 2)), BRIDGE, (at(1, 2), at(8, 2)), "2 stretches"),
    ],
    ids=["a gap", "a corner", "itself", "off the line", "one place", "two stretches"],
)
def test_what_is_no_border_is_refused(one, other, ends, said):
    with pytest.raises(InvalidInput) as refusal:
        border_of(one, other, ends=ends)
    assert said in refusal.value.say("en")
    assert refusal.value.say("zh") != refusal.value.say("en")
