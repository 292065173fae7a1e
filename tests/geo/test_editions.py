"""Which edition answers: chosen by when it holds and by when it was known."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.editions import choose_edition, edition_by_id, next_change
from geo.errors import NoEditionAt, NotFound, NothingPublished
from geo.model import Edition


def day(number):
    """The morning of a day in January 2026."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number - 1)


FIRST = Edition(1, day(1), None)
SECOND = Edition(2, day(5), day(5))
BACKDATED = Edition(3, day(8), day(3))
AHEAD = Edition(4, day(10), day(20))
ALL = (FIRST, SECOND, BACKDATED, AHEAD)


@pytest.mark.parametrize(
    ("at", "known_at", "chosen"),
    [
        (day(2), day(30), FIRST),  # from the beginning
        (datetime(1900, 1, 1, tzinfo=UTC), day(30), FIRST),
        (day(3), day(30), BACKDATED),  # holds from a day before it was published
        (day(3), day(7), FIRST),  # ... but was not known then
        (day(5), day(30), SECOND),  # the greatest valid_from, not the last published
        (day(5) - timedelta(microseconds=1), day(30), BACKDATED),  # half-open: it ends where the next begins
        (day(4), day(8), BACKDATED),  # known from the very moment of publishing
        (day(4), day(8) - timedelta(microseconds=1), FIRST),
        (day(19), day(30), SECOND),
        (day(20), day(30), AHEAD),
        (day(20), day(9), SECOND),
    ],
)
def test_the_edition_is_the_last_to_begin_among_those_that_hold_and_were_known(at, known_at, chosen):
    assert choose_edition(ALL, at=at, known_at=known_at) is chosen
    assert choose_edition(ALL[::-1], at=at, known_at=known_at) is chosen


def test_of_editions_that_begin_together_the_later_one_answers():
    mended = Edition(5, day(12), day(5))
    assert choose_edition((*ALL, mended), at=day(6), known_at=day(30)) is mended
    assert choose_edition((*ALL, mended), at=day(6), known_at=day(11)) is SECOND


def test_of_two_editions_without_a_beginning_the_higher_number_answers_whatever_the_clock_said():
    early = Edition(7, day(2), None)
    late = Edition(8, day(1), None)
    assert choose_edition((early, late), at=day(9), known_at=day(9)) is late


def test_before_the_earliest_edition_there_is_no_answer_and_the_message_says_from_when_there_is():
    with pytest.raises(NoEditionAt, match=r"2026-01-04T00:00:00Z.*2026-01-05T00:00:00Z") as refusal:
        choose_edition((SECOND, AHEAD), at=day(4), known_at=day(30))
    assert refusal.value.slug == "no-edition-at"
    assert "2026-01-05T00:00:00Z" in refusal.value.say("zh")


def test_what_was_published_later_was_not_known():
    with pytest.raises(NoEditionAt):
        choose_edition(ALL, at=day(9), known_at=day(1) - timedelta(seconds=1))


def test_nothing_published_is_another_answer_than_no_edition_at_that_time():
    with pytest.raises(NothingPublished):
        choose_edition((), at=day(1), known_at=day(1))


def test_an_edition_is_found_by_its_number_or_refused_with_those_that_exist():
    assert edition_by_id(ALL, 3) is BACKDATED
    with pytest.raises(NotFound, match=r"no published edition 9.*1, 2, 3, 4"):
        edition_by_id(ALL, 9)


def test_the_next_change_is_the_next_beginning_that_was_known():
    assert next_change(ALL, after=day(1), known_at=day(30)) == day(3)
    assert next_change(ALL, after=day(1), known_at=day(7)) == day(5)
    assert next_change(ALL, after=day(5), known_at=day(30)) == day(20)
    assert next_change(ALL, after=day(5), known_at=day(9)) is None
    assert next_change(ALL, after=day(20), known_at=day(30)) is None


days = st.integers(1, 12).map(day)
editions = st.lists(st.tuples(days, st.none() | days), min_size=1, max_size=8).map(
    lambda rows: tuple(Edition(i + 1, published_at, valid_from) for i, (published_at, valid_from) in enumerate(rows))
)


@given(editions, days, days)
def test_the_choice_is_the_greatest_pair_of_beginning_and_number(published, at, known_at):
    beginning = datetime.min.replace(tzinfo=UTC)
    pairs = {
        (edition.valid_from or beginning, edition.id): edition
        for edition in published
        if edition.published_at <= known_at and (edition.valid_from or beginning) <= at
    }
    if pairs:
        assert choose_edition(published, at=at, known_at=known_at) is pairs[max(pairs)]
    else:
        with pytest.raises(NoEditionAt):
            choose_edition(published, at=at, known_at=known_at)


@given(editions, days, days)
def test_until_the_next_change_the_same_edition_answers_and_then_another(published, at, known_at):
    change = next_change(published, after=at, known_at=known_at)
    known = [edition for edition in published if edition.published_at <= known_at]
    if change is None or not any((edition.valid_from or at) <= at for edition in known):
        return
    before = choose_edition(published, at=change - timedelta(microseconds=1), known_at=known_at)
    assert before is choose_edition(published, at=at, known_at=known_at)
    assert before is not choose_edition(published, at=change, known_at=known_at)
