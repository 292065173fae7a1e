"""What holds for every request, whatever it asks: HEAD, repeated parameters, bodies that cannot be read or are long."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.app import create_app
from api.limits import DISCARDED_LIMITS, BodyLimit
from api.settings import Settings
from geo.raster import kernel
from tests.api.town import WEST

BATCH = "/v1/responsible:batch"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/docs", 200),
        ("/openapi.json", 200),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/v1/areas", 200),
        ("/v1/responsible?lon=0.005&lat=0.01&at=2026-01-01&known_at=2099-01-01", 200),
        ("/v1/responsible?lon=0.005", 422),
        ("/maps/heat", 200),
        ("/static/pointward.svg", 200),
        ("/nowhere", 404),
    ],
)
def test_head_is_answered_like_get_without_the_body(client: TestClient, path: str, status: int) -> None:
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (status, b"")
    for name in ("content-type", "content-length", "etag"):
        assert head.headers.get(name) == get.headers.get(name)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("lon=1&lon=2&lat=1&lang=en", "the parameter lon is given 2 times ('1', '2'); give it once"),
        ("lon=1&lat=1&lat=1&lang=zh", "参数 lat 给了 2 次（'1', '1'）；只给一次"),
    ],
)
def test_a_parameter_given_twice_is_refused_by_name(client: TestClient, query: str, said: str) -> None:
    response = client.get(f"/v1/responsible?{query}")
    assert (response.status_code, response.json()["detail"]) == (422, said)


@pytest.mark.parametrize("field", ["lon", "lat", "accuracy_m"])
def test_digits_in_groups_are_no_number(client: TestClient, field: str) -> None:
    response = client.get("/v1/responsible", params={**WEST, field: "1_0.5", "lang": "en"})
    assert response.status_code == 422
    assert response.json()["detail"] == f"{field} '1_0.5' is not a number; give digits"


@pytest.mark.parametrize(
    ("body", "status", "en", "zh"),
    [
        (b'{"positions": "\xff"}', 400, "the body cannot be read; send JSON in UTF-8", "请发送 UTF-8 编码的 JSON"),
        (
            rb'{"positions": [{"lon": 1, "lat": 1}], "datum": "\ud800"}',
            422,
            "is not valid Unicode text; send UTF-8",
            "不是有效的 Unicode 文字",
        ),
        (b'{"positions": [', 422, "the body is not JSON", "请求正文不是 JSON"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_both_languages(
    client: TestClient, body: bytes, status: int, en: str, zh: str
) -> None:
    for lang, said in (("en", en), ("zh", zh)):
        response = client.post(f"{BATCH}?lang={lang}", content=body, headers={"content-type": "application/json"})
        assert response.status_code == status
        assert said in response.json()["detail"]


def test_a_slip_in_json_is_a_fault_of_the_body(client: TestClient) -> None:
    response = client.post(BATCH, content=b'{"positions": [', headers={"content-type": "application/json"})
    assert [error["field"] for error in response.json()["errors"]] == ["body"]


# --- a body beyond the limit


def send_through_limit(*, chunks: int, headers: dict[bytes, bytes], limit_bytes: int) -> tuple[int, int]:
    """The status that a body of 10-byte chunks gets, and how many of them were taken from the caller."""
    taken = 0
    sent: list[Message] = []

    async def receive() -> Message:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b"x" * 10, "more_body": taken < chunks}

    async def send(message: Message) -> None:
        sent.append(message)

    async def read_all(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass

    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": list(headers.items())
    }  # fmt: skip
    asyncio.run(BodyLimit(read_all, limit_bytes=limit_bytes)(scope, receive, send))
    return sent[0]["status"], taken


@pytest.mark.parametrize("headers", [{b"content-length": b"200"}, {}], ids=["declared", "undeclared"])
def test_a_body_beyond_the_limit_is_taken_to_its_end_before_the_answer(headers: dict[bytes, bytes]) -> None:
    assert send_through_limit(chunks=20, headers=headers, limit_bytes=100) == (413, 20)


def test_a_body_without_end_is_cut_off() -> None:
    taken = 10 * DISCARDED_LIMITS + 1
    assert send_through_limit(chunks=10**6, headers={}, limit_bytes=100) == (413, taken)


def test_who_asks_before_sending_is_answered_at_once() -> None:
    headers = {b"content-length": b"200", b"expect": b"100-continue"}
    assert send_through_limit(chunks=20, headers=headers, limit_bytes=100) == (413, 0)


# --- before the first step


@pytest.fixture
def bare_client(tmp_path: Path) -> Iterator[TestClient]:
    """A client of the service on a database that was never migrated."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/new.sqlite", poll_seconds=0.05)
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield running


def test_the_start_page_says_how_to_begin_before_there_are_tables(bare_client: TestClient) -> None:
    page = bare_client.get("/")
    assert page.status_code == 200
    assert "python main.py migrate" in page.text


def test_the_service_says_which_kernel_locates_positions(client: TestClient) -> None:
    assert client.get("/readyz").json()["kernel"] == kernel.name()
