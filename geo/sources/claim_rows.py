"""[[claims]]: tables of claims that name their places, and layers of claims with polygons of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from zoneinfo import ZoneInfo

from shapely import MultiPolygon

from geo.claims import EVERY_CATEGORY, Claim, Origin, Place, PlaceKind, Role
from geo.datum import Datum
from geo.errors import InvalidInput
from geo.model import Finding
from geo.moments import parse_moment
from geo.roads import Side, StripKind
from geo.sources.categories import codes_in
from geo.sources.description import PLACE_FIELDS, LayerSource
from geo.sources.features import Drawn
from geo.sources.files import stem_of, suffix_of
from geo.sources.hours import parse_hours
from geo.sources.layers import read_features
from geo.sources.limits import Limits
from geo.sources.rows import Row, read_rows, whole_number, word_of
from geo.sources.toml_files import ROW_SUFFIXES
from geo.wording import Phrase

EACH = "*"
"""In a place: every area of a level, every site, either side, every strip. As a unit: each one's own."""

RESERVED_PREFIXES = tuple(f"{origin.value}:" for origin in (Origin.RULING, Origin.PERMIT))
ROLES: Mapping[str, Role] = MappingProxyType(
    {role.value: role for role in Role}
    | {"牵头": Role.LEADS, "协同": Role.ASSISTS, "监督": Role.SUPERVISES}
    | {"权属": Role.OWNS, "养护": Role.MAINTAINS, "协调": Role.COORDINATES}
)
SIDES: Mapping[str, str] = MappingProxyType(
    {side.value: side.value for side in Side}
    | {"左": Side.LEFT.value, "右": Side.RIGHT.value, "左侧": Side.LEFT.value, "右侧": Side.RIGHT.value, EACH: EACH}
)
STRIPS: Mapping[str, str] = MappingProxyType(
    {kind.value: kind.value for kind in StripKind}
    | {"车行道": StripKind.CARRIAGEWAY.value, "人行道": StripKind.PAVEMENT.value}
    | {"绿化带": StripKind.GREEN_BELT.value, "门前三包": StripKind.FRONTAGE.value, EACH: EACH}
)
MIXED = Phrase(
    zh="“*”表示所有类别，不能与编码 {codes} 并列；请只留其一",
    en="* is every category and cannot stand beside {codes}; leave one of them",
)
NOT_FOR_EVERY_CATEGORY = Phrase(
    zh="“*”（所有类别）只能用于区域和点位内部；周边、路幅和自带图形的归属请写明类别编码",
    en="* (every category) is for areas and inside sites only; a claim on a halo, a strip or a polygon of its own must "
    "name its categories",
)
NO_CODES = Phrase(zh="没有类别编码；请填写编码或 *", en="it has no code of a category; give codes, or *")
NOT_AN_AREA = Phrase(
    zh="“{value}”不是 体系/层级/编码；请改写，如 admin/community/320508001（编码处可写 *）",
    en="'{value}' is not scheme/level/code; write it as admin/community/320508001 (* for every code)",
)
NOT_A_STRIP = Phrase(
    zh="“{value}”不是 路段编码/侧/路幅；请改写，如 R12/left/pavement（侧或路幅可写 *）",
    en="'{value}' is not segment/side/kind; write it as R12/left/pavement (* for either side or every kind)",
)
OWN_UNIT = Phrase(
    zh="“*”表示各区域或各点位自己的单位，只能与 体系/层级/* 或点位、周边的 * 同用；请写明单位编码",
    en="* is the own unit of each area or site and goes only with scheme/level/* or with * for site or halo; give a "
    "unit's code",
)
RESERVED = Phrase(
    zh="编号 {id} 以 {prefix} 开头，这样的编号留给台账的裁定和审批；请改编号",
    en="the id {id} begins with {prefix}, which is kept for the rulings and permits of the register; choose another",
)
NEVER_VALID = Phrase(
    zh="失效时间不晚于生效时间 {valid_from}；请改正其中一个（失效当刻起不再有效）",
    en="it is not after valid_from, {valid_from}; correct one of them (a claim ends as its valid_to begins)",
)


@dataclass(frozen=True, slots=True)
class PlacedClaim:
    """A claim and where it was read. What it names is not yet known to exist, and its place may hold a `*`."""

    claim: Claim
    file: str
    row: int | None


def read_claims(
    source: LayerSource, *, city_datum: Datum | None, zone: ZoneInfo, limits: Limits
) -> tuple[list[PlacedClaim], list[Finding]]:
    """The claims of a file, and everything that is wrong with the file and with them."""
    grounds: list[tuple[Row, MultiPolygon | None]] = []
    is_table = suffix_of(source.file) in ROW_SUFFIXES
    if is_table:
        rows, findings = read_rows(source, limits)
        grounds += [(row, None) for row in rows]
    else:
        features, findings = read_features(source, Drawn.AREAS, city_datum=city_datum, limits=limits)
        grounds += [(feature.row, feature.ground(_id_of(feature.row))) for feature in features]
    claims = []
    for row, ground in grounds:
        place = named_place(row) if is_table else own_place(row, ground)
        claim = claim_of(row, place, zone)
        if claim is not None:
            claims.append(claim)
        findings += row.take_findings()
    return claims, findings


