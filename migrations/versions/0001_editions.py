"""Editions of the map, their findings, the audit log, and the guards that keep both as they are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from api.storage.spatial import POSTGRESQL, SHAPE

revision: str = "0001"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OF_AN_EDITION = ("scheme", "level", "unit", "area", "record_set", "finding")

IMMUTABLE = "a published edition is immutable"
APPEND_ONLY = "the audit log is append-only"


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == POSTGRESQL
    if on_postgresql:
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    _create_contents(on_postgresql)
    _create_editions()
    _create_log_and_revision()
    if on_postgresql:
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    # The tables take their indexes and triggers along. The extension stays: others may use it.
    for table in ("finding", "record_set", "area", "unit", "level", "scheme", "edition"):
        op.drop_table(table)
    for table in ("record_content", "boundary", "audit_log", "revision"):
        op.drop_table(table)
    if op.get_bind().dialect.name == POSTGRESQL:
        op.execute("DROP FUNCTION pointward_refuse")
        op.execute("DROP FUNCTION pointward_refuse_if_published")


def _create_contents(on_postgresql: bool) -> None:
    op.create_table(
        "boundary",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("shape", SHAPE, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_boundary"),
    )
    if on_postgresql:
        op.create_index("ix_boundary_shape", "boundary", ["shape"], postgresql_using="gist")
    op.create_table(
        "record_content",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_record_content"),
    )


def _create_editions() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("valid_from", sa.DateTime(timezone=True)),
        sa.Column("city", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_edition"),
        sa.UniqueConstraint("published_at", name="uq_edition_published_at"),
    )
    op.create_table(
        "scheme",
        *_of_an_edition("scheme"),
        *_named(),
        sa.Column("code_split", sa.JSON()),
        sa.Column("prefix", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "code", name="pk_scheme"),
    )
    op.create_table(
        "level",
        *_of_an_edition("level"),
        sa.Column("scheme", sa.Text(), nullable=False),
        *_named(),
        sa.PrimaryKeyConstraint("edition_id", "scheme", "code", name="pk_level"),
        sa.ForeignKeyConstraint(
            ["edition_id", "scheme"], ["scheme.edition_id", "scheme.code"], name="fk_level_edition_id_scheme"
        ),
    )
    op.create_table(
        "unit",
        *_of_an_edition("unit"),
        *_named(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text()),
        sa.Column("telephone", sa.Text()),
        sa.Column("contacts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "code", name="pk_unit"),
        sa.ForeignKeyConstraint(
            ["edition_id", "parent"],
            ["unit.edition_id", "unit.code"],
            name="fk_unit_edition_id_parent",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_index("ix_unit_edition_id_parent", "unit", ["edition_id", "parent"])
    op.create_table(
        "area",
        *_of_an_edition("area"),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        *_named(),
        sa.Column("boundary", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text()),
        sa.Column("unit", sa.Text()),
        sa.Column("steward", sa.Text()),
        sa.PrimaryKeyConstraint("edition_id", "scheme", "level", "code", name="pk_area"),
        sa.ForeignKeyConstraint(["boundary"], ["boundary.digest"], name="fk_area_boundary"),
        sa.ForeignKeyConstraint(
            ["edition_id", "scheme", "level"],
            ["level.edition_id", "level.scheme", "level.code"],
            name="fk_area_edition_id_scheme_level",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "unit"], ["unit.edition_id", "unit.code"], name="fk_area_edition_id_unit"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "steward"], ["unit.edition_id", "unit.code"], name="fk_area_edition_id_steward"
        ),
    )
    op.create_index("ix_area_boundary", "area", ["boundary"])
    op.create_index("ix_area_edition_id_unit", "area", ["edition_id", "unit"])
    op.create_index("ix_area_edition_id_steward", "area", ["edition_id", "steward"])
    op.create_table(
        "record_set",
        *_of_an_edition("record_set"),
        *_named(),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "code", name="pk_record_set"),
        sa.ForeignKeyConstraint(["digest"], ["record_content.digest"], name="fk_record_set_digest"),
    )
    op.create_index("ix_record_set_digest", "record_set", ["digest"])
    op.create_table(
        "finding",
        *_of_an_edition("finding"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("source_row", sa.Integer()),
        sa.Column("code", sa.Text()),
        sa.Column("area_m2", sa.Float()),
        sa.Column("wording", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "ordinal", name="pk_finding"),
    )


def _create_log_and_revision() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    counter = op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.CheckConstraint("id = 1", name="ck_revision_one_row"),
    )
    op.bulk_insert(counter, [{"id": 1, "number": 0}])


def _of_an_edition(table: str) -> Sequence[sa.schema.SchemaItem]:
    return (
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=f"fk_{table}_edition_id", ondelete="CASCADE"),
    )


def _named() -> Sequence[sa.Column[str]]:
    return (
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text()),
        sa.Column("name_en", sa.Text()),
    )


def _guard_sqlite() -> None:
    for event in ("UPDATE", "DELETE"):
        _refuse_on_sqlite("audit_log", event, "TRUE", APPEND_ONLY)
        _refuse_on_sqlite("edition", event, "OLD.published_at IS NOT NULL", IMMUTABLE)
    for table in ("boundary", "record_content"):
        _refuse_on_sqlite(table, "UPDATE", "TRUE", IMMUTABLE)
    published = "EXISTS (SELECT 1 FROM edition WHERE published_at IS NOT NULL AND id IN ({}))"
    for table in OF_AN_EDITION:
        _refuse_on_sqlite(table, "INSERT", published.format("NEW.edition_id"), IMMUTABLE)
        _refuse_on_sqlite(table, "UPDATE", published.format("OLD.edition_id, NEW.edition_id"), IMMUTABLE)
        _refuse_on_sqlite(table, "DELETE", published.format("OLD.edition_id"), IMMUTABLE)


def _refuse_on_sqlite(table: str, event: str, condition: str, message: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_refuse_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _guard_postgresql() -> None:
    op.execute("""
        CREATE FUNCTION pointward_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
        END $$
    """)
    op.execute("""
        CREATE FUNCTION pointward_refuse_if_published() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT 1 FROM edition WHERE published_at IS NOT NULL AND id IN (OLD.edition_id, NEW.edition_id)
            ) THEN
                RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN coalesce(NEW, OLD);
        END $$
    """)
    _refuse_on_postgresql("audit_log", "UPDATE OR DELETE OR TRUNCATE", "STATEMENT", APPEND_ONLY)
    _refuse_on_postgresql("edition", "TRUNCATE", "STATEMENT", IMMUTABLE)
    _refuse_on_postgresql("edition", "UPDATE OR DELETE", "ROW WHEN (OLD.published_at IS NOT NULL)", IMMUTABLE)
    for table in ("boundary", "record_content"):
        _refuse_on_postgresql(table, "UPDATE OR TRUNCATE", "STATEMENT", IMMUTABLE)
    for table in OF_AN_EDITION:
        _refuse_on_postgresql(table, "TRUNCATE", "STATEMENT", IMMUTABLE)
        _refuse_on_postgresql(
            table, "INSERT OR UPDATE OR DELETE", "ROW", IMMUTABLE, function="pointward_refuse_if_published"
        )


def _refuse_on_postgresql(
    table: str, events: str, scope: str, message: str, *, function: str = "pointward_refuse"
) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_refuse_{events.split()[-1].lower()} BEFORE {events} ON {table} FOR EACH {scope} "
        f"EXECUTE FUNCTION {function}('{message}')"
    )
