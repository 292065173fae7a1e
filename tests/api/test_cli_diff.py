"""diff and lookup --draft on the command line, and a publish that a golden place refuses."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.cli.commands import run
from api.storage.engine import writing
from api.storage.map_store import save_draft
from geo.golden import GoldenPlace
from geo.shares import Verdict
from tests.api.town import EAST, publish, river_town

Cli = Callable[..., tuple[int, str, str]]
EASTS = GoldenPlace(
    "g-east", **EAST, verdict=Verdict.CERTAIN, rung="territory", why="东街道", unit="east", accuracy_m=0
)
PLACE = ("lookup", "--lon", "0.015", "--lat", "0.01", "--accuracy", "0", "--json")


@pytest.fixture
def cli(
    sqlite_url: str,
    open_database: Callable[[str], Engine],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Cli:
    """Runs `python main.py …` where River town is published and its draft has lost the east; status and output."""
    engine = open_database(sqlite_url)
    town = replace(river_town(), golden=(EASTS,))
    publish(engine, town)
    with writing(engine) as session:
        without = replace(town, areas=tuple(one for one in town.areas if one.code != "E"))
        save_draft(session, without, (), actor="test", now=datetime.now(UTC))
    monkeypatch.setenv("POINTWARD_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("POINTWARD_LANG", "en")

    def ended(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["main.py", *words])
        with pytest.raises(SystemExit) as left:
            run()
        said = capsys.readouterr()
        return left.value.code or 0, said.out, said.err  # type: ignore[return-value]

    return ended


def test_the_difference_is_shown_and_what_would_be_refused_stands_on_stderr(cli: Cli) -> None:
    status, out, err = cli("diff")
    assert status == 0
    for words in (
        "edition 1 → the draft",
        "East Office (east)",
        "Old District (old)",
        "areas/admin/street/E",
        "g-east",
    ):
        assert words in out
    assert "golden places answered otherwise than they say: 1" in err


def test_in_chinese_headings_and_values_are_chinese(cli: Cli) -> None:
    out = cli("diff", "--lang", "zh")[1]
    assert ["内容", "新增", "删除", "改动"] in [line.split() for line in out.splitlines()]
    assert ["区域/admin/street", "0", "1", "0"] in [line.split() for line in out.splitlines()]
    assert "明确 east 属地" in out
    for word in ("certain", "territory", "claims "):
        assert word not in out
    assert "应为“明确、east、属地”" in cli("publish", "--lang", "zh")[2]


def test_it_is_written_as_geojson_and_as_a_map_that_needs_no_network(cli: Cli, tmp_path: Path) -> None:
    shapes, page = tmp_path / "d.geojson", tmp_path / "d.html"
    status, _, err = cli("diff", "1", "draft", "--geojson", str(shapes), "--map", str(page))
    assert (status, str(shapes) in err, str(page) in err) == (0, True, True)
    [feature] = json.loads(shapes.read_text())["features"]
    assert [unit["code"] for unit in feature["properties"]["from"]] == ["east"]
    html = page.read_text()
    assert "<title>River town · what changes: edition 1 → the draft</title>" in html
    assert 'src="http' not in html


def test_as_json_it_stands_alone_on_stdout(cli: Cli) -> None:
    body = json.loads(cli("diff", "--json")[1])
    assert (body["from"]["id"], body["to"]["draft"], body["blocks"]) == (1, True, True)
    assert cli("diff", "7", "draft")[0] == 1
    assert "give its number" in cli("diff", "x")[2]


def test_a_look_up_is_answered_from_the_draft(cli: Cli) -> None:
    answers = [json.loads(cli(*PLACE, *more)[1]) for more in ([], ["--draft"])]
    assert [one["lead"]["unit"]["code"] for one in answers] == ["east", "old"]
    assert [one["warnings"] for one in answers] == [[], ["draft"]]
    card = cli(*PLACE[:-1], "--draft")[1]
    assert "not published" in " ".join(card.split())


def test_a_publish_is_refused_until_a_reason_is_given(cli: Cli) -> None:
    status, _, err = cli("publish")
    assert (status, "g-east" in err, "东街道" in err) == (1, True, True)
    assert cli("publish", "--accept", "merged")[0] == 0
