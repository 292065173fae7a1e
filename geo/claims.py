"""Claims (责任归属): who is responsible, in what sense, for which categories, where and when."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from shapely import MultiPolygon

EVERY_CATEGORY = "*"
MINUTES_A_DAY = 24 * 60


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


@dataclass(frozen=True, slots=True)
class Place:
    """The ground of a claim.

    By `kind`, the `key` is: area (scheme, level, code); checkpoint, halo (code); strip (segment, side, strip kind);
    polygon (the claim's id), the only kind that brings its own `boundary`.
    """

    kind: PlaceKind
    key: tuple[str, ...]
    boundary: MultiPolygon | None = None


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """A weekly stretch of time in the city's zone: weekday (0 is Monday) and minutes of the day, half-open."""

    weekday: int
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A unit's claim. `categories` are codes, each with all below it, or only `*` for every category.

    It holds in [valid_from, valid_to) and, when `hours` are given, only within them. A higher `priority` wins within
    its rung. `executor` is the contractor who does the work.
    """

    id: str
    unit: str
    role: Role
    categories: tuple[str, ...]
    place: Place
    executor: str | None = None
    hours: tuple[Shift, ...] = ()
    priority: int = 0
    source: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @property
    def is_timeless(self) -> bool:
        """Whether it always holds."""
        return not self.hours and self.valid_from is None and self.valid_to is None

    def holds_at(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether it holds at an aware moment."""
        if self.valid_from is not None and moment < self.valid_from:
            return False
        if self.valid_to is not None and moment >= self.valid_to:
            return False
        return not self.hours or any(_within(shift, moment.astimezone(zone)) for shift in self.hours)

    def next_change(self, after: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment after `after` when it begins or ceases to hold, as aware UTC: by date, or by hour in a day.

        A shift up to midnight and the next one from midnight on are one stretch.
        """
        moments = [edge for edge in (self.valid_from, self.valid_to) if edge is not None]
        moments += _turns(self.hours, after, zone)
        held = self.holds_at(after, zone)
        later = sorted(moment.astimezone(UTC) for moment in moments if moment > after)
        return next((moment for moment in later if self.holds_at(moment, zone) is not held), None)


def _within(shift: Shift, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    return shift.weekday == local.weekday() and shift.start_minute <= minute < shift.end_minute


def _turns(hours: tuple[Shift, ...], after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments of this day and the next when the clock on the wall may enter or leave the hours, in UTC, unsorted.

    Between two of them it does neither.
    """
    midnight = after.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    # The calendar ends with the year 9999.
    for day in range(min(2, date.max.toordinal() - midnight.toordinal()) if hours else 0):
        this_day = midnight + timedelta(days=day)
        for shift in hours:
            if shift.weekday == this_day.weekday():
                for minute in (shift.start_minute, shift.end_minute):
                    wall = (this_day + timedelta(minutes=minute)).replace(tzinfo=zone)
                    # Where clocks are put back, the wall shows the same minute twice.
                    yield from (wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC))
        yield from _clock_set(this_day, zone)


def _clock_set(midnight: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When clocks are put forward or back on the day that begins at a naive midnight; nothing on other days."""
    start, end = (day.replace(tzinfo=zone).astimezone(UTC) for day in (midnight, midnight + timedelta(days=1)))

    def offset(seconds: int) -> timedelta | None:
        return (start + timedelta(seconds=seconds)).astimezone(zone).utcoffset()

    length = int((end - start).total_seconds())
    if offset(0) != offset(length):
        yield start + timedelta(seconds=bisect_left(range(length), True, key=lambda it: offset(it) != offset(0)))
