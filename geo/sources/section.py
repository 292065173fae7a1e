"""Tables of city.toml, read strictly: a key that nobody asks for is an error, not a silent slip of the pen."""

from collections.abc import Collection
from typing import TypeVar

from geo.codes import is_identifier, name_of
from geo.errors import InvalidInput
from geo.wording import Name, Phrase

FILE = "city.toml"

Value = TypeVar("Value")

UNKNOWN_KEYS = Phrase(
    zh="city.toml 的 {where} 中有无法识别的键：{keys}；此处可用：{known}",
    en="city.toml has unknown keys in {where}: {keys}; known here: {known}",
)
MISSING_KEY = Phrase(
    zh="city.toml 的 {where} 缺少 {key}；请补上",
    en="city.toml lacks {key} in {where}; add it",
)
WRONG_VALUE = Phrase(
    zh="city.toml 的 {where} 中 {key} = {value} 不可用；应为：{expected}",
    en="city.toml has {key} = {value} in {where}; it must be {expected}",
)
NOT_A_MEMBER = Phrase(
    zh="city.toml 的 {where} 中 {key} = {value} 无法识别；可填：{known}",
    en="city.toml has {key} = {value} in {where}, which is not known; give one of: {known}",
)
OUT_OF_RANGE = Phrase(
    zh="city.toml 的 {where} 中 {key} = {value} 不可用；应为 {low} 至 {high} 之间的数",
    en="city.toml has {key} = {value} in {where}; it must be a number from {low} to {high}",
)
A_TABLE = Phrase(zh="表", en="a table")
TABLES = Phrase(zh="表的数组（双方括号）", en="an array of tables (double brackets)")
TEXT = Phrase(zh="非空文字", en="a text that is not empty")
IDENTIFIER = Phrase(zh="1 至 40 个字母、数字、汉字、_ 或 -", en="1 to 40 letters, digits, _ or -")
FLAG = Phrase(zh="true 或 false", en="true or false")
NAME = Phrase(zh="文字，或含 zh、en 的表", en="a text, or a table with zh and en")
COUNTS = Phrase(zh="正整数的数组", en="a list of whole numbers above 0")
TEXTS = Phrase(zh="非空文字的数组，每项只出现一次", en="a list of texts, each of them once")


class Section:
    """A table of city.toml that remembers which keys were asked for; `where` names it in messages."""

    def __init__(self, table: object, where: str) -> None:
        if not isinstance(table, dict):
            raise InvalidInput(WRONG_VALUE, where=FILE, key=where, value=repr(table), expected=A_TABLE)
        self.where = where
        self._table = table
        self._asked: set[str] = set()

    def close(self) -> None:
        """Nothing, when every key was asked for; else InvalidInput with those that were not."""
        if unknown := self._table.keys() - self._asked:
            raise InvalidInput(
                UNKNOWN_KEYS, where=self.where, keys=", ".join(sorted(unknown)), known=", ".join(sorted(self._asked))
            )

    def wrong(self, key: str, expected: Phrase) -> InvalidInput:
        """The error for a value that cannot be used, with what it must be."""
        return InvalidInput(WRONG_VALUE, where=self.where, key=key, value=repr(self._table[key]), expected=expected)

    def text(self, key: str) -> str | None:
        """A text, stripped; None when the key is absent."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, TEXT)
        return value.strip()

    def required_text(self, key: str) -> str:
        """A text that must be there."""
        return self._required(key, self.text(key))

    def identifier(self, key: str, default: str) -> str:
        """The code of a scheme, a level or a record set."""
        text = self.text(key)
        if text is not None and not is_identifier(text):
            raise self.wrong(key, IDENTIFIER)
        return text or default

    def member(self, key: str, known: Collection[str]) -> str | None:
        """A text that must be one of these; None when the key is absent."""
        text = self.text(key)
        if text is not None and text not in known:
            raise InvalidInput(NOT_A_MEMBER, where=self.where, key=key, value=repr(text), known=", ".join(known))
        return text

    def required_member(self, key: str, known: Collection[str]) -> str:
        """A text that must be there and one of these."""
        return self._required(key, self.member(key, known))

    def number(self, key: str, default: float, *, low: float = 0.0, high: float = 1e9) -> float:
        """A number in [low, high]."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
            raise InvalidInput(OUT_OF_RANGE, where=self.where, key=key, value=repr(value), low=low, high=high)
        return float(value)

    def flag(self, key: str) -> bool:
        """true or false; false when absent."""
        value = self._take(key)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(key, FLAG)
        return value is True

    def counts(self, key: str) -> tuple[int, ...] | None:
        """A list of whole numbers above 0; None when the key is absent."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, list) or not value or not all(type(count) is int and count > 0 for count in value):
            raise self.wrong(key, COUNTS)
        return tuple(value)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of different texts, stripped; None when the key is absent."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, list) or not value or not all(isinstance(text, str) for text in value):
            raise self.wrong(key, TEXTS)
        texts = tuple(text.strip() for text in value)
        if not all(texts) or len(set(texts)) < len(texts):
            raise self.wrong(key, TEXTS)
        return texts

    def members(self, key: str, known: Collection[str]) -> tuple[str, ...] | None:
        """A list of different texts that must each be one of these; None when the key is absent."""
        texts = self.texts(key)
        for text in texts or ():
            if text not in known:
                raise InvalidInput(NOT_A_MEMBER, where=self.where, key=key, value=repr(text), known=", ".join(known))
        return texts

    def own_keys(self) -> list[str]:
        """The keys of a table whose keys are the city's own, in their order."""
        return list(self._table)

    def value(self, key: str) -> object:
        """A value as TOML has it; None when the key is absent."""
        return self._take(key)

    def name(self, key: str) -> Name | None:
        """A name: one text, filed as Chinese or English by its characters, or a table with zh and en."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, str) and value.strip():
            return name_of(value.strip())
        if not isinstance(value, dict) or not value:
            raise self.wrong(key, NAME)
        table = Section(value, f"{self.where} {key}")
        name = Name(zh=table.text("zh"), en=table.text("en"))
        table.close()
        return name

    def required_name(self, key: str) -> Name:
        """A name that must be there."""
        return self._required(key, self.name(key))

    def table(self, key: str) -> "Section":
        """A table inside, named by its key; empty when absent."""
        value = self._take(key)
        return Section({} if value is None else value, f"[{key}]")

    def tables(self, key: str) -> list["Section"]:
        """The tables of an array, named by their number from 1; none when absent."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(key, TABLES)
        return [Section(table, f"[[{key}]] {number}") for number, table in enumerate(value, start=1)]

    def _take(self, key: str) -> object:
        self._asked.add(key)
        return self._table.get(key)

    def _required(self, key: str, value: Value | None) -> Value:
        if value is None:
            raise InvalidInput(MISSING_KEY, where=self.where, key=key)
        return value
