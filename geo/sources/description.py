"""What a city.toml says: the city, its schemes, and which file and which fields hold what."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geo.model import City, Scheme
from geo.roads import StripKind
from geo.sources.files import suffix_of
from geo.wording import Name

AREA_FIELDS = ("name", "name_en", "parent", "unit", "steward")
TABLE_SUFFIXES = (".csv", ".csv.gz", ".parquet")
UNIT_FIELDS = ("name", "name_en", "kind", "parent", "telephone")
CATEGORY_FIELDS = ("name", "name_en", "parent", "branch", "nature")
PLACE_FIELDS = ("area", "checkpoint", "halo", "strip")
CLAIM_FIELDS = (
    "id", "unit", "role", "categories", *PLACE_FIELDS, "post", "executor", "hours", "priority", "source", "valid_from",
    "valid_to",
)  # fmt: skip
CHECKPOINT_FIELDS = ("name", "name_en", "type", "unit", "principal", "governance", "manager", "halo_m")
COMPONENT_FIELDS = (
    "id", "category", "owner", "maintainer", "competent", "state", "since", "changed", "source", "note",
)  # fmt: skip
GOLDEN_FIELDS = ("code", "accuracy", "category", "at", "verdict", "unit", "rung", "why", "fact")
ADDRESS_FIELDS = ("code", "road", "number", "estate", "building", "alias")
SUBJECT_FIELDS = ("area", "checkpoint", "segment")
POST_FIELDS = ("kind", "unit", *SUBJECT_FIELDS, "title", "title_en")
PERSON_FIELDS = ("name", "name_en", "telephone")
HOLDER_FIELDS = ("post", "person", "capacity", "hours", "valid_from", "valid_to", "source")
SEGMENT_FIELDS = ("code", "road", "road_en", "class", "start", "start_en", "end", "end_en")

Widths = Mapping[str, tuple[tuple[StripKind, float], ...]]
"""By road class: the strips from the middle outwards and their metres, both sides alike."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file whose rows have a value for each key.

    `columns` has the column (the property, in a layer) of each key; it need not be there. `required` are the columns
    that must be: those that city.toml names itself, and the few without which nothing can be read.
    """

    file: str
    path: Path
    columns: Mapping[str, str]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayerSource(FileSource):
    """A file whose rows may have a geometry; `layer` names one of several, `datum` what its numbers are in."""

    layer: str | None
    datum: str | None


@dataclass(frozen=True, slots=True)
class AreaSource:
    """A file of areas of one level."""

    layer: LayerSource
    scheme: str
    level: str

    @property
    def file(self) -> str:
        """The file as named in city.toml."""
        return self.layer.file


@dataclass(frozen=True, slots=True)
class ContactColumn:
    """A contact of every unit of a file: what it is called, and the column of its telephone."""

    title: str
    telephone: str


@dataclass(frozen=True, slots=True)
class UnitSource:
    """A table of units."""

    table: FileSource
    contacts: tuple[ContactColumn, ...]

    @property
    def file(self) -> str:
        """The file as named in city.toml."""
        return self.table.file


@dataclass(frozen=True, slots=True)
class CheckpointSource:
    """A file of sites. `halo_m` holds for those that do not say."""

    layer: LayerSource
    halo_m: float

    @property
    def file(self) -> str:
        """The file as named in city.toml."""
        return self.layer.file


@dataclass(frozen=True, slots=True)
class SegmentSource:
    """A file of road segments, and the widths of their classes."""

    layer: LayerSource
    widths: Widths

    @property
    def file(self) -> str:
        """The file as named in city.toml."""
        return self.layer.file


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
    """All of a city.toml. `city.datum` is as written, not yet known to exist.

    With `default_categories` the files of categories are laid over the built-in ones.
    """

    city: City
    schemes: tuple[Scheme, ...]
    areas: tuple[AreaSource, ...]
    units: tuple[UnitSource, ...]
    records: tuple[RecordSource, ...]
    default_categories: bool
    categories: tuple[FileSource, ...]
    checkpoints: tuple[CheckpointSource, ...]
    segments: tuple[SegmentSource, ...]
    claims: tuple[LayerSource, ...]
    addresses: tuple[LayerSource, ...]
    components: tuple[LayerSource, ...]
    golden: tuple[LayerSource, ...]
    posts: tuple[FileSource, ...]
    people: tuple[FileSource, ...]
    holders: tuple[FileSource, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that the city lists, as named."""
        lists = (
            self.areas, self.units, self.records, self.categories, self.checkpoints, self.segments, self.claims,
            self.addresses, self.components, self.golden, self.posts, self.people, self.holders,
        )  # fmt: skip
        return tuple(source.file for sources in lists for source in sources)
