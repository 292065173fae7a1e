"""Rulings and permits as claims that are laid over a map."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import shapely
from shapely import MultiPolygon

from geo.atlas import Atlas
from geo.claims import EVERY_CATEGORY, Claim, Origin, Place, PlaceKind, Role
from geo.grounds import grounds_of, in_order
from geo.model import CityMap
from geo.register.roster import Roster
from geo.register.rulings import GroundKind, Permit, RuledGround, Ruling
from geo.roads import Segment, Strip


def overlaid(atlas: Atlas, roster: Roster) -> Atlas:
    """The atlas with what the register rules and permits; the same one where it does neither.

    Built once for each state of rulings and permits; later appointments change nothing here.
    """
    if roster.ruled is None:
        return atlas
    return atlas.overlaid(roster.ruled, lambda: tuple(_claims(atlas, roster)))


def is_overlaid(atlas: Atlas, roster: Roster) -> bool:
    """Whether `overlaid` answers at once."""
    return roster.ruled is None or atlas.is_overlaid(roster.ruled)


def not_on(city_map: CityMap, roster: Roster, now: datetime) -> list[str]:
    """The rulings and permits in force or to come that name what a map does not have, as `ruling:id`.

    That is their ground, units, categories and the post that decided; drafts are in force for nobody.
    """
    live = [
        (f"{origin.value}:{entry.id}", entry)
        for origin, entries in ((Origin.RULING, roster.rulings), (Origin.PERMIT, roster.permits))
        for entry in entries.values()
        if (entry.schedule.valid_to is None or entry.schedule.valid_to > now)
        and not (isinstance(entry, Ruling) and entry.is_draft)
    ]
    if not live:
        return []
    places = grounds_of(city_map, in_order(city_map)).by_place
    segments = {segment.code: segment for segment in city_map.segments}
    units = {unit.code for unit in city_map.units}
    # A city without categories takes any code.
    categories = {category.code for category in city_map.categories} | {EVERY_CATEGORY}
    posts = {post.code for post in city_map.posts}
    return sorted(
        id_
        for id_, entry in live
        if not _units_of(entry) <= units
        or (city_map.categories and not categories.issuperset(entry.categories))
        or (isinstance(entry, Ruling) and entry.decided_by is not None and entry.decided_by not in posts)
        or _place(places, segments, entry.ground, id_) is None
    )


def is_on(atlas: Atlas, entry: Ruling | Permit) -> bool:
    """Whether the atlas has the ground, the units and the categories that a ruling or permit names."""
    named = {code for code in entry.categories if code != EVERY_CATEGORY}
    categories = atlas.categories.by_code
    has_ground = _place(atlas.grounds.by_place, atlas.segments, entry.ground, "") is not None
    return has_ground and _units_of(entry) <= atlas.units.keys() and (not categories or named <= categories.keys())


def ground_on(atlas: Atlas, ground: RuledGround) -> MultiPolygon | None:
    """The ground of a ruling or permit, in WGS 84; None for the whole city and for what the atlas does not have."""
    place = _place(atlas.grounds.by_place, atlas.segments, ground, "")
    if place is None or place.kind is PlaceKind.CITY:
        return None
    if place.boundary is not None:
        return place.boundary
    boundary: MultiPolygon = atlas.grounds.boundaries[atlas.grounds.by_place[place.kind, *place.key]]
    return boundary


def _units_of(entry: Ruling | Permit) -> set[str]:
    named = {entry.unit}
    if isinstance(entry, Ruling):
        named |= {*entry.assists}
        if entry.condition is not None and entry.condition.fact.startswith("owner:"):
            named.add(entry.condition.fact.partition(":")[2])
    return {unit for unit in named if unit is not None}


def _claims(atlas: Atlas, roster: Roster) -> Iterator[Claim]:
    for ruling in (roster.rulings[id_] for id_ in sorted(roster.rulings)):
        if ruling.unit in atlas.units and not ruling.is_draft:
            yield from _claim(atlas, ruling, Origin.RULING, ruling.unit)
            for unit in dict.fromkeys(ruling.assists):
                if unit in atlas.units:
                    yield from _claim(atlas, ruling, Origin.RULING, unit, Role.ASSISTS)
    for permit in (roster.permits[id_] for id_ in sorted(roster.permits)):
        yield from _claim(atlas, permit, Origin.PERMIT, permit.unit if permit.unit in atlas.units else None)


def _claim(
    atlas: Atlas, entry: Ruling | Permit, origin: Origin, unit: str | None, role: Role = Role.LEADS
) -> Iterator[Claim]:
    """The claim of a ruling or permit; none where an older edition has not the ground or the unit that it names."""
    id_ = f"{origin.value}:{entry.id}"
    place = _place(atlas.grounds.by_place, atlas.segments, entry.ground, id_)
    if place is None:
        return
    yield Claim(
        id=id_,
        unit=unit or "",
        role=role,
        categories=entry.categories,
        place=place,
        hours=entry.schedule.hours,
        source=entry.source,
        valid_from=entry.schedule.valid_from,
        valid_to=entry.schedule.valid_to,
        origin=origin,
        decided_at=entry.decided_at if isinstance(entry, Ruling) else None,
        reason=entry.reason if isinstance(entry, Ruling) else None,
        condition=entry.condition if isinstance(entry, Ruling) else None,
    )


def _place(
    places: Mapping[tuple[str, ...], int], segments: Mapping[str, Segment], ground: RuledGround, id_: str
) -> Place | None:
    match ground.kind:
        case GroundKind.CITY:
            return Place(PlaceKind.CITY, (id_,))
        case GroundKind.POLYGON:
            return Place(PlaceKind.POLYGON, (id_,), ground.boundary)
        case GroundKind.BORDER:
            scheme, level, *sides = ground.key
            known = all((PlaceKind.AREA, scheme, level, code) in places for code in sides)
            return Place(PlaceKind.POLYGON, (id_,), ground.boundary) if known else None
        case GroundKind.SEGMENT:
            segment = segments.get(ground.key[0])
            return Place(PlaceKind.POLYGON, (id_,), _whole(segment.strips)) if segment and segment.strips else None
    place = Place(PlaceKind(ground.kind.value), ground.key)
    return place if (place.kind, *place.key) in places else None


def _whole(strips: tuple[Strip, ...]) -> MultiPolygon:
    """The ground of all strips together."""
    union = shapely.union_all([strip.boundary for strip in strips])
    return union if isinstance(union, MultiPolygon) else MultiPolygon([union])
