"""Entries of one level become its areas: one area for each code."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.codes import code_length, name_of
from geo.findings import find
from geo.model import Area, Finding, Scheme
from geo.sources.description import AREA_FIELDS
from geo.sources.entries import Entry, united


@dataclass(frozen=True, slots=True)
class PlacedArea:
    """An area and where it was first read. Parent, unit and steward are as the file says, not yet known to exist."""

    area: Area
    file: str
    row: int | None


def areas_of_level(scheme: Scheme, level: int, entries: Sequence[Entry]) -> tuple[list[PlacedArea], list[Finding]]:
    """The areas of a level (0 the coarsest) by code, and what is wrong with their codes and their unity."""
    areas, findings = [], []
    for entry, troubles in united(entries, AREA_FIELDS):
        findings += [*_length_trouble(scheme, level, entry), *troubles]
        areas.append(_placed(scheme, level, entry))
    return areas, findings


def _length_trouble(scheme: Scheme, level: int, entry: Entry) -> list[Finding]:
    if scheme.code_split is None or len(entry.code) == (expected := code_length(scheme.code_split, level)):
        return []
    return [
        find(
            "code-length",
            source=entry.row.source.file,
            row=entry.row.number,
            code=entry.code,
            length=len(entry.code),
            expected=expected,
            level=scheme.levels[level].code,
        )
    ]


def _placed(scheme: Scheme, level: int, entry: Entry) -> PlacedArea:
    area = Area(
        scheme=scheme.code,
        level=scheme.levels[level].code,
        code=entry.code,
        name=name_of(entry.texts.get("name", entry.code), entry.texts.get("name_en")),
        boundary=entry.boundary,
        parent=entry.texts.get("parent"),
        unit=entry.texts.get("unit"),
        steward=entry.texts.get("steward"),
    )
    return PlacedArea(area, entry.row.source.file, entry.row.number)
