"""Where the grounds alone decide the answer is the one of the long way, and what is kept never outlives it."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest

from api.schemas.answer import from_domain, json_of
from geo.at_once import stand_at_once
from geo.atlas import Atlas
from geo.determination import Determination, Given
from geo.grounded import grounded
from geo.kept import Kept
from geo.position import Position
from geo.register.log import Entry, Register
from geo.register.rulings import GroundKind, Permit, RuledGround, Ruling
from geo.resolve import Moment, Question, determine, determine_many
from geo.schedule import Schedule, Shift
from geo.wording import Name
from tests.geo.claim_worlds import busy_market_town, claim, claim_city, department, on_area
from tests.geo.post_worlds import (
    IN_CELL,
    IN_HALO,
    IN_SITE,
    ON_ROAD,
    daily,
    held,
    may,
    person,
    register_of,
    term,
    town_with_posts,
)
from tests.geo.small_worlds import (
    EDITION,
    area,
    corner,
    draw_city,
    gap_and_overlap,
    open_atlas,
    square,
    three_tiers,
    two_towns,
)
from tests.geo.test_sample_city_posts import open_sample


def drawing(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311


def fresh(atlas: Atlas) -> Atlas:
    """The same atlas, which keeps nothing."""
    bare = Atlas(atlas.city_map, atlas.edition)
    bare.grounded = bare.standing = Kept(0)
    return bare


def said(answer: Determination) -> tuple[bytes, bytes]:
    """The answer in both languages, to the byte, also in words that were kept."""
    plain = orjson.dumps(from_domain(answer, "zh")), orjson.dumps(from_domain(answer, "en"))
    assert (json_of(answer, "zh"), json_of(answer, "en")) == plain
    return plain


def question(lon: float, lat: float, category: str | None, accuracy_m: float, receiver: str | None = None) -> Question:
    position = Position(lon=lon, lat=lat, accuracy_m=accuracy_m)
    return Question(position, Given(lon, lat, "wgs84"), category=category, receiver=receiver)


def alike(atlas: Atlas, questions: list[Question], moment: Moment) -> Counter[str]:
    """How many answers were given at once and how many not; every one is the one of the long way."""
    roads: Counter[str] = Counter()
    many = determine_many(atlas, questions, moment)
    for one, expected in zip(questions, many, strict=True):
        assert said(determine(atlas, one, moment)) == said(expected)
        at_once = stand_at_once(atlas, atlas.sheet(one.category, moment.at), one.position)
        roads["long" if at_once is None else "short"] += 1
    return roads


@pytest.mark.parametrize("world", [two_towns, gap_and_overlap, three_tiers, busy_market_town, town_with_posts])
def test_in_every_small_world_one_position_has_the_answer_that_many_have(world) -> None:
    atlas = open_atlas(world())
    draw = drawing(5)
    codes = [None, *sorted(atlas.categories.by_code)]
    places = [corner(draw.uniform(-2, 10), draw.uniform(-2, 10)) for _ in range(200)]
    places += [corner(x, y) for x in range(-1, 9) for y in range(-1, 9)]  # corners and borders, where ties are
    questions = [question(*place, draw.choice(codes), draw.choice((0.0, 5.0, 10.0, 80.0, 600.0))) for place in places]
    roads = alike(atlas, questions, Moment(may(6, 12), may(6, 12), (EDITION,)))
    assert roads["short"] > 20
    assert roads["long"] > 20


def test_in_the_sample_city_one_position_has_the_answer_that_many_have() -> None:
    atlas, roster = open_sample()
    draw = drawing(11)
    codes = [None, *sorted(atlas.categories.by_code)]
    questions = [
        question(
            draw.uniform(120.566, 120.674), draw.uniform(31.268, 31.354), draw.choice(codes), draw.choice((0, 10, 30))
        )
        for _ in range(1500)
    ]
    moment = Moment(datetime(2026, 5, 6, 4, tzinfo=UTC), datetime(2026, 5, 6, 4, tzinfo=UTC), (EDITION,), roster)
    roads = alike(atlas, questions, moment)
    assert roads["short"] > 1000
    assert roads["long"] > 50


def test_what_is_kept_is_the_fresh_answer_at_every_minute_around_shifts_and_terms() -> None:
    values = [person(code) for code in "abcdefg"]
    values += [
        held("GO", "a", term(None, None, *daily(8, 16))),
        held("GO", "b", term(None, None, *daily(16, 24))),
        held("GO", "c", term(may(6, 9), may(6, 10)), deputy=True),
        held("DD", "d", term(may(6, 11), None)),
        held("SC", "e", term(None, may(6, 15))),
        held("RC1", "f", term(None, None, Shift(2, 9 * 60, 10 * 60))),
    ]
    register = register_of(tuple(values))
    atlas = open_atlas(town_with_posts())
    bare = fresh(atlas)
    turns = [may(6, hour) for hour in (0, 8, 9, 10, 11, 15, 16)] + [may(7)]
    moments = [turn + timedelta(seconds=by) for turn in turns for by in (-60, -1, 0, 1, 60)]
    places = [IN_CELL, IN_SITE, IN_HALO, ON_ROAD, (4, 7)]
    draw = drawing(3)
    different = set()
    # Forward, then to and fro: what is kept of a later moment must not answer for an earlier one.
    for at in moments + draw.sample(moments * 3, 60):
        moment = Moment(at, min(at, may(6, 12)), (EDITION,), register.roster(register.number))
        for place in places:
            one = question(*corner(*place), draw.choice(("1101", "1102")), 0.0)
            answer = said(determine(atlas, one, moment))
            assert answer == said(determine(bare, one, moment))
            different.add(answer)
    assert len(different) > 100


def test_what_is_kept_of_one_state_of_the_register_never_answers_for_another() -> None:
    first = (*(person(code) for code in "ab"), held("GO", "a"))
    register = register_of(
        first, (held("GO", "a", Schedule(valid_to=may(3))), held("GO", "b", Schedule(valid_from=may(3))))
    )
    everywhere = RuledGround(GroundKind.CITY)
    ruling = Ruling("R1", "market", ("1101",), everywhere, may(4), Schedule((), may(4)), Name(zh="会商", en="agreed"))
    permit = Permit(
        "P1", ("1102",), everywhere, Schedule((), may(5), may(8)), Name(zh="菜摊", en="a stall"), None, "批 3"
    )
    entries = list(register.entries)
    entries.append(Entry(3, datetime(2026, 4, 3, tzinfo=UTC), Ruling, "R1", ruling))
    entries.append(Entry(4, datetime(2026, 4, 4, tzinfo=UTC), Permit, "P1", permit))
    register = Register(entries)
    atlas = open_atlas(town_with_posts())
    draw = drawing(8)
    different = set()
    for _ in range(80):
        roster = register.roster(draw.randrange(5))
        at = draw.choice((may(2), may(3), may(4), may(5), may(8), may(8) - timedelta(seconds=1)))
        moment = Moment(at, at, (EDITION,), roster)
        one = question(*corner(*draw.choice((IN_CELL, IN_SITE))), draw.choice(("1101", "1102")), 0.0)
        answer = said(determine(atlas, one, moment))
        assert answer == said(determine(fresh(atlas), one, moment))
        different.add(answer)
    assert len(different) > 40


def test_what_is_kept_says_when_the_next_edition_begins_as_soon_as_that_is_known() -> None:
    atlas = open_atlas(two_towns())
    one = question(*corner(1, 1), None, 0.0)
    begins = may(6, 18)
    known = (EDITION, replace(EDITION, id=2, valid_from=begins, published_at=may(6, 10)))
    before = determine(atlas, one, Moment(may(6, 9), may(6, 9), known))
    after = determine(atlas, one, Moment(may(6, 11), may(6, 11), known))
    look_back = determine(atlas, one, Moment(may(6, 11), may(6, 12), known))
    assert (before.expires, after.expires, look_back.expires) == (may(7, 9), begins, None)


def test_on_a_day_when_clocks_are_set_nothing_is_kept() -> None:
    berlin = draw_city(area("town", square(0, 0, 8, 8)))
    atlas = open_atlas(replace(berlin, city=replace(berlin.city, timezone="Europe/Berlin")))
    place = question(*corner(1, 1), None, 0.0)
    zone = ZoneInfo("Europe/Berlin")
    for day, holds in ((28, True), (29, False), (30, True)):
        at = datetime(2026, 3, day, 1, tzinfo=zone).astimezone(UTC)
        moment = Moment(at, at, (EDITION,))
        sheet = atlas.sheet(None, at)
        found = stand_at_once(atlas, sheet, place.position)
        assert found is not None
        cover, standing, _ = found
        kept = grounded(atlas, sheet, moment.roster, at, home=cover, cover=cover, standing=standing)
        assert (kept.until > at) == holds


def test_no_more_is_kept_than_the_limit_and_the_least_used_goes_first() -> None:
    kept: Kept[str] = Kept(2)
    kept.put("a", "A")
    kept.put("b", "B")
    assert kept.get("a") == "A"
    kept.put("c", "C")
    assert (kept.get("a"), kept.get("b"), kept.get("c"), len(kept)) == ("A", None, "C", 2)


def test_claims_by_the_hour_lead_from_the_minute_they_begin() -> None:
    city = claim_city(
        claim("day", "d", "1101", on_area("town"), hours=daily(8, 18)),
        claim("all", "town", "*", on_area("town")),
        areas=(area("town", square(0, 0, 8, 8)),),
        units=(department("d"),),
    )
    atlas = open_atlas(city)
    bare = fresh(atlas)
    one = question(*corner(4, 4), "1101", 0.0)
    leads = []
    for at in (may(6, 8) - timedelta(seconds=1), may(6, 8), may(6, 18) - timedelta(seconds=1), may(6, 18), may(6, 9)):
        answer = determine(atlas, one, Moment(at, at, (EDITION,)))
        assert said(answer) == said(determine(bare, one, Moment(at, at, (EDITION,))))
        leads.append(answer.candidates[0].unit.code)
    assert leads == ["town", "d", "d", "town", "d"]
