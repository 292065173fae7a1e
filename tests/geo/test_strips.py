"""The ground beside a road and around a site, on squared paper in metres around 120.6 E 31.3 N."""

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString, MultiPolygon, Point, Polygon

from geo.chainage import locate_on
from geo.crs import from_metric, to_metric
from geo.errors import InvalidGeometry, InvalidInput
from geo.roads import Segment, Side, StripKind
from geo.strips import draw_strips, halo_of
from geo.wording import Name

HERE = {"origin_lon": 120.6, "origin_lat": 31.3}
CARRIAGEWAY, PAVEMENT = StripKind.CARRIAGEWAY, StripKind.PAVEMENT
FRONTAGE = StripKind.FRONTAGE
WIDTHS = tuple(
    (side, kind, near_m, far_m)
    for side in Side
    for kind, near_m, far_m in ((CARRIAGEWAY, 0.0, 7.0), (PAVEMENT, 7.0, 10.0), (FRONTAGE, 12.0, 20.0))
)


def degrees(metres):
    east, north = np.asarray(metres, dtype=float).T
    return np.stack(from_metric(east=east, north=north, **HERE), axis=-1)


def metres(geometry):
    return shapely.transform(geometry, lambda at: np.stack(to_metric(lon=at[:, 0], lat=at[:, 1], **HERE), axis=-1))


def road(*places):
    return LineString(degrees(places))


def site(*rings):
    return MultiPolygon([Polygon(degrees(rings[0]), [degrees(ring) for ring in rings[1:]])])


def box(half_m):
    return [(-half_m, -half_m), (half_m, -half_m), (half_m, half_m), (-half_m, half_m), (-half_m, -half_m)]


def draw(line, widths=WIDTHS):
    """The strips in metres by (side, kind), all valid in degrees."""
    strips = draw_strips(line, widths)
    assert all(strip.boundary.is_valid for strip in strips)
    return {(strip.side, strip.kind): metres(strip.boundary) for strip in strips}


def vertices(geometry):
    return {tuple(at) for at in shapely.get_coordinates(geometry).tolist()}


def standing_on(strips, east, north):
    return [key for key, ground in strips.items() if ground.contains(Point(east, north))]


half_metres = st.integers(-80, 80).map(lambda count: count / 2)
bent_roads = (
    st.lists(st.tuples(half_metres, half_metres), min_size=2, max_size=7)
    .filter(lambda places: len(set(places)) > 1)
    .map(lambda places: road(*places))
)


@st.composite
def gentle_roads(draw):
    """Eastward, with edges of 20 to 60 m that turn by at most 53 degrees."""
    steps = draw(st.lists(st.tuples(st.floats(20.0, 60.0), st.floats(-0.5, 0.5)), min_size=1, max_size=6))
    return road(*np.cumsum([(0.0, 0.0), *((east, east * slope) for east, slope in steps)], axis=0))


def test_every_strip_of_a_straight_road_is_as_long_and_wide_as_asked_for():
    strips = draw_strips(road((0, 0), (100, 0)), WIDTHS)
    assert [(strip.side, strip.kind, strip.near_m, strip.far_m) for strip in strips] == list(WIDTHS)
    for strip in strips:
        width_m = strip.far_m - strip.near_m
        assert metres(strip.boundary).area == pytest.approx(100.0 * width_m, rel=1e-5)
        above = 1.0 if strip.side is Side.LEFT else -1.0
        middle = Point(50.0, above * (strip.near_m + strip.far_m) / 2)
        assert metres(strip.boundary).contains(middle)


def test_ends_are_flat():
    strips = draw(road((0, 0), (100, 0)))
    assert standing_on(strips, 0.01, 5.0) == [(Side.LEFT, CARRIAGEWAY)]
    assert standing_on(strips, -0.01, 5.0) == []
    assert standing_on(strips, 100.01, -0.5) == []


def test_a_corner_is_mitred():
    strips = draw(road((0, 0), (100, 0), (100, 100)))
    assert standing_on(strips, 106.9, -6.9) == [(Side.RIGHT, CARRIAGEWAY)]
    assert standing_on(strips, 109.9, -9.9) == [(Side.RIGHT, PAVEMENT)]
    assert standing_on(strips, 93.1, 6.9) == [(Side.LEFT, CARRIAGEWAY)]
    assert standing_on(strips, 92.9, 7.1) == [(Side.LEFT, PAVEMENT)]


