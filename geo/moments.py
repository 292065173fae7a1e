"""Moments: ISO 8601 text in the city's time zone in, aware UTC out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from geo.errors import InvalidInput
from geo.wording import Phrase

NOT_A_MOMENT = Phrase(
    zh="{field} = {value} 不是 ISO 8601 日期或时刻；请写成 2026-05-01 或 2026-05-01T08:30（城市时区）",
    en="{field} {value} is not an ISO 8601 date or date-time; write 2026-05-01 or 2026-05-01T08:30 (the city's zone)",
)
SHOWN = 80  # characters of a value that a refusal repeats
MARGIN = timedelta(days=10)
EARLIEST = datetime.min.replace(tzinfo=UTC) + MARGIN
LATEST = datetime.max.replace(tzinfo=UTC) - MARGIN


def parse_moment(text: str, *, zone: ZoneInfo, field: str = "at") -> datetime:
    """The moment as aware UTC. Without an offset it is in `zone`; a date alone is 00:00 there.

    Raises
    ------
    InvalidInput
        When the text is no ISO 8601 date or date-time, or lies in the first or last days of the calendar, where other
        time zones have no dates.
    """
    try:
        if "T" not in text and " " not in text.strip():
            moment = datetime.combine(date.fromisoformat(text.strip()), time.min)
        else:
            moment = datetime.fromisoformat(text.strip())
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        if not EARLIEST <= moment <= LATEST:
            raise OverflowError
        return moment
    except (ValueError, OverflowError) as error:
        raise InvalidInput(NOT_A_MOMENT, field=field, value=repr(text[:SHOWN])) from error


def say_local(moment: datetime, zone: ZoneInfo) -> str:
    """The moment to the minute as it reads in a zone, with the offset: 2026-05-01 08:30+08:00."""
    return moment.astimezone(zone).isoformat(sep=" ", timespec="minutes")


def say_moment(moment: datetime) -> str:
    """The moment as ISO 8601 in UTC with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
