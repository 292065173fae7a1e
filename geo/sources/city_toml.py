"""city.toml, the description of a city's folder, read and checked as a whole."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geo.assign import ANSWER_COLUMNS
from geo.codes import name_of
from geo.errors import InvalidInput, SourceError
from geo.model import ACCURACY_M, City, Level, Policy, Scheme
from geo.position import ACCURACY_LIMIT_M
from geo.sources.description import (
    AREA_FIELDS,
    TABLE_SUFFIXES,
    UNIT_FIELDS,
    AreaSource,
    ContactColumn,
    Description,
    RecordSource,
    UnitSource,
)
from geo.sources.files import locate, suffix_of
from geo.sources.section import FILE, Section
from geo.wording import LANGS, Lang, Phrase

NO_CITY_TOML = Phrase(
    zh="{folder} 中没有可读的 city.toml；请建立它，至少写上 [city] name 和一个 [[areas]] file",
    en="{folder} has no readable city.toml; write one with at least [city] name and one [[areas]] file",
)
NOT_TOML = Phrase(
    zh="{folder} 中的 city.toml 不是 UTF-8 编码的 TOML：{reason}；请改正",
    en="the city.toml in {folder} is not TOML in UTF-8: {reason}; correct it",
)
NO_AREAS = Phrase(
    zh="city.toml 没有 [[areas]]；请至少列出一个区域文件：[[areas]] file",
    en="city.toml has no [[areas]]; list at least one file of areas: [[areas]] file",
)
WRONG_SUFFIX = Phrase(
    zh="city.toml 的 {where} 中文件“{file}”的格式不支持；可用的后缀：{known}",
    en="city.toml names the file '{file}' in {where}, whose format cannot be read here; known endings: {known}",
)
REPEATED_RECORDS = Phrase(
    zh="city.toml 的 {where} 重复使用了编码 {code}；请用 code 另给一个",
    en="city.toml uses the code {code} a second time in {where}; give another by its key code",
)
SAME_COLUMN = Phrase(
    zh="city.toml 中，{first}与{second}在成批认定的表里同为列 {column}；请改一个层级的编码",
    en="in city.toml, {first} and {second} share the column {column} of assigned tables; change the code of a level",
)
LEVEL_OF = Phrase(zh="体系 {scheme} 的层级 {level}", en="the level {level} of the scheme {scheme}")
ANSWER_COLUMN = Phrase(zh="答案列", en="an answer's column")
TIMEZONE = Phrase(zh="IANA 时区名，如 Asia/Shanghai", en="an IANA time zone such as Asia/Shanghai")
NO_LEVEL_ABOVE = Phrase(zh="省略：最高层级没有上级", en="left out: the top level has no level above")
NOT_REPEATED = Phrase(zh="不与前面重复的编码", en="a code that was not used before")
EACH_ONCE = Phrase(
    zh="该体系在 [[areas]] 中的每个层级各一次，由粗到细",
    en="each level that [[areas]] give the scheme once, coarse first",
)
SPLIT = Phrase(zh="每个层级一个正整数", en="one whole number for each level of the scheme")

AREA_SUFFIXES = (".geojson", ".json", ".geojson.gz", ".json.gz", ".gpkg", ".shp", ".zip")
UNIT_SUFFIXES = (".csv", ".csv.gz", ".xlsx")
RECORD_SUFFIXES = (*TABLE_SUFFIXES, ".geojson", ".json", ".geojson.gz", ".json.gz")


def describe(folder: Path) -> Description:
    """What the folder's city.toml says.

    Raises
    ------
    SourceError
        There is no city.toml, or it is not TOML.
    InvalidInput
        A key is unknown, missing, or its value cannot be used; the message names file, key and remedy.
    """
    root = Section(_parse(folder), FILE)
    city, policy = root.table("city"), root.table("policy")
    area_sections, scheme_sections = root.tables("areas"), root.tables("schemes")
    unit_sections, record_sections = root.tables("units"), root.tables("records")
    root.close()
    if not area_sections:
        raise InvalidInput(NO_AREAS)
    areas = tuple(_area_source(section, folder) for section in area_sections)
    schemes = _schemes(scheme_sections, areas)
    for section, source in zip(area_sections, areas, strict=True):
        top = next(scheme.levels[0].code for scheme in schemes if scheme.code == source.scheme)
        if "parent" in source.fields and source.level == top:
            raise section.wrong("parent", NO_LEVEL_ABOVE)
    return Description(
        city=_city(city, policy, schemes),
        schemes=schemes,
        areas=areas,
        units=tuple(_unit_source(section, folder) for section in unit_sections),
        records=_record_sources(record_sections, folder),
    )


def _parse(folder: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads((folder / FILE).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SourceError(NO_CITY_TOML, folder=folder) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(NOT_TOML, folder=folder, reason=error) from error


def _city(section: Section, policy: Section, schemes: Sequence[Scheme]) -> City:
    name = section.required_name("name")
    territory = section.member("territory", [scheme.code for scheme in schemes]) or schemes[0].code
    levels = next([level.code for level in scheme.levels] for scheme in schemes if scheme.code == territory)
    city = City(
        name=name,
        territory=territory,
        timezone=_timezone(section),
        datum=section.text("datum") or "wgs84",
        language=_language(section) or ("zh" if name.zh else "en"),
        policy=_policy(policy, levels),
        note=section.name("note"),
    )
    section.close()
    return city


def _timezone(section: Section) -> str:
    name = section.text("timezone") or "UTC"
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of zones, such as "America"
        raise section.wrong("timezone", TIMEZONE) from error


def _language(section: Section) -> Lang | None:
    given = section.member("language", LANGS)
    return next((lang for lang in LANGS if lang == given), None)


def _policy(section: Section, territory_levels: Sequence[str]) -> Policy:
    usual = Policy()
    accuracy = section.table("accuracy_m")
    policy = Policy(
        accuracy_m=MappingProxyType(
            {key: accuracy.number(key, usual_m, high=ACCURACY_LIMIT_M) for key, usual_m in ACCURACY_M.items()}
        ),
        accuracy_max_m=section.number("accuracy_max_m", usual.accuracy_max_m, high=ACCURACY_LIMIT_M),
        confidence=section.number("confidence", usual.confidence, low=0.01, high=0.999),
        fallback_level=section.member("fallback_level", territory_levels),
        gap_m2=section.number("gap_m2", usual.gap_m2),
        overlap_m2=section.number("overlap_m2", usual.overlap_m2),
    )
    accuracy.close()
    section.close()
    return policy


def _area_source(section: Section, folder: Path) -> AreaSource:
    file, path = _file(section, folder, AREA_SUFFIXES)
    source = AreaSource(
        file=file,
        path=path,
        scheme=section.identifier("scheme", "admin"),
        level=section.identifier("level", "area"),
        layer=section.text("layer"),
        datum=section.text("datum"),
        fields=_fields(section, AREA_FIELDS),
    )
    section.close()
    return source


def _schemes(sections: Sequence[Section], areas: Sequence[AreaSource]) -> tuple[Scheme, ...]:
    """The schemes in the order in which [[areas]] name them, with what [[schemes]] adds."""
    levels: dict[str, list[str]] = {}
    for source in areas:
        known = levels.setdefault(source.scheme, [])
        if source.level not in known:
            known.append(source.level)
    found = {code: _plain_scheme(code, codes) for code, codes in levels.items()}
    described: set[str] = set()
    for section in sections:
        code = section.required_member("code", levels)
        if code in described:
            raise section.wrong("code", NOT_REPEATED)
        described.add(code)
        found[code] = _described_scheme(section, found[code])
    _check_columns(levels)
    return tuple(found.values())


def _check_columns(levels: Mapping[str, Sequence[str]]) -> None:
    """Nothing, or InvalidInput for two levels, or a level and an answer, that share pw_<scheme>_<level>."""
    taken: dict[str, Phrase] = dict.fromkeys(ANSWER_COLUMNS, ANSWER_COLUMN)
    for scheme, codes in levels.items():
        for level in codes:
            column = f"pw_{scheme}_{level}"
            holder = Phrase(*(LEVEL_OF.say(lang, scheme=scheme, level=level) for lang in LANGS))
            if column in taken:
                raise InvalidInput(SAME_COLUMN, first=holder, second=taken[column], column=column)
            taken[column] = holder


def _plain_scheme(code: str, levels: Sequence[str]) -> Scheme:
    return Scheme(code, name_of(code), tuple(Level(level, name_of(level)) for level in levels))


def _described_scheme(section: Section, plain: Scheme) -> Scheme:
    scheme = Scheme(
        code=plain.code,
        name=section.name("name") or plain.name,
        levels=_levels(section, plain.levels),
        code_split=section.counts("code_split"),
        prefix=section.flag("prefix"),
    )
    if scheme.code_split is not None and len(scheme.code_split) != len(scheme.levels):
        raise section.wrong("code_split", SPLIT)
    section.close()
    return scheme


def _levels(section: Section, plain: tuple[Level, ...]) -> tuple[Level, ...]:
    """The levels in the order of `levels`, which must be those that [[areas]] fill; without it, as they appear."""
    given = []
    codes = [level.code for level in plain]
    for table in section.tables("levels"):
        code = table.required_member("code", codes)
        given.append(Level(code, table.name("name") or name_of(code)))
        table.close()
    if given and sorted(level.code for level in given) != sorted(codes):
        raise section.wrong("levels", EACH_ONCE)
    return tuple(given) or plain


def _unit_source(section: Section, folder: Path) -> UnitSource:
    file, path = _file(section, folder, UNIT_SUFFIXES)
    source = UnitSource(
        file=file,
        path=path,
        fields=_fields(section, UNIT_FIELDS),
        contacts=tuple(_contact(table) for table in section.tables("contacts")),
    )
    section.close()
    return source


def _contact(section: Section) -> ContactColumn:
    contact = ContactColumn(title=section.required_text("title"), telephone=section.required_text("telephone"))
    section.close()
    return contact


def _record_sources(sections: Sequence[Section], folder: Path) -> tuple[RecordSource, ...]:
    sources: dict[str, RecordSource] = {}
    for section in sections:
        source = _record_source(section, folder)
        if source.code in sources:
            raise InvalidInput(REPEATED_RECORDS, where=section.where, code=source.code)
        sources[source.code] = source
    return tuple(sources.values())


def _record_source(section: Section, folder: Path) -> RecordSource:
    file, path = _file(section, folder, RECORD_SUFFIXES)
    stem = path.name[: -len(suffix_of(file))]
    code = section.identifier("code", re.sub(r"[^\w-]+", "-", stem)[:40] or "records")
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


def _fields(section: Section, keys: Sequence[str]) -> Mapping[str, str]:
    named = {key: field for key in keys if (field := section.text(key)) is not None}
    return MappingProxyType({"code": section.text("code") or "code", **named})


def _file(section: Section, folder: Path, suffixes: Sequence[str]) -> tuple[str, Path]:
    file = section.required_text("file")
    if suffix_of(file) not in suffixes:
        raise InvalidInput(WRONG_SUFFIX, where=section.where, file=file, known=", ".join(suffixes))
    return file, locate(folder, file, key=f"{section.where}.file")
