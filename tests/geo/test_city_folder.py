"""A folder with a city.toml becomes a map."""

from pathlib import Path

import orjson
import pytest
import shapely

from geo.city_folder import read_city
from geo.findings import PHRASES, say
from geo.model import ACCURACY_M, Severity, UnitKind
from geo.wording import Name, Phrase
from tests.geo.worlds import areas, feature, geojson, kinds, square, take_in, the_finding, towns, write_city

MINIMAL = """
    [city]
    name = "Springfield"

    [[areas]]
    file = "towns.geojson"
"""

TWO_LEVELS = """
    [city]
    name.zh = "示例市"
    name.en = "Sample City"

    [[areas]]
    level = "district"
    file = "districts.geojson"

    [[areas]]
    level = "town"
    file = "towns.geojson"
"""


def test_a_name_and_one_file_are_enough(tmp_path: Path) -> None:
    city_map = take_in(tmp_path, MINIMAL, {"towns.geojson": towns("east", "west")}).city_map
    assert city_map is not None
    city = city_map.city
    assert (city.name, city.language, city.territory) == (Name(en="Springfield"), "en", "admin")
    assert (city.timezone, city.datum, city.policy.accuracy_m) == ("UTC", "wgs84", dict(ACCURACY_M))
    assert [(scheme.code, [level.code for level in scheme.levels]) for scheme in city_map.schemes] == [
        ("admin", ["area"])
    ]
    assert [(area.code, area.parent, area.unit) for area in city_map.areas] == [
        ("east", None, "east"),
        ("west", None, "west"),
    ]
    assert [(unit.code, unit.kind, unit.parent) for unit in city_map.units] == [
        ("east", UnitKind.TERRITORIAL, "hq"),
        ("hq", UnitKind.HEADQUARTERS, None),
        ("west", UnitKind.TERRITORIAL, "hq"),
    ]
    assert {unit.code: unit.name for unit in city_map.units}["hq"] == city.name


def test_a_plain_chinese_name_makes_the_city_speak_chinese(tmp_path: Path) -> None:
    city_map = take_in(tmp_path, MINIMAL.replace("Springfield", "姑苏"), {"towns.geojson": towns("a")}).city_map
    assert city_map is not None
    assert (city_map.city.name, city_map.city.language) == (Name(zh="姑苏"), "zh")


def test_the_city_of_washington_reads_as_it_is_written(tmp_path: Path) -> None:
    washington = """
        [city]
        name = "Washington"              # or name.zh = "…", name.en = "…"
        timezone = "America/New_York"
        territory = "police"             # the scheme whose areas are territorial units

        [[areas]]                        # levels of a scheme: coarse first, in order of appearance
        scheme = "police"
        level = "district"
        file = "police_districts.geojson.gz"
        datum = "wgs84"
        code = "unit"                    # which property is which
        name = "unit"

        [[areas]]
        scheme = "police"
        level = "psa"
        file = "police_service_areas.geojson.gz"
        datum = "wgs84"
        code = "unit"
        name = "unit"
    """
    intake = take_in(
        tmp_path,
        washington,
        {
            "police_districts.geojson.gz": geojson(feature(square(0, 0, 2), unit="FIRST", NAME="First District")),
            "police_service_areas.geojson.gz": geojson(
                feature(square(0, 0), unit=101), feature(square(1, 0), unit=102.0)
            ),
        },
    )
    assert kinds(intake) == []
    assert {code: (area.level, area.parent, area.unit) for code, area in areas(intake).items()} == {
        "FIRST": ("district", None, "FIRST"),
        "101": ("psa", "FIRST", "101"),
        "102": ("psa", "FIRST", "102"),
    }


def test_areas_stand_by_scheme_and_level_as_they_appear_and_by_code_point(tmp_path: Path) -> None:
    toml = """
        [city]
        name = "x"
        [[areas]]
        scheme = "police"
        level = "beat"
        file = "a.geojson"
        [[areas]]
        scheme = "admin"
        level = "district"
        file = "b.geojson"
        [[areas]]
        scheme = "admin"
        level = "town"
        file = "c.geojson"
    """
    files = {
        "a.geojson": towns("z", "é", "a", "Z", "10", "9"),
        "b.geojson": geojson(feature(square(0, 0, 2), code="d")),
        "c.geojson": towns("b", "a"),
    }
    city_map = take_in(tmp_path, toml, files).city_map
    assert city_map is not None
    assert city_map.city.territory == "police"
    assert [area.code for area in city_map.areas] == ["10", "9", "Z", "a", "z", "é", "d", "a", "b"]


