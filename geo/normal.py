"""The mass of a circular normal distribution behind straight edges, in numpy alone.

Seen from the middle of the distribution, an edge at the distance h covers angles from atan(t1 / h) to atan(t2 / h), and
(1 / 2 pi) times the integral of exp(-r(theta)^2 / 2 sigma^2) over them is T(h / sigma, t2 / h) - T(h / sigma, t1 / h),
with the function T of Owen 1956, doi:10.1214/aoms/1177728074.
"""

import math
from functools import cache

import numpy as np

from geo.model import FloatArray

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_HALF_NODES, _HALF_WEIGHTS = (_NODES + 1.0) / 2.0, _WEIGHTS / 2.0
# The distribution function between its exact values, by cubics with its exact slopes: 1e-13 off at most.
_STEP = 1.0 / 512.0
_REACH = 8.5
# Edges that are worked out together; their values stay in the processor's cache.
EDGES_AT_ONCE = 8_192
# Nodes that do for an edge whose middle is so many times as far away as its half is long, and that half so many sigma.
LEAST_AWAY = 1e-100  # nearer than so many sigma, a square would be no number any more
SHORT_EDGES = ((5, 6.0, 0.5), (8, 2.5, 1.0))
_KNOTS = np.arange(-_REACH, _REACH + _STEP, _STEP)
_VALUES = np.array([0.5 * math.erfc(-knot / math.sqrt(2.0)) for knot in _KNOTS])
_SLOPES = np.exp(-0.5 * _KNOTS**2) / math.sqrt(2.0 * math.pi)


def distribution(x: FloatArray) -> FloatArray:
    """Phi(x), the mass of a standard normal below x; error at most 1e-13."""
    clipped = np.clip(x, -_REACH, _REACH)
    place = np.minimum(((clipped + _REACH) / _STEP).astype(np.int64), len(_KNOTS) - 2)
    u = (clipped - _KNOTS[place]) / _STEP
    low, high = _VALUES[place], _VALUES[place + 1]
    low_slope, high_slope = _SLOPES[place] * _STEP, _SLOPES[place + 1] * _STEP
    rise = high - low
    value: FloatArray = low + u * (
        low_slope + u * (3.0 * rise - 2.0 * low_slope - high_slope + u * (low_slope + high_slope - 2.0 * rise))
    )
    return value


def owens_t(h: FloatArray, a: FloatArray) -> FloatArray:
    """T(h, a) for h >= 0 and any a, infinite ones too; both (n,). Error at most 1e-10.

    For |a| <= 1 by Gauss and Legendre; beyond, by T(h, a) = (Phi(h) + Phi(ah)) / 2 - Phi(h) Phi(ah) - T(ah, 1 / a).
    """
    size = np.abs(a)
    far = size > 1.0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        stretched = np.where(far, np.where(h > 0.0, size * h, 0.0), h)
        inner = np.where(far, 1.0 / size, size)
    near = _small_t(stretched, inner)
    phi_h, phi_ah = distribution(h), distribution(stretched)
    value = np.where(far, 0.5 * (phi_h + phi_ah) - phi_h * phi_ah - near, near)
    signed: FloatArray = np.copysign(value, a)
    return signed


def _small_t(h: FloatArray, a: FloatArray) -> FloatArray:
    """T(h, a) for 0 <= a <= 1."""
    half_square = -0.5 * np.minimum(h * h, 2000.0)
    value = np.zeros_like(a)
    with np.errstate(over="ignore", invalid="ignore"):
        for node, weight in zip(_HALF_NODES.tolist(), _HALF_WEIGHTS.tolist(), strict=True):
            square = 1.0 + (a * node) ** 2
            value += np.exp(half_square * square) / square * weight
    turned: FloatArray = a / (2.0 * math.pi) * value
    return turned


def mass_turned(ax: FloatArray, ay: FloatArray, bx: FloatArray, by: FloatArray, *, sigma: FloatArray) -> FloatArray:
    """(1 / 2 pi) times the integral of exp(-r^2 / 2 sigma^2) along each edge a-b, seen from the origin, (n,).

    Positive where the edge turns counter-clockwise. An edge through the origin turns nowhere: 0. All are metres.
    Error at most 1e-10; an edge that is short and away, as most are, is integrated as it is, without T.
    """
    turned = np.empty(len(ax))
    for start in range(0, len(ax), EDGES_AT_ONCE):
        some = slice(start, start + EDGES_AT_ONCE)
        turned[some] = _turned(*(values[some] / sigma[some] for values in (ax, ay, bx, by)))
    return turned


def _turned(ax: FloatArray, ay: FloatArray, bx: FloatArray, by: FloatArray) -> FloatArray:
    """The same in units of sigma."""
    half = np.hypot(bx - ax, by - ay) / 2.0
    away = np.hypot((ax + bx) / 2.0, (ay + by) / 2.0)
    turned = np.empty(len(ax))
    left = np.ones(len(ax), dtype=bool)
    for nodes, times, longest in SHORT_EDGES:
        chosen = np.flatnonzero(left & (half <= longest) & (away >= times * half) & (away > LEAST_AWAY))
        if not len(chosen):
            continue
        turned[chosen] = _turned_short(ax[chosen], ay[chosen], bx[chosen], by[chosen], nodes)
        left[chosen] = False
    rest = np.flatnonzero(left)
    if not len(rest):
        return turned
    turned[rest] = _turned_long(ax[rest], ay[rest], bx[rest], by[rest])
    return turned


def _turned_short(ax: FloatArray, ay: FloatArray, bx: FloatArray, by: FloatArray, nodes: int) -> FloatArray:
    """By Gauss and Legendre along the edge; its distance is many times its length, so a few nodes do."""
    middle_x, middle_y, half_x, half_y = (ax + bx) / 2.0, (ay + by) / 2.0, (bx - ax) / 2.0, (by - ay) / 2.0
    value = np.zeros_like(ax)
    with np.errstate(over="ignore"):
        for node, weight in _gauss(nodes):
            square = (middle_x + node * half_x) ** 2 + (middle_y + node * half_y) ** 2
            value += np.exp(-0.5 * square) / square * weight
    turned: FloatArray = (middle_x * half_y - middle_y * half_x) / (2.0 * math.pi) * value
    return turned


@cache
def _gauss(nodes: int) -> tuple[tuple[float, float], ...]:
    """The nodes of Gauss and Legendre on [-1, 1] with their weights: to find them costs more than few edges do."""
    at, weights = np.polynomial.legendre.leggauss(nodes)
    return tuple(zip(at.tolist(), weights.tolist(), strict=True))


def _turned_long(ax: FloatArray, ay: FloatArray, bx: FloatArray, by: FloatArray) -> FloatArray:
    """By the function T."""
    along_x, along_y = bx - ax, by - ay
    length = np.hypot(along_x, along_y)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        cross = np.where(length > 0.0, (ax * by - ay * bx) / length, 0.0)
        start = np.where(length > 0.0, (ax * along_x + ay * along_y) / length, 0.0)
        height = np.abs(cross)
        # Not start + length: that would lose the end of a long edge that comes near, and the edge backwards its sign.
        end = np.where(length > 0.0, (bx * along_x + by * along_y) / length, 0.0)
        places = np.concatenate([start, end])
        heights = np.concatenate([height, height])
        both = owens_t(heights, np.where(heights > 0.0, places / heights, 0.0))
    turned: FloatArray = np.sign(cross) * (both[len(ax) :] - both[: len(ax)])
    return turned
