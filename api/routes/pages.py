"""Pages and maps: the start page, the heat map, the API documentation."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import CurrentView, InLanguage, reply, requires
from api.policies import Actor, Policy
from api.schemas.asof import AsOf
from api.schemas.problem import problems
from api.services.asking import Frame, choose
from api.storage.errors import NotMigrated
from geo.atlas import Atlas
from geo.errors import NothingPublished
from geo.wording import Lang
from maps.heat import heat_map
from maps.pages import docs_page, start_page

router = APIRouter(tags=["pages | 页面"])
Caller = Annotated[Actor, requires(Policy.SEE_PAGES)]
HTML = "text/html; charset=utf-8"


@router.get("/", include_in_schema=False)
def start(request: Request, actor: Caller, lang: InLanguage) -> Response:
    """The start page; it also says what to do when nothing is published yet."""
    try:
        view = request.app.state.holder.view()
    except (NothingPublished, NotMigrated):
        return reply(request, start_page(city=None, areas=(), edition=None, lang=lang), media_type=HTML)
    return reply(request, _start(view.latest, lang), media_type=HTML)


@router.get(
    "/maps/heat",
    summary="Heat map · 热力图",
    response_class=HTMLResponse,
    responses=problems(404, 422, 503),
)
def heat(
    request: Request, query: Annotated[AsOf, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """The heat map of the city's records, as a page. 城市记录的热力图页面。"""
    frame = Frame(now=datetime.now(UTC), known_at=query.known_at, edition=query.edition)
    edition, _ = choose(view, frame, query.at)
    return reply(request, _heat(view.atlas(edition), lang), media_type=HTML)


@router.get("/docs", include_in_schema=False)
def docs(request: Request, actor: Caller, lang: InLanguage) -> Response:
    """The API documentation, out of our own files."""
    return reply(request, docs_page(lang=lang), media_type=HTML)


@router.get("/favicon.ico", include_in_schema=False)
async def favicon(actor: Caller) -> Response:
    """Browsers ask for it whatever the page says."""
    return RedirectResponse("/static/pointward.svg")


# An atlas is immutable, so a page made from it is too. Few are kept: a page is a megabyte or so.
@lru_cache(maxsize=4)
def _start(atlas: Atlas, lang: Lang) -> str:
    city_map = atlas.city_map
    return start_page(
        city=atlas.city,
        areas=atlas.areas,
        edition=atlas.edition,
        lang=lang,
        schemes=city_map.schemes,
        has_records=bool(city_map.records),
        categories=city_map.categories,
    )


@lru_cache(maxsize=4)
def _heat(atlas: Atlas, lang: Lang) -> str:
    records = atlas.city_map.records
    return heat_map(
        city=atlas.city,
        areas=atlas.areas,
        lon=np.concatenate([one.lon for one in records] or [np.array([])]),
        lat=np.concatenate([one.lat for one in records] or [np.array([])]),
        assets="served",
        lang=lang,
        schemes=atlas.city_map.schemes,
    )
