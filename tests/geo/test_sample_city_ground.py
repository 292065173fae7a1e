"""The roads, sites and claims of the committed sample city: drawn where the plan says, and nothing left out."""

import csv
import io
import json
import re
import tomllib
from collections import Counter
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely
from pyproj import Geod
from shapely import LineString, Polygon
from shapely.geometry import shape

from geo.model import UnitKind
from samples.gusu_maker.claims import UNOWNED_STRIP
from samples.gusu_maker.records import MARKETS
from samples.gusu_maker.road_plan import NOT_ROADS, STRIP_WIDTHS_M

FOLDER = Path(__file__).parents[2] / "samples" / "gusu"
METRES_A_LON_DEGREE = 95_193.6
METRES_A_LAT_DEGREE = 110_874.8
EARTH = Geod(ellps="WGS84")

Features = dict[str, tuple[dict[str, Any], shapely.Geometry]]


@cache
def read_layer(file: str, key: str = "code") -> Features:
    features = json.loads((FOLDER / file).read_text())["features"]
    layer = {feature["properties"][key]: (feature["properties"], shape(feature["geometry"])) for feature in features}
    assert len(layer) == len(features)
    return layer


@cache
def read_table(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((FOLDER / file).read_text())))


def in_metres(geometry: shapely.Geometry) -> shapely.Geometry:
    """On the plane of the sample, whose metres are true to a fifth of a percent."""
    return shapely.transform(geometry, lambda degrees: degrees * (METRES_A_LON_DEGREE, METRES_A_LAT_DEGREE))


@cache
def ground_of(code: str) -> Polygon:
    return in_metres(read_layer("checkpoints.geojson")[code][1])


def half_widths_m() -> dict[str, float]:
    return {road_class: sum(strips.values()) for road_class, strips in STRIP_WIDTHS_M.items()}


def strips_of(road_class: str) -> list[str]:
    return next(list(strips) for name, strips in STRIP_WIDTHS_M.items() if name == road_class)


def test_forty_named_roads_run_along_borders_of_cells() -> None:
    roads = read_layer("segments.geojson")
    assert len({properties["road"] for properties, _ in roads.values()}) == len(roads) == 40
    assert list(roads) == [f"R-{number:03d}" for number in range(1, 41)]
    fences = set()
    for _, cell in read_layer("cell.geojson").values():
        for edge in pairwise(cell.exterior.coords):
            fences |= {edge, edge[::-1]}
    for _, line in roads.values():
        assert isinstance(line, LineString)
        assert line.is_simple
        assert set(pairwise(line.coords)) <= fences


def test_twelve_roads_are_borders_of_two_sub_districts_and_lie_on_nothing_else() -> None:
    borders = set()
    for _, subdistrict in read_layer("subdistrict.geojson").values():
        borders |= set(pairwise(subdistrict.exterior.coords))
    inner = {(start, end) for start, end in borders if (end, start) in borders}
    on_border = [len(set(pairwise(line.coords)) & inner) for _, line in read_layer("segments.geojson").values()]
    edges = [len(line.coords) - 1 for _, line in read_layer("segments.geojson").values()]
    assert [shared == count for shared, count in zip(on_border, edges, strict=True)] == [True] * 12 + [False] * 28
    assert set(on_border[12:]) == {0}


def test_every_road_ends_at_the_road_or_water_that_it_names() -> None:
    roads = {properties["road"]: line for properties, line in read_layer("segments.geojson").values()}
    waters = {name.zh for name in NOT_ROADS.values()}
    for properties, line in read_layer("segments.geojson").values():
        for name, vertex in ((properties["start"], line.coords[0]), (properties["end"], line.coords[-1])):
            assert name != properties["road"]
            assert name in waters or vertex in roads[name].coords


def test_every_road_meets_another_and_only_at_shared_vertices() -> None:
    lines = {code: line for code, (_, line) in read_layer("segments.geojson").items()}
    meeting = [(first, second) for first, second in combinations(lines, 2) if lines[first].intersects(lines[second])]
    for first, second in meeting:
        shared = lines[first].intersection(lines[second])
        assert shared.geom_type == "Point"
        assert {*shared.coords} <= {*lines[first].coords} & {*lines[second].coords}
    junctions = Counter(lines[first].intersection(lines[second]).coords[0] for first, second in meeting)
    assert len(junctions) > 30
    assert max(junctions.values()) == 6, "where four roads meet there are six pairs"
    assert {code for pair in meeting for code in pair} == set(lines), "every road meets another one"


