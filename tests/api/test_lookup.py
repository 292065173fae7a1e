"""The look-up over HTTP: answers, refusals, languages, time."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.schemas.answer import Answer
from tests.api.town import EAST, NOWHERE, WEST, publish, river_town


def ask(client: TestClient, **query: Any) -> Any:
    response = client.get("/v1/responsible", params=query)
    assert response.status_code == 200, response.text
    Answer.model_validate(response.json())
    return response.json()


def refusal(client: TestClient, **query: Any) -> Any:
    response = client.get("/v1/responsible", params=query)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code
    return response.json()


def test_the_unit_of_the_finest_area_leads_and_the_next_step_is_to_dispatch(client: TestClient) -> None:
    answer = ask(client, **WEST, accuracy_m=5, lang="en")
    assert answer["verdict"] == "certain"
    assert answer["lead"]["unit"]["code"] == "west"
    assert answer["lead"]["p"] == 1.0
    assert answer["next"]["do"] == "dispatch"
    assert answer["next"]["unit"]["code"] == "west"
    assert "0512-0000-0102" in answer["text"]
    assert [area["code"] for area in answer["areas"]] == ["Old", "W", "Asia/Urumqi 7"]


def test_an_unknown_accuracy_is_assumed_and_said(client: TestClient) -> None:
    assert ask(client, **WEST)["position"] == {
        **WEST,
        "accuracy_m": 10.0,
        "accuracy_assumed": True,
        "confidence": 0.68,
        "given": {**WEST, "datum": "wgs84"},
    }
    assert ask(client, **WEST, accuracy_m=0)["position"]["accuracy_assumed"] is False


@pytest.mark.parametrize("place", [WEST, {"lon": 0.0099, "lat": 0.01}, {"lon": 0.01, "lat": 0.01}, NOWHERE])
def test_what_stands_alone_begins_like_a_sentence(client: TestClient, place: dict[str, float]) -> None:
    answer = ask(client, **place, lang="en")
    for text in (answer["text"], answer["next"]["text"], answer["border"]["text"]):
        assert text[0].isupper(), text
        assert text.count(". ") <= 1, text


def test_near_the_river_the_answer_is_not_certain_and_names_who_is_across(client: TestClient) -> None:
    near = {"lon": 0.01 - 0.00008, "lat": 0.01}  # 8.9 m west of the river
    answer = ask(client, **near, accuracy_m=10, lang="en")
    assert answer["verdict"] == "likely"
    # The normal error's share beyond a straight line 8.9 m off: sigma is 10 m / 1.5096.
    assert [(each["unit"]["code"], each["p"]) for each in answer["candidates"]] == [("west", 0.911), ("east", 0.089)]
    assert answer["lead"]["p"] == 0.911
    assert answer["border"]["distance_m"] == 8.9
    assert answer["border"]["bearing"] == "E"
    assert answer["border"]["across"]["unit"]["code"] == "east"
    assert ask(client, **near, accuracy_m=0)["verdict"] == "certain"
    # 2.34 times 3.5 m does not reach the river; 2.34 times 5 m does, and leaves a doubt of 0.4 %.
    assert ask(client, **near, accuracy_m=3.5)["lead"]["p"] == 1.0
    hardly = ask(client, **near, accuracy_m=5)
    assert (hardly["verdict"], hardly["lead"]["p"]) == ("certain", 0.996)
    # The same accuracy at a higher confidence is a smaller error.
    assert ask(client, **near, accuracy_m=5, confidence=0.95)["lead"]["p"] == 1.0
    # So near the line that the lead is ahead by 0.15 or less: somebody goes and looks, and both are named.
    contested = ask(client, lon=0.01 - 0.00001, lat=0.01, accuracy_m=10, lang="en")
    assert (contested["verdict"], contested["lead"]["provisional"]) == ("contested", True)
    assert (contested["next"]["do"], contested["coordinator"]["code"]) == ("survey", "old")


def test_on_the_river_the_lowest_code_has_it(client: TestClient) -> None:
    answer = ask(client, lon=0.01, lat=0.01, accuracy_m=0)
    assert (answer["tie"], answer["lead"]["unit"]["code"]) == ("lowest_code", "east")
    assert answer["border"]["distance_m"] == 0.0
    assert answer["border"]["across"]["unit"]["code"] == "west"


def test_nobodys_ground_goes_to_headquarters_with_the_nearest_unit_named(client: TestClient) -> None:
    answer = ask(client, **NOWHERE, accuracy_m=5)
    assert (answer["verdict"], answer["rung"], answer["lead"]) == ("unclaimed", "nobody", None)
    assert answer["nobody_p"] == 1.0
    assert answer["next"]["do"] == "escalate"
    assert answer["next"]["unit"]["code"] == "hq"
    assert answer["nearest"]["unit"]["code"] == "old"
    assert answer["nearest"]["distance_m"] == pytest.approx(0.005 * 111_319.49, abs=0.5)


def test_both_languages_say_the_same_with_their_own_names(client: TestClient) -> None:
    chinese, english = ask(client, **WEST, lang="zh"), ask(client, **WEST, lang="en")
    assert chinese["lead"]["unit"]["name"] == "西街道"
    assert english["lead"]["unit"]["name"] == "West Office"
    assert chinese["verdict"] == english["verdict"]
    # Without a wish the city's own language is spoken; a browser's wish counts.
    assert ask(client, **WEST)["text"] == chinese["text"]
    wished = client.get("/v1/responsible", params=WEST, headers={"Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"})
    assert wished.json()["lead"]["unit"]["name"] == "West Office"


def test_a_category_is_echoed_with_a_warning_while_the_city_has_none(client: TestClient) -> None:
    answer = ask(client, **WEST, category="0102")
    assert answer["category"] == "0102"
    assert "no-categories" in answer["warnings"]


def test_the_same_place_in_gcj02_has_the_same_answer_and_echoes_what_was_given(client: TestClient) -> None:
    # River town lies outside China, where the two are one.
    answer = ask(client, **WEST, datum="GCJ-02")
    assert answer["position"]["given"] == {**WEST, "datum": "gcj02"}
    assert answer["lead"]["unit"]["code"] == "west"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"lon": 0.005, "lat": 120.6}, ["120.6", "[-90, 90]", "swapped"]),
        ({"lon": 200, "lat": 0}, ["200", "[-180, 180]"]),
        ({"lon": "nan", "lat": 0}, ["nan", "finite"]),
        ({"lon": "abc", "lat": 0}, ["abc", "number"]),
        ({"lat": 0}, ["lon", "missing"]),
        ({**WEST, "longitude": 1}, ["longitude", "spelling"]),
        ({**WEST, "datum": "mars2000"}, ["mars2000", "wgs84"]),
        ({**WEST, "accuracy_m": -1}, ["-1", "[0, 100000.0]"]),
        ({**WEST, "accuracy_m": "inf"}, ["inf"]),
        ({**WEST, "confidence": 1}, ["1", "between 0 and 1"]),
        ({**WEST, "at": "yesterday"}, ["yesterday", "ISO 8601"]),
        ({**WEST, "at": "2026-13-01"}, ["2026-13-01"]),
        ({**WEST, "category": "a\u0007"}, ["printable"]),
        ({**WEST, "category": "x" * 65}, ["64"]),
        ({**WEST, "lang": "fr"}, ["fr", "zh"]),
        ({**WEST, "edition": 0}, ["0", "1"]),
    ],
)
def test_bad_input_is_refused_naming_value_and_remedy(
    client: TestClient, query: dict[str, Any], words: list[str]
) -> None:
    problem = refusal(client, **{"lang": "en", **query})
    assert problem["status"] == 422
    for word in words:
        assert word in problem["detail"]


def test_refusals_are_said_in_chinese_too(client: TestClient) -> None:
    assert "是否把 lon 和 lat 写反了" in refusal(client, lon=0, lat=120.6, lang="zh")["detail"]


def test_before_anything_is_published_the_service_says_what_to_do(empty_client: TestClient) -> None:
    problem = refusal(empty_client, **WEST, lang="en")
    assert problem["status"] == 503
    assert "python main.py import" in problem["detail"]


def test_an_edition_that_does_not_exist_is_not_found(client: TestClient) -> None:
    problem = refusal(client, **WEST, edition=99)
    assert (problem["status"], problem["type"]) == (404, "urn:pointward:problem:not-found")


def test_answers_follow_the_moment_and_what_was_known(engine: Engine, settings: Any) -> None:
    from api.app import create_app

    first = datetime(2024, 1, 1, tzinfo=UTC)
    publish(engine, river_town(), now=first)
    publish(
        engine,
        river_town(river=0.004),
        valid_from=datetime(2024, 6, 1, tzinfo=UTC),
        now=datetime(2024, 5, 1, tzinfo=UTC),
    )
    with TestClient(create_app(settings)) as client:
        assert ask(client, **WEST)["lead"]["unit"]["code"] == "east"
        assert ask(client, **WEST, at="2024-05-31")["lead"]["unit"]["code"] == "west"
        # 00:00 in the city's zone, eight hours before it is in UTC.
        assert ask(client, **WEST, at="2024-06-01T08:00")["lead"]["unit"]["code"] == "east"
        assert ask(client, **WEST, at="2024-06-01T07:59:59")["lead"]["unit"]["code"] == "west"
        assert ask(client, **WEST, at="2024-07-01", known_at="2024-04-01")["lead"]["unit"]["code"] == "west"
        assert ask(client, **WEST, edition=1)["edition"]["id"] == 1
        unknown = client.get("/v1/responsible", params={**WEST, "known_at": "2023-12-31"})
        assert unknown.status_code == 404
        assert unknown.json()["type"] == "urn:pointward:problem:no-edition-at"
        # The next change is known ahead, and a look back does not expire.
        ahead = ask(client, **WEST, at="2024-05-31T20:00", known_at="2024-05-02")
        assert ahead["expires"] == "2024-06-01T00:00:00Z"
        assert ask(client, **WEST, at="2024-05-31")["expires"] is None


def test_an_answer_for_a_fixed_moment_has_an_etag(client: TestClient) -> None:
    moment = datetime.now(UTC).isoformat()
    query = {**EAST, "at": moment, "known_at": moment}
    first = client.get("/v1/responsible", params=query)
    again = client.get("/v1/responsible", params=query, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(
        "/v1/responsible", params={**query, "lang": "en"}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert other.status_code == 200
