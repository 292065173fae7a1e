"""The register through time: entries are added and never change, so that what was known then can be asked again."""

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.errors import NotFound
from geo.register.holdings import Holding, Person
from geo.register.roster import NOBODY, Roster
from geo.register.rulings import Permit, Ruling
from geo.wording import Phrase

ROSTERS_KEPT = 8
NO_SUCH_NUMBER = Phrase(
    zh="台账没有第 {number} 号；目前到第 {last} 号",
    en="the register has no number {number}; it stands at {last}",
)

Value = Person | Holding | Ruling | Permit
Change = tuple[type[Value], str, Value | None]
"""What a commit says of one thing: its kind, its key, and how it is from then on (None: withdrawn)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the commit that it belongs to, when that was recorded, and what it says from then on.

    A later entry of the same kind and key takes the place of an earlier one; `value` None withdraws it.
    """

    number: int
    recorded_at: datetime
    kind: type[Value]
    key: str
    value: Value | None


class Register:
    """All entries, in the order of their numbers and times. Immutable; thread-safe."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self.entries = tuple(entries)
        self._numbers = [entry.number for entry in self.entries]
        self._times = [entry.recorded_at for entry in self.entries]
        self._rosters: OrderedDict[int, Roster] = OrderedDict({0: NOBODY})
        self._lock = threading.Lock()

    @property
    def number(self) -> int:
        """The number of the last commit; 0 before the first."""
        return self._numbers[-1] if self._numbers else 0

    @property
    def recorded_at(self) -> datetime | None:
        """When the last commit was recorded."""
        return self._times[-1] if self._times else None

    def followed_by(self, entries: Iterable[Entry]) -> "Register":
        """This register and what was recorded since."""
        return Register((*self.entries, *entries))

    def known_at(self, moment: datetime) -> int:
        """The number of the last commit recorded by then."""
        known = bisect_right(self._times, moment)
        return self._numbers[known - 1] if known else 0

    def roster(self, number: int) -> Roster:
        """How it stood after a commit, or NotFound for a number still to come."""
        if not 0 <= number <= self.number:
            raise NotFound(NO_SUCH_NUMBER, number=number, last=self.number)
        with self._lock:
            if number not in self._rosters:
                self._rosters[number] = self._fold(number)
                while len(self._rosters) > ROSTERS_KEPT:
                    self._rosters.popitem(last=False)
            self._rosters.move_to_end(number)
            return self._rosters[number]

    def _fold(self, number: int) -> Roster:
        said: dict[tuple[type[Value], str], Value] = {}
        ruled: tuple[int, datetime] | None = None
        for entry in self.entries[: bisect_right(self._numbers, number)]:
            value = entry.value if entry.value is not None else said.get((entry.kind, entry.key))
            # A draft, or one that is withdrawn, changes nothing that is in force.
            if isinstance(value, Permit) or (isinstance(value, Ruling) and not value.is_draft):
                ruled = entry.number, entry.recorded_at
            if entry.value is None:
                said.pop((entry.kind, entry.key), None)
            else:
                said[entry.kind, entry.key] = entry.value
        values = said.values()
        return Roster(
            number,
            [value for value in values if isinstance(value, Person)],
            [value for value in values if isinstance(value, Holding)],
            [value for value in values if isinstance(value, Ruling)],
            [value for value in values if isinstance(value, Permit)],
            ruled=ruled,
        )
