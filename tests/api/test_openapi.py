"""The documentation tells the truth: its examples run on the sample city and answer in the shapes that it draws."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import TypeAdapter
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import create_app
from api.schemas.problem import EXAMPLES, Problem
from api.services import importing, publishing
from api.settings import Settings
from api.storage.engine import open_engine
from geo.codes import is_chinese
from geo.posts import Post, Subject, SubjectKind
from geo.sources.limits import Limits
from tests.api.routes import api_routes
from tests.api.town import publish, river_town
from tests.conftest import KINDS, FreshDatabase

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "gusu"

# What depends on what was asked or published before has no example.
WITHOUT_EXAMPLE = {"known_at", "after", "register", "if-match", "idempotency-key", "ruling"}

# Parameters of which one or the other must be given, so that none is required by itself.
EITHER = {("GET", "/v1/rulings:similar"): {"lon", "lat"}}

PUBLISH = ("POST", "/v1/draft:publish")
CONFLICTING = {
    PUBLISH,
    ("POST", "/v1/posts/{code}:hand-over"),
    ("POST", "/v1/holders"),
    ("PUT", "/v1/rulings/{ruling_id}"),
    ("POST", "/v1/rulings/{ruling_id}:decide"),
    ("PUT", "/v1/permits/{permit_id}"),
    ("POST", "/v1/discrepancies"),
    *(("POST", f"/v1/discrepancies/{{discrepancy_id}}:{do}") for do in ("take", "answer", "reopen")),
    ("POST", "/v1/audit"),
    ("POST", "/v1/audit/findings/{finding_id}:take"),
    ("POST", "/v1/audit/findings/{finding_id}:resolve"),
}
"""What stands in the register, or is not in the draft, may forbid these."""

Operation = dict[str, Any]
Operations = dict[tuple[str, str], Operation]


@pytest.fixture(scope="module", params=KINDS)
def sample_service(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> Iterator[TestClient]:
    """A client of a service with the sample city, on SQLite, then on PostGIS."""
    with fresh_database(request.param) as url:
        engine = open_engine(url)
        importing.import_city(engine, SAMPLE, strict=False, actor="test", now=datetime.now(UTC), limits=Limits())
        publishing.publish(engine, valid_from=None, actor="test", now=datetime.now(UTC))
        engine.dispose()
        with TestClient(create_app(Settings(database_url=url))) as client:
            yield client


def operations(document: dict[str, Any]) -> Operations:
    """Every operation, by method and path."""
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


@pytest.fixture(scope="module")
def documented() -> Operations:
    return operations(create_app(Settings()).openapi())


def example_of(thing: Operation) -> Any:
    """The first example of a parameter or a body: its own, else that of its schema; None without one."""
    named = thing.get("examples")
    if named:
        return next(iter(named.values()))["value"]
    return next(iter(thing["schema"].get("examples", [])), None)


def call(client: TestClient, where: tuple[str, str], operation: Operation, *, only_required: bool) -> Any:
    """The response to a request made of nothing but examples."""
    method, path = where
    query = {}
    for parameter in operation.get("parameters", []):
        name, value = parameter["name"], example_of(parameter)
        if parameter["in"] == "path":
            path = path.replace("{" + name + "}", quote(str(value), safe=""))
        elif value is not None and (parameter["required"] or not only_required or name in EITHER.get(where, ())):
            query[name] = value
    body = operation.get("requestBody")
    content = example_of(body["content"]["application/json"]) if body else None
    return client.request(method, path, params=query, json=content)


@pytest.mark.parametrize("only_required", [True, False], ids=["required", "all"])
def test_every_example_is_answered_as_documented(sample_service: TestClient, only_required: bool) -> None:
    documented = operations(sample_service.get("/openapi.json").json())
    models = {
        (method, route.path_format): route for route in api_routes(sample_service.app) for method in route.methods
    }
    answered = {}
    for where, operation in documented.items():
        response = call(sample_service, where, operation, only_required=only_required)
        answered[where] = response.status_code
        media_type = response.headers["content-type"].split(";")[0]
        assert media_type in operation["responses"]["200"]["content"], (where, response.text)
        model = models[where].response_model
        if model is not None:
            TypeAdapter(model).validate_json(response.content)  # pydantic says where it is not as documented
            assert response.json().get("items") != [], where
    assert answered == dict.fromkeys(documented, 200)


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_changes_that_the_readmes_show_work_on_the_sample_city(sample_service: TestClient, readme: str) -> None:
    text = (SAMPLE.parents[1] / readme).read_text(encoding="utf-8").replace("\\\n", "")
    shown = re.findall(r"""curl -X (\w+) "http://[^/]+(/v1/draft[^"]*)"(?: -H "[^"]*" *-d '([^']*)')?""", text)
    assert [method for method, _, _ in shown] == ["PUT", "POST"]
    for method, path, body in shown:
        response = sample_service.request(method, path, json=json.loads(body) if body else None)
        assert response.status_code == 200, response.text
    published = response.json()["id"]
    while sample_service.get(f"/v1/editions/{published}").status_code == 404:
        pass
    assert sample_service.get("/v1/claims/C-990", params={"edition": published}).json()["unit"] == "320508001"


