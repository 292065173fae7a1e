"""Places whose answer was worked out by hand; every mended mistake gets a row in `places.csv`, with the reason.

`accuracy` in metres, empty where the caller does not know it; `unit` empty where nobody leads.
"""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from api.services.asking import Asked, question_of
from geo.assign import assign
from geo.atlas import Atlas
from geo.resolve import determine
from tests.geo.small_worlds import MOMENT, WORLDS, lead_code, open_atlas

COLUMNS = ["world", "lon", "lat", "accuracy", "verdict", "unit", "next", "why"]

with (Path(__file__).parent / "places.csv").open(encoding="utf-8", newline="") as file:
    PLACES = list(csv.DictReader(file))


@cache
def atlas_of(world: str) -> Atlas:
    return open_atlas(WORLDS[world]())


def test_every_place_gives_all_its_columns_and_says_why():
    assert PLACES
    for place in PLACES:
        assert list(place) == COLUMNS
        assert place["why"].strip(), place


def test_no_place_is_listed_twice():
    keys = [(place["world"], float(place["lon"]), float(place["lat"]), place["accuracy"]) for place in PLACES]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["why"])
def test_the_answer_is_the_one_worked_out_by_hand(place):
    atlas = atlas_of(place["world"])
    accuracy_m = float(place["accuracy"]) if place["accuracy"] else None
    asked = Asked(lon=float(place["lon"]), lat=float(place["lat"]), accuracy_m=accuracy_m)
    question = question_of(asked, atlas)
    answer = determine(atlas, question, MOMENT)
    given = (answer.verdict.value, lead_code(answer), answer.next_unit.code)
    assert given == (place["verdict"], place["unit"] or None, place["next"])

    position = question.position
    columns = assign(
        atlas, lon=np.array([position.lon]), lat=np.array([position.lat]), sigma_m=np.array([position.sigma_m])
    )
    assert tuple(columns.text[name][0] for name in ("pw_verdict", "pw_unit", "pw_next")) == given
