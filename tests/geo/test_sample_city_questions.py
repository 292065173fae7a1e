"""A hundred questions as callers type them, asked of the sample city.

Found is what comes first, is of the kind that was meant, and lies no farther from the true place than the accuracy that
is stated with it. The true places were worked out from the files of the sample and its drawing, not by `geo.places`.
"""

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

from geo.city_folder import read_city
from geo.places.hit import Hit, HitKind
from geo.places.search import Places

FOLDER = Path(__file__).parents[2] / "samples" / "gusu"
EARTH = Geod(ellps="WGS84")
FOUND_FIRST, FOUND_AMONG_THREE = 99, 99

with (FOLDER / "golden" / "questions.csv").open(encoding="utf-8", newline="") as file:
    QUESTIONS = list(csv.DictReader(file))


@cache
def places() -> Places:
    city_map = read_city(FOLDER).city_map
    assert city_map is not None
    return Places(city_map)


def metres_off(question: dict[str, str], hit: Hit) -> float:
    place = float(question["lon"]), float(question["lat"])
    return float(EARTH.inv(*place, hit.spot.lon, hit.spot.lat)[2])


def is_found(question: dict[str, str], hit: Hit) -> bool:
    return hit.kind == question["kind"] and metres_off(question, hit) <= hit.spot.accuracy_m


def tell(question: dict[str, str], hits: tuple[Hit, ...]) -> str:
    """What was meant, and what was found instead."""
    found = [
        f"{hit.kind} {hit.name.zh} ({metres_off(question, hit):.0f} m off, ± {hit.spot.accuracy_m} m)" for hit in hits
    ]
    return f"{question['question']} ({question['why']}): {'; '.join(found) or 'nothing'}"


def test_there_are_a_hundred_different_questions_of_every_kind() -> None:
    assert len({question["question"] for question in QUESTIONS}) == len(QUESTIONS) == 100
    assert set(Counter(question["kind"] for question in QUESTIONS)) == set(HitKind)
    for question in QUESTIONS:
        assert list(question) == ["question", "lon", "lat", "kind", "why"]
        assert question["why"].strip(), question


def test_most_questions_find_their_place_first() -> None:
    answers = [(question, places().search(question["question"])) for question in QUESTIONS]
    missed = [
        tell(question, hits[:1]) for question, hits in answers if not any(is_found(question, h) for h in hits[:1])
    ]
    assert len(QUESTIONS) - len(missed) >= FOUND_FIRST, "\n".join(missed)
    lost = [tell(question, hits[:3]) for question, hits in answers if not any(is_found(question, h) for h in hits[:3])]
    assert len(QUESTIONS) - len(lost) >= FOUND_AMONG_THREE, "\n".join(lost)


def test_what_is_found_is_not_found_by_claiming_little() -> None:
    """A place that may lie anywhere is always right; only roads and areas may be that vague."""
    accuracies = [
        hit.spot.accuracy_m
        for question in QUESTIONS
        for hit in places().search(question["question"])[:1]
        if hit.kind not in (HitKind.ROAD, HitKind.AREA)
    ]
    assert float(np.median(accuracies)) <= 20.0
    assert max(accuracies) <= 150.0


@pytest.mark.parametrize("question", ["梅花街12号", "凤凰路88号", "观前街5号"])
def test_a_number_on_a_road_that_the_city_does_not_have_is_no_address(question: str) -> None:
    assert [hit for hit in places().search(question) if hit.kind is HitKind.ADDRESS] == []
