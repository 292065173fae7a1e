"""POST /v1/responsible: who leads along a line, or over a ground."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.api.test_places import PROJECT, command
from tests.api.town import publish, river_town

ACROSS = {"type": "LineString", "coordinates": [[0.005, 0.01], [0.02, 0.01]]}
GROUND = {"type": "Polygon", "coordinates": [[[0.005, 0.0], [0.04, 0.0], [0.04, 0.02], [0.005, 0.02], [0.005, 0.0]]]}


def ask(client: TestClient, geometry: Any, **more: Any) -> Any:
    response = client.post("/v1/responsible", json={"geometry": geometry, "lang": "en"} | more)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_line_is_shared_by_length(client: TestClient) -> None:
    body = ask(client, ACROSS, at="2030-01-01T00:00")
    assert (body["by"], body["nobody_share"], body["tie"], body["category"]) == ("length", 0.0, None, None)
    assert [(one["unit"]["code"], one["share"], one["rungs"]) for one in body["shares"]] == [
        ("east", 0.667, ["territory"]),
        ("west", 0.333, ["territory"]),
    ]
    assert body["shares"][0]["length_m"] == pytest.approx(1113.2, abs=0.1)
    assert body["shares"][0]["area_m2"] is None
    assert body["total"] == pytest.approx(1669.8, abs=0.1)
    assert body["lead"]["unit"]["code"] == "east"
    assert body["at"] == "2029-12-31T16:00:00Z"  # 00:00 in Shanghai
    assert body["edition"]["id"] == 1
    assert body["text"] == "1,670 m in all: East Office 66.7%, West Office 33.3%; East Office leads."


def test_a_ground_is_shared_by_area_with_what_is_nobodys(client: TestClient) -> None:
    body = ask(client, GROUND, lang="zh")
    # Of 35 parts: west 5, east 10, the district alone 10, nobody 10.
    assert body["by"] == "area"
    assert [(one["unit"]["code"], one["share"]) for one in body["shares"]] == [
        ("east", 0.286), ("old", 0.286), ("west", 0.143),
    ]  # fmt: skip
    assert body["nobody_share"] == 0.285
    assert (body["lead"]["unit"]["code"], body["tie"]) == ("east", "lowest_code")
    assert "按编码由东街道牵头" in body["text"]
    assert sum(one["area_m2"] for one in body["shares"]) < body["total"]


def test_where_nobody_leads_the_lead_is_null(client: TestClient) -> None:
    body = ask(client, {"type": "MultiLineString", "coordinates": [[[1, 1], [1, 2]]]})
    assert (body["lead"], body["shares"], body["nobody_share"], body["tie"]) == (None, [], 1.0, None)


def test_a_geometry_may_be_in_another_datum(client: TestClient) -> None:
    # Outside the box of GCJ-02 the datum changes nothing; an EPSG code may be metres, which a shape cannot tell.
    assert ask(client, ACROSS, datum="gcj02")["total"] == ask(client, ACROSS)["total"]
    refused = client.post("/v1/responsible", json={"geometry": ACROSS, "datum": "EPSG:4547"})
    assert refused.status_code == 422
    assert "EPSG:4547" in refused.json()["detail"]


def nested(depth: int) -> Any:
    geometry: Any = {"type": "Point", "coordinates": [0, 0]}
    for _ in range(depth):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    return geometry


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        ({"type": "Point", "coordinates": [0, 0]}, "geometry type Point"),
        (nested(1), "geometry type GeometryCollection"),
        (nested(200), "geometry type GeometryCollection"),
        ({}, "geometry type None"),
        ({"type": "LineString"}, "no list of positions"),
        ({"type": "LineString", "coordinates": [[0, 0]]}, "1 different positions"),
        ({"type": "LineString", "coordinates": [[0, 0], [0, 0]]}, "1 different positions"),
        ({"type": "LineString", "coordinates": [[0, 0], [120.6, 131.3]]}, "were lon and lat swapped"),
        ({"type": "LineString", "coordinates": [[0, 0], [0, "1"]]}, "vertex 2 is not two finite numbers"),
        ({"type": "LineString", "coordinates": [[0, 0], [0, True]]}, "vertex 2 is not two finite numbers"),
        ({"type": "LineString", "coordinates": [[0, 0, 5], [0, 1, 5]]}, "without a height"),
        ({"type": "LineString", "coordinates": [[0, 0], [1e-14, 0]]}, "no length or area"),
        ({"type": "MultiLineString", "coordinates": []}, "no list of positions"),
        ({"type": "MultiLineString", "coordinates": [[[0, 0], [1, 1]], 7]}, "line 2 has no list"),
        ({"type": "LineString", "coordinates": [[0, i / 1e6] for i in range(10_001)]}, "more than 10000 vertices"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "edges cross"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0]]]}, "needs at least 4"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_a_geometry_that_cannot_be_used_is_refused_by_name(client: TestClient, geometry: Any, says: str) -> None:
    response = client.post("/v1/responsible?lang=en", json={"geometry": geometry})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert says in response.text


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"geometry": ' + '{"type":"GeometryCollection","geometries":[' * 20_000,
        "NaN",
        "[]",
        '{"geometry": 7}',
        '{"geometry": {"type": "LineString", "coordinates": [[0, NaN], [1e999, 1]]}}',
    ],
    ids=["brackets", "collections", "nan", "list", "number", "infinite"],
)
def test_a_body_that_is_no_question_is_refused_and_breaks_nothing(client: TestClient, body: str) -> None:
    response = client.post("/v1/responsible", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= response.status_code < 500
    assert response.headers["content-type"] == "application/problem+json"
    assert client.get("/healthz").status_code == 200


def test_a_category_that_is_not_there_and_an_unknown_key_are_refused(client: TestClient) -> None:
    for more in ({"accuracy_m": 5}, {"edition": True}, {"edition": 99}, {"at": "yesterday"}, {"category": "\u0007"}):
        response = client.post("/v1/responsible", json={"geometry": ACROSS} | more)
        assert response.status_code in (404, 422), more


def test_the_command_shares_a_file(engine: Engine, database_url: str, tmp_path: Path) -> None:
    publish(engine, river_town())
    file = tmp_path / "road.geojson"
    feature = {"type": "Feature", "properties": {}, "geometry": ACROSS}
    for content in (ACROSS, feature, {"type": "FeatureCollection", "features": [feature]}):
        file.write_text(json.dumps(content))
        body = json.loads(command("shares", str(file), "--json", "--lang", "en", url=database_url))
        assert [one["share"] for one in body["shares"]] == [0.667, 0.333]
    shown = command("shares", str(file), "--lang", "zh", url=database_url)
    assert "东街道 66.7%" in shown
    assert "0.333" in shown
    for wrong in ("", "[]", json.dumps({"type": "FeatureCollection", "features": [feature, feature]})):
        file.write_text(wrong)
        line = [sys.executable, str(PROJECT / "main.py"), "shares", str(file), "--lang", "en"]
        done = subprocess.run(line, env=os.environ | {"POINTWARD_DATABASE_URL": database_url}, capture_output=True)
        assert done.returncode == 1
        assert b"road.geojson" in done.stderr
        assert b"Traceback" not in done.stderr
