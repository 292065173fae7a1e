"""Pasted links of Amap, Baidu and Tencent maps: the place and the datum that they spell out. Nothing is fetched."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from geo.datum import Datum
from geo.errors import InvalidInput
from geo.places.baidu import from_mercator
from geo.places.coordinates import placed_in
from geo.places.hit import Said, Spot
from geo.wording import Name, Phrase

LINK_LIMIT = 2000  # names in a link are percent-encoded, nine characters a Chinese one

FROM_LINK = Phrase(zh="{map}链接中的坐标（{datum}）", en="coordinates in a link of {map} ({datum})")
FROM_VIEW = Phrase(
    zh="{map}链接中画面的中心（{datum}），不一定是所指的点，请核对",
    en="the middle of the view in a link of {map} ({datum}), perhaps not the very place; check it",
)
OTHER_HOST = Phrase(
    zh="无法识别 {host} 的链接；请粘贴高德、百度或腾讯地图的链接，或直接给出坐标",
    en="links of {host} are not understood; paste one of Amap, Baidu or Tencent maps, or give coordinates",
)
WITHOUT_PLACE = Phrase(
    zh="{host} 的这个链接中没有经纬度（短链接需在浏览器打开后复制完整网址）；请粘贴含坐标的链接，或直接给出坐标",
    en="this link of {host} holds no longitude and latitude (open a short link in a browser and copy its full "
    "address); paste one that does, or give coordinates",
)

LINK = re.compile(r"[a-z]{3,12}://[^\s，。；）】]+", re.IGNORECASE)
# Baidu's own metres: map.baidu.com/@13426839.5,3655128.1,17z
VIEW = re.compile(r"/@(-?\d{1,8}(?:\.\d+)?),(-?\d{1,8}(?:\.\d+)?),")
VIEW_LESS_SURE = 10.0  # times less accurate than a place that the link spells out
NUMBERS = re.compile(r"(-?\d{1,3}\.\d+)\s*,\s*(-?\d{1,3}\.\d+)")
AMAP = Name(zh="高德地图", en="Amap")
BAIDU = Name(zh="百度地图", en="Baidu maps")
TENCENT = Name(zh="腾讯地图", en="Tencent maps")


@dataclass(frozen=True, slots=True)
class Service:
    """How a map service writes places: parameters with a pair of numbers, and the two orders it has for them."""

    name: Name
    hosts: tuple[str, ...]
    datum: str
    lon_first: tuple[str, ...]
    lat_first: tuple[str, ...]
    single: tuple[tuple[str, str], ...]
    datum_keys: tuple[str, ...]
    datums: Mapping[str, str]


SERVICES = (
    Service(
        AMAP,
        ("amap.com", "gaode.com", "androidamap", "iosamap"),
        "gcj02",
        lon_first=("position", "center", "dest", "location", "lnglat"),
        lat_first=("p", "q"),
        single=(("lon", "lat"), ("lng", "lat"), ("dlon", "dlat"), ("x", "y")),
        datum_keys=("coordinate", "dev"),
        datums={"wgs84": "wgs84", "1": "wgs84"},
    ),
    Service(
        BAIDU,
        ("map.baidu.com", "baidumap", "bdapp"),
        "bd09",
        lon_first=(),
        lat_first=("location", "latlng", "center", "destination"),
        single=(("lng", "lat"), ("lon", "lat")),
        datum_keys=("coord_type",),
        datums={"wgs84": "wgs84", "gcj02": "gcj02", "bd09ll": "bd09"},
    ),
    Service(
        TENCENT,
        ("map.qq.com", "qqmap"),
        "gcj02",
        lon_first=(),
        lat_first=("marker", "coord", "tocoord", "center", "latlng"),
        single=(("pointx", "pointy"), ("lng", "lat"), ("lon", "lat")),
        datum_keys=("coord_type",),
        datums={"1": "wgs84"},
    ),
)


@dataclass(frozen=True, slots=True)
class Linked:
    """The place that a link shows, with the title it gives it."""

    spot: Spot
    how: Said
    title: str | None


def has_link(text: str) -> bool:
    """Whether a text holds a link."""
    return LINK.search(text) is not None


def read_link(text: str, *, accuracy_m: float) -> Linked:
    """The place in the first link of a text.

    Raises
    ------
    InvalidInput
        The link is of another site, or it does not spell out a longitude and a latitude.
    """
    found = LINK.search(text)
    parts = urlsplit(found[0] if found else text)
    host = (parts.hostname or "").lower() if parts.scheme.lower() in ("http", "https") else parts.scheme.lower()
    service = next((one for one in SERVICES if _is_of(host, one)), None)
    if service is None:
        raise InvalidInput(OTHER_HOST, host=host[:80])
    values = {key.lower(): value for key, value in parse_qsl(parts.query) + parse_qsl(parts.fragment.partition("?")[2])}
    numbers = _numbers(service, values)
    if numbers is None and service.name is BAIDU and (view := _viewed(parts.path, accuracy_m)):
        return view
    if numbers is None:
        raise InvalidInput(WITHOUT_PLACE, host=host)
    stated = next((values[key] for key in service.datum_keys if key in values), "")
    datum = Datum(service.datums.get(stated.lower(), service.datum))
    place = placed_in(datum, lon=numbers[0], lat=numbers[1])
    if place is None:
        raise InvalidInput(WITHOUT_PLACE, host=host)
    title = re.search(r"title:([^;|]+)", values.get("marker", ""))
    named = title[1] if title else values.get("name") or values.get("title") or values.get("poiname")
    how = Said(FROM_LINK, {"map": service.name, "datum": datum.code})
    return Linked(Spot(*place, accuracy_m), how, unquote(named)[:80] if named else None)


def _viewed(path: str, accuracy_m: float) -> Linked | None:
    """The middle of the map in the address of Baidu's web map."""
    found = VIEW.search(path)
    degrees = from_mercator(easting=float(found[1]), northing=float(found[2])) if found else None
    place = placed_in(Datum("bd09"), lon=degrees[0], lat=degrees[1]) if degrees else None
    if place is None:
        return None
    how = Said(FROM_VIEW, {"map": BAIDU, "datum": "bd09"})
    return Linked(Spot(*place, accuracy_m * VIEW_LESS_SURE), how, None)


def _is_of(host: str, service: Service) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in service.hosts)


def _numbers(service: Service, values: Mapping[str, str]) -> tuple[float, float] | None:
    """Longitude and latitude as the link has them; the range settles what a service writes either way round."""
    for keys, turned in ((service.lon_first, False), (service.lat_first, True)):
        for key in keys:
            if found := NUMBERS.search(values.get(key, "")):
                first, second = float(found[1]), float(found[2])
                return (second, first) if turned and abs(first) <= 90.0 else (first, second)
    for lon_key, lat_key in service.single:
        try:
            return float(values[lon_key]), float(values[lat_key])
        except (KeyError, ValueError):
            continue
    return None
