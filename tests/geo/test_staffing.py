"""Whose names stand on an answer, and what is missing among posts."""

from datetime import timedelta

import pytest

from geo.answer_text import headline, say_next
from geo.determination import Given
from geo.position import Position
from geo.resolve import Question, determine
from geo.vacancies import vacancies
from tests.geo.post_worlds import (
    IN_CELL,
    IN_HALO,
    IN_SITE,
    ON_ROAD,
    atlas,
    daily,
    held,
    may,
    moment_of,
    person,
    term,
)
from tests.geo.small_worlds import corner

ATLAS = atlas()
EVERYBODY = tuple(person(code, f"0512-0000-{number:04}") for number, code in enumerate("abcdefgh"))
HELD = tuple(
    held(post, who) for post, who in zip(("DD", "GO", "LEADER", "PR", "RC1", "RC2L", "SC"), "abcdefg", strict=True)
)


WEDNESDAY_NOON = may(6, 12)


def ask(place, category, *values, at=WEDNESDAY_NOON):
    lon, lat = corner(*place)
    position = Position(lon=lon, lat=lat, accuracy_m=0)
    return determine(ATLAS, Question(position, Given(lon, lat, "wgs84"), category=category), moment_of(at, *values))


def posts(duties):
    return [duty.post.code for duty in duties]


def test_the_grid_officer_acts_for_the_unit_of_the_cell():
    answer = ask(IN_CELL, "1101", *EVERYBODY, *HELD)
    assert answer.lead.unit.code == "town"
    assert answer.staffing.lead.post.code == "GO"
    assert answer.staffing.lead.person.code == "b"
    assert answer.staffing.territory.post.code == "GO"
    assert answer.missing == ("lead.unit.telephone", "next.unit.telephone")


def test_outside_the_cell_the_duty_desk_acts():
    answer = ask((3, 4), "1101", *EVERYBODY, *HELD)
    assert answer.staffing.lead.post.code == "DD"


def test_inside_a_site_its_principal_acts_and_its_chief_coordinates():
    answer = ask(IN_SITE, "1101", *EVERYBODY, *HELD)
    assert answer.lead.unit.code == "market"
    assert answer.staffing.lead.post.code == answer.staffing.principal.post.code == "PR"
    assert posts(answer.staffing.coordinating) == ["SC"]
    assert posts(answer.staffing.supervising) == ["LEADER"]


def test_a_post_that_the_claim_names_goes_first():
    assert ask(IN_SITE, "1102", *EVERYBODY, *HELD).staffing.lead.post.code == "SC"


def test_around_a_site_its_chief_coordinates_and_its_principal_says_nothing():
    answer = ask(IN_HALO, "1101", *EVERYBODY, *HELD)
    assert answer.lead.unit.code == "town"
    assert answer.staffing.principal is None
    assert posts(answer.staffing.coordinating) == ["SC"]


def test_on_a_road_the_chiefs_of_both_levels_coordinate_each_side_its_own():
    assert posts(ask(ON_ROAD, "1101", *EVERYBODY, *HELD).staffing.coordinating) == ["RC1", "RC2L"]
    assert posts(ask((4, 0.2), "1101", *EVERYBODY, *HELD).staffing.coordinating) == ["RC1", "RC2R"]


def test_a_chief_leads_nothing_that_no_claim_gives():
    answer = ask(ON_ROAD, "1102", *EVERYBODY, *HELD)
    assert answer.lead.unit.code == "town"
    assert answer.staffing.lead.post.code == "DD"


def test_a_post_that_nobody_holds_leaves_the_unit_and_says_so():
    answer = ask(IN_CELL, "1101")
    assert answer.staffing.lead.post.code == "GO"
    assert answer.staffing.lead.contact is None
    assert answer.missing[0] == "lead.post.person"


def test_the_sentence_names_who_is_on_duty_and_at_night_the_unit():
    values = (person("b", "0512-0000-0009"), held("GO", "b", term(None, None, *daily(8, 20))))
    by_day, by_night = ask(IN_CELL, "1101", *values), ask(IN_CELL, "1101", *values, at=may(6, 23))
    assert "网格员 b员，电话 0512-0000-0009" in headline(by_day, "zh")
    assert "Grid officer Mx b, telephone 0512-0000-0009" in say_next(by_day, "en")
    assert "0512-0000-0009" not in headline(by_night, "zh")


def test_a_deputy_is_named_as_one():
    values = (person("b"), person("x"), held("GO", "b"), held("GO", "x", term(may(5), may(8)), deputy=True))
    assert "网格员 x员（代理）" in headline(ask(IN_CELL, "1101", *values), "zh")
    assert "Mx x (deputy)" in headline(ask(IN_CELL, "1101", *values), "en")


@pytest.mark.parametrize(
    ("start", "end", "expires"),
    [(may(6), may(6, 18), may(6, 18)), (may(6, 20), None, may(6, 20)), (may(1), None, may(7, 12))],
)
def test_an_answer_expires_when_a_post_that_it_names_changes_hands(start, end, expires):
    assert ask(IN_CELL, "1101", person("b"), held("GO", "b", term(start, end))).expires == expires


def test_what_is_missing_is_listed_ahead_of_time():
    values = (
        *EVERYBODY,
        held("DD", "a", term(None, may(20))),
        held("DD", "b", term(may(20))),
        held("GO", "c", term(may(30))),
        held("LEADER", "d", term(None, may(20))),
        held("PR", "e", term(None, may(10))),
        held("RC1", "f", term(None, may(7), *daily(8, 20))),
        held("RC2L", "g"),
        held("SC", "h"),
    )
    roster = moment_of(may(6), *values).roster
    found = vacancies(ATLAS, roster, may(6), ahead=timedelta(days=7))
    assert [(one.kind, one.post.code if one.post else one.subject.key) for one in found] == [
        ("vacant", "GO"),
        ("ending", "PR"),
        ("ending", "RC1"),
        ("vacant", "RC2R"),
        ("contacts", ("s",)),
        ("contacts", ("market",)),
    ]
    assert found[0].text.say("zh") == "town街道办的cell区网格员（GO）无人任职，2026-05-30 00:00 才到任"
    assert "until 2026-05-10 00:00" in found[1].text.say("en")
    later = vacancies(ATLAS, roster, may(6), ahead=timedelta(days=30))
    assert [one.post.code for one in later if one.kind == "ending"] == ["LEADER", "PR", "RC1"]
