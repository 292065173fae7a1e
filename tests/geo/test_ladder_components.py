"""The rungs of owner and maintainer ask the registered components first; single, batch and bulk answer alike."""

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from api.schemas.answer import from_domain
from geo.assign import assign
from geo.claims import Role
from geo.components import Component, ComponentState
from geo.crs import distance_m, from_metric
from geo.determination import Given
from geo.errors import InvalidInput
from geo.hearing import read_facts
from geo.model import CityMap, Policy
from geo.nearby import ComponentIndex
from geo.position import Position, sigma_of
from geo.resolve import Question, determine, determine_many
from geo.shares import Verdict
from tests.geo.claim_worlds import (
    CATEGORIES,
    FRIDAY_NOON,
    LID,
    LITTER,
    claim,
    claim_city,
    contractor,
    department,
    moment_at,
    on_area,
)
from tests.geo.small_worlds import area, corner, open_atlas, square, unit

ORIGIN = corner(4, 4)
MOMENT = moment_at(FRIDAY_NOON)


def at(east_m: float, north_m: float = 0.0) -> tuple[float, float]:
    """Degrees of a place so many metres from the middle of the town."""
    lon, lat = from_metric(east=east_m, north=north_m, origin_lon=ORIGIN[0], origin_lat=ORIGIN[1])
    return float(lon), float(lat)


def lid(number: int, east_m: float, owner: str | None = None, north_m: float = 0.0, **more) -> Component:
    lon, lat = at(east_m, north_m)
    return Component(f"320508{LID}{number:06d}", more.pop("category", LID), lon, lat, owner, **more)


def town(*components: Component, claims=(), policy: Policy | None = None) -> CityMap:
    """Two towns that part 200 m east of the middle; departments gas, water, power, roads > digger (contractor)."""
    city_map = claim_city(
        claim("f", "west", "*", on_area("west")),
        claim("g", "east", "*", on_area("east")),
        *claims,
        areas=(area("west", square(0, 0, 6, 8)), area("east", square(6, 0, 12, 8))),
        units=(
            unit("west"),
            unit("east"),
            *(department(code) for code in ("gas", "water", "power", "roads")),
            contractor("digger", "roads"),
        ),
        policy=policy,
    )
    return replace(city_map, components=tuple(sorted(components, key=lambda one: one.id)))


def ask(city_map: CityMap, east_m: float, *, category: str | None = LID, facts=(), accuracy_m: float = 0.0):
    atlas = open_atlas(city_map)
    lon, lat = at(east_m)
    question = Question(
        Position(lon=lon, lat=lat, accuracy_m=accuracy_m),
        Given(lon, lat, "wgs84"),
        category=category,
        facts=read_facts(atlas, facts, category),
    )
    return determine(atlas, question, MOMENT)


def led_by(answer):
    return answer.verdict, answer.outcome.rung, answer.outcome.units


def whys(answer, lang="en"):
    """What the rungs below rulings say."""
    return [step.why.say(lang, **step.values) for step in answer.outcome.steps[1:]]


# --- in reach -----------------------------------------------------------------------------------------------------


def test_the_only_owner_in_reach_leads_and_its_component_is_what_the_answer_rests_on():
    answer = ask(town(lid(1, 3, "water"), lid(2, 4, "water")), 0)
    assert led_by(answer) == (Verdict.CERTAIN, "owner", ("water",))
    assert answer.lead.ref == "component:3205080101000001"
    assert answer.outcome.steps[1].refs == ("component:3205080101000001",)
    assert "3 m away" in whys(answer)[0]
    assert answer.question is None


@pytest.mark.parametrize(("east_m", "units"), [(4.99, ("water",)), (5.01, ("west",))])
def test_an_exact_position_reaches_as_far_as_the_policy_says(east_m, units):
    assert ask(town(lid(1, 0, "water")), east_m).outcome.units == units


def test_the_city_may_reach_further():
    city_map = town(lid(1, 0, "water"), policy=Policy(component_m=12.0))
    assert ask(city_map, 11.9).outcome.units == ("water",)
    assert ask(city_map, 12.1).outcome.units == ("west",)


@pytest.mark.parametrize(("east_m", "units"), [(21.1, ("water",)), (21.3, ("west",))])
def test_the_accuracy_adds_the_radius_of_95_percent_which_is_1_62_times_it(east_m, units):
    assert ask(town(lid(1, 0, "water")), east_m, accuracy_m=10).outcome.units == units


def test_several_owners_in_reach_contest_and_the_answer_asks_whose_name_is_on_it():
    answer = ask(town(lid(1, -2, "water"), lid(2, 1, "power"), lid(3, 2, "power")), 0)
    assert led_by(answer) == (Verdict.CONTESTED, "owner", ("power", "water"))
    assert [candidate.p for candidate in answer.candidates] == [500, 500]
    question = answer.question
    assert (question.id, question.text.zh) == ("component", "类别0101上写的是谁家？")
    assert [(reply.said, reply.unit) for reply in question.replies] == [
        ("component:3205080101000002", "power"),  # the nearest of this owner
        ("component:3205080101000001", "water"),
    ]
    assert "water" in question.replies[1].text.en


