"""That an answer is wrong, over HTTP: filed once, with the service's own answer; answered, reopened, never lost."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from api.app import create_app
from api.policies import ALLOWED, LOCAL, Policy
from api.schemas.discrepancies import DiscrepancyOut
from api.settings import Settings
from api.storage import tables
from api.storage.engine import reading, writing
from geo.discrepancies import Kind, Resolution, Severity
from geo.model import CityMap
from geo.model import Policy as Thresholds
from geo.moments import parse_moment
from tests.api.town import EAST, LIDS, NOWHERE, WEST, lid_town, publish, river_town

ADDRESS = "/v1/discrepancies"
WRONG: dict[str, Any] = {"kind": "RouteIncorrect", "comment": "河改道了"}


def file(client: TestClient, place: dict[str, float] = WEST, *, key: str | None = None, **body: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{ADDRESS}?lang=en", json={**WRONG, **place, **body}, headers=headers)


def filed(client: TestClient, place: dict[str, float] = WEST, **body: Any) -> Any:
    response = file(client, place, **body)
    assert response.status_code == 200, response.text
    DiscrepancyOut.model_validate(response.json())
    return response.json()


def move(client: TestClient, id_: str, do: str, lang: str = "en", **body: Any) -> Any:
    return client.post(f"{ADDRESS}/{id_}:{do}?lang={lang}", json=body)


def moved(client: TestClient, id_: str, do: str, **body: Any) -> Any:
    response = move(client, id_, do, **body)
    assert response.status_code == 200, response.text
    DiscrepancyOut.model_validate(response.json())
    return response.json()


def ask(client: TestClient, place: dict[str, float] = WEST, **query: Any) -> Any:
    response = client.get("/v1/responsible", params={**place, "lang": "en", **query})
    assert response.status_code == 200, response.text
    return response.json()


def count(engine: Engine) -> tuple[int, int]:
    """How many discrepancies and moves are kept."""
    with reading(engine) as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(select(func.count()).select_from(table))
            for table in (tables.discrepancy, tables.discrepancy_event)
        )


def republish(client: TestClient, engine: Engine, city_map: CityMap) -> int:
    """The number of the edition that the map became; the service answers from it."""
    edition = publish(engine, city_map).id
    client.app.state.holder.refresh()  # type: ignore[attr-defined]
    return edition


def lead(unit: Any) -> Any:
    return unit and unit["code"]


# --- filing


@pytest.mark.parametrize("published_since", [False, True])
def test_an_answer_of_the_draft_is_refused_in_words_even_when_an_edition_took_its_number(
    client: TestClient, engine: Engine, published_since: bool
) -> None:
    client.put("/v1/draft/units/works", json={"name": "Works"})
    answer = ask(client, draft=True)
    if published_since:
        assert client.post("/v1/draft:publish").status_code == 200
    for lang, words in (("en", "this answer was given by draft 2"), ("zh", "这条答复是按草稿 2 给的")):
        refused = client.post(f"{ADDRESS}?lang={lang}", json={**WRONG, "answer": answer})
        assert (refused.status_code, refused.json()["detail"][: len(words)]) == (422, words)
    assert count(engine) == (0, 0)


def test_what_is_filed_names_who_must_answer_by_when_and_keeps_the_whole_answer(client: TestClient) -> None:
    one = filed(client, accuracy_m=10)
    filed_at, due = (datetime.fromisoformat(one[name]) for name in ("filed_at", "due"))
    assert due - filed_at == timedelta(days=5)
    assert (one["id"], one["state"], one["unit"]["code"]) == ("D-1", "filed", "west")
    assert [steward["name"] for steward in one["stewards"]] == ["West Office"]
    assert one["text"].startswith("D-1 is filed; West Office must answer by 20")
    assert one["answer"]["lead"]["unit"]["code"] == "west"
    assert [step["rung"] for step in one["answer"]["chain"]] == ["ruling", "territory"]
    assert (one["differs"], one["differing"]) == (None, None)
    [step] = one["timeline"]
    assert (step["do"], step["actor"], step["due"]) == ("file", "local", one["due"])


def test_the_answer_that_is_kept_comes_again_to_the_byte_whatever_is_published_since(
    client: TestClient, engine: Engine
) -> None:
    one = filed(client, accuracy_m=30, category="stalls", datum="gcj02")
    republish(client, engine, river_town(river=0.002))
    asked = {name: value for name, value in one["asked"].items() if value is not None and name != "facts"}
    again = client.get("/v1/responsible", params={**asked, "lang": "en"})
    assert again.json() == one["answer"]
    zh = client.get("/v1/responsible", params={**asked, "lang": "zh"})
    assert client.get(f"{ADDRESS}/{one['id']}?lang=zh").json()["answer"] == zh.json()
    assert ask(client)["lead"]["unit"]["code"] == "east"


def test_the_whole_answer_is_enough_and_is_replayed_as_it_was_known(client: TestClient, engine: Engine) -> None:
    answer = ask(client, category="stalls", accuracy_m=5, at="2026-05-01T22:30")
    republish(client, engine, river_town(river=0.002))
    one = client.post(ADDRESS, params={"lang": "zh"}, json={**WRONG, "answer": answer}).json()
    assert (one["differs"], one["differing"], one["unit"]["code"]) == (False, [], "west")
    assert {name: one["asked"][name] for name in ("at", "known_at", "edition", "accuracy_m")} == {
        "at": answer["at"],
        "known_at": answer["known_at"],
        "edition": 1,
        "accuracy_m": 5.0,
    }


def test_cited_without_a_moment_it_is_about_the_one_at_which_it_was_given(client: TestClient, engine: Engine) -> None:
    answer = ask(client)
    republish(client, engine, river_town(river=0.002))
    one = filed(client, known_at=answer["known_at"])
    assert one["answer"] == answer
    after = moved(client, one["id"], "answer", resolution="DiscrepancyCorrected")["timeline"][-1]["after"]
    assert lead(after["unit"]) == "east"
    assert datetime.now(UTC) - datetime.fromisoformat(after["at"]) < timedelta(minutes=1)


def test_a_copy_that_says_otherwise_is_named_and_not_kept(client: TestClient, engine: Engine) -> None:
    answer = ask(client)
    forged = json.loads(json.dumps(answer).replace("West Office", "Mallory & Sons"))
    one = filed(client, answer=forged | {"more": "of the same"})
    assert one["differs"] is True
    assert one["differing"] == ["text", "next", "lead", "territory", "candidates"]
    assert one["answer"] == answer
    with reading(engine) as session:
        assert "Mallory" not in str(session.execute(select(tables.discrepancy)).all())


def test_an_assumed_accuracy_is_assumed_again(client: TestClient) -> None:
    one = filed(client, answer=ask(client))
    assert (one["differs"], one["asked"]["accuracy_m"]) == (False, None)


def test_what_a_caller_saw_goes_into_the_question(client: TestClient, engine: Engine) -> None:
    republish(client, engine, lid_town())
    seen = "component:3205080103000002"
    one = filed(client, LIDS, category="0103", facts=[seen], accuracy_m=0)
    assert (one["unit"]["code"], one["asked"]["facts"]) == ("west", [seen])
    assert [fact["fact"] for fact in one["answer"]["facts"]] == [seen]
    refused = file(client, LIDS, category="0103", facts=["component:77"])
    assert (refused.status_code, count(engine)[0]) == (422, 1)


@pytest.mark.parametrize("by", ["id", "key"])
def test_said_twice_it_is_one_even_when_the_map_has_changed(client: TestClient, engine: Engine, by: str) -> None:
    said = {by: "12345/7"}
    first = filed(client, **said)
    republish(client, engine, river_town(river=0.002))
    assert filed(client, **said) == first
    assert count(engine) == (1, 1)
    refused = file(client, **said, comment="另一件事")
    assert refused.status_code == 409
    assert "12345/7" in refused.json()["detail"]
    assert f"({first['id']})" in refused.json()["detail"]
    assert filed(client)["number"] == 2


def test_the_same_sent_by_many_at_once_is_filed_once(client: TestClient, engine: Engine) -> None:
    said: list[Any] = []
    threads = [threading.Thread(target=lambda: said.append(file(client, key="once"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(response.status_code, response.json()["id"]) for response in said} == {(200, "D-1")}
    assert count(engine) == (1, 1)


def test_numbers_that_the_service_gives_out_cannot_be_taken_before(client: TestClient, engine: Engine) -> None:
    refused = file(client, id="D-2")
    assert (refused.status_code, count(engine)) == (422, (0, 0))
    assert "D-2" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("key", "shown"), [("", None), ("a\tb", "'a\\tb'"), ("k" * 201, "1 to 200"), ("\u00a0", "1 to 200")]
)
def test_a_key_that_cannot_be_one_is_refused(client: TestClient, engine: Engine, key: str, shown: str | None) -> None:
    response = client.post(
        f"{ADDRESS}?lang=en", json={**WRONG, **WEST}, headers=[(b"Idempotency-Key", key.encode("latin-1"))]
    )
    assert response.status_code == 422
    assert (shown or "Idempotency-Key") in response.json()["detail"]
    assert count(engine) == (0, 0)


# --- who must answer


def stewarded() -> CityMap:
    """River town where Headquarters keeps the data of East, and the ward is nobody's."""
    plain = river_town()
    areas = tuple(replace(area, steward="hq") if area.code == "E" else area for area in plain.areas)
    return replace(plain, areas=areas)


