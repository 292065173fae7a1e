"""The draft: written thing by thing, looked at, thrown away, published."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Query, Request, Response

from api.deps import InLanguage, reply, requires
from api.policies import Actor, Policy
from api.schemas.asof import Spoken
from api.schemas.draft import (
    NAMES,
    SAMPLE_CHANGES,
    SAMPLE_CLAIM,
    SAMPLE_CODE,
    ChangeList,
    DraftOut,
    DroppedOut,
    Publication,
    WrittenOut,
    changes_from,
    state_from_domain,
    written_from_domain,
)
from api.schemas.editions import EditionOut, from_domain
from api.schemas.problem import problems
from api.schemas.sample import sample
from api.services.drafting import NO_DRAFT_TAG, change_draft, discard_draft, read_draft, read_thing
from api.services.publishing import publish, published
from geo.changes.change import Change
from geo.editions import current_edition
from geo.wording import Lang

router = APIRouter(tags=["draft | 草稿"])
Reader = Annotated[Actor, requires(Policy.READ_MAP)]
Editor = Annotated[Actor, requires(Policy.EDIT_DRAFT)]
Publisher = Annotated[Actor, requires(Policy.PUBLISH)]
CollectionName = Annotated[
    str, Path(description=f"one of {NAMES} | 类别，取其中之一", openapi_examples=sample("claims"))
]
Code = Annotated[
    str,
    Path(
        description="code of the thing; of an area scheme/level/code | 编码；区域写 体系/层级/编码",
        openapi_examples=sample(SAMPLE_CODE),
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        description="only if the draft has this ETag, from GET /v1/draft or the last write | ETag 相同才执行",
    ),
]


@router.put(
    "/v1/draft/{collection}/{code:path}",
    summary="Put a thing into the draft · 写入草稿",
    response_model=WrittenOut,
    responses=problems(404, 412, 413, 422, 503),
)
def put(
    request: Request,
    collection: CollectionName,
    code: Code,
    body: Annotated[dict[str, Any], Body(openapi_examples=sample(SAMPLE_CLAIM))],
    query: Annotated[Spoken, Query()],
    actor: Editor,
    lang: InLanguage,
    if_match: IfMatch = None,
) -> Response:
    """What stands at this address is as the body says; checked like an import. 新增或整条替换，与导入同样检查。"""
    return _write(request, [Change(collection, code, body)], if_match, actor, lang)


@router.get(
    "/v1/draft/{collection}/{code:path}",
    summary="One thing of the draft · 读草稿中的一条",
    response_model=dict[str, Any],
    responses=problems(404, 422, 503),
)
def one(
    request: Request, collection: CollectionName, code: Code, query: Annotated[Spoken, Query()], actor: Reader
) -> Response:
    """What stands at this address, as the body that puts it there. 草稿中的这一条，格式与写入时相同。"""
    body, tag = read_thing(request.app.state.engine, collection, code)
    return reply(request, body, tag=tag)


@router.delete(
    "/v1/draft/{collection}/{code:path}",
    summary="Delete a thing from the draft · 从草稿删除",
    response_model=WrittenOut,
    responses=problems(404, 412, 422, 503),
)
def delete(
    request: Request,
    collection: CollectionName,
    code: Code,
    query: Annotated[Spoken, Query()],
    actor: Editor,
    lang: InLanguage,
    if_match: IfMatch = None,
) -> Response:
    """Nothing stands at this address any more; refused while something names it. 删除；仍被引用时拒绝。"""
    return _write(request, [Change(collection, code, None)], if_match, actor, lang)


@router.post(
    "/v1/draft:publish",
    summary="Publish the draft · 发布草稿",
    response_model=EditionOut,
    responses=problems(409, 412, 422, 503),
)
def publish_draft(
    request: Request,
    query: Annotated[Spoken, Query()],
    actor: Publisher,
    body: Annotated[Publication | None, Body(openapi_examples=sample({"valid_from": "2026-12-01"}))] = None,
    if_match: IfMatch = None,
) -> Response:
    """The draft becomes an edition; every worker answers from it within 2 s. 发布草稿，2 秒内生效。"""
    engine = request.app.state.engine
    given = body or Publication()
    edition = publish(
        engine,
        valid_from=given.valid_from,
        actor=actor.name,
        now=datetime.now(UTC),
        accept=given.accept,
        expected=if_match,
        field="valid_from",
        drafts=request.app.state.drafts,
    )
    current = current_edition(published(engine), clock=datetime.now(UTC))
    return reply(request, from_domain(edition, current=edition == current))


@router.get("/v1/draft", summary="The draft · 草稿现状", response_model=DraftOut, responses=problems(422, 503))
def state(request: Request, query: Annotated[Spoken, Query()], actor: Reader, lang: InLanguage) -> Response:
    """Whether there is a draft, what is in it, what was changed since and what was found. 草稿的内容、改动和问题。"""
    found = read_draft(request.app.state.engine)
    return reply(request, state_from_domain(found, lang), tag=found.tag if found else NO_DRAFT_TAG)


@router.patch(
    "/v1/draft",
    summary="Change the draft in several places · 成批修改草稿",
    response_model=WrittenOut,
    responses=problems(404, 412, 413, 422, 503),
)
def patch(
    request: Request,
    body: Annotated[ChangeList, Body(openapi_examples=sample(SAMPLE_CHANGES))],
    query: Annotated[Spoken, Query()],
    actor: Editor,
    lang: InLanguage,
    if_match: IfMatch = None,
) -> Response:
    """All changes together or none: what they name may be among them. 全部生效或全部不生效。"""
    return _write(request, changes_from(body), if_match, actor, lang)


@router.delete(
    "/v1/draft",
    summary="Throw the draft away · 丢弃草稿",
    response_model=DroppedOut,
    responses=problems(404, 412, 422, 503),
)
def discard(request: Request, query: Annotated[Spoken, Query()], actor: Editor, if_match: IfMatch = None) -> Response:
    """The draft is gone; what was published stays. 丢弃草稿，已发布的版本不变。"""
    engine = request.app.state.engine
    gone = discard_draft(engine, expected=if_match, actor=actor.name, now=datetime.now(UTC))
    return reply(request, {"draft": gone}, tag=NO_DRAFT_TAG)


def _write(request: Request, changes: list[Change], if_match: str | None, actor: Actor, lang: Lang) -> Response:
    written = change_draft(
        request.app.state.engine, changes, expected=if_match, actor=actor.name, now=datetime.now(UTC)
    )
    body = written_from_domain(written.draft, changes, written.replaced, written.findings, lang)
    return reply(request, body, tag=written.tag)
