"""Many positions in one request."""

import json
from typing import Any

from starlette.testclient import TestClient

from tests.api.town import EAST, NOWHERE, WEST


def post(client: TestClient, body: Any) -> Any:
    response = client.post("/v1/responsible:batch", json=body, params={"lang": "en"})
    assert response.status_code == 200, response.text
    return response.json()


def test_order_is_kept_and_a_bad_position_spoils_no_other(client: TestClient) -> None:
    body = post(client, {"positions": [WEST, {"lon": 0, "lat": 91}, EAST, 7, {"lat": 1}, NOWHERE]})
    leads = [(a["lead"] or {}).get("unit", {}).get("code") if "error" not in a else "error" for a in body["answers"]]
    assert leads == ["west", "error", "east", "error", "error", None]
    error = body["answers"][1]["error"]
    assert (error["status"], error["type"]) == (422, "urn:pointward:problem:invalid-input")
    assert "91" in error["detail"]
    assert body["edition"]["id"] == 1


def test_batch_answers_are_the_single_answers(client: TestClient) -> None:
    moment = {"at": "2030-01-01", "known_at": "2030-01-01"}
    places = [{**place, "accuracy_m": 10.0} for place in (WEST, EAST, NOWHERE, {"lon": 0.00995, "lat": 0.01})]
    batch = post(client, {"positions": places, **moment})["answers"]
    single = [client.get("/v1/responsible", params={**place, **moment, "lang": "en"}).json() for place in places]
    assert batch == single


def test_what_a_position_says_itself_wins_over_the_common_values(client: TestClient) -> None:
    body = {"positions": [WEST, {**WEST, "accuracy_m": 3, "category": 7}], "accuracy_m": 20, "category": "0102"}
    common, own = post(client, body)["answers"]
    assert (common["position"]["accuracy_m"], common["category"]) == (20, "0102")
    assert (own["position"]["accuracy_m"], own["category"]) == (3, "7")


def test_positions_that_are_no_numbers_of_json_are_refused_one_by_one(client: TestClient) -> None:
    content = '{"positions": [{"lon": NaN, "lat": 0.01}, {"lon": 1e999, "lat": 0.01}, {"lon": 0.005, "lat": 0.01}]}'
    response = client.post(
        "/v1/responsible:batch", content=content, headers={"Content-Type": "application/json"}, params={"lang": "en"}
    )
    assert response.status_code == 200
    first, second, third = response.json()["answers"]
    assert "finite" in first["error"]["detail"]
    assert "finite" in second["error"]["detail"]
    assert third["lead"]["unit"]["code"] == "west"


def test_numbers_in_quotes_are_numbers_and_true_is_none(client: TestClient) -> None:
    asked = [
        {"lon": "0.005", "lat": " 0.01 ", "accuracy_m": "3"},
        {"lon": True, "lat": 0.01},
        {"lon": 0.005, "lat": 0.01, "accuracy_m": True},
        {"lon": 0.005, "lat": 0.01, "confidence": False},
        {"lon": "0.005 E", "lat": 0.01},
        {"lon": "", "lat": 0.01},
        {"lon": "nan", "lat": 0.01},
        {"lon": None, "lat": 0.01},
        {"lon": [0.005], "lat": 0.01},
        {"lon": 0.005, "lat": 0.01, "category": True},
    ]
    quoted, *refused = post(client, {"positions": asked})["answers"]
    assert quoted["lead"]["unit"]["code"] == "west"
    assert quoted["position"]["given"] == {"lon": 0.005, "lat": 0.01, "datum": "wgs84"}
    assert quoted["position"]["accuracy_m"] == 3.0
    assert [answer["error"]["detail"] for answer in refused] == [
        "lon True is not a number; give digits",
        "accuracy_m True is not a number; give digits",
        "confidence False is not a number; give digits",
        "lon '0.005 E' is not a number; give digits",
        "lon '' is not a number; give digits",
        "lon nan is not a finite number; give decimal degrees",
        "lon None is not a number; give digits",
        "lon [0.005] is not a number; give digits",
        "category True is not text; quote it",
    ]


def test_true_is_no_number_for_all_positions_either(client: TestClient) -> None:
    for field in ("accuracy_m", "confidence", "edition"):
        response = client.post("/v1/responsible:batch", json={"positions": [WEST], field: True}, params={"lang": "en"})
        assert response.status_code == 422
        assert response.json()["detail"] == f"{field} True is not a number; give digits"
    assert post(client, {"positions": [WEST], "accuracy_m": "3"})["answers"][0]["position"]["accuracy_m"] == 3.0


def test_bodies_that_are_no_batch_are_refused(client: TestClient) -> None:
    for content, word in [
        ("[]", "object"),
        ("{", "JSON"),
        ('{"positions": []}', "at least 1"),
        ('{"positions": {}}', "list"),
        ('{"positions": [{}], "colour": NaN}', "colour"),
        (json.dumps({"positions": [WEST] * 10_001}), "10000"),
    ]:
        response = client.post(
            "/v1/responsible:batch",
            content=content,
            headers={"Content-Type": "application/json"},
            params={"lang": "en"},
        )
        assert response.status_code == 422, content[:50]
        assert word in response.json()["detail"]


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(client: TestClient) -> None:
    response = client.post("/v1/responsible:batch", content=b"[" + b" " * 17_000_000)
    assert response.status_code == 413
    assert "16000000" in response.json()["detail"]

    def chunks() -> Any:
        for _ in range(20):
            yield b" " * 1_000_000

    undeclared = client.post("/v1/responsible:batch", content=chunks())
    assert undeclared.status_code == 413
