"""Checkpoints: lists, one, and its geometry."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from api.deps import CurrentView, InLanguage, atlas_at, reply, requires
from api.listing import Listed, Page, matching, reply_list
from api.policies import Actor, Policy
from api.routes.areas import AS_GEOJSON, GEOJSON, OneArea
from api.schemas.problem import problems
from api.schemas.sample import sample
from api.schemas.sites import CheckpointOut, features, from_domain
from geo.sites import Governance

router = APIRouter(tags=["map | 责任地图"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]


class CheckpointQuery(Listed):
    """Filters of the list of checkpoints."""

    type: str | None = Field(default=None, description="market, estate … | 点位类型", examples=["estate"])
    unit: str | None = Field(
        default=None, description="code of the unit | 责任单位编码", examples=["property-services"]
    )
    governance: Governance | None = Field(
        default=None, description="how an estate is run | 小区治理方式", examples=["entrusted"]
    )
    manager: str | None = Field(
        default=None, description="code of the company that runs it | 管理单位编码", examples=["property-services"]
    )


@router.get(
    "/v1/checkpoints",
    summary="Checkpoints · 点位列表",
    response_model=Page[CheckpointOut],
    responses=problems(404, 422, 503),
)
async def list_checkpoints(
    request: Request, query: Annotated[CheckpointQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Checkpoints by code. 点位列表。"""
    return await reply_list(
        request,
        view,
        query,
        lang,
        select=lambda atlas: [
            (site, atlas.type_name(site))
            for site in matching(atlas.city_map.checkpoints, query, "type", "unit", "governance", "manager")
        ],
        key=lambda item: (item[0].code,),
        show=lambda item, said: from_domain(*item, said),
    )


@router.get(
    "/v1/checkpoints/{code:path}",
    summary="One checkpoint, with its ground if wanted · 单个点位及范围",
    response_model=CheckpointOut,
    responses=AS_GEOJSON | problems(404, 422, 503),
)
async def one_checkpoint(
    request: Request,
    code: Annotated[str, Path(description="code of the checkpoint | 点位编码", openapi_examples=sample("P-001"))],
    query: Annotated[OneArea, Query()],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """One checkpoint; `format=geojson` gives its inner ground and halo. 单个点位，可取范围。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    site = atlas.checkpoint(code)
    if query.format == "geojson":
        return reply(request, features(site, atlas.type_name(site), lang), media_type=GEOJSON)
    return reply(request, from_domain(site, atlas.type_name(site), lang))
