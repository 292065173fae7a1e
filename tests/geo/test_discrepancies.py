"""Discrepancies as values: what may follow what, by when an answer is owed, and how it reads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from geo.discrepancies import (
    KINDS,
    LEADS_TO,
    MOVES,
    RESOLUTIONS,
    SEVERITIES,
    STATES,
    Discrepancy,
    Do,
    Filing,
    Kind,
    Move,
    Reasked,
    Resolution,
    Severity,
    State,
    check_move,
    due_after,
    same_hour_again,
    say_state,
)
from geo.errors import NotAllowed
from geo.model import Unit, UnitKind
from geo.wording import Name

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
EAST, WEST = (
    Unit(code, Name(zh=zh, en=en), UnitKind.TERRITORIAL)
    for code, zh, en in (("e", "东街道", "East Office"), ("w", "西街道", "West Office"))
)


def filed(*moves: Move) -> Discrepancy:
    """One filed at noon in Shanghai, to be answered within five days, and what was done since."""
    return Discrepancy(
        number=1,
        id="D-1",
        filing=Filing(Kind.ROUTE_INCORRECT, Severity.MODERATE, "?"),
        lon=120.0,
        lat=31.0,
        category=None,
        unit=WEST,
        verdict="certain",
        edition=1,
        register=0,
        stewards=(WEST, EAST),
        asked={},
        answer=None,
        differing=None,
        moves=(Move(Do.FILE, NOON, "local", due=NOON + timedelta(days=5)), *moves),
    )


def answered(**values: object) -> Move:
    return replace(Move(Do.ANSWER, NOON, "local", resolution=Resolution.PER_POLICY), **values)


TAKEN = Move(Do.TAKE, NOON, "local")
REOPENED = Move(Do.REOPEN, NOON, "local", due=NOON + timedelta(days=9))


@pytest.mark.parametrize(
    ("moves", "state", "may"),
    [
        ((), State.FILED, {Do.TAKE, Do.ANSWER}),
        ((TAKEN,), State.IN_HAND, {Do.TAKE, Do.ANSWER}),
        ((TAKEN, answered()), State.ANSWERED, {Do.REOPEN}),
        ((answered(), REOPENED), State.FILED, {Do.TAKE, Do.ANSWER}),
    ],
)
def test_what_may_be_done_depends_on_how_it_stands(moves: tuple[Move, ...], state: State, may: set[Do]) -> None:
    one = filed(*moves)
    assert one.state is state
    for do in {Do.TAKE, Do.ANSWER, Do.REOPEN}:
        if do in may:
            check_move(one, do, SHANGHAI)
        else:
            with pytest.raises(NotAllowed, match="D-1"):
                check_move(one, do, SHANGHAI)


def test_an_answer_is_owed_until_the_last_day_that_was_set() -> None:
    assert filed(TAKEN).due == NOON + timedelta(days=5)
    one = filed(answered(), REOPENED)
    assert one.due == NOON + timedelta(days=9)
    assert not one.is_overdue(one.due)
    assert one.is_overdue(one.due + timedelta(microseconds=1))
    assert not filed(answered()).is_overdue(NOON + timedelta(days=99))


def test_a_day_is_the_citys_day_also_when_the_clocks_change() -> None:
    filed_at = datetime(2026, 3, 27, 9, tzinfo=UTC)  # 10:00 in Berlin, two days before summer time
    assert due_after(filed_at, 5, BERLIN).astimezone(BERLIN).isoformat() == "2026-04-01T10:00:00+02:00"


@pytest.mark.parametrize(
    ("at", "now", "again"),
    [
        ("2026-05-01T22:30+08:00", "2026-05-02T09:00+08:00", "2026-05-08T22:30:00+08:00"),
        ("2026-05-01T22:30+08:00", "2026-05-08T22:30+08:00", "2026-05-08T22:30:00+08:00"),
        ("2026-05-01T22:30+08:00", "2026-05-08T22:31+08:00", "2026-05-15T22:30:00+08:00"),
        ("2026-05-01T22:30+08:00", "2026-04-01T00:00+08:00", "2026-05-01T22:30:00+08:00"),
        ("1999-12-31T00:00+08:00", "2026-05-01T12:00+08:00", "2026-05-08T00:00:00+08:00"),
    ],
)
def test_a_question_about_a_night_is_put_again_for_that_night_of_the_week(at: str, now: str, again: str) -> None:
    found = same_hour_again(datetime.fromisoformat(at), datetime.fromisoformat(now), SHANGHAI)
    assert found.astimezone(SHANGHAI).isoformat() == again


def test_the_same_hour_is_that_of_the_clock_on_the_wall() -> None:
    winter, summer = datetime(2026, 3, 27, 21, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    assert same_hour_again(winter, summer, BERLIN) == datetime(2026, 4, 3, 20, tzinfo=UTC)  # 22:00 both times


@pytest.mark.parametrize(
    ("one", "zh", "en"),
    [
        (
            filed(),
            "D-1 已提交，由西街道、东街道在 2026-05-06 12:00 前答复",
            "D-1 is filed; West Office, East Office must answer by 2026-05-06 12:00",
        ),
        (filed(TAKEN), "D-1 正在办理，由", "D-1 is in hand; West Office"),
        (
            filed(answered(note="会议定的")),
            "D-1 已答复：按规定如此；会议定的",
            "D-1 is answered: so by policy; 会议定的",
        ),
        (
            filed(answered(before=WEST, after=Reasked(NOON, EAST))),
            "D-1 已答复：按规定如此。原先答的是西街道，现在答的是东街道",
            "D-1 is answered: so by policy. It was West Office; now answered by East Office",
        ),
        (
            filed(answered(before=WEST, after=Reasked(NOON))),
            "。原先答的是西街道，现在答的是无人负责",
            "It was West Office; now answered by nobody",
        ),
    ],
)
def test_how_it_stands_is_one_sentence(one: Discrepancy, zh: str, en: str) -> None:
    assert zh in say_state(one, NOON, SHANGHAI, "zh")
    assert en in say_state(one, NOON, SHANGHAI, "en")


def test_everything_that_can_be_said_has_a_name_in_both_languages() -> None:
    assert set(KINDS) == set(Kind)
    assert set(SEVERITIES) == set(Severity)
    assert set(STATES) == set(State)
    assert set(RESOLUTIONS) == set(Resolution)
    assert set(MOVES) == set(LEADS_TO) == set(Do)
