"""The ladder in a city with claims: the two orders, what hits a rung, and who ranks first within it."""

import re

import pytest

from api.schemas.answer import from_domain
from geo.claims import Role
from geo.errors import InvalidInput
from geo.ladder.here import Lead
from geo.model import Policy
from geo.shares import Verdict
from tests.geo.claim_worlds import (
    CATEGORIES,
    CROSSING,
    IN_HALO,
    IN_MARKET,
    LID,
    LITTER,
    OFFICE_HOURS,
    ON_MAIN,
    ONE_TOWN,
    OPEN_EAST,
    OPEN_WEST,
    OUTSIDE,
    RUNG_UNITS,
    STALL,
    at_shanghai,
    claim,
    claim_city,
    contractor,
    department,
    everything_at_once,
    in_site,
    market_town,
    moment_at,
    on_area,
    on_strip,
    own_ground,
)
from tests.geo.small_worlds import area, ask, draw_city, open_atlas, square, two_towns, unit

COMPONENT_ORDER = ("owner", "maintainer", "checkpoint", "halo", "segment", "department", "territory", "fallback")
EVENT_ORDER = ("checkpoint", "halo", "segment", "territory", "department", "owner", "fallback")


def outcome_at(city_map, place, category, **more):
    return ask(open_atlas(city_map), *place, category=category, **more).outcome


def town_with(*claims, areas=(ONE_TOWN,), **more):
    """One town of eight steps, `town`, with departments d1 and d2."""
    return claim_city(*claims, areas=areas, units=(department("d1"), department("d2")), **more)


# --- the two orders -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("category", "order"), [(LID, COMPONENT_ORDER), (LITTER, EVENT_ORDER)])
def test_rung_by_rung_the_next_one_leads_when_the_ones_before_have_no_claim(category, order):
    for i, rung in enumerate(order):
        outcome = outcome_at(everything_at_once(category, without=order[:i]), (4, 4), category)
        assert (outcome.rung, outcome.units) == (rung, (rung,))
        asked = ("ruling", *order[: i + 1])
        assert [(step.rung, step.hit) for step in outcome.steps] == [(name, name == rung) for name in asked]


def test_an_event_is_never_the_maintainers():
    outcome = outcome_at(everything_at_once(LITTER, without=EVENT_ORDER), (4, 4), LITTER)
    assert (outcome.rung, outcome.units) == ("nobody", ())
    assert [step.rung for step in outcome.steps] == ["ruling", *EVENT_ORDER, "nobody"]


@pytest.mark.parametrize(("category", "order"), [(LID, COMPONENT_ORDER), (LITTER, EVENT_ORDER)])
def test_the_citys_own_order_replaces_the_usual_one(category, order):
    own = ("fallback", *order[-2::-1])
    for i, rung in enumerate(own):
        policy = Policy(ladder_component=own[i:], ladder_event=own[i:])
        assert outcome_at(everything_at_once(category, policy=policy), (4, 4), category).rung == rung


def test_the_citys_order_for_events_leaves_components_alone():
    policy = Policy(ladder_event=("department",))
    assert outcome_at(everything_at_once(LID, policy=policy), (4, 4), LID).rung == "owner"
    assert outcome_at(everything_at_once(LITTER, policy=policy), (4, 4), LITTER).rung == "department"


def test_a_rung_that_the_city_left_out_answers_under_no_other_name():
    policy = Policy(ladder_event=("department",))
    for name in ("checkpoint", "halo", "segment", "territory"):
        others = tuple(rung for rung in RUNG_UNITS if rung != name)
        assert outcome_at(everything_at_once(LITTER, without=others, policy=policy), (4, 4), LITTER).rung == "nobody"


