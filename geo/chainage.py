"""Linear reference (里程): where along a segment, how far aside and on which side a position is, and back.

Chainage is geodesic: at a vertex it is the sum of the geodesic lengths of the edges before, and within an edge it
grows linearly. Which place of the centreline is nearest, and how far aside, is found on the plane of `to_metric` that
touches WGS 84 in the middle of the centreline, as the strips are; an offset errs at most by the share d tan(lat) / R,
d being the metres north or south of that middle. Shapely's `project` on that plane finds the same place; its share of
the plane's length differs from the share of the chainage by at most H tan(lat) / 4R, H being the metres from the
southernmost to the northernmost place of the centreline: 1e-6 for 60 m at 22.5°.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import distance_m, from_metric, to_metric
from geo.errors import InvalidGeometry, InvalidInput
from geo.kept import Kept
from geo.model import FloatArray
from geo.roads import Segment, Side
from geo.wording import Phrase

ON_LINE_M = 1e-6  # nearer than that, a position has no side

NO_LENGTH = Phrase(
    zh="路段 {code} 的中心线没有长度；请给出至少两个不同的顶点",
    en="the centreline of segment {code} has no length; give at least two different vertices",
)
CHAINAGE_OUTSIDE = Phrase(
    zh="里程 {value} 米不在路段 {code} 的 [0, {length}] 米之内；请核对里程或路段",
    en="the chainage {value} m is outside [0, {length}] m of segment {code}; check the chainage or the segment",
)
OFFSET_OUTSIDE = Phrase(
    zh="偏距 {value} 米不可用；请给出大于或等于 0 的米数，左右用 side 表示",
    en="the offset {value} m cannot be used; give 0 m or more, and say left or right by side",
)
OFFSET_WITHOUT_SIDE = Phrase(
    zh="偏距 {value} 米没有说明在哪一侧；请给出 side：left 或 right",
    en="the offset {value} m has no side; give side left or right",
)


# Centrelines in metres: whoever asks along one road asks there again.
LINES_KEPT = 4096
_LINES: Kept[Any] = Kept(LINES_KEPT)


@dataclass(frozen=True, slots=True)
class OnRoad:
    """A position by its road: metres along the centreline and aside of it.

    `side` is None on the line itself, and straight ahead of its ends and of a place where it turns back on itself.
    """

    chainage_m: float
    offset_m: float
    side: Side | None


@dataclass(frozen=True, slots=True)
class _Line:
    """A centreline as (n, 2) metres on its plane, no vertex twice in a row, and the (n,) chainages of its vertices."""

    origin_lon: float
    origin_lat: float
    vertices: FloatArray
    chainages_m: FloatArray

    @classmethod
    def of(cls, segment: Segment) -> Self:
        known = _LINES.get(segment.centreline)
        return known if isinstance(known, cls) else _LINES.put(segment.centreline, cls._of(segment))

    @classmethod
    def _of(cls, segment: Segment) -> Self:
        west, south, east, north = segment.centreline.bounds
        origin_lon, origin_lat = (west + east) / 2.0, (south + north) / 2.0
        degrees = shapely.get_coordinates(segment.centreline)
        is_new = np.append(True, np.any(np.diff(degrees, axis=0) != 0.0, axis=1))
        if is_new.sum() < 2:
            raise InvalidGeometry(NO_LENGTH, code=segment.code)
        lon, lat = degrees[is_new].T
        lengths_m = distance_m(lon1=lon[:-1], lat1=lat[:-1], lon2=lon[1:], lat2=lat[1:])
        vertices = np.stack(to_metric(lon=lon, lat=lat, origin_lon=origin_lon, origin_lat=origin_lat), axis=-1)
        return cls(origin_lon, origin_lat, vertices, np.append(0.0, np.cumsum(lengths_m)))

    def nearest(self, *, lon: FloatArray, lat: FloatArray) -> tuple[NDArray[np.intp], FloatArray, FloatArray]:
        """For n positions: the nearest edge and the share of it, both (n,), and (n, 2) metres from there to them."""
        origin = {"origin_lon": self.origin_lon, "origin_lat": self.origin_lat}
        places = np.stack(to_metric(lon=lon, lat=lat, **origin), axis=-1)
        steps = np.diff(self.vertices, axis=0)
        beside = places[:, None, :] - self.vertices[:-1]
        shares = np.clip((beside * steps).sum(axis=-1) / (steps * steps).sum(axis=-1), 0.0, 1.0)
        aside = beside - shares[..., None] * steps
        edges = np.hypot(aside[..., 0], aside[..., 1]).argmin(axis=1)
        picked = np.arange(len(places)), edges
        return edges, shares[picked], aside[picked]

    def headings(self, edges: NDArray[np.intp], shares: FloatArray) -> FloatArray:
        """Which way the line goes, (n, 2), at a share of an edge: at a bend, the mean of the ways in and out."""
        steps = np.diff(self.vertices, axis=0)
        along = steps / np.hypot(*steps.T)[:, None]
        is_ring = len(along) > 2 and np.array_equal(self.vertices[0], self.vertices[-1])
        ends = along[[-1, 0]] if is_ring else along[[0, -1]]
        before, after = np.vstack([ends[:1], along]), np.vstack([along, ends[1:]])
        at_bend = (before + after)[edges + (shares == 1.0)]
        within = (shares > 0.0) & (shares < 1.0)
        headings: FloatArray = np.where(within[:, None], along[edges], at_bend)
        return headings


def length_m(segment: Segment) -> float:
    """Geodesic metres of the centreline, the chainage of its end."""
    return float(_Line.of(segment).chainages_m[-1])


def locate_on(segment: Segment, *, lon: float, lat: float) -> OnRoad:
    """Where a WGS 84 position is by the nearest place of the centreline; of several, the first along it.

    Before the start the chainage is 0, behind the end it is the length.
    """
    return locate_many(segment, lon=np.array([lon]), lat=np.array([lat]))[0]


def locate_many(segment: Segment, *, lon: FloatArray, lat: FloatArray) -> tuple[OnRoad, ...]:
    """As `locate_on`, for (n,) positions; takes memory for n times the number of vertices."""
    line = _Line.of(segment)
    nearest, share, aside = line.nearest(lon=lon, lat=lat)
    offset_m = np.hypot(*aside.T)
    lengths_m = np.diff(line.chainages_m)
    # From the nearer end, so that either end is met exactly.
    chainages_m = np.where(
        share < 0.5,
        line.chainages_m[nearest] + share * lengths_m[nearest],
        line.chainages_m[nearest + 1] - (1.0 - share) * lengths_m[nearest],
    )
    ahead = line.headings(nearest, share)
    leftness = ahead[:, 0] * aside[:, 1] - ahead[:, 1] * aside[:, 0]
    leftness[(offset_m < ON_LINE_M) | (np.abs(leftness) < ON_LINE_M)] = 0.0
    return tuple(
        OnRoad(float(along), float(off), None if left == 0.0 else Side.LEFT if left > 0.0 else Side.RIGHT)
        for along, off, left in zip(chainages_m, offset_m, leftness, strict=True)
    )


def bearing_aside_deg(segment: Segment, side: Side, *, lon: float, lat: float) -> float:
    """Which way a side of the segment looks, square to it where a WGS 84 position is nearest; degrees from north."""
    line = _Line.of(segment)
    edge, share, _ = line.nearest(lon=np.array([lon]), lat=np.array([lat]))
    east, north = line.headings(edge, share)[0]
    ahead_deg = float(np.degrees(np.arctan2(east, north)))
    return (ahead_deg + (90.0 if side is Side.RIGHT else -90.0)) % 360.0


def position_at(
    segment: Segment, *, chainage_m: float, offset_m: float = 0.0, side: Side | None = None
) -> tuple[float, float]:
    """Longitude and latitude, in WGS 84, of a place along a segment and square to it on a side.

    At a bend it is square to the edge that begins there. On the inner side of a bend, farther off than the bend is
    wide, another part of the line is nearer, and `locate_on` names that one.

    Raises
    ------
    InvalidInput
        The chainage is not on the segment, the offset is negative, or its side is missing.
    """
    line = _Line.of(segment)
    length = float(line.chainages_m[-1])
    if not 0.0 <= chainage_m <= length:
        raise InvalidInput(CHAINAGE_OUTSIDE, value=chainage_m, code=segment.code, length=round(length, 3))
    if not 0.0 <= offset_m < np.inf:
        raise InvalidInput(OFFSET_OUTSIDE, value=offset_m)
    if offset_m > 0.0 and side is None:
        raise InvalidInput(OFFSET_WITHOUT_SIDE, value=offset_m)
    edge = min(int(np.searchsorted(line.chainages_m, chainage_m, side="right")), len(line.vertices) - 1) - 1
    start_m, end_m = line.chainages_m[edge : edge + 2]
    start, end = line.vertices[edge : edge + 2]
    place = start + (end - start) * ((chainage_m - start_m) / (end_m - start_m))
    ahead = (end - start) / np.hypot(*(end - start))
    place = place + np.array([-ahead[1], ahead[0]]) * (-offset_m if side == Side.RIGHT else offset_m)
    lon, lat = from_metric(east=place[0], north=place[1], origin_lon=line.origin_lon, origin_lat=line.origin_lat)
    return float(lon), float(lat)
