"""Registered components: lists, and one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from api.deps import CurrentView, InLanguage, atlas_at, reply, requires
from api.listing import Listed, Page, matching, reply_list
from api.policies import Actor, Policy
from api.routes.areas import AS_GEOJSON, GEOJSON, OneArea
from api.schemas.components import ComponentOut, feature, from_domain
from api.schemas.problem import problems
from api.schemas.sample import sample
from geo.atlas import Atlas
from geo.components import Component, ComponentState
from geo.wording import Name

router = APIRouter(tags=["map | 责任地图"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]


class ComponentQuery(Listed):
    """Filters of the list of components."""

    category: str | None = Field(
        default=None, description="code of the category, or of one above it | 问题类别编码，含其下级", examples=["0302"]
    )
    owner: str | None = Field(default=None, description="code of the owner | 权属单位编码", examples=["sanitation"])
    maintainer: str | None = Field(
        default=None, description="code of the maintainer | 养护单位编码", examples=["street-cleaning"]
    )
    state: ComponentState | None = Field(default=None, description="its state | 部件状态", examples=["damaged"])


@router.get(
    "/v1/components",
    summary="Registered components · 部件列表",
    response_model=Page[ComponentOut],
    responses=problems(404, 422, 503),
)
async def list_components(
    request: Request, query: Annotated[ComponentQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Registered components by id. 部件列表。"""
    return await reply_list(
        request,
        view,
        query,
        lang,
        select=lambda atlas: _selected(atlas, query),
        key=lambda item: (item[0].id,),
        show=lambda item, said: from_domain(*item, said),
    )


@router.get(
    "/v1/components/{component_id:path}",
    summary="One component · 单个部件",
    response_model=ComponentOut,
    responses=AS_GEOJSON | problems(404, 422, 503),
)
async def one_component(
    request: Request,
    component_id: Annotated[
        str, Path(description="id of the component | 部件编号", openapi_examples=sample("3205080102000001"))
    ],
    query: Annotated[OneArea, Query()],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """One component; `format=geojson` gives it as a point. 单个部件，可取点位。"""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    component = atlas.component(component_id)
    category = atlas.categories.by_code[component.category].name
    if query.format == "geojson":
        return reply(request, feature(component, category, lang), media_type=GEOJSON)
    return reply(request, from_domain(component, category, lang))


def _selected(atlas: Atlas, query: ComponentQuery) -> list[tuple[Component, Name]]:
    """The components that the query wants, each with what its category is called."""
    components = matching(atlas.city_map.components, query, "owner", "maintainer", "state")
    if query.category:
        components = [one for one in components if query.category in atlas.categories.chain(one.category)]
    return [(one, atlas.categories.by_code[one.category].name) for one in components]
