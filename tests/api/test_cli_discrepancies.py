"""Discrepancies on the command line: filed from an answer, listed, answered, in both languages."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.cli.commands import run
from tests.api.town import publish, river_town

Cli = Callable[..., tuple[int, str, str]]
FILE = ("discrepancies", "file", "--kind", "RouteIncorrect", "--comment", "河改道了")
HERE = ("--lon", "0.005", "--lat", "0.01")


@pytest.fixture
def cli(
    sqlite_url: str,
    open_database: Callable[[str], Engine],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Cli:
    """Runs `python main.py …` where River town is published; status, stdout and stderr."""
    publish(open_database(sqlite_url), river_town())
    monkeypatch.setenv("POINTWARD_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("POINTWARD_LANG", "en")

    def ended(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["main.py", *words])
        with pytest.raises(SystemExit) as left:
            run()
        said = capsys.readouterr()
        return left.value.code or 0, said.out, said.err  # type: ignore[return-value]

    return ended


def test_an_answer_that_was_kept_is_filed_whole(cli: Cli, tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text(cli("lookup", *HERE, "--json")[1])
    status, out, _ = cli(*FILE, "--answer", str(answer), "--believed", "East Office", "--json")
    filed = json.loads(out)
    assert (status, filed["id"], filed["differs"]) == (0, "D-1", False)
    assert filed["believed"] == {"text": "East Office", "unit": "east"}
    assert filed["answer"] == json.loads(answer.read_text())


def test_the_unit_that_had_the_ticket_is_kept_with_the_question(cli: Cli) -> None:
    filed = json.loads(cli(*FILE, *HERE, "--receiver", "east", "--json")[1])
    assert filed["asked"]["receiver"] == "east"


def test_one_is_listed_taken_answered_reopened_and_shown(cli: Cli) -> None:
    cli(*FILE, *HERE)
    listed = cli("discrepancies", "list", "--lang", "zh")[1]
    assert listed.split()[:5] == ["编号", "状态", "哪里不对", "应答复单位", "期限"]
    assert "D-1   已提交  责任单位不对  西街道" in listed
    assert "must answer" in cli("discrepancies", "list")[1]
    assert cli("discrepancies", "take", "D-1", "--by", "west")[1].startswith("D-1 is in hand; West Office must answer")
    answered = cli("discrepancies", "answer", "D-1", "DiscrepancyCorrected", "--note", "看过", "--lang", "zh")[1]
    assert answered.startswith("D-1 已答复：答复已更正；看过。现在重问，答的仍是西街道\n")
    refused = cli("discrepancies", "answer", "D-1", "PerPolicy")
    assert (refused[0], refused[1], "reopen it first" in refused[2]) == (1, "", True)
    assert json.loads(cli("discrepancies", "list", "--state", "filed", "--json")[1]) == []
    cli("discrepancies", "reopen", "D-1", "again")
    shown = json.loads(cli("discrepancies", "show", "D-1", "--json")[1])
    assert [step["do"] for step in shown["timeline"]] == ["file", "take", "answer", "reopen"]
    assert {step["actor"] for step in shown["timeline"]} == {"cli"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*FILE, "--lon", "0.005"), "give lon and lat, or the whole answer"),
        ((*FILE, *HERE, "--believed", "a\x1bb"), "believed_unit 'a\\x1bb' has control characters"),
        ((*FILE, *HERE, "--answer", "nowhere.json"), "nowhere.json is no answer"),
        (("discrepancies", "show", "D-7"), "there is no discrepancy D-7"),
        (("discrepancies", "list", "--since", "soon"), "since 'soon' is not an ISO 8601 date"),
        (("discrepancies", "answer", "D-7", "PerPolicy", "--note", "a\x1bb"), "note 'a\\x1bb' has control"),
    ],
)
def test_what_cannot_be_is_refused_with_status_1(cli: Cli, words: tuple[str, ...], said: str) -> None:
    status, out, err = cli(*words)
    assert (status, out) == (1, "")
    assert said in " ".join(err.split())
    assert json.loads(cli("discrepancies", "list", "--json")[1]) == []
