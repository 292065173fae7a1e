"""Audits over HTTP and on the command line: the list that they leave, its life, and drafts that it holds back."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.cli.commands import app as command_line
from api.schemas.audit import AuditOut, MapFindingDetail, MapFindingPage
from api.services.auditing import run_audit
from api.services.draft_view import Drafts, DraftView
from api.services.publishing import publish as publish_draft
from api.settings import Settings
from api.storage import audit_log, tables
from api.storage.engine import reading, writing
from api.storage.map_store import save_draft
from geo.errors import InvalidInput, NotAllowed
from geo.model import CityMap, Policy
from tests.api.town import box, publish, river_town

OpenDatabase = Callable[[str], Engine]


def closed_town() -> CityMap:
    """River town without its gap: East reaches to the district's border."""
    town = river_town()
    return replace(
        town,
        areas=tuple(replace(it, boundary=box(0.01, 0, 0.03, 0.02)) if it.code == "E" else it for it in town.areas),
    )


def strict(city_map: CityMap) -> CityMap:
    """The town with a policy that forbids gaps."""
    return replace(city_map, city=replace(city_map.city, policy=Policy(audit_blocks=("gap",), audit_days=7)))


def draft(engine: Engine, city_map: CityMap) -> None:
    with writing(engine) as session:
        save_draft(session, city_map, (), actor="test", now=datetime.now(UTC))


def run(client: TestClient, **body: Any) -> dict[str, Any]:
    response = client.post("/v1/audit", json={"positions": 50, **body})
    assert response.status_code == 200, response.text
    AuditOut.model_validate(response.json())
    return response.json()


