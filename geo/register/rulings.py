"""Rulings (裁定) and permits (审批): what headquarters decided of a disputed place, and approved exceptions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shapely import MultiPolygon

from geo.claims import Condition
from geo.schedule import Schedule
from geo.wording import Name


class GroundKind(StrEnum):
    """What a ruling or permit is about: the whole city, a piece of the map, or ground of its own."""

    CITY = "city"
    AREA = "area"
    CHECKPOINT = "checkpoint"
    HALO = "halo"
    STRIP = "strip"
    SEGMENT = "segment"
    POLYGON = "polygon"
    BORDER = "border"


class RulingState(StrEnum):
    """How far a ruling is: drafted and not in force, decided, or revoked, which ended it."""

    DRAFT = "draft"
    DECIDED = "decided"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class RuledGround:
    """Where a ruling or permit holds.

    By `kind`, the `key` is: area (scheme, level, code); checkpoint, halo, segment (code); strip (segment, side, kind);
    border (scheme, level, code, code); nothing for the whole city and for ground of its own. That ground and the one
    along a border have a `boundary` in WGS 84, which stays as it was decided when the border later moves.
    """

    kind: GroundKind
    key: tuple[str, ...] = ()
    boundary: MultiPolygon | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision on who leads certain categories on some ground (`*`: every category).

    `decided_by` is the post that decided, `source` the document's number. Of two in force the later `decided_at` wins;
    a draft has none. `issue` is the case that led to it, `between` the units that disputed the ground, by code. With a
    `condition` it holds only where that was seen.
    """

    id: str
    unit: str
    categories: tuple[str, ...]
    ground: RuledGround
    decided_at: datetime | None
    schedule: Schedule
    reason: Name
    assists: tuple[str, ...] = ()
    source: str | None = None
    decided_by: str | None = None
    issue: str | None = None
    between: tuple[str, ...] = ()
    revoked_at: datetime | None = None
    condition: Condition | None = None

    @property
    def state(self) -> RulingState:
        """How far it is."""
        if self.decided_at is None:
            return RulingState.DRAFT
        return RulingState.DECIDED if self.revoked_at is None else RulingState.REVOKED

    @property
    def is_draft(self) -> bool:
        """Whether it waits to be decided, and is not in force."""
        return self.state is RulingState.DRAFT


@dataclass(frozen=True, slots=True)
class Permit:
    """An approved exception: a banner, a stall, a land loan; its schedule has an end.

    It changes who leads only where it names a `unit`.
    """

    id: str
    categories: tuple[str, ...]
    ground: RuledGround
    schedule: Schedule
    holder: Name
    unit: str | None = None
    source: str | None = None
