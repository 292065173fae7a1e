"""Discrepancies: filed from any answer, listed, taken in hand, answered, reopened."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Header, Path, Query, Request, Response
from pydantic import Field

from api.deps import CurrentView, InLanguage, current_view, reply, requires
from api.paging import Cursor, Limit, page
from api.policies import Actor, Policy, may
from api.routes.areas import AS_GEOJSON, GEOJSON, Format
from api.schemas.answer import from_domain as write_answer
from api.schemas.asof import Spoken
from api.schemas.discrepancies import (
    AnsweringIn,
    DiscrepancyOut,
    DiscrepancyPage,
    ReopeningIn,
    TakingIn,
    feature,
    from_domain,
    item_from_domain,
)
from api.schemas.filing import SAMPLE_FILING, SAMPLE_ID, DiscrepancyIn
from api.schemas.problem import problems
from api.schemas.sample import sample
from api.services import discrepancies as service
from api.services import filing
from geo.discrepancies import Discrepancy, Kind, State
from geo.moments import parse_moment
from geo.wording import Lang

router = APIRouter(tags=["discrepancies | 信息有误"])
Asker = Annotated[Actor, requires(Policy.ASK)]
Caller = Annotated[Actor, requires(Policy.READ_MAP)]
Editor = Annotated[Actor, requires(Policy.ANSWER_DISCREPANCIES)]
DiscrepancyId = Annotated[
    str, Path(description="id of the discrepancy | 信息有误编号", openapi_examples=sample(SAMPLE_ID), max_length=200)
]
IdempotencyKey = Annotated[
    str | None,
    Header(description="said again with this key it is the same | 同一键值重复提交只登记一次"),
]


class DiscrepancyQuery(Spoken):
    """Filters of the list."""

    kind: Kind | None = Field(default=None, description="what is wrong | 哪里不对", examples=["RouteIncorrect"])
    state: State | None = Field(default=None, description="how it stands | 办理状态", examples=["filed"])
    unit: str | None = Field(
        default=None,
        description="code of the unit that led in the answer | 答复中的牵头单位",
        examples=["320508003008"],
    )
    steward: str | None = Field(
        default=None, description="code of a unit that must answer | 应答复的单位", examples=["320508003008"]
    )
    since: str | None = Field(
        default=None, max_length=40, description="filed then or later, ISO 8601 | 起始时刻", examples=["2026-01-01"]
    )
    format: Format = "json"
    limit: Limit = 100
    after: Cursor = None


@router.post(
    "/v1/discrepancies",
    summary="This answer is wrong · 这个答案不对",
    response_model=DiscrepancyOut,
    responses=problems(404, 409, 413, 422, 503),
)
def file(
    request: Request,
    body: Annotated[DiscrepancyIn, Body(openapi_examples=sample(SAMPLE_FILING))],
    actor: Asker,
    lang: InLanguage,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The service asks again itself, keeps its answer with the whole chain, and says who must answer by when.

    系统自己重问一遍，连同理由一起留存，并告知由谁、何时前答复。
    """
    # What the caller's answer cites may have been published by another worker a moment ago.
    request.app.state.holder.refresh()
    view, state = current_view(request), request.app.state
    report = filing.Report(**body.report(), key=idempotency_key)
    filed = filing.file(state.engine, view, report, write=write_answer, actor=actor.name, now=datetime.now(UTC))
    return _reply(request, filed, actor, view, lang)


