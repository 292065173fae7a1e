"""Officially recorded units against the map: who agrees, and how far outside the others lie."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely import MultiPolygon, Polygon

from geo.verify.compare import Agreed, AgreedSample, compare, joined
from geo.verify.distance import signed_distance_m
from geo.verify.ground import ground_of
from geo.verify.summary import WITHIN_M, WORST, outside_m_of, summarise
from tests.geo.small_worlds import (
    STEP_EAST_M,
    STEP_NORTH_M,
    area,
    corner,
    crossing_schemes,
    draw_city,
    gap_and_overlap,
    open_atlas,
    square,
    three_corners,
    two_levels,
    two_towns,
)

GEODESIC = Geod(ellps="WGS84")
NOT_ANYWHERE = (float("nan"), float("nan"))


def compared(ground, *rows):
    """What comes of comparing rows (label, x, y) on the squared paper."""
    places = [NOT_ANYWHERE if x is None else corner(x, y) for _, x, y in rows]
    lon, lat = np.array(places, dtype=np.float64).reshape(-1, 2).T
    return compare(ground, labels=[label for label, _, _ in rows], lon=lon, lat=lat)


def summed(ground, *parts):
    """The verification of parts that were compared."""
    whole = joined(parts)
    return summarise(ground, whole, outside_m_of(ground, whole))


def verified(city_map, *rows, scheme="admin", level="town"):
    """The verification of rows (label, x, y) on the squared paper."""
    ground = ground_of(open_atlas(city_map), scheme=scheme, level=level)
    return summed(ground, compared(ground, *rows)[0])


def distance_at(polygon, x, y):
    """The signed distance at a place of the squared paper."""
    lon, lat = corner(x, y)
    (distance_m,) = signed_distance_m(MultiPolygon([polygon]), lon=np.array([lon]), lat=np.array([lat]))
    return distance_m


def looked_distance_m(polygon, lon, lat):
    """Metres to a border by looking: geodesics to places on every edge, closer and closer around the nearest."""
    nearest_m = np.inf
    for ring in (polygon.exterior, *polygon.interiors):
        for start, end in pairwise(np.array(ring.coords)):
            first, last = 0.0, 1.0
            for _ in range(4):
                along = np.linspace(first, last, 41)
                lons, lats = (start + along[:, np.newaxis] * (end - start)).T
                _, _, metres = GEODESIC.inv(np.full_like(lons, lon), np.full_like(lats, lat), lons, lats)
                best = int(metres.argmin())
                first, last = along[max(best - 1, 0)], along[min(best + 1, 40)]
            nearest_m = min(nearest_m, metres[best])
    return nearest_m


def test_a_label_agrees_when_its_area_holds_the_position():
    found = verified(two_towns(), ("west", 1, 1), ("east", 7, 3), ("east", 1, 1))
    assert (found.agreeing, found.disagreeing, found.compared) == (2, 1, 3)
    assert found.agreement() == 2 / 3


def test_on_the_shared_line_both_neighbours_are_right():
    found = verified(two_towns(), ("west", 4, 1), ("east", 4, 1), ("west", 4, 0), ("east", 4, 4))
    assert found.agreement() == 1.0


def test_on_the_outer_line_the_area_is_right():
    assert verified(two_towns(), ("west", 0, 2), ("east", 8, 4)).agreement() == 1.0


def test_in_an_overlap_both_areas_are_right():
    assert verified(gap_and_overlap(), ("a", 4.5, 1), ("b", 4.5, 1), ("c", 4.5, 1)).agreement() == 2 / 3


def test_only_areas_of_the_level_asked_for_count():
    rows = ("d1", 1, 1), ("d1", 3, 3), ("c1", 3, 3)
    assert verified(two_levels(), *rows, level="district").agreement() == 2 / 3
    assert verified(two_levels(), *rows, level="cell").agreement() == 1 / 3
    assert verified(crossing_schemes(), ("south", 1, 1), scheme="wash", level="round").agreement() == 1.0


def test_rows_without_a_label_or_a_position_are_counted_apart():
    found = verified(
        two_towns(), (None, 1, 1), (None, None, None), ("west", None, None), ("west", 1, 1), ("east", 1, 1)
    )
    assert (found.without_label, found.without_position, found.compared) == (2, 1, 2)
    assert found.agreement() == 0.5


def test_nothing_to_compare_has_no_agreement():
    for rows in ((), ((None, 1, 1),)):
        found = verified(two_towns(), *rows)
        assert (found.compared, found.agreement(), found.within, found.worst) == (0, None, (0, 0, 0, 0), ())


def test_without_any_part_nothing_was_compared():
    assert summed(ground_of(open_atlas(two_towns()), scheme="admin", level="town")).agreement() is None


def test_a_label_that_no_area_has_disagrees_and_is_listed_apart():
    found = verified(two_towns(), ("south", 1, 1), ("south", 7, 1), ("North", 20, 1), ("west", 5, 1))
    assert (found.agreement(), found.disagreeing) == (0.0, 4)
    assert (found.unknown_rows, found.unknown_labels, found.unknown) == (3, 2, (("south", 2), ("North", 1)))
    assert (found.within[-1], found.beyond, found.borders) == (1, 0, 1)


def test_labels_are_compared_letter_by_letter():
    found = verified(draw_city(area("7", square(0, 0, 4, 4))), ("7", 1, 1), ("07", 1, 1), ("7.0", 1, 1))
    assert found.agreeing == 1
    assert found.unknown == (("07", 1), ("7.0", 1))


def test_disagreements_are_counted_by_their_distance_to_the_recorded_area():
    steps = [0.5 / STEP_EAST_M, 0.9 / STEP_EAST_M, 4.9 / STEP_EAST_M, 19 / STEP_EAST_M, 99 / STEP_EAST_M, 3]
    found = verified(two_towns(), ("west", 1, 1), *(("west", 4 + step, 1) for step in steps))
    assert WITHIN_M == (1.0, 5.0, 20.0, 100.0)
    assert (found.within, found.beyond) == ((2, 3, 4, 5), 1)
    assert [found.agreement(forgiven=rows) for rows in found.within] == [3 / 7, 4 / 7, 5 / 7, 6 / 7]


def test_the_worst_border_has_most_rows_with_their_median_and_an_example():
    found = verified(two_towns(), ("east", 3, 1), *(("west", 4 + step, 1) for step in (0.1, 0.2, 0.7)))
    assert found.borders == 2
    worst, other = found.worst
    assert (worst.recorded.code, worst.found.code, worst.rows) == ("west", "east", 3)
    assert worst.median_m == pytest.approx(0.2 * STEP_EAST_M, abs=0.05)
    assert (worst.example_lon, worst.example_lat) == corner(4.2, 1)
    assert (other.recorded.code, other.found.code, other.rows) == ("east", "west", 1)
    assert other.median_m == pytest.approx(STEP_EAST_M, abs=0.05)


def test_a_row_in_no_area_lies_with_nobody():
    found = verified(gap_and_overlap(), ("b", 9.5, 1))
    assert [(border.recorded.code, border.found) for border in found.worst] == [("b", None)]


def test_of_several_areas_that_hold_a_row_the_tie_rule_names_one():
    found = verified(gap_and_overlap(), ("c", 4.5, 1), ("c", 4, 1))
    assert [(border.found.code, border.rows) for border in found.worst] == [("a", 2)]
    found = verified(three_corners(), ("a", 4, 3))
    assert [border.found.code for border in found.worst] == ["b"]


def test_borders_with_equally_many_rows_stand_in_the_order_of_codes():
    found = verified(three_corners(), ("c", 2, 1), ("b", 2, 1), ("b", 20, 1), ("a", 2, 3))
    pairs = [(border.recorded.code, border.found.code if border.found else None) for border in found.worst]
    assert pairs == [("a", "b"), ("b", None), ("b", "a"), ("c", "a")]


def test_only_the_worst_are_named_and_all_are_counted():
    towns = [area(f"{i:02}", square(i, 0, i + 1, 1)) for i in range(WORST + 3)]
    rows = [(f"{i:02}", i + 1.5, 0.5) for i in range(WORST + 3)]
    nowhere = [(f"no {i}", 0.5, 0.5) for i in range(WORST + 3)]
    found = verified(draw_city(*towns), *rows, *nowhere)
    assert (found.borders, len(found.worst)) == (WORST + 3, WORST)
    assert (found.unknown_labels, len(found.unknown)) == (WORST + 3, WORST)


def test_parts_make_the_same_verification_as_the_whole():
    rows = [("west", 1, 1), ("west", 5, 1), ("south", 1, 1), (None, 1, 1), ("east", 3.5, 1), ("east", None, None)]
    ground = ground_of(open_atlas(two_towns()), scheme="admin", level="town")
    parts = [compared(ground, *share)[0] for share in (rows[:2], rows[2:4], [], rows[4:])]
    assert summed(ground, *parts) == verified(two_towns(), *rows)


def test_a_comparison_keeps_the_numbers_of_the_rows_that_disagree():
    ground = ground_of(open_atlas(two_towns()), scheme="admin", level="town")
    lon, lat = np.array([NOT_ANYWHERE, corner(1, 1), corner(5, 1)]).T
    part, agreed = compare(ground, labels=["west"] * 3, lon=lon, lat=lat, seconds=np.arange(3.0), first_row=100)
    assert (part.rows.tolist(), part.seconds.tolist()) == ([102], [2.0])
    assert (agreed.area.tolist(), agreed.seconds.tolist()) == ([ground.numbers["west"]], [1.0])


@pytest.mark.parametrize("rows", [0, 1, 10, 21, 40, 41, 1_000, 1_023])
def test_of_the_agreeing_rows_an_even_part_is_kept_that_stands_for_all(rows):
    whole = np.arange(rows)
    for share in (1, 7, 2_000):
        sample = AgreedSample(kept=10)
        for start in range(0, rows, share):
            some = whole[start : start + share]
            sample.add(Agreed(some, some * 1.0, some * 1.0, some * 1.0))
        kept = sample.rows()
        assert len(kept.area) <= 20
        assert len(kept.area) * kept.weight == pytest.approx(rows)
        assert len(set(np.diff(kept.area).tolist())) <= 1
        assert kept.area[:1].tolist() == whole[:1].tolist()


def test_the_distance_is_negative_inside_positive_outside_and_zero_on_the_line():
    town = square(0, 0, 4, 4)
    assert distance_at(town, 5, 2) == pytest.approx(STEP_EAST_M, abs=0.05)
    assert distance_at(town, 2, 6) == pytest.approx(2 * STEP_NORTH_M, abs=0.05)
    assert distance_at(town, 3, 2) == pytest.approx(-STEP_EAST_M, abs=0.05)
    assert distance_at(town, 7, 8) == pytest.approx(np.hypot(3 * STEP_EAST_M, 4 * STEP_NORTH_M), abs=0.1)
    assert distance_at(town, 4, 2) == 0.0
    assert distance_at(town, 4, 4) == 0.0


def test_on_a_sloping_line_the_distance_is_zero_and_not_a_rounding():
    east = np.linspace(0.0, 3.0, 1_025)
    slope = MultiPolygon([Polygon([(0, 0), (3, 1), (0, 1)])])
    assert not signed_distance_m(slope, lon=east, lat=east / 3).any()


def test_in_a_hole_the_distance_is_to_the_hole():
    ring = Polygon(square(0, 0, 8, 8).exterior, [square(3, 3, 5, 5).exterior])
    assert distance_at(ring, 4, 3.5) == pytest.approx(0.5 * STEP_NORTH_M, abs=0.05)
    assert distance_at(ring, 2.5, 4) == pytest.approx(-0.5 * STEP_EAST_M, abs=0.05)


def test_the_nearest_part_of_an_area_counts():
    parts = MultiPolygon([square(0, 0, 1, 1), square(10, 0, 11, 1)])
    lon, lat = np.array([corner(2, 0.5), corner(9.5, 0.5)]).T
    distances_m = signed_distance_m(parts, lon=lon, lat=lat)
    assert distances_m == pytest.approx([STEP_EAST_M, 0.5 * STEP_EAST_M], abs=0.05)


def test_a_repeated_corner_changes_nothing():
    repeated = Polygon([corner(x, y) for x, y in ((0, 0), (4, 0), (4, 0), (4, 4), (0, 4))])
    for x, y in ((5, 2), (5, -1), (4, 0)):
        assert distance_at(repeated, x, y) == distance_at(square(0, 0, 4, 4), x, y)


def test_no_positions_have_no_distances():
    nothing = np.array([], dtype=np.float64)
    assert signed_distance_m(MultiPolygon([square(0, 0, 1, 1)]), lon=nothing, lat=nothing).shape == (0,)


@pytest.mark.parametrize("lat", [-70.0, 0.0, 31.0, 60.0])
@pytest.mark.parametrize("radius_m", [10.0, 1_000.0, 8_000.0])
def test_from_the_middle_of_a_lake_the_nearest_shore_is_found_to_a_decimetre(lat, radius_m):
    # All shores are about as near, so a wrong one is easily taken.
    bearings = np.linspace(0.0, 360.0, 24, endpoint=False)
    shore, coast = (
        np.column_stack(GEODESIC.fwd(*np.broadcast_arrays(120.0, lat, bearings, radius))[:2])
        for radius in (radius_m, 3 * radius_m)
    )
    land = Polygon(coast, [shore])
    lons, lats, _ = GEODESIC.fwd(*np.broadcast_arrays(120.0, lat, bearings[::5], np.linspace(0, 0.5, 5) * radius_m))
    found = signed_distance_m(MultiPolygon([land]), lon=lons, lat=lats)
    looked = [looked_distance_m(land, lon, lat) for lon, lat in zip(lons, lats, strict=True)]
    assert found == pytest.approx(looked, abs=0.1)


def test_an_edge_that_only_seems_farther_on_the_plane_of_the_area_is_found():
    # Two arms and a bar across their north end, 89 km high. The plane that touches the middle draws east and west too
    # wide in the north, so that from between the arms the bar seems to be the nearest, and is not.
    arms = [shapely.box(20.0, 59.6, 20.1, 60.4), shapely.box(20.32, 59.6, 20.42, 60.4)]
    bar = shapely.box(20.0, 60.38, 20.42, 60.4)
    land = shapely.union_all([*arms, bar])
    lon, lat = 20.21, 60.3253
    arm_m, bar_m = looked_distance_m(arms[0], lon, lat), looked_distance_m(bar, lon, lat)
    assert 10.0 < bar_m - arm_m < 50.0
    (found,) = signed_distance_m(MultiPolygon([land]), lon=np.array([lon]), lat=np.array([lat]))
    assert found == pytest.approx(arm_m, abs=0.1)


def test_a_position_on_the_other_side_of_the_world_has_a_distance():
    (found,) = signed_distance_m(MultiPolygon([square(0, 0, 4, 4)]), lon=np.array([0.0]), lat=np.array([0.0]))
    _, _, metres = GEODESIC.inv(0.0, 0.0, *corner(0, 0))
    assert found == pytest.approx(metres, abs=1_000.0)


def test_across_the_antimeridian_the_way_is_the_short_one():
    town = MultiPolygon([shapely.box(179.98, 10.0, 179.99, 10.01)])
    (found,) = signed_distance_m(town, lon=np.array([-179.99]), lat=np.array([10.005]))
    _, _, metres = GEODESIC.inv(179.99, 10.005, -179.99, 10.005)
    assert found == pytest.approx(metres, abs=0.01)
