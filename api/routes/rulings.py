"""Rulings and permits: lists, recording, revoking."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Request, Response

from api.deps import CurrentView, InLanguage, reply, requires
from api.paging import page
from api.policies import Actor, Policy
from api.routes.register import RegisterPage, RegisterQuery, roster_of
from api.schemas.problem import problems
from api.schemas.rulings import (
    Decision,
    PermitEntryOut,
    PermitIn,
    Revocation,
    RulingIn,
    RulingOut,
    RulingRecorded,
    permit_from_domain,
    ruling_from_domain,
)
from api.schemas.sample import sample
from api.services.arbitrating import notices
from api.services.deciding import decide, revoke
from api.services.ruling import Asked, permit, rule
from geo.register.rulings import Permit, Ruling
from geo.wording import Lang

router = APIRouter(tags=["rulings | 裁定与审批"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]
Editor = Annotated[Actor, requires(Policy.EDIT_REGISTER)]
RulingId = Annotated[
    str, Path(description="id of the ruling | 裁定编号", openapi_examples=sample("2026-07"), max_length=200)
]
PermitId = Annotated[
    str, Path(description="id of the permit | 审批编号", openapi_examples=sample("P2026-31"), max_length=200)
]
RULING = {
    "unit": "urban-management",
    "categories": ["1501", "1502"],
    "ground": {"halo": "P-005"},
    "reason": "市场门口流动摊贩归城管，全天",
    "reason_en": "Hawkers at the market's gate are urban management's at any hour",
    "source": "示例会议纪要〔2026〕7号",
    "decided_by": "DD/hq",
    "valid_from": "2026-11-01",
    "valid_to": "2027-06-30",
}
DECISION = {"decided_by": "DD/hq", "valid_from": "2026-11-01"}
PERMIT = {
    "categories": ["1501"],
    "ground": {"halo": "P-003"},
    "holder": "便民菜摊，农户自产自销",
    "holder_en": "A stall for farmers",
    "source": "示例审批〔2026〕31号",
    "valid_from": "2026-11-01",
    "valid_to": "2027-03-01",
}


@router.put(
    "/v1/rulings/{ruling_id:path}",
    summary="Record a ruling · 登记裁定",
    response_model=RulingRecorded,
    responses=problems(404, 409, 422, 503),
)
def put_ruling(
    request: Request,
    ruling_id: RulingId,
    body: Annotated[RulingIn, Body(openapi_examples=sample(RULING))],
    actor: Editor,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """Who leads this kind here from now on; it goes before every other rung, in force at once. 裁定优先于一切归属。

    A `draft` is in force for nobody until it is decided; a later draft takes its place. 草案经决定才生效。
    """
    given = body.model_dump(exclude={"reason", "reason_en"}, by_alias=True)
    asked = Asked(id=ruling_id, text=body.reason, text_en=body.reason_en, **given)
    roster, now = view.register.roster(view.register.number), datetime.now(UTC)
    recorded = rule(request.app.state.engine, view.latest, roster, asked, actor=actor.name, now=now)
    return _recorded(request, recorded, lang, now)


@router.post(
    "/v1/rulings/{ruling_id:path}:decide",
    summary="Decide a draft · 决定草案",
    response_model=RulingRecorded,
    responses=problems(404, 409, 422, 503),
)
def decide_ruling(
    request: Request,
    ruling_id: RulingId,
    actor: Editor,
    view: CurrentView,
    lang: InLanguage,
    body: Annotated[Decision | None, Body(openapi_examples=sample(DECISION))] = None,
) -> Response:
    """A drafted ruling is decided, and in force at once. 草案作出裁定，立即生效。"""
    now = datetime.now(UTC)
    given = (body or Decision()).model_dump()
    decided = decide(request.app.state.engine, view.latest, ruling_id, **given, actor=actor.name, now=now)
    return _recorded(request, decided, lang, now)


def _recorded(request: Request, ruling: Ruling, lang: Lang, now: datetime) -> Response:
    """The ruling, with what whoever recorded it should know, as everybody sees the register now."""
    request.app.state.holder.refresh()
    view = request.app.state.holder.view()
    said = [notice.say(lang) for notice in notices(view, ruling, now)]
    return reply(request, {**ruling_from_domain(ruling, lang), "notices": said})


@router.put(
    "/v1/permits/{permit_id:path}",
    summary="Record a permit · 登记审批",
    response_model=PermitEntryOut,
    responses=problems(404, 409, 422, 503),
)
def put_permit(
    request: Request,
    permit_id: PermitId,
    body: Annotated[PermitIn, Body(openapi_examples=sample(PERMIT))],
    actor: Editor,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """What is permitted is not to be dealt with until the permit ends. 批准的例外，到期前不用处置。"""
    given = body.model_dump(exclude={"holder", "holder_en"})
    asked = Asked(id=permit_id, text=body.holder, text_en=body.holder_en, **given)
    recorded = permit(request.app.state.engine, view.latest, asked, actor=actor.name, now=datetime.now(UTC))
    request.app.state.holder.refresh()
    return reply(request, permit_from_domain(recorded, lang))


@router.post(
    "/v1/rulings/{ruling_id:path}:revoke",
    summary="Revoke a ruling · 撤销裁定",
    response_model=RulingOut,
    responses=problems(404, 422, 503),
)
def revoke_ruling(
    request: Request,
    ruling_id: RulingId,
    actor: Editor,
    view: CurrentView,
    lang: InLanguage,
    body: Annotated[Revocation | None, Body(openapi_examples=sample({"at": "2027-06-30"}))] = None,
) -> Response:
    """No longer in force from a moment on; it stays on record. A draft is withdrawn. 撤销裁定或撤回草案，记录保留。"""
    at = body.at if body else None
    ended = revoke(
        request.app.state.engine, view.latest, Ruling, ruling_id, at=at, actor=actor.name, now=datetime.now(UTC)
    )
    request.app.state.holder.refresh()
    return reply(request, ruling_from_domain(ended, lang))


@router.post(
    "/v1/permits/{permit_id:path}:revoke",
    summary="Revoke a permit · 撤销审批",
    response_model=PermitEntryOut,
    responses=problems(404, 422, 503),
)
def revoke_permit(
    request: Request,
    permit_id: PermitId,
    actor: Editor,
    view: CurrentView,
    lang: InLanguage,
    body: Annotated[Revocation | None, Body(openapi_examples=sample({"at": "2027-03-01"}))] = None,
) -> Response:
    """No longer in force from a moment on; it stays on record. 撤销审批，记录保留。"""
    at = body.at if body else None
    ended = revoke(
        request.app.state.engine, view.latest, Permit, permit_id, at=at, actor=actor.name, now=datetime.now(UTC)
    )
    request.app.state.holder.refresh()
    return reply(request, permit_from_domain(ended, lang))


@router.get(
    "/v1/rulings",
    summary="Rulings · 裁定列表",
    response_model=RegisterPage[RulingOut],
    responses=problems(404, 422, 503),
)
async def list_rulings(
    request: Request, query: Annotated[RegisterQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Rulings by id, those that have ended too. 裁定，含已失效的。"""
    roster = roster_of(view, query)
    found = [roster.rulings[id_] for id_ in sorted(roster.rulings)]
    shown, following = page(
        request, found, key=lambda one: (one.id,), limit=query.limit, after=query.after, edition=None
    )
    items = [ruling_from_domain(one, lang) for one in shown]
    return reply(request, {"items": items, "next": following, "register": roster.number})


@router.get(
    "/v1/permits",
    summary="Permits · 审批列表",
    response_model=RegisterPage[PermitEntryOut],
    responses=problems(404, 422, 503),
)
async def list_permits(
    request: Request, query: Annotated[RegisterQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Permits by id, those that have ended too. 审批，含已到期的。"""
    roster = roster_of(view, query)
    found = [roster.permits[id_] for id_ in sorted(roster.permits)]
    shown, following = page(
        request, found, key=lambda one: (one.id,), limit=query.limit, after=query.after, edition=None
    )
    items = [permit_from_domain(one, lang) for one in shown]
    return reply(request, {"items": items, "next": following, "register": roster.number})
