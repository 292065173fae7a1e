"""What the caller saw: ground that contradicts it drops out; and the question whose reply settles the rest."""

import numpy as np
import pytest
from shapely import Polygon

from geo.claims import PlaceKind, Role
from geo.crs import from_metric
from geo.determination import Determination, Given
from geo.errors import InvalidInput
from geo.hearing import MARK_WORDS, read_facts
from geo.model import CityMap, Policy
from geo.position import Position
from geo.resolve import Question, determine, determine_many
from geo.roads import Side, StripKind
from geo.shares import Verdict
from tests.geo.claim_worlds import (
    FRIDAY_NOON,
    LID,
    LITTER,
    STALL,
    around,
    claim,
    claim_city,
    department,
    in_site,
    moment_at,
    on_area,
    on_strip,
    own_ground,
    road,
    site,
)
from tests.geo.small_worlds import STEP_NORTH_M, area, corner, open_atlas, square, unit

MOMENT = moment_at(FRIDAY_NOON)
LEFT, RIGHT = Side.LEFT, Side.RIGHT
CARRIAGEWAY, PAVEMENT = StripKind.CARRIAGEWAY, StripKind.PAVEMENT
LANES, KERB = 6 / STEP_NORTH_M, 9 / STEP_NORTH_M


def border_road() -> CityMap:
    """Two towns parted by the middle of a road: 6 m of carriageway and 3 m of pavement on either side of it.

    Stalls are the town's wherever they stand; litter is the roads office's on the carriageway and the town's elsewhere.
    """
    strips = (
        (LEFT, CARRIAGEWAY, square(0, 4, 8, 4 + LANES)),
        (LEFT, PAVEMENT, square(0, 4 + LANES, 8, 4 + KERB)),
        (RIGHT, CARRIAGEWAY, square(0, 4 - LANES, 8, 4)),
        (RIGHT, PAVEMENT, square(0, 4 - KERB, 8, 4 - LANES)),
    )
    return claim_city(
        *(claim(f"s-{code}", code, f"{STALL} {LITTER}", on_area(code)) for code in ("north", "south")),
        claim("r-left", "roads", LITTER, on_strip("r", LEFT, CARRIAGEWAY)),
        claim("r-right", "roads", LITTER, on_strip("r", RIGHT, CARRIAGEWAY)),
        areas=(area("south", square(0, 0, 8, 4)), area("north", square(0, 4, 8, 8))),
        units=(unit("north"), unit("south"), department("roads")),
        roads=(road("r", "arterial", ((0, 4), (8, 4)), *strips),),
    )


def market_and_owners() -> CityMap:
    """A market with a halo in one town; two departments that both own the lids on some ground."""
    inner = square(2, 2, 4, 4)
    shared = square(5, 5, 7, 7)
    return claim_city(
        claim("town", "town", f"{STALL} {LID}", on_area("town")),
        claim("in", "market", STALL, in_site("m")),
        claim("around", "police", STALL, around("m")),
        claim("w", "water", LID, own_ground("w", shared), Role.OWNS),
        claim("x", "telecom", LID, own_ground("x", shared), Role.OWNS),
        areas=(area("town", square(0, 0, 8, 8)),),
        units=(unit("town"), *(department(code) for code in ("market", "police", "water", "telecom", "power"))),
        sites=(site("m", inner, square(1.9, 1.9, 4.1, 4.1).difference(inner)),),
    )


def ask(city_map: CityMap, x: float, y: float, category: str | None, *facts: str, accuracy_m: float = 10.0):
    atlas = open_atlas(city_map)
    lon, lat = corner(x, y)
    question = Question(
        Position(lon=lon, lat=lat, accuracy_m=accuracy_m),
        Given(lon, lat, "wgs84"),
        category=category,
        facts=read_facts(atlas, facts, category),
    )
    return determine(atlas, question, MOMENT)


def shares(answer: Determination) -> dict[str, int]:
    return {candidate.unit.code: candidate.p for candidate in answer.candidates}


def replies(answer: Determination) -> dict[str, str | None]:
    assert answer.question is not None
    return {reply.said: reply.unit for reply in answer.question.replies}


