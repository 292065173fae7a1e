"""Maps in the database: what is loaded is what was saved, and what did not change is kept once."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from shapely import MultiPolygon, Polygon, to_wkb
from sqlalchemy import Engine, Table, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from api.storage import audit_log, tables
from api.storage.columns import CODE_LIMIT
from api.storage.edition_store import draft_id
from api.storage.engine import reading, writing
from api.storage.errors import UnstorableText
from api.storage.map_store import findings_of, load_map, rewrite_draft, save_draft
from api.storage.record_contents import pack, unpack
from geo.errors import NotFound
from geo.model import CityMap, Unit, UnitKind
from geo.wording import Name
from tests.storage_worlds import (
    NOON,
    box,
    findings,
    publish,
    records,
    renamed,
    save,
    two_districts,
    two_districts_with_claims,
)


def load(engine: Engine, edition_id: int) -> CityMap:
    with reading(engine) as session:
        return load_map(session, edition_id)


def count(engine: Engine, table: Table) -> int:
    with reading(engine) as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def with_unit(code: str, name: str) -> CityMap:
    return replace(two_districts(), units=(*two_districts().units, Unit(code, Name(zh=name), UnitKind.DEPARTMENT)))


def test_a_map_is_loaded_as_it_was_saved(engine: Engine) -> None:
    saved = two_districts()
    loaded = load(engine, save(engine, saved))
    assert replace(loaded, records=()) == replace(saved, records=())


def test_boundaries_keep_every_bit(engine: Engine) -> None:
    saved = two_districts()
    loaded = load(engine, save(engine, saved))
    assert [to_wkb(area.boundary) for area in loaded.areas] == [to_wkb(area.boundary) for area in saved.areas]


def test_a_ring_that_ends_at_minus_zero_is_closed(engine: Engine) -> None:
    triangle = MultiPolygon([Polygon([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (-0.0, 0.0)])])
    district, *_ = two_districts().areas
    saved = replace(two_districts(), areas=(replace(district, boundary=triangle),))
    assert load(engine, save(engine, saved)).areas == saved.areas


def test_records_keep_every_bit_and_know_what_the_source_did_not_say(engine: Engine) -> None:
    saved = two_districts().records
    loaded = load(engine, save(engine, two_districts())).records
    for was, now in zip(saved, loaded, strict=True):
        assert (was.code, was.name, was.digest, was.category, was.at) == (
            now.code,
            now.name,
            now.digest,
            now.category,
            now.at,
        )
        np.testing.assert_array_equal(now.lon, was.lon)
        assert now.lat.tobytes() == was.lat.tobytes()


@pytest.mark.parametrize("count", [1, 8, 9, 1000])
def test_any_record_may_lack_its_category_or_its_time(count: int) -> None:
    category = tuple(None if i % 3 == 0 else f"c{i % 5}" for i in range(count))
    at = tuple(None if i % 7 == 0 else NOON + timedelta(days=i - 500 * 366, microseconds=i) for i in range(count))
    lon, lat = np.arange(count) / 7, np.arange(count) / -9
    unpacked = unpack(pack(replace(records("r", category=category, at=at), lon=lon, lat=lat)))
    assert (unpacked[0].tolist(), unpacked[1].tolist()) == (lon.tolist(), lat.tolist())
    assert unpacked[2:] == (category, at)


def test_records_are_read_without_pandas_which_would_take_longer_than_everything_else(tmp_path: Path) -> None:
    (tmp_path / "content").write_bytes(pack(records("r", category=("rubbish", None), at=(NOON, None))))
    program = """import pathlib, sys
