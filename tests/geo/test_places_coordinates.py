"""Coordinates and map links are read in the datum and the order in which they were written."""

import pytest

from geo.datum import Datum
from geo.errors import InvalidInput, UnknownDatum
from geo.places.coordinates import Reading, read_coordinates
from geo.places.extents import metres_apart
from geo.places.links import has_link, read_link
from geo.places.words import tidy

WGS84 = Datum("wgs84")
BOUNDS = (120.5, 31.2, 120.7, 31.4)
HERE = (120.604, 31.304)
# HERE in the other datums: tests/geo/test_datum.py checks the shifts against an independent implementation
GCJ02 = "120.608170,31.301815"
BD09 = "120.614569,31.308140"


def read(text: str) -> list[Reading]:
    return read_coordinates(tidy(text), datum=WGS84, bounds=BOUNDS, accuracy_m=5.0)


def metres_from_here(lon: float, lat: float) -> float:
    return metres_apart((lon, lat), HERE)


@pytest.mark.parametrize(
    "text",
    [
        "120.60400,31.30400",
        "31.30400，120.60400",
        "(120.60400, 31.30400)",
        "31.30400 N 120.60400 E",
        "N31.30400 E120.60400",
        "东经120.60400 北纬31.30400",
        "北纬31.30400度，东经120.60400度",
        "经度：120.60400 纬度：31.30400",
        "lat=31.30400, lon=120.60400",
        "31°18'14.40\"N 120°36'14.40\"E",
        "东经120度36分14.40秒，北纬31度18分14.40秒",
        f"gcj02 {GCJ02}",
        f"高德 {GCJ02}",
        f"{GCJ02} GCJ-02",
        f"百度坐标 {BD09}",
        f"bd09 {BD09}",
    ],
)
def test_one_place_is_read_however_it_is_written(text: str) -> None:
    (reading,) = read(text)
    assert metres_from_here(reading.spot.lon, reading.spot.lat) < 1.0
    assert reading.spot.accuracy_m == 5.0


def test_plane_coordinates_are_read_in_their_epsg_system() -> None:
    (reading,) = read("EPSG:4549 557501.3,3464836.9")
    assert metres_from_here(reading.spot.lon, reading.spot.lat) < 1.0
    with pytest.raises(UnknownDatum):
        read("EPSG:999999 1,2")


@pytest.mark.parametrize(("text", "accuracy_m"), [("120.6,31.3", 5566.0), ("120.604,31.3", 55.7), ("121,31.304", 55.7)])
def test_few_digits_are_a_wide_place(text: str, accuracy_m: float) -> None:
    assert read(text)[0].spot.accuracy_m == pytest.approx(accuracy_m, abs=0.1)


def test_the_citys_bounds_settle_an_order_that_ranges_leave_open() -> None:
    (reading,) = read_coordinates("51.50,7.45", datum=WGS84, bounds=(7.0, 51.0, 8.0, 52.0), accuracy_m=5.0)
    assert (reading.spot.lon, reading.spot.lat) == (7.45, 51.50)


def test_an_order_that_nothing_settles_is_given_both_ways_and_said() -> None:
    one, other = read("20.5,31.3")
    assert (one.spot.lon, one.spot.lat) == (other.spot.lat, other.spot.lon) == (20.5, 31.3)
    assert "either order is possible" in one.how.say("en")
    assert "请核对" in other.how.say("zh")


@pytest.mark.parametrize("text", ["平江路12号", "12", "120.6", "200.1,95.2", "1 2 3", "人民路 31,5"])
def test_other_texts_are_no_coordinates(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("link", "datum"),
    [
        (f"https://uri.amap.com/marker?position={GCJ02}&name=x", "gcj02"),
        (f"//x https://uri.amap.com/marker?position={GCJ02}&coordinate=gaode 点这里", "gcj02"),
        ("https://uri.amap.com/marker?position=120.604000,31.304000&coordinate=wgs84", "wgs84"),
        ("https://wb.amap.com/?p=B0FFFAB6J2,31.301815,120.608170,%E5%B8%82%E5%9C%BA,x", "gcj02"),
        ("https://www.amap.com/regeo?lng=120.608170&lat=31.301815&name=x", "gcj02"),
        ("androidamap://viewMap?poiname=x&lat=31.301815&lon=120.608170&dev=0", "gcj02"),
        ("https://api.map.baidu.com/marker?location=31.308140,120.614569&output=html", "bd09"),
        ("http://api.map.baidu.com/marker?location=31.301815,120.608170&coord_type=gcj02", "gcj02"),
        ("baidumap://map/marker?location=31.304000,120.604000&coord_type=wgs84", "wgs84"),
        ("https://apis.map.qq.com/uri/v1/marker?marker=coord:31.301815,120.608170;title:x;addr:y&referer=z", "gcj02"),
        ("https://apis.map.qq.com/uri/v1/geocoder?coord=31.304000,120.604000&coord_type=1", "wgs84"),
        ("https://map.qq.com/?type=marker&pointx=120.608170&pointy=31.301815&name=x", "gcj02"),
    ],
)
def test_a_pasted_link_is_read_in_the_datum_of_its_host_and_parameters(link: str, datum: str) -> None:
    assert has_link(link)
    linked = read_link(link, accuracy_m=5.0)
    assert metres_from_here(linked.spot.lon, linked.spot.lat) < 1.0
    assert datum in linked.how.say("zh")


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("https://surl.amap.com/4sYfhKl1C7xY", "full address"),
        ("https://map.baidu.com/@13426000.5", "holds no longitude"),
        ("https://amap.com.example.org/?position=120.6,31.3", "amap.com.example.org"),
        ("https://uri.amap.com/marker?position=120.6,nan", "holds no longitude"),
        ("https://www.amap.com/regeo?lng=nan&lat=inf", "holds no longitude"),
    ],
)
def test_a_link_without_a_place_or_of_another_site_is_refused(link: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        read_link(link, accuracy_m=5.0)
