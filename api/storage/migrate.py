"""Brings a database to the tables of this version, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from api.storage.errors import NotMigrated
from geo.wording import Phrase

UNKNOWN_REVISION = Phrase(
    zh="数据库无法升级：{reason}；它可能由更新的程序版本建立，请改用该版本",
    en="the database cannot be migrated: {reason}; a newer version of the program may have made it: use that one",
)

PROJECT = Path(__file__).resolve().parents[2]


def upgrade(url: str) -> None:
    """Nothing; the database has the tables of this version. Of several who do it at once, one does the work.

    Raises
    ------
    NotMigrated
        The database is of a version that this one does not know.
    """
    try:
        command.upgrade(_config(url), "head")
    except CommandError as error:
        raise NotMigrated(UNKNOWN_REVISION, reason=error) from error


def _config(url: str) -> Config:
    """The settings of pyproject.toml, from whatever folder the program was started in."""
    config = Config(toml_file=PROJECT / "pyproject.toml")
    config.set_main_option("script_location", str(PROJECT / "migrations").replace("%", "%%"))
    config.attributes["url"] = url
    return config
