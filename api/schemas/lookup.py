"""Requests for "who is responsible here?"."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic_core import PydanticKnownError

from api.schemas.answer import Answer, EditionRef
from api.schemas.asof import Language
from api.schemas.problem import Problem
from api.schemas.sample import sample

DATUM = "wgs84, gcj02, bd09, cgcs2000 or EPSG:n; default: the city's | 坐标系，默认为城市设定"
ACCURACY = "metres, 0 = surveyed, left out = unknown | 精度（米），省略即未知"
CONFIDENCE = "of the accuracy, default 0.68 | 精度的置信度，默认 0.68"
CATEGORY = "code of the kind of problem | 问题类别编码"
AT = "the moment asked about, ISO 8601; without offset in the city's time zone; default: now | 询问的时刻，默认现在"
FACTS = "what the caller saw: `component:<id>` | 现场情况，如看到的部件编号"
KNOWN_AT = "as it was known then, ISO 8601; default: now | 按当时所知，默认现在"
EDITION = "force this edition | 指定版本"
REGISTER = "force this number of the register | 指定台账号"


def _text(value: object) -> object:
    # A code sent as a JSON number is text: 7, not 7.0.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def no_slips(value: object) -> object:
    """The value, or a refusal of what is no number though it may be read as one."""
    # Digits in quotes are what many systems send for a number; true is nobody's longitude, and would count as 1.
    if isinstance(value, bool):
        raise PydanticKnownError("float_type")
    if isinstance(value, str) and "_" in value:  # 1_20.6 would count as 120.6
        raise PydanticKnownError("float_parsing")
    return value


Code = Annotated[str, BeforeValidator(_text)]
Facts = Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=20)]


class Where(BaseModel):
    """One position, as the caller has it. `accuracy_m` left out means unknown, 0 means surveyed."""

    model_config = ConfigDict(extra="forbid")

    lon: float = Query(
        description="longitude, or easting for an EPSG datum | 经度（EPSG 投影时为东坐标）",
        openapi_examples=sample(120.62),
    )
    lat: float = Query(description="latitude, or northing | 纬度（或北坐标）", openapi_examples=sample(31.31))
    datum: str | None = Field(default=None, max_length=40, description=DATUM, examples=["wgs84"])
    accuracy_m: float | None = Field(default=None, description=ACCURACY, examples=[10])
    confidence: float | None = Field(default=None, description=CONFIDENCE, examples=[0.68])
    category: Code | None = Field(default=None, description=CATEGORY, examples=["0102"])
    at: str | None = Field(default=None, max_length=40, description=AT, examples=["2026-05-01T09:30"])

    _numbers = field_validator("lon", "lat", "accuracy_m", "confidence", mode="before")(no_slips)


class BatchItem(Where):
    """One position of a batch."""

    facts: Facts | None = Field(default=None, description=FACTS, examples=[["component:3205080102000001"]])


class LookupQuery(Where):
    """The parameters of one look-up."""

    fact: Facts = Field(default=[], description=FACTS, examples=[["component:3205080102000001"]])

    known_at: str | None = Field(default=None, max_length=40, description=KNOWN_AT)
    edition: int | None = Field(default=None, ge=1, le=2**31, description=EDITION, examples=[1])
    # "register" would hide a method that pydantic's metaclass gives every model.
    register_: int | None = Field(default=None, alias="register", ge=0, le=2**31, description=REGISTER)
    lang: Language = None


BATCH = {
    "positions": [{"lon": 120.62, "lat": 31.31}, {"lon": 120.6243, "lat": 31.308, "datum": "gcj02", "accuracy_m": 0}],
    "accuracy_m": 10,
}


class BatchRequest(BaseModel):
    """Positions, each with what differs, and what holds for all of them."""

    model_config = ConfigDict(extra="forbid")

    positions: list[Any] = Field(
        min_length=1,
        description="1 to 10,000 positions; a bad one is that item's error | 1 至 10000 个位置，坏的只影响自己",
        json_schema_extra={"items": BatchItem.model_json_schema()},
    )
    datum: str | None = Field(default=None, max_length=40, description=DATUM)
    accuracy_m: float | None = Field(default=None, description=ACCURACY)
    confidence: float | None = Field(default=None, description=CONFIDENCE)
    category: Code | None = Field(default=None, description=CATEGORY)
    at: str | None = Field(default=None, max_length=40, description=AT)
    facts: Facts | None = Field(default=None, description=FACTS)
    known_at: str | None = Field(default=None, max_length=40, description=KNOWN_AT)
    edition: int | None = Field(default=None, ge=1, le=2**31, description=EDITION)
    register_: int | None = Field(default=None, alias="register", ge=0, le=2**31, description=REGISTER)
    lang: Language = None

    _numbers = field_validator("accuracy_m", "confidence", "edition", "register_", mode="before")(no_slips)


class BatchError(BaseModel):
    """Why one position has no answer."""

    model_config = ConfigDict(extra="forbid")

    error: Problem


class BatchAnswer(BaseModel):
    """One answer or error a position, in order."""

    model_config = ConfigDict(extra="forbid")

    answers: list[Answer | BatchError]
    edition: EditionRef
