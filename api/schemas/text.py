"""Text that people write and read: a name, a reason, a document's number."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from geo.codes import is_plain


def _plain(value: str) -> str:
    stripped = value.strip()
    if not stripped:
        raise PydanticCustomError("text_blank", "the text is blank")
    if not is_plain(stripped):
        raise PydanticCustomError("text_control", "the text has control characters")
    return stripped


def _paragraphs(value: str) -> str:
    lines = value.replace("\r\n", "\n").strip().split("\n")
    return "\n".join([_plain(lines[0]), *(_plain(line) if line.strip() else "" for line in lines[1:])])


PLAIN = AfterValidator(_plain)
"""Stripped; blank text and text with control characters, line breaks or halves of surrogate pairs is refused.

Of a field that may be left out it stands after the limits, `Annotated[str, Field(max_length=40), PLAIN] | None`, for
else these count items and not characters.
"""

PARAGRAPHS = AfterValidator(_paragraphs)
"""As `PLAIN`, but with line breaks."""

Text = Annotated[str, PLAIN]


def _lines(value: str) -> str:
    lines = value.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    if lines == [""]:
        raise PydanticCustomError("text_blank", "the text is blank")
    if not all(is_plain(line) for line in lines):
        raise PydanticCustomError("text_control_in_lines", "the text has control characters")
    return "\n".join(lines)


LINES = AfterValidator(_lines)
"""Like `PLAIN` for text of several lines: line breaks are fine, and kept as one character each."""
