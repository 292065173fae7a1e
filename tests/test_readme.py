"""What the two READMEs promise is what the program has: commands, settings, keys, findings, addresses, links."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from api.app import create_app
from api.cli.commands import app as command_line
from api.settings import Settings
from geo.errors import InvalidInput
from geo.findings import BLOCKS, NOTICES
from geo.sources.city_toml import describe

PROJECT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh.md")
COMMAND = re.compile(r"python main\.py(?: +([^#`\n&|]*))?")
# Read by api/cli/terminal.py and by geo/raster/kernel.py: what they say does not depend on the service.
BESIDE_SETTINGS = {"POINTWARD_LANG", "POINTWARD_KERNEL"}

# An unknown key in each table of city.toml: the refusal names those that are known.
AREAS = '[[areas]]\nfile = "a.geojson"\n'
CITY = '[city]\nname = "Test"\n'
UNITS = '[[units]]\nfile = "u.csv"\n'
TABLES = {
    "[city]": f"{CITY}zz = 1\n{AREAS}",
    "[policy]": f"{CITY}[policy]\nzz = 1\n{AREAS}",
    "[policy.accuracy_m]": f"{CITY}[policy.accuracy_m]\nzz = 1\n{AREAS}",
    "[policy.governance]": f"{CITY}[policy.governance]\nzz = 1\n{AREAS}",
    "[[components]]": f'{CITY}{AREAS}[[components]]\nfile = "c.csv"\nzz = 1\n',
    "[[golden]]": f'{CITY}{AREAS}[[golden]]\nfile = "g.csv"\nzz = 1\n',
    "[[schemes]]": f'{CITY}{AREAS}[[schemes]]\ncode = "admin"\nzz = 1\n',
    "[[schemes.levels]]": f'{CITY}{AREAS}[[schemes]]\ncode = "admin"\nlevels = [{{ code = "area", zz = 1 }}]\n',
    "[[areas]]": f"{CITY}{AREAS}zz = 1\n",
    "[[units]]": f"{CITY}{AREAS}{UNITS}zz = 1\n",
    "[[units.contacts]]": f'{CITY}{AREAS}{UNITS}contacts = [{{ title = "a", telephone = "b", zz = 1 }}]\n',
    "[[post_kinds]]": f'{CITY}{AREAS}[[post_kinds]]\ncode = "a"\nname = "b"\nzz = 1\n',
    "[[posts]]": f'{CITY}{AREAS}[[posts]]\nfile = "p.csv"\nzz = 1\n',
    "[[people]]": f'{CITY}{AREAS}[[people]]\nfile = "p.csv"\nzz = 1\n',
    "[[holders]]": f'{CITY}{AREAS}[[holders]]\nfile = "h.csv"\nzz = 1\n',
    "[[records]]": f'{CITY}{AREAS}[[records]]\nfile = "r.csv"\nzz = 1\n',
}

every_readme = pytest.mark.parametrize("readme", READMES)


def text_of(readme: str) -> str:
    return (PROJECT / readme).read_text(encoding="utf-8")


def headings(text: str) -> list[tuple[int, str]]:
    """Level and words of every heading."""
    return [(len(marks), words) for marks, words in re.findall(r"^(#+) (.+)$", prose_of(text), flags=re.MULTILINE)]


def first_cells(text: str, heading: str) -> set[str]:
    """What stands in backticks in the first column of the tables below a heading, up to the next one."""
    section = re.split(rf"^#+ {re.escape(heading)}$", text, flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, flags=re.MULTILINE)[0]
    return {cell for row in re.findall(r"^\| *(`.*?)\|", section, flags=re.MULTILINE) for cell in code_of(row)}


def prose_of(text: str) -> str:
    """The text without its blocks of code."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def code_of(text: str) -> list[str]:
    """What stands in backticks in prose."""
    return re.findall(r"`([^`]+)`", prose_of(text))


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[list[str]]:
    """The arguments of every `python main.py …`, in code blocks and in prose."""
    joined = text.replace("\\\n", " ")
    return [words for found in COMMAND.findall(joined) if (words := shlex.split(found)) and "…" not in words]


