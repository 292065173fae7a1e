"""The map's own health: audits, the list of what they found, and what becomes of it."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import Field

from api.deps import InLanguage, in_turn, reply, requires
from api.paging import Cursor, Limit, page
from api.policies import Actor, Policy
from api.schemas.asof import Spoken
from api.schemas.audit import (
    AuditIn,
    AuditOut,
    LatestOut,
    MapFindingDetail,
    MapFindingPage,
    Settling,
    Taking,
    as_geojson,
    audit_from_domain,
    detail_from_domain,
    finding_from_domain,
)
from api.schemas.problem import problems
from api.schemas.sample import sample
from api.services.auditing import last_audit, listed, resolve, run_audit, take, todo_with_history
from geo.audit.kinds import SEVERITIES, Severity
from geo.audit.todo import Todo

router = APIRouter(tags=["audit | 地图体检"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]
Auditor = Annotated[Actor, requires(Policy.AUDIT)]
SAMPLE_ID = "overlap-e4e73f08defd"
FindingId = Annotated[
    str,
    Path(description="id of the finding | 问题编号", openapi_examples=sample(SAMPLE_ID), max_length=200),
]
GEOJSON = "application/geo+json"
AS_GEOJSON: dict[int | str, dict[str, Any]] = {200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}}


class FindingQuery(Spoken):
    """Filters of the list of findings."""

    kind: str | None = Field(default=None, description="gap, overlap, equal-rank … | 种类", examples=["gap"])
    severity: Severity | None = Field(default=None, description="how grave | 轻重", examples=["error"])
    state: Literal["to_do", "open", "in_hand", "resolved", "closed", "all"] = Field(
        default="to_do", description="to_do: open or in hand | 状态，to_do 为待办", examples=["to_do"]
    )
    scheme: str | None = Field(default=None, max_length=200, description="scheme | 体系", examples=["sanitation"])
    level: str | None = Field(default=None, max_length=200, description="level | 层级", examples=["area"])
    unit: str | None = Field(
        default=None, max_length=200, description="unit that can mend it | 可改正的单位", examples=["sanitation-04"]
    )
    category: str | None = Field(
        default=None, max_length=200, description="of this or of every category | 问题类别", examples=["1104"]
    )
    format: Literal["json", "geojson"] = Field(
        default="json", description="geojson: all with ground, not in pages | 图形，不分页", examples=["json"]
    )
    limit: Limit = 100
    after: Cursor = None


@router.post(
    "/v1/audit", summary="Audit the map · 地图体检", response_model=AuditOut, responses=problems(404, 409, 422, 503)
)
async def audit(
    request: Request,
    query: Annotated[Spoken, Query()],
    actor: Auditor,
    body: Annotated[AuditIn | None, Body(openapi_examples=sample({"edition": 1, "positions": 50}))] = None,
) -> Response:
    """What is wrong with an edition or the draft; it takes some seconds. 体检版本或草稿，结果记入待办，约需数秒。"""
    given = body or AuditIn()
    record = await in_turn(
        request,
        lambda: run_audit(
            request.app.state.engine,
            edition=given.edition,
            draft=given.draft,
            positions=given.positions,
            actor=actor.name,
            now=datetime.now(UTC),
            drawings=request.app.state.drafts.drawings,
        ),
    )
    return reply(request, audit_from_domain(record))


@router.get(
    "/v1/audit", summary="The last audit · 最近一次体检", response_model=LatestOut, responses=problems(422, 503)
)
def latest(request: Request, query: Annotated[Spoken, Query()], actor: Caller) -> Response:
    """What the last audit counted, and how sure the answers are by category and accuracy. 最近一次体检的统计。"""
    record = last_audit(request.app.state.engine)
    return reply(request, {"audit": None if record is None else audit_from_domain(record)})


@router.get(
    "/v1/audit/findings",
    summary="What audits found · 体检问题清单",
    response_model=MapFindingPage,
    responses=AS_GEOJSON | problems(422, 503),
)
def findings(request: Request, query: Annotated[FindingQuery, Query()], actor: Caller, lang: InLanguage) -> Response:
    """What is to be mended, the gravest first. 待办的问题，重的在前。"""
    found = listed(
        request.app.state.engine,
        state=query.state,
        kind=query.kind,
        severity=query.severity,
        scheme=query.scheme,
        level=query.level,
        unit=query.unit,
        category=query.category,
    )
    if query.format == "geojson":
        return reply(request, as_geojson(found, lang), media_type=GEOJSON)
    shown, following = page(request, found, key=_key, limit=query.limit, after=query.after, edition=None)
    return reply(request, {"items": [finding_from_domain(todo, lang) for todo in shown], "next": following})


@router.get(
    "/v1/audit/findings/{finding_id}",
    summary="One finding · 单个体检问题",
    response_model=MapFindingDetail,
    responses=problems(404, 422, 503),
)
def one_finding(
    request: Request, finding_id: FindingId, query: Annotated[Spoken, Query()], actor: Caller, lang: InLanguage
) -> Response:
    """A finding with its ground and what became of it. 问题的图形和经过。"""
    return _detail(request, finding_id, lang)


@router.post(
    "/v1/audit/findings/{finding_id}:take",
    summary="Take a finding in hand · 领办体检问题",
    response_model=MapFindingDetail,
    responses=problems(404, 409, 422, 503),
)
def take_finding(
    request: Request,
    finding_id: FindingId,
    query: Annotated[Spoken, Query()],
    actor: Auditor,
    lang: InLanguage,
    body: Annotated[Taking | None, Body(openapi_examples=sample({"note": "下周现场核界"}))] = None,
) -> Response:
    """Somebody is at it now; a finding that was settled is taken up again. 领办；已处理的重新办理。"""
    note = body.note if body else None
    take(request.app.state.engine, finding_id, note=note, actor=actor.name, now=datetime.now(UTC))
    return _detail(request, finding_id, lang)


@router.post(
    "/v1/audit/findings/{finding_id}:resolve",
    summary="Settle a finding · 处理体检问题",
    response_model=MapFindingDetail,
    responses=problems(404, 409, 422, 503),
)
def resolve_finding(
    request: Request,
    finding_id: FindingId,
    body: Annotated[Settling, Body(openapi_examples=sample({"code": "PerPolicy", "note": "按会议纪要保留"}))],
    query: Annotated[Spoken, Query()],
    actor: Auditor,
    lang: InLanguage,
) -> Response:
    """It was corrected, or may stay as it is; what is said to be corrected opens again when found. 改正或说明保留。"""
    engine, now = request.app.state.engine, datetime.now(UTC)
    resolve(engine, finding_id, body.code, note=body.note, actor=actor.name, now=now)
    return _detail(request, finding_id, lang)


def _detail(request: Request, finding_id: str, lang: Any) -> Response:
    todo, history = todo_with_history(request.app.state.engine, finding_id)
    return reply(request, detail_from_domain(todo, history, lang))


def _key(todo: Todo) -> tuple[int, str]:
    return SEVERITIES.index(todo.trouble.severity), todo.trouble.id
