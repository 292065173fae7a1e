"""Fixtures of all tests: migrated databases of both kinds, each a copy that costs milliseconds.

`database_url`, `engine`: on SQLite and again on PostGIS. `sqlite_url`, `postgis_url`: one of them.
`fresh_database(kind)`: a context manager, for fixtures of a wider scope or tests that need several databases.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from api.storage.engine import open_engine
from api.storage.migrate import upgrade
from tests import postgis

RUN_FOLDER = "POINTWARD_TEST_RUN"
CACHE = "POINTWARD_CACHE"  # not that of whoever runs the tests
KINDS = ("sqlite", "postgis")
TEMPLATE = "pointward_template"

FreshDatabase = Callable[..., AbstractContextManager[str]]

run_key = pytest.StashKey[object]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the workers of pytest-xdist share the run of the process that started them
        config.stash[run_key] = run = postgis.open_run()
        os.environ[RUN_FOLDER] = str(run[0])
        os.environ[CACHE] = str(run[0] / "cache")


def pytest_unconfigure(config: pytest.Config) -> None:
    if run_key in config.stash:
        postgis.close_run(*config.stash[run_key])


@pytest.fixture(scope="session")
def postgis_server() -> postgis.Server:
    """The run's PostGIS server, with a migrated template. Without PostGIS the tests are skipped, and fail under CI."""
    folder = Path(os.environ[RUN_FOLDER])
    with postgis.locked(folder / "starting"):
        try:
            server = postgis.running_server(folder)
        except postgis.PostgisMissing as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(str(missing), pytrace=False)
            pytest.skip(str(missing))
        if not server.has(TEMPLATE):
            server.create(TEMPLATE)
        upgrade(server.url(TEMPLATE))
    return server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def fresh_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FreshDatabase:
    """`with fresh_database("sqlite") as url:` an empty database of a kind, migrated unless `migrated=False`."""

    @contextmanager
    def sqlite(*, migrated: bool) -> Iterator[str]:
        path = tmp_path_factory.mktemp("sqlite") / "pointward.sqlite"
        if migrated:
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        shutil.rmtree(path.parent)

    @contextmanager
    def on_postgis(*, migrated: bool) -> Iterator[str]:
        server: postgis.Server = request.getfixturevalue("postgis_server")
        name = f"test_{uuid4().hex}"
        server.create(name, template=TEMPLATE if migrated else "template1")
        yield server.url(name)
        server.drop(name)

    def fresh(kind: str, *, migrated: bool = True) -> AbstractContextManager[str]:
        return sqlite(migrated=migrated) if kind == "sqlite" else on_postgis(migrated=migrated)

    return fresh


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, fresh_database: FreshDatabase) -> Iterator[str]:
    """The address of an empty, migrated database; on SQLite, then on PostGIS."""
    with fresh_database(database_kind) as url:
        yield url


@pytest.fixture
def sqlite_url(fresh_database: FreshDatabase) -> Iterator[str]:
    """The address of an empty, migrated SQLite database."""
    with fresh_database("sqlite") as url:
        yield url


@pytest.fixture
def postgis_url(fresh_database: FreshDatabase) -> Iterator[str]:
    """The address of an empty, migrated PostGIS database."""
    with fresh_database("postgis") as url:
        yield url


@pytest.fixture
def open_database() -> Iterator[Callable[[str], Engine]]:
    """`open_database(url)`: an engine that is closed after the test."""
    engines: list[Engine] = []

    def open_and_keep(url: str) -> Engine:
        engines.append(open_engine(url))
        return engines[-1]

    yield open_and_keep
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(database_url: str, open_database: Callable[[str], Engine]) -> Engine:
    """An engine on an empty, migrated database; on SQLite, then on PostGIS."""
    return open_database(database_url)
