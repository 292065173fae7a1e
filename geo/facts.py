"""Facts (现场情况): what the caller saw on the spot, and the question whose reply would settle a contested answer."""

from dataclasses import dataclass
from typing import Literal

from geo.components import Component
from geo.marks import is_mark
from geo.wording import Name

FactKind = Literal["side", "strip", "checkpoint", "owner", "component", "seen", "unseen"]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was seen, or might be: as it is said (`strip:pavement`), in words, and the unit it speaks for."""

    said: str
    text: Name
    unit: str | None
    component: Component | None = None

    @property
    def kind(self) -> str:
        """What it is about: one of `FactKind`."""
        return self.said.partition(":")[0]

    @property
    def is_of_ground(self) -> bool:
        """Whether it says on which ground the caller stands."""
        return is_mark(self.said)


@dataclass(frozen=True, slots=True)
class Settling:
    """The question whose reply makes the lead certain; each of its replies is a fact."""

    id: str
    text: Name
    replies: tuple[Fact, ...]
