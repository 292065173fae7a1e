"""The routes of the application, one by one."""

from typing import Any

from fastapi.routing import APIRoute


def api_routes(app: Any) -> list[APIRoute]:
    """All routes of the routers; mounted folders of files are none."""
    found: list[Any] = []
    for route in app.routes:
        router = getattr(route, "original_router", None)
        found += router.routes if router is not None else [route]
    return [route for route in found if isinstance(route, APIRoute)]
