"""Moments: ISO 8601 in, in the city's zone where no offset is given; aware UTC out."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidInput
from geo.moments import parse_moment, say_moment

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-05-01", SHANGHAI, "2026-04-30T16:00:00Z"),  # a date is its midnight in the city
        (" 2026-05-01 ", SHANGHAI, "2026-04-30T16:00:00Z"),
        ("2013-07-01", NEW_YORK, "2013-07-01T04:00:00Z"),
        ("2013-01-01", NEW_YORK, "2013-01-01T05:00:00Z"),
        ("2026-05-01T08:30", SHANGHAI, "2026-05-01T00:30:00Z"),
        ("2026-05-01 08:30", SHANGHAI, "2026-05-01T00:30:00Z"),
        ("2026-05-01T08:30:15.250000", SHANGHAI, "2026-05-01T00:30:15.250000Z"),
        ("2026-05-01T08:30Z", SHANGHAI, "2026-05-01T08:30:00Z"),  # an offset beats the zone
        ("2026-05-01T08:30-04:00", SHANGHAI, "2026-05-01T12:30:00Z"),
        ("2026-05-01T08:30+05:45", NEW_YORK, "2026-05-01T02:45:00Z"),
        # Clocks go forward at 02:00: 02:30 does not exist, and is half an hour after 02:00 as the old clock counts.
        ("2026-03-08T01:59", NEW_YORK, "2026-03-08T06:59:00Z"),
        ("2026-03-08T02:30", NEW_YORK, "2026-03-08T07:30:00Z"),
        ("2026-03-08T03:00", NEW_YORK, "2026-03-08T07:00:00Z"),
        # Clocks go back at 02:00: 01:30 comes twice, and the first is meant.
        ("2026-11-01T01:30", NEW_YORK, "2026-11-01T05:30:00Z"),
        # Where midnight itself was skipped the day begins at its first moment, 01:00.
        ("2018-11-04", SAO_PAULO, "2018-11-04T03:00:00Z"),
        ("2018-11-04T01:00", SAO_PAULO, "2018-11-04T03:00:00Z"),
        ("0001-01-12", SHANGHAI, "0001-01-11T15:54:17Z"),
        ("9999-12-21T23:59:59", SHANGHAI, "9999-12-21T15:59:59Z"),
    ],
)
def test_a_moment_is_read_in_the_citys_zone_and_kept_in_utc(text, zone, moment):
    parsed = parse_moment(text, zone=zone)
    assert parsed.tzinfo is UTC
    assert say_moment(parsed) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "yesterday",
        "01.05.2026",
        "2026-13-01",
        "2026-02-30",
        "2026-05-01T25:00",
        "2026-05-01T08:30 08:00",  # a plus sign lost on the way through a URL
        "2026-05-01T",
        "1777600000",
        "0001-01-02",  # days that other time zones do not have
        "9999-12-31",
        "0001-01-01",  # before the year 1 in UTC
        "9999-12-31T23:00-05:00",  # after the year 9999
        "2026-05-01\x00",
        "٢٠٢٦-٠٥-٠١",
    ],
)
def test_what_is_no_moment_is_refused_with_the_field_the_value_and_an_example(text):
    with pytest.raises(InvalidInput) as refusal:
        parse_moment(text, zone=SHANGHAI, field="known_at")
    for lang in ("zh", "en"):
        message = refusal.value.say(lang)
        assert "known_at" in message
        assert repr(text) in message
        assert "2026-05-01T08:30" in message


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_said_and_read_again_is_the_same(moment):
    assert parse_moment(say_moment(moment), zone=SHANGHAI) == moment
