"""The mass of a normal distribution behind edges, against closed forms and against sums over a fine grid."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.normal import distribution, mass_turned, owens_t


def by_grid(h: float, a: float) -> float:
    """T(h, a) as its definition says, by a fine midpoint sum over the angle."""
    angles = (np.arange(200_000) + 0.5) / 200_000 * math.atan(a)
    return float(np.exp(-0.5 * h * h / np.cos(angles) ** 2).sum() * math.atan(a) / 200_000 / (2 * math.pi))


def test_the_distribution_is_that_of_the_mathematics_library():
    x = np.concatenate([np.linspace(-9, 9, 20_011), [0.0, -40.0, 40.0]])
    exact = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in x])
    assert np.abs(distribution(x) - exact).max() < 1e-12


@pytest.mark.parametrize("h", [0.0, 1e-9, 1e-3, 0.1, 0.5, 1.0, 2.0, 3.5, 6.0])
@pytest.mark.parametrize("a", [0.0, 1e-6, 0.3, 0.999, 1.0, 1.001, 2.5, 40.0, 1e4])
def test_owens_function_is_what_its_definition_says(h, a):
    assert owens_t(np.array([h]), np.array([a]))[0] == pytest.approx(by_grid(h, a), abs=2e-7)
    assert owens_t(np.array([h]), np.array([-a]))[0] == -owens_t(np.array([h]), np.array([a]))[0]


def test_an_endless_edge_leaves_what_lies_behind_it():
    h = np.linspace(0, 6, 121)
    whole = owens_t(h, np.full(121, np.inf)) - owens_t(h, np.full(121, -np.inf))
    assert np.abs(whole - distribution(-h)).max() < 1e-12


@pytest.mark.parametrize(("distance_m", "share"), [(2, 0.619), (5, 0.775), (10, 0.934), (20, 0.999)])
def test_a_straight_border_at_ten_metres_accuracy_gives_the_shares_of_a_half_plane(distance_m, share):
    sigma = np.array([10 / math.sqrt(-2 * math.log(1 - 0.68))])
    ends = np.array([1e5]), np.array([float(distance_m)])
    behind = mass_turned(ends[0], ends[1], -ends[0], ends[1], sigma=sigma)[0]
    assert 1 - behind == pytest.approx(share, abs=5e-4)


edges = st.tuples(*(st.floats(-50, 50) for _ in range(4)))


@given(edges, st.floats(0.5, 30), st.floats(0.1, 0.9))
def test_an_edge_is_the_sum_of_its_parts_and_backwards_its_negative(edge, sigma, cut):
    ax, ay, bx, by = edge
    mx, my = ax + cut * (bx - ax), ay + cut * (by - ay)
    values = mass_turned(
        np.array([ax, ax, mx, bx]), np.array([ay, ay, my, by]), np.array([bx, mx, bx, ax]), np.array([by, my, by, ay]),
        sigma=np.full(4, sigma),
    )  # fmt: skip
    if math.hypot(bx - ax, by - ay) > 1e-6 and abs(ax * by - ay * bx) > 1e-6:
        assert values[1] + values[2] == pytest.approx(values[0], abs=1e-7)
        assert values[3] == pytest.approx(-values[0], abs=1e-9)


def test_a_ring_around_the_middle_holds_what_a_square_holds():
    """The mass of a square is the square of that of an interval."""
    corners = np.array([(-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0), (-3.0, -3.0)])
    sigma = np.full(4, 2.0)
    turned = mass_turned(corners[:-1, 0], corners[:-1, 1], corners[1:, 0], corners[1:, 1], sigma=sigma).sum()
    inside = (distribution(np.array([1.5]))[0] - distribution(np.array([-1.5]))[0]) ** 2
    assert 1 - turned == pytest.approx(inside, abs=1e-10)
