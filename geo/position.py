"""A position: WGS 84 longitude and latitude with its accuracy, checked on entry."""

import math
from dataclasses import dataclass

from geo.errors import InvalidInput
from geo.wording import Phrase

ACCURACY_LIMIT_M = 100_000.0

NOT_FINITE = Phrase(
    zh="{field} = {value} 不是有限数；请给出十进制度数",
    en="{field} {value} is not a finite number; give decimal degrees",
)
LON_OUTSIDE = Phrase(
    zh="lon {value} 超出 [-180, 180]；请检查坐标系参数 datum",
    en="lon {value} is outside [-180, 180]; is the datum right?",
)
LAT_OUTSIDE = Phrase(
    zh="lat {value} 超出 [-90, 90]；是否把 lon 和 lat 写反了？",
    en="lat {value} is outside [-90, 90]; were lon and lat swapped?",
)
NO_PLACE = Phrase(
    zh="lon {lon}、lat {lat} 在坐标系 {datum} 中没有对应的地点；请检查数值和 datum",
    en="lon {lon}, lat {lat} is no place in the datum {datum}; check the numbers and the datum",
)
ACCURACY_OUTSIDE = Phrase(
    zh="accuracy_m {value} 超出 [0, {limit}]；请以米为单位给出精度，未知时省略",
    en="accuracy_m {value} is outside [0, {limit}]; give metres, or leave it out when unknown",
)
CONFIDENCE_OUTSIDE = Phrase(
    zh="confidence {value} 不在 (0, 1) 之间；通常为 0.68 或 0.95",
    en="confidence {value} is not between 0 and 1 (exclusive); usual values are 0.68 and 0.95",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where, in WGS 84 degrees; the true place lies within `accuracy_m` with probability `confidence`.

    The error is a circular normal, so one axis has the standard deviation `sigma_m`.
    """

    lon: float
    lat: float
    accuracy_m: float = 0.0
    confidence: float = 0.68

    def __post_init__(self) -> None:
        check_lon_lat(lon=self.lon, lat=self.lat)
        check_accuracy(self.accuracy_m)
        if not 0.0 < self.confidence < 1.0:
            raise InvalidInput(CONFIDENCE_OUTSIDE, value=self.confidence)

    @property
    def sigma_m(self) -> float:
        """Standard deviation per axis in metres."""
        return sigma_of(accuracy_m=self.accuracy_m, confidence=self.confidence)


def sigma_of(*, accuracy_m: float, confidence: float) -> float:
    """Standard deviation per axis, in metres, of a circular normal that lies within A with probability C.

    A / sqrt(-2 ln(1 - C)): A / 1.510 at 0.68, A / 2.448 at 0.95.
    """
    return accuracy_m / math.sqrt(-2.0 * math.log1p(-confidence))


def check_accuracy(accuracy_m: float) -> None:
    """Nothing, when it can be an accuracy; else InvalidInput naming value and limit."""
    if not 0.0 <= accuracy_m <= ACCURACY_LIMIT_M:
        raise InvalidInput(ACCURACY_OUTSIDE, value=accuracy_m, limit=ACCURACY_LIMIT_M)


def check_lon_lat(*, lon: float, lat: float) -> None:
    """Nothing, when both are finite degrees in range.

    Raises
    ------
    InvalidInput
        Naming the value, the range and the likely mistake.
    """
    for field, value in (("lon", lon), ("lat", lat)):
        if not math.isfinite(value):
            raise InvalidInput(NOT_FINITE, field=field, value=value)
    if not -180.0 <= lon <= 180.0:
        raise InvalidInput(LON_OUTSIDE, value=lon)
    if not -90.0 <= lat <= 90.0:
        raise InvalidInput(LAT_OUTSIDE, value=lat)
