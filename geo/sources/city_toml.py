"""city.toml, the description of a city's folder, read and checked as a whole."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geo.assign import ANSWER_COLUMNS
from geo.codes import name_of
from geo.errors import InvalidInput, SourceError
from geo.model import City, Level, Scheme
from geo.posts import POST_KINDS, PostKind
from geo.sources.claim_rows import ROLES
from geo.sources.description import AreaSource, Description
from geo.sources.section import FILE, Section
from geo.sources.toml_files import (
    address_source,
    area_source,
    category_source,
    checkpoint_source,
    claim_source,
    component_source,
    golden_source,
    holder_source,
    person_source,
    post_source,
    record_sources,
    segment_source,
    unit_source,
)
from geo.sources.toml_policy import read_policy, read_widths
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

LISTS = (
    "schemes", "areas", "units", "categories", "checkpoints", "segments", "claims", "addresses", "components",
    "golden", "records", "post_kinds", "posts", "people", "holders",
)  # fmt: skip


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
    listed = {key: root.tables(key) for key in LISTS}
    root.close()
    area_sections = listed["areas"]
    if not area_sections:
        raise InvalidInput(NO_AREAS)
    areas = tuple(area_source(section, folder) for section in area_sections)
    schemes = _schemes(listed["schemes"], areas)
    for section, source in zip(area_sections, areas, strict=True):
        top = next(scheme.levels[0].code for scheme in schemes if scheme.code == source.scheme)
        if "parent" in source.layer.columns and source.level == top:
            raise section.wrong("parent", NO_LEVEL_ABOVE)
    widths = read_widths(policy.table("road_widths"))
    default_categories = city.member("categories", ("default",)) is not None
    return Description(
        city=replace(_city(city, policy, schemes), post_kinds=_post_kinds(listed["post_kinds"])),
        schemes=schemes,
        areas=areas,
        units=tuple(unit_source(section, folder) for section in listed["units"]),
        records=record_sources(listed["records"], folder),
        default_categories=default_categories,
        categories=tuple(category_source(section, folder) for section in listed["categories"]),
        checkpoints=tuple(checkpoint_source(section, folder) for section in listed["checkpoints"]),
        segments=tuple(segment_source(section, folder, widths) for section in listed["segments"]),
        claims=tuple(claim_source(section, folder) for section in listed["claims"]),
        addresses=tuple(address_source(section, folder) for section in listed["addresses"]),
        components=tuple(component_source(section, folder) for section in listed["components"]),
        golden=tuple(golden_source(section, folder) for section in listed["golden"]),
        posts=tuple(post_source(section, folder) for section in listed["posts"]),
        people=tuple(person_source(section, folder) for section in listed["people"]),
        holders=tuple(holder_source(section, folder) for section in listed["holders"]),
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
    city = City(
        name=name,
        territory=territory,
        timezone=_timezone(section),
        datum=section.text("datum") or "wgs84",
        language=_language(section) or ("zh" if name.zh else "en"),
        policy=read_policy(policy, schemes, territory),
        note=section.name("note"),
    )
    section.close()
    return city


def _post_kinds(sections: Sequence[Section]) -> tuple[PostKind, ...]:
    """The usual kinds of posts, with those of the city in their places or after them."""
    kinds = {kind.code: kind for kind in POST_KINDS}
    described: set[str] = set()
    for section in sections:
        code = section.required_text("code")
        if code in described:
            raise section.wrong("code", NOT_REPEATED)
        described.add(code)
        role = section.member("role", ROLES)
        kinds[code] = PostKind(code, section.required_name("name"), ROLES[role] if role else None)
        section.close()
    return tuple(kinds.values())


def _timezone(section: Section) -> str:
    name = section.text("timezone") or "UTC"
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of zones, such as "America"
        raise section.wrong("timezone", TIMEZONE) from error


def _language(section: Section) -> Lang | None:
    given = section.member("language", LANGS)
    return next((lang for lang in LANGS if lang == given), None)


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
