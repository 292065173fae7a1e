"""Files of sites, the units that answer for them, and the halos around them."""

from pathlib import Path

import numpy as np
import pytest
from shapely import MultiPolygon

from geo.city_folder import Intake
from geo.crs import areas_m2
from geo.errors import InvalidInput
from geo.site_types import type_name
from geo.sites import Checkpoint, Governance
from geo.wording import Name
from tests.geo.worlds import feature, geojson, kinds, square, take_in, the_finding, towns, write_layer

CITY = """
    [city]
    name = "x"

    [[areas]]
    level = "district"
    file = "district.geojson"

    [[areas]]
    level = "town"
    file = "towns.geojson"

    [[units]]
    file = "units.csv"

    [[checkpoints]]
    file = "sites.geojson"
"""
UNITS = "code,name,kind,telephone\nmarket,菜场公司,承包单位,1\nowner,业主,部门,2\n"


def read(folder: Path, *sites: dict[str, object], more: str = "") -> Intake:
    """A district two squares wide and high with towns a and b in its lower row, and sites."""
    files = {"district.geojson": geojson(feature(square(0, 0, 2, 2), code="D")), "towns.geojson": towns("a", "b")}
    return take_in(folder, CITY + more, files | {"units.csv": UNITS, "sites.geojson": geojson(*sites)})


def ground_m2(ground: MultiPolygon) -> float:
    return float(areas_m2(np.array([ground], dtype=object))[0])


def sites_of(intake: Intake) -> dict[str, Checkpoint]:
    assert intake.city_map is not None, kinds(intake)
    return {site.code: site for site in intake.city_map.checkpoints}


def test_a_site_is_read_with_everything_that_its_row_says(tmp_path: Path) -> None:
    told = {"name": "葑门菜场", "name_en": "Fengmen Market", "type": "market", "unit": "market", "principal": "owner"}
    intake = read(tmp_path, feature(square(0.2, 0.2, 0.2, 0.2), code="M1", governance="托管", halo_m=20, **told))
    site = sites_of(intake)["M1"]
    assert (site.name, site.type, site.unit, site.principal) == (
        Name(zh="葑门菜场", en="Fengmen Market"), "market", "market", "owner",
    )  # fmt: skip
    assert site.governance is Governance.ENTRUSTED
    assert site.inner.equals(square(0.2, 0.2, 0.2, 0.2))
    assert site.halo is not None
    assert not site.halo.intersection(site.inner).area
    around_m2 = 2 * 20 * (19.04 + 22.17) + 3.1416 * 20 * 20  # along the sides, and a quarter of a circle a corner
    assert ground_m2(site.halo) == pytest.approx(around_m2, rel=0.01)


def test_the_halo_of_the_file_holds_for_sites_that_say_nothing(tmp_path: Path) -> None:
    sites = [feature(square(0, 0), code=code, halo_m=halo_m) for code, halo_m in (("p", None), ("q", 5), ("r", 0))]
    found = sites_of(read(tmp_path, *sites, more="    halo = 30\n"))
    assert {code: site.halo_m for code, site in found.items()} == {"p": 30.0, "q": 5.0, "r": 0.0}
    assert [code for code, site in found.items() if site.halo is None] == ["r"]


def test_a_site_that_nobody_runs_belongs_to_the_finest_territory(tmp_path: Path) -> None:
    found = sites_of(
        read(tmp_path, feature(square(1.2, 0.2, 0.2, 0.2), code="p"), feature(square(0.2, 1.2, 0.2, 0.2), code="q"))
    )
    assert {code: site.unit for code, site in found.items()} == {"p": "b", "q": "D"}


def test_a_site_outside_the_city_is_told(tmp_path: Path) -> None:
    intake = read(tmp_path, feature(square(9, 9), code="far", unit="market"), feature(square(0, 0), code="near"))
    assert the_finding(intake, "site-outside-city").code == "far"
    assert sites_of(intake)["far"].unit == "market"


def test_features_with_one_code_are_one_site(tmp_path: Path) -> None:
    intake = read(
        tmp_path, feature(square(0, 0), code="p", unit="market"), feature(square(1, 0), code="p", type="estate")
    )
    site = sites_of(intake)["p"]
    assert (site.unit, site.type, ground_m2(site.inner)) == (
        "market",
        "estate",
        pytest.approx(2 * 95.19 * 110.86, 1e-3),
    )
    assert "features-merged" in kinds(intake)


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ({"code": None}, "row-without-code"),
        ({"code": "p", "unit": "nobody"}, "unknown-unit"),
        ({"code": "p", "principal": "nobody"}, "unknown-unit"),
        ({"code": "p", "governance": "自由"}, "value-refused"),
        ({"code": "p", "halo_m": "wide"}, "value-refused"),
        ({"code": "p", "halo_m": -1}, "value-refused"),
        ({"code": "p", "halo_m": "nan"}, "value-refused"),
    ],
)
def test_what_is_wrong_with_a_site_blocks(tmp_path: Path, properties: dict[str, object], kind: str) -> None:
    intake = read(tmp_path, feature(square(0, 0), code="good"), feature(square(0, 0), **properties))
    assert intake.city_map is None
    assert the_finding(intake, kind).row == 2


