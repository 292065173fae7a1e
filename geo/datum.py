"""The datum of a caller's numbers, and the way to WGS 84 and back.

GCJ-02 (国测局坐标系) displaces WGS 84 by up to 730 m inside a box around China, and BD-09 displaces GCJ-02 once more.
Only the way there is known, as a formula; the way back is iterated.

CGCS2000 is taken as WGS 84: both realise the ITRF, so they differ by centimetres of measurement and some decimetres of
plate motion since the epoch 2000.0, less than the positions and boundaries here are known.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from pyproj import CRS, Transformer
from pyproj.enums import TransformDirection
from pyproj.exceptions import CRSError, ProjError

from geo.crs import CGCS2000, WGS84
from geo.errors import UnknownDatum
from geo.model import FloatArray
from geo.wording import Phrase

UNKNOWN_DATUM = Phrase(
    zh="未知坐标系“{value}”；可填 {known}，或 EPSG 代码（如 EPSG:4547）",
    en="unknown datum '{value}'; give one of {known}, or an EPSG code such as EPSG:4547",
)
NOT_HORIZONTAL = Phrase(
    zh="EPSG:{value}（{name}）不是二维水平坐标系；请填平面坐标系或经纬度坐标系的代码，如 EPSG:4547",
    en="EPSG:{value} ({name}) is not a 2-D horizontal system; give the code of a projected or a lon/lat system, "
    "such as EPSG:4547",
)
NO_WAY_TO_WGS84 = Phrase(
    zh="EPSG:{value}（{name}）没有公开的 WGS 84 转换参数，直接套用会偏差上百米；请先用当地参数转换为 CGCS2000",
    en="EPSG:{value} ({name}) has no published transformation to WGS 84, and without one places may be off by more "
    "than a hundred metres; convert the data to CGCS2000 or WGS 84 with local parameters first",
)

NAMES = ("wgs84", "gcj02", "bd09", "cgcs2000")
NAME_BY_EPSG = {WGS84: "wgs84", CGCS2000: "cgcs2000"}
EPSG_CODE = re.compile(r"(?:epsg:)?([0-9]{1,9})")

Numbers = Any
"""Floats in an array of any shape, or one alone: the formulas are the same."""
Points = tuple[Numbers, Numbers]
Shift = Callable[[Numbers, Numbers], Points]


@dataclass(frozen=True, slots=True)
class Datum:
    """What a caller's numbers are in (坐标系): `wgs84`, `gcj02`, `bd09`, `cgcs2000` or `EPSG:<number>`."""

    code: str

    @property
    def is_projected(self) -> bool:
        """Whether its numbers are lengths, not degrees."""
        number = self.code.removeprefix("EPSG:")
        return number != self.code and CRS.from_epsg(int(number)).is_projected


def parse_datum(text: str) -> Datum:
    """The datum of a name or an EPSG code, in any case: `gcj02`, `GCJ-02`, `EPSG:4547`, `4547`.

    Raises
    ------
    UnknownDatum
        Nothing is called so, or it is not a 2-D horizontal system with a known way to WGS 84.
    """
    name = re.sub(r"[-_\s]", "", text).lower()
    if name in NAMES:
        return Datum(name)
    code = EPSG_CODE.fullmatch(name)
    if code is None:
        raise UnknownDatum(UNKNOWN_DATUM, value=text, known=", ".join(NAMES))
    number = int(code[1])
    if number in NAME_BY_EPSG:
        return Datum(NAME_BY_EPSG[number])
    try:
        transformer(number)
    except CRSError as error:
        raise UnknownDatum(UNKNOWN_DATUM, value=text, known=", ".join(NAMES)) from error
    return Datum(f"EPSG:{number}")


def to_wgs84(datum: Datum, *, lon: FloatArray, lat: FloatArray) -> Points:
    """New arrays of WGS 84 longitudes and latitudes, of the shape given.

    For an EPSG datum the numbers are its x (easting or longitude) and y. Equal points give equal bits, wherever they
    stand in an array. What is not finite, or what an EPSG system cannot express, comes out not finite.

    Outside its box GCJ-02 is WGS 84. At the edge of the box some numbers just inside belong to no place, and some just
    outside to two; both are taken as WGS 84.
    """
    lon, lat = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # what is absurd stays absurd, for the caller to refuse
        match datum.code:
            case "wgs84" | "cgcs2000":
                return lon, lat
            case "gcj02":
                return wgs84_from_gcj02(lon, lat)
            case "bd09":
                return wgs84_from_gcj02(*unshift(bd09_shift, lon, lat, rounds=BD09_ROUNDS))
            case code:
                return project(code, lon, lat, TransformDirection.FORWARD)


def place_in_wgs84(datum: Datum, *, lon: float, lat: float) -> tuple[float, float]:
    """The same for one point, to the bit and without arrays, which cost more than the sums do."""
    with np.errstate(over="ignore", invalid="ignore"):
        match datum.code:
            case "wgs84" | "cgcs2000":
                return lon, lat
            case "gcj02":
                points = wgs84_from_gcj02(lon, lat)
            case "bd09":
                points = wgs84_from_gcj02(*unshift(bd09_shift, lon, lat, rounds=BD09_ROUNDS))
            case code:
                points = project(code, np.array([lon]), np.array([lat]), TransformDirection.FORWARD)
    x, y = points
    return np.asarray(x).item(), np.asarray(y).item()


