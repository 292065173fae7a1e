"""When something holds: from one moment to another and, within that, in weekly hours."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTES_A_DAY = 24 * 60
MINUTES_A_WEEK = 7 * MINUTES_A_DAY


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """A weekly stretch of time in the city's zone: weekday (0 is Monday) and minutes of the day, half-open."""

    weekday: int
    start_minute: int
    end_minute: int

    @property
    def of_week(self) -> tuple[int, int]:
        """The same in minutes of the week."""
        midnight = self.weekday * MINUTES_A_DAY
        return midnight + self.start_minute, midnight + self.end_minute


@dataclass(frozen=True, slots=True)
class Schedule:
    """[valid_from, valid_to), aware, either end open when None; with `hours` only within them."""

    hours: tuple[Shift, ...] = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @property
    def is_timeless(self) -> bool:
        """Whether it always holds."""
        return not self.hours and self.valid_from is None and self.valid_to is None

    def spans(self, moment: datetime) -> bool:
        """Whether an aware moment lies between its dates, at whatever hour."""
        begun = self.valid_from is None or self.valid_from <= moment
        return begun and (self.valid_to is None or moment < self.valid_to)

    def holds_at(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether it holds at an aware moment."""
        if not self.spans(moment):
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

    def held_until(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When it ceases to hold, which it does at a moment: at the end of the stretch of hours, or of its dates."""
        # A stretch of hours may be longer than `next_change` looks ahead.
        for _ in range(7 if self.hours else 0):
            change = self.next_change(moment, zone)
            if change != self.valid_to or (self.valid_to is not None and self.valid_to - moment <= DAY):
                return change
            moment += DAY
        return self.valid_to

    def meets(self, other: "Schedule") -> bool:
        """Whether there is a moment at which both hold."""
        begins = [edge for edge in (self.valid_from, other.valid_from) if edge is not None]
        ends = [edge for edge in (self.valid_to, other.valid_to) if edge is not None]
        if begins and ends and max(begins) >= min(ends):
            return False
        return any(
            start < other_end and other_start < end
            for start, end in self.weekly
            for other_start, other_end in other.weekly
        )

    @property
    def weekly(self) -> tuple[tuple[int, int], ...]:
        """The minutes of the week within which it holds; without hours the whole week."""
        return tuple(shift.of_week for shift in self.hours) or ((0, MINUTES_A_WEEK),)


ALWAYS = Schedule()


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
