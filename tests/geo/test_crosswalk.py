"""Two levels over each other, on squared paper and against the sample city."""

import numpy as np
import pytest
import shapely

from geo.atlas import Atlas
from geo.crosswalk import Crosswalk, areas_of_level, cross
from geo.crs import areas_m2
from geo.errors import NotFound
from tests.geo.small_worlds import STEP_EAST_M, STEP_NORTH_M, area, draw_city, open_atlas, square

STEP_M2 = STEP_EAST_M * STEP_NORTH_M


def two_schemes() -> Atlas:
    """Two towns of 4 by 4 steps, and over them three police areas.

    +----+---+--+----+ 4     west: x 0 to 4, east: x 4 to 8
    | p1 | p2|p2| .. |       p1: x 0 to 2, p2: x 2 to 6, p3: x 7 to 9, so that x 6 to 7 is no police area's
    +----+---+--+----+ 0
    """
    return open_atlas(
        draw_city(
            area("west", square(0, 0, 4, 4)),
            area("east", square(4, 0, 8, 4)),
            area("p1", square(0, 0, 2, 4), scheme="police", level="beat", unit=None),
            area("p2", square(2, 0, 6, 4), scheme="police", level="beat", unit=None),
            area("p3", square(7, 0, 9, 4), scheme="police", level="beat", unit=None),
            other_schemes=(("police", ("beat",)),),
        )
    )


def crossed(atlas: Atlas, first: str, second: str, *, at_least_m2: float = 1.0) -> Crosswalk:
    return cross(areas_of_level(atlas, first), areas_of_level(atlas, second), at_least_m2=at_least_m2)


def test_every_overlapping_pair_has_its_ground_and_both_shares() -> None:
    found = crossed(two_schemes(), "admin/town", "police/beat")
    pairs = {(pair.first.code, pair.second.code): (pair.of_first, pair.of_second) for pair in found.shared}
    assert list(pairs) == [("east", "p2"), ("east", "p3"), ("west", "p1"), ("west", "p2")]
    assert pairs == {
        ("east", "p2"): pytest.approx((0.5, 0.5), rel=1e-6),
        ("east", "p3"): pytest.approx((0.25, 0.5), rel=1e-6),
        ("west", "p1"): pytest.approx((0.5, 1.0), rel=1e-6),
        ("west", "p2"): pytest.approx((0.5, 0.5), rel=1e-6),
    }
    assert found.shared[0].area_m2 == pytest.approx(8 * STEP_M2, rel=1e-3)


def test_what_lies_outside_the_other_level_is_listed_for_both() -> None:
    found = crossed(two_schemes(), "admin/town", "police/beat")
    assert [(one.area.code, round(one.share, 6)) for one in found.first_outside] == [("east", 0.25)]
    assert [(one.area.code, round(one.share, 6)) for one in found.second_outside] == [("p3", 0.5)]
    assert found.first_outside[0].area_m2 == pytest.approx(4 * STEP_M2, rel=1e-3)


def test_turned_round_it_says_the_same() -> None:
    there, back = (
        crossed(two_schemes(), *pair) for pair in (("admin/town", "police/beat"), ("police/beat", "admin/town"))
    )
    assert [(p.second.code, p.first.code, p.area_m2, p.of_second, p.of_first) for p in back.shared] == sorted(
        ((p.first.code, p.second.code, p.area_m2, p.of_first, p.of_second) for p in there.shared),
        key=lambda row: (row[1], row[0]),
    )
    assert (back.first_outside, back.second_outside) == (there.second_outside, there.first_outside)


def test_slivers_are_left_out_and_neighbours_that_only_touch_too() -> None:
    sliver = square(3.99999, 0, 8, 4)  # a millimetre over the border, along 443 m: 0.4 m²
    city = draw_city(
        area("west", square(0, 0, 4, 4)),
        area("over", sliver, scheme="police", level="beat", unit=None),
        other_schemes=(("police", ("beat",)),),
    )
    atlas = open_atlas(city)
    assert crossed(atlas, "admin/town", "police/beat").shared == ()
    (pair,) = crossed(atlas, "admin/town", "police/beat", at_least_m2=0.1).shared
    assert 0.3 < pair.area_m2 < 0.5


def test_ground_that_two_areas_of_a_level_share_lies_outside_once() -> None:
    city = draw_city(
        area("whole", square(0, 0, 8, 4)),
        area("p1", square(0, 0, 5, 4), scheme="police", level="beat", unit=None),
        area("p2", square(3, 0, 6, 4), scheme="police", level="beat", unit=None),
        other_schemes=(("police", ("beat",)),),
    )
    found = crossed(open_atlas(city), "admin/town", "police/beat")
    assert [round(pair.of_first, 3) for pair in found.shared] == [0.625, 0.375]
    assert [round(one.share, 3) for one in found.first_outside] == [0.25]


def test_a_level_that_is_not_there_is_refused_with_those_that_are() -> None:
    for text in ("police/cell", "police", "", "admin/town/", "/"):
        with pytest.raises(NotFound, match="admin/town, police/beat"):
            areas_of_level(two_schemes(), text)


@pytest.mark.parametrize("seed", range(8))
def test_the_shared_grounds_are_those_of_every_intersection(seed: int) -> None:
    random = np.random.default_rng(seed)
    boxes = [
        [
            square(x, y, x + w, y + h)
            for x, y, w, h in np.column_stack([random.uniform(0, 8, (6, 2)), random.uniform(1, 4, (6, 2))])
        ]
        for _ in range(2)
    ]
    ones = [area(f"a{i}", one) for i, one in enumerate(boxes[0])]
    others = [area(f"b{i}", one) for i, one in enumerate(boxes[1])]
    found = cross(ones, others, at_least_m2=0.0)
    expected = {
        (a.code, b.code): float(areas_m2(np.array([shapely.intersection(a.boundary, b.boundary)]))[0])
        for a in ones
        for b in others
        if a.boundary.intersection(b.boundary).area > 0.0
    }
    assert {(p.first.code, p.second.code): p.area_m2 for p in found.shared} == pytest.approx(expected, rel=1e-9)
    for one in found.first_outside:
        rest = one.area.boundary.difference(shapely.union_all([b.boundary for b in others]))
        assert one.area_m2 == pytest.approx(float(areas_m2(np.array([rest]))[0]), rel=1e-9)
