"""Datums: the forward formulas against an independent library, and the way back against the way there."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import prcoords
import pytest

from geo.crs import distance_m
from geo.datum import Datum, from_wgs84, parse_datum, place_in_wgs84, to_wgs84
from geo.errors import UnknownDatum

GCJ02, BD09 = Datum("gcj02"), Datum("bd09")
CHINA_3_DEGREES = Datum("EPSG:4527")  # CGCS2000, 3-degree zone 39, false easting 39,500,000
ALL = [Datum("wgs84"), Datum("cgcs2000"), GCJ02, BD09, CHINA_3_DEGREES, Datum("EPSG:4547"), Datum("EPSG:3857")]
EDGE_WEST, EDGE_EAST, EDGE_SOUTH, EDGE_NORTH = 72.004, 137.8347, 0.8293, 55.8271


def codes(datums):
    return [datum.code for datum in datums]


def anywhere_in_china(count=20_000):
    """Seeded positions in the box of GCJ-02, a kilometre and more from its edge."""
    random = np.random.default_rng(20_240_601)
    lon = random.uniform(EDGE_WEST + 0.02, EDGE_EAST - 0.02, count)
    return lon, random.uniform(EDGE_SOUTH + 0.02, EDGE_NORTH - 0.02, count)


def apart_m(first, second):
    return distance_m(lon1=first[0], lat1=first[1], lon2=second[0], lat2=second[1]).max()


# Names


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("wgs84", "wgs84"),
        ("WGS-84", "wgs84"),
        ("gcj-02", "gcj02"),
        (" GCJ02 ", "gcj02"),
        ("bd-09", "bd09"),
        ("BD09", "bd09"),
        ("CGCS2000", "cgcs2000"),
        ("EPSG:4547", "EPSG:4547"),
        ("epsg:4547", "EPSG:4547"),
        ("4547", "EPSG:4547"),
        ("EPSG:4326", "wgs84"),
        ("EPSG:4490", "cgcs2000"),
    ],
)
def test_a_datum_is_known_by_the_ways_people_write_it(text, code):
    assert parse_datum(text) == Datum(code)


@pytest.mark.parametrize("text", ["", "mars", "EPSG:", "EPSG:999999", "ESRI:102100", "4547.0", "-4547x", "٤٥٤٧"])
def test_an_unknown_datum_is_named_with_the_known_ones_and_the_remedy(text):
    with pytest.raises(UnknownDatum) as refusal:
        parse_datum(text)
    for lang in ("zh", "en"):
        message = refusal.value.say(lang)
        assert text in message
        assert "wgs84, gcj02, bd09, cgcs2000" in message
        assert "EPSG:4547" in message


@pytest.mark.parametrize("text", ["EPSG:5773", "EPSG:4978", "EPSG:4979", "EPSG:9518"])
def test_heights_and_three_dimensions_are_refused(text):
    with pytest.raises(UnknownDatum, match="not a 2-D horizontal system"):
        parse_datum(text)


def test_a_system_without_a_published_way_to_wgs84_is_refused_instead_of_guessed():
    with pytest.raises(UnknownDatum, match=r"EPSG:2383 \(Xian 1980 .* no published transformation") as refusal:
        parse_datum("EPSG:2383")
    assert "CGCS2000" in refusal.value.say("zh")


# The way there


@pytest.mark.parametrize(
    ("datum", "independent"), [(GCJ02, prcoords.wgs_gcj), (BD09, prcoords.wgs_bd)], ids=["gcj02", "bd09"]
)
def test_the_way_there_agrees_with_an_independent_library_to_a_millimetre(datum, independent):
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.linspace(72.01, 137.83, 90), np.linspace(0.83, 55.82, 70)))
    expected = np.array([independent(prcoords.Coords(lat=y, lon=x)) for x, y in zip(lon, lat, strict=True)])
    assert apart_m(from_wgs84(datum, lon=lon, lat=lat), (expected[:, 1], expected[:, 0])) < 0.001


def test_gcj02_moves_suzhou_by_about_half_a_kilometre_and_leaves_paris_alone():
    lon, lat = np.array([120.6235, 2.35]), np.array([31.3135, 48.85])
    moved_lon, moved_lat = from_wgs84(GCJ02, lon=lon, lat=lat)
    moved_m = distance_m(lon1=lon, lat1=lat, lon2=moved_lon, lat2=moved_lat)
    assert moved_m[0] == pytest.approx(465.0, abs=5.0)
    assert moved_m[1] == 0.0


# The way back


@pytest.mark.parametrize("datum", [GCJ02, BD09], ids=codes([GCJ02, BD09]))
def test_there_and_back_again_is_the_same_place_to_a_micrometre(datum):
    lon, lat = anywhere_in_china()
    there = from_wgs84(datum, lon=lon, lat=lat)
    assert apart_m(to_wgs84(datum, lon=there[0], lat=there[1]), (lon, lat)) < 1e-6
    back = to_wgs84(datum, lon=lon, lat=lat)
    assert apart_m(from_wgs84(datum, lon=back[0], lat=back[1]), (lon, lat)) < 1e-6


def test_the_way_back_holds_where_the_formula_has_a_kink():
    """At 105° E a square root of the longitude has an infinite slope."""
    random = np.random.default_rng(105)
    lon = 105.0 + random.choice([-1.0, 1.0], 5_000) * 10.0 ** random.uniform(-15.0, -1.0, 5_000)
    lat = random.uniform(1.0, 55.0, 5_000)
    there = from_wgs84(GCJ02, lon=lon, lat=lat)
    assert apart_m(to_wgs84(GCJ02, lon=there[0], lat=there[1]), (lon, lat)) < 1e-6


def test_bd09_comes_back_from_anywhere_on_earth():
    random = np.random.default_rng(9)
    lon, lat = random.uniform(-180.0, 180.0, 20_000), random.uniform(-89.9, 89.9, 20_000)
    there = from_wgs84(BD09, lon=lon, lat=lat)
    back = to_wgs84(BD09, lon=there[0], lat=there[1])
    inside = (lon > 72.0) & (lon < 137.84) & (lat > 0.82) & (lat < 55.83)
    edge = inside & ((lon < 72.02) | (lon > 137.82) | (lat < 0.84) | (lat > 55.81))
    assert apart_m((back[0][~edge], back[1][~edge]), (lon[~edge], lat[~edge])) < 1e-6


@pytest.mark.parametrize("datum", ALL[4:], ids=codes(ALL[4:]))
def test_projected_systems_come_back_to_a_micrometre(datum):
    random = np.random.default_rng(4547)
    lon, lat = random.uniform(112.0, 119.0, 2_000), random.uniform(18.0, 53.0, 2_000)
    there = from_wgs84(datum, lon=lon, lat=lat)
    assert apart_m(to_wgs84(datum, lon=there[0], lat=there[1]), (lon, lat)) < 1e-6


def test_a_zone_of_cgcs2000_counts_metres_from_its_central_meridian():
    lon, lat = to_wgs84(CHINA_3_DEGREES, lon=np.array([39_500_000.0]), lat=np.array([0.0]))
    assert lon == pytest.approx(117.0, abs=1e-12)
    assert lat == pytest.approx(0.0, abs=1e-12)
    east, north = from_wgs84(Datum("EPSG:4547"), lon=np.array([114.0]), lat=np.array([90.0]))
    assert (east[0], north[0]) == pytest.approx((500_000.0, 10_001_965.729), abs=0.001)


@pytest.mark.parametrize("datum", [Datum("wgs84"), GCJ02, BD09, Datum("EPSG:3857")], ids=lambda datum: datum.code)
def test_the_antimeridian_comes_back_on_the_side_it_was_on(datum):
    lon, lat = np.array([180.0, -180.0, 179.9999999, -179.9999999]), np.array([0.0, 10.0, -20.0, 66.0])
    there = from_wgs84(datum, lon=lon, lat=lat)
    back = to_wgs84(datum, lon=there[0], lat=there[1])
    assert back[0] == pytest.approx(lon, abs=1e-11)
    assert back[1] == pytest.approx(lat, abs=1e-11)


# The edge of the box


def around_the_edge():
    """Positions up to 0.02° inside and outside of the box, on all four sides and at the corners."""
    random = np.random.default_rng(72_005)
    along, off = random.uniform(0.0, 1.0, 4_000), random.uniform(-0.02, 0.02, 4_000)
    along_lon = EDGE_WEST + along * (EDGE_EAST - EDGE_WEST)
    along_lat = EDGE_SOUTH + along * (EDGE_NORTH - EDGE_SOUTH)
    lon = np.concatenate([EDGE_WEST + off, EDGE_EAST + off, along_lon, along_lon, EDGE_WEST + off, [72.005]])
    lat = np.concatenate([along_lat, along_lat, EDGE_SOUTH + off, EDGE_NORTH + off, EDGE_NORTH + off[::-1], [40.0]])
    return lon, lat


def in_box(lon, lat):
    return (lon >= EDGE_WEST) & (lon <= EDGE_EAST) & (lat >= EDGE_SOUTH) & (lat <= EDGE_NORTH)


def test_at_the_edge_a_number_comes_from_where_it_came_or_else_stays_itself():
    lon, lat = around_the_edge()
    back = to_wgs84(GCJ02, lon=lon, lat=lat)
    again = from_wgs84(GCJ02, lon=back[0], lat=back[1])
    comes_from = distance_m(lon1=again[0], lat1=again[1], lon2=lon, lat2=lat) < 1e-6
    stays = (back[0] == lon) & (back[1] == lat)
    assert np.all(comes_from | stays)
    assert np.all(comes_from[~in_box(lon, lat)])
    # All three happen: displaced, untouched outside, and inside without a place of origin.
    assert np.any(comes_from & ~stays)
    assert np.any(comes_from & stays)
    assert np.any(stays & ~comes_from)


def test_at_the_edge_a_place_comes_back_unless_gcj02_carries_it_out_of_the_box():
    lon, lat = around_the_edge()
    there = from_wgs84(GCJ02, lon=lon, lat=lat)
    back = to_wgs84(GCJ02, lon=there[0], lat=there[1])
    comes_back = distance_m(lon1=back[0], lat1=back[1], lon2=lon, lat2=lat) < 1e-6
    carried_out = in_box(lon, lat) & ~in_box(*there)
    carried_in_twice = ~in_box(lon, lat) & ~comes_back
    assert np.all(comes_back | carried_out)
    assert np.any(carried_out)
    assert not np.any(carried_in_twice)


def test_the_place_where_another_library_never_returns_stays_itself():
    lon, lat = to_wgs84(GCJ02, lon=np.array([72.005]), lat=np.array([40.0]))
    assert (lon[0], lat[0]) == (72.005, 40.0)


# Arrays


@pytest.mark.parametrize("datum", ALL, ids=codes(ALL))
def test_equal_points_give_equal_bits_wherever_they_stand(datum):
    here = from_wgs84(datum, lon=np.array([114.123456789]), lat=np.array([31.987654321]))
    there = to_wgs84(datum, lon=here[0], lat=here[1])
    for count in (*range(1, 40), 1_000, 4_099):
        lon, lat = from_wgs84(datum, lon=np.full(count, 114.123456789), lat=np.full(count, 31.987654321))
        assert set(lon) == {here[0][0]}
        assert set(lat) == {here[1][0]}
        lon, lat = to_wgs84(datum, lon=lon, lat=lat)
        assert set(lon) == {there[0][0]}
        assert set(lat) == {there[1][0]}


@pytest.mark.parametrize("datum", ALL, ids=codes(ALL))
def test_a_point_does_not_depend_on_its_company(datum):
    lon, lat = from_wgs84(datum, lon=np.linspace(112.0, 119.0, 203), lat=np.linspace(20.0, 50.0, 203))
    together = np.column_stack(to_wgs84(datum, lon=lon, lat=lat))
    alone = [np.column_stack(to_wgs84(datum, lon=lon[[row]], lat=lat[[row]]))[0] for row in range(203)]
    backwards = np.column_stack(to_wgs84(datum, lon=lon[::-1], lat=lat[::-1]))[::-1]
    every_third = np.column_stack(to_wgs84(datum, lon=lon[1::3], lat=lat[1::3]))
    table = to_wgs84(datum, lon=lon.reshape(7, 29), lat=lat.reshape(7, 29))
    assert np.array_equal(together, alone)
    assert np.array_equal(together, backwards)
    assert np.array_equal(together[1::3], every_third)
    assert np.array_equal(together.reshape(7, 29, 2), np.stack(table, axis=-1))


@pytest.mark.parametrize("datum", ALL, ids=codes(ALL))
@pytest.mark.parametrize("convert", [to_wgs84, from_wgs84])
def test_the_input_stays_as_it_was_and_the_output_is_new(datum, convert):
    lon, lat = np.array([114.0, 116.0]), np.array([31.0, 39.0])
    out_lon, out_lat = convert(datum, lon=lon, lat=lat)
    out_lon += 1.0
    out_lat += 1.0
    assert lon.tolist() == [114.0, 116.0]
    assert lat.tolist() == [31.0, 39.0]


@pytest.mark.parametrize("datum", ALL, ids=codes(ALL))
@pytest.mark.parametrize("convert", [to_wgs84, from_wgs84])
def test_what_is_not_finite_stays_not_finite_and_its_neighbour_is_unharmed(datum, convert):
    absurd = [(np.nan, 31.0), (114.0, np.nan), (np.inf, 31.0), (114.0, -np.inf), (np.nan, np.inf)]
    lon, lat = np.array([*absurd, (114.0, 31.0)]).T
    out = np.column_stack(convert(datum, lon=lon, lat=lat))
    assert not np.any(np.isfinite(out[:-1]).all(axis=1))
    assert np.array_equal(out[-1:], np.column_stack(convert(datum, lon=lon[-1:], lat=lat[-1:])))


@pytest.mark.parametrize("datum", ALL, ids=codes(ALL))
def test_no_points_give_no_points(datum):
    lon, lat = to_wgs84(datum, lon=np.array([]), lat=np.array([]))
    assert lon.shape == lat.shape == (0,)


def test_threads_share_a_datum():
    lon, lat = from_wgs84(CHINA_3_DEGREES, lon=np.linspace(115.0, 119.0, 2_000), lat=np.linspace(20.0, 50.0, 2_000))
    alone = np.column_stack(to_wgs84(CHINA_3_DEGREES, lon=lon, lat=lat))
    together = Barrier(8, timeout=30.0)

    def convert(_):
        together.wait()
        return np.column_stack(to_wgs84(CHINA_3_DEGREES, lon=lon, lat=lat))

    with ThreadPoolExecutor(8) as threads:
        assert all(np.array_equal(answer, alone) for answer in threads.map(convert, range(8)))


@pytest.mark.parametrize("datum", ALL, ids=codes(ALL))
def test_one_point_has_the_bits_of_the_same_point_among_many(datum):
    random = np.random.default_rng(7)
    lon, lat = from_wgs84(datum, lon=random.uniform(60, 150, 3000), lat=random.uniform(-10, 60, 3000))
    lon, lat = (
        np.append(numbers, odd) for numbers, odd in ((lon, [np.nan, np.inf, 1e308]), (lat, [1, -np.inf, 1e308]))
    )
    alone = [place_in_wgs84(datum, lon=x, lat=y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    assert np.array_equal(np.array(alone).T, to_wgs84(datum, lon=lon, lat=lat), equal_nan=True)
