"""Audits of the map, the troubles that they found, and what became of each; audits and events are only added."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from api.storage.spatial import POSTGRESQL

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GUARDED = ("map_audit", "trouble_event")
ONLY_GROW = "audits of the map and what became of their troubles are append-only"


def upgrade() -> None:
    op.create_table(
        "map_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON()),
        sa.Column("sampled", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_map_audit"),
    )
    op.create_table(
        "trouble",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("ground", sa.LargeBinary()),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolution", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("actor", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_trouble"),
    )
    op.create_table(
        "trouble_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("audit", sa.Integer()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_trouble_event"),
        sa.ForeignKeyConstraint(["trouble"], ["trouble.id"], name="fk_trouble_event_trouble"),
        sa.ForeignKeyConstraint(["audit"], ["map_audit.id"], name="fk_trouble_event_audit"),
    )
    op.create_index("ix_trouble_event_trouble", "trouble_event", ["trouble"])
    on_postgresql = op.get_bind().dialect.name == POSTGRESQL
    for table in GUARDED:
        if on_postgresql:
            op.execute(
                f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION pointward_refuse('{ONLY_GROW}')"
            )
        else:
            for event in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuse_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW "
                    f"BEGIN SELECT RAISE(ABORT, '{ONLY_GROW}'); END"
                )


def downgrade() -> None:
    for table in ("trouble_event", "trouble", "map_audit"):
        op.drop_table(table)
