"""The nearest edge of each of many positions, in numpy alone."""

from typing import NamedTuple

import numpy as np

from geo.crs import ROUNDING_DEG, metres_per_degree
from geo.model import FloatArray
from geo.raster.arrays import IntArray, NumberArray
from geo.raster.edge_grid import EdgeGrid


class Nearest(NamedTuple):
    """Of n positions the nearest edge: metres to it (inf beyond the radius), and its number (-1 then).

    `along` is where on it, from 0 to 1, the nearest place is.
    """

    distance_m: FloatArray
    edge: IntArray
    along: FloatArray


class Feet(NamedTuple):
    """Positions and edges, p pairs: the edge's ends as metres east and north of the position.

    `along` is where on the edge, from 0 to 1, the place nearest to the position is, `square_m2` how far, squared.
    """

    ax: FloatArray
    ay: FloatArray
    bx: FloatArray
    by: FloatArray
    along: FloatArray
    square_m2: FloatArray


def feet_of(ends: FloatArray, lon: FloatArray, lat: FloatArray, lon_m: FloatArray, lat_m: FloatArray) -> Feet:
    """The feet of positions (p,) on edges (p, 4); `lon_m` and `lat_m` are the metres per degree at the positions."""
    ax, ay = (ends[:, 0] - lon) * lon_m, (ends[:, 1] - lat) * lat_m
    bx, by = (ends[:, 2] - lon) * lon_m, (ends[:, 3] - lat) * lat_m
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    along = -(ax * dx + ay * dy) / np.where(square > 0.0, square, 1.0)
    along = np.minimum(np.maximum(along, 0.0), 1.0)
    # An end is that vertex itself, to the bit: two edges that meet there are equally far.
    x, y = np.where(along < 1.0, ax + along * dx, bx), np.where(along < 1.0, ay + along * dy, by)
    return Feet(ax, ay, bx, by, along, x * x + y * y)


def nearest_edges(
    grid: EdgeGrid, ends: FloatArray, rank: IntArray, lon: FloatArray, lat: FloatArray, radius_m: FloatArray
) -> Nearest:
    """The nearest edge within `radius_m` of each position, the three (n,).

    `ends` (k, 4) are x1, y1, x2, y2 of each edge. Among edges equally near the one of the lowest
    `rank` (k,), then the lowest number.
    """
    lon_m, lat_m = metres_per_degree(lat)
    square = radius_m * radius_m
    found = Nearest(np.full(len(lon), np.inf), np.full(len(lon), -1, dtype=np.int64), np.zeros(len(lon)))
    best = _Best(ends, rank, lon, lat, lon_m, lat_m, square, found)
    near = np.flatnonzero(~grid.beyond_reach(lon=lon, lat=lat, lon_m=lon_m, lat_m=lat_m, radius_m=radius_m))
    # What is in the position's own cell tells how far it is worth to look.
    nowhere = np.zeros(len(near))
    for position, edge in grid.candidates(lon=lon[near], lat=lat[near], d_lon=nowhere, d_lat=nowhere):
        best.consider(near[position], edge)
    reach_m = np.sqrt(square)
    d_lon, d_lat = reach_m / lon_m + ROUNDING_DEG, reach_m / lat_m + ROUNDING_DEG
    alone = grid.in_one_cell(lon=lon[near], lat=lat[near], d_lon=d_lon[near], d_lat=d_lat[near])
    beyond = near[~alone]
    for position, edge in grid.candidates(lon=lon[beyond], lat=lat[beyond], d_lon=d_lon[beyond], d_lat=d_lat[beyond]):
        best.consider(beyond[position], edge)
    np.sqrt(square, out=found.distance_m, where=found.edge >= 0)
    return found


class _Best(NamedTuple):
    """The best until now; `square` is how far an edge may be, squared, and shrinks."""

    ends: FloatArray
    rank: IntArray
    lon: FloatArray
    lat: FloatArray
    lon_m: FloatArray
    lat_m: FloatArray
    square: FloatArray
    found: Nearest

    def consider(self, position: IntArray, edge: NumberArray) -> None:
        """Takes whatever is nearer; `position` and `edge` are (p,), by position."""
        at = (values.take(position) for values in (self.lon, self.lat, self.lon_m, self.lat_m))
        feet = feet_of(self.ends.take(edge, axis=0), *at)
        near = np.flatnonzero(feet.square_m2 <= self.square.take(position))
        position, edge, square, along = position[near], edge[near], feet.square_m2[near], feet.along[near]
        first = np.flatnonzero(np.diff(position, prepend=-1))
        if not len(first):
            return
        least = np.repeat(np.minimum.reduceat(square, first), np.diff(np.append(first, len(position))))
        least_of = np.flatnonzero(square == least)
        position, edge, square, along = position[least_of], edge[least_of], square[least_of], along[least_of]
        if len(position) > len(first):
            order = np.lexsort((edge, self.rank[edge], position))
            position, edge, square, along = position[order], edge[order], square[order], along[order]
            first = np.flatnonzero(np.diff(position, prepend=-1))
            position, edge, square, along = position[first], edge[first], square[first], along[first]
        before = self.found.edge[position]
        nearer = (square < self.square[position]) | (before < 0)
        rank = self.rank[edge] - np.where(before < 0, 0, self.rank[before])
        tied = ~nearer & ((rank < 0) | ((rank == 0) & (edge < before)))
        took = np.flatnonzero(nearer | tied)
        self.square[position[took]] = square[took]
        self.found.edge[position[took]] = edge[took]
        self.found.along[position[took]] = along[took]
