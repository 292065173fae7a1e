"""What routes are given: the actor with its right, the view of what is published, the language."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from api.atlas_holder import View
from api.language import wanted
from api.policies import ALLOWED, LOCAL, Actor, Policy
from api.schemas.asof import AsOf
from api.services.asking import Frame, choose
from geo.atlas import Atlas
from geo.errors import InvalidInput, NotAllowed
from geo.register.overlay import is_overlaid
from geo.wording import Lang, Phrase

REPEATED = Phrase(
    zh="参数 {field} 给了 {count} 次（{values}）；只给一次",
    en="the parameter {field} is given {count} times ({values}); give it once",
)
REPEATABLE = {"fact"}
FORBIDDEN = Phrase(zh="{actor} 无权执行 {policy}", en="{actor} may not {policy}")


def requires(policy: Policy) -> Any:
    """A dependency that lets in who may do this, and says who it is."""

    def actor() -> Actor:
        check_allowed(LOCAL, policy)
        return LOCAL

    actor.policy = policy  # type: ignore[attr-defined]  # read by the test that every route names its policy
    return Depends(actor)


def check_allowed(actor: Actor, policy: Policy) -> None:
    """Nothing, or NotAllowed for an actor who may not do this."""
    if policy not in ALLOWED[actor.name]:
        raise NotAllowed(FORBIDDEN, actor=actor.name, policy=policy.value)


async def said_once(request: Request) -> None:
    """Nothing, or InvalidInput for a parameter that stands twice in the address: which one counts is anyone's guess.

    Of those in `REPEATABLE` each counts.
    """
    for field in request.query_params.keys() - REPEATABLE:
        values = request.query_params.getlist(field)
        if len(values) > 1:
            shown = ", ".join(ascii(value)[:40] for value in values[:3])
            raise InvalidInput(REPEATED, field=ascii(field)[1:-1][:40], count=len(values), values=shown)


def current_view(request: Request) -> View:
    """What is published, as one state for the whole request."""
    view: View = request.app.state.holder.view()
    return view


InLanguage = Annotated[Lang, Depends(wanted)]
CurrentView = Annotated[View, Depends(current_view)]


async def without_blocking(view: View, frame: Frame, at: str | None, answer: Callable[[], Any]) -> Any:
    """The answer, made here when all it needs is in memory, else in a thread.

    An edition must first be loaded, or what the register ruled at another time be laid over it.
    """
    edition, moment = choose(view, frame, at)
    at_once = view.has(edition) and is_overlaid(view.atlas(edition), moment.roster)
    return answer() if at_once else await run_in_threadpool(answer)


async def in_turn(request: Request, work: Callable[[], Any]) -> Any:
    """What the work gives, done in a thread, and only when no other that takes seconds is being done.

    Whoever waits holds no thread: many at once would leave none for the short questions of others.
    """
    async with request.app.state.turn:
        return await run_in_threadpool(work)


async def atlas_at(view: View, *, at: str | None, known_at: str | None, edition: int | None) -> Atlas:
    """The atlas that answers for a moment."""
    frame = Frame(now=datetime.now(UTC), known_at=known_at, edition=edition)
    chosen, _ = choose(view, frame, at)
    atlas: Atlas = await without_blocking(view, frame, at, lambda: view.atlas(chosen))
    return atlas


def frame_of(query: AsOf) -> Frame:
    """What a reading says of "as it was known then"."""
    return Frame(now=datetime.now(UTC), known_at=query.known_at, edition=query.edition)


def reply(request: Request, body: Any, *, media_type: str = "application/json", tag: str | None = None) -> Response:
    """The body as JSON (or text) with an ETag, by default that of its bytes; 304 when the caller has it already."""
    content = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else orjson.dumps(body)
    return validated(content, request.headers.get("if-none-match", ""), media_type=media_type, tag=tag)


def validated(content: bytes, known: str, *, media_type: str = "application/json", tag: str | None = None) -> Response:
    """The content with an ETag, or 304 when that is among those that the caller has (`If-None-Match`)."""
    tag = tag or f'"{_digest(content)}"'
    headers = {"ETag": tag, "Vary": "Accept-Language", "Cache-Control": "no-cache"}
    entries = [entry.strip().removeprefix("W/") for entry in known.split(",")] if known else []
    if tag in entries or "*" in entries:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=12).hexdigest()
