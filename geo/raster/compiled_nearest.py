"""The nearest edge of each of many positions, compiled by numba: outwards while anything may be nearer."""

import numpy as np
from numpy.typing import NDArray

from geo.crs import ROUNDING_DEG, metres_per_degree
from geo.model import FloatArray
from geo.raster.arrays import IntArray, NumberArray
from geo.raster.compiled import jit, read_only
from geo.raster.edge_grid import EdgeGrid
from geo.raster.nearest import Nearest


def nearest_edges(
    grid: EdgeGrid, ends: FloatArray, rank: IntArray, lon: FloatArray, lat: FloatArray, radius_m: FloatArray
) -> Nearest:
    """As `nearest.nearest_edges`."""
    lon_m, lat_m = metres_per_degree(lat)
    found = Nearest(np.full(len(lon), np.inf), np.full(len(lon), -1, dtype=np.int64), np.zeros(len(lon)))
    frame = np.array([grid.west, grid.south, grid.width, grid.height])
    shape = np.array([grid.columns, grid.rows])
    arrays = (frame, shape, grid.start, grid.edge, grid.away, ends, rank, lon, lat, lon_m, lat_m, radius_m)
    _nearest(*map(read_only, arrays), *found)
    return found


@jit
def _nearest(
    frame: FloatArray,
    shape: IntArray,
    start: IntArray,
    cell_edge: NumberArray,
    away: NDArray[np.uint8],
    ends: FloatArray,
    rank: IntArray,
    lon: FloatArray,
    lat: FloatArray,
    lon_m: FloatArray,
    lat_m: FloatArray,
    radius_m: FloatArray,
    distance_m: FloatArray,
    nearest: IntArray,
    nearest_along: FloatArray,
) -> None:
    west, south, width, height = frame[0], frame[1], frame[2], frame[3]
    columns, rows = shape[0], shape[1]
    for i in range(len(lon)):
        across, up = (lon[i] - west) / width, (lat[i] - south) / height
        d_lon, d_lat = radius_m[i] / lon_m[i] + ROUNDING_DEG, radius_m[i] / lat_m[i] + ROUNDING_DEG
        left, right = max(np.floor(across - d_lon / width), 0.0), min(np.floor(across + d_lon / width), columns - 1.0)
        below, above = max(np.floor(up - d_lat / height), 0.0), min(np.floor(up + d_lat / height), rows - 1.0)
        if left > right or below > above:
            continue
        column, row = int(np.floor(across)), int(np.floor(up))
        step_x, step_y = width * lon_m[i], height * lat_m[i]
        # How far the nearest side of the position's own cell is, less what rounding may make of it.
        aside = min(min(across - column, column + 1 - across) * step_x, min(up - row, row + 1 - up) * step_y) - 1e-6
        position = lon[i], lat[i], lon_m[i], lat_m[i]
        best, best_edge, best_along = radius_m[i] * radius_m[i], -1, 0.0
        rings = int(max(max(column - left, right - column), max(row - below, above - row))) + 1
        inside = 0 <= column < columns and 0 <= row < rows
        for ring in range(away[row * columns + column] if inside else 0, rings):
            least = aside + (ring - 1) * min(step_x, step_y)
            if ring > 0 and least > 0.0 and least * least > best:
                break
            for r in range(max(row - ring, int(below)), min(row + ring, int(above)) + 1):
                # A ring has its whole first and last row, and of the rows between the two ends.
                step = 1 if r == row - ring or r == row + ring else 2 * ring
                for c in range(column - ring, column + ring + 1, step):
                    if c < left or c > right:
                        continue
                    x, y = max(c - across, across - c - 1, 0.0) * step_x, max(r - up, up - r - 1, 0.0) * step_y
                    if x * x + y * y <= best + 1e-6 * (1.0 + best):
                        begin, end = start[r * columns + c], start[r * columns + c + 1]
                        best, best_edge, best_along = _nearer(
                            cell_edge, begin, end, ends, rank, position, best, best_edge, best_along
                        )
        if best_edge >= 0:
            distance_m[i], nearest[i], nearest_along[i] = np.sqrt(best), best_edge, best_along


@jit
def _nearer(
    cell_edge: NumberArray,
    begin: int,
    end: int,
    ends: FloatArray,
    rank: IntArray,
    position: tuple[float, float, float, float],
    best: float,
    best_edge: int,
    best_along: float,
) -> tuple[float, int, float]:
    """The best until now or, where it is nearer, one of `cell_edge[begin:end]`: metres squared, edge, where along it.

    A position is its degrees, and the metres per degree there.
    """
    lon, lat, lon_m, lat_m = position
    for at in range(begin, end):
        e = cell_edge[at]
        ax, ay = (ends[e, 0] - lon) * lon_m, (ends[e, 1] - lat) * lat_m
        bx, by = (ends[e, 2] - lon) * lon_m, (ends[e, 3] - lat) * lat_m
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        along = -(ax * dx + ay * dy) / (square if square > 0.0 else 1.0)
        along = min(max(along, 0.0), 1.0)
        x, y = (ax + along * dx, ay + along * dy) if along < 1.0 else (bx, by)
        away = x * x + y * y
        if away > best:
            continue
        nearer = best_edge < 0 or away < best or rank[e] < rank[best_edge]
        if nearer or (rank[e] == rank[best_edge] and e < best_edge):
            best, best_edge, best_along = away, e, along
    return best, best_edge, best_along
