"""A city.toml with a slip of the pen is refused with the place and the remedy."""

from pathlib import Path

import pytest

from geo.city_folder import read_city
from geo.errors import InvalidInput, SourceError
from geo.model import Policy
from tests.geo.worlds import geojson, kinds, take_in, towns, write_city

CITY = '[city]\nname = "x"\n'
AREAS = '[[areas]]\nfile = "towns.geojson"\n'
FILES = {"towns.geojson": towns("a")}


def test_a_folder_without_city_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has no readable city"):
        read_city(tmp_path)


@pytest.mark.parametrize("broken", [b"[city", b"[city]\nname = '\xff'\n"])
def test_a_city_toml_that_is_no_toml_is_refused(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "city.toml").write_bytes(broken)
    with pytest.raises(SourceError, match="not TOML"):
        read_city(tmp_path)


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        (CITY, "no [[areas]]"),
        (AREAS, "lacks name in [city]"),
        (CITY + "[[areas]]\n", "lacks file in [[areas]] 1"),
        (
            CITY + AREAS + 'levle = "x"\n',
            "unknown keys in [[areas]] 1: levle; known here: code, datum, file, layer, level",
        ),
        (CITY + 'color = "red"\n' + AREAS, "unknown keys in [city]: color"),
        (CITY + AREAS + "[roads]\n", "unknown keys in city.toml: roads"),
        (CITY + AREAS + "[policy]\ngap = 1\n", "unknown keys in [policy]: gap"),
        (CITY + AREAS + "[policy.accuracy_m]\nguess = 1\n", "unknown keys in [accuracy_m]: guess"),
        ("[city]\nname = { de = 'x' }\n" + AREAS, "unknown keys in [city] name: de"),
        ("city = 7\n" + AREAS, "[city] = 7 in city.toml; it must be a table"),
        ("[city]\nname = ' '\n" + AREAS, "name = ' ' in [city]; it must be"),
        (CITY + "timezone = 'Asia/Soochow'\n" + AREAS, "Asia/Soochow"),
        (CITY + "timezone = 'America'\n" + AREAS, "America"),
        (CITY + "timezone = '../../etc/passwd'\n" + AREAS, "passwd"),
        (
            CITY + "territory = 'police'\n" + AREAS,
            "territory = 'police' in [city], which is not known; give one of: admin",
        ),
        (CITY + "language = 'fr'\n" + AREAS, "give one of: zh, en"),
        (CITY + AREAS + "scheme = 'a b'\n", "1 to 40 letters"),
        (CITY + AREAS + f"level = '{'x' * 41}'\n", "1 to 40 letters"),
        (CITY + AREAS + "parent = 'up'\n", "the top level has no level above"),
        (CITY + "[[areas]]\nfile = 'towns.kml'\n", "known endings: .geojson"),
        (CITY + AREAS + "[policy]\nconfidence = 1.0\n", "confidence = 1.0"),
        (CITY + AREAS + "[policy]\ngap_m2 = -1\n", "gap_m2 = -1"),
        (CITY + AREAS + "[policy]\ngap_m2 = nan\n", "gap_m2 = nan"),
        (CITY + AREAS + "[policy]\ngap_m2 = true\n", "gap_m2 = True"),
        (CITY + AREAS + "[policy]\ndiscrepancy_days = 0\n", "a number from 1.0 to 365"),
        (CITY + AREAS + "[policy]\nfallback_level = 'x'\n", "give one of: area"),
        (CITY + AREAS + "[policy]\ninterim = 'nearest'\n", "give one of: territory, first_receiver"),
        (CITY + AREAS + "[policy]\nladder_event = ['territory', 'moon']\n", "'moon' in [policy], which is not known"),
        (CITY + AREAS + "[policy]\nladder_component = ['owner', 'owner']\n", "each of them once"),
        (CITY + AREAS + "[policy]\nladder_component = []\n", "each of them once"),
        (CITY + AREAS + "[policy]\nroad_classes = 'alley'\n", "a list of texts"),
        (CITY + AREAS + "[policy]\nroad_classes = ['alley', ' ']\n", "a list of texts"),
        (CITY + AREAS + "[policy.territory_by_branch]\n11 = 'fire'\n", "11 = 'fire' in [territory_by_branch], which"),
        (CITY + AREAS + "[policy.road_widths]\nalley = [['lawn', 3]]\n", "a list from the middle outwards"),
        (CITY + AREAS + "[policy.road_widths]\nalley = [['pavement', 0]]\n", "a list from the middle outwards"),
        (CITY + AREAS + "[policy.road_widths]\nalley = [['pavement', true]]\n", "a list from the middle outwards"),
        (
            CITY + AREAS + "[policy.road_widths]\nalley = [['carriageway', 199], ['pavement', 2]]\n",
            "together at most 200 m",
        ),
        (
            CITY + AREAS + "[policy.road_widths]\nalley = [['pavement', 1], ['pavement', 1]]\n",
            "at most once, together at most 200 m",
        ),
        (CITY + "categories = 'gb'\n" + AREAS, "give one of: default"),
        (CITY + AREAS + "[[categories]]\nfile = 'c.geojson'\n", "known endings: .csv, .csv.gz, .xlsx"),
        (CITY + AREAS + "[[claims]]\nfile = 'c.parquet'\n", "known endings: .csv"),
        (CITY + AREAS + "[[claims]]\nfile = 'c.csv'\ndatum = 'gcj02'\n", "unknown keys in [[claims]] 1: datum"),
        (CITY + AREAS + "[[checkpoints]]\nfile = 's.csv'\n", "known endings: .geojson"),
        (CITY + AREAS + "[[checkpoints]]\nfile = 's.gpkg'\nhalo = 9000\n", "a number from 0.0 to 5000.0"),
        (CITY + AREAS + "[[segments]]\nfile = 's.gpkg'\nwidths = { alley = 3 }\n", "a list from the middle outwards"),
        (CITY + AREAS + "[[schemes]]\ncode = 'police'\n", "give one of: admin"),
        (
            CITY + AREAS + "[[schemes]]\ncode = 'admin'\n[[schemes]]\ncode = 'admin'\n",
            "a code that was not used before",
        ),
        (CITY + AREAS + "[[schemes]]\ncode = 'admin'\ncode_split = [6, 3]\n", "one whole number for each level"),
        (CITY + AREAS + "[[schemes]]\ncode = 'admin'\ncode_split = [0]\n", "whole numbers above 0"),
        (CITY + AREAS + "[[schemes]]\ncode = 'admin'\nlevels = [{ code = 'x' }]\n", "give one of: area"),
        (CITY + AREAS + "[[schemes]]\ncode = 'admin'\nprefix = 'yes'\n", "true or false"),
        (CITY + AREAS + "[[records]]\nfile = 'r.xlsx'\n", "known endings: .csv"),
        (CITY + AREAS + "[[records]]\nfile = 'r.csv'\n[[records]]\nfile = 'r.csv'\n", "the code r a second time"),
        (CITY + AREAS + "[[units]]\nfile = 'u.csv'\ncontacts = [{ title = 'x' }]\n", "lacks telephone"),
        (CITY + "[areas]\nfile = 'towns.geojson'\n", "double brackets"),
    ],
)
def test_a_slip_in_city_toml_is_refused_with_its_place(tmp_path: Path, toml: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        take_in(tmp_path, toml, FILES)
    assert told in refused.value.say("en")
    assert "city.toml" in refused.value.say("zh")


@pytest.mark.parametrize("file", ["/etc/towns.geojson", "../towns.geojson", "a/../../towns.geojson", "to\nwns.geojson"])
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, file: str) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    (tmp_path / "towns.geojson").write_bytes(towns("a"))
    with pytest.raises(InvalidInput, match="outside the city's folder"):
        take_in(folder, CITY + f"[[areas]]\nfile = {file!r}\n".replace("'", '"'), {})


