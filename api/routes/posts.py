"""Posts: lists with who holds them, one with everybody who ever did, hand-over, and what is missing."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deps import CurrentView, InLanguage, atlas_at, frame_of, reply, requires
from api.listing import Listed, Page
from api.paging import page
from api.policies import Actor, Policy
from api.schemas.asof import AsOf
from api.schemas.posts import (
    HandOver,
    HoldingList,
    PostDetail,
    PostOut,
    VacancyOut,
    holding_from_domain,
    is_of,
    post_from_domain,
    vacancy_from_domain,
)
from api.schemas.problem import problems
from api.schemas.sample import sample
from api.services.asking import choose
from api.services.holding import hand_over
from geo.vacancies import vacancies

router = APIRouter(tags=["posts | 岗位与责任人"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]
Editor = Annotated[Actor, requires(Policy.EDIT_REGISTER)]
PostCode = Annotated[str, Path(description="code of the post | 岗位编码", openapi_examples=sample("RC1/R-001"))]


class PostQuery(Listed):
    """Filters of the list of posts."""

    kind: str | None = Field(
        default=None, description="grid_officer, road_chief_1 … | 岗位类别", examples=["road_chief_1"]
    )
    unit: str | None = Field(default=None, description="code of the unit | 单位编码", examples=["320508"])


class VacancyQuery(AsOf):
    """How far to look ahead."""

    days: int = Field(default=30, ge=0, le=3660, description="days ahead | 提前天数", examples=[30])


class VacancyList(BaseModel):
    """Everything missing among posts."""

    model_config = ConfigDict(extra="forbid")

    items: list[VacancyOut]
    edition: int


@router.get("/v1/posts", summary="Posts · 岗位列表", response_model=Page[PostOut], responses=problems(404, 422, 503))
async def list_posts(
    request: Request, query: Annotated[PostQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Posts by code, each with who holds it at the moment. 岗位及当前责任人。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    _, moment = choose(view, frame_of(query), query.at)
    posts = [atlas.posts.by_code[code] for code in sorted(atlas.posts.by_code)]
    found = [post for post in posts if is_of(post, kind=query.kind, unit=query.unit)]
    shown, following = page(
        request,
        found,
        key=lambda post: (post.code,),
        limit=query.limit,
        after=query.after,
        edition=atlas.edition.id,
    )
    duties = (moment.roster.duty(post, atlas.posts, moment.at, atlas.zone) for post in shown)
    items = [post_from_domain(atlas, duty, lang) for duty in duties]
    return reply(request, {"items": items, "next": following, "edition": atlas.edition.id})


@router.get(
    "/v1/posts/{code:path}",
    summary="One post · 单个岗位",
    response_model=PostDetail,
    responses=problems(404, 422, 503),
)
async def one_post(
    request: Request,
    code: PostCode,
    query: Annotated[AsOf, Query()],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """One post, who holds it, and everybody who did or is to. 单个岗位及历任。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    _, moment = choose(view, frame_of(query), query.at)
    duty = moment.roster.duty(atlas.posts.post(code), atlas.posts, moment.at, atlas.zone)
    holders = [holding_from_domain(holding) for holding in moment.roster.of_post(code)]
    return reply(request, {**post_from_domain(atlas, duty, lang), "holders": holders})


@router.post(
    "/v1/posts/{code:path}:hand-over",
    summary="Hand a post over · 岗位交接",
    response_model=HoldingList,
    responses=problems(404, 409, 422, 503),
)
def hand_over_post(
    request: Request,
    code: PostCode,
    body: Annotated[HandOver, Body(openapi_examples=sample({"person": "chief-101", "source": "示例〔2026〕30号"}))],
    actor: Editor,
    view: CurrentView,
) -> Response:
    """The holder's term ends and the successor's begins at one moment, on every shift. 同一时刻一人离任、一人到任。"""
    now = datetime.now(UTC)
    taken = hand_over(
        request.app.state.engine,
        code,
        body.person,
        view.latest.zone,
        at=body.at,
        source=body.source,
        actor=actor.name,
        now=now,
    )
    request.app.state.holder.refresh()
    return reply(request, {"items": [holding_from_domain(holding) for holding in taken]})


@router.get(
    "/v1/vacancies",
    summary="What is missing among posts · 空缺与到期",
    response_model=VacancyList,
    responses=problems(404, 422, 503),
)
async def list_vacancies(
    request: Request, query: Annotated[VacancyQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Posts that nobody holds, terms that end without a successor, too few people to call. 空缺、到期、联系人不足。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    _, moment = choose(view, frame_of(query), query.at)
    found = vacancies(atlas, moment.roster, moment.at, ahead=timedelta(days=query.days))
    return reply(request, {"items": [vacancy_from_domain(one, lang) for one in found], "edition": atlas.edition.id})
