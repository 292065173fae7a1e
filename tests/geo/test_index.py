"""Which set of boundaries holds a position: inside, on the edge, nowhere."""

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon

from geo.index import BoundaryIndex, Cover
from tests.geo.small_worlds import corner, ground, square

NOWHERE = Cover((), ())


def index_of(*polygons):
    boundaries = np.array([MultiPolygon([polygon]) for polygon in polygons], dtype=object)
    return BoundaryIndex(boundaries)


def covers_at(index, *places):
    """The cover at each place of the squared paper."""
    lon, lat = np.array([corner(x, y) for x, y in places], dtype=np.float64).reshape(-1, 2).T
    sets = index.sets_at(lon=lon, lat=lat)
    assert len(sets.ids) == len(places)
    return [sets.covers[i] for i in sets.ids]


WEST, EAST = square(0, 0, 4, 4), square(4, 0, 8, 4)


def test_a_position_inside_one_of_two_is_in_that_one_only():
    assert covers_at(index_of(WEST, EAST), (1, 1), (7, 3)) == [Cover((0,), ()), Cover((1,), ())]


def test_a_position_on_the_shared_line_is_on_the_edge_of_both_and_inside_neither():
    assert covers_at(index_of(WEST, EAST), (4, 1), (4, 4), (4, 0)) == [Cover((), (0, 1))] * 3


def test_a_position_on_an_outer_line_or_corner_is_on_the_edge_of_one():
    assert covers_at(index_of(WEST, EAST), (0, 2), (0, 0), (8, 4), (6, 0)) == [
        Cover((), (0,)),
        Cover((), (0,)),
        Cover((), (1,)),
        Cover((), (1,)),
    ]


def test_the_smallest_step_off_the_line_is_on_one_side():
    lon, lat = corner(4, 1)
    sides = np.array([np.nextafter(lon, -np.inf), np.nextafter(lon, np.inf)])
    sets = index_of(WEST, EAST).sets_at(lon=sides, lat=np.array([lat, lat]))
    assert [sets.covers[i] for i in sets.ids] == [Cover((0,), ()), Cover((1,), ())]


def test_a_position_that_no_boundary_comes_near_is_nowhere():
    assert covers_at(index_of(WEST, EAST), (500, 500)) == [NOWHERE]


def test_a_position_in_the_box_of_a_boundary_but_outside_it_is_nowhere():
    triangle = ground((0, 0), (4, 0), (0, 4))
    assert covers_at(index_of(triangle), (3, 3)) == [NOWHERE]


def test_a_position_within_a_hole_is_nowhere_and_on_its_rim_on_the_edge():
    ring = ground((0, 0), (8, 0), (8, 8), (0, 8), holes=(((3, 3), (5, 3), (5, 5), (3, 5)),))
    assert covers_at(index_of(ring), (4, 4), (3, 4), (2, 4)) == [NOWHERE, Cover((), (0,)), Cover((0,), ())]


def test_a_position_in_an_overlap_is_inside_both_and_on_the_edge_of_one_inside_the_other():
    index = index_of(square(0, 0, 5, 4), square(4, 0, 9, 4))
    assert covers_at(index, (4.5, 2), (4, 2), (5, 2)) == [Cover((0, 1), ()), Cover((0,), (1,)), Cover((1,), (0,))]


def test_every_part_of_a_boundary_counts():
    boundaries = np.array([MultiPolygon([square(0, 0, 1, 1), square(5, 5, 6, 6)])], dtype=object)
    found = covers_at(BoundaryIndex(boundaries), (0.5, 0.5), (5.5, 5.5), (3, 3), (5, 5))
    assert found == [Cover((0,), ()), Cover((0,), ()), NOWHERE, Cover((), (0,))]


def test_numbers_in_a_cover_ascend_however_many_boundaries_meet():
    around = [square(x, y, x + 2, y + 2) for x in (2, 0) for y in (2, 0)]
    assert covers_at(index_of(*around, square(1, 1, 3, 3)), (2, 2)) == [Cover((4,), (0, 1, 2, 3))]


def test_each_different_set_is_listed_once():
    sets = index_of(WEST, EAST).sets_at(
        lon=np.array([corner(x, 1)[0] for x in (1, 2, 3, 5, 6, 4, 4, 50)]), lat=np.full(8, corner(0, 1)[1])
    )
    assert len(sets.covers) == 4
    assert len(set(sets.covers)) == 4


def test_no_position_at_all_is_answered_with_nothing():
    assert covers_at(index_of(WEST, EAST)) == []


def test_without_any_boundary_every_position_is_nowhere():
    assert covers_at(BoundaryIndex(np.array([], dtype=object)), (1, 1), (2, 2)) == [NOWHERE, NOWHERE]


@pytest.mark.parametrize("count", [1, 7, 300])
def test_positions_asked_together_are_answered_as_if_asked_alone(count):
    index = index_of(WEST, EAST, square(3, 1, 6, 3), ground((0, 4), (8, 4), (4, 8)))
    rng = np.random.default_rng(count)
    places = [tuple(place) for place in rng.integers(-1, 10, size=(count, 2)).tolist()]
    assert covers_at(index, *places) == [covers_at(index, place)[0] for place in places]


def test_the_boundaries_given_are_the_ones_that_are_kept():
    index = index_of(WEST, EAST)
    assert shapely.equals_exact(index.boundaries[1], MultiPolygon([EAST]))