from api.storage.record_contents import unpack
unpack(pathlib.Path(sys.argv[1]).read_bytes())
print("pandas" in sys.modules)"""
    command = [sys.executable, "-c", program, str(tmp_path / "content")]
    assert subprocess.check_output(command, cwd=Path(__file__).parents[2], text=True) == "False\n"


def test_findings_come_back_in_order_with_both_languages(engine: Engine) -> None:
    with writing(engine) as session:
        draft = save_draft(session, two_districts(), findings(), actor="tester", now=NOON)
    with reading(engine) as session:
        assert findings_of(session, draft) == findings()


def test_a_map_without_areas_or_records_is_a_map(engine: Engine) -> None:
    saved = replace(two_districts(), areas=(), records=())
    assert load(engine, save(engine, saved)) == saved


def test_a_new_draft_takes_the_place_and_the_number_of_the_one_before(engine: Engine) -> None:
    first = save(engine, two_districts())
    second = save(engine, renamed(two_districts(), "新"))
    assert second == first
    assert load(engine, second).city.name == Name(zh="新")
    assert count(engine, tables.edition) == 1


def test_a_draft_beside_a_published_edition_changes_nothing_in_it(engine: Engine) -> None:
    published = save(engine, two_districts())
    publish(engine)
    draft = save(engine, renamed(two_districts(), "新"))
    assert (published, draft) == (1, 2)
    assert load(engine, published).city == two_districts().city


def test_a_boundary_that_did_not_change_is_kept_once(engine: Engine) -> None:
    save(engine, two_districts())
    publish(engine)
    assert count(engine, tables.boundary) == 3  # of four areas: the route runs through the whole district
    *others, route = two_districts().areas
    save(engine, replace(two_districts(), areas=(*others, replace(route, boundary=box(5, 5, 6, 6)))))
    assert count(engine, tables.boundary) == 4


def test_records_that_did_not_change_are_kept_once(engine: Engine) -> None:
    save(engine, two_districts())
    publish(engine)
    save(engine, two_districts())
    assert count(engine, tables.record_set) == 4
    assert count(engine, tables.record_content) == 2


def test_what_only_a_replaced_draft_held_is_dropped(engine: Engine) -> None:
    save(engine, two_districts())
    save(engine, replace(two_districts(), areas=two_districts().areas[:1], records=(records("other"),)))
    assert count(engine, tables.boundary) == 1
    assert count(engine, tables.record_content) == 1


def test_an_edition_that_does_not_exist_is_not_found(engine: Engine) -> None:
    with reading(engine) as session, pytest.raises(NotFound, match="no edition 9"):
        load_map(session, 9)


def test_a_draft_that_fails_leaves_the_one_before_it(engine: Engine) -> None:
    draft = save(engine, two_districts())
    with pytest.raises(UnstorableText, match="NUL"):
        save(engine, with_unit("new", "half\0name"))
    assert load(engine, draft).units == two_districts().units


def test_a_unit_that_hangs_under_nobody_known_is_refused(engine: Engine) -> None:
    orphan = Unit("x", Name(zh="无"), UnitKind.DEPARTMENT, parent="nobody")
    with pytest.raises(IntegrityError):
        save(engine, replace(two_districts(), units=(*two_districts().units, orphan)))


@pytest.mark.parametrize("name", ["𠮷祥寺", "a'b\"c\\d%s:x", "👮‍♀️", " "])
def test_any_other_text_is_kept(engine: Engine, name: str) -> None:
    loaded = load(engine, save(engine, with_unit(name, name)))
    assert loaded.units[-1] == Unit(name, Name(zh=name), UnitKind.DEPARTMENT)


def test_half_a_character_is_refused(engine: Engine) -> None:
    with pytest.raises(UnstorableText, match="half a character"):
        save(engine, with_unit("new", "\ud842"))


def test_a_code_may_be_as_long_as_the_limit_and_no_longer(engine: Engine) -> None:
    longest = "界" * CODE_LIMIT
    assert load(engine, save(engine, with_unit(longest, "长"))).units[-1].code == longest
    with pytest.raises(UnstorableText, match="201 characters"):
        save(engine, with_unit(longest + "界", "长"))


OF_AN_EDITION = [table.name for table in tables.metadata.sorted_tables if "edition_id" in table.c]


@pytest.mark.parametrize("table", OF_AN_EDITION)
def test_nothing_of_a_published_edition_changes(engine: Engine, table: str) -> None:
    changed = tables.metadata.tables[table]
    with writing(engine) as session:
        save_draft(session, two_districts_with_claims(), findings(), actor="tester", now=NOON)
        row = dict(session.execute(select(changed)).mappings().first() or {})
    publish(engine)
    key = list(changed.primary_key)[-1].name
    other = {key: 99 if key == "ordinal" else "other"}
    for change in (update(changed).values(other), delete(changed), insert(changed).values(row | other)):
        with pytest.raises(IntegrityError, match="immutable"), writing(engine) as session:
            session.execute(change)


def test_nothing_moves_from_a_draft_into_a_published_edition(engine: Engine) -> None:
    save(engine, two_districts())
    published = publish(engine)
    save(engine, renamed(two_districts(), "新"))
    unit = tables.unit
    moved = (
        update(unit).where(unit.c.edition_id != published.id).values(edition_id=published.id, code=unit.c.code + "x")
    )
    with pytest.raises(IntegrityError, match="immutable"), writing(engine) as session:
        session.execute(moved)


def test_a_published_edition_is_neither_changed_nor_deleted(engine: Engine) -> None:
    save(engine, two_districts())
    publish(engine)
    for change in (update(tables.edition).values(published_at=None), delete(tables.edition)):
        with pytest.raises(IntegrityError, match="immutable"), writing(engine) as session:
            session.execute(change)


def test_contents_that_editions_share_never_change(engine: Engine) -> None:
    save(engine, two_districts())
    for change in (
        update(tables.boundary).values(shape=to_wkb(box(0, 0, 9, 9))),
        update(tables.record_content).values(content=b""),
        delete(tables.boundary),
        delete(tables.record_content),
    ):
        with pytest.raises(IntegrityError), writing(engine) as session:
            session.execute(change)


def test_postgis_refuses_to_empty_what_is_kept_for_ever(
    postgis_url: str, open_database: Callable[[str], Engine]
) -> None:
    engine = open_database(postgis_url)
    save(engine, two_districts())
    publish(engine)
    made_again_when_lost = {"drawing", "drawing_part"}
    for table in tables.metadata.tables.keys() - {"revision", "holding_shift"} - made_again_when_lost:
        with pytest.raises(IntegrityError), writing(engine) as session:
            session.execute(text(f"TRUNCATE {table} CASCADE"))


def test_postgis_answers_spatial_questions_about_the_boundaries(
    postgis_url: str, open_database: Callable[[str], Engine]
) -> None:
    engine = open_database(postgis_url)
    save(engine, two_districts())
    covering = text("SELECT count(*) FROM boundary WHERE ST_Covers(shape, ST_SetSRID(ST_MakePoint(1.5, 0.5), 4326))")
    with reading(engine) as session:
        assert session.scalar(covering) == 2


def test_the_import_is_in_the_audit_log(engine: Engine) -> None:
    save(engine, two_districts())
    save(engine, two_districts())
    with reading(engine) as session:
        latest, first = audit_log.read(session, subject="edition:1")
        assert draft_id(session) == 1
    assert (first.actor, first.action, first.at) == ("tester", "import", NOON)
    assert first.detail == {"areas": 4, "findings": 0, "replaced_a_draft": False}
    assert latest.detail["replaced_a_draft"] is True


def test_a_draft_written_over_is_as_one_written_anew(engine: Engine) -> None:
    whole = two_districts_with_claims()
    without = {
        field: replace(whole, **{field: getattr(whole, field)[1:]})
        for field in ("areas", "claims", "checkpoints", "segments", "addresses", "posts", "components")
    }
    without["categories"] = replace(whole, categories=whole.categories[:-1])
    without["units"] = replace(whole, units=(*whole.units, Unit("new", Name(zh="新"), UnitKind.DEPARTMENT)))
    for field, less in without.items():
        draft = save(engine, whole)
        before = load(engine, draft)
        with writing(engine) as session:
            assert rewrite_draft(session, before, replace(less, records=before.records), findings()) == draft
        assert getattr(load(engine, draft), field) == getattr(less, field)
        with writing(engine) as session:
            rewrite_draft(session, load_map(session, draft), replace(whole, records=before.records), ())
        assert replace(load(engine, draft), records=()) == replace(before, records=())
    with reading(engine) as session:
        assert findings_of(session, draft) == ()
