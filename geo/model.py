"""The frozen values of a city's map of responsibility: units, schemes, areas, editions, findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon

from geo.addresses import Address
from geo.categories import Category
from geo.claims import Claim
from geo.components import Component
from geo.golden import GoldenPlace
from geo.posts import POST_KINDS, Post, PostKind
from geo.roads import Segment
from geo.sites import Checkpoint, Governance
from geo.wording import Lang, Name

FloatArray = NDArray[np.float64]


class UnitKind(StrEnum):
    TERRITORIAL = "territorial"
    DEPARTMENT = "department"
    CONTRACTOR = "contractor"
    WORKING_GROUP = "working_group"
    HEADQUARTERS = "headquarters"


@dataclass(frozen=True, slots=True)
class Contact:
    """How a unit is reached besides its duty telephone."""

    title: str
    telephone: str


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation that can be responsible (责任单位). `parent` is the code of the unit above it."""

    code: str
    name: Name
    kind: UnitKind
    parent: str | None = None
    telephone: str | None = None
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """A tier of a scheme (层级)."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class Scheme:
    """A named partition of the city (体系). `levels` run from coarse to fine.

    `code_split` gives the characters that each level adds to an area code (6, 3, 3, 3); None leaves codes free.
    With `prefix` a child's code must begin with its parent's.
    """

    code: str
    name: Name
    levels: tuple[Level, ...]
    code_split: tuple[int, ...] | None = None
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """One polygon of a scheme at a level (区域), known by (scheme, level, code).

    `parent` is the code of an area in the level above; `unit` who is responsible on it; `steward` who keeps its data
    right. `boundary` is a valid 2-D MultiPolygon in WGS 84 (lon, lat).
    """

    scheme: str
    level: str
    code: str
    name: Name
    boundary: MultiPolygon
    parent: str | None = None
    unit: str | None = None
    steward: str | None = None


@dataclass(frozen=True, slots=True)
class RecordSet:
    """Problems recorded elsewhere, for maps: one array element or tuple item a record, in the order of the source.

    `lon` and `lat` are (n,) in WGS 84; `category` and `at` are empty or have n items. `digest` (SHA-256, hex) names
    the content, so that a set which did not change between two editions is stored once.
    """

    code: str
    name: Name
    digest: str
    lon: FloatArray
    lat: FloatArray
    category: tuple[str | None, ...] = ()
    at: tuple[datetime | None, ...] = ()


ACCURACY_M: Mapping[str, float] = MappingProxyType(
    {"surveyed": 0.0, "map_click": 5.0, "address": 15.0, "unknown": 10.0}
)


# A component is asked for by whom it belongs to, then by where it stands (部件先属主后属地); an event the other way
# round (事件先属地后属主).
COMPONENT_LADDER = (
    "ruling", "owner", "maintainer", "checkpoint", "halo", "segment", "department", "territory", "fallback",
)  # fmt: skip
EVENT_LADDER = (
    "ruling", "checkpoint", "halo", "segment", "territory", "department", "owner", "fallback",
)  # fmt: skip
InterimRule = Literal["territory", "first_receiver"]
INTERIM_RULES: tuple[InterimRule, ...] = ("territory", "first_receiver")
MANAGER = "manager"
GOVERNED_BY: Mapping[str, str] = MappingProxyType({Governance.ENTRUSTED.value: MANAGER})
ROAD_CLASSES = ("expressway", "arterial", "secondary", "branch", "alley")


@dataclass(frozen=True, slots=True)
class Policy:
    """The city's own thresholds, as data.

    `accuracy_m`: metres assumed by how a place was found, when the caller gives none. `accuracy_max_m`: beyond it no
    finer unit is named. `fallback_level`: the level of the territory scheme that answers for 属地兜底 (None: the second
    from the top, or the only one). `ladder_component`, `ladder_event`: the rungs in order. `road_classes`: the
    highest first; at a junction it decides. `territory_by_branch`: the scheme that is the territory for a category and
    all below it. `component_m`: a registered component counts within so many metres of the position, and its error.
    `governance`: who answers for a site that names no unit, by how it is run: `manager` or a level of the territory
    (taken over: the fallback level, unless said; else the finest level). `checkpoint_types`: the city's own types of
    sites. `gap_m2`, `overlap_m2`: smaller troubles between areas are not reported.
    `contacts_min_site`, `contacts_min_unit`: fewer people to call are listed as missing. `interim`: who acts while a
    place is contested: the unit at the fallback level (`territory`), or who has the ticket already (`first_receiver`).
    `discrepancy_days`: within so many natural days an answer that is said to be wrong must be answered for.
    `audit_blocks`: the kinds of troubles with which nothing is published; `audit_days`: by when a trouble is to be
    settled; `audit_ahead_days`: a claim or term that ends within so many days is a trouble already; `audit_sample`: how
    many positions are asked.
    """

    accuracy_m: Mapping[str, float] = field(default_factory=lambda: ACCURACY_M)
    accuracy_max_m: float = 500.0
    confidence: float = 0.68
    fallback_level: str | None = None
    ladder_component: tuple[str, ...] = COMPONENT_LADDER
    ladder_event: tuple[str, ...] = EVENT_LADDER
    road_classes: tuple[str, ...] = ROAD_CLASSES
    territory_by_branch: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    component_m: float = 5.0
    governance: Mapping[str, str] = field(default_factory=lambda: GOVERNED_BY)
    checkpoint_types: Mapping[str, Name] = field(default_factory=lambda: MappingProxyType({}))
    gap_m2: float = 1.0
    overlap_m2: float = 1.0
    contacts_min_site: int = 3
    contacts_min_unit: int = 2
    interim: InterimRule = "territory"
    discrepancy_days: int = 5
    audit_blocks: tuple[str, ...] = ()
    audit_days: int = 30
    audit_ahead_days: int = 30
    audit_sample: int = 2000


def fallback_level_of(policy: Policy, levels: Sequence[str]) -> str:
    """The level of the territory, of these from coarse to fine, that answers for what nobody settles (属地兜底)."""
    return policy.fallback_level or levels[min(1, len(levels) - 1)]


@dataclass(frozen=True, slots=True)
class City:
    """What holds for the whole city. `territory` is the scheme whose areas are territorial units.

    `post_kinds` stand in the order in which posts are named.
    """

    name: Name
    territory: str
    timezone: str = "UTC"
    datum: str = "wgs84"
    language: Lang = "zh"
    policy: Policy = field(default_factory=Policy)
    note: Name | None = None
    post_kinds: tuple[PostKind, ...] = POST_KINDS


@dataclass(frozen=True, slots=True)
class CityMap:
    """Everything that one edition holds.

    `schemes` stand in their order of appearance, `claims` and `components` by id, `areas` by scheme, level (coarse
    first) and code, everything else by code; codes compare as text by code point.
    """

    city: City
    schemes: tuple[Scheme, ...]
    units: tuple[Unit, ...]
    areas: tuple[Area, ...]
    records: tuple[RecordSet, ...] = ()
    categories: tuple[Category, ...] = ()
    claims: tuple[Claim, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    segments: tuple[Segment, ...] = ()
    addresses: tuple[Address, ...] = ()
    posts: tuple[Post, ...] = ()
    components: tuple[Component, ...] = ()
    golden: tuple[GoldenPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """A published state of the map (版本).

    It holds from `valid_from` (None: from the beginning) and was known from `published_at`; both are aware UTC.
    """

    id: int
    published_at: datetime
    valid_from: datetime | None


class Severity(StrEnum):
    BLOCK = "block"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that an import or an audit found.

    `kind` is a key of `geo.findings.PHRASES`, whose message is filled with `values`. `source` is the file as named in
    city.toml, `row` its row counted from 1 (the first feature, the first line below the header).
    """

    kind: str
    severity: Severity
    source: str | None = None
    row: int | None = None
    code: str | None = None
    area_m2: float | None = None
    values: Mapping[str, object] = field(default_factory=dict)