def test_the_widths_in_city_toml_are_those_that_the_sites_keep_clear_of() -> None:
    policy = tomllib.loads((FOLDER / "city.toml").read_text())["policy"]
    kept_clear = {name: [[*strip] for strip in strips.items()] for name, strips in STRIP_WIDTHS_M.items()}
    assert policy["road_widths"] == kept_clear
    assert policy["road_classes"] == [*kept_clear]


def test_there_are_120_sites_of_eight_types() -> None:
    sites = read_layer("checkpoints.geojson")
    assert list(sites) == [f"P-{number:03d}" for number in range(1, 121)]
    assert Counter(properties["type"] for properties, _ in sites.values()) == {
        "market": 6,
        "back_alley": 20,
        "park": 12,
        "station": 8,
        "estate": 40,
        "school": 16,
        "mall": 8,
        "construction_site": 10,
    }
    assert len({properties["name"] for properties, _ in sites.values()}) == 120
    assert len({properties["name_en"] for properties, _ in sites.values()}) == 120


@pytest.mark.parametrize(
    ("kind", "narrowest_m", "widest_m", "halo_m"),
    [
        ("market", 80, 140, 30),
        ("estate", 150, 300, 10),
        ("park", 80, 150, 20),
        ("station", 40, 70, 50),
        ("school", 70, 130, 50),
        ("mall", 60, 110, 20),
        ("construction_site", 60, 140, 20),
    ],
)
def test_a_site_is_as_large_as_its_type(kind: str, narrowest_m: float, widest_m: float, halo_m: float) -> None:
    for code, (properties, polygon) in read_layer("checkpoints.geojson").items():
        if properties["type"] == kind:
            assert polygon.is_valid
            assert polygon.exterior.is_ccw
            assert properties["halo_m"] == halo_m
            corners = ground_of(code).exterior.coords
            assert narrowest_m - 0.1 < shapely.Point(corners[0]).distance(shapely.Point(corners[1])) < widest_m + 0.1
            assert narrowest_m - 0.1 < shapely.Point(corners[0]).distance(shapely.Point(corners[-2])) < widest_m + 0.1


def test_back_alleys_are_narrow_and_long() -> None:
    for code, (properties, _) in read_layer("checkpoints.geojson").items():
        if properties["type"] == "back_alley":
            alley = ground_of(code)
            assert alley.is_valid
            assert 100 < alley.length / 2 < 400
            assert 6 < 2 * alley.area / alley.length < 10


def test_no_two_sites_share_ground_and_none_lies_on_a_named_road() -> None:
    for first, second in combinations(read_layer("checkpoints.geojson"), 2):
        assert ground_of(first).distance(ground_of(second)) > 5
    for properties, line in read_layer("segments.geojson").values():
        road = in_metres(line)
        for code in read_layer("checkpoints.geojson"):
            assert ground_of(code).distance(road) > half_widths_m()[properties["class"]]


def test_a_site_lies_in_one_community_but_for_seven_on_borders() -> None:
    communities = [polygon for _, polygon in read_layer("community.geojson").values()]
    crowded = Counter(
        properties["type"]
        for properties, polygon in read_layer("checkpoints.geojson").values()
        if sum(polygon.intersects(community) for community in communities) > 1
    )
    assert crowded == {"park": 4, "estate": 3}


def test_the_six_markets_stand_where_the_records_crowd() -> None:
    sites = list(read_layer("checkpoints.geojson").values())
    readme = (FOLDER / "README.md").read_text()
    for market, (properties, polygon) in zip(MARKETS, sites, strict=False):
        assert properties["name"] == market.name.zh
        planted = re.search(rf"{market.name.zh}.*?(120\.\d+), (31\.\d+) \|", readme)
        assert planted
        *_, away_m = EARTH.inv(float(planted[1]), float(planted[2]), polygon.centroid.x, polygon.centroid.y)
        assert away_m < 100


def test_sites_name_units_that_exist_and_estates_are_run_in_three_ways() -> None:
    units = {unit["code"]: unit for unit in read_table("units.csv")}
    communities = read_layer("community.geojson")
    ways: Counter[str | None] = Counter()
    for properties, polygon in read_layer("checkpoints.geojson").values():
        # Who answers for an estate follows from how it is run.
        assert (properties["unit"] is None) == (properties["type"] == "estate")
        assert properties["unit"] is None or units[properties["unit"]]["kind"] != UnitKind.CONTRACTOR
        assert (properties["manager"] is not None) == (properties["governance"] == "entrusted")
        assert properties["manager"] is None or units[properties["manager"]]["kind"] == UnitKind.CONTRACTOR
        assert properties["principal"] is None or properties["principal"] in units
        ways[properties["governance"]] += 1
        assert (properties["governance"] is not None) == (properties["type"] == "estate")
        if properties["unit"] in communities:
            assert communities[properties["unit"]][1].contains(polygon.centroid)
    assert ways == {None: 80, "entrusted": 13, "taken_over": 13, "self_governed": 14}


