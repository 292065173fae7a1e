"""The audit of the committed sample city finds every trouble that was planted, and no other of those kinds.

What else it lists is counted here from the files themselves.
"""

import csv
import json
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import shapely
from pyproj import Geod
from shapely.geometry import shape

from geo.atlas import Atlas
from geo.audit.auditing import Audit, audit
from geo.audit.trouble import Trouble
from geo.city_folder import read_city
from geo.model import Edition
from geo.register.enlisting import enlist
from geo.register.holdings import Holding, Person
from geo.register.log import Register
from geo.register.roster import Roster

FOLDER = Path(__file__).parents[2] / "samples" / "gusu"
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
EARTH = Geod(ellps="WGS84")


@cache
def audited() -> Audit:
    intake = read_city(FOLDER)
    assert intake.city_map is not None
    changes, _ = enlist(Register(), intake.staff)
    people = [value for _, _, value in changes if isinstance(value, Person)]
    holdings = [value for _, _, value in changes if isinstance(value, Holding)]
    atlas = Atlas(intake.city_map, Edition(1, NOW, None))
    return audit(atlas, Roster(1, people, holdings), NOW, positions=200)


def found(kind: str) -> list[Trouble]:
    return [trouble for trouble in audited().troubles if trouble.kind == kind]


@cache
def features(name: str) -> dict[str, tuple[dict[str, str | None], shapely.Geometry]]:
    layer = json.loads((FOLDER / name).read_text())["features"]
    return {one["properties"]["code"]: (one["properties"], shape(one["geometry"])) for one in layer}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def planted_m2() -> list[int]:
    """The square metres that the sample's README lists in its table of planted troubles."""
    english = (FOLDER / "README.md").read_text().split("### Troubles planted on purpose")[1].split("###")[0]
    return [int(number.replace(",", "")) for number in re.findall(r"\| ([\d,]+) m² \|", english)]


def test_the_gaps_overlaps_and_children_outside_are_the_planted_ones_and_no_other() -> None:
    gap, overlap, outside, same_rank, _ = planted_m2()
    assert [(it.subject, round(it.area_m2)) for it in found("gap")] == [(("sanitation", "area", "HW04", "HW05"), gap)]
    assert [(it.subject, round(it.area_m2)) for it in found("overlap")] == [
        (("sanitation", "area", "HW08", "HW09"), overlap)
    ]
    assert [(it.subject, round(it.area_m2)) for it in found("child-outside-parent")] == [
        (("grid", "subgrid", "SG3-03", "SG3"), outside)
    ]
    # Where two sanitation areas overlap, their stations lead what follows these areas with equal rank.
    assert {(it.units, it.categories, round(it.area_m2)) for it in found("equal-rank")} == {
        (("parks", "water"), ("1106",), same_rank),
        (("sanitation-08", "sanitation-09"), ("1104",), overlap),
    }
    assert found("no-lead") == found("unowned-ground") == []


def test_the_square_metres_of_the_ground_are_those_on_the_ellipsoid() -> None:
    for trouble in audited().troubles:
        if trouble.severity == "error":
            parts = shapely.orient_polygons(shapely.multipolygons(shapely.get_parts(trouble.ground)))
            assert trouble.area_m2 == pytest.approx(abs(EARTH.geometry_area_perimeter(parts)[0]), rel=1e-6)


def test_the_other_planted_troubles_are_found_and_nothing_like_them_elsewhere() -> None:
    assert [it.subject for it in found("strip-unclaimed")] == [("R-037", "right", "green_belt")]
    assert [it.subject for it in found("components-of-two-owners")] == [("3205080103000327", "3205080103000328")]
    assert {it.subject[0] for it in found("component-without-owner")} == {
        "3205080106000001",
        "3205080106000002",
        "3205080109000001",
        "3205080114000001",
    }
    assert [it.subject for it in found("claim-expired")] == [("C-069",)]
    assert found("claim-expiring") == []


def test_the_blank_cells_are_those_that_no_file_puts_anything_into() -> None:
    marks = [ground for _, ground in features("checkpoints.geojson").values()]
    half_widths = {"arterial": 22.0, "secondary": 15.0, "branch": 10.0, "alley": 4.5}
    assert set(half_widths) == {row["class"] for row, _ in features("segments.geojson").values()}
    # The roads run along borders of cells, so that their middles alone tell which cells they touch.
    marks += [line for _, line in features("segments.geojson").values()]
    marks += [
        shapely.Point(float(row["lon"]), float(row["lat"]))
        for row in rows("components.csv")
        if row["state"] not in ("removed", "废除")
    ]
    tree = shapely.STRtree(marks)
    blank = {
        code
        for code, (_, cell) in features("cell.geojson").items()
        if not len(tree.query(cell, predicate="intersects"))
    }
    told = {it.subject[-1] for it in found("blank-cell")}
    assert told <= blank
    # A strip may reach into a cell that no middle of a road touches.
    for code in blank - told:
        cell = features("cell.geojson")[code][1]
        assert any(line.distance(cell) < 25 / 95_000 for _, line in features("segments.geojson").values())
    assert len(told) == 464


def test_the_sites_outside_their_unit_are_those_across_a_border_that_a_community_answers_for() -> None:
    across = {}
    communities = features("community.geojson")
    for code, (properties, ground) in features("checkpoints.geojson").items():
        parts = [row for row, community in communities.values() if community.intersection(ground).area > 1e-12]
        if len(parts) > 1:
            across[code] = properties
    told = {it.subject[0] for it in found("site-outside-unit")}
    assert told <= set(across)
    assert len(across) == 7
    assert told == {code for code, row in across.items() if row.get("governance") == "self_governed"} == {"P-086"}
    [estate] = found("site-outside-unit")
    assert estate.units == ("320508003", "320508003008")
    assert round(estate.area_m2 or 0) == planted_m2()[-1]


def test_the_vacant_posts_are_those_that_no_holder_has_now() -> None:
    now = "2026-11-24"
    held = {
        row["post"]
        for row in rows("holders.csv")
        if (not row.get("valid_from") or row["valid_from"] <= now)
        and (not row.get("valid_to") or row["valid_to"] > now)
        and row.get("capacity", "holder") in ("", "holder")
    }
    assert {it.subject[0] for it in found("post-vacant")}.isdisjoint(held)
    assert {it.subject[0] for it in found("post-vacant")} == {
        "GO/320508003002003",
        "RC2/R-012/left",
        "RC2/R-012/right",
        "SL/P-021",
        "SL/P-044",
    }
    assert found("road-without-chief") == found("lead-without-contact") == found("holder-without-telephone") == []


def test_the_counts_are_the_same_in_every_run_and_every_id_is_another() -> None:
    counts = Counter(it.kind for it in audited().troubles)
    assert sum(counts.values()) == len({it.id for it in audited().troubles})
    assert audited().sampled == 200
    assert all(sum(doubt.verdicts.values()) == 200 for doubt in audited().doubts)
    asked = {category for doubt in audited().doubts for category in doubt.categories}
    assert {"1104", "0103"} <= asked


def test_every_kind_that_is_found_stands_in_the_readme_of_the_sample() -> None:
    assert {it.kind for it in audited().troubles} == {
        *("gap", "overlap", "child-outside-parent", "equal-rank", "strip-unclaimed", "site-outside-unit"),
        *("components-of-two-owners", "component-without-owner", "claim-expired"),
        *("post-vacant", "few-contacts", "blank-cell"),
    }
