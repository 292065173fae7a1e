"""Segments (路段): stretches of road with their strips, left and right as seen from `start` to `end`."""

from dataclasses import dataclass
from enum import StrEnum

from shapely import LineString, MultiPolygon

from geo.wording import Name


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


class StripKind(StrEnum):
    """Parts of a road's cross-section, from the middle outwards: 车行道、人行道、绿化带、门前三包."""

    CARRIAGEWAY = "carriageway"
    PAVEMENT = "pavement"
    GREEN_BELT = "green_belt"
    FRONTAGE = "frontage"


@dataclass(frozen=True, slots=True)
class Strip:
    """Ground of a segment on one side, from `near_m` to `far_m` metres off the centreline, with flat ends."""

    side: Side
    kind: StripKind
    near_m: float
    far_m: float
    boundary: MultiPolygon


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a road. `centreline` runs from `start` to `end` in WGS 84; its length is its chainage."""

    code: str
    road: Name
    road_class: str
    start: Name
    end: Name
    centreline: LineString
    strips: tuple[Strip, ...] = ()
