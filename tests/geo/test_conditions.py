"""Rulings that hold only where something was seen: asked for, heard, and left aside while nobody speaks of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from shapely import MultiPolygon

from geo.claims import Condition
from geo.determination import Given
from geo.errors import InvalidInput
from geo.hearing import read_facts
from geo.position import Position
from geo.register.log import Entry, Register
from geo.register.rulings import GroundKind, RuledGround, Ruling
from geo.resolve import Moment, Question, determine
from geo.roads import Side, StripKind
from geo.schedule import Schedule
from geo.shares import Verdict
from geo.wording import Name
from tests.geo.claim_worlds import LID, LITTER, STALL, claim, claim_city, department, on_area, on_strip, road
from tests.geo.post_worlds import may
from tests.geo.small_worlds import EDITION, area, corner, open_atlas, square

NOON = may(6, 12)
OVER_PIPE = Condition("seen:over-pipe", Name(zh="破损路面在管线上方", en="the broken surface is over a pipe"))


def town():
    """One town with a road; broken surfaces on its carriageway are the roads office's."""
    return claim_city(
        claim("roads", "roads", LITTER, on_strip("r")),
        claim("town", "town", f"{LITTER} {STALL} {LID}", on_area("town")),
        areas=(area("town", square(0, 0, 8, 4)),),
        units=(department("roads"), department("water"), department("power")),
        roads=(road("r", "arterial", ((0, 1), (8, 1)), *strips()),),
    )


def strips():
    return (
        (Side.LEFT, StripKind.CARRIAGEWAY, square(0, 1, 8, 2)),
        (Side.LEFT, StripKind.PAVEMENT, square(0, 2, 8, 3)),
    )


def ruling(id_: str = "R1", unit: str = "water", condition: Condition | None = OVER_PIPE, *, decided=NOON, **more):
    made = Ruling(
        id_,
        unit,
        (LITTER,),
        RuledGround(GroundKind.CITY),
        decided,
        Schedule((), decided, None),
        Name(zh="管线上方的路面由管线单位修复", en="whoever owns the pipe mends the surface"),
        source="Minutes 9",
        condition=condition,
    )
    return replace(made, **more)


def ask(y: float, *entries, facts: tuple[str, ...] = (), category: str = LITTER, accuracy_m: float = 0.0):
    register = Register([Entry(1, datetime(2026, 4, 1, tzinfo=UTC), type(one), one.id, one) for one in entries])
    atlas = open_atlas(town())
    lon, lat = corner(4, y)
    question = Question(
        Position(lon=lon, lat=lat, accuracy_m=accuracy_m),
        Given(lon, lat, "wgs84"),
        category=category,
        facts=read_facts(atlas, facts, category),
    )
    return determine(atlas, question, Moment(NOON, NOON, (EDITION,), register.roster(register.number)))


def whys(answer, lang="en"):
    return [step.why.say(lang, **step.values) for step in answer.chain]


def test_what_a_ruling_depends_on_is_asked_and_until_then_the_ladder_goes_on() -> None:
    answer = ask(1.5, ruling())
    assert (answer.verdict, answer.lead.unit.code) == (Verdict.CERTAIN, "roads")
    assert "ruling: Minutes 9 holds on a condition (the broken surface is over a pipe)" in whys(answer)[0]
    question = answer.question
    assert (question.id, question.text.en) == ("seen", "Is this seen there: the broken surface is over a pipe?")
    assert [(reply.said, reply.unit) for reply in question.replies] == [
        ("seen:over-pipe", "water"),
        ("unseen:over-pipe", "roads"),
    ]
    assert question.replies[1].text.zh == "没看到“破损路面在管线上方”"


def test_once_it_was_seen_the_ruling_decides_and_says_on_what_condition() -> None:
    answer = ask(1.5, ruling(), facts=("seen:over-pipe",))
    assert (answer.verdict, answer.outcome.rung, answer.lead.unit.code) == (Verdict.CERTAIN, "ruling", "water")
    assert answer.question is None
    assert whys(answer)[0] == "seen on the spot: the broken surface is over a pipe"
    assert whys(answer)[1].endswith("mends the surface (on condition: the broken surface is over a pipe)")
    assert answer.warnings == ()


def test_once_it_was_not_seen_nobody_asks_again() -> None:
    answer = ask(1.5, ruling(), facts=("unseen:over-pipe",))
    assert (answer.lead.unit.code, answer.question, answer.warnings) == ("roads", None, ())
    assert whys(answer, "zh")[0] == "现场情况：没看到“破损路面在管线上方”"


def test_nothing_is_asked_where_the_ruling_would_change_nothing() -> None:
    assert ask(1.5, ruling(unit="roads")).question is None
    assert ask(1.5, ruling(), category=STALL).question is None
    later = ruling("R2", "power", None, decided=may(6, 13))
    assert ask(1.5, ruling(), replace(later, schedule=Schedule())).question is None  # a later ruling decides anyway


