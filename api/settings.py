"""Configuration from the environment: POINTWARD_… variables."""

import os
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.errors import InvalidInput
from geo.wording import Phrase

DEFAULT_DATABASE_URL = "sqlite:///var/pointward.sqlite"
PREFIX = "POINTWARD_"

UNUSABLE = Phrase(
    zh="环境变量 {variable} = {value} 不可用；应为{kind}（{limits}），不设则为 {default}",
    en="the environment variable {variable} = {value} cannot be used; set {kind} ({limits}), or unset it for {default}",
)
WHOLE_NUMBER = Phrase(zh="整数", en="a whole number")
NUMBER = Phrase(zh="数", en="a number")
SIGNS = {"ge": "≥", "gt": ">", "le": "≤"}


class Settings(BaseSettings):
    """What a deployment may set. Every field is the variable POINTWARD_<NAME>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    database_url: str = DEFAULT_DATABASE_URL
    port: int = Field(default=8000, ge=0, le=65535)
    poll_seconds: float = Field(default=0.25, gt=0, le=60)  # a publish is answered from within 2 s
    atlases_kept: int = Field(default=4, ge=1)  # editions held in memory for looks back in time
    batch_limit: int = Field(default=10_000, ge=1)
    body_limit_bytes: int = Field(default=16_000_000, ge=1000)
    cache: str = Field(default_factory=lambda: _user_cache())  # empty: nothing is kept on disk

    def cache_folder(self) -> Path | None:
        """Where this machine keeps what it worked out of maps; None for nowhere."""
        return Path(self.cache) if self.cache else None


def _user_cache() -> str:
    """The user's own folder for such things; empty for a user without a home."""
    try:
        return str(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pointward")
    except RuntimeError:
        return ""


def read_settings() -> Settings:
    """The settings of the environment.

    Raises
    ------
    InvalidInput
        For the first variable that cannot be used; it names the variable, its value and what it must be.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise _refusal(str(first["loc"][0]), first["input"]) from error


def _refusal(name: str, value: Any) -> InvalidInput:
    field = Settings.model_fields[name]
    return InvalidInput(
        UNUSABLE,
        variable=PREFIX + name.upper(),
        value=repr(value)[:80],
        kind=WHOLE_NUMBER if field.annotation is int else NUMBER,
        limits=", ".join(_limits(field)),
        default=field.default,
    )


def _limits(field: FieldInfo) -> list[str]:
    return [
        f"{sign} {getattr(limit, name)}"
        for limit in field.metadata
        for name, sign in SIGNS.items()
        if hasattr(limit, name)
    ]
