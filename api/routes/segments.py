"""Segments of road: lists, one with its strips and claims, and its geometry."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from api.deps import CurrentView, InLanguage, atlas_at, frame_of, reply, requires
from api.listing import Listed, Page, matching, reply_list
from api.policies import Actor, Policy
from api.routes.areas import AS_GEOJSON, GEOJSON, OneArea
from api.schemas.asof import AsOf
from api.schemas.problem import problems
from api.schemas.sample import sample
from api.schemas.segments import PlaceOnRoad, SegmentDetail, SegmentOut, detail, features, from_domain
from api.services.asking import choose
from geo.chainage import position_at
from geo.roads import Side

router = APIRouter(tags=["map | 责任地图"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]


SegmentCode = Annotated[str, Path(description="code of the segment | 路段编码", openapi_examples=sample("R-001"))]


class Along(AsOf):
    """A place along a segment."""

    chainage_m: float = Field(description="metres from the start of the line | 从起点沿路的米数", examples=[120.0])
    offset_m: float = Field(default=0.0, description="metres from the line | 离中心线的米数", examples=[8.0])
    side: Side | None = Field(default=None, description="of an offset | 在哪一侧", examples=["left"])


class SegmentQuery(Listed):
    """Filters of the list of segments."""

    road_class: str | None = Field(default=None, description="arterial, secondary … | 道路等级", examples=["arterial"])


@router.get(
    "/v1/segments",
    summary="Road segments · 路段列表",
    response_model=Page[SegmentOut],
    responses=problems(404, 422, 503),
)
async def list_segments(
    request: Request, query: Annotated[SegmentQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Segments by code. 路段列表。"""
    return await reply_list(
        request,
        view,
        query,
        lang,
        select=lambda atlas: matching(atlas.city_map.segments, query, "road_class"),
        key=lambda segment: (segment.code,),
        show=from_domain,
    )


@router.get(
    "/v1/segments/{code:path}:locate",
    summary="The position of a chainage · 由沿路里程求坐标",
    response_model=PlaceOnRoad,
    responses=problems(404, 422, 503),
)
async def locate(
    request: Request,
    code: SegmentCode,
    query: Annotated[Along, Query()],
    actor: Caller,
    view: CurrentView,
) -> Response:
    """So many metres along a segment and square to it on a side, in WGS 84. 沿路第几米、离中心线几米在哪里。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    lon, lat = position_at(atlas.segment(code), chainage_m=query.chainage_m, offset_m=query.offset_m, side=query.side)
    return reply(request, {"code": code, "lon": lon, "lat": lat})


@router.get(
    "/v1/segments/{code:path}",
    summary="One road segment, with its ground if wanted · 单个路段及范围",
    response_model=SegmentDetail,
    responses=AS_GEOJSON | problems(404, 422, 503),
)
async def one_segment(
    request: Request,
    code: SegmentCode,
    query: Annotated[OneArea, Query()],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """A segment with chiefs, strips, claims and what it meets; `format=geojson` for its ground. 路长、路幅与归属。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    segment = atlas.segment(code)
    if query.format == "geojson":
        return reply(request, features(segment, lang), media_type=GEOJSON)
    _, moment = choose(view, frame_of(query), query.at)
    return reply(request, detail(atlas, moment, segment, lang))
