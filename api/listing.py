"""Lists of what the map holds: filtered, sorted by key, page by page, of one edition."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict

from api.atlas_holder import View
from api.deps import atlas_at, reply
from api.paging import Cursor, Key, Limit, page
from api.schemas.asof import AsOf
from geo.atlas import Atlas
from geo.wording import Lang

Item = TypeVar("Item")
Shown = TypeVar("Shown")


class Page(BaseModel, Generic[Shown]):
    """A page of a list; `next` is the address of the following one."""

    model_config = ConfigDict(extra="forbid")

    items: list[Shown]
    next: str | None
    edition: int


class Listed(AsOf):
    """The parameters that every list of the map has."""

    limit: Limit = 100
    after: Cursor = None


async def reply_list(
    request: Request,
    view: View,
    query: Listed,
    lang: Lang,
    *,
    select: Callable[[Atlas], Sequence[Item]],
    key: Callable[[Item], Key],
    show: Callable[[Item, Lang], dict[str, Any]],
) -> Response:
    """One page of the items that `select` finds in the atlas, in the order of `key`."""
    atlas = await atlas_at(view, at=query.at, known_at=query.known_at, edition=query.edition)
    # A map keeps the order of its files; a cursor needs that of the keys.
    shown, following = page(
        request, sorted(select(atlas), key=key), key=key, limit=query.limit, after=query.after, edition=atlas.edition.id
    )
    items = [show(item, lang) for item in shown]
    return reply(request, {"items": items, "next": following, "edition": atlas.edition.id})


def matching(items: Sequence[Item], query: Listed, *fields: str) -> list[Item]:
    """The items whose fields have the values that the query names; an empty value names nothing."""
    wanted = {field: value for field in fields if (value := getattr(query, field))}
    return [item for item in items if all(getattr(item, field) == value for field, value in wanted.items())]