def test_each_reply_to_the_question_makes_its_unit_certain():
    city_map = town(lid(1, -2, "water"), lid(2, 1, "power"))
    for reply in ask(city_map, 0).question.replies:
        answer = ask(city_map, 0, facts=[reply.said])
        assert led_by(answer) == (Verdict.CERTAIN, "owner", (reply.unit,))
        assert answer.question is None
        assert [fact.said for fact in answer.facts] == [reply.said]
        assert "was named" in whys(answer)[0]


def test_two_contractors_of_one_department_are_one_owner():
    city_map = town(lid(1, -1, "digger"), lid(2, 1, "roads"))
    answer = ask(city_map, 0)
    assert led_by(answer) == (Verdict.CERTAIN, "owner", ("roads",))


def test_a_contractor_that_owns_or_keeps_a_component_is_the_executor():
    answer = ask(town(lid(1, 0, "digger")), 0)
    assert (answer.lead.unit.code, answer.lead.executor.code) == ("roads", "digger")
    answer = ask(town(lid(1, 0, "water", maintainer="digger")), 0)
    assert (answer.lead.unit.code, answer.lead.executor.code) == ("water", "digger")


@pytest.mark.parametrize(
    ("category", "units"), [("01", ("water",)), (LID, ("water",)), ("010101", ("water",)), (LITTER, ("west",))]
)
def test_components_of_the_category_or_below_it_count_and_no_event_asks_them(category, units):
    city_map = town(lid(1, 0, "water", category="010101"))
    assert ask(city_map, 1, category=category).outcome.units == units


def test_a_component_of_the_branch_above_says_nothing_of_a_deeper_kind():
    assert ask(town(lid(1, 0, "water")), 1, category="010101").outcome.units == ("west",)


@pytest.mark.parametrize(
    ("state", "units"),
    [
        (ComponentState.IN_USE, ("water",)),
        (ComponentState.DAMAGED, ("water",)),
        (ComponentState.LOST, ("water",)),
        (ComponentState.REMOVED, ("west",)),
    ],
)
def test_a_broken_or_lost_lid_has_its_owner_and_a_removed_one_has_none(state, units):
    assert ask(town(lid(1, 0, "water", state=state), lid(2, 900, "gas")), 1).outcome.units == units


# --- maintainers, claims, nobody ------------------------------------------------------------------------------------


def test_without_an_owner_the_maintainer_in_reach_leads():
    answer = ask(town(lid(1, 0, maintainer="digger")), 1)
    assert led_by(answer) == (Verdict.CERTAIN, "maintainer", ("roads",))
    assert answer.lead.executor.code == "digger"


def test_several_maintainers_without_owners_contest_too():
    answer = ask(town(lid(1, -1, maintainer="water"), lid(2, 1, maintainer="gas")), 0)
    assert led_by(answer) == (Verdict.CONTESTED, "maintainer", ("gas", "water"))
    assert [reply.unit for reply in answer.question.replies] == ["gas", "water"]


def test_the_register_comes_before_a_claim_over_the_ground_and_the_claim_where_nothing_is_in_reach():
    city_map = town(lid(1, 0, "water"), claims=(claim("o", "gas", LID, on_area("west"), Role.OWNS),))
    assert led_by(ask(city_map, 1)) == (Verdict.CERTAIN, "owner", ("water",))
    answer = ask(city_map, 30)
    assert led_by(answer) == (Verdict.CERTAIN, "owner", ("gas",))
    assert answer.lead.ref == "claim:o"


def test_where_none_is_registered_the_chain_says_that_it_counts_as_unowned():
    answer = ask(town(lid(1, 0, "water")), 30)
    assert led_by(answer) == (Verdict.FALLBACK, "fallback", ("west",))
    assert whys(answer, "zh")[0] == "权属：5 米内（另加定位误差）没有登记的这类部件，也没有权属归属，按无主处理"


def test_a_component_without_owner_counts_as_unowned_and_is_named():
    answer = ask(town(lid(1, 0)), 1)
    assert led_by(answer) == (Verdict.FALLBACK, "fallback", ("west",))
    assert answer.outcome.steps[1].refs == ("component:3205080101000001",)
    assert "无主" in whys(answer, "zh")[0]


def test_one_without_owner_beside_one_with_leaves_the_only_owner():
    assert ask(town(lid(1, 0), lid(2, 2, "water")), 0).outcome.units == ("water",)


def test_a_city_that_registers_nothing_says_what_it_always_said():
    assert whys(ask(town(), 0))[0] == "owner: no owner is recorded for this kind here"