def test_sites_of_a_geopackage_read_alike(tmp_path: Path) -> None:
    write_layer(tmp_path / "sites.gpkg", [square(0, 0)], driver="GPKG", 编号=["p"], width=[12.5])
    toml = CITY.replace("sites.geojson", "sites.gpkg") + '    code = "编号"\n    halo_m = "width"\n'
    files = {"district.geojson": towns("D"), "towns.geojson": towns("a"), "units.csv": UNITS}
    assert sites_of(take_in(tmp_path, toml, files))["p"].halo_m == 12.5


def governed(folder: Path, governance: str | None, more: str = "", **told: object) -> tuple[Intake, str | None]:
    """The intake, and who answers for a site in town `a` of district `D` that is run like this."""
    intake = read(folder, feature(square(0.2, 0.2, 0.2, 0.2), code="p", governance=governance, **told), more=more)
    return intake, sites_of(intake)["p"].unit


@pytest.mark.parametrize(
    ("governance", "told", "unit"),
    [
        (None, {}, "a"),
        (None, {"manager": "market"}, "a"),
        ("托管", {"manager": "market"}, "market"),
        ("entrusted", {"manager": "market", "unit": "owner"}, "owner"),
        ("托管", {}, "a"),
        ("接管", {}, "a"),
        ("接管", {"manager": "market"}, "a"),
        ("自管", {}, "a"),
        ("自管", {"unit": "owner"}, "owner"),
    ],
)
def test_how_a_site_is_run_says_who_answers_unless_its_row_does(
    tmp_path: Path, governance: str | None, told: dict[str, object], unit: str
) -> None:
    assert governed(tmp_path, governance, **told)[1] == unit


@pytest.mark.parametrize(
    ("policy", "governance", "unit"),
    [
        ('[policy]\nfallback_level = "district"\n', "taken_over", "D"),
        ('[policy]\nfallback_level = "district"\n', "self_governed", "a"),
        ('[policy.governance]\ntaken_over = "district"\nself_governed = "manager"\n', "taken_over", "D"),
        ('[policy.governance]\ntaken_over = "district"\nself_governed = "manager"\n', "self_governed", "market"),
        ('[policy.governance]\ntaken_over = "district"\nself_governed = "manager"\n', "entrusted", "market"),
        ('[policy.governance]\nentrusted = "district"\n', "entrusted", "D"),
    ],
)
def test_the_city_may_say_who_answers_for_each_way(tmp_path: Path, policy: str, governance: str, unit: str) -> None:
    assert governed(tmp_path, governance, more=policy, manager="market")[1] == unit


def test_where_the_level_has_no_unit_at_the_site_the_finest_that_has_one_answers(tmp_path: Path) -> None:
    upper = feature(square(0.2, 1.2, 0.2, 0.2), code="p", governance="taken_over")
    assert sites_of(read(tmp_path, upper, more='[policy]\nfallback_level = "town"\n'))["p"].unit == "D"


def test_a_site_entrusted_to_nobody_is_told(tmp_path: Path) -> None:
    intake, _ = governed(tmp_path, "entrusted")
    assert the_finding(intake, "entrusted-without-manager").code == "p"
    assert "entrusted-without-manager" not in kinds(governed(tmp_path, "entrusted", manager="market")[0])


def test_an_unknown_manager_or_way_to_answer_is_refused(tmp_path: Path) -> None:
    intake = read(tmp_path, feature(square(0, 0), code="p", manager="nobody"))
    assert the_finding(intake, "unknown-unit").values["unit"] == "nobody"
    with pytest.raises(InvalidInput, match="manager, district, town"):
        read(tmp_path, feature(square(0, 0), code="p"), more='[policy.governance]\ntaken_over = "street"\n')
    with pytest.raises(InvalidInput, match="sold"):
        read(tmp_path, feature(square(0, 0), code="p"), more='[policy.governance]\nsold = "district"\n')


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("market", "market", "农贸市场"),
        ("农贸市场", "market", "农贸市场"),
        ("菜场", "market", "农贸市场"),
        ("Market", "market", "农贸市场"),
        ("小区", "estate", "小区"),
        ("三无小区", "estate_unmanaged", "无物业小区"),
        ("码头", "wharf", "码头"),
        ("Wharf", "wharf", "码头"),
        (None, "other", "其他"),
    ],
)
def test_a_type_is_known_by_its_code_its_name_or_what_people_call_it(
    tmp_path: Path, text: str | None, code: str, name: str
) -> None:
    more = '[policy.checkpoint_types]\nwharf = { zh = "码头", en = "Wharf" }\n'
    intake = read(tmp_path, feature(square(0, 0), code="p", type=text), more=more)
    assert "unknown-site-type" not in kinds(intake)
    assert intake.city_map is not None
    assert sites_of(intake)["p"].type == code
    assert type_name(code, intake.city_map.city.policy.checkpoint_types).zh == name


def test_a_type_that_nobody_knows_is_kept_and_told_once(tmp_path: Path) -> None:
    sites = [feature(square(0, 0), code=code, type="飞地") for code in ("p", "q")]
    intake = read(tmp_path, *sites)
    assert sites_of(intake)["q"].type == "飞地"
    assert the_finding(intake, "unknown-site-type").values["count"] == 2
    assert type_name("飞地", {}).say("en") == "飞地"