def test_where_levels_share_a_code_the_coarser_unit_is_called_by_its_level(tmp_path: Path) -> None:
    districts = geojson(feature(square(0, 0, 2), code="1", name="district one"))
    city_map = take_in(
        tmp_path, TWO_LEVELS, {"districts.geojson": districts, "towns.geojson": towns("1", "2")}
    ).city_map
    assert city_map is not None
    assert {unit.code: unit.parent for unit in city_map.units} == {
        "1": "district:1",
        "2": "district:1",
        "district:1": "hq",
        "hq": None,
    }
    assert [area.unit for area in city_map.areas] == ["district:1", "1", "2"]


def test_headquarters_take_the_first_free_code(tmp_path: Path) -> None:
    city_map = take_in(tmp_path, MINIMAL, {"towns.geojson": towns("hq", "hq:2")}).city_map
    assert city_map is not None
    assert {unit.code: unit.parent for unit in city_map.units} == {"hq": "hq:3", "hq:2": "hq:3", "hq:3": None}


def test_the_files_word_on_the_parent_counts_before_the_overlap(tmp_path: Path) -> None:
    toml = TWO_LEVELS + 'parent = "in"\n'
    districts = geojson(feature(square(0, 0, 2), code="W"), feature(square(2, 0, 2), code="E"))
    told = geojson(
        feature(square(0, 0), code="a", **{"in": "E"}),
        feature(square(1, 0), code="b"),
        feature(square(2, 0, 2), code="c"),
    )
    intake = take_in(tmp_path, toml, {"districts.geojson": districts, "towns.geojson": told})
    assert [areas(intake)[code].parent for code in "abc"] == ["E", "W", "E"]
    assert the_finding(intake, "child-outside-parent").code == "a"


def test_an_area_far_from_every_parent_hangs_under_headquarters(tmp_path: Path) -> None:
    districts = geojson(feature(square(0, 0), code="D"))
    children = geojson(feature(square(0, 0), code="a"), feature(square(50, 50), code="b"))
    intake = take_in(tmp_path, TWO_LEVELS, {"districts.geojson": districts, "towns.geojson": children})
    assert areas(intake)["b"].parent is None
    assert the_finding(intake, "area-without-parent").code == "b"
    assert intake.city_map is not None
    assert {unit.code: unit.parent for unit in intake.city_map.units}["b"] == "hq"


def test_overlap_gap_and_child_outside_are_notices_with_codes_and_ground(tmp_path: Path) -> None:
    files = {
        "districts.geojson": geojson(feature(square(0, 0, 3), code="D")),
        "towns.geojson": geojson(feature(square(0, 0, 1.5), code="a"), feature(square(1, 0, 1, 2), code="b")),
    }
    intake = take_in(tmp_path, TWO_LEVELS, files)
    assert not intake.blocks
    assert kinds(intake) == ["overlap", "gap", "child-outside-parent"]
    overlap, gap = the_finding(intake, "overlap"), the_finding(intake, "gap")
    assert (overlap.code, overlap.values["other"], overlap.source, overlap.row) == ("a", "b", "towns.geojson", 1)
    assert overlap.area_m2 == pytest.approx(95.19 * 110.86 / 2, rel=1e-3)
    assert gap.area_m2 == pytest.approx(95.19 * 110.86, rel=1e-3)
    assert gap.values["neighbours"] == "b"
    assert the_finding(intake, "child-outside-parent").values["parent"] == "D"


def test_troubles_below_the_citys_thresholds_are_not_told(tmp_path: Path) -> None:
    toml = MINIMAL + "[policy]\noverlap_m2 = 6000\n"
    files = {"towns.geojson": geojson(feature(square(0, 0, 1.5), code="a"), feature(square(1, 0), code="b"))}
    assert kinds(take_in(tmp_path, toml, files)) == []
    assert kinds(take_in(tmp_path, MINIMAL, files)) == ["overlap"]


