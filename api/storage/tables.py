"""The tables. Rows become the frozen values of `geo.model` in the stores; nothing else reads them.

    edition 1 ─── n  scheme ── level, unit, area, category, claim, checkpoint, segment ── strip, address, component,
                                              golden_place, post, record_set, finding; all of one edition,
                                              known by edition_id
    area, claim, checkpoint, strip n ─── 1  boundary      kept once, named by the SHA-256 of its WKB
    record_set n ─── 1  record_content        kept once, named by the digest of the set
    drawing 1 ─── n  drawing_part         what atlases worked out, kept once, named by the key of their ground
    audit_log, revision, register_entry; holding_shift says who holds which post now, one row a shift
    discrepancy 1 ─── n  discrepancy_event
    map_audit 1 ─── n  trouble_event n ─── 1  trouble    what audits of the map found, and what became of it

The migrations guard what tables cannot say: a published edition never changes, the audit log, the register, the
discrepancies, the audits of the map and the events of troubles only grow, and a post has one holder at a time.
"""

from collections.abc import Iterator

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
)
from sqlalchemy.schema import SchemaItem

from api.storage.columns import Code, UtcTime, Words
from api.storage.spatial import LINE, POINT, SHAPE, shape_index

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _edition_id() -> Column[int]:
    return Column("edition_id", ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)


def _of_units(*columns: str) -> Iterator[SchemaItem]:
    for column in columns:
        yield ForeignKeyConstraint(["edition_id", column], ["unit.edition_id", "unit.code"])
        # Without it, replacing a draft reads every row once for every unit that goes.
        yield Index(None, "edition_id", column)


def _inside(tree: str) -> tuple[SchemaItem, ...]:
    # Deferred: rows come in the order of their codes, a child often before its parent.
    parent = ForeignKeyConstraint(
        ["edition_id", "parent"], [f"{tree}.edition_id", f"{tree}.code"], deferrable=True, initially="DEFERRED"
    )
    return parent, Index(None, "edition_id", "parent")


edition = Table(
    "edition",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("published_at", UtcTime, unique=True),  # null: the draft
    Column("valid_from", UtcTime),  # null: from the beginning
    Column("city", JSON, nullable=False),
)

