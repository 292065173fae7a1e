"""Configuration from the environment: POINTWARD_… variables."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_DATABASE_URL = "sqlite:///var/pointward.sqlite"


class Settings(BaseSettings):
    """What a deployment may set. Every field is the variable POINTWARD_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="POINTWARD_", extra="ignore")

    database_url: str = DEFAULT_DATABASE_URL
    port: int = Field(default=8000, ge=0, le=65535)
    poll_seconds: float = Field(default=0.5, gt=0, le=60)  # a publish is answered from within 2 s
    atlases_kept: int = Field(default=4, ge=1)  # editions held in memory for looks back in time
    batch_limit: int = Field(default=10_000, ge=1)
    body_limit_bytes: int = Field(default=16_000_000, ge=1000)