def test_a_city_without_claims_asks_its_register_and_then_the_territory():
    city_map = replace(town(lid(1, 0, "water")), claims=())
    assert led_by(ask(city_map, 1)) == (Verdict.CERTAIN, "owner", ("water",))
    assert led_by(ask(city_map, 30)) == (Verdict.CERTAIN, "territory", ("west",))
    assert led_by(ask(city_map, 1, category=LITTER)) == (Verdict.CERTAIN, "territory", ("west",))


# --- facts --------------------------------------------------------------------------------------------------------


def test_the_component_that_was_named_decides_before_those_in_reach_and_however_coarse_the_position():
    city_map = town(lid(1, 0, "water"), lid(2, 40, "gas"))
    answer = ask(city_map, 0, facts=["component:3205080101000002"], accuracy_m=900)
    assert led_by(answer) == (Verdict.CERTAIN, "owner", ("gas",))


def test_a_named_component_without_owner_is_unowned_whatever_is_in_reach():
    answer = ask(town(lid(1, 0, "water"), lid(2, 4)), 0, facts=["component:3205080101000002"])
    assert led_by(answer) == (Verdict.FALLBACK, "fallback", ("west",))


def test_a_named_component_far_away_is_warned_of():
    city_map = town(lid(1, 0, "water"), lid(2, 49, "gas"), lid(3, 51, "gas"))
    assert ask(city_map, 0, facts=["component:3205080101000002"]).warnings == ()
    assert ask(city_map, 0, facts=["component:3205080101000003"]).warnings == ("component_far",)


@pytest.mark.parametrize("category", [LITTER, None])
def test_a_component_named_for_an_event_stands_in_the_answer_and_decides_nothing(category):
    answer = ask(town(lid(1, 0, "water")), 0, category=category, facts=["component:3205080101000001"])
    assert answer.outcome.units == ("west",)
    assert [fact.said for fact in answer.facts] == ["component:3205080101000001"]
    assert "fact_unused" in answer.warnings


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ("side:up", "component:<id>"),
        ("strip:", "component:<id>"),
        ("owner:nobody", "no unit"),
        ("component:", "component:<id>"),
        ("3205080101000001", "component:<id>"),
        ("component:999", "no component '999'"),
        ("component:3205080101000001", "registered as 0101, not as 010101"),
    ],
)
def test_a_fact_that_is_not_understood_is_refused_with_what_is(fact, says):
    with pytest.raises(InvalidInput, match=says):
        ask(town(lid(1, 0, "water")), 0, category="010101", facts=[fact])


# --- the border, and many at once -----------------------------------------------------------------------------------


def test_no_border_on_the_ground_changes_what_a_component_decides():
    border_m = 2 * 95.19
    city_map = town(lid(1, border_m - 4, "water"), lid(2, border_m - 300))
    near = ask(city_map, border_m - 2, accuracy_m=10)
    assert led_by(near) == (Verdict.CERTAIN, "owner", ("water",))
    assert (near.border.distance_m, near.border.searched_m, near.warnings) == (None, 50.0, ())


def test_where_an_unowned_component_falls_through_the_border_casts_its_doubt_as_ever():
    border_m = 2 * 95.19
    answer = ask(town(lid(1, border_m - 4)), border_m - 2, accuracy_m=10)
    assert answer.outcome.units == ("west",)
    assert answer.border.distance_m == pytest.approx(2.0, abs=0.1)
    share = NormalDist(sigma=answer.position.sigma_m).cdf(answer.border.distance_m)
    assert [(one.unit.code, one.p) for one in answer.candidates] == [
        ("west", round(1000 * share)),
        ("east", round(1000 * (1 - share))),
    ]


def test_a_position_that_is_too_coarse_names_no_component_unless_the_caller_does():
    answer = ask(town(lid(1, 0, "water")), 0, accuracy_m=501)
    assert (answer.verdict, answer.question.id) == (Verdict.CONTESTED, "landmark")
    assert "water" not in [one.unit.code for one in answer.candidates]
    assert "accuracy_beyond_max" in answer.warnings


def crowded_town() -> CityMap:
    """Some hundred lids of four owners and of none along the line between the towns."""
    dice = np.random.default_rng(7)
    owners = [None, "water", "power", "digger", "gas"]
    keepers = [None, "roads", "digger"]
    return town(
        *(
            lid(
                number,
                float(dice.uniform(100, 300)),
                owners[dice.integers(5)],
                float(dice.uniform(-60, 60)),
                maintainer=keepers[dice.integers(3)],
            )
            for number in range(1, 120)
        ),
        claims=(claim("m", "gas", LID, on_area("east")),),
    )


