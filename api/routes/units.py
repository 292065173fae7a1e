"""Units: lists and one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from api.deps import CurrentView, InLanguage, atlas_at, reply, requires
from api.listing import Listed, Page, matching, reply_list
from api.policies import Actor, Policy
from api.schemas.asof import AsOf
from api.schemas.problem import problems
from api.schemas.sample import sample
from api.schemas.units import UnitOut, from_domain
from geo.model import UnitKind

router = APIRouter(tags=["map | 责任地图"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]


class UnitQuery(Listed):
    """Filters of the list of units."""

    kind: UnitKind | None = Field(default=None, description="kind of unit | 单位种类", examples=["territorial"])
    parent: str | None = Field(default=None, description="code of the unit above | 上级单位编码", examples=["320508"])


@router.get(
    "/v1/units", summary="Units · 责任单位列表", response_model=Page[UnitOut], responses=problems(404, 422, 503)
)
async def list_units(
    request: Request, query: Annotated[UnitQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Units by code. 责任单位列表。"""
    return await reply_list(
        request,
        view,
        query,
        lang,
        select=lambda atlas: matching(atlas.city_map.units, query, "kind", "parent"),
        key=lambda unit: (unit.code,),
        show=from_domain,
    )


@router.get(
    "/v1/units/{code:path}",
    summary="One unit · 单个责任单位",
    response_model=UnitOut,
    responses=problems(404, 422, 503),
)
async def one_unit(
    request: Request,
    code: Annotated[str, Path(description="code of the unit | 责任单位编码", openapi_examples=sample("320508002"))],
    query: Annotated[AsOf, Query()],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """One unit; its code percent-encoded. 单个责任单位。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    return reply(request, from_domain(atlas.unit(code), lang))
