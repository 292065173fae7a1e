"""Places: what a caller says becomes positions for the look-up."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.deps import CurrentView, InLanguage, atlas_at, reply, requires
from api.policies import Actor, Policy
from api.schemas.asof import AsOf
from api.schemas.places import PlaceList, from_domain
from api.schemas.problem import problems
from geo.places.kept import has_places, places_of

router = APIRouter(tags=["responsibility | 责任认定"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]


class PlaceQuery(AsOf):
    """What was said, and how many readings of it are wanted."""

    q: str = Field(
        description="road and number, site, estate and building, crossing, area, coordinates, or a map link"
        " | 路名门牌、点位、小区楼幢、路口、区域、坐标或地图链接",
        examples=["青禾农贸市场北侧30米"],
    )
    limit: int = Field(default=5, ge=1, le=50, description="places at most | 最多几条", examples=[5])


@router.get(
    "/v1/places", summary="Find a place · 查找地点", response_model=PlaceList, responses=problems(404, 422, 503)
)
async def find_places(
    request: Request, query: Annotated[PlaceQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Places for a text, the likeliest first, each with a query for `/v1/responsible`. 按口述查找地点。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    # The first search of an edition indexes its names.
    places = places_of(atlas) if has_places(atlas) else await run_in_threadpool(places_of, atlas)
    hits = places.search(query.q, limit=query.limit)
    return reply(request, {"items": [from_domain(hit, lang) for hit in hits], "edition": atlas.edition.id})
