"""Values of a file as text: codes and names."""

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date

import orjson

from geo.wording import Name

CODE_LIMIT = 200
IDENTIFIER = re.compile(r"[\w-]{1,40}")  # codes of schemes, levels and record sets: they become column names
UNPRINTED = frozenset({"Cc", "Cs", "Zl", "Zp"})
CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def text_of(value: object) -> str | None:
    """A value as text, stripped; None when nothing is there.

    Numbers read as a person writes them (7.0 is `7`), true and false in lower case, lists and tables as JSON.
    """
    match value:
        case None:
            return None
        case str():
            return value.strip() or None
        case bool():
            return "true" if value else "false"
        case float():
            if math.isnan(value):
                return None
            return str(int(value)) if value.is_integer() else repr(value)
        case date():
            return value.isoformat()
        case list() | dict():
            return orjson.dumps(value).decode()
    return str(value)


def is_code(text: str) -> bool:
    """Whether a text can be a code: at most 200 characters, none of them a control character."""
    return 0 < len(text) <= CODE_LIMIT and not any(unicodedata.category(character) == "Cc" for character in text)


def is_plain(text: str) -> bool:
    """Whether a text has neither control characters, line breaks nor halves of surrogate pairs."""
    return not any(unicodedata.category(character) in UNPRINTED for character in text)


def is_identifier(text: str) -> bool:
    """Whether a text can name a scheme, a level or a record set: 1 to 40 letters, digits, `_` and `-`."""
    return IDENTIFIER.fullmatch(text) is not None


def code_length(code_split: Sequence[int], level: int) -> int:
    """Characters of a code at a level (0 the coarsest): the split gives what each level adds."""
    return sum(code_split[: level + 1])


def is_chinese(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return CHINESE.search(text) is not None


def name_of(text: str, text_en: str | None = None) -> Name:
    """The name in a text, with its English form when that is known.

    Alone, a text with a Chinese character is the Chinese name, any other the English one.
    """
    if text_en is None and not is_chinese(text):
        return Name(en=text)
    return Name(zh=text, en=text_en)
