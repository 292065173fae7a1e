"""The addresses of the committed sample city stand where such doors stand."""

import csv
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry import shape

from samples.gusu_maker.address_plan import CALLED
from samples.gusu_maker.road_plan import STRIP_WIDTHS_M

FOLDER = Path(__file__).parents[2] / "samples" / "gusu"
METRES_A_DEGREE = (95_193.6, 110_874.8)


@cache
def addresses() -> list[dict[str, str]]:
    with (FOLDER / "addresses.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_metres(geometry: shapely.Geometry) -> Any:
    return shapely.transform(geometry, lambda degrees: degrees * METRES_A_DEGREE)


def place_of(address: dict[str, str]) -> Point:
    return in_metres(Point(float(address["lon"]), float(address["lat"])))


@cache
def roads() -> dict[str, tuple[str, LineString]]:
    """Class and centreline of each road by its name."""
    features = json.loads((FOLDER / "segments.geojson").read_text())["features"]
    return {f["properties"]["road"]: (f["properties"]["class"], in_metres(shape(f["geometry"]))) for f in features}


@cache
def sites() -> dict[str, tuple[str, Polygon]]:
    """Name and ground of each site by its code."""
    features = json.loads((FOLDER / "checkpoints.geojson").read_text())["features"]
    return {f["properties"]["code"]: (f["properties"]["name"], in_metres(shape(f["geometry"]))) for f in features}


def doors() -> dict[str, list[tuple[int, Point]]]:
    """Number and place of every door by road."""
    found: dict[str, list[tuple[int, Point]]] = {road: [] for road in roads()}
    for address in addresses():
        if address["road"]:
            found[address["road"]].append((int(address["number"].removesuffix("号")), place_of(address)))
    return found


def test_there_are_as_many_addresses_as_the_readme_says() -> None:
    kinds = Counter(address["code"][0] for address in addresses())
    assert len({address["code"] for address in addresses()}) == len(addresses()) == 1601
    assert kinds == {"H": 1050, "B": 527, "N": 24}
    readme = (FOLDER / "README.md").read_text()
    for count in ("1,601", "1,050", "527", "24"):
        assert readme.count(count) >= 2


def test_odd_numbers_stand_on_the_left_and_even_ones_on_the_right_behind_the_pavement() -> None:
    for road, known in doors().items():
        road_class, line = roads()[road]
        half_m = sum(STRIP_WIDTHS_M[road_class].values())
        assert len(known) > 10
        for number, place in known:
            # A ring that leaves the line to the left and comes back straight turns left, that is counter-clockwise.
            along = line.project(place)
            before, after = line.interpolate(max(along - 1.0, 0.0)), line.interpolate(along + 1.0)
            is_left = shapely.is_ccw(shapely.linearrings([before.coords[0], after.coords[0], place.coords[0]]))
            assert is_left == (number % 2 == 1), (road, number)
            assert half_m + 0.9 <= line.distance(place) <= half_m + 6.1, (road, number)


def test_numbers_rise_along_the_road_on_both_sides() -> None:
    for road, known in doors().items():
        _, line = roads()[road]
        for parity in (0, 1):
            side = sorted((number, line.project(place)) for number, place in known if number % 2 == parity)
            chainages = [chainage for _, chainage in side]
            assert chainages == sorted(chainages), road
            assert len({number for number, _ in side}) == len(side)


def test_no_door_stands_on_a_road_or_on_a_site() -> None:
    carriageways = [
        (name, line.buffer(sum(STRIP_WIDTHS_M[road_class].values()))) for name, (road_class, line) in roads().items()
    ]
    grounds = [ground for _, ground in sites().values()]
    tree, lots = shapely.STRtree([ground for _, ground in carriageways]), shapely.STRtree(grounds)
    for address in addresses():
        if address["road"]:
            assert not len(tree.query(place_of(address), predicate="intersects")), address
            assert not len(lots.query(place_of(address), predicate="intersects")), address


def test_the_buildings_of_an_estate_stand_inside_it_and_are_numbered_from_one() -> None:
    by_estate: dict[str, list[int]] = {}
    grounds = dict(sites().values())
    for address in addresses():
        if address["estate"]:
            assert grounds[address["estate"]].contains(place_of(address)), address
            by_estate.setdefault(address["estate"], []).append(int(address["building"].removesuffix("幢")))
    assert len(by_estate) == 40
    for numbers in by_estate.values():
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 4


@pytest.mark.parametrize("code", CALLED)
def test_what_people_call_a_site_stands_on_it(code: str) -> None:
    (address,) = [address for address in addresses() if address["alias"] == CALLED[code]]
    assert sites()[code][1].contains(place_of(address))
