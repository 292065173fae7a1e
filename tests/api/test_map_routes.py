"""Lists of areas, units and editions; geometry; paging; policies."""

from typing import Any
from urllib.parse import quote

import shapely
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.policies import Policy
from tests.api.routes import api_routes
from tests.api.town import publish, river_town
from tests.storage_worlds import two_districts_with_claims


def get(client: TestClient, path: str, **query: Any) -> Any:
    # Empty params would take away the query that an address already has.
    response = client.get(path, params=query or None)
    assert response.status_code == 200, response.text
    return response.json()


def test_pages_follow_each_other_without_gap_or_repeat(client: TestClient) -> None:
    whole = get(client, "/v1/areas")["items"]
    assert [(item["level"], item["code"]) for item in whole] == [
        ("district", "Old"),
        ("street", "E"),
        ("street", "W"),
        ("ward", "Asia/Urumqi 7"),
    ]
    collected, address = [], "/v1/areas?limit=1"
    while address:
        page = get(client, address)
        assert len(page["items"]) == 1
        collected += page["items"]
        address = page["next"]
    assert collected == whole


def test_a_walk_through_pages_stays_on_its_edition(client: TestClient, engine: Engine) -> None:
    page = get(client, "/v1/units", limit=2)
    publish(engine, river_town(name="新镇"))
    while get(client, "/readyz")["edition"]["id"] == 1:
        pass
    assert get(client, page["next"])["edition"] == 1


def test_lists_can_be_filtered(client: TestClient) -> None:
    assert [item["code"] for item in get(client, "/v1/areas", level="street", parent="Old")["items"]] == ["E", "W"]
    assert [item["code"] for item in get(client, "/v1/areas", unit="east")["items"]] == ["E"]
    assert [item["code"] for item in get(client, "/v1/units", kind="headquarters")["items"]] == ["hq"]
    assert [item["code"] for item in get(client, "/v1/units", parent="old")["items"]] == ["east", "west"]


def test_codes_with_slashes_are_found_percent_encoded(client: TestClient) -> None:
    path = "/v1/areas/wards/ward/" + quote("Asia/Urumqi 7", safe="")
    assert get(client, path, lang="en")["name"] == "Seven"


def test_geometry_is_geojson_by_the_right_hand_rule(client: TestClient) -> None:
    response = client.get("/v1/areas/admin/street/W", params={"format": "geojson"})
    assert response.headers["content-type"] == "application/geo+json"
    feature = response.json()
    shape = shapely.geometry.shape(feature["geometry"])
    assert shape.equals(river_town().areas[2].boundary)
    assert shapely.is_ccw(shapely.get_exterior_ring(shape.geoms[0]))
    collection = get(client, "/v1/areas", format="geojson", level="street")
    assert [one["properties"]["code"] for one in collection["features"]] == ["E", "W"]


def test_what_is_not_there_is_not_found_in_words(client: TestClient) -> None:
    for path in ("/v1/areas/admin/street/X", "/v1/units/nobody", "/v1/editions/9", "/v1/nothing"):
        response = client.get(path, params={"lang": "en"})
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["detail"]


def test_what_claims_are_made_of_is_listed_by_key_whatever_the_order_of_the_files(
    empty_client: TestClient, engine: Engine
) -> None:
    publish(engine, two_districts_with_claims())
    while empty_client.get("/readyz").status_code == 503:
        pass
    for path, key, listed in [
        ("/v1/categories", "code", ["02", "0201", "03"]),
        ("/v1/categories?parent=02", "code", ["0201"]),
        ("/v1/claims", "id", ["c1", "c2", "c3", "c4"]),
        ("/v1/claims?category=03&role=assists", "id", ["c3"]),
        ("/v1/checkpoints?governance=entrusted", "code", ["market"]),
        ("/v1/segments", "code", ["a path", "road"]),
        ("/v1/segments?road_class=alley", "code", ["a path"]),
    ]:
        collected, address = [], path + ("&" if "?" in path else "?") + "limit=1"
        while address:
            page = get(empty_client, address)
            collected += [item[key] for item in page["items"]]
            address = page["next"]
        assert collected == listed, path
    for path in ("/v1/categories/9", "/v1/claims/c9", "/v1/checkpoints/x", "/v1/segments/x"):
        assert empty_client.get(path, params={"lang": "en"}).status_code == 404