def test_the_side_of_the_road_settles_what_the_middle_of_the_road_parts() -> None:
    answer = ask(border_road(), 4, 4, STALL, accuracy_m=5)
    assert (answer.verdict, shares(answer)) == (Verdict.CONTESTED, {"north": 500, "south": 500})
    assert (answer.question.id, answer.question.text.en) == ("side", "On which side of r road?")
    assert replies(answer) == {"side:left": "north", "side:right": "south"}
    assert [reply.text.zh for reply in answer.question.replies] == ["r路北侧", "r路南侧"]
    settled = ask(border_road(), 4, 4, STALL, "side:left", accuracy_m=5)
    assert (settled.verdict, shares(settled), settled.question) == (Verdict.CERTAIN, {"north": 1000}, None)
    assert settled.warnings == ()


def test_every_reply_that_is_said_to_settle_it_settles_it() -> None:
    rng = np.random.default_rng(3)
    settled = 0
    for city_map in (border_road(), market_and_owners()):
        for category in (STALL, LITTER, LID, None):
            for _ in range(12):
                x, y = rng.uniform(1.8, 4.2), 4 + rng.normal(scale=0.1)
                answer = ask(city_map, x, y, category)
                if answer.question is None:
                    continue
                for said, unit_code in replies(answer).items():
                    after = ask(city_map, x, y, category, said)
                    if unit_code is not None:
                        assert after.lead is not None
                        assert (after.lead.unit.code, after.lead.p >= 950) == (unit_code, True), (x, y, said)
                        settled += 1
                    else:
                        assert all(p < 950 for p in shares(after).values()), (x, y, category, said)
    assert settled > 40


def test_the_question_with_the_fewest_expected_questions_is_asked() -> None:
    answer = ask(border_road(), 4, 4 + 4 / STEP_NORTH_M, LITTER)
    assert answer.question.id == "strip"  # most of the ground is carriageway, which one reply settles
    assert replies(answer)["strip:carriageway"] == "roads"
    assert replies(answer)["strip:pavement"] is None  # there are two pavements: one more question
    second = ask(border_road(), 4, 4 + 4 / STEP_NORTH_M, LITTER, "strip:pavement")
    assert (second.question.id, second.nobody) == ("side", 0)
    third = ask(border_road(), 4, 4 + 4 / STEP_NORTH_M, LITTER, "strip:pavement", "side:right")
    assert (third.verdict, third.lead.unit.code, third.question) == (Verdict.CERTAIN, "south", None)


def test_no_question_is_asked_where_none_helps() -> None:
    towns = claim_city(areas=(area("west", square(0, 0, 4, 4)), area("east", square(4, 0, 8, 4))))
    answer = ask(towns, 4, 2, None)
    assert (answer.verdict, answer.question) == (Verdict.CONTESTED, None)


def test_nothing_is_asked_of_an_answer_that_is_certain() -> None:
    assert ask(border_road(), 4, 6, STALL).question is None


def test_inside_or_around_a_site_is_asked_by_its_name() -> None:
    answer = ask(market_and_owners(), 3, 4, STALL)
    assert answer.question.text.en == "Inside site m, around it, or neither?"
    assert replies(answer) == {"checkpoint:in": "market", "checkpoint:around": "police", "checkpoint:out": "town"}
    inside = ask(market_and_owners(), 3, 4.05, STALL, "checkpoint:in")
    assert (inside.verdict, inside.lead.unit.code) == (Verdict.CERTAIN, "market")
    assert inside.checkpoints[0].part == "halo"  # pure geometry at the coordinates, whatever was seen
    assert inside.outcome.rung == "checkpoint"


def test_the_name_on_the_lid_settles_which_of_two_owners_it_is() -> None:
    answer = ask(market_and_owners(), 6, 6, LID, accuracy_m=0)
    assert (answer.verdict, answer.question.id) == (Verdict.CONTESTED, "owner")
    assert replies(answer) == {"owner:telecom": "telecom", "owner:water": "water"}
    settled = ask(market_and_owners(), 6, 6, LID, "owner:water", accuracy_m=0)
    assert (settled.verdict, settled.lead.unit.code, settled.lead.claim.id) == (Verdict.CERTAIN, "water", "w")


def test_a_name_that_no_claim_knows_leads_all_the_same_and_says_so() -> None:
    answer = ask(market_and_owners(), 6, 6, LID, "owner:power", accuracy_m=0)
    assert (answer.verdict, answer.lead.unit.code, answer.lead.ref) == (Verdict.CERTAIN, "power", "owner:power")
    step = answer.outcome.steps[-1]
    assert "neither a component nor a claim here says so" in step.why.say("en", **step.values)


