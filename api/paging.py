"""Keyset paging: a cursor names the last key shown, so a page is never skipped or repeated."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import orjson
from fastapi import Request
from pydantic import Field

from geo.errors import InvalidInput
from geo.wording import Phrase

Item = TypeVar("Item")
Key = tuple[Any, ...]
Limit = Annotated[int, Field(ge=1, le=1000, description="items a page | 每页条数", examples=[100])]
Cursor = Annotated[
    str | None,
    Field(max_length=2000, description="from `next` of the page before | 游标，取自上一页的 next"),
]

BAD_CURSOR = Phrase(
    zh="after = {value} 不是本列表给出的游标；请照抄上一页的 next",
    en="after {value} is no cursor of this list; take it from the page before (next)",
)


def page(
    request: Request,
    items: Sequence[Item],
    *,
    key: Callable[[Item], Key],
    limit: int,
    after: str | None,
    edition: int | None,
) -> tuple[Sequence[Item], str | None]:
    """One page of items sorted by key, and the address of the next page, which stays on `edition`."""
    start = 0
    if after is not None:
        last = _decode(after, like=key(items[0]) if items else ())
        start = next((i for i, item in enumerate(items) if key(item) > last), len(items))
    shown = items[start : start + limit]
    if start + limit >= len(items):
        return shown, None
    query = {**request.query_params, "after": _encode(key(shown[-1]))}
    if edition is not None:
        query["edition"] = str(edition)
    return shown, f"{request.url.path}?{urlencode(query)}"


def _encode(key: Key) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def _decode(cursor: str, *, like: Key) -> Key:
    try:
        key = tuple(orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))))
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidInput(BAD_CURSOR, value=repr(cursor[:80])) from error
    if like and [type(part) for part in key] != [type(part) for part in like]:
        raise InvalidInput(BAD_CURSOR, value=repr(cursor[:80]))
    return key
