"""House numbers: known ones as they stand, the others between their neighbours along the road, side by side."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from geo.addresses import Address
from geo.chainage import OnRoad, length_m, locate_on, position_at
from geo.places.extents import metres_apart
from geo.places.hit import Said, Spot
from geo.places.roads import Road
from geo.places.words import tidy
from geo.roads import Segment, Side
from geo.wording import Phrase

PER_NUMBER_M = 5.0  # of frontage, where two known numbers do not tell
ASIDE_M = 150.0  # an address farther from its road says nothing of where on it

KNOWN = Phrase(zh="地址库中的门牌", en="a known house number")
WHOLE = Phrase(zh="门牌 {number} 未登记，取 {known} 号的位置", en="number {number} is not known; taken as {known}")
BETWEEN = Phrase(
    zh="门牌未登记，按 {first} 号与 {second} 号沿路推算",
    en="not a known number; reckoned along the road between {first} and {second}",
)
BEYOND = Phrase(
    zh="门牌未登记，从 {known} 号沿路顺推",
    en="not a known number; reckoned along the road onwards from {known}",
)
BESIDE = Phrase(
    zh="这一侧没有登记的门牌，按对侧 {first} 号与 {second} 号推算",
    en="no number is known on this side; reckoned from {first} and {second} on the other",
)


@dataclass(frozen=True, slots=True)
class Door:
    """Where a house number is, and how that is known. `address` is the registered one that stands there."""

    spot: Spot
    how: Said
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class _Mark:
    """A known number and where its door is."""

    number: int
    address: Address

    @property
    def place(self) -> tuple[float, float]:
        return self.address.lon, self.address.lat


def number_key(text: str) -> str:
    """A house number as it is compared: 12号, No. 12 and １２ are one."""
    return re.sub(r"[号號#\s]|(?<![a-z])no\.?|hao$", "", tidy(text))


def doors_of(road: Road, number: str, *, accuracy_m: float) -> list[Door]:
    """Where a number of a road is: all doors that have it, else the one place that its neighbours give it.

    Empty when the road has no numbers to reckon from.
    """
    key = number_key(number)
    same = [address for address in road.addresses if address.number and number_key(address.number) == key]
    if same:
        return [_at(address, accuracy_m, Said(KNOWN)) for address in same]
    wanted = _leading(key)
    marks = _marks(road)
    if wanted is None or not marks:
        return []
    whole = [mark.address for mark in marks if mark.number == wanted]
    if whole:  # 12-3 stands at 12
        how = Said(WHOLE, {"number": key, "known": wanted})
        return [_at(address, 2.0 * accuracy_m, how) for address in whole]
    side = [mark for mark in marks if mark.number % 2 == wanted % 2]
    return [_reckoned(road, wanted, side or marks, accuracy_m, across=not side)]


def _reckoned(road: Road, wanted: int, marks: Sequence[_Mark], accuracy_m: float, *, across: bool) -> Door:
    after = next((i for i, mark in enumerate(marks) if mark.number > wanted), len(marks))
    if 0 < after < len(marks):
        first, second = marks[after - 1], marks[after]
    elif len(marks) > 1:
        first, second = (marks[1], marks[0]) if after == 0 else (marks[-2], marks[-1])
    else:
        known = marks[0]
        doubt_m = accuracy_m + PER_NUMBER_M * abs(wanted - known.number)
        return Door(Spot(*known.place, doubt_m), Said(BEYOND, {"known": known.number}))
    share = (wanted - first.number) / (second.number - first.number)
    lon, lat = _along(road, first, second, share, across=across)
    apart_m = metres_apart(first.place, second.place)
    if 0.0 <= share <= 1.0:
        how = Said(BESIDE if across else BETWEEN, {"first": first.number, "second": second.number})
        doubt_m = max(accuracy_m, apart_m / 4.0)
    else:
        how = Said(BEYOND, {"known": second.number})
        doubt_m = max(2.0 * accuracy_m, apart_m * (share - 1.0) / 2.0)
    return Door(Spot(lon, lat, round(doubt_m, 1)), how)


def _along(road: Road, first: _Mark, second: _Mark, share: float, *, across: bool) -> tuple[float, float]:
    """Degrees of the place at a share of the way from one door to the other, along the road where both stand on it."""
    for stretch in road.stretches():
        start, end = (locate_on(stretch, lon=mark.place[0], lat=mark.place[1]) for mark in (first, second))
        if max(start.offset_m, end.offset_m) <= ASIDE_M and start.chainage_m != end.chainage_m:
            return _on(stretch, start, end, share, across=across)
    (lon1, lat1), (lon2, lat2) = first.place, second.place
    share = min(share, 1.0)  # no line to go on along
    return lon1 + share * (lon2 - lon1), lat1 + share * (lat2 - lat1)


def _on(stretch: Segment, start: OnRoad, end: OnRoad, share: float, *, across: bool) -> tuple[float, float]:
    chainage_m = start.chainage_m + share * (end.chainage_m - start.chainage_m)
    chainage_m = min(max(chainage_m, 0.0), length_m(stretch))
    side = start.side if start.side == end.side else None
    if side is not None and across:
        side = Side.RIGHT if side is Side.LEFT else Side.LEFT
    offset_m = start.offset_m + min(share, 1.0) * (end.offset_m - start.offset_m) if side is not None else 0.0
    return position_at(stretch, chainage_m=chainage_m, offset_m=offset_m, side=side)


def _marks(road: Road) -> list[_Mark]:
    """The known numbers, rising, each once."""
    first: dict[int, Address] = {}
    for address in road.addresses:
        number = _leading(number_key(address.number)) if address.number else None
        if number is not None:
            first.setdefault(number, address)
    return [_Mark(number, first[number]) for number in sorted(first)]


def _leading(key: str) -> int | None:
    found = re.match(r"\d{1,6}", key)
    return int(found[0]) if found else None


def _at(address: Address, accuracy_m: float, how: Said) -> Door:
    return Door(Spot(address.lon, address.lat, accuracy_m), how, address)