@pytest.mark.parametrize("category", [LID, LITTER])
def test_each_rung_before_the_hit_says_why_not_in_both_languages(category):
    bottom = market_town(claim("a", "west", "*", on_area("west")))
    for lang in ("zh", "en"):
        chain = from_domain(ask(open_atlas(bottom), *OPEN_WEST, category=category), lang)["chain"]
        assert len(chain) == 1 + len(COMPONENT_ORDER if category == LID else EVENT_ORDER)
        assert [step["hit"] for step in chain] == [False] * (len(chain) - 1) + [True]
        assert len({step["why"] for step in chain}) == len(chain)
        for step in chain:
            assert bool(re.search("[一-鿿]", step["why"])) is (lang == "zh"), step
            assert not re.search("[{}]|None", step["why"])
            assert step["refs"] == (["claim:a"] if step["hit"] else [])


@pytest.mark.parametrize("category", [LID, LITTER])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_of_a_hit_names_unit_and_document(category, lang):
    order = COMPONENT_ORDER if category == LID else EVENT_ORDER
    for i, rung in enumerate(order):
        answer = ask(open_atlas(everything_at_once(category, without=order[:i])), 4, 4, category=category)
        why = from_domain(answer, lang)["chain"][-1]["why"]
        assert {"zh": f"{rung}街道办", "en": f"office {rung}"}[lang] in why
        assert not re.search("[{}]|None", why)


def test_a_document_with_braces_is_quoted_as_it_is():
    city_map = town_with(claim("c", "d1", "11", on_area("town"), source="{unit} 〔2026〕{0} 号"))
    answer = from_domain(ask(open_atlas(city_map), 4, 4, category=LITTER), "zh")
    assert "{unit} 〔2026〕{0} 号" in answer["chain"][-1]["why"]
    assert answer["lead"]["claim"] == {
        "id": "c",
        "source": "{unit} 〔2026〕{0} 号",
        "valid_from": None,
        "valid_to": None,
    }


# --- what hits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "asked", "hits"),
    [
        ("1101", "1101", True),
        ("11", "1101", True),  # a branch above
        ("11", "110101", True),
        ("1101", "110101", True),
        ("110101", "1101", False),  # a branch below is less than what is asked
        ("1102", "1101", False),
        ("1102 11", "1101", True),
        ("01", "1101", False),
        ("110", "1101", False),  # the beginning of a code is no branch
    ],
)
def test_a_claim_hits_when_it_names_the_category_or_a_branch_above_it(named, asked, hits):
    outcome = outcome_at(town_with(claim("c", "d1", named, on_area("town"))), (4, 4), asked)
    assert outcome.units == (("d1",) if hits else ())


def test_a_claim_hits_only_on_its_ground():
    city_map = market_town(claim("a", "works", "11", own_ground("a", square(4, 1, 6, 3))))
    assert outcome_at(city_map, (5, 2), LITTER).rung == "department"
    assert outcome_at(city_map, (4, 2), LITTER).rung == "department", "its edge is its own"
    assert outcome_at(city_map, (3.9, 2), LITTER).rung == "nobody"


def test_a_claim_hits_only_while_it_holds():
    city_map = town_with(
        claim("c", "d1", "11", on_area("town"), valid_from=at_shanghai(1, 0), valid_to=at_shanghai(4, 0)),
        claim("d", "d2", "12 1102", on_area("town"), hours=OFFICE_HOURS),
    )
    atlas = open_atlas(city_map)

    def lead(category, *clock):
        return ask(atlas, 4, 4, category=category, moment=moment_at(at_shanghai(*clock))).outcome.units

    assert [lead(LITTER, day, hour) for day, hour in ((1, 0), (3, 23), (4, 0))] == [("d1",), ("d1",), ()]
    assert [lead(STALL, 5, hour) for hour in (8, 9, 16, 17)] == [(), ("d2",), ("d2",), ()]
    assert lead(STALL, 3, 12) == ("d1",), "on Sunday the office is closed and the broader claim leads"


def test_only_leaders_lead():
    for role in set(Role) - {Role.LEADS, Role.OWNS}:
        city_map = town_with(claim("c", "d1", "11", on_area("town"), role))
        assert outcome_at(city_map, (4, 4), LITTER).rung == "nobody"


