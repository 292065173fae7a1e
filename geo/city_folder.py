"""A city's folder becomes a city's map: everything is read, and everything wrong is told at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from geo.datum import Datum, parse_datum
from geo.errors import UnknownDatum
from geo.findings import find
from geo.model import City, CityMap, Finding, Policy, Scheme, Severity
from geo.sources.areas import PlacedArea, areas_of_level
from geo.sources.city_toml import describe
from geo.sources.description import Description, RecordSource, UnitSource
from geo.sources.entries import Entry, read_entries
from geo.sources.hierarchy import coverage_findings, with_parents
from geo.sources.limits import USUAL, Limits
from geo.sources.records import read_records
from geo.sources.section import FILE
from geo.sources.unit_tables import read_units
from geo.sources.unit_tree import grow, tree_troubles, unite
from geo.wording import Phrase

__all__ = ["Intake", "Limits", "Progress", "read_city"]

READING = Phrase(zh="读取", en="reading")
CHECKING = Phrase(zh="检查", en="checking")

Source = TypeVar("Source", UnitSource, RecordSource)
Found = TypeVar("Found")
Tell = Callable[[Phrase, str], None]
Progress = Callable[[Phrase, str, int, int], None]
"""Told what is being done, with which file or level, how many steps are done and how many there are."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What reading a city's folder gave; `city_map` is None when a finding blocks."""

    city_map: CityMap | None
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        """Whether something was found that must be put right first."""
        return any(finding.severity is Severity.BLOCK for finding in self.findings)


def read_city(folder: Path, *, limits: Limits = USUAL, progress: Progress | None = None) -> Intake:
    """The map that a folder with a city.toml describes, and everything that was found on the way.

    What the files hold never raises: it is a finding, and all are collected before this returns.

    Raises
    ------
    SourceError, InvalidInput
        city.toml is missing or cannot be used.
    """
    description = describe(folder)
    city = description.city
    tell = _Steps(description, progress).begin
    datum, findings = _city_datum(city)
    areas, troubles = _read_areas(description, datum, limits, tell)
    findings += troubles
    placed_units, troubles = _read_each(description.units, tell, lambda source: read_units(source, limits))
    findings += troubles
    zone = ZoneInfo(city.timezone)
    records, troubles = _read_each(
        description.records, tell, lambda source: read_records(source, city_datum=datum, zone=zone, limits=limits)
    )
    findings += troubles

    units, troubles = unite(placed_units)
    findings += troubles
    territory = next(scheme for scheme in description.schemes if scheme.code == city.territory)
    served, tree = grow(city, territory, [placed.area for placed in areas], units)
    findings += tree_troubles(tree, placed_units, areas)
    if made := len(tree) - len(units):
        findings.append(find("made-units-without-contact", count=made))

    intake = Intake(None, tuple(findings))
    if intake.blocks or datum is None:
        return intake
    city_map = CityMap(
        city=replace(city, datum=datum.code),
        schemes=description.schemes,
        units=tuple(tree[code] for code in sorted(tree)),
        areas=tuple(served),
        records=tuple(records),
    )
    return replace(intake, city_map=city_map)


class _Steps:
    """Tells progress: a step for each file and for each level."""

    def __init__(self, description: Description, progress: Progress | None) -> None:
        files = len(description.areas) + len(description.units) + len(description.records)
        self._total = files + sum(len(scheme.levels) for scheme in description.schemes)
        self._done = 0
        self._progress = progress

    def begin(self, phrase: Phrase, subject: str) -> None:
        if self._progress is not None:
            self._progress(phrase, subject, self._done, self._total)
        self._done += 1


def _city_datum(city: City) -> tuple[Datum | None, list[Finding]]:
    try:
        return parse_datum(city.datum), []
    except UnknownDatum as error:
        return None, [find("unknown-datum", source=FILE, zh=error.say("zh"), en=error.say("en"))]


def _read_each(
    sources: Sequence[Source], tell: Tell, read: Callable[[Source], tuple[list[Found], list[Finding]]]
) -> tuple[list[Found], list[Finding]]:
    """What all the files hold, and what is wrong with them."""
    found, findings = [], []
    for source in sources:
        tell(READING, source.file)
        more, troubles = read(source)
        found += more
        findings += troubles
    return found, findings


def _read_areas(
    description: Description, datum: Datum | None, limits: Limits, tell: Tell
) -> tuple[list[PlacedArea], list[Finding]]:
    """All areas by scheme, level and code, with their parents."""
    entries: dict[tuple[str, str], list[Entry]] = {}
    findings: list[Finding] = []
    for source in description.areas:
        tell(READING, source.file)
        found, troubles = read_entries(source, city_datum=datum, limits=limits)
        entries.setdefault((source.scheme, source.level), []).extend(found)
        findings += troubles
    areas: list[PlacedArea] = []
    for scheme in description.schemes:
        above: list[PlacedArea] = []
        for number, level in enumerate(scheme.levels):
            tell(CHECKING, f"{scheme.code}/{level.code}")
            below, troubles = areas_of_level(scheme, number, entries[scheme.code, level.code])
            findings += troubles
            above, troubles = _check_level(scheme, below, above, description.city.policy)
            findings += troubles
            areas += above
    return areas, findings


def _check_level(
    scheme: Scheme, areas: list[PlacedArea], above: Sequence[PlacedArea], policy: Policy
) -> tuple[list[PlacedArea], list[Finding]]:
    """The areas of a level with their parents, and how well they cover the ground."""
    if not areas:  # a block says why
        return areas, []
    troubles: list[Finding] = []
    if above:
        areas, troubles = with_parents(scheme, areas, above)
    return areas, [*troubles, *coverage_findings(areas, above, policy)]
