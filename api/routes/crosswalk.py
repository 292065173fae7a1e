"""How the areas of one level lie over those of another."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.deps import CurrentView, InLanguage, atlas_at, reply, requires
from api.policies import Actor, Policy
from api.schemas.asof import AsOf
from api.schemas.crosswalk import CrosswalkOut, as_csv, from_domain
from api.schemas.problem import problems
from api.services.crosswalking import crosswalk_of

router = APIRouter(tags=["map | 责任地图"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]
CSV = "text/csv"
AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}


class CrosswalkQuery(AsOf):
    """The two levels, each as scheme/level."""

    first: str = Field(
        alias="from", max_length=200, description="scheme/level | 体系/层级", examples=["admin/community"]
    )
    second: str = Field(alias="to", max_length=200, description="scheme/level | 体系/层级", examples=["grid/subgrid"])
    format: Annotated[
        Literal["json", "csv"], Field(description="csv: one row a pair | 每对一行", examples=["json"])
    ] = "json"


@router.get(
    "/v1/crosswalk",
    summary="Areas of two levels over each other · 两套网格对照",
    response_model=CrosswalkOut,
    responses=AS_CSV | problems(404, 422, 503),
)
async def crosswalk(
    request: Request, query: Annotated[CrosswalkQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Each pair of overlapping areas with its m² and the share of each, and what lies outside. 两个层级逐对重叠。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    found = await run_in_threadpool(crosswalk_of, atlas, query.first, query.second)
    body = from_domain(found, lang, edition=atlas.edition.id)
    return reply(request, as_csv(body), media_type=CSV) if query.format == "csv" else reply(request, body)
