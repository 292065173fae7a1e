"""Areas, distances and bearings against figures anyone can look up, and the tangent plane against geodesics."""

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo.crs import areas_m2, bearing_deg, degrees_around, distance_m, from_metric, to_metric

GEODESIC = Geod(ellps="WGS84")
BEARINGS = np.arange(0.0, 360.0, 1.0)


def circle(*, lon, lat, radius_m):
    """Positions on a geodesic circle, one a degree of bearing."""
    same = np.ones_like(BEARINGS)
    lons, lats, _ = GEODESIC.fwd(lon * same, lat * same, BEARINGS, radius_m * same)
    return lons, lats


def hectare(*, lon, lat):
    """A square of 100 m around a position, its corners laid out by geodesics."""
    corners = [GEODESIC.fwd(lon, lat, bearing, 50.0 * 2**0.5)[:2] for bearing in (45, 135, 225, 315)]
    return shapely.Polygon(corners)


def area_m2(ground):
    return float(areas_m2(np.array([ground], dtype=object))[0])


@pytest.mark.parametrize("lat", [-80.0, 0.0, 31.0, 60.0, 80.0])
def test_a_hectare_is_a_hectare_at_every_latitude(lat):
    assert area_m2(hectare(lon=120.0, lat=lat)) == pytest.approx(10_000.0, abs=0.001)


def test_the_whole_ellipsoid_has_its_published_surface():
    degrees = [shapely.box(-180, lat, 180, lat + 1) for lat in range(-90, 90)]
    assert areas_m2(np.array(degrees)).sum() == pytest.approx(510_065_621_724_089.0, rel=1e-12)


def test_where_edges_are_short_the_area_is_that_between_geodesics():
    circle = shapely.Point(120.6, 31.3).buffer(0.01, quad_segs=500)
    pierced = circle.difference(shapely.box(120.6, 31.3, 120.601, 31.301))
    for ground in (circle, pierced):
        assert area_m2(ground) == pytest.approx(abs(GEODESIC.geometry_area_perimeter(ground)[0]), rel=1e-6)


def test_an_edge_and_the_same_edge_with_a_corner_on_it_enclose_nothing():
    # As geodesics the two would enclose 500 m².
    assert area_m2(shapely.Polygon([(0, 40), (0.1, 40), (0.05, 40)])) == pytest.approx(0.0, abs=1e-3)


def test_a_hole_is_subtracted_whichever_way_its_ring_runs():
    outer = [(120.0, 31.0), (120.02, 31.0), (120.02, 31.02), (120.0, 31.02)]
    inner = [(120.005, 31.005), (120.01, 31.005), (120.01, 31.01), (120.005, 31.01)]
    ground = area_m2(shapely.Polygon(outer)) - area_m2(shapely.Polygon(inner))
    for shell in (outer, outer[::-1]):
        for hole in (inner, inner[::-1]):
            assert area_m2(shapely.Polygon(shell, [hole])) == pytest.approx(ground, rel=1e-12)


def test_collections_count_with_all_their_polygons_and_the_rest_has_no_ground():
    one, two = hectare(lon=120.0, lat=31.0), hectare(lon=121.0, lat=31.0)
    nested = shapely.GeometryCollection(
        [shapely.Point(0, 0), shapely.GeometryCollection([shapely.MultiPolygon([one, two])])]
    )
    line = shapely.LineString([(0, 0), (1, 1)])
    geometries = np.array([None, nested, line, shapely.Polygon(), one, shapely.GeometryCollection()], dtype=object)
    assert areas_m2(geometries) == pytest.approx([0.0, 20_000.0, 0.0, 0.0, 10_000.0, 0.0], abs=0.001)
    assert areas_m2(np.array([], dtype=object)).shape == (0,)


def test_distances_are_those_of_the_ellipsoid():
    equator_degree, meridian_quadrant = 111_319.491, 10_001_965.729
    assert float(distance_m(lon1=0.0, lat1=0.0, lon2=1.0, lat2=0.0)) == pytest.approx(equator_degree, abs=0.001)
    assert float(distance_m(lon1=5.0, lat1=0.0, lon2=5.0, lat2=90.0)) == pytest.approx(meridian_quadrant, abs=0.001)
    assert float(distance_m(lon1=179.5, lat1=0.0, lon2=-179.5, lat2=0.0)) == pytest.approx(equator_degree, abs=0.001)