def test_single_batch_and_bulk_give_the_same_answer():
    atlas = open_atlas(crowded_town())
    dice = np.random.default_rng(8)
    places = [at(float(dice.uniform(50, 350)), float(dice.uniform(-80, 80))) for _ in range(300)]
    accuracies = np.resize([0.0, 2.0, 5.0, 10.0, 40.0, 700.0], len(places))
    questions = [
        Question(Position(lon=lon, lat=lat, accuracy_m=float(metres)), Given(lon, lat, "wgs84"), category=LID)
        for (lon, lat), metres in zip(places, accuracies, strict=True)
    ]
    many = determine_many(atlas, questions, MOMENT)
    lon, lat = np.array(places).T
    sigma_m = np.array([sigma_of(accuracy_m=metres, confidence=0.68) for metres in accuracies])
    columns = assign(atlas, lon=lon, lat=lat, sigma_m=sigma_m, sheet=atlas.sheet(LID, FRIDAY_NOON))
    rungs = set()
    for i, (question, answer) in enumerate(zip(questions, many, strict=True)):
        assert determine(atlas, question, MOMENT) == answer
        rungs.add((answer.outcome.rung, answer.verdict))
        assert columns.text["pw_verdict"][i] == answer.verdict.value
        assert columns.text["pw_unit"][i] == answer.lead.unit.code
        assert columns.text["pw_next"][i] == answer.next_unit.code
        rivals = [one.unit.code for one in answer.candidates[1:] if one.p >= 10]
        assert columns.text["pw_rival"][i] == next(iter(rivals), None)
        assert columns.numbers["pw_p"][i] == answer.lead.p / 1000
        assert math.isnan(columns.numbers["pw_border_m"][i]) is (answer.border.distance_m is None)
    assert {rung for rung, _ in rungs} >= {"owner", "maintainer", "department", "fallback"}
    assert ("owner", Verdict.CONTESTED) in rungs
    assert ("owner", Verdict.CERTAIN) in rungs


def test_the_index_finds_what_measuring_every_component_finds():
    city_map = crowded_town()
    atlas = open_atlas(city_map)
    dice = np.random.default_rng(9)
    lon, lat = np.array([at(float(dice.uniform(50, 350)), float(dice.uniform(-80, 80))) for _ in range(200)]).T
    radius_m = dice.uniform(0, 60, len(lon))
    index = ComponentIndex(city_map.components, atlas.categories)
    found = index.beside(LID, lon=lon, lat=lat, radius_m=radius_m)
    for i in range(len(lon)):
        best: dict[tuple[str | None, str | None], tuple[float, str]] = {}
        for one in city_map.components:
            away_m = float(distance_m(lon1=lon[i], lat1=lat[i], lon2=one.lon, lat2=one.lat))
            if away_m <= radius_m[i]:
                pair = (one.owner, one.maintainer)
                best[pair] = min(best.get(pair, (math.inf, "")), (away_m, one.id))
        assert [(near.distance_m, near.component.id) for near in found.get(i, ())] == sorted(best.values())


def test_the_index_is_not_asked_for_a_category_without_components():
    atlas = open_atlas(town(lid(1, 0, "water")))
    assert atlas.sheet(LITTER, FRIDAY_NOON).asking.registered is None
    assert atlas.sheet("010101", FRIDAY_NOON).asking.registered is None
    assert atlas.sheet("01", FRIDAY_NOON).asking.registered == "01"
    assert "1101" not in atlas.components
    assert {category.code for category in CATEGORIES if category.code in atlas.components} == {"01", LID}


def test_a_component_that_was_removed_is_no_fact():
    with pytest.raises(InvalidInput) as refused:
        ask(town(lid(1, 0, "water", state=ComponentState.REMOVED)), 0, facts=["component:3205080101000001"])
    assert "taken away" in refused.value.say("en")
    assert "拆除" in refused.value.say("zh")


def test_while_components_contest_the_lead_nobody_owns_or_works_for_certain():
    digger = {"maintainer": "digger"}
    said = from_domain(ask(town(lid(1, -1, "gas", **digger), lid(2, 1, "water", **digger)), 0), "en")
    assert (said["lead"]["provisional"], said["principal"]) == (True, None)
    assert said["lead"]["executor"] is None
    assert from_domain(ask(town(lid(1, 0, "gas", **digger)), 0), "en")["principal"]["unit"]["code"] == "gas"
    contested = ask(town(lid(1, -1, maintainer="digger"), lid(2, 1, maintainer="gas")), 0)
    assert from_domain(contested, "en")["lead"]["executor"] is None
    # Nor by a claim over the ground: the caller is being asked whose it is.
    owns = claim("o", "gas", LID, on_area("west"), Role.OWNS)
    over_ground = ask(town(lid(1, -1, "gas"), lid(2, 1, "water"), claims=(owns,)), 0)
    assert (over_ground.question is not None, from_domain(over_ground, "en")["principal"]) == (True, None)
