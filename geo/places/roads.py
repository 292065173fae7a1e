"""Roads as people name them: all segments of one name, where they cross, and which runs past a place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import shapely
from shapely import Geometry, LineString, MultiPoint, Point

from geo.addresses import Address
from geo.chainage import OnRoad, locate_on
from geo.crs import degrees_around
from geo.places.extents import metres_apart
from geo.places.hit import Spot
from geo.places.words import fold
from geo.roads import Segment, StripKind
from geo.wording import Name

MEETING_M = 30.0  # centrelines that end short of each other by less still meet
ONE_CROSSING_M = 60.0  # the crossings of a dual carriageway are one
USUAL_HALF_WIDTH_M = 8.0
LEAST_ACCURACY_M = 10.0
PAST_M = 60.0  # a road runs past what is not farther from its centreline


@dataclass(frozen=True, slots=True)
class Road:
    """All segments of one name; of a road that has none, the places of its addresses. `lines` are as long as can be."""

    code: str
    name: Name
    segments: tuple[Segment, ...]
    addresses: tuple[Address, ...] = ()
    lines: tuple[LineString, ...] = field(default=())

    @property
    def shape(self) -> Geometry:
        """Its lines as one geometry, or the places of its addresses."""
        if not self.lines:
            return MultiPoint([(address.lon, address.lat) for address in self.addresses])
        return self.lines[0] if len(self.lines) == 1 else shapely.MultiLineString(self.lines)

    def stretches(self) -> Iterator[Segment]:
        """Its lines as segments, for the linear reference."""
        for line in self.lines:
            yield Segment(self.code, self.name, "", Name(), Name(), line)


def gather_roads(segments: Sequence[Segment], addresses: Sequence[Address]) -> list[Road]:
    """The roads by code (the lowest of their segments; the name itself where only addresses know the road)."""
    stretches: dict[str, list[Segment]] = {}
    for segment in sorted(segments, key=lambda one: one.code):
        stretches.setdefault(fold(segment.road.zh or segment.road.en or segment.code), []).append(segment)
    keys = {fold(text): key for key, parts in stretches.items() for text in _texts(parts[0].road)}
    doors: dict[str, list[Address]] = {}
    for address in addresses:
        if address.road is not None:
            key = fold(address.road)
            doors.setdefault(keys.get(key, key), []).append(address)
    roads = []
    for key in stretches.keys() | doors.keys():
        parts, known = stretches.get(key, []), tuple(doors.get(key, ()))
        code = parts[0].code if parts else str(known[0].road)
        name = parts[0].road if parts else Name(zh=known[0].road)
        roads.append(Road(code, name, tuple(parts), known, _lines(parts)))
    return sorted(roads, key=lambda road: road.code)


def crossings(one: Road, other: Road) -> list[Spot]:
    """Where two roads meet, from west to east; within reach of the ground that both cover there."""
    if not one.lines or not other.lines:
        return []
    shared = one.shape.intersection(other.shape)
    points = [part.centroid for part in shapely.get_parts(shared)] if not shared.is_empty else []
    if not points:
        near = shapely.get_coordinates(shapely.shortest_line(one.shape, other.shape))
        if metres_apart(tuple(near[0]), tuple(near[1])) > MEETING_M:
            return []
        points = [Point(near.mean(axis=0))]
    spots = []
    for lon, lat in _clusters(points):
        radius_m = float((_half_width_m(one, lon, lat) ** 2 + _half_width_m(other, lon, lat) ** 2) ** 0.5)
        spots.append(Spot(lon, lat, max(LEAST_ACCURACY_M, round(radius_m, 1))))
    return spots


def road_past(
    roads: Iterable[Road], *, lon: float, lat: float, within_m: float = PAST_M
) -> tuple[Segment, OnRoad] | None:
    """The segment whose centreline is nearest, and where on it; None when none is within reach."""
    best: tuple[Segment, OnRoad] | None = None
    place, reach_deg = Point(lon, lat), float(degrees_around(lat=lat, radius_m=within_m)[0])
    for road in roads:
        for segment in road.segments:
            # A degree of longitude is the shortest there is: what is farther even by that is out of reach.
            if segment.centreline.distance(place) > reach_deg:
                continue
            on_road = locate_on(segment, lon=lon, lat=lat)
            if on_road.offset_m <= within_m and (best is None or on_road.offset_m < best[1].offset_m):
                best = segment, on_road
    return best


def outer_m(segment: Segment, kinds: Sequence[StripKind] = tuple(StripKind)) -> float:
    """Metres from the centreline to where its strips of these kinds end; a usual half width without strips."""
    return max((strip.far_m for strip in segment.strips if strip.kind in kinds), default=USUAL_HALF_WIDTH_M)


def _texts(name: Name) -> list[str]:
    return [text for text in (name.zh, name.en) if text]


def _lines(segments: Sequence[Segment]) -> tuple[LineString, ...]:
    """The centrelines, joined where they meet end to end, by length."""
    if not segments:
        return ()
    merged = shapely.line_merge(shapely.MultiLineString([segment.centreline for segment in segments]))
    return tuple(sorted(shapely.get_parts(merged), key=lambda line: (-line.length, line.bounds)))


def _clusters(points: Iterable[Point]) -> list[tuple[float, float]]:
    """The points in degrees from west to east; those that are one crossing, as their mean."""
    groups: list[list[tuple[float, float]]] = []
    for place in sorted((point.x, point.y) for point in points):
        group = next((group for group in groups if metres_apart(group[0], place) <= ONE_CROSSING_M), None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    return [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]


def _half_width_m(road: Road, lon: float, lat: float) -> float:
    nearest = road_past((road,), lon=lon, lat=lat)
    return outer_m(nearest[0], (StripKind.CARRIAGEWAY,)) if nearest else USUAL_HALF_WIDTH_M
