"""[[components]]: files of registered things, as a table with lon and lat or as points."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from geo.categories import Branch, Category
from geo.components import Component, ComponentState, category_in
from geo.datum import Datum
from geo.findings import find, say_rows
from geo.model import Finding, Unit
from geo.sources.description import LayerSource
from geo.sources.limits import Limits
from geo.sources.placing import place
from geo.sources.points import Points, open_points
from geo.sources.rows import Row, every_row, word_of

STATES: Mapping[str, ComponentState] = MappingProxyType(
    {state.value: state for state in ComponentState}
    | {
        "完好": ComponentState.IN_USE, "正常": ComponentState.IN_USE, "在用": ComponentState.IN_USE,
        "破损": ComponentState.DAMAGED, "损坏": ComponentState.DAMAGED,
        "丢失": ComponentState.LOST, "缺失": ComponentState.LOST,
        "废除": ComponentState.REMOVED, "移除": ComponentState.REMOVED, "拆除": ComponentState.REMOVED,
    }
)  # fmt: skip


Odd = dict[str, list[int | None]]
"""Rows by what is curious about them."""


@dataclass(frozen=True, slots=True)
class PlacedComponent:
    """A component and where it was read. Its category and units are as the file says, not yet known to exist."""

    component: Component
    row: Row


def read_components(
    source: LayerSource, *, city_datum: Datum | None, limits: Limits
) -> tuple[list[PlacedComponent], list[Finding]]:
    """The components of a file that have an id, a category and a usable position, and what is wrong with the file."""
    opened, findings = open_points(source, city_datum=city_datum, limits=limits)
    return _components(source, *opened) if opened else ([], findings)


def keep_components(
    placed: Sequence[PlacedComponent], categories: Sequence[Category], units: Mapping[str, Unit]
) -> tuple[list[Component], list[Finding]]:
    """The components by id; and which ids stand for several, which categories and units do not exist."""
    branches = {category.code: category.branch for category in categories}
    first: dict[str, PlacedComponent] = {}
    findings: list[Finding] = []
    wrong: dict[tuple[str, str, str], list[int | None]] = {}
    for one in placed:
        component, row = one.component, one.row
        if component.id in first:
            where = first[component.id].row
            row.tell("code-repeated", code=component.id, first=f"{where.source.file}, {where.number}")
            findings += row.take_findings()
            continue
        first[component.id] = one
        for kind, value in _unknown(component, branches, units):
            wrong.setdefault((kind, row.source.file, value), []).append(row.number)
    findings += [
        find(kind, source=file, row=rows[0], value=value, count=len(rows), rows=say_rows(rows))
        for (kind, file, value), rows in wrong.items()
    ]
    return [first[code].component for code in sorted(first)], findings


def _unknown(component: Component, branches: Mapping[str, Branch], units: Collection[str]) -> Sequence[tuple[str, str]]:
    """What a component names that does not exist, by the kind of finding, each value once."""
    found = []
    branch = branches.get(component.category)
    if branch is None:
        found.append(("unknown-component-category", component.category))
    elif branch is not Branch.COMPONENT:
        found.append(("component-of-event", component.category))
    named = dict.fromkeys((component.owner, component.maintainer, component.competent))
    found += [("unknown-component-unit", unit) for unit in named if unit is not None and unit not in units]
    return found


def _components(source: LayerSource, points: Points, datum: Datum) -> tuple[list[PlacedComponent], list[Finding]]:
    lon, lat, possible = place(datum, lon=points.lon, lat=points.lat)
    placed: list[PlacedComponent] = []
    findings: list[Finding] = []
    odd: Odd = {}
    for index, row in enumerate(every_row(source, points.table)):
        if not row.texts:
            continue
        if not possible[index]:
            odd.setdefault("components-skipped", []).append(row.number)
            continue
        component = _component(row, lon=float(lon[index]), lat=float(lat[index]), odd=odd)
        if component is not None:
            placed.append(PlacedComponent(component, row))
        findings += row.take_findings()
    return placed, [*findings, *_curious(source.file, odd)]


def component_of(row: Row, *, lon: float, lat: float) -> tuple[Component | None, list[Finding]]:
    """The component of a single row, at a place in WGS 84; and what is curious about it."""
    odd: Odd = {}
    component = _component(row, lon=lon, lat=lat, odd=odd)
    return component, _curious(row.source.file, odd)


def _curious(file: str, odd: Odd) -> list[Finding]:
    return [find(kind, source=file, row=rows[0], count=len(rows), rows=say_rows(rows)) for kind, rows in odd.items()]


def _component(row: Row, *, lon: float, lat: float, odd: Odd) -> Component | None:
    """The component of a row, None when it has no id or no category; rows with a curiosity are added to `odd`."""
    code = row.code("id")
    if code is None:
        return None
    held = category_in(code)
    category = row.texts.get("category", held)
    if category is None:
        row.needed("category")
        return None
    if held is None:
        odd.setdefault("component-ids-odd", []).append(row.number)
    # A local extension of a category has more digits than an id can hold.
    elif not category.startswith(held):
        odd.setdefault("component-ids-contradict", []).append(row.number)
    texts = row.texts
    since, changed = _day(texts.get("since")), _day(texts.get("changed"))
    if ("since" in texts and since is None) or ("changed" in texts and changed is None):
        odd.setdefault("component-days-unread", []).append(row.number)
    return Component(
        id=code,
        category=category,
        lon=lon,
        lat=lat,
        state=row.parsed("state", word_of(STATES), ComponentState.IN_USE),
        owner=texts.get("owner"),
        maintainer=texts.get("maintainer"),
        competent=texts.get("competent"),
        since=since,
        changed=changed,
        source=texts.get("source"),
        note=texts.get("note"),
    )


def _day(text: str | None) -> date | None:
    """The day in a text, with or without a time; None when there is none."""
    try:
        return datetime.fromisoformat(text.replace("/", "-")).date() if text is not None else None
    except ValueError:
        return None
