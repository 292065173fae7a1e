"""The register: shifts and terms, who is on duty, deputies, what was known when, and two of one post at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import NotFound
from geo.register.enlisting import enlist
from geo.register.holdings import Holding, Person
from geo.register.log import Entry, Register
from geo.register.roster import NOBODY
from geo.schedule import MINUTES_A_WEEK, Schedule, Shift
from geo.sources.holders import Staff
from tests.geo.post_worlds import POSTS, atlas, change_of, daily, held, may, moment_of, person, register_of, term

SHANGHAI = ZoneInfo("Asia/Shanghai")
GO = next(post for post in POSTS if post.code == "GO")
BOOK = atlas().posts


def duty(at, *values, post=GO):
    return moment_of(at, *values).roster.duty(post, BOOK, at, SHANGHAI)


# --- duty ---------------------------------------------------------------------------------------------------------


def test_nobody_holds_a_post_before_the_register_says_so():
    found = NOBODY.duty(GO, BOOK, may(1), SHANGHAI)
    assert (found.person, found.on_duty, found.deputy, found.contact, found.until) == (None, False, None, None, None)
    assert found.title.say("zh") == "网格员"


def test_a_hand_over_changes_the_holder_at_one_moment_and_leaves_no_gap():
    before, after = held("GO", "A", term(None, may(10))), held("GO", "B", term(may(10)))
    values = (person("A"), person("B"), before, after)
    assert duty(may(10) - timedelta(microseconds=1), *values).person == person("A")
    assert duty(may(10), *values).person == person("B")
    assert duty(may(9), *values).until == may(10)


def test_shifts_relieve_each_other_and_the_one_on_duty_is_named():
    day, night = held("GO", "D", term(None, None, *daily(8, 20))), held("GO", "N", term(may(1), None, *daily(20, 24)))
    values = (person("D"), person("N"), day, night)
    assert duty(may(2, 9), *values).contact == person("D")
    assert duty(may(2, 21), *values).contact == person("N")
    at_dawn = duty(may(2, 5), *values)  # neither: the next one is the day shift
    assert (at_dawn.person, at_dawn.on_duty, at_dawn.contact) == (person("D"), False, None)
    assert at_dawn.until == may(2, 8)


def test_a_deputy_by_date_is_called_instead_of_the_holder():
    values = (person("A"), person("X"), held("GO", "A"), held("GO", "X", term(may(5), may(8)), deputy=True))
    assert duty(may(4), *values).contact == person("A")
    away = duty(may(6), *values)
    assert (away.person, away.deputy, away.contact) == (person("A"), person("X"), person("X"))
    assert duty(may(8), *values).contact == person("A")


def test_a_start_may_lie_in_the_future():
    values = (person("A"), held("GO", "A", term(may(20))))
    assert duty(may(19), *values).person is None
    assert duty(may(19), *values).until == may(20)
    assert duty(may(20), *values).person == person("A")


# --- two at a time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (term(), term(), True),
        (term(None, may(10)), term(may(10)), False),
        (term(None, may(10)), term(may(9)), True),
        (term(None, None, *daily(8, 20)), term(None, None, *daily(20, 24)), False),
        (term(None, None, *daily(8, 20)), term(None, None, Shift(3, 19 * 60, 21 * 60)), True),
        (term(None, None, *daily(8, 20)), term(), True),
        (term(may(1), may(2), *daily(8, 20)), term(may(2), may(3), *daily(8, 20)), False),
    ],
)
def test_a_post_has_one_holder_a_shift(one, other, clash):
    assert held("GO", "A", one).clashes(held("GO", "B", other)) is clash
    assert held("GO", "B", other).clashes(held("GO", "A", one)) is clash
    assert not held("GO", "A", one).clashes(held("SC", "B", other))
    assert not held("GO", "A", one).clashes(held("GO", "B", other, deputy=True))


moments = st.none() | st.integers(0, 20).map(lambda hours: may(1) + timedelta(hours=12 * hours))
shifts = st.builds(
    lambda day, start, length: Shift(day, start * 60, min(start + length, 24) * 60),
    st.integers(0, 6),
    st.integers(0, 23),
    st.integers(1, 12),
)
schedules = st.builds(
    lambda hours, ends: Schedule(tuple(sorted(set(hours))), *ends),
    st.lists(shifts, max_size=2),
    st.tuples(moments, moments).filter(lambda ends: None in ends or ends[0] < ends[1]),
)


@given(schedules, schedules)
def test_schedules_that_never_meet_never_both_hold(one, other):
    """Sampled every hour of three weeks; long terms make every weekly hour come round."""
    hours = [may(1) - timedelta(days=5) + timedelta(hours=hour) for hour in range(21 * 24)]
    both = any(one.holds_at(hour, SHANGHAI) and other.holds_at(hour, SHANGHAI) for hour in hours)
    assert one.meets(other) or not both


def test_without_hours_the_whole_week_is_meant():
    assert Schedule().weekly == ((0, MINUTES_A_WEEK),)


# --- what was known when -------------------------------------------------------------------------------------------


def test_what_was_known_then_can_be_asked_again():
    first, second = person("A", "1"), person("A", "2")
    register = register_of((first,), (second,))
    assert [register.roster(number).people.get("A") for number in (0, 1, 2)] == [None, first, second]
    assert register.known_at(datetime(2026, 3, 31, tzinfo=UTC)) == 0
    assert register.known_at(datetime(2026, 4, 1, tzinfo=UTC)) == 1
    assert register.known_at(datetime(2026, 4, 1, 23, tzinfo=UTC)) == 1
    assert register.known_at(datetime(2027, 1, 1, tzinfo=UTC)) == register.number == 2


def test_a_withdrawn_holding_was_there_and_is_gone():
    holding = held("GO", "A")
    kept = register_of((person("A"), holding))
    gone = kept.followed_by([Entry(2, datetime(2026, 4, 2, tzinfo=UTC), Holding, holding.id, None)])
    assert kept.roster(1).of_post("GO") == (holding,)
    assert gone.roster(1).of_post("GO") == (holding,)
    assert gone.roster(2).of_post("GO") == ()


def test_a_number_still_to_come_is_refused_with_the_last_one():
    with pytest.raises(NotFound, match="stands at 2"):
        register_of((person("A"),), (person("B"),)).roster(3)


# --- an import never replaces --------------------------------------------------------------------------------------


def test_an_import_adds_what_is_new_and_says_what_it_left():
    known = register_of((person("A", "1"), held("GO", "A")))
    staff = Staff((person("A", "2"), person("B")), (held("GO", "A"), held("GO", "B", term(may(5))), held("SC", "B")))
    changes, findings = enlist(known, staff)
    assert [(kind, value.post if kind is Holding else key) for kind, key, value in changes] == [
        (Person, "B"),
        (Holding, "SC"),
    ]
    assert [(finding.kind, finding.values["count"]) for finding in findings] == [("people-kept", 1), ("posts-kept", 1)]


def test_reading_the_same_folder_again_changes_nothing():
    staff = Staff((person("A"),), (held("GO", "A"), held("GO", "A", term(may(5), may(6)), deputy=True)))
    changes, _ = enlist(Register(), staff)
    entries = [Entry(1, datetime(2026, 4, 1, tzinfo=UTC), *change) for change in changes]
    assert enlist(Register(entries), staff) == ([], [])


def test_a_term_that_was_ended_in_the_register_is_not_begun_anew_by_a_file():
    open_end = held("GO", "A", term(may(1)))
    ended = replace(open_end, schedule=term(may(1), may(9)))
    register = register_of((person("A"), open_end), (ended,))
    assert enlist(register, Staff((person("A"),), (held("GO", "A", term(may(1))),))) == ([], [])


def test_ids_of_holdings_name_the_commit_that_made_them():
    changes, _ = enlist(register_of((person("A"),)), Staff((), (held("GO", "A"), held("SC", "A"))))
    assert [key for _, key, _ in changes] == ["H2.1", "H2.2"]
    assert change_of(changes[0][2]) == changes[0]
