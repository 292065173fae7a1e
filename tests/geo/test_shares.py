"""Shares in whole thousandths and the verdict: every boundary of every rule, in integers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.shares import Verdict, contesting, judge, to_thousandths

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any)


def shares_of(numbers):
    return [Fraction(number, sum(numbers)) for number in numbers]


@pytest.mark.parametrize(
    ("shares", "rounded"),
    [
        ([1], (1000,)),
        ([Fraction(1, 2), Fraction(1, 2)], (500, 500)),
        ([Fraction(1, 3)] * 3, (334, 333, 333)),
        ([Fraction(1, 6)] * 6, (167, 167, 167, 167, 166, 166)),
        ([Fraction(1, 7)] * 7, (143, 143, 143, 143, 143, 143, 142)),
        ([Fraction(6191, 10_000), Fraction(3809, 10_000)], (619, 381)),
        ([Fraction(9996, 10_000), Fraction(4, 10_000)], (1000, 0)),
        ([0, 1, 0], (0, 1000, 0)),
        ([0.1] * 10, (100,) * 10),
        ([], ()),
    ],
)
def test_shares_are_rounded_by_the_largest_remainder(shares, rounded):
    assert to_thousandths(shares) == rounded


def test_a_thousandth_left_over_goes_to_the_largest_remainder_and_not_to_the_largest_share():
    assert to_thousandths([Fraction(9002, 10_000), Fraction(998, 10_000)]) == (900, 100)


def test_of_equal_remainders_the_earlier_share_gets_the_thousandth():
    halves = [Fraction(2005, 10_000), Fraction(3005, 10_000), Fraction(4990, 10_000)]
    assert to_thousandths(halves) == (201, 300, 499)
    assert to_thousandths([halves[1], halves[0], halves[2]]) == (301, 200, 499)


@given(weights)
def test_rounded_shares_sum_to_a_thousand_and_none_moves_by_a_whole_thousandth(numbers):
    shares = shares_of(numbers)
    rounded = to_thousandths(shares)
    assert sum(rounded) == 1000
    assert all(abs(whole - share * 1000) < 1 for whole, share in zip(rounded, shares, strict=True))


@given(weights)
def test_no_share_is_rounded_past_a_smaller_one(numbers):
    shares = sorted(shares_of(numbers), reverse=True)
    rounded = to_thousandths(shares)
    assert list(rounded) == sorted(rounded, reverse=True)


@given(weights)
def test_shares_in_floating_point_sum_to_a_thousand_too(numbers):
    total = float(sum(numbers))
    assert sum(to_thousandths([number / total for number in numbers])) == 1000


@given(st.integers(1, 400))
def test_equal_shares_differ_by_at_most_one_and_fall(count):
    rounded = to_thousandths([Fraction(1, count)] * count)
    assert max(rounded) - min(rounded) <= 1
    assert list(rounded) == sorted(rounded, reverse=True)


@pytest.mark.parametrize(
    ("shares", "nobody", "verdict"),
    [
        # More than half is nobody's.
        ((499,), 501, Verdict.UNCLAIMED),
        ((500,), 500, Verdict.LIKELY),
        ((), 1000, Verdict.UNCLAIMED),
        # The lead has less than half of what is claimed: 2 p1 < 1000 - n.
        ((499, 300, 201), 0, Verdict.CONTESTED),
        ((500, 300, 200), 0, Verdict.LIKELY),
        ((449, 200, 150, 101), 100, Verdict.CONTESTED),
        ((450, 200, 150, 100), 100, Verdict.LIKELY),
        ((450, 200, 150, 101), 99, Verdict.CONTESTED),
        # The lead is not far enough ahead of the second: 100 (p1 - p2) <= 15 (1000 - n).
        ((500, 500), 0, Verdict.CONTESTED),
        ((575, 425), 0, Verdict.CONTESTED),
        ((576, 424), 0, Verdict.LIKELY),
        ((517, 383), 100, Verdict.CONTESTED),
        ((518, 382), 100, Verdict.LIKELY),
        ((460, 340), 200, Verdict.CONTESTED),
        ((461, 339), 200, Verdict.LIKELY),
        # Certain from 950 on, whoever has the rest.
        ((950, 50), 0, Verdict.CERTAIN),
        ((949, 51), 0, Verdict.LIKELY),
        ((950,), 50, Verdict.CERTAIN),
        ((949,), 51, Verdict.LIKELY),
        ((1000,), 0, Verdict.CERTAIN),
        ((1000, 0), 0, Verdict.CERTAIN),
    ],
)
def test_the_verdict_turns_exactly_where_the_rule_says(shares, nobody, verdict):
    assert sum(shares) + nobody == 1000
    assert judge(shares, nobody=nobody) is verdict


@pytest.mark.parametrize(
    ("shares", "nobody", "verdict"),
    [
        ((1000,), 0, Verdict.FALLBACK),
        ((700, 300), 0, Verdict.FALLBACK),
        ((575, 425), 0, Verdict.CONTESTED),
        ((499,), 501, Verdict.UNCLAIMED),
    ],
)
def test_a_lead_by_fallback_is_called_so_unless_it_is_contested_or_unclaimed(shares, nobody, verdict):
    assert judge(shares, nobody=nobody, lead_by_fallback=True) is verdict


@given(weights, st.booleans())
def test_the_verdict_is_the_one_of_the_rules_written_out_in_fractions(numbers, with_nobody):
    thousandths = list(to_thousandths(shares_of(numbers)))
    nobody = thousandths.pop() if with_nobody else 0
    falling = tuple(sorted(thousandths, reverse=True))
    first, second = (*falling, 0, 0)[:2]
    claimed = Fraction(1000 - nobody)
    if nobody > 500:
        expected = Verdict.UNCLAIMED
    elif first / claimed < Fraction(1, 2) or (first - second) / claimed <= Fraction(15, 100):
        expected = Verdict.CONTESTED
    else:
        expected = Verdict.CERTAIN if first >= 950 else Verdict.LIKELY
    assert judge(falling, nobody=nobody) is expected


@pytest.mark.parametrize(
    ("shares", "nobody", "count"),
    [
        ((500, 500), 0, 2),
        ((334, 333, 333), 0, 3),
        ((500, 450, 50), 0, 2),
        ((500, 449, 51), 0, 3),
        ((400, 360, 30, 10), 200, 2),
        ((400, 359, 31, 10), 200, 3),
        ((250, 250, 250, 250), 0, 4),
    ],
)
def test_those_contest_who_first_hold_95_percent_of_what_is_claimed(shares, nobody, count):
    assert sum(shares) + nobody == 1000
    assert contesting(shares, nobody=nobody) == count
