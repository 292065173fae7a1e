"""Claims (责任归属): who is responsible, in what sense, for which categories, where and when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from shapely import MultiPolygon

from geo.schedule import Schedule, Shift
from geo.wording import Name

EVERY_CATEGORY = "*"


class Role(StrEnum):
    """In what sense a unit is responsible: 牵头、协同、监督、权属、养护、协调."""

    LEADS = "leads"
    ASSISTS = "assists"
    SUPERVISES = "supervises"
    OWNS = "owns"
    MAINTAINS = "maintains"
    COORDINATES = "coordinates"


class PlaceKind(StrEnum):
    """What a claim's boundary is taken from."""

    AREA = "area"
    CHECKPOINT = "checkpoint"
    HALO = "halo"
    STRIP = "strip"
    POLYGON = "polygon"
    CITY = "city"


class Origin(StrEnum):
    """Whether a claim is on the map, or comes from the register: a ruling, or a permit."""

    MAP = "map"
    RULING = "ruling"
    PERMIT = "permit"


@dataclass(frozen=True, slots=True)
class Place:
    """The ground of a claim.

    By `kind`, the `key` is: area (scheme, level, code); checkpoint, halo (code); strip (segment, side, strip kind);
    polygon (the claim's id), the only kind that brings its own `boundary`; city, of the register only, nothing.
    """

    kind: PlaceKind
    key: tuple[str, ...]
    boundary: MultiPolygon | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be seen on the spot for a ruling to hold: a fact as it is said, and in words.

    What no map shows is a fact of the ruling's own, `seen:<code>`.
    """

    fact: str
    text: Name


@dataclass(frozen=True, slots=True)
class Claim:
    """A unit's claim. `categories` are codes, each with all below it, or only `*` for every category.

    It holds in [valid_from, valid_to) and, when `hours` are given, only within them. A higher `priority` wins within
    its rung. `post` is the code of the post that acts for the unit, `executor` the contractor who does the work.

    What the register adds has another `origin`: a ruling was decided at `decided_at` for a `reason`, and may hold only
    on a `condition`; a permit that does not change who leads has an empty `unit`.
    """

    id: str
    unit: str
    role: Role
    categories: tuple[str, ...]
    place: Place
    post: str | None = None
    executor: str | None = None
    hours: tuple[Shift, ...] = ()
    priority: int = 0
    source: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    origin: Origin = Origin.MAP
    decided_at: datetime | None = None
    reason: Name | None = None
    condition: Condition | None = None

    @property
    def ref(self) -> str:
        """How an answer refers to it."""
        return f"claim:{self.id}" if self.origin is Origin.MAP else self.id

    @property
    def schedule(self) -> Schedule:
        """When it holds."""
        return Schedule(self.hours, self.valid_from, self.valid_to)

    def holds_at(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether it holds at an aware moment."""
        return self.schedule.holds_at(moment, zone)

    @property
    def is_timeless(self) -> bool:
        """Whether it always holds."""
        return self.schedule.is_timeless

    def next_change(self, after: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment after `after` when it begins or ceases to hold: by date, or by hour in a day."""
        return self.schedule.next_change(after, zone)
