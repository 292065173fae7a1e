"""Questions about a line or a ground, and who leads how much of it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from api.schemas.answer import EditionRef, edition_ref
from api.schemas.asof import Language
from api.schemas.units import UnitBrief, brief
from geo.answer_text import round_metres
from geo.moments import say_moment
from geo.portions import Shared
from geo.portions_text import say_portions
from geo.wording import Lang

GEOMETRY = (
    "GeoJSON LineString, MultiLineString, Polygon or MultiPolygon, at most 10,000 vertices"
    " | GeoJSON 线或面，至多 10000 个顶点"
)
DATUM = "of the geometry: wgs84 (default, RFC 7946), gcj02, bd09, cgcs2000 | 图形的坐标系，默认 wgs84"
CATEGORY = "code of the kind of problem | 问题类别编码"
AT = "the moment asked about, ISO 8601; without offset in the city's time zone; default: now | 询问的时刻，默认现在"
KNOWN_AT = "as it was known then, ISO 8601; default: now | 按当时所知，默认现在"
EDITION = "force this edition | 指定版本"
SHAPE = {
    "geometry": {"type": "LineString", "coordinates": [[120.612, 31.311], [120.6207, 31.3103], [120.63, 31.3101]]},
    "category": "1505",
    "at": "2026-06-01T10:00",
}


def _text(value: object) -> object:
    # A code sent as a JSON number is text: 7, not 7.0.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Code = Annotated[str, BeforeValidator(_text)]


class ShapeRequest(BaseModel):
    """A line or a ground, a kind of problem and a moment."""

    model_config = ConfigDict(extra="forbid")

    geometry: dict[str, Any] = Field(description=GEOMETRY)
    datum: str | None = Field(default=None, max_length=40, description=DATUM)
    category: Code | None = Field(default=None, description=CATEGORY)
    at: str | None = Field(default=None, max_length=40, description=AT)
    known_at: str | None = Field(default=None, max_length=40, description=KNOWN_AT)
    edition: int | None = Field(default=None, ge=1, le=2**31, description=EDITION)
    lang: Language = None

    @field_validator("edition", mode="before")
    @classmethod
    def _no_slip(cls, value: object) -> object:
        return "true" if value is True else "false" if value is False else value


class Out(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ShapeLead(Out):
    unit: UnitBrief


class ShareOut(Out):
    """What one unit leads; `length_m` for a line, `area_m2` for a ground, the other is null."""

    unit: UnitBrief
    share: float
    length_m: float | None
    area_m2: float | None
    rungs: list[str] = Field(description="the rungs it leads by, the largest first | 依据的梯级")


class ShapeAnswer(Out):
    """Who leads how much of a shape, the largest share first; the shares and `nobody_share` add up to 1."""

    by: Literal["length", "area"]
    total: float = Field(description="metres, or square metres | 米或平方米")
    shares: list[ShareOut]
    nobody_share: float
    lead: ShapeLead | None
    tie: Literal["lowest_code", "junction"] | None
    category: str | None
    at: str
    known_at: str
    edition: EditionRef
    text: str


def from_domain(shared: Shared, lang: Lang) -> dict[str, Any]:
    """The answer; sizes to 0.1, under 1 to 0.01."""
    found = shared.portions
    is_line = found.by == "length"
    return {
        "by": found.by,
        "total": round_metres(found.total),
        "shares": [
            {
                "unit": brief(one.unit, lang),
                "share": one.share / 1000,
                "length_m": round_metres(one.measure) if is_line else None,
                "area_m2": None if is_line else round_metres(one.measure),
                "rungs": list(one.rungs),
            }
            for one in found.portions
        ],
        "nobody_share": found.nobody / 1000,
        "lead": {"unit": brief(found.lead, lang)} if found.lead else None,
        "tie": found.tie,
        "category": shared.category,
        "at": say_moment(shared.at),
        "known_at": say_moment(shared.known_at),
        "edition": edition_ref(shared.edition, shared.register),
        "text": say_portions(found, lang),
    }
