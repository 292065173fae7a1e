"""Addresses of an edition, guarded as the rest of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from api.storage.spatial import POSTGRESQL

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IMMUTABLE = "a published edition is immutable"
PUBLISHED = "EXISTS (SELECT 1 FROM edition WHERE published_at IS NOT NULL AND id IN ({}))"


def upgrade() -> None:
    op.create_table(
        "address",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("road", sa.Text()),
        sa.Column("number", sa.Text()),
        sa.Column("estate", sa.Text()),
        sa.Column("building", sa.Text()),
        sa.Column("alias", sa.Text()),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name="fk_address_edition_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("edition_id", "code", name="pk_address"),
    )
    if op.get_bind().dialect.name == POSTGRESQL:
        _guard_on_postgresql()
    else:
        _guard_on_sqlite()


def downgrade() -> None:
    op.drop_table("address")


def _guard_on_sqlite() -> None:
    for event, rows in (
        ("INSERT", "NEW.edition_id"),
        ("UPDATE", "OLD.edition_id, NEW.edition_id"),
        ("DELETE", "OLD.edition_id"),
    ):
        op.execute(
            f"CREATE TRIGGER address_refuse_{event.lower()} BEFORE {event} ON address FOR EACH ROW "
            f"WHEN {PUBLISHED.format(rows)} BEGIN SELECT RAISE(ABORT, '{IMMUTABLE}'); END"
        )


def _guard_on_postgresql() -> None:
    for name, events, scope, function in (
        ("truncate", "TRUNCATE", "STATEMENT", "pointward_refuse"),
        ("delete", "INSERT OR UPDATE OR DELETE", "ROW", "pointward_refuse_if_published"),
    ):
        op.execute(
            f"CREATE TRIGGER address_refuse_{name} BEFORE {events} ON address FOR EACH {scope} "
            f"EXECUTE FUNCTION {function}('{IMMUTABLE}')"
        )
