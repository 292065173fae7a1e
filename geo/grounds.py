"""The ground of a city: every polygon that can decide who leads, numbered, with the claims that stand on it.

Areas come first, so that the number of an area here is its place in the city's map.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon

from geo.claims import EVERY_CATEGORY, Claim, PlaceKind
from geo.index import Cover
from geo.model import Area, CityMap
from geo.roads import Side, StripKind
from geo.sites import Governance
from geo.wording import Name, Phrase


@dataclass(frozen=True, slots=True)
class Ground:
    """One polygon: of an area, a site, the halo of one, a strip of road, or a claim's own.

    Grounds of one `family` share borders: a position belongs to one of them. `depth` tells finer from coarser; what is
    no area is finer than every area. `keeper` is the unit that answers for a site, `governance` how the site is
    run; `road_rank` is 0 for the highest class of road.
    """

    kind: PlaceKind
    key: tuple[str, ...]
    name: Name
    family: tuple[str, ...]
    depth: int
    claims: tuple[Claim, ...]
    keeper: str | None = None
    road_rank: int = 0
    governance: Governance | None = None

    @property
    def ref(self) -> str:
        """How an answer refers to it: `area:scheme/level/code`, `checkpoint:code`, `strip:segment/side/kind` …"""
        return f"{self.kind}:{'/'.join(self.key)}"


@dataclass(frozen=True, slots=True)
class Standing:
    """The grounds that hold a position by the tie rule, ascending; `tied` names the edges that one was chosen over."""

    grounds: tuple[int, ...]
    tied: Mapping[int, tuple[int, ...]]


Drawn = tuple[Ground, MultiPolygon]
OWN_GROUND = Name(zh="自定范围", en="ground of its own")
WHOLE_CITY = Name(zh="全市", en="the whole city")
AROUND = Phrase(zh="{name}周边", en="around {name}")
ON_STRIP = Phrase(zh="{road}{side}{strip}", en="{road}, {side} {strip}")
SIDES = {Side.LEFT: Phrase(zh="左侧", en="left"), Side.RIGHT: Phrase(zh="右侧", en="right")}
STRIPS = {
    StripKind.CARRIAGEWAY: Phrase(zh="车行道", en="carriageway"),
    StripKind.PAVEMENT: Phrase(zh="人行道", en="pavement"),
    StripKind.GREEN_BELT: Phrase(zh="绿化带", en="green belt"),
    StripKind.FRONTAGE: Phrase(zh="门前三包", en="frontage"),
}


def in_order(city_map: CityMap) -> tuple[Area, ...]:
    """The areas by scheme, level (coarse first) and code."""
    keys = [(scheme.code, level.code) for scheme in city_map.schemes for level in scheme.levels]
    place = {key: i for i, key in enumerate(keys)}
    return tuple(sorted(city_map.areas, key=lambda area: (place[area.scheme, area.level], area.code)))


class Grounds:
    """All grounds of a city, numbered: the `areas` first, in their order. Immutable.

    `boundaries` (n,) belong to the first n grounds; what comes after them is `citywide`: it holds every position that
    an area of the scheme `territory` holds.
    """

    def __init__(
        self,
        areas: Sequence[Area],
        drawn: Sequence[Drawn],
        claims: Sequence[Claim],
        territory: str,
        citywide: Sequence[Ground] = (),
    ) -> None:
        self.areas = areas
        self._territory = territory
        self._drawn = drawn
        self._claims = claims
        self.items: tuple[Ground, ...] = (*(ground for ground, _ in drawn), *citywide)
        self.boundaries: NDArray[np.object_] = np.array([boundary for _, boundary in drawn], dtype=object)
        self._citywide = tuple(range(len(drawn), len(self.items)))
        self._timed = _by_schedule(claims)

    def ruled(self, claims: Sequence[Claim]) -> "Grounds":
        """These grounds with what the register adds; grounds of its own come after those that were there.

        A claim on a piece of the map that is not there is left out.
        """
        added: dict[tuple[str, ...], list[Claim]] = {}
        for claim in claims:
            added.setdefault((claim.place.kind, *claim.place.key), []).append(claim)
        drawn = [
            (replace(ground, claims=(*ground.claims, *added[key])) if key in added else ground, boundary)
            for ground, boundary in self._drawn
            for key in [(ground.kind, *ground.key)]
        ]
        depth = max(ground.depth for ground in self.items) + 1
        drawn += _own_grounds(claims, depth)
        citywide = [
            Ground(PlaceKind.CITY, key, WHOLE_CITY, (PlaceKind.CITY, *key), 0, tuple(together))
            for key, together in _by_key(claims, PlaceKind.CITY).items()
        ]
        return Grounds(self.areas, drawn, (*self._claims, *claims), self._territory, citywide)

    def stand(self, cover: Cover) -> Standing:
        """What holds a position: interior beats edge, and among the edges of one family the lowest code wins."""
        inside = {self.items[i].family for i in cover.interior}
        chosen = list(cover.interior)
        tied: dict[int, tuple[int, ...]] = {}
        winner: dict[tuple[str, ...], int] = {}
        # Numbers follow codes within a family.
        for i in cover.edge:
            family = self.items[i].family
            if family in inside:
                continue
            if family in winner:
                tied[winner[family]] = (*tied.get(winner[family], ()), i)
            else:
                winner[family] = i
                chosen.append(i)
        citywide = self._citywide if self._citywide and self._is_in_city(chosen) else ()
        return Standing((*sorted(chosen), *citywide), tied)

    def _is_in_city(self, numbers: Iterable[int]) -> bool:
        count = len(self.areas)
        return any(i < count and self.areas[i].scheme == self._territory for i in numbers)

    def idle_at(self, moment: datetime, zone: ZoneInfo, chain: tuple[str, ...]) -> frozenset[str]:
        """The ids of the claims that name one of these categories, or every one, and do not hold at a moment."""
        idle: set[str] = set()
        for one, ids_of in self._timed:
            named = [ids_of[code] for code in (EVERY_CATEGORY, *chain) if code in ids_of]
            if named and not one.holds_at(moment, zone):
                idle.update(*named)
        return frozenset(idle)

    @cached_property
    def by_place(self) -> Mapping[tuple[str, ...], int]:
        """The number of each ground by kind and key."""
        return {(ground.kind, *ground.key): i for i, ground in enumerate(self.items)}


class _Drawing:
    """The grounds of a map, drawn."""

    def __init__(self, city_map: CityMap, areas: Sequence[Area]) -> None:
        self._claims_at: dict[tuple[str, ...], list[Claim]] = {}
        for claim in sorted(city_map.claims, key=lambda claim: claim.id):
            self._claims_at.setdefault((claim.place.kind, *claim.place.key), []).append(claim)
        self.areas = areas
        self._finest = max(len(scheme.levels) for scheme in city_map.schemes)

    def all(self, city_map: CityMap) -> Sequence[Drawn]:
        own = _own_grounds(sorted(city_map.claims, key=lambda claim: claim.id), self._finest)
        return [*self._of_areas(city_map), *self._of_sites(city_map), *self._of_roads(city_map), *own]

    def _of_areas(self, city_map: CityMap) -> Iterator[Drawn]:
        depth = {(scheme.code, level.code): i for scheme in city_map.schemes for i, level in enumerate(scheme.levels)}
        for area in self.areas:
            key = (area.scheme, area.level, area.code)
            family = (PlaceKind.AREA, area.scheme, area.level)
            claims = self._claims_on(PlaceKind.AREA, *key)
            yield Ground(PlaceKind.AREA, key, area.name, family, depth[key[:2]], claims), area.boundary

    def _of_sites(self, city_map: CityMap) -> Iterator[Drawn]:
        for site in sorted(city_map.checkpoints, key=lambda site: site.code):
            for kind, boundary in ((PlaceKind.CHECKPOINT, site.inner), (PlaceKind.HALO, site.halo)):
                if boundary is None:
                    continue
                inner = kind is PlaceKind.CHECKPOINT
                name = site.name if inner else AROUND.name(name=site.name)
                claims = self._claims_on(kind, site.code)
                keeper = site.unit if inner else None
                ground = Ground(
                    kind, (site.code,), name, (kind,), self._finest, claims, keeper=keeper, governance=site.governance
                )
                yield ground, boundary

    def _of_roads(self, city_map: CityMap) -> Iterator[Drawn]:
        classes = city_map.city.policy.road_classes
        rank = {road_class: i for i, road_class in enumerate(classes)}
        for segment in sorted(city_map.segments, key=lambda segment: segment.code):
            for strip in sorted(segment.strips, key=lambda strip: (strip.side, strip.kind)):
                key = (segment.code, strip.side, strip.kind)
                name = ON_STRIP.name(road=segment.road, side=SIDES[strip.side], strip=STRIPS[strip.kind])
                family = (PlaceKind.STRIP, segment.code)
                claims = self._claims_on(PlaceKind.STRIP, *key)
                road_rank = rank.get(segment.road_class, len(classes))
                ground = Ground(PlaceKind.STRIP, key, name, family, self._finest, claims, road_rank=road_rank)
                yield ground, strip.boundary

    def _claims_on(self, *key: str) -> tuple[Claim, ...]:
        return tuple(self._claims_at.get(key, ()))


def grounds_of(city_map: CityMap, areas: Sequence[Area]) -> Grounds:
    """The grounds of a map; `areas` are its areas as `in_order` gives them."""
    return Grounds(areas, _Drawing(city_map, areas).all(city_map), city_map.claims, city_map.city.territory)


def _own_grounds(claims: Iterable[Claim], depth: int) -> Iterator[Drawn]:
    """The polygons that claims bring themselves."""
    for key, together in _by_key(claims, PlaceKind.POLYGON).items():
        boundary = together[0].place.boundary
        if boundary is not None:
            yield (
                Ground(PlaceKind.POLYGON, key, OWN_GROUND, (PlaceKind.POLYGON, *key), depth, tuple(together)),
                boundary,
            )


def _by_key(claims: Iterable[Claim], kind: PlaceKind) -> Mapping[tuple[str, ...], list[Claim]]:
    """The claims on places of a kind, those of one place together: who leads by a ruling, and who assists."""
    found: dict[tuple[str, ...], list[Claim]] = {}
    for claim in claims:
        if claim.place.kind is kind:
            found.setdefault(claim.place.key, []).append(claim)
    return found


def _by_schedule(claims: Iterable[Claim]) -> tuple[tuple[Claim, Mapping[str, list[str]]], ...]:
    """One claim for each different schedule of dates and hours, with the ids of all that share it by category.

    Thousands of claims share a few schedules, so a moment is compared with few.
    """
    found: dict[object, tuple[Claim, dict[str, list[str]]]] = {}
    for claim in claims:
        if not claim.is_timeless:
            schedule = (claim.hours, claim.valid_from, claim.valid_to)
            _, ids_of = found.setdefault(schedule, (claim, {}))
            for code in claim.categories:
                ids_of.setdefault(code, []).append(claim.id)
    return tuple(found.values())
