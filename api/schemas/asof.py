"""The parameters that every reading has."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Annotated[
    Literal["zh", "en"] | None,
    Field(description="default: as the browser asks, else the city's | 语言，默认按浏览器，再按城市", examples=["en"]),
]


class Spoken(BaseModel):
    """In which language."""

    model_config = ConfigDict(extra="forbid")

    lang: Language = None


class AsOf(Spoken):
    """At which moment, as known when, from which edition."""

    at: str | None = Field(
        default=None, max_length=40, description="ISO 8601, default now | 时刻，默认现在", examples=["2026-05-01T09:30"]
    )
    known_at: str | None = Field(default=None, max_length=40, description="as it was known then | 按当时所知")
    edition: int | None = Field(default=None, ge=1, le=2**31, description="force this edition | 指定版本", examples=[1])
