"""The draft on the command line: shown, changed thing by thing, thrown away."""

import json
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from api.cli.commands import run
from tests.api.town import publish, river_town

Cli = Callable[..., tuple[int, str, str]]


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
        return int(left.value.code or 0), said.out, said.err

    return ended


def test_a_draft_is_made_shown_and_thrown_away(cli: Cli) -> None:
    assert cli("draft") == (0, "", "there is no draft; a first write or an import makes one\n")
    assert cli("draft", "put", "units", "works", "--json", '{"name": "Works"}') == (
        0,
        "",
        "! unit works (Works) has neither a telephone nor a contact\ndraft 2 is changed: units/works\n",
    )
    status, out, said = cli("draft")
    assert (status, said) == (0, "draft 2; changes since: 1, notices: 1\n")
    assert "units/works" in out
    state = json.loads(cli("draft", "--json")[1])
    assert (state["id"], state["based_on"], state["counts"]["units"]) == (2, 1, 5)
    assert cli("draft", "delete", "units", "works")[0] == 0
    assert cli("draft", "discard") == (0, "", "draft 2 is thrown away\n")
    assert json.loads(cli("draft", "--json")[1])["exists"] is False


def test_what_is_refused_is_told_and_leaves_status_1(cli: Cli) -> None:
    status, out, said = cli("draft", "delete", "units", "east")
    assert (status, out) == (1, "")
    assert "units/east cannot be deleted while it is named by areas/admin/street/E (1 in all)" in said
    status, out, said = cli("draft", "put", "units", "x", "--json", '{"kind": "x", "a": 1, "b": 2}')
    assert (status, out) == (1, "")
    assert said.count("units/x has no key") == 2
    for text in ("{", "[1]", "NaN", ""):
        assert cli("draft", "put", "units", "x", "--json", text)[::2] == (1, "--json is not a JSON object; use { }\n")
