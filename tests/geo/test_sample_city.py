"""The committed sample city: a true partition with exactly the troubles that its README lists."""

import csv
import gzip
import io
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely import Polygon
from shapely.geometry import shape

from geo.city_folder import read_city
from geo.model import UnitKind
from samples.gusu_maker.files import load
from samples.gusu_maker.records import MARKETS
from samples.make_gusu import draw_city

FOLDER = Path(__file__).parents[2] / "samples" / "gusu"
ADMIN = ("district", "subdistrict", "community", "cell")
LEVELS = (*ADMIN, "grid_group", "grid_subgrid", "sanitation")
NESTED = (*pairwise(ADMIN), ("grid_group", "grid_subgrid"))
MOVED_SUBGRID = "SG3-03"

Edge = tuple[tuple[float, float], tuple[float, float]]


@cache
def read_level(level: str) -> dict[str, tuple[dict[str, str | None], Polygon]]:
    """Properties and polygon of each area by code."""
    features = json.loads((FOLDER / f"{level}.geojson").read_text())["features"]
    areas = {feature["properties"]["code"]: (feature["properties"], shape(feature["geometry"])) for feature in features}
    assert len(areas) == len(features)
    return areas


def polygons(level: str) -> list[Polygon]:
    return [polygon for _, polygon in read_level(level).values()]


def read_units() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in csv.DictReader(io.StringIO((FOLDER / "units.csv").read_text()))}


@cache
def read_records() -> list[dict[str, str]]:
    text = gzip.decompress((FOLDER / "records.csv.gz").read_bytes()).decode()
    return list(csv.DictReader(io.StringIO(text)))


def directed_edges(polygon: Polygon) -> list[Edge]:
    rings = (polygon.exterior, *polygon.interiors)
    return [edge for ring in rings for edge in pairwise(ring.coords)]


def cancel(shapes: Iterable[Polygon]) -> set[Edge]:
    """The edges that are left when those of neighbours, one in each direction, cancel."""
    edges = [edge for polygon in shapes for edge in directed_edges(polygon)]
    used = set(edges)
    assert len(edges) == len(used), "an edge is used twice in one direction: two areas overlap there"
    return {(start, end) for start, end in used if (end, start) not in used}


def ground_m2(polygon: shapely.Geometry) -> float:
    return abs(Geod(ellps="WGS84").geometry_area_perimeter(polygon)[0])


def test_the_committed_files_are_what_the_script_draws() -> None:
    drawn = draw_city()
    assert {name: load(FOLDER / name) == text for name, text in drawn.items()} == dict.fromkeys(drawn, True)


def test_the_sample_is_small_enough_to_commit() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 3_500_000


def test_every_file_is_declared_in_city_toml_and_there() -> None:
    declared = tomllib.loads((FOLDER / "city.toml").read_text())
    kinds = (
        "areas", "units", "checkpoints", "segments", "claims", "addresses", "components", "posts",
        "people", "holders", "records",
    )  # fmt: skip
    named = {source["file"] for kind in kinds for source in declared[kind]}
    beside = {"city.toml", "README.md", "golden", "dispatched.csv.gz"}  # the last is for `verify`, not for the map
    assert named | beside == {path.name for path in FOLDER.iterdir()}


def test_the_levels_have_the_promised_numbers_of_areas() -> None:
    assert {level: len(read_level(level)) for level in LEVELS} == {
        "district": 1,
        "subdistrict": 8,
        "community": 60,
        "cell": 1035,
        "grid_group": 6,
        "grid_subgrid": 21,
        "sanitation": 12,
    }


def test_the_sub_districts_bear_their_public_names() -> None:
    names = {properties["name"] for properties, _ in read_level("subdistrict").values()}
    assert names == {f"{name}街道" for name in ("白洋湾", "平江", "金阊", "沧浪", "双塔", "虎丘", "苏锦", "吴门桥")}


def test_the_district_is_about_eighty_square_kilometres_around_its_middle() -> None:
    (district,) = polygons("district")
    assert ground_m2(district) == pytest.approx(81.4e6, rel=0.01)
    assert district.centroid.distance(shapely.Point(120.62, 31.31)) < 0.01


@pytest.mark.parametrize("level", LEVELS)
def test_every_coordinate_has_seven_decimals(level: str) -> None:
    numbers = re.findall(r"\d+\.\d+", (FOLDER / f"{level}.geojson").read_text())
    assert numbers
    assert all(re.fullmatch(r"(120|31)\.\d{7}", number) for number in numbers)