def test_features_with_one_code_become_one_area(tmp_path: Path) -> None:
    parts = geojson(*(feature(square(x, 0), code="a", name="A") for x in (0, 1, 5)), feature(square(2, 0), code="b"))
    intake = take_in(tmp_path, MINIMAL, {"towns.geojson": parts})
    assert kinds(intake) == ["features-merged"]
    assert areas(intake)["a"].boundary.equals(shapely.union(square(0, 0, 2), square(5, 0)))
    assert say(the_finding(intake, "features-merged"), "en").endswith("(rows 1, 2, 3)")


@pytest.mark.parametrize("field", ["name", "name_en", "parent", "unit", "steward"])
def test_one_code_with_two_values_of_a_field_blocks(tmp_path: Path, field: str) -> None:
    toml = TWO_LEVELS + f'{field} = "told"\n'
    files = {
        "districts.geojson": geojson(feature(square(0, 0), code="D"), feature(square(1, 0), code="E")),
        "towns.geojson": geojson(feature(square(0, 0), code="a", told="D"), feature(square(1, 0), code="a", told="E")),
    }
    intake = take_in(tmp_path, toml, files)
    conflict = the_finding(intake, "code-conflict")
    assert intake.city_map is None
    assert (conflict.row, conflict.code) == (2, "a")
    assert (conflict.values["field"], conflict.values["first"], conflict.values["second"]) == (field, "D", "E")


