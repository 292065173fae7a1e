"""Coordinates as people write them: in any datum, in either order, in degrees or degrees, minutes and seconds."""

import re
from dataclasses import dataclass

import numpy as np

from geo.datum import Datum, parse_datum, to_wgs84
from geo.errors import UnknownDatum
from geo.places.hit import Said, Spot
from geo.wording import Phrase

METRES_A_DEGREE = 111_320.0

ORDERED = Phrase(zh="坐标（{datum}），按先经度后纬度读取", en="coordinates ({datum}), longitude first")
TURNED = Phrase(zh="坐标（{datum}），按先纬度后经度读取", en="coordinates ({datum}), latitude first")
MAYBE = Phrase(
    zh="坐标（{datum}）：两种顺序都可能，这里按“{order}”读取，请核对",
    en="coordinates ({datum}): either order is possible, this is read as {order}; check it",
)
LON_LAT = Phrase(zh="先经度后纬度", en="longitude, latitude")
LAT_LON = Phrase(zh="先纬度后经度", en="latitude, longitude")
PLANE = Phrase(zh="平面坐标（{datum}），按先东后北读取", en="plane coordinates ({datum}), easting first")

DATUMS = re.compile(
    r"epsg[:： ]?\d{4,6}|wgs[-_ ]?84|gcj[-_ ]?02|bd[-_ ]?09(?:ll)?|cgcs[-_ ]?2000|gps"
    r"|(?:高德|腾讯|百度|火星|国测局)(?:地图)?(?:坐标系?)?|(?:大地)?2000(?:坐标系?)|坐标系?"
)
SPOKEN = {"高德": "gcj02", "腾讯": "gcj02", "火星": "gcj02", "国测": "gcj02", "百度": "bd09", "gps": "wgs84"}
PART = (
    r"(?P<{0}head>东经|西经|北纬|南纬|经度|纬度|longitude|latitude|lng|lon|lat|[nsew]|[xy])?[:：= ]*"
    r"(?P<{0}deg>[-+]?\d+(?:\.\d+)?)[°度]?"
    r"(?: ?(?P<{0}min>\d+(?:\.\d+)?)['′分])?(?: ?(?P<{0}sec>\d+(?:\.\d+)?)(?:''|[\"″秒]))?"
    # After a letter in front none follows: the one in E120.6°N31.3° belongs to the next number.
    r"(?({0}head)|(?: ?(?P<{0}tail>[nsew](?![a-z])|东|西|北|南))?)"
)
PAIR = re.compile(
    r"[(\[]?"
    + PART.format("a")
    + r"(?: ?[,;/、] ?| |(?=[东西]经|[南北]纬|[经纬]度|[nsew]\d)|(?<=[nsew东西南北])(?=\d))"
    + PART.format("b")
    + r"[)\]]?"
)
EASTERLY = {"东经", "西经", "经度", "longitude", "lng", "lon", "e", "w", "东", "西", "x"}
NORTHERLY = {"北纬", "南纬", "纬度", "latitude", "lat", "n", "s", "北", "南", "y"}
MINUS = {"西经", "南纬", "w", "s", "西", "南"}

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the numbers, in WGS 84, and how likely it is the right one."""

    spot: Spot
    score: float
    how: Said


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    axis: str  # "lon", "lat" or "" when it does not say
    resolution_deg: float


def read_coordinates(text: str, *, datum: Datum, bounds: Box, accuracy_m: float) -> list[Reading]:
    """The ways to read a tidied text as coordinates, the likeliest first; none when it is something else.

    `datum` holds where the text names none. Letters, then ranges, then the city's bounds settle the order; where they
    do not, both readings are given. The accuracy is not finer than half of the last digit.
    """
    given, rest = _take_datum(text)
    found = PAIR.fullmatch(rest)
    if found is None:
        return []
    one, other = _number(found, "a"), _number(found, "b")
    datum = given or datum
    if datum.code.startswith("EPSG:"):
        return _placed(PLANE, one, other, datum, 1.0, accuracy_m)
    as_given = _placed(ORDERED, one, other, datum, 1.0, accuracy_m) if _fits(one, other) else []
    as_turned = _placed(TURNED, other, one, datum, 1.0, accuracy_m) if _fits(other, one) else []
    if not (as_given and as_turned) or {one.axis, other.axis} - {""}:
        return as_given or as_turned
    inside = [_inside(reading[0].spot, bounds) for reading in (as_given, as_turned)]
    if inside[0] != inside[1]:
        return as_given if inside[0] else as_turned
    return [
        *_placed(MAYBE, one, other, datum, 0.7, accuracy_m, LON_LAT),
        *_placed(MAYBE, other, one, datum, 0.6, accuracy_m, LAT_LON),
    ]


def placed_in(datum: Datum, *, lon: float, lat: float) -> tuple[float, float] | None:
    """WGS 84 degrees of numbers in a datum; None when they are no place."""
    lons, lats = to_wgs84(datum, lon=np.array([lon]), lat=np.array([lat]))
    there_lon, there_lat = float(lons[0]), float(lats[0])
    return (there_lon, there_lat) if abs(there_lon) <= 180.0 and abs(there_lat) <= 90.0 else None


def _take_datum(text: str) -> tuple[Datum | None, str]:
    """The datum that a text names, and the text without it."""
    named: Datum | None = None
    for found in DATUMS.findall(text):
        word = SPOKEN.get(found[:2]) or SPOKEN.get(found) or found.replace(" ", "").replace("：", ":")
        word = "cgcs2000" if word.startswith(("2000", "大地")) else word.removesuffix("ll")
        try:
            named = parse_datum(word)
        except UnknownDatum:
            if word.startswith("epsg"):
                raise
    return named, re.sub(r" +", " ", DATUMS.sub(" ", text)).strip(" ,:：()")


def _number(found: re.Match[str], which: str) -> _Number:
    head, tail = found[f"{which}head"] or "", found[f"{which}tail"] or ""
    degrees, minutes, seconds = (found[f"{which}{part}"] for part in ("deg", "min", "sec"))
    value = abs(float(degrees)) + float(minutes or 0) / 60.0 + float(seconds or 0) / 3600.0
    if degrees.startswith("-") or {head, tail} & MINUS:
        value = -value
    words = {head, tail}
    axis = "lon" if words & EASTERLY else "lat" if words & NORTHERLY else ""
    last, unit = next((text, unit) for text, unit in ((seconds, 3600), (minutes, 60), (degrees, 1)) if text)
    decimals = len(last.partition(".")[2])
    return _Number(value, axis, 10.0**-decimals / unit)


def _fits(lon: _Number, lat: _Number) -> bool:
    return lon.axis != "lat" and lat.axis != "lon" and abs(lon.value) <= 180.0 and abs(lat.value) <= 90.0


def _placed(
    phrase: Phrase,
    lon: _Number,
    lat: _Number,
    datum: Datum,
    score: float,
    accuracy_m: float,
    order: Phrase | None = None,
) -> list[Reading]:
    place = placed_in(datum, lon=lon.value, lat=lat.value)
    if place is None:
        return []
    unit_m = 1.0 if datum.code.startswith("EPSG:") else METRES_A_DEGREE
    # A number that happens to end in 0 is often written short: the longer of the two tells how fine they are.
    half_digit_m = min(lon.resolution_deg, lat.resolution_deg) * unit_m / 2.0
    values = {"datum": datum.code} | ({"order": order} if order else {})
    return [Reading(Spot(*place, round(max(accuracy_m, half_digit_m), 1)), score, Said(phrase, values))]


def _inside(spot: Spot, bounds: Box) -> bool:
    west, south, east, north = bounds
    return west <= spot.lon <= east and south <= spot.lat <= north