@pytest.mark.parametrize(
    ("role", "rung"), [(Role.OWNS, "owner"), (Role.MAINTAINS, "maintainer"), (Role.LEADS, "department")]
)
def test_owner_and_maintainer_read_their_own_roles_wherever_the_claim_is_made(role, rung):
    claims = {"area": on_area("west"), "site": in_site("market"), "strip": on_strip("main")}
    places = {"area": OPEN_WEST, "site": IN_MARKET, "strip": ON_MAIN}
    rungs = {"area": rung, "site": rung, "strip": rung}
    if role is Role.LEADS:
        rungs |= {"site": "checkpoint", "strip": "segment"}
    for kind, place in claims.items():
        outcome = outcome_at(market_town(claim("c", "works", "01", place, role)), places[kind], LID)
        assert (outcome.rung, outcome.units) == (rungs[kind], ("works",))


# --- every category -----------------------------------------------------------------------------------------------


def two_levels_of_everything(**policy):
    return claim_city(
        claim("a", "d", "*", on_area("d", "district")),
        claim("b", "s", "*", on_area("s", "street")),
        claim("c", "c", "*", on_area("c", "cell")),
        areas=(
            area("d", square(0, 0, 8, 8), level="district"),
            area("s", square(0, 0, 6, 6), level="street"),
            area("c", square(0, 0, 4, 4), level="cell"),
        ),
        levels=("district", "street", "cell"),
        policy=Policy(**policy),
    )


@pytest.mark.parametrize(
    ("level", "leads"),
    [(None, ["s", "s", None]), ("district", ["d", "d", "d"]), ("cell", ["c", None, None])],
)
def test_every_category_answers_only_at_the_fallback_level(level, leads):
    atlas = open_atlas(two_levels_of_everything(fallback_level=level))
    for place, lead in zip([(1, 1), (5, 5), (7, 7)], leads, strict=True):
        answer = ask(atlas, *place, category=LITTER)
        assert answer.outcome.units == ((lead,) if lead else ())
        assert answer.outcome.rung == ("fallback" if lead else "nobody")
        assert answer.verdict is (Verdict.FALLBACK if lead else Verdict.UNCLAIMED)


def test_the_fallback_level_is_the_only_one_of_a_scheme_with_one():
    outcome = outcome_at(market_town(claim("a", "west", "*", on_area("west"))), OPEN_WEST, LID)
    assert (outcome.rung, outcome.units) == ("fallback", ("west",))


def test_every_category_is_no_answer_around_a_site_on_a_road_or_on_ground_of_ones_own():
    city_map = market_town(
        claim("b", "works", "*", on_strip("main")),
        claim("c", "works", "*", own_ground("c", square(0, 0, 8, 8))),
        claim("d", "works", "*", on_area("west"), Role.OWNS),
        claim("e", "works", "*", on_area("west"), Role.MAINTAINS),
    )
    for place in (IN_HALO, ON_MAIN, OPEN_WEST):
        for category in (LID, LITTER):
            assert outcome_at(city_map, place, category).rung == "nobody"


def test_every_category_on_another_scheme_is_no_fallback():
    city_map = town_with(
        claim("a", "d1", "*", on_area("r", "town", "wash")),
        areas=(ONE_TOWN, area("r", square(0, 0, 8, 8), scheme="wash")),
        other_schemes=(("wash", ("town",)),),
    )
    assert outcome_at(city_map, (4, 4), LITTER).rung == "nobody"


def test_a_fallback_is_dispatched_to_and_says_so_in_both_languages():
    answer = ask(open_atlas(market_town(claim("a", "west", "*", on_area("west")))), *OPEN_WEST, category=LITTER)
    assert (answer.do, answer.next_unit.code, answer.provisional) == ("dispatch", "west", False)
    assert from_domain(answer, "zh")["text"].count("兜底") >= 1
    assert "fallback" in from_domain(answer, "en")["text"]


