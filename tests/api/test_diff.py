"""Before it changes: golden places at every publish, the draft asked as if published, and what differs."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.app import create_app
from api.services.draft_view import Drafts, DraftView
from api.services.publishing import publish as publish_draft
from api.settings import Settings
from api.storage.engine import reading, writing
from api.storage.map_store import save_draft
from geo.errors import NotAllowed, NotFound
from geo.golden import GoldenPlace
from geo.model import CityMap
from geo.shares import Verdict
from tests.api.town import EAST, WEST, publish, river_town

EASTS = GoldenPlace(
    "g-east", **EAST, verdict=Verdict.CERTAIN, rung="territory", why="东街道", unit="east", accuracy_m=0
)
NORTH_EAST = {"lon": 0.015, "lat": 0.015}
HALF = {
    "name": "东",
    "parent": "Old",
    "unit": "east",
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[0.01, 0.0], [0.02, 0.0], [0.02, 0.005], [0.01, 0.005], [0.01, 0.0]]],
    },
}
TO_OLD = {**EAST, "accuracy": 0, "verdict": "certain", "unit": "old", "rung": "territory", "why": "并入老城"}
AREA_E = "/v1/draft/areas/admin%2Fstreet%2FE"


def golden_town(*places: GoldenPlace) -> CityMap:
    return replace(river_town(), golden=places or (EASTS,))


def draft(engine: Engine, city_map: CityMap) -> None:
    with writing(engine) as session:
        save_draft(session, city_map, (), actor="test", now=datetime.now(UTC))


def publish_now(engine: Engine, **more: object) -> int:
    arguments = {"valid_from": None, "actor": "test", "now": datetime.now(UTC), **more}
    return publish_draft(engine, **arguments).id


@pytest.fixture
def town(settings: Settings, engine: Engine) -> TestClient:
    """A client of the service; the town with a golden place in the east is published."""
    publish(engine, golden_town())
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield running


def test_a_golden_place_answered_otherwise_refuses_the_publish_and_names_place_answers_and_reason(
    town: TestClient,
) -> None:
    assert town.put(AREA_E, json=HALF).status_code == 200
    refused = town.post("/v1/draft:publish", params={"lang": "en"})
    assert refused.status_code == 409
    detail = refused.json()["detail"]
    assert (
        "g-east at 0.015, 0.01 must be 'certain, east, territory' and is 'certain, old, territory' (东街道)" in detail
    )
    assert "应为“明确、east、属地”" in town.post("/v1/draft:publish", params={"lang": "zh"}).json()["detail"]
    assert len(town.get("/v1/editions").json()["items"]) == 1


def test_the_new_answer_in_the_same_draft_explains_it(town: TestClient) -> None:
    town.put(AREA_E, json=HALF)
    assert town.put("/v1/draft/golden/g-east", json={**TO_OLD, "why": " "}).status_code == 422
    assert town.put("/v1/draft/golden/g-east", json=TO_OLD).status_code == 200
    assert town.post("/v1/draft:publish").json()["id"] == 2


def test_a_reason_lets_it_pass_and_is_kept(town: TestClient, engine: Engine) -> None:
    town.put(AREA_E, json=HALF)
    assert town.post("/v1/draft:publish", json={"accept": "并入老城"}).json()["id"] == 2
    with reading(engine) as session:
        kept = session.execute(text("SELECT detail FROM audit_log WHERE action = 'accept'")).scalar_one()
    assert (json.loads(kept) if isinstance(kept, str) else kept)["golden"] == ["g-east"]


def test_everything_that_speaks_against_a_publish_is_told_at_once_for_a_reason_covers_it_all(
    town: TestClient,
) -> None:
    ruling = {"unit": "west", "categories": ["*"], "ground": {"area": "admin/street/E"}, "reason": "会商"}
    recorded = town.put("/v1/rulings/R-1", json={**ruling, "decided_at": "2026-01-01"})
    assert recorded.status_code == 200, recorded.text
    assert town.delete(AREA_E).status_code == 200
    for lang in ("zh", "en"):
        refused = town.post("/v1/draft:publish", params={"lang": lang})
        assert refused.status_code == 409
        assert all(name in refused.json()["detail"] for name in ("ruling:R-1", "g-east")), refused.text


def test_a_change_elsewhere_is_published_without_a_word(town: TestClient) -> None:
    town.put("/v1/draft/units/cleaners", json={"name": "环卫所", "telephone": "0512-0000-0104"})
    assert town.post("/v1/draft:publish").json()["id"] == 2


def test_a_place_is_asked_at_its_own_moment_else_when_the_edition_begins(engine: Engine) -> None:
    early = replace(EASTS, code="g-then", at=datetime(2020, 1, 1, tzinfo=UTC))
    draft(engine, golden_town(EASTS, early))
    assert publish_now(engine, valid_from=(datetime.now(UTC) + timedelta(days=30)).isoformat()) == 1


class Meddled(Drafts):
    """Drafts of a database in which somebody shrinks the east as soon as the draft was looked at once."""

    looks = 0

    def view_in(self, session: Session) -> DraftView:
        view = super().view_in(session)
        self.looks += 1
        if self.looks == 1:
            meddler = threading.Thread(target=draft, args=(self._engine, replace(golden_town(), areas=halved())))
            meddler.start()
            meddler.join()
        return view


def test_a_draft_that_moved_while_it_was_asked_is_asked_again(engine: Engine) -> None:
    draft(engine, golden_town())
    with pytest.raises(NotAllowed, match="g-east"):
        publish_now(engine, drafts=Meddled(engine))


def test_a_draft_that_stayed_is_indexed_once(engine: Engine) -> None:
    draft(engine, golden_town())
    drafts = Drafts(engine)
    first = drafts.view().latest
    assert drafts.view().latest is first
    draft(engine, golden_town())
    assert drafts.view().latest is not first
    assert publish_now(engine, drafts=drafts) == 1
    with pytest.raises(NotFound, match="no draft to ask"):
        drafts.view()


def halved():
    return tuple(one for one in river_town().areas if one.code != "E")


def test_golden_places_are_listed_with_their_reasons(town: TestClient) -> None:
    listed = town.get("/v1/golden").json()
    assert listed["edition"] == 1
    assert listed["items"] == [
        {
            "code": "g-east",
            **EAST,
            "accuracy_m": 0.0,
            "category": None,
            "at": None,
            "facts": [],
            "verdict": "certain",
            "unit": "east",
            "rung": "territory",
            "why": "东街道",
        }
    ]
    assert town.get("/v1/golden", params={"unit": "west"}).json()["items"] == []


def test_the_draft_is_asked_as_if_it_were_published_and_says_that_it_is_a_draft(town: TestClient) -> None:
    asked = {**NORTH_EAST, "accuracy_m": 0}
    none_yet = town.get("/v1/responsible", params={**asked, "draft": True, "lang": "en"})
    assert (none_yet.status_code, "there is no draft" in none_yet.json()["detail"]) == (404, True)
    town.put(AREA_E, json=HALF)
    published = town.get("/v1/responsible", params=asked).json()
    drafted = town.get("/v1/responsible", params={**asked, "draft": True}).json()
    assert (published["lead"]["unit"]["code"], drafted["lead"]["unit"]["code"]) == ("east", "old")
    assert (drafted["edition"]["id"], drafted["expires"], drafted["warnings"]) == (2, None, ["draft"])
    assert "draft" not in published["warnings"]
    assert set(drafted) == set(published)
    town.put(AREA_E, json={**HALF, "unit": "west"})
    again = town.get("/v1/responsible", params={"lon": 0.015, "lat": 0.002, "accuracy_m": 0, "draft": True}).json()
    assert again["lead"]["unit"]["code"] == "west"


def test_a_batch_is_answered_from_the_draft(town: TestClient) -> None:
    town.put(AREA_E, json=HALF)
    body = {"positions": [NORTH_EAST, WEST, {"lon": 200, "lat": 0}], "accuracy_m": 0, "draft": True}
    batch = town.post("/v1/responsible:batch", json=body).json()
    assert [one["lead"]["unit"]["code"] for one in batch["answers"][:2]] == ["old", "west"]
    assert batch["answers"][0]["warnings"] == ["draft"]
    assert "error" in batch["answers"][2]
    assert batch["edition"]["id"] == 2


def test_the_draft_and_an_edition_cannot_both_be_asked(town: TestClient) -> None:
    town.put(AREA_E, json=HALF)
    refused = town.get("/v1/responsible", params={**EAST, "draft": True, "edition": 1, "lang": "en"})
    assert (refused.status_code, "exclude each other" in refused.json()["detail"]) == (422, True)


def test_a_first_draft_is_asked_before_anything_is_published(empty_client: TestClient, engine: Engine) -> None:
    draft(engine, river_town())
    answer = empty_client.get("/v1/responsible", params={**EAST, "accuracy_m": 0, "draft": True})
    assert answer.json()["lead"]["unit"]["code"] == "east"


def test_the_difference_names_ground_things_gaps_and_golden_places(town: TestClient) -> None:
    town.put(AREA_E, json=HALF)
    found = town.get("/v1/diff", params={"lang": "en"}).json()
    assert (found["from"], found["to"]) == (
        {"id": 1, "draft": False, "city": "River town"},
        {"id": 2, "draft": True, "city": "River town"},
    )
    [ground] = found["ground"]
    assert ground["from"] == [{"code": "east", "name": "East Office"}]
    assert ground["to"] == [{"code": "old", "name": "Old District"}]
    assert ground["categories"] == [None]
    assert ground["area_m2"] == pytest.approx(0.01 * 0.015 * 111_320 * 110_574, rel=0.001)
    assert found["gaps"] == []
    assert found["counts"] == [{"of": "areas/admin/street", "added": 0, "removed": 0, "changed": 1}]
    [thing] = found["things"]
    assert (thing["code"], [one["field"] for one in thing["fields"]]) == ("admin/street/E", ["name_en", "geometry"])
    assert thing["fields"][1]["moved_m2"] == pytest.approx(ground["area_m2"], abs=0.01)
    [place] = found["golden"]
    assert (place["from"]["unit"], place["to"]["unit"], place["holds"], found["blocks"]) == ("east", "old", False, True)
    shapes = town.get("/v1/diff", params={"format": "geojson", "lang": "en"})
    assert shapes.headers["content-type"].startswith("application/geo+json")
    [feature] = shapes.json()["features"]
    assert feature["properties"] == ground
    assert feature["geometry"]["type"] == "MultiPolygon"


def test_editions_are_compared_by_number_and_the_draft_is_the_default(town: TestClient) -> None:
    nothing = town.get("/v1/diff", params={"lang": "en"})
    assert (nothing.status_code, "nothing to compare" in nothing.json()["detail"]) == (404, True)
    town.put("/v1/draft/units/cleaners", json={"name": "环卫所", "telephone": "0512-0000-0104"})
    assert town.get("/v1/diff").json()["to"]["draft"] is True
    town.post("/v1/draft:publish")
    while len(town.get("/v1/editions").json()["items"]) < 2:
        pass
    latest = town.get("/v1/diff").json()
    assert (latest["from"]["id"], latest["to"]["id"]) == (1, 2)
    assert [(one["code"], one["what"]) for one in latest["things"]] == [("cleaners", "added")]
    back = town.get("/v1/diff", params={"from": "2", "to": "1"}).json()
    assert [(one["code"], one["what"]) for one in back["things"]] == [("cleaners", "removed")]
    assert town.get("/v1/diff", params={"from": "x"}).status_code == 422
    assert town.get("/v1/diff", params={"from": "9", "to": "1"}).status_code == 404
    assert town.get("/v1/diff", params={"from": "1", "to": "draft"}).status_code == 404


@pytest.mark.parametrize("said", ["", "0.5", "DRAFT"])
def test_a_state_that_is_none_is_told_even_where_there_is_nothing_to_compare(town: TestClient, said: str) -> None:
    for name in ("from", "to"):
        refused = town.get("/v1/diff", params={name: said, "lang": "en"})
        assert (refused.status_code, "is no edition" in refused.json()["detail"]) == (422, True), refused.text


def test_entries_of_the_register_whose_place_the_draft_lacks_are_named(town: TestClient) -> None:
    ruling = {
        "unit": "west",
        "categories": ["*"],
        "ground": {"area": "admin/street/E"},
        "reason": "会商",
        "decided_at": "2026-01-01",
    }
    recorded = town.put("/v1/rulings/R-1", json=ruling)
    assert recorded.status_code == 200, recorded.text
    changes = [{"do": "delete", "collection": "areas", "code": "admin/street/E"}]
    assert town.patch("/v1/draft", json={"changes": changes}).status_code == 200
    found = town.get("/v1/diff").json()
    assert (found["blocked"], found["blocks"]) == (["ruling:R-1"], True)


def test_the_page_shows_what_would_be_refused(town: TestClient) -> None:
    town.put(AREA_E, json=HALF)
    page = town.get("/maps/diff", params={"lang": "en"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Publishing would be refused" in page.text
    assert "East Office → Old District" in page.text


def test_the_page_in_the_other_language_shows_the_same_difference(town: TestClient) -> None:
    page = town.get("/maps/diff", params={"from": "1", "to": "1", "at": "2026-06-01T10:00+08:00", "lang": "en"}).text
    assert 'href="?from=1&amp;to=1&amp;at=2026-06-01T10%3A00%2B08%3A00&amp;lang=zh"' in page
    town.put(AREA_E, json=HALF)
    assert 'href="?lang=en"' in town.get("/maps/diff", params={"lang": "zh"}).text


def test_many_who_wait_for_a_difference_or_an_audit_keep_nobody_else_waiting(town: TestClient) -> None:
    town.put(AREA_E, json=HALF)
    assert town.portal is not None
    turn = town.app.state.turn  # type: ignore[attr-defined]
    town.portal.call(turn.acquire)  # somebody's takes long
    with ThreadPoolExecutor(100) as others:
        waiting = [others.submit(town.get, "/v1/diff") for _ in range(60)]
        waiting += [others.submit(town.get, "/maps/diff") for _ in range(20)]
        waiting += [others.submit(town.post, "/v1/audit", json={"positions": 0}) for _ in range(3)]
        try:
            assert others.submit(town.get, "/v1/draft").result(timeout=30).status_code == 200
            assert not any(one.done() for one in waiting)
        finally:
            town.portal.call(turn.release)
        assert {one.result().status_code for one in waiting} == {200}
