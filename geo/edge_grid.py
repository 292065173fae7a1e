"""The edges near many positions at once: cells that list every edge within a radius of them.

For one position a tree is quicker; a bulk question looks its cell up and measures what is listed there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import degrees_around, radii_m
from geo.edges import Pairs
from geo.index import IntArray
from geo.model import FloatArray

# How many times narrower than the radius the cells are, and how many edges they may list all together. The narrower
# they are, the fewer are listed in vain, and the more often each.
_CELLS_A_RADIUS = ((2.0, 4_000_000), (1.0, 8_000_000), (0.5, 16_000_000))
_MOST_CELLS = 4_000_000
_FARTHEST_LAT = 85.0
# Edges measured at one time: so that they stay in the processor's cache.
_LISTED_AT_ONCE = 131_072


@dataclass(frozen=True, slots=True)
class EdgeArrays:
    """Edges (e,) in degrees, with the number of the line that each is of; ascending."""

    number: IntArray
    line: IntArray
    x1: FloatArray
    y1: FloatArray
    x2: FloatArray
    y2: FloatArray


class EdgeGrid:
    """Edges by cell, for looks as far as `radius_m` at most; of no use unless it `fits`. Immutable."""

    def __init__(self, edges: EdgeArrays, radius_m: float, *, cells_a_radius: float, most_listed: int) -> None:
        self.edges = edges
        west, east = np.minimum(edges.x1, edges.x2), np.maximum(edges.x1, edges.x2)
        south, north = np.minimum(edges.y1, edges.y2), np.maximum(edges.y1, edges.y2)
        farthest = max(abs(float(south.min())), abs(float(north.max())))
        self._d_lon, self._d_lat = (float(d) for d in degrees_around(lat=farthest, radius_m=radius_m))
        # A position as far from the equator as it may be and still near an edge sees as far as that in degrees.
        self._d_lon = float(degrees_around(lat=farthest + self._d_lat, radius_m=radius_m)[0])
        self._west, self._south = float(west.min()) - self._d_lon, float(south.min()) - self._d_lat
        wide, high = float(east.max()) + self._d_lon - self._west, float(north.max()) + self._d_lat - self._south
        self._step_x, self._step_y = self._d_lon / cells_a_radius, self._d_lat / cells_a_radius
        widened = max(1.0, float(np.sqrt(wide / self._step_x * (high / self._step_y) / _MOST_CELLS)))
        self._step_x, self._step_y = self._step_x * widened, self._step_y * widened
        self._columns, self._rows = int(wide / self._step_x) + 1, int(high / self._step_y) + 1
        # One cell more on either side of each box than it touches: no rounding loses an edge.
        left, right = self._column(west - self._d_lon) - 1, self._column(east + self._d_lon) + 1
        below, above = self._row(south - self._d_lat) - 1, self._row(north + self._d_lat) + 1
        left, right = np.maximum(left, 0), np.minimum(right, self._columns - 1)
        below, above = np.maximum(below, 0), np.minimum(above, self._rows - 1)
        across, up = right - left + 1, above - below + 1
        self.fits = int((across * up).sum()) <= most_listed
        if not self.fits:
            return
        edge = np.repeat(np.arange(len(west)), across * up)
        place = np.arange(len(edge)) - np.repeat(np.cumsum(across * up) - across * up, across * up)
        cell = (below[edge] + place // across[edge]) * self._columns + left[edge] + place % across[edge]
        order = np.argsort(cell, kind="stable")
        self._edge = edge[order].astype(np.int32)
        self._start = np.searchsorted(cell[order], np.arange(self._columns * self._rows + 1)).astype(np.int32)

    def _column(self, lon: FloatArray) -> IntArray:
        column: IntArray = np.floor((lon - self._west) / self._step_x).astype(np.int64)
        return column

    def _row(self, lat: FloatArray) -> IntArray:
        row: IntArray = np.floor((lat - self._south) / self._step_y).astype(np.int64)
        return row

    def near(self, *, lon: FloatArray, lat: FloatArray, radius_m: FloatArray) -> Iterator[Pairs]:
        """What `Edges.near` gives of these edges, in parts of bounded memory; the radius is none above the grid's."""
        column, row = self._column(lon), self._row(lat)
        inside = (column >= 0) & (row >= 0) & (column < self._columns) & (row < self._rows)
        cell = np.where(inside, row * self._columns + column, 0)
        count = np.where(inside, self._start[cell + 1] - self._start[cell], 0)
        held = np.flatnonzero(count)
        total = np.cumsum(count[held])
        done = 0
        while done < len(held):
            before = int(total[done - 1]) if done else 0
            end = max(int(np.searchsorted(total, before + _LISTED_AT_ONCE, side="right")), done + 1)
            some = held[done:end]
            yield self._measured(some, self._start[cell[some]], count[some], lon, lat, radius_m)
            done = end

    def _measured(
        self,
        held: IntArray,
        start: NDArray[np.int32],
        count: IntArray,
        lon: FloatArray,
        lat: FloatArray,
        radius_m: FloatArray,
    ) -> Pairs:
        edges = self.edges
        ends = np.cumsum(count)
        edge = self._edge[np.repeat(start - (ends - count), count) + np.arange(ends[-1])]
        around_m, along_m = radii_m(lat[held])
        x0, y0, around_m, along_m, reach_m = (
            np.repeat(values, count) for values in (lon[held], lat[held], around_m, along_m, radius_m[held])
        )
        ax, bx = (_east(x[edge] - x0) * around_m for x in (edges.x1, edges.x2))
        ay, by = (np.radians(y[edge] - y0) * along_m for y in (edges.y1, edges.y2))
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        along = np.clip(-(ax * dx + ay * dy) / np.where(square > 0, square, 1.0), 0.0, 1.0)
        distance_m = np.hypot(ax + along * dx, ay + along * dy)
        near = np.flatnonzero(distance_m <= reach_m)
        edge = edge[near]
        return Pairs(
            position=np.repeat(held, count)[near],
            edge=edges.number[edge],
            line=edges.line[edge],
            ax=ax[near],
            ay=ay[near],
            bx=bx[near],
            by=by[near],
            along=along[near],
            distance_m=distance_m[near],
        )


def _east(turn: FloatArray) -> FloatArray:
    """The turn eastwards in radians, the short way round, as `to_metric` has it."""
    if np.abs(turn).max(initial=0.0) > 180.0:
        turn = turn - 360.0 * np.round(turn / 360.0)
    return np.radians(turn)


def grid_for(edges: EdgeArrays, radius_m: float) -> EdgeGrid | None:
    """A grid for looks as far as this; None where there is no edge, or where cells would list far too many."""
    if not len(edges.number):
        return None
    if max(np.abs(edges.y1).max(), np.abs(edges.y2).max()) + np.degrees(radius_m / 6.3e6) > _FARTHEST_LAT:
        return None
    for cells_a_radius, most_listed in _CELLS_A_RADIUS:
        grid = EdgeGrid(edges, radius_m, cells_a_radius=cells_a_radius, most_listed=most_listed)
        if grid.fits:
            return grid
    return None
