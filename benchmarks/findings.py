"""What a part of the benchmarks found: lines that are compared, floors that hold or not, notes, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.timing import Measured

# Before the name of a kernel: so our own lines are told from those of peers.
OURS = "Pointward, "


@dataclass(frozen=True, slots=True)
class Floor:
    """What must hold: a value that reaches its limit, or with `at_most` does not pass it."""

    says: str
    value: float
    limit: float
    at_most: bool = False
    unit: str = "x"

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.value <= self.limit if self.at_most else self.value >= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table: what was done so often a second, by whom, and what must hold of it.

    `details` says more of a line. `missing` has what could not be measured, by name, each with the reason.
    """

    code: str
    title: str
    unit: str
    lines: Mapping[str, Measured]
    floors: tuple[Floor, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)


def times_floors(lines: Mapping[str, Measured], least: Mapping[str, Mapping[str, float]]) -> tuple[Floor, ...]:
    """The floors of each of our lines against the peers that were measured: so many times their rate.

    `least` has by kernel and by peer how many times.
    """
    return tuple(
        Floor(f"{OURS}{kernel}: times {peer}", lines[OURS + kernel].rate / lines[peer].rate, limit)
        for kernel, limits in least.items()
        for peer, limit in limits.items()
        if OURS + kernel in lines and peer in lines
    )
