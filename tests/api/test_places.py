"""GET /v1/places: a text becomes places, and each of them a look-up."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from tests.api.town import publish
from tests.geo.place_worlds import quarter

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def quarter_client(settings: Settings, engine: Engine) -> Iterator[TestClient]:
    """A client of the service; the quarter is published."""
    publish(engine, quarter())
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield running


def find(client: TestClient, q: str, **more: Any) -> Any:
    response = client.get("/v1/places", params={"q": q, **more})
    assert response.status_code == 200, response.text
    return response.json()


def test_a_place_that_was_found_goes_straight_into_the_look_up(quarter_client: TestClient) -> None:
    body = find(quarter_client, "平江路7号", lang="zh")
    assert body["edition"] == 1
    best = body["items"][0]
    assert (best["kind"], best["name"], best["accuracy_m"]) == ("address", "平江路7号", 27.7)
    answer = quarter_client.get(f"/v1/responsible?{best['responsible']}")
    assert answer.status_code == 200, answer.text
    position = answer.json()["position"]
    assert (position["lon"], position["lat"]) == (best["position"]["lon"], best["position"]["lat"])
    assert position["accuracy_m"] == 27.7


def test_a_bare_road_has_its_line_and_the_question(quarter_client: TestClient) -> None:
    road = find(quarter_client, "平江路", lang="en")["items"][0]
    assert road["shape"]["type"] == "LineString"
    assert road["question"] == "Which number, or near which crossing?"
    assert (road["name"], road["how"]) == ("Pingjiang Road", "a road, found by its name")
    assert road["responsible"] is None


def test_the_line_of_a_bare_road_goes_straight_into_the_question_who_leads_along_it(quarter_client: TestClient) -> None:
    road = find(quarter_client, "干将路")["items"][0]
    answer = quarter_client.post("/v1/responsible", json={"geometry": road["shape"]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["by"] == "length"
    assert answer.json()["total"] == pytest.approx(8 * 95.19, rel=1e-3)


def test_the_same_search_has_not_to_be_sent_twice(quarter_client: TestClient) -> None:
    first = quarter_client.get("/v1/places", params={"q": "qhnmsc"})
    again = quarter_client.get("/v1/places", params={"q": "qhnmsc"}, headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_no_more_places_come_than_were_asked_for(quarter_client: TestClient) -> None:
    assert len(find(quarter_client, "平江", limit=1)["items"]) == 1
    assert find(quarter_client, "肯德基")["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": ""},
        {"q": "  "},
        {"q": "路" * 201},
        {"q": "平江\u0007路"},
        {"q": "https://example.com/?q=1.5,2.5"},
        {"q": "平江路", "limit": 0},
        {"q": "平江路", "limit": 51},
        {"q": "平江路", "nonsense": 1},
    ],
)
def test_what_cannot_be_searched_for_is_refused(quarter_client: TestClient, query: dict[str, Any]) -> None:
    response = quarter_client.get("/v1/places", params=query)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_before_anything_is_published_there_are_no_places(empty_client: TestClient) -> None:
    assert empty_client.get("/v1/places", params={"q": "平江路"}).status_code == 503


def test_the_command_finds_the_same(engine: Engine, database_url: str) -> None:
    publish(engine, quarter())
    shown = command("places", "平江路7号", "--lang", "zh", url=database_url)
    assert "平江路7号" in shown
    assert "按 5 号与 9 号沿路推算" in shown
    assert orjson.loads(command("places", "肯德基", "--json", url=database_url)) == []
    # Areas of this quarter name no unit: the whole line is nobody's.
    assert "全长 887 米" in command("places", "平江路", "--lang", "zh", "--limit", "1", url=database_url)


def command(*arguments: str, url: str) -> str:
    """What the command line says on stdout."""
    line = [sys.executable, str(PROJECT / "main.py"), *arguments]
    environment = os.environ | {"POINTWARD_DATABASE_URL": url, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(line, env=environment, capture_output=True, encoding="utf-8", check=True).stdout
