"""The findings for whoever watches, and as JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.findings import Floor, Section
from benchmarks.timing import Measured


def show(console: Console, section: Section) -> None:
    """Prints one table, what must hold of it, and what is missing."""
    table = Table(section.title, section.unit, "spread", "median", "", box=None, title_justify="left")
    for name, measured in section.lines.items():
        spread = f"{_figure(measured.slowest)} to {_figure(measured.fastest)}"
        table.add_row(
            escape(name), _figure(measured.rate), spread, f"{measured.median_s:.3f} s", section.details.get(name, "")
        )
    console.print(table)
    for floor in section.floors:
        style = "green" if floor.holds else "red"
        console.print(f"  [{style}]{'holds' if floor.holds else 'FAILS'}[/]  {escape(told(floor))}")
    for name, reason in section.missing.items():
        console.print(f"  [yellow]missing[/]  {escape(name)}: {escape(reason)}")
    for note in section.notes:
        console.print(f"  [dim]{escape(note)}[/]")
    console.print()


def told(floor: Floor) -> str:
    """A floor in words."""
    relation = "at most" if floor.at_most else "at least"
    return f"{floor.says}: {floor.value:.2f} {floor.unit}, {relation} {floor.limit:g}"


def write_json(path: Path, machine: Mapping[str, str], sections: Sequence[Section]) -> None:
    """Writes everything that was measured."""
    document = {"machine": dict(machine), "sections": [_section(section) for section in sections]}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _section(section: Section) -> dict[str, Any]:
    return {
        "code": section.code,
        "title": section.title,
        "unit": section.unit,
        "lines": {name: _line(one) | _detail(section, name) for name, one in section.lines.items()},
        "floors": [_floor(one) for one in section.floors],
        "missing": dict(section.missing),
        "notes": list(section.notes),
    }


def _line(measured: Measured) -> dict[str, Any]:
    seconds = [round(one, 6) for one in measured.seconds]
    return {"count": measured.count, "rate": round(measured.rate, 1), "seconds": seconds}


def _detail(section: Section, name: str) -> dict[str, str]:
    return {"detail": section.details[name]} if name in section.details else {}


def _floor(floor: Floor) -> dict[str, Any]:
    relation = "at most" if floor.at_most else "at least"
    value = round(floor.value, 3)
    return {"says": floor.says, "value": value, "unit": floor.unit, relation: floor.limit, "holds": floor.holds}


def _figure(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"