@pytest.mark.parametrize("level", LEVELS)
def test_every_polygon_is_valid_and_wound_as_geojson_wants_it(level: str) -> None:
    for polygon in polygons(level):
        assert polygon.is_valid
        assert polygon.exterior.is_ccw


@pytest.mark.parametrize(("coarse", "fine"), NESTED)
def test_every_code_begins_with_its_parents_code(coarse: str, fine: str) -> None:
    for code, (properties, _) in read_level(fine).items():
        assert properties["parent"] in read_level(coarse)
        assert code.startswith(str(properties["parent"]))


def test_administrative_codes_have_six_and_three_times_three_digits() -> None:
    for level, length in zip(ADMIN, (6, 9, 12, 15), strict=True):
        assert all(re.fullmatch(rf"320508\d{{{length - 6}}}", code) for code in read_level(level))


def test_cells_are_numbered_without_a_break_as_one_reads_a_page() -> None:
    cells = defaultdict(list)
    for code, (properties, polygon) in read_level("cell").items():
        cells[properties["parent"]].append((int(code[12:]), polygon.centroid))
    for numbered in cells.values():
        assert [number for number, _ in numbered] == list(range(1, len(numbered) + 1))
        for (_, before), (_, after) in pairwise(numbered):
            assert after.x > before.x or after.y < before.y, "the next cell is never both west and north"


def test_the_cells_share_every_edge_but_those_of_the_outline() -> None:
    (district,) = polygons("district")
    assert cancel(polygons("cell")) == set(directed_edges(district))


@pytest.mark.parametrize(("coarse", "fine"), NESTED)
def test_every_border_is_made_of_edges_of_the_level_below(coarse: str, fine: str) -> None:
    children = defaultdict(list)
    for code, (properties, polygon) in read_level(fine).items():
        children[properties["parent"]].append((code, polygon))
    for code, (_, parent) in read_level(coarse).items():
        if all(child != MOVED_SUBGRID for child, _ in children[code]):
            assert cancel(polygon for _, polygon in children[code]) == set(directed_edges(parent))


def test_the_grid_groups_fill_shuangta_exactly() -> None:
    _, shuangta = read_level("subdistrict")["320508005"]
    assert cancel(polygons("grid_group")) == set(directed_edges(shuangta))


@pytest.mark.parametrize("level", [*ADMIN, "grid_group", "grid_subgrid"])
def test_no_two_areas_of_a_level_share_ground(level: str) -> None:
    shapes = np.array(polygons(level))
    first, second = shapely.STRtree(shapes).query(shapes)
    pairs = first < second
    assert shapely.area(shapely.intersection(shapes[first[pairs]], shapes[second[pairs]])).sum() == 0.0


@pytest.mark.parametrize("level", ADMIN)
def test_the_areas_of_a_level_sum_to_the_district(level: str) -> None:
    (district,) = polygons("district")
    assert sum(ground_m2(polygon) for polygon in polygons(level)) == pytest.approx(ground_m2(district), abs=1.0)


def test_no_cell_is_a_sliver() -> None:
    for polygon in polygons("cell"):
        assert ground_m2(polygon) > 20_000
        assert 4 * np.pi * polygon.area / polygon.length**2 > 0.4


def test_sanitation_areas_cross_the_borders_of_the_sub_districts() -> None:
    for _, subdistrict in read_level("subdistrict").values():
        parts = [subdistrict.intersection(area).area / area.area for area in polygons("sanitation")]
        assert sum(0.02 < part < 0.98 for part in parts) >= 2


def find_troubles() -> dict[str, float]:
    """Ground in square metres of every gap, overlap and child outside its parent of more than 1 m²."""
    troubles = {}
    (district,) = polygons("district")
    whole = {"district": district, "subdistrict": district, "community": district, "cell": district}
    whole |= {"sanitation": district, "grid_group": read_level("subdistrict")["320508005"][1]}
    whole |= {"grid_subgrid": whole["grid_group"]}
    for level in LEVELS:
        areas = read_level(level)
        gap = whole[level].difference(shapely.union_all(polygons(level)))
        troubles[f"gap in {level}"] = ground_m2(gap)
        for first, (_, polygon) in areas.items():
            for second, (_, other) in areas.items():
                if first < second and polygon.intersects(other):
                    troubles[f"overlap of {first} and {second}"] = ground_m2(polygon.intersection(other))
    for coarse, fine in NESTED:
        for code, (properties, polygon) in read_level(fine).items():
            _, parent = read_level(coarse)[str(properties["parent"])]
            troubles[f"{code} outside its parent"] = ground_m2(polygon.difference(parent))
    return {name: area_m2 for name, area_m2 in troubles.items() if area_m2 > 1.0}


