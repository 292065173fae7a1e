"""Coded features with ground: of areas and of sites. Those with one code are one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon

from geo.datum import Datum
from geo.findings import find, say_rows
from geo.model import Finding
from geo.shapes import polygons_only
from geo.sources.description import LayerSource
from geo.sources.features import Drawn
from geo.sources.layers import read_features
from geo.sources.limits import Limits
from geo.sources.rows import Row


@dataclass(frozen=True, slots=True)
class Entry:
    """A usable feature. `row.texts` has what the file says of it."""

    row: Row
    code: str
    boundary: MultiPolygon

    @property
    def texts(self) -> Mapping[str, str]:
        """What the file says of it, by the key of city.toml (`name`, `parent`, …)."""
        return self.row.texts


def read_entries(source: LayerSource, *, city_datum: Datum | None, limits: Limits) -> tuple[list[Entry], list[Finding]]:
    """The usable features of a file, and everything that is wrong with the file and with them."""
    features, findings = read_features(source, Drawn.AREAS, city_datum=city_datum, limits=limits)
    entries = []
    for feature in features:
        code = feature.row.code()
        boundary = feature.ground(code)
        if code is not None and boundary is not None:
            entries.append(Entry(feature.row, code, boundary))
        findings += feature.row.take_findings()
    return entries, findings


def united(entries: Sequence[Entry], keys: Sequence[str]) -> Iterator[tuple[Entry, list[Finding]]]:
    """One entry for each code, by code, with everything that its features say; and what is wrong with their unity."""
    by_code: dict[str, list[Entry]] = {}
    for entry in entries:
        by_code.setdefault(entry.code, []).append(entry)
    for code in sorted(by_code):
        same = by_code[code]
        findings = _conflicts(same, keys)
        if len(same) > 1:
            rows = say_rows([entry.row.number for entry in same])
            first = same[0].row
            findings.append(
                find(
                    "features-merged",
                    source=first.source.file,
                    row=first.number,
                    code=code,
                    count=len(same),
                    rows=rows,
                )
            )
        yield _merged(same), findings


def _conflicts(same: Sequence[Entry], keys: Sequence[str]) -> list[Finding]:
    """A finding for each key in which entries with one code differ; what one of them leaves out is no difference."""
    findings = []
    for key in keys:
        told = [entry for entry in same if key in entry.texts]
        for entry in told[1:]:
            if entry.texts[key] != told[0].texts[key]:
                first, second = told[0].texts[key], entry.texts[key]
                findings.append(
                    find(
                        "code-conflict",
                        source=entry.row.source.file,
                        row=entry.row.number,
                        code=entry.code,
                        field=key,
                        first=first,
                        second=second,
                    )
                )
    return findings


def _merged(same: Sequence[Entry]) -> Entry:
    first = same[0]
    texts = {key: entry.texts[key] for entry in reversed(same) for key in entry.texts}
    boundary = first.boundary
    if len(same) > 1:
        boundary = polygons_only(shapely.union_all([entry.boundary for entry in same])) or boundary
    return Entry(Row(first.row.source, first.row.number, texts), first.code, boundary)
