"""Facts (现场情况): what the caller saw on the spot, and the question whose reply would settle a contested answer."""

from dataclasses import dataclass

from geo.components import Component
from geo.wording import Name


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was seen, or might be: as it is said, in words, and the unit that it speaks for."""

    said: str
    text: Name
    unit: str | None
    component: Component | None = None


@dataclass(frozen=True, slots=True)
class Settling:
    """The question whose reply makes the lead certain; each of its replies is a fact."""

    id: str
    text: Name
    replies: tuple[Fact, ...]