# --- rank within a rung -------------------------------------------------------------------------------------------


def rivals(one, other, **more):
    """Who leads where d1 and d2 claim litter in one town; each is given (categories, more of the claim)."""
    city_map = town_with(
        claim("a", "d1", one[0], on_area("town"), **one[1]), claim("b", "d2", other[0], on_area("town"), **other[1])
    )
    return outcome_at(city_map, (4, 4), "110101", **more)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("11", {"priority": 1}), ("110101", {"hours": OFFICE_HOURS})),  # priority before depth and hours
        (("11", {}), ("110101", {"priority": -1})),
        (("110101", {}), ("1101", {})),
        (("1101", {}), ("11", {"hours": OFFICE_HOURS})),  # depth before hours
        (("11 110101", {}), ("1101", {})),  # the deepest of the categories it names
        (("1101", {"hours": OFFICE_HOURS}), ("1101", {})),
    ],
)
def test_priority_then_depth_then_hours_decide(better, worse):
    assert rivals(better, worse).units == ("d1",)
    assert rivals(worse, better).units == ("d2",)


def test_the_finest_level_decides_last_whatever_the_size_of_the_ground():
    # The cell is larger than the street.
    areas = (
        area("d", square(0, 0, 8, 8), level="district"),
        area("s", square(3, 3, 5, 5), level="street"),
        area("c", square(0, 0, 8, 8), level="cell"),
    )
    levels = ("district", "street", "cell")
    district, street, cell = (
        claim("a", "d", "1101", on_area("d", "district")),
        claim("b", "s", "1101", on_area("s", "street")),
        claim("c", "c", "1101", on_area("c", "cell")),
    )
    city_map = claim_city(district, street, cell, areas=areas, levels=levels)
    assert outcome_at(city_map, (4, 4), LITTER).units == ("c",)
    city_map = claim_city(district, street, areas=areas, levels=levels)
    assert outcome_at(city_map, (4, 4), LITTER).units == ("s",)
    assert outcome_at(city_map, (1, 1), LITTER).units == ("d",)
    deeper = claim("a", "d", "110101", on_area("d", "district"))
    city_map = claim_city(deeper, cell, areas=areas, levels=levels)
    assert outcome_at(city_map, (4, 4), "110101").units == ("d",), "the deeper category goes before the finer level"


def test_ground_of_its_own_is_finer_than_every_area():
    city_map = town_with(
        claim("a", "d1", "11", on_area("town")), claim("b", "d2", "11", own_ground("b", square(3, 3, 5, 5)))
    )
    assert outcome_at(city_map, (4, 4), LITTER).units == ("d2",)
    assert outcome_at(city_map, (1, 1), LITTER).units == ("d1",)


def test_two_departments_of_equal_rank_share_the_place_and_it_is_contested():
    city_map = town_with(
        claim("a", "d2", "11", on_area("town"), source="甲文"),
        claim("b", "d1", "11", on_area("town"), source="乙文"),
        claim("z", "town", "*", on_area("town")),
    )
    answer = ask(open_atlas(city_map), 4, 4, category=LITTER)
    assert [(one.unit.code, one.p, one.rung, one.ref) for one in answer.candidates] == [
        ("d1", 500, "department", "claim:b"),
        ("d2", 500, "department", "claim:a"),
    ]
    assert answer.verdict is Verdict.CONTESTED
    assert answer.provisional
    assert (answer.do, answer.next_unit.code) == ("survey", "town")
    assert (answer.interim.code, answer.coordinator.code) == ("town", "hq")
    for lang, units in (("zh", ("d1街道办", "d2街道办")), ("en", ("office d1", "office d2"))):
        said = from_domain(answer, lang)
        assert all(one in said["chain"][-1]["why"] for one in units)
        assert said["chain"][-1]["refs"] == ["claim:b", "claim:a"]


