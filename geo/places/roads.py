"""Roads as people name them: all segments of one name, where they cross, and which runs past a place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import shapely
from shapely import Geometry, LineString, MultiPoint, Point

from geo.addresses import Address
from geo.chainage import OnRoad, locate_on
from geo.crs import degrees_around
from geo.places.extents import metres_apart
from geo.places.hit import Spot
from geo.places.words import fold
from geo.roads import Segment, StripKind
from geo.wording import Name, Phrase

MEETING_M = 30.0  # centrelines that end short of each other by less still meet
SAME_ROAD_M = 250.0  # stretches of one name this near are one road: a river or a square lies between them
ONE_CROSSING_M = 60.0  # the crossings of a dual carriageway are one
USUAL_HALF_WIDTH_M = 8.0
LEAST_ACCURACY_M = 10.0
PAST_M = 60.0  # a road runs past what is not farther from its centreline


TOLD_APART = Phrase(zh="{road}（{where}）", en="{road} ({where})")
FROM_TO = Phrase(zh="{start}至{end}", en="{start} to {end}")


@dataclass(frozen=True, slots=True)
class Road:
    """The segments of one name that hang together; of a road that has none, the places of its addresses.

    `lines` are as long as can be. `where` tells it from another road of its name.
    """

    code: str
    name: Name
    segments: tuple[Segment, ...]
    addresses: tuple[Address, ...] = ()
    lines: tuple[LineString, ...] = field(default=())
    where: Name | None = None

    @property
    def shown(self) -> Name:
        """Its name, with where it is when there are several of it."""
        return self.name if self.where is None else TOLD_APART.name(road=self.name, where=self.where)

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
        twins = _connected(stretches.get(key, []))
        for parts, known in zip(twins, _shared_out(doors.get(key, []), twins), strict=True):
            code = parts[0].code if parts else str(known[0].road)
            name = parts[0].road if parts else Name(zh=known[0].road)
            roads.append(Road(code, name, tuple(parts), tuple(known), _lines(parts)))
    return sorted(roads, key=lambda road: road.code)


def tell_apart(roads: Sequence[Road], areas: Sequence[tuple[Name, Geometry]]) -> list[Road]:
    """The roads, those that share their name with what tells each from the others.

    It is the area in which the longest part of it lies, when each has another one; else where its segments begin
    and end.
    """
    namesakes: dict[str, list[Road]] = {}
    for road in roads:
        namesakes.setdefault(fold(road.name.zh or road.name.en or road.code), []).append(road)
    told = []
    for road in roads:
        twins = namesakes[fold(road.name.zh or road.name.en or road.code)]
        if len(twins) == 1:
            told.append(road)
            continue
        holding = [_holding(twin, areas) for twin in twins]
        is_told = None not in holding and len({fold(str(one)) for one in holding}) == len(twins)
        first, last = road.segments[0], road.segments[-1]
        ends = FROM_TO.name(start=first.start, end=last.end)
        told.append(replace(road, where=_holding(road, areas) if is_told else ends))
    return told


def _holding(road: Road, areas: Sequence[tuple[Name, Geometry]]) -> Name | None:
    """The name of the area that holds the longest part of a road, the first of equals; None without any."""
    lengths = [(float(shape.intersection(road.shape).length), -i) for i, (_, shape) in enumerate(areas)]
    longest, place = max(lengths, default=(0.0, 0))
    return areas[-place][0] if longest > 0.0 else None


def _connected(segments: Sequence[Segment]) -> list[list[Segment]]:
    """The segments in groups that hang together, each by code, the groups by their first; one empty group for none."""
    groups: list[list[Segment]] = []
    for segment in segments:
        near = [group for group in groups if any(_is_near(segment, other) for other in group)]
        joined = sorted([segment, *(one for group in near for one in group)], key=lambda one: one.code)
        groups = [group for group in groups if group not in near] + [joined]
    return sorted(groups, key=lambda group: group[0].code) or [[]]


def _is_near(one: Segment, other: Segment) -> bool:
    ends = shapely.get_coordinates(shapely.shortest_line(one.centreline, other.centreline))
    return metres_apart(tuple(ends[0]), tuple(ends[1])) <= SAME_ROAD_M


def _shared_out(addresses: Sequence[Address], twins: Sequence[Sequence[Segment]]) -> list[list[Address]]:
    """The addresses of a name by road: each belongs to the one that is nearest to it."""
    shared: list[list[Address]] = [[] for _ in twins]
    for address in addresses:
        place = Point(address.lon, address.lat)
        away = [min((one.centreline.distance(place) for one in twin), default=0.0) for twin in twins]
        shared[away.index(min(away))].append(address)
    return shared


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
