"""The audit on worlds that can be drawn on paper: what is found, how much ground, whose, and under which id."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon

from geo.atlas import Atlas
from geo.audit.auditing import CHECKS, audit, troubles_of
from geo.audit.doubtful import doubts, draw_sample
from geo.audit.kinds import KINDS
from geo.audit.leads import check_leads
from geo.audit.levels import SLIVER_M, check_levels, mean_width_m
from geo.audit.places import check_cells, check_sites
from geo.audit.scene import Scene
from geo.audit.staff import check_staff
from geo.audit.stretches import check_chiefs, check_strips
from geo.audit.terms import check_terms
from geo.audit.things import check_components
from geo.audit.trouble import Trouble
from geo.claims import Role
from geo.components import Component, ComponentState
from geo.crs import areas_m2
from geo.errors import InvalidInput
from geo.model import CityMap, Policy
from geo.posts import Post, Subject, SubjectKind
from geo.register.holdings import Holding, Person
from geo.register.roster import NOBODY, Roster
from geo.roads import Side, StripKind
from geo.schedule import Shift
from geo.sources.city_toml import describe
from geo.wording import LANGS, Name
from tests.geo.claim_worlds import (
    FRIDAY_NOON,
    LID,
    LITTER,
    OFFICE_HOURS,
    STALL,
    claim,
    claim_city,
    department,
    in_site,
    on_area,
    on_strip,
    own_ground,
    road,
    site,
)
from tests.geo.small_worlds import (
    EDITION,
    STEP_EAST_M,
    STEP_NORTH_M,
    area,
    corner,
    draw_city,
    gap_and_overlap,
    square,
    unit,
)
from tests.geo.worlds import write_city

STEP_M2 = STEP_EAST_M * STEP_NORTH_M
TOWN = area("town", square(0, 0, 8, 8))


def scene(city_map: CityMap, roster: Roster = NOBODY, at: datetime = FRIDAY_NOON) -> Scene:
    return Scene(Atlas(city_map, EDITION), roster, at)


def m2(ground: shapely.Geometry) -> float:
    return float(areas_m2(np.array([ground], dtype=object))[0])


def the_one(troubles: list[Trouble], kind: str) -> Trouble:
    (found,) = [trouble for trouble in troubles if trouble.kind == kind]
    return found


# --- levels -------------------------------------------------------------------------------------------------------


def test_a_gap_and_an_overlap_name_both_neighbours_and_bring_their_ground() -> None:
    found = list(check_levels(scene(draw_city(*gap_and_overlap().areas, area("d", square(9, 3, 10, 4))))))
    overlap = the_one(found, "overlap")
    assert (overlap.scheme, overlap.level, overlap.units) == ("admin", "town", ("a", "b"))
    assert overlap.area_m2 == pytest.approx(4 * STEP_M2, rel=1e-3)
    assert overlap.ground.equals(square(4, 0, 5, 4))
    assert "area a (a) and area b (b)" in overlap.say("en")


def test_a_gap_beside_one_area_alone_is_said_to_lie_beside_it() -> None:
    ring = square(0, 0, 4, 4).difference(square(1, 1, 2, 2))
    gap = the_one(list(check_levels(scene(draw_city(area("town", ring))))), "gap")
    assert "town区（town）旁边有" in gap.say("zh")
    assert "m² beside area town (town) belong" in gap.say("en")


def test_a_hole_within_the_parent_is_a_gap_however_wide_and_names_all_stewards() -> None:
    cells = [
        replace(area(code, square(*corners), level="cell"), parent="d", steward=steward)
        for code, corners, steward in (("w", (0, 0, 2, 6), None), ("e", (4, 0, 6, 6), "keeper"))
    ]
    city = draw_city(
        area("d", square(0, 0, 6, 6), level="district"),
        *cells,
        levels=("district", "cell"),
        units=(unit("d"), unit("w"), unit("e"), unit("keeper")),
    )
    gap = the_one(list(check_levels(scene(city))), "gap")
    assert gap.ground.equals(square(2, 0, 4, 6))
    assert gap.units == ("keeper", "w")
    assert gap.area_m2 == pytest.approx(12 * STEP_M2, rel=1e-3)


def test_a_child_outside_its_parent_is_told_with_the_ground_that_lies_outside() -> None:
    city = draw_city(
        area("d", square(0, 0, 6, 6), level="district"),
        replace(area("c", square(0, 0, 7, 6), level="cell"), parent="d"),
        levels=("district", "cell"),
    )
    outside = the_one(list(check_levels(scene(city))), "child-outside-parent")
    assert outside.ground.equals(square(6, 0, 7, 6))
    assert outside.units == ("c", "d")


def test_the_id_of_a_trouble_does_not_follow_its_coordinates() -> None:
    def ids(line: float) -> list[str]:
        city = draw_city(area("a", square(0, 0, 5, 4)), area("b", square(line, 0, 9, 4)))
        return [trouble.id for trouble in check_levels(scene(city))]

    assert ids(4) == ids(4.5) != ids(5)


def test_two_holes_between_the_same_areas_are_one_trouble_with_the_ground_of_both() -> None:
    city = draw_city(
        area("a", MultiPolygon([square(0, 0, 8, 1), square(0, 3, 8, 4), square(0, 1, 1, 3)])),
        area("b", MultiPolygon([square(3, 1, 5, 3), square(7, 1, 8, 3)])),
    )
    gap = the_one(list(check_levels(scene(city))), "gap")
    assert len(gap.ground.geoms) == 2
    assert gap.area_m2 == pytest.approx(8 * STEP_M2, rel=1e-3)


@pytest.mark.parametrize(("width_m", "thin"), [(0.5, True), (2.0, False)])
def test_ground_less_than_a_metre_wide_is_called_a_sliver(width_m: float, thin: bool) -> None:
    step = width_m / STEP_EAST_M
    city = draw_city(area("a", square(0, 0, 4 + step, 4)), area("b", square(4, 0, 8, 4)))
    overlap = the_one(list(check_levels(scene(city))), "overlap")
    assert mean_width_m(overlap.ground, overlap.area_m2) == pytest.approx(width_m, rel=0.02)
    assert ("sliver" in overlap.say("en")) is thin is (width_m < SLIVER_M)


# --- leads --------------------------------------------------------------------------------------------------------


def patchwork(seed: int) -> CityMap:
    """One town without a fallback; eight departments each claim litter on a rectangle of their own somewhere."""
    random = np.random.default_rng(seed)
    claims = []
    for i in range(8):
        west, south = np.round(random.uniform(-1, 6, 2), 3)
        wide, high = np.round(random.uniform(0.5, 4, 2), 3)
        ground = square(west, south, west + wide, south + high)
        claims.append(claim(f"c{i}", f"dept{i % 4}", LITTER, own_ground(f"c{i}", ground)))
    return claim_city(*claims, areas=(TOWN,), units=tuple(department(f"dept{i}") for i in range(4)))


@pytest.mark.parametrize("seed", range(12))
def test_ground_without_lead_and_of_equal_rank_is_exact(seed: int) -> None:
    city = patchwork(seed)
    town = TOWN.boundary
    claimed: dict[str, shapely.Geometry] = {}
    for one in city.claims:
        claimed[one.unit] = shapely.union(claimed.get(one.unit, MultiPolygon()), one.place.boundary)
    # By brute force: the ground of exactly these units, for every set of them.
    expected = {(): m2(shapely.difference(town, shapely.union_all(list(claimed.values()))))}
    for count in range(2, len(claimed) + 1):
        for units in combinations(sorted(claimed), count):
            ground = town
            for code, one in claimed.items():
                ground = shapely.intersection(ground, one) if code in units else shapely.difference(ground, one)
            expected[units] = m2(ground)
    found = [it for it in check_leads(scene(city)) if it.categories == (LITTER, "110101")]
    measured = {trouble.units if trouble.kind == "equal-rank" else (): trouble for trouble in found}
    assert measured.keys() == {units for units, area_m2 in expected.items() if area_m2 >= 1.0}
    for units, trouble in measured.items():
        assert trouble.area_m2 == pytest.approx(expected[units], rel=1e-9)
        assert m2(trouble.ground) == pytest.approx(expected[units], rel=1e-9)


def test_categories_that_nobody_tells_apart_are_one_trouble() -> None:
    city = claim_city(
        claim("a", "one", "11", on_area("town")),
        claim("b", "two", "11", own_ground("b", square(0, 0, 2, 2)), priority=0),
        claim("c", "town", "*", on_area("town")),
        areas=(TOWN,),
        units=(department("one"), department("two")),
    )
    assert [trouble.kind for trouble in check_leads(scene(city))] == []  # ground of its own goes before an area
    city = replace(
        city,
        claims=tuple(
            replace(one, place=own_ground(one.id, square(0, 0, 3, 3))) if one.unit == "one" else one
            for one in city.claims
        ),
    )
    rank = the_one(list(check_leads(scene(city))), "equal-rank")
    assert rank.categories == ("11", "1101", "110101", "1102")
    assert rank.ground.equals(square(0, 0, 2, 2))
    assert "at all hours" in rank.say("en")


def test_ground_that_has_no_lead_at_some_hours_is_found_whenever_the_audit_runs() -> None:
    city = claim_city(
        claim("a", "clean", STALL, on_area("town"), hours=OFFICE_HOURS),
        claim("b", "town", "1101", on_area("town")),
        claim("c", "town", "01", on_area("town"), Role.OWNS),
        areas=(TOWN,),
        units=(department("clean"),),
    )
    by_moment = []
    for at in (FRIDAY_NOON, FRIDAY_NOON + timedelta(hours=12)):
        found = [it for it in check_leads(scene(city, at=at)) if it.categories == (STALL,)]
        by_moment.append(the_one(found, "no-lead"))
    assert by_moment[0].id == by_moment[1].id
    assert by_moment[0].area_m2 == pytest.approx(64 * STEP_M2, rel=1e-3)
    assert "as at 2026-05-01 17:00" in by_moment[0].say("en")
    assert "如 2026-05-02 00:00" in by_moment[1].say("zh")


def test_ground_that_lacks_a_lead_now_here_now_there_is_not_said_to_lack_one_at_all_hours() -> None:
    rest = (*(Shift(day, 0, 9 * 60) for day in range(7)), *(Shift(day, 17 * 60, 24 * 60) for day in range(7)))
    day = tuple(Shift(day, 9 * 60, 17 * 60) for day in range(7))
    city = claim_city(
        claim("a", "clean", STALL, on_area("west"), hours=day),
        claim("b", "watch", STALL, on_area("east"), hours=rest),
        areas=(area("west", square(0, 0, 4, 8)), area("east", square(4, 0, 8, 8))),
        units=(department("clean"), department("watch")),
    )
    found = [it for it in check_leads(scene(city)) if it.categories == (STALL,)]
    assert [(it.kind, it.units) for it in found] == [("no-lead", ("east",)), ("no-lead", ("west",))]
    assert all("at some hours" in it.say("en") for it in found)


def test_ground_that_neither_a_unit_nor_a_claim_reaches_is_nobodys_and_told_once() -> None:
    city = claim_city(
        claim("a", "west", "* ", on_area("west")),
        areas=(area("west", square(0, 0, 4, 4)), area("wild", square(4, 0, 8, 4), unit=None)),
    )
    (found,) = check_leads(scene(city))
    assert (found.kind, found.units, found.categories) == ("unowned-ground", ("hq",), ())
    assert found.ground.equals(square(4, 0, 8, 4))


def test_ground_smaller_than_the_citys_threshold_is_not_told() -> None:
    def kinds(policy: Policy) -> list[str]:
        city = claim_city(
            claim("a", "one", LITTER, own_ground("a", square(0, 0, 2, 2))),
            claim("b", "two", LITTER, own_ground("b", square(1, 1, 3, 3))),
            claim("c", "town", "*", on_area("town")),
            areas=(TOWN,),
            units=(department("one"), department("two")),
            policy=policy,
        )
        return [trouble.kind for trouble in check_leads(scene(city))]

    assert kinds(Policy(overlap_m2=STEP_M2 - 100)) == ["equal-rank"]
    assert kinds(Policy(overlap_m2=STEP_M2 + 100)) == []


def test_a_city_without_claims_is_asked_without_a_category() -> None:
    found = list(check_leads(scene(gap_and_overlap())))
    rank = the_one(found, "equal-rank")
    assert (rank.units, rank.categories) == (("a", "b"), ())
    assert "every kind of problem" in rank.say("en")


# --- claims, posts, roads, sites, cells, components ---------------------------------------------------------------


def test_a_claim_that_ended_or_ends_soon_is_told_unless_another_goes_on() -> None:
    ended, soon = FRIDAY_NOON - timedelta(days=1), FRIDAY_NOON + timedelta(days=20)
    city = claim_city(
        claim("gone", "one", "1101 1102", on_area("town"), valid_to=ended),
        claim("half", "two", "1102", on_area("town"), valid_from=ended),
        claim("ending", "two", "01", on_area("town"), Role.OWNS, valid_to=soon),
        claim("renewed", "one", "11", in_site("s"), valid_to=ended),
        claim("successor", "two", "11", in_site("s"), valid_from=ended),
        claim("for good", "town", "*", on_area("town")),
        claim("later", "two", "11", in_site("t"), valid_to=FRIDAY_NOON + timedelta(days=31)),
        areas=(TOWN,),
        units=(department("one"), department("two")),
        sites=(site("s", square(0, 0, 1, 1)), site("t", square(2, 2, 3, 3))),
    )
    found = {trouble.subject[0]: trouble for trouble in check_terms(scene(city))}
    # On the town's area somebody answers for everything, so that nothing there is left without.
    assert {code: trouble.kind for code, trouble in found.items()} == {"ending": "claim-expiring"}
    without = replace(city, claims=tuple(one for one in city.claims if one.id != "for good"))
    found = {trouble.subject[0]: trouble for trouble in check_terms(scene(without))}
    assert {code: trouble.kind for code, trouble in found.items()} == {
        "gone": "claim-expired",
        "ending": "claim-expiring",
    }
    assert found["gone"].categories == ("1101",)
    assert found["gone"].units == ("one",)


def test_holders_without_telephone_and_units_that_nobody_can_call_are_told() -> None:
    city = claim_city(
        claim("a", "clean", LITTER, on_area("town")), areas=(TOWN,), units=(department("clean"), unit("town"))
    )
    posts = (
        Post("town/1", "grid_officer", "town", Subject(SubjectKind.AREA, ("admin", "town", "town"))),
        Post("clean/1", "duty_desk", "clean", Subject(SubjectKind.UNIT, ("clean",))),
    )
    staffed = replace(city, posts=posts)
    people = (Person("A", Name(zh="甲")), Person("B", Name(zh="乙"), "0512-0000-0103"))
    roster = Roster(1, people, (Holding("h1", "town/1", "A"), Holding("h2", "clean/1", "B")))
    found = list(check_staff(scene(staffed, roster)))
    assert the_one(found, "holder-without-telephone").subject == ("town/1",)
    assert the_one(found, "lead-without-contact").subject == ("town",)
    vacant = [trouble for trouble in check_staff(scene(staffed)) if trouble.kind == "post-vacant"]
    assert [trouble.subject for trouble in vacant] == [("clean/1",), ("town/1",)]


def roads_and_posts(*posts: Post) -> CityMap:
    lane = StripKind.CARRIAGEWAY
    city = claim_city(
        claim("a", "town", "11", on_strip("r1")),
        areas=(TOWN,),
        roads=(
            road(
                "r1",
                "arterial",
                ((0, 4), (8, 4)),
                (Side.LEFT, lane, square(0, 4, 8, 4.1)),
                (Side.RIGHT, lane, square(0, 3.9, 8, 4)),
            ),
            road("r2", "branch", ((4, 0), (4, 3))),
        ),
    )
    return replace(city, posts=posts)


def chief(code: str, kind: str, *key: str) -> Post:
    return Post(code, kind, "town", Subject(SubjectKind.SEGMENT, key))


def test_the_side_of_a_road_that_lacks_a_kind_of_chief_is_told() -> None:
    assert list(check_chiefs(scene(roads_and_posts()))) == []
    city = roads_and_posts(
        chief("1", "road_chief_1", "r1"), chief("2", "road_chief_1", "r2"), chief("3", "road_chief_2", "r1", "left")
    )
    found = [trouble.subject for trouble in check_chiefs(scene(city))]
    assert found == [("r1", "right", "road_chief_2"), ("r2", "left", "road_chief_2"), ("r2", "right", "road_chief_2")]


def test_a_strip_that_no_claim_names_is_told_with_its_ground() -> None:
    strip = the_one(list(check_strips(scene(roads_and_posts()))), "strip-unclaimed")
    assert strip.subject == ("r1", "right", "carriageway")
    assert strip.area_m2 == pytest.approx(0.8 * STEP_M2, rel=1e-3)
    assert strip.units == ("town",)


def test_a_site_outside_the_areas_of_its_unit_is_told_to_both_units() -> None:
    city = claim_city(
        areas=(area("west", square(0, 0, 4, 4)), area("east", square(4, 0, 8, 4))),
        units=(department("works"),),
        sites=(
            site("over", square(3, 1, 5, 2), unit="west"),
            site("in", square(5, 1, 6, 2), unit="east"),
            site("far", square(6, 1, 7, 2), unit="works"),
        ),
    )
    (found,) = check_sites(scene(city))
    assert (found.subject, found.units) == (("over", "west"), ("east", "west"))
    assert found.ground.equals(square(4, 1, 5, 2))


def test_a_cell_that_nothing_touches_is_told_and_a_cell_with_a_thing_on_its_edge_is_not() -> None:
    cells = tuple(area(f"c{x}", square(x, 0, x + 1, 1), level="cell") for x in range(4))
    city = claim_city(
        areas=(area("d", square(0, 0, 4, 1), level="district"), *cells),
        levels=("district", "cell"),
        sites=(site("s", square(0, 0, 0.5, 0.5)),),
    )
    lon, lat = corner(2, 0.5)
    city = replace(city, components=(Component("x", LID, lon, lat),))
    assert [trouble.subject[-1] for trouble in check_cells(scene(city))] == ["c3"]
    gone = replace(city, components=(Component("x", LID, lon, lat, state=ComponentState.REMOVED),))
    assert [trouble.subject[-1] for trouble in check_cells(scene(gone))] == ["c1", "c2", "c3"]


def test_a_component_is_nobodys_only_where_no_claim_owns_such_things() -> None:
    lon, lat = corner(1, 1)
    things = (Component("a", LID, lon, lat), Component("b", "01", lon, lat), Component("c", LID, lon, lat, owner="hq"))
    city = claim_city(claim("o", "works", LID, on_area("town"), Role.OWNS), areas=(TOWN,), units=(department("works"),))
    (found,) = check_components(scene(replace(city, components=things)))
    assert (found.kind, found.subject, found.categories) == ("component-without-owner", ("b",), ("01",))


@pytest.mark.parametrize(("away_m", "told"), [(3.0, True), (9.9, True), (10.1, False)])
def test_components_of_two_owners_are_told_where_one_place_has_both_in_reach(away_m: float, told: bool) -> None:
    lon, lat = corner(1, 1)
    pair = (
        Component("a", LID, lon, lat, owner="one"),
        Component("b", LID, lon, lat + away_m / 110_862, owner="two"),
        Component("c", LID, lon, lat, owner="one"),
        Component("d", "01", lon, lat, owner="two"),
    )
    city = claim_city(
        claim("x", "town", "*", on_area("town")), areas=(TOWN,), units=(department("one"), department("two"))
    )
    found = [trouble.subject for trouble in check_components(scene(replace(city, components=pair)))]
    assert found == ([("a", "b"), ("b", "c")] if told else [])


# --- doubt, and the whole -----------------------------------------------------------------------------------------


def test_the_sample_is_the_same_each_time_and_even_over_the_territory() -> None:
    one = scene(draw_city(area("a", square(0, 0, 6, 2)), area("b", square(6, 2, 8, 8))))
    first, again = draw_sample(one, 4000), draw_sample(one, 4000)
    assert np.array_equal(first.lon, again.lon)
    assert len(first.lon) == 4000
    in_a = shapely.intersects_xy(square(0, 0, 6, 2), first.lon, first.lat).mean()
    assert in_a == pytest.approx(0.5, abs=0.025)  # three standard deviations


def test_doubt_lies_along_the_border_and_names_what_it_lies_between() -> None:
    city = claim_city(
        claim("w", "west", "11", on_area("west")),
        claim("e", "east", "11", on_area("east")),
        areas=(area("west", square(0, 0, 1, 1)), area("east", square(1, 0, 2, 1))),
        policy=Policy(accuracy_m={"surveyed": 0.0, "unknown": 20.0}),
    )
    one = scene(city)
    found = {(it.categories, it.accuracy): it for it in doubts(one, draw_sample(one, 3000))}
    assert {accuracy for _, accuracy in found} == {"surveyed", "unknown"}
    event = ("11", "1101", "110101", "1102")
    assert found[event, "surveyed"].verdicts["contested"] == 0
    unknown = found[event, "unknown"]
    assert sum(unknown.verdicts.values()) == 3000
    # Contested is where the shares differ by 0.15 or less: within 0.189 sigma of the line, sigma = A / 1.510.
    expected = 2 * 0.189 * 20 / 1.510 / (2 * STEP_EAST_M) * 3000
    assert unknown.verdicts["contested"] == pytest.approx(expected, abs=3 * expected**0.5)
    (rivals,) = unknown.rivals
    assert (rivals.first.ref, rivals.second.ref) == ("claim:e", "claim:w")
    assert rivals.positions == unknown.verdicts["contested"]


def test_every_kind_is_found_by_one_check_and_has_words_in_both_languages() -> None:
    assert sorted(kind for check in CHECKS for kind in check.finds) == sorted(KINDS)
    found = audit(Atlas(draw_city(*gap_and_overlap().areas), EDITION), NOBODY, FRIDAY_NOON, positions=0)
    assert found.troubles
    assert found.doubts == ()
    assert all(trouble.say(lang) for trouble in found.troubles for lang in LANGS)
    assert len({trouble.id for trouble in found.troubles}) == len(found.troubles)


def test_some_kinds_alone_are_those_of_the_whole_audit() -> None:
    atlas = Atlas(gap_and_overlap(), EDITION)
    whole = audit(atlas, NOBODY, datetime(2026, 5, 1, tzinfo=UTC), positions=0).troubles
    some = troubles_of(atlas, NOBODY, datetime(2026, 5, 1, tzinfo=UTC), ("overlap",))
    assert [it.id for it in some] == [it.id for it in whole if it.kind == "overlap"] != []


def test_a_policy_can_only_block_kinds_that_an_audit_finds(tmp_path: Path) -> None:
    def policy(line: str) -> Policy:
        toml = f'[city]\nname = "Town"\n[policy]\n{line}\n[[areas]]\nfile = "a.geojson"\n'
        return describe(write_city(tmp_path, toml, {})).city.policy

    read = policy('audit_blocks = ["gap", "no-lead"]\naudit_days = 7\naudit_ahead_days = 60\naudit_sample = 500')
    assert (read.audit_blocks, read.audit_days, read.audit_ahead_days, read.audit_sample) == (
        ("gap", "no-lead"),
        7,
        60,
        500,
    )
    with pytest.raises(InvalidInput, match=r"'hole'.*equal-rank"):
        policy('audit_blocks = ["hole"]')
