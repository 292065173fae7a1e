"""Where along a road, how far aside and on which side, on squared paper in metres around 114.05 E 22.54 N."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString, Point

from geo.chainage import OnRoad, bearing_aside_deg, length_m, locate_many, locate_on, position_at
from geo.crs import from_metric, to_metric
from geo.errors import InvalidGeometry, InvalidInput
from geo.roads import Segment, Side
from geo.wording import Name

HERE = {"origin_lon": 114.05, "origin_lat": 22.54}
GEODESIC = Geod(ellps="WGS84")
BEND = ((0, 0), (100, 0), (100, 50))


def degrees(east, north):
    lon, lat = from_metric(east=float(east), north=float(north), **HERE)
    return {"lon": float(lon), "lat": float(lat)}


def road(*places):
    line = LineString([tuple(degrees(*place).values()) for place in places])
    return Segment("S1", Name(en="Long Road"), "branch", Name(en="from"), Name(en="to"), line)


def on_plane(segment):
    """The centreline on the plane that touches the middle of its bounds, and the origin of that plane."""
    west, south, east, north = segment.centreline.bounds
    origin = {"origin_lon": (west + east) / 2, "origin_lat": (south + north) / 2}

    def to_plane(at):
        return np.stack(to_metric(lon=at[:, 0], lat=at[:, 1], **origin), axis=-1)

    return shapely.transform(segment.centreline, to_plane), origin


half_metres = st.integers(-120, 120).map(lambda count: count / 2)
bent_roads = (
    st.lists(st.tuples(half_metres, half_metres), min_size=2, max_size=8)
    .filter(lambda places: len(set(places)) > 1)
    .map(lambda places: road(*places))
)


@st.composite
def gentle_roads(draw):
    """Eastward, with edges of 20 to 60 m that turn by at most 53 degrees."""
    steps = draw(st.lists(st.tuples(st.floats(20.0, 60.0), st.floats(-0.5, 0.5)), min_size=1, max_size=6))
    return road(*np.cumsum([(0.0, 0.0), *((east, east * slope) for east, slope in steps)], axis=0))


def test_the_chainage_of_a_vertex_is_the_sum_of_the_geodesics_before_it():
    segment = road(*BEND, (40, 90))
    lons, lats = shapely.get_coordinates(segment.centreline).T
    for count in range(len(lons)):
        expected = GEODESIC.line_length(lons[: count + 1], lats[: count + 1])
        located = locate_on(segment, lon=lons[count], lat=lats[count])
        assert located.chainage_m == pytest.approx(expected, abs=1e-9)
        assert located.side is None
    assert length_m(segment) == pytest.approx(GEODESIC.line_length(lons, lats), abs=1e-9)


@pytest.mark.parametrize(
    ("east", "north", "chainage_m", "offset_m", "side"),
    [
        (30, 4, 30, 4, Side.LEFT),
        (30, -4, 30, 4, Side.RIGHT),
        (30, 0, 30, 0, None),
        (96, 20, 120, 4, Side.LEFT),
        (104, 20, 120, 4, Side.RIGHT),
        (103, -4, 100, 5, Side.RIGHT),  # on the outer side of the bend, where both edges are as near
        (-3, 4, 0, 5, Side.LEFT),  # before the start
        (-3, -4, 0, 5, Side.RIGHT),
        (-3, 0, 0, 3, None),  # straight before it
        (103, 54, 150, 5, Side.RIGHT),  # behind the end
        (100, 57, 150, 7, None),
    ],
)
def test_a_place_by_a_road_with_one_bend(east, north, chainage_m, offset_m, side):
    located = locate_on(road(*BEND), **degrees(east, north))
    assert located.chainage_m == pytest.approx(chainage_m, abs=0.001)
    assert located.offset_m == pytest.approx(offset_m, abs=0.001)
    assert located.side is side


def test_the_start_of_a_closed_road_has_its_sides_from_both_edges_that_meet_there():
    square = road((0, 0), (50, 0), (50, 50), (0, 50), (0, 0))
    assert locate_on(square, **degrees(-3, -4)).side is Side.RIGHT
    assert locate_on(square, **degrees(3, 4)).side is Side.LEFT


def test_of_several_nearest_places_the_first_along_the_road_is_named():
    there_and_back = road((0, 0), (50, 0), (0, 0))
    assert locate_on(there_and_back, **degrees(20, 3)).chainage_m == pytest.approx(20.0, abs=0.001)
    assert locate_on(there_and_back, **degrees(20, 3)).side is Side.LEFT
    assert locate_on(there_and_back, **degrees(53, 4)).side is None  # ahead of where it turns back


def test_a_vertex_given_twice_changes_nothing():
    once, twice = road(*BEND), road(BEND[0], BEND[0], BEND[1], BEND[1], BEND[2])
    assert length_m(once) == length_m(twice)
    assert locate_on(once, **degrees(103, -4)) == locate_on(twice, **degrees(103, -4))


def test_a_place_is_square_to_the_road_on_its_side():
    segment = road(*BEND)
    lon, lat = position_at(segment, chainage_m=30.0, offset_m=4.0, side=Side.RIGHT)
    east, north = to_metric(lon=lon, lat=lat, **HERE)
    assert (float(east), float(north)) == pytest.approx((30.0, -4.0), abs=0.001)
    lon, lat = position_at(segment, chainage_m=120.0, offset_m=4.0, side=Side.LEFT)
    east, north = to_metric(lon=lon, lat=lat, **HERE)
    assert (float(east), float(north)) == pytest.approx((96.0, 20.0), abs=0.001)


def test_the_ends_of_the_chainage_are_the_ends_of_the_centreline():
    segment = road(*BEND)
    for chainage_m, end in ((0.0, 0), (length_m(segment), -1)):
        assert position_at(segment, chainage_m=chainage_m) == pytest.approx(segment.centreline.coords[end], abs=1e-13)


@settings(max_examples=200, deadline=None)
@given(gentle_roads(), st.data())
def test_chainage_offset_and_side_come_back_from_the_position_they_name(segment, data):
    lons, lats = shapely.get_coordinates(segment.centreline).T
    edge = data.draw(st.integers(0, len(lons) - 2))
    share = data.draw(st.floats(0.2, 0.8))  # farther from a bend than its inner side reaches at 7 m
    offset_m = data.draw(st.floats(0.001, 7.0))
    side = data.draw(st.sampled_from(Side))
    ends_m = [GEODESIC.line_length(lons[: count + 1], lats[: count + 1]) for count in (edge, edge + 1)]
    chainage_m = ends_m[0] + share * (ends_m[1] - ends_m[0])
    lon, lat = position_at(segment, chainage_m=chainage_m, offset_m=offset_m, side=side)
    located = locate_on(segment, lon=lon, lat=lat)
    assert located.chainage_m == pytest.approx(chainage_m, abs=1e-6)
    assert located.offset_m == pytest.approx(offset_m, abs=1e-6)
    assert located.side is side


@settings(max_examples=200, deadline=None)
@given(gentle_roads(), st.floats(0.0, 1.0))
def test_a_place_on_the_centreline_comes_back_without_a_side(segment, share):
    lon, lat = position_at(segment, chainage_m=share * length_m(segment))
    located = locate_on(segment, lon=lon, lat=lat)
    assert located.chainage_m == pytest.approx(share * length_m(segment), abs=1e-6)
    assert (located.offset_m < 1e-6, located.side) == (True, None)


@settings(max_examples=300, deadline=None)
@given(bent_roads, half_metres, half_metres)
def test_the_nearest_place_is_the_one_that_shapely_projects_to(segment, east, north):
    line, origin = on_plane(segment)
    lon, lat = degrees(east, north).values()
    place = Point(*to_metric(lon=lon, lat=lat, **origin))
    located = locate_on(segment, lon=lon, lat=lat)
    assert located.offset_m == pytest.approx(line.distance(place), abs=1e-6)
    lon, lat = position_at(segment, chainage_m=located.chainage_m)
    found = Point(*to_metric(lon=lon, lat=lat, **origin))
    # Where two parts of the road are equally near, rounding decides; the place is as near either way.
    same = line.interpolate(line.project(place)).distance(found) < 1e-6
    assert same or found.distance(place) == pytest.approx(line.distance(place), abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(gentle_roads(), st.floats(-30.0, 400.0), st.floats(-100.0, 100.0))
def test_the_share_of_the_length_is_that_of_shapely_on_the_plane(segment, east, north):
    line, origin = on_plane(segment)
    lon, lat = degrees(east, north).values()
    projected = line.project(Point(*to_metric(lon=lon, lat=lat, **origin)))
    located = locate_on(segment, lon=lon, lat=lat)
    _, south, _, north = line.bounds
    stated = (north - south) * math.tan(math.radians(22.55)) / (4 * 6_335_000.0) + 1e-9
    assert abs(located.chainage_m / length_m(segment) - projected / line.length) <= stated


def test_many_positions_are_located_as_each_alone():
    segment = road(*BEND)
    places = [degrees(east, north) for east, north in ((30, 4), (103, -4), (-3, 0), (100, 20))]
    lon, lat = (np.array([place[key] for place in places]) for key in ("lon", "lat"))
    many = locate_many(segment, lon=lon, lat=lat)
    assert many == tuple(locate_on(segment, **place) for place in places)
    assert all(isinstance(one, OnRoad) for one in many)
    assert locate_many(segment, lon=lon[:0], lat=lat[:0]) == ()


@pytest.mark.parametrize("chainage_m", [-0.001, 150.1, math.nan])
def test_a_chainage_that_is_not_on_the_road_is_refused_with_the_length(chainage_m):
    with pytest.raises(InvalidInput, match=r"outside \[0, 150.*S1") as refusal:
        position_at(road(*BEND), chainage_m=chainage_m)
    assert str(chainage_m) in refusal.value.say("zh")


@pytest.mark.parametrize(("offset_m", "side"), [(-1.0, Side.LEFT), (math.inf, Side.LEFT), (math.nan, None)])
def test_an_offset_that_is_no_distance_is_refused(offset_m, side):
    with pytest.raises(InvalidInput, match="the offset"):
        position_at(road(*BEND), chainage_m=10.0, offset_m=offset_m, side=side)


def test_an_offset_without_a_side_is_refused():
    with pytest.raises(InvalidInput, match="give side left or right"):
        position_at(road(*BEND), chainage_m=10.0, offset_m=2.0)


@pytest.mark.parametrize("places", [((0, 0), (0, 0)), ()])
def test_a_centreline_without_length_is_refused(places):
    with pytest.raises(InvalidGeometry, match="S1 has no length"):
        length_m(road(*places))


@pytest.mark.parametrize(("towards_deg", "left_deg"), [(0.0, 270.0), (90.0, 0.0), (180.0, 90.0), (45.0, 315.0)])
def test_the_left_of_a_road_looks_square_to_where_it_leads(towards_deg: float, left_deg: float) -> None:
    east, north = 200 * np.sin(np.radians(towards_deg)), 200 * np.cos(np.radians(towards_deg))
    end = from_metric(east=float(east), north=float(north), origin_lon=120.6, origin_lat=31.3)
    segment = Segment("r", Name(en="r"), "branch", Name(en="a"), Name(en="b"), LineString([(120.6, 31.3), end]))
    left = bearing_aside_deg(segment, Side.LEFT, lon=120.6005, lat=31.3005)
    right = bearing_aside_deg(segment, Side.RIGHT, lon=120.6005, lat=31.3005)
    assert (left - left_deg + 180) % 360 - 180 == pytest.approx(0.0, abs=0.01)
    assert (right - left) % 360 == pytest.approx(180.0)
