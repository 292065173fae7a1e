"""The ground of a ruling on the command line: `city`, `KIND:KEY`, or a file with its drawing."""

from pathlib import Path
from typing import Any

from api.cli.sharing import read_geometry
from geo.errors import InvalidInput
from geo.wording import Phrase

KINDS = ("area", "checkpoint", "halo", "strip", "segment")
NO_GROUND = Phrase(
    zh="地点 {value} 无法识别；请写 city，或 {kinds} 之一加冒号和编码，或 border:体系/层级/A|B，或 GeoJSON 文件名",
    en="the ground {value} is not understood; write city, one of {kinds} with a colon and a code, "
    "border:scheme/level/A|B, or the name of a GeoJSON file",
)
NOT_A_BORDER = Phrase(
    zh="边界 {value} 应写作 体系/层级/A|B，如 admin/community/320508003001|320508003002",
    en="write the border {value} as scheme/level/A|B, such as admin/community/320508003001|320508003002",
)
NOT_A_PLACE = Phrase(
    zh="位置 {value} 应写作 经度,纬度，如 120.62,31.31",
    en="write the position {value} as lon,lat, such as 120.62,31.31",
)


def ground_of(text: str, *, width_m: float | None, start: str | None, end: str | None) -> dict[str, Any]:
    """The ground as a request over HTTP has it; `start` and `end` are those of a stretch of border, as `lon,lat`.

    Raises
    ------
    InvalidInput, SourceError, InvalidGeometry
        It is not written as it should be, or the file cannot be read.
    """
    kind, colon, key = text.partition(":")
    width = {} if width_m is None else {"width_m": width_m}
    if text == "city":
        return {"city": True}
    if kind == "border" and colon:
        return {"border": {**_border(key), "from": _place(start), "to": _place(end)}, **width}
    if kind in KINDS and colon:
        return {kind: key}
    if Path(text).suffix in (".json", ".geojson"):
        return {"geometry": read_geometry(Path(text)), **width}
    raise InvalidInput(NO_GROUND, value=repr(text[:80]), kinds=", ".join(KINDS))


def _border(key: str) -> dict[str, Any]:
    scheme, _, rest = key.partition("/")
    level, _, codes = rest.partition("/")
    between = codes.split("|")
    if not scheme or not level or len(between) != 2 or not all(between):
        raise InvalidInput(NOT_A_BORDER, value=repr(key[:80]))
    return {"scheme": scheme, "level": level, "between": between}


def _place(text: str | None) -> dict[str, float] | None:
    if text is None:
        return None
    try:
        lon, lat = (float(number) for number in text.split(","))
    except ValueError as error:
        raise InvalidInput(NOT_A_PLACE, value=repr(text[:80])) from error
    return {"lon": lon, "lat": lat}
