"""Is the service alive, and can it answer?"""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.deps import CurrentView, InLanguage, requires
from api.errors import problem_of
from api.policies import Actor, Policy
from api.schemas.answer import edition_ref
from api.schemas.asof import Spoken
from api.schemas.problem import problems
from geo.raster import kernel

router = APIRouter(tags=["service | 服务"])
Caller = Annotated[Actor, requires(Policy.CHECK_HEALTH)]


@router.get("/healthz", summary="Is it alive? · 是否在运行")
async def healthz(actor: Caller) -> dict[str, str]:
    """The process runs. 进程在运行。"""
    return {"status": "ok"}


@router.get("/readyz", summary="Can it answer? · 能否回答", responses=problems(422, 503))
async def readyz(
    request: Request, query: Annotated[Spoken, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> dict[str, object]:
    """An edition is loaded and answers; `trouble` says when the database cannot be reached. 已有版本可供回答。

    `kernel` is what locates many positions: numpy, or numba where it is installed. kernel 为批量定位所用的计算内核。
    """
    trouble = request.app.state.holder.trouble
    return {
        "status": "ready",
        "edition": edition_ref(view.latest.edition, view.register.number),
        "areas": len(view.latest.areas),
        "kernel": kernel.name(),
        "trouble": problem_of(trouble, lang) if trouble else None,
    }
