"""Areas: lists, one, and its geometry."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deps import CurrentView, InLanguage, atlas_at, reply, requires
from api.paging import page
from api.policies import Actor, Policy
from api.schemas.areas import AreaOut, feature, from_domain
from api.schemas.asof import AsOf

router = APIRouter(tags=["map | 责任地图"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]
GEOJSON = "application/geo+json"


class AreaQuery(AsOf):
    """Filters of the list of areas."""

    scheme: str | None = Field(default=None, description="体系", examples=["admin"])
    level: str | None = Field(default=None, description="层级", examples=["subdistrict"])
    parent: str | None = Field(default=None, description="code of the area above | 上级区域编码")
    unit: str | None = Field(default=None, description="code of the unit | 责任单位编码")
    format: Literal["json", "geojson"] = "json"
    limit: int = Field(default=100, ge=1, le=1000)
    after: str | None = Field(default=None, max_length=2000, description="cursor of the page before | 游标")


class OneArea(AsOf):
    """How one area is wanted."""

    format: Literal["json", "geojson"] = "json"


class AreaPage(BaseModel):
    """A page of areas; `next` is the address of the following one."""

    model_config = ConfigDict(extra="forbid")

    items: list[AreaOut]
    next: str | None
    edition: int


@router.get("/v1/areas", response_model=AreaPage)
async def list_areas(
    request: Request, query: Annotated[AreaQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Areas by scheme, level and code. With `format=geojson` a FeatureCollection. 区域列表，可取 GeoJSON。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    wanted = {name: value for name in ("scheme", "level", "parent", "unit") if (value := getattr(query, name))}
    order = {key: i for i, key in enumerate(atlas.ground.level_names)}
    areas = [area for area in atlas.areas if all(getattr(area, name) == value for name, value in wanted.items())]
    shown, following = page(
        request,
        areas,
        key=lambda area: (order[area.scheme, area.level], area.code),
        limit=query.limit,
        after=query.after,
        edition=atlas.edition.id,
    )
    if query.format == "geojson":
        body = {"type": "FeatureCollection", "features": [feature(area, lang) for area in shown], "next": following}
        return reply(request, body, media_type=GEOJSON)
    items = [from_domain(area, lang) for area in shown]
    return reply(request, {"items": items, "next": following, "edition": atlas.edition.id})


@router.get("/v1/areas/{scheme}/{level}/{code:path}", response_model=AreaOut)
async def one_area(
    request: Request,
    scheme: str,
    level: str,
    code: str,
    query: Annotated[OneArea, Query()],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """One area; its code percent-encoded. `format=geojson` gives its geometry as a Feature. 单个区域，可取边界。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    area = atlas.area(scheme=scheme, level=level, code=code)
    if query.format == "geojson":
        return reply(request, feature(area, lang), media_type=GEOJSON)
    return reply(request, from_domain(area, lang))
