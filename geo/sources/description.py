"""What a city.toml says: the city, its schemes, and which file and which fields hold what."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geo.model import City, Scheme
from geo.sources.files import suffix_of
from geo.wording import Name

AREA_FIELDS = ("name", "name_en", "parent", "unit", "steward")
TABLE_SUFFIXES = (".csv", ".csv.gz", ".parquet")
UNIT_FIELDS = ("name", "name_en", "kind", "parent", "telephone")


@dataclass(frozen=True, slots=True)
class AreaSource:
    """A file of areas of one level. `fields`: the property for `code` and those of `AREA_FIELDS` that are named."""

    file: str
    path: Path
    scheme: str
    level: str
    layer: str | None
    datum: str | None
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ContactColumn:
    """A contact of every unit of a file: what it is called, and the column of its telephone."""

    title: str
    telephone: str


@dataclass(frozen=True, slots=True)
class UnitSource:
    """A table of units. `fields`: the column for `code` and those of `UNIT_FIELDS` that are named."""

    file: str
    path: Path
    fields: Mapping[str, str]
    contacts: tuple[ContactColumn, ...]


@dataclass(frozen=True, slots=True)
class RecordSource:
    """A file of records with positions: of points (GeoJSON), or a table with columns for lon and lat."""

    file: str
    path: Path
    code: str
    name: Name
    lon: str
    lat: str
    datum: str | None
    category: str | None
    at: str | None

    @property
    def is_table(self) -> bool:
        """Whether positions stand in columns."""
        return suffix_of(self.file) in TABLE_SUFFIXES


@dataclass(frozen=True, slots=True)
class Description:
    """All of a city.toml. `city.datum` is as written, not yet known to exist."""

    city: City
    schemes: tuple[Scheme, ...]
    areas: tuple[AreaSource, ...]
    units: tuple[UnitSource, ...]
    records: tuple[RecordSource, ...]
