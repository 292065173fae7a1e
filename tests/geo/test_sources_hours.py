"""Weekly hours as people write them."""

import pytest

from geo.errors import InvalidInput
from geo.schedule import Shift
from geo.sources.hours import parse_hours

NINE, SIX_PM, MIDNIGHT = 9 * 60, 18 * 60, 24 * 60
WORKDAYS = tuple(Shift(day, NINE, SIX_PM) for day in range(5))


@pytest.mark.parametrize(
    "text",
    [
        "Mon-Fri 09:00-18:00",
        "monday – friday 9:00 – 18:00",
        "Mon,Tue,Wed,Thu,Fri 09:00-18:00",
        "周一至周五 09:00-18:00",
        "周一至五9：00至18：00",
        "星期一到星期五 09:00～18:00；",
        "Mon-Fri 09:00-12:00, 12:00-18:00",
        "Mon-Wed 09:00-18:00; Wed-Fri 09:00-18:00",
    ],
)
def test_working_hours_read_alike_however_they_are_written(text: str) -> None:
    assert parse_hours(text) == WORKDAYS


def test_days_may_have_hours_of_their_own() -> None:
    assert parse_hours("Mon-Fri 09:00-18:00; Sat 09:00-12:00") == (*WORKDAYS, Shift(5, NINE, 12 * 60))


@pytest.mark.parametrize("text", ["09:00-18:00", "daily 09:00-18:00", "每天 09:00-18:00", "Mon-Sun 09:00-18:00"])
def test_hours_without_a_day_hold_on_every_day(text: str) -> None:
    assert parse_hours(text) == tuple(Shift(day, NINE, SIX_PM) for day in range(7))


def test_hours_over_midnight_are_split_and_sunday_runs_into_monday() -> None:
    assert parse_hours("Fri 22:00-06:00") == (Shift(4, 22 * 60, MIDNIGHT), Shift(5, 0, 6 * 60))
    assert parse_hours("周日 22:00-06:00") == (Shift(0, 0, 6 * 60), Shift(6, 22 * 60, MIDNIGHT))


def test_a_day_ends_at_midnight_in_either_writing() -> None:
    assert parse_hours("Sat 18:00-24:00") == parse_hours("Sat 18:00-00:00") == (Shift(5, SIX_PM, MIDNIGHT),)
    assert parse_hours("Sat 00:00-24:00") == (Shift(5, 0, MIDNIGHT),)


def test_days_run_over_the_end_of_the_week() -> None:
    assert [shift.weekday for shift in parse_hours("Sat-Mon 09:00-18:00")] == [0, 5, 6]


def test_hours_that_overlap_are_one_shift() -> None:
    assert parse_hours("Mon 08:00-12:00; Mon 10:00-14:00; Mon 09:00-10:00") == (Shift(0, 8 * 60, 14 * 60),)


@pytest.mark.parametrize(
    "text",
    [
        "Mon-Fri",
        "weekdays 09:00-18:00",
        "Mon-Fri 9-18",
        "Mon 09:00",
        "Mon 09:00-09:00",
        "Mon 24:00-06:00",
        "Mon 09:00-25:00",
        "Mon 09:60-18:00",
        "Mon-Fry 09:00-18:00",
        "Mon- 09:00-18:00",
        ";",
        "全天",
        "1" * 10_000,
    ],
)
def test_hours_that_cannot_be_read_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match="write Mon-Fri") as refused:
        parse_hours(text)
    assert "周一至周五" in refused.value.say("zh")
