"""Rulings and permits as claims that are laid over a map."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import shapely
from shapely import MultiPolygon

from geo.atlas import Atlas
from geo.claims import Claim, Origin, Place, PlaceKind, Role
from geo.grounds import grounds_of, in_order
from geo.model import CityMap
from geo.register.roster import Roster
from geo.register.rulings import GroundKind, Permit, RuledGround, Ruling
from geo.roads import Segment, Strip


def overlaid(atlas: Atlas, roster: Roster) -> Atlas:
    """The atlas with what the register rules and permits; the same one where it does neither.

    Built once for each state of rulings and permits; later appointments change nothing here.
    """
    if not roster.rulings and not roster.permits:
        return atlas
    return atlas.overlaid(roster.ruled, lambda: tuple(_claims(atlas, roster)))


def is_overlaid(atlas: Atlas, roster: Roster) -> bool:
    """Whether `overlaid` answers at once."""
    return not (roster.rulings or roster.permits) or atlas.is_overlaid(roster.ruled)


def not_on(city_map: CityMap, roster: Roster, now: datetime) -> list[str]:
    """The rulings and permits in force or to come whose ground or unit a map does not have, as `ruling:id`."""
    live = [
        (f"{origin.value}:{entry.id}", entry)
        for origin, entries in ((Origin.RULING, roster.rulings), (Origin.PERMIT, roster.permits))
        for entry in entries.values()
        if entry.schedule.valid_to is None or entry.schedule.valid_to > now
    ]
    if not live:
        return []
    places = grounds_of(city_map, in_order(city_map)).by_place
    segments = {segment.code: segment for segment in city_map.segments}
    units = {unit.code for unit in city_map.units}
    return sorted(
        id_
        for id_, entry in live
        if not _units_of(entry) <= units or _place(places, segments, entry.ground, id_) is None
    )


def _units_of(entry: Ruling | Permit) -> set[str]:
    named = (entry.unit, *entry.assists) if isinstance(entry, Ruling) else (entry.unit,)
    return {unit for unit in named if unit is not None}


def _claims(atlas: Atlas, roster: Roster) -> Iterator[Claim]:
    for ruling in (roster.rulings[id_] for id_ in sorted(roster.rulings)):
        if ruling.unit in atlas.units:
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
    )


def _place(
    places: Mapping[tuple[str, ...], int], segments: Mapping[str, Segment], ground: RuledGround, id_: str
) -> Place | None:
    match ground.kind:
        case GroundKind.CITY:
            return Place(PlaceKind.CITY, (id_,))
        case GroundKind.POLYGON:
            return Place(PlaceKind.POLYGON, (id_,), ground.boundary)
        case GroundKind.SEGMENT:
            segment = segments.get(ground.key[0])
            return Place(PlaceKind.POLYGON, (id_,), _whole(segment.strips)) if segment and segment.strips else None
    place = Place(PlaceKind(ground.kind.value), ground.key)
    return place if (place.kind, *place.key) in places else None


def _whole(strips: tuple[Strip, ...]) -> MultiPolygon:
    """The ground of all strips together."""
    union = shapely.union_all([strip.boundary for strip in strips])
    return union if isinstance(union, MultiPolygon) else MultiPolygon([union])
