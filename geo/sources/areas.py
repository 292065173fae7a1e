"""Entries of one level become its areas: one area for each code."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from geo.codes import code_length, name_of
from geo.findings import find, say_rows
from geo.model import Area, Finding, Scheme
from geo.shapes import polygons_only
from geo.sources.description import AREA_FIELDS
from geo.sources.entries import Entry


@dataclass(frozen=True, slots=True)
class PlacedArea:
    """An area and where it was first read. Parent, unit and steward are as the file says, not yet known to exist."""

    area: Area
    file: str
    row: int


def areas_of_level(scheme: Scheme, level: int, entries: Sequence[Entry]) -> tuple[list[PlacedArea], list[Finding]]:
    """The areas of a level (0 the coarsest) by code, and what is wrong with their codes and their unity."""
    by_code: dict[str, list[Entry]] = {}
    for entry in entries:
        by_code.setdefault(entry.code, []).append(entry)
    areas, findings = [], []
    for code in sorted(by_code):
        same = by_code[code]
        findings += _length_trouble(scheme, level, same[0])
        findings += _conflicts(same)
        if len(same) > 1:
            rows = say_rows([entry.row for entry in same])
            findings.append(
                find("features-merged", source=same[0].file, row=same[0].row, code=code, count=len(same), rows=rows)
            )
        areas.append(_merged(scheme, level, same))
    return areas, findings


def _length_trouble(scheme: Scheme, level: int, entry: Entry) -> list[Finding]:
    if scheme.code_split is None or len(entry.code) == (expected := code_length(scheme.code_split, level)):
        return []
    return [
        find(
            "code-length",
            source=entry.file,
            row=entry.row,
            code=entry.code,
            length=len(entry.code),
            expected=expected,
            level=scheme.levels[level].code,
        )
    ]


def _conflicts(same: Sequence[Entry]) -> list[Finding]:
    """A finding for each field in which entries with one code differ; what one of them leaves out is no difference."""
    findings = []
    for key in AREA_FIELDS:
        told = [entry for entry in same if key in entry.texts]
        for entry in told[1:]:
            if entry.texts[key] != told[0].texts[key]:
                first, second = told[0].texts[key], entry.texts[key]
                findings.append(
                    find(
                        "code-conflict",
                        source=entry.file,
                        row=entry.row,
                        code=entry.code,
                        field=key,
                        first=first,
                        second=second,
                    )
                )
    return findings


def _merged(scheme: Scheme, level: int, same: Sequence[Entry]) -> PlacedArea:
    first = same[0]
    texts = {key: entry.texts[key] for entry in reversed(same) for key in entry.texts}
    boundary = first.boundary
    if len(same) > 1:
        boundary = polygons_only(shapely.union_all([entry.boundary for entry in same])) or boundary
    area = Area(
        scheme=scheme.code,
        level=scheme.levels[level].code,
        code=first.code,
        name=name_of(texts.get("name", first.code), texts.get("name_en")),
        boundary=boundary,
        parent=texts.get("parent"),
        unit=texts.get("unit"),
        steward=texts.get("steward"),
    )
    return PlacedArea(area, first.file, first.row)
