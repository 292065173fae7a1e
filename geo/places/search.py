"""The search for places: what a caller says, read in every way that makes a place of it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import shapely

from geo.addresses import Address
from geo.datum import parse_datum
from geo.model import Area, CityMap
from geo.places.coordinates import read_coordinates
from geo.places.hit import Hit, HitKind, Said, Spot
from geo.places.kind_names import ESTATE_WORDS, ROAD_WORDS, KindNames
from geo.places.links import LINK_LIMIT, has_link, read_link
from geo.places.named import WHICH_NUMBER, address_name, roads_as_named, things_of
from geo.places.names import EXACT, Match, NameIndex
from geo.places.numbers import doors_of
from geo.places.phrasing import relation_in, road_pairs
from geo.places.relative import related
from geo.places.roads import crossings, gather_roads, tell_apart
from geo.places.sounds import Ear
from geo.places.words import TEXT_LIMIT, checked, fold, tidy
from geo.wording import Name, Phrase

LIMIT = 5
LEAST = 0.6
BEHIND_BEST = 0.25  # who is so much less likely than the best is not worth reading
ROAD_LIKE = 0.75  # a part of a longer text names a road when it is that much like it
BASES = 3
ESTATE_LIKE = 0.75  # likewise, an estate
NAMED = 0.9  # what is said to stand there is itself on the map when it is that much like a name of it
SURE_BASE = 0.1  # what is so much less likely than the best is no base for "opposite"
OUTSIDE = 0.8  # of the score, for what lies outside the area that was named in front

AT_NUMBER = Phrase(zh="{road}：{how}", en="{road}: {how}")
NO_NUMBERS = Phrase(
    zh="{road}没有门牌数据，无法定位 {number} 号，给出整条道路",
    en="no house numbers of {road} are known, so not number {number} either: the whole road",
)
APART = Phrase(
    zh="{one}与{other}在图上不相交，给出整条道路",
    en="{one} and {other} do not meet on the map: the whole road",
)
ESTATE = Phrase(zh="小区楼幢：地址库中的楼号", en="a building of an estate, by its known number")
CROSSING = Phrase(zh="两条道路中心线的交点", en="where the centrelines of the two roads meet")
CROSSING_NAME = Phrase(zh="{one}与{other}交叉口", en="{one} and {other}")

NUMBER = r"(?P<number>\d+弄\d+|\d+(?:-\d+)?[a-z]?)"
BUILDING = re.compile(r"(?P<street>.*?\D)(?P<number>\d+[a-z]?)(?:号楼|#楼|幢|栋|座|号院|号|#)(?:.{0,20})")
BUILDING_EN = (
    re.compile(r"(?:building|block|bldg\.?) ?(?P<number>\w+),? (?:of |in )?(?P<street>.+)"),
    re.compile(r"(?P<street>.+?),? (?:building|block|bldg\.?) ?(?P<number>\w+)"),
)
CITY = re.compile(r"(?:\w{2,3}省)?(?:\w{2,3}市)?")
DOORS = (
    re.compile(rf"(?P<street>.*?[^\d\s-]) ?(?:no\.? ?|#)?{NUMBER} ?(?:号|號|#|弄|hao)(?P<rest>.{{0,20}})"),
    re.compile(rf"(?P<street>.*?[^\d\s-]),? ?(?:no\.? ?|#)?{NUMBER}"),
    re.compile(rf"(?:no\.? ?|#)?{NUMBER},? (?P<street>.*[^\d\s-].*)"),
)


class Places:
    """A map's places, indexed by what people call them."""

    def __init__(self, city_map: CityMap) -> None:
        ear = Ear()
        city = city_map.city
        self._datum = parse_datum(city.datum)
        accuracy_m = city.policy.accuracy_m
        self._coordinate_m = accuracy_m.get("unknown", 10.0)
        self._link_m = accuracy_m.get("map_click", 5.0)
        self._address_m = accuracy_m.get("address", 15.0)
        told_by = [(area.name, area.boundary) for area in city_map.areas if _tells(city_map, area)]
        self._roads = tell_apart(gather_roads(city_map.segments, city_map.addresses), told_by)
        self._named_roads = roads_as_named(self._roads)
        self._things = things_of(city_map, address_accuracy_m=self._address_m)
        self._road_index = KindNames([road.texts for road in self._named_roads], ear, ROAD_WORDS)
        self._thing_index = NameIndex([thing.texts for thing in self._things], ear)
        self._indexed = ((self._thing_index, self._things), (self._road_index, self._named_roads))
        self._buildings = _by_building(city_map.addresses)
        known_as = {fold(site.name.zh or ""): site.name.en for site in city_map.checkpoints}
        self._estate_index = KindNames(
            [[estate, known_as.get(fold(estate)) or estate] for estate in self._buildings], ear, ESTATE_WORDS
        )
        self._estates = list(self._buildings)
        self._fronts = sorted(
            ((area.name.zh, area.boundary) for area in city_map.areas if area.name.zh and len(area.name.zh) > 1),
            key=lambda front: -len(front[0]),
        )
        boundaries = shapely.bounds(np.array([area.boundary for area in city_map.areas], dtype=object))
        self._bounds = (*boundaries[:, :2].min(axis=0).tolist(), *boundaries[:, 2:].max(axis=0).tolist())

    def search(self, text: str, *, limit: int = LIMIT) -> tuple[Hit, ...]:
        """What a text may mean, the best first and ties by code; empty when nothing is like it.

        Raises
        ------
        InvalidInput
            The text is empty, too long or has control characters, or its link holds no place.
        """
        linked = has_link(text)
        said = checked(text, limit=LINK_LIMIT if linked else TEXT_LIMIT)
        if linked:
            found = read_link(said, accuracy_m=self._link_m)
            name = Name(zh=found.title) if found.title else found.how.phrase.name(**found.how.values)
            return (Hit(HitKind.COORDINATES, "link", name, found.spot, 1.0, found.how),)
        plain = tidy(said)
        return _best(self._coordinates(plain, said) or self._found(plain, limit), limit)

    def _coordinates(self, plain: str, said: str) -> list[Hit]:
        readings = read_coordinates(plain, datum=self._datum, bounds=self._bounds, accuracy_m=self._coordinate_m)
        return [
            Hit(HitKind.COORDINATES, f"coordinates-{i}", Name(zh=said), reading.spot, reading.score, reading.how)
            for i, reading in enumerate(readings, start=1)
        ]

    def _found(self, plain: str, limit: int) -> list[Hit]:
        relation = relation_in(plain)
        if relation is not None:
            bases = _best(self._outright(relation.base, limit), BASES, behind=SURE_BASE)
            derived = [hit for base in bases for hit in related(base, relation, self._roads)]
            # The base alone is not what was meant; a name that has such words in it is, and a thing that has a name.
            named = (
                [hit for hit in self._outright(relation.thing, limit) if hit.score >= NAMED] if relation.thing else []
            )
            if hits := [*self._exactly(plain), *named, *derived]:
                return hits
        return list(self._outright(plain, limit))

    def _exactly(self, plain: str) -> Iterator[Hit]:
        """What is called just so."""
        for index, things in self._indexed:
            for number in index.exactly(plain):
                yield things[number].hit(Match(number, 1.0, EXACT))

    def _outright(self, plain: str, limit: int) -> Iterator[Hit]:
        """Every reading of a text that names a place by itself."""
        yield from self._read(plain, limit)
        rest, boundary = self._without_front(plain)
        if rest != plain:
            for hit in self._read(rest, limit):
                inside = boundary is None or boundary.intersects(shapely.Point(hit.spot.lon, hit.spot.lat))
                yield hit if inside else replace(hit, score=hit.score * OUTSIDE)

    def _read(self, plain: str, limit: int) -> Iterator[Hit]:
        yield from self._crossings(plain)
        yield from self._in_estates(plain)
        yield from self._at_doors(plain)
        for index, things in self._indexed:
            for match in index.search(plain, limit=2 * limit):
                yield things[match.number].hit(match)

    def _crossings(self, plain: str) -> Iterator[Hit]:
        for first, second in road_pairs(plain):
            for a in self._road_index.search(first, limit=2):
                for b in self._road_index.search(second, limit=2):
                    if a.number != b.number and min(a.score, b.score) >= ROAD_LIKE:
                        yield from self._meeting(a.number, b.number, (a.score + b.score) / 2.0)

    def _meeting(self, one: int, other: int, score: float) -> Iterator[Hit]:
        first, second = (self._roads[number] for number in sorted((one, other)))
        spots = crossings(first, second)
        name = CROSSING_NAME.name(one=self._roads[one].name, other=self._roads[other].name)
        for i, spot in enumerate(spots, start=1):
            code = f"{first.code}+{second.code}" + (f"-{i}" if len(spots) > 1 else "")
            yield Hit(HitKind.CROSSING, code, name, spot, score, Said(CROSSING))
        if not spots:
            how = Said(APART, {"one": self._roads[one].name, "other": self._roads[other].name})
            for number in (one, other):
                named = self._named_roads[number]
                yield replace(named.hit(Match(number, 0.85 * score, EXACT)), how=how)

    def _in_estates(self, plain: str) -> Iterator[Hit]:
        for pattern in (BUILDING, *BUILDING_EN):
            if found := pattern.fullmatch(plain):
                key = _building_key(found["number"])
                for match in self._estate_index.search(found["street"], limit=3):
                    if match.score < ESTATE_LIKE:
                        continue
                    for address in self._buildings[self._estates[match.number]].get(key, ()):
                        yield self._address_hit(address, match.score, Said(ESTATE))

    def _at_doors(self, plain: str) -> Iterator[Hit]:
        for pattern in DOORS:
            if found := pattern.fullmatch(plain):
                matches = self._road_index.search(found["street"], limit=3)
                for match in matches:
                    if match.score >= max(ROAD_LIKE, matches[0].score - SURE_BASE):
                        yield from self._numbered(match.number, found["number"], match.score)
                return

    def _numbered(self, number: int, door: str, score: float) -> Iterator[Hit]:
        road, named = self._roads[number], self._named_roads[number]
        doors = doors_of(road, door, accuracy_m=self._address_m)
        for reckoned in doors:
            how = Said(AT_NUMBER, {"road": road.shown, "how": reckoned.how.phrase.name(**reckoned.how.values)})
            if reckoned.address is not None:
                yield replace(self._address_hit(reckoned.address, score, how), spot=reckoned.spot)
            else:
                name = Name(zh=f"{road.name.say('zh')}{door}号", en=f"{door} {road.name.say('en')}")
                yield Hit(HitKind.ADDRESS, f"{road.code}/{door}", name, reckoned.spot, 0.98 * score, how)
        if not doors:
            how = Said(NO_NUMBERS, {"road": road.shown, "number": door})
            yield Hit(HitKind.ROAD, road.code, road.shown, named.spot, score, how, named.shape, Said(WHICH_NUMBER))

    def _address_hit(self, address: Address, score: float, how: Said) -> Hit:
        spot = Spot(address.lon, address.lat, self._address_m)
        return Hit(HitKind.ADDRESS, address.code, address_name(address), spot, score, how)

    def _without_front(self, plain: str) -> tuple[str, shapely.Geometry | None]:
        """A text without the areas said in front of the place (姑苏区双塔街道…), and the last of these."""
        rest, boundary = plain, None
        while front := self._front(rest):
            rest, boundary = front
        return rest, boundary

    def _front(self, text: str) -> tuple[str, shapely.Geometry] | None:
        """What follows an area's name (and the province and city before it), with the area's boundary."""
        found = CITY.match(text)
        for start in {0, found.end() if found else 0}:
            for name, boundary in self._fronts:
                if text.startswith(name.casefold(), start) and len(text) > start + len(name) + 1:
                    return text[start + len(name) :], boundary
        return None


