"""The rungs of sites and roads: inside, around, along, and where roads cross."""

import re
from dataclasses import replace

import pytest

from api.schemas.answer import from_domain
from geo.model import Policy
from geo.roads import Side, StripKind
from geo.shares import Verdict
from geo.sites import Governance
from tests.geo.claim_worlds import (
    CROSSING,
    IN_HALO,
    IN_MARKET,
    LID,
    LITTER,
    ON_MAIN,
    ONE_TOWN,
    OPEN_WEST,
    STALL,
    around,
    at_shanghai,
    claim,
    claim_city,
    contractor,
    department,
    in_site,
    market_town,
    moment_at,
    on_area,
    on_strip,
    own_ground,
    road,
    site,
)
from tests.geo.small_worlds import ask, open_atlas, square, unit


def outcome_at(city_map, place, category, **more):
    return ask(open_atlas(city_map), *place, category=category, **more).outcome


# --- sites --------------------------------------------------------------------------------------------------------


def test_inside_a_site_its_claims_lead_and_around_it_those_of_the_halo():
    city_map = market_town(
        claim("a", "works", STALL, in_site("market")),
        claim("b", "clean", STALL, around("market")),
        claim("c", "west", "*", on_area("west")),
    )
    assert [(outcome_at(city_map, place, STALL).rung) for place in (IN_MARKET, IN_HALO, OPEN_WEST)] == [
        "checkpoint",
        "halo",
        "fallback",
    ]
    assert [outcome_at(city_map, place, STALL).units for place in (IN_MARKET, IN_HALO)] == [("works",), ("clean",)]
    assert outcome_at(city_map, (3, 5), STALL).rung == "checkpoint", "the wall between the two is the site's"
    assert outcome_at(city_map, (2, 5), STALL).rung == "halo", "the outer line of the halo is the halo's"
    assert outcome_at(city_map, (1.99, 5), STALL).rung == "fallback"


def test_inside_a_site_every_category_may_be_claimed_and_is_its_shallowest():
    everything = claim("a", "works", "*", in_site("market"))
    assert outcome_at(market_town(everything), IN_MARKET, LITTER).units == ("works",)
    assert outcome_at(market_town(everything), IN_MARKET, LITTER).rung == "checkpoint"
    named = claim("b", "clean", "11", in_site("market"))
    assert outcome_at(market_town(everything, named), IN_MARKET, LITTER).units == ("clean",)
    assert outcome_at(market_town(everything, named), IN_MARKET, LID).units == ("works",)


def test_priority_goes_before_depth_inside_a_site_too():
    everything = claim("a", "works", "*", in_site("market"), priority=1)
    named = claim("b", "clean", "11", in_site("market"))
    assert outcome_at(market_town(everything, named), IN_MARKET, LITTER).units == ("works",)


def test_two_claims_for_everything_inside_a_site_are_an_overlap():
    city_map = market_town(*(claim(code, code, "*", in_site("market")) for code in ("works", "clean")))
    answer = ask(open_atlas(city_map), *IN_MARKET, category=LITTER)
    assert [(one.unit.code, one.p) for one in answer.candidates] == [("clean", 500), ("works", 500)]
    assert answer.verdict is Verdict.CONTESTED
    assert (answer.interim.code, answer.coordinator.code) == ("west", "hq")


def test_every_category_around_a_site_is_claimed_by_nobody():
    assert outcome_at(market_town(claim("a", "works", "*", around("market"))), IN_HALO, LITTER).rung == "nobody"


def test_the_sites_own_unit_answers_for_what_nobody_names_there():
    city_map = market_town(claim("a", "works", STALL, in_site("market")), keeper="clean")
    assert outcome_at(city_map, IN_MARKET, STALL).units == ("works",)
    litter = outcome_at(city_map, IN_MARKET, LITTER)
    assert (litter.rung, litter.units, litter.leads[0].claim) == ("checkpoint", ("clean",), None)
    assert litter.steps[-1].refs == ("checkpoint:market",)
    assert outcome_at(city_map, IN_HALO, LITTER).rung == "nobody", "not around it"
    for lang in ("zh", "en"):
        answer = from_domain(ask(open_atlas(city_map), *IN_MARKET, category=LITTER), lang)
        assert answer["lead"]["claim"]["id"] == "checkpoint:market"
        assert answer["candidates"][0]["claim"] == "checkpoint:market"
        assert not re.search("[{}]|None", answer["text"])