def test_one_position_is_measured_against_many():
    lon, lat = circle(lon=120.62, lat=31.31, radius_m=321.0)
    assert distance_m(lon1=120.62, lat1=31.31, lon2=lon, lat2=lat) == pytest.approx(321.0, abs=1e-6)
    assert bearing_deg(lon1=120.62, lat1=31.31, lon2=lon, lat2=lat)[1:] == pytest.approx(BEARINGS[1:], abs=1e-6)


def test_bearings_run_clockwise_from_north_and_never_reach_360():
    assert float(bearing_deg(lon1=120.0, lat1=31.0, lon2=120.0, lat2=31.1)) == 0.0
    assert float(bearing_deg(lon1=120.0, lat1=0.0, lon2=120.1, lat2=0.0)) == 90.0
    assert float(bearing_deg(lon1=120.0, lat1=31.0, lon2=120.0, lat2=30.9)) == 180.0
    assert float(bearing_deg(lon1=120.0, lat1=0.0, lon2=119.9, lat2=0.0)) == 270.0
    a_hair_west_of_north = bearing_deg(lon1=1e-17, lat1=0.0, lon2=0.0, lat2=1.0)
    assert 0.0 <= float(a_hair_west_of_north) < 360.0


# The table in the docstring of to_metric: latitude, distance, largest error of the distance.
ERRORS_M = [
    *((0.0, 50.0, 1e-6), (0.0, 500.0, 1e-6), (0.0, 1_620.0, 1e-5), (0.0, 10_000.0, 0.002)),
    *((31.0, 50.0, 0.0001), (31.0, 500.0, 0.005), (31.0, 1_620.0, 0.05), (31.0, 10_000.0, 1.85)),
    *((60.0, 50.0, 0.0002), (60.0, 500.0, 0.02), (60.0, 1_620.0, 0.14), (60.0, 10_000.0, 5.3)),
    *((80.0, 50.0, 0.0005), (80.0, 500.0, 0.05), (80.0, 1_620.0, 0.5), (80.0, 10_000.0, 17.5)),
]


@pytest.mark.parametrize(("lat", "radius_m", "error_m"), ERRORS_M)
def test_the_plane_keeps_its_promise_about_distances(lat, radius_m, error_m):
    for latitude in (lat, -lat):
        lons, lats = circle(lon=120.0, lat=latitude, radius_m=radius_m)
        east, north = to_metric(lon=lons, lat=lats, origin_lon=120.0, origin_lat=latitude)
        assert np.abs(np.hypot(east, north) - radius_m).max() <= error_m


@pytest.mark.parametrize("lat", [-60.0, 0.0, 31.0, 80.0])
def test_east_and_north_point_the_right_way(lat):
    lons, lats = circle(lon=120.0, lat=lat, radius_m=50.0)
    east, north = to_metric(lon=lons, lat=lats, origin_lon=120.0, origin_lat=lat)
    assert east == pytest.approx(50.0 * np.sin(np.radians(BEARINGS)), abs=0.0015)
    assert north == pytest.approx(50.0 * np.cos(np.radians(BEARINGS)), abs=0.0015)


def test_many_points_meet_many_origins():
    lon, lat = np.array([[120.0], [120.1], [120.2]]), np.array([[31.0], [31.1], [31.2]])
    origin_lon, origin_lat = np.array([120.0, 121.0]), np.array([31.0, 30.0])
    east, north = to_metric(lon=lon, lat=lat, origin_lon=origin_lon, origin_lat=origin_lat)
    assert east.shape == north.shape == (3, 2)
    alone = to_metric(lon=120.2, lat=31.2, origin_lon=121.0, origin_lat=30.0)
    assert (float(alone[0]), float(alone[1])) == (east[2, 1], north[2, 1])


