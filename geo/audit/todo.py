"""The list of what is to be mended: a trouble's life from one audit to the next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geo.audit.trouble import Trouble


class State(StrEnum):
    """Found; somebody is at it; said to be settled; no longer found."""

    OPEN = "open"
    IN_HAND = "in_hand"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Action(StrEnum):
    """What happened to a trouble: the first three by an audit, the others by somebody."""

    FOUND = "found"
    RETURNED = "returned"
    GONE = "gone"
    TAKEN = "taken"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """How somebody settled a trouble; the words are those of NENA's discrepancy reports, as far as they fit."""

    DISCREPANCY_CORRECTED = "DiscrepancyCorrected"
    DATA_CORRECTED = "DataCorrected"
    NO_DISCREPANCY = "NoDiscrepancy"
    PER_POLICY = "PerPolicy"
    ACKNOWLEDGED = "Acknowledged"

    @property
    def lets_it_be(self) -> bool:
        """Whether the map is to stay as it is, so that an audit which finds the trouble again changes nothing."""
        return self not in (Resolution.DISCREPANCY_CORRECTED, Resolution.DATA_CORRECTED)


NOTE_LIMIT = 1000
TO_DO = (State.OPEN, State.IN_HAND)


@dataclass(frozen=True, slots=True)
class Todo:
    """A trouble on the list. `edition` is the one, or the draft, in which it was last found.

    `resolution`, `note` and `actor` are those of whoever took it or settled it last.
    """

    trouble: Trouble
    state: State
    found_at: datetime
    due_at: datetime
    edition: int
    resolution: Resolution | None = None
    note: str | None = None
    actor: str | None = None

    @property
    def blocks(self) -> bool:
        """Whether nobody has said that it may stay as it is."""
        return self.state is not State.RESOLVED or self.resolution is None or not self.resolution.lets_it_be


def after_audit(todo: Todo | None, *, is_found: bool) -> Action | None:
    """What an audit does to a trouble: it is found, comes back, or is gone; None when it stays as it is.

    What was said to be mended and is found again comes back; what is to stay as it is does not.
    """
    if todo is None:
        return Action.FOUND if is_found else None
    if not is_found:
        return None if todo.state is State.CLOSED else Action.GONE
    if todo.state is State.CLOSED or (todo.state is State.RESOLVED and todo.blocks):
        return Action.RETURNED
    return None