def test_an_earlier_ruling_holds_until_the_condition_of_the_later_one_is_met() -> None:
    plain = ruling("R0", "power", None, decided=may(1))
    unmet, met = ask(1.5, plain, ruling()), ask(1.5, plain, ruling(), facts=("seen:over-pipe",))
    assert (unmet.lead.unit.code, met.lead.unit.code) == ("power", "water")
    assert unmet.question.id == "seen"
    assert "in place of ruling:R0" in whys(met)[1]


@pytest.mark.parametrize(("y", "unit"), [(1.5, "roads"), (2.5, "water"), (3.5, "town")])
def test_a_condition_may_be_of_the_ground_and_is_then_told_by_the_map(y, unit) -> None:
    on_pavement = Condition("strip:pavement", Name(zh="人行道", en="on the pavement"))
    assert ask(y, ruling(condition=on_pavement)).lead.unit.code == unit


def test_beside_such_ground_the_doubt_is_measured_and_the_question_is_of_the_ground() -> None:
    on_pavement = Condition("strip:pavement", Name(zh="人行道", en="on the pavement"))
    answer = ask(2, ruling(condition=on_pavement), accuracy_m=5)
    assert {candidate.unit.code: candidate.p for candidate in answer.candidates} == {"roads": 500, "water": 500}
    assert answer.question.id == "strip"
    seen = ask(2, ruling(condition=on_pavement), facts=("strip:pavement",), accuracy_m=5)
    assert (seen.verdict, seen.lead.unit.code) == (Verdict.CERTAIN, "water")


def test_a_condition_may_be_whose_name_is_on_it() -> None:
    powers = Condition("owner:power", Name(zh="上面写的是供电", en="the name on it is that of power"))
    unread = ask(1.5, ruling(condition=powers))
    assert (unread.lead.unit.code, unread.question.id) == ("roads", "owner")
    assert [(reply.said, reply.unit) for reply in unread.question.replies] == [("owner:power", "water")]
    read = ask(1.5, ruling(condition=powers), facts=("owner:power",))
    assert (read.lead.unit.code, read.question, read.warnings) == ("water", None, ())
    other = ask(1.5, ruling(condition=powers), facts=("owner:water",))
    assert (other.lead.unit.code, other.question, other.warnings) == ("roads", None, ())


# A strip of ground on the carriageway; one step north is about a hundred metres.
PATCH = RuledGround(GroundKind.POLYGON, (), MultiPolygon([square(3, 1, 5, 1.49)]))


def test_it_is_asked_where_the_ground_of_the_ruling_is_within_the_doubt() -> None:
    beside = ruling(ground=PATCH)
    answer = ask(1.495, beside, accuracy_m=10)
    assert (answer.verdict, answer.lead.unit.code, answer.question.id) == (Verdict.CERTAIN, "roads", "seen")
    assert [(reply.said, reply.unit) for reply in answer.question.replies] == [
        ("seen:over-pipe", None),  # it leaves doubt, as the next answer shows
        ("unseen:over-pipe", "roads"),
    ]
    seen = ask(1.495, beside, facts=("seen:over-pipe",), accuracy_m=10)
    assert seen.verdict is Verdict.CONTESTED
    assert {candidate.unit.code for candidate in seen.candidates} == {"roads", "water"}
    assert ask(1.495, beside).question is None  # surveyed: not on the ground of the ruling
    assert ask(1.6, beside, accuracy_m=10).question is None


def test_the_ground_that_does_not_fit_what_was_said_asks_nothing() -> None:
    assert ask(2.005, ruling(ground=RuledGround(GroundKind.STRIP, ("r", "left", "pavement"))), accuracy_m=10).question
    elsewhere = RuledGround(GroundKind.STRIP, ("r", "left", "carriageway"))
    said = ask(2.005, ruling(unit="power", ground=elsewhere), facts=("strip:pavement",), accuracy_m=10)
    assert (said.lead.unit.code, said.question) == ("town", None)


def test_a_ruling_with_its_condition_on_another_kind_leaves_what_was_seen_unused() -> None:
    assert ask(1.5, ruling(), category=STALL, facts=("seen:over-pipe",)).warnings == ("fact_unused",)


def test_what_no_ruling_depends_on_is_said_to_be_unused() -> None:
    assert ask(1.5, facts=("seen:over-pipe",)).warnings == ("fact_unused",)
    assert ask(1.5, ruling(), facts=("seen:ice",)).warnings == ("fact_unused",)


def test_seen_and_not_seen_cannot_both_be() -> None:
    with pytest.raises(InvalidInput, match="over-pipe"):
        ask(1.5, ruling(), facts=("seen:over-pipe", "unseen:over-pipe"))
