"""Officially recorded units against the map: how often they agree, and where they do not.

A row agrees when the code recorded for it is among the areas whose closed polygon holds its position: on a shared edge
both neighbours are right.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon

from geo.atlas import Atlas
from geo.crs import degrees_around, distance_m, to_metric
from geo.index import IntArray
from geo.model import Area, FloatArray

WITHIN_M = (1.0, 5.0, 20.0, 100.0)
WORST = 20  # borders and unknown labels that a verification names
# Beyond, the nearest edge is taken from one plane for the whole area instead of being measured among its rivals.
RIVALS_TO_M = 100_000.0
# Positions measured at one time; bounds the pairs of positions and edges that are held.
POSITIONS_AT_ONCE = 1_000
ORIGIN = shapely.Point(0.0, 0.0)

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of comparing some rows; the disagreements are (k,) arrays.

    `recorded` is the code recorded, `found` the code of the area that holds the position (None: nobody); positions are
    in WGS 84. `without_position` counts rows that have a label only.
    """

    agreeing: int
    without_label: int
    without_position: int
    recorded: NDArray[np.object_]
    found: NDArray[np.object_]
    lon: FloatArray
    lat: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstBorder:
    """Rows recorded for one area that lie in another one, or in none (`found` is None).

    `median_m` is their distance to the border of the recorded area; the example lies as far from it as half of them.
    """

    recorded: Area
    found: Area | None
    rows: int
    median_m: float
    example_lon: float
    example_lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The map of one level measured against what was officially recorded.

    `within` counts the disagreements at most so many metres outside the recorded area, for each of `WITHIN_M`; `beyond`
    those further away. Labels that no area has (`unknown`, the most frequent first) have no distance and no border.
    """

    agreeing: int
    disagreeing: int
    without_label: int
    without_position: int
    within: tuple[int, ...]
    beyond: int
    unknown_rows: int
    unknown_labels: int
    unknown: tuple[tuple[str, int], ...]
    borders: int
    worst: tuple[WorstBorder, ...]

    @property
    def compared(self) -> int:
        """Rows with a label and a position."""
        return self.agreeing + self.disagreeing

    def agreement(self, forgiven: int = 0) -> float | None:
        """Share of the compared rows that agree, with so many disagreements forgiven; None when none was compared."""
        return (self.agreeing + forgiven) / self.compared if self.compared else None


def compare(
    atlas: Atlas, *, scheme: str, level: str, labels: Sequence[str | None], lon: FloatArray, lat: FloatArray
) -> Comparison:
    """The labels of n rows against the areas of a level that hold their positions.

    lon and lat are (n,), nan for a row without a position.
    """
    labelled = np.array([label is not None for label in labels], dtype=bool)
    comparable = labelled & ~np.isnan(lon)
    recorded = np.array(labels, dtype=object)[comparable]
    lon, lat = lon[comparable], lat[comparable]
    sets = atlas.index.sets_at(lon=lon, lat=lat)
    codes = {number: area.code for number, area in enumerate(atlas.areas) if _is_at(area, scheme, level)}
    holders = [{codes[i] for i in (*cover.interior, *cover.edge) if i in codes} for cover in sets.covers]
    agrees = [label in holders[i] for label, i in zip(recorded, sets.ids.tolist(), strict=True)]
    differs = ~np.array(agrees, dtype=bool)
    chosen = [[area.code for area in atlas.areas_of(cover) if _is_at(area, scheme, level)] for cover in sets.covers]
    return Comparison(
        agreeing=sum(agrees),
        without_label=int(np.sum(~labelled)),
        without_position=int(np.sum(labelled & ~comparable)),
        recorded=recorded[differs],
        # Of several areas the one that the tie rule names, as in the answers.
        found=np.array([next(iter(chosen[i]), None) for i in sets.ids[differs]], dtype=object),
        lon=lon[differs],
        lat=lat[differs],
    )


def summarise(atlas: Atlas, *, scheme: str, level: str, comparisons: Iterable[Comparison]) -> Verification:
    """The verification of all rows that were compared, in any number of parts."""
    whole = _joined(list(comparisons))
    areas = {area.code: area for area in atlas.areas if _is_at(area, scheme, level)}
    known = np.array([label in areas for label in whole.recorded], dtype=bool)
    unknown = Counter(whole.recorded[~known].tolist())
    outside_m = np.full(len(known), np.nan)
    for label, rows in _rows_of(whole.recorded[known].tolist()).items():
        rows = np.flatnonzero(known)[rows]
        outside_m[rows] = signed_distance_m(areas[label].boundary, lon=whole.lon[rows], lat=whole.lat[rows])
    borders = _borders(areas, whole, outside_m, np.flatnonzero(known))
    return Verification(
        agreeing=whole.agreeing,
        disagreeing=len(known),
        without_label=whole.without_label,
        without_position=whole.without_position,
        within=tuple(int(np.sum(outside_m <= metres)) for metres in WITHIN_M),
        beyond=int(np.sum(outside_m > WITHIN_M[-1])),
        unknown_rows=unknown.total(),
        unknown_labels=len(unknown),
        unknown=tuple(sorted(unknown.items(), key=lambda item: (-item[1], item[0]))[:WORST]),
        borders=len(borders),
        worst=tuple(borders[:WORST]),
    )


def _is_at(area: Area, scheme: str, level: str) -> bool:
    return (area.scheme, area.level) == (scheme, level)


def _joined(parts: list[Comparison]) -> Comparison:
    return Comparison(
        agreeing=sum(part.agreeing for part in parts),
        without_label=sum(part.without_label for part in parts),
        without_position=sum(part.without_position for part in parts),
        recorded=np.concatenate([np.array([], dtype=object), *(part.recorded for part in parts)]),
        found=np.concatenate([np.array([], dtype=object), *(part.found for part in parts)]),
        lon=np.concatenate([np.array([]), *(part.lon for part in parts)]),
        lat=np.concatenate([np.array([]), *(part.lat for part in parts)]),
    )


def _rows_of(keys: Iterable[Key]) -> dict[Key, IntArray]:
    """The places at which each key stands."""
    places: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return {key: np.array(rows, dtype=np.int64) for key, rows in places.items()}


def _borders(areas: dict[str, Area], whole: Comparison, outside_m: FloatArray, known: IntArray) -> list[WorstBorder]:
    """Every pair of areas between which rows are disputed, the worst first."""
    borders = []
    for (recorded, found), rows in _rows_of(zip(whole.recorded[known], whole.found[known], strict=True)).items():
        rows = known[rows]
        rows = rows[np.argsort(outside_m[rows], kind="stable")]
        example = rows[(len(rows) - 1) // 2]
        borders.append(
            WorstBorder(
                recorded=areas[recorded],
                found=None if found is None else areas[found],
                rows=len(rows),
                median_m=float(np.median(outside_m[rows])),
                example_lon=float(whole.lon[example]),
                example_lat=float(whole.lat[example]),
            )
        )
    return sorted(borders, key=lambda border: (-border.rows, border.recorded.code, _code(border.found)))


def _code(area: Area | None) -> str:
    return "" if area is None else area.code


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
