"""A place that was found: where it is, how sure that is, and how it was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shapely import Geometry

from geo.wording import Lang, Name, Phrase


class HitKind(StrEnum):
    AREA = "area"
    SITE = "site"
    ROAD = "road"
    CROSSING = "crossing"
    ADDRESS = "address"
    COORDINATES = "coordinates"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase with its values, said later in either language."""

    phrase: Phrase
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, lang: Lang) -> str:
        """The message in one language."""
        return self.phrase.say(lang, **self.values)


@dataclass(frozen=True, slots=True)
class Spot:
    """A position in WGS 84 degrees; the true place lies within `accuracy_m` of it two times in three."""

    lon: float
    lat: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A place for what somebody said. `score` is 1 for a certain reading and falls to 0.

    `shape` (WGS 84) is there when the place is more than a spot; `question` asks for what would make it one.
    """

    kind: HitKind
    code: str
    name: Name
    spot: Spot
    score: float
    how: Said
    shape: Geometry | None = None
    question: Said | None = None
