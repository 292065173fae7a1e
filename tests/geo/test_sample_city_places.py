"""Places of the sample city whose answer was worked out by hand from its map and claims; each with its reason.

`accuracy` in metres; `fact` empty where the caller saw nothing; `category` empty where none is given, `unit` empty
where nobody leads; `rung` is the one on which the unit stands.
"""

import csv
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from geo.atlas import Atlas
from geo.city_folder import read_city
from geo.determination import Given
from geo.golden_run import failing, try_golden
from geo.hearing import read_facts
from geo.model import Edition
from geo.position import Position
from geo.resolve import Moment, Question, determine

FOLDER = Path(__file__).parents[2] / "samples" / "gusu"
EDITION = Edition(id=1, published_at=datetime(2026, 5, 1, tzinfo=UTC), valid_from=None)

with (FOLDER / "golden" / "places.csv").open(encoding="utf-8", newline="") as file:
    PLACES = list(csv.DictReader(file))


@cache
def open_sample() -> Atlas:
    intake = read_city(FOLDER)
    assert intake.city_map is not None
    return Atlas(intake.city_map, EDITION)


def test_the_places_are_different_and_each_says_why() -> None:
    asked = {tuple(place[key] for key in ("lon", "lat", "accuracy", "category", "at", "fact")) for place in PLACES}
    assert len(asked) == len(PLACES) >= 30
    for place in PLACES:
        assert place["why"].strip(), place


def test_the_places_ask_for_components_events_and_no_category_by_day_and_by_night() -> None:
    assert {place["category"][:1] for place in PLACES} == {"0", "1", ""}
    assert {place["verdict"] for place in PLACES} == {"certain", "likely", "contested", "fallback", "unclaimed"}
    for hour in ("T10:00", "T23:30"):
        assert any(hour in place["at"] for place in PLACES)


def test_the_city_brings_every_place_itself_and_answers_all_of_them_as_they_say() -> None:
    atlas = open_sample()
    golden = atlas.city_map.golden
    assert sorted(one.why for one in golden) == sorted(place["why"] for place in PLACES)
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert failing(try_golden(atlas, golden, Moment(now, now, (EDITION,)))) == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["why"])
def test_the_answer_is_the_one_worked_out_by_hand(place: dict[str, str]) -> None:
    atlas = open_sample()
    lon, lat, at = float(place["lon"]), float(place["lat"]), datetime.fromisoformat(place["at"])
    question = Question(
        position=Position(lon=lon, lat=lat, accuracy_m=float(place["accuracy"]), confidence=0.68),
        given=Given(lon, lat, "wgs84"),
        category=place["category"] or None,
        facts=read_facts(atlas, [place["fact"]] if place["fact"] else [], place["category"]),
    )
    answer = determine(atlas, question, Moment(at, at, (EDITION,)))
    given = (answer.lead.unit.code, answer.lead.rung) if answer.lead else ("", answer.outcome.rung)
    assert (answer.verdict.value, *given) == (place["verdict"], place["unit"], place["rung"])
