"""The engines that a user would pick, each asked in its best way for the area that holds each position.

A peer is given polygons and positions as arrays, makes ready what it can keep (that is not timed), and returns the
question: from positions to the numbers of areas, -1 where none is. Where a position lies on a border it may say either.
"""

from collections.abc import Callable

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.world import Boundaries
from geo.index import IntArray
from geo.model import FloatArray

Numbers = NDArray[np.int32]
Question = Callable[[], Numbers]
Peer = Callable[[Boundaries, FloatArray, FloatArray], Question]

SJOIN, TREE, LOOP = "geopandas.sjoin", "Shapely STRtree.query", "Shapely loop, sorted and prepared"
# Bins of the loop: so many across a polygon of the usual size.
BINS_ACROSS = 3


class PeerMissing(Exception):
    """The engine is not on this machine; the message says why, and how to get it."""


def by_sjoin(boundaries: Boundaries, lon: FloatArray, lat: FloatArray) -> Question:
    """geopandas.sjoin, as its handbook shows it."""
    areas = geopandas.GeoDataFrame({"number": np.arange(len(boundaries))}, geometry=boundaries, crs=4326)

    def ask() -> Numbers:
        places = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat), crs=4326)
        joined = geopandas.sjoin(places, areas, predicate="intersects")
        return told(len(lon), joined.index.to_numpy(), joined["number"].to_numpy())

    return ask


def by_tree(boundaries: Boundaries, lon: FloatArray, lat: FloatArray) -> Question:
    """One bulk question to an STRtree that is kept."""
    tree = shapely.STRtree(boundaries)

    def ask() -> Numbers:
        position, number = tree.query(shapely.points(lon, lat), predicate="intersects")
        return told(len(lon), position, number)

    return ask


def by_loop(boundaries: Boundaries, lon: FloatArray, lat: FloatArray) -> Question:
    """The fastest with Shapely alone: positions sorted into bins, each prepared polygon asked about those in its own.

    It asks `contains_xy`, which says nothing of positions on a border.
    """
    boundaries = boundaries.copy()
    shapely.prepare(boundaries)
    bounds = shapely.bounds(boundaries)
    west, south, east, north = bounds[:, 0].min(), bounds[:, 1].min(), bounds[:, 2].max(), bounds[:, 3].max()
    wide = float(np.median(bounds[:, 2] - bounds[:, 0])) / BINS_ACROSS
    high = float(np.median(bounds[:, 3] - bounds[:, 1])) / BINS_ACROSS
    columns, rows = int((east - west) / wide) + 1, int((north - south) / high) + 1
    first_column, last_column = (((bounds[:, i] - west) / wide).astype(int) for i in (0, 2))
    first_row, last_row = (((bounds[:, i] - south) / high).astype(int) for i in (1, 3))
    spans = np.stack([first_row, last_row, first_column, last_column], axis=1).tolist()

    def ask() -> Numbers:
        column = np.clip((lon - west) / wide, 0, columns - 1).astype(np.int32)
        bins = np.clip((lat - south) / high, 0, rows - 1).astype(np.int32) * columns + column
        order = np.argsort(bins, kind="stable")
        x, y = lon[order], lat[order]
        start = np.searchsorted(bins[order], np.arange(rows * columns + 1)).tolist()
        found = np.full(len(lon), -1, dtype=np.int32)
        for number, (low, high_row, left, right) in enumerate(spans):
            for row in range(low, high_row + 1):
                part = slice(start[row * columns + left], start[row * columns + right + 1])
                if part.start < part.stop:
                    held = shapely.contains_xy(boundaries[number], x[part], y[part])
                    found[part][held] = number
        numbers = np.empty_like(found)
        numbers[order] = found
        return numbers

    return ask


def told(count: int, position: IntArray, number: IntArray) -> Numbers:
    """Pairs of positions and areas as one number for each position."""
    numbers = np.full(count, -1, dtype=np.int32)
    numbers[position] = number
    return numbers


def differences(
    boundaries: Boundaries, lon: FloatArray, lat: FloatArray, ours: Numbers, theirs: Numbers
) -> tuple[int, int]:
    """At how many positions two answers differ, and at how many of these by a tie: the position is on both areas."""
    apart = np.flatnonzero(ours != theirs)
    places = shapely.points(lon[apart], lat[apart])
    on_edge = shapely.intersects(shapely.boundary(boundaries[np.maximum(ours[apart], 0)]), places)
    also = shapely.intersects(boundaries[np.maximum(theirs[apart], 0)], places) | (theirs[apart] < 0)
    return len(apart), int(np.count_nonzero(on_edge & also & (ours[apart] >= 0)))