def test_an_owner_says_nothing_of_what_is_no_component() -> None:
    answer = ask(market_and_owners(), 3, 3, STALL, "owner:water", accuracy_m=0)
    assert (answer.lead.unit.code, answer.warnings) == ("market", ("fact_unused",))


def test_two_owners_cannot_both_have_been_read() -> None:
    with pytest.raises(InvalidInput, match="owner:power, owner:water"):
        ask(market_and_owners(), 6, 6, LID, "owner:power", "owner:water")


def test_what_fits_no_ground_in_reach_counts_for_nothing_and_is_said() -> None:
    far = ask(border_road(), 4, 6, STALL, "side:left")
    assert (far.verdict, far.lead.unit.code, far.warnings) == (Verdict.CERTAIN, "north", ("fact_unfit",))
    surveyed = ask(border_road(), 4, 4.01, LITTER, "strip:pavement", accuracy_m=0)
    assert (surveyed.lead.unit.code, surveyed.warnings) == ("roads", ("fact_unfit",))
    both = ask(border_road(), 4, 4, STALL, "side:left", "side:right")
    assert (both.lead.unit.code, both.warnings) == ("north", ("fact_unfit",))


def test_one_fact_written_in_two_ways_is_one() -> None:
    answer = ask(border_road(), 4, 4, STALL, "side:left", " side:left")
    assert [fact.said for fact in answer.facts] == ["side:left"]


def test_facts_stand_first_in_the_chain() -> None:
    answer = ask(border_road(), 4, 4, STALL, "side:left", "strip:pavement")
    assert [(step.rung, step.refs) for step in answer.chain[:2]] == [
        ("fact", ("side:left",)),
        ("fact", ("strip:pavement",)),
    ]
    assert answer.chain[2:] == answer.outcome.steps


@pytest.mark.parametrize(
    "said", [("strip:carriageway",), ("strip:none",), ("side:left",), ("side:right", "strip:none")]
)
@pytest.mark.parametrize("north_m", [-7.0, 0.0, 3.0, 6.0, 12.0])
def test_the_shares_of_what_fits_are_those_of_positions_thrown_around(north_m, said) -> None:
    city_map, atlas = border_road(), open_atlas(border_road())
    answer = ask(city_map, 4, 4 + north_m / STEP_NORTH_M, LITTER, *said)
    heard = [fact for fact in said if "fact_unfit" not in answer.warnings]
    lon, lat = corner(4, 4 + north_m / STEP_NORTH_M)
    east, north = np.random.default_rng(7).normal(scale=answer.position.sigma_m, size=(2, 400_000))
    lons, lats = from_metric(east=east, north=north, origin_lon=lon, origin_lat=lat)
    sets = atlas.index.sets_at(lon=lons, lat=lats)
    sheet = atlas.sheet(LITTER, FRIDAY_NOON)
    held: dict[str, int] = {}
    counts = np.bincount(sets.ids, minlength=len(sets.covers)).tolist()
    for cover, count in zip(sets.covers, counts, strict=True):
        grounds = [atlas.grounds.items[i] for i in atlas.grounds.stand(cover).grounds]
        strips = [ground.key for ground in grounds if ground.kind is PlaceKind.STRIP]
        marks = {f"side:{key[1]}" for key in strips} | {f"strip:{key[2]}" for key in strips} or {"strip:none"}
        if set(heard) <= marks:
            for code in sheet.outcome(cover).units:
                held[code] = held.get(code, 0) + count
    if said == ("side:right", "strip:none"):
        assert answer.warnings == ("fact_unfit",)  # no ground is beside a road and not on it
        return
    thrown = sum(held.values())
    for code, p in shares(answer).items():
        assert p / 1000 == pytest.approx(held.get(code, 0) / thrown, abs=0.009), code


def test_a_batch_answers_as_one_by_one_with_facts_of_each() -> None:
    atlas = open_atlas(border_road())
    questions = []
    for i, said in enumerate([(), ("side:left",), ("side:right", "strip:pavement"), ("strip:none",), ("side:left",)]):
        lon, lat = corner(3 + i / 10, 4 + i / 100)
        facts = read_facts(atlas, said, LITTER)
        questions.append(Question(Position(lon=lon, lat=lat), Given(lon, lat, "wgs84"), True, LITTER, facts))
    together = determine_many(atlas, questions, MOMENT)
    assert together == [determine(atlas, question, MOMENT) for question in questions]