def test_there_are_twelve_departments_and_four_contractors_that_one_of_them_hires() -> None:
    units = {unit["code"]: unit for unit in read_table("units.csv")}
    departments = {code for code, unit in units.items() if unit["kind"] == UnitKind.DEPARTMENT}
    assert len([code for code in departments if not code.startswith("sanitation-")]) == 12
    hired = [unit["parent"] for unit in units.values() if unit["kind"] == UnitKind.CONTRACTOR]
    assert len(hired) == len(set(hired)) == 4
    assert set(hired) <= departments


def test_a_claim_names_one_place_known_units_and_its_document() -> None:
    units = {unit["code"]: unit for unit in read_table("units.csv")}
    for claim in read_table("claims.csv"):
        assert sum(bool(claim[place]) for place in ("area", "checkpoint", "halo", "strip")) == 1
        assert claim["unit"] in units or claim["area"].endswith("/*")
        assert claim["unit"] == "*" or units[claim["unit"]]["kind"] != UnitKind.CONTRACTOR
        assert not claim["executor"] or units[claim["executor"]]["kind"] == UnitKind.CONTRACTOR
        assert re.fullmatch(r"示例〔2026〕\d+号", claim["source"])


def either_side(strip: str) -> list[str]:
    """The strips that a claim's `*` stands for."""
    return [strip.replace("*", side) for side in ("left", "right")] if "*" in strip else [strip]


def test_every_strip_is_claimed_once_but_the_forgotten_one() -> None:
    expected = {
        f"{code}/{side}/{strip}"
        for code, (properties, _) in read_layer("segments.geojson").items()
        for side in ("left", "right")
        for strip in strips_of(properties["class"])
    }
    claimed = [strip for claim in read_table("claims.csv") if claim["strip"] for strip in either_side(claim["strip"])]
    assert len(claimed) == len(set(claimed))
    assert expected - set(claimed) == {"/".join(UNOWNED_STRIP)}
    assert set(claimed) <= expected


def test_the_street_office_of_each_side_leads_on_its_own_pavement() -> None:
    subdistricts = {code: in_metres(polygon) for code, (_, polygon) in read_layer("subdistrict.geojson").items()}
    for claim in read_table("claims.csv"):
        if not claim["strip"].endswith("/pavement"):
            continue
        for strip in either_side(claim["strip"]):
            code, side, _ = strip.split("/")
            road = in_metres(read_layer("segments.geojson")[code][1])
            beside = road.offset_curve(2.0 if side == "left" else -2.0)
            assert beside.intersection(subdistricts[claim["unit"]]).length > 0.98 * beside.length


def test_the_planted_troubles_of_claims_are_there_and_in_the_readme() -> None:
    expired = [claim for claim in read_table("claims.csv") if claim["valid_to"]]
    assert [claim["valid_to"] for claim in expired] == ["2026-01-01"]
    (first, upper), (second, lower) = read_layer("claims_areas.geojson", "id").values()
    assert first["categories"] == second["categories"]
    assert first["unit"] != second["unit"]
    assert upper.is_valid
    assert lower.is_valid
    shared_m2 = abs(EARTH.geometry_area_perimeter(upper.intersection(lower))[0])
    readme = (FOLDER / "README.md").read_text()
    for sign in (f"{shared_m2:,.0f} m²", "/".join(UNOWNED_STRIP), expired[0]["id"], first["id"], second["id"]):
        assert readme.count(sign) >= 2, f"{sign} is not named in both languages"


def test_some_two_thousand_components_are_registered_with_units_that_exist_and_a_few_without_owner() -> None:
    units = {unit["code"] for unit in read_table("units.csv")}
    components = read_table("components.csv")
    assert 1_900 < len(components) < 2_400
    assert len({component["id"] for component in components}) == len(components)
    for component in components:
        assert component["id"][:10] == "320508" + component["category"]
        assert {component["owner"], component["maintainer"], component["competent"]} <= {*units, ""}
    assert [component["id"] for component in components if not component["owner"]] == [
        "3205080106000001", "3205080106000002", "3205080109000001", "3205080114000001",
    ]  # fmt: skip


def test_two_storm_drain_covers_of_different_owners_lie_three_metres_apart() -> None:
    pair = [component for component in read_table("components.csv") if component["category"] == "0103"][-2:]
    assert [component["owner"] for component in pair] == ["water", "roads"]
    (lon1, lat1), (lon2, lat2) = ((float(component["lon"]), float(component["lat"])) for component in pair)
    *_, away_m = EARTH.inv(lon1, lat1, lon2, lat2)
    assert away_m == pytest.approx(3.0, abs=0.05)