def test_every_parameter_has_words_and_an_example(documented: Operations) -> None:
    for where, operation in documented.items():
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (where, parameter["name"])
            assert (example_of(parameter) is None) == (parameter["name"] in WITHOUT_EXAMPLE), (where, parameter["name"])
        for body in operation.get("requestBody", {}).get("content", {}).values():
            assert example_of(body) is not None, where


def test_every_operation_is_summed_up_in_both_languages(documented: Operations) -> None:
    summaries = [operation["summary"] for operation in documented.values()]
    assert len(set(summaries)) == len(documented) >= 12
    for summary in summaries:
        english, chinese = summary.split(" · ")
        assert english.isascii()
        assert is_chinese(chinese)


def test_every_operation_announces_the_problems_it_may_answer_with(documented: Operations) -> None:
    for where, operation in documented.items():
        problems = {status: response for status, response in operation["responses"].items() if status >= "400"}
        for response in problems.values():
            assert list(response["content"]) == ["application/problem+json"]
        assert ("422" in problems) == bool(operation.get("parameters") or operation.get("requestBody")), where
        assert ("503" in problems) == (where[1] != "/healthz"), where
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        one = {
            "from",
            "edition",
            "edition_id",
            "register",
            "code",
            "ruling_id",
            "permit_id",
            "discrepancy_id",
            "finding_id",
        }
        asks_for_one = bool(names & one) or where[0] in ("POST", "PATCH", "DELETE")
        assert ("404" in problems) == (asks_for_one and where not in (PUBLISH, ("PUT", "/v1/people/{code}"))), where
        assert ("409" in problems) == (where in CONFLICTING), where
        assert ("412" in problems) == ("if-match" in names), where


def test_the_examples_of_problems_are_real(empty_client: TestClient, engine: Engine) -> None:
    nothing_yet = empty_client.get("/v1/units?lang=en")
    desk = Post("desk/west", "duty_desk", "west", Subject(SubjectKind.UNIT, ("west",)))
    publish(engine, replace(river_town(), posts=(desk,)))
    while empty_client.get("/readyz").status_code == 503:
        pass
    body = {"person": "A", "at": "2026-05-01T09:30"}
    empty_client.put("/v1/people/A", json={"name": "A"})
    handed_over = empty_client.post("/v1/posts/desk%2Fwest:hand-over?lang=en", json=body)
    refused = {
        404: empty_client.get("/v1/units/7?lang=en"),
        409: handed_over,
        412: empty_client.put("/v1/draft/units/a?lang=en", json={}, headers={"If-Match": '"draft-1"'}),
        413: empty_client.post("/v1/responsible:batch?lang=en", content=b" " * 17_000_000),
        422: empty_client.get("/v1/responsible?lon=31.3&lat=120.6&lang=en"),
        503: nothing_yet,
    }
    assert {status: response.json() for status, response in refused.items()} == EXAMPLES
    for status, response in refused.items():
        assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


def test_a_problem_names_every_field_that_was_refused(client: TestClient) -> None:
    response = client.get("/v1/responsible?lon=x&lat=y&lang=en")
    problem = Problem.model_validate_json(response.content)
    assert [trouble.field for trouble in problem.errors] == ["lon", "lat"]


def test_every_reference_of_the_document_leads_somewhere() -> None:
    document = create_app(Settings()).openapi()
    schemas = document["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named
    assert named <= set(schemas)
