"""Registered components over HTTP: lists, one, and what callers say they see."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import create_app
from api.schemas.answer import Answer
from api.settings import Settings
from tests.api.town import EAST, LIDS, lid_town, publish

FIRST, SECOND, BIN = "3205080103000001", "3205080103000002", "3205080302000001"


@pytest.fixture
def town(settings: Settings, engine: Engine) -> Iterator[TestClient]:
    """A client of the service with the town of lids."""
    publish(engine, lid_town())
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield running


def get(client: TestClient, path: str, **query: Any) -> Any:
    response = client.get(path, params=query or None)
    assert response.status_code == 200, response.text
    return response.json()


def ask(client: TestClient, **query: Any) -> Any:
    body = get(client, "/v1/responsible", **{**LIDS, "accuracy_m": 0, "category": "0103", "lang": "en", **query})
    Answer.model_validate(body)
    return body


def refused(client: TestClient, **query: Any) -> str:
    response = client.get("/v1/responsible", params={**LIDS, "category": "0103", "lang": "en", **query})
    assert response.status_code == 422, response.text
    return str(response.json()["detail"])


def test_components_are_listed_by_id_page_by_page(town: TestClient) -> None:
    collected, address = [], "/v1/components?limit=1"
    while address:
        page = get(town, address)
        collected += [item["id"] for item in page["items"]]
        address = page["next"]
    assert collected == [FIRST, SECOND, BIN]


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ({"category": "0103"}, [FIRST, SECOND]),
        ({"category": "01"}, [FIRST, SECOND]),
        ({"category": "9"}, []),
        ({"owner": "west"}, [SECOND]),
        ({"maintainer": "east"}, [FIRST]),
        ({"state": "damaged"}, [BIN]),
        ({"state": "in_use", "owner": "old"}, [FIRST]),
    ],
)
def test_the_list_can_be_filtered(town: TestClient, query: dict[str, str], listed: list[str]) -> None:
    assert [item["id"] for item in get(town, "/v1/components", **query)["items"]] == listed


def test_an_unknown_state_is_refused(town: TestClient) -> None:
    assert town.get("/v1/components", params={"state": "gone"}).status_code == 422


def test_one_component_has_everything_and_its_point(town: TestClient) -> None:
    assert get(town, f"/v1/components/{FIRST}", lang="en") == {
        "id": FIRST, "category": "0103", "category_name": "Storm drain cover", **LIDS, "owner": "old",
        "maintainer": "east", "competent": None, "state": "in_use", "since": "2019-05-01", "changed": None,
        "source": None, "note": None,
    }  # fmt: skip
    response = town.get(f"/v1/components/{FIRST}", params={"format": "geojson"})
    assert response.headers["content-type"] == "application/geo+json"
    assert response.json()["geometry"] == {"type": "Point", "coordinates": [LIDS["lon"], LIDS["lat"]]}
    missing = town.get("/v1/components/x", params={"lang": "en"})
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:pointward:problem:not-found")


def test_a_contested_lid_offers_the_question_and_a_reply_settles_it(town: TestClient) -> None:
    contested = ask(town)
    assert (contested["verdict"], contested["next"]["do"]) == ("contested", "survey")
    question = contested["question"]
    assert (question["id"], question["text"]) == ("component", "Whose name is on it (Storm drain cover)?")
    assert [(reply["fact"], reply["unit"]["code"]) for reply in question["facts"]] == [
        (f"component:{FIRST}", "old"),
        (f"component:{SECOND}", "west"),
    ]
    settled = ask(town, fact=question["facts"][1]["fact"])
    assert (settled["verdict"], settled["rung"], settled["question"]) == ("certain", "owner", None)
    assert settled["lead"]["unit"]["code"] == "west"
    assert settled["lead"]["claim"] == {
        "id": f"component:{SECOND}", "source": "实测", "valid_from": None, "valid_to": None,
    }  # fmt: skip
    assert settled["chain"][-1]["refs"] == [f"component:{SECOND}"]
    [fact] = settled["facts"]
    assert (fact["fact"], fact["text"], fact["unit"]["code"]) == (
        f"component:{SECOND}", f"Storm drain cover {SECOND} (West Office)", "west",
    )  # fmt: skip
    assert (settled["border"]["distance_m"], settled["border"]["beyond_m"]) == (None, 50.0)


def test_the_components_owner_is_the_principal_before_who_owns_such_things_in_general(town: TestClient) -> None:
    assert ask(town, fact=f"component:{FIRST}")["principal"]["unit"]["code"] == "old"


def test_facts_may_be_repeated_and_nothing_else_may(town: TestClient) -> None:
    both = ask(town, fact=[f"component:{FIRST}", f"component:{SECOND}"])
    assert (both["verdict"], len(both["facts"])) == ("contested", 2)
    assert "is given 2 times" in refused(town, category=["0103", "0103"])
    assert town.get("/v1/components", params={"fact": ["a", "b"]}).status_code == 422


def test_what_is_no_fact_is_refused_in_words(town: TestClient) -> None:
    assert "component:<id>" in refused(town, fact="strip:tramway")
    assert "there is no component '7'" in refused(town, fact="component:7")
    assert "registered as 0302, not as 0103" in refused(town, fact=f"component:{BIN}")
    chinese = town.get("/v1/responsible", params={**LIDS, "fact": "roof:red", "lang": "zh"}).json()["detail"]
    assert "无法识别" in chinese


def test_a_batch_takes_facts_for_all_and_for_each(town: TestClient) -> None:
    place = {**LIDS, "accuracy_m": 0}
    own = {**place, "facts": [f"component:{SECOND}"]}
    body = {"positions": [place, own, {**place, "facts": ["side:up"]}, {**EAST, "facts": []}], "category": "0103"}
    body |= {"facts": [f"component:{FIRST}"]}
    first, second, wrong, none = town.post("/v1/responsible:batch", json=body, params={"lang": "en"}).json()["answers"]
    assert [answer["lead"]["unit"]["code"] for answer in (first, second, none)] == ["old", "west", "west"]
    assert "component:<id>" in wrong["error"]["detail"]
    assert none["facts"] == []
    moment = {"at": "2030-01-01", "known_at": "2030-01-01"}
    batch = town.post("/v1/responsible:batch", json={"positions": [{**own, "category": "0103"}], **moment})
    single = ask(town, fact=f"component:{SECOND}", lang="zh", **moment)
    assert batch.json()["answers"][0] == single
