"""Editions and findings on the way out."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from geo.findings import say
from geo.model import Edition, Finding
from geo.moments import say_moment
from geo.wording import Lang


class EditionOut(BaseModel):
    """A published edition. `valid_from` null: it holds from the beginning."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: int
    valid_from: str | None
    published_at: str
    current: bool


class FindingOut(BaseModel):
    """Something an import found."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str
    severity: str
    source: str | None
    row: int | None
    code: str | None
    area_m2: float | None
    text: str


def from_domain(edition: Edition, *, current: bool) -> dict[str, Any]:
    """The edition, and whether it is the one that holds now."""
    return {
        "id": edition.id,
        "valid_from": say_moment(edition.valid_from) if edition.valid_from else None,
        "published_at": say_moment(edition.published_at),
        "current": current,
    }


def finding_from_domain(finding: Finding, lang: Lang) -> dict[str, Any]:
    """The finding with its message."""
    return {
        "kind": finding.kind,
        "severity": finding.severity.value,
        "source": finding.source,
        "row": finding.row,
        "code": finding.code,
        "area_m2": round(finding.area_m2, 2) if finding.area_m2 is not None else None,
        "text": say(finding, lang),
    }
