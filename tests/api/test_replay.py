"""An answer that is asked for again as it is cited gives the same bytes, whatever was recorded and published since."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import create_app
from api.services.importing import import_city
from api.services.publishing import publish as publish_draft
from api.settings import Settings
from api.storage.engine import open_engine, writing
from api.storage.register_store import commit
from geo.register.holdings import Person
from geo.register.log import Change
from geo.register.rulings import GroundKind, Permit, RuledGround, Ruling
from geo.schedule import Schedule
from geo.sources.limits import Limits
from geo.wording import Name
from tests.api.town import publish, river_town
from tests.conftest import KINDS, FreshDatabase

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "gusu"
YEAR = timedelta(days=365)
COMMITS = 200


class NextYear(datetime):
    """A clock that is a year ahead."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + YEAR


@pytest.fixture(scope="module", params=KINDS)
def served(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> Iterator[tuple[TestClient, Engine]]:
    """A client of a service with the sample city, and its database: SQLite, then PostGIS."""
    with fresh_database(request.param) as url:
        engine = open_engine(url)
        import_city(engine, SAMPLE, strict=False, actor="test", now=datetime.now(UTC), limits=Limits())
        publish_draft(engine, valid_from=None, actor="test", now=datetime.now(UTC))
        with TestClient(create_app(Settings(database_url=url))) as client:
            yield client, engine
        engine.dispose()


def places() -> list[dict[str, str]]:
    """What is asked at each golden place."""
    with (SAMPLE / "golden" / "places.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    asked = []
    for row in rows:
        query = {"lon": row["lon"], "lat": row["lat"], "at": row["at"], "lang": "zh"}
        query |= {
            key: row[column] for key, column in (("accuracy_m", "accuracy"), ("category", "category")) if row[column]
        }
        asked.append(query | ({"fact": row["fact"]} if row["fact"] else {}))
    return asked


def further(number: int) -> Change:
    """What the n-th commit records: somebody, a ruling, one that is revoked, a permit; for every kind, everywhere."""
    now = datetime.now(UTC)
    everywhere = RuledGround(GroundKind.CITY)
    ruling = Ruling(
        f"N{number}", "police", ("*",), everywhere, now, Schedule((), datetime(2020, 1, 1, tzinfo=UTC)), Name(zh="会商")
    )
    match number % 4:
        case 0:
            return Person, f"new-{number}", Person(f"new-{number}", Name(zh=f"网格员 N-{number}"))
        case 1:
            return Ruling, ruling.id, ruling
        case 2:
            revoked = replace(
                ruling, id=f"N{number - 1}", revoked_at=now, schedule=replace(ruling.schedule, valid_to=now)
            )
            return Ruling, revoked.id, revoked
    ends = Schedule((), datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))
    return Permit, f"N{number}", Permit(f"N{number}", ("*",), everywhere, ends, Name(zh="摊位"))


def test_every_golden_answer_comes_again_to_the_byte_a_year_and_200_commits_later(
    served: tuple[TestClient, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, engine = served
    halo = {
        "unit": "police",
        "categories": ["15"],
        "ground": {"halo": "P-005"},
        "reason": "会商",
        "valid_from": "2026-01-01",
    }
    assert client.put("/v1/rulings/before", json=halo).status_code == 200
    first = []
    for query in places():
        response = client.get("/v1/responsible", params=query)
        assert response.status_code == 200, response.text
        first.append((query, response))

    with writing(engine) as session:
        for number in range(COMMITS):
            commit(session, [further(number)], actor="test", now=datetime.now(UTC))
    assert client.post("/v1/rulings/before:revoke").status_code == 200
    publish(engine, river_town())
    monkeypatch.setattr("api.routes.lookup.datetime", NextYear)
    client.app.state.holder.refresh()  # type: ignore[attr-defined]

    changed = 0
    for query, response in first:
        answer = response.json()
        cited = {
            "at": answer["at"],
            "known_at": answer["known_at"],
            "edition": answer["edition"]["id"],
            "register": answer["edition"]["register"],
        }
        again = client.get("/v1/responsible", params={**query, **cited})
        assert again.content == response.content, query
        now = client.get("/v1/responsible", params={**query, "edition": 1}).json()
        changed += now["next"] != answer["next"]
    # What was recorded since would say otherwise.
    assert changed > len(first) / 2