scheme = Table(
    "scheme",
    metadata,
    _edition_id(),
    Column("code", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("name_zh", Words),
    Column("name_en", Words),
    Column("code_split", JSON(none_as_null=True)),
    Column("prefix", Boolean, nullable=False),
)

level = Table(
    "level",
    metadata,
    _edition_id(),
    Column("scheme", Code, primary_key=True),
    Column("code", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("name_zh", Words),
    Column("name_en", Words),
    ForeignKeyConstraint(["edition_id", "scheme"], ["scheme.edition_id", "scheme.code"]),
)

unit = Table(
    "unit",
    metadata,
    _edition_id(),
    Column("code", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("name_zh", Words),
    Column("name_en", Words),
    Column("kind", Words, nullable=False),
    Column("parent", Code),
    Column("telephone", Words),
    Column("contacts", JSON, nullable=False),
    *_inside("unit"),
)

boundary = Table(
    "boundary",
    metadata,
    Column("digest", Code, primary_key=True),
    Column("shape", SHAPE, nullable=False),
)
shape_index("ix_boundary_shape", boundary.c.shape)

area = Table(
    "area",
    metadata,
    _edition_id(),
    Column("scheme", Code, primary_key=True),
    Column("level", Code, primary_key=True),
    Column("code", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("name_zh", Words),
    Column("name_en", Words),
    Column("boundary", Code, ForeignKey("boundary.digest"), nullable=False, index=True),
    Column("parent", Code),
    Column("unit", Code),
    Column("steward", Code),
    ForeignKeyConstraint(["edition_id", "scheme", "level"], ["level.edition_id", "level.scheme", "level.code"]),
    *_of_units("unit", "steward"),
)

category = Table(
    "category",
    metadata,
    _edition_id(),
    Column("code", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("name_zh", Words),
    Column("name_en", Words),
    Column("branch", Words, nullable=False),
    Column("nature", Words, nullable=False),
    Column("parent", Code),
    *_inside("category"),
)

claim = Table(
    "claim",
    metadata,
    _edition_id(),
    Column("id", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("unit", Code, nullable=False),
    Column("post", Code),
    Column("executor", Code),
    Column("role", Words, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("place_kind", Words, nullable=False),
    Column("place_key", JSON, nullable=False),
    Column("boundary", Code, ForeignKey("boundary.digest"), index=True),
    Column("hours", JSON, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("source", Words),
    Column("valid_from", UtcTime),
    Column("valid_to", UtcTime),
    *_of_units("unit", "executor"),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    _edition_id(),
    Column("code", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("name_zh", Words),
    Column("name_en", Words),
    Column("type", Words, nullable=False),
    Column("inner", Code, ForeignKey("boundary.digest"), nullable=False, index=True),
    Column("halo", Code, ForeignKey("boundary.digest"), index=True),
    Column("halo_m", Float, nullable=False),
    Column("unit", Code),
    Column("principal", Code),
    Column("governance", Words),
    Column("manager", Code),
    *_of_units("unit", "principal", "manager"),
)

segment = Table(
    "segment",
    metadata,
    _edition_id(),
    Column("code", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("road_zh", Words),
    Column("road_en", Words),
    Column("road_class", Words, nullable=False),
    Column("start_zh", Words),
    Column("start_en", Words),
    Column("end_zh", Words),
    Column("end_en", Words),
    Column("centreline", LINE, nullable=False),
)
shape_index("ix_segment_centreline", segment.c.centreline)

strip = Table(
    "strip",
    metadata,
    _edition_id(),
    Column("segment", Code, primary_key=True),
    Column("side", Code, primary_key=True),
    Column("kind", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("near_m", Float, nullable=False),
    Column("far_m", Float, nullable=False),
    Column("boundary", Code, ForeignKey("boundary.digest"), nullable=False, index=True),
    ForeignKeyConstraint(["edition_id", "segment"], ["segment.edition_id", "segment.code"]),
)

address = Table(
    "address",
    metadata,
    _edition_id(),
    Column("code", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("road", Words),
    Column("number", Words),
    Column("estate", Words),
    Column("building", Words),
    Column("alias", Words),
)

post = Table(
    "post",
    metadata,
    _edition_id(),
    Column("code", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("kind", Words, nullable=False),
    Column("unit", Code, nullable=False),
    Column("subject_kind", Words, nullable=False),
    Column("subject_key", JSON, nullable=False),
    Column("title_zh", Words),
    Column("title_en", Words),
    *_of_units("unit"),
)

component = Table(
    "component",
    metadata,
    _edition_id(),
    Column("id", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("category", Code, nullable=False),
    Column("position", POINT, nullable=False),
    Column("owner", Code),
    Column("maintainer", Code),
    Column("competent", Code),
    Column("state", Words, nullable=False),
    Column("since", Date),
    Column("changed", Date),
    Column("source", Words),
    Column("note", Words),
    ForeignKeyConstraint(["edition_id", "category"], ["category.edition_id", "category.code"]),
    Index(None, "edition_id", "category"),
    *_of_units("owner", "maintainer", "competent"),
)
shape_index("ix_component_position", component.c.position)

golden_place = Table(
    "golden_place",
    metadata,
    _edition_id(),
    Column("code", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("accuracy_m", Float),
    Column("category", Code),
    Column("at", UtcTime),
    Column("facts", JSON, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("unit", Code),
    Column("rung", Words, nullable=False),
    Column("why", Words, nullable=False),
    *_of_units("unit"),
)

record_content = Table(
    "record_content",
    metadata,
    Column("digest", Code, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

record_set = Table(
    "record_set",
    metadata,
    _edition_id(),
    Column("code", Code, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("name_zh", Words),
    Column("name_en", Words),
    Column("digest", Code, ForeignKey("record_content.digest"), nullable=False, index=True),
)

finding = Table(
    "finding",
    metadata,
    _edition_id(),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("kind", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("source", Words),
    Column("source_row", Integer),
    Column("code", Words),
    Column("area_m2", Float),
    Column("wording", JSON, nullable=False),
)

# Derived from the map and made anew at need, so nothing guards it.
drawing = Table(
    "drawing",
    metadata,
    Column("key", Code, primary_key=True),
    Column("format", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),  # of the file that the parts are of, in bytes
)

drawing_part = Table(
    "drawing_part",
    metadata,
    Column("drawing", Code, ForeignKey("drawing.key", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("detail", JSON, nullable=False),
)

revision = Table(
    "revision",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
)

register_entry = Table(
    "register_entry",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("key", Code, nullable=False),
    Column("content", JSON(none_as_null=True)),  # null: withdrawn
)

holding_shift = Table(
    "holding_shift",
    metadata,
    Column("holding", Code, primary_key=True),
    Column("week_from", Integer, primary_key=True, autoincrement=False),
    Column("week_to", Integer, nullable=False),
    Column("post", Code, nullable=False, index=True),
    Column("capacity", Words, nullable=False),
    Column("valid_from", UtcTime),
    Column("valid_to", UtcTime),
)

discrepancy = Table(
    "discrepancy",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", Code, nullable=False, unique=True),
    Column("request_key", Code, unique=True),  # the caller's Idempotency-Key
    Column("request_digest", Code, nullable=False),
    Column("filed_at", UtcTime, nullable=False, index=True),
    Column("kind", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("comment", Words, nullable=False),
    Column("believed", Words),
    Column("believed_unit", Code),
    Column("reporter_unit", Code),
    Column("reporter_post", Code),
    Column("contact", Words),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("category", Words),
    Column("unit_code", Code),
    Column("unit", JSON(none_as_null=True)),
    Column("verdict", Words, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("register", Integer, nullable=False),
    Column("stewards", JSON, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("differing", JSON(none_as_null=True)),
)

discrepancy_event = Table(
    "discrepancy_event",
    metadata,
    Column("number", ForeignKey("discrepancy.number"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("do", Words, nullable=False),
    Column("by", Code),
    Column("note", Words),
    Column("due", UtcTime),
    Column("resolution", Words),
    Column("edition", Integer),
    Column("register", Integer),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
)

map_audit = Table(
    "map_audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition", Integer, nullable=False),  # no key: a draft may be thrown away, and what was said of it stays
    Column("is_draft", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("moved", JSON(none_as_null=True)),  # null: looked back, the list stayed as it was
    Column("sampled", Integer, nullable=False),
    Column("doubts", JSON, nullable=False),
)

trouble = Table(
    "trouble",
    metadata,
    Column("id", Code, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("content", JSON, nullable=False),
    Column("ground", LargeBinary),  # WKB of whatever type; never searched
    Column("edition", Integer, nullable=False),
    Column("state", Words, nullable=False),
    Column("found_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("resolution", Words),
    Column("note", Words),
    Column("actor", Words),
)

trouble_event = Table(
    "trouble_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("trouble", Code, ForeignKey("trouble.id"), nullable=False, index=True),
    Column("audit", Integer, ForeignKey("map_audit.id")),  # null: somebody did it
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("resolution", Words),
    Column("note", Words),
)