def test_a_cursor_of_another_list_is_refused(client: TestClient) -> None:
    cursor = get(client, "/v1/units", limit=1)["next"].split("after=")[1].split("&")[0]
    for after in (cursor, "§", "AAAA", "x" * 500):
        assert client.get("/v1/areas", params={"after": after}).status_code == 422


def test_lists_have_etags(client: TestClient) -> None:
    first = client.get("/v1/areas")
    assert client.get("/v1/areas", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_editions_say_which_one_holds_now(client: TestClient) -> None:
    assert [(item["id"], item["valid_from"], item["current"]) for item in get(client, "/v1/editions")["items"]] == [
        (1, None, True)
    ]
    assert get(client, "/v1/editions/1/findings") == {"items": []}


def test_every_route_names_its_policy(client: TestClient) -> None:
    routes = api_routes(client.app)
    assert len(routes) >= 12
    for route in routes:
        policies = [getattr(one.call, "policy", None) for one in route.dependant.dependencies]
        assert any(isinstance(policy, Policy) for policy in policies), route.path


def test_the_pages_answer_in_both_languages(client: TestClient) -> None:
    for path in ("/", "/maps/heat", "/docs"):
        chinese, english = client.get(path, params={"lang": "zh"}), client.get(path, params={"lang": "en"})
        assert chinese.status_code == english.status_code == 200
        assert 'lang="zh' in chinese.text
        assert 'lang="en' in english.text


def test_the_heat_map_is_that_of_the_moment_asked_for(client: TestClient, engine: Engine) -> None:
    publish(engine, river_town(name="新镇"))
    while get(client, "/readyz")["edition"]["id"] == 1:
        pass
    for query, name in [
        ({}, "新镇"),
        ({"at": "2024-05-01"}, "河镇"),
        ({"edition": 1}, "河镇"),
        ({"edition": 2}, "新镇"),
    ]:
        page = client.get("/maps/heat", params={**query, "lang": "zh"})
        assert name in page.text, query
    assert client.get("/maps/heat", params={"known_at": "2024-05-01"}).status_code == 404


def test_the_start_page_of_an_empty_service_says_how_to_begin(empty_client: TestClient) -> None:
    page = empty_client.get("/", params={"lang": "en"})
    assert page.status_code == 200
    assert "main.py import" in page.text


def test_the_position_of_a_chainage_is_found_there_again(client: TestClient, engine: Engine) -> None:
    publish(engine, two_districts_with_claims())
    while get(client, "/readyz")["edition"]["id"] == 1:
        pass
    place = get(client, "/v1/segments/road:locate", chainage_m=170_000, offset_m=3, side="left")
    answer = get(client, "/v1/responsible", lon=place["lon"], lat=place["lat"], accuracy_m=0)
    assert [(each["code"], each["side"], each["chainage_m"]) for each in answer["segments"]] == [
        ("road", "left", 170_000.0)
    ]


def test_a_place_that_is_not_on_the_segment_is_refused_with_its_length(client: TestClient, engine: Engine) -> None:
    publish(engine, two_districts_with_claims())
    while get(client, "/readyz")["edition"]["id"] == 1:
        pass
    for query in (
        {"chainage_m": 1e7},
        {"chainage_m": "nan"},
        {"chainage_m": 1, "offset_m": 2},
        {"chainage_m": 1, "side": "up"},
    ):
        refused = client.get("/v1/segments/a%20path:locate", params=query)
        assert refused.status_code == 422, query
    assert client.get("/v1/segments/none:locate", params={"chainage_m": 1}).status_code == 404
