"""Who is responsible along a line, or over a ground?"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from starlette.concurrency import run_in_threadpool

from api.deps import CurrentView, InLanguage, reply, requires
from api.policies import Actor, Policy
from api.schemas.problem import problems
from api.schemas.sample import sample
from api.schemas.shapes import SHAPE, ShapeAnswer, ShapeRequest, from_domain
from api.services.asking import Frame
from api.services.sharing import AskedShape, share

router = APIRouter(tags=["responsibility | 责任认定"])
Caller = Annotated[Actor, requires(Policy.ASK)]


@router.post(
    "/v1/responsible",
    summary="Who is responsible along a line, or over a ground? · 这条路、这片地归谁管？",
    response_model=ShapeAnswer,
    responses=problems(404, 413, 422, 503),
)
async def responsible_for_shape(
    request: Request,
    body: Annotated[ShapeRequest, Body(openapi_examples=sample(SHAPE))],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """The units that lead on a shape with their shares, by length of a line or by area of a ground; the largest leads.

    一条线按长度、一片地按面积，给出各单位的份额；份额最大的牵头。
    """
    asked = AskedShape(geometry=body.geometry, datum=body.datum, category=body.category, at=body.at)
    frame = Frame(now=datetime.now(UTC), known_at=body.known_at, edition=body.edition)
    # A shape over the whole city takes a second: not on the loop that serves everybody else.
    shared = await run_in_threadpool(share, view, asked, frame)
    return reply(request, from_domain(shared, body.lang or lang))
