"""The look-up read by hand answers what the documented route answers, and takes just what that documents."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine
from starlette.routing import Match
from starlette.testclient import TestClient

from api.app import create_app
from api.routes.plain_lookup import ASKED, FRAME, PARAMETERS, PATH, PlainLookup, read_plain
from api.schemas.lookup import LookupQuery
from api.settings import Settings
from tests.api.town import EAST, NOWHERE, WEST

MOMENT = {"at": "2099-05-01T09:30", "known_at": "2099-05-01T09:30"}
NEAR = {"lon": 0.00992, "lat": 0.01}


@pytest.fixture
def documented_client(settings: Settings, engine: Engine) -> Iterator[TestClient]:
    """A client of a service that has the documented route only, on the same database."""
    app = create_app(settings)
    quick = next(route for route in app.router.routes if isinstance(route, PlainLookup))
    app.router.routes.remove(quick)
    with TestClient(app, raise_server_exceptions=False) as running:
        yield running


@pytest.fixture
def parameters() -> dict[str, dict[str, Any]]:
    """The documented parameters of a look-up, by name: the schema of each value."""
    listed = create_app(Settings()).openapi()["paths"][PATH]["get"]["parameters"]
    return {one["name"]: one["schema"] for one in listed}


def plainly(query: dict[str, Any]) -> Any:
    return read_plain(urlencode(query, doseq=True).encode())


QUERIES: list[dict[str, Any]] = [
    *({**place, **MOMENT} for place in (WEST, EAST, NOWHERE, NEAR)),
    {**NEAR, **MOMENT, "accuracy_m": 0},
    {**NEAR, **MOMENT, "accuracy_m": 3, "confidence": 0.95, "datum": "GCJ-02", "lang": "en"},
    {**NEAR, **MOMENT, "accuracy_m": 900, "lang": "zh"},
    {**WEST, **MOMENT, "category": "0102", "fact": ["side:left", "seen:broken"]},
    {**WEST, **MOMENT, "edition": 1, "register": 0, "receiver": "east", "draft": "false"},
    {**WEST, "at": "2099-05-01", "known_at": "2099-05-02"},
    # What is said wrong, in the values:
    {"lon": 0, "lat": 91},
    {"lon": 181, "lat": 1},
    {**WEST, "accuracy_m": -1},
    {**WEST, "confidence": 1},
    {**WEST, "datum": "mars"},
    {**WEST, "at": "yesterday"},
    {**WEST, "category": "x" * 65},
    {**WEST, "receiver": "nobody"},
    {**WEST, "fact": "colour:red"},
    {**WEST, "edition": 7},
    {**WEST, "register": 7},
]
SLIPS: list[dict[str, Any]] = [
    {"lat": 1},
    {"lon": "nan", "lat": 1},
    {"lon": "inf", "lat": 1},
    {"lon": "1_0", "lat": 1},
    {"lon": "", "lat": 1},
    {"lon": "x", "lat": "y"},
    {"lon": [1, 2], "lat": 1},
    {**WEST, "longitude": 1},
    {**WEST, "lang": "fr"},
    {**WEST, "edition": 0},
    {**WEST, "edition": 2**31 + 1},
    {**WEST, "register": -1},
    {**WEST, "edition": "1.5"},
    {**WEST, "at": "x" * 41},
    {**WEST, "receiver": "x" * 201},
    {**WEST, "fact": "x" * 301},
    {**WEST, "fact": ["side:left"] * 21},
    {**WEST, **MOMENT, "draft": "true"},
    {**WEST, "draft": "perhaps"},
    {**WEST, **MOMENT, "accuracy_m": " 3 "},
    {**WEST, **MOMENT, "accuracy_m": "1e1"},
    {**WEST, **MOMENT, "accuracy_m": "+3"},
    {**WEST, "category": ""},
]


def test_both_routes_answer_and_refuse_alike_to_the_byte(client: TestClient, documented_client: TestClient) -> None:
    for query in (*QUERIES, *SLIPS):
        for headers in ({}, {"Accept-Language": "en-GB,en;q=0.9"}):
            one, other = (it.get(PATH, params=query, headers=headers) for it in (client, documented_client))
            assert (one.status_code, one.content) == (other.status_code, other.content), query
            assert one.headers == other.headers, query


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_what_is_plainly_said_is_read_by_hand(query: dict[str, Any]) -> None:
    assert plainly(query) is not None


@pytest.mark.parametrize("query", SLIPS, ids=str)
def test_what_needs_a_second_look_is_left_to_the_documented_route(query: dict[str, Any]) -> None:
    assert plainly(query) is None


def test_an_answer_that_the_caller_has_is_not_sent_again(client: TestClient) -> None:
    first = client.get(PATH, params={**WEST, **MOMENT})
    for known in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = client.get(PATH, params={**WEST, **MOMENT}, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    assert client.get(PATH, params={**WEST, **MOMENT}, headers={"If-None-Match": '"other"'}).status_code == 200


def test_before_anything_is_published_it_says_so(empty_client: TestClient) -> None:
    assert empty_client.get(PATH, params=WEST).status_code == 503


# --- against the documentation


def test_every_documented_parameter_is_read_and_no_other(parameters: dict[str, Any]) -> None:
    assert set(PARAMETERS) == set(parameters)


def test_what_is_read_is_what_the_documented_route_reads(parameters: dict[str, Any]) -> None:
    values = {
        "lon": "-120.6234567890123",
        "lat": "31",
        "datum": "bd09",
        "accuracy_m": "10.5",
        "confidence": "0.95",
        "category": "0102",
        "at": "2026-05-01T09:30+08:00",
        "receiver": "环卫 所&1",
        "known_at": "2026-05-01",
        "edition": "3",
        "register": "117",
        "fact": ["side:left", "owner:水务"],
        "lang": "zh",
        "draft": "false",
    }
    assert set(values) == set(parameters)
    plain, query = plainly(values), LookupQuery.model_validate(values)
    for name in ASKED:
        assert getattr(plain.asked, name) == getattr(query, name)
    assert plain.asked.facts == tuple(query.fact)
    assert plain.frame == {"known_at": query.known_at, "edition": query.edition, "register": query.register_}
    assert set(plain.frame) == set(FRAME)
    assert plain.lang == query.lang


def test_the_documented_limits_are_the_ones_that_are_read(parameters: dict[str, Any]) -> None:
    seen = 0
    for name, schema in parameters.items():
        kinds = schema.get("anyOf", [schema])
        for kind in kinds:
            item = kind.get("items", kind)
            at_limits = {
                **({"x" * item["maxLength"]: "x" * (item["maxLength"] + 1)} if "maxLength" in item else {}),
                **({str(kind["minimum"]): str(kind["minimum"] - 1)} if "minimum" in kind else {}),
                **({str(kind["maximum"]): str(kind["maximum"] + 1)} if "maximum" in kind else {}),
            }
            for within, beyond in at_limits.items():
                seen += 1
                assert plainly({**WEST, name: within}) is not None, name
                assert plainly({**WEST, name: beyond}) is None, name
            for value in kind.get("enum", ()):
                seen += 1
                assert plainly({**WEST, name: value}) is not None
            if kind.get("type") in ("number", "integer"):
                assert plainly({**WEST, name: "x"}) is None
            if "maxItems" in kind:
                seen += 1
                assert plainly({**WEST, name: ["x"] * kind["maxItems"]}) is not None
                assert plainly({**WEST, name: ["x"] * (kind["maxItems"] + 1)}) is None
    assert seen >= 12


@pytest.mark.parametrize(("query", "by_hand"), [("lon=1&lat=1", True), ("lon=1&lat=1e1", False)])
def test_the_first_route_that_takes_a_look_up_is_the_one_that_reads_by_hand(query: str, by_hand: bool) -> None:
    scope = {"type": "http", "method": "GET", "path": PATH, "query_string": query.encode(), "headers": []}
    routes = create_app(Settings()).router.routes
    taken = next(route for route in routes if route.matches(scope)[0] is Match.FULL)
    assert isinstance(taken, PlainLookup) is by_hand