def test_a_contractor_that_keeps_a_site_executes_and_the_unit_above_it_leads():
    city_map = market_town(claim("a", "west", "*", on_area("west")), keeper="firm")
    lead = ask(open_atlas(city_map), *IN_MARKET, category=LITTER).lead
    assert (lead.unit.code, lead.executor.code, lead.rung) == ("west", "firm", "checkpoint")


def test_sites_over_each_other_have_equal_rank():
    whole = square(0, 0, 8, 8)
    keepers = (site("s", whole, unit="k1"), site("t", square(0, 0, 4, 8), unit="k2"))
    anything = claim("z", "town", "*", on_area("town"))
    kept = claim_city(anything, areas=(ONE_TOWN,), sites=keepers)
    assert outcome_at(kept, (2, 4), LITTER).units == ("k1", "k2")
    assert outcome_at(kept, (6, 4), LITTER).units == ("k1",)
    claimed = claim_city(anything, claim("a", "k2", LITTER, in_site("t")), areas=(ONE_TOWN,), sites=keepers)
    assert outcome_at(claimed, (2, 4), LITTER).units == ("k2",), "a claim goes before a site's own unit"


def test_halos_over_each_other_are_an_overlap_unless_rank_decides():
    whole, far = square(0, 0, 8, 8), square(20, 20, 21, 21)
    sites = (site("s", far, whole), site("t", far, whole))

    def units(one, other):
        claims = (claim("a", "u1", one, around("s")), claim("b", "u2", other, around("t")))
        return outcome_at(claim_city(*claims, areas=(ONE_TOWN,), sites=sites), (4, 4), LITTER).units

    assert units("11", "11") == ("u1", "u2")
    assert units("1101", "11") == ("u1",)
    assert units("1102", "11") == ("u2",)


def test_on_a_wall_between_two_sites_the_lowest_code_leads():
    sites = (site("s", square(0, 0, 4, 8)), site("t", square(4, 0, 8, 8)))
    city_map = claim_city(
        claim("a", "u2", "11", in_site("s")), claim("b", "u1", "11", in_site("t")), areas=(ONE_TOWN,), sites=sites
    )
    outcome = outcome_at(city_map, (4, 4), LITTER)
    assert (outcome.units, outcome.tie) == (("u2",), "lowest_code")


def test_the_order_in_which_a_map_lists_its_sites_and_strips_decides_nothing():
    sites = (site("s", square(0, 0, 4, 8), unit="u1"), site("t", square(4, 0, 8, 8), unit="u2"))
    lanes = tuple(
        (Side.LEFT, kind, square(0, y, 8, y + 4)) for kind, y in zip(list(StripKind)[:2], (0, 4), strict=True)
    )
    claims = tuple(claim(f"c{kind}", kind, "11", on_strip("r", kind=kind)) for _, kind, _ in lanes)
    segment = road("r", "branch", ((0, 4), (8, 4)), *lanes)
    for place, category in (((4, 2), LID), ((2, 4), LITTER)):
        found = set()
        for flip in (1, -1):
            city_map = claim_city(*claims, areas=(ONE_TOWN,), sites=sites, roads=(segment,))
            turned = replace(
                city_map,
                checkpoints=city_map.checkpoints[::flip],
                segments=(replace(segment, strips=segment.strips[::flip]),),
            )
            if category == LITTER:
                turned = replace(turned, checkpoints=())
            found.add((outcome_at(turned, place, category).units, outcome_at(turned, place, category).tie))
        assert found == {(("u1",) if category == LID else ("carriageway",), "lowest_code")}


# --- roads --------------------------------------------------------------------------------------------------------


def test_each_strip_has_its_own_claims():
    city_map = market_town(
        claim("a", "works", LITTER, on_strip("main", Side.LEFT)),
        claim("b", "clean", LITTER, on_strip("main", Side.RIGHT, StripKind.PAVEMENT)),
        claim("c", "west", "*", on_area("west")),
    )
    found = [outcome_at(city_map, (4, y), LITTER) for y in (1.75, 1.25, 0.75)]
    assert [(one.rung, one.units) for one in found] == [
        ("segment", ("works",)),
        ("fallback", ("west",)),
        ("segment", ("clean",)),
    ]


def crossing(main: str = "11", side: str = "11", **more):
    """Who leads where the arterial `main` (works) and the branch `side` (clean) cross."""
    city_map = market_town(
        claim("m", "works", main, on_strip("main"), **more), claim("s", "clean", side, on_strip("side"))
    )
    return ask(open_atlas(city_map), *CROSSING, category=LITTER)


