"""The web application. Nothing happens at import: `create_app` makes it, its lifespan opens the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from api.atlas_holder import AtlasHolder
from api.deps import said_once
from api.errors import add_handlers
from api.head import HeadAsGet
from api.limits import BodyLimit
from api.routes import (
    areas,
    audit,
    claims,
    components,
    crosswalk,
    diff,
    discrepancies,
    draft,
    editions,
    golden,
    health,
    lookup,
    pages,
    places,
    posts,
    precedents,
    register,
    rulings,
    segments,
    shapes,
    sites,
    units,
)
from api.routes.plain_lookup import PlainLookup
from api.services.draft_view import Drafts
from api.services.drawings import Drawings
from api.settings import Settings, read_settings
from api.storage.engine import open_engine
from geo.raster import kernel
from maps.assets import STATIC

DESCRIPTION = """\
Exactly one lead unit for a place, a kind of problem and a moment, with the doubt stated, the reason given and the next
step named. Text is in Chinese or English (`lang=zh|en`); errors are RFC 9457 problems.

一个位置、一类问题、一个时刻，得到唯一的牵头单位，并说明把握、理由和下一步。
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application for these settings; by default those of the environment."""
    settings = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = open_engine(settings.database_url)
        drawings = Drawings(engine, settings.cache_folder())
        holder = AtlasHolder(
            engine, poll_seconds=settings.poll_seconds, atlases_kept=settings.atlases_kept, drawings=drawings
        )
        app.state.engine, app.state.holder, app.state.drafts = engine, holder, Drafts(engine, drawings)
        app.state.turn = asyncio.Lock()
        await run_in_threadpool(holder.start)
        await run_in_threadpool(kernel.warm_up)
        yield
        holder.stop()
        engine.dispose()

    app = FastAPI(
        title="Pointward",
        summary="Who is responsible here? 这里归谁管？",
        description=DESCRIPTION,
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,  # the stock page loads its scripts from another host; ours stands in routes/pages.py
        redoc_url=None,
        dependencies=[Depends(said_once)],
    )
    app.state.settings = settings
    app.add_middleware(BodyLimit, limit_bytes=settings.body_limit_bytes)
    app.add_middleware(HeadAsGet)
    add_handlers(app)
    # Before the documented routes: it takes what needs no second look, and leaves the rest to them.
    app.router.routes.append(PlainLookup())
    asked = (lookup, shapes, places, discrepancies)
    of_the_map = (areas, crosswalk, units, sites, segments, components, claims, posts, golden)
    for module in (*asked, *of_the_map, rulings, precedents, register, editions, draft, diff, audit, pages, health):
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
