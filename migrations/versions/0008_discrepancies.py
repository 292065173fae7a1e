"""Discrepancies: answers that are said to be wrong, and what was done about each; both only grow."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from api.storage.spatial import POSTGRESQL

revision: str = "0008"
down_revision: str | Sequence[str] | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APPEND_ONLY = "discrepancies are append-only"
TABLES = ("discrepancy", "discrepancy_event")


def upgrade() -> None:
    op.create_table(
        "discrepancy",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text()),
        sa.Column("request_digest", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("believed", sa.Text()),
        sa.Column("believed_unit", sa.Text()),
        sa.Column("reporter_unit", sa.Text()),
        sa.Column("reporter_post", sa.Text()),
        sa.Column("contact", sa.Text()),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("category", sa.Text()),
        sa.Column("unit_code", sa.Text()),
        sa.Column("unit", sa.JSON()),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("register", sa.Integer(), nullable=False),
        sa.Column("stewards", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("differing", sa.JSON()),
        sa.PrimaryKeyConstraint("number", name="pk_discrepancy"),
        sa.UniqueConstraint("id", name="uq_discrepancy_id"),
        sa.UniqueConstraint("request_key", name="uq_discrepancy_request_key"),
    )
    op.create_index("ix_discrepancy_filed_at", "discrepancy", ["filed_at"])
    op.create_table(
        "discrepancy_event",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("do", sa.Text(), nullable=False),
        sa.Column("by", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("due", sa.DateTime(timezone=True)),
        sa.Column("resolution", sa.Text()),
        sa.Column("edition", sa.Integer()),
        sa.Column("register", sa.Integer()),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
        sa.ForeignKeyConstraint(["number"], ["discrepancy.number"], name="fk_discrepancy_event_number"),
        sa.PrimaryKeyConstraint("number", "ordinal", name="pk_discrepancy_event"),
    )
    on_postgresql = op.get_bind().dialect.name == POSTGRESQL
    for table in TABLES:
        if on_postgresql:
            op.execute(
                f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION pointward_refuse('{APPEND_ONLY}')"
            )
        else:
            _guard_on_sqlite(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _guard_on_sqlite(table: str) -> None:
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
        )
