"""Weekly hours as people write them: `Mon-Fri 08:00-18:00; Sat 09:00-12:00`, 周一至周五 8:00-18:00."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from geo.errors import InvalidInput
from geo.schedule import MINUTES_A_DAY, Shift
from geo.wording import Phrase

BAD_HOURS = Phrase(
    zh="“{value}”不是每周时段；请写成 周一至周五 08:00-18:00；周六 09:00-12:00（跨午夜如 22:00-06:00）",
    en="'{value}' are no weekly hours; write Mon-Fri 08:00-18:00; Sat 09:00-12:00 (over midnight: 22:00-06:00)",
)
ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHINESE = "一二三四五六日"
EVERY_DAY = ("", "daily", "every day", "每天", "每日")
DAYS: Mapping[str, int] = MappingProxyType(
    {name[:length]: day for day, name in enumerate(ENGLISH) for length in (3, 4, len(name))}
    | {f"{prefix}{name}": day for day, name in enumerate(CHINESE) for prefix in ("周", "星期", "")}
    | {f"{prefix}天": 6 for prefix in ("周", "星期")}
)
PART = re.compile(r"(?P<days>\D*)(?P<hours>\d.*)", re.DOTALL)
DASH = re.compile(r"\s*[-–—~至到]\s*")
APART = re.compile(r"[,、\s]+")
HOURS = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", re.ASCII)


def parse_hours(text: str) -> tuple[Shift, ...]:
    """The shifts of a week, ascending and apart; hours without a day hold on every day, those over midnight are split.

    Raises
    ------
    InvalidInput
    """
    plain = DASH.sub("-", unicodedata.normalize("NFKC", text).lower())
    shifts: list[Shift] = []
    for part in filter(None, (part.strip() for part in plain.split(";"))):
        found = PART.fullmatch(part)
        if found is None:
            raise InvalidInput(BAD_HOURS, value=text)
        days = _days(found["days"].strip(" ,、"), text)
        for hours in filter(None, APART.split(found["hours"])):
            shifts += [shift for day in days for shift in _shifts(day, hours, text)]
    if not shifts:
        raise InvalidInput(BAD_HOURS, value=text)
    return tuple(_apart(sorted(shifts)))


def _days(words: str, text: str) -> list[int]:
    if words in EVERY_DAY:
        return list(range(7))
    days: list[int] = []
    for word in APART.split(words):
        first, dash, last = word.partition("-")
        ends = (first, last if dash else first)
        if not all(end in DAYS for end in ends):
            raise InvalidInput(BAD_HOURS, value=text)
        begin, end = (DAYS[end] for end in ends)
        days += [(begin + ahead) % 7 for ahead in range((end - begin) % 7 + 1)]  # Fri-Mon has four
    return days


def _shifts(day: int, hours: str, text: str) -> list[Shift]:
    found = HOURS.fullmatch(hours)
    numbers = [int(number) for number in found.groups()] if found else []
    if not numbers or max(numbers[1::2]) > 59:
        raise InvalidInput(BAD_HOURS, value=text)
    start, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if start >= MINUTES_A_DAY or end > MINUTES_A_DAY or start == end:
        raise InvalidInput(BAD_HOURS, value=text)
    if start < end:
        return [Shift(day, start, end)]
    over = [Shift((day + 1) % 7, 0, end)] if end else []
    return [Shift(day, start, MINUTES_A_DAY), *over]


def _apart(shifts: list[Shift]) -> Iterator[Shift]:
    """The shifts, those that meet or overlap on a day made one."""
    current = shifts[0]
    for shift in shifts[1:]:
        if shift.weekday == current.weekday and shift.start_minute <= current.end_minute:
            current = Shift(current.weekday, current.start_minute, max(current.end_minute, shift.end_minute))
        else:
            yield current
            current = shift
    yield current
