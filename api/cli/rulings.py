"""rulings, permits: what was decided of disputed places, and approved exceptions."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from api.cli.options import JsonOption, LangOption, open_view, write_json
from api.cli.terminal import language, table
from api.schemas.rulings import permit_from_domain, ruling_from_domain
from geo.register.roster import Roster
from geo.wording import Lang

Entry = TypeVar("Entry")


def rulings(json: JsonOption = False, lang: LangOption = None) -> None:
    """Lists rulings, those that have ended too. 裁定列表，含已失效的。"""
    columns = ("id", "unit", "categories", "ground", "decided_at", "valid_to", "source")
    _list(lambda roster: roster.rulings.values(), ruling_from_domain, columns, json=json, lang=lang)


def permits(json: JsonOption = False, lang: LangOption = None) -> None:
    """Lists permits, those that have ended too. 审批列表，含已到期的。"""
    columns = ("id", "holder", "categories", "ground", "valid_from", "valid_to", "source")
    _list(lambda roster: roster.permits.values(), permit_from_domain, columns, json=json, lang=lang)


def _list(
    entries: Callable[[Roster], Iterable[Entry]],
    show: Callable[[Entry, Lang], dict[str, Any]],
    columns: tuple[str, ...],
    *,
    json: bool,
    lang: str | None,
) -> None:
    view = open_view()
    said = language(lang, view.latest.city.language)
    items = [show(one, said) for one in entries(view.register.roster(view.register.number))]
    items.sort(key=lambda item: str(item["id"]))
    if json:
        write_json(items)
    else:
        table(columns, [[_cell(item[column]) for column in columns] for item in items])


def _cell(value: object) -> object:
    match value:
        case list():
            return ";".join(value)
        case {"kind": kind, "key": list(key)}:
            return " ".join([str(kind), "/".join(key)])
    return value
