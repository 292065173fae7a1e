"""Rulings and permits, in and out."""

from typing import Annotated, Any, Literal

import shapely
from pydantic import BaseModel, ConfigDict, Field

from api.schemas.claims import say_shift
from api.schemas.text import PLAIN, Text
from geo.moments import say_moment
from geo.register.rulings import Permit, RuledGround, Ruling
from geo.schedule import Schedule
from geo.wording import Lang

CATEGORIES = "codes, each with all below it; * for every one | 类别编码，连同下级；* 为所有类别"


class GroundIn(BaseModel):
    """Where it holds: exactly one of these."""

    model_config = ConfigDict(extra="forbid")

    city: Literal[True] | None = Field(default=None, description="the whole city | 全市")
    area: str | None = Field(default=None, max_length=400, description="scheme/level/code | 体系/层级/编码")
    checkpoint: str | None = Field(default=None, max_length=200, description="inside a site | 点位内")
    halo: str | None = Field(default=None, max_length=200, description="around a site | 点位周边")
    strip: str | None = Field(default=None, max_length=300, description="segment/side/kind | 路段/侧/路幅")
    segment: str | None = Field(default=None, max_length=200, description="a whole segment | 整个路段")
    geometry: dict[str, Any] | None = Field(
        default=None, description="GeoJSON polygon or line, WGS 84 | 自定范围或线，WGS 84"
    )
    width_m: float | None = Field(
        default=None, gt=0, le=500, description="of a line, each side, default 10 | 线每侧宽度（米），默认 10"
    )


class RulingIn(BaseModel):
    """A decision on who leads. Times without an offset are in the city's zone."""

    model_config = ConfigDict(extra="forbid")

    unit: str = Field(max_length=200, description="code of the unit that leads | 牵头单位编码")
    categories: list[str] = Field(min_length=1, max_length=500, description=CATEGORIES)
    ground: GroundIn
    reason: Text = Field(min_length=1, max_length=2000, description="why | 理由")
    reason_en: Annotated[str, Field(max_length=2000), PLAIN] | None = Field(
        default=None, description="in English | 英文"
    )
    assists: list[str] = Field(default=[], max_length=50, description="codes of units that assist | 协同单位编码")
    source: Annotated[str, Field(max_length=1000), PLAIN] | None = Field(
        default=None, description="document's number | 文号"
    )
    decided_by: str | None = Field(default=None, max_length=200, description="post that decided | 作出裁定的岗位")
    decided_at: str | None = Field(default=None, max_length=40, description="ISO 8601, default now | 裁定时刻")
    hours: str | None = Field(default=None, max_length=1000, description="weekly hours | 每周时段")
    valid_from: str | None = Field(default=None, max_length=40, description="default: as decided | 默认裁定之时")
    valid_to: str | None = Field(default=None, max_length=40, description="default: for good | 默认长期")


class PermitIn(BaseModel):
    """An approved exception with an end. It changes who leads only where it names a unit."""

    model_config = ConfigDict(extra="forbid")

    categories: list[str] = Field(min_length=1, max_length=500, description=CATEGORIES)
    ground: GroundIn
    holder: Text = Field(min_length=1, max_length=500, description="who was permitted what | 获批人和事项")
    holder_en: Annotated[str, Field(max_length=500), PLAIN] | None = Field(
        default=None, description="in English | 英文"
    )
    unit: str | None = Field(default=None, max_length=200, description="unit that answers meanwhile | 期间负责单位")
    source: Annotated[str, Field(max_length=1000), PLAIN] | None = Field(
        default=None, description="document's number | 文号"
    )
    hours: str | None = Field(default=None, max_length=1000, description="weekly hours | 每周时段")
    valid_from: str | None = Field(default=None, max_length=40, description="ISO 8601 | 开始")
    valid_to: str = Field(max_length=40, description="ISO 8601 | 截止")


class Revocation(BaseModel):
    """When it ends (left out: now)."""

    model_config = ConfigDict(extra="forbid")

    at: str | None = Field(default=None, max_length=40, description="ISO 8601, default now | 默认现在")


class GroundOut(BaseModel):
    """Where it holds; `geometry` for ground of its own."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    key: list[str]
    geometry: dict[str, Any] | None


class _Timed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    categories: list[str]
    ground: GroundOut
    hours: list[str]
    valid_from: str | None
    valid_to: str | None
    source: str | None


class RulingOut(_Timed):
    """A decision on who leads."""

    unit: str
    reason: str
    assists: list[str]
    decided_by: str | None
    decided_at: str


class PermitEntryOut(_Timed):
    """An approved exception."""

    unit: str | None
    holder: str


def ruling_from_domain(ruling: Ruling, lang: Lang) -> dict[str, Any]:
    """The ruling."""
    return {
        "id": ruling.id,
        "unit": ruling.unit,
        "categories": list(ruling.categories),
        "ground": _ground(ruling.ground),
        "reason": ruling.reason.say(lang),
        "assists": list(ruling.assists),
        "decided_by": ruling.decided_by,
        "decided_at": say_moment(ruling.decided_at),
        "source": ruling.source,
        **_schedule(ruling.schedule),
    }


def permit_from_domain(permit: Permit, lang: Lang) -> dict[str, Any]:
    """The permit."""
    return {
        "id": permit.id,
        "unit": permit.unit,
        "categories": list(permit.categories),
        "ground": _ground(permit.ground),
        "holder": permit.holder.say(lang),
        "source": permit.source,
        **_schedule(permit.schedule),
    }


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        "hours": [say_shift(shift) for shift in schedule.hours],
        "valid_from": say_moment(schedule.valid_from) if schedule.valid_from else None,
        "valid_to": say_moment(schedule.valid_to) if schedule.valid_to else None,
    }


def _ground(ground: RuledGround) -> dict[str, Any]:
    shape = None
    if ground.boundary is not None:
        shape = shapely.geometry.mapping(shapely.orient_polygons(ground.boundary, exterior_cw=False))
    return {"kind": ground.kind.value, "key": list(ground.key), "geometry": shape}