def listed(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    response = client.get("/v1/audit/findings", params={"lang": "en", **query})
    assert response.status_code == 200, response.text
    MapFindingPage.model_validate(response.json())
    return response.json()["items"]


def the_gap(client: TestClient, **query: Any) -> dict[str, Any]:
    (found,) = listed(client, kind="gap", **query)
    return found


def say(client: TestClient, what: str, finding: str, **body: Any) -> Any:
    return client.post(f"/v1/audit/findings/{finding}:{what}?lang=en", json=body)


@pytest.fixture
def strict_client(settings: Settings, engine: Engine) -> Iterator[TestClient]:
    """A client of the service; a river town that forbids gaps, and has none, is published."""
    publish(engine, strict(closed_town()))
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield running


def test_before_the_first_audit_nothing_was_found(client: TestClient) -> None:
    assert client.get("/v1/audit").json() == {"audit": None}
    assert listed(client, state="all") == []
    assert client.get("/v1/audit/findings/gap-0?lang=en").status_code == 404
    assert say(client, "take", "gap-0").status_code == 404


def test_what_an_audit_finds_goes_on_the_list_with_its_ground_and_a_day(client: TestClient) -> None:
    audited = run(client)
    assert (audited["edition"], audited["is_draft"], audited["sampled"]) == (1, False, 50)
    assert audited["counts"] == {"gap": 1}
    assert audited["moved"] == {"found": 1, "returned": 0, "gone": 0}
    assert client.get("/v1/audit").json() == {"audit": audited}
    gap = the_gap(client)
    assert (gap["state"], gap["severity"], gap["units"], gap["subject"]) == (
        "open",
        "error",
        ["east"],
        ["admin", "street", "E"],
    )
    days = datetime.fromisoformat(gap["due_at"]) - datetime.fromisoformat(gap["found_at"])
    assert days.days == 30
    detail = client.get(f"/v1/audit/findings/{gap['id']}").json()
    MapFindingDetail.model_validate(detail)
    assert detail["geometry"]["type"] == "Polygon"
    lons = {lon for lon, _ in detail["geometry"]["coordinates"][0]}
    assert lons == {0.02, 0.03}
    assert [event["action"] for event in detail["history"]] == ["found"]


def test_a_second_audit_changes_nothing_and_asks_for_nothing_again(client: TestClient) -> None:
    run(client)
    before = the_gap(client)
    assert run(client)["moved"] == {"found": 0, "returned": 0, "gone": 0}
    assert the_gap(client) == before


def test_a_trouble_closes_when_the_draft_no_longer_has_it_and_opens_when_it_comes_back(
    client: TestClient, engine: Engine
) -> None:
    run(client)
    gap = the_gap(client)["id"]
    draft(engine, closed_town())
    audited = run(client, draft=True)
    assert (audited["is_draft"], audited["moved"]["gone"]) == (True, 1)
    assert listed(client) == []
    assert the_gap(client, state="closed")["id"] == gap
    refused = say(client, "take", gap)
    assert (refused.status_code, "no longer found" in refused.json()["detail"]) == (409, True)
    assert run(client)["moved"] == {"found": 0, "returned": 1, "gone": 0}
    assert the_gap(client)["id"] == gap
    history = client.get(f"/v1/audit/findings/{gap}").json()["history"]
    assert [event["action"] for event in history] == ["found", "gone", "returned"]


def test_an_older_edition_is_only_looked_back_at(client: TestClient, engine: Engine) -> None:
    run(client)
    publish(engine, closed_town())
    assert run(client, edition=2)["moved"]["gone"] == 1
    back = run(client, edition=1)
    assert (back["counts"], back["moved"]) == ({"gap": 1}, None)
    assert listed(client) == []


def test_an_audit_that_a_later_one_overtook_leaves_the_list_as_that_left_it(client: TestClient, engine: Engine) -> None:
    overtaken: list[dict[str, Any]] = []

    def overtake(*_: object) -> None:
        if not overtaken:
            overtaken.append({})
            draft(engine, closed_town())
            assert client.post("/v1/draft:publish").status_code == 200
            overtaken.append(run(client))

    slow = run_audit(engine, positions=0, actor="slow", now=datetime.now(UTC), progress=overtake)
    assert (slow.edition, slow.moved, slow.counts["gap"]) == (1, None, 1)
    assert overtaken[1]["edition"] == 2
    assert listed(client, kind="gap", state="all") == []


def test_of_two_audits_of_one_map_the_one_that_began_first_changes_nothing_after_the_other(
    client: TestClient, engine: Engine
) -> None:
    draft(engine, river_town())
    done: list[dict[str, Any]] = []

    def overtake(*_: object) -> None:
        if not done:
            done.append({})
            draft(engine, closed_town())
            done.append(run(client, draft=True))

    slow = run_audit(engine, draft=True, positions=0, actor="slow", now=datetime.now(UTC), progress=overtake)
    assert (slow.moved, slow.counts["gap"]) == (None, 1)
    assert listed(client, kind="gap", state="all") == []


def test_somebody_takes_a_finding_and_settles_it(client: TestClient) -> None:
    run(client)
    gap = the_gap(client)["id"]
    taken = say(client, "take", gap, note="on Monday").json()
    assert (taken["state"], taken["settled"]) == ("in_hand", {"code": None, "note": "on Monday", "actor": "local"})
    settled = say(client, "resolve", gap, code="PerPolicy", note="the river bank").json()
    assert (settled["state"], settled["settled"]["code"]) == ("resolved", "PerPolicy")
    assert listed(client) == []
    assert the_gap(client, state="resolved")["id"] == gap
    run(client)
    assert the_gap(client, state="resolved")["id"] == gap, "what may stay as it is does not come back"
    say(client, "resolve", gap, code="DataCorrected")
    assert run(client)["moved"]["returned"] == 1
    assert the_gap(client)["settled"] is None
    actions = [event["action"] for event in client.get(f"/v1/audit/findings/{gap}").json()["history"]]
    assert actions == ["found", "taken", "resolved", "resolved", "returned"]


@pytest.mark.parametrize(
    ("body", "word"), [({}, "code"), ({"code": "Sure"}, "Acknowledged"), ({"code": "PerPolicy", "note": " "}, "blank")]
)
def test_a_settlement_that_cannot_be_is_refused_in_words(client: TestClient, body: dict[str, str], word: str) -> None:
    run(client)
    refused = say(client, "resolve", the_gap(client)["id"], **body)
    assert refused.status_code == 422
    assert word in refused.json()["detail"]


def test_filters_choose_and_pages_follow_each_other(client: TestClient, engine: Engine) -> None:
    town = river_town()
    units = tuple(replace(unit, telephone=None) for unit in town.units)
    publish(engine, replace(town, units=units))
    run(client, edition=2)
    assert [it["kind"] for it in listed(client)] == ["gap"] + ["lead-without-contact"] * 3
    assert {it["subject"][0] for it in listed(client, severity="warning")} == {"old", "east", "west"}
    assert [it["kind"] for it in listed(client, unit="east")] == ["gap", "lead-without-contact"]
    assert [it["kind"] for it in listed(client, scheme="admin", level="street")] == ["gap"]
    assert len(listed(client, category="stalls")) == 4, "what is wrong with the map at large is wrong for each kind"
    seen, address = [], "/v1/audit/findings?limit=3"
    while address:
        body = client.get(address).json()
        seen += [it["id"] for it in body["items"]]
        address = body["next"]
    assert seen == [it["id"] for it in listed(client)]


def test_findings_as_geojson_are_those_that_have_ground(client: TestClient, engine: Engine) -> None:
    town = river_town()
    publish(engine, replace(town, units=tuple(replace(unit, telephone=None) for unit in town.units)))
    run(client, edition=2)
    response = client.get("/v1/audit/findings?format=geojson&lang=zh")
    assert response.headers["content-type"] == "application/geo+json"
    (feature,) = response.json()["features"]
    assert feature["properties"]["kind"] == "gap"
    assert "平方米空白" in feature["properties"]["text"]
    assert feature["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"edition": 7}, 404, "7"),
        ({"draft": True}, 409, "没有草稿可体检"),
        ({"positions": -1}, 422, "太小"),
        ({"draft": 1}, 422, "请填 true 或 false"),
        ({"draft": True, "edition": 1}, 422, "只能体检一个"),
    ],
)
def test_what_cannot_be_audited_is_refused(client: TestClient, body: dict[str, Any], status: int, word: str) -> None:
    refused = client.post("/v1/audit?lang=zh", json=body)
    assert (refused.status_code, word in refused.json()["detail"]) == (status, True), refused.text


