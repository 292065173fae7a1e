"""Everything in a map that has a name, ready to be shown as a hit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from shapely import Geometry, MultiPoint, Point

from geo.addresses import Address
from geo.model import CityMap
from geo.places.extents import covering_spot, likely_spot
from geo.places.hit import Hit, HitKind, Said, Spot
from geo.places.names import Match
from geo.places.roads import Road
from geo.places.words import fold
from geo.wording import Name, Phrase

BY_NAME = Phrase(zh="{what}：{way}", en="{what}, found {way}")
WHAT = {
    HitKind.AREA: Phrase(zh="区域", en="an area"),
    HitKind.SITE: Phrase(zh="点位", en="a site"),
    HitKind.ROAD: Phrase(zh="道路", en="a road"),
    HitKind.ADDRESS: Phrase(zh="地址", en="an address"),
}
WHICH_NUMBER = Phrase(zh="几号？或者靠近哪个路口？", en="Which number, or near which crossing?")
WHERE_IN_AREA = Phrase(
    zh="在其中哪条路几号，或哪个点位附近？", en="Where in it: which road and number, or near which site?"
)
WHICH_BUILDING = Phrase(zh="第几幢？", en="Which building?")


@dataclass(frozen=True)
class Named:
    """Something with a name. `shape` is None for a single door."""

    kind: HitKind
    code: str
    name: Name
    texts: tuple[str, ...]
    shape: Geometry
    addresses: tuple[Address, ...] = field(default=())
    accuracy_m: float = 0.0

    @cached_property
    def spot(self) -> Spot:
        """Its middle; made when it is first found, as it takes as long as the search."""
        if isinstance(self.shape, Point):
            return Spot(self.shape.x, self.shape.y, self.accuracy_m)
        return likely_spot(self.shape) if self.kind is HitKind.SITE else covering_spot(self.shape)

    @property
    def question(self) -> Said | None:
        """What would make it a spot."""
        match self.kind:
            case HitKind.ROAD:
                return Said(WHICH_NUMBER)
            case HitKind.AREA:
                return Said(WHERE_IN_AREA)
            case HitKind.ADDRESS if not isinstance(self.shape, Point):
                return Said(WHICH_BUILDING)
        return None

    def hit(self, match: Match) -> Hit:
        """This place, found so."""
        how = Said(BY_NAME, {"what": WHAT[self.kind], "way": match.way})
        shape = None if isinstance(self.shape, Point) else self.shape
        return Hit(self.kind, self.code, self.name, self.spot, match.score, how, shape, self.question)


def things_of(city_map: CityMap, *, address_accuracy_m: float) -> list[Named]:
    """The areas, sites, estates and aliases of a map."""
    sites = [
        Named(HitKind.SITE, site.code, site.name, (*_texts(site.name), site.code), site.inner)
        for site in city_map.checkpoints
    ]
    areas = [
        Named(
            HitKind.AREA,
            f"{area.scheme}/{area.level}/{area.code}",
            area.name,
            (*_texts(area.name), area.code),
            area.boundary,
        )
        for area in city_map.areas
    ]
    known = {fold(text) for site in sites for text in site.texts}
    return [
        *areas,
        *sites,
        *_estates(city_map.addresses, known, address_accuracy_m),
        *_aliases(city_map.addresses, address_accuracy_m),
    ]


def roads_as_named(roads: Sequence[Road]) -> list[Named]:
    """The roads, by all that they are called."""
    return [
        Named(
            HitKind.ROAD,
            road.code,
            road.shown,
            (*_texts(road.name), *(s.code for s in road.segments)),
            road.shape,
            road.addresses,
        )
        for road in roads
    ]


def address_name(address: Address) -> Name:
    """What an address is called: road and number, else estate and building, else its alias."""
    number = address.number or ""
    if address.road and number:
        return Name(zh=f"{address.road}{number}{'号' if number[-1:].isdigit() else ''}")
    if address.estate:
        building = address.building or ""
        return Name(zh=f"{address.estate}{building}{'幢' if building[-1:].isdigit() else ''}")
    return Name(zh=address.alias or address.code)


def _estates(addresses: Sequence[Address], known: set[str], accuracy_m: float) -> Iterable[Named]:
    """The estates of the addresses, but those that are sites already."""
    having = sorted((a for a in addresses if a.estate), key=lambda a: (fold(a.estate or ""), a.code))
    for folded, group in groupby(having, key=lambda a: fold(a.estate or "")):
        buildings = tuple(group)
        if folded in known:
            continue
        places = MultiPoint([(a.lon, a.lat) for a in buildings])
        shape = places if len(buildings) > 1 else places.geoms[0]
        estate = str(buildings[0].estate)
        yield Named(HitKind.ADDRESS, f"estate/{estate}", Name(zh=estate), (estate,), shape, buildings, accuracy_m)


def _aliases(addresses: Sequence[Address], accuracy_m: float) -> Iterable[Named]:
    for address in addresses:
        if address.alias:
            at = Point(address.lon, address.lat)
            texts = tuple(
                part for part in address.alias.replace("、", ";").replace("；", ";").split(";") if part.strip()
            )
            yield Named(
                HitKind.ADDRESS,
                address.code,
                Name(zh=texts[0].strip()) if texts else address_name(address),
                texts,
                at,
                (address,),
                accuracy_m,
            )


def _texts(name: Name) -> tuple[str, ...]:
    return tuple(text for text in (name.zh, name.en) if text)
