"""Rulings (裁定) and permits (审批): what headquarters decided of a disputed place, and approved exceptions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shapely import MultiPolygon

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


@dataclass(frozen=True, slots=True)
class RuledGround:
    """Where a ruling or permit holds.

    By `kind`, the `key` is: area (scheme, level, code); checkpoint, halo, segment (code); strip (segment, side, kind);
    nothing for the whole city and for ground of its own, which has a `boundary` in WGS 84.
    """

    kind: GroundKind
    key: tuple[str, ...] = ()
    boundary: MultiPolygon | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision on who leads certain categories on some ground (`*`: every category).

    `decided_by` is the post that decided, `source` the document's number. Of two in force the later `decided_at` wins.
    """

    id: str
    unit: str
    categories: tuple[str, ...]
    ground: RuledGround
    decided_at: datetime
    schedule: Schedule
    reason: Name
    assists: tuple[str, ...] = ()
    source: str | None = None
    decided_by: str | None = None


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
