"""Baidu's Mercator metres become degrees."""

import pytest
from pyproj import Transformer

from geo.errors import InvalidInput
from geo.places.baidu import BANDS, from_mercator
from geo.places.links import read_link

ELLIPSOIDAL = Transformer.from_crs(4326, 3395, always_xy=True)


@pytest.mark.parametrize(
    ("northing", "lat", "within_deg"),
    [(1_678_043.12, 15.0, 1e-7), (3_481_989.83, 30.0, 1e-7), (5_591_021.0, 45.0, 1e-7), (8_362_377.87, 60.0, 1e-6)],
)
def test_neighbouring_bands_meet_where_one_ends(northing: float, lat: float, within_deg: float) -> None:
    for near in (northing, northing - 1e-6):
        found = from_mercator(easting=0.0, northing=near)
        assert found is not None
        assert found[1] == pytest.approx(lat, abs=within_deg)
    assert northing in [band[0] for band in BANDS]


def test_it_is_a_mercator_of_nearly_the_earths_ellipsoid() -> None:
    for lat in (0.5, 5, 14, 16, 23, 29, 31.3, 38, 44, 46, 52, 59, 61, 70):
        easting, northing = ELLIPSOIDAL.transform(120.62, lat)
        for sign in (1, -1):
            found = from_mercator(easting=sign * easting, northing=sign * northing)
            assert found == (pytest.approx(sign * 120.62, abs=0.0015), pytest.approx(sign * lat, abs=0.002))


def test_a_published_place_comes_out_where_it_was() -> None:
    # Quoted publicly as what convertLL2MC of Baidu's library makes of 113.768261, 23.036282; the northing is rounded.
    found = from_mercator(easting=12_664_762.69, northing=2_619_536.0)
    assert found == (pytest.approx(113.768261, abs=2e-6), pytest.approx(23.036282, abs=1e-5))


def test_what_is_no_place_of_the_map_is_none() -> None:
    for easting, northing in ((3e7, 0.0), (0.0, 1.3e7), (0.0, 9e7), (0.0, -1.3e7)):
        assert from_mercator(easting=easting, northing=northing) is None


def test_the_address_of_the_web_map_gives_the_middle_of_its_view() -> None:
    linked = read_link(
        "看这里 https://map.baidu.com/poi/x/@12664762.69,2619536,17z?querytype=detailConInfo", accuracy_m=5.0
    )
    assert linked.spot.accuracy_m == 50.0
    # BD-09 lies some 500 to 800 m east and north of WGS 84 here.
    assert linked.spot.lon == pytest.approx(113.768261 - 0.0118, abs=0.002)
    assert linked.spot.lat == pytest.approx(23.036282 - 0.003, abs=0.002)
    assert "核对" in linked.how.say("zh")


@pytest.mark.parametrize("view", ["@1e7,2,17z", "@99999999,1,17z", "@1,99999999,17z", "@,", "@12664762.69"])
def test_an_address_without_a_place_is_refused(view: str) -> None:
    with pytest.raises(InvalidInput, match="no longitude and latitude"):
        read_link(f"https://map.baidu.com/{view}", accuracy_m=5.0)
