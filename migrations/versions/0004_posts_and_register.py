"""Posts of an edition; the register with who holds them, which only grows; and one holder of a post at a time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from api.storage.spatial import POSTGRESQL

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IMMUTABLE = "a published edition is immutable"
APPEND_ONLY = "the register is append-only"
HELD_ALREADY = "the post is held by somebody else then"
HELD_BY_ANOTHER = """
    SELECT 1 FROM holding_shift AS held
    WHERE held.post = NEW.post AND held.capacity = NEW.capacity
    AND (held.holding, held.week_from) <> (NEW.holding, NEW.week_from)
    AND held.week_from < NEW.week_to AND NEW.week_from < held.week_to
    AND (held.valid_from IS NULL OR NEW.valid_to IS NULL OR held.valid_from < NEW.valid_to)
    AND (NEW.valid_from IS NULL OR held.valid_to IS NULL OR NEW.valid_from < held.valid_to)
"""
PUBLISHED = "EXISTS (SELECT 1 FROM edition WHERE published_at IS NOT NULL AND id IN ({}))"


def upgrade() -> None:
    op.add_column("claim", sa.Column("post", sa.Text()))
    _create_post()
    _create_register()
    if op.get_bind().dialect.name == POSTGRESQL:
        _guard_on_postgresql()
    else:
        _guard_on_sqlite()


def downgrade() -> None:
    for table in ("holding_shift", "register_entry", "post"):
        op.drop_table(table)
    if op.get_bind().dialect.name == POSTGRESQL:
        op.execute("DROP TYPE pointward_texts")
    op.drop_column("claim", "post")


def _create_post() -> None:
    op.create_table(
        "post",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.JSON(), nullable=False),
        sa.Column("title_zh", sa.Text()),
        sa.Column("title_en", sa.Text()),
        sa.PrimaryKeyConstraint("edition_id", "code", name="pk_post"),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name="fk_post_edition_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["edition_id", "unit"], ["unit.edition_id", "unit.code"], name="fk_post_edition_id_unit"
        ),
    )
    op.create_index("ix_post_edition_id_unit", "post", ["edition_id", "unit"])


def _create_register() -> None:
    op.create_table(
        "register_entry",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON()),
        sa.PrimaryKeyConstraint("number", "ordinal", name="pk_register_entry"),
    )
    op.create_table(
        "holding_shift",
        sa.Column("holding", sa.Text(), nullable=False),
        sa.Column("week_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week_to", sa.Integer(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True)),
        sa.Column("valid_to", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("holding", "week_from", name="pk_holding_shift"),
    )
    op.create_index("ix_holding_shift_post", "holding_shift", ["post"])


def _guard_on_sqlite() -> None:
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER register_entry_refuse_{event.lower()} BEFORE {event} ON register_entry FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
        )
    for event, rows in (
        ("INSERT", "NEW.edition_id"),
        ("UPDATE", "OLD.edition_id, NEW.edition_id"),
        ("DELETE", "OLD.edition_id"),
    ):
        op.execute(
            f"CREATE TRIGGER post_refuse_{event.lower()} BEFORE {event} ON post FOR EACH ROW "
            f"WHEN {PUBLISHED.format(rows)} BEGIN SELECT RAISE(ABORT, '{IMMUTABLE}'); END"
        )
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER holding_shift_refuse_{event.lower()} BEFORE {event} ON holding_shift FOR EACH ROW "
            f"WHEN EXISTS ({HELD_BY_ANOTHER}) BEGIN SELECT RAISE(ABORT, '{HELD_ALREADY}'); END"
        )


def _guard_on_postgresql() -> None:
    op.execute(
        "CREATE TRIGGER register_entry_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON register_entry "
        f"FOR EACH STATEMENT EXECUTE FUNCTION pointward_refuse('{APPEND_ONLY}')"
    )
    for name, events, scope, function in (
        ("truncate", "TRUNCATE", "STATEMENT", "pointward_refuse"),
        ("delete", "INSERT OR UPDATE OR DELETE", "ROW", "pointward_refuse_if_published"),
    ):
        op.execute(
            f"CREATE TRIGGER post_refuse_{name} BEFORE {events} ON post FOR EACH {scope} "
            f"EXECUTE FUNCTION {function}('{IMMUTABLE}')"
        )
    # A range of texts from one to itself stands for equality, which GiST has for texts only in an extension that not
    # every user may install.
    op.execute('CREATE TYPE pointward_texts AS RANGE (subtype = text, collation = "C")')
    op.execute("""
        ALTER TABLE holding_shift ADD CONSTRAINT ex_holding_shift_one_at_a_time EXCLUDE USING gist (
            pointward_texts(post, post, '[]') WITH &&, pointward_texts(capacity, capacity, '[]') WITH &&,
            int4range(week_from, week_to) WITH &&, tstzrange(valid_from, valid_to) WITH &&
        )
    """)
