"""Runs the migrations, for `api.storage.migrate` and for the alembic command."""

from alembic import context
from sqlalchemy import func, select

from api.settings import read_settings
from api.storage.engine import open_engine, writing
from api.storage.spatial import POSTGRESQL, items_compared_on
from api.storage.tables import metadata

QUEUE = 0x706F696E74  # a number of our own for those who migrate the same database at once


def run() -> None:
    """Nothing; every migration asked for is done in one transaction, or none."""
    engine = open_engine(context.config.attributes.get("url") or read_settings().database_url)
    try:
        with writing(engine) as session:  # which queues by itself on SQLite
            if engine.dialect.name == POSTGRESQL:
                session.execute(select(func.pg_advisory_xact_lock(QUEUE)))
            context.configure(
                connection=session.connection(),
                target_metadata=metadata,
                include_object=items_compared_on(engine.dialect.name),
            )
            context.run_migrations()
    finally:
        engine.dispose()


run()
