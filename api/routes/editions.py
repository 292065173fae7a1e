"""Editions: lists, one, and what its import found."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from api.deps import CurrentView, InLanguage, reply, requires
from api.paging import Cursor, Limit, page
from api.policies import Actor, Policy
from api.schemas.asof import Spoken
from api.schemas.editions import EditionOut, FindingOut, finding_from_domain, from_domain
from api.schemas.problem import problems
from api.schemas.sample import sample
from api.storage.engine import reading
from api.storage.map_store import findings_of
from geo.editions import edition_by_id

router = APIRouter(tags=["map | 责任地图"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]
EditionId = Annotated[int, Path(description="number of the edition | 版本号", openapi_examples=sample(1))]


class Paged(Spoken):
    """A page of a list."""

    limit: Limit = 100
    after: Cursor = None


class EditionPage(BaseModel):
    """A page of editions; `next` is the address of the following one."""

    model_config = ConfigDict(extra="forbid")

    items: list[EditionOut]
    next: str | None


class FindingList(BaseModel):
    """What the import of an edition found."""

    model_config = ConfigDict(extra="forbid")

    items: list[FindingOut]


@router.get("/v1/editions", summary="Editions · 版本列表", response_model=EditionPage, responses=problems(422, 503))
async def list_editions(
    request: Request, query: Annotated[Paged, Query()], actor: Caller, view: CurrentView
) -> Response:
    """Published editions by id. 已发布的版本。"""
    shown, following = page(
        request,
        view.editions,
        key=lambda edition: (edition.id,),
        limit=query.limit,
        after=query.after,
        edition=None,
    )
    items = [from_domain(edition, current=view.holds(edition)) for edition in shown]
    return reply(request, {"items": items, "next": following})


@router.get(
    "/v1/editions/{edition_id}",
    summary="One edition · 单个版本",
    response_model=EditionOut,
    responses=problems(404, 422, 503),
)
async def one_edition(
    request: Request, edition_id: EditionId, query: Annotated[Spoken, Query()], actor: Caller, view: CurrentView
) -> Response:
    """One published edition. 单个版本。"""
    edition = edition_by_id(view.editions, edition_id)
    return reply(request, from_domain(edition, current=view.holds(edition)))


@router.get(
    "/v1/editions/{edition_id}/findings",
    summary="What its import found · 导入发现的问题",
    response_model=FindingList,
    responses=problems(404, 422, 503),
)
def findings(
    request: Request,
    edition_id: EditionId,
    query: Annotated[Spoken, Query()],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """What the import of this edition found: gaps, overlaps, repairs. 导入时发现的问题。"""
    edition = edition_by_id(view.editions, edition_id)
    with reading(request.app.state.engine) as session:
        found = findings_of(session, edition.id)
    return reply(request, {"items": [finding_from_domain(finding, lang) for finding in found]})
