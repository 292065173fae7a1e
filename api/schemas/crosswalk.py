"""Crosswalks on the way out, as JSON and as CSV."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from geo.answer_text import round_metres
from geo.crosswalk import Crosswalk, Outside
from geo.model import Area
from geo.wording import Lang

COLUMNS = ("from_code", "from_name", "to_code", "to_name", "area_m2", "from_share", "to_share")


class AreaCode(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    name: str


class CrosswalkRow(BaseModel):
    """Ground that two areas have in common."""

    model_config = ConfigDict(extra="forbid", strict=True)

    from_: AreaCode = Field(alias="from")
    to: AreaCode
    area_m2: float
    from_share: float = Field(description="of the area of `from` | 占 from 区域的份额")
    to_share: float = Field(description="of the area of `to` | 占 to 区域的份额")


class OutsideRow(BaseModel):
    """Ground of an area that no area of the other level covers."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    name: str
    area_m2: float
    share: float


class CrosswalkOut(BaseModel):
    """Two levels over each other, by the codes of both."""

    model_config = ConfigDict(extra="forbid")

    items: list[CrosswalkRow]
    from_outside: list[OutsideRow]
    to_outside: list[OutsideRow]
    edition: int


def from_domain(crosswalk: Crosswalk, lang: Lang, *, edition: int) -> dict[str, Any]:
    """The crosswalk; shares to 0.001, square metres to 0.1."""
    return {
        "items": [
            {
                "from": _area(pair.first, lang),
                "to": _area(pair.second, lang),
                "area_m2": round_metres(pair.area_m2),
                "from_share": round(pair.of_first, 3),
                "to_share": round(pair.of_second, 3),
            }
            for pair in crosswalk.shared
        ],
        "from_outside": [_outside(one, lang) for one in crosswalk.first_outside],
        "to_outside": [_outside(one, lang) for one in crosswalk.second_outside],
        "edition": edition,
    }


def as_csv(body: dict[str, Any]) -> str:
    """The rows of a crosswalk as CSV; what lies outside has the other side empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # as RFC 4180 has it
    writer.writerow(COLUMNS)
    writer.writerows(rows_of(body))
    return text.getvalue()


def rows_of(body: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    """Each row in the order of `COLUMNS`, then what lies outside."""
    for item in body["items"]:
        one, other = item["from"], item["to"]
        yield (
            one["code"], one["name"], other["code"], other["name"],
            item["area_m2"], item["from_share"], item["to_share"],
        )  # fmt: skip
    for one in body["from_outside"]:
        yield one["code"], one["name"], "", "", one["area_m2"], one["share"], ""
    for one in body["to_outside"]:
        yield "", "", one["code"], one["name"], one["area_m2"], "", one["share"]


def _area(area: Area, lang: Lang) -> dict[str, str]:
    return {"code": area.code, "name": area.name.say(lang)}


def _outside(outside: Outside, lang: Lang) -> dict[str, Any]:
    return {
        **_area(outside.area, lang),
        "area_m2": round_metres(outside.area_m2),
        "share": round(outside.share, 3),
    }
