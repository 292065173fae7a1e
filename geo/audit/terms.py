"""Claims that have ended, or end soon, and that nobody renewed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from geo.audit.leads import EVERY_KIND
from geo.audit.scene import Scene, listed
from geo.audit.trouble import Trouble
from geo.claims import EVERY_CATEGORY, Claim, Origin, Place, Role
from geo.wording import Name

Kept = dict[tuple[Role, tuple[str, ...]], list[Claim]]


def check_terms(scene: Scene) -> Iterator[Trouble]:
    """Claims of the map, by id, whose end has come or comes within the city's days ahead.

    A claim of the same role on the same place, which goes on and names the category, has taken the place of one.
    """
    ahead = timedelta(days=scene.atlas.city.policy.audit_ahead_days)
    kept: Kept = {}
    for claim in scene.atlas.city_map.claims:
        kept.setdefault(_where(claim), []).append(claim)
    for claim in sorted(scene.atlas.city_map.claims, key=lambda claim: claim.id):
        ends = claim.valid_to
        if ends is None or ends > scene.at + ahead or claim.origin is not Origin.MAP:
            continue
        since = max(ends, scene.at)
        left = [code for code in claim.categories if not _goes_on(kept[_where(claim)], code, since)]
        if left:
            yield _trouble(scene, claim, ends, left)


def _where(claim: Claim) -> tuple[Role, tuple[str, ...]]:
    return claim.role, _ground(claim.place)


def _ground(place: Place) -> tuple[str, ...]:
    """What tells a place from another: its key; of a polygon of its own the ground, since the key is the claim's."""
    if place.boundary is not None:
        return (place.kind.value, place.boundary.wkb_hex)
    return (place.kind.value, *place.key)


def _goes_on(claims: list[Claim], code: str, moment: datetime) -> bool:
    return any(
        claim.schedule.spans(moment) and (code in claim.categories or EVERY_CATEGORY in claim.categories)
        for claim in claims
    )


def _trouble(scene: Scene, claim: Claim, ends: datetime, left: list[str]) -> Trouble:
    every = EVERY_CATEGORY in left
    names: Name = EVERY_KIND if every else listed([scene.category_name(code) for code in left])
    number = scene.atlas.grounds.by_place.get((claim.place.kind, *claim.place.key))
    return Trouble(
        kind="claim-expired" if ends <= scene.at else "claim-expiring",
        subject=(claim.id,),
        values={
            "claim": claim.id,
            "unit": scene.unit_name(claim.unit),
            "until": f"{ends.astimezone(scene.atlas.zone):%Y-%m-%d}",
            "categories": names,
        },
        units=scene.accountable([claim.unit]),
        categories=() if every else tuple(sorted(left)),
        ground=None if number is None else scene.atlas.grounds.boundaries[number],
    )
