"""Categories and claims on the way out."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from geo.categories import Category
from geo.claims import Claim
from geo.moments import say_moment
from geo.schedule import Shift
from geo.wording import Lang


class CategoryOut(BaseModel):
    """A kind of problem."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    name: str
    name_zh: str | None
    name_en: str | None
    parent: str | None
    branch: str
    nature: str


class PlaceOut(BaseModel):
    """Where a claim stands."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str
    key: list[str]


class ClaimDetail(BaseModel):
    """Who is responsible, in what sense, for what, where and when."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    unit: str
    role: str
    categories: list[str]
    place: PlaceOut
    post: str | None
    executor: str | None
    hours: list[str]
    priority: int
    source: str | None
    valid_from: str | None
    valid_to: str | None


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def category_from_domain(category: Category, lang: Lang) -> dict[str, Any]:
    """The category."""
    return {
        "code": category.code,
        "name": category.name.say(lang),
        "name_zh": category.name.zh,
        "name_en": category.name.en,
        "parent": category.parent,
        "branch": category.branch.value,
        "nature": category.nature.value,
    }


def claim_from_domain(claim: Claim, lang: Lang) -> dict[str, Any]:
    """The claim; its hours as `Mon 08:00-18:00` in the city's zone."""
    return {
        "id": claim.id,
        "unit": claim.unit,
        "role": claim.role.value,
        "categories": list(claim.categories),
        "place": {"kind": claim.place.kind.value, "key": [str(part) for part in claim.place.key]},
        "post": claim.post,
        "executor": claim.executor,
        "hours": [say_shift(shift) for shift in claim.hours],
        "priority": claim.priority,
        "source": claim.source,
        "valid_from": say_moment(claim.valid_from) if claim.valid_from else None,
        "valid_to": say_moment(claim.valid_to) if claim.valid_to else None,
    }


def say_shift(shift: Shift) -> str:
    """A shift as `Mon 08:00-18:00`."""
    start, end = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in (shift.start_minute, shift.end_minute))
    return f"{WEEKDAYS[shift.weekday]} {start}-{end}"
