"""Who has the ticket already: it keeps a contested place where the city says so, and changes nothing elsewhere."""

from dataclasses import replace

import pytest

from geo.answer_text import headline
from geo.determination import Given
from geo.model import Policy, UnitKind
from geo.position import Position
from geo.resolve import Question, determine
from tests.geo.claim_worlds import claim, claim_city, on_area, own_ground
from tests.geo.small_worlds import MOMENT, area, corner, open_atlas, square, unit

CONTESTED, CERTAIN = (4, 2), (1, 2)


def atlas_of(interim="first_receiver", **more):
    """Two towns parted at x = 4; `firm` works for the western one."""
    policy = Policy(interim=interim, **more)
    firm = replace(unit("firm", kind=UnitKind.CONTRACTOR), parent="west")
    areas = (area("west", square(0, 0, 4, 4)), area("east", square(4, 0, 8, 4)))
    claims = (claim("w", "west", "*", on_area("west")), claim("e", "east", "*", on_area("east")))
    return open_atlas(claim_city(*claims, areas=areas, units=(firm,), policy=policy))


def ask(atlas, place=CONTESTED, receiver=None, accuracy_m=10.0):
    lon, lat = corner(*place)
    position = Position(lon=lon, lat=lat, accuracy_m=accuracy_m)
    question = Question(position, Given(lon, lat, "wgs84"), category="1101", receiver=receiver)
    return determine(atlas, question, MOMENT)


def test_contested_it_is_the_interim_keeper_and_the_next_step():
    without, first = ask(atlas_of()), ask(atlas_of(), receiver="west")
    assert (without.interim.code, first.interim.code) == ("east", "west")
    assert (first.do, first.next_unit.code, first.coordinator) == ("survey", "west", without.coordinator)
    assert first.candidates == without.candidates
    assert "按首接负责，移交之前由已接件的west街道办处置" in headline(first, "zh")


@pytest.mark.parametrize("place", [CERTAIN, (9, 2)], ids=["certain", "unclaimed"])
def test_where_nothing_is_contested_it_is_not_asked(place):
    with_one, without = ask(atlas_of(), place, receiver="east"), ask(atlas_of(), place)
    assert replace(with_one, receiver=None) == without


def test_where_the_city_goes_by_territory_it_is_not_asked():
    atlas = atlas_of("territory")
    assert replace(ask(atlas, receiver="west"), receiver=None) == ask(atlas)
    assert "首接" not in headline(ask(atlas, receiver="west"), "zh")


def test_a_contractors_ticket_is_its_parents():
    assert ask(atlas_of(), receiver="firm").interim.code == "west"


def test_too_coarse_a_position_is_still_asked_about_first():
    answer = ask(atlas_of(accuracy_max_m=50.0), receiver="west", accuracy_m=400.0)
    assert (answer.do, answer.next_unit.code) == ("ask", "west")


def test_in_a_gap_where_nobody_was_known_to_go_the_receiver_goes():
    """Each town claims ground of the other's beyond both; no area at the fallback level is there."""
    areas = (area("west", square(0, 0, 4, 4)), area("east", square(5, 0, 8, 4)))
    both = [claim(one, one, "1101", own_ground(one, square(4.2, 1, 4.8, 3))) for one in ("west", "east")]
    atlas = open_atlas(claim_city(*both, areas=areas, policy=Policy(interim="first_receiver")))
    assert (ask(atlas, (4.5, 2), accuracy_m=0.0).do, ask(atlas, (4.5, 2), accuracy_m=0.0).interim) == ("escalate", None)
    first = ask(atlas, (4.5, 2), receiver="west", accuracy_m=0.0)
    assert (first.do, first.interim.code) == ("survey", "west")
