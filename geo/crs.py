"""Metres on the WGS 84 ellipsoid; EPSG numbers and the way to metres live only here.

Distances and bearings are geodesic (Karney 2013, doi:10.1007/s00190-012-0578-z, through pyproj.Geod): right to
nanometres. `to_metric` is the plane that touches the ellipsoid at an origin: right near it, and linear.
"""

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely import GeometryType

from geo.model import FloatArray

WGS84 = 4326
CGCS2000 = 4490

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1.0 / 298.257223563
ECCENTRICITY_SQUARED = FLATTENING * (2.0 - FLATTENING)
SMALLEST_RADIUS_M = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED)  # of curvature: along the meridian, at the equator
ROUNDING_DEG = 1e-12  # a tenth of a micrometre, more than any rounding of a degree

GEODESIC = Geod(a=SEMI_MAJOR_M, f=FLATTENING)


def areas_m2(geometries: NDArray[np.object_]) -> FloatArray:
    """Square metres on WGS 84 of (n,) geometries whose edges are straight in lon and lat, (n,).

    Edges as RFC 7946 defines them, not geodesics: along a straight kilometre at 40° N the two enclose some 10 m², which
    would turn the slivers between neighbours into findings. Each edge adds its lon difference times the mean, over
    its lat, of the area between the equator and a parallel; four-point Gauss is exact to rounding below 1 degree.

    Rings may run either way round; holes are subtracted. A collection has the ground of all its polygons; None, points
    and lines have none.
    """
    parts, owners = shapely.get_parts(geometries, return_index=True)
    while np.any(shapely.get_type_id(parts) > GeometryType.POLYGON):
        parts, inner = shapely.get_parts(parts, return_index=True)
        owners = owners[inner]
    rings, polygons = shapely.get_rings(parts, return_index=True)
    positions, at = shapely.get_coordinates(rings, return_index=True)
    if not len(positions):
        return np.zeros(len(geometries))
    inside_ring = at[1:] == at[:-1]
    turn = np.radians(np.diff(positions[:, 0]))[inside_ring]
    start, end = positions[:-1, 1][inside_ring], positions[1:, 1][inside_ring]
    middle, half = np.radians(start + end) / 2.0, np.radians(end - start) / 2.0
    nodes, weights = np.polynomial.legendre.leggauss(4)
    heights = sum(w * strips_m2(middle + half * node) for node, w in zip(nodes, weights / 2.0, strict=True))
    ring_m2 = np.abs(np.bincount(at[:-1][inside_ring], weights=turn * heights, minlength=len(rings)))
    is_hole = np.diff(polygons, prepend=-1) == 0
    signed_m2: FloatArray = np.where(is_hole, -ring_m2, ring_m2)
    return np.bincount(owners[polygons], weights=signed_m2, minlength=len(geometries)).astype(np.float64)


def strips_m2(lat: FloatArray) -> FloatArray:
    """Square metres between the equator and parallels in radians, for a radian of longitude.

    Source: Snyder 1987, Map Projections, equation 3-12.
    """
    sine = np.sin(lat)
    eccentricity = math.sqrt(ECCENTRICITY_SQUARED)
    bracket = sine / (1.0 - ECCENTRICITY_SQUARED * sine * sine) + np.arctanh(eccentricity * sine) / eccentricity
    strip: FloatArray = SEMI_MAJOR_M**2 * (1.0 - ECCENTRICITY_SQUARED) / 2.0 * bracket
    return strip


def distance_m(
    *, lon1: FloatArray | float, lat1: FloatArray | float, lon2: FloatArray | float, lat2: FloatArray | float
) -> FloatArray:
    """Metres between positions in WGS 84 degrees; arrays broadcast, and `float()` takes the one of scalars."""
    lon1, lat1, lon2, lat2 = np.broadcast_arrays(lon1, lat1, lon2, lat2)
    _, _, metres = GEODESIC.inv(lon1, lat1, lon2, lat2)
    return np.asarray(metres)


