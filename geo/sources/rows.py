"""Rows of a file: what each says, by the keys of city.toml, and what of it cannot be used."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from geo.codes import CODE_LIMIT, is_code
from geo.errors import InvalidInput, SourceError
from geo.findings import find
from geo.model import Finding
from geo.sources.description import FileSource
from geo.sources.limits import Limits
from geo.sources.tables import Table, read_table
from geo.wording import Phrase

UNKNOWN_WORD = Phrase(zh="“{value}”无法识别；可填：{known}", en="'{value}' is not known; give one of: {known}")
NOT_WHOLE = Phrase(
    zh="“{value}”不是 -{limit} 至 {limit} 之间的整数；请改正",
    en="'{value}' is no whole number from -{limit} to {limit}; correct it",
)
NOT_METRES = Phrase(
    zh="“{value}”不是 0 至 {limit} 之间的数；请以米为单位填写",
    en="'{value}' is no number from 0 to {limit}; give metres",
)
WHOLE_LIMIT = 1_000_000
# Python reads 1_20 as 120; in a table it is a slip.
WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
DECIMAL = re.compile(r"\d{1,9}(\.\d{1,20})?", re.ASCII)
FIELDS_SHOWN = 20

Value = TypeVar("Value")
Default = TypeVar("Default")


@dataclass(slots=True)
class Row:
    """A row that is being read: `texts` has what it says by key, `findings` gathers what is wrong with it.

    Its `number` is None where it stands in no file, and `source.file` is what it is called.
    """

    source: FileSource
    number: int | None
    texts: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)

    def parsed(self, key: str, parse: Callable[[str], Value], default: Default) -> Value | Default:
        """The value of a key, or the default where the row is silent or cannot be understood, which is a finding."""
        if key not in self.texts:
            return default
        try:
            return parse(self.texts[key])
        except InvalidInput as error:
            self.refuse(key, error)
            return default

    def needed(self, key: str) -> str | None:
        """The text of a key that every row must have."""
        if key not in self.texts:
            self.tell("value-missing", field=self.source.columns[key])
        return self.texts.get(key)

    def code(self, key: str = "code") -> str | None:
        """The code of the row, None when it has none that can be used, which is a finding."""
        code = self.texts.get(key)
        if code is None:
            self.tell("row-without-code", field=self.source.columns[key])
        elif not is_code(code):
            self.tell("bad-code", code=repr(code[:CODE_LIMIT]), limit=CODE_LIMIT)
            return None
        return code

    def refuse(self, key: str, error: InvalidInput) -> None:
        """A finding: the value of a key cannot be used."""
        self.tell("value-refused", field=self.source.columns[key], zh=error.say("zh"), en=error.say("en"))

    def take_findings(self) -> list[Finding]:
        """What was found since it was last asked."""
        taken, self.findings = self.findings, []
        return taken

    def tell(self, kind: str, *, code: str | None = None, area_m2: float | None = None, **values: str | float) -> None:
        """A finding about this row."""
        file = self.source.file
        self.findings.append(find(kind, source=file, row=self.number, code=code, area_m2=area_m2, **values))


def read_rows(source: FileSource, limits: Limits) -> tuple[list[Row], list[Finding]]:
    """The rows of a table that hold anything; an empty line at the end of a sheet is none."""
    table, findings = open_table(source, limits)
    return list(rows_of(source, table)) if table else [], findings


def open_table(source: FileSource, limits: Limits, more: Collection[str] = ()) -> tuple[Table | None, list[Finding]]:
    """The columns of a table and `more` that must be there; None and a finding when it cannot be used."""
    if not source.path.is_file():
        return None, [find("missing-file", source=source.file)]
    try:
        table = read_table(source.path, {*source.columns.values(), *more}, limits)
    except SourceError as error:
        return None, [find("unreadable-file", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    missing = missing_fields(source.file, [*source.required, *more], table.fields)
    return (None if missing else table), missing


def rows_of(source: FileSource, table: Table) -> Iterator[Row]:
    """The rows of a table that hold anything."""
    for row in every_row(source, table):
        if row.texts:
            yield row


def every_row(source: FileSource, table: Table) -> Iterator[Row]:
    """All rows of a table, counted from 1."""
    columns = {key: table.column(column) for key, column in source.columns.items()}
    for index in range(table.rows):
        texts = {key: text for key, column in columns.items() if (text := column[index]) is not None}
        yield Row(source, index + 1, texts)


def missing_fields(file: str, named: Collection[str], known: Collection[str]) -> list[Finding]:
    """A finding for each field that city.toml names and the file does not have."""
    shown = ", ".join(list(known)[:FIELDS_SHOWN]) or "–"
    absent = [field for field in dict.fromkeys(named) if field not in known]
    return [find("missing-field", source=file, field=field, known=shown) for field in absent]


def word_of(known: Mapping[str, Value]) -> Callable[[str], Value]:
    """A parser for one of these words, in any case."""

    def parse(text: str) -> Value:
        plain = text.lower().replace(" ", "_")
        if plain not in known:
            raise InvalidInput(UNKNOWN_WORD, value=text, known=", ".join(known))
        return known[plain]

    return parse


def whole_number(text: str) -> int:
    """The whole number in a text; raises InvalidInput."""
    if WHOLE.fullmatch(text) is None or abs(int(text)) > WHOLE_LIMIT:
        raise InvalidInput(NOT_WHOLE, value=text, limit=WHOLE_LIMIT)
    return int(text)


def metres(text: str, *, limit_m: float) -> float:
    """The metres in a text; raises InvalidInput."""
    if DECIMAL.fullmatch(text) is None or float(text) > limit_m:
        raise InvalidInput(NOT_METRES, value=text, limit=limit_m)
    return float(text)
