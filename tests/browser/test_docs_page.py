import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from geo.wording import LANGS, Lang
from maps.pages import docs_page
from tests.browser.looking import Open, Reply, Serve

OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Pointward", "version": "0.1.0", "description": "Who is responsible here?"},
    "paths": {
        "/v1/responsible": {
            "get": {
                "summary": "Who is responsible at a position",
                "parameters": [
                    {"name": "lon", "in": "query", "required": True, "schema": {"type": "number"}, "example": 120.62}
                ],
                "responses": {"200": {"description": "the answer"}},
            }
        }
    },
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (360, 740)])
def test_the_documentation_shows_the_routes_and_asks_nobody_else(
    visit: Open, serve: Serve, lang: Lang, width: int, height: int
) -> None:
    replies = {
        "/docs": Reply(docs_page(lang=lang).encode()),
        "/openapi.json": Reply(json.dumps(OPENAPI).encode(), "application/json"),
    }
    visited = visit(serve(replies) + "/docs", width=width, height=height)
    page = visited.page
    page.get_by_text("Who is responsible at a position").click()
    expect(page.get_by_role("button", name="Try it out")).to_be_visible()
    visited.screenshot(f"docs-{lang}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert visited.hosts() == {urlsplit(page.url).netloc}
    assert visited.complaints == []