def anchor(heading: str) -> str:
    """What a heading is called in a link, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def parse(words: list[str]) -> None:
    """Nothing, when the command line takes these words; it raises what wrong usage raises. Nothing is run."""
    command = typer.main.get_command(command_line)
    words = list(words)
    # A group may be a command itself, with options of its own.
    while hasattr(command, "commands") and not (command.invoke_without_command and (words or ["-"])[0].startswith("-")):
        name = words.pop(0)
        assert name in command.commands, f"there is no command {name}"
        command = command.commands[name]
    command.make_context("main.py", words)


@every_readme
def test_the_command_line_takes_every_command(readme: str) -> None:
    found = commands(text_of(readme))
    for words in found:
        parse(words)
    assert {words[0] for words in found} >= {
        "migrate",
        "import",
        "publish",
        "lookup",
        "serve",
        "assign",
        "verify",
        "map",
    }


@pytest.mark.parametrize(
    "command", ["python main.py locate", "python main.py lookup --lon 1 --latt 2", "python main.py map heat in.csv"]
)
def test_a_command_that_does_not_exist_is_found(command: str) -> None:
    [words] = commands(command)
    with pytest.raises(Exception, match=r"no command|No such option|Missing parameter"):
        parse(words)


@every_readme
def test_every_target_of_make_exists(readme: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE))
    assert (
        set(re.findall(r"\bmake ([\w-]+)", "\n".join(code_of(text_of(readme)) + blocks(text_of(readme), "sh"))))
        <= targets
    )


@pytest.mark.parametrize("document", [*READMES, "CHANGELOG.md"])
def test_nothing_is_left_of_a_merge(document: str) -> None:
    lines = (PROJECT / document).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if re.match(r"<{7} |={7}$|>{7} ", line)] == []


@every_readme
def test_every_setting_is_documented_and_every_variable_exists(readme: str) -> None:
    text = text_of(readme)
    settings = {f"POINTWARD_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"POINTWARD_[A-Z_]+", text)) == settings | BESIDE_SETTINGS
    [heading] = [words for _, words in headings(text) if words in ("Configuration", "配置")]
    assert first_cells(text, heading) == settings | BESIDE_SETTINGS


@every_readme
@pytest.mark.parametrize("table", TABLES)
def test_the_keys_of_city_toml_are_those_that_are_accepted(readme: str, table: str, tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text(TABLES[table])
    with pytest.raises(InvalidInput) as refusal:
        describe(tmp_path)
    assert refusal.value.values["keys"] == "zz"
    known = set(str(refusal.value.values["known"]).split(", ")) - {"zz"}
    assert first_cells(text_of(readme), f"`{table}`") == known


@every_readme
def test_every_city_toml_that_is_shown_is_accepted(readme: str, tmp_path: Path) -> None:
    text = text_of(readme)
    shown = blocks(text, "toml") + re.findall(r"city\.toml <<'END'\n(.*?)^END$", text, flags=re.DOTALL | re.MULTILINE)
    assert len(shown) >= 2
    for content in shown:
        (tmp_path / "city.toml").write_text(content, encoding="utf-8")
        describe(tmp_path)


@every_readme
def test_every_kind_of_finding_is_named(readme: str) -> None:
    named = set(code_of(text_of(readme)))
    assert {*BLOCKS, *NOTICES} <= named


@every_readme
def test_the_addresses_are_those_of_the_service(readme: str) -> None:
    paths = create_app(Settings(database_url="sqlite:///never-opened.sqlite")).openapi()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert {code for code in code_of(text_of(readme)) if re.match(r"(GET|POST|PUT|PATCH|DELETE) /", code)} == routes


@every_readme
def test_every_link_leads_somewhere(readme: str) -> None:
    text = text_of(readme)
    anchors = {anchor(words) for _, words in headings(text)}
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    for link in links:
        if link.startswith("#"):
            assert link[1:] in anchors
        elif not link.startswith(("http://", "https://")):
            assert (PROJECT / link).exists(), link
    assert sum(link.endswith(".png") for link in links) >= 2
    [other] = set(READMES) - {readme}
    assert other in links[:1]


@every_readme
def test_the_contents_name_every_section(readme: str) -> None:
    sections = [words for level, words in headings(text_of(readme)) if level == 2][1:]
    assert re.findall(r"^- \[(.+)\]\(#", text_of(readme), flags=re.MULTILINE) == sections


def test_both_readmes_have_the_same_sections_tables_and_commands() -> None:
    texts = [text_of(readme) for readme in READMES]
    assert len({tuple(level for level, _ in headings(text)) for text in texts}) == 1
    assert len({text.count("\n|---") for text in texts}) == 1
    names = [
        [[word for word in words if word not in ("--lang", "zh", "en")] for words in commands(text)] for text in texts
    ]
    assert names[0] == names[1]


def test_the_pictures_are_small_enough_to_load() -> None:
    pictures = sorted((PROJECT / "docs" / "pictures").glob("*.png"))
    assert pictures
    for picture in pictures:
        content = picture.read_bytes()
        assert len(content) < 300_000
        assert int.from_bytes(content[16:20]) <= 1440  # the width in a PNG's header