def test_the_plane_reaches_across_the_antimeridian():
    east, _ = to_metric(lon=np.array([-179.999, 179.997]), lat=0.0, origin_lon=179.999, origin_lat=0.0)
    assert east == pytest.approx([222.639, -222.639], abs=0.001)
    east, _ = to_metric(lon=179.999, lat=0.0, origin_lon=-179.999, origin_lat=0.0)
    assert float(east) == pytest.approx(-222.639, abs=0.001)


def test_a_long_edge_passes_a_position_on_the_side_and_at_the_distance_it_has():
    """An edge of 16 km, diagonal, straight in degrees; the truth is the nearest of its points by geodesic."""
    lon, lat = 120.62, 31.31
    ends_lon = np.array([lon - 0.06 + 2e-5, lon + 0.06 + 2e-5])
    ends_lat = np.array([lat - 0.05, lat + 0.05])
    along = np.linspace(0.4999, 0.5001, 20_001)
    edge_lon = ends_lon[0] + along * (ends_lon[1] - ends_lon[0])
    edge_lat = ends_lat[0] + along * (ends_lat[1] - ends_lat[0])
    nearest_m = distance_m(lon1=lon, lat1=lat, lon2=edge_lon, lat2=edge_lat).min()

    east, north = to_metric(lon=ends_lon, lat=ends_lat, origin_lon=lon, origin_lat=lat)
    signed_m = (east[0] * north[1] - east[1] * north[0]) / np.hypot(np.diff(east), np.diff(north))
    # Positive: the origin lies left of the way north-east, as in degrees.
    assert signed_m.item() == pytest.approx(nearest_m, abs=1e-5)


@pytest.mark.parametrize("lat", [-89.0, -31.0, 0.0, 31.0, 60.0, 80.0, 89.5])
@pytest.mark.parametrize("radius_m", [0.001, 50.0, 1_620.0, 10_000.0])
def test_the_box_contains_the_circle_and_is_not_much_larger(lat, radius_m):
    lons, lats = circle(lon=0.0, lat=lat, radius_m=radius_m)
    d_lon, d_lat = degrees_around(lat=lat, radius_m=radius_m)
    assert np.abs(lons).max() <= d_lon
    assert np.abs(lats - lat).max() <= d_lat
    east, north = to_metric(lon=d_lon, lat=lat + d_lat, origin_lon=0.0, origin_lat=lat)
    assert float(east) >= radius_m
    assert float(north) >= radius_m
    assert float(north) <= radius_m * 1.02 + 1e-6
    if abs(lat) <= 60.0:
        assert float(east) <= radius_m * 1.02 + 1e-6


def test_a_circle_around_a_pole_has_every_longitude():
    d_lon, d_lat = degrees_around(lat=np.array([90.0, -89.9999, 89.0]), radius_m=np.array([0.0, 50.0, 100.0]))
    assert d_lon[:2].tolist() == [180.0, 180.0]
    assert d_lon[2] < 0.1
    assert d_lat[1] == pytest.approx(50.0 / 110_574.0, rel=0.01)
    d_lon, d_lat = degrees_around(lat=0.0, radius_m=1e9)
    assert (float(d_lon), float(d_lat)) == (180.0, 180.0)


@pytest.mark.parametrize("lat", [-60.0, 0.0, 31.0, 80.0])
def test_the_way_back_from_metres_meets_the_degrees_again(lat):
    lons, lats = circle(lon=120.0, lat=lat, radius_m=5_000.0)
    east, north = to_metric(lon=lons, lat=lats, origin_lon=120.0, origin_lat=lat)
    back_lon, back_lat = from_metric(east=east, north=north, origin_lon=120.0, origin_lat=lat)
    assert np.abs(back_lon - lons).max() <= 1e-13
    assert np.abs(back_lat - lats).max() <= 1e-13


def test_the_way_back_from_metres_meets_many_origins():
    east, north = np.array([[0.0], [100.0], [200.0]]), np.array([[0.0], [10.0], [20.0]])
    lon, lat = from_metric(east=east, north=north, origin_lon=np.array([120.0, 121.0]), origin_lat=np.array([31.0, 30]))
    assert lon.shape == lat.shape == (3, 2)
    assert (lon[0].tolist(), lat[0].tolist()) == ([120.0, 121.0], [31.0, 30.0])
