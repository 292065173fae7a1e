"""Rulings that are like a dispute, for whoever has to decide it: of the same kind, near it, between the same units."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Geometry

from geo.answer_text import say_metres
from geo.categories import CategoryTree
from geo.claims import EVERY_CATEGORY
from geo.crs import distance_m, from_metric, to_metric
from geo.model import FloatArray, Unit
from geo.register.rulings import GroundKind, Ruling
from geo.wording import Name, Phrase

SAME_KIND = Phrase(zh="同一类别", en="the same kind")
SAME_BRANCH = Phrase(zh="同属{branch}", en="both are of {branch}")
SAME_MAJOR = Phrase(zh="同一大类（{branch}）", en="the same major ({branch})")
EVERY_KIND = Phrase(zh="适用于所有类别", en="one of them is for every kind")
SAME_PAIR = Phrase(zh="同一对单位（{units}）", en="the same units ({units})")
ONE_UNIT = Phrase(zh="都涉及{units}", en="{units} is in both")
OVERLAPPING = Phrase(zh="地点重叠", en="on the same ground")
APART = Phrase(zh="相距 {distance} 米", en="{distance} m apart")
CITYWIDE = Phrase(zh="其中一方适用于全市", en="one of them is for the whole city")
REVOKED = Phrase(zh="已撤销", en="revoked since")
AND = Phrase(zh="、", en=" and ")

KIND_POINTS = 400
PAIR_POINTS = 300
ONE_UNIT_POINTS = 100
PLACE_POINTS = 300
CITYWIDE_POINTS = 100
EVERY_KIND_POINTS = 100
# At this distance a place counts half.
HALF_AT_M = 500.0
# Farther away nearness alone makes no precedent.
NEAR_M = 1_000.0


@dataclass(frozen=True, slots=True)
class Dispute:
    """What is to be decided: for which kinds, on which ground in WGS 84 (None: the whole city), between which units."""

    categories: tuple[str, ...]
    ground: Geometry | None
    between: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Precedent:
    """A ruling that is like a dispute. `why` says in which senses.

    `steps` is the way between their kinds in the tree of categories, None where there is none. `distance_m` lies
    between the grounds, geodesic, 0 where they meet, None for the whole city and ground that is off the map.
    """

    ruling: Ruling
    score: int
    steps: int | None
    distance_m: float | None
    shared: tuple[str, ...]
    why: tuple[Name, ...]


def precedents(
    dispute: Dispute,
    rulings: Iterable[Ruling],
    grounds: Mapping[str, Geometry],
    *,
    tree: CategoryTree,
    units: Mapping[str, Unit],
) -> tuple[Precedent, ...]:
    """The rulings that are like a dispute, the likest first: those revoked and ended too, drafts not.

    Of 1000 points 400 are for the kind, divided by one more than the steps between the two in the tree (`*`: 100); 300
    for the pair of units, 100 for one in common; 300 for the place, half of them at 500 m, a third at 1 km (for the
    whole city 100, both of them 300). Of equal points the later decision goes first, then the lower id. Left out is
    what has neither kind nor unit in common and lies more than 1 km away.

    `grounds` are those of the rulings by id, in WGS 84; the whole city and what is not on the map have none.
    """
    decided = [ruling for ruling in rulings if not ruling.is_draft]
    apart = _distances_m(dispute.ground, [grounds.get(ruling.id) for ruling in decided])
    found = [
        one
        for ruling, distance in zip(decided, apart, strict=True)
        if (one := _compared(dispute, ruling, distance, tree, units)) is not None
    ]
    found.sort(key=lambda one: one.ruling.id)
    found.sort(key=lambda one: one.ruling.decided_at.timestamp() if one.ruling.decided_at else 0.0, reverse=True)
    return tuple(sorted(found, key=lambda one: -one.score))


def _compared(
    dispute: Dispute, ruling: Ruling, distance: float | None, tree: CategoryTree, units: Mapping[str, Unit]
) -> Precedent | None:
    shared = tuple(sorted(set(dispute.between) & set(ruling.between)))
    steps, common = _kinship(dispute.categories, ruling.categories, tree)
    is_for_all = EVERY_CATEGORY in (*dispute.categories, *ruling.categories)
    citywide = (dispute.ground is None, ruling.ground.kind is GroundKind.CITY)
    if steps is None and not is_for_all and not shared and (distance is None or distance > NEAR_M):
        return None
    why: list[Name] = []
    score = 0
    if shared:
        score += PAIR_POINTS if len(shared) > 1 else ONE_UNIT_POINTS
        names = [units[code].name if code in units else Name(en=code) for code in shared]
        listed = Name(zh=_listed(names, "zh"), en=_listed(names, "en"))
        why.append((SAME_PAIR if len(shared) > 1 else ONE_UNIT).name(units=listed))
    if steps is not None:
        score += KIND_POINTS // (1 + steps)
        branch = tree.by_code[common].name if common in tree.by_code else Name(en=common)
        is_major = common in tree.by_code and tree.by_code[common].parent is None
        why.append(SAME_KIND.name() if steps == 0 else (SAME_MAJOR if is_major else SAME_BRANCH).name(branch=branch))
    elif is_for_all:
        score += EVERY_KIND_POINTS
        why.append(EVERY_KIND.name())
    if any(citywide):
        score += PLACE_POINTS if all(citywide) else CITYWIDE_POINTS
        why.append((OVERLAPPING if all(citywide) else CITYWIDE).name())
    elif distance is not None:
        score += int(PLACE_POINTS * HALF_AT_M / (HALF_AT_M + distance))
        why.append(OVERLAPPING.name() if distance == 0.0 else APART.name(distance=say_metres(distance)))
    if ruling.revoked_at is not None:
        why.append(REVOKED.name())
    return Precedent(ruling, score, steps, distance, shared, tuple(why))


def _listed(names: Sequence[Name], lang: str) -> str:
    if lang == "zh":
        return AND.zh.join(name.say("zh") for name in names)
    return AND.en.join(name.say("en") for name in names)


def _kinship(first: Sequence[str], second: Sequence[str], tree: CategoryTree) -> tuple[int | None, str]:
    """The fewest steps from a kind of the one to a kind of the other, and the branch where the ways meet."""
    nearest: tuple[int, str] | None = None
    for one in first:
        for other in second:
            if EVERY_CATEGORY in (one, other):
                continue
            ways = [tree.chain(code) if code in tree.by_code else (code,) for code in (one, other)]
            meeting = next((code for code in ways[0] if code in ways[1]), None)
            if meeting is not None:
                steps = ways[0].index(meeting) + ways[1].index(meeting)
                nearest = min(nearest or (steps, meeting), (steps, meeting))
    return nearest or (None, "")


def _distances_m(ground: Geometry | None, others: Sequence[Geometry | None]) -> list[float | None]:
    """Geodesic metres from a ground to each of others; found on the plane that touches the earth in its middle."""
    known = [number for number, other in enumerate(others) if other is not None]
    distances: list[float | None] = [None] * len(others)
    if ground is None or not known:
        return distances
    west, south, east, north = ground.bounds
    origin = {"origin_lon": (west + east) / 2.0, "origin_lat": (south + north) / 2.0}

    def to_plane(degrees: FloatArray) -> FloatArray:
        lon, lat = degrees.T
        return np.stack(to_metric(lon=lon, lat=lat, **origin), axis=-1)

    own = shapely.transform(ground, to_plane)
    ways = shapely.shortest_line(own, shapely.transform([others[number] for number in known], to_plane))
    ends = shapely.get_coordinates(ways)
    lon, lat = from_metric(east=ends[:, 0], north=ends[:, 1], **origin)
    metres = distance_m(lon1=lon[::2], lat1=lat[::2], lon2=lon[1::2], lat2=lat[1::2])
    for number, way_m, away_m in zip(known, shapely.length(ways).tolist(), metres.tolist(), strict=True):
        distances[number] = 0.0 if way_m == 0.0 else away_m
    return distances