def test_without_an_edition_there_is_nothing_to_audit(empty_client: TestClient) -> None:
    assert empty_client.post("/v1/audit").status_code == 503


def test_a_draft_with_a_trouble_that_the_policy_forbids_is_not_published(
    strict_client: TestClient, engine: Engine
) -> None:
    draft(engine, strict(river_town()))
    refused = strict_client.post("/v1/draft:publish?lang=en")
    assert refused.status_code == 409
    assert "gap-" in refused.json()["detail"]
    assert strict_client.get("/v1/draft").json()["exists"]
    accepted = strict_client.post("/v1/draft:publish", json={"accept": "surveyed next month"})
    assert accepted.json()["id"] == 2
    with reading(engine) as session:
        (entry,) = [it for it in audit_log.read(session, subject="edition:2") if it.action == "accept"]
    assert [trouble.split("-")[0] for trouble in entry.detail["troubles"]] == ["gap"]


def test_a_trouble_that_may_stay_holds_no_draft_back(strict_client: TestClient, engine: Engine) -> None:
    draft(engine, strict(river_town()))
    run(strict_client, draft=True)
    gap = the_gap(strict_client)
    days = datetime.fromisoformat(gap["due_at"]) - datetime.fromisoformat(gap["found_at"])
    assert days.days == 7
    say(strict_client, "resolve", gap["id"], code="DataCorrected")
    assert strict_client.post("/v1/draft:publish").status_code == 409
    say(strict_client, "resolve", gap["id"], code="Acknowledged")
    assert strict_client.post("/v1/draft:publish").status_code == 200


