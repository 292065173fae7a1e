"""The way of a file's numbers to WGS 84, and which of them cannot be anywhere."""

import numpy as np
from numpy.typing import NDArray

from geo.datum import Datum, parse_datum, to_wgs84
from geo.model import FloatArray

PLAIN = ("wgs84", "cgcs2000")


def datum_of(given: str | None, declared: str | None, city_datum: Datum | None) -> Datum | None:
    """The datum of a file: as city.toml gives it for the file, else as the file declares it, else the city's.

    A file that declares plain longitude and latitude says nothing: writers put that in without looking, over GCJ-02
    numbers too. None only when the city's own datum is needed and not known.

    Raises
    ------
    UnknownDatum
    """
    if given is not None:
        return parse_datum(given)
    if declared is not None:
        datum = parse_datum(declared)
        if datum.code not in PLAIN:
            return datum
    return city_datum


def place(datum: Datum, *, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """WGS 84 longitudes and latitudes (n,), and whether each position (n,) can be one.

    It can when it is finite and in range, in WGS 84 and in the numbers as given, where those are degrees.
    """
    degrees_lon, degrees_lat = to_wgs84(datum, lon=lon, lat=lat)
    possible = _in_range(degrees_lon, degrees_lat)
    if not datum.code.startswith("EPSG:"):
        possible &= _in_range(lon, lat)
    return degrees_lon, degrees_lat, possible


def _in_range(lon: FloatArray, lat: FloatArray) -> NDArray[np.bool_]:
    in_range: NDArray[np.bool_] = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)  # False for NaN
    return in_range