def test_three_of_equal_rank_share_it_in_whole_thousandths():
    city_map = claim_city(*(claim(code, code, "11", on_area("town")) for code in "cab"), areas=(ONE_TOWN,))
    answer = ask(open_atlas(city_map), 4, 4, category=LITTER)
    assert [(one.unit.code, one.p) for one in answer.candidates] == [("a", 334), ("b", 333), ("c", 333)]
    assert answer.verdict is Verdict.CONTESTED


def test_who_decides_between_two_departments_is_the_unit_above_both():
    city_map = claim_city(
        claim("a", "d1", "11", on_area("town")),
        claim("b", "d2", "11", on_area("town")),
        areas=(ONE_TOWN,),
        units=(unit("bureau"), department("d1", "bureau"), department("d2", "bureau")),
    )
    assert ask(open_atlas(city_map), 4, 4, category=LITTER).coordinator.code == "bureau"


def test_two_claims_of_one_unit_are_one_lead_by_the_lower_id():
    city_map = town_with(claim("b", "d1", "11", on_area("town")), claim("a", "d1", "11", on_area("town")))
    answer = ask(open_atlas(city_map), 4, 4, category=LITTER)
    assert [(one.unit.code, one.p, one.claim.id) for one in answer.candidates] == [("d1", 1000, "a")]
    assert answer.verdict is Verdict.CERTAIN


def test_an_overlap_at_the_fallback_is_contested_and_no_fallback():
    city_map = claim_city(
        claim("a", "t1", "*", on_area("t1")),
        claim("b", "t2", "*", on_area("t2")),
        areas=(area("t1", square(0, 0, 5, 8)), area("t2", square(4, 0, 8, 8))),
    )
    answer = ask(open_atlas(city_map), 4.5, 4, category=LITTER)
    assert (answer.outcome.rung, answer.verdict) == ("fallback", Verdict.CONTESTED)
    assert answer.outcome.units == ("t1", "t2")


# --- territory and department -------------------------------------------------------------------------------------


def test_on_an_area_the_claim_of_a_territorial_unit_is_territory_and_of_another_department():
    territory = outcome_at(town_with(claim("a", "town", "11", on_area("town"))), (4, 4), LITTER)
    assert (territory.rung, territory.units) == ("territory", ("town",))
    department_ = outcome_at(town_with(claim("a", "d1", "11", on_area("town"))), (4, 4), LITTER)
    assert (department_.rung, department_.units) == ("department", ("d1",))


def test_the_areas_own_unit_is_territory_whatever_its_kind():
    areas = (area("town", square(0, 0, 8, 8), unit="d1"),)
    outcome = outcome_at(town_with(claim("a", "d1", "11", on_area("town")), areas=areas), (4, 4), LITTER)
    assert (outcome.rung, outcome.units) == ("territory", ("d1",))


@pytest.mark.parametrize(("parent", "rung"), [("town", "territory"), ("d1", "department")])
def test_what_a_contractor_claims_is_claimed_by_the_unit_above_it(parent, rung):
    city_map = claim_city(
        claim("a", "firm", "11", on_area("town")),
        areas=(ONE_TOWN,),
        units=(unit("town"), department("d1"), contractor("firm", parent)),
    )
    outcome = outcome_at(city_map, (4, 4), LITTER)
    assert outcome.rung == rung
    assert [(lead.unit, lead.executor) for lead in outcome.leads] == [(parent, "firm")]


