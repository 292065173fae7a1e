"""[[categories]]: tables of kinds of problems, and the tree that they form."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from geo.categories import Branch, Category, Nature
from geo.codes import name_of
from geo.findings import find
from geo.model import Finding
from geo.sources.ancestry import circles, upwards
from geo.sources.description import CATEGORY_FIELDS, FileSource
from geo.sources.limits import Limits
from geo.sources.rows import Row, read_rows, word_of

BRANCHES: Mapping[str, Branch] = MappingProxyType(
    {branch.value: branch for branch in Branch} | {"部件": Branch.COMPONENT, "事件": Branch.EVENT}
)
NATURES: Mapping[str, Nature] = MappingProxyType(
    {nature.value: nature for nature in Nature} | {"静态": Nature.STATIC, "动态": Nature.DYNAMIC}
)
NATURE_OF: Mapping[Branch, Nature] = MappingProxyType(
    {Branch.COMPONENT: Nature.STATIC, Branch.EVENT: Nature.DYNAMIC}
)  # where neither a category nor a branch above it says
APART = re.compile(r"[;；、,，\s]+")

# The majors that most cities count with and their common minors, as a start: they claim no conformance to a standard.
DEFAULT = FileSource(
    file="categories.csv",
    path=Path(__file__).parents[1] / "data" / "categories.csv",
    columns=MappingProxyType({key: key for key in ("code", *CATEGORY_FIELDS)}),
    required=("code", *CATEGORY_FIELDS),
)


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category as a row has it: what is None is taken from the branch above."""

    code: str
    texts: Mapping[str, str]
    branch: Branch | None
    nature: Nature | None
    parent: str | None
    file: str
    row: int | None


def codes_in(text: str) -> tuple[str, ...]:
    """The codes of categories in a text, each once, in their order: `0101; 0102`, 0101、0102."""
    return tuple(dict.fromkeys(filter(None, APART.split(text))))


def read_categories(source: FileSource, limits: Limits) -> tuple[list[CategoryRow], list[Finding]]:
    """The categories of a table, and everything that is wrong with it.

    A column that city.toml does not name is read under its own name (`name`, `branch`, …) where the table has it.
    """
    rows, findings = read_rows(source, limits)
    categories = []
    for row in rows:
        if (category := category_row(row)) is not None:
            categories.append(category)
        findings += row.findings
    return categories, findings


def category_row(row: Row) -> CategoryRow | None:
    """The category of a row; None when it has no usable code, which is told."""
    code = row.code()
    branch = row.parsed("branch", word_of(BRANCHES), None)
    nature = row.parsed("nature", word_of(NATURES), None)
    if code is None:
        return None
    return CategoryRow(code, row.texts, branch, nature, row.texts.get("parent"), row.source.file, row.number)


def branch_out(
    city_rows: Sequence[CategoryRow], default_rows: Iterable[CategoryRow]
) -> tuple[list[Category], list[Finding]]:
    """All categories by code, those of the city instead of built-in ones with their code; and what is wrong.

    A category without a parent stands below the longest other code that its own begins with.
    """
    own: dict[str, CategoryRow] = {}
    findings = []
    for row in city_rows:
        first = own.setdefault(row.code, row)
        findings += _conflicts(first, row)
    rows = {row.code: row for row in default_rows} | own
    parents = {code: rows[code].parent or _prefix_of(code, rows) for code in rows}
    findings += [
        find("unknown-parent-category", source=rows[code].file, row=rows[code].row, code=code, parent=parent)
        for code, parent in parents.items()
        if parent is not None and parent not in rows
    ]
    rings = circles(parents)
    findings += [find("category-cycle", code=circle[0], chain=" → ".join(circle)) for circle in rings]
    # Told and cut off, so that the rest of the tree can be looked at, and claims on these categories.
    cut = {circle[0] for circle in rings}
    parents = {code: None if code in cut or parent not in rows else parent for code, parent in parents.items()}
    categories: dict[str, Category] = {}
    for code in sorted(rows, key=lambda code: (len(upwards(code, parents)), code)):  # branches before their twigs
        above = categories.get(parents[code] or "")
        category, troubles = _category(rows[code], parents[code], above)
        findings += troubles
        categories[code] = category
    return [categories[code] for code in sorted(categories)], findings


def _category(row: CategoryRow, parent: str | None, above: Category | None) -> tuple[Category, list[Finding]]:
    findings = []
    branch = row.branch or (above.branch if above else None)
    if branch is None:
        if "branch" not in row.texts:  # a word that is not known was told already
            findings.append(find("category-without-branch", source=row.file, row=row.row, code=row.code))
        branch = Branch.EVENT  # blocked anyway; what stands below is to be told about its own troubles only
    elif above is not None and branch is not above.branch:
        findings.append(find("category-branches-mixed", source=row.file, row=row.row, code=row.code, parent=above.code))
    nature = row.nature or (above.nature if above else NATURE_OF[branch])
    name = name_of(row.texts.get("name", row.code), row.texts.get("name_en"))
    return Category(row.code, name, branch, nature, parent), findings


def _conflicts(first: CategoryRow, row: CategoryRow) -> list[Finding]:
    return [
        find(
            "code-conflict",
            source=row.file,
            row=row.row,
            code=row.code,
            field=field,
            first=first.texts.get(field, ""),
            second=row.texts.get(field, ""),
        )
        for field in CATEGORY_FIELDS
        if first.texts.get(field) != row.texts.get(field)
    ]


def _prefix_of(code: str, known: Mapping[str, object]) -> str | None:
    return next((code[:length] for length in range(len(code) - 1, 0, -1) if code[:length] in known), None)
