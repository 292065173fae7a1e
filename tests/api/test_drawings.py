"""Drawings: stored when an edition is published, kept by the machine, and never a reason not to answer."""

import logging
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import orjson
import pytest
from sqlalchemy import Engine, delete, func, select, update

from api.atlas_holder import AtlasHolder
from api.schemas.answer import from_domain
from api.services.draft_view import Drafts
from api.services.drawings import Drawings
from api.services.importing import import_city
from api.services.publishing import publish
from api.settings import Settings
from api.storage import drawing_store, tables
from api.storage.drawing_cache import KEPT_S, DrawingCache
from api.storage.engine import open_engine, reading, writing
from api.storage.map_store import save_draft
from geo.atlas import Atlas
from geo.drawing import FORMAT, Outlines, draw
from geo.model import CityMap
from geo.packed import UnusableArrays, pieces
from geo.resolve import determine_many
from geo.sources.limits import Limits
from tests.api import town
from tests.api.test_migrations import go_down
from tests.geo.small_worlds import MOMENT, question_at
from tests.storage_worlds import NOON

PROJECT = Path(__file__).resolve().parents[2]
SAMPLE = PROJECT / "samples" / "gusu"

DRAWN = "boundaries were drawn"
KEY = "0" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where drawings are kept; not there yet."""
    return tmp_path / "kept" / "drawings"


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the log says of drawings."""
    caplog.set_level(logging.INFO, "pointward.drawing")
    return caplog


def publish_town(engine: Engine, city_map: CityMap | None = None) -> None:
    """River town is an edition, published as a user does."""
    with writing(engine) as session:
        save_draft(session, city_map or town.river_town(), (), actor="test", now=NOON)
    publish(engine, valid_from=None, actor="test", now=NOON)


def opened(engine: Engine, folder: Path | None) -> Atlas:
    """The newest edition as a process that starts now has it."""
    holder = AtlasHolder(engine, poll_seconds=60, atlases_kept=1, drawings=Drawings(engine, folder))
    holder.refresh()
    return holder.view().latest


def kept_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.drawing"))


def stored(engine: Engine) -> list[str]:
    """The keys of the drawings in the database."""
    with reading(engine) as session:
        return list(session.scalars(select(tables.drawing.c.key)))


def answers(atlas: Atlas) -> bytes:
    """What the atlas answers all over river town and on its borders."""
    places = [(x / 400, y / 400) for x in range(-1, 16) for y in range(-1, 10)]
    questions = [question_at(lon=lon, lat=lat, accuracy_m=5.0) for lon, lat in places]
    return orjson.dumps([from_domain(found, "zh") for found in determine_many(atlas, questions, MOMENT)])


def test_an_edition_is_stored_with_its_drawing_and_no_service_draws_it(
    engine: Engine, folder: Path, said: pytest.LogCaptureFixture
) -> None:
    publish_town(engine)
    assert DRAWN in said.text
    said.clear()
    first = opened(engine, folder)
    [file] = kept_in(folder)
    with writing(engine) as session:  # the second process does not even ask the database
        session.execute(delete(tables.drawing))
    second, without_folder = opened(engine, folder), opened(engine, None)
    assert DRAWN in said.text
    assert said.text.count(DRAWN) == 1, "only the one without a folder draws"
    assert file.stem == first.drawing.outlines.key == second.drawing.outlines.key
    assert answers(first) == answers(second) == answers(without_folder)


def test_without_a_folder_a_drawing_is_read_into_memory(engine: Engine, said: pytest.LogCaptureFixture) -> None:
    publish_town(engine)
    said.clear()
    assert len(opened(engine, None).lines)
    assert not said.text


def test_an_edition_published_without_a_drawing_is_drawn_and_kept(
    engine: Engine, folder: Path, said: pytest.LogCaptureFixture
) -> None:
    town.publish(engine, town.river_town())
    assert stored(engine) == []
    first = answers(opened(engine, folder))
    assert said.text.count(DRAWN) == len(kept_in(folder)) == 1
    assert answers(opened(engine, folder)) == first
    assert said.text.count(DRAWN) == 1


def test_before_the_tables_are_there_an_edition_is_drawn(
    engine: Engine, database_url: str, folder: Path, said: pytest.LogCaptureFixture
) -> None:
    publish_town(engine)
    engine.dispose()
    go_down(database_url, "0008")
    assert len(opened(engine, folder).lines)
    assert DRAWN in said.text


