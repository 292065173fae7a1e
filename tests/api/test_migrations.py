"""Migrations: up, down and up again; the tables of the program are those of the migrations; many may start at once."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, delete, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from api.services.auditing import run_audit
from api.storage import tables
from api.storage.engine import open_engine, reading, writing
from api.storage.errors import NotMigrated, StorageUnavailable
from api.storage.map_store import load_map
from api.storage.migrate import upgrade
from geo.model import EVENT_LADDER
from tests.conftest import FreshDatabase
from tests.postgis import Server
from tests.storage_worlds import NOON, publish, save, two_districts, two_districts_with_claims

PROJECT = Path(__file__).parents[2]

OpenDatabase = Callable[[str], Engine]

FILED: dict[str, object] = {
    **{"number": 1, "id": "D-1", "request_digest": "d", "kind": "Gap", "severity": "x", "comment": "x", "verdict": "x"},
    **{
        "filed_at": NOON,
        "lon": 0.5,
        "lat": 0.5,
        "edition": 1,
        "register": 0,
        "stewards": [],
        "asked": {},
        "answer": {},
    },
}


def table_names(engine: Engine) -> set[str]:
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names - {"spatial_ref_sys"}


def alembic(*arguments: str, url: str, folder: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "alembic", "-c", str(PROJECT / "pyproject.toml"), *arguments]
    environment = os.environ | {"POINTWARD_DATABASE_URL": url, "PYTHONPATH": str(PROJECT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def is_current(url: str) -> bool:
    """Whether the database is at the last migration."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_heads()
    finally:
        engine.dispose()
    return present == tuple(ScriptDirectory(PROJECT / "migrations").get_heads())


def go_down(url: str, revision: str = "base") -> None:
    """Takes the database back before the first migration."""
    down = alembic("downgrade", revision, url=url)
    assert down.returncode == 0, down.stdout + down.stderr


def test_up_and_down_and_up_again(
    fresh_database: FreshDatabase, database_kind: str, open_database: OpenDatabase
) -> None:
    with fresh_database(database_kind, migrated=False) as url:
        engine = open_database(url)
        assert not is_current(url)
        upgrade(url)
        assert is_current(url)
        assert table_names(engine) == {*tables.metadata.tables, "alembic_version"}
        save(engine, two_districts_with_claims())
        publish(engine)
        engine.dispose()

        go_down(url)
        assert not is_current(url)
        assert table_names(engine) == {"alembic_version"}

        upgrade(url)
        assert is_current(url)
        save(engine, two_districts_with_claims())
        assert publish(engine).id == 1
        engine.dispose()


def test_an_edition_published_before_there_were_claims_loads_with_the_defaults(
    database_url: str, open_database: OpenDatabase
) -> None:
    engine = open_database(database_url)
    draft = save(engine, two_districts())
    with writing(engine) as session:
        city = session.execute(select(tables.edition.c.city)).scalar_one()
        for unknown in ("ladder_component", "ladder_event", "road_classes", "territory_by_branch"):
            del city["policy"][unknown]
        session.execute(update(tables.edition).values(city=city))
    publish(engine)
    engine.dispose()
    go_down(database_url, "0001")
    assert not table_names(engine) & {"category", "claim", "checkpoint", "segment", "strip"}

    upgrade(database_url)
    with reading(engine) as session:
        loaded = load_map(session, draft)
    assert replace(loaded, records=()) == replace(two_districts(), records=())
    assert loaded.city.policy.ladder_event == EVENT_LADDER


def test_going_down_one_revision_keeps_the_map_and_loses_the_claims(
    database_url: str, open_database: OpenDatabase
) -> None:
    engine = open_database(database_url)
    save(engine, two_districts_with_claims())
    published = publish(engine)
    engine.dispose()
    go_down(database_url, "0001")
    upgrade(database_url)
    with reading(engine) as session:
        loaded = load_map(session, published.id)
    assert (loaded.areas, loaded.claims, loaded.segments) == (two_districts().areas, (), ())


