"""People and posts over HTTP: in force at once, one holder at a time, nothing that was known is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, text, update
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from api.app import create_app
from api.schemas.answer import Answer
from api.services.importing import import_city
from api.services.publishing import publish as publish_draft
from api.settings import Settings
from api.storage import tables
from api.storage.engine import reading, writing
from api.storage.map_store import save_draft
from api.storage.register_store import load_register, register_number
from geo.errors import InvalidInput, NotAllowed
from geo.model import CityMap
from geo.posts import Post, Subject, SubjectKind
from geo.register.holdings import Capacity, Holding, Person
from geo.schedule import Schedule, Shift
from geo.sources.limits import Limits
from geo.wording import Name
from tests.api.town import WEST, publish, river_town


def town_with_posts(*codes: str) -> CityMap:
    """River town with an officer for the west street, and these desks of it."""
    posts = [Post(f"desk/{code}", "duty_desk", code, Subject(SubjectKind.UNIT, (code,))) for code in codes]
    officer = Post("officer", "grid_officer", "west", Subject(SubjectKind.AREA, ("admin", "street", "W")))
    return replace(river_town(), posts=(*posts, officer))


@pytest.fixture
def staffed(settings: Settings, engine: Engine) -> Iterator[TestClient]:
    """A client of the service with the posts published, and two people recorded."""
    publish(engine, town_with_posts("west"))
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        for code, telephone in (("A", "0512-0000-0201"), ("B", "0512-0000-0202")):
            body = {"name": f"网格员 {code}", "telephone": telephone}
            assert client.put(f"/v1/people/{code}", json=body).status_code == 200
        yield client


def ask(client: TestClient, **query: Any) -> Any:
    response = client.get("/v1/responsible", params={**WEST, "accuracy_m": 0, "lang": "zh", **query})
    assert response.status_code == 200, response.text
    Answer.model_validate(response.json())
    return response.json()


def appoint(client: TestClient, **body: Any) -> Any:
    response = client.post("/v1/holders?lang=en", json={"post": "officer", "person": "A", **body})
    return response.json() | {"status": response.status_code}


# --- writing ------------------------------------------------------------------------------------------------------


def test_an_appointment_is_in_force_at_once_and_the_sentence_names_the_person(staffed: TestClient) -> None:
    before = ask(staffed)
    assert (before["lead"]["post"]["person"], before["missing"]) == (None, ["lead.post.person"])
    assert appoint(staffed)["id"] == "H3.1"
    answer = ask(staffed)
    post = answer["lead"]["post"]
    assert (post["code"], post["title"], post["on_duty"], post["deputy"]) == ("officer", "网格员", True, None)
    assert post["person"] == {"name": "网格员 A", "telephone": "0512-0000-0201"}
    assert "网格员 A，电话 0512-0000-0201" in answer["text"]
    assert answer["edition"]["register"] == 3
    assert answer["missing"] == []


def test_the_same_appointment_twice_is_one(staffed: TestClient) -> None:
    first, second = appoint(staffed, valid_from="2026-01-01"), appoint(staffed, valid_from="2026-01-01")
    assert first == second
    assert staffed.get("/v1/holders").json()["register"] == 3


def test_a_second_holder_is_refused_with_who_is_there_and_what_to_do(staffed: TestClient) -> None:
    appoint(staffed, valid_from="2026-01-01")
    refused = appoint(staffed, person="B")
    assert refused["status"] == 409
    assert "held by 网格员 A then (H3.1, from 2026-01-01 00:00+08:00 to open)" in refused["detail"]
    assert (
        appoint(staffed, person="B", capacity="deputy", valid_from="2026-05-01", valid_to="2026-05-08")["id"] == "H4.1"
    )
    assert ask(staffed, at="2026-05-03")["lead"]["post"]["deputy"]["name"] == "网格员 B"


def test_two_shifts_have_a_holder_each(staffed: TestClient) -> None:
    assert appoint(staffed, hours="08:00-20:00")["status"] == 200
    assert appoint(staffed, person="B", hours="20:00-08:00")["status"] == 200
    assert appoint(staffed, person="B", hours="Mon 07:00-09:00")["status"] == 409
    by_day, by_night = (ask(staffed, at=f"2026-05-04T{hour}:00")["lead"]["post"] for hour in (12, 23))
    assert (by_day["person"]["name"], by_night["person"]["name"]) == ("网格员 A", "网格员 B")


def test_a_hand_over_closes_one_and_opens_the_next_at_one_moment(staffed: TestClient) -> None:
    appoint(staffed)
    body = {"person": "B", "at": "2026-05-01T09:30", "source": "令 7"}
    taken = staffed.post("/v1/posts/officer:hand-over", json=body).json()["items"]
    assert [(one["person"], one["valid_from"], one["source"]) for one in taken] == [
        ("B", "2026-05-01T01:30:00Z", "令 7")
    ]
    names = [
        ask(staffed, at=at)["lead"]["post"]["person"]["name"] for at in ("2026-05-01T09:29:59", "2026-05-01T09:30")
    ]
    assert names == ["网格员 A", "网格员 B"]
    again = staffed.post("/v1/posts/officer:hand-over", json=body).json()["items"]
    assert again == taken
    detail = staffed.get("/v1/posts/officer").json()
    assert [holder["valid_to"] for holder in detail["holders"]] == ["2026-05-01T01:30:00Z", None]


def test_a_hand_over_leaves_the_successors_own_shift_and_keeps_the_end_of_the_others(staffed: TestClient) -> None:
    appoint(staffed, hours="08:00-20:00", valid_to="2027-01-01")
    own = appoint(staffed, person="B", hours="20:00-08:00")
    body = {"person": "B", "at": "2026-05-01T09:30"}
    items = staffed.post("/v1/posts/officer:hand-over", json=body).json()["items"]
    assert items[0]["id"] == own["id"]
    assert [(one["person"], one["valid_to"]) for one in items] == [("B", None), ("B", "2026-12-31T16:00:00Z")]
    assert len(staffed.get("/v1/posts/officer").json()["holders"]) == 3


def test_what_cannot_be_handed_over_is_said(staffed: TestClient) -> None:
    body = {"person": "B", "at": "2026-05-01T09:30"}
    nobody = staffed.post("/v1/posts/desk%2Fwest:hand-over?lang=en", json=body)
    assert (nobody.status_code, "nobody holds" in nobody.json()["detail"]) == (409, True)
    appoint(staffed, valid_to="2027-01-01")
    appoint(staffed, person="B", valid_from="2027-01-01")
    waiting = staffed.post("/v1/posts/officer:hand-over?lang=en", json=body)
    assert (waiting.status_code, "is to hold" in waiting.json()["detail"]) == (409, True)
    for post, person in (("officer", "nobody"), ("no such post", "B")):
        answer = staffed.post(f"/v1/posts/{post}:hand-over", json={"person": person})
        assert answer.status_code == 404


def test_a_term_ends_and_one_that_never_began_is_withdrawn(staffed: TestClient) -> None:
    appoint(staffed)
    ended = staffed.post("/v1/holders/H3.1:end", json={"at": "2026-05-01"}).json()["holding"]
    assert ended["valid_to"] == "2026-04-30T16:00:00Z"
    assert staffed.post("/v1/holders/H3.1:end", json={"at": "2026-06-01"}).json()["holding"] == ended
    later = appoint(staffed, valid_from="2027-01-01")["id"]
    assert staffed.post(f"/v1/holders/{later}:end", json={}).json() == {"holding": None}
    assert [one["id"] for one in staffed.get("/v1/holders").json()["items"]] == ["H3.1"]
    assert staffed.post("/v1/holders/H99.1:end", json={}).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"person": "Z"}, 404, "no person Z"),
        ({"post": "Z"}, 404, "no post with the code Z"),
        ({"valid_from": "2026-05-02", "valid_to": "2026-05-01"}, 422, "it is not after valid_from"),
        ({"hours": "now and then"}, 422, "are no weekly hours"),
        ({"valid_from": "soon"}, 422, "valid_from 'soon' is not an ISO 8601"),
        ({"capacity": "boss"}, 422, "capacity"),
        ({"rank": 1}, 422, "there is no parameter rank"),
        ({"person": "A\0"}, 422, "has control characters"),
        ({"source": "令\ud800"}, 422, "Unicode"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    staffed: TestClient, engine: Engine, body: dict[str, Any], status: int, words: str
) -> None:
    import json

    content = json.dumps({"post": "officer", "person": "A", **body})
    response = staffed.post("/v1/holders?lang=en", content=content, headers={"content-type": "application/json"})
    assert (response.status_code, words in response.json()["detail"]) == (status, True), response.text
    with reading(engine) as session:
        assert register_number(session) == 2


def test_a_person_is_as_recorded_last_and_was_as_recorded_before(staffed: TestClient) -> None:
    staffed.put("/v1/people/A", json={"name": "网格员 A", "telephone": "0512-0000-0299"})
    numbers = [staffed.get("/v1/people/A", params=query).json()["telephone"] for query in ({}, {"register": 2})]
    assert numbers == ["0512-0000-0299", "0512-0000-0201"]
    staffed.put("/v1/people/A", json={"name": "网格员 A", "telephone": "0512-0000-0299"})
    assert staffed.get("/v1/people").json()["register"] == 3
    assert staffed.get("/v1/people/Z").status_code == 404


# --- replay -------------------------------------------------------------------------------------------------------


def test_a_stored_answer_comes_again_to_the_byte(staffed: TestClient) -> None:
    appoint(staffed)
    query = {**WEST, "accuracy_m": 3, "lang": "zh"}
    first = staffed.get("/v1/responsible", params=query)
    answer = first.json()
    staffed.post("/v1/posts/officer:hand-over", json={"person": "B", "at": answer["at"]})
    staffed.put("/v1/people/A", json={"name": "别人"})
    assert ask(staffed, accuracy_m=3)["lead"]["post"]["person"]["name"] == "网格员 B"
    cited = {name: answer[name] for name in ("at", "known_at")}
    cited |= {"edition": answer["edition"]["id"], "register": answer["edition"]["register"]}
    assert staffed.get("/v1/responsible", params={**query, **cited}).content == first.content
    # As it was known then, without the number.
    del cited["register"]
    assert staffed.get("/v1/responsible", params={**query, **cited}).content == first.content


def test_a_number_that_the_register_never_had_is_refused(staffed: TestClient) -> None:
    response = staffed.get("/v1/responsible", params={**WEST, "register": 99, "lang": "en"})
    assert (response.status_code, response.json()["detail"]) == (404, "the register has no number 99; it stands at 2")


def test_another_worker_answers_from_it_too(staffed: TestClient, settings: Settings) -> None:
    with TestClient(create_app(settings)) as other:
        assert ask(other)["lead"]["post"]["person"] is None
        appoint(staffed)
        while ask(other)["edition"]["register"] < 3:
            pass
        assert ask(other)["lead"]["post"]["person"]["name"] == "网格员 A"


# --- lists --------------------------------------------------------------------------------------------------------


def test_posts_are_listed_with_who_holds_them(staffed: TestClient) -> None:
    appoint(staffed)
    posts = staffed.get("/v1/posts?lang=zh").json()["items"]
    assert [(post["code"], post["person"] and post["person"]["name"]) for post in posts] == [
        ("desk/west", None),
        ("officer", "网格员 A"),
    ]
    assert posts[1]["subject"] == {"kind": "area", "key": ["admin", "street", "W"]}
    assert [post["code"] for post in staffed.get("/v1/posts?kind=duty_desk").json()["items"]] == ["desk/west"]
    assert [post["code"] for post in staffed.get("/v1/posts?limit=1").json()["items"]] == ["desk/west"]
    assert staffed.get("/v1/posts/nobody").status_code == 404


def test_vacancies_are_listed_in_both_languages(staffed: TestClient) -> None:
    texts = {lang: staffed.get(f"/v1/vacancies?lang={lang}").json()["items"][0]["text"] for lang in ("zh", "en")}
    assert texts == {
        "zh": "西街道的值班员（desk/west）无人任职",
        "en": "nobody holds desk/west, Duty desk of West Office",
    }


def test_the_register_is_read_commit_by_commit(staffed: TestClient) -> None:
    appoint(staffed)
    first = staffed.get("/v1/register?limit=2").json()
    rest = staffed.get(first["next"]).json()
    entries = first["items"] + rest["items"]
    assert [(entry["number"], entry["kind"], entry["key"]) for entry in entries] == [
        (1, "person", "A"),
        (2, "person", "B"),
        (3, "holding", "H3.1"),
    ]
    assert rest["next"] is None


# --- storage ------------------------------------------------------------------------------------------------------


def test_the_database_itself_refuses_a_second_holder(staffed: TestClient, engine: Engine) -> None:
    appoint(staffed, hours="08:00-20:00", valid_from="2026-01-01", valid_to="2026-07-01")
    row = {
        "holding": "X",
        "post": "officer",
        "capacity": "holder",
        "week_from": 0,
        "week_to": 481,
        "valid_from": datetime(2026, 6, 30, tzinfo=UTC),
        "valid_to": None,
    }
    with pytest.raises(NotAllowed, match="somebody else holds the post then"), writing(engine) as session:
        session.execute(insert(tables.holding_shift), row)
    for fits in ({"week_to": 480}, {"valid_from": datetime(2026, 7, 1, tzinfo=UTC)}, {"capacity": "deputy"}):
        with writing(engine) as session:
            session.execute(insert(tables.holding_shift), row | fits | {"holding": str(fits)})
            session.execute(delete(tables.holding_shift).where(tables.holding_shift.c.holding == str(fits)))


@pytest.mark.parametrize("change", [update(tables.register_entry).values(key="Z"), delete(tables.register_entry)])
def test_an_entry_of_the_register_never_changes(staffed: TestClient, engine: Engine, change: Any) -> None:
    with pytest.raises(IntegrityError, match="append-only"), writing(engine) as session:
        session.execute(change)


def test_the_register_loads_as_it_was_written(staffed: TestClient, engine: Engine) -> None:
    appoint(staffed, hours="周一至周五 8:00-18:00", valid_from="2026-01-01", source="令 7")
    with reading(engine) as session:
        register = load_register(session)
        tail = load_register(session, after=load_register(session))
    assert tail.entries == register.entries
    schedule = Schedule(tuple(Shift(day, 480, 1080) for day in range(5)), datetime(2025, 12, 31, 16, tzinfo=UTC), None)
    assert [entry.value for entry in register.entries] == [
        Person("A", Name(zh="网格员 A"), "0512-0000-0201"),
        Person("B", Name(zh="网格员 B"), "0512-0000-0202"),
        Holding("H3.1", "officer", "A", Capacity.HOLDER, schedule, "令 7"),
    ]


def test_a_post_that_somebody_holds_cannot_go_without_a_reason(staffed: TestClient, engine: Engine) -> None:
    appoint(staffed)
    with writing(engine) as session:
        save_draft(session, river_town(), (), actor="test", now=datetime.now(UTC))
    with pytest.raises(NotAllowed, match="1 posts that the draft does not have: officer"):
        publish_draft(engine, valid_from=None, actor="test", now=datetime.now(UTC))
    edition = publish_draft(engine, valid_from=None, actor="test", now=datetime.now(UTC), accept="街道合并")
    with reading(engine) as session:
        kept = session.execute(text("SELECT detail FROM audit_log WHERE action = 'accept'")).scalar_one()
    assert edition.id == 2
    assert "officer" in str(kept)


@pytest.mark.parametrize("reason", ["", "  ", "a\nb", "x" * 1001])
def test_a_reason_that_says_nothing_is_none(staffed: TestClient, engine: Engine, reason: str) -> None:
    appoint(staffed)
    with writing(engine) as session:
        save_draft(session, river_town(), (), actor="test", now=datetime.now(UTC))
    with pytest.raises(InvalidInput, match="1 to 1000 characters"):
        publish_draft(engine, valid_from=None, actor="test", now=datetime.now(UTC), accept=reason)
    assert staffed.post("/v1/draft:publish", json={"accept": reason}).status_code == 422
    assert staffed.post("/v1/draft:publish", json={"valid_from": "2" * 41}).status_code == 422
    assert staffed.post("/v1/draft:publish", json={"accept": " 街道合并 "}).status_code == 200
    with reading(engine) as session:
        kept = session.execute(text("SELECT detail FROM audit_log WHERE action = 'accept'")).scalar_one()
    assert " 街道" not in str(kept)


@pytest.mark.parametrize("body", [{"name": " "}, {"name": "a\x00"}, {"name": "a", "telephone": "1\x002"}])
def test_nobody_is_recorded_without_a_name_that_can_be_read(staffed: TestClient, body: dict[str, str]) -> None:
    assert staffed.put("/v1/people/C", json=body).status_code == 422
    assert staffed.get("/v1/people/C").status_code == 404


def test_codes_that_no_database_takes_are_refused(staffed: TestClient) -> None:
    assert appoint(staffed, post="officer\x00")["status"] == 422
    assert appoint(staffed, person="A\x00")["status"] == 422


def test_without_a_body_a_term_ends_now(staffed: TestClient) -> None:
    held = appoint(staffed, valid_from="2026-01-01")
    response = staffed.post(f"/v1/holders/{held['id']}:end")
    assert (response.status_code, response.json()["holding"]["valid_to"] is not None) == (200, True)


# --- import -------------------------------------------------------------------------------------------------------

CITY = """
[city]
name = "x"
timezone = "Asia/Shanghai"
[[areas]]
file = "areas.geojson"
[[posts]]
file = "posts.csv"
[[people]]
file = "people.csv"
[[holders]]
file = "holders.csv"
"""
AREA = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "a"}, "geometry": '
    '{"type": "Polygon", "coordinates": [[[120, 31], [121, 31], [121, 32], [120, 31]]]}}]}'
)


def test_an_import_fills_the_register_and_a_second_one_leaves_it(tmp_path: Path, engine: Engine) -> None:
    files = {
        "city.toml": CITY,
        "areas.geojson": AREA,
        "posts.csv": "code,kind,unit,area\nGO,网格员,*,admin/area/*\n".replace("网格员", "grid_officer"),
        "people.csv": "code,name,telephone\nA,甲员,0512-0000-0201\n",
        "holders.csv": "post,person,valid_from,hours\nGO/a,A,2026-01-01,08:00-18:00\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")

    def read() -> list[str]:
        draft = import_city(engine, tmp_path, strict=False, actor="test", now=datetime.now(UTC), limits=Limits())
        return [finding.kind for finding in draft.findings if finding.kind.endswith("kept")]

    assert read() == []
    with reading(engine) as session:
        first = load_register(session)
    assert [entry.key for entry in first.entries] == ["A", "H1.1"]
    assert read() == []
    (tmp_path / "people.csv").write_text("code,name,telephone\nA,乙员,0512-0000-0201\n", encoding="utf-8")
    (tmp_path / "holders.csv").write_text("post,person\nGO/a,A\n", encoding="utf-8")
    assert read() == ["people-kept", "posts-kept"]
    with reading(engine) as session:
        assert load_register(session).entries == first.entries
