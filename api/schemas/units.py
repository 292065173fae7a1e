"""Units on the way out."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from geo.model import Unit
from geo.wording import Lang


class UnitBrief(BaseModel):
    """A unit as an answer names it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    name: str
    kind: str
    telephone: str | None


class ContactOut(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    title: str
    telephone: str


class UnitOut(BaseModel):
    """A unit in full."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    name: str
    name_zh: str | None
    name_en: str | None
    kind: str
    parent: str | None
    telephone: str | None
    contacts: list[ContactOut]


def brief(unit: Unit | None, lang: Lang) -> dict[str, Any] | None:
    """The unit as an answer names it, or None."""
    if unit is None:
        return None
    return {
        "code": unit.code,
        "name": unit.name.say(lang),
        "kind": unit.kind.value,
        "telephone": unit.telephone,
    }


def from_domain(unit: Unit, lang: Lang) -> dict[str, Any]:
    """The unit in full."""
    return {
        "code": unit.code,
        "name": unit.name.say(lang),
        "name_zh": unit.name.zh,
        "name_en": unit.name.en,
        "kind": unit.kind.value,
        "parent": unit.parent,
        "telephone": unit.telephone,
        "contacts": [{"title": contact.title, "telephone": contact.telephone} for contact in unit.contacts],
    }