def test_where_roads_cross_the_higher_class_leads_alone():
    answer = crossing()
    assert (answer.outcome.units, answer.outcome.tie) == (("works",), "junction")
    assert (answer.verdict, answer.lead.p) == (Verdict.CERTAIN, 1000)
    assert from_domain(answer, "en")["tie"] == "junction"
    assert [one.segment.code for one in answer.segments] == ["main", "side"]


def test_a_crossing_road_of_lower_rank_is_no_junction():
    assert (crossing(main="1102").outcome.units, crossing(main="1102").outcome.tie) == (("clean",), None)
    deeper = crossing(side="1101")
    assert (deeper.outcome.units, deeper.outcome.tie) == (("clean",), None), "the deeper category goes first"
    assert crossing(side="1101", priority=1).outcome.units == ("works",)


def two_roads(first: tuple[str, str], second: tuple[str, str], policy: Policy | None = None):
    """Two roads (code, class) over one place, each with a unit called like it."""
    whole = square(0, 0, 8, 8)
    roads = tuple(
        road(code, road_class, ((8, 0), (8, 8)), (Side.LEFT, StripKind.CARRIAGEWAY, whole))
        for code, road_class in (first, second)
    )
    claims = (claim(f"c{one.code}", one.code, "11", on_strip(one.code)) for one in roads)
    city_map = claim_city(*claims, areas=(ONE_TOWN,), roads=roads, policy=policy)
    return outcome_at(city_map, (4, 4), LITTER)


@pytest.mark.parametrize(
    ("first", "second", "leads"),
    [
        (("z", "expressway"), ("a", "arterial"), "z"),
        (("z", "arterial"), ("a", "secondary"), "z"),
        (("z", "secondary"), ("a", "branch"), "z"),
        (("z", "branch"), ("a", "alley"), "z"),
        (("z", "alley"), ("a", "footpath"), "z"),  # a class that the city does not rank comes last
        (("z", "branch"), ("a", "branch"), "a"),
        (("10", "branch"), ("9", "branch"), "10"),  # codes compare as text
        (("b", "footpath"), ("a", "track"), "a"),
    ],
)
def test_the_higher_road_class_wins_then_the_lower_segment_code(first, second, leads):
    for one, other in ((first, second), (second, first)):
        outcome = two_roads(one, other)
        assert (outcome.units, outcome.tie) == ((leads,), "junction")


def test_the_citys_own_classes_of_roads_are_ranked_as_it_says():
    policy = Policy(road_classes=("alley", "expressway"))
    assert two_roads(("e", "expressway"), ("y", "alley"), policy).units == ("y",)


def test_two_units_on_one_strip_of_one_road_are_an_overlap():
    city_map = market_town(*(claim(code, code, "11", on_strip("main")) for code in ("works", "clean")))
    answer = ask(open_atlas(city_map), *ON_MAIN, category=LITTER)
    assert (answer.outcome.units, answer.outcome.tie) == (("clean", "works"), None)
    assert answer.verdict is Verdict.CONTESTED


def test_where_two_stretches_of_one_road_meet_the_lower_code_leads():
    halves = {"r1": square(0, 0, 4, 8), "r2": square(4, 0, 8, 8)}
    roads = tuple(
        road(code, "branch", ((x, 8), (x + 4, 8)), (Side.RIGHT, StripKind.CARRIAGEWAY, ground))
        for x, (code, ground) in zip((0, 4), halves.items(), strict=True)
    )
    claims = (claim(code, code, "11", on_strip(code, Side.RIGHT)) for code in halves)
    outcome = outcome_at(claim_city(*claims, areas=(ONE_TOWN,), roads=roads), (4, 4), LITTER)
    assert (outcome.units, outcome.tie) == (("r1",), "junction")


def test_the_same_unit_on_both_roads_leads_once():
    city_map = market_town(*(claim(code, "works", "11", on_strip(code)) for code in ("main", "side")))
    answer = ask(open_atlas(city_map), *CROSSING, category=LITTER)
    assert [(one.unit.code, one.p, one.claim.id) for one in answer.candidates] == [("works", 1000, "main")]


def test_a_contractor_on_a_road_executes_for_the_unit_above_it():
    whole = square(0, 0, 8, 8)
    roads = (road("r", "branch", ((8, 0), (8, 8)), (Side.LEFT, StripKind.CARRIAGEWAY, whole)),)
    units = (department("clean"), contractor("sweepers", "clean"), contractor("brooms", "sweepers"), unit("town"))
    city_map = claim_city(claim("a", "brooms", "11", on_strip("r")), areas=(ONE_TOWN,), units=units, roads=roads)
    (lead,) = outcome_at(city_map, (4, 4), LITTER).leads
    assert (lead.unit, lead.executor) == ("clean", "brooms")


