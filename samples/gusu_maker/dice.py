"""Chance that falls the same way on every machine."""

import math
import random


def cast_dice(purpose: str) -> random.Random:
    """A generator of its own for one purpose, so that adding a part to the city leaves every other part as it was.

    Only `random()` is drawn from it: its sequence is promised to stay the same between Python versions, that of
    `choice` or `gauss` is not.
    """
    return random.Random(f"gusu/{purpose}")  # noqa: S311 (a drawing, not a secret)


def draw_normal(dice: random.Random) -> float:
    """A number of mean 0 and standard deviation 1: twelve uniform ones less six.

    No logarithm or cosine, whose last digit differs between mathematics libraries.
    """
    return math.fsum(dice.random() for _ in range(12)) - 6.0


def draw_index(dice: random.Random, weights: tuple[float, ...]) -> int:
    """A place in `weights`, each as likely as its weight."""
    left = dice.random() * math.fsum(weights)
    for index, weight in enumerate(weights):
        left -= weight
        if left < 0.0:
            return index
    return len(weights) - 1
