"""A running service on a tiny city, on both databases."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from tests.api.town import publish, river_town

OpenDatabase = Callable[[str], Engine]


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings of a service that looks often."""
    return Settings(database_url=database_url, poll_seconds=0.05)


@pytest.fixture
def client(settings: Settings, engine: Engine) -> Iterator[TestClient]:
    """A client of the service; river town is published."""
    publish(engine, river_town())
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield running


@pytest.fixture
def empty_client(settings: Settings) -> Iterator[TestClient]:
    """A client of the service; nothing is published."""
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield running