def test_a_draft_whose_troubles_are_not_listed_is_published_without_an_audit(
    client: TestClient, engine: Engine
) -> None:
    draft(engine, river_town())
    assert client.post("/v1/draft:publish").status_code == 200
    assert client.get("/v1/audit").json() == {"audit": None}


class Loosened(Drafts):
    """Drafts of a database in which somebody puts another draft there as soon as the first was looked at."""

    def __init__(self, engine: Engine, instead: CityMap) -> None:
        super().__init__(engine)
        self.instead: CityMap | None = instead

    def view_in(self, session: Session) -> DraftView:
        view = super().view_in(session)
        if self.instead is not None:
            meddler = threading.Thread(target=draft, args=(self._engine, self.instead))
            self.instead = None
            meddler.start()
            meddler.join()
        return view


def test_a_draft_that_came_while_another_was_audited_is_audited_itself(engine: Engine) -> None:
    draft(engine, strict(closed_town()))
    with pytest.raises(NotAllowed, match="gap-"):
        publish_draft(
            engine, valid_from=None, actor="test", now=datetime.now(UTC), drafts=Loosened(engine, strict(river_town()))
        )
    drafts = Loosened(engine, strict(closed_town()))
    assert publish_draft(engine, valid_from=None, actor="test", now=datetime.now(UTC), drafts=drafts).id == 1


def test_audits_and_what_became_of_their_troubles_are_only_added(client: TestClient, engine: Engine) -> None:
    run(client)
    for table in (tables.map_audit, tables.trouble_event):
        for statement in (delete(table), update(table).values(actor="nobody")):
            with pytest.raises(DatabaseError, match="append-only"), writing(engine) as session:
                session.execute(statement)
        with reading(engine) as session:
            assert session.scalar(select(func.count()).select_from(table)) == 1


def test_the_command_line_audits_lists_and_settles(
    sqlite_url: str, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("POINTWARD_DATABASE_URL", sqlite_url)
    publish(open_database(sqlite_url), river_town())

    def call(*words: str) -> str:
        result = CliRunner().invoke(command_line, ["audit", *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    file = tmp_path / "troubles.geojson"
    counted = json.loads(call("--json", "--positions", "0", "--geojson", str(file)))
    assert (counted["counts"], counted["sampled"], counted["doubts"]) == ({"gap": 1}, 0, [])
    assert len(json.loads(file.read_text())["features"]) == 1
    (gap,) = json.loads(call("findings", "--json", "--kind", "gap"))
    assert gap["id"] in call("findings", "--lang", "en")
    assert json.loads(call("take", gap["id"], "--json"))["state"] == "in_hand"
    for note in ("", " ", "x" * 1001, "two\nlines", "\udcff"):
        refused = CliRunner().invoke(command_line, ["audit", "take", gap["id"], "--note", note])
        assert isinstance(refused.exception, InvalidInput), note
    settled = json.loads(call("resolve", gap["id"], "--code", "Acknowledged", "--note", "ok", "--json"))
    assert (settled["state"], settled["settled"]["note"]) == ("resolved", "ok")
    assert json.loads(call("findings", "--json")) == []
    chinese = call("--positions", "20", "--lang", "zh")
    assert chinese.split()[:4] == ["种类", "数量", "gap", "1"]
    assert ["精度", "米", "明确", "大致", "争议", "兜底", "空白"] in [line.split() for line in chinese.splitlines()]
    assert "地图点选" in chinese
    assert json.loads(call("last"))["audit"]["id"] == 2
    both = CliRunner().invoke(command_line, ["audit", "--draft", "--edition", "1"])
    assert isinstance(both.exception, InvalidInput)