def _tells(city_map: CityMap, area: Area) -> bool:
    """Whether an area is one by which people tell two roads of one name apart: of the territory, its second level."""
    levels = next(scheme.levels for scheme in city_map.schemes if scheme.code == city_map.city.territory)
    return area.scheme == city_map.city.territory and area.level == levels[min(1, len(levels) - 1)].code


def _by_building(addresses: Sequence[Address]) -> dict[str, dict[str, list[Address]]]:
    """The addresses by estate and building."""
    estates: dict[str, dict[str, list[Address]]] = {}
    for address in addresses:
        if address.estate and address.building:
            estates.setdefault(address.estate, {}).setdefault(_building_key(address.building), []).append(address)
    return estates


def _building_key(text: str) -> str:
    return re.sub(r"号楼|[号幢栋座楼#]|building|block", "", fold(text)) or fold(text)


def _best(hits: Iterable[Hit], limit: int, *, behind: float = BEHIND_BEST) -> tuple[Hit, ...]:
    """The best hits, each place once, by score and then by code."""
    best: dict[tuple[HitKind, str], Hit] = {}
    for hit in hits:
        rounded = replace(hit, score=round(min(hit.score, 1.0), 3))
        key = hit.kind, hit.code
        if rounded.score >= LEAST and (key not in best or best[key].score < rounded.score):
            best[key] = rounded
    ranked = sorted(best.values(), key=lambda hit: (-hit.score, hit.code))
    return tuple(hit for hit in ranked if hit.score >= ranked[0].score - behind)[:limit]
