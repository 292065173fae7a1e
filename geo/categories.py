"""The tree of categories (问题类别): kinds of problems, each a component (部件) or an event (事件)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from geo.errors import InvalidInput
from geo.wording import Name, Phrase

UNKNOWN_CATEGORY = Phrase(
    zh="没有编码为 {value} 的问题类别；可用 /v1/categories 或 python main.py categories 查看",
    en="there is no category {value}; see /v1/categories or python main.py categories",
)


class Branch(StrEnum):
    """A component is a thing that stands there and is owned; an event is something that happens on the ground."""

    COMPONENT = "component"
    EVENT = "event"


class Nature(StrEnum):
    """A static problem stays until it is mended; a dynamic one comes and goes and is rechecked at the same hour."""

    STATIC = "static"
    DYNAMIC = "dynamic"


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of problem. `parent` is the code of the branch above it, None for a major."""

    code: str
    name: Name
    branch: Branch
    nature: Nature
    parent: str | None = None


class CategoryTree:
    """The categories of a city, immutable."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self.by_code: Mapping[str, Category] = MappingProxyType({one.code: one for one in categories})

    def chain(self, code: str) -> tuple[str, ...]:
        """The category and every branch above it, deepest first.

        Raises
        ------
        InvalidInput
            The city has no such category.
        """
        if code not in self.by_code:
            raise InvalidInput(UNKNOWN_CATEGORY, value=repr(code[:80]))
        chain = []
        above: str | None = code
        while above is not None:
            chain.append(above)
            above = self.by_code[above].parent
        return tuple(chain)