def test_the_mitre_of_a_sharp_bend_is_cut_at_one_and_a_half_widths():
    strips = draw(road((0, 0), (100, 0), (0, 10)))
    bisector = np.array([math.cos(0.5 * math.atan2(10, 100)), -math.sin(0.5 * math.atan2(10, 100))])
    assert standing_on(strips, *([100, 0] + 10.4 * bisector)) == [(Side.RIGHT, CARRIAGEWAY)]
    assert standing_on(strips, *([100, 0] + 10.6 * bisector)) == [(Side.RIGHT, PAVEMENT)]


def test_left_and_right_meet_on_the_centreline_of_a_gentle_road_without_a_gap():
    line = road((0, 0), (60, 10), (120, 0), (200, 30))
    strips = draw(line)
    left, right = strips[Side.LEFT, CARRIAGEWAY], strips[Side.RIGHT, CARRIAGEWAY]
    for place in metres(line).segmentize(0.5).coords:
        assert left.distance(Point(place)) + right.distance(Point(place)) < 1e-3
    assert left.intersection(right).length == pytest.approx(metres(line).length, abs=1e-4)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((Side.LEFT, CARRIAGEWAY), (Side.RIGHT, CARRIAGEWAY)),
        ((Side.LEFT, CARRIAGEWAY), (Side.LEFT, PAVEMENT)),
        ((Side.RIGHT, CARRIAGEWAY), (Side.RIGHT, PAVEMENT)),
    ],
)
def test_neighbouring_strips_share_the_very_vertices_of_their_border(one, other):
    drawn = draw_strips(road((0, 0), (60, 10), (120, 0), (200, 30)), WIDTHS)
    grounds = {(strip.side, strip.kind): strip.boundary for strip in drawn}
    border = grounds[one].intersection(grounds[other])
    assert shapely.get_dimensions(border) == 1  # a line, no ground
    assert vertices(border) <= vertices(grounds[one]) & vertices(grounds[other])


@settings(max_examples=60, deadline=None)
@given(bent_roads)
def test_strips_never_overlap_however_the_road_bends(line):
    strips = list(draw(line).values())
    for one, other in itertools.combinations(strips, 2):
        assert one.intersection(other).area < 1e-3


@settings(max_examples=60, deadline=None)
@given(gentle_roads(), st.floats(0.0, 1.0), st.floats(0.3, 6.5), st.sampled_from(Side))
def test_on_a_gentle_road_the_strip_is_that_of_the_linear_reference(line, share, offset_m, side):
    start, end = metres(line).coords[:2]
    ahead = np.subtract(end, start) / math.dist(start, end)
    aside = np.array([-ahead[1], ahead[0]]) * (offset_m if side is Side.LEFT else -offset_m)
    place = np.add(start, ahead * (0.1 + share * (math.dist(start, end) - 0.2))) + aside  # a little within its ends
    assert standing_on(draw(line), *place) == [(side, CARRIAGEWAY)]
    lon, lat = degrees([place])[0]
    assert locate_on(segment_of(line), lon=lon, lat=lat).side is side


def segment_of(line):
    return Segment("S1", Name(en="road"), "branch", Name(en="from"), Name(en="to"), line)


@settings(max_examples=30, deadline=None)
@given(gentle_roads())
def test_left_and_right_change_places_when_the_road_runs_the_other_way(line):
    there, back = draw(line), draw(line.reverse())
    for side, other in ((Side.LEFT, Side.RIGHT), (Side.RIGHT, Side.LEFT)):
        for kind in (CARRIAGEWAY, PAVEMENT, FRONTAGE):
            assert there[side, kind].symmetric_difference(back[other, kind]).area < 0.01


def test_where_a_road_comes_back_beside_itself_the_nearer_part_wins():
    # Eastwards, then back westwards 12 m farther north: what lies between is left of both, each half of it.
    strips = draw(road((0, 0), (100, 0), (100, 12), (0, 12)))
    assert standing_on(strips, 50.0, 5.0) == standing_on(strips, 50.0, 7.0) == [(Side.LEFT, CARRIAGEWAY)]
    # A hook: its end stands 10 m above its start, whose left and the end's right share what is between.
    hook = draw(road((0, 0), (100, 0), (100, 50), (50, 50), (50, 10), (80, 10)))
    assert standing_on(hook, 70.0, 4.0) == [(Side.LEFT, CARRIAGEWAY)]
    assert standing_on(hook, 70.0, 6.0) == [(Side.RIGHT, CARRIAGEWAY)]