def claim_of(row: Row, place: Place | None, zone: ZoneInfo) -> PlacedClaim | None:
    """The claim of a row; None when it lacks what a claim must have, which is told."""
    if "id" in row.texts:
        row.code("id")
        _check_id(row)
    unit = row.needed("unit")
    role = row.parsed("role", word_of(ROLES), None) if row.needed("role") else None
    categories = row.parsed("categories", _categories, ()) if row.needed("categories") else ()
    moment: Callable[[str], datetime] = partial(parse_moment, zone=zone)
    valid_from = row.parsed("valid_from", moment, None)
    valid_to = row.parsed("valid_to", moment, None)
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        row.refuse("valid_to", InvalidInput(NEVER_VALID, valid_from=row.texts["valid_from"]))
    hours = row.parsed("hours", parse_hours, ())
    priority = row.parsed("priority", whole_number, 0)
    if unit is None or role is None or not categories or place is None:
        return None
    if unit == EACH and (EACH not in place.key or place.kind is PlaceKind.STRIP):
        row.refuse("unit", InvalidInput(OWN_UNIT))
    if EVERY_CATEGORY in categories and place.kind not in (PlaceKind.AREA, PlaceKind.CHECKPOINT):
        row.refuse("categories", InvalidInput(NOT_FOR_EVERY_CATEGORY))
    claim = Claim(
        id=_id_of(row),
        unit=unit,
        role=role,
        categories=categories,
        place=place,
        post=row.texts.get("post"),
        executor=row.texts.get("executor"),
        hours=hours,
        priority=priority,
        source=row.texts.get("source"),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return PlacedClaim(claim, row.source.file, row.number)


def _check_id(row: Row) -> None:
    for prefix in RESERVED_PREFIXES:
        if row.texts["id"].startswith(prefix):
            row.refuse("id", InvalidInput(RESERVED, id=row.texts["id"], prefix=prefix))


def _id_of(row: Row) -> str:
    return row.texts.get("id") or f"{stem_of(row.source.file)}-{row.number}"


def _categories(text: str) -> tuple[str, ...]:
    codes = codes_in(text)
    if not codes:
        raise InvalidInput(NO_CODES)
    if EVERY_CATEGORY in codes and len(codes) > 1:
        raise InvalidInput(MIXED, codes=", ".join(code for code in codes if code != EVERY_CATEGORY))
    return codes


def own_place(row: Row, ground: MultiPolygon | None) -> Place | None:
    """A place with the polygon of the row itself."""
    if named := [key for key in PLACE_FIELDS if key in row.texts]:
        row.tell("claim-with-two-places", fields=_fields(row, named))
    return Place(PlaceKind.POLYGON, (_id_of(row),), ground) if ground is not None else None


def named_place(row: Row) -> Place | None:
    """The one place that a row names."""
    named = [key for key in PLACE_FIELDS if key in row.texts]
    if not named:
        row.tell("claim-without-place", fields=_fields(row, PLACE_FIELDS))
    if len(named) > 1:
        row.tell("claim-with-two-places", fields=_fields(row, named))
    return row.parsed(named[0], PLACES[named[0]], None) if len(named) == 1 else None


def _fields(row: Row, keys: tuple[str, ...] | list[str]) -> str:
    return ", ".join(row.source.columns[key] for key in keys)


def named_area(text: str) -> Place:
    """The area named as scheme/level/code; raises InvalidInput."""
    parts = tuple(part.strip() for part in text.split("/", 2))  # codes of areas may have slashes
    if len(parts) < 3 or not all(parts) or EACH in parts[:2]:
        raise InvalidInput(NOT_AN_AREA, value=text)
    return Place(PlaceKind.AREA, parts)


def _strip(text: str) -> Place:
    parts = [part.strip() for part in text.rsplit("/", 2)]  # and so may those of segments
    if len(parts) < 3 or not all(parts) or parts[0] == EACH or parts[1] not in SIDES or parts[2] not in STRIPS:
        raise InvalidInput(NOT_A_STRIP, value=text)
    return Place(PlaceKind.STRIP, (parts[0], SIDES[parts[1]], STRIPS[parts[2]]))


PLACES: Mapping[str, Callable[[str], Place]] = MappingProxyType(
    {
        "area": named_area,
        "checkpoint": lambda text: Place(PlaceKind.CHECKPOINT, (text,)),
        "halo": lambda text: Place(PlaceKind.HALO, (text,)),
        "strip": _strip,
    }
)
