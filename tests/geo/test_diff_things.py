"""What differs between two maps thing by thing; golden places and entries of the register that it concerns."""

from dataclasses import replace

import pytest
from shapely import MultiPolygon

from geo.components import Component
from geo.diff.difference import Difference, compare
from geo.diff.things import FieldChange, ThingChange, setting_changes, thing_changes
from geo.golden import GoldenPlace
from geo.golden_run import failing, try_golden
from geo.model import CityMap
from geo.posts import Post, Subject, SubjectKind
from geo.register.holdings import Capacity, Holding
from geo.register.roster import NOBODY, Roster
from geo.register.rulings import GroundKind, RuledGround, Ruling
from geo.schedule import Schedule
from geo.shares import Verdict
from geo.wording import Name
from tests.geo.claim_worlds import FRIDAY_NOON, LID, claim_city
from tests.geo.small_worlds import MOMENT, area, corner, draw_city, open_atlas, square, two_towns
from tests.storage_worlds import two_districts_with_claims

HERE = dict(zip(("lon", "lat"), corner(4.5, 2), strict=True))
EAST = GoldenPlace("g1", **HERE, verdict=Verdict.CERTAIN, rung="territory", why="East's", unit="east", accuracy_m=0.0)
WEST = replace(EAST, unit="west", why="Handed over by decision 9")


def moved(*golden: GoldenPlace) -> CityMap:
    """The two towns with their border one step further east."""
    town = draw_city(area("west", square(0, 0, 5, 4)), area("east", square(5, 0, 8, 4)))
    return replace(town, golden=golden)


def between(before: CityMap, after: CityMap, roster: Roster = NOBODY) -> Difference:
    return compare(open_atlas(before), open_atlas(after), at=FRIDAY_NOON, now=FRIDAY_NOON, roster=roster)


def test_a_map_with_everything_does_not_differ_from_itself() -> None:
    city_map = two_districts_with_claims()
    assert thing_changes(city_map, city_map) == []
    assert setting_changes(city_map, city_map) == []


def test_what_came_and_went_is_named_by_collection_and_code() -> None:
    city_map = two_districts_with_claims()
    without = replace(city_map, components=city_map.components[1:], posts=(), golden=())
    gone = thing_changes(city_map, without)
    assert [(one.collection, one.code, one.what) for one in gone] == [
        ("posts", "clerk/D1", "removed"),
        ("posts", "site", "removed"),
        ("components", "3205080201000001", "removed"),
        ("golden", "g1", "removed"),
        ("golden", "g2", "removed"),
    ]
    assert {one.what for one in thing_changes(without, city_map)} == {"added"}


def test_a_component_tells_its_new_owner_and_how_far_it_moved() -> None:
    town = (area("west", square(0, 0, 4, 4)),)
    lid = Component("3205080101000001", LID, *corner(1, 1), owner="west")
    before = replace(claim_city(areas=town), components=(lid,))
    lon, lat = corner(1, 1)
    after = replace(before, components=(replace(lid, owner="hq", lat=lat + 0.0001),))
    [change] = thing_changes(before, after)
    assert (change.collection, change.code, change.what) == ("components", lid.id, "changed")
    owner, position = change.fields
    assert owner == FieldChange("owner", "west", "hq")
    assert (position.field, position.before) == ("position", [lon, lat])
    assert position.moved_m == pytest.approx(11.09, abs=0.01)


def test_an_area_tells_how_much_ground_moved_and_who_answers_now() -> None:
    before = two_towns()
    east, west = before.areas
    after = replace(before, areas=(replace(east, boundary=MultiPolygon([square(5, 0, 8, 4)]), unit="west"), west))
    [change] = thing_changes(before, after)
    assert (change.collection, change.code) == ("areas", "admin/town/east")
    assert change.fields[0] == FieldChange("unit", "east", "west")
    assert change.fields[1].field == "geometry"
    assert change.fields[1].moved_m2 == pytest.approx(4 * 95.19 * 110.86, rel=0.001)


def test_the_rules_of_the_city_are_told_one_by_one() -> None:
    before = two_towns()
    policy = replace(before.city.policy, accuracy_max_m=400.0)
    after = replace(before, city=replace(before.city, policy=policy, language="en"))
    assert setting_changes(before, after) == [
        FieldChange("language", "zh", "en"),
        FieldChange("policy.accuracy_max_m", 500.0, 400.0),
    ]


def test_a_golden_place_with_another_answer_blocks_until_it_says_so_itself() -> None:
    before = replace(two_towns(), golden=(EAST,))
    unexplained = between(before, moved(EAST))
    [change] = unexplained.golden
    assert (change.before.unit, change.after.unit, change.holds, unexplained.blocks) == ("east", "west", False, True)
    explained = between(before, moved(WEST))
    [change] = explained.golden
    assert (change.before.unit, change.after.unit, change.holds, explained.blocks) == ("east", "west", True, False)
    assert ThingChange in {type(one) for one in explained.things}


def test_a_golden_place_that_is_dropped_is_told_and_does_not_block() -> None:
    found = between(replace(two_towns(), golden=(EAST,)), moved())
    [change] = found.golden
    assert (change.is_dropped, found.blocks) == (True, False)


def test_a_golden_place_whose_question_cannot_be_asked_fails_with_the_reason() -> None:
    atlas = open_atlas(two_towns())
    [trial] = try_golden(atlas, [replace(EAST, facts=("component:7",))], MOMENT)
    assert not trial.holds
    assert "there is no component '7'" in trial.found.text.say("en")
    assert "没有编号为 '7' 的部件" in trial.found.text.say("zh")
    assert failing(try_golden(atlas, [EAST], MOMENT)) == []


def test_entries_of_the_register_whose_place_is_gone_block() -> None:
    always = Schedule((), None, None)
    ground = RuledGround(GroundKind.AREA, ("admin", "town", "east"))
    ruling = Ruling("r1", "east", ("*",), ground, FRIDAY_NOON, always, Name(zh="会商"))
    desk = Post("desk", "duty_desk", "east", Subject(SubjectKind.UNIT, ("east",)))
    holding = Holding("h1", "desk", "A-03", Capacity.HOLDER, always, None)
    roster = Roster(1, holdings=[holding], rulings=[ruling], ruled=(1, FRIDAY_NOON))
    before = replace(two_towns(), posts=(desk,))
    after = draw_city(area("west", square(0, 0, 8, 4)))
    assert between(before, before, roster).blocked == ()
    found = between(before, after, roster)
    assert (found.blocked, found.blocks) == (("ruling:r1", "post:desk"), True)
