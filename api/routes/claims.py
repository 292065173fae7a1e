"""Categories and claims: lists, and one of each."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from api.deps import CurrentView, InLanguage, atlas_at, reply, requires
from api.listing import Listed, Page, matching, reply_list
from api.policies import Actor, Policy
from api.schemas.asof import AsOf
from api.schemas.claims import CategoryOut, ClaimDetail, category_from_domain, claim_from_domain
from api.schemas.problem import problems
from api.schemas.sample import sample
from geo.categories import Branch
from geo.claims import Claim, Role
from geo.errors import NotFound
from geo.wording import Phrase

router = APIRouter(tags=["map | 责任地图"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]

NO_SUCH_CLAIM = Phrase(
    zh="没有编号为 {id} 的责任归属；可用 /v1/claims 或 python main.py claims 查看",
    en="there is no claim {id}; see /v1/claims or python main.py claims",
)
NO_SUCH_CATEGORY = Phrase(
    zh="没有编码为 {code} 的问题类别；可用 /v1/categories 或 python main.py categories 查看",
    en="there is no category {code}; see /v1/categories or python main.py categories",
)


class CategoryQuery(Listed):
    """Filters of the list of categories."""

    branch: Branch | None = Field(default=None, description="components or events | 部件或事件", examples=["event"])
    parent: str | None = Field(default=None, description="code of the category above | 上级类别编码", examples=["11"])


class ClaimQuery(Listed):
    """Filters of the list of claims."""

    unit: str | None = Field(default=None, description="code of the unit | 责任单位编码", examples=["320508001001"])
    role: Role | None = Field(default=None, description="in what sense | 责任角色", examples=["leads"])
    category: str | None = Field(
        default=None, description="claims that name this code | 指明该类别的归属", examples=["1102"]
    )


@router.get(
    "/v1/categories",
    summary="Categories of problems · 问题类别列表",
    response_model=Page[CategoryOut],
    responses=problems(404, 422, 503),
)
async def list_categories(
    request: Request, query: Annotated[CategoryQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Categories by code. 问题类别列表。"""
    return await reply_list(
        request,
        view,
        query,
        lang,
        select=lambda atlas: matching(atlas.city_map.categories, query, "branch", "parent"),
        key=lambda category: (category.code,),
        show=category_from_domain,
    )


@router.get(
    "/v1/categories/{code:path}",
    summary="One category · 单个问题类别",
    response_model=CategoryOut,
    responses=problems(404, 422, 503),
)
async def one_category(
    request: Request,
    code: Annotated[str, Path(description="code of the category | 类别编码", openapi_examples=sample("1102"))],
    query: Annotated[AsOf, Query()],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """One category; its code percent-encoded. 单个问题类别。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    if code not in atlas.categories.by_code:
        raise NotFound(NO_SUCH_CATEGORY, code=code)
    return reply(request, category_from_domain(atlas.categories.by_code[code], lang))


@router.get(
    "/v1/claims", summary="Claims · 责任归属列表", response_model=Page[ClaimDetail], responses=problems(404, 422, 503)
)
async def list_claims(
    request: Request, query: Annotated[ClaimQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Claims by id. 责任归属列表。"""

    def names(claim: Claim) -> bool:
        return not query.category or query.category in claim.categories

    return await reply_list(
        request,
        view,
        query,
        lang,
        select=lambda atlas: [one for one in matching(atlas.city_map.claims, query, "unit", "role") if names(one)],
        key=lambda claim: (claim.id,),
        show=claim_from_domain,
    )


@router.get(
    "/v1/claims/{claim_id:path}",
    summary="One claim · 单条责任归属",
    response_model=ClaimDetail,
    responses=problems(404, 422, 503),
)
async def one_claim(
    request: Request,
    claim_id: Annotated[str, Path(description="id of the claim | 归属编号", openapi_examples=sample("C-020"))],
    query: Annotated[AsOf, Query()],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """One claim; its id percent-encoded. 单条责任归属。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    for claim in atlas.city_map.claims:
        if claim.id == claim_id:
            return reply(request, claim_from_domain(claim, lang))
    raise NotFound(NO_SUCH_CLAIM, id=claim_id)
