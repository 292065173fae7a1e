"""Rulings that are like a dispute: kind, units, place; each with its points and its reason; the order has no chance."""

from datetime import UTC, datetime

import pytest
from pyproj import Geod
from shapely import MultiPolygon, Point, box

from geo.categories import Branch, Category, CategoryTree, Nature
from geo.model import Unit, UnitKind
from geo.register.precedents import Dispute, precedents
from geo.register.rulings import GroundKind, RuledGround, Ruling
from geo.schedule import ALWAYS
from geo.wording import Name


def kind(code: str, parent: str | None = None) -> Category:
    return Category(code, Name(zh=f"类{code}", en=f"kind {code}"), Branch.EVENT, Nature.DYNAMIC, parent)


TREE = CategoryTree([kind("11"), kind("1101", "11"), kind("1102", "11"), kind("110201", "1102"), kind("15")])
UNITS = {
    code: Unit(code, Name(zh=f"{code}办", en=f"{code} office"), UnitKind.TERRITORIAL) for code in ("a", "b", "c", "hq")
}
HERE = box(120.0, 31.0, 120.001, 31.001)
PLACE = RuledGround(GroundKind.POLYGON, (), MultiPolygon([HERE]))


def ruled(id_: str, category: str = "1101", *between: str, ground=PLACE, day: int = 1, draft=False, revoked=False):
    decided = None if draft else datetime(2026, 5, day, tzinfo=UTC)
    return Ruling(
        id_, "a", tuple(category.split()), ground, decided, ALWAYS, Name(zh="会商"), between=between or ("a", "b"),
        revoked_at=datetime(2026, 6, 1, tzinfo=UTC) if revoked else None,
    )  # fmt: skip


def like(dispute: Dispute, *rulings: Ruling, grounds=None):
    known = {one.id: one.ground.boundary for one in rulings if one.ground.boundary is not None}
    return precedents(dispute, rulings, {**known, **(grounds or {})}, tree=TREE, units=UNITS)


def why(precedent, lang="zh") -> list[str]:
    return [name.say(lang) for name in precedent.why]


DISPUTE = Dispute(("1101",), HERE, ("a", "b"))


def test_the_same_again_has_every_point_and_says_so():
    [found] = like(DISPUTE, ruled("R1"))
    assert (found.score, found.steps, found.distance_m, found.shared) == (1000, 0, 0.0, ("a", "b"))
    assert why(found) == ["同一对单位（a办、b办）", "同一类别", "地点重叠"]
    assert why(found, "en") == ["the same units (a office and b office)", "the same kind", "on the same ground"]


@pytest.mark.parametrize(
    ("category", "points", "words"),
    [
        ("1101", 400, "同一类别"),
        ("11", 200, "同一大类（类11）"),
        ("1102", 133, "同一大类（类11）"),
        ("110201", 100, "同一大类（类11）"),
        ("15 1102", 133, "同一大类（类11）"),
        ("*", 100, "适用于所有类别"),
        ("15", 0, None),
    ],
)
def test_the_farther_the_kinds_are_apart_in_the_tree_the_fewer_points(category, points, words):
    [found] = like(DISPUTE, ruled("R1", category))
    assert found.score == 600 + points
    assert (words in why(found)) if words else (found.steps is None and len(found.why) == 2)


def test_a_branch_below_the_major_is_named():
    [found] = like(Dispute(("110201",), HERE), ruled("R1", "1102"))
    assert (found.steps, "同属类1102" in why(found)) == (1, True)


def test_one_unit_in_common_is_less_than_both_and_more_than_none():
    pairs = (("a", "b"), ("b", "c"), ("c", "hq"))
    scores = [like(DISPUTE, ruled("R1", "1101", *pair))[0].score for pair in pairs]
    assert scores == [1000, 800, 700]


def test_the_distance_is_geodesic_between_the_nearest_places_of_both_grounds():
    there = MultiPolygon([box(120.003, 31.0, 120.004, 31.001)])
    ruling = ruled("R1", ground=RuledGround(GroundKind.POLYGON, (), there))
    [found] = like(DISPUTE, ruling)
    _, _, expected = Geod(ellps="WGS84").inv(120.001, 31.001, 120.003, 31.001)
    assert found.distance_m == pytest.approx(expected, abs=0.01)
    assert found.score == 700 + int(300 * 500 / (500 + found.distance_m))
    assert why(found)[-1] == "相距 191 米"


def test_the_whole_city_is_no_distance():
    city = RuledGround(GroundKind.CITY)
    [found] = like(DISPUTE, ruled("R1", ground=city))
    assert (found.score, found.distance_m, why(found)[-1]) == (800, None, "其中一方适用于全市")
    assert like(Dispute(("1101",), None, ("a", "b")), ruled("R1", ground=city))[0].score == 1000
    assert like(Dispute(("1101",), None, ("a", "b")), ruled("R1"))[0].score == 800


def test_ground_that_is_no_longer_on_the_map_has_no_distance():
    [found] = like(DISPUTE, ruled("R1", ground=RuledGround(GroundKind.AREA, ("admin", "street", "gone"))))
    assert (found.distance_m, found.score) == (None, 700)


def test_drafts_are_left_out_and_revoked_rulings_are_marked():
    found = like(DISPUTE, ruled("R1", draft=True), ruled("R2", revoked=True))
    assert [one.ruling.id for one in found] == ["R2"]
    assert (why(found[0])[-1], why(found[0], "en")[-1]) == ("已撤销", "revoked since")


def test_what_has_nothing_in_common_is_left_out_unless_it_is_near():
    far = RuledGround(GroundKind.POLYGON, (), MultiPolygon([box(120.05, 31.0, 120.06, 31.001)]))
    assert like(DISPUTE, ruled("R1", "15", "c", "hq", ground=far)) == ()
    assert [one.score for one in like(DISPUTE, ruled("R1", "15", "c", "hq"))] == [300]
    assert like(Dispute((), Point(120.0, 31.0)), ruled("R1", "15"))[0].distance_m == 0.0


def test_of_equal_points_the_later_decision_goes_first_then_the_lower_id():
    rulings = [ruled("R3", day=2), ruled("R1", day=1), ruled("R2", day=2), ruled("R9", "15", day=9)]
    for order in (rulings, rulings[::-1]):
        assert [one.ruling.id for one in like(DISPUTE, *order)] == ["R2", "R3", "R1", "R9"]


def test_the_order_follows_the_likeness():
    far = RuledGround(GroundKind.POLYGON, (), MultiPolygon([box(120.05, 31.0, 120.06, 31.001)]))
    near_other_kind, far_same_pair = ruled("R1", "15", "c", "hq"), ruled("R2", "1101", ground=far)
    both = ruled("R3", "1102")
    assert [one.ruling.id for one in like(DISPUTE, near_other_kind, far_same_pair, both)] == ["R3", "R2", "R1"]
