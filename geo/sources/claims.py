"""Claims as their files name things become claims on the things themselves, one for each ground."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from geo.claims import EVERY_CATEGORY, Claim, Place, PlaceKind, Role
from geo.findings import find, say_rows
from geo.model import Area, Finding, Unit, UnitKind
from geo.roads import Segment
from geo.sites import Checkpoint
from geo.sources.claim_rows import EACH, PlacedClaim

Key = tuple[str, ...]
UNKNOWN: Mapping[PlaceKind, str] = MappingProxyType(
    {
        PlaceKind.AREA: "unknown-area",
        PlaceKind.CHECKPOINT: "unknown-site",
        PlaceKind.HALO: "unknown-halo",
        PlaceKind.STRIP: "unknown-strip",
    }
)


class Named:
    """Everything in a city that a claim may name."""

    def __init__(
        self,
        units: Mapping[str, Unit],
        categories: Collection[str],
        areas: Iterable[Area],
        sites: Sequence[Checkpoint],
        segments: Sequence[Segment],
    ) -> None:
        self.units = units
        self.categories = categories
        self.segments = tuple(sorted(segment.code for segment in segments))
        own_units: dict[PlaceKind, dict[Key, str | None]] = {
            PlaceKind.AREA: {(area.scheme, area.level, area.code): area.unit for area in areas},
            PlaceKind.CHECKPOINT: {(site.code,): site.unit for site in sites},
            PlaceKind.HALO: {(site.code,): site.unit for site in sites if site.halo is not None},
            PlaceKind.STRIP: {
                (segment.code, strip.side.value, strip.kind.value): None
                for segment in segments
                for strip in segment.strips
            },
        }
        self._own_units: Mapping[PlaceKind, Mapping[Key, str | None]] = own_units
        self._keys: dict[tuple[PlaceKind, str], list[Key]] = {}
        for kind, keys in own_units.items():
            for key in sorted(keys):
                for first in (key[0], EACH):
                    self._keys.setdefault((kind, first), []).append(key)

    def places(self, place: Place) -> dict[Key, str | None]:
        """The keys that a place with or without `*` stands for, in order, and each one's own unit."""
        return self.places_of(place.kind, place.key)

    def places_of(self, kind: PlaceKind, asked_key: Key) -> dict[Key, str | None]:
        """The same for a key of this kind."""
        own_units = self._own_units[kind]
        if EACH not in asked_key:
            return {asked_key: own_units[asked_key]} if asked_key in own_units else {}
        return {
            key: own_units[key]
            for key in self._keys.get((kind, asked_key[0]), ())
            if all(asked in (EACH, part) for part, asked in zip(key, asked_key, strict=True))
        }


def settle(
    placed_claims: Sequence[PlacedClaim], named: Named, posts: Collection[str] = ()
) -> tuple[list[Claim], list[Finding]]:
    """The claims by id, one for each place that a `*` stands for, and what is wrong with what they name.

    `posts` are the codes that a claim may name.

    The id of such a claim is that of its row and the codes that the `*` stands for: `rubbish-1/320508001`.
    """
    findings = _unknown(placed_claims, named, posts)
    claims: dict[str, Claim] = {}
    told_at: dict[str, str] = {}
    for placed in placed_claims:
        for claim in _claims_of(placed.claim, named):
            if claim.id in claims:
                findings.append(
                    find("code-repeated", source=placed.file, row=placed.row, code=claim.id, first=told_at[claim.id])
                )
                break
            claims[claim.id] = claim
            told_at[claim.id] = f"{placed.file}, {placed.row}"
    return [claims[id_] for id_ in sorted(claims)], [*findings, *_contractors(placed_claims, named)]


def _claims_of(claim: Claim, named: Named) -> Iterator[Claim]:
    """The claim on each ground that its place stands for; grounds without a unit are left out for the unit `*`."""
    if EACH not in claim.place.key:
        yield claim
        return
    for key, own_unit in named.places(claim.place).items():
        unit = own_unit if claim.unit == EACH else claim.unit
        if unit is not None:
            codes = (part for part, asked in zip(key, claim.place.key, strict=True) if asked == EACH)
            place = replace(claim.place, key=key)
            yield replace(claim, id="/".join([claim.id, *codes]), unit=unit, place=place)


def _unknown(placed_claims: Sequence[PlacedClaim], named: Named, posts: Collection[str]) -> list[Finding]:
    """A block for each thing that is named and does not exist, with the first claim that names it."""
    unknown: dict[tuple[str, str], Finding] = {}
    for placed in placed_claims:
        for kind, value in _wanting(placed.claim, named, posts):
            found = find(kind, source=placed.file, row=placed.row, code=placed.claim.id, value=value)
            unknown.setdefault((kind, value), found)
    return list(unknown.values())


def _wanting(claim: Claim, named: Named, posts: Collection[str]) -> Iterator[tuple[str, str]]:
    """What a claim names that does not exist: the kind of finding, and what the claim says."""
    if claim.unit not in named.units and claim.unit != EACH:
        yield "unknown-claim-unit", claim.unit
    if claim.executor is not None and claim.executor not in named.units:
        yield "unknown-executor", claim.executor
    if claim.post is not None and claim.post not in posts:
        yield "unknown-claim-post", claim.post
    for code in claim.categories:
        if code not in named.categories and code != EVERY_CATEGORY:
            yield "unknown-category", code
    if claim.place.kind is not PlaceKind.POLYGON and not named.places(claim.place):
        yield UNKNOWN[claim.place.kind], "/".join(claim.place.key)


def _contractors(placed_claims: Sequence[PlacedClaim], named: Named) -> list[Finding]:
    """A notice for each contractor that is said to lead."""
    led: dict[str, list[str]] = {}
    for placed in placed_claims:
        claim = placed.claim
        unit = named.units.get(claim.unit)
        if claim.role is Role.LEADS and unit is not None and unit.kind is UnitKind.CONTRACTOR:
            led.setdefault(unit.code, []).append(claim.id)
    return [find("contractor-leads", code=code, count=len(ids), claims=say_rows(ids)) for code, ids in led.items()]