# --- borders ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "kind", "across"),
    [
        ((2.9, 5), "site", "works"),  # from the halo into the market
        ((3.1, 5), "site", "clean"),
        ((1.9, 5), "halo", "clean"),
        ((2.1, 5), "halo", "west"),
        ((7, 2.1), "strip", "works"),
        ((7, 1.9), "strip", "west"),
        ((7.9, 4), "area", "east"),
        ((13.9, 4), "claim", "works"),
        ((14.1, 4), "claim", "east"),
    ],
)
def test_the_border_says_what_ground_it_is_the_border_of(place, kind, across):
    city_map = market_town(
        claim("a", "works", STALL, in_site("market")),
        claim("b", "clean", STALL, around("market")),
        claim("c", "west", "11", on_area("west")),
        claim("d", "east", "11", on_area("east")),
        claim("e", "works", STALL, on_strip("main")),
        claim("f", "works", STALL, own_ground("f", square(14, 3, 15, 5)), priority=1),
        policy=Policy(ladder_event=("checkpoint", "halo", "segment", "department", "territory")),
    )
    border = ask(open_atlas(city_map), *place, category=STALL).border
    assert (border.kind, border.across.code) == (kind, across)
    assert border.distance_m == pytest.approx(10, abs=2)


def test_a_line_where_only_another_category_changes_its_lead_is_no_border():
    city_map = market_town(claim("a", "works", STALL, in_site("market")), claim("b", "west", "11", on_area("west")))
    atlas = open_atlas(city_map)
    assert ask(atlas, 2.9, 5, category=STALL).border.distance_m == pytest.approx(9.5, abs=0.1)
    assert ask(atlas, 2.9, 5, category=LITTER).border.distance_m is None
    assert ask(atlas, 2.9, 5).border.distance_m is None
    assert ask(atlas, 4, 1.9, category=STALL).border.distance_m is None, "a strip without claims parts nobody"


def test_the_border_changes_with_the_hour():
    city_map = market_town(
        claim("a", "works", STALL, in_site("market"), valid_to=at_shanghai(2, 0)),
        claim("b", "west", "11", on_area("west")),
    )
    atlas = open_atlas(city_map)
    before, after = (moment_at(at_shanghai(day, 12)) for day in (1, 3))
    assert ask(atlas, 2.9, 5, category=STALL, moment=before).border.kind == "site"
    assert ask(atlas, 2.9, 5, category=STALL, moment=after).border.distance_m is None


def test_a_site_whose_wall_runs_along_the_line_of_two_towns_is_not_what_parts_them():
    wall = site("wall", square(6, 0, 8, 8))
    towns = market_town().areas
    city_map = claim_city(
        claim("a", "west", "11", on_area("west")),
        claim("b", "east", "11", on_area("east")),
        claim("c", "works", "01", in_site("wall")),
        areas=towns,
        sites=(wall,),
    )
    border = ask(open_atlas(city_map), 7.9, 4, category=LITTER).border
    assert (border.kind, border.across.code) == ("area", "east")


@pytest.mark.parametrize(
    ("governance", "keeper", "unit", "says"),
    [
        (None, "west", "west", "点位：west街道办是market点位的责任单位"),
        (Governance.ENTRUSTED, "firm", "west", "点位：market点位托管，由firm街道办作业，west街道办负责"),
        (Governance.ENTRUSTED, "works", "works", "点位：market点位托管，由works街道办负责"),
        (Governance.TAKEN_OVER, "west", "west", "点位：market点位已接管，由west街道办负责"),
        (Governance.SELF_GOVERNED, "west", "west", "点位：market点位自管，由west街道办负责"),
    ],
)
def test_the_reason_for_a_sites_keeper_says_how_the_site_is_run(governance, keeper, unit, says):
    city_map = market_town(claim("a", "west", "*", on_area("west")), keeper=keeper)
    run = tuple(replace(one, governance=governance) for one in city_map.checkpoints)
    outcome = outcome_at(replace(city_map, checkpoints=run), IN_MARKET, STALL)
    step = outcome.steps[-1]
    assert (outcome.units, step.why.say("zh", **step.values)) == ((unit,), says)
