"""The command line as a person or a script meets it: exit status, what stands on stdout, what changes."""

import csv
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import Engine

from api.cli.commands import run
from tests.api.town import EAST, LIDS, NOWHERE, WEST, lid_town, publish, river_town
from tests.storage_worlds import two_districts_with_claims

ROOT = Path(__file__).parents[2]
CHINESE = range(0x4E00, 0xA000)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Ended]


@pytest.fixture
def cli(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs `python main.py …` in this process, on an empty, migrated database."""
    monkeypatch.setenv("POINTWARD_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("POINTWARD_LANG", "en")

    def ended(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["main.py", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            run()
        said = capsys.readouterr()
        return Ended(left.value.code or 0, said.out, said.err)  # type: ignore[arg-type]

    return ended


@pytest.fixture
def engine(sqlite_url: str, open_database: Callable[[str], Engine]) -> Engine:
    """The same database."""
    return open_database(sqlite_url)


@pytest.fixture
def published(cli: Cli, engine: Engine) -> Cli:
    """The command line where River town is published."""
    publish(engine, river_town())
    return cli


def town_folder(
    path: Path, *, boundary: float = 0.01, zone: str = "Asia/Shanghai", broken: str = "", clean: bool = False
) -> Path:
    """A city of two towns, west and east of a boundary; its units have no telephone, so there is a notice."""
    path.mkdir(exist_ok=True)
    squares = {"W": shapely.box(0, 0, boundary, 0.02), "E": shapely.box(boundary, 0, 0.02, 0.02)}
    features = [
        {"type": "Feature", "properties": {"code": code, "unit": "hq"}, "geometry": shapely.geometry.mapping(square)}
        for code, square in squares.items()
    ]
    (path / "towns.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    unit = 'unit = "unit"' if clean else ""
    units = '[[units]]\nfile = "units.csv"' if clean else ""
    (path / "units.csv").write_text("code,name,kind,telephone\nhq,Office,headquarters,12345\n")
    (path / "city.toml").write_text(
        f'[city]\nname = "Two towns"\ntimezone = "{zone}"\nterritory = "admin"\n'
        f'[[areas]]\nscheme = "admin"\nlevel = "town"\nfile = "towns.geojson"\ncode = "code{broken}"\n{unit}\n{units}\n'
    )
    return path


def ask(place: dict[str, float], *words: object) -> tuple[object, ...]:
    """The words of a look-up."""
    return "lookup", "--lon", place["lon"], "--lat", place["lat"], *words


# --- as a program of its own


def test_stdout_holds_json_and_nothing_else_whoever_asks(sqlite_url: str, engine: Engine) -> None:
    publish(engine, river_town())
    command = [sys.executable, "main.py", *map(str, ask(WEST, "--json"))]
    environment = {**os.environ, "POINTWARD_DATABASE_URL": sqlite_url}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout)["lead"]["unit"]["code"] == "west"
    assert ended.stderr == ""


def test_a_refusal_leaves_status_1_and_stdout_empty(sqlite_url: str) -> None:
    command = [sys.executable, "main.py", *map(str, ask(WEST, "--json"))]
    environment = {**os.environ, "POINTWARD_DATABASE_URL": sqlite_url, "POINTWARD_LANG": "en"}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("nothing has been published yet; run: python main.py import DIR")


def test_a_refusal_is_said_in_the_citys_language_when_nobody_names_another(sqlite_url: str, engine: Engine) -> None:
    town = river_town()
    publish(engine, replace(town, city=replace(town.city, language="zh")))
    command = [sys.executable, "main.py", "publish"]
    left_out = ("POINTWARD_LANG", "LANG", "LC_ALL", "LC_MESSAGES")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment |= {"POINTWARD_DATABASE_URL": sqlite_url}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr[:10]) == (1, "没有可发布的草稿；请")


# --- lookup


@pytest.mark.parametrize(
    ("place", "verdict"), [(WEST, "certain"), (NOWHERE, "unclaimed"), ({"lon": 0.01, "lat": 0.01}, "contested")]
)
def test_every_answer_leaves_status_0(published: Cli, place: dict[str, float], verdict: str) -> None:
    ended = published(*ask(place, "--json"))
    assert (ended.status, ended.json["verdict"], ended.err) == (0, verdict, "")


def test_the_card_can_be_read_aloud_in_both_languages(published: Cli) -> None:
    english = published(*ask(WEST, "--lang", "en"))
    chinese = published(*ask(WEST, "--lang", "zh"))
    assert "West Office is responsible here, telephone 0512-0000-0102" in english.out
    assert not any(ord(letter) in CHINESE for letter in english.out)
    assert "西街道" in chinese.out
    assert english.err == chinese.err == ""


def test_the_card_names_scheme_and_level_of_every_area(published: Cli) -> None:
    english = [" ".join(line.strip("│ \n").split()) for line in published(*ask(WEST, "--lang", "en")).out.splitlines()]
    assert "Administration Old (District) > West (Sub-district)" in english
    assert "Wards Seven (Ward)" in english
    assert "行政" in (chinese := published(*ask(WEST, "--lang", "zh")).out)
    assert "老城（区） > 西（街道）" in chinese
    assert "areas –" in " ".join(published(*ask(NOWHERE, "--lang", "en")).out.split())


def test_everything_asked_about_is_echoed(published: Cli) -> None:
    answer = published(
        *ask(EAST, "--datum", "cgcs2000", "--accuracy", 3, "--confidence", 0.95, "--category", "0102"),
        *("--at", "2020-05-01T08:00", "--json"),
    ).json
    assert answer["category"] == "0102"
    assert answer["at"] == "2020-05-01T00:00:00Z"  # eight o'clock in Shanghai
    assert answer["position"] == {
        **EAST,
        "accuracy_m": 3.0,
        "accuracy_assumed": False,
        "confidence": 0.95,
        "given": {**EAST, "datum": "cgcs2000"},
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--lon", "181", "--lat", "0"), "lon 181.0 is outside"),
        (("--lon", "nan", "--lat", "0"), "lon nan is not a finite number"),
        (("--lon", "0", "--lat", "0", "--datum", "mars"), "unknown datum 'mars'"),
        (("--lon", "0", "--lat", "0", "--at", "soon"), "at 'soon' is not an ISO 8601"),
        (("--lon", "0", "--lat", "0", "--accuracy", "-1"), "accuracy_m -1.0 is outside"),
        (("--lon", "0", "--lat", "0", "--category", ""), "category '' cannot be used"),
        (("--lon", "0", "--lat", "0", "--edition", "9"), "there is no published edition 9"),
        (("--lon", "0", "--lat", "0", "--known-at", "1999-01-01"), "no edition held"),
    ],
)
def test_a_refusal_leaves_status_1_and_says_why_on_stderr(published: Cli, words: tuple[str, ...], said: str) -> None:
    ended = published("lookup", *words, "--json")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith(said)


def test_western_and_southern_coordinates_need_no_quoting(published: Cli) -> None:
    assert published("lookup", "--lon", "-77.03", "--lat", "-38.9", "--json").json["position"]["lon"] == -77.03


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("lookup",),
        ("lookup", "--lon", "1"),
        ("lookup", "--lon", "east", "--lat", "1"),
        ("lookup", "--lon", "1", "--lat", "1", "--nonsense"),
        ("lookup", "--lon", "1", "--lat", "1", "--edition", "first"),
        ("lookup", "--lon", "1", "--lat", "1", "--lang", "fr"),
        ("assign", "in.csv"),
        ("assign", "in.csv", "out.csv", "--accuracy", "1", "--accuracy-field", "a"),
        ("import",),
        ("publish", "now"),
        ("map",),
        ("serve", "--workers", "0"),
    ],
    ids=" ".join,
)
def test_wrong_usage_leaves_status_2(published: Cli, words: tuple[str, ...]) -> None:
    assert published(*words).status == 2


@pytest.mark.parametrize(
    "command",
    [
        "migrate",
        "import",
        "publish",
        "editions",
        "areas",
        "units",
        "lookup",
        "assign",
        "verify",
        "audit",
        "audit findings",
        "audit resolve",
        "map heat",
        "serve",
        "demo",
    ],
)
def test_every_command_explains_itself_in_both_languages(cli: Cli, command: str) -> None:
    ended = cli(*command.split(), "--help")
    assert ended.status == 0
    assert any(ord(letter) in CHINESE for letter in ended.out)


# --- import and publish


def test_an_import_with_notices_leaves_status_0_and_says_what_is_next(cli: Cli, tmp_path: Path) -> None:
    ended = cli("import", town_folder(tmp_path / "city"))
    assert (ended.status, ended.out) == (0, "")
    assert "draft 1 saved; areas: 2, units: 3, records: 0, notices: 1; next: publish" in ended.err
    assert "have no contact" in ended.err


def test_an_import_reports_as_json(cli: Cli, tmp_path: Path) -> None:
    ended = cli("import", town_folder(tmp_path / "city"), "--json")
    assert ended.status == 0
    assert ended.json["draft"] == 1
    assert [(one["kind"], one["severity"]) for one in ended.json["findings"]] == [
        ("made-units-without-contact", "notice")
    ]


def test_with_strict_a_notice_blocks(cli: Cli, tmp_path: Path) -> None:
    ended = cli("import", town_folder(tmp_path / "city"), "--strict", "--json")
    assert ended.status == 1
    assert (ended.json["draft"], len(ended.json["findings"])) == (None, 1)
    assert "nothing was changed" in ended.err
    assert cli("publish").status == 1


def test_with_strict_a_city_without_notices_is_imported(cli: Cli, tmp_path: Path) -> None:
    assert cli("import", town_folder(tmp_path / "city", clean=True), "--strict").status == 0


def test_a_blocked_import_leaves_the_earlier_draft_as_it_was(cli: Cli, tmp_path: Path) -> None:
    assert cli("import", town_folder(tmp_path / "good")).status == 0
    blocked = cli("import", town_folder(tmp_path / "bad", boundary=0.004, broken="s"), "--json")
    assert blocked.status == 1
    assert [one["kind"] for one in blocked.json["findings"]] == ["missing-field"]
    assert "nothing was changed" in blocked.err
    assert cli("publish").status == 0
    assert cli(*ask(WEST, "--json")).json["lead"]["unit"]["code"] == "W"  # the boundary of the good folder


def test_a_new_import_replaces_the_draft(cli: Cli, tmp_path: Path) -> None:
    cli("import", town_folder(tmp_path / "first"))
    cli("import", town_folder(tmp_path / "second", boundary=0.004))
    cli("publish")
    assert cli(*ask(WEST, "--json")).json["lead"]["unit"]["code"] == "E"
    assert [one["id"] for one in cli("editions", "--json").json] == [1]
    assert cli("publish").status == 1


@pytest.mark.parametrize("folder", ["missing", "empty", "a file"])
def test_a_folder_that_is_no_city_is_refused(cli: Cli, tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a file").write_text("city")
    ended = cli("import", tmp_path / folder)
    assert (ended.status, ended.out) == (1, "")
    assert "city.toml" in ended.err


def test_publishing_without_a_draft_is_refused(cli: Cli) -> None:
    ended = cli("publish")
    assert ended.status == 1
    assert ended.err.startswith("there is no draft to publish; import a city first: python main.py import DIR")


def test_the_first_edition_holds_from_the_beginning_and_a_later_one_from_now(cli: Cli, tmp_path: Path) -> None:
    cli("import", town_folder(tmp_path / "city"))
    assert "holds from the beginning" in cli("publish").err
    cli("import", town_folder(tmp_path / "city", boundary=0.004))
    cli("publish")
    first, second = cli("editions", "--json").json
    assert (first["valid_from"], second["valid_from"]) == (None, second["published_at"])
    assert (first["current"], second["current"]) == (False, True)
    long_ago = cli(*ask(WEST, "--at", "1949-10-01", "--json")).json
    assert (long_ago["edition"]["id"], long_ago["lead"]["unit"]["code"]) == (1, "W")


@pytest.mark.parametrize(
    ("zone", "date", "utc"),
    [
        ("Asia/Shanghai", "2025-05-01", "2025-04-30T16:00:00Z"),
        ("America/New_York", "2013-07-01", "2013-07-01T04:00:00Z"),
        ("America/New_York", "2013-01-01", "2013-01-01T05:00:00Z"),  # winter
        ("Asia/Shanghai", "2025-05-01T08:30", "2025-05-01T00:30:00Z"),
        ("Asia/Shanghai", "2025-05-01T08:30Z", "2025-05-01T08:30:00Z"),
        ("Asia/Shanghai", "2999-01-01", "2998-12-31T16:00:00Z"),
    ],
)
def test_a_date_to_hold_from_is_midnight_in_the_citys_zone(
    cli: Cli, tmp_path: Path, zone: str, date: str, utc: str
) -> None:
    for boundary in (0.01, 0.004):
        cli("import", town_folder(tmp_path / "city", zone=zone, boundary=boundary))
        assert cli("publish", *(("--valid-from", date) if boundary == 0.004 else ())).status == 0
    assert cli("editions", "--json").json[1]["valid_from"] == utc


def test_an_edition_of_the_future_waits_for_its_day(cli: Cli, tmp_path: Path) -> None:
    cli("import", town_folder(tmp_path / "city"))
    cli("publish")
    cli("import", town_folder(tmp_path / "city", boundary=0.004))
    cli("publish", "--valid-from", "2999-01-01")
    assert [one["current"] for one in cli("editions", "--json").json] == [True, False]
    assert cli(*ask(WEST, "--json")).json["lead"]["unit"]["code"] == "W"
    assert cli(*ask(WEST, "--at", "2998-12-31T23:59", "--json")).json["lead"]["unit"]["code"] == "W"
    assert cli(*ask(WEST, "--at", "2999-01-01", "--json")).json["lead"]["unit"]["code"] == "E"


def test_an_edition_of_the_past_answers_for_the_past(cli: Cli, tmp_path: Path) -> None:
    cli("import", town_folder(tmp_path / "city"))
    cli("publish", "--valid-from", "2013-07-01")
    assert cli(*ask(WEST, "--at", "2013-07-01", "--json")).status == 0
    refused = cli(*ask(WEST, "--at", "2013-06-30T23:59", "--json"))
    assert refused.status == 1
    assert "the earliest one holds from 2013-06-30T16:00:00Z" in refused.err


def test_a_first_edition_of_the_future_is_listed_and_answers_for_its_time(cli: Cli, tmp_path: Path) -> None:
    cli("import", town_folder(tmp_path / "city"))
    cli("publish", "--valid-from", "2999-01-01")
    assert cli(*ask(WEST, "--json")).status == 1
    ended = cli("editions", "--json")
    assert ended.status == 0
    assert [(one["id"], one["current"]) for one in ended.json] == [(1, False)]
    assert cli(*ask(WEST, "--at", "2999-05-01", "--json")).json["lead"]["unit"]["code"] == "W"


@pytest.mark.parametrize("date", ["tomorrow", "2024-02-30", "01.05.2024", ""])
def test_a_date_that_is_none_publishes_nothing(cli: Cli, tmp_path: Path, date: str) -> None:
    cli("import", town_folder(tmp_path / "city"))
    ended = cli("publish", "--valid-from", date)
    assert ended.status == 1
    assert ended.err.startswith(f"--valid-from '{date}' is not an ISO 8601 date")
    assert cli("editions", "--json").json == []
    assert cli("publish").status == 0


def test_nothing_published_is_an_empty_list_of_editions(cli: Cli) -> None:
    ended = cli("editions", "--json")
    assert (ended.status, ended.json) == (0, [])


def test_a_database_that_is_not_migrated_names_the_command(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POINTWARD_DATABASE_URL", f"sqlite:///{tmp_path}/new.sqlite")
    for words in (ask(WEST), ("editions",), ("publish",), ("areas",)):
        ended = cli(*words)
        assert ended.status == 1
        assert "run: python main.py migrate" in ended.err
    assert cli("migrate").status == 0
    assert cli("editions", "--json").json == []


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://u:secret@h/d", "sqlite://", "postgresql://u:secret@h/d"])
def test_a_database_address_that_cannot_be_used_is_refused_without_its_password(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("POINTWARD_DATABASE_URL", url)
    ended = cli("editions")
    assert ended.status == 1
    assert "sqlite:///path" in ended.err
    assert "secret" not in ended.err


def test_a_setting_that_cannot_be_read_is_refused_by_name(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTWARD_PORT", "eighty")
    for words in (("serve",), ("demo",), ask(WEST), ("migrate",)):
        ended = cli(*words)
        assert ended.status == 1
        assert "POINTWARD_PORT = 'eighty' cannot be used; set a whole number (≥ 0, ≤ 65535)" in ended.err


def test_the_list_of_commands_is_in_both_languages_on_80_columns(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = cli("--help").out.split("Commands:\n")[1].splitlines()
    assert len(lines) == 31
    for line in lines:
        assert any(ord(letter) in CHINESE for letter in line), line
        assert sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line) <= 80, line


# --- lists


def test_areas_and_units_are_listed(published: Cli) -> None:
    areas = published("areas", "--scheme", "admin", "--level", "street", "--json")
    assert [(one["code"], one["unit"]) for one in areas.json] == [("E", "east"), ("W", "west")]
    assert [one["code"] for one in published("units", "--json").json] == ["east", "hq", "old", "west"]
    shown = published("areas")
    assert (shown.status, shown.err) == (0, "")
    assert "Asia/Urumqi 7" in shown.out


@pytest.mark.parametrize(
    ("words", "key", "listed", "row"),
    [
        (("categories",), "code", ["0201", "02", "03"], ["0201", "Manhole cover", "02", "component", "static"]),
        (("claims",), "id", ["c1", "c2", "c3", "c4"], ["c1", "D1", "leads", "03;0201", "polygon c1", "hq"]),
        (("claims", "--unit", "D1"), "id", ["c1", "c4"], ["c4", "D1", "maintains", "02", "strip road/left/pavement"]),
        (("claims", "--category", "03"), "id", ["c1", "c3"], ["c3", "hq", "assists", "03", "halo market"]),
        (("checkpoints",), "code", ["market", "park"], ["market", "Market", "market", "D1", "entrusted"]),
        (("checkpoints", "--type", "park"), "code", ["park"], ["park", "公园", "park"]),
        (("segments",), "code", ["road", "a path"], ["road", "People's Road", "arterial", "东街", "West Street"]),
    ],
)
def test_what_claims_are_made_of_is_listed(
    cli: Cli, engine: Engine, words: tuple[str, ...], key: str, listed: list[str], row: list[str]
) -> None:
    publish(engine, two_districts_with_claims())
    assert [one[key] for one in cli(*words, "--json").json] == listed
    shown = cli(*words)
    assert (shown.status, shown.err) == (0, "")
    assert " ".join(row) in " ".join(shown.out.split())


# --- assign


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A table of three calls, the last one unusable."""
    path = tmp_path / "calls.csv"
    path.write_text("id,x,y\n0001,0.005,0.01\n0002,0.035,0.01\n0003,,\n")
    return path


def test_assign_with_bad_rows_leaves_status_0_and_speaks_on_stderr(published: Cli, calls: Path, tmp_path: Path) -> None:
    ended = published("assign", calls, tmp_path / "out.csv", "--lon-field", "x", "--lat-field", "y")
    assert (ended.status, ended.out) == (0, "")
    assert "3 rows, 1 of them unusable (see pw_error)" in ended.err
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], row["pw_verdict"], bool(row["pw_error"])) for row in rows] == [
        ("0001", "certain", False),
        ("0002", "unclaimed", False),
        ("0003", "", True),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "has no column lon; it has: id, x, y"),
        (("--lon-field", "x", "--lat-field", "y", "--datum", "mars"), "unknown datum"),
        (("--lon-field", "x", "--lat-field", "y", "--edition", "7"), "no published edition 7"),
        (("--lon-field", "x", "--lat-field", "y", "--at", "soon"), "not an ISO 8601"),
        (("--lon-field", "x", "--lat-field", "y", "--accuracy", "-1"), "accuracy_m -1.0 is outside"),
        (("--lon-field", "x", "--lat-field", "y", "--accuracy", "nan"), "accuracy_m nan is outside"),
    ],
)
def test_an_assign_that_is_refused_leaves_status_1_and_no_file(
    published: Cli, calls: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    ended = published("assign", calls, tmp_path / "out.csv", *words)
    assert (ended.status, ended.out) == (1, "")
    assert said in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["calls.csv"]


def test_assign_says_in_the_rows_what_lookup_says(published: Cli, tmp_path: Path) -> None:
    places = [WEST, EAST, NOWHERE, {"lon": 0.01, "lat": 0.01}, {"lon": 0.00999, "lat": 0.01}]
    source = tmp_path / "in.csv"
    with source.open("w", newline="") as file:
        csv.writer(file).writerows([("lon", "lat"), *(place.values() for place in places)])
    published("assign", source, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for place, row in zip(places, rows, strict=True):
        answer = published(*ask(place, "--json")).json
        assert row["pw_verdict"] == answer["verdict"]
        assert row["pw_unit"] == (answer["lead"]["unit"]["code"] if answer["lead"] else "")
        assert row["pw_next"] == answer["next"]["unit"]["code"]
        assert row["pw_border_m"] == (
            "" if answer["border"]["distance_m"] is None else str(answer["border"]["distance_m"])
        )


def test_assign_of_areas_only_writes_nothing_else_and_refuses_what_would_decide_nothing(
    published: Cli, calls: Path, tmp_path: Path
) -> None:
    fields = ("--lon-field", "x", "--lat-field", "y", "--areas-only")
    assert published("assign", calls, tmp_path / "out.csv", *fields).status == 0
    with (tmp_path / "out.csv").open(newline="") as file:
        row = next(csv.DictReader(file))
    assert next(name for name in row if name.startswith("pw_")) == "pw_error"
    assert not {"pw_unit", "pw_verdict", "pw_p"} & row.keys()
    ended = published("assign", calls, tmp_path / "other.csv", *fields, "--accuracy", "5")
    assert ended.status == 2
    assert "--areas-only" in ended.err
    assert not (tmp_path / "other.csv").exists()


# --- map heat


def test_a_heat_map_is_one_file(published: Cli, calls: Path, tmp_path: Path) -> None:
    ended = published("map", "heat", calls, tmp_path / "heat.html", "--lon-field", "x", "--lat-field", "y")
    assert (ended.status, ended.out) == (0, "")
    assert "3 records, 1 of them without a usable position" in ended.err
    assert (tmp_path / "heat.html").read_text().startswith("<!DOCTYPE html>")


def test_a_heat_map_never_overwrites_its_records(published: Cli, calls: Path) -> None:
    before = calls.read_text()
    ended = published("map", "heat", calls, calls, "--lon-field", "x", "--lat-field", "y")
    assert ended.status == 1
    assert "is the input; write to another file" in ended.err
    assert calls.read_text() == before


def test_a_heat_map_of_no_records_is_drawn(published: Cli, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("lon,lat\n")
    assert published("map", "heat", source, tmp_path / "heat.html").status == 0


def test_the_card_of_a_contested_lid_asks_whose_name_is_on_it_and_a_fact_settles_it(cli: Cli, engine: Engine) -> None:
    publish(engine, lid_town())
    where = ("lookup", "--lon", LIDS["lon"], "--lat", LIDS["lat"], "--accuracy", 0, "--category", "0103")
    card = cli(*where).out
    assert "Whose name is on it (Storm drain cover)?" in card
    assert "--fact component:3205080103000002" in card
    settled = cli(*where, "--fact", "component:3205080103000002")
    assert "West Office" in settled.out
    assert "Whose name" not in settled.out
    assert cli(*where, "--fact", "component:3205080103000002", "--json").json["lead"]["unit"]["code"] == "west"
    refused = cli(*where, "--fact", "strip:tramway")
    assert (refused.status, refused.out) == (1, "")
    assert "component:<id>" in refused.err


def test_components_are_listed_and_filtered(cli: Cli, engine: Engine) -> None:
    publish(engine, lid_town())
    assert [item["id"][-7:] for item in cli("components", "--category", "01", "--json").json] == ["3000001", "3000002"]
    assert [item["id"][-7:] for item in cli("components", "--owner", "west", "--json").json] == ["3000002"]
    table = cli("components", "--state", "damaged").out
    assert "Litter bin" in table
    assert "Storm drain" not in table