def test_what_a_draft_was_drawn_for_serves_the_edition(
    engine: Engine, folder: Path, said: pytest.LogCaptureFixture
) -> None:
    with writing(engine) as session:
        save_draft(session, town.river_town(), (), actor="test", now=NOON)
    drafts = Drafts(engine, Drawings(engine, folder))
    drafts.view()
    publish(engine, valid_from=None, actor="test", now=NOON, drafts=drafts)
    assert len(opened(engine, folder).lines)
    assert said.text.count(DRAWN) == 1


def damages(content: bytes) -> Iterator[bytes]:
    """A file that was flipped, cut, emptied, of another format, and of something else."""
    for place in (0, 9, 13, 20, 30, 60, 70, len(content) // 2, len(content) - 1):
        flipped = bytearray(content)
        flipped[place] ^= 0x10
        yield bytes(flipped)
    yield from (content[:-7], content[:40], b"", content + b"\0" * 64, b"words")


def test_a_damaged_file_is_said_in_the_log_and_made_anew(
    sqlite_url: str, open_database: Callable[[str], Engine], folder: Path, said: pytest.LogCaptureFixture
) -> None:
    engine = open_database(sqlite_url)
    publish_town(engine)
    right = answers(opened(engine, folder))
    [file] = kept_in(folder)
    content = file.read_bytes()
    for damaged in damages(content):
        said.clear()
        file.unlink()  # never written to in place: somebody may have it mapped
        file.write_bytes(damaged)
        assert answers(opened(engine, folder)) == right
        assert "cannot be used" in said.text
        assert DRAWN not in said.text
        assert file.read_bytes() == content


def test_a_file_under_the_name_of_another_is_not_taken(
    engine: Engine, folder: Path, said: pytest.LogCaptureFixture
) -> None:
    publish_town(engine)
    right = answers(opened(engine, folder))
    [file] = kept_in(folder)
    lake = draw(Outlines(np.array([town.box(0, 0, 1, 1)], dtype=object), np.array([True])))
    other = Drawings(engine, folder)
    assert len(other.draw(lake.outlines).lines) == 1
    (folder / f"{lake.outlines.key}.drawing").replace(file)
    assert answers(opened(engine, folder)) == right
    assert "it is the drawing of the outlines" in said.text


def damage_part(engine: Engine, damaged: bytes) -> None:
    with writing(engine) as session:
        session.execute(update(tables.drawing_part).values(content=damaged))


def lose_parts(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(delete(tables.drawing_part))


def change_row(engine: Engine, **values: object) -> None:
    with writing(engine) as session:
        session.execute(update(tables.drawing).values(**values))


@pytest.mark.parametrize(
    "harm",
    [
        lambda engine: damage_part(engine, b"words"),
        lambda engine: damage_part(engine, b""),
        lambda engine: damage_part(engine, next(iter(parcel(b"x" * 5_000).parts))),
        lose_parts,
        lambda engine: change_row(engine, size=0),
        lambda engine: change_row(engine, size=64),
        lambda engine: change_row(engine, size=10**9),
    ],
)
def test_what_is_wrong_in_the_database_is_drawn_anew(
    engine: Engine, folder: Path, said: pytest.LogCaptureFixture, harm: Callable[[Engine], None]
) -> None:
    publish_town(engine)
    right = answers(opened(engine, None))
    harm(engine)
    for kept in (None, folder):
        said.clear()
        assert answers(opened(engine, kept)) == right
        assert DRAWN in said.text
        assert said.text.count("\n") == 2, "why, and that it was drawn"
    said.clear()
    assert answers(opened(engine, folder)) == right
    assert not said.text


def parcel(file: bytes, *, format_number: int = FORMAT) -> drawing_store.Parcel:
    return drawing_store.parcel_of([file[:100], memoryview(file)[100:]], key=KEY, format_number=format_number)


@pytest.mark.parametrize("size", [1, 999, 1000, 1001, 5_000])
def test_a_large_drawing_is_stored_in_parts(engine: Engine, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(drawing_store, "PART_BYTES", 1000)
    file = np.random.default_rng(1).bytes(size)
    with writing(engine) as session:
        drawing_store.save_drawing(session, parcel(file))
    with reading(engine) as session:
        assert drawing_store.stored_size(session, KEY) == size
        assert b"".join(drawing_store.file_of(session, KEY, size)) == file
        assert session.scalar(select(func.count()).select_from(tables.drawing_part)) == -(-size // 1000)


def test_drawings_of_older_formats_go_with_their_parts_when_one_is_stored(engine: Engine) -> None:
    with writing(engine) as session:
        drawing_store.save_drawing(session, parcel(b"old", format_number=FORMAT - 1))
    publish_town(engine)
    assert stored(engine) != [KEY]
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(tables.drawing_part)) == 1


def test_editions_of_the_same_ground_share_a_drawing(engine: Engine, said: pytest.LogCaptureFixture) -> None:
    publish_town(engine)
    said.clear()
    publish_town(engine, town.river_town(name="新河镇"))
    assert len(stored(engine)) == 1
    assert DRAWN not in said.text
    publish_town(engine, town.river_town(river=0.012))
    assert len(stored(engine)) == 2
    assert said.text.count(DRAWN) == 1


def test_one_that_is_too_large_is_not_stored_and_the_edition_is_published_all_the_same(
    engine: Engine, folder: Path, said: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing_store, "LIMIT_BYTES", 500)
    publish_town(engine)
    assert "the drawing has more than 500 bytes" in said.text
    assert stored(engine) == []
    assert len(opened(engine, folder).lines)
    assert len(kept_in(folder)) == 1


def test_editions_of_one_number_in_two_databases_do_not_meet(engine: Engine, sqlite_url: str, folder: Path) -> None:
    other = open_engine(sqlite_url)
    publish_town(engine)
    publish_town(other, town.river_town(river=0.012))
    here, there = opened(engine, folder), opened(other, folder)
    assert here.edition.id == there.edition.id == 1
    assert len(kept_in(folder)) == 2
    assert answers(opened(engine, None)) == answers(here) != answers(there) == answers(opened(other, None))
    other.dispose()


def test_a_folder_that_cannot_be_used_leaves_drawings_in_memory(
    engine: Engine, tmp_path: Path, said: pytest.LogCaptureFixture
) -> None:
    publish_town(engine)
    (tmp_path / "file").write_text("not a folder")
    said.clear()
    assert len(opened(engine, tmp_path / "file" / "drawings").lines)
    assert "cannot be used, and drawings stay in memory" in said.text
    assert DRAWN not in said.text


def test_a_full_disk_leaves_drawings_in_memory_and_nothing_half_written(
    postgis_url: str, open_database: Callable[[str], Engine], folder: Path, said: pytest.LogCaptureFixture
) -> None:
    engine = open_database(postgis_url)  # SQLite would have no room for its own files either
    publish_town(engine)
    folder.mkdir(parents=True)
    said.clear()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, hard))
    try:
        atlas = opened(engine, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(atlas.lines)
    assert "File too large" in said.text
    assert [path.suffix for path in folder.iterdir()] == [".lock"]


def test_a_draft_that_cannot_be_kept_is_drawn_once(
    engine: Engine, tmp_path: Path, said: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("not a folder")
    boundaries = np.array([town.box(0, 0, 1, 1)], dtype=object)
    drawing = Drawings(engine, tmp_path / "file").draw(Outlines(boundaries, np.array([True])))
    assert len(drawing.lines) == 1
    assert said.text.count(DRAWN) == 1


STARTING = """
import logging, sys, time
from pathlib import Path
from api.services.drawings import Drawings
from api.storage.engine import open_engine
from geo.drawing import Outlines
from tests.geo.small_worlds import ragged_city
import numpy as np

logging.basicConfig(level=logging.INFO, stream=sys.stdout)
boundaries = np.array([area.boundary for area in ragged_city(columns=12, rows=12, seed=1).areas], dtype=object)
print("ready", flush=True)
sys.stdin.readline()
drawings = Drawings(open_engine(sys.argv[2]), Path(sys.argv[1]))
drawing = drawings.draw(Outlines(boundaries, np.full(len(boundaries), True)))
print("lines", len(drawing.lines), "mapped", not drawing.lines.vertices.flags.writeable)
"""


def test_of_processes_that_start_at_once_one_draws_and_the_others_use_it(sqlite_url: str, folder: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", STARTING, str(folder), sqlite_url]
    started = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    outputs = [process.communicate("go\n", timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert sum(DRAWN in output for output in outputs) == 1
    assert all("mapped True" in output for output in outputs)
    assert len({output.split("lines ")[1].split()[0] for output in outputs}) == 1
    assert len(kept_in(folder)) == 1


def file_for(number: int) -> list[bytes | memoryview]:
    return list(pieces({"numbers": np.full(1000, number)}, format_number=FORMAT))


def test_the_least_recently_used_goes_when_the_folder_is_full_and_what_nobody_used_for_long(folder: Path) -> None:
    cache = DrawingCache(folder, kept_bytes=3 * 9000)
    size = sum(map(len, file_for(0)))
    assert 8000 < size < 9000
    now = time.time()
    for number, age_s in ((1, 300.0), (2, 200.0), (3, 100.0)):
        cache.keep(str(number), file_for(number), format_number=FORMAT)
        os.utime(cache.path(str(number)), (now - age_s, now - age_s))
    oldest = cache.find("1", format_number=FORMAT)  # it is in use, so 2 is the least recently used
    assert oldest is not None
    cache.keep("4", file_for(4), format_number=FORMAT)
    assert [path.stem for path in kept_in(folder)] == ["1", "3", "4"]
    os.utime(cache.path("1"), (now - KEPT_S - 60, now - KEPT_S - 60))
    (folder / "5.0123.unfinished").write_text("left behind")
    os.utime(folder / "5.0123.unfinished", (now - 7200, now - 7200))
    cache.keep("4", file_for(4), format_number=FORMAT)
    assert sorted(path.name for path in folder.iterdir()) == ["3.drawing", "4.drawing"]
    assert oldest["numbers"].tolist() == [1] * 1000, "who has it open goes on using it"


def test_one_drawing_is_kept_however_large(folder: Path) -> None:
    cache = DrawingCache(folder, kept_bytes=10)
    cache.keep("1", file_for(1), format_number=FORMAT)
    cache.keep("2", file_for(2), format_number=FORMAT)
    assert [path.stem for path in kept_in(folder)] == ["2"]


def test_what_is_no_drawing_is_not_kept(folder: Path) -> None:
    with pytest.raises(UnusableArrays):
        DrawingCache(folder).keep("1", [b"words" * 100], format_number=FORMAT)
    assert not list(folder.iterdir())


def test_who_waited_long_enough_goes_in_all_the_same(folder: Path) -> None:
    with DrawingCache(folder).alone("1"):
        before = time.monotonic()
        with DrawingCache(folder, wait_s=0.2).alone("2"):
            assert time.monotonic() - before < 0.2
        with DrawingCache(folder, wait_s=0.2).alone("1"):
            assert time.monotonic() - before >= 0.2


def test_the_folder_is_that_of_the_user_unless_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POINTWARD_CACHE", "/srv/drawings")
    assert Settings().cache_folder() == Path("/srv/drawings")
    monkeypatch.setenv("POINTWARD_CACHE", "")
    assert Settings().cache_folder() is None
    monkeypatch.delenv("POINTWARD_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Settings().cache_folder() == tmp_path / "pointward"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings().cache_folder() == tmp_path / ".cache" / "pointward"


def test_the_sample_city_from_its_file_answers_to_the_byte_what_it_does_when_drawn(
    sqlite_url: str, open_database: Callable[[str], Engine], folder: Path
) -> None:
    engine = open_database(sqlite_url)
    now = datetime(2026, 5, 1, tzinfo=UTC)
    import_city(engine, SAMPLE, strict=False, actor="test", now=now, limits=Limits())
    publish(engine, valid_from=None, actor="test", now=now)
    mapped = opened(engine, folder)
    drawn = Atlas(mapped.city_map, mapped.edition)
    assert not mapped.lines.vertices.flags.writeable
    rng = np.random.default_rng(3)
    lon, lat = np.concatenate([rng.choice(drawn.lines.vertices, 150), rng.choice(drawn.lines.vertices, 150) + 2e-5]).T
    kinds = [None, "1102", "0103", "0302"]
    questions = [
        question_at(lon=x, lat=y, accuracy_m=float(i % 4 * 6), category=kinds[i % len(kinds)])
        for i, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
    ]
    said = [
        orjson.dumps([from_domain(found, "zh") for found in determine_many(atlas, questions, MOMENT)])
        for atlas in (mapped, drawn)
    ]
    assert said[0] == said[1]
    assert len({found.verdict for found in determine_many(mapped, questions, MOMENT)}) >= 3
