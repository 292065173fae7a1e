"""Settled once, over HTTP: drafts, decisions, the arbiter, ground along a border, precedents, rules that are due."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import create_app
from api.cli.commands import run
from api.settings import Settings
from api.storage.engine import reading, writing
from api.storage.map_store import save_draft
from api.storage.register_documents import entry_document, entry_from
from api.storage.register_store import load_register
from geo.categories import Branch, Category, Nature
from geo.model import CityMap, InterimRule, Policy
from geo.posts import DUTY_DESK, Post, Subject, SubjectKind
from geo.register.overlay import is_overlaid
from geo.register.rulings import Ruling
from geo.wording import Name
from tests.api.town import EAST, WEST, publish, river_town

RIVER = {"border": {"scheme": "admin", "level": "street", "between": ["W", "E"]}}
SQUARE = {"type": "Polygon", "coordinates": [[[0.001, 0.001], [0.002, 0.001], [0.002, 0.002], [0.001, 0.001]]]}
ON_RIVER = {"lon": 0.01, "lat": 0.01}
METRE = 1 / 111_320


def desk(unit: str) -> Post:
    return Post(f"DD/{unit}", DUTY_DESK, unit, Subject(SubjectKind.UNIT, (unit,)))


def kind(code: str, name: str, parent: str | None = None) -> Category:
    return Category(code, Name(zh=name, en=name), Branch.EVENT, Nature.DYNAMIC, parent)


def desk_town(*, interim: InterimRule = "territory", **changes: Any) -> CityMap:
    """River town with duty desks of the headquarters, the district and West, and with kinds of problems."""
    town = river_town()
    categories = (kind("11", "市容"), kind("1101", "垃圾", "11"), kind("1102", "乱堆", "11"), kind("15", "秩序"))
    posts = (desk("hq"), desk("old"), desk("west"))
    city = replace(town.city, policy=Policy(interim=interim))
    return replace(town, **{"city": city, "categories": categories, "posts": posts, **changes})


@pytest.fixture
def town(settings: Settings, engine: Engine) -> Iterator[TestClient]:
    """A client of the service; the town with desks is published."""
    publish(engine, desk_town())
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def rule(client: TestClient, id_: str = "R1", **body: Any) -> Any:
    given = {"unit": "east", "categories": ["1101"], "ground": RIVER, "reason": "会商一致"}
    return client.put(f"/v1/rulings/{id_}?lang=en", json={**given, **body})


def lead(client: TestClient, place: dict[str, float] = ON_RIVER, **query: Any) -> Any:
    asked = {**place, "accuracy_m": 0, "category": "1101", "lang": "en", **query}
    return client.get("/v1/responsible", params=asked).json()["lead"]["unit"]["code"]


# --- ground along a border ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ground", [{"city": True}, {"area": "admin/street/W"}, {"geometry": SQUARE}])
def test_a_width_where_none_is_used_is_refused(town: TestClient, ground: Any) -> None:
    refused = rule(town, ground={**ground, "width_m": 30})
    assert (refused.status_code, "leave width_m out" in refused.json()["detail"]) == (422, True), refused.text


def test_along_a_border_it_holds_ten_metres_on_each_side(town: TestClient) -> None:
    ground = rule(town).json()["ground"]
    assert (ground["kind"], ground["key"]) == ("border", ["admin", "street", "E", "W"])
    leads = [lead(town, {"lon": 0.01 - aside * METRE, "lat": 0.01}) for aside in (0, 9.9, 10.1)]
    assert leads == ["east", "east", "west"]
    assert rule(town, "R2", unit="west", ground={**RIVER, "width_m": 30}).status_code == 200
    assert [lead(town, {"lon": 0.01 + aside * METRE, "lat": 0.01}) for aside in (29, 31)] == ["west", "east"]


def test_of_a_border_only_a_stretch_may_be_ruled(town: TestClient) -> None:
    stretch = {"from": {"lon": 0.01, "lat": 0.005}, "to": {"lon": 0.0101, "lat": 0.015}}
    assert rule(town, unit="west", ground={"border": {**RIVER["border"], **stretch}}).status_code == 200
    beside = 0.01 + 5 * METRE
    assert [lead(town, {"lon": beside, "lat": lat}) for lat in (0.0049, 0.0051, 0.0149, 0.0151)] == [
        "east", "west", "west", "east",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("border", "status", "words"),
    [
        ({"between": ["W", "nowhere"]}, 404, "no area with the code nowhere"),
        ({"between": ["W", "W"]}, 422, "both sides of the border are"),
        ({"between": ["W"]}, 422, "between has 1 items"),
        ({"from": {"lon": 0.01, "lat": 0.005}}, 422, "give both ends"),
        ({"from": {"lon": 0.02, "lat": 0.005}, "to": {"lon": 0.01, "lat": 0.01}}, 422, "more than 100 m"),
        ({"from": {"lon": 0.01, "lat": 95}, "to": {"lon": 0.01, "lat": 0.01}}, 422, "outside [-90, 90]"),
        ({"scheme": "wards"}, 404, "no area"),
    ],
)
def test_a_border_that_cannot_be_is_refused(town: TestClient, border: Any, status: int, words: str) -> None:
    refused = rule(town, ground={"border": {**RIVER["border"], **border}})
    assert (refused.status_code, words in refused.json()["detail"]) == (status, True), refused.text


def test_the_ground_stays_where_it_was_decided_when_the_river_moves_and_goes_with_a_bank(
    town: TestClient, engine: Engine
) -> None:
    rule(town, unit="west")
    moved = river_town(river=0.012).areas
    publish(engine, desk_town(areas=moved))
    town.app.state.holder.refresh()  # type: ignore[attr-defined]
    assert lead(town, {"lon": 0.01 + 5 * METRE, "lat": 0.01}) == "west"
    assert (
        town.get("/v1/responsible", params={**ON_RIVER, "accuracy_m": 0, "category": "1101"}).json()["rung"] == "ruling"
    )
    assert lead(town, {"lon": 0.012 + 5 * METRE, "lat": 0.01}) == "east"
    without = tuple(area for area in moved if area.code != "E")
    with writing(engine) as session:
        save_draft(session, desk_town(areas=without), (), actor="test", now=datetime.now(UTC))
    refused = town.post("/v1/draft:publish?lang=en", json={})
    assert (refused.status_code, "ruling:R1" in refused.json()["detail"]) == (409, True)


# --- who disputed it, and who decides -----------------------------------------------------------------------------


def test_the_units_at_odds_and_their_arbiter_are_those_of_the_map(town: TestClient) -> None:
    recorded = rule(town, issue="I-2026-001").json()
    assert (recorded["between"], recorded["decided_by"], recorded["issue"]) == (
        ["east", "west"],
        "DD/old",
        "I-2026-001",
    )
    assert (recorded["state"], recorded["notices"]) == ("decided", [])
    assert rule(town, issue="I-2026-001").json() == recorded
    # Without the ruling before it; with it, East would lead all of the ground and dispute nothing.
    assert rule(town, "R2", unit="west").json()["between"] == ["east", "west"]


def test_a_unit_that_is_given_ground_disputed_it_with_whoever_leads_there(town: TestClient) -> None:
    assert rule(town, ground={"area": "admin/street/W"}).json()["between"] == ["east", "west"]
    assert rule(town, "R2", unit="west", ground={"area": "admin/street/W"}).json()["between"] == ["east", "west"]
    assert rule(town, "R3", ground={"city": True}).json()["between"] == []


def test_the_whole_city_is_for_headquarters_to_decide(town: TestClient) -> None:
    assert rule(town, ground={"city": True}).json()["decided_by"] == "DD/hq"


def test_another_post_may_decide_and_is_pointed_at(town: TestClient) -> None:
    recorded = rule(town, decided_by="DD/hq").json()
    assert recorded["decided_by"] == "DD/hq"
    assert recorded["notices"] == ["notice: this dispute is for DD/old to decide, and DD/hq is recorded"]
    assert (
        "应由 DD/old 裁定" in town.put("/v1/rulings/R2?lang=zh", json=body(decided_by="DD/west")).json()["notices"][0]
    )


def body(**more: Any) -> dict[str, Any]:
    return {"unit": "east", "categories": ["1101"], "ground": RIVER, "reason": "会商一致", **more}


def test_who_disputed_it_may_be_said(town: TestClient) -> None:
    recorded = rule(town, between=["west", "old"]).json()
    assert (recorded["between"], recorded["decided_by"]) == (["old", "west"], "DD/hq")
    for between, status, words in (
        (["west"], 422, "between names only west"),
        (["west", "nobody"], 404, "no unit with the code nobody"),
    ):
        refused = rule(town, "R2", between=between)
        assert (refused.status_code, words in refused.json()["detail"]) == (status, True)


# --- drafted, decided, revoked ------------------------------------------------------------------------------------


def test_a_draft_is_in_force_for_nobody_until_it_is_decided(town: TestClient) -> None:
    west_bank = {"lon": 0.01 - 5 * METRE, "lat": 0.01}
    draft = rule(town, draft=True).json()
    assert [draft[key] for key in ("state", "decided_at", "decided_by", "valid_from")] == ["draft", None, None, None]
    assert (draft["between"], lead(town, west_bank)) == (["east", "west"], "west")
    decided = town.post("/v1/rulings/R1:decide").json()
    assert (decided["state"], decided["decided_by"]) == ("decided", "DD/old")
    assert decided["valid_from"] == decided["decided_at"]
    assert lead(town, west_bank) == "east"


def test_a_draft_lays_nothing_over_the_map(town: TestClient) -> None:
    rule(town, draft=True)
    rule(town, draft=True, unit="west")
    view = town.app.state.holder.view()  # type: ignore[attr-defined]
    assert (view.register.number, view.register.roster(2).ruled) == (2, None)
    assert is_overlaid(view.latest, view.register.roster(2))
    town.post("/v1/rulings/R1:decide")
    town.post("/v1/rulings/R1:revoke")
    rule(town, "R2", draft=True)
    town.post("/v1/rulings/R2:revoke")
    view = town.app.state.holder.view()  # type: ignore[attr-defined]
    assert [view.register.roster(number).ruled[0] for number in (3, 4, 5, 6)] == [3, 4, 4, 4]


def test_a_later_draft_takes_the_place_of_an_earlier_one_and_the_log_keeps_both(town: TestClient) -> None:
    rule(town, draft=True)
    rule(town, draft=True, unit="west")
    rule(town, draft=True, unit="west")
    assert [one["unit"] for one in town.get("/v1/rulings").json()["items"]] == ["west"]
    assert town.post("/v1/rulings/R1:revoke").json()["state"] == "draft"
    assert town.get("/v1/rulings").json()["items"] == []
    entries = town.get("/v1/register").json()["items"]
    assert [entry["value"] and entry["value"]["unit"] for entry in entries] == ["east", "west", None]
    assert [one["unit"] for one in town.get("/v1/rulings?register=1").json()["items"]] == ["east"]


def test_a_decision_says_who_when_and_from_when(town: TestClient) -> None:
    rule(town, draft=True, valid_to="2027-01-01")
    body = {"decided_by": "DD/hq", "decided_at": "2026-05-01", "valid_from": "2026-05-02"}
    decided = town.post("/v1/rulings/R1:decide?lang=en", json=body).json()
    assert (decided["decided_by"], decided["decided_at"][:13], decided["valid_from"][:13]) == (
        "DD/hq", "2026-04-30T16", "2026-05-01T16",
    )  # fmt: skip
    assert "is for DD/old to decide" in decided["notices"][0]
    # Said again it is the same; said otherwise it is refused.
    assert town.post("/v1/rulings/R1:decide?lang=en", json=body).json() == decided
    refused = town.post("/v1/rulings/R1:decide?lang=en", json={"decided_by": "DD/old"})
    assert (refused.status_code, "is no draft" in refused.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"decided_by": "DD/nobody"}, 404, "no post"),
        ({"valid_from": "2027-01-01"}, 422, "is not after valid_from"),
        ({"decided_at": "yesterday"}, 422, "decided_at"),
        ({"decided_at": "2099-01-01"}, 422, "is still to come"),
    ],
)
def test_a_decision_that_cannot_be_changes_nothing(town: TestClient, body: Any, status: int, words: str) -> None:
    rule(town, draft=True, valid_to="2026-12-31")
    refused = town.post("/v1/rulings/R1:decide?lang=en", json=body)
    assert (refused.status_code, words in refused.json()["detail"]) == (status, True), refused.text
    assert town.get("/v1/rulings").json()["items"][0]["state"] == "draft"


def test_a_post_that_went_since_it_was_drafted_decides_nothing(town: TestClient, engine: Engine) -> None:
    rule(town, draft=True, decided_by="DD/west")
    publish(engine, desk_town(posts=(desk("hq"), desk("old"))))
    town.app.state.holder.refresh()  # type: ignore[attr-defined]
    refused = town.post("/v1/rulings/R1:decide?lang=en")
    assert (refused.status_code, "DD/west" in refused.json()["detail"]) == (404, True), refused.text
    assert town.post("/v1/rulings/R1:decide", json={"decided_by": "DD/hq"}).status_code == 200


def test_a_ruling_that_ends_before_it_begins_is_refused(town: TestClient) -> None:
    refused = rule(town, valid_to="2020-01-01")
    assert (refused.status_code, "is not after valid_from" in refused.json()["detail"]) == (422, True), refused.text
    assert town.get("/v1/rulings").json()["items"] == []
    assert rule(town, valid_to="2020-01-01", decided_at="2019-01-01").status_code == 200


def test_nothing_is_decided_ahead_of_its_time(town: TestClient) -> None:
    refused = rule(town, decided_at="2099-01-01")
    assert (refused.status_code, "is still to come" in refused.json()["detail"]) == (422, True), refused.text
    assert town.get("/v1/rulings").json()["items"] == []


def test_only_drafts_are_redrafted_and_only_drafts_decided(town: TestClient) -> None:
    rule(town, draft=True)
    refused = rule(town)
    assert (refused.status_code, "is a draft; decide it" in refused.json()["detail"]) == (409, True)
    town.post("/v1/rulings/R1:decide")
    assert rule(town, draft=True).json()["state"] == "decided"  # the same, sent again
    assert "says otherwise" in rule(town, draft=True, unit="west").json()["detail"]
    assert town.post("/v1/rulings/none:decide").status_code == 404
    refused = rule(town, "R2", draft=True, decided_at="2026-05-01")
    assert (refused.status_code, "a draft is not decided" in refused.json()["detail"]) == (422, True)


def test_a_draft_blocks_no_publish_and_cannot_be_decided_once_its_ground_is_gone(
    town: TestClient, engine: Engine
) -> None:
    rule(town, draft=True)
    with writing(engine) as session:
        without = tuple(area for area in river_town().areas if area.code != "E")
        save_draft(session, desk_town(areas=without), (), actor="test", now=datetime.now(UTC))
    assert town.post("/v1/draft:publish", json={}).status_code == 200
    town.app.state.holder.refresh()  # type: ignore[attr-defined]
    refused = town.post("/v1/rulings/R1:decide?lang=en")
    assert (refused.status_code, "draft it anew" in refused.json()["detail"]) == (409, True)


def test_a_revoked_ruling_says_so_for_good(town: TestClient) -> None:
    rule(town)
    ended = town.post("/v1/rulings/R1:revoke").json()
    assert (ended["state"], ended["revoked_at"] is not None) == ("revoked", True)
    assert rule(town).status_code == 409


@pytest.mark.parametrize("lost", [{"categories": (kind("15", "秩序"),)}, {"posts": (desk("hq"),)}])
def test_what_a_ruling_names_cannot_go_without_a_reason(town: TestClient, engine: Engine, lost: dict[str, Any]) -> None:
    rule(town)
    rule(town, "R2", categories=["15"], decided_by="DD/hq")
    with writing(engine) as session:
        save_draft(session, desk_town(**lost), (), actor="test", now=datetime.now(UTC))
    refused = town.post("/v1/draft:publish?lang=en", json={})
    assert (refused.status_code, "have: ruling:R1; revoke" in refused.json()["detail"]) == (409, True), refused.text


def test_everything_loads_from_the_database_as_it_was_recorded(town: TestClient, engine: Engine) -> None:
    rule(town, issue="I-1", reason="一\n二")
    rule(town, "R2", draft=True)
    town.post("/v1/rulings/R1:revoke")
    with reading(engine) as session:
        rulings = load_register(session).roster(3).rulings
    shown = town.app.state.holder.view().register.roster(3).rulings  # type: ignore[attr-defined]
    assert {id_: entry_document(one) for id_, one in rulings.items()} == {
        id_: entry_document(one) for id_, one in shown.items()
    }
    assert (rulings["R1"].between, rulings["R1"].issue, rulings["R1"].reason.zh) == (("east", "west"), "I-1", "一\n二")
    assert (rulings["R1"].state, rulings["R2"].state) == ("revoked", "draft")


def test_a_row_of_before_drafts_were_kept_still_reads(town: TestClient) -> None:
    rule(town)
    ruling = town.app.state.holder.view().register.roster(1).rulings["R1"]  # type: ignore[attr-defined]
    old = {key: value for key, value in entry_document(ruling).items() if key not in ("issue", "between", "revoked_at")}
    assert entry_from(Ruling, "R1", old) == replace(ruling, between=())


# --- rulings like it ----------------------------------------------------------------------------------------------


def similar(client: TestClient, **query: Any) -> Any:
    return client.get("/v1/rulings:similar", params=query)


def test_the_arbiter_sees_what_was_decided_of_the_like_the_likest_first(town: TestClient) -> None:
    rule(town, "same")
    rule(town, "sibling", categories=["1102"], ground={"area": "admin/street/W"})
    rule(town, "other", categories=["15"], between=["old", "hq"])
    town.post("/v1/rulings/same:revoke")
    rule(town, "D", draft=True)
    found = similar(town, ruling="D", lang="zh").json()
    assert [one["ruling"]["id"] for one in found["items"]] == ["same", "sibling", "other"]
    assert [one["why"] for one in found["items"]] == [
        "同一对单位（东街道、西街道）；同一类别；地点重叠；已撤销",
        "同一对单位（东街道、西街道）；同一大类（市容）；地点重叠",
        "地点重叠",
    ]
    assert [one["score"] for one in found["items"]] == [1000, 733, 300]
    assert [one["ruling"]["id"] for one in similar(town, ruling="D", limit=1).json()["items"]] == ["same"]
    assert [one["ruling"]["id"] for one in similar(town, ruling="D", register=1).json().get("items", [])] == []


def test_a_place_is_disputed_by_whoever_contests_it(town: TestClient) -> None:
    rule(town, ground={"area": "admin/street/W"}, categories=["1102"])
    query = {"lon": 0.01 + 20 * METRE, "lat": 0.01, "category": "1101"}
    [apart] = similar(town, **query, between="hq,old").json()["items"]
    assert (apart["between"], apart["distance_m"]) == ([], pytest.approx(20.0, abs=0.1))
    [near] = similar(town, **{**query, "lon": 0.01}).json()["items"]
    assert (near["between"], near["category_steps"], near["distance_m"]) == (["east", "west"], 2, 0.0)
    # In another datum the place is another one.
    [moved] = similar(town, **query, datum="gcj02").json()["items"]
    assert moved["ruling"]["id"] == "R1"


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({}, 422, "nothing says what the dispute is"),
        ({"lon": 1}, 422, "half of a position"),
        ({"ruling": "none"}, 404, "no ruling none"),
        ({"lon": 0.01, "lat": 0.01, "category": "99"}, 422, "no category"),
        ({"lon": 0.01, "lat": 0.01, "between": "west,nobody"}, 404, "no unit"),
        ({"lon": "true", "lat": 0.01}, 422, "lon"),
    ],
)
def test_a_dispute_that_says_nothing_is_refused(town: TestClient, query: Any, status: int, words: str) -> None:
    refused = similar(town, **query, lang="en")
    assert (refused.status_code, words in refused.json()["detail"]) == (status, True), refused.text


def test_who_disputes_a_place_is_told_by_the_register_that_is_asked(town: TestClient) -> None:
    elsewhere = {"geometry": {"type": "LineString", "coordinates": [[0.001, 0.001], [0.002, 0.001]]}}
    rule(town, "R1", ground=elsewhere, between=["east", "west"])
    rule(town, "R2")
    [known_then] = similar(town, **ON_RIVER, category="1101", register=1, lang="en").json()["items"]
    assert known_then["between"] == ["east", "west"]


# --- rules that are due -------------------------------------------------------------------------------------------


def test_after_three_disputes_a_rule_is_due_whose_body_is_a_draft_and_which_goes_once_decided(town: TestClient) -> None:
    assert rule(town, "R1").json()["notices"] == []
    assert rule(town, "R2", categories=["1102"], unit="west").json()["notices"] == []
    assert town.get("/v1/rulings:proposals").json()["proposals"] == []
    [notice] = rule(town, "R3", categories=["1102"]).json()["notices"]
    assert "East Office and West Office had such disputes decided 3 times" in notice
    [due] = town.get("/v1/rulings:proposals?lang=en").json()["proposals"]
    assert [due[key] for key in ("between", "category", "rulings", "lead", "along_border")] == [
        ["east", "west"], "11", ["R1", "R2", "R3"], "east", True,
    ]  # fmt: skip
    [feature] = town.get("/v1/rulings:proposals?format=geojson").json()["features"]
    assert feature["geometry"] == due["geometry"]
    drafted = town.put(f"/v1/rulings/{due['id']}", json=due["body"])
    assert (drafted.status_code, drafted.json()["state"]) == (200, "draft")
    assert drafted.json()["ground"]["geometry"] == due["geometry"]
    assert len(town.get("/v1/rulings:proposals").json()["proposals"]) == 1
    assert town.post(f"/v1/rulings/{due['id']}:decide").status_code == 200
    assert town.get("/v1/rulings:proposals").json()["proposals"] == []
    assert lead(town, {"lon": 0.01 - 5 * METRE, "lat": 0.003}, category="11") == "east"
    assert lead(town, {"lon": 0.01 - 15 * METRE, "lat": 0.003}, category="11") == "west"


def test_a_rule_that_is_due_again_after_it_was_revoked_has_an_id_of_its_own(town: TestClient) -> None:
    for number in (1, 2, 3):
        rule(town, f"R{number}", between=["east", "west"])
    [due] = town.get("/v1/rulings:proposals").json()["proposals"]
    town.put(f"/v1/rulings/{due['id']}", json=due["body"])
    town.post(f"/v1/rulings/{due['id']}:decide")
    town.post(f"/v1/rulings/{due['id']}:revoke")
    [again] = town.get("/v1/rulings:proposals").json()["proposals"]
    assert again["id"] == f"{due['id']}/2"
    assert town.put(f"/v1/rulings/{again['id']}", json=again["body"]).status_code == 200
    assert [one["id"] for one in town.get("/v1/rulings:proposals").json()["proposals"]] == [again["id"]]


# --- who received it first ----------------------------------------------------------------------------------------


@pytest.fixture
def first(settings: Settings, engine: Engine) -> Iterator[TestClient]:
    """A client of the service on a town whose first receiver keeps what is contested."""
    publish(engine, desk_town(interim="first_receiver"))
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def contested(client: TestClient, **query: Any) -> Any:
    response = client.get("/v1/responsible", params={**ON_RIVER, "accuracy_m": 10, "lang": "zh", **query})
    assert response.status_code == 200, response.text
    return response.json()


def test_whoever_received_it_first_keeps_it_while_it_is_contested(first: TestClient) -> None:
    answer = contested(first, receiver="west")
    assert (answer["verdict"], answer["interim"]["code"], answer["next"]["unit"]["code"]) == (
        "contested",
        "west",
        "west",
    )
    assert "按首接负责，移交之前由已接件的西街道处置" in answer["text"]
    assert "received it first and keeps it" in contested(first, receiver="west", lang="en")["text"]
    assert (answer["next"]["do"], answer["coordinator"]["code"]) == ("survey", "old")
    assert contested(first)["interim"]["code"] != "west"
    assert "按首接负责：已有单位接件的" in contested(first)["text"]


def test_a_receiver_changes_nothing_where_nothing_is_contested_or_the_city_goes_by_territory(
    first: TestClient, engine: Engine
) -> None:
    times = {"at": "2099-01-01T00:00", "known_at": "2099-01-01T00:00"}
    for place in (WEST, EAST):
        assert contested(first, **place, receiver="hq", **times) == contested(first, **place, **times)
    publish(engine, desk_town())
    first.app.state.holder.refresh()  # type: ignore[attr-defined]
    assert contested(first, receiver="west", **times) == contested(first, **times)
    assert contested(first, **times)["interim"]["code"] == "east"
    assert first.get("/v1/responsible", params={**ON_RIVER, "receiver": "nobody"}).status_code == 404


def test_the_batch_takes_a_receiver_for_each_and_for_all(first: TestClient) -> None:
    positions = [{**ON_RIVER}, {**ON_RIVER, "receiver": "east"}, {**ON_RIVER, "receiver": "nobody"}]
    sent = {"positions": positions, "receiver": "west", "accuracy_m": 10}
    answers = first.post("/v1/responsible:batch", json=sent).json()["answers"]
    assert [answer["interim"]["code"] for answer in answers[:2]] == ["west", "east"]
    assert answers[2]["error"]["status"] == 404


# --- the command line ---------------------------------------------------------------------------------------------

Cli = Callable[..., tuple[str, str]]


@pytest.fixture
def cli(
    sqlite_url: str,
    open_database: Callable[[str], Engine],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Cli:
    """What the command line says, and warns of, on the town with desks."""
    publish(open_database(sqlite_url), desk_town(interim="first_receiver"))
    monkeypatch.setenv("POINTWARD_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("POINTWARD_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: str) -> tuple[str, str]:
        monkeypatch.setattr(sys, "argv", ["main.py", *words])
        with pytest.raises(SystemExit) as ended:
            run()
        said = capsys.readouterr()
        return (said.out, said.err) if not ended.value.code else ("", said.err)

    return call


DRAFT = ("--unit", "east", "--category", "1101", "--ground", "border:admin/street/W|E", "--reason", "会商")


def test_the_command_line_drafts_decides_and_revokes(cli: Cli) -> None:
    drafted = cli("rulings", "draft", "R1", *DRAFT)[1]
    assert "drafted the ruling R1: East Office is to lead; between east, west" in drafted
    decided = cli("rulings", "decide", "R1", "--decided-by", "DD/hq")[1]
    assert "decided by DD/hq" in decided
    assert "is for DD/old to decide" in decided
    assert "R1" in cli("rulings")[0]
    for number in (2, 3):
        # East leads there by R1 now, so that who disputes it has to be said.
        cli("rulings", "draft", f"R{number}", *DRAFT, "--between", "east", "--between", "west")
        warned = cli("rulings", "decide", f"R{number}")[1]
    assert "a general ruling is due" in warned
    assert orjson.loads(cli("rulings", "proposals", "--json")[0])[0]["rulings"] == ["R1", "R2", "R3"]
    assert orjson.loads(cli("rulings", "proposals", "--geojson")[0])["type"] == "FeatureCollection"
    assert "the same kind" in cli("rulings", "similar", "--lon", "0.01", "--lat", "0.01", "--category", "1101")[0]
    like = cli("rulings", "similar", "--ruling", "R1", "--lang", "zh")[0].split()
    assert like[:5] == ["裁定", "状态", "牵头单位", "相似度", "为什么类似"]
    assert "已决定" in like
    assert cli("rulings", "proposals", "--lang", "zh")[0].split()[:4] == ["编号", "牵头单位", "依据的裁定", "内容"]
    assert "is revoked" in cli("rulings", "revoke", "R1")[1]
    assert "no general ruling is due" in cli("rulings", "proposals")[1]
    cli("rulings", "draft", "R4", *DRAFT, "--from", "0.01,0.002", "--to", "0.01,0.004", "--width", "20")
    assert "withdrawn" in cli("rulings", "revoke", "R4")[1]
    assert [one["id"] for one in orjson.loads(cli("rulings", "--json")[0])] == ["R1", "R2", "R3"]


def test_the_command_line_drafts_who_assists_and_from_when_to_when(cli: Cli) -> None:
    cli("rulings", "draft", "R1", *DRAFT, "--assists", "west", "--valid-from", "2026-05-02", "--valid-to", "2027-01-01")
    [drafted] = orjson.loads(cli("rulings", "--json")[0])
    assert (drafted["assists"], drafted["valid_from"][:10], drafted["valid_to"][:10]) == (
        ["west"], "2026-05-01", "2026-12-31",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ground", "river"), "the ground 'river' is not understood"),
        (("--ground", "border:admin/street/W"), "as scheme/level/A|B"),
        (("--from", "0.01"), "as lon,lat"),
        (("--from", "0.01,0.002"), "give both ends"),
        (("--ground", "nowhere.geojson"), "cannot be read"),
    ],
)
def test_ground_that_is_not_understood_is_refused_with_what_is(cli: Cli, words: tuple[str, ...], said: str) -> None:
    out, err = cli("rulings", "draft", "R1", *DRAFT, *words)
    assert (out, said in " ".join(err.split())) == ("", True), err


def test_the_command_line_says_who_has_the_ticket(cli: Cli) -> None:
    place = ("--lon", "0.01", "--lat", "0.01", "--accuracy", "10")
    assert orjson.loads(cli("lookup", *place, "--receiver", "west", "--json")[0])["interim"]["code"] == "west"


# --- on a condition -----------------------------------------------------------------------------------------------

OVER_PIPE = {"fact": "seen:over-pipe", "text": "破损路面在管线上方", "text_en": "the broken surface is over a pipe"}


def test_a_ruling_on_a_condition_is_kept_asked_for_and_heard(town: TestClient) -> None:
    recorded = rule(town, condition=OVER_PIPE)
    assert recorded.json()["condition"] == {"fact": "seen:over-pipe", "text": "the broken surface is over a pipe"}
    asked = {"lon": 0.01 - 5 * METRE, "lat": 0.01, "accuracy_m": 0, "category": "1101", "lang": "en"}
    before = town.get("/v1/responsible", params=asked).json()
    assert (before["lead"]["unit"]["code"], before["question"]["id"]) == ("west", "seen")
    reply = before["question"]["facts"][0]
    assert (reply["fact"], reply["unit"]["code"]) == ("seen:over-pipe", "east")
    after = town.get("/v1/responsible", params={**asked, "fact": reply["fact"]}).json()
    assert (after["lead"]["unit"]["code"], after["rung"], after["question"]) == ("east", "ruling", None)
    assert after["chain"][0] == {
        "rung": "fact",
        "hit": True,
        "why": "seen on the spot: the broken surface is over a pipe",
        "refs": ["seen:over-pipe"],
    }
    assert rule(town, condition=OVER_PIPE).json()["id"] == "R1"  # said again it is the same


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ({"fact": "seen:over-pipe"}, "say it in text"),
        ({"fact": "component:3205080101000001", "text": "x"}, "component"),
        ({"fact": "unseen:pipe", "text": "x"}, "cannot depend on"),
        ({"fact": "owner:nobody"}, "no unit"),
        ({"fact": "the weather"}, "not understood"),
    ],
)
def test_what_a_ruling_cannot_depend_on_is_refused(town: TestClient, condition: dict[str, str], says: str) -> None:
    refused = rule(town, condition=condition)
    assert refused.status_code == 422
    assert says in refused.json()["detail"]
    assert town.get("/v1/rulings").json()["items"] == []


def test_ground_of_a_micrometre_does_not_keep_the_others_from_their_answers(town: TestClient) -> None:
    lon, lat, size = 0.005, 0.01, 1e-11
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    recorded = rule(town, ground={"geometry": {"type": "Polygon", "coordinates": [ring]}})
    assert recorded.status_code == 200
    assert lead(town, {"lon": 0.006, "lat": 0.012}) == "west"