def from_wgs84(datum: Datum, *, lon: FloatArray, lat: FloatArray) -> Points:
    """New arrays of the datum's numbers for WGS 84 longitudes and latitudes: the way back from `to_wgs84`."""
    lon, lat = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        match datum.code:
            case "wgs84" | "cgcs2000":
                return lon, lat
            case "gcj02":
                return gcj02_from_wgs84(lon, lat)
            case "bd09":
                return shifted(bd09_shift, *gcj02_from_wgs84(lon, lat))
            case code:
                return project(code, lon, lat, TransformDirection.INVERSE)


@lru_cache(maxsize=32)  # bounded, because callers choose the codes
def transformer(number: int) -> Transformer:
    """The transformer from an EPSG system to WGS 84, x first; pyproj keeps one PROJ object a thread inside it."""
    crs = CRS.from_epsg(number)
    if not (crs.is_geographic or crs.is_projected) or len(crs.axis_info) != 2 or crs.geodetic_crs is None:
        raise UnknownDatum(NOT_HORIZONTAL, value=number, name=crs.name)
    # PROJ knows no way from CGCS2000 to WGS 84, which are the same here.
    target = crs.geodetic_crs if crs.geodetic_crs.to_epsg() == CGCS2000 else CRS.from_epsg(WGS84)
    try:
        # A "ballpark" takes one ellipsoid for the other without a word.
        return Transformer.from_crs(crs, target, always_xy=True, allow_ballpark=False)
    except ProjError as error:
        raise UnknownDatum(NO_WAY_TO_WGS84, value=number, name=crs.name) from error


def project(code: str, x: FloatArray, y: FloatArray, direction: TransformDirection) -> Points:
    """The points on the other side of an EPSG system's projection."""
    there_x, there_y = transformer(int(code.removeprefix("EPSG:"))).transform(x, y, direction=direction)
    finite = np.isfinite(x) & np.isfinite(y)  # Mercator takes an infinite y for the pole
    return np.where(finite, there_x, np.nan), np.where(finite, there_y, np.nan)


# The box in which GCJ-02 displaces, as all implementations have it, and its ellipsoid, Krasovsky 1940.
BOX_LON = (72.004, 137.8347)
BOX_LAT = (0.8293, 55.8271)
SEMI_MAJOR_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323

BD09_WAVE = np.pi * 3000.0 / 180.0

# Over a step a shift changes by at most 1 % (GCJ-02) or 3 % (BD-09) of it, so each round comes that much nearer, and
# after these only the rounding of a degree is left. Every point has as many: no tolerance to miss, no endless loop.
GCJ02_ROUNDS = 6
BD09_ROUNDS = 8


def gcj02_from_wgs84(lon: Numbers, lat: Numbers) -> Points:
    inside = in_box(lon, lat)
    there_lon, there_lat = shifted(gcj02_shift, lon, lat)
    return np.where(inside, there_lon, lon), np.where(inside, there_lat, lat)


def wgs84_from_gcj02(lon: Numbers, lat: Numbers) -> Points:
    start_lon, start_lat = unshift(gcj02_shift, lon, lat, rounds=GCJ02_ROUNDS)
    # Both ends in the box: beyond it nothing is displaced, so a start out there is none.
    inside = in_box(lon, lat) & in_box(start_lon, start_lat)
    return np.where(inside, start_lon, lon), np.where(inside, start_lat, lat)


def in_box(lon: Numbers, lat: Numbers) -> Any:
    return (lon >= BOX_LON[0]) & (lon <= BOX_LON[1]) & (lat >= BOX_LAT[0]) & (lat <= BOX_LAT[1])


def shifted(shift: Shift, lon: Numbers, lat: Numbers) -> Points:
    """The points to which a shift carries these."""
    shift_lon, shift_lat = shift(lon, lat)
    return lon + shift_lon, lat + shift_lat


def unshift(shift: Shift, lon: Numbers, lat: Numbers, *, rounds: int) -> Points:
    """The points that a shift carries to these."""
    start_lon, start_lat = lon, lat
    for _ in range(rounds):
        shift_lon, shift_lat = shift(start_lon, start_lat)
        start_lon, start_lat = lon - shift_lon, lat - shift_lat
    return start_lon, start_lat


def gcj02_shift(lon: Numbers, lat: Numbers) -> Points:
    """Degrees from WGS 84 points to their GCJ-02 numbers, as if the box had no end."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    turn_x, turn_y = np.pi * x, np.pi * y
    ripple = 20.0 * np.sin(6.0 * turn_x) + 20.0 * np.sin(2.0 * turn_x)
    waves_x = 20.0 * np.sin(turn_x) + 40.0 * np.sin(turn_x / 3.0)
    waves_x += 150.0 * np.sin(turn_x / 12.0) + 300.0 * np.sin(turn_x / 30.0)
    waves_y = 20.0 * np.sin(turn_y) + 40.0 * np.sin(turn_y / 3.0)
    waves_y += 160.0 * np.sin(turn_y / 12.0) + 320.0 * np.sin(turn_y / 30.0)
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + (ripple + waves_x) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + (ripple + waves_y) * 2.0 / 3.0
    sine = np.sin(np.radians(lat))
    squash = 1.0 - ECCENTRICITY_SQUARED * sine * sine
    along_parallel_m = SEMI_MAJOR_M / np.sqrt(squash) * np.cos(np.radians(lat))
    along_meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (squash * np.sqrt(squash))
    return np.degrees(east_m / along_parallel_m), np.degrees(north_m / along_meridian_m)


def bd09_shift(lon: Numbers, lat: Numbers) -> Points:
    """Degrees from GCJ-02 points to their BD-09 numbers; there is no box."""
    radius = np.sqrt(lon * lon + lat * lat) + 0.00002 * np.sin(lat * BD09_WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD09_WAVE)
    return radius * np.cos(angle) + 0.0065 - lon, radius * np.sin(angle) + 0.006 - lat
