"""Requests for "who is responsible here?"."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.schemas.answer import Answer, EditionRef

DATUM = "wgs84, gcj02, bd09, cgcs2000 or EPSG:n; default: the city's | 坐标系，默认为城市设定"
AT = "the moment asked about, ISO 8601; without offset in the city's time zone; default: now | 询问的时刻，默认现在"


def _text(value: object) -> object:
    # A code sent as a JSON number is text: 7, not 7.0.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Where(BaseModel):
    """One position, as the caller has it. `accuracy_m` left out means unknown, 0 means surveyed."""

    model_config = ConfigDict(extra="forbid")

    lon: float = Field(
        description="longitude, or easting for an EPSG datum | 经度（EPSG 投影时为东坐标）", examples=[120.62]
    )
    lat: float = Field(description="latitude, or northing | 纬度（或北坐标）", examples=[31.31])
    datum: str | None = Field(default=None, max_length=40, description=DATUM, examples=["wgs84"])
    accuracy_m: float | None = Field(
        default=None, description="metres, 0 = surveyed, left out = unknown | 精度（米），省略即未知", examples=[10]
    )
    confidence: float | None = Field(default=None, description="of the accuracy, default 0.68 | 精度的置信度")
    category: Annotated[str | None, BeforeValidator(_text)] = Field(
        default=None, description="code of the kind of problem | 问题类别编码", examples=["0102"]
    )
    at: str | None = Field(default=None, max_length=40, description=AT)


class LookupQuery(Where):
    """The parameters of one look-up."""

    known_at: str | None = Field(default=None, max_length=40, description="as it was known then | 按当时所知")
    edition: int | None = Field(default=None, description="force this edition | 指定版本", ge=1, le=2**31)
    lang: Literal["zh", "en"] | None = None


class BatchRequest(BaseModel):
    """Positions, each with what differs, and what holds for all of them."""

    model_config = ConfigDict(extra="forbid")

    positions: list[Any] = Field(
        min_length=1,
        description="1 to 10,000 positions; a bad one is that item's error | 1 至 10000 个位置，坏的只影响自己",
        json_schema_extra={"items": Where.model_json_schema()},
        examples=[[{"lon": 120.62, "lat": 31.31}, {"lon": 120.63, "lat": 31.3, "accuracy_m": 0}]],
    )
    datum: str | None = Field(default=None, max_length=40, description=DATUM)
    accuracy_m: float | None = None
    confidence: float | None = None
    category: Annotated[str | None, BeforeValidator(_text)] = None
    at: str | None = Field(default=None, max_length=40, description=AT)
    known_at: str | None = Field(default=None, max_length=40)
    edition: int | None = Field(default=None, ge=1, le=2**31)
    lang: Literal["zh", "en"] | None = None


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


class BatchError(BaseModel):
    """Why one position has no answer."""

    error: Problem


class BatchAnswer(BaseModel):
    """One answer or error a position, in order."""

    answers: list[Answer | BatchError]
    edition: EditionRef
