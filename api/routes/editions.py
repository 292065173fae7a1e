"""Editions: lists, one, and what its import found."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deps import CurrentView, InLanguage, reply, requires
from api.paging import page
from api.policies import Actor, Policy
from api.schemas.editions import EditionOut, FindingOut, finding_from_domain, from_domain
from api.storage.engine import reading
from api.storage.map_store import findings_of
from geo.editions import edition_by_id

router = APIRouter(tags=["map | 责任地图"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]


class Paged(BaseModel):
    """A page of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=100, ge=1, le=1000)
    after: str | None = Field(default=None, max_length=2000, description="cursor of the page before | 游标")


class EditionPage(BaseModel):
    """A page of editions; `next` is the address of the following one."""

    items: list[EditionOut]
    next: str | None


class FindingList(BaseModel):
    """What the import of an edition found."""

    items: list[FindingOut]


@router.get("/v1/editions", response_model=EditionPage)
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
    items = [from_domain(edition, current=edition == view.latest.edition) for edition in shown]
    return reply(request, {"items": items, "next": following})


@router.get("/v1/editions/{edition_id}", response_model=EditionOut)
async def one_edition(request: Request, edition_id: int, actor: Caller, view: CurrentView) -> Response:
    """One published edition. 单个版本。"""
    edition = edition_by_id(view.editions, edition_id)
    return reply(request, from_domain(edition, current=edition == view.latest.edition))


@router.get("/v1/editions/{edition_id}/findings", response_model=FindingList)
def findings(request: Request, edition_id: int, actor: Caller, view: CurrentView, lang: InLanguage) -> Response:
    """What the import of this edition found: gaps, overlaps, repairs. 导入时发现的问题。"""
    edition = edition_by_id(view.editions, edition_id)
    with reading(request.app.state.engine) as session:
        found = findings_of(session, edition.id)
    return reply(request, {"items": [finding_from_domain(finding, lang) for finding in found]})
