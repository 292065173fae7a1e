"""Components of an edition, guarded as the rest of it; and who manages a site."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from api.storage.spatial import POINT, POSTGRESQL

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MANAGER = "fk_checkpoint_edition_id_manager"
UNITS = ("owner", "maintainer", "competent")
IMMUTABLE = "a published edition is immutable"
PUBLISHED = "EXISTS (SELECT 1 FROM edition WHERE published_at IS NOT NULL AND id IN ({}))"


def upgrade() -> None:
    op.create_table(
        "component",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("position", POINT, nullable=False),
        *(sa.Column(unit, sa.Text()) for unit in UNITS),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("changed", sa.Date()),
        sa.Column("source", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name="fk_component_edition_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["edition_id", "category"],
            ["category.edition_id", "category.code"],
            name="fk_component_edition_id_category",
        ),
        *(
            sa.ForeignKeyConstraint(
                ["edition_id", unit], ["unit.edition_id", "unit.code"], name=f"fk_component_edition_id_{unit}"
            )
            for unit in UNITS
        ),
        sa.PrimaryKeyConstraint("edition_id", "id", name="pk_component"),
    )
    for column in ("category", *UNITS):
        op.create_index(f"ix_component_edition_id_{column}", "component", ["edition_id", column])
    on_postgresql = op.get_bind().dialect.name == POSTGRESQL
    if on_postgresql:
        op.create_index("ix_component_position", "component", ["position"], postgresql_using="gist")
        _guard_on_postgresql("component")
    else:
        _guard_on_sqlite("component")
    with op.batch_alter_table("checkpoint") as batch:
        batch.add_column(sa.Column("manager", sa.Text()))
        batch.create_foreign_key(MANAGER, "unit", ["edition_id", "manager"], ["edition_id", "code"])
    op.create_index("ix_checkpoint_edition_id_manager", "checkpoint", ["edition_id", "manager"])
    if not on_postgresql:
        # SQLite makes the table anew, and its triggers stay behind.
        _guard_on_sqlite("checkpoint")


def downgrade() -> None:
    op.drop_index("ix_checkpoint_edition_id_manager", "checkpoint")
    with op.batch_alter_table("checkpoint") as batch:
        batch.drop_constraint(MANAGER, type_="foreignkey")
        batch.drop_column("manager")
    if op.get_bind().dialect.name != POSTGRESQL:
        _guard_on_sqlite("checkpoint")
    op.drop_table("component")


def _guard_on_sqlite(table: str) -> None:
    for event, rows in (
        ("INSERT", "NEW.edition_id"),
        ("UPDATE", "OLD.edition_id, NEW.edition_id"),
        ("DELETE", "OLD.edition_id"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW "
            f"WHEN {PUBLISHED.format(rows)} BEGIN SELECT RAISE(ABORT, '{IMMUTABLE}'); END"
        )


def _guard_on_postgresql(table: str) -> None:
    for name, events, scope, function in (
        ("truncate", "TRUNCATE", "STATEMENT", "pointward_refuse"),
        ("delete", "INSERT OR UPDATE OR DELETE", "ROW", "pointward_refuse_if_published"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{name} BEFORE {events} ON {table} FOR EACH {scope} "
            f"EXECUTE FUNCTION {function}('{IMMUTABLE}')"
        )
