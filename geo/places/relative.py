"""From a place that was found to one that lies by it: so far in a direction, across the road, beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely

from geo.chainage import OnRoad, position_at
from geo.places.extents import covering_spot, metres_apart, reach_m, shifted
from geo.places.hit import Hit, HitKind, Said, Spot
from geo.places.phrasing import BEARINGS, Relation
from geo.places.roads import PAST_M, Road, outer_m, road_past
from geo.position import ACCURACY_LIMIT_M
from geo.roads import Segment, Side
from geo.wording import Name, Phrase

PACED = 0.2  # a distance said by eye errs by a fifth of it
LEAST_ACCURACY_M = 10.0
JUST_OUTSIDE_M = 10.0
ACROSS_M = 50.0  # added where no road tells what is opposite
BEHIND_KERB_M = 5.0
MOST_FRONTS = 3
FARTHER_ROAD = 0.02  # of the score, for each road that is nearer
SLIP = 0.99  # below a name that says the same outright

AWAY = Phrase(
    zh="“{name}”{way}侧 {metres} 米（从边缘量起；{how}）",
    en="{metres} m {way} of {name}, from its edge ({how})",
)
ASIDE = Phrase(zh="“{name}”{way}侧紧邻处（{how}）", en="just {way} of {name} ({how})")
ALONG = Phrase(
    zh="“{name}”是一条道路，只说{way}侧定不下位置，取其中段（{how}）",
    en="{name} is a road, and its {way} side alone is no place; its middle ({how})",
)
ACROSS = Phrase(zh="“{name}”隔{road}的对面（{how}）", en="across {road} from {name} ({how})")
OPPOSITE = Phrase(
    zh="“{name}”对面，但附近没有可参照的道路，取其位置并放宽精度（{how}）",
    en="opposite {name}; no road there tells which side that is, so its own place, less accurate ({how})",
)
BESIDE = Phrase(zh="“{name}”附近（{how}）", en="near {name} ({how})")
WHICH_ROAD = Phrase(zh="隔哪条路的对面？", en="Across which road?")
NAMES = {
    "away": Phrase(zh="{name}{way}侧{metres}米", en="{metres} m {way} of {name}"),
    "aside": Phrase(zh="{name}{way}侧", en="{way} side of {name}"),
    "across": Phrase(zh="{name}对面", en="opposite {name}"),
    "beside": Phrase(zh="{name}附近", en="near {name}"),
}
WAYS_EN = {0: "north", 45: "northeast", 90: "east", 135: "southeast", 180: "south", 225: "southwest", 270: "west"}
WAYS_EN |= {315: "northwest"}
WAYS_ZH = {bearing: way for way, bearing in BEARINGS.items()}


def related(base: Hit, relation: Relation, roads: Sequence[Road]) -> list[Hit]:
    """The places that lie so to the base: one, or one across each road that it fronts."""
    way = Name(zh=WAYS_ZH[int(relation.bearing_deg)], en=WAYS_EN[int(relation.bearing_deg)])
    metres = f"{relation.metres:.12g}"
    values = {"name": base.name, "way": way, "metres": metres, "how": base.how.phrase.name(**base.how.values)}
    code = f"{base.code}:{relation.kind}" + (f":{relation.bearing_deg:g}:{metres}" if relation.way else "")
    name = NAMES[relation.kind].name(**values)
    outcomes = _across(base, roads) if relation.kind == "across" else [_placed(base, relation)]
    return [
        replace(
            base,
            kind=HitKind.RELATIVE,
            code=code if number == 0 else f"{code}-{number + 1}",
            name=name,
            spot=outcome.spot,
            score=base.score * (SLIP - number * FARTHER_ROAD),
            how=Said(outcome.phrase, values | ({"road": outcome.road} if outcome.road else {})),
            shape=None,
            question=Said(WHICH_ROAD) if len(outcomes) > 1 else base.question,
        )
        for number, outcome in enumerate(outcomes)
    ]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Where it is, and why there."""

    spot: Spot
    phrase: Phrase
    road: Name | None = None


