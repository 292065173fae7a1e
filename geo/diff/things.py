"""Which things of a map were added, removed or changed, collection by collection, and in which of their fields."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Literal

import orjson
import shapely

from geo.changes.collections import COLLECTIONS, Collection
from geo.crs import areas_m2, distance_m
from geo.model import CityMap
from geo.shapes import Geometries

What = Literal["added", "removed", "changed"]
POSITION = ("lon", "lat")
UNTOLD = ("datum",)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field, called as in the files, and what it said before and after; None: nothing.

    Of `geometry` only how much ground moved is told (`moved_m2`), of `position` besides how far (`moved_m`).
    """

    field: str
    before: object = None
    after: object = None
    moved_m2: float | None = None
    moved_m: float | None = None


@dataclass(frozen=True, slots=True)
class ThingChange:
    """A thing at an address of the map that came, went, or is said to be otherwise in these fields."""

    collection: str
    code: str
    what: What
    fields: tuple[FieldChange, ...] = ()


def thing_changes(before: CityMap, after: CityMap) -> list[ThingChange]:
    """Everything that differs, by collection and code."""
    return [change for name in COLLECTIONS for change in _of(name, COLLECTIONS[name], before, after)]


def setting_changes(before: CityMap, after: CityMap) -> list[FieldChange]:
    """What the city says of itself that differs: its settings, its rules (`policy.…`) and its schemes."""
    pairs: list[tuple[str, object, object]] = []
    for field in fields(before.city):
        if field.name != "policy":
            pairs.append((field.name, getattr(before.city, field.name), getattr(after.city, field.name)))
    for field in fields(before.city.policy):
        name = f"policy.{field.name}"
        pairs.append((name, getattr(before.city.policy, field.name), getattr(after.city.policy, field.name)))
    first, second = ([scheme.code for scheme in city_map.schemes] for city_map in (before, after))
    pairs.append(("schemes", first, second))
    changed = [FieldChange(name, first, second) for name, first, second in pairs if first != second]
    if before.schemes != after.schemes and not any(one.field == "schemes" for one in changed):
        changed.append(FieldChange("schemes"))
    return changed


def _of(name: str, collection: Collection, before: CityMap, after: CityMap) -> Iterator[ThingChange]:
    old = {collection.code(thing): thing for thing in collection.listed(before)}
    new = {collection.code(thing): thing for thing in collection.listed(after)}
    for code in sorted(old.keys() | new.keys()):
        if code not in new:
            yield ThingChange(name, code, "removed")
        elif code not in old:
            yield ThingChange(name, code, "added")
        elif old[code] != new[code]:
            changed = tuple(_fields(collection, old[code], new[code]))
            if changed:
                yield ThingChange(name, code, "changed", changed)


def _fields(collection: Collection, old: Any, new: Any) -> Iterator[FieldChange]:
    first, second = collection.say(old), collection.say(new)
    keys = [key for key in dict.fromkeys((*first, *second)) if key not in UNTOLD]
    for key in keys:
        if first.get(key) == second.get(key) or key in POSITION:
            continue
        if key == "geometry":
            yield FieldChange("geometry", moved_m2=_moved_m2(first.get(key), second.get(key)))
        else:
            yield FieldChange(key, first.get(key), second.get(key))
    if any(first.get(key) != second.get(key) for key in POSITION):
        (lon1, lat1), (lon2, lat2) = ([one[key] for key in POSITION] for one in (first, second))
        moved_m = float(distance_m(lon1=lon1, lat1=lat1, lon2=lon2, lat2=lat2))
        yield FieldChange("position", [lon1, lat1], [lon2, lat2], moved_m=moved_m)


def _moved_m2(old: object, new: object) -> float | None:
    """Square metres that only one of two grounds has; None for lines, and where one of them draws nothing."""
    if old is None or new is None:
        return None
    drawn: Geometries = shapely.from_geojson([_json(old), _json(new)])
    if any(shapely.get_dimensions(drawn) < 2):
        return None
    difference = shapely.symmetric_difference(drawn[:1], drawn[1:])
    return float(areas_m2(difference)[0])


def _json(geometry: object) -> str:
    return orjson.dumps(geometry).decode()
