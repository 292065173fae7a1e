"""GET /v1/crosswalk and the command: two levels over each other."""

import csv
import io

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.api.test_places import command
from tests.api.town import publish, river_town


def test_every_pair_has_codes_names_ground_and_shares(client: TestClient) -> None:
    response = client.get("/v1/crosswalk?from=admin/street&to=wards/ward&lang=en")
    assert response.status_code == 200, response.text
    body = response.json()
    assert [
        (item["from"]["code"], item["to"]["code"], item["from_share"], item["to_share"]) for item in body["items"]
    ] == [
        ("E", "Asia/Urumqi 7", 1.0, 0.333),
        ("W", "Asia/Urumqi 7", 1.0, 0.333),
    ]
    assert body["items"][0]["from"]["name"] == "East"
    assert body["items"][0]["area_m2"] == pytest.approx(1113.2 * 2211.4, rel=1e-3)
    assert body["from_outside"] == []
    (outside,) = body["to_outside"]
    assert (outside["code"], outside["share"]) == ("Asia/Urumqi 7", 0.333)
    assert body["edition"] == 1


def test_it_speaks_chinese(client: TestClient) -> None:
    body = client.get("/v1/crosswalk?from=admin/street&to=wards/ward&lang=zh").json()
    assert (body["items"][0]["from"]["name"], body["items"][0]["to"]["name"]) == ("东", "七")


def test_as_csv_it_has_a_row_a_pair_and_then_what_lies_outside(client: TestClient) -> None:
    response = client.get("/v1/crosswalk?from=admin/street&to=wards/ward&format=csv&lang=en")
    assert response.headers["content-type"].split(";")[0] == "text/csv"
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [(row["from_code"], row["to_code"]) for row in rows] == [
        ("E", "Asia/Urumqi 7"),
        ("W", "Asia/Urumqi 7"),
        ("", "Asia/Urumqi 7"),
    ]
    assert rows[-1]["to_share"] == "0.333"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=admin/street", 422),
        ("from=admin/street&to=", 404),
        ("from=admin/street&to=police/beat", 404),
        ("from=admin&to=wards/ward", 404),
        ("from=admin/street&to=wards/ward&format=xml", 422),
        ("from=admin/street&to=wards/ward&first=admin/street", 422),
    ],
)
def test_what_cannot_be_compared_is_refused(client: TestClient, query: str, status: int) -> None:
    response = client.get(f"/v1/crosswalk?{query}")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_the_command_says_the_same(engine: Engine, database_url: str) -> None:
    publish(engine, river_town())
    shown = command(
        "crosswalk", "--from", "admin/street", "--to", "wards/ward", "--csv", "--lang", "zh", url=database_url
    )
    assert next(iter(csv.DictReader(io.StringIO(shown))))["from_name"] == "东"
    table = command("crosswalk", "--from", "admin/street", "--to", "wards/ward", "--lang", "en", url=database_url)
    assert "from_share" in table
    assert "0.333" in table