def test_a_branch_may_follow_the_areas_of_another_scheme():
    city_map = claim_city(
        claim("a", "w1", "11", on_area("w1", "town", "wash")),
        claim("b", "w2", "11", on_area("w2", "town", "wash")),
        claim("c", "t", "11", on_area("t")),
        claim("d", "t", "*", on_area("t")),
        areas=(
            area("t", square(0, 0, 8, 8)),
            area("w1", square(0, 0, 4, 8), scheme="wash"),
            area("w2", square(4, 0, 8, 4), scheme="wash"),
        ),
        other_schemes=(("wash", ("town",)),),
        policy=Policy(territory_by_branch={"1101": "wash"}, ladder_event=("territory", "fallback")),
    )
    atlas = open_atlas(city_map)

    def lead(place, category):
        outcome = ask(atlas, *place, category=category).outcome
        return outcome.rung, *outcome.units

    assert lead((1, 1), "1101") == lead((1, 1), "110101") == ("territory", "w1")
    assert lead((5, 1), "1101") == ("territory", "w2")
    assert lead((5, 5), "1101") == ("fallback", "t"), "nobody washes there, and the fallback stays with the city's own"
    assert lead((1, 1), "1102") == ("territory", "t"), "another branch"
    border = ask(atlas, 3.9, 2, category="1101").border
    assert (border.kind, border.across.code) == ("area", "w2")
    assert ask(atlas, 3.9, 2, category="1102").border.distance_m is None


def test_the_deepest_branch_that_follows_a_scheme_decides_which():
    schemes = ("wash", "police")
    city_map = claim_city(
        *(claim(code, code, "11", on_area(code, "town", code)) for code in schemes),
        areas=(ONE_TOWN, *(area(code, square(0, 0, 8, 8), scheme=code) for code in schemes)),
        other_schemes=tuple((code, ("town",)) for code in schemes),
        policy=Policy(territory_by_branch={"11": "wash", "1101": "police"}, ladder_event=("territory",)),
    )
    assert outcome_at(city_map, (4, 4), "110101").units == ("police",)
    assert outcome_at(city_map, (4, 4), "1102").units == ("wash",)


# --- contractors --------------------------------------------------------------------------------------------------


def test_a_contractor_never_leads_its_parent_does():
    answer = ask(open_atlas(market_town(claim("a", "sweepers", LITTER, on_strip("main")))), *ON_MAIN, category=LITTER)
    assert [(one.unit.code, one.executor.code) for one in answer.candidates] == [("clean", "sweepers")]
    assert answer.next_unit.code == "clean"
    assert from_domain(answer, "en")["lead"]["executor"]["code"] == "sweepers"


def test_an_executor_that_the_claim_names_is_named_beside_the_lead():
    city_map = market_town(claim("a", "works", LID, on_area("west"), executor="firm"))
    assert ask(open_atlas(city_map), *OPEN_WEST, category=LID).lead.executor.code == "firm"
    both = market_town(claim("a", "sweepers", LID, on_area("west"), executor="firm"))
    lead = ask(open_atlas(both), *OPEN_WEST, category=LID).lead
    assert (lead.unit.code, lead.executor.code) == ("clean", "firm")


def test_a_contractor_and_its_parent_of_equal_rank_are_one_lead():
    city_map = market_town(
        claim("a", "sweepers", LITTER, on_area("west")), claim("b", "clean", LITTER, on_area("west"))
    )
    outcome = outcome_at(city_map, OPEN_WEST, LITTER)
    assert [(lead.unit, lead.claim.id, lead.executor) for lead in outcome.leads] == [("clean", "a", "sweepers")]


# --- cities without categories or claims --------------------------------------------------------------------------


@pytest.mark.parametrize("claims", [(), (claim("a", "town", "*", on_area("town")),)])
def test_a_category_that_the_city_does_not_have_is_refused_with_or_without_claims(claims):
    with pytest.raises(InvalidInput, match="9999"):
        ask(open_atlas(town_with(*claims)), 4, 4, category="9999")


@pytest.mark.parametrize("category", [LID, LITTER])
def test_a_city_with_categories_and_no_claims_answers_as_without_a_category(category):
    atlas = open_atlas(claim_city(areas=(area("t1", square(0, 0, 4, 8)), area("t2", square(4, 0, 8, 8)))))
    for place in ((1, 1), (4, 4), (7, 7), (20, 20)):
        plain, asked = ask(atlas, *place), ask(atlas, *place, category=category)
        assert plain.outcome is asked.outcome
        assert plain.border == asked.border
        assert asked.outcome.rung in ("territory", "nobody")
        assert asked.verdict is not Verdict.FALLBACK
        assert asked.warnings == plain.warnings


