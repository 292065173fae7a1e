"""A city's folder becomes a city's map: everything is read, and everything wrong is told at once."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from geo.categories import Category
from geo.datum import Datum, parse_datum
from geo.errors import UnknownDatum
from geo.findings import find
from geo.model import CityMap, Finding, Severity
from geo.settling import Gathered, settle_city
from geo.sources.addresses import read_addresses
from geo.sources.areas import PlacedArea, areas_of_level
from geo.sources.categories import DEFAULT, branch_out, read_categories
from geo.sources.checkpoints import place_sites, read_checkpoints
from geo.sources.city_toml import describe
from geo.sources.claim_rows import read_claims
from geo.sources.components import read_components
from geo.sources.description import Description
from geo.sources.entries import Entry, read_entries
from geo.sources.golden import read_golden
from geo.sources.hierarchy import check_level
from geo.sources.holders import NO_STAFF, Staff, read_holders, read_people, settle_staff
from geo.sources.limits import USUAL, Limits
from geo.sources.posts import read_posts
from geo.sources.records import read_records
from geo.sources.section import FILE
from geo.sources.segments import lay_out, read_segments
from geo.sources.unit_tables import read_units
from geo.sources.unit_tree import unite
from geo.wording import Phrase

__all__ = ["Intake", "Limits", "Progress", "read_city"]

READING = Phrase(zh="读取", en="reading")
CHECKING = Phrase(zh="检查", en="checking")


class Source(Protocol):
    """What city.toml says of one file."""

    @property
    def file(self) -> str:
        """The file as named in city.toml."""


SomeSource = TypeVar("SomeSource", bound=Source)
Found = TypeVar("Found")
Item = TypeVar("Item")
Tell = Callable[[Phrase, str], None]
Progress = Callable[[Phrase, str, int, int], None]
"""Told what is being done, with which file or level, how many steps are done and how many there are."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What reading a city's folder gave: the map, None when a finding blocks, and the staff for the register."""

    city_map: CityMap | None
    findings: tuple[Finding, ...]
    staff: Staff = NO_STAFF

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
    return _Reading(description, limits, progress).read()


class _Reading:
    """One city being read; what is found on the way gathers."""

    def __init__(self, description: Description, limits: Limits, progress: Progress | None) -> None:
        self.description = description
        self.city = description.city
        self._findings: list[Finding] = []
        self._limits = limits
        self._datum = self._city_datum()
        self._zone = ZoneInfo(self.city.timezone)
        self._tell = _Steps(description, progress).begin

    def read(self) -> Intake:
        """The map, and everything that was found."""
        description, city = self.description, self.city
        placed_areas = self._areas()
        placed_units = self._each(description.units, partial(read_units, limits=self._limits))
        records = self._each(
            description.records,
            partial(read_records, city_datum=self._datum, zone=self._zone, limits=self._limits),
        )
        units = self._keep(unite(placed_units))
        categories = self._categories()
        features = self._each(
            description.checkpoints, partial(read_checkpoints, city_datum=self._datum, limits=self._limits)
        )
        sites = self._keep(place_sites(features, city.policy.checkpoint_types))
        drawings = self._each(description.segments, partial(read_segments, city_datum=self._datum, limits=self._limits))
        segments = self._keep(lay_out(drawings, city.policy.road_classes))
        placed_claims = self._each(
            description.claims, partial(read_claims, city_datum=self._datum, zone=self._zone, limits=self._limits)
        )
        placed_addresses = self._each(
            description.addresses, partial(read_addresses, city_datum=self._datum, limits=self._limits)
        )
        placed_components = self._each(
            description.components, partial(read_components, city_datum=self._datum, limits=self._limits)
        )
        placed_golden = self._each(
            description.golden, partial(read_golden, city_datum=self._datum, zone=self._zone, limits=self._limits)
        )
        placed_posts = self._each(description.posts, partial(read_posts, limits=self._limits))
        gathered = Gathered(
            units=units,
            placed_units=placed_units,
            areas=placed_areas,
            records=records,
            categories=categories,
            sites=sites,
            segments=segments,
            claims=placed_claims,
            addresses=placed_addresses,
            posts=placed_posts,
            components=placed_components,
            golden=placed_golden,
        )
        datum = city.datum if self._datum is None else self._datum.code
        city_map = self._keep(settle_city(replace(city, datum=datum), description.schemes, gathered))
        staff = self._staff({post.code for post in city_map.posts})
        intake = Intake(city_map, tuple(self._findings), staff)
        return replace(intake, city_map=None) if intake.blocks else intake

    def _keep(self, outcome: tuple[Found, list[Finding]]) -> Found:
        """What came out; what was found on the way is kept."""
        found, findings = outcome
        self._findings += findings
        return found

    def _each(
        self, sources: Sequence[SomeSource], read: Callable[[SomeSource], tuple[list[Item], list[Finding]]]
    ) -> list[Item]:
        """What all the files hold."""
        items = []
        for source in sources:
            self._tell(READING, source.file)
            items += self._keep(read(source))
        return items

    def _city_datum(self) -> Datum | None:
        try:
            return parse_datum(self.city.datum)
        except UnknownDatum as error:
            self._findings.append(find("unknown-datum", source=FILE, zh=error.say("zh"), en=error.say("en")))
            return None

    def _areas(self) -> list[PlacedArea]:
        """All areas by scheme, level and code, with their parents."""
        entries: dict[tuple[str, str], list[Entry]] = {}
        for source in self.description.areas:
            self._tell(READING, source.file)
            found = self._keep(read_entries(source.layer, city_datum=self._datum, limits=self._limits))
            entries.setdefault((source.scheme, source.level), []).extend(found)
        areas: list[PlacedArea] = []
        for scheme in self.description.schemes:
            above: list[PlacedArea] = []
            for number, level in enumerate(scheme.levels):
                self._tell(CHECKING, f"{scheme.code}/{level.code}")
                below = self._keep(areas_of_level(scheme, number, entries[scheme.code, level.code]))
                above = self._keep(check_level(scheme, below, above, self.city.policy))
                areas += above
        return areas

    def _staff(self, posts: Collection[str]) -> Staff:
        people = self._each(self.description.people, partial(read_people, limits=self._limits))
        holders = self._each(self.description.holders, partial(read_holders, zone=self._zone, limits=self._limits))
        return self._keep(settle_staff(people, holders, posts))

    def _categories(self) -> list[Category]:
        """The city's categories, with the built-in ones if it wants them."""
        default = self._keep(read_categories(DEFAULT, self._limits)) if self.description.default_categories else []
        rows = self._each(self.description.categories, partial(read_categories, limits=self._limits))
        return self._keep(branch_out(rows, default))


class _Steps:
    """Tells progress: a step for each file and for each level."""

    def __init__(self, description: Description, progress: Progress | None) -> None:
        levels = sum(len(scheme.levels) for scheme in description.schemes)
        self._total = len(description.files) + levels
        self._done = 0
        self._progress = progress

    def begin(self, phrase: Phrase, subject: str) -> None:
        if self._progress is not None:
            self._progress(phrase, subject, self._done, self._total)
        self._done += 1
