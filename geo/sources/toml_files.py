"""The files that city.toml lists: where each is, and which of its columns hold what."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from geo.codes import name_of
from geo.errors import InvalidInput
from geo.sources.description import (
    ADDRESS_FIELDS,
    AREA_FIELDS,
    CATEGORY_FIELDS,
    CHECKPOINT_FIELDS,
    CLAIM_FIELDS,
    COMPONENT_FIELDS,
    GOLDEN_FIELDS,
    HOLDER_FIELDS,
    PERSON_FIELDS,
    POST_FIELDS,
    SEGMENT_FIELDS,
    TABLE_SUFFIXES,
    UNIT_FIELDS,
    AreaSource,
    CheckpointSource,
    ContactColumn,
    FileSource,
    LayerSource,
    RecordSource,
    SegmentSource,
    UnitSource,
    Widths,
)
from geo.sources.files import locate, stem_of, suffix_of
from geo.sources.section import Section
from geo.sources.toml_policy import read_widths
from geo.wording import Phrase

WRONG_SUFFIX = Phrase(
    zh="city.toml 的 {where} 中文件“{file}”的格式不支持；可用的后缀：{known}",
    en="city.toml names the file '{file}' in {where}, whose format cannot be read here; known endings: {known}",
)
REPEATED_RECORDS = Phrase(
    zh="city.toml 的 {where} 重复使用了编码 {code}；请用 code 另给一个",
    en="city.toml uses the code {code} a second time in {where}; give another by its key code",
)
LAYER_SUFFIXES = (".geojson", ".json", ".geojson.gz", ".json.gz", ".gpkg", ".shp", ".zip")
ROW_SUFFIXES = (".csv", ".csv.gz", ".xlsx")
POINT_SUFFIXES = (".geojson", ".json", ".geojson.gz", ".json.gz")
RECORD_SUFFIXES = (*TABLE_SUFFIXES, *POINT_SUFFIXES)
HALO_LIMIT_M = 5_000.0


def area_source(section: Section, folder: Path) -> AreaSource:
    """A file of areas; of what city.toml does not name only `code` and `name` are looked for."""
    file, path = _file(section, folder, LAYER_SUFFIXES)
    named = _named(section, ("code", *AREA_FIELDS))
    columns = MappingProxyType({"code": "code", "name": "name", **named})
    required = tuple(dict.fromkeys([columns["code"], *named.values()]))
    layer = LayerSource(file, path, columns, required, section.text("layer"), section.text("datum"))
    scheme, level = section.identifier("scheme", "admin"), section.identifier("level", "area")
    section.close()
    return AreaSource(layer, scheme, level)


def unit_source(section: Section, folder: Path) -> UnitSource:
    """A table of units."""
    file, path = _file(section, folder, ROW_SUFFIXES)
    columns, required = _columns(section, ("code", *UNIT_FIELDS), needed=("code",))
    contacts = tuple(_contact(table) for table in section.tables("contacts"))
    section.close()
    return UnitSource(FileSource(file, path, columns, required), contacts)


def category_source(section: Section, folder: Path) -> FileSource:
    """A table of categories."""
    return _table_source(section, folder, ("code", *CATEGORY_FIELDS), needed=("code",))


def post_source(section: Section, folder: Path) -> FileSource:
    """A table of posts."""
    return _table_source(section, folder, ("code", *POST_FIELDS), needed=("code", "kind", "unit"))


def person_source(section: Section, folder: Path) -> FileSource:
    """A table of people."""
    return _table_source(section, folder, ("code", *PERSON_FIELDS), needed=("code",))


def holder_source(section: Section, folder: Path) -> FileSource:
    """A table of who holds which post."""
    return _table_source(section, folder, HOLDER_FIELDS, needed=("post", "person"))


def claim_source(section: Section, folder: Path) -> LayerSource:
    """A table of claims, or a layer of their own polygons."""
    needed = ("unit", "role", "categories")
    file, path = _file(section, folder, (*ROW_SUFFIXES, *LAYER_SUFFIXES))
    if suffix_of(file) not in ROW_SUFFIXES:
        return _layer_source(section, folder, LAYER_SUFFIXES, CLAIM_FIELDS, needed)
    columns, required = _columns(section, CLAIM_FIELDS, needed)
    section.close()
    return LayerSource(file, path, columns, required, layer=None, datum=None)


def checkpoint_source(section: Section, folder: Path) -> CheckpointSource:
    """A file of sites; `halo` is how far the halo reaches of those that do not say."""
    halo_m = section.number("halo", 0.0, high=HALO_LIMIT_M)
    source = _layer_source(section, folder, LAYER_SUFFIXES, ("code", *CHECKPOINT_FIELDS), ("code",))
    return CheckpointSource(source, halo_m)


def segment_source(section: Section, folder: Path, city_widths: Widths) -> SegmentSource:
    """A file of road segments; its widths of a class take the place of the city's."""
    widths = read_widths(section.table("widths"))
    source = _layer_source(section, folder, LAYER_SUFFIXES, SEGMENT_FIELDS, ())
    return SegmentSource(source, MappingProxyType({**city_widths, **widths}))