def test_where_a_road_crosses_itself_every_quarter_has_one_side():
    strips = draw(road((0, 0), (100, 0), (100, 50), (50, 50), (50, -50)))
    assert standing_on(strips, 47.0, 1.0) == [(Side.LEFT, CARRIAGEWAY)]  # nearer to the way in, left of it
    assert standing_on(strips, 49.0, 3.0) == [(Side.RIGHT, CARRIAGEWAY)]  # nearer to the way out, right of it
    assert standing_on(strips, 52.0, 3.0) == [(Side.LEFT, CARRIAGEWAY)]
    assert standing_on(strips, 47.0, -3.0) == [(Side.RIGHT, CARRIAGEWAY)]


def test_a_road_that_turns_straight_back_has_only_a_left_side():
    assert {side for side, _ in draw(road((0, 0), (50, 0), (0, 0)))} == {Side.LEFT}


def test_a_roundabout_has_its_island_on_the_left_and_no_ends():
    turns = np.linspace(0.0, 2.0 * np.pi, 33)
    circle = np.stack([30.0 * np.cos(turns), 30.0 * np.sin(turns)], axis=-1)
    circle[-1] = circle[0]
    strips = draw(road(*circle))
    assert standing_on(strips, 27.0, 0.1) == standing_on(strips, 27.0, -0.1) == [(Side.LEFT, CARRIAGEWAY)]
    assert standing_on(strips, 33.0, 0.1) == standing_on(strips, 33.0, -0.1) == [(Side.RIGHT, CARRIAGEWAY)]
    assert [len(ground.geoms[0].interiors) for ground in strips.values()] == [1] * 6


def test_the_kink_of_a_first_step_leaves_each_side_on_its_hand():
    strips = draw(road((0, 0), (1, 1), (60, 1)))
    assert standing_on(strips, 0.0, 6.0) == [(Side.LEFT, CARRIAGEWAY)]
    assert standing_on(strips, 5.0, -4.0) == [(Side.RIGHT, CARRIAGEWAY)]


def test_the_nearer_of_two_strips_that_were_given_the_same_ground_has_it():
    widths = [(Side.LEFT, PAVEMENT, 5.0, 10.0), (Side.LEFT, CARRIAGEWAY, 0.0, 7.0)]
    strips = draw(road((0, 0), (100, 0)), widths)
    assert list(strips) == [(Side.LEFT, PAVEMENT), (Side.LEFT, CARRIAGEWAY)]
    assert standing_on(strips, 50.0, 6.0) == [(Side.LEFT, CARRIAGEWAY)]
    assert strips[Side.LEFT, PAVEMENT].area == pytest.approx(300.0, rel=1e-5)


def test_a_strip_without_ground_of_its_own_is_left_out():
    widths = [(Side.LEFT, CARRIAGEWAY, 0.0, 7.0), (Side.LEFT, PAVEMENT, 3.0, 7.0)]
    assert list(draw(road((0, 0), (100, 0)), widths)) == [(Side.LEFT, CARRIAGEWAY)]
    assert draw_strips(road((0, 0), (100, 0)), []) == ()


def test_a_vertex_given_twice_changes_nothing():
    once, twice = draw(road((0, 0), (50, 0), (90, 20))), draw(road((0, 0), (0, 0), (50, 0), (50, 0), (90, 20)))
    assert all(once[key].equals(twice[key]) for key in once)


@pytest.mark.parametrize(("lat", "error_m"), [(31.0, 0.005), (60.0, 0.014)])
def test_a_road_of_five_kilometres_is_as_wide_as_asked_for_within_the_stated_error(lat, error_m):
    geod = Geod(ellps="WGS84")
    _, far_lat, _ = geod.fwd(120.0, lat, 0.0, 5_000.0)
    line = LineString([(120.0, lat), (120.0, far_lat)])
    (strip,) = draw_strips(line, [(Side.RIGHT, FRONTAGE, 0.0, 20.0)])
    west, south, east, north = strip.boundary.bounds
    for end in (south, north):
        _, _, width_m = geod.inv(west, end, east, end)
        assert abs(width_m - 20.0) <= error_m


