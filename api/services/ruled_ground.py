"""The ground of a ruling or permit, as the caller names or draws it, checked against the map."""

from collections.abc import Mapping
from typing import Any

from shapely import MultiLineString

from geo.atlas import Atlas
from geo.datum import parse_datum
from geo.errors import InvalidInput
from geo.position import Position
from geo.register.borders import WIDTH_M, band_along, border_of
from geo.register.rulings import GroundKind, RuledGround
from geo.shape_door import accept_asked
from geo.sources.claim_rows import PLACES
from geo.wording import Phrase

GROUNDS = ("city", "area", "checkpoint", "halo", "strip", "segment", "border", "geometry")

ONE_GROUND = Phrase(
    zh="地点只能填一项：{keys}；现有 {given} 个",
    en="name exactly one ground of {keys}; {given} are given",
)
NOT_ON_MAP = Phrase(
    zh="{key} = {value} 不在地图上；请核对编码",
    en="{key} {value} is not on the map; check the code",
)
NO_WIDTH = Phrase(
    zh="width_m 只用于线和边界；{key} 有自己的范围，请去掉 width_m",
    en="width_m is for a line or a border; {key} has an extent of its own, leave width_m out",
)
BOTH_ENDS = Phrase(
    zh="边界的起点（from）和终点（to）要么都给，要么都不给",
    en="give both ends of the stretch of border, from and to, or neither",
)


def ground_asked(atlas: Atlas, given: Mapping[str, Any]) -> RuledGround:
    """The ground that the caller names by exactly one of GROUNDS, of a line with `width_m` on each side.

    Raises
    ------
    InvalidInput, NotFound, InvalidGeometry
        It is not on the map, or cannot be drawn.
    """
    named = [key for key in GROUNDS if given.get(key) not in (None, False)]
    if len(named) != 1:
        raise InvalidInput(ONE_GROUND, keys=", ".join(GROUNDS), given=len(named))
    key, value = named[0], given[named[0]]
    width_m = given.get("width_m") or WIDTH_M
    if key == "border":
        return _along_border(atlas, value, width_m)
    shape = accept_asked(value, datum=parse_datum("wgs84")) if key == "geometry" else None
    if isinstance(shape, MultiLineString):
        return RuledGround(GroundKind.POLYGON, (), band_along(shape, width_m=width_m))
    if given.get("width_m") is not None:
        raise InvalidInput(NO_WIDTH, key=key)
    if shape is not None:
        return RuledGround(GroundKind.POLYGON, (), shape)
    if key == "city":
        return RuledGround(GroundKind.CITY)
    if key == "segment":
        atlas.segment(value)
        return RuledGround(GroundKind.SEGMENT, (value,))
    place = PLACES[key](value)
    if (place.kind, *place.key) not in atlas.grounds.by_place:
        raise InvalidInput(NOT_ON_MAP, key=key, value=value)
    return RuledGround(GroundKind(place.kind.value), tuple(str(part) for part in place.key))


def _along_border(atlas: Atlas, given: Mapping[str, Any], width_m: float) -> RuledGround:
    """The ground along the border of two areas; it stays so when the border moves."""
    scheme, level = given["scheme"], given["level"]
    first, second = (atlas.area(scheme=scheme, level=level, code=code) for code in given["between"])
    ends = [None if place is None else Position(**place) for place in (given.get("from"), given.get("to"))]
    if len({end is None for end in ends}) > 1:
        raise InvalidInput(BOTH_ENDS)
    start, end = ends
    line = border_of(first, second, ends=None if start is None or end is None else (start, end))
    return RuledGround(
        GroundKind.BORDER, (scheme, level, *sorted((first.code, second.code))), band_along(line, width_m=width_m)
    )
