"""Categories, claims, checkpoints and segments of an edition, guarded as the rest of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from api.storage.spatial import LINE, POSTGRESQL

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OF_AN_EDITION = ("category", "claim", "checkpoint", "segment", "strip")

IMMUTABLE = "a published edition is immutable"
PUBLISHED = "EXISTS (SELECT 1 FROM edition WHERE published_at IS NOT NULL AND id IN ({}))"


def upgrade() -> None:
    _create_claims()
    _create_checkpoints()
    _create_segments()
    on_postgresql = op.get_bind().dialect.name == POSTGRESQL
    if on_postgresql:
        op.create_index("ix_segment_centreline", "segment", ["centreline"], postgresql_using="gist")
    for table in OF_AN_EDITION:
        if on_postgresql:
            _guard_on_postgresql(table)
        else:
            _guard_on_sqlite(table)


def downgrade() -> None:
    # The tables take their indexes and triggers along. Boundaries that nobody uses any more go with the next draft.
    for table in reversed(OF_AN_EDITION):
        op.drop_table(table)


def _create_claims() -> None:
    op.create_table(
        "category",
        *_of_an_edition("category"),
        sa.Column("code", sa.Text(), nullable=False),
        *_named("name"),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text()),
        sa.PrimaryKeyConstraint("edition_id", "code", name="pk_category"),
        sa.ForeignKeyConstraint(
            ["edition_id", "parent"],
            ["category.edition_id", "category.code"],
            name="fk_category_edition_id_parent",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_index("ix_category_edition_id_parent", "category", ["edition_id", "parent"])
    op.create_table(
        "claim",
        *_of_an_edition("claim"),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("executor", sa.Text()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("place_kind", sa.Text(), nullable=False),
        sa.Column("place_key", sa.JSON(), nullable=False),
        sa.Column("boundary", sa.Text()),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("valid_from", sa.DateTime(timezone=True)),
        sa.Column("valid_to", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("edition_id", "id", name="pk_claim"),
        _to_unit("claim", "unit"),
        _to_unit("claim", "executor"),
        _to_boundary("claim", "boundary"),
    )
    _index_of_units("claim", "unit", "executor")
    op.create_index("ix_claim_boundary", "claim", ["boundary"])


def _create_checkpoints() -> None:
    op.create_table(
        "checkpoint",
        *_of_an_edition("checkpoint"),
        sa.Column("code", sa.Text(), nullable=False),
        *_named("name"),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("inner", sa.Text(), nullable=False),
        sa.Column("halo", sa.Text()),
        sa.Column("halo_m", sa.Float(), nullable=False),
        sa.Column("unit", sa.Text()),
        sa.Column("principal", sa.Text()),
        sa.Column("governance", sa.Text()),
        sa.PrimaryKeyConstraint("edition_id", "code", name="pk_checkpoint"),
        _to_unit("checkpoint", "unit"),
        _to_unit("checkpoint", "principal"),
        _to_boundary("checkpoint", "inner"),
        _to_boundary("checkpoint", "halo"),
    )
    _index_of_units("checkpoint", "unit", "principal")
    op.create_index("ix_checkpoint_inner", "checkpoint", ["inner"])
    op.create_index("ix_checkpoint_halo", "checkpoint", ["halo"])


def _create_segments() -> None:
    op.create_table(
        "segment",
        *_of_an_edition("segment"),
        sa.Column("code", sa.Text(), nullable=False),
        *_named("road"),
        sa.Column("road_class", sa.Text(), nullable=False),
        *_named("start"),
        *_named("end"),
        sa.Column("centreline", LINE, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "code", name="pk_segment"),
    )
    op.create_table(
        "strip",
        *_of_an_edition("strip"),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("near_m", sa.Float(), nullable=False),
        sa.Column("far_m", sa.Float(), nullable=False),
        sa.Column("boundary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "segment", "side", "kind", name="pk_strip"),
        sa.ForeignKeyConstraint(
            ["edition_id", "segment"], ["segment.edition_id", "segment.code"], name="fk_strip_edition_id_segment"
        ),
        _to_boundary("strip", "boundary"),
    )
    op.create_index("ix_strip_boundary", "strip", ["boundary"])


def _of_an_edition(table: str) -> Sequence[sa.schema.SchemaItem]:
    return (
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=f"fk_{table}_edition_id", ondelete="CASCADE"),
    )


def _named(column: str) -> Sequence[sa.Column[str]]:
    return sa.Column(f"{column}_zh", sa.Text()), sa.Column(f"{column}_en", sa.Text())


def _to_unit(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["edition_id", column], ["unit.edition_id", "unit.code"], name=f"fk_{table}_edition_id_{column}"
    )


def _to_boundary(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["boundary.digest"], name=f"fk_{table}_{column}")


def _index_of_units(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_edition_id_{column}", table, ["edition_id", column])


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