def _placed(base: Hit, relation: Relation) -> _Outcome:
    if relation.kind == "beside":
        return _Outcome(_widened(base.spot, relation.metres), BESIDE)
    if base.kind is HitKind.ROAD:
        # A line has no edge to measure from, and where along it is the greater doubt by far.
        return _Outcome(base.spot, ALONG)
    edge_m, half_width_m = _frontage(base, relation.bearing_deg)
    ahead_m = relation.metres or (JUST_OUTSIDE_M if base.shape is not None or base.kind is HitKind.CROSSING else 0.0)
    lon, lat = shifted(lon=base.spot.lon, lat=base.spot.lat, bearing_deg=relation.bearing_deg, metres=edge_m + ahead_m)
    sideways_m = half_width_m * 0.68 if base.shape is not None else base.spot.accuracy_m
    doubt_m = math.hypot(sideways_m, PACED * relation.metres, LEAST_ACCURACY_M)
    return _Outcome(_spot(lon, lat, doubt_m), AWAY if relation.metres else ASIDE)


def _frontage(base: Hit, bearing_deg: float) -> tuple[float, float]:
    """Metres from the middle of a ground to its edge in a direction, and its mean reach to either side of that way."""
    if base.shape is None:
        return 0.0, 0.0
    place = {"lon": base.spot.lon, "lat": base.spot.lat}
    ahead, left, right = (reach_m(base.shape, **place, bearing_deg=bearing_deg + turn) for turn in (0.0, -90.0, 90.0))
    return ahead, (left + right) / 2.0


def _across(base: Hit, roads: Sequence[Road]) -> list[_Outcome]:
    """Square across each road that the place fronts, the nearest first; a door fronts one."""
    fronts: list[tuple[float, Segment, OnRoad]] = []
    if base.kind not in (HitKind.AREA, HitKind.ROAD, HitKind.CROSSING):
        for road in roads:
            if front := _front(base, road):
                fronts.append(front)
    fronts.sort(key=lambda front: (front[0], front[1].code))
    if not fronts:
        return [_Outcome(_widened(base.spot, ACROSS_M), OPPOSITE)]
    return [_beyond(base, *front) for front in fronts[: 1 if base.shape is None else MOST_FRONTS]]


def _front(base: Hit, road: Road) -> tuple[float, Segment, OnRoad] | None:
    """How far the place's edge is from a road that runs past it, and where."""
    radius_m = covering_spot(base.shape).accuracy_m if base.shape is not None else 0.0
    found = road_past((road,), lon=base.spot.lon, lat=base.spot.lat, within_m=PAST_M + radius_m)
    if found is None or found[1].side is None:
        return None
    segment, on_road = found
    if base.shape is None:
        return on_road.offset_m, segment, on_road
    foot = position_at(segment, chainage_m=on_road.chainage_m)
    near = shapely.get_coordinates(shapely.shortest_line(base.shape, shapely.Point(foot)))[0]
    edge_m = metres_apart((float(near[0]), float(near[1])), foot)
    return (edge_m, segment, on_road) if edge_m <= PAST_M else None


def _beyond(base: Hit, edge_m: float, segment: Segment, on_road: OnRoad) -> _Outcome:
    """As far behind the centreline as the place is before it, and not on the road."""
    offset_m = max(edge_m, outer_m(segment)) + BEHIND_KERB_M
    side = Side.RIGHT if on_road.side is Side.LEFT else Side.LEFT
    lon, lat = position_at(segment, chainage_m=on_road.chainage_m, offset_m=offset_m, side=side)
    return _Outcome(_spot(lon, lat, math.hypot(base.spot.accuracy_m, LEAST_ACCURACY_M)), ACROSS, segment.road)


def _widened(spot: Spot, by_m: float) -> Spot:
    return _spot(spot.lon, spot.lat, spot.accuracy_m + by_m)


def _spot(lon: float, lat: float, accuracy_m: float) -> Spot:
    return Spot(lon, lat, min(round(accuracy_m, 1), ACCURACY_LIMIT_M))
