"""The edges near one position, in plain Python over memoryviews: what `EdgeGrid` and `feet_of` tell of many."""

from collections.abc import Callable, Iterator
from math import floor, sqrt
from typing import Any, NamedTuple, cast

from geo.crs import ROUNDING_DEG, metres_per_degree
from geo.model import FloatArray
from geo.raster.arrays import AnyArray
from geo.raster.edge_grid import EdgeGrid


class Near(NamedTuple):
    """An edge near a position: its number, its ends as metres east and north, and its foot, as in `nearest.Feet`."""

    edge: int
    ax: float
    ay: float
    bx: float
    by: float
    along: float
    distance_m: float


class Nearby:
    """The edges (k, 4) of a grid, to be asked for those near one position. Immutable."""

    def __init__(self, grid: EdgeGrid, ends: FloatArray) -> None:
        self._frame = grid.west, grid.south, grid.width, grid.height, grid.columns, grid.rows
        self._start, self._edge, self._ends = _view(grid.start), _view(grid.edge), _view(ends.reshape(-1))

    def within(self, lon: float, lat: float, radius_m: float, counts: Callable[[int], bool]) -> list[Near]:
        """The edges within `radius_m` that count, by number."""
        lon_m, lat_m = (float(metres) for metres in metres_per_degree(lat))
        d_lon, d_lat = radius_m / lon_m + ROUNDING_DEG, radius_m / lat_m + ROUNDING_DEG
        ends = self._ends
        found = []
        for edge in sorted(set(self._in_box(lon, lat, d_lon, d_lat))):
            if not counts(edge):
                continue
            x1, y1, x2, y2 = ends[4 * edge : 4 * edge + 4]
            ax, ay, bx, by = (x1 - lon) * lon_m, (y1 - lat) * lat_m, (x2 - lon) * lon_m, (y2 - lat) * lat_m
            dx, dy = bx - ax, by - ay
            square = dx * dx + dy * dy
            along = -(ax * dx + ay * dy) / (square if square > 0.0 else 1.0)
            along = min(max(along, 0.0), 1.0)
            x, y = (ax + along * dx, ay + along * dy) if along < 1.0 else (bx, by)
            distance_m = sqrt(x * x + y * y)
            if distance_m <= radius_m:
                found.append(Near(edge, ax, ay, bx, by, along, distance_m))
        return found

    def _in_box(self, lon: float, lat: float, d_lon: float, d_lat: float) -> Iterator[int]:
        west, south, width, height, columns, rows = self._frame
        left, right = floor((lon - d_lon - west) / width), floor((lon + d_lon - west) / width)
        below, above = floor((lat - d_lat - south) / height), floor((lat + d_lat - south) / height)
        left, right = max(left, 0), min(right, columns - 1)
        if left > right:
            return
        for row in range(max(below, 0), min(above, rows - 1) + 1):
            first = row * columns
            yield from self._edge[self._start[first + left] : self._start[first + right + 1]]


def _view(array: AnyArray) -> "memoryview[Any]":
    return memoryview(cast("Any", array))
