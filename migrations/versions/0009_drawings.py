"""Drawings: what atlases have worked out, stored when an edition is published so that no service works it out again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | Sequence[str] | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "drawing",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_drawing"),
    )
    op.create_table(
        "drawing_part",
        sa.Column("drawing", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["drawing"], ["drawing.key"], name="fk_drawing_part_drawing", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("drawing", "number", name="pk_drawing_part"),
    )


def downgrade() -> None:
    op.drop_table("drawing_part")
    op.drop_table("drawing")
