import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import distance_m
from maps.cells import MAX_CLASSES, class_limits, count_cells

BOUNDS = (120.0, 31.0, 120.2, 31.1)


def test_every_record_is_counted_once() -> None:
    places = np.random.default_rng(7)
    lon, lat = places.uniform(120.0, 120.2, 5_000), places.uniform(31.0, 31.1, 5_000)
    cells = count_cells(lon=lon, lat=lat, bounds=BOUNDS)
    assert cells.count.sum() == 5_000
    assert len({*zip(cells.row.tolist(), cells.column.tolist(), strict=True)}) == len(cells.count)


def test_records_at_one_place_share_a_cell_and_its_middle_is_near() -> None:
    cells = count_cells(lon=np.full(3, 120.034), lat=np.full(3, 31.072), bounds=BOUNDS)
    assert cells.count.tolist() == [3]
    [lon], [lat] = cells.centers()
    assert distance_m(lon1=lon, lat1=lat, lon2=120.034, lat2=31.072) <= cells.side_m * 0.71


@pytest.mark.parametrize("middle", [0.0, 31.0, -54.0, 69.0])
def test_all_cells_have_the_same_ground_at_any_latitude(middle: float) -> None:
    lat = np.linspace(middle - 0.5, middle + 0.5, 50)
    cells = count_cells(lon=np.full(50, 20.0), lat=lat, bounds=(19.0, middle - 0.5, 21.0, middle + 0.5))
    west, south = cells.origin_lon, cells.origin_lat + cells.row * cells.lat_step
    wide = distance_m(lon1=west, lat1=south, lon2=west + cells.lon_steps, lat2=south)
    high = distance_m(lon1=west, lat1=south, lon2=west, lat2=south + cells.lat_step)
    np.testing.assert_allclose(wide * high, cells.side_m**2, rtol=0.005)


@pytest.mark.parametrize(("degrees", "side_m"), [(0.01, 10), (0.1, 100), (1.0, 1_000), (50.0, 50_000)])
def test_the_side_is_round_and_grows_with_the_city(degrees: float, side_m: int) -> None:
    bounds = (120.0, 0.0, 120.0 + degrees, degrees)
    assert count_cells(lon=np.array([120.0]), lat=np.array([0.0]), bounds=bounds).side_m == side_m


def test_density_follows_from_the_side() -> None:
    cells = count_cells(lon=np.array([120.1]), lat=np.array([31.05]), bounds=BOUNDS)
    assert cells.side_m == 100
    assert cells.per_km2 == 100.0


def test_no_records_make_no_cells_and_no_classes() -> None:
    nothing = np.empty(0)
    cells = count_cells(lon=nothing, lat=nothing, bounds=BOUNDS)
    assert cells.count.size == 0
    assert class_limits(cells.count) == ()


@pytest.mark.parametrize(
    ("counts", "limits"),
    [
        ([1, 1, 1], (1,)),
        ([1, 2, 4], (1, 2)),
        ([7], (5,)),
        ([1, 2, 5, 10, 49, 50, 78], (1, 2, 5, 10, 20, 50)),
        ([1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000], (1, 5, 20, 100, 500, 2_000)),
    ],
)
def test_classes_go_in_steps_of_one_two_five(counts: list[int], limits: tuple[int, ...]) -> None:
    assert class_limits(np.array(counts)) == limits


def test_one_extreme_cell_does_not_push_the_others_into_one_class() -> None:
    assert class_limits(np.array([1, 3, 8, 1_000_000])) == (1, 2, 5, 1_000_000)


@given(st.lists(st.integers(min_value=1, max_value=10**9), min_size=1, max_size=60))
def test_every_count_has_a_class(counts: list[int]) -> None:
    limits = class_limits(np.array(counts))
    assert 1 <= limits[0] <= min(counts)
    assert limits[-1] <= max(counts)
    assert list(limits) == sorted(set(limits))
    assert len(limits) <= MAX_CLASSES
