"""Posts of the sample city: who acts and who coordinates, worked out by hand from its tables; each with its reason.

`contact` is whom to call, empty while nobody is on duty; `coordinating` are posts, in order.
"""

import csv
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from geo.atlas import Atlas
from geo.city_folder import read_city
from geo.determination import Determination, Given
from geo.model import Edition
from geo.position import Position
from geo.register.enlisting import enlist
from geo.register.log import Entry, Register
from geo.register.roster import Roster
from geo.resolve import Moment, Question, determine
from geo.vacancies import vacancies

FOLDER = Path(__file__).parents[2] / "samples" / "gusu"
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)
EDITION = Edition(id=1, published_at=RECORDED, valid_from=None)

with (FOLDER / "golden" / "posts.csv").open(encoding="utf-8", newline="") as file:
    PLACES = list(csv.DictReader(file))


@cache
def open_sample() -> tuple[Atlas, Roster]:
    intake = read_city(FOLDER)
    assert intake.city_map is not None
    changes, findings = enlist(Register(), intake.staff)
    assert findings == []
    register = Register([Entry(1, RECORDED, *change) for change in changes])
    return Atlas(intake.city_map, EDITION), register.roster(1)


def ask(place: dict[str, str]) -> Determination:
    atlas, roster = open_sample()
    lon, lat, at = float(place["lon"]), float(place["lat"]), datetime.fromisoformat(place["at"])
    question = Question(Position(lon=lon, lat=lat), Given(lon, lat, "wgs84"), category=place["category"] or None)
    return determine(atlas, question, Moment(at, at, (EDITION,), roster))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["why"])
def test_the_names_on_the_answer_are_those_worked_out_by_hand(place: dict[str, str]) -> None:
    answer = ask(place)
    assert answer.lead is not None
    post = answer.staffing.lead
    assert post is not None
    contact = post.contact.name.say("zh") if post.contact else ""
    coordinating = ";".join(duty.post.code for duty in answer.staffing.coordinating)
    assert (answer.lead.unit.code, post.post.code, contact, coordinating) == (
        place["unit"],
        place["post"],
        place["contact"],
        place["coordinating"],
    )


def test_a_hand_over_changes_who_coordinates_and_nothing_else() -> None:
    before, after = (ask(place) for place in PLACES if place["lon"] == "120.6224273")
    chiefs = [answer.staffing.coordinating[0].person for answer in (before, after)]
    assert [chief.name.say("en") for chief in chiefs if chief] == [
        "Road chief, level 1, A-01",
        "Road chief, level 1, A-02",
    ]
    assert before.expires == after.at
    assert before.lead == after.lead


def test_the_planted_vacancies_are_found_and_no_others() -> None:
    atlas, roster = open_sample()
    found = vacancies(atlas, roster, datetime(2026, 12, 15, tzinfo=UTC), ahead=timedelta(days=30))
    assert [(one.kind, one.post.code if one.post else one.subject.key[-1]) for one in found] == [
        ("vacant", "GO/320508003002003"),
        ("vacant", "RC2/R-012/left"),
        ("vacant", "RC2/R-012/right"),
        ("ending", "SC/P-003"),
        ("vacant", "SL/P-021"),
        ("vacant", "SL/P-044"),
        ("contacts", "P-021"),
        ("contacts", "P-044"),
    ]


def test_nobody_has_a_telephone_twice() -> None:
    atlas, roster = open_sample()
    numbers = [person.telephone for person in roster.people.values()] + [
        unit.telephone for unit in atlas.units.values()
    ]
    assert len(set(numbers)) == len(numbers)
