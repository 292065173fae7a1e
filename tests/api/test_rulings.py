"""Rulings and permits over HTTP: in force at once in every worker, as known before and after, never deleted."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from api.app import create_app
from api.schemas.answer import Answer
from api.services.draft_view import Drafts
from api.settings import Settings
from api.storage.engine import reading, writing
from api.storage.map_store import save_draft
from api.storage.register_store import load_register, register_number
from geo.claims import Claim
from geo.model import CityMap
from geo.register.overlay import is_overlaid
from geo.register.rulings import Permit, Ruling
from tests.api.town import EAST, WEST, publish, river_town

GROUND = {"area": "admin/street/W"}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[0.004, 0.009], [0.006, 0.009], [0.006, 0.011], [0.004, 0.011], [0.004, 0.009]]],
}


@pytest.fixture
def town(settings: Settings, engine: Engine) -> Iterator[TestClient]:
    """A client of the service; river town is published."""
    publish(engine, river_town())
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def ask(client: TestClient, place: dict[str, float] = WEST, **query: Any) -> Any:
    response = client.get(
        "/v1/responsible", params={**place, "accuracy_m": 0, "category": "stalls", "lang": "en", **query}
    )
    assert response.status_code == 200, response.text
    Answer.model_validate(response.json())
    return response.json()


def rule(client: TestClient, id_: str = "2026-07", **body: Any) -> Any:
    given = {"unit": "east", "categories": ["stalls"], "ground": GROUND, "reason": "会商一致", "source": "纪要 7"}
    return client.put(f"/v1/rulings/{id_}?lang=en", json={**given, **body})


def permit(client: TestClient, id_: str = "P1", **body: Any) -> Any:
    given = {"categories": ["stalls"], "ground": {"city": True}, "holder": "菜摊", "valid_to": "2099-01-01"}
    return client.put(f"/v1/permits/{id_}?lang=en", json={**given, **body})


def test_a_ruling_is_in_force_at_once_and_only_where_it_says(town: TestClient) -> None:
    assert ask(town)["lead"]["unit"]["code"] == "west"
    response = rule(town)
    assert (response.status_code, response.json()["unit"]) == (200, "east")
    answer = ask(town)
    assert (answer["lead"]["unit"]["code"], answer["rung"]) == ("east", "ruling")
    assert answer["chain"][-1]["refs"] == ["ruling:2026-07"]
    assert "纪要 7" in answer["text"]
    assert ask(town, category="noise")["lead"]["unit"]["code"] == "west"
    assert ask(town, EAST)["rung"] == "territory"


def test_another_worker_has_it_too_and_before_it_the_answer_was_another(town: TestClient, settings: Settings) -> None:
    before = ask(town)
    with TestClient(create_app(settings)) as other:
        rule(town)
        while ask(other)["edition"]["register"] == 0:
            pass
        assert ask(other)["lead"]["unit"]["code"] == "east"
        known_then = ask(other, known_at=before["known_at"], at=before["at"])
    assert known_then == before


def test_the_answer_after_a_ruling_comes_again_to_the_byte_after_the_next(town: TestClient) -> None:
    rule(town)
    query = {**WEST, "accuracy_m": 0, "category": "stalls"}
    first = town.get("/v1/responsible", params=query)
    answer = first.json()
    rule(town, "2026-08", unit="old", ground={"city": True})
    assert ask(town)["lead"]["unit"]["code"] == "old"
    cited = {
        "at": answer["at"],
        "known_at": answer["known_at"],
        "edition": 1,
        "register": answer["edition"]["register"],
    }
    assert town.get("/v1/responsible", params={**query, **cited}).content == first.content


def test_ground_of_its_own_is_drawn_in(town: TestClient) -> None:
    assert rule(town, ground={"geometry": SQUARE}).json()["ground"]["geometry"]["type"] == "MultiPolygon"
    assert ask(town)["lead"]["unit"]["code"] == "east"
    assert ask(town, {"lon": 0.003, "lat": 0.01})["lead"]["unit"]["code"] == "west"


def test_a_line_has_a_width_on_each_side(town: TestClient) -> None:
    line = {"type": "LineString", "coordinates": [[0.004, 0.01], [0.006, 0.01]]}
    rule(town, ground={"geometry": line, "width_m": 5})
    metre = 1 / 110_574
    leads = [
        ask(town, {"lon": 0.005, "lat": 0.01 + aside * metre})["lead"]["unit"]["code"] for aside in (0, 4.9, -4.9, 5.1)
    ]
    assert leads == ["east", "east", "east", "west"]
    assert ask(town, {"lon": 0.00601, "lat": 0.01})["lead"]["unit"]["code"] == "west"
    assert rule(town, "2026-09", ground={"geometry": line, "width_m": 0}).status_code == 422


def test_the_same_ruling_twice_is_one_and_another_of_its_name_is_refused(town: TestClient, engine: Engine) -> None:
    assert rule(town).json() == rule(town).json()
    refused = rule(town, unit="old")
    assert (refused.status_code, "says otherwise" in refused.json()["detail"]) == (409, True)
    with reading(engine) as session:
        assert register_number(session) == 1


def test_a_revoked_ruling_is_over_and_stays_on_record(town: TestClient) -> None:
    rule(town, valid_from="2026-01-01")
    ended = town.post("/v1/rulings/2026-07:revoke", json={"at": "2026-05-01"}).json()
    assert ended["valid_to"] == "2026-04-30T16:00:00Z"
    assert ask(town)["lead"]["unit"]["code"] == "west"
    assert ask(town, at="2026-04-30T12:00")["lead"]["unit"]["code"] == "east"
    assert [one["id"] for one in town.get("/v1/rulings").json()["items"]] == ["2026-07"]
    assert town.get("/v1/rulings?register=0").json()["items"] == []
    assert town.post("/v1/rulings/none:revoke", json={}).status_code == 404


def test_without_a_body_it_is_revoked_now(town: TestClient) -> None:
    rule(town)
    permit(town)
    for path in ("rulings/2026-07", "permits/P1"):
        response = town.post(f"/v1/{path}:revoke")
        assert (response.status_code, response.json()["valid_to"] is not None) == (200, True)
    assert ask(town)["rung"] == "territory"
    assert ask(town)["permit"] is None


def test_a_permit_stays_the_hand_until_it_ends(town: TestClient) -> None:
    assert permit(town).status_code == 200
    answer = ask(town)
    assert (answer["lead"]["unit"]["code"], answer["next"]["do"], answer["permit"]["id"]) == ("west", "none", "P1")
    assert "nothing to do until 2099-01-01" in answer["next"]["text"]
    town.post("/v1/permits/P1:revoke", json={})
    assert ask(town)["permit"] is None
    assert [one["id"] for one in town.get("/v1/permits").json()["items"]] == ["P1"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"unit": "nobody"}, 404, "no unit with the code nobody"),
        ({"ground": {}}, 422, "name exactly one ground"),
        ({"ground": {"city": True, "area": "admin/street/W"}}, 422, "2 are given"),
        ({"ground": {"area": "admin/street/Z"}}, 422, "is not on the map"),
        ({"ground": {"area": "W"}}, 422, "is not scheme/level/code"),
        ({"ground": {"segment": "R-1"}}, 404, "no segment"),
        ({"ground": {"geometry": {"type": "Point", "coordinates": [1, 2]}}}, 422, "cannot be used"),
        ({"ground": {"geometry": {"type": "GeometryCollection", "geometries": []}}}, 422, "cannot be used"),
        ({"categories": ["*", "stalls"]}, 422, "cannot stand beside"),
        ({"categories": []}, 422, "categories has 0 items"),
        ({"categories": [" \n"]}, 422, "category"),
        ({"valid_from": "2026-05-02", "valid_to": "2026-05-02"}, 422, "is not after valid_from"),
        ({"decided_by": "desk"}, 404, "no post"),
        ({"assists": ["nobody"]}, 404, "no unit"),
        ({"reason": ""}, 422, "reason"),
        ({"weight": 3}, 422, "no parameter weight"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    town: TestClient, engine: Engine, body: dict[str, Any], status: int, words: str
) -> None:
    response = rule(town, **body)
    assert (response.status_code, words in response.json()["detail"]) == (status, True), response.text
    with reading(engine) as session:
        assert register_number(session) == 0


def test_a_permit_needs_an_end(town: TestClient) -> None:
    response = town.put("/v1/permits/P1", json={"categories": ["*"], "ground": {"city": True}, "holder": "x"})
    assert response.status_code == 422


def test_both_load_from_the_database_as_they_were_recorded(town: TestClient, engine: Engine) -> None:
    rule(town, ground={"geometry": SQUARE}, hours="08:00-20:00", assists=["west"], decided_at="2026-05-01")
    permit(town, unit="west")
    with reading(engine) as session:
        register = load_register(session)
    roster = register.roster(2)
    ruling, exception = roster.rulings["2026-07"], roster.permits["P1"]
    assert isinstance(ruling, Ruling)
    assert isinstance(exception, Permit)
    assert ruling.ground.boundary is not None
    assert ruling.ground.boundary.area == pytest.approx(4e-6)
    assert (ruling.assists, len(ruling.schedule.hours), roster.ruled) == (("west",), 7, (2, register.recorded_at))
    assert [entry["kind"] for entry in town.get("/v1/register").json()["items"]] == ["ruling", "permit"]


def test_a_register_put_back_from_a_backup_is_the_one_that_answers(
    sqlite_url: str, open_database: Callable[[str], Engine]
) -> None:
    publish(open_database(sqlite_url), river_town())
    settings = Settings(database_url=sqlite_url, poll_seconds=60)
    kept, database = sqlite3.connect(":memory:"), sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    database.backup(kept)
    with TestClient(create_app(settings)) as town:
        rule(town, "R1")
        assert ask(town)["lead"]["unit"]["code"] == "east"
        kept.backup(database)
        database.close()
        # Written to by another process before this one looks: the register has the number that it had.
        with TestClient(create_app(settings)) as other:
            rule(other, "R9", unit="old", ground={"area": "admin/street/E"})
        town.app.state.holder.refresh()  # type: ignore[attr-defined]
        assert [one["id"] for one in town.get("/v1/rulings").json()["items"]] == ["R9"]
        assert (ask(town)["rung"], ask(town)["lead"]["unit"]["code"]) == ("territory", "west")
        assert (ask(town, EAST)["rung"], ask(town, EAST)["lead"]["unit"]["code"]) == ("ruling", "old")


def test_a_register_put_back_from_a_backup_is_the_one_that_the_draft_is_asked_with(
    sqlite_url: str, open_database: Callable[[str], Engine]
) -> None:
    engine = open_database(sqlite_url)
    publish(engine, river_town())
    with writing(engine) as session:
        save_draft(session, river_town(), (), actor="test", now=datetime.now(UTC))
    kept, database = sqlite3.connect(":memory:"), sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    database.backup(kept)
    drafts = Drafts(engine)
    settings = Settings(database_url=sqlite_url, poll_seconds=60)
    with TestClient(create_app(settings)) as town:
        rule(town, "R1")
    assert [*drafts.view().register.roster(1).rulings] == ["R1"]
    kept.backup(database)
    database.close()
    with TestClient(create_app(settings)) as other:
        rule(other, "R9")
    assert [*drafts.view().register.roster(1).rulings] == ["R9"]
    assert drafts.view().register is drafts.view().register  # nothing is read twice


def test_who_asks_for_another_state_of_the_register_keeps_nobody_waiting(town: TestClient) -> None:
    rule(town)
    holder = town.app.state.holder  # type: ignore[attr-defined]
    atlas, roster = holder.view().latest, holder.view().register.roster(1)
    assert is_overlaid(atlas, roster)
    began, finish = threading.Event(), threading.Event()

    def slowly() -> tuple[Claim, ...]:
        began.set()
        finish.wait(timeout=20)
        return ()

    builder = threading.Thread(target=atlas.overlaid, args=("another state", slowly))
    builder.start()
    began.wait(timeout=20)
    try:
        assert ask(town)["lead"]["unit"]["code"] == "east"
        assert builder.is_alive()
    finally:
        finish.set()
        builder.join()


def netting(n: int) -> dict[str, Any]:
    """n lines across n others."""
    at = [i / (50 * n) for i in range(n)]
    lines = [*([[0.0, y], [0.02, y]] for y in at), *([[x, 0.0], [x, 0.02]] for x in at)]
    return {"type": "MultiLineString", "coordinates": lines}


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        ({"type": "Poin\ud800"}, "the geometry type Poin? cannot be used"),
        ({"type": "LineString", "coordinates": [[0.0, 89.9999], [100.0, 89.9999], [180.0, 90.0]]}, "beyond 180°"),
        (netting(200), "crosses itself or borders too often"),
        (netting(90), "more than 10000 vertices"),
    ],
    ids=["half a character", "the pole", "very many crossings", "many crossings"],
)
def test_ground_that_cannot_be_recorded_is_refused_at_once(
    town: TestClient, geometry: dict[str, Any], said: str
) -> None:
    given = {"unit": "east", "categories": ["stalls"], "reason": "r", "source": "s"}
    body = json.dumps({**given, "ground": {"geometry": geometry, "width_m": 0.01}})
    refused = town.put("/v1/rulings/R9?lang=en", content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code == 422, refused.text
    assert said in refused.json()["detail"]
    assert town.get("/v1/rulings").json()["items"] == []


@pytest.mark.parametrize("text", ["  ", "a\x00b", "a\tb", "a\u2028b", "a\ud800b"])
@pytest.mark.parametrize("field", ["reason", "reason_en", "source"])
def test_text_of_a_ruling_can_be_read(town: TestClient, field: str, text: str) -> None:
    sent = json.dumps({"unit": "east", "categories": ["stalls"], "ground": GROUND, "reason": "x", field: text})
    for lang, words in (("en", ("is blank", "has control", "not valid Unicode")), ("zh", ("空白", "控制", "Unicode"))):
        refused = town.put(f"/v1/rulings/R1?lang={lang}", content=sent, headers={"Content-Type": "application/json"})
        assert refused.status_code == 422
        assert any(f"{field} " in message and words_ in message for message in said(refused) for words_ in words)


def test_a_reason_may_have_paragraphs_and_is_read_aloud_as_one(town: TestClient) -> None:
    assert rule(town, reason=" 会商一致。\r\n\n西街道协同 ").json()["reason"] == "会商一致。\n\n西街道协同"
    assert "理由：会商一致。 西街道协同" in ask(town, lang="zh")["text"]
    assert "control" in said(rule(town, "R2", source="a\nb"))[0]


def said(refused: Any) -> list[str]:
    """What a refusal says, field by field."""
    return [error["message"] for error in refused.json()["errors"]]


def test_text_is_stripped_and_kept_to_its_limit(town: TestClient) -> None:
    assert rule(town, reason=" 会商一致 ").json()["reason"] == "会商一致"
    assert permit(town, holder="\t").status_code == 422
    assert said(rule(town, "R2", source="x" * 1001)) == ["source is too long; give at most 1000 characters"]


# --- publishing ---------------------------------------------------------------------------------------------------


def town_without(*, area: str = "", unit: str = "") -> CityMap:
    """River town without a street, or without a unit."""
    whole = river_town()
    areas = tuple(replace(one, unit=None if one.unit == unit else one.unit) for one in whole.areas if one.code != area)
    return replace(whole, areas=areas, units=tuple(one for one in whole.units if one.code != unit))


@pytest.mark.parametrize("lost", [{"area": "W"}, {"unit": "east"}])
def test_what_is_ruled_cannot_go_without_a_reason(town: TestClient, engine: Engine, lost: dict[str, str]) -> None:
    rule(town)
    permit(town, ground=GROUND, unit="east")
    permit(town, "P2")  # on the whole city, naming nobody
    rule(town, "over", valid_from="2026-01-01", valid_to="2026-02-01")
    rule(town, "revoked")
    town.post("/v1/rulings/revoked:revoke", json={})
    with writing(engine) as session:
        save_draft(session, town_without(**lost), (), actor="test", now=datetime.now(UTC))
    refused = town.post("/v1/draft:publish?lang=en", json={})
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("2 rulings or permits in force name ground, units,")
    assert "have: permit:P1, ruling:2026-07; revoke them" in refused.json()["detail"]
    assert "撤销" in town.post("/v1/draft:publish?lang=zh", json={}).json()["detail"]
    assert town.post("/v1/draft:publish", json={"accept": "街道合并"}).json()["id"] == 2
    with reading(engine) as session:
        kept = str(session.execute(text("SELECT detail FROM audit_log WHERE action = 'accept'")).scalar_one())
    assert "ruling:2026-07" in kept
    assert "P2" not in kept


def test_what_is_revoked_holds_no_draft_up(town: TestClient, engine: Engine) -> None:
    rule(town, assists=["west"])
    with writing(engine) as session:
        save_draft(session, town_without(unit="west"), (), actor="test", now=datetime.now(UTC))
    assert town.post("/v1/draft:publish", json={}).status_code == 409
    town.post("/v1/rulings/2026-07:revoke", json={})
    assert town.post("/v1/draft:publish", json={}).status_code == 200
