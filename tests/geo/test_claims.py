"""When a claim holds: dates half-open, weekly hours by the clock of the city."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.schedule import Shift
from tests.geo.claim_worlds import MARKET_NIGHT, OFFICE_HOURS, at_shanghai, claim, on_area

SHANGHAI, BERLIN, SANTIAGO = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/Santiago")
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
SUNDAY = 6


def held(**when):
    return claim("c", "town", "*", on_area("town"), **when)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_claim_without_dates_and_hours_always_holds_and_never_changes():
    always = held()
    assert always.is_timeless
    assert always.holds_at(utc("0001-01-02"), SHANGHAI)
    assert always.next_change(utc("2026-05-01"), SHANGHAI) is None


def test_dates_are_half_open():
    may = held(valid_from=at_shanghai(1, 0), valid_to=at_shanghai(3, 0))
    moments = [at_shanghai(1, 0) - SECOND, at_shanghai(1, 0), at_shanghai(3, 0) - SECOND, at_shanghai(3, 0)]
    assert [may.holds_at(moment, SHANGHAI) for moment in moments] == [False, True, True, False]
    assert [may.next_change(moment, SHANGHAI) for moment in moments] == [
        at_shanghai(1, 0),
        at_shanghai(3, 0),
        at_shanghai(3, 0),
        None,
    ]


def test_hours_are_half_open_and_by_the_clock_of_the_city():
    office = held(hours=OFFICE_HOURS)
    assert [office.holds_at(at_shanghai(1, *clock), SHANGHAI) for clock in ((8, 59), (9, 0), (16, 59), (17, 0))] == [
        False,
        True,
        True,
        False,
    ]
    assert not office.holds_at(at_shanghai(2, 12), SHANGHAI), "2 May is a Saturday"
    # 07:30 UTC is 15:30 in Shanghai and 09:30 in Berlin; 00:30 UTC is 08:30 in Shanghai.
    assert office.holds_at(utc("2026-05-01T07:30"), SHANGHAI)
    assert office.holds_at(utc("2026-05-01T07:30"), BERLIN)
    assert not office.holds_at(utc("2026-05-01T00:30"), SHANGHAI)


def test_the_weekday_is_that_of_the_city_too():
    sunday = held(hours=(Shift(SUNDAY, 0, 24 * 60),))
    assert sunday.holds_at(utc("2026-05-02T16:00"), SHANGHAI)  # Sunday 00:00 there, Saturday in UTC
    assert sunday.holds_at(utc("2026-05-03T15:59"), SHANGHAI)
    assert not sunday.holds_at(utc("2026-05-03T16:00"), SHANGHAI)
    assert sunday.next_change(utc("2026-05-02T20:00"), SHANGHAI) == utc("2026-05-03T16:00")


def test_shifts_that_meet_at_midnight_are_one_stretch():
    night = held(hours=MARKET_NIGHT)
    clocks = [(1, 17, 59), (1, 18, 0), (1, 23, 59), (2, 0, 0), (2, 1, 59), (2, 2, 0)]
    assert [night.holds_at(at_shanghai(*clock), SHANGHAI) for clock in clocks] == [False, True, True, True, True, False]
    assert night.next_change(at_shanghai(1, 20), SHANGHAI) == at_shanghai(2, 2)
    assert night.next_change(at_shanghai(2, 2), SHANGHAI) == at_shanghai(2, 18)


def test_round_the_clock_on_every_day_never_changes():
    always = held(hours=tuple(Shift(day, 0, 24 * 60) for day in range(7)))
    assert always.next_change(at_shanghai(1, 12), SHANGHAI) is None


def test_hours_outside_the_dates_are_no_change():
    expired = held(hours=OFFICE_HOURS, valid_to=at_shanghai(1, 12))
    assert expired.next_change(at_shanghai(1, 8), SHANGHAI) == at_shanghai(1, 9)
    assert expired.next_change(at_shanghai(1, 10), SHANGHAI) == at_shanghai(1, 12)
    assert expired.next_change(at_shanghai(1, 12), SHANGHAI) is None
    begins = held(hours=OFFICE_HOURS, valid_from=at_shanghai(1, 12))
    assert begins.next_change(at_shanghai(1, 8), SHANGHAI) == at_shanghai(1, 12)
    at_night = held(hours=OFFICE_HOURS, valid_from=at_shanghai(1, 3))
    assert at_night.next_change(at_shanghai(1, 2), SHANGHAI) == at_shanghai(1, 9)


def test_a_date_far_ahead_is_the_next_change():
    assert held(valid_to=utc("2099-01-01")).next_change(at_shanghai(1, 0), SHANGHAI) == utc("2099-01-01")


def test_the_hour_that_summer_time_leaves_out_is_nobodys_and_what_follows_begins_at_once():
    # In Berlin the clock jumps from 02:00 to 03:00 on 29 March 2026, at 01:00 UTC.
    lost = held(hours=(Shift(SUNDAY, 120, 180),))
    assert not any(lost.holds_at(utc("2026-03-29T00:00") + minutes * MINUTE, BERLIN) for minutes in range(180))
    assert lost.next_change(utc("2026-03-28T23:30"), BERLIN) is None
    half_lost = held(hours=(Shift(SUNDAY, 150, 240),))
    assert half_lost.next_change(utc("2026-03-28T23:30"), BERLIN) == utc("2026-03-29T01:00")
    assert half_lost.next_change(utc("2026-03-29T01:00"), BERLIN) == utc("2026-03-29T02:00")


def test_the_hour_that_winter_time_repeats_is_worked_twice():
    # In Berlin the clock goes back from 03:00 to 02:00 on 25 October 2026, at 01:00 UTC.
    late = held(hours=(Shift(SUNDAY, 150, 240),))  # 02:30 to 04:00
    changes = [utc("2026-10-24T23:30")]
    for _ in range(4):
        changes.append(late.next_change(changes[-1], BERLIN))
    assert changes[1:] == [utc(f"2026-10-25T{clock}") for clock in ("00:30", "01:00", "01:30", "03:00")]


def test_a_midnight_that_summer_time_leaves_out_still_ends_the_day():
    # In Santiago the clock jumps from Saturday 24:00 to Sunday 01:00 on 6 September 2026, at 04:00 UTC.
    saturday = held(hours=(Shift(5, 0, 24 * 60),))
    assert saturday.next_change(utc("2026-09-05T12:00"), SANTIAGO) == utc("2026-09-06T04:00")
    sunday = held(hours=(Shift(SUNDAY, 0, 600),))
    assert sunday.next_change(utc("2026-09-05T12:00"), SANTIAGO) == utc("2026-09-06T04:00")


def test_the_calendar_may_end():
    office = held(hours=OFFICE_HOURS)
    for text in ("9999-12-25T12:00", "9999-12-30T20:00", "9999-12-31T12:00"):
        office.next_change(utc(text), SHANGHAI)


shifts = st.builds(
    lambda weekday, start, length: Shift(weekday, start, min(start + length, 1440)),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(1, 1440),
)
AROUND_CLOCK_CHANGES = [utc(text) for text in ("2026-03-28T12:00", "2026-10-24T12:00", "2026-05-01T00:00")]


@settings(max_examples=150, deadline=None)
@given(
    hours=st.lists(shifts, max_size=5),
    start=st.sampled_from(AROUND_CLOCK_CHANGES),
    after=st.integers(0, 24 * 60),
    ends=st.none() | st.integers(-600, 3000),
    zone=st.sampled_from([SHANGHAI, BERLIN, SANTIAGO]),
)
def test_the_next_change_is_the_first_minute_that_differs(hours, start, after, ends, zone):
    one = held(hours=tuple(hours), valid_to=None if ends is None else start + ends * MINUTE)
    moment = start + after * MINUTE
    now = one.holds_at(moment, zone)
    minutes = (moment + k * MINUTE for k in range(1, 24 * 60 + 1))
    expected = next((minute for minute in minutes if one.holds_at(minute, zone) is not now), None)
    change = one.next_change(moment, zone)
    if expected is not None:
        assert change == expected
    else:
        assert change is None or change > moment + timedelta(days=1)


@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN])
def test_seconds_of_the_last_minute_still_belong_to_the_shift(zone):
    office = held(hours=OFFICE_HOURS)
    noon = datetime(2026, 5, 1, 16, 59, 59, 999_999, tzinfo=zone).astimezone(UTC)
    assert office.holds_at(noon, zone)
    assert office.next_change(noon, zone) - noon == timedelta(microseconds=1)
