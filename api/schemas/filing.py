"""A discrepancy as a caller files it."""

import hashlib
import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from api.schemas.lookup import (
    ACCURACY,
    AT,
    CATEGORY,
    CONFIDENCE,
    DATUM,
    EDITION,
    FACTS,
    KNOWN_AT,
    RECEIVER,
    REGISTER,
    Code,
    Facts,
    no_slips,
)
from api.schemas.text import LINES, PLAIN
from geo.discrepancies import Kind, Severity

COMMENT_LIMIT = 2000
DEPTH_LIMIT = 16  # an answer has six levels
ASKED = (
    "lon", "lat", "datum", "accuracy_m", "confidence", "category", "receiver", "at", "known_at", "edition",
    "register_",
)  # fmt: skip

SAMPLE_ID = "2026-11-24/001"
SAMPLE_FILING = {
    "id": SAMPLE_ID,
    "kind": "RouteIncorrect",
    "comment": "市场北门外归沧浪第四社区，不归金阊第八社区",
    "believed_unit": "320508004004",
    "lon": 120.6014,
    "lat": 31.31085,
    "datum": "wgs84",
}


def _shallow(value: object) -> object:
    """The value, when it is not nested deeper than any answer; what is would exhaust whoever walks through it."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEPTH_LIMIT:
            raise PydanticCustomError("too_deep", "nested too deep", {"limit": DEPTH_LIMIT})
        inside = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, (dict, list)))
        level = [item for items in inside for item in items]
    return value


class _Copy(BaseModel):
    """A part of the caller's copy of an answer; what is not read here is compared all the same."""

    model_config = ConfigDict(extra="allow")


class GivenCopy(_Copy):
    lon: float
    lat: float
    datum: str = Field(max_length=40)


class PositionCopy(_Copy):
    accuracy_m: float
    accuracy_assumed: bool
    confidence: float
    given: GivenCopy


class EditionCopy(_Copy):
    id: int = Field(ge=1, le=2**31)
    # "register" would hide a method that pydantic's metaclass gives every model.
    register_: int = Field(alias="register", ge=0, le=2**31)


class FactCopy(_Copy):
    fact: str = Field(max_length=300)


class AnswerCopy(_Copy):
    """The answer as `/v1/responsible` gave it: read for what was asked, and compared with what the service says."""

    position: PositionCopy
    category: str | None
    at: str = Field(max_length=40)
    known_at: str = Field(max_length=40)
    edition: EditionCopy
    facts: list[FactCopy] = Field(max_length=20)

    def cited(self) -> dict[str, Any]:
        """What gives this answer again, as parameters of a look-up."""
        position = self.position
        return {
            "lon": position.given.lon,
            "lat": position.given.lat,
            "datum": position.given.datum,
            "accuracy_m": None if position.accuracy_assumed else position.accuracy_m,
            "confidence": position.confidence,
            "category": self.category,
            "at": self.at,
            "known_at": self.known_at,
            "edition": self.edition.id,
            "register": self.edition.register_,
            "facts": tuple(fact.fact for fact in self.facts),
        }


class ReporterIn(BaseModel):
    """Who says so; all of it may be left out."""

    model_config = ConfigDict(extra="forbid")

    unit: str | None = Field(default=None, max_length=200, description="code of the unit | 单位编码")
    post: str | None = Field(default=None, max_length=200, description="code of the post | 岗位编码")
    contact: Annotated[str, Field(max_length=200), PLAIN] | None = Field(
        default=None, description="how to reach them; shown to editors only | 联系方式，只给编辑看"
    )


class DiscrepancyIn(BaseModel):
    """What was asked (or the whole `answer`), what is wrong with the answer, and what would be right."""

    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(
        default=None,
        max_length=200,
        description="the caller's own; said again it is the same | 自编编号，重复提交不重复登记",
    )
    kind: Kind = Field(description="what is wrong | 哪里不对")
    severity: Severity = Field(default=Severity.MODERATE, description="how bad it is | 严重程度")
    comment: Annotated[str, Field(min_length=1, max_length=COMMENT_LIMIT), LINES] = Field(
        description="in whichever language | 说明，中英文均可"
    )
    believed_unit: Annotated[str, Field(max_length=200), PLAIN] | None = Field(
        default=None, description="who should lead, by code or name | 认为应归谁，编码或名称"
    )
    reporter: ReporterIn = Field(default=ReporterIn(), description="who says so | 提交人")
    answer: Annotated[AnswerCopy, BeforeValidator(_shallow)] | None = Field(
        default=None, description="the whole answer, as it was given; then nothing else need be said | 整条答复"
    )
    lon: float | None = Field(default=None, description="longitude, or easting | 经度或东坐标")
    lat: float | None = Field(default=None, description="latitude, or northing | 纬度或北坐标")
    datum: str | None = Field(default=None, max_length=40, description=DATUM)
    accuracy_m: float | None = Field(default=None, description=ACCURACY)
    confidence: float | None = Field(default=None, description=CONFIDENCE)
    category: Code | None = Field(default=None, description=CATEGORY)
    at: str | None = Field(default=None, max_length=40, description=AT)
    facts: Facts | None = Field(default=None, description=FACTS)
    receiver: Code | None = Field(default=None, max_length=200, description=RECEIVER)
    known_at: str | None = Field(default=None, max_length=40, description=KNOWN_AT)
    edition: int | None = Field(default=None, ge=1, le=2**31, description=EDITION)
    register_: int | None = Field(default=None, alias="register", ge=0, le=2**31, description=REGISTER)

    _numbers = field_validator("lon", "lat", "accuracy_m", "confidence", "edition", "register_", mode="before")(
        no_slips
    )

    def report(self) -> dict[str, Any]:
        """The report in the words of the service, but for its key."""
        asked = {name.rstrip("_"): getattr(self, name) for name in ASKED}
        return {
            "id": self.id,
            "kind": self.kind,
            "severity": self.severity,
            "comment": self.comment,
            "believed": self.believed_unit,
            "reporter_unit": self.reporter.unit,
            "reporter_post": self.reporter.post,
            "contact": self.reporter.contact,
            "asked": asked | {"facts": tuple(self.facts or ())},
            "cited": self.answer.cited() if self.answer else None,
            "copy": self.answer.model_dump(by_alias=True) if self.answer else None,
            "digest": self._digest(),
        }

    def _digest(self) -> str:
        """A name of everything that is said, in whichever order and by whichever id."""
        said = self.model_dump(exclude={"id"}, by_alias=True)
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