def address_source(section: Section, folder: Path) -> LayerSource:
    """A file of addresses: a table with columns for lon and lat, or points."""
    return _point_source(section, folder, ADDRESS_FIELDS, ())


def component_source(section: Section, folder: Path) -> LayerSource:
    """A file of components: a table with columns for lon and lat, or points."""
    return _point_source(section, folder, COMPONENT_FIELDS, ("id",))


def golden_source(section: Section, folder: Path) -> LayerSource:
    """A file of golden places: a table with columns for lon and lat, or points."""
    return _point_source(section, folder, GOLDEN_FIELDS, ("verdict", "rung", "why"))


def record_sources(sections: Sequence[Section], folder: Path) -> tuple[RecordSource, ...]:
    """The files of records, each with a code of its own."""
    sources: dict[str, RecordSource] = {}
    for section in sections:
        source = _record_source(section, folder)
        if source.code in sources:
            raise InvalidInput(REPEATED_RECORDS, where=section.where, code=source.code)
        sources[source.code] = source
    return tuple(sources.values())


def _record_source(section: Section, folder: Path) -> RecordSource:
    file, path = _file(section, folder, RECORD_SUFFIXES)
    code = section.identifier("code", re.sub(r"[^\w-]+", "-", stem_of(file))[:40] or "records")
    source = RecordSource(
        file=file,
        path=path,
        code=code,
        name=section.name("name") or name_of(code),
        lon=section.text("lon") or "lon",
        lat=section.text("lat") or "lat",
        datum=section.text("datum"),
        category=section.text("category"),
        at=section.text("at"),
    )
    section.close()
    return source


def _contact(section: Section) -> ContactColumn:
    contact = ContactColumn(title=section.required_text("title"), telephone=section.required_text("telephone"))
    section.close()
    return contact


def _layer_source(
    section: Section, folder: Path, suffixes: Sequence[str], keys: Sequence[str], needed: Sequence[str]
) -> LayerSource:
    """What is said of a file of features, at the end of its table."""
    file, path = _file(section, folder, suffixes)
    columns, required = _columns(section, keys, needed)
    source = LayerSource(file, path, columns, required, section.text("layer"), section.text("datum"))
    section.close()
    return source


def _table_source(section: Section, folder: Path, keys: Sequence[str], needed: Sequence[str]) -> FileSource:
    """What is said of a table without positions, at the end of its own table."""
    file, path = _file(section, folder, ROW_SUFFIXES)
    columns, required = _columns(section, keys, needed)
    section.close()
    return FileSource(file, path, columns, required)


def _point_source(section: Section, folder: Path, keys: Sequence[str], needed: Sequence[str]) -> LayerSource:
    """What is said of a file of positions, at the end of its table."""
    file, path = _file(section, folder, (*ROW_SUFFIXES, *POINT_SUFFIXES))
    position = ("lon", "lat") if suffix_of(file) in ROW_SUFFIXES else ()
    columns, required = _columns(section, (*keys, *position), (*needed, *position))
    source = LayerSource(file, path, columns, required, layer=None, datum=section.text("datum"))
    section.close()
    return source


def _columns(section: Section, keys: Sequence[str], needed: Sequence[str]) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The column of each key, its own name where city.toml names none; and those that the file must have."""
    named = _named(section, keys)
    columns = {key: named.get(key, key) for key in keys}
    required = dict.fromkeys([*(columns[key] for key in needed), *named.values()])
    return MappingProxyType(columns), tuple(required)


def _named(section: Section, keys: Sequence[str]) -> dict[str, str]:
    return {key: column for key in keys if (column := section.text(key)) is not None}


def _file(section: Section, folder: Path, suffixes: Sequence[str]) -> tuple[str, Path]:
    file = section.required_text("file")
    if suffix_of(file) not in suffixes:
        raise InvalidInput(WRONG_SUFFIX, where=section.where, file=file, known=", ".join(suffixes))
    return file, locate(folder, file, key=f"{section.where}.file")
