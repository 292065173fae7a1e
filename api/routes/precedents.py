"""For whoever decides a dispute: rulings like it, and general rulings that are due."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, field_validator

from api.deps import CurrentView, InLanguage, reply, requires
from api.policies import Actor, Policy
from api.routes.areas import AS_GEOJSON, GEOJSON, Format
from api.routes.register import RegisterAsOf, roster_of
from api.schemas.asof import Spoken
from api.schemas.lookup import CATEGORY, DATUM, Code, no_slips
from api.schemas.precedents import (
    ProposalList,
    SimilarList,
    proposal_features,
    proposal_from_domain,
    similar_from_domain,
)
from api.schemas.problem import problems
from api.services.arbitrating import AskedLike, proposed, similar

router = APIRouter(tags=["rulings | 裁定与审批"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]


class SimilarQuery(RegisterAsOf):
    """A dispute: a place, or a ruling of the register; what stands beside a ruling goes instead of its own."""

    lon: float | None = Field(default=None, description="longitude | 经度", examples=[120.6529271])
    lat: float | None = Field(default=None, description="latitude | 纬度", examples=[31.3062344])
    datum: str | None = Field(default=None, max_length=40, description=DATUM, examples=["wgs84"])
    category: Code | None = Field(default=None, description=CATEGORY, examples=["1501"])
    between: str | None = Field(
        default=None,
        max_length=1000,
        description="units in dispute, A,B; default: as the answer there tells | 争议单位，默认按答案",
        examples=["markets,urban-management"],
    )
    ruling: str | None = Field(default=None, max_length=200, description="a ruling, such as a draft | 裁定编号，如草案")
    limit: int = Field(default=20, ge=1, le=100, description="how many | 条数", examples=[20])

    _numbers = field_validator("lon", "lat", mode="before")(no_slips)


class ProposalQuery(Spoken):
    """In which shape."""

    format: Format = "json"


@router.get(
    "/v1/rulings:similar",
    summary="Rulings like a dispute · 类似裁定",
    response_model=SimilarList,
    responses=problems(404, 422, 503),
)
def similar_rulings(
    request: Request, query: Annotated[SimilarQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """The likest first, and why: kind, distance, units in common; those revoked too. 类似裁定及理由，含已撤销的。"""
    roster = roster_of(view, query)
    asked = AskedLike(
        lon=query.lon,
        lat=query.lat,
        datum=query.datum,
        category=query.category,
        between=[code.strip() for code in (query.between or "").split(",") if code.strip()],
        ruling=query.ruling,
    )
    found = similar(view, roster, asked, now=datetime.now(UTC))[: query.limit]
    return reply(request, {"items": [similar_from_domain(one, lang) for one in found], "register": roster.number})


@router.get(
    "/v1/rulings:proposals",
    summary="General rulings that are due · 可定的一般规则",
    response_model=ProposalList,
    responses=AS_GEOJSON | problems(422, 503),
)
def ruling_proposals(
    request: Request, query: Annotated[ProposalQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """After three settled disputes of two units over one major: the rule, filled in. 三次同类裁定后提议一般规则。"""
    found = [proposal_from_domain(one, lang) for one in proposed(view, datetime.now(UTC))]
    if query.format == "geojson":
        return reply(request, proposal_features(found), media_type=GEOJSON)
    return reply(request, {"proposals": found, "register": view.register.number})
