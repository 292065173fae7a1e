"""Files of road segments, and the strips that the widths of their class give them."""

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Point

from geo.city_folder import Intake, Limits, read_city
from geo.crs import areas_m2
from geo.roads import Segment, Side, StripKind
from geo.wording import Name
from tests.geo.worlds import corner, feature, geojson, kinds, square, take_in, the_finding, towns, write_city

CITY = """
    [city]
    name = "x"

    [policy.road_widths]
    arterial = [["carriageway", 7], ["green_belt", 2.5], ["pavement", 3]]
    alley = [["carriageway", 2]]

    [[areas]]
    file = "towns.geojson"

    [[segments]]
    file = "roads.geojson"
"""


def line(*corners: tuple[float, float]) -> LineString:
    return LineString([corner(x, y) for x, y in corners])


EASTWARDS = line((0, 0), (1, 0))


def read(folder: Path, *roads: dict[str, object], more: str = "") -> Intake:
    return take_in(folder, CITY + more, {"towns.geojson": towns("a"), "roads.geojson": geojson(*roads)})


def ground_m2(ground: MultiPolygon) -> float:
    return float(areas_m2(np.array([ground], dtype=object))[0])


def segments_of(intake: Intake) -> dict[str, Segment]:
    assert intake.city_map is not None, kinds(intake)
    return {segment.code: segment for segment in intake.city_map.segments}


def test_a_segment_is_read_with_everything_that_its_row_says(tmp_path: Path) -> None:
    told = {"road": "干将路", "road_en": "Ganjiang Road", "class": "arterial", "start": "人民路", "end": "临顿路"}
    intake = read(tmp_path, feature(EASTWARDS, code="R1", end_en="Lindun Road", **told))
    assert kinds(intake) == []
    segment = segments_of(intake)["R1"]
    assert (segment.road, segment.road_class) == (Name(zh="干将路", en="Ganjiang Road"), "arterial")
    assert (segment.start, segment.end) == (Name(zh="人民路"), Name(zh="临顿路", en="Lindun Road"))
    assert segment.centreline.equals_exact(EASTWARDS)


def test_strips_stand_from_the_middle_outwards_on_both_sides(tmp_path: Path) -> None:
    segment = segments_of(read(tmp_path, feature(EASTWARDS, code="R1", **{"class": "arterial"})))["R1"]
    metres = [("carriageway", 0.0, 7.0), ("green_belt", 7.0, 9.5), ("pavement", 9.5, 12.5)]
    assert [(strip.side, strip.kind, strip.near_m, strip.far_m) for strip in segment.strips] == [
        (side, StripKind(kind), near_m, far_m) for side in (Side.LEFT, Side.RIGHT) for kind, near_m, far_m in metres
    ]
    by_side = {(strip.side, strip.kind): strip.boundary for strip in segment.strips}
    assert by_side[Side.LEFT, StripKind.PAVEMENT].centroid.y > EASTWARDS.centroid.y  # left of one who walks east
    assert ground_m2(by_side[Side.RIGHT, StripKind.GREEN_BELT]) == pytest.approx(2.5 * 95.19, rel=0.01)


def test_the_widths_of_a_file_take_the_place_of_the_citys(tmp_path: Path) -> None:
    roads = [feature(EASTWARDS, code=code, **{"class": code}) for code in ("arterial", "alley")]
    found = segments_of(read(tmp_path, *roads, more='    widths = { alley = [["frontage", 1.5]] }\n'))
    assert [(strip.kind, strip.far_m) for strip in found["alley"].strips] == [(StripKind.FRONTAGE, 1.5)] * 2
    assert len(found["arterial"].strips) == 6


def test_a_segment_without_a_code_gets_one_from_its_road_and_a_running_number(tmp_path: Path) -> None:
    told = [{"road": "平江路"}, {"road": "观前街"}, {"road": "平江路"}, {"road": "平江路", "code": "平江路-2"}, {}]
    intake = read(tmp_path, *(feature(EASTWARDS, **{"class": "alley"}, **properties) for properties in told))
    assert set(segments_of(intake)) == {"平江路-1", "观前街-1", "平江路-3", "平江路-2", "roads-5"}
    assert the_finding(intake, "roads-without-name").row == 5


def test_classes_without_a_rank_or_widths_are_told_once_each(tmp_path: Path) -> None:
    classes = ["footway", "alley", "footway", "branch", None]
    intake = read(tmp_path, *(feature(EASTWARDS, code=f"R{i}", **{"class": it}) for i, it in enumerate(classes)))
    assert [(found.kind, found.values["road_class"], found.values["count"]) for found in intake.findings[:5]] == [
        ("unknown-road-class", "–", 1),
        ("unknown-road-class", "footway", 2),
        ("no-strips-for-class", "–", 1),
        ("no-strips-for-class", "branch", 1),
        ("no-strips-for-class", "footway", 2),
    ]
    assert [len(segment.strips) for segment in segments_of(intake).values()] == [0, 2, 0, 0, 0]


