"""A list of changes is applied to a map: all of them, or none and everything that stands against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.changes.change import Change, Key, address_in
from geo.changes.collections import COLLECTIONS, Collection
from geo.changes.given import given
from geo.changes.keeping import keep_findings
from geo.changes.made_units import drop_made
from geo.changes.reading import split_area
from geo.datum import parse_datum
from geo.errors import InvalidInput, NotFound
from geo.findings import find
from geo.model import CityMap, Finding, Severity
from geo.settling import Gathered, settle_city
from geo.sources.areas import PlacedArea
from geo.sources.categories import branch_out
from geo.sources.hierarchy import check_level
from geo.sources.unit_tables import PlacedUnit
from geo.sources.unit_tree import unite
from geo.wording import Phrase

NO_COLLECTION = Phrase(zh="没有 {value} 这一类；可用：{known}", en="there is no collection {value}; there are: {known}")
NOTHING_THERE = Phrase(zh="草稿中没有 {address}；请核对编码", en="the draft has no {address}; check the code")
TWICE = Phrase(
    zh="{address} 在同一批里出现了两次；只留一次", en="{address} stands twice in one request; leave one of them"
)
NAMES_SHOWN = 3

Contents = dict[str, dict[str, Any]]
"""By collection and code: everything of a map, each thing as it was read."""


@dataclass(frozen=True, slots=True)
class Changed:
    """`city_map` is None when a finding blocks. `findings` are all of the new map, `new` those it did not have before.

    `replaced` says of each change whether something stood there.
    """

    city_map: CityMap | None
    findings: tuple[Finding, ...]
    new: tuple[Finding, ...]
    replaced: tuple[bool, ...]


def apply(city_map: CityMap, findings: Sequence[Finding], changes: Sequence[Change]) -> Changed:
    """The map with the changes, settled and checked as a whole like an import; `findings` are those of the map.

    Raises
    ------
    NotFound
        There is no such collection or level, or nothing to delete.
    InvalidInput
        An address stands twice.
    """
    _check_addresses(changes)
    contents: Contents = {
        name: {
            code: collection.held(thing, address_in(name, code))
            for thing in collection.listed(city_map)
            for code in [collection.code(thing)]
        }
        for name, collection in COLLECTIONS.items()
    }
    replaced = tuple(change.code in contents[change.collection] for change in changes)
    told: list[Finding] = []
    for change in changes:
        told += _change(contents, change, city_map)
    told += _still_named(contents, changes, city_map)
    if _blocks(told):
        return Changed(None, tuple(told), tuple(told), replaced)

    areas = [change.code for change in changes if change.collection == "areas"]
    dropped = drop_made(contents["units"], contents["areas"], city_map, areas)
    gathered, level_findings = _gather(contents, changes, city_map)
    told += level_findings
    changed, settled = settle_city(city_map.city, city_map.schemes, gathered)
    told += settled
    if _blocks(told):
        return Changed(None, tuple(told), tuple(told), replaced)
    kept = keep_findings(findings, told, changes, dropped=dropped)
    new = tuple(finding for finding in kept if finding not in findings)
    return Changed(changed, kept, new, replaced)


def body_of(city_map: CityMap, collection: str, code: str) -> dict[str, Any]:
    """The body that makes the thing at an address of the map; raises NotFound where nothing stands."""
    found = collection_of(collection)
    for thing in found.listed(city_map):
        if found.code(thing) == code:
            return found.say(thing)
    raise NotFound(NOTHING_THERE, address=ascii(address_in(collection, code))[1:-1][:80])


def collection_of(name: str) -> Collection:
    """The collection with this name, or NotFound."""
    if name not in COLLECTIONS:
        raise NotFound(NO_COLLECTION, value=ascii(name)[1:-1][:80], known=", ".join(COLLECTIONS))
    return COLLECTIONS[name]


def _check_addresses(changes: Sequence[Change]) -> None:
    seen = set()
    for change in changes:
        collection_of(change.collection)
        if change.address in seen:
            raise InvalidInput(TWICE, address=ascii(change.address)[1:-1][:80])
        seen.add(change.address)


def _change(contents: Contents, change: Change, city_map: CityMap) -> list[Finding]:
    """What is wrong with a change by itself; the contents hold it."""
    name, code = change.collection, change.code
    collection, held = COLLECTIONS[name], contents[name]
    if change.body is None:
        if code not in held:
            raise NotFound(NOTHING_THERE, address=ascii(change.address)[1:-1][:80])
        del held[code]
        return []
    said = given(
        change.body,
        address=change.address,
        key=collection.key,
        code=code,
        known=collection.keys,
        more=collection.more,
        city_datum=parse_datum(city_map.city.datum),
    )
    thing, findings = collection.read(said, city_map)
    findings = [*said.row.take_findings(), *findings]
    if thing is not None:
        held[code] = thing
    elif not _blocks(findings):  # never said to be done without being done
        findings.append(find("geometry-empty", source=change.address))
    if name == "units" and thing is not None:
        findings += unite([thing])[1]
    return findings


def _still_named(contents: Contents, changes: Sequence[Change], city_map: CityMap) -> list[Finding]:
    """A block for each thing that goes while others name it."""
    gone: dict[Key, list[str]] = {
        (change.collection, change.code): [] for change in changes if change.code not in contents[change.collection]
    }
    if not gone:
        return []
    for name, things in contents.items():
        for code, thing in things.items():
            for key in dict.fromkeys(COLLECTIONS[name].names(thing)):
                if key in gone:
                    gone[key].append(address_in(name, code))
    for placed in contents["areas"].values():
        area = placed.area
        above = _level_above(city_map, area.scheme, area.level)
        key = ("areas", f"{area.scheme}/{above}/{area.parent}")
        if key in gone:
            gone[key].append(address_in("areas", f"{area.scheme}/{area.level}/{area.code}"))
    for code in city_map.city.policy.territory_by_branch:
        if ("categories", code) in gone:
            gone["categories", code].append("[policy] territory_by_branch")
    emptied = [
        find("level-emptied", source=address_in(*key), scheme=scheme, level=level, code=code)
        for key in gone
        if key[0] == "areas"
        for scheme, level, code in [split_area(key[1], city_map)]
        if not any((it.area.scheme, it.area.level) == (scheme, level) for it in contents["areas"].values())
    ]
    return emptied + [
        find("still-named", source=address_in(*key), code=key[1], count=len(names), names=_some(names))
        for key, names in gone.items()
        if names
    ]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMES_SHOWN]) + (", …" if len(names) > NAMES_SHOWN else "")


def _level_above(city_map: CityMap, scheme_code: str, level_code: str) -> str | None:
    levels = next([level.code for level in it.levels] for it in city_map.schemes if it.code == scheme_code)
    place = levels.index(level_code)
    return levels[place - 1] if place else None


def _gather(contents: Contents, changes: Sequence[Change], city_map: CityMap) -> tuple[Gathered, list[Finding]]:
    """Everything, ready to be settled; and what is wrong with the levels and the branches that the changes touch."""
    touched = {change.code.split("/")[0] for change in changes if change.collection == "areas"}
    areas, findings = _levels(contents["areas"], touched, city_map)
    categories = list(city_map.categories)
    if any(change.collection == "categories" for change in changes):
        held = contents["categories"]
        categories, troubles = branch_out([held[code] for code in sorted(held)], ())
        findings += troubles
    in_order = {name: [things[code] for code in sorted(things)] for name, things in contents.items()}
    placed_units: list[PlacedUnit] = in_order["units"]
    gathered = Gathered(
        units={placed.unit.code: placed.unit for placed in placed_units},
        placed_units=placed_units,
        areas=areas,
        records=city_map.records,
        categories=categories,
        sites=in_order["checkpoints"],
        segments=in_order["segments"],
        claims=in_order["claims"],
        addresses=in_order["addresses"],
        posts=in_order["posts"],
        components=in_order["components"],
        golden=in_order["golden"],
    )
    return gathered, findings


def _levels(
    held: Mapping[str, PlacedArea], touched: set[str], city_map: CityMap
) -> tuple[list[PlacedArea], list[Finding]]:
    """All areas in their order; those of the schemes that are touched with their parents looked up and checked."""
    areas: list[PlacedArea] = []
    findings: list[Finding] = []
    by_level: dict[tuple[str, str], list[PlacedArea]] = {}
    for placed in held.values():
        by_level.setdefault((placed.area.scheme, placed.area.level), []).append(placed)
    for scheme in city_map.schemes:
        above: list[PlacedArea] = []
        for level in scheme.levels:
            below = sorted(by_level.get((scheme.code, level.code), []), key=lambda placed: placed.area.code)
            if scheme.code in touched:
                below, troubles = check_level(scheme, below, above, city_map.city.policy)
                findings += troubles
            areas += below
            above = below
    return areas, findings


def _blocks(findings: Sequence[Finding]) -> bool:
    return any(finding.severity is Severity.BLOCK for finding in findings)
