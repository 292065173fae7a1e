"""Ground that changes hands: in exact square metres, for every kind, as asking both maps everywhere says."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, affinity

from geo.atlas import Atlas
from geo.city_folder import read_city
from geo.claims import Role
from geo.crs import areas_m2
from geo.diff.ground import GroundChange, ground_changes, new_gaps
from geo.model import CityMap, Edition
from geo.register.overlay import overlaid
from geo.register.roster import Roster
from geo.register.rulings import GroundKind, RuledGround, Ruling
from geo.schedule import Schedule
from geo.wording import Name
from tests.geo.claim_worlds import FRIDAY_NOON, LITTER, STALL, claim, claim_city, in_site, on_area, own_ground, site
from tests.geo.small_worlds import WORLDS, area, draw_city, gap_and_overlap, ground, open_atlas, square, two_towns

SAMPLE = Path(__file__).parents[2] / "samples" / "gusu"


def changes(before: CityMap, after: CityMap, at: datetime = FRIDAY_NOON) -> list[GroundChange]:
    return ground_changes(open_atlas(before), open_atlas(after), at)


def size_m2(polygon: shapely.Polygon) -> float:
    return float(areas_m2(np.array([polygon]))[0])


def hands(found: list[GroundChange]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(change.before, change.after) for change in found]


def check_by_asking(before: Atlas, after: Atlas, places: np.ndarray, at: datetime = FRIDAY_NOON) -> int:
    """How many (place, kind) pairs change hands; every one stands in the changes, and no other does."""
    found = ground_changes(before, after, at)
    covers = [atlas.index.sets_at(lon=places[:, 0], lat=places[:, 1]) for atlas in (before, after)]
    inside = [shapely.contains_xy(change.boundary, places[:, 0], places[:, 1]) for change in found]
    count = 0
    for category in (None, *sorted(before.categories.by_code.keys() & after.categories.by_code.keys())):
        sheets = [atlas.sheet(category, at) for atlas in (before, after)]
        of_kind = [(one, held) for one, held in zip(found, inside, strict=True) if category in one.categories]
        for i in range(len(places)):
            led, leads = (
                sheet.outcome(cover.covers[cover.ids[i]]).units for sheet, cover in zip(sheets, covers, strict=True)
            )
            said = [(one.before, one.after) for one, held in of_kind if held[i]]
            assert said == ([(led, leads)] if led != leads else []), (category, places[i])
            count += led != leads
    return count


def scattered(atlas: Atlas, count: int, seed: int) -> np.ndarray:
    west, south, east, north = shapely.total_bounds(atlas.grounds.boundaries)
    random = np.random.default_rng(seed)
    return np.column_stack([random.uniform(west, east, count), random.uniform(south, north, count)])


@pytest.mark.parametrize("world", WORLDS)
def test_nothing_changes_hands_between_a_map_and_itself(world: str) -> None:
    assert changes(WORLDS[world](), WORLDS[world]()) == []


def test_between_two_courses_of_a_border_the_ground_changes_hands_to_the_square_centimetre() -> None:
    moved = draw_city(area("west", square(0, 0, 5, 4)), area("east", square(5, 0, 8, 4)))
    [change] = changes(two_towns(), moved)
    assert (change.before, change.after, change.categories) == (("east",), ("west",), (None,))
    assert change.area_m2 == pytest.approx(size_m2(square(4, 0, 5, 4)), abs=1e-4)
    assert float(areas_m2(np.array([change.boundary]))[0]) == pytest.approx(change.area_m2, abs=1e-4)
    assert [(back.before, back.after) for back in changes(moved, two_towns())] == [(("west",), ("east",))]


def test_a_border_that_swings_gives_ground_to_both_sides() -> None:
    swung = draw_city(
        area("west", ground((0, 0), (3, 0), (5, 4), (0, 4))), area("east", ground((3, 0), (8, 0), (8, 4), (5, 4)))
    )
    found = changes(two_towns(), swung)
    assert sorted(hands(found)) == [(("east",), ("west",)), (("west",), ("east",))]
    triangles = [ground((4, 2), (4, 4), (5, 4)), ground((4, 0), (4, 2), (3, 0))]
    for change in found:
        assert change.area_m2 == pytest.approx(size_m2(triangles[change.before == ("west",)]), abs=1e-3)


def test_another_unit_on_the_same_ground_changes_all_of_it() -> None:
    before = two_towns()
    after = replace(
        before, areas=tuple(replace(one, unit="west") if one.code == "east" else one for one in before.areas)
    )
    [change] = changes(before, after)
    assert (change.before, change.after) == (("east",), ("west",))
    assert change.area_m2 == pytest.approx(size_m2(square(4, 0, 8, 4)), abs=1e-4)


def test_other_names_change_no_hands() -> None:
    before = two_towns()
    after = replace(before, areas=tuple(replace(one, name=Name(zh="新名")) for one in before.areas))
    assert changes(before, after) == []


def test_an_area_that_goes_leaves_a_gap_that_is_told_by_kind() -> None:
    before = claim_city(
        claim("c1", "west", LITTER, on_area("west")),
        claim("c2", "east", LITTER, on_area("east")),
        areas=(area("west", square(0, 0, 4, 4)), area("east", square(4, 0, 8, 4))),
    )
    after = claim_city(
        claim("c1", "west", LITTER, on_area("west")),
        areas=(area("west", square(0, 0, 4, 4)), area("east", square(4, 0, 8, 4))),
    )
    found = changes(before, after)
    assert hands(found) == [(("east",), ())]
    assert found[0].categories == (LITTER, "110101")
    gap_m2 = size_m2(square(4, 0, 8, 4))
    assert new_gaps(found) == {code: pytest.approx(gap_m2, abs=1e-4) for code in (LITTER, "110101")}
    assert not any(STALL in change.categories for change in found)
    assert new_gaps(changes(after, before)) == {}


def test_where_two_lead_with_equal_right_both_are_named() -> None:
    before, after = gap_and_overlap(), draw_city(area("a", square(0, 0, 5, 4)), area("b", square(5, 0, 9, 4)))
    found = changes(before, after)
    assert (("a", "b"), ("a",)) in hands(found)
    assert (("c",), ()) in hands(found)


def test_a_claim_counts_at_the_moment_that_is_asked_about() -> None:
    towns = (area("west", square(0, 0, 4, 4)), area("east", square(4, 0, 8, 4)))
    later = datetime(2026, 6, 1, tzinfo=UTC)
    before = claim_city(claim("c1", "west", LITTER, on_area("west")), areas=towns)
    after = claim_city(
        claim("c1", "west", LITTER, on_area("west")),
        claim("c2", "east", LITTER, on_area("west"), priority=1, valid_from=later),
        areas=towns,
    )
    assert changes(before, after) == []
    assert hands(changes(before, after, later)) == [(("west",), ("east",))]


def test_a_rule_of_the_city_changes_hands_where_no_boundary_moves() -> None:
    districts = (
        area("d", square(0, 0, 8, 4), level="district"),
        area("s1", square(0, 0, 4, 4), level="street"),
        area("s2", square(4, 0, 8, 4), level="street"),
    )
    every = [claim(code, code, "*", on_area(code, level)) for code, level in (("d", "district"), ("s1", "street"))]
    before = claim_city(*every, areas=districts, levels=("district", "street"))
    policy = replace(before.city.policy, fallback_level="district")
    after = replace(before, city=replace(before.city, policy=policy))
    assert (("s1",), ("d",)) in hands(changes(before, after))


def test_the_first_claim_and_the_last_change_hands_all_over_the_city() -> None:
    towns = (area("west", square(0, 0, 4, 4)), area("east", square(4, 0, 8, 4)))
    bare = claim_city(areas=towns)
    claimed = claim_city(claim("c1", "west", LITTER, on_area("west")), areas=towns)
    bare_atlas, claimed_atlas = open_atlas(bare), open_atlas(claimed)
    # Without any claim every unit leads everything on its ground; with one, the others lead nothing.
    assert check_by_asking(bare_atlas, claimed_atlas, scattered(bare_atlas, 200, seed=1))
    assert check_by_asking(claimed_atlas, bare_atlas, scattered(bare_atlas, 200, seed=2))


def test_under_a_ruling_that_lies_over_both_nothing_changes() -> None:
    moved = draw_city(area("west", square(0, 0, 5, 4)), area("east", square(5, 0, 8, 4)))
    ruled = Ruling(
        id="r1",
        unit="west",
        categories=("*",),
        ground=RuledGround(GroundKind.POLYGON, (), MultiPolygon([square(4, 0, 5, 3)])),
        decided_at=FRIDAY_NOON,
        reason=Name(zh="会商"),
        source=None,
        assists=(),
        schedule=Schedule((), None, None),
    )
    roster = Roster(1, rulings=[ruled], ruled=(1, FRIDAY_NOON))
    [change] = ground_changes(
        overlaid(open_atlas(two_towns()), roster), overlaid(open_atlas(moved), roster), FRIDAY_NOON
    )
    assert change.area_m2 == pytest.approx(size_m2(square(4, 3, 5, 4)), abs=1e-3)


@pytest.mark.parametrize("seed", range(8))
def test_random_maps_differ_exactly_where_asking_says(seed: int) -> None:
    atlases = [open_atlas(random_city(np.random.default_rng([seed, state]))) for state in (0, 1)]
    assert check_by_asking(*atlases, scattered(atlases[0], 400, seed)) > 0


def random_city(random: np.random.Generator) -> CityMap:
    """Overlapping towns, a site, and claims on grounds of their own that cross all of it."""

    def box() -> shapely.Polygon:
        x, y = random.uniform(0, 6, 2)
        width, height = random.uniform(1, 5, 2)
        return ground((x, y), (x + width, y), (x + width, y + height), (x, y + height))

    towns = tuple(area(code, box()) for code in ("a", "b", "c"))
    own = [
        claim(f"o{i}", unit, kind, own_ground(f"o{i}", box()), role, priority=int(random.integers(2)))
        for i, (unit, kind, role) in enumerate(
            [("a", LITTER, Role.LEADS), ("b", "11", Role.LEADS), ("c", "01", Role.OWNS), ("a", "0101", Role.MAINTAINS)]
        )
    ]
    every = [claim(f"e{code}", code, "*", on_area(code)) for code in ("a", "b")]
    shop = claim("shop", "c", STALL, in_site("market"))
    return claim_city(*own, *every, shop, areas=towns, sites=(site("market", box(), unit="b"),))


@cache
def sample() -> CityMap:
    city_map = read_city(SAMPLE).city_map
    assert city_map is not None
    return city_map


def test_the_sample_city_differs_exactly_where_asking_says() -> None:
    before = sample()
    half = lambda one: replace(one, boundary=affinity.translate(one.boundary, 0.0003, 0.0002))  # noqa: E731
    after = replace(
        before,
        areas=tuple(half(one) if one.code.startswith("320508004006") else one for one in before.areas),
        claims=tuple(one for one in before.claims if one.id not in ("C-029", "C-901")),
        checkpoints=tuple(
            replace(one, inner=affinity.rotate(one.inner, 10)) if i % 5 == 0 else one
            for i, one in enumerate(before.checkpoints)
        ),
    )
    published = datetime(2026, 5, 1, tzinfo=UTC)
    atlases = [Atlas(city_map, Edition(i, published, None)) for i, city_map in enumerate((before, after), start=1)]
    at = datetime(2026, 6, 1, 2, tzinfo=UTC)
    changed = shapely.union_all([change.boundary for change in ground_changes(*atlases, at)])
    west, south, east, north = changed.bounds
    random = np.random.default_rng(3)
    near = np.column_stack([random.uniform(west, east, 600), random.uniform(south, north, 600)])
    inside = shapely.get_coordinates(shapely.point_on_surface(shapely.get_parts(changed)))
    assert check_by_asking(*atlases, np.concatenate([near, inside]), at) > 100
