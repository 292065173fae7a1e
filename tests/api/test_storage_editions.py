"""Editions: what publishing makes of the draft, in time and among others who publish."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.storage import audit_log, tables
from api.storage.edition_store import draft_id, list_editions, publish_draft, revision
from api.storage.engine import reading, writing
from api.storage.map_store import load_map
from geo.errors import NotAllowed
from geo.model import Edition
from tests.storage_worlds import NOON, hours, publish, save, two_districts


def editions(engine: Engine) -> tuple[Edition, ...]:
    with reading(engine) as session:
        return list_editions(session)


def test_a_new_database_has_no_edition_and_no_draft(engine: Engine) -> None:
    with reading(engine) as session:
        assert (list_editions(session), draft_id(session), revision(session)) == ((), None, 0)


def test_a_draft_is_no_edition(engine: Engine) -> None:
    draft = save(engine, two_districts())
    with reading(engine) as session:
        assert (list_editions(session), draft_id(session), revision(session)) == ((), draft, 0)


def test_the_first_edition_without_a_date_holds_from_the_beginning(engine: Engine) -> None:
    save(engine, two_districts())
    edition = publish(engine)
    assert edition == Edition(id=1, published_at=NOON, valid_from=None)
    assert editions(engine) == (edition,)


def test_a_later_edition_without_a_date_holds_from_now(engine: Engine) -> None:
    save(engine, two_districts())
    publish(engine)
    save(engine, two_districts())
    assert publish(engine, now=NOON + hours(1)).valid_from == NOON + hours(1)


@pytest.mark.parametrize("distance", [hours(-1e5), hours(1e5)])
def test_an_edition_may_hold_from_a_date_in_the_past_or_the_future(engine: Engine, distance: timedelta) -> None:
    save(engine, two_districts())
    edition = publish(engine, valid_from=NOON + distance)
    assert edition.valid_from == NOON + distance
    assert editions(engine) == (edition,)


def test_times_are_in_utc_to_the_microsecond_whatever_zone_they_came_in(engine: Engine) -> None:
    save(engine, two_districts())
    shanghai = ZoneInfo("Asia/Shanghai")
    publish(engine, valid_from=datetime(2024, 1, 1, tzinfo=shanghai), now=datetime(2024, 5, 1, 8, 0, 0, 1, shanghai))
    (edition,) = editions(engine)
    assert edition.valid_from == datetime(2023, 12, 31, 16, tzinfo=UTC)
    assert edition.published_at == datetime(2024, 5, 1, 0, 0, 0, 1, UTC)
    assert (edition.valid_from.tzinfo, edition.published_at.tzinfo) == (UTC, UTC)


def test_a_time_without_zone_is_a_mistake(engine: Engine) -> None:
    save(engine, two_districts())
    with pytest.raises(ValueError, match="without time zone"):
        publish(engine, now=NOON.replace(tzinfo=None))


@pytest.mark.parametrize("step", [hours(0), hours(-3)])
def test_a_clock_that_stands_or_goes_back_does_not_reorder_history(engine: Engine, step: timedelta) -> None:
    for number in range(3):
        save(engine, two_districts())
        publish(engine, now=NOON + number * step)
    published = [edition.published_at for edition in editions(engine)]
    assert published == [NOON, NOON + timedelta(microseconds=1), NOON + timedelta(microseconds=2)]
    assert [edition.valid_from for edition in editions(engine)] == [None, *published[1:]]


def test_without_a_draft_there_is_nothing_to_publish(engine: Engine) -> None:
    with pytest.raises(NotAllowed, match="no draft") as refusal:
        publish(engine)
    assert "没有可发布的草稿" in refusal.value.say("zh")
    save(engine, two_districts())
    publish(engine)
    with pytest.raises(NotAllowed):
        publish(engine)


def test_every_publish_raises_the_revision_and_an_undone_one_does_not(engine: Engine) -> None:
    def publish_and_fail() -> None:
        with writing(engine) as session:
            publish_draft(session, valid_from=None, now=NOON, actor="tester")
            raise ZeroDivisionError

    seen = []
    for _ in range(2):
        save(engine, two_districts())
        publish(engine)
        save(engine, two_districts())
        with pytest.raises(ZeroDivisionError):
            publish_and_fail()
        with reading(engine) as session:
            seen.append(revision(session))
    assert seen == [1, 2]


def plain(engine: Engine) -> Session:
    return Session(engine)


def publish_with(open_session: Callable[[Engine], AbstractContextManager[Session]], engine: Engine) -> str:
    """What came of it, with the other thread starting at the same moment."""
    try:
        with open_session(engine) as session:
            publish_draft(session, valid_from=None, now=NOON, actor="tester")
            session.commit()
    except NotAllowed:
        return "refused"
    return "published"


@pytest.mark.parametrize("open_session", [plain, writing])
def test_of_two_who_publish_at_once_exactly_one_does(
    engine: Engine, open_session: Callable[[Engine], AbstractContextManager[Session]]
) -> None:
    for count in range(1, 6):
        save(engine, two_districts())
        outcomes = at_once(lambda: publish_with(open_session, engine), lambda: publish_with(open_session, engine))
        assert sorted(outcomes) == ["published", "refused"]
        assert len(editions(engine)) == count


def at_once(*actions: Callable[[], object]) -> list[object]:
    """What each action returned, all started at the same moment."""
    together = Barrier(len(actions))

    def start(action: Callable[[], object]) -> object:
        together.wait(timeout=60)
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(start, actions))


def test_two_who_import_at_once_leave_one_whole_draft(engine: Engine) -> None:
    first, second = two_districts(), replace(two_districts(), areas=two_districts().areas[:1])
    assert at_once(lambda: save(engine, first), lambda: save(engine, second)) == [1, 1]
    with reading(engine) as session:
        assert load_map(session, 1).areas in (first.areas, second.areas)


def test_a_reader_sees_one_state_and_is_not_held_up_by_a_writer(engine: Engine) -> None:
    save(engine, two_districts())
    with reading(engine) as before, writing(engine) as writer:
        assert revision(before) == 0
        publish_draft(writer, valid_from=None, now=NOON, actor="tester")
        assert list_editions(before) == ()
        writer.commit()
        assert list_editions(before) == ()
        assert revision(before) == 0
        with reading(engine) as after:
            assert (revision(after), len(list_editions(after))) == (1, 1)


def test_publishing_is_in_the_audit_log(engine: Engine) -> None:
    save(engine, two_districts())
    publish(engine, valid_from=NOON, now=NOON + hours(1))
    with reading(engine) as session:
        entry = audit_log.read(session, limit=1)[0]
    assert (entry.at, entry.actor, entry.action, entry.subject) == (NOON + hours(1), "tester", "publish", "edition:1")
    assert entry.detail == {"valid_from": "2024-05-01T12:00:00+00:00"}


def test_the_audit_log_only_grows(engine: Engine) -> None:
    with writing(engine) as session:
        audit_log.record(session, actor="tester", action="try", subject="city", detail={"言": [1, None]}, at=NOON)
    for change in (update(tables.audit_log).values(actor="nobody"), delete(tables.audit_log)):
        with pytest.raises(IntegrityError, match="append-only"), writing(engine) as session:
            session.execute(change)
    with reading(engine) as session:
        assert [(entry.actor, entry.detail) for entry in audit_log.read(session)] == [("tester", {"言": [1, None]})]
        assert audit_log.read(session, subject="edition:1") == ()