@pytest.mark.parametrize(
    ("place", "kind", "steward"),
    [
        (EAST, "BoundaryIncorrect", "hq"),  # its steward
        (EAST, "ContactIncorrect", "east"),  # only the unit itself knows whom to call
        (WEST, "DataExpired", "west"),  # no steward: its unit
        ({"lon": 0.025, "lat": 0.01}, "Gap", "old"),  # no street there: the district
        (NOWHERE, "Gap", "hq"),  # outside the city
        (NOWHERE, "ContactIncorrect", "hq"),
    ],
)
def test_whoever_keeps_the_data_there_right_must_answer(
    client: TestClient, engine: Engine, place: dict[str, float], kind: str, steward: str
) -> None:
    republish(client, engine, stewarded())
    one = filed(client, place, kind=kind, accuracy_m=0)
    assert [unit["code"] for unit in one["stewards"]] == [steward]


def test_where_two_areas_overlap_both_must_answer(client: TestClient, engine: Engine) -> None:
    plain = river_town()
    wider = [replace(area, boundary=plain.areas[0].boundary) if area.code == "E" else area for area in plain.areas]
    republish(client, engine, replace(plain, areas=tuple(wider)))
    one = filed(client, kind="Overlap", accuracy_m=0)
    assert [unit["code"] for unit in one["stewards"]] == ["east", "west"]
    assert "East Office, West Office must answer" in one["text"]


