"""Golden places on the way out."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from geo.golden import GoldenPlace
from geo.moments import say_moment


class GoldenPlaceOut(BaseModel):
    """A question with the answer that it must have, and why; its position is WGS 84."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    lon: float
    lat: float
    accuracy_m: float | None
    category: str | None
    at: str | None
    facts: list[str]
    verdict: str
    unit: str | None
    rung: str
    why: str


def from_domain(golden: GoldenPlace) -> dict[str, Any]:
    """The golden place."""
    return {
        "code": golden.code,
        "lon": golden.lon,
        "lat": golden.lat,
        "accuracy_m": golden.accuracy_m,
        "category": golden.category,
        "at": None if golden.at is None else say_moment(golden.at),
        "facts": list(golden.facts),
        "verdict": golden.verdict.value,
        "unit": golden.unit,
        "rung": golden.rung,
        "why": golden.why,
    }