def test_broken_ground_is_repaired_and_told(tmp_path: Path) -> None:
    bow_tie = {"type": "Polygon", "coordinates": [[[120, 31], [120.01, 31.01], [120.01, 31], [120, 31.01], [120, 31]]]}
    open_ring = {"type": "Polygon", "coordinates": [[[121, 31], [121.01, 31], [121.01, 31.01]]]}
    intake = take_in(
        tmp_path, MINIMAL, {"towns.geojson": geojson(feature(bow_tie, code="a"), feature(open_ring, code="b"))}
    )
    assert [(finding.kind, finding.row, finding.code) for finding in intake.findings[:2]] == [
        ("geometry-repaired", 1, "a"),
        ("geometry-repaired", 2, "b"),
    ]
    assert all(area.boundary.is_valid for area in areas(intake).values())


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    toml = """
        [city]
        name = "x"
        [[areas]]
        level = "district"
        file = "missing.geojson"
        [[areas]]
        level = "town"
        file = "towns.geojson"
        [[areas]]
        scheme = "police"
        file = "police.geojson"
        name = "title"
        [[areas]]
        scheme = "fire"
        file = "fire.geojson"
        datum = "mars"
        [[areas]]
        scheme = "water"
        file = "water.geojson"
        unit = "keeper"
        [[units]]
        file = "units.csv"
        [[records]]
        file = "records.csv"
    """
    hole_only = {"type": "Polygon", "coordinates": [[[120, 31], [120.1, 31], [120, 31]]]}
    intake = take_in(
        tmp_path,
        toml,
        {
            "towns.geojson": geojson(
                feature(square(0, 0), code=None),
                feature(square(1, 0), code="a\u0007"),
                feature(None, code="b"),
                feature(hole_only, code="c"),
                feature({"type": "Polygon", "coordinates": [[[31, 120], [31, 121], [32, 121], [31, 120]]]}, code="d"),
                feature({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, code="e"),
                feature({"type": "Polygon", "coordinates": [[[0, None], [0, 1], [1, 1], [0, None]]]}, code="f"),
            ),
            "police.geojson": towns("a"),
            "fire.geojson": towns("a"),
            "water.geojson": geojson(feature(square(0, 0), code="w", keeper="nobody")),
            "units.csv": "code,parent,kind\na,b,department\nb,a,department\nc,gone,department\nd,,martian\n",
            "records.csv": "longitude,latitude\n120,31\n",
        },
    )
    assert intake.city_map is None
    blocks = [finding.kind for finding in intake.findings if finding.severity is Severity.BLOCK]
    assert blocks == [
        "missing-file",
        "row-without-code",
        "bad-code",
        "geometry-empty",
        "geometry-empty",
        "geometry-out-of-range",
        "geometry-refused",
        "geometry-not-finite",
        "missing-field",
        "unknown-datum",
        "unknown-unit-kind",
        "missing-field",
        "missing-field",
        "unknown-unit",
        "unknown-parent-unit",
        "unit-cycle",
    ]
    for finding in intake.findings:
        assert say(finding, "zh") != say(finding, "en")
        assert orjson.loads(orjson.dumps(dict(finding.values))) == finding.values


def test_every_kind_of_finding_has_its_own_words_in_both_languages() -> None:
    assert len({phrase.zh for phrase in PHRASES.values()}) == len({phrase.en for phrase in PHRASES.values()})
    assert len({phrase.en for phrase in PHRASES.values()}) == len(PHRASES)


def test_an_unknown_parent_blocks(tmp_path: Path) -> None:
    files = {
        "districts.geojson": geojson(feature(square(0, 0), code="D")),
        "towns.geojson": geojson(feature(square(0, 0), code="a", up="X")),
    }
    intake = take_in(tmp_path, TWO_LEVELS + 'parent = "up"\n', files)
    assert intake.city_map is None
    assert the_finding(intake, "unknown-parent").values["parent"] == "X"


SPLIT = """
    [[schemes]]
    code = "admin"
    name.zh = "行政"
    code_split = [3, 2]
    prefix = true
    levels = [{ code = "district", name = "区" }, { code = "town", name = { zh = "镇", en = "Town" } }]
"""


def test_codes_that_break_the_split_or_the_prefix_block(tmp_path: Path) -> None:
    files = {
        "districts.geojson": geojson(feature(square(0, 0, 3), code="100")),
        "towns.geojson": towns("10001", "1000", "20001"),
    }
    intake = take_in(tmp_path, TWO_LEVELS + SPLIT, files)
    assert [(finding.kind, finding.code) for finding in intake.findings if finding.severity is Severity.BLOCK] == [
        ("code-length", "1000"),
        ("code-prefix", "20001"),
    ]


def test_a_scheme_says_how_it_and_its_levels_are_called(tmp_path: Path) -> None:
    files = {
        "districts.geojson": geojson(feature(square(0, 0, 2), code="100")),
        "towns.geojson": towns("10001", "10002"),
    }
    city_map = take_in(tmp_path, TWO_LEVELS + SPLIT, files).city_map
    assert city_map is not None
    (scheme,) = city_map.schemes
    assert (scheme.name, scheme.code_split, scheme.prefix) == (Name(zh="行政"), (3, 2), True)
    assert [level.name for level in scheme.levels] == [Name(zh="区"), Name(zh="镇", en="Town")]


def test_shared_vertices_stay_equal_to_the_last_bit_through_a_datum(tmp_path: Path) -> None:
    toml = MINIMAL.replace('"Springfield"', '"Springfield"\n    datum = "gcj02"')
    intake = take_in(tmp_path, toml, {"towns.geojson": towns("a", "b")})
    west, east = (areas(intake)[code].boundary for code in "ab")
    assert kinds(intake) == []
    assert intake.city_map is not None
    assert intake.city_map.city.datum == "gcj02"
    assert len(set(west.geoms[0].exterior.coords) & set(east.geoms[0].exterior.coords)) == 2
    assert west.centroid.distance(square(0, 0).centroid) * 1e5 > 100  # hundreds of metres from the numbers as given


def test_progress_is_told_for_every_file_and_level(tmp_path: Path) -> None:
    folder = write_city(
        tmp_path,
        TWO_LEVELS,
        {"districts.geojson": towns("D"), "towns.geojson": geojson(feature(square(0, 0), code="a"))},
    )
    told: list[tuple[str, str, int, int]] = []

    def hear(phrase: Phrase, subject: str, done: int, total: int) -> None:
        told.append((phrase.en, subject, done, total))

    read_city(folder, progress=hear)
    assert told == [
        ("reading", "districts.geojson", 0, 4),
        ("reading", "towns.geojson", 1, 4),
        ("checking", "admin/district", 2, 4),
        ("checking", "admin/town", 3, 4),
    ]