@pytest.mark.parametrize(("near_m", "far_m"), [(-1.0, 5.0), (5.0, 5.0), (7.0, 3.0), (0.0, math.inf), (math.nan, 3.0)])
def test_a_width_that_cannot_be_drawn_is_refused_by_its_numbers(near_m, far_m):
    with pytest.raises(InvalidInput, match="cannot be drawn") as refusal:
        draw_strips(road((0, 0), (100, 0)), [(Side.LEFT, CARRIAGEWAY, near_m, far_m)])
    assert f"{near_m} 至 {far_m} 米" in refusal.value.say("zh")


@pytest.mark.parametrize("line", [road((5, 5), (5, 5)), LineString()])
def test_a_centreline_without_length_is_refused(line):
    with pytest.raises(InvalidGeometry, match="no length"):
        draw_strips(line, WIDTHS)


def test_the_halo_of_a_square_is_round_at_its_corners_and_begins_at_its_walls():
    inner = site(box(20.0))
    halo = halo_of(inner, halo_m=15.0)
    assert halo.is_valid
    assert metres(halo).area == pytest.approx(4 * 40.0 * 15.0 + math.pi * 15.0**2, rel=1e-3)
    assert metres(halo).intersection(metres(inner)).area == 0.0
    assert vertices(inner) <= vertices(halo)
    assert metres(halo).contains(Point(20 + 10.5, 20 + 10.5))
    assert not metres(halo).contains(Point(20 + 10.7, 20 + 10.7))


def test_a_courtyard_narrower_than_the_halo_is_halo_and_a_wide_one_keeps_its_middle():
    narrow = metres(halo_of(site(box(40.0), box(10.0)), halo_m=15.0))
    assert narrow.contains(Point(0.0, 0.0))
    wide = metres(halo_of(site(box(80.0), box(40.0)), halo_m=15.0))
    assert wide.contains(Point(30.0, 0.0))
    assert not wide.intersects(Point(0.0, 0.0))


def test_two_grounds_of_one_site_share_one_halo_that_spares_both():
    inner = MultiPolygon([*site(box(10.0)).geoms, Polygon(degrees([(25, -10), (45, -10), (45, 10), (25, 10)]))])
    halo = metres(halo_of(inner, halo_m=10.0))
    assert len(halo.geoms) == 1
    assert halo.contains(Point(17.5, 0.0))
    assert halo.intersection(metres(inner)).area == 0.0


@pytest.mark.parametrize("halo_m", [0.0, -5.0, math.inf, math.nan])
def test_a_halo_of_no_width_is_refused(halo_m):
    with pytest.raises(InvalidInput, match="leave the halo out"):
        halo_of(site(box(20.0)), halo_m=halo_m)


def test_a_place_exactly_on_a_node_of_the_centreline_lies_on_its_strips():
    """Nodes as a map has them, not multiples of the grid to which the drawing snaps."""
    rng = np.random.default_rng(5)
    for _ in range(60):
        nodes = np.array([120.6, 31.3]) + rng.uniform(-0.004, 0.004, size=(rng.integers(2, 6), 2))
        centreline = LineString(nodes)
        strips = draw_strips(centreline, [(side, StripKind.CARRIAGEWAY, 0.0, 6.0) for side in (Side.LEFT, Side.RIGHT)])
        for node in (nodes[0], nodes[-1]):
            assert any(strip.boundary.intersects(shapely.Point(node)) for strip in strips), nodes


def test_a_road_that_comes_back_over_itself_is_divided_all_the_same():
    line = road((7.5, 7.5), (0.5, 0.0), (-12.0, 4.5), (0.5, 0.0), (7.5, 7.5), (0.0, -13.0))
    both = [(side, StripKind.CARRIAGEWAY, 0.0, 4.0) for side in (Side.LEFT, Side.RIGHT)]
    assert {strip.side for strip in draw_strips(line, both)} == {Side.LEFT, Side.RIGHT}


@pytest.mark.parametrize(
    ("places", "said"),
    [
        (
            ((0, 0), (3_000, 0), (3_000, 10), (0, 10), (0, 5), (3_000, 6)),
            "comes back beside itself; such a one has at most 6 km",
        ),
        (((0, 0), (101_000, 0)), "101.0 km long, more than 100 km"),
    ],
)
def test_a_road_that_would_take_minutes_is_refused_with_its_length(places, said):
    with pytest.raises(InvalidGeometry, match=said):
        draw_strips(LineString(degrees(places)), WIDTHS)
