"""Who is responsible here?"""

from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from api.deps import InLanguage, check_allowed, current_view, reply, requires, without_blocking
from api.errors import problem_of, say_validation
from api.policies import Actor, Policy
from api.schemas.answer import Answer, edition_ref, from_domain, json_of
from api.schemas.lookup import BATCH, BatchAnswer, BatchItem, BatchRequest, LookupQuery
from api.schemas.problem import problems
from api.schemas.sample import sample
from api.services.asking import Asked, Editions, Frame, as_draft, ask, ask_many, choose, in_draft
from geo.errors import GeoError, InvalidInput
from geo.wording import Lang, Phrase

router = APIRouter(tags=["responsibility | 责任认定"])

Caller = Annotated[Actor, requires(Policy.ASK)]
TOO_MANY = Phrase(
    zh="positions 有 {count} 项；至多 {limit} 项，请分批",
    en="positions has {count} items; give at most {limit}, in several requests",
)
SHARED = ("datum", "accuracy_m", "confidence", "category", "at", "facts", "receiver")
BAD_POSITION = Phrase(zh="{messages}", en="{messages}")


@router.get(
    "/v1/responsible",
    summary="Who is responsible here? · 这里归谁管？",
    response_model=Answer,
    responses=problems(404, 422, 503),
)
async def responsible(
    request: Request, query: Annotated[LookupQuery, Query()], actor: Caller, lang: InLanguage
) -> Response:
    """Exactly one lead unit for a place, a kind of problem and a moment, with the doubt stated and the next step named.

    一个位置、一类问题、一个时刻，得到唯一的牵头单位，并说明把握、理由和下一步。
    """
    asked = Asked(
        **query.model_dump(exclude={"known_at", "edition", "register_", "draft", "lang", "fact"}),
        facts=tuple(query.fact),
    )
    frame = Frame(now=datetime.now(UTC), known_at=query.known_at, edition=query.edition, register=query.register_)
    if query.draft:
        return reply(request, await run_in_threadpool(lambda: _from_draft(request, actor, asked, frame, lang)))
    view = current_view(request)
    answer = await without_blocking(view, frame, asked.at, lambda: ask(view, asked, frame))
    return reply(request, from_domain(answer, lang))


@router.post(
    "/v1/responsible:batch",
    summary="Many places at once · 批量询问",
    response_model=BatchAnswer,
    responses=problems(404, 413, 422, 503),
)
async def responsible_batch(
    request: Request,
    body: Annotated[BatchRequest, Body(openapi_examples=sample(BATCH))],
    actor: Caller,
    lang: InLanguage,
) -> Response:
    """One answer a position, in order; a bad position is that item's error. 批量询问，顺序不变，坏的只影响自己。"""
    limit = request.app.state.settings.batch_limit
    if len(body.positions) > limit:
        raise InvalidInput(TOO_MANY, count=len(body.positions), limit=limit)
    frame = Frame(now=datetime.now(UTC), known_at=body.known_at, edition=body.edition, register=body.register_)
    said = body.lang or lang
    view = None if body.draft else current_view(request)
    if view is not None:
        choose(view, frame, body.at)  # what is wrong for all of them is no error of the items

    def answer() -> dict[str, Any]:
        used, framed = (view, frame) if view is not None else _draft(request, actor, frame)
        edition, moment = choose(used, framed, body.at)
        found = ask_many(used, [_asked(position, body, said) for position in body.positions], framed)
        if view is None:
            found = [one if isinstance(one, GeoError) else as_draft(one) for one in found]
        answers = [
            {"error": problem_of(one, said)} if isinstance(one, GeoError) else orjson.Fragment(json_of(one, said))
            for one in found
        ]
        return {"answers": answers, "edition": edition_ref(edition, moment.roster.number)}

    # Ten thousand answers take most of a second: not on the loop that serves everybody else.
    return reply(request, await run_in_threadpool(answer))


def _draft(request: Request, actor: Actor, frame: Frame) -> tuple[Editions, Frame]:
    """The draft as if published, for those who may read the map's drafts; its atlas may first have to be built."""
    check_allowed(actor, Policy.READ_MAP)
    view = request.app.state.drafts.view()
    return view, in_draft(frame, view.latest.edition)


def _from_draft(request: Request, actor: Actor, asked: Asked, frame: Frame, lang: Lang) -> dict[str, Any]:
    view, framed = _draft(request, actor, frame)
    return from_domain(as_draft(ask(view, asked, framed)), lang)


def _asked(position: Any, body: BatchRequest, lang: Lang) -> Asked | GeoError:
    try:
        item = BatchItem.model_validate(position)
    except ValidationError as error:
        messages = [item["message"] for item in say_validation(list(error.errors()), lang)]
        return InvalidInput(BAD_POSITION, messages="; ".join(messages))
    own = item.model_dump()
    common = {name: getattr(body, name) for name in SHARED}
    said = {**own, **{name: common[name] for name in common if own[name] is None}}
    return Asked(**{**said, "facts": tuple(said["facts"] or ())})