@router.get(
    "/v1/discrepancies",
    summary="Discrepancies · 信息有误列表",
    response_model=DiscrepancyPage,
    responses=AS_GEOJSON | problems(422, 503),
)
def list_discrepancies(
    request: Request, query: Annotated[DiscrepancyQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Discrepancies in the order filed; `format=geojson` gives points. 按提交先后，可取点位。"""
    engine, zone, now = request.app.state.engine, view.latest.zone, datetime.now(UTC)
    numbers = service.list_numbers(
        engine,
        kind=query.kind,
        state=query.state,
        unit=query.unit or None,
        steward=query.steward or None,
        since=parse_moment(query.since, zone=zone, field="since") if query.since else None,
    )
    shown, following = page(
        request, numbers, key=lambda number: (number,), limit=query.limit, after=query.after, edition=None
    )
    found = service.read_many(engine, shown)
    if query.format == "geojson":
        features = [feature(one, now, zone, lang) for one in found]
        body = {"type": "FeatureCollection", "features": features, "next": following}
        return reply(request, body, media_type=GEOJSON)
    return reply(request, {"items": [item_from_domain(one, now, zone, lang) for one in found], "next": following})


@router.get(
    "/v1/discrepancies/{discrepancy_id:path}",
    summary="One discrepancy with its timeline · 单条信息有误",
    response_model=DiscrepancyOut,
    responses=problems(404, 422, 503),
)
def one_discrepancy(
    request: Request,
    discrepancy_id: DiscrepancyId,
    query: Annotated[Spoken, Query()],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """What was asked, what was answered, and everything done since. 问了什么、答了什么、办到哪一步。"""
    return _reply(request, service.one(request.app.state.engine, discrepancy_id), actor, view, lang)


@router.post(
    "/v1/discrepancies/{discrepancy_id:path}:take",
    summary="Take a discrepancy in hand · 接办",
    response_model=DiscrepancyOut,
    responses=problems(404, 409, 422, 503),
)
def take(
    request: Request,
    discrepancy_id: DiscrepancyId,
    actor: Editor,
    view: CurrentView,
    lang: InLanguage,
    body: Annotated[TakingIn | None, Body(openapi_examples=sample({"by": "320508003008"}))] = None,
) -> Response:
    """Somebody sees to it. 有人接办。"""
    said = (body or TakingIn()).model_dump()
    taken = service.take(
        request.app.state.engine, view.latest, discrepancy_id, **said, actor=actor.name, now=datetime.now(UTC)
    )
    return _reply(request, taken, actor, view, lang)


@router.post(
    "/v1/discrepancies/{discrepancy_id:path}:answer",
    summary="Answer a discrepancy · 答复",
    response_model=DiscrepancyOut,
    responses=problems(404, 409, 422, 503),
)
def answer(
    request: Request,
    discrepancy_id: DiscrepancyId,
    body: Annotated[
        AnsweringIn, Body(openapi_examples=sample({"resolution": "NoDiscrepancy", "note": "界桩在市场北侧，现场核过"}))
    ],
    actor: Editor,
    lang: InLanguage,
) -> Response:
    """A resolution code ends it; with DiscrepancyCorrected it is asked again at once. 答复；已更正的当场重问。"""
    request.app.state.holder.refresh()  # it may have been put right a moment ago, by another worker
    view = current_view(request)
    said = {name.rstrip("_"): value for name, value in body.model_dump().items()}
    answered = service.answer(
        request.app.state.engine, view, discrepancy_id, **said, actor=actor.name, now=datetime.now(UTC)
    )
    return _reply(request, answered, actor, view, lang)


@router.post(
    "/v1/discrepancies/{discrepancy_id:path}:reopen",
    summary="Reopen a discrepancy · 重新提交",
    response_model=DiscrepancyOut,
    responses=problems(404, 409, 422, 503),
)
def reopen(
    request: Request,
    discrepancy_id: DiscrepancyId,
    body: Annotated[ReopeningIn, Body(openapi_examples=sample({"reason": "又派错了一次"}))],
    actor: Editor,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """It is not settled after all, and is owed an answer anew. 没解决，重新计时答复。"""
    said = body.model_dump()
    reopened = service.reopen(
        request.app.state.engine, view.latest, discrepancy_id, **said, actor=actor.name, now=datetime.now(UTC)
    )
    return _reply(request, reopened, actor, view, lang)


def _reply(request: Request, one: Discrepancy, actor: Actor, view: CurrentView, lang: Lang) -> Response:
    with_contact = may(actor, Policy.ANSWER_DISCREPANCIES)
    body = from_domain(one, datetime.now(UTC), view.latest.zone, lang, with_contact=with_contact)
    return reply(request, body)