def test_who_keeps_a_contested_place_is_told_by_the_ground_that_fits() -> None:
    strips = ((LEFT, CARRIAGEWAY, square(0, 4, 8, 4.1)), (RIGHT, CARRIAGEWAY, square(0, 3.9, 8, 4)))
    towns = (area("south", square(0, 0, 8, 4)), area("north", square(0, 4, 8, 8)))
    city_map = claim_city(
        claim("w", "water", STALL, own_ground("w", square(0, 0, 4, 8))),
        claim("x", "power", STALL, own_ground("x", square(4, 0, 8, 8))),
        areas=towns,
        units=(unit("north"), unit("south"), department("water"), department("power")),
        roads=(road("r", "arterial", ((0, 4), (8, 4)), *strips),),
        policy=Policy(fallback_level="town"),
    )
    plain = ask(city_map, 4, 4.02, STALL)
    assert (plain.verdict, plain.interim.code, plain.question) == (Verdict.CONTESTED, "north", None)
    answer = ask(city_map, 4, 4.02, STALL, "side:right")
    assert (answer.verdict, answer.interim.code) == (Verdict.CONTESTED, "south")


def test_every_mark_has_words_in_both_languages() -> None:
    for words in MARK_WORDS.values():
        assert words.zh
        assert words.en
        assert words.zh != words.en


def test_an_answer_is_the_same_whatever_was_asked_before_it() -> None:
    two_markets = claim_city(
        claim("town", "town", STALL, on_area("town")),
        claim("a", "market", STALL, in_site("a")),
        claim("b", "police", STALL, in_site("b")),
        areas=(area("town", square(0, 0, 8, 8)),),
        units=(unit("town"), department("market"), department("police")),
        sites=(site("a", square(1, 3, 3.9, 5)), site("b", square(4.1, 3, 7, 5))),
    )

    def question(atlas, x: float) -> Question:
        lon, lat = corner(x, 4)
        return Question(Position(lon=lon, lat=lat, accuracy_m=20), Given(lon, lat, "wgs84"), category=STALL)

    fresh, asked = open_atlas(two_markets), open_atlas(two_markets)
    determine(asked, question(asked, 7), MOMENT)
    first, again = (determine(atlas, question(atlas, 4), MOMENT) for atlas in (fresh, asked))
    assert first.question is not None
    assert (again.question, again.candidates) == (first.question, first.candidates)


def crossing() -> CityMap:
    """Two roads that cross, 6 m of carriageway and 3 m of pavement on either side; carriageways are the roads office's,
    pavements the town's, but one road's pavements are the gardens'.
    """

    def across(*, turned: bool) -> tuple[tuple[Side, StripKind, Polygon], ...]:
        bands = ((LEFT, CARRIAGEWAY, 0, LANES), (LEFT, PAVEMENT, LANES, KERB))
        bands += ((RIGHT, CARRIAGEWAY, -LANES, 0), (RIGHT, PAVEMENT, -KERB, -LANES))
        return tuple(
            (side, kind, square(4 + low, 0, 4 + high, 8) if turned else square(0, 4 + low, 8, 4 + high))
            for side, kind, low, high in bands
        )

    claims = [
        claim(f"{code}-{side.value}", who, LITTER, on_strip(code, side, PAVEMENT))
        for code, who in (("r", "town"), ("s", "gardens"))
        for side in Side
    ]
    claims += [claim(f"{code}-c-{side.value}", "roads", LITTER, on_strip(code, side)) for code in "rs" for side in Side]
    return claim_city(
        *claims,
        claim("t", "town", LITTER, on_area("town")),
        areas=(area("town", square(0, 0, 8, 8)),),
        units=(unit("town"), department("roads"), department("gardens")),
        roads=(
            road("r", "arterial", ((0, 4), (8, 4)), *across(turned=False)),
            road("s", "local", ((4, 0), (4, 8)), *across(turned=True)),
        ),
    )


def test_nothing_is_asked_twice_where_roads_cross() -> None:
    kinds: list[set[str]] = []

    def follow(*said: str) -> None:
        question = ask(crossing(), 4, 4 + KERB, LITTER, *said, accuracy_m=3).question
        if question is not None:
            kinds.append({fact.partition(":")[0] for fact in said})
            assert question.id not in kinds[-1]
            assert len(question.replies) > 1
            for reply in question.replies:
                follow(*said, reply.said)

    follow()
    assert len(kinds) > 1
