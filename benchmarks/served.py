"""The service with two routes beside its own, for comparison: a greeting, and an answer that PostGIS gives.

    python -m benchmarks.served PORT

Started as `main.py serve` starts it. POINTWARD_BENCHMARK_POSTGIS is the database with the tables of `ASK`.
"""

import asyncio
import os
import sys
from typing import Annotated, Any

import orjson
import psycopg
import uvicorn
from fastapi import FastAPI, Query, Request, Response

from api.app import create_app

HELLO, BY_POSTGIS = "/benchmarks/hello", "/benchmarks/postgis"
POSTGIS_URL = "POINTWARD_BENCHMARK_POSTGIS"
CONNECTIONS = 16
# The areas that hold the place, and the nearest border within 50 m: what one statement can tell of the answer.
ASK = """
WITH here AS (SELECT ST_SetSRID(ST_MakePoint(%s, %s), 4326) AS place),
near AS (
    SELECT ST_Distance(line::geography, place::geography) AS metres, unit
    FROM here, LATERAL (SELECT line, unit FROM borders ORDER BY line <-> place LIMIT 1) AS nearest
)
SELECT scheme, level, code, unit, (SELECT metres FROM near WHERE metres <= 50), (SELECT unit FROM near)
FROM here JOIN areas ON ST_Intersects(boundary, place) ORDER BY scheme, level, code
"""

Degrees = Annotated[float, Query()]


def create() -> FastAPI:
    """The service and the two routes, behind the same middleware."""
    app = create_app()
    free: asyncio.LifoQueue[psycopg.AsyncConnection[Any]] = asyncio.LifoQueue()
    opened = 0

    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    async def by_postgis(request: Request, lon: Degrees, lat: Degrees) -> Response:
        nonlocal opened
        if free.empty() and opened < CONNECTIONS:
            opened += 1
            connection = await psycopg.AsyncConnection.connect(os.environ[POSTGIS_URL], autocommit=True)
        else:
            connection = await free.get()
        try:
            cursor = await connection.execute(ASK, (lon, lat), prepare=True)
            rows = await cursor.fetchall()
        finally:
            free.put_nowait(connection)
        return Response(orjson.dumps(_told(rows)), media_type="application/json")

    app.add_api_route(HELLO, hello)
    app.add_api_route(BY_POSTGIS, by_postgis)
    return app


def _told(rows: list[Any]) -> dict[str, Any]:
    areas = [{"scheme": scheme, "level": level, "code": code} for scheme, level, code, *_ in rows]
    units = [row[3] for row in rows if row[3]]
    metres, across = (rows[0][4], rows[0][5]) if rows else (None, None)
    border = {"distance_m": metres, "across": across}
    return {"lead": {"unit": units[-1] if units else None}, "areas": areas, "border": border}


if __name__ == "__main__":
    # Under its own name, as the service's: a worker imports it again.
    uvicorn.run(
        "benchmarks.served:create", factory=True, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning"
    )  # fmt: skip
