"""How far positions lie outside or inside an area: metres to its border."""

import numpy as np
import shapely
from shapely import MultiPolygon

from geo.crs import degrees_around, distance_m, to_metric
from geo.model import FloatArray

# Beyond, the nearest edge is taken from one plane for the whole area instead of being measured among its rivals.
RIVALS_TO_M = 100_000.0
# Positions measured at one time; bounds the pairs of positions and edges that are held.
POSITIONS_AT_ONCE = 1_000
ORIGIN = shapely.Point(0.0, 0.0)


def signed_distance_m(boundary: MultiPolygon, *, lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Metres from n positions to the border of a polygon: negative inside, positive outside, 0.0 on the line.

    Geodesic on WGS 84 to the nearest place on edges that are straight in degrees: right to 0.1 m up to 10 km, and to
    some metres up to 100 km; further away it may be too long, by the size of the polygon at most.
    """
    unsigned_m = np.empty(len(lon))
    border = _BorderEdges(boundary)
    for start in range(0, len(lon), POSITIONS_AT_ONCE):
        share = slice(start, start + POSITIONS_AT_ONCE)
        unsigned_m[share] = border.distance_m(lon[share], lat[share])
    inside = shapely.contains_xy(boundary, lon, lat)
    held = shapely.intersects_xy(boundary, lon, lat)
    signed_m: FloatArray = np.where(inside, -unsigned_m, np.where(held, 0.0, unsigned_m))
    return signed_m


class _BorderEdges:
    """The edges of a polygon, (k, 2, 2): start and end, lon and lat; found on the plane that touches its middle."""

    def __init__(self, boundary: MultiPolygon) -> None:
        rings = shapely.get_parts(shapely.boundary(boundary))
        corners, ring = shapely.get_coordinates(rings, return_index=True)
        self._edges = np.stack([corners[:-1], corners[1:]], axis=1)[ring[:-1] == ring[1:]]
        west, south, east, north = boundary.bounds
        self._lon, self._lat = (west + east) / 2, (south + north) / 2
        self._tree = shapely.STRtree(shapely.linestrings(self._place(self._edges[..., 0], self._edges[..., 1])))

    def _place(self, lon: FloatArray, lat: FloatArray) -> FloatArray:
        return np.stack(to_metric(lon=lon, lat=lat, origin_lon=self._lon, origin_lat=self._lat), axis=-1)

    def distance_m(self, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Metres from n positions to the nearest edge."""
        places = shapely.points(self._place(lon, lat))
        row, edge = self._tree.query_nearest(places, all_matches=False)
        nearest_m = _to_edges_m(self._edges[edge], lon[row], lat[row])
        # The plane stretches away from its middle, so a rival edge may really be nearer: whatever lies in the circle
        # through the first find is measured, and the plane draws no part of that circle outside its stretched box.
        near = np.flatnonzero(nearest_m <= RIVALS_TO_M)
        d_lon, d_lat = degrees_around(lat=lat[near], radius_m=nearest_m[near])
        reach_m = self._place(self._lon + d_lon, self._lat + d_lat).max(axis=-1)
        row, edge = self._tree.query(places[near], predicate="dwithin", distance=reach_m)
        np.minimum.at(nearest_m, near[row], _to_edges_m(self._edges[edge], lon[near[row]], lat[near[row]]))
        return nearest_m


def _to_edges_m(edges: FloatArray, lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Metres from n positions to n edges (n, 2, 2), one each: geodesic, to the nearest place on the tangent plane."""
    east, north = to_metric(
        lon=edges[..., 0], lat=edges[..., 1], origin_lon=lon[:, np.newaxis], origin_lat=lat[:, np.newaxis]
    )
    lines = shapely.linestrings(np.stack([east, north], axis=-1))
    along = shapely.line_locate_point(lines, ORIGIN, normalized=True)
    foot = edges[:, 0] + along[:, np.newaxis] * (edges[:, 1] - edges[:, 0])
    return distance_m(lon1=lon, lat1=lat, lon2=foot[:, 0], lat2=foot[:, 1])
