"""Writing the map over HTTP: into the draft, checked like an import, all or nothing, published while it answers."""

import json
import threading

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.storage import audit_log
from api.storage.engine import reading, writing
from api.storage.map_store import load_map, save_draft
from geo.model import CityMap
from tests.api.town import EAST, WEST, river_town
from tests.storage_worlds import NOON, renamed

UNIT = {"name": "环卫所", "kind": "部门", "telephone": "0512-0000-0104"}
HALF = {
    "type": "Polygon",
    "coordinates": [[[0.01, 0.0], [0.02, 0.0], [0.02, 0.01], [0.01, 0.01], [0.01, 0.0]]],
}


def city_of(engine: Engine, edition: int) -> CityMap:
    with reading(engine) as session:
        return load_map(session, edition)


def units_of(engine: Engine, edition: int) -> list[str]:
    return [unit.code for unit in city_of(engine, edition).units]


def wait_for_edition(client: TestClient, number: int) -> None:
    """Nothing, once the service answers from an edition."""
    while client.get("/readyz").json()["edition"]["id"] != number:
        pass


def test_without_a_draft_it_is_said_that_there_is_none(client: TestClient) -> None:
    state = client.get("/v1/draft")
    assert (state.status_code, state.headers["etag"]) == (200, '"no-draft"')
    assert state.json() == {
        "exists": False,
        "id": None,
        "based_on": None,
        "made": None,
        "counts": {},
        "changes_total": 0,
        "changes": [],
        "findings": [],
    }
    assert client.delete("/v1/draft").status_code == 404
    refused = client.post("/v1/draft:publish", params={"lang": "en"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:pointward:problem:not-allowed")


def test_the_first_write_copies_the_newest_edition_and_leaves_it_as_it_was(client: TestClient, engine: Engine) -> None:
    before = city_of(engine, 1)
    written = client.put("/v1/draft/units/cleaners", json=UNIT)
    assert written.status_code == 200, written.text
    assert written.json() == {
        "draft": 2,
        "changes": [{"collection": "units", "code": "cleaners", "done": "created"}],
        "findings": [],
    }
    after, published = city_of(engine, 2), city_of(engine, 1)
    assert [unit.code for unit in after.units] == ["cleaners", "east", "hq", "old", "west"]
    assert after.units[0].parent == "hq"
    assert published.units == before.units
    assert (after.areas, after.schemes, after.city) == (before.areas, before.schemes, before.city)
    assert [one["code"] for one in client.get("/v1/units").json()["items"]] == ["east", "hq", "old", "west"]


def test_the_draft_tells_its_state(client: TestClient) -> None:
    client.put("/v1/draft/units/cleaners", json={"name": "环卫所"})
    client.put("/v1/draft/units/cleaners", json={"name": "环卫二所"})
    client.delete("/v1/draft/units/cleaners")
    state = client.get("/v1/draft", params={"lang": "en"}).json()
    assert (state["exists"], state["id"], state["based_on"], state["made"]["action"]) == (True, 2, 1, "draft")
    assert state["counts"]["areas"] == 4
    assert [(one["action"], one["address"], one["actor"]) for one in state["changes"]] == [
        ("put", "units/cleaners", "local"),
        ("put", "units/cleaners", "local"),
        ("delete", "units/cleaners", "local"),
    ]
    assert state["findings"] == []


def test_one_thing_of_the_draft_is_read_as_it_was_put(client: TestClient) -> None:
    assert client.get("/v1/draft/units/cleaners").status_code == 404
    written = client.put("/v1/draft/units/cleaners", json=UNIT)
    read = client.get("/v1/draft/units/cleaners")
    assert read.headers["etag"] == written.headers["etag"]
    assert read.json() == {"name": "环卫所", "kind": "department", "parent": "hq", "telephone": "0512-0000-0104"}
    assert client.get("/v1/draft/areas/wards/ward/Asia%2FUrumqi 7").json()["geometry"]["type"] == "MultiPolygon"
    for path in ("units/nobody", "planets/x", "areas/wards"):
        assert client.get(f"/v1/draft/{path}").status_code == 404


def test_notices_come_with_the_write_and_stay_until_they_are_mended(client: TestClient) -> None:
    silent = client.put("/v1/draft/units/cleaners", params={"lang": "en"}, json={"name": "Cleaners"})
    assert [one["text"] for one in silent.json()["findings"]] == [
        "unit cleaners (Cleaners) has neither a telephone nor a contact"
    ]
    assert client.put("/v1/draft/units/brooms", json=UNIT).json()["findings"] == []
    assert [one["kind"] for one in client.get("/v1/draft").json()["findings"]] == ["unit-without-contact"]
    client.put("/v1/draft/units/cleaners", json=UNIT)
    assert client.get("/v1/draft").json()["findings"] == []


def test_a_refused_write_tells_every_finding_and_changes_nothing(client: TestClient, engine: Engine) -> None:
    refused = client.put(
        "/v1/draft/units/cleaners", params={"lang": "en"}, json={"parent": 7, "kind": "x", "colour": 1}
    )
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert problem["type"] == "urn:pointward:problem:change-refused"
    assert [(one["kind"], one["source"], one["row"]) for one in problem["findings"]] == [
        ("unknown-key", "units/cleaners", None),
        ("unknown-unit-kind", "units/cleaners", None),
    ]
    assert client.get("/v1/draft").json()["exists"] is False
    client.put("/v1/draft/units/cleaners", json=UNIT)
    tag = client.get("/v1/draft").headers["etag"]
    assert client.delete("/v1/draft/units/east").status_code == 422
    assert client.put("/v1/draft/units/x", json={"parent": "nobody"}).status_code == 422
    assert client.get("/v1/draft").headers["etag"] == tag
    assert units_of(engine, 2) == ["cleaners", "east", "hq", "old", "west"]


def test_an_area_put_anew_moves_the_border_that_the_published_draft_answers_from(
    client: TestClient, engine: Engine
) -> None:
    south_east = {"lon": 0.015, "lat": 0.005}
    # East keeps its southern half only; the rest of it is the district's.
    moved = client.put(
        "/v1/draft/areas/admin%2Fstreet%2FE", json={"name": "东", "parent": "Old", "unit": "east", "geometry": HALF}
    )
    assert moved.status_code == 200, moved.text
    assert [one["kind"] for one in moved.json()["findings"]] == ["gap"]
    assert client.get("/v1/responsible", params={**EAST, "accuracy_m": 0}).json()["lead"]["unit"]["code"] == "east"
    published = client.post("/v1/draft:publish")
    assert (published.status_code, published.json()["id"], published.json()["current"]) == (200, 2, True)
    wait_for_edition(client, 2)
    north_east = client.get("/v1/responsible", params={"lon": 0.015, "lat": 0.015, "accuracy_m": 0}).json()
    assert north_east["lead"]["unit"]["code"] == "old"
    for place, unit in [(south_east, "east"), (WEST, "west")]:
        answer = client.get("/v1/responsible", params={**place, "accuracy_m": 0}).json()
        assert answer["lead"]["unit"]["code"] == unit
    assert client.get("/v1/draft").json()["exists"] is False
    assert client.get("/v1/editions/2/findings").json()["items"][0]["kind"] == "gap"


def test_a_draft_is_published_from_a_date(client: TestClient) -> None:
    client.put("/v1/draft/units/cleaners", json=UNIT)
    refused = client.post("/v1/draft:publish", params={"lang": "en"}, json={"valid_from": "soon"})
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("valid_from 'soon' is not an ISO 8601 date")
    later = client.post("/v1/draft:publish", json={"valid_from": "2999-01-01"}).json()
    assert (later["valid_from"], later["current"]) == ("2998-12-31T16:00:00Z", False)


def test_a_list_of_changes_is_made_together(client: TestClient, engine: Engine) -> None:
    area = {"unit": "cleaners", "geometry": HALF}
    changes = [
        {"do": "put", "collection": "areas", "code": "wards/ward/8", "body": area},
        {"do": "put", "collection": "units", "code": "cleaners", "body": UNIT},
        {"do": "delete", "collection": "areas", "code": "wards/ward/Asia/Urumqi 7"},
    ]
    written = client.patch("/v1/draft", json={"changes": changes})
    assert written.status_code == 200, written.text
    assert [one["done"] for one in written.json()["changes"]] == ["created", "created", "deleted"]
    assert [area.code for area in city_of(engine, 2).areas if area.scheme == "wards"] == ["8"]


def test_of_a_list_with_one_bad_change_nothing_is_made(client: TestClient, engine: Engine) -> None:
    good = {"do": "put", "collection": "units", "code": "cleaners", "body": UNIT}
    for bad, status in [
        ({"do": "put", "collection": "units", "code": "x", "body": {"parent": "nobody"}}, 422),
        ({"do": "delete", "collection": "units", "code": "hq"}, 422),
        ({"do": "delete", "collection": "units", "code": "nobody"}, 404),
        ({"do": "put", "collection": "planets", "code": "x", "body": {}}, 404),
        ({"do": "put", "collection": "units", "code": "x"}, 422),
        ({"do": "delete", "collection": "units", "code": "x", "body": {}}, 422),
        ({"do": "put", "collection": "units", "code": "cleaners", "body": {}}, 422),
        ({"do": "burn", "collection": "units", "code": "x"}, 422),
    ]:
        refused = client.patch("/v1/draft", json={"changes": [good, bad]})
        assert refused.status_code == status, refused.text
    assert client.get("/v1/draft").json()["exists"] is False
    many = [{**good, "code": str(number)} for number in range(1001)]
    assert client.patch("/v1/draft", json={"changes": many}).status_code == 422
    assert client.patch("/v1/draft", json={"changes": []}).status_code == 422
    assert client.patch("/v1/draft", json={"changes": many[:1000]}).status_code == 200
    assert len(units_of(engine, 2)) == 1004


def test_a_draft_thrown_away_leaves_what_is_published(client: TestClient, engine: Engine) -> None:
    client.put("/v1/draft/units/cleaners", json=UNIT)
    first = client.get("/v1/draft").headers["etag"]
    assert client.delete("/v1/draft").json() == {"draft": 2}
    assert client.get("/v1/draft").json()["exists"] is False
    assert units_of(engine, 1) == ["east", "hq", "old", "west"]
    client.put("/v1/draft/units/brooms", json=UNIT)
    assert client.get("/v1/draft").headers["etag"] != first
    assert units_of(engine, 2) == ["brooms", "east", "hq", "old", "west"]


def test_an_imported_draft_is_changed_where_it_stands(client: TestClient, engine: Engine) -> None:
    with writing(engine) as session:
        save_draft(session, renamed(river_town(), "新镇"), (), actor="tester", now=NOON)
    assert client.get("/v1/draft").json()["made"] == {
        "action": "import",
        "at": "2024-05-01T12:00:00Z",
        "actor": "tester",
    }
    client.put("/v1/draft/units/cleaners", json=UNIT)
    state = client.get("/v1/draft").json()
    assert (state["based_on"], state["made"]["action"], state["changes_total"]) == (None, "import", 1)
    assert city_of(engine, 2).city.name.zh == "新镇"


def test_who_looked_at_another_draft_is_refused(client: TestClient) -> None:
    nothing = client.get("/v1/draft").headers["etag"]
    first = client.put("/v1/draft/units/a", json=UNIT, headers={"If-Match": nothing})
    assert first.status_code == 200
    tag = first.headers["etag"]
    assert client.get("/v1/draft").headers["etag"] == tag
    assert client.get("/v1/draft", headers={"If-None-Match": tag}).status_code == 304
    second = client.put("/v1/draft/units/b", json=UNIT, headers={"If-Match": f'"other", {tag}'})
    assert second.status_code == 200
    for method, path, body in [
        ("PUT", "/v1/draft/units/c", UNIT),
        ("DELETE", "/v1/draft/units/a", None),
        ("PATCH", "/v1/draft", {"changes": [{"do": "delete", "collection": "units", "code": "a"}]}),
        ("POST", "/v1/draft:publish", None),
        ("DELETE", "/v1/draft", None),
    ]:
        refused = client.request(method, path, json=body, headers={"If-Match": tag}, params={"lang": "en"})
        assert refused.status_code == 412, (method, path, refused.text)
        assert refused.json()["type"] == "urn:pointward:problem:draft-changed"
        assert second.headers["etag"] in refused.json()["detail"]
    assert client.delete("/v1/draft", headers={"If-Match": "*"}).status_code == 200
    assert client.put("/v1/draft/units/c", json=UNIT, headers={"If-Match": "*"}).status_code == 412


def test_two_who_write_at_once_both_keep_what_they_wrote(client: TestClient, engine: Engine) -> None:
    answers: list[tuple[str, int]] = []

    def write(letter: str) -> None:
        for number in range(5):
            code = f"{letter}{number}"
            answers.append((code, client.put(f"/v1/draft/units/{code}", json=UNIT).status_code))

    writers = [threading.Thread(target=write, args=(letter,)) for letter in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(answers) == [(f"{letter}{number}", 200) for letter in "ab" for number in range(5)]
    assert set(units_of(engine, 2)) >= {code for code, _ in answers}
    assert client.get("/v1/draft").json()["changes_total"] == 10


def test_of_two_who_saw_the_same_draft_one_is_told_to_look_again(client: TestClient) -> None:
    tag = client.put("/v1/draft/units/a", json=UNIT).headers["etag"]
    start, statuses = threading.Barrier(2), []

    def write(code: str) -> None:
        start.wait()
        statuses.append(client.put(f"/v1/draft/units/{code}", json=UNIT, headers={"If-Match": tag}).status_code)

    writers = [threading.Thread(target=write, args=(code,)) for code in "bc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(statuses) == [200, 412]


def test_every_write_is_in_the_log(client: TestClient, engine: Engine) -> None:
    client.put("/v1/draft/areas/wards/ward/8", json={"name": "八", "geometry": HALF})
    client.delete("/v1/draft/areas/wards/ward/8")
    client.delete("/v1/draft")
    with reading(engine) as session:
        entries = audit_log.read(session)[:4]
    assert [(entry.actor, entry.action, entry.subject, entry.detail) for entry in reversed(entries)] == [
        ("local", "draft", "edition:2", {"based_on": 1}),
        (
            "local",
            "put",
            "draft:areas/wards/ward/8",
            {"edition": 2, "replaced": False, "said": {"name": "八", "geometry": "Polygon"}},
        ),
        ("local", "delete", "draft:areas/wards/ward/8", {"edition": 2, "replaced": True, "said": {}}),
        ("local", "discard", "edition:2", {}),
    ]


def test_before_anything_is_published_there_is_nothing_to_change(empty_client: TestClient) -> None:
    refused = empty_client.put("/v1/draft/units/a", json=UNIT)
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:pointward:problem:nothing-published")


DEEP_LIST = b"[" * 900 + b"]" * 900
HOSTILE = {
    "no JSON": b"{",
    "not an object": b"[1]",
    "a lone number": b"NaN",
    "not a number": b'{"telephone": NaN, "contacts": Infinity}',
    "a NUL": rb'{"name": "a\u0000b"}',
    "half a character": rb'{"name": "\ud800"}',
    "half a character for a key": rb'{"\ud800\u0000": 1}',
    "a NUL in a list": rb'{"contacts": [{"title": "\u0000", "telephone": "1"}]}',
    "a number beyond all bounds": b'{"telephone": ' + b"9" * 4000 + b"}",
    "a number that cannot be read": b'{"telephone": ' + b"9" * 5000 + b"}",
    "a deep list": b'{"name": ' + DEEP_LIST + b"}",
    "a deep list for a geometry": b'{"geometry": ' + DEEP_LIST + b"}",
    "nothing but a deep list": DEEP_LIST,
    "a list beyond all depth": b"[" * 100_000,
    "ten megabytes of a name": b'{"name": "' + b"x" * 10_000_000 + b'"}',
    "ten megabytes of keys": json.dumps({f"k{number:09}": 1 for number in range(500_000)}).encode(),
    "a body beyond the limit": b'{"name": "' + b"x" * 17_000_000 + b'"}',
}
HOSTILE_GROUND = {
    "ten megabytes of vertices": b'{"type": "Polygon", "coordinates": [[' + b"[0, 0]," * 1_400_000 + b"[0, 0]]]}",
    "nested collections": b'{"type": "GeometryCollection", "geometries": [' * 300 + b"]}" * 300,
    "deep coordinates": b'{"type": "Polygon", "coordinates": ' + DEEP_LIST + b"}",
    "a type that is a deep list": b'{"type": ' + DEEP_LIST + b', "coordinates": []}',
    "not a number": b'{"type": "Polygon", "coordinates": [[[0, 0], [NaN, 0], [1, 1], [0, 0]]]}',
    "beyond the earth": b'{"type": "Polygon", "coordinates": [[[0, 0], [1e308, 0], [1, 1], [0, 0]]]}',
    "null": b"null",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_body_is_refused_in_words_and_changes_nothing(client: TestClient, body: bytes) -> None:
    refused = client.put("/v1/draft/units/a", content=body, headers={"content-type": "application/json"})
    assert refused.status_code in (400, 413, 422), refused.text
    assert len(refused.content) < 100_000
    assert refused.json()["detail"]
    assert client.get("/v1/draft").json()["exists"] is False


@pytest.mark.parametrize("ground", HOSTILE_GROUND.values(), ids=HOSTILE_GROUND.keys())
def test_hostile_ground_is_refused_too(client: TestClient, ground: bytes) -> None:
    body = b'{"geometry": ' + ground + b"}"
    path = "/v1/draft/areas/admin/street/E"
    refused = client.put(path, content=body, headers={"content-type": "application/json"})
    assert refused.status_code == 422, refused.text
    assert [one["kind"] for one in refused.json()["findings"]] <= ["value-refused"] or "value-missing" in refused.text
    assert client.get("/v1/draft").json()["exists"] is False


@pytest.mark.parametrize("code", ["%00", "a%0Ab", "%ED%A0%80", "x" * 201, "%20", "a%2F..%2Fb"])
def test_a_hostile_code_never_fails_the_service(client: TestClient, code: str) -> None:
    for response in (client.put(f"/v1/draft/units/{code}", json=UNIT), client.delete(f"/v1/draft/{code}/x")):
        assert response.status_code in (200, 404, 422), response.text
