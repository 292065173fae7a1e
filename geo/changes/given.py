"""What a caller sends for one thing, as the row of texts that a file would have, with its geometry beside it."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import shapely
from shapely import LineString, MultiPolygon

from geo.changes.change import Body
from geo.codes import text_of
from geo.datum import Datum, parse_datum
from geo.errors import InvalidGeometry, InvalidInput
from geo.model import FloatArray
from geo.shapes import accept, accept_line
from geo.sources.description import FileSource
from geo.sources.placing import place
from geo.sources.rows import Row
from geo.wording import Phrase

GEOMETRY = "geometry"
DATUM = "datum"
TEXT_LIMIT = 10_000
UNKNOWN_SHOWN = 10
LISTS = ("categories", "hours", "fact")
"""Keys that may be given as a list, as they are given out."""

NOT_A_TEXT = Phrase(
    zh="{value} 不是文字或数字；请改成文字", en="{value} is neither a text nor a finite number; give a text"
)
NOT_PLAIN = Phrase(
    zh="{value} 含有空字符或不完整的字符；请删去", en="{value} holds a NUL or half a character; remove it"
)
TOO_LONG = Phrase(
    zh="有 {length} 个字符，超过上限 {limit}；请缩短", en="it has {length} characters, above {limit}; shorten it"
)
NOT_AN_OBJECT = Phrase(
    zh="不是 GeoJSON 图形；请给出 type 和 coordinates", en="it is no GeoJSON geometry; give type and coordinates"
)
OTHER_CODE = Phrase(
    zh="{value} 与地址中的编码 {code} 不同；请改成一致，或省去这一项",
    en="{value} is not the code in the address, {code}; make them the same, or leave it out",
)
NOT_DEGREES = Phrase(
    zh="{value} 不以度为单位；请给出 wgs84、cgcs2000、gcj02 或 bd09 的经纬度",
    en="{value} is not in degrees; give longitude and latitude in wgs84, cgcs2000, gcj02 or bd09",
)
NO_COORDINATE = Phrase(
    zh="{value} 不是 -{limit} 至 {limit} 之间的数；请以度为单位填写",
    en="{value} is no number from -{limit} to {limit}; give degrees",
)

Drawn = TypeVar("Drawn", LineString, MultiPolygon)


@dataclass(frozen=True, slots=True)
class Given:
    """What is said of one thing. `row` has its texts; `body` the values as they came; `datum` what its numbers are in.

    What is wrong is told of the row.
    """

    row: Row
    body: Body
    datum: Datum | None

    def polygons(self, *, needed: bool) -> MultiPolygon | None:
        """The ground that the body draws, in WGS 84; None without one that can be used, which is told when needed."""
        return self._drawn(accept, needed=needed)

    def line(self) -> LineString | None:
        """The line that the body draws, in WGS 84; None without one that can be used, which is told."""
        return self._drawn(accept_line, needed=True)

    def position(self) -> tuple[float, float] | None:
        """lon and lat of the body, in WGS 84; None when one is missing or no number in range, which is told."""
        lon, lat = self._degrees("lon", 180.0), self._degrees("lat", 90.0)
        if lon is None or lat is None or self.datum is None:
            return None
        placed_lon, placed_lat, _ = place(self.datum, lon=np.array([lon]), lat=np.array([lat]))
        return float(placed_lon[0]), float(placed_lat[0])

    def _drawn(self, check: Callable[[Body], Drawn], *, needed: bool) -> Drawn | None:
        geometry = self.body.get(GEOMETRY)
        if geometry is None:
            if needed:
                self.row.tell("value-missing", field=GEOMETRY)
            return None
        try:
            if not isinstance(geometry, dict):
                raise InvalidGeometry(NOT_AN_OBJECT)
            return None if self.datum is None else _in_wgs84(check(geometry), self.datum)
        except InvalidGeometry as error:
            self.row.refuse(GEOMETRY, error)
            return None

    def _degrees(self, key: str, limit: float) -> float | None:
        text = self.row.needed(key)
        if text is None:
            return None
        try:
            degrees = math.nan if "_" in text else float(text)  # Python reads 1_20 as 120; here it is a slip
        except ValueError:
            degrees = math.nan
        if not abs(degrees) <= limit:
            self.row.refuse(key, InvalidInput(NO_COORDINATE, value=ascii(text)[:80], limit=limit))
            return None
        return degrees


def given(
    body: Body, *, address: str, key: str, code: str, known: Collection[str], more: Collection[str], city_datum: Datum
) -> Given:
    """What a body says of the thing with a code, which stands in the address; `address` names it in findings.

    `key` is what the files call the code; `known` are the keys that are texts, `more` those that are not.
    """
    placing = (DATUM,) if GEOMETRY in more or "lon" in known else ()
    source = FileSource(address, Path(), {name: name for name in (*known, *more, *placing, key)}, ())
    row = Row(source, None, {})
    shown = ", ".join(sorted({*known, *more} - {key}))
    for name in [name for name in body if name not in source.columns][:UNKNOWN_SHOWN]:
        row.tell("unknown-key", field=ascii(name)[1:81].rstrip("'"), known=shown)
    texts = {}
    for name, value in body.items():
        if name in source.columns and name not in more:
            try:
                text = _text(name, value)
            except InvalidInput as error:
                row.refuse(name, error)
            else:
                if text is not None:
                    texts[name] = text
    said = texts.get(key, code)
    texts[key] = code
    if said != code and not code.endswith(f"/{said}"):  # of an area the last part will do
        row.refuse(key, InvalidInput(OTHER_CODE, value=ascii(said)[:80], code=ascii(code)[:80]))
    elif code != code.strip():
        row.tell("bad-code", code=repr(code[:80]), limit=TEXT_LIMIT)
    row.texts = texts
    return Given(row, body, _datum(row, city_datum))


def _datum(row: Row, city_datum: Datum) -> Datum | None:
    if DATUM not in row.texts:
        return city_datum if not city_datum.code.startswith("EPSG:") else parse_datum("wgs84")
    try:
        datum = parse_datum(row.texts[DATUM])
        if datum.code.startswith("EPSG:"):
            raise InvalidInput(NOT_DEGREES, value=datum.code)
    except InvalidInput as error:
        row.refuse(DATUM, error)
        return None
    return datum


def _text(key: str, value: object) -> str | None:
    """The value as the text that a file would have; None for nothing."""
    if isinstance(value, list) and key in LISTS:
        parts = [_text("", part) for part in value]
        return "; ".join(part for part in parts if part is not None) or None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and _is_finite(value)
    if value is not None and not is_number and not isinstance(value, str):
        shown = "[…]" if isinstance(value, list) else "{…}" if isinstance(value, dict) else ascii(value)[:80]
        raise InvalidInput(NOT_A_TEXT, value=shown)
    text = text_of(value)
    if text is not None:
        if len(text) > TEXT_LIMIT:
            raise InvalidInput(TOO_LONG, length=len(text), limit=TEXT_LIMIT)
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise InvalidInput(NOT_PLAIN, value=ascii(text)[:80])
    return text


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number of four hundred digits
        return False


def _in_wgs84(geometry: Drawn, datum: Datum) -> Drawn:
    if datum.code == "wgs84":
        return geometry

    def move(positions: FloatArray) -> FloatArray:
        lon, lat, _ = place(datum, lon=positions[:, 0], lat=positions[:, 1])
        return np.stack([lon, lat], axis=1)

    moved = shapely.transform(geometry, move)
    if not shapely.is_valid(moved):  # two vertices a last bit apart fell together
        raise InvalidGeometry(NOT_AN_OBJECT)
    return moved
