"""Overlaps, gaps and parents, on squared paper: a unit of paper is a degree, a square degree some 12,300 km²."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geo.coverage import find_gaps, find_outside, find_overlaps, parents_by_overlap
from geo.crs import areas_m2
from geo.shapes import Geometries

HUNDRED_KM2 = 1e8


def paper(*grounds: shapely.Geometry) -> Geometries:
    return np.array([MultiPolygon([ground]) for ground in grounds], dtype=object)


def parentless(boundaries: Geometries) -> Geometries:
    return np.full(len(boundaries), None, dtype=object)


def overlaps(*grounds: shapely.Geometry) -> list[tuple[int, int]]:
    return [(found.first, found.second) for found in find_overlaps(paper(*grounds), at_least_m2=1.0)]


def test_neighbours_that_share_their_edges_neither_overlap_nor_leave_a_gap() -> None:
    boundaries = paper(box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 2, 2))
    assert find_overlaps(boundaries, at_least_m2=0.0) == []
    assert find_gaps(boundaries, parentless(boundaries), at_least_m2=0.0) == []


def test_an_overlap_names_both_areas_and_its_ground() -> None:
    (overlap,) = find_overlaps(paper(box(5, 5, 6, 6), box(0, 0, 2, 1), box(1, 0, 3, 1)), at_least_m2=1.0)
    assert (overlap.first, overlap.second) == (1, 2)
    assert overlap.area_m2 == pytest.approx(areas_m2(np.array([box(1, 0, 2, 1)]))[0])


def test_an_area_inside_another_overlaps_it() -> None:
    assert overlaps(box(0, 0, 9, 9), box(4, 4, 5, 5)) == [(0, 1)]


def test_twins_overlap() -> None:
    assert overlaps(box(0, 0, 1, 1), box(0, 0, 1, 1)) == [(0, 1)]


def test_an_overlap_below_the_threshold_is_not_told() -> None:
    grounds = paper(box(0, 0, 1, 1), box(0.999, 0, 2, 1))
    assert len(find_overlaps(grounds, at_least_m2=1e7)) == 1
    assert find_overlaps(grounds, at_least_m2=1e8) == []


def frame() -> list[Polygon]:
    """Four areas around a hole from (1, 1) to (2, 2)."""
    return [box(0, 0, 3, 1), box(0, 1, 1, 2), box(2, 1, 3, 2), box(0, 2, 3, 3)]


def test_ground_enclosed_by_areas_is_a_gap_beside_them() -> None:
    boundaries = paper(*frame(), box(8, 8, 9, 9))
    (gap,) = find_gaps(boundaries, parentless(boundaries), at_least_m2=1.0)
    assert box(1, 1, 2, 2).contains(shapely.Point(gap.lon, gap.lat))
    assert gap.area_m2 == pytest.approx(areas_m2(np.array([box(1, 1, 2, 2)]))[0])
    assert gap.neighbours == (0, 1, 2, 3)


def test_a_hole_that_an_island_fills_is_no_gap() -> None:
    boundaries = paper(*frame(), box(1, 1, 2, 2))
    assert find_gaps(boundaries, parentless(boundaries), at_least_m2=1.0) == []


def test_a_gap_beside_twins_is_still_found() -> None:
    boundaries = paper(*frame(), *frame())
    assert len(find_gaps(boundaries, parentless(boundaries), at_least_m2=1.0)) == 1


def test_a_corner_on_the_neighbours_edge_leaves_no_gap() -> None:
    boundaries = paper(Polygon([(0, 40), (0, 41), (9, 41), (9, 40), (4, 40)]), box(0, 39, 9, 40))
    assert find_gaps(boundaries, parentless(boundaries), at_least_m2=1.0) == []


def test_ground_of_a_parent_that_no_child_covers_is_a_gap() -> None:
    parent = MultiPolygon([box(0, 0, 3, 1)])
    (gap,) = find_gaps(paper(box(0, 0, 1, 1), box(1, 0, 2, 1)), np.array([parent, parent]), at_least_m2=1.0)
    assert box(2, 0, 3, 1).contains(shapely.Point(gap.lon, gap.lat))
    assert gap.neighbours == (1,)


def test_a_gap_that_is_enclosed_and_in_a_parent_is_told_once() -> None:
    parent = MultiPolygon([box(0, 0, 3, 3)])
    assert len(find_gaps(paper(*frame()), np.array([parent] * 4), at_least_m2=1.0)) == 1


def test_ground_of_a_parent_that_anothers_child_covers_is_no_gap() -> None:
    west, east = MultiPolygon([box(0, 0, 2, 1)]), MultiPolygon([box(2, 0, 4, 1)])
    assert find_gaps(paper(box(0, 0, 1, 1), box(1, 0, 4, 1)), np.array([west, east]), at_least_m2=1.0) == []


def test_a_parent_without_children_is_undivided_and_no_gap() -> None:
    boundaries = paper(box(0, 0, 1, 1))
    assert find_gaps(boundaries, boundaries, at_least_m2=1.0) == []


def test_a_child_beyond_its_parent_is_told_with_the_ground_outside() -> None:
    parent = MultiPolygon([box(0, 0, 2, 2)])
    children = paper(box(0, 0, 1, 1), box(1, 0, 3, 1))
    (outside,) = find_outside(children, np.array([parent, parent]), at_least_m2=1.0)
    assert outside.child == 1
    assert outside.area_m2 == pytest.approx(areas_m2(np.array([box(2, 0, 3, 1)]))[0])
    assert find_outside(children, parentless(children), at_least_m2=1.0) == []


def test_the_parent_is_the_one_that_shares_most_ground() -> None:
    candidates = paper(box(0, 0, 1, 1), box(1, 0, 2, 1))
    children = paper(box(0.6, 0, 1.5, 1), box(0.2, 0.2, 0.4, 0.4), box(0.1, 0, 1.2, 1), box(7, 7, 8, 8))
    assert parents_by_overlap(children, candidates) == (1, 0, 0, None)


def test_of_parents_that_share_equally_the_first_is_taken() -> None:
    twins = paper(box(0, 0, 1, 1), box(0, 0, 1, 1))
    assert parents_by_overlap(paper(box(0.2, 0.2, 0.4, 0.4)), twins) == (0,)
    assert parents_by_overlap(paper(box(0.5, 0, 1.5, 1)), paper(box(0, 0, 1, 1), box(1, 0, 2, 1))) == (0,)


def test_a_neighbour_that_only_touches_is_no_parent() -> None:
    assert parents_by_overlap(paper(box(1, 0, 2, 1)), paper(box(0, 0, 1, 1))) == (None,)


@st.composite
def rectangles(draw: st.DrawFn) -> Geometries:
    """Up to eight rectangles on a paper of 6 by 6, some on top of each other."""
    grounds = []
    for _ in range(draw(st.integers(1, 8))):
        x, y = draw(st.integers(0, 5)), draw(st.integers(0, 5))
        grounds.append(box(x, y, draw(st.integers(x + 1, 6)), draw(st.integers(y + 1, 6))))
    return paper(*grounds)


SQUARES = [(x, y) for x in range(5) for y in range(5)]
sieves = st.sets(st.sampled_from(SQUARES), max_size=24).map(  # a paper of 5 by 5 with some squares left out
    lambda left_out: paper(*(box(x, y, x + 1, y + 1) for x, y in SQUARES if (x, y) not in left_out))
)


@settings(deadline=None)
@given(rectangles())
def test_overlaps_are_those_of_comparing_every_pair(boundaries: Geometries) -> None:
    pairs = [(first, second) for first in range(len(boundaries)) for second in range(first + 1, len(boundaries))]
    shared = [pair for pair in pairs if shapely.intersection(*boundaries[list(pair)]).area > 0]
    found = find_overlaps(boundaries, at_least_m2=HUNDRED_KM2)
    assert [(overlap.first, overlap.second) for overlap in found] == shared


def enclosed_squares(boundaries: Geometries) -> list[Polygon]:
    """Squares of the paper that no boundary covers and that no path over edges leads out of."""
    squares = {(x, y): box(x, y, x + 1, y + 1) for x in range(-1, 7) for y in range(-1, 7)}
    bare = {at for at, square in squares.items() if not shapely.covers(boundaries, square).any()}
    reached, ways = set(), [(-1, -1)]
    while ways:
        x, y = ways.pop()
        if (x, y) in bare - reached:
            reached.add((x, y))
            ways += [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
    return [squares[at] for at in sorted(bare - reached)]


@settings(deadline=None)
@given(sieves | rectangles())
def test_gaps_are_the_ground_from_which_no_way_leads_out(boundaries: Geometries) -> None:
    expected_m2 = areas_m2(np.array(enclosed_squares(boundaries), dtype=object)).sum()
    found = find_gaps(boundaries, parentless(boundaries), at_least_m2=HUNDRED_KM2)
    assert sum(gap.area_m2 for gap in found) == pytest.approx(expected_m2)
