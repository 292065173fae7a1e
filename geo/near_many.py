"""The edges of the lines that count near positions: by the tree for a few positions, by cells for many."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.edge_grid import EdgeArrays, EdgeGrid, grid_for
from geo.edges import Pairs, edges_of
from geo.index import IntArray
from geo.lines import Sides
from geo.model import FloatArray
from geo.sheet import Sheet

Counts = Callable[[IntArray], NDArray[np.bool_]]

# From so many positions on, and more than there are lines, the cells are worth while.
MANY = 1_000
# Radii are served by grids for half as much again, so that a column of accuracies does not need many.
_WIDER = 1.5
_LEAST_RADIUS_M = 1.0
_GRIDS_KEPT = 32


def near_many(
    sides: Sides[Any], counts: Counts, *, lon: FloatArray, lat: FloatArray, radius_m: FloatArray, what: str = "sides"
) -> Iterator[Pairs]:
    """What `Edges.near` gives for these positions: all three arrays are (n,).

    `what` names what counts; for one name and one `sides` the same lines must count at all times.
    """
    if len(lon) < max(MANY, len(sides.lines.geometries)):
        yield from sides.lines.edges.near(lon=lon, lat=lat, radius_m=radius_m, counts=counts)
        return
    wanted = np.maximum(radius_m, _LEAST_RADIUS_M)
    classes = np.ceil(np.log(wanted / _LEAST_RADIUS_M) / np.log(_WIDER) - 1e-9).astype(np.int64)
    for number in np.unique(classes).tolist():
        rows = np.flatnonzero(classes == number)
        grid = _grid(sides, counts, what, number)
        if grid is None:
            found = sides.lines.edges.near(lon=lon[rows], lat=lat[rows], radius_m=radius_m[rows], counts=counts)
        else:
            found = grid.near(lon=lon[rows], lat=lat[rows], radius_m=radius_m[rows])
        for pairs in found:
            yield replace(pairs, position=rows[pairs.position])


def _grid(sides: Sides[Any], counts: Counts, what: str, number: int) -> EdgeGrid | None:
    """The grid of the edges that count, kept with the sides."""
    key = what, number
    try:
        return sides.grids[key]
    except KeyError:
        known = (grid.edges for (name, _), grid in list(sides.grids.items()) if grid is not None and name == what)
        grid = grid_for(next(known, None) or _counting(sides, counts), _LEAST_RADIUS_M * _WIDER**number * (1.0 + 1e-9))
        if len(sides.grids) >= _GRIDS_KEPT:
            sides.grids.clear()
        sides.grids[key] = grid
        return grid


def _counting(sides: Sides[Any], counts: Counts) -> EdgeArrays:
    x1, y1, x2, y2, line = edges_of(sides.lines.geometries)
    chosen = np.flatnonzero(counts(np.arange(len(sides.lines.geometries)))[line]) if len(line) else line
    return EdgeArrays(chosen, line[chosen], *(values[chosen] for values in (x1, y1, x2, y2)))


def nearest_m(sheet: Sheet, *, lon: FloatArray, lat: FloatArray, radius_m: FloatArray) -> FloatArray:
    """Metres to the nearest place where the units that lead change, (n,), inf where it is beyond the radius."""
    found = np.full(len(lon), np.inf)
    near = near_many(sheet.sides, sheet.parts_units, lon=lon, lat=lat, radius_m=radius_m, what="units")
    for pairs in near:
        if len(pairs.position):
            first = np.flatnonzero(np.diff(pairs.position, prepend=-1))
            found[pairs.position[first]] = np.minimum.reduceat(pairs.distance_m, first)
    return found