def test_parts_that_follow_each_other_are_one_line(tmp_path: Path) -> None:
    parts = MultiLineString([line((1, 0), (2, 0)), EASTWARDS])
    found = segments_of(read(tmp_path, feature(parts, code="R1", **{"class": "alley"})))
    assert list(found["R1"].centreline.coords) == [corner(0, 0), corner(1, 0), corner(2, 0)]


@pytest.mark.parametrize(
    ("geometry", "kind"),
    [
        (MultiLineString([EASTWARDS, line((2, 0), (3, 0))]), "geometry-refused"),
        (MultiLineString([EASTWARDS, line((2, 0), (1, 0))]), "geometry-refused"),
        (LineString([corner(0, 0), corner(0, 0)]), "geometry-refused"),
        (Point(corner(0, 0)), "geometry-refused"),
        (square(0, 0), "geometry-refused"),
        ({"type": "LineString", "coordinates": [[120, 31]]}, "geometry-refused"),
        ({"type": "LineString", "coordinates": 7}, "geometry-refused"),
        ({"type": "MultiLineString", "coordinates": [7]}, "geometry-refused"),
        ({"type": "LineString", "coordinates": [["a", "b"], [1, 2]]}, "geometry-refused"),
        ({"type": "LineString", "coordinates": [[0, None], [0, 1]]}, "geometry-not-finite"),
        ({"type": "LineString", "coordinates": [[31, 120], [31, 121]]}, "geometry-out-of-range"),
        ({"type": "MultiLineString", "coordinates": []}, "geometry-empty"),
        ({"coordinates": []}, "geometry-refused"),
        (7, "geometry-refused"),
        (None, "geometry-empty"),
    ],
)
def test_what_draws_no_line_blocks_with_its_row(tmp_path: Path, geometry: object, kind: str) -> None:
    good = feature(EASTWARDS, code="good", **{"class": "alley"})
    bad = {"type": "Feature", "properties": {"code": "bad"}, "geometry": geometry}
    if isinstance(geometry, shapely.Geometry):
        bad = feature(geometry, code="bad")
    intake = read(tmp_path, good, bad)
    assert intake.city_map is None
    assert the_finding(intake, kind).row == 2


def test_a_line_with_too_many_vertices_is_refused(tmp_path: Path) -> None:
    roads = geojson(feature(line(*((x, 0) for x in range(9))), code="R1"))
    folder = write_city(tmp_path, CITY, {"towns.geojson": towns("a"), "roads.geojson": roads})
    found = the_finding(read_city(folder, limits=Limits(vertices_per_feature=8)), "geometry-refused")
    assert "more than 8 vertices" in str(found.values["en"])


def test_a_code_used_twice_blocks_with_both_rows(tmp_path: Path) -> None:
    found = the_finding(read(tmp_path, *(feature(EASTWARDS, code="R1") for _ in range(2))), "code-repeated")
    assert (found.row, found.values["first"]) == (2, "roads.geojson, 1")


def test_a_code_that_is_none_blocks(tmp_path: Path) -> None:
    assert the_finding(read(tmp_path, feature(EASTWARDS, code="a\u0007")), "bad-code").row == 1


@pytest.mark.parametrize(("name", "driver"), [("roads.gpkg", "GPKG"), ("roads.shp", "ESRI Shapefile")])
def test_lines_of_a_geopackage_and_a_shapefile_read_alike(tmp_path: Path, name: str, driver: str) -> None:
    pyogrio.raw.write(
        tmp_path / name,
        geometry=shapely.to_wkb(np.array([EASTWARDS], dtype=object)),
        field_data=[np.array(["R1"], dtype=object)],
        fields=["code"],
        geometry_type="LineString",
        crs="EPSG:4326",
        driver=driver,
        encoding="UTF-8" if name.endswith(".shp") else None,
    )
    intake = take_in(tmp_path, CITY.replace("roads.geojson", name), {"towns.geojson": towns("a")})
    assert segments_of(intake)["R1"].centreline.equals_exact(EASTWARDS)


def test_a_road_in_gcj02_is_moved_like_the_areas(tmp_path: Path) -> None:
    roads = [feature(EASTWARDS, code="R1", **{"class": "alley"})]
    segment = segments_of(read(tmp_path, *roads, more='    datum = "gcj02"\n'))["R1"]
    assert 1e-3 < Point(corner(0, 0)).distance(Point(segment.centreline.coords[0])) < 1e-2