def test_the_planted_troubles_are_there_and_no_other_and_the_readme_gives_their_size() -> None:
    troubles = find_troubles()
    assert set(troubles) == {"gap in sanitation", "overlap of HW08 and HW09", f"{MOVED_SUBGRID} outside its parent"}
    languages = (FOLDER / "README.md").read_text().split("## English")
    assert len(languages) == 2
    for area_m2 in troubles.values():
        for text in languages:
            assert f"{area_m2:,.0f} m²" in text, f"{area_m2:,.0f} m² is not named in both languages"


def test_importing_the_sample_finds_the_planted_troubles_and_nothing_else() -> None:
    intake = read_city(FOLDER)
    assert {(finding.kind, finding.code) for finding in intake.findings} == {
        ("gap", None),
        ("overlap", "HW08"),
        ("child-outside-parent", MOVED_SUBGRID),
    }
    found_m2 = sorted(finding.area_m2 or 0.0 for finding in intake.findings)
    assert found_m2 == pytest.approx(sorted(find_troubles().values()), abs=0.1)
    assert intake.city_map is not None
    assert len(intake.city_map.areas) == sum(len(read_level(level)) for level in LEVELS)
    assert len(intake.city_map.units) == len(read_units())
    assert [len(records.lon) for records in intake.city_map.records] == [5000]


def test_units_are_a_tree_under_headquarters() -> None:
    units = read_units()
    tops = [unit for unit in units.values() if not unit["parent"]]
    assert [unit["kind"] for unit in tops] == [UnitKind.HEADQUARTERS]
    known: set[str] = {""}
    for code, unit in units.items():
        assert unit["parent"] in known, f"{code} stands before its parent"
        known.add(code)


def test_every_area_names_a_unit_and_a_cell_names_its_communitys() -> None:
    units = read_units()
    for level in LEVELS:
        for properties, _ in read_level(level).values():
            assert properties["unit"] in units
    for properties, _ in read_level("cell").values():
        community, _ = read_level("community")[str(properties["parent"])]
        assert properties["unit"] == community["unit"]


def test_no_telephone_can_exist_and_no_person_is_named() -> None:
    units = read_units()
    assert len({unit["telephone"] for unit in units.values()}) == len(units)
    for unit in units.values():
        assert set(unit) == {"code", "name", "name_en", "kind", "parent", "telephone"}
        assert re.fullmatch(r"0512-0000-\d{4}", unit["telephone"])
        assert re.search("(指挥部|政府|局|处|所|公司|办事处|居民委员会)$", unit["name"])
        assert UnitKind(unit["kind"])


def test_five_thousand_records_lie_inside_the_district_within_ninety_days() -> None:
    records = read_records()
    assert len({record["id"] for record in records}) == 5000
    (district,) = polygons("district")
    lon, lat = (np.array([float(record[field]) for record in records]) for field in ("lon", "lat"))
    assert shapely.contains_xy(district, lon, lat).all()
    moments = [datetime.fromisoformat(record["reported_at"]) for record in records]
    assert moments == sorted(moments)
    assert timedelta(days=89) < moments[-1] - moments[0] < timedelta(days=90)
    assert {moment.utcoffset() for moment in moments} == {timedelta(hours=8)}


def test_records_use_the_codes_and_names_of_the_default_categories() -> None:
    intake = read_city(FOLDER)
    assert intake.city_map is not None
    known = {(category.code, category.name.zh) for category in intake.city_map.categories}
    assert {(record["category"], record["category_name"]) for record in read_records()} <= known


def test_records_crowd_at_the_markets_and_borders_as_the_readme_says() -> None:
    readme = (FOLDER / "README.md").read_text()
    metres = np.array([95_193.6, 110_874.8])
    places = np.array([[float(record["lon"]), float(record["lat"])] for record in read_records()])
    for market in MARKETS:
        planted = re.search(rf"{market.name.zh}.*?(120\.\d+), (31\.\d+) \| (\d+) \|", readme)
        assert planted, f"{market.name.zh} is not in the README"
        assert int(planted[3]) == market.records
        away_m = np.hypot(*((places - [float(planted[1]), float(planted[2])]) * metres).T)
        # Three standard deviations hold 98.9 % of a cluster; the other two kinds add a few dozen.
        assert 0.96 < (away_m < 3 * market.spread_m).sum() / market.records < 1.2
    borders = shapely.union_all([polygon.exterior for polygon in polygons("subdistrict")])
    (district,) = polygons("district")
    inner = borders.difference(district.exterior)
    near = shapely.dwithin(shapely.points(places), inner, 50 / 95_193.6).sum()
    assert near > 1200
