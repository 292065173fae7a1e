"""A trouble: one thing that an audit found, known again by what it is about and never by its coordinates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from json import dumps

import shapely

from geo.audit.kinds import KINDS, Severity
from geo.wording import Lang


@dataclass(frozen=True)
class Trouble:
    """`kind` is a key of `KINDS`, whose phrase is filled with `values`.

    `subject` are the codes that it is about; with the kind they make the id. `units` are those whose business it is to
    mend it, `categories` the kinds of problems it concerns (none: every one), `ground` where it is, in WGS 84.
    """

    kind: str
    subject: tuple[str, ...]
    values: Mapping[str, object]
    units: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    scheme: str | None = None
    level: str | None = None
    area_m2: float | None = None
    ground: shapely.Geometry | None = field(default=None, repr=False)

    @cached_property
    def id(self) -> str:
        """The kind and a digest of the subject: the same for the same trouble in every audit."""
        said = dumps([self.kind, *self.subject], ensure_ascii=True)
        return f"{self.kind}-{sha256(said.encode()).hexdigest()[:12]}"

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return KINDS[self.kind].severity

    def say(self, lang: Lang) -> str:
        """What it is, in one sentence."""
        return KINDS[self.kind].phrase.say(lang, **self.values)

    def concerns(self, category: str) -> bool:
        """Whether it is one of a kind of problem."""
        return not self.categories or category in self.categories


def round_m2(area_m2: float) -> float:
    """Square metres as they are said: to 0.1, under 1 m² to 0.01."""
    return round(area_m2, 2 if area_m2 < 1.0 else 1)
