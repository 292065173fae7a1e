"""The life of a trouble from one audit to the next."""

from datetime import UTC, datetime

import pytest

from geo.audit.todo import Action, Resolution, State, Todo, after_audit
from geo.audit.trouble import Trouble

MOMENT = datetime(2026, 5, 1, tzinfo=UTC)


def todo(state: State, resolution: Resolution | None = None) -> Todo:
    return Todo(Trouble("gap", ("admin", "town", "a", "b"), {}), state, MOMENT, MOMENT, 1, resolution)


@pytest.mark.parametrize(
    ("before", "is_found", "action"),
    [
        (None, True, Action.FOUND),
        (None, False, None),
        (todo(State.OPEN), True, None),
        (todo(State.OPEN), False, Action.GONE),
        (todo(State.IN_HAND), True, None),
        (todo(State.IN_HAND), False, Action.GONE),
        (todo(State.CLOSED), True, Action.RETURNED),
        (todo(State.CLOSED), False, None),
        (todo(State.RESOLVED, Resolution.DATA_CORRECTED), True, Action.RETURNED),
        (todo(State.RESOLVED, Resolution.DISCREPANCY_CORRECTED), True, Action.RETURNED),
        (todo(State.RESOLVED, Resolution.PER_POLICY), True, None),
        (todo(State.RESOLVED, Resolution.NO_DISCREPANCY), True, None),
        (todo(State.RESOLVED, Resolution.ACKNOWLEDGED), True, None),
        (todo(State.RESOLVED, Resolution.ACKNOWLEDGED), False, Action.GONE),
    ],
)
def test_what_an_audit_does_to_a_trouble(before: Todo | None, is_found: bool, action: Action | None) -> None:
    assert after_audit(before, is_found=is_found) is action


def test_only_what_may_stay_as_it_is_lets_a_draft_be_published() -> None:
    assert todo(State.IN_HAND).blocks
    assert todo(State.RESOLVED, Resolution.DATA_CORRECTED).blocks
    assert not todo(State.RESOLVED, Resolution.PER_POLICY).blocks


def test_two_troubles_of_one_subject_and_two_kinds_have_two_ids() -> None:
    first, second = Trouble("gap", ("a", "b"), {}), Trouble("overlap", ("a", "b"), {})
    assert first.id.removeprefix("gap-") != second.id.removeprefix("overlap-")
    assert Trouble("gap", ("a", "b"), {"area_m2": 2}).id == first.id != Trouble("gap", ("ab",), {}).id
