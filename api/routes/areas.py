"""Areas: lists, one, and its geometry."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from api.deps import CurrentView, InLanguage, atlas_at, reply, requires
from api.listing import Listed, Page, matching
from api.paging import page
from api.policies import Actor, Policy
from api.schemas.areas import AreaOut, feature, from_domain
from api.schemas.asof import AsOf
from api.schemas.problem import problems
from api.schemas.sample import sample

router = APIRouter(tags=["map | 责任地图"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]
GEOJSON = "application/geo+json"
SCHEME, LEVEL = "code of a partition of the city | 体系编码", "code of a tier of the scheme | 层级编码"
Format = Annotated[Literal["json", "geojson"], Field(description="geojson: with borders | 带边界", examples=["json"])]
AS_GEOJSON: dict[int | str, dict[str, Any]] = {200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}}


class AreaQuery(Listed):
    """Filters of the list of areas."""

    scheme: str | None = Field(default=None, description=SCHEME, examples=["admin"])
    level: str | None = Field(default=None, description=LEVEL, examples=["subdistrict"])
    parent: str | None = Field(default=None, description="code of the area above | 上级区域编码", examples=["320508"])
    unit: str | None = Field(default=None, description="code of the unit | 责任单位编码", examples=["320508002"])
    format: Format = "json"


class OneArea(AsOf):
    """How one area is wanted."""

    format: Format = "json"


@router.get(
    "/v1/areas",
    summary="Areas · 区域列表",
    response_model=Page[AreaOut],
    responses=AS_GEOJSON | problems(404, 422, 503),
)
async def list_areas(
    request: Request, query: Annotated[AreaQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Areas by scheme, level and code. With `format=geojson` a FeatureCollection. 区域列表，可取 GeoJSON。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    order = {key: i for i, key in enumerate(atlas.level_names)}
    shown, following = page(
        request,
        matching(atlas.areas, query, "scheme", "level", "parent", "unit"),
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


@router.get(
    "/v1/areas/{scheme}/{level}/{code:path}",
    summary="One area, with its boundary if wanted · 单个区域及边界",
    response_model=AreaOut,
    responses=AS_GEOJSON | problems(404, 422, 503),
)
async def one_area(
    request: Request,
    scheme: Annotated[str, Path(description=SCHEME, openapi_examples=sample("admin"))],
    level: Annotated[str, Path(description=LEVEL, openapi_examples=sample("subdistrict"))],
    code: Annotated[str, Path(description="code of the area | 区域编码", openapi_examples=sample("320508002"))],
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
