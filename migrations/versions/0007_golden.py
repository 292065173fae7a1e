"""Golden places of an edition, guarded as the rest of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from api.storage.spatial import POSTGRESQL

revision: str = "0007"
down_revision: str | Sequence[str] | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IMMUTABLE = "a published edition is immutable"
PUBLISHED = "EXISTS (SELECT 1 FROM edition WHERE published_at IS NOT NULL AND id IN ({}))"


def upgrade() -> None:
    op.create_table(
        "golden_place",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("accuracy_m", sa.Float()),
        sa.Column("category", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text()),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name="fk_golden_place_edition_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["edition_id", "unit"], ["unit.edition_id", "unit.code"], name="fk_golden_place_edition_id_unit"
        ),
        sa.PrimaryKeyConstraint("edition_id", "code", name="pk_golden_place"),
    )
    op.create_index("ix_golden_place_edition_id_unit", "golden_place", ["edition_id", "unit"])
    if op.get_bind().dialect.name == POSTGRESQL:
        _guard_on_postgresql()
    else:
        _guard_on_sqlite()


def downgrade() -> None:
    op.drop_table("golden_place")


def _guard_on_sqlite() -> None:
    for event, rows in (
        ("INSERT", "NEW.edition_id"),
        ("UPDATE", "OLD.edition_id, NEW.edition_id"),
        ("DELETE", "OLD.edition_id"),
    ):
        op.execute(
            f"CREATE TRIGGER golden_place_refuse_{event.lower()} BEFORE {event} ON golden_place FOR EACH ROW "
            f"WHEN {PUBLISHED.format(rows)} BEGIN SELECT RAISE(ABORT, '{IMMUTABLE}'); END"
        )


def _guard_on_postgresql() -> None:
    for name, events, scope, function in (
        ("truncate", "TRUNCATE", "STATEMENT", "pointward_refuse"),
        ("delete", "INSERT OR UPDATE OR DELETE", "ROW", "pointward_refuse_if_published"),
    ):
        op.execute(
            f"CREATE TRIGGER golden_place_refuse_{name} BEFORE {events} ON golden_place FOR EACH {scope} "
            f"EXECUTE FUNCTION {function}('{IMMUTABLE}')"
        )