def test_how_many_days_there_are_is_the_citys_policy(client: TestClient, engine: Engine) -> None:
    plain = river_town()
    republish(client, engine, replace(plain, city=replace(plain.city, policy=Thresholds(discrepancy_days=2))))
    one = filed(client)
    assert datetime.fromisoformat(one["due"]) - datetime.fromisoformat(one["filed_at"]) == timedelta(days=2)


@pytest.mark.parametrize(
    ("text", "unit"), [("east", "east"), ("东街道", "east"), ("East Office", "east"), ("路政", None)]
)
def test_who_should_lead_may_be_said_by_code_or_by_name(client: TestClient, text: str, unit: str | None) -> None:
    assert filed(client, believed_unit=f" {text} ")["believed"] == {"text": text, "unit": unit}


def test_how_to_reach_a_reporter_is_shown_to_nobody_but_editors(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = filed(client, reporter={"unit": "east", "contact": "0512-0000-0177"})
    assert one["reporter"] == {"unit": "east", "post": None, "contact": "0512-0000-0177"}
    for query in ("", "?format=geojson"):
        assert "0512-0000-0177" not in client.get(ADDRESS + query).text
    monkeypatch.setitem(ALLOWED, LOCAL.name, frozenset(Policy) - {Policy.ANSWER_DISCREPANCIES})
    shown = client.get(f"{ADDRESS}/{one['id']}").json()
    assert shown["reporter"] == {"unit": "east", "post": None, "contact": None}
    assert "0512-0000-0177" not in file(client).text


# --- moves


def test_the_timeline_has_every_move_with_who_made_it(client: TestClient) -> None:
    id_ = filed(client)["id"]
    taken = moved(client, id_, "take", by="old", note="现场看看")
    assert (taken["state"], taken["text"].split(";")[0]) == ("in_hand", "D-1 is in hand")
    answered = moved(client, id_, "answer", resolution="NoDiscrepancy", note="the stones were checked", by="west")
    assert (answered["state"], answered["resolution"], answered["overdue"]) == ("answered", "NoDiscrepancy", False)
    assert answered["text"] == "D-1 is answered: checked, nothing is wrong; the stones were checked"
    reopened = moved(client, id_, "reopen", reason="又派错了")
    assert (reopened["state"], reopened["resolution"]) == ("filed", None)
    assert datetime.fromisoformat(reopened["due"]) > datetime.fromisoformat(taken["due"])
    again = moved(client, id_, "answer", resolution="Acknowledged")
    assert [(step["do"], step["by"], step["note"]) for step in again["timeline"]] == [
        ("file", None, None),
        ("take", "old", "现场看看"),
        ("answer", "west", "the stones were checked"),
        ("reopen", None, "又派错了"),
        ("answer", None, None),
    ]
    assert client.get(f"{ADDRESS}/{id_}?lang=en").json() == again


def test_once_answered_it_is_not_answered_again_but_reopened(client: TestClient, engine: Engine) -> None:
    id_ = filed(client)["id"]
    early = move(client, id_, "reopen", reason="?")
    assert (early.status_code, "not answered yet (filed)" in early.json()["detail"]) == (409, True)
    moved(client, id_, "answer", resolution="PerPolicy")
    for do, body in (("answer", {"resolution": "PerPolicy"}), ("take", {})):
        for lang, said in (("en", "(so by policy); reopen it first"), ("zh", "（按规定如此）；仍有疑问请先重新提交")):
            refused = move(client, id_, do, lang=lang, **body)
            assert refused.status_code == 409
            assert said in refused.json()["detail"]
    assert count(engine) == (1, 2)


def test_of_two_who_answer_at_once_one_is_told(client: TestClient, engine: Engine) -> None:
    id_ = filed(client)["id"]
    said: list[int] = []
    threads = [
        threading.Thread(target=lambda: said.append(move(client, id_, "answer", resolution="Acknowledged").status_code))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [200, 409, 409, 409]
    assert count(engine) == (1, 2)


def test_one_put_right_is_asked_again_and_says_who_led_and_who_leads_now(client: TestClient, engine: Engine) -> None:
    id_ = filed(client)["id"]
    edition = republish(client, engine, river_town(river=0.002))
    one = moved(client, id_, "answer", resolution="DiscrepancyCorrected", edition=edition)
    step = one["timeline"][-1]
    assert (lead(step["before"]), lead(step["after"]["unit"])) == ("west", "east")
    assert (step["edition"], step["after"]["edition"], step["after"]["verdict"]) == (2, 2, "certain")
    assert one["text"].endswith("the answer is put right. It was West Office; now answered by East Office")
    assert one["answer"]["lead"]["unit"]["code"] == "west"


def test_one_that_is_said_to_be_put_right_and_is_not_says_so(client: TestClient) -> None:
    id_ = filed(client)["id"]
    one = moved(client, id_, "answer", resolution="DiscrepancyCorrected")
    assert one["text"].endswith("Still answered by West Office")


def test_a_ruling_puts_right_at_once_and_is_named_by_its_number(client: TestClient) -> None:
    id_ = filed(client, category="stalls")["id"]
    ruling = {"unit": "old", "categories": ["stalls"], "ground": {"area": "admin/street/W"}, "reason": "会商"}
    assert client.put("/v1/rulings/R1", json=ruling).status_code == 200
    one = moved(client, id_, "answer", resolution="DiscrepancyCorrected", register=1)
    after = one["timeline"][-1]["after"]
    assert (lead(after["unit"]), after["register"], one["timeline"][-1]["register"]) == ("old", 1, 1)


def test_nobody_before_and_somebody_after_is_said_in_words(client: TestClient, engine: Engine) -> None:
    id_ = filed(client, NOWHERE, kind="Gap", accuracy_m=0)["id"]
    wider = river_town()
    square = wider.areas[0].boundary.buffer(0.02)
    areas = tuple(replace(area, boundary=type(wider.areas[0].boundary)([square])) for area in wider.areas[:1])
    republish(client, engine, replace(wider, areas=areas + wider.areas[1:]))
    assert moved(client, id_, "answer", resolution="DiscrepancyCorrected")["text"].endswith(
        "It was nobody; now answered by Old District"
    )


def test_a_question_about_another_hour_is_put_again_for_that_hour(client: TestClient) -> None:
    zone = client.app.state.holder.view().latest.zone  # type: ignore[attr-defined]
    id_ = filed(client, at="2026-05-01T22:30")["id"]
    after = moved(client, id_, "answer", resolution="DiscrepancyCorrected")["timeline"][-1]["after"]
    again = parse_moment(after["at"], zone=zone).astimezone(zone)
    assert (again.weekday(), again.hour, again.minute) == (4, 22, 30)
    assert timedelta(0) <= again - datetime.now(UTC) + timedelta(minutes=1) <= timedelta(days=8)


def test_what_cannot_be_asked_any_more_is_answered_all_the_same(client: TestClient, engine: Engine) -> None:
    town = lid_town()
    republish(client, engine, town)
    seen = f"component:{town.components[0].id}"
    id_ = filed(client, LIDS, category="0103", facts=[seen])["id"]
    republish(client, engine, replace(town, components=town.components[1:]))
    one = moved(client, id_, "answer", resolution="DiscrepancyCorrected")
    after = one["timeline"][-1]["after"]
    assert (after["unit"], after["edition"]) == (None, None)
    assert "there is no component" in after["refused"]
    assert after["refused"] in one["text"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"resolution": "NoDiscrepancy", "edition": 1}, 422, "edition 1 goes with DiscrepancyCorrected"),
        ({"resolution": "DataCorrected", "edition": 9}, 404, "no published edition 9; there are: 1"),
        ({"resolution": "DataCorrected", "register": 9}, 404, "the register has no number 9"),
        ({"resolution": "Acknowledged", "by": "nobody"}, 404, "by nobody is the code of no unit and of no post"),
        ({"resolution": "Fixed"}, 422, "resolution 'Fixed' cannot be used; use 'DiscrepancyCorrected'"),
        ({"resolution": "Acknowledged", "note": "a\nb"}, 422, "note 'a\\nb' has control characters or line breaks"),
        ({}, 422, "resolution is missing"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_changes_nothing(
    client: TestClient, engine: Engine, body: dict[str, Any], status: int, said: str
) -> None:
    id_ = filed(client)["id"]
    refused = move(client, id_, "answer", **body)
    assert (refused.status_code, said in refused.json()["detail"]) == (status, True), refused.text
    assert count(engine) == (1, 1)


def test_one_that_was_never_filed_is_not_found(client: TestClient) -> None:
    for response in (client.get(f"{ADDRESS}/D-9?lang=en"), move(client, "D-9", "take")):
        assert response.status_code == 404
        assert "there is no discrepancy D-9" in response.json()["detail"]


# --- lists


def test_lists_are_filtered_and_stand_in_the_order_filed(client: TestClient) -> None:
    filed(client, id="one")
    filed(client, EAST, id="two/east", kind="ContactIncorrect")
    filed(client, EAST, id="three")
    moved(client, "one", "take")
    moved(client, "three", "answer", resolution="Acknowledged")

    def ids(**query: str) -> list[str]:
        response = client.get(ADDRESS, params=query)
        assert response.status_code == 200, response.text
        return [item["id"] for item in response.json()["items"]]

    assert ids() == ["one", "two/east", "three"]
    assert ids(state="filed") == ["two/east"]
    assert ids(state="in_hand") == ["one"]
    assert ids(kind="ContactIncorrect") == ["two/east"]
    assert ids(unit="east", state="answered") == ["three"]
    assert ids(steward="west") == ["one"]
    assert ids(since="2020-01-01") == ["one", "two/east", "three"]
    assert ids(since="2999-01-01") == []
    points = client.get(ADDRESS, params={"format": "geojson", "state": "in_hand"}).json()
    assert [feature["geometry"]["coordinates"] for feature in points["features"]] == [[WEST["lon"], WEST["lat"]]]


def test_pages_follow_each_other_without_a_gap(client: TestClient) -> None:
    for number in range(5):
        filed(client, comment=f"the {number}th")
    address, seen = f"{ADDRESS}?limit=2", []
    while address:
        body = client.get(address).json()
        seen.append([item["number"] for item in body["items"]])
        address = body["next"]
    assert seen == [[1, 2], [3, 4], [5]]
    assert client.get(f"{ADDRESS}?after=zzz").status_code == 422


def test_what_was_not_answered_in_time_is_overdue(client: TestClient, engine: Engine) -> None:
    filed(client)
    with reading(engine) as session:
        old = dict(session.execute(select(tables.discrepancy)).mappings().one())
        event = dict(session.execute(select(tables.discrepancy_event)).mappings().one())
    then = datetime.now(UTC) - timedelta(days=9)
    with writing(engine) as session:
        session.execute(insert(tables.discrepancy), old | {"number": 2, "id": "old", "filed_at": then})
        session.execute(
            insert(tables.discrepancy_event), event | {"number": 2, "at": then, "due": then + timedelta(days=5)}
        )
    items = client.get(f"{ADDRESS}?lang=en").json()["items"]
    assert [item["overdue"] for item in items] == [False, True]
    assert items[1]["text"].startswith("old is overdue: West Office should have answered by")
    assert moved(client, "old", "answer", resolution="Acknowledged")["overdue"] is False


# --- what is kept


@pytest.mark.parametrize(
    "change",
    [
        update(tables.discrepancy).values(comment="nothing"),
        delete(tables.discrepancy),
        update(tables.discrepancy_event).values(note="nothing"),
        delete(tables.discrepancy_event),
    ],
)
def test_what_was_filed_and_done_never_changes(client: TestClient, engine: Engine, change: Any) -> None:
    filed(client)
    with pytest.raises(IntegrityError, match="append-only"), writing(engine) as session:
        session.execute(change)
    assert count(engine) == (1, 1)


def test_a_process_that_starts_anew_has_it_all(client: TestClient, settings: Settings) -> None:
    one = filed(client, NOWHERE, reporter={"contact": "0512-0000-0177"}, severity="Severe")
    moved(client, one["id"], "answer", resolution="DiscrepancyCorrected", note="看过了")
    before = client.get(f"{ADDRESS}/{one['id']}").json()
    with TestClient(create_app(settings)) as other:
        assert other.get(f"{ADDRESS}/{one['id']}").json() == before


# --- hostile input


def nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"a": [value]}
    return value


HOSTILE: list[tuple[str, Callable[[Any], dict[str, Any]], str, str]] = [
    ("NUL", lambda _: {"comment": "a\0b"}, "comment 'a\\x00b' has control characters", "含有控制字符"),
    ("escape", lambda _: {"comment": "a\x1b[31m"}, "has control characters (line breaks are fine)", "可以换行"),
    ("surrogate", lambda _: {"comment": "a\ud800"}, "is not valid Unicode text; send UTF-8", "Unicode"),
    (
        "huge",
        lambda _: {"comment": "好" * 2001},
        "comment is too long; give at most 2000 characters",
        "至多 2000 个字符",
    ),
    ("blank", lambda _: {"comment": " \n "}, "comment is blank", "空白"),
    ("no words", lambda _: {"comment": None}, "comment None is not text", "不是文字"),
    ("kind", lambda _: {"kind": "Wrong"}, "kind 'Wrong' cannot be used; use 'RouteIncorrect'", "可用："),
    ("severity", lambda _: {"severity": "lethal"}, "severity 'lethal' cannot be used; use 'Severe'", "可用："),
    ("infinite", lambda _: {"lon": float("inf")}, "lon inf is not a finite number", "不是有限数"),
    ("accuracy", lambda _: {"accuracy_m": -1}, "accuracy_m -1.0 is outside [0, 100000.0]", "超出"),
    ("swapped", lambda _: {"lon": 31.3, "lat": 120.6}, "were lon and lat swapped?", "写反"),
    ("true", lambda _: {"lat": True}, "lat True is not a number", "不是数"),
    ("nowhere", lambda _: {"lon": None, "lat": None}, "give lon and lat, or the whole answer", "放进 answer"),
    ("half", lambda _: {"lat": None}, "give lon and lat, or the whole answer", "放进 answer"),
    ("believed", lambda _: {"believed_unit": "a\u2028b"}, "has control characters or line breaks", "控制字符"),
    (
        "contact",
        lambda _: {"reporter": {"contact": "1" * 201}},
        "reporter.contact is too long; give at most 200",
        "200",
    ),
    ("key", lambda _: {"kond": "Gap"}, "there is no parameter kond", "没有参数 kond"),
    ("id", lambda _: {"id": "a\0"}, "the code 'a\\x00' cannot be used; give 1 to 200", "编码 'a\\x00' 不可用"),
    ("id half", lambda _: {"id": "a\ud800"}, "is not valid Unicode text", "Unicode"),
    ("edition", lambda _: {"edition": 0}, "edition 0 is too small; give at least 1", "至少 1"),
    ("facts", lambda _: {"facts": ["component:1"] * 21}, "facts has 21 items; give at most 20", "至多 20 项"),
    ("no answer", lambda _: {"answer": {}}, "answer.position is missing; add it", "缺少 answer.position"),
    ("deep", lambda answer: {"answer": answer | {"more": nested(40)}}, "nested too deep; at most 16 levels", "16 层"),
    ("at", lambda answer: {"answer": answer | {"at": "soon"}}, "at 'soon' is not an ISO 8601 date", "ISO 8601"),
    (
        "infinite answer",
        lambda answer: {"answer": answer | {"position": answer["position"] | {"accuracy_m": float("inf")}}},
        "",
        "",
    ),
]


@pytest.mark.parametrize(("make", "en", "zh"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_what_cannot_be_filed_is_refused_by_name_and_nothing_is_kept(
    client: TestClient, engine: Engine, make: Callable[[Any], dict[str, Any]], en: str, zh: str
) -> None:
    body = {**WRONG, **WEST, "accuracy_m": 5} | make(ask(client, accuracy_m=5))
    if "inf" in repr(body.get("answer", "")):
        del body["accuracy_m"]
    content = json.dumps(body).replace("Infinity", "1e309")
    for lang, said in (("en", en), ("zh", zh)):
        headers = {"content-type": "application/json"}
        response = client.post(f"{ADDRESS}?lang={lang}", content=content, headers=headers)
        assert response.status_code == 422, response.text
        assert said in response.json()["detail"], response.text
    assert count(engine) == (0, 0)


def test_things_that_the_map_does_not_have_are_not_found(client: TestClient, engine: Engine) -> None:
    for body in ({"reporter": {"unit": "x"}}, {"reporter": {"post": "x"}}, {"edition": 7}, {"register": 7}):
        assert file(client, **body).status_code == 404, body
    assert count(engine) == (0, 0)


def test_a_comment_of_several_lines_keeps_them(client: TestClient) -> None:
    assert filed(client, comment=" 一\r\n二 \n")["comment"] == "一\n二"


def test_before_anything_is_published_there_is_nothing_to_be_wrong(empty_client: TestClient) -> None:
    for response in (file(empty_client), empty_client.get(ADDRESS)):
        assert (response.status_code, response.json()["type"]) == (503, "urn:pointward:problem:nothing-published")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_can_be_filed_and_has_a_name(client: TestClient, kind: Kind, lang: str) -> None:
    response = client.post(f"{ADDRESS}?lang={lang}", json={**WEST, "kind": kind.value, "comment": "x"})
    assert response.json()["kind"] == kind.value
    assert response.json()["kind_name"].isascii() == (lang == "en")


@pytest.mark.parametrize("resolution", Resolution)
def test_every_resolution_answers(client: TestClient, resolution: Resolution) -> None:
    id_ = filed(client, severity=Severity.MINOR.value)["id"]
    one = moved(client, id_, "answer", resolution=resolution.value)
    assert (one["resolution"], one["severity_name"]) == (resolution.value, "minor")
    assert (one["timeline"][-1]["after"] is not None) == (resolution is Resolution.DISCREPANCY_CORRECTED)
