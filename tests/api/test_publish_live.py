"""Publishing while the service runs: several workers, no failed request, no answer that mixes two editions."""

import json
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.api.town import WEST, publish, river_town

ROOT = Path(__file__).parents[2]


def get(port: int, path: str) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        body: dict[str, object] = json.load(response)
        return body


@pytest.fixture
def port(engine: Engine, database_url: str) -> Iterator[int]:
    """The port of a service with two workers on a published river town."""
    publish(engine, river_town())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        chosen = probe.getsockname()[1]
    environment = {**os.environ, "POINTWARD_DATABASE_URL": database_url, "POINTWARD_POLL_SECONDS": "0.1"}
    command = [sys.executable, "main.py", "serve", "--port", str(chosen), "--workers", "2"]
    service = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        while service.poll() is None:
            try:
                get(chosen, "/readyz")
                break
            except (urllib.error.URLError, ConnectionError):
                continue
        assert service.poll() is None, "the service did not start"
        yield chosen
    finally:
        service.terminate()
        service.wait(timeout=20)


def test_every_worker_swaps_without_a_failed_or_mixed_answer(port: int, engine: Engine) -> None:
    query = f"/v1/responsible?lon={WEST['lon']}&lat={WEST['lat']}&accuracy_m=0"
    answers: list[tuple[object, object]] = []
    failures: list[Exception] = []
    done = threading.Event()

    def caller() -> None:
        while not done.is_set():
            try:
                answer = get(port, query)
                answers.append((answer["edition"]["id"], answer["lead"]["unit"]["code"]))  # type: ignore[index]
            except Exception as error:
                failures.append(error)

    callers = [threading.Thread(target=caller) for _ in range(3)]
    for thread in callers:
        thread.start()
    publish(engine, river_town(river=0.004))
    in_a_row = 0
    while in_a_row < 200 and not failures:  # both workers have answered by then, many times
        seen = len(answers)
        while len(answers) == seen and not failures:
            pass
        in_a_row = in_a_row + 1 if answers[-1][0] == 2 else 0
    done.set()
    for thread in callers:
        thread.join()
    assert not failures
    assert set(answers) == {(1, "west"), (2, "east")}
