"""Refusals of the database, and the one place where driver errors become ours."""

import sqlite3

import psycopg
from psycopg import errors as postgres
from sqlalchemy.exc import DontWrapMixin

from geo.errors import GeoError, InvalidInput, NotAllowed
from geo.wording import Phrase

UNAVAILABLE = Phrase(
    zh="数据库 {url} 无法使用：{reason}；请检查服务是否运行、POINTWARD_DATABASE_URL 是否正确，然后重试",
    en="the database {url} cannot be used: {reason}; check that it runs and that POINTWARD_DATABASE_URL is right, "
    "then try again",
)
BUSY = Phrase(
    zh="数据库 {url} 正被另一项写入占用（最多等待 {limit} 秒）；请稍后重试",
    en="the database {url} is being written to by someone else (we wait up to {limit} seconds); try again later",
)
NOT_MIGRATED = Phrase(
    zh="数据库 {url} 的表结构不是当前版本（{reason}）；请运行：python main.py migrate",
    en="the tables of the database {url} are not those of this version ({reason}); run: python main.py migrate",
)
NO_POSTGIS = Phrase(
    zh="数据库 {url} 没有 PostGIS 扩展（{reason}）；请管理员在该库执行：CREATE EXTENSION postgis",
    en="the database {url} has no PostGIS ({reason}); have its administrator run: CREATE EXTENSION postgis",
)

HELD_ALREADY = Phrase(
    zh="该岗位在这段时间已有人任职；请先办理交接（hand-over），或改起止时间、班次",
    en="somebody else holds the post then; hand it over, or give another period or shift",
)

BUSY_LIMIT_S = 30


class StorageUnavailable(GeoError):
    """The database cannot be reached, is busy or is full; trying again may help."""

    slug = "storage-unavailable"


class NotMigrated(GeoError):
    """The database is there, and its tables are not those of this version."""

    slug = "not-migrated"


class UnstorableText(InvalidInput, DontWrapMixin):
    """A text that the two databases would not keep alike. SQLAlchemy passes it on as it is."""


def translated(error: BaseException, *, url: str) -> GeoError | None:
    """The refusal that a driver's error means, or None when it is a mistake of ours that must be seen as it is.

    `url` is named to people, so it must hold no password.
    """
    if isinstance(error, sqlite3.Error):
        return _from_sqlite(error, url=url)
    if isinstance(error, psycopg.Error):
        return _from_postgres(error, url=url)
    return None


def _from_sqlite(error: sqlite3.Error, *, url: str) -> GeoError | None:
    # The driver's own checks (a closed connection, a wrong parameter) carry no name.
    name: str = getattr(error, "sqlite_errorname", "")
    reason = str(error)
    if name == "SQLITE_CONSTRAINT_TRIGGER" and reason.startswith("the post is held"):
        return NotAllowed(HELD_ALREADY)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StorageUnavailable(BUSY, url=url, limit=BUSY_LIMIT_S)
    if reason.startswith(("no such table", "no such column")) or "has no column named" in reason:
        return NotMigrated(NOT_MIGRATED, url=url, reason=reason)
    if name.startswith(
        ("SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOTADB", "SQLITE_READONLY")
    ):
        return StorageUnavailable(UNAVAILABLE, url=url, reason=reason)
    return None


def _from_postgres(error: psycopg.Error, *, url: str) -> GeoError | None:
    reason = error.diag.message_primary or " ".join(str(error).split())
    if isinstance(error, (postgres.UndefinedTable, postgres.UndefinedColumn)):
        return NotMigrated(NOT_MIGRATED, url=url, reason=reason)
    if "extension" in reason and isinstance(error, (postgres.InsufficientPrivilege, postgres.FeatureNotSupported)):
        return StorageUnavailable(NO_POSTGIS, url=url, reason=reason)
    if isinstance(error, postgres.ExclusionViolation):
        return NotAllowed(HELD_ALREADY)
    if isinstance(error, postgres.ProgramLimitExceeded):
        return None
    # Class of everything that is nobody's mistake: no connection, server gone, disk full, too many clients, deadlock.
    if isinstance(error, psycopg.OperationalError):
        return StorageUnavailable(UNAVAILABLE, url=url, reason=reason)
    return None
