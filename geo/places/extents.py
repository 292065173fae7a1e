"""The middle of a shape, and how far from it the place that is meant may be."""

import math

import numpy as np
import shapely
import shapely.ops
from shapely import Geometry, LineString, Point

from geo.crs import distance_m, from_metric, to_metric
from geo.places.hit import Spot
from geo.position import ACCURACY_LIMIT_M

CONFIDENCE = 0.68
HALVINGS = 12


def covering_spot(shape: Geometry) -> Spot:
    """The middle of a shape (WGS 84), with an accuracy that reaches all of it."""
    lon, lat = middle_of(shape)
    lons, lats = shapely.get_coordinates(shape).T
    farthest_m = float(distance_m(lon1=lon, lat1=lat, lon2=lons, lat2=lats).max())
    return Spot(lon, lat, min(_round_up(farthest_m), ACCURACY_LIMIT_M))


def likely_spot(ground: Geometry) -> Spot:
    """The middle of a ground (WGS 84), with the metres around it that hold 68 % of the ground.

    Who says "at the market" may stand anywhere on it; metres that cover all of it would put most of the doubt outside.
    """
    lon, lat = middle_of(ground)
    flat = shapely.transform(
        ground, lambda x, y: to_metric(lon=x, lat=y, origin_lon=lon, origin_lat=lat), interleaved=False
    )
    low, high = 0.0, covering_spot(ground).accuracy_m
    for _ in range(HALVINGS):
        radius = (low + high) / 2.0
        share = Point(0.0, 0.0).buffer(radius, quad_segs=16).intersection(flat).area / flat.area
        low, high = (radius, high) if share < CONFIDENCE else (low, radius)
    return Spot(lon, lat, min(_round_up(high), ACCURACY_LIMIT_M))


def middle_of(shape: Geometry) -> tuple[float, float]:
    """Degrees of a place of the shape: half-way along a line, else as near to the centre of gravity as it has one."""
    if isinstance(shape, LineString):
        point = shape.interpolate(0.5, normalized=True)
    else:
        point = shape.centroid
        if not shape.intersects(point):
            # Of a road in several parts, or of scattered doors, the nearest place that is one of theirs.
            point = shape.point_on_surface() if shape.area > 0.0 else shapely.ops.nearest_points(shape, point)[0]
    return float(point.x), float(point.y)


def shifted(*, lon: float, lat: float, bearing_deg: float, metres: float) -> tuple[float, float]:
    """Degrees of the place so many metres away in a direction."""
    turn = math.radians(bearing_deg)
    there_lon, there_lat = from_metric(
        east=metres * math.sin(turn), north=metres * math.cos(turn), origin_lon=lon, origin_lat=lat
    )
    return float(there_lon), float(there_lat)


def reach_m(shape: Geometry, *, lon: float, lat: float, bearing_deg: float) -> float:
    """Metres from a place in a shape to where a ray in this direction last leaves it; 0 when it never does."""
    far_lon, far_lat = shifted(lon=lon, lat=lat, bearing_deg=bearing_deg, metres=covering_spot(shape).accuracy_m * 2.0)
    on_ray = shapely.get_coordinates(LineString([(lon, lat), (far_lon, far_lat)]).intersection(shape))
    if not len(on_ray):
        return 0.0
    return float(np.max(distance_m(lon1=lon, lat1=lat, lon2=on_ray[:, 0], lat2=on_ray[:, 1])))


def metres_apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two places in degrees (lon, lat)."""
    return float(distance_m(lon1=one[0], lat1=one[1], lon2=other[0], lat2=other[1]))


def _round_up(metres: float) -> float:
    return math.ceil(metres * 10.0) / 10.0
