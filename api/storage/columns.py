"""Column types that behave alike on both databases: times in UTC, and text that both can keep."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from api.storage.errors import UnstorableText
from geo.wording import Phrase

CODE_LIMIT = 200

CANNOT_KEEP = Phrase(
    zh="文本 {value} 含有空字符或不完整的字符（U+0000、U+D800–U+DFFF），数据库无法保存；请删去该字符",
    en="the text {value} holds a NUL or half a character (U+0000, U+D800 to U+DFFF), which the database cannot keep; "
    "remove it",
)
CODE_TOO_LONG = Phrase(
    zh="编码 {value} 长 {length} 个字符，超过 {limit} 个的上限；请改用较短的编码",
    en="the code {value} has {length} characters, above the limit of {limit}; use a shorter code",
)


def as_utc(moment: datetime) -> datetime:
    """The same moment in UTC; one without time zone is a mistake of ours, never of a caller."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without time zone reached the database: {moment!r}")
    return moment.astimezone(UTC)


class UtcTime(TypeDecorator[datetime]):
    """An aware moment, kept and read in UTC to the microsecond."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else as_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite keeps no time zone; PostgreSQL answers in that of its session.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text of any length: a name, a note, a telephone."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        # PostgreSQL refuses NUL, and both drivers half a surrogate pair, in the middle of a transaction.
        if value is not None and ("\0" in value or not _is_utf8(value)):
            raise UnstorableText(CANNOT_KEEP, value=ascii(value))
        return value


class Code(Words):
    """Text that is part of a key. An index of PostgreSQL holds at most 2,704 bytes a row: three codes of 200 fit."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and len(value) > CODE_LIMIT:
            raise UnstorableText(CODE_TOO_LONG, value=ascii(value[:40]), length=len(value), limit=CODE_LIMIT)
        return super().process_bind_param(value, dialect)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
