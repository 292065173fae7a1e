"""The parameters that every reading of the map has."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class AsOf(BaseModel):
    """At which moment, as known when, from which edition, in which language."""

    model_config = ConfigDict(extra="forbid")

    at: str | None = Field(default=None, max_length=40, description="ISO 8601, default now | 时刻，默认现在")
    known_at: str | None = Field(default=None, max_length=40, description="as it was known then | 按当时所知")
    edition: int | None = Field(default=None, ge=1, le=2**31, description="force this edition | 指定版本")
    lang: Literal["zh", "en"] | None = None
