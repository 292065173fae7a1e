"""Imports go one way: main > api > maps > geo, and inside api: app, cli > routes > services > storage."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
OURS = {"main", "api", "maps", "geo"}

# A part may import itself and what stands behind it. A module is of the longest part that begins its name.
MAY_IMPORT = {
    "geo": set(),
    "maps": {"geo"},
    "api.settings": {"geo"},
    "api.schemas": {"geo"},
    "api.storage": {"geo"},
    "api.services": {"geo", "maps", "api.storage"},
    "api": {
        "geo",
        "maps",
        "api.schemas",
        "api.settings",
        "api.storage",
        "api.services",
    },  # deps, errors, atlas_holder …
    "api.routes": {"geo", "maps", "api", "api.schemas", "api.settings", "api.storage", "api.services"},
    "api.cli": {"geo", "maps", "api", "api.app", "api.schemas", "api.settings", "api.storage", "api.services"},
    "api.app": {"geo", "maps", "api", "api.routes", "api.schemas", "api.settings", "api.storage", "api.services"},
    "main": {"api.app", "api.cli"},
}

# The product knows neither the web nor the database, so that a notebook or another service can use it.
NOT_IN_GEO = {"alembic", "branca", "fastapi", "folium", "geoalchemy2", "jinja2", "psycopg", "pydantic"} | {
    "pydantic_settings",
    "sqlalchemy",
    "starlette",
    "typer",
    "uvicorn",
}


def part_of(module: str) -> str:
    """The part that a module of ours belongs to."""
    return max((part for part in MAY_IMPORT if f"{module}.".startswith(f"{part}.")), key=len)


def imported(source: str) -> Iterator[str]:
    """Every module that a file imports, at its top, inside functions and for types only."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole module"
            # `from api import app` imports the module api.app; `from geo.model import Area` is not one, and no harm.
            yield from (f"{node.module}.{name.name}" for name in node.names)


def wrong_imports(module: str, source: str) -> list[str]:
    """The imports of a module's source that run up."""
    part = part_of(module)
    wrong = []
    for name in imported(source):
        package = name.split(".")[0]
        if (package in OURS and part_of(name) not in {part, *MAY_IMPORT[part]}) or (
            part == "geo" and package in NOT_IN_GEO
        ):
            wrong.append(f"{module} imports {name}")
    return wrong


def modules() -> list[Path]:
    """Every file of the program."""
    return [PROJECT / "main.py", *(path for folder in sorted(OURS) for path in (PROJECT / folder).rglob("*.py"))]


def test_no_import_runs_up() -> None:
    wrong = []
    for path in modules():
        module = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        wrong += wrong_imports(module, path.read_text())
    assert wrong == []
    assert len(modules()) > len(OURS)


def test_the_tables_load_without_the_web_stack() -> None:
    program = "import sys, api.storage.migrate; print(*{'fastapi', 'starlette', 'uvicorn', 'folium'} & {*sys.modules})"
    loaded = subprocess.check_output([sys.executable, "-c", program], cwd=PROJECT, text=True)
    assert loaded == "\n"
    assert (PROJECT / "api" / "__init__.py").read_text() == ""


def test_the_command_line_loads_what_only_some_commands_need_when_they_run() -> None:
    slow = {"alembic", "fastapi", "folium", "jinja2", "openpyxl", "pandas", "pyogrio", "starlette", "uvicorn"}
    program = f"import sys, api.cli, api.storage.record_contents; print(*{slow} & {{*sys.modules}})"
    loaded = subprocess.check_output([sys.executable, "-c", program], cwd=PROJECT, text=True)
    assert loaded == "\n"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("geo.atlas", "import maps"),
        ("geo.atlas", "from sqlalchemy import select"),
        ("maps.heat", "from api.services import asking"),
        ("api.storage.map_store", "import api.services.publishing"),
        ("api.storage.map_store", "from maps import heat"),
        ("api.services.asking", "from api import deps"),
        ("api.services.asking", "from api.schemas.answer import Answer"),
        ("api.schemas.answer", "from api.storage.tables import area"),
        ("api.routes.lookup", "def late():\n    from api.app import create_app"),
        ("api.deps", "from api.routes import lookup"),
        ("api.app", "import api.cli"),
        ("api.app", "import main"),
    ],
)
def test_an_import_that_runs_up_is_found(module: str, source: str) -> None:
    assert len(wrong_imports(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("api.routes.lookup", "from api.services import asking"),
        ("api.services.publishing", "from api.storage.map_store import load_map"),
        ("api.storage.map_store", "from api.storage import tables"),
        ("main", "from api.app import create_app"),
        ("geo.atlas", "import numpy"),
        ("maps.heat", "from geo.model import Area"),
    ],
)
def test_an_import_that_runs_down_is_not(module: str, source: str) -> None:
    assert wrong_imports(module, source) == []
