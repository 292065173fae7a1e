"""A real browser, a tiny server, and an eye on everything that a page asks for or complains about."""

import mimetypes
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, ConsoleMessage, sync_playwright

from maps.assets import STATIC
from tests.browser.looking import Reply, Visit

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
REMEDY = "Chromium is missing: apt-get install chromium fonts-noto-cjk"
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI") == "true":
            pytest.fail(REMEDY)
        pytest.skip(REMEDY)
    arguments = [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else list(ARGUMENTS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """A function that opens an address: `visit(url, width=1440, height=900)`."""
    contexts = []

    def open_page(url: str, *, width: int = 1440, height: int = 900) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        contexts.append(context)
        visited = Visit(context.new_page())

        def complain(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                visited.complaints.append(message.text)

        visited.page.on("request", lambda request: visited.requests.append(request.url))
        visited.page.on("console", complain)
        visited.page.on("pageerror", lambda error: visited.complaints.append(str(error)))
        visited.page.on("dialog", lambda dialog: (visited.complaints.append("a dialog opened"), dialog.dismiss()))
        visited.page.goto(url)
        return visited

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Mapping[str, Reply]], str]]:
    """A function that serves replies by path, and maps/static below /static, on the loopback; it gives the address."""
    servers = []

    def start(replies: Mapping[str, Reply]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                reply = static_reply(path) if path.startswith("/static/") else replies.get(path)
                reply = reply or Reply(b"", status=404)
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                self.send_header("Content-Length", str(len(reply.content)))
                self.end_headers()
                self.wfile.write(reply.content)

            def log_message(self, *arguments: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the program itself, started as `make run` starts it: the sample city on a database of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    database = tmp_path_factory.mktemp("service") / "pointward.sqlite"
    program = subprocess.Popen(
        [sys.executable, "main.py", "demo", "--port", str(port)],
        cwd=PROJECT,
        env={**os.environ, "POINTWARD_DATABASE_URL": f"sqlite:///{database}"},
        stdout=subprocess.DEVNULL,
    )
    try:
        while not is_ready(port):
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"the service ended with status {program.wait(timeout=0.1)}")
        yield f"http://127.0.0.1:{port}"
    finally:
        program.terminate()
        program.wait(timeout=20)


def is_ready(port: int) -> bool:
    """Whether a service answers there from an edition."""
    try:
        urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10).close()
    except OSError:
        return False
    return True


def static_reply(path: str) -> Reply | None:
    file = STATIC / path.removeprefix("/static/")
    if not file.is_file():
        return None
    return Reply(file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream")