def test_audits_golden_places_and_discrepancies_go_down_and_come_up_again_with_rows_in_them(
    database_url: str, open_database: OpenDatabase
) -> None:
    engine = open_database(database_url)
    save(engine, two_districts_with_claims())
    published = publish(engine)
    audited = run_audit(engine, positions=0, actor="test", now=published.published_at)
    assert audited.counts
    with writing(engine) as session:
        session.execute(insert(tables.discrepancy).values(FILED))
        session.execute(
            insert(tables.discrepancy_event).values(number=1, ordinal=0, at=FILED["filed_at"], actor="test", do="take")
        )
    engine.dispose()
    go_down(database_url, "0005")
    assert not table_names(engine) & {"map_audit", "trouble", "trouble_event", "golden_place", "discrepancy"}

    upgrade(database_url)
    with reading(engine) as session:
        loaded = load_map(session, published.id)
    assert (loaded.golden, loaded.claims) == ((), two_districts_with_claims().claims)
    again = run_audit(engine, positions=0, actor="test", now=published.published_at)
    assert (again.id, again.counts) == (1, audited.counts)
    for table in (tables.map_audit, tables.trouble_event):
        with pytest.raises(DatabaseError, match="append-only"), writing(engine) as session:
            session.execute(delete(table))
    with pytest.raises(DatabaseError, match="immutable"), writing(engine) as session:
        session.execute(
            insert(tables.golden_place).values(
                {**dict.fromkeys(("code", "rung", "why", "verdict"), "x"), "edition_id": published.id, "ordinal": 0}
                | {"lon": 0.0, "lat": 0.0, "facts": []}
            )
        )
    engine.dispose()


def test_going_down_leaves_no_trigger_and_no_function(postgis_url: str, open_database: OpenDatabase) -> None:
    go_down(postgis_url)
    with open_database(postgis_url).connect() as connection:
        assert connection.scalars(text("SELECT proname FROM pg_proc WHERE proname LIKE 'pointward%'")).all() == []


def test_upgrading_what_is_current_changes_nothing(database_url: str, open_database: OpenDatabase) -> None:
    engine = open_database(database_url)
    save(engine, two_districts())
    upgrade(database_url)
    assert publish(engine).id == 1


def test_alembic_finds_no_difference_between_tables_and_migrations(database_url: str) -> None:
    check = alembic("check", url=database_url)
    assert check.returncode == 0, check.stdout + check.stderr


def test_alembic_finds_a_difference_when_there_is_one(database_url: str, open_database: OpenDatabase) -> None:
    with open_database(database_url).begin() as connection:
        connection.execute(text("ALTER TABLE unit ADD COLUMN nickname TEXT"))
    check = alembic("check", url=database_url)
    assert check.returncode != 0
    assert "nickname" in check.stdout + check.stderr


def test_the_program_migrates_from_any_folder_and_says_nothing(
    fresh_database: FreshDatabase, database_kind: str, tmp_path: Path
) -> None:
    program = "import sys; from api.storage.migrate import upgrade; upgrade(sys.argv[1])"
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    with fresh_database(database_kind, migrated=False) as url:
        # Several at once, as when a service starts with several processes.
        started = [
            subprocess.Popen(
                [sys.executable, "-c", program, url],
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(3)
        ]
        said = [process.communicate()[0] for process in started]
        assert [process.returncode for process in started] == [0, 0, 0], said
        assert said == ["", "", ""]
        assert is_current(url)


def test_a_database_of_a_newer_version_is_refused(database_url: str, open_database: OpenDatabase) -> None:
    with open_database(database_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NotMigrated, match="9999"):
        upgrade(database_url)
    assert not is_current(database_url)


def test_a_user_who_may_not_install_postgis_is_told_who_can(
    fresh_database: FreshDatabase, postgis_server: Server, open_database: OpenDatabase
) -> None:
    with fresh_database("postgis", migrated=False) as url:
        with open_database(url).begin() as connection:
            connection.execute(text("DROP ROLE IF EXISTS clerk"))
            connection.execute(text("CREATE ROLE clerk LOGIN"))
            connection.execute(text("GRANT ALL ON SCHEMA public TO clerk"))
        with pytest.raises(StorageUnavailable, match="CREATE EXTENSION postgis"):
            upgrade(url.replace("postgres@", "clerk@"))
        with open_database(url).begin() as connection:
            connection.execute(text("CREATE EXTENSION postgis"))
        upgrade(url.replace("postgres@", "clerk@"))
        assert is_current(url)


def test_sites_of_a_published_edition_get_managers_to_come_and_stay_guarded(
    database_url: str, open_database: OpenDatabase
) -> None:
    engine = open_database(database_url)
    save(engine, two_districts_with_claims())
    published = publish(engine)
    engine.dispose()
    go_down(database_url, "0003")
    assert "component" not in table_names(engine)
    assert "manager" not in {column["name"] for column in inspect(engine).get_columns("checkpoint")}
    engine.dispose()
    for change in (delete(tables.checkpoint), delete(tables.address)):
        with pytest.raises(IntegrityError, match="immutable"), writing(engine) as session:
            session.execute(change)
    engine.dispose()

    upgrade(database_url)
    with reading(engine) as session:
        loaded = load_map(session, published.id)
    before = two_districts_with_claims()
    assert loaded.checkpoints == tuple(replace(site, manager=None) for site in before.checkpoints)
    assert (loaded.components, loaded.addresses) == ((), before.addresses)
    with pytest.raises(IntegrityError, match="immutable"), writing(engine) as session:
        session.execute(update(tables.checkpoint).values(manager="D1"))
