"""Each kind of thing as the body that makes it: what is read can be changed and put back."""

from collections.abc import Iterable
from typing import Any

import orjson
import shapely

from geo.addresses import Address
from geo.categories import Category
from geo.claims import Claim
from geo.components import Component
from geo.golden import GoldenPlace
from geo.model import Area, Unit
from geo.moments import say_moment
from geo.posts import Post, SubjectKind
from geo.roads import Segment, Side
from geo.schedule import Shift
from geo.sites import Checkpoint
from geo.wording import Name

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
IN_WGS84 = {"datum": "wgs84"}

Said = dict[str, Any]


def say_unit(unit: Unit) -> Said:
    """The body of a unit."""
    contacts = [{"title": contact.title, "telephone": contact.telephone} for contact in unit.contacts]
    return _told(
        **_named("name", unit.name),
        kind=unit.kind.value,
        parent=unit.parent,
        telephone=unit.telephone,
        contacts=contacts or None,
    )


def say_area(area: Area) -> Said:
    """The body of an area."""
    told = _told(**_named("name", area.name), parent=area.parent, unit=area.unit, steward=area.steward)
    return told | _drawn(area.boundary)


def say_category(category: Category) -> Said:
    """The body of a category."""
    names = _named("name", category.name)
    return _told(**names, parent=category.parent, branch=category.branch.value, nature=category.nature.value)


def say_checkpoint(site: Checkpoint) -> Said:
    """The body of a site."""
    told = _told(
        **_named("name", site.name),
        type=site.type,
        unit=site.unit,
        principal=site.principal,
        governance=None if site.governance is None else site.governance.value,
        manager=site.manager,
        halo_m=site.halo_m,
    )
    return told | _drawn(site.inner)


def say_segment(segment: Segment) -> Said:
    """The body of a segment, with the widths of its strips."""
    left = sorted((strip for strip in segment.strips if strip.side is Side.LEFT), key=lambda strip: strip.near_m)
    names = _named("road", segment.road) | _named("start", segment.start) | _named("end", segment.end)
    widths = [[strip.kind.value, round(strip.far_m - strip.near_m, 3)] for strip in left]
    told = _told(**names, widths=widths or None) | _told(**{"class": segment.road_class or None})
    return told | _drawn(segment.centreline)


def say_claim(claim: Claim) -> Said:
    """The body of a claim."""
    place = claim.place
    ground = _drawn(place.boundary) if place.boundary is not None else {place.kind.value: "/".join(place.key)}
    told = _told(
        unit=claim.unit,
        role=claim.role.value,
        categories=list(claim.categories),
        post=claim.post,
        executor=claim.executor,
        hours=list(_hours(claim.hours)) or None,
        priority=claim.priority or None,
        source=claim.source,
        valid_from=None if claim.valid_from is None else say_moment(claim.valid_from),
        valid_to=None if claim.valid_to is None else say_moment(claim.valid_to),
    )
    return told | ground


def say_address(address: Address) -> Said:
    """The body of an address."""
    fields = ("road", "number", "estate", "building", "alias", "lon", "lat")
    return _told(**{field: getattr(address, field) for field in fields}) | IN_WGS84


def say_post(post: Post) -> Said:
    """The body of a post; one for its unit names nothing else."""
    told = _told(kind=post.kind, unit=post.unit, **(_named("title", post.title) if post.title else {}))
    return (
        told if post.subject.kind is SubjectKind.UNIT else told | {post.subject.kind.value: "/".join(post.subject.key)}
    )


def say_component(component: Component) -> Said:
    """The body of a component."""
    fields = ("category", "owner", "maintainer", "competent", "source", "note", "lon", "lat")
    days = {key: day.isoformat() for key in ("since", "changed") if (day := getattr(component, key)) is not None}
    return (
        _told(**{field: getattr(component, field) for field in fields}, state=component.state.value) | days | IN_WGS84
    )


def say_golden_place(golden: GoldenPlace) -> Said:
    """The body of a golden place."""
    told = _told(
        lon=golden.lon,
        lat=golden.lat,
        accuracy=golden.accuracy_m,
        category=golden.category,
        at=None if golden.at is None else say_moment(golden.at),
        fact=list(golden.facts) or None,
        verdict=golden.verdict.value,
        unit=golden.unit,
        rung=golden.rung,
        why=golden.why,
    )
    return told | IN_WGS84


def _told(**values: Any) -> Said:
    return {key: value for key, value in values.items() if value is not None}


def _named(key: str, name: Name) -> Said:
    """A name as two keys, which `name_of` reads as the same name."""
    if name.zh is None and key in ("start", "end"):
        return {key: None, f"{key}_en": name.en}
    return {key: name.zh or name.en, f"{key}_en": name.en if name.zh else None}


def _drawn(geometry: shapely.Geometry) -> Said:
    document: Said = orjson.loads(shapely.to_geojson(geometry))
    return {"geometry": document} | IN_WGS84


def _hours(shifts: Iterable[Shift]) -> Iterable[str]:
    for shift in shifts:
        start, end = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in (shift.start_minute, shift.end_minute))
        yield f"{WEEKDAYS[shift.weekday]} {start}-{end}"
