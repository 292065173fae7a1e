"""General rulings that are due: after how many disputes, for whom, on which ground, and when no longer."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon

from geo.atlas import Atlas
from geo.crs import areas_m2
from geo.portions import lengths_m
from geo.register.log import Entry, Register
from geo.register.overlay import ground_on
from geo.register.proposals import due, proposals
from geo.register.rulings import GroundKind, RuledGround, Ruling
from geo.schedule import Schedule
from geo.wording import Name
from tests.geo.claim_worlds import claim, claim_city, department, on_area, own_ground
from tests.geo.post_worlds import may
from tests.geo.small_worlds import area, open_atlas, square

CITY = RuledGround(GroundKind.CITY)
NOW = may(6, 12)


def atlas_of(*claims) -> Atlas:
    """Two towns side by side, parted at x = 4, that lead everything in them; `d` and `f` are departments."""
    return open_atlas(
        claim_city(
            claim("w", "west", "*", on_area("west")),
            claim("e", "east", "*", on_area("east")),
            *claims,
            areas=(area("west", square(0, 0, 4, 4)), area("east", square(4, 0, 8, 4))),
            units=(department("d"), department("f")),
        )
    )


ATLAS = atlas_of()


def own(x: float, y: float) -> RuledGround:
    return RuledGround(GroundKind.POLYGON, (), MultiPolygon([square(x - 0.2, y - 0.2, x + 0.2, y + 0.2)]))


def ruled(id_: str, unit: str = "west", categories: str = "1101", *, ground=None, pair=("east", "west"), end=None):
    schedule = Schedule((), may(1), end)
    return Ruling(
        id_, unit, tuple(categories.split()), ground or own(4, 1), may(1), schedule, Name(zh="会商"), between=pair
    )


def roster_of(*rulings: Ruling):
    register = Register([Entry(1, datetime(2026, 4, 1, tzinfo=UTC), Ruling, one.id, one) for one in rulings])
    return register.roster(register.number)


def proposed(*rulings: Ruling, atlas: Atlas = ATLAS):
    return proposals(atlas, roster_of(*rulings), NOW)


THREE = (ruled("R1"), ruled("R2", "east", "1102"), ruled("R3", "west", "11", ground=own(4, 3)))


def test_three_disputes_over_one_major_make_a_rule_due_for_whoever_won_most():
    assert proposed(*THREE[:2]) == ()
    [rule] = proposed(*THREE)
    assert (rule.pair, rule.branch, rule.lead) == (("east", "west"), "11", "west")
    assert rule.rests_on == ("R1", "R2", "R3")
    assert "已裁定 3 次（R1、R2、R3），其中 2 次由west街道办牵头" in rule.reason.say("zh")
    assert "decided 3 times (R1, R2, R3), 2 of them for" in rule.reason.say("en")


def test_its_ground_is_the_whole_border_between_the_two_ten_metres_on_each_side():
    [rule] = proposed(*THREE)
    river = square(0, 0, 4, 4).bounds[2]
    [border] = [line for line in ATLAS.lines.geometries if line.bounds[0] == line.bounds[2] == river]
    assert rule.line is not None
    assert rule.line.equals(border)
    metres = lengths_m(np.array([border]))[0]
    assert areas_m2(np.array([rule.ground]))[0] == pytest.approx(20 * metres, rel=1e-3)
    assert shapely.contains(rule.ground, shapely.line_interpolate_point(border, 0.5, normalized=True))


def test_a_fourth_dispute_that_makes_it_even_leaves_the_lead_to_be_said():
    [rule] = proposed(*THREE, ruled("R4", "east"))
    assert (rule.lead, len(rule.rests_on)) == (None, 4)
    assert "牵头单位待定" in rule.reason.say("zh")
    assert "who leads is to be said" in rule.reason.say("en")


@pytest.mark.parametrize(
    "other",
    [
        replace(ruled("R3"), decided_at=None),
        replace(ruled("R3"), revoked_at=may(2)),
        ruled("R3", ground=CITY),
        ruled("R3", categories="15"),
        ruled("R3", categories="*"),
        ruled("R3", pair=("d", "west")),
        ruled("R3", pair=()),
    ],
    ids=["a draft", "revoked", "the whole city", "another major", "every kind", "another pair", "between nobody"],
)
def test_only_settled_disputes_of_the_same_two_over_the_same_major_count(other):
    assert proposed(*THREE[:2], other) == ()


def test_one_that_has_ended_was_settled_all_the_same():
    assert len(proposed(*THREE[:2], ruled("R3", end=may(3)))) == 1


def test_of_three_units_each_two_had_the_dispute():
    rulings = [ruled(f"R{i}", pair=("d", "east", "west")) for i in range(3)]
    assert [rule.pair for rule in proposed(*rulings)] == [("d", "east"), ("d", "west"), ("east", "west")]


def test_units_without_a_border_get_the_ground_of_the_rulings_together():
    rulings = [ruled(f"R{i}", "d", pair=("d", "f"), ground=own(2 + i, 1)) for i in range(3)]
    [rule] = proposed(*rulings)
    assert rule.line is None
    assert rule.ground is not None
    together = shapely.union_all([ground_on(ATLAS, one.ground) for one in rulings])
    assert rule.ground.equals(together)
    gone = RuledGround(GroundKind.AREA, ("admin", "town", "south"))
    [rule] = proposed(*(replace(one, ground=gone) for one in rulings))
    assert (rule.line, rule.ground) == (None, None)


def test_the_border_is_the_one_of_the_kind_not_of_the_areas():
    """For 1101 `d` leads up to x = 2 in the west: it has a border with west, and none with east."""
    atlas = atlas_of(claim("own", "d", "1101", own_ground("own", square(0, 0, 2, 4))))
    [rule] = proposed(*(ruled(f"R{i}", "d", pair=("d", "west"), ground=own(2, 1 + i)) for i in range(3)), atlas=atlas)
    assert rule.line is not None
    assert rule.line.bounds[0] == pytest.approx(square(0, 0, 2, 4).bounds[2])
    [rule] = proposed(*(ruled(f"R{i}", "d", pair=("d", "east"), ground=own(2, 1 + i)) for i in range(3)), atlas=atlas)
    assert rule.line is None


@pytest.mark.parametrize(
    ("categories", "ground", "end", "covered"),
    [
        ("11", CITY, None, True),
        ("*", CITY, None, True),
        ("1101", CITY, None, False),
        ("11", CITY, may(3), False),
        ("11", "rule", None, True),
        ("11", own(4, 1), None, False),
    ],
)
def test_it_is_due_no_longer_once_a_ruling_in_force_covers_it(categories, ground, end, covered):
    [rule] = proposed(*THREE)
    if ground == "rule":
        ground = RuledGround(GroundKind.POLYGON, (), rule.ground)
    general = ruled("G", "west", categories, ground=ground, pair=(), end=end)
    assert (proposed(*THREE, general) == ()) is covered
    assert proposed(*THREE, replace(general, decided_at=None)) != ()
    assert proposed(*THREE, replace(general, revoked_at=may(4))) != ()


def test_whoever_records_one_is_told_only_of_rules_that_rest_on_it():
    assert [basis for basis, _ in due(ATLAS, roster_of(*THREE), NOW, of="R2")] == [(("east", "west"), "11")]
    assert list(due(ATLAS, roster_of(*THREE, ruled("R9", categories="15")), NOW, of="R9")) == []
