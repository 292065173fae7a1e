"""Rulings and permits, in and out."""

from typing import Annotated, Any, Literal

import shapely
from pydantic import BaseModel, ConfigDict, Field

from api.schemas.claims import say_shift
from api.schemas.text import PARAGRAPHS, PLAIN, Text
from geo.moments import say_moment
from geo.register.rulings import Permit, RuledGround, Ruling
from geo.schedule import Schedule
from geo.wording import Lang

CATEGORIES = "codes, each with all below it; * for every one | 类别编码，连同下级；* 为所有类别"


class EndIn(BaseModel):
    """Where a stretch of border begins or ends, in WGS 84; the place nearest to it on the border counts."""

    model_config = ConfigDict(extra="forbid")

    lon: float
    lat: float


class BorderIn(BaseModel):
    """The border of two neighbouring areas of one level, or only from one place on it to another."""

    model_config = ConfigDict(extra="forbid")

    scheme: str = Field(max_length=200, description="code of the scheme | 体系编码")
    level: str = Field(max_length=200, description="code of the level | 层级编码")
    between: list[Annotated[str, Field(max_length=200)]] = Field(
        min_length=2, max_length=2, description="codes of the two areas | 两侧区域编码"
    )
    from_: EndIn | None = Field(default=None, alias="from", description="one end of the stretch | 起点")
    to: EndIn | None = Field(default=None, description="the other end | 终点")


class GroundIn(BaseModel):
    """Where it holds: exactly one of these."""

    model_config = ConfigDict(extra="forbid")

    city: Literal[True] | None = Field(default=None, description="the whole city | 全市")
    area: str | None = Field(default=None, max_length=400, description="scheme/level/code | 体系/层级/编码")
    checkpoint: str | None = Field(default=None, max_length=200, description="inside a site | 点位内")
    halo: str | None = Field(default=None, max_length=200, description="around a site | 点位周边")
    strip: str | None = Field(default=None, max_length=300, description="segment/side/kind | 路段/侧/路幅")
    segment: str | None = Field(default=None, max_length=200, description="a whole segment | 整个路段")
    border: BorderIn | None = Field(default=None, description="along a border | 沿边界")
    geometry: dict[str, Any] | None = Field(
        default=None, description="GeoJSON polygon or line, WGS 84 | 自定范围或线，WGS 84"
    )
    width_m: float | None = Field(
        default=None,
        gt=0,
        le=500,
        description="of a line or border, each side, default 10 | 线、边界每侧米数，默认 10",
    )


class ConditionIn(BaseModel):
    """What must be seen on the spot for the ruling to hold."""

    model_config = ConfigDict(extra="forbid")

    fact: str = Field(
        max_length=300, description="`seen:<code>` of its own, or another fact | 现场情况，自定的写 seen:编码"
    )
    text: Annotated[str, Field(max_length=300), PLAIN] | None = Field(
        default=None, description="what is to be seen; needed for `seen:` | 看到什么"
    )
    text_en: Annotated[str, Field(max_length=300), PLAIN] | None = Field(default=None, description="in English | 英文")


class RulingIn(BaseModel):
    """A decision on who leads. Times without an offset are in the city's zone."""

    model_config = ConfigDict(extra="forbid")

    unit: str = Field(max_length=200, description="code of the unit that leads | 牵头单位编码")
    categories: list[str] = Field(min_length=1, max_length=500, description=CATEGORIES)
    ground: GroundIn
    reason: Annotated[str, PARAGRAPHS] = Field(min_length=1, max_length=2000, description="why | 理由")
    reason_en: Annotated[str, Field(max_length=2000), PARAGRAPHS] | None = Field(
        default=None, description="in English | 英文"
    )
    assists: list[str] = Field(default=[], max_length=50, description="codes of units that assist | 协同单位编码")
    source: Annotated[str, Field(max_length=1000), PLAIN] | None = Field(
        default=None, description="document's number | 文号"
    )
    issue: Annotated[str, Field(max_length=64), PLAIN] | None = Field(
        default=None, description="id of the case that led to it | 引起裁定的案件编号"
    )
    between: list[str] = Field(
        default=[], max_length=20, description="units in dispute; left out: as the map tells | 争议单位，默认按地图推算"
    )
    condition: ConditionIn | None = Field(default=None, description="holds only where this was seen | 适用条件")
    draft: bool = Field(default=False, description="not in force until decided | 草案，决定前不生效")
    decided_by: str | None = Field(
        default=None, max_length=200, description="post that decided, default the arbiter's | 裁定岗位，默认裁决人"
    )
    decided_at: str | None = Field(default=None, max_length=40, description="ISO 8601, default now | 裁定时刻")
    hours: str | None = Field(default=None, max_length=1000, description="weekly hours | 每周时段")
    valid_from: str | None = Field(default=None, max_length=40, description="default: as decided | 默认裁定之时")
    valid_to: str | None = Field(default=None, max_length=40, description="default: for good | 默认长期")


class Decision(BaseModel):
    """Who decided a drafted ruling and when, and from when it is in force."""

    model_config = ConfigDict(extra="forbid")

    decided_by: str | None = Field(
        default=None, max_length=200, description="post; default as drafted, else the arbiter's | 裁定岗位"
    )
    decided_at: str | None = Field(default=None, max_length=40, description="ISO 8601, default now | 裁定时刻")
    valid_from: str | None = Field(default=None, max_length=40, description="default: as decided | 默认裁定之时")


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


class ConditionOut(BaseModel):
    """What must be seen for it to hold."""

    model_config = ConfigDict(extra="forbid")

    fact: str
    text: str


class RulingOut(_Timed):
    """A decision on who leads."""

    state: Literal["draft", "decided", "revoked"]
    unit: str
    condition: ConditionOut | None
    reason: str
    assists: list[str]
    issue: str | None
    between: list[str]
    decided_by: str | None
    decided_at: str | None
    revoked_at: str | None


class RulingRecorded(RulingOut):
    """A decision on who leads, with what whoever recorded it should know."""

    notices: list[str]


class PermitEntryOut(_Timed):
    """An approved exception."""

    unit: str | None
    holder: str


def ruling_from_domain(ruling: Ruling, lang: Lang) -> dict[str, Any]:
    """The ruling."""
    return {
        "id": ruling.id,
        "state": ruling.state.value,
        "unit": ruling.unit,
        "condition": {"fact": ruling.condition.fact, "text": ruling.condition.text.say(lang)}
        if ruling.condition
        else None,
        "categories": list(ruling.categories),
        "ground": _ground(ruling.ground),
        "reason": ruling.reason.say(lang),
        "assists": list(ruling.assists),
        "issue": ruling.issue,
        "between": list(ruling.between),
        "decided_by": ruling.decided_by,
        "decided_at": say_moment(ruling.decided_at) if ruling.decided_at else None,
        "revoked_at": say_moment(ruling.revoked_at) if ruling.revoked_at else None,
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
