"""Engines for the two databases, and the two ways to open a session on them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from types import MappingProxyType

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from api.storage.errors import BUSY_LIMIT_S, UNAVAILABLE, StorageUnavailable, translated
from geo.errors import GeoError, InvalidInput
from geo.wording import Phrase

UNKNOWN_URL = Phrase(
    zh="数据库地址 {url} 不能使用；请写 sqlite:///路径 或 postgresql+psycopg://用户:口令@主机/库名",
    en="the database URL {url} cannot be used; give sqlite:///path or postgresql+psycopg://user:password@host/database",
)

SQLITE = "sqlite"
POSTGIS = "postgresql+psycopg"

# A peer that vanished without a word (a pulled cable, a failed-over host) is noticed within a minute.
POSTGRES_CONNECTION: Mapping[str, object] = MappingProxyType(
    {
        "application_name": "pointward",
        "client_encoding": "utf8",
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
)

WRITES = "pointward_writes"


def open_engine(url: str) -> Engine:
    """An engine for `sqlite:///path` (its folder is made) or `postgresql+psycopg://…`; nothing is connected yet.

    Driver errors of every session on it arrive translated, as `api.storage.errors` says. What the query part of a
    PostgreSQL URL sets (`connect_timeout`, `sslmode` …) wins over our own settings.

    Raises
    ------
    InvalidInput
        Any other URL, an SQLite database in memory included: each connection would see one of its own.
    """
    parsed = _parsed(url)
    engine = _sqlite_engine(parsed) if parsed.drivername == SQLITE else _postgis_engine(parsed)
    shown = _shown(parsed)

    @event.listens_for(engine, "handle_error", retval=True)
    def translate(context: ExceptionContext) -> GeoError | None:
        if context.is_pre_ping:  # the pool replaces a connection that died, and nobody need know
            return None
        return translated(context.original_exception, url=shown)

    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one state of the database, however many statements it runs and whoever writes meanwhile."""
    if engine.dialect.name != SQLITE:  # SQLite in WAL mode does so by itself
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session in one transaction, committed at the end of the block and undone when the block raises."""
    with Session(engine.execution_options(**{WRITES: True})) as session, session.begin():
        yield session


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidInput(UNKNOWN_URL, url=re.sub(r":[^:/]*@", ":***@", url) or "''") from error
    in_memory = parsed.database in (None, "", ":memory:")
    if parsed.drivername not in (SQLITE, POSTGIS) or (parsed.drivername == SQLITE and (in_memory or parsed.query)):
        raise InvalidInput(UNKNOWN_URL, url=_shown(parsed))
    return parsed


def _shown(url: URL) -> str:
    """The address without its password, which may stand in the query too."""
    return url.difference_update_query(["password"]).render_as_string(hide_password=True)


def _postgis_engine(url: URL) -> Engine:
    settings = {name: value for name, value in POSTGRES_CONNECTION.items() if name not in url.query}
    return create_engine(url, connect_args=settings, pool_pre_ping=True)


def _sqlite_engine(url: URL) -> Engine:
    # No pool: a kept connection goes on reading a file that was replaced or removed, and nobody would notice.
    engine = create_engine(url, connect_args={"timeout": BUSY_LIMIT_S}, poolclass=NullPool)

    @event.listens_for(engine, "do_connect")
    def make_folder(*_: object) -> None:
        folder = Path(url.database or "").absolute().parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageUnavailable(UNAVAILABLE, url=url, reason=error) from error

    @event.listens_for(engine, "connect")
    def prepare(connection: SqliteConnection, _: object) -> None:
        # The driver's own BEGIN comes only before the first write; ours comes first, so that reads are one state too.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads and then writes fails at once when another one wrote in between; a writer
        # therefore queues before its first read.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