def test_a_symbolic_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    (tmp_path / "towns.geojson").write_bytes(towns("a"))
    (folder / "towns.geojson").symlink_to(tmp_path / "towns.geojson")
    with pytest.raises(InvalidInput, match="outside the city's folder"):
        take_in(folder, CITY + AREAS, {})


def test_a_file_in_a_folder_of_the_city_is_read(tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    assert (
        kinds(take_in(tmp_path, CITY + '[[areas]]\nfile = "maps/../maps/t.geojson"\n', {"maps/t.geojson": towns("a")}))
        == []
    )


def test_the_policy_of_the_city_is_laid_over_the_usual_one(tmp_path: Path) -> None:
    own = "fallback_level = 'area'\naccuracy_max_m = 300\ninterim = 'first_receiver'\n"
    toml = CITY + AREAS + f"[policy]\n{own}[policy.accuracy_m]\naddress = 20\n"
    city_map = take_in(tmp_path, toml, FILES).city_map
    assert city_map is not None
    policy = city_map.city.policy
    assert policy.accuracy_m == {"surveyed": 0.0, "map_click": 5.0, "address": 20.0, "unknown": 10.0}
    assert (policy.fallback_level, policy.accuracy_max_m, policy.confidence) == ("area", 300.0, Policy().confidence)
    assert (policy.interim, Policy().interim) == ("first_receiver", "territory")
    assert (policy.ladder_component, policy.road_classes) == (Policy().ladder_component, Policy().road_classes)


def test_the_city_orders_its_own_ladders_and_roads(tmp_path: Path) -> None:
    toml = CITY + AREAS + "[policy]\nladder_component = ['territory', 'owner']\nroad_classes = ['trunk', 'path']\n"
    city_map = take_in(tmp_path, toml, FILES).city_map
    assert city_map is not None
    policy = city_map.city.policy
    assert (policy.ladder_component, policy.ladder_event) == (("territory", "owner"), Policy().ladder_event)
    assert policy.road_classes == ("trunk", "path")


def test_an_unknown_datum_of_the_city_blocks_beside_everything_else(tmp_path: Path) -> None:
    toml = CITY + "datum = 'mars'\n" + AREAS + "[[areas]]\nscheme = 'b'\ndatum = 'wgs84'\nfile = 'empty.geojson'\n"
    folder = write_city(tmp_path, toml, {**FILES, "empty.geojson": geojson()})
    intake = read_city(folder)
    assert intake.city_map is None
    assert [(finding.kind, finding.source) for finding in intake.findings if finding.source] == [
        ("unknown-datum", "city.toml"),
        ("no-features", "empty.geojson"),
    ]


def level(scheme: str, code: str) -> str:
    """An entry of [[areas]]."""
    return f'{AREAS}scheme = "{scheme}"\nlevel = "{code}"\n'


@pytest.mark.parametrize(
    ("areas", "told"),
    [
        (level("border", "m"), "the level m of the scheme border and an answer's column share the column pw_border_m"),
        (
            level("a_b", "c") + level("a", "b_c"),
            "the level b_c of the scheme a and the level c of the scheme a_b share the column pw_a_b_c",
        ),
    ],
)
def test_levels_that_share_a_column_of_assigned_tables_are_refused(tmp_path: Path, areas: str, told: str) -> None:
    write_city(tmp_path, CITY + areas, FILES)
    with pytest.raises(InvalidInput) as refusal:
        read_city(tmp_path)
    assert told in str(refusal.value)
