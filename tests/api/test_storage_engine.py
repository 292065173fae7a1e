"""Engines and sessions: which addresses are taken, and what a failing database looks like."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from api.storage.edition_store import revision
from api.storage.engine import open_engine, reading, writing
from api.storage.errors import NotMigrated, StorageUnavailable, translated
from geo.errors import InvalidInput
from tests.conftest import FreshDatabase
from tests.postgis import Server
from tests.storage_worlds import publish, save, two_districts

OpenDatabase = Callable[[str], Engine]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "var/pointward.sqlite",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "postgresql://user:secret@host/city",
        "mysql+pymysql://user:secret@host/city",
        "mysql+pymysql://user@host/city?password=secret",
        "postgresql+psycopg//user:secret@host/city",
    ],
)
def test_any_other_address_is_refused_naming_the_two_forms_and_no_password(url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        open_engine(url)
    for said in (refusal.value.say("zh"), refusal.value.say("en")):
        assert "sqlite:///" in said
        assert "postgresql+psycopg://" in said
        assert "secret" not in said


def test_the_folder_of_a_new_sqlite_database_is_made_on_connecting(tmp_path: Path, open_database: OpenDatabase) -> None:
    path = tmp_path / "城市" / "var" / "pointward.sqlite"
    engine = open_database(f"sqlite:///{path}")
    assert not path.parent.exists()
    with engine.connect():
        assert path.exists()


def test_a_folder_that_cannot_be_made_is_a_clear_refusal(tmp_path: Path, open_database: OpenDatabase) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable, match="cannot be used"):
        open_database(f"sqlite:///{tmp_path}/file/pointward.sqlite").connect()


def test_a_database_without_tables_says_what_to_run(
    fresh_database: FreshDatabase, database_kind: str, open_database: OpenDatabase
) -> None:
    with fresh_database(database_kind, migrated=False) as url:
        engine = open_database(url)
        with pytest.raises(NotMigrated, match=r"run: python main\.py migrate") as refusal, reading(engine) as session:
            revision(session)
        assert "请运行：python main.py migrate" in refusal.value.say("zh")
        engine.dispose()


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path, open_database: OpenDatabase) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("milk, bread, " * 100)
    with pytest.raises(StorageUnavailable, match="not a database"):
        open_database(f"sqlite:///{path}").connect()


def test_a_server_that_is_not_there_is_unavailable_and_no_password_is_said(
    tmp_path: Path, open_database: OpenDatabase
) -> None:
    engine = open_database(f"postgresql+psycopg://user:secret@/city?host={tmp_path}&password=secret")
    with pytest.raises(StorageUnavailable, match="cannot be used") as refusal:
        engine.connect()
    assert "secret" not in str(refusal.value)


def test_a_database_that_the_server_does_not_have_is_unavailable(
    postgis_server: Server, open_database: OpenDatabase
) -> None:
    engine = open_database(postgis_server.url("atlantis"))
    with pytest.raises(StorageUnavailable, match='"atlantis" does not exist'):
        engine.connect()


def test_a_server_that_restarted_is_not_noticed(postgis_url: str, open_database: OpenDatabase) -> None:
    engine = open_database(postgis_url)
    with reading(engine) as session:
        process = session.scalar(text("SELECT pg_backend_pid()"))
    with open_database(postgis_url).connect() as other:
        assert other.scalar(text("SELECT pg_terminate_backend(:process, 60000)"), {"process": process})
    with reading(engine) as session:
        assert revision(session) == 0


def test_a_connection_cut_in_the_middle_is_unavailable(postgis_url: str, open_database: OpenDatabase) -> None:
    engine = open_database(postgis_url)
    with pytest.raises(StorageUnavailable), reading(engine) as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_our_own_mistakes_are_seen_as_they_are(engine: Engine) -> None:
    with pytest.raises((OperationalError, ProgrammingError), match="syntax"), reading(engine) as session:
        session.execute(text("SELEKT 1"))


def test_a_busy_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "busy.sqlite"
    first, second = (sqlite3.connect(path, timeout=0, isolation_level=None) for _ in range(2))
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as error:
        second.execute("BEGIN IMMEDIATE")
    refusal = translated(error.value, url="sqlite:///busy.sqlite")
    assert isinstance(refusal, StorageUnavailable)
    assert "正被另一项写入占用" in refusal.say("zh")
    first.close()
    second.close()


def test_who_reads_and_then_writes_is_told_when_another_wrote_in_between(
    sqlite_url: str, open_database: OpenDatabase
) -> None:
    engine = open_database(sqlite_url)
    with Session(engine) as session:
        assert revision(session) == 0
        save(engine, two_districts())
        with pytest.raises(StorageUnavailable, match="being written to"):
            session.execute(text("UPDATE revision SET number = 7"))


def test_who_says_first_that_it_will_write_may_read_before(engine: Engine) -> None:
    save(engine, two_districts())
    with writing(engine) as session:
        assert revision(session) == 0
        session.execute(text("UPDATE revision SET number = 7"))
    publish(engine)
    with reading(engine) as session:
        assert revision(session) == 8


def test_a_block_that_raises_changes_nothing(engine: Engine) -> None:
    def write_and_fail() -> None:
        with writing(engine) as session:
            session.execute(text("UPDATE revision SET number = 7"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with reading(engine) as session:
        assert revision(session) == 0


def test_postgres_settings_of_the_address_win_over_ours(postgis_url: str, open_database: OpenDatabase) -> None:
    name = select(text("current_setting('application_name')"))
    with open_database(postgis_url).connect() as connection:
        assert connection.scalar(name) == "pointward"
    with open_database(f"{postgis_url}&application_name=mine").connect() as connection:
        assert connection.scalar(name) == "mine"


def test_a_file_that_was_replaced_is_the_one_that_is_read(
    fresh_database: FreshDatabase, open_database: OpenDatabase
) -> None:
    with fresh_database("sqlite") as url, fresh_database("sqlite") as other_url:
        engine, other = open_database(url), open_database(other_url)
        with reading(engine) as session:
            assert revision(session) == 0
        save(other, two_districts())
        publish(other)
        other.dispose()
        Path(other_url.removeprefix("sqlite:///")).replace(url.removeprefix("sqlite:///"))
        with reading(engine) as session:
            assert revision(session) > 0


def test_a_file_that_was_removed_is_noticed(fresh_database: FreshDatabase, open_database: OpenDatabase) -> None:
    with fresh_database("sqlite") as url:
        engine = open_database(url)
        with reading(engine) as session:
            assert revision(session) == 0
        Path(url.removeprefix("sqlite:///")).unlink()
        with reading(engine) as session, pytest.raises(NotMigrated):
            revision(session)