def bearing_deg(
    *, lon1: FloatArray | float, lat1: FloatArray | float, lon2: FloatArray | float, lat2: FloatArray | float
) -> FloatArray:
    """Degrees clockwise from north, in [0, 360), in which the way from 1 to 2 sets out; arrays broadcast.

    Between equal positions it means nothing, and is 180.
    """
    lon1, lat1, lon2, lat2 = np.broadcast_arrays(lon1, lat1, lon2, lat2)
    azimuths, _, _ = GEODESIC.inv(lon1, lat1, lon2, lat2)
    bearings = np.asarray(azimuths) % 360.0
    return np.where(bearings == 360.0, 0.0, bearings)  # the remainder of a tiny negative azimuth rounds up


def to_metric(
    *,
    lon: FloatArray | float,
    lat: FloatArray | float,
    origin_lon: FloatArray | float,
    origin_lat: FloatArray | float,
) -> tuple[FloatArray, FloatArray]:
    """Metres east and north of the origin, on the plane that touches WGS 84 there; arrays broadcast.

    Linear on purpose: an edge between two vertices stays an edge, and a position stays on its side of it however long
    it is. Terms of second order (the mid latitude, say) would place vertices better and edges worse: an edge of 16 km
    that passes at 1.2 m would pass at 1.7 m on the other side.

    A distance from the origin errs at most by this much against the geodesic, in metres (d² tan(lat) / 5R); for
    an edge, d is the distance of its nearest point, not of its ends. Where that is not enough, find the nearest point
    here and ask `distance_m`.

        lat     50 m     500 m    1,620 m   10 km
         0°    0.0000    0.0000    0.0000    0.001
        31°    0.0001    0.005     0.05      1.8
        60°    0.0002    0.02      0.14      5.3
        80°    0.0005    0.05      0.5       17
    """
    around_m, along_m = _radii_m(origin_lat)
    turn = np.subtract(lon, origin_lon)
    turn = turn - 360.0 * np.round(turn / 360.0)  # the short way round, exact for neighbours
    east = np.radians(turn) * around_m
    north = np.radians(np.subtract(lat, origin_lat)) * along_m
    return np.asarray(east), np.asarray(north)


def metres_per_degree(lat: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    """How many metres a degree of longitude and one of latitude are on the plane of `to_metric` at an origin."""
    around_m, along_m = _radii_m(lat)
    return np.radians(around_m), np.radians(along_m)


def from_metric(
    *,
    east: FloatArray | float,
    north: FloatArray | float,
    origin_lon: FloatArray | float,
    origin_lat: FloatArray | float,
) -> tuple[FloatArray, FloatArray]:
    """Degrees (lon, lat) of a place on the plane of `to_metric`; arrays broadcast. Past ±180 lon runs on."""
    around_m, along_m = _radii_m(origin_lat)
    return np.asarray(origin_lon + np.degrees(east / around_m)), np.asarray(origin_lat + np.degrees(north / along_m))


def _radii_m(lat: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    """Radius of the parallel, and of curvature along the meridian (M)."""
    sine = np.sin(np.radians(lat))
    squash = 1.0 - ECCENTRICITY_SQUARED * sine * sine
    across_m = SEMI_MAJOR_M / np.sqrt(squash)  # radius of curvature across the meridian, N
    return across_m * np.cos(np.radians(lat)), across_m * (1.0 - ECCENTRICITY_SQUARED) / squash


def degrees_around(*, lat: FloatArray | float, radius_m: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    """Half-sides (d_lon, d_lat) of a box that contains the circle, on the ellipsoid and on the plane of `to_metric`.

    Arrays broadcast. A circle that reaches a pole has every longitude (180). The box may reach past ±180 and ±90.
    """
    d_lat = np.minimum(np.degrees(np.divide(radius_m, SMALLEST_RADIUS_M)) + ROUNDING_DEG, 180.0)
    farthest_lat = np.minimum(np.abs(lat) + d_lat, 90.0)
    narrowest_m = SEMI_MAJOR_M * np.cos(np.radians(farthest_lat))  # no parallel that the circle meets is narrower
    d_lon = np.minimum(np.degrees(np.divide(radius_m, narrowest_m)) + ROUNDING_DEG, 180.0)
    return np.where(farthest_lat == 90.0, 180.0, d_lon), np.asarray(d_lat)