def test_a_city_without_claims_never_says_fallback():
    for city_map in (two_towns(), draw_city(ONE_TOWN)):
        for category in (None, "anything"):
            answer = ask(open_atlas(city_map), 2, 2, category=category)
            assert (answer.outcome.rung, answer.verdict) == ("territory", Verdict.CERTAIN)


def test_without_a_category_claims_decide_nothing():
    outcome = ask(open_atlas(everything_at_once(LITTER)), 4, 4).outcome
    assert (outcome.rung, outcome.leads) == ("territory", (Lead("town", 0),))


def test_a_city_with_claims_has_nobody_where_none_names_the_category():
    answer = ask(open_atlas(market_town(claim("a", "west", "1102", on_area("west")))), *OPEN_EAST, category=LITTER)
    assert (answer.outcome.rung, answer.verdict, answer.do) == ("nobody", Verdict.UNCLAIMED, "escalate")
    assert answer.territory.code == "east", "whose territory it is stays said"


# --- the other roles ----------------------------------------------------------------------------------------------


def test_the_other_roles_are_listed_each_in_its_place():
    city_map = market_town(
        claim("a", "west", LITTER, on_area("west")),
        claim("b", "clean", "11", on_area("west"), Role.ASSISTS),
        claim("c", "hq", "*", on_area("west"), Role.SUPERVISES),
        claim("d", "works", "1101", on_area("west"), Role.OWNS),
        claim("e", "east", "11", on_area("west"), Role.COORDINATES),
        claim("f", "works", "01", on_area("west"), Role.ASSISTS),  # another branch
        claim("g", "works", "11", on_area("east"), Role.ASSISTS),  # elsewhere
        claim("h", "works", "11", on_area("west"), Role.ASSISTS, valid_to=at_shanghai(1, 0)),  # expired
        claim("i", "clean", "1101", on_area("west"), Role.ASSISTS),  # the same unit again
    )
    said = from_domain(ask(open_atlas(city_map), *OPEN_WEST, category=LITTER), "en")
    assert said["lead"]["unit"]["code"] == "west"
    assert [(one["unit"]["code"], one["role"]) for one in said["assists"]] == [("clean", "assists")]
    assert [(one["unit"]["code"], one["role"]) for one in said["supervision"]] == [("hq", "supervises")]
    assert [(one["unit"]["code"], one["role"]) for one in said["coordinates"]] == [("east", "coordinates")]
    assert (said["principal"]["unit"]["code"], said["principal"]["role"]) == ("works", "owns")


def test_the_principal_is_the_owner_who_would_lead_by_the_ladder():
    city_map = market_town(
        claim("a", "clean", "01", on_area("west"), Role.OWNS), claim("b", "works", "01", on_strip("main"), Role.OWNS)
    )
    answer = from_domain(ask(open_atlas(city_map), *ON_MAIN, category=LID), "en")
    assert answer["principal"]["unit"]["code"] == answer["lead"]["unit"]["code"] == "works"


def test_where_nobody_has_another_role_none_is_listed():
    said = from_domain(ask(open_atlas(market_town(claim("a", "west", "*", on_area("west")))), *OUTSIDE), "en")
    assert (said["principal"], said["supervision"], said["assists"], said["coordinates"]) == (None, [], [], [])


def test_the_answers_of_all_worlds_have_the_keys_of_the_contract():
    keys = None
    for place in (IN_MARKET, IN_HALO, CROSSING, OUTSIDE):
        for category in (None, *(one.code for one in CATEGORIES)):
            answer = from_domain(ask(open_atlas(everything_at_once(LITTER)), *place, category=category), "zh")
            keys = keys or set(answer)
            assert set(answer) == keys
