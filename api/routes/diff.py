"""What differs between two states of the map."""

from datetime import UTC, datetime
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import Field

from api.atlas_holder import View
from api.deps import CurrentView, InLanguage, in_turn, reply, requires
from api.policies import Actor, Policy
from api.routes.areas import AS_GEOJSON, GEOJSON
from api.schemas.asof import Spoken
from api.schemas.diff import DiffOut, features, from_domain
from api.schemas.problem import problems
from api.services.comparing import difference
from geo.diff.difference import Difference
from maps.diff_map import diff_map

router = APIRouter(tags=["draft | 草稿"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]


class StatesQuery(Spoken):
    """The two states, and the moment at which they are compared."""

    first: str | None = Field(
        default=None,
        alias="from",
        max_length=20,
        description="edition or draft; default: the newest before `to` | 版本号或 draft，默认为 to 之前最新的版本",
        examples=["1"],
    )
    second: str | None = Field(
        default=None,
        alias="to",
        max_length=20,
        description="edition or draft; default: the draft, else the newest edition | 版本号或 draft，默认草稿",
        examples=["1"],
    )
    at: str | None = Field(
        default=None, max_length=40, description="ISO 8601, default now | 时刻，默认现在", examples=["2026-05-01T09:30"]
    )


class DiffQuery(StatesQuery):
    """The two states, and the form of the answer."""

    format: Annotated[
        Literal["json", "geojson"], Field(description="geojson: the ground alone | 只取易主地块", examples=["json"])
    ] = "json"


@router.get(
    "/v1/diff",
    summary="What changes between editions or in the draft · 版本与草稿对比",
    response_model=DiffOut,
    responses=AS_GEOJSON | problems(404, 422, 503),
)
async def diff(
    request: Request, query: Annotated[DiffQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Ground that changes hands, new gaps, golden places, every thing that differs. 易主地块、新空白与逐项改动。"""

    def answer() -> Response:
        found = _difference(request, query, view)
        if query.format == "geojson":
            return reply(request, features(found, lang), media_type=GEOJSON)
        return reply(request, from_domain(found, lang))

    return cast(Response, await in_turn(request, answer))


@router.get(
    "/maps/diff",
    summary="Map of what changes · 变动地图",
    response_class=HTMLResponse,
    responses=problems(404, 422, 503),
)
async def diff_page(
    request: Request, query: Annotated[StatesQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """The ground that changes hands, as a page. 易主地块的地图页面。"""

    def answer() -> Response:
        found = _difference(request, query, view)
        asked = query.model_dump(by_alias=True, exclude={"lang"}, exclude_none=True)
        page = diff_map(found, assets="served", lang=lang, asked=asked)
        return reply(request, page, media_type="text/html; charset=utf-8")

    return cast(Response, await in_turn(request, answer))


def _difference(request: Request, query: StatesQuery, view: View) -> Difference:
    drafts, now = request.app.state.drafts, datetime.now(UTC)
    return difference(view, drafts, first=query.first, second=query.second, at=query.at, now=now)
