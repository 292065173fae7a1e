"""The collections of a map, one entry each: how a body becomes a thing, what it is called and what it names.

To make another collection writable, give it an entry in `COLLECTIONS`, and its things a place in `geo/settling.py`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from geo.categories import Category
from geo.changes.change import Key
from geo.changes.given import Given
from geo.changes.reading import (
    read_address,
    read_area,
    read_category,
    read_checkpoint,
    read_claim,
    read_component,
    read_golden_place,
    read_post,
    read_segment,
    read_unit,
)
from geo.changes.saying import (
    say_address,
    say_area,
    say_category,
    say_checkpoint,
    say_claim,
    say_component,
    say_golden_place,
    say_post,
    say_segment,
    say_unit,
)
from geo.claims import EVERY_CATEGORY, PlaceKind
from geo.model import CityMap, Finding
from geo.posts import SubjectKind
from geo.sources.addresses import PlacedAddress
from geo.sources.areas import PlacedArea
from geo.sources.categories import CategoryRow
from geo.sources.checkpoints import PlacedSite
from geo.sources.claim_rows import PlacedClaim
from geo.sources.components import PlacedComponent
from geo.sources.description import (
    ADDRESS_FIELDS,
    AREA_FIELDS,
    CATEGORY_FIELDS,
    CHECKPOINT_FIELDS,
    CLAIM_FIELDS,
    COMPONENT_FIELDS,
    GOLDEN_FIELDS,
    POST_FIELDS,
    SEGMENT_FIELDS,
    UNIT_FIELDS,
    FileSource,
)
from geo.sources.golden import PlacedGolden
from geo.sources.posts import PlacedPost
from geo.sources.rows import Row
from geo.sources.unit_tables import PlacedUnit


@dataclass(frozen=True, slots=True)
class Collection:
    """One kind of things. They are held as they were read (`PlacedClaim` …), which the settling takes.

    `key` is what the files call the code; `keys` are texts in a body, `more` what is none. Of a thing in a map `held`
    makes one as it was read, `code` is its address, `say` the body that `read` would make it of. `names` is what one
    as it was read names that must exist.
    """

    key: str
    keys: tuple[str, ...]
    more: tuple[str, ...]
    listed: Callable[[CityMap], Sequence[Any]]
    held: Callable[[Any, str], Any]
    code: Callable[[Any], str]
    read: Callable[[Given, CityMap], tuple[Any | None, list[Finding]]]
    say: Callable[[Any], dict[str, Any]]
    names: Callable[[Any], Iterator[Key]]


def _unit_names(placed: PlacedUnit) -> Iterator[Key]:
    if placed.unit.parent is not None:
        yield "units", placed.unit.parent


def _area_names(placed: PlacedArea) -> Iterator[Key]:
    area = placed.area
    for unit in (area.unit, area.steward):
        if unit is not None:
            yield "units", unit


def _held_category(category: Category, address: str) -> CategoryRow:
    said = {"name": category.name.zh or category.name.en, "branch": category.branch.value}
    more = {"name_en": category.name.en, "nature": category.nature.value, "parent": category.parent}
    texts = {key: text for key, text in (said | more).items() if text is not None}
    return CategoryRow(category.code, texts, category.branch, category.nature, category.parent, address, None)


def _category_names(row: CategoryRow) -> Iterator[Key]:
    if row.parent is not None:
        yield "categories", row.parent


def _site_names(placed: PlacedSite) -> Iterator[Key]:
    for unit in (placed.site.unit, placed.site.principal, placed.site.manager):
        if unit is not None:
            yield "units", unit


def _no_names(_: object) -> Iterator[Key]:
    yield from ()


def _claim_names(placed: PlacedClaim) -> Iterator[Key]:
    claim = placed.claim
    yield "units", claim.unit
    if claim.executor is not None:
        yield "units", claim.executor
    if claim.post is not None:
        yield "posts", claim.post
    yield from (("categories", code) for code in claim.categories if code != EVERY_CATEGORY)
    match claim.place.kind:
        case PlaceKind.AREA:
            yield "areas", "/".join(claim.place.key)
        case PlaceKind.CHECKPOINT | PlaceKind.HALO:
            yield "checkpoints", claim.place.key[0]
        case PlaceKind.STRIP:
            yield "segments", claim.place.key[0]


def _post_names(placed: PlacedPost) -> Iterator[Key]:
    post = placed.post
    yield "units", post.unit
    match post.subject.kind:
        case SubjectKind.AREA:
            yield "areas", "/".join(post.subject.key)
        case SubjectKind.CHECKPOINT:
            yield "checkpoints", post.subject.key[0]
        case SubjectKind.SEGMENT:
            yield "segments", post.subject.key[0]


def _component_names(placed: PlacedComponent) -> Iterator[Key]:
    component = placed.component
    yield "categories", component.category
    for unit in (component.owner, component.maintainer, component.competent):
        if unit is not None:
            yield "units", unit


def _golden_names(placed: PlacedGolden) -> Iterator[Key]:
    golden = placed.golden
    if golden.unit is not None:
        yield "units", golden.unit
    if golden.category is not None:
        yield "categories", golden.category


COLLECTIONS: Mapping[str, Collection] = MappingProxyType(
    {
        "units": Collection(
            key="code",
            keys=UNIT_FIELDS,
            more=("contacts",),
            listed=lambda city_map: city_map.units,
            held=lambda unit, address: PlacedUnit(unit, address, None),
            code=lambda unit: str(unit.code),
            read=read_unit,
            say=say_unit,
            names=_unit_names,
        ),
        "areas": Collection(
            key="code",
            keys=AREA_FIELDS,
            more=("geometry",),
            listed=lambda city_map: city_map.areas,
            held=lambda area, address: PlacedArea(area, address, None),
            code=lambda area: f"{area.scheme}/{area.level}/{area.code}",
            read=read_area,
            say=say_area,
            names=_area_names,
        ),
        "categories": Collection(
            key="code",
            keys=CATEGORY_FIELDS,
            more=(),
            listed=lambda city_map: city_map.categories,
            held=_held_category,
            code=lambda category: str(category.code),
            read=read_category,
            say=say_category,
            names=_category_names,
        ),
        "claims": Collection(
            key="id",
            keys=CLAIM_FIELDS,
            more=("geometry",),
            listed=lambda city_map: city_map.claims,
            held=lambda claim, address: PlacedClaim(claim, address, None),
            code=lambda claim: str(claim.id),
            read=read_claim,
            say=say_claim,
            names=_claim_names,
        ),
        "checkpoints": Collection(
            key="code",
            keys=CHECKPOINT_FIELDS,
            more=("geometry",),
            listed=lambda city_map: city_map.checkpoints,
            held=lambda site, address: PlacedSite(site, address, None),
            code=lambda site: str(site.code),
            read=read_checkpoint,
            say=say_checkpoint,
            names=_site_names,
        ),
        "segments": Collection(
            key="code",
            keys=SEGMENT_FIELDS,
            more=("geometry", "widths"),
            listed=lambda city_map: city_map.segments,
            held=lambda segment, address: segment,
            code=lambda segment: str(segment.code),
            read=read_segment,
            say=say_segment,
            names=_no_names,
        ),
        "addresses": Collection(
            key="code",
            keys=(*ADDRESS_FIELDS, "lon", "lat"),
            more=(),
            listed=lambda city_map: city_map.addresses,
            held=lambda address, where: PlacedAddress(address, Row(FileSource(where, Path(), {}, ()), None, {})),
            code=lambda address: str(address.code),
            read=read_address,
            say=say_address,
            names=_no_names,
        ),
        "posts": Collection(
            key="code",
            keys=POST_FIELDS,
            more=(),
            listed=lambda city_map: city_map.posts,
            held=lambda post, address: PlacedPost(post, address, None),
            code=lambda post: str(post.code),
            read=read_post,
            say=say_post,
            names=_post_names,
        ),
        "components": Collection(
            key="id",
            keys=(*(key for key in COMPONENT_FIELDS if key != "id"), "lon", "lat"),
            more=(),
            listed=lambda city_map: city_map.components,
            held=lambda component, where: PlacedComponent(component, Row(FileSource(where, Path(), {}, ()), None, {})),
            code=lambda component: str(component.id),
            read=read_component,
            say=say_component,
            names=_component_names,
        ),
        "golden": Collection(
            key="code",
            keys=(*GOLDEN_FIELDS, "lon", "lat"),
            more=(),
            listed=lambda city_map: city_map.golden,
            held=lambda golden, where: PlacedGolden(golden, Row(FileSource(where, Path(), {}, ()), None, {})),
            code=lambda golden: str(golden.code),
            read=read_golden_place,
            say=say_golden_place,
            names=_golden_names,
        ),
    }
)
