"""Golden places: the answers that every publish must give, with their reasons."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.deps import CurrentView, InLanguage, requires
from api.listing import Listed, Page, matching, reply_list
from api.policies import Actor, Policy
from api.schemas.golden import GoldenPlaceOut, from_domain
from api.schemas.problem import problems

router = APIRouter(tags=["map | 责任地图"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]


class GoldenQuery(Listed):
    """Filters of the list of golden places."""

    unit: str | None = Field(default=None, description="code of the lead | 牵头单位编码", examples=["parks"])
    category: str | None = Field(default=None, description="code of the kind | 问题类别编码", examples=["1102"])


@router.get(
    "/v1/golden",
    summary="Golden places · 校核点列表",
    response_model=Page[GoldenPlaceOut],
    responses=problems(404, 422, 503),
)
async def list_golden(
    request: Request, query: Annotated[GoldenQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Places with the answer that they must have, and why, by code. 校核点及其应有答案与理由。"""
    return await reply_list(
        request,
        view,
        query,
        lang,
        select=lambda atlas: matching(atlas.city_map.golden, query, "unit", "category"),
        key=lambda golden: (golden.code,),
        show=lambda golden, said: from_domain(golden),
    )
