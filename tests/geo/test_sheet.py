"""Sheets: shared by moments that are alike, safe among threads; and many questions answered as one."""

import csv
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.schemas.answer import from_domain
from api.services.asking import Asked, Frame, ask_many
from api.services.asking import ask as ask_service
from api.services.assigning import Job, assign_file
from api.services.bulk_rows import Fields
from geo.answer_text import round_metres
from geo.assign import assign
from geo.claims import Role
from geo.errors import GeoError
from geo.model import COMPONENT_LADDER, EVENT_LADDER, Policy
from geo.register.log import Register
from geo.resolve import determine_many
from tests.geo.claim_worlds import (
    CATEGORIES,
    FRIDAY_NOON,
    IN_HALO,
    LID,
    LITTER,
    OFFICE_HOURS,
    ON_MAIN,
    OPEN_WEST,
    PLACES,
    STALL,
    around,
    at_shanghai,
    busy_market_town,
    claim,
    market_town,
    moment_at,
    on_area,
    on_strip,
)
from tests.geo.small_worlds import EDITION, ask, corner, open_atlas, question_at

CODES = tuple(one.code for one in CATEGORIES)
ATLAS = open_atlas(busy_market_town())


class OneEdition:
    """A city with one edition, as the services see it."""

    editions = (EDITION,)
    latest = ATLAS
    register = Register()

    def atlas(self, edition):
        assert edition is EDITION
        return ATLAS


# --- sharing ------------------------------------------------------------------------------------------------------


def test_moments_with_the_same_claims_in_force_share_a_sheet():
    atlas = open_atlas(busy_market_town())
    friday, later, monday = at_shanghai(1, 10), at_shanghai(1, 16, 59), at_shanghai(4, 10)
    sheet = atlas.sheet(STALL, friday)
    assert atlas.sheet(STALL, friday) is sheet
    assert atlas.sheet(STALL, later) is sheet
    assert atlas.sheet(STALL, monday) is not sheet, "dated claims have ended and begun"
    assert atlas.sheet(STALL, at_shanghai(5, 10)) is atlas.sheet(STALL, monday)
    assert atlas.sheet(STALL, at_shanghai(1, 17)) is not sheet
    assert atlas.sheet(LITTER, friday) is not sheet


def test_hours_of_another_branch_do_not_part_the_sheets_of_a_category():
    atlas = open_atlas(busy_market_town())
    assert atlas.sheet(LID, at_shanghai(1, 10)) is atlas.sheet(LID, at_shanghai(1, 20))
    assert atlas.sheet(STALL, at_shanghai(1, 10)) is not atlas.sheet(STALL, at_shanghai(1, 20))


def test_without_a_category_all_moments_share_the_plain_sheet():
    atlas = open_atlas(busy_market_town())
    assert atlas.sheet(None, at_shanghai(1, 10)) is atlas.sheet(None, at_shanghai(3, 2)) is atlas.plain


def test_a_sheet_that_was_dropped_for_others_answers_the_same_when_it_comes_back(monkeypatch):
    monkeypatch.setattr("geo.atlas.SHEETS_KEPT", 2)
    atlas = open_atlas(busy_market_town())
    first = atlas.sheet(STALL, FRIDAY_NOON)
    leads = [ask(atlas, *place, category=STALL).outcome.units for place in PLACES]
    for code in CODES:
        atlas.sheet(code, FRIDAY_NOON)
    assert atlas.sheet(STALL, FRIDAY_NOON) is not first
    assert [ask(atlas, *place, category=STALL).outcome.units for place in PLACES] == leads


def test_many_threads_get_one_sheet_and_the_same_answers():
    for _ in range(5):
        atlas = open_atlas(busy_market_town())
        start = Barrier(8)

        def look(number, atlas=atlas, start=start):
            start.wait()
            sheet = atlas.sheet(STALL, FRIDAY_NOON)
            answers = [ask(atlas, *place, category=STALL).outcome for place in (PLACES * 2)[number % 7 :][:7]]
            return sheet, {answer.units for answer in answers}

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(look, range(8)))
        assert len({id(sheet) for sheet, _ in found}) == 1
        assert len({frozenset(units) for _, units in found}) == 1


def test_threads_that_ask_differently_disturb_nobody():
    atlas = open_atlas(busy_market_town())
    asked = [(place, code) for code in CODES for place in PLACES] * 3
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: from_domain(ask(atlas, *one[0], category=one[1]), "zh"), asked))
    quiet = open_atlas(busy_market_town())
    assert found == [from_domain(ask(quiet, *place, category=code), "zh") for place, code in asked]


# --- exactly one rung hits ----------------------------------------------------------------------------------------


@settings(max_examples=250, deadline=None)
@given(
    x=st.floats(-1, 17) | st.sampled_from([0, 2, 3, 5, 6, 8, 11.5, 12, 12.5, 16]),
    y=st.floats(-1, 9) | st.sampled_from([0, 0.5, 1, 1.5, 2, 3, 4, 6, 7, 8]),
    category=st.sampled_from(CODES),
    hours=st.integers(0, 7 * 24),
    lang=st.sampled_from(["zh", "en"]),
)
def test_for_any_place_and_category_one_rung_hits_and_every_earlier_one_says_why_not(x, y, category, hours, lang):
    moment = moment_at(at_shanghai(1, 0) + timedelta(hours=hours))
    answer = ask(ATLAS, x, y, category=category, moment=moment)
    chain = from_domain(answer, lang)["chain"]
    order = COMPONENT_LADDER if category < "1" else EVENT_LADDER
    assert [step["rung"] for step in chain] == [*order, "nobody"][: len(chain)]
    assert [step["hit"] for step in chain] == [False] * (len(chain) - 1) + [True]
    assert all(step["why"] and not re.search("[{}]|None", step["why"]) for step in chain)
    assert all(not step["refs"] for step in chain[:-1])
    assert (answer.outcome.rung == "nobody") == (answer.lead is None)
    assert sum(one.p for one in answer.candidates) + answer.nobody == 1000
    for one in answer.candidates:
        if one.claim is not None:
            assert one.claim.holds_at(moment.at, ATLAS.zone)
            assert {*one.claim.categories} & {*ATLAS.categories.chain(category), "*"}
    (west, south), (east, north) = corner(0, 0), corner(16, 8)
    inside = west <= answer.position.lon <= east and south <= answer.position.lat <= north
    assert (answer.lead is not None) == inside, "the two towns answer for everything"


# --- expires ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "category", "at", "expires"),
    [
        (OPEN_WEST, LID, at_shanghai(1, 10), at_shanghai(2, 10)),  # nothing changes: a day
        (IN_HALO, STALL, at_shanghai(1, 10), at_shanghai(1, 17)),  # the assistant's hours end
        (IN_HALO, STALL, at_shanghai(1, 17), at_shanghai(1, 18)),  # the night market begins
        (IN_HALO, STALL, at_shanghai(1, 23), at_shanghai(2, 2)),  # midnight changes nothing
        (IN_HALO, LID, at_shanghai(1, 10), at_shanghai(2, 10)),  # hours of another branch
        ((4, 5), LITTER, at_shanghai(1, 20), at_shanghai(2, 0)),  # a date
        ((4, 5), LITTER, at_shanghai(2, 0), at_shanghai(3, 0)),  # has passed
        ((11.75, 5), LITTER, at_shanghai(2, 20), at_shanghai(3, 0)),  # a claim begins that does not hold yet
        ((10, 5), LITTER, at_shanghai(2, 20), at_shanghai(3, 20)),  # but not here
    ],
)
def test_an_answer_expires_when_a_claim_here_next_begins_or_ends_and_in_a_day_at_most(place, category, at, expires):
    answer = ask(ATLAS, *place, category=category, moment=moment_at(at))
    assert answer.expires == expires
    for moment in (at, expires - timedelta(seconds=1)):
        again = ask(ATLAS, *place, category=category, moment=moment_at(moment))
        assert (again.outcome.units, again.others) == (answer.outcome.units, answer.others)


def test_a_look_back_does_not_expire():
    moment = moment_at(at_shanghai(1, 10))
    assert ask(ATLAS, *IN_HALO, category=STALL, moment=moment).expires is not None
    back = type(moment)(moment.at, moment.at + timedelta(seconds=1), moment.editions)
    assert ask(ATLAS, *IN_HALO, category=STALL, moment=back).expires is None


@pytest.mark.parametrize("at", [datetime(9999, 12, 30, 12, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)])
def test_at_either_end_of_the_calendar_there_is_an_answer(at):
    assert ask(ATLAS, *IN_HALO, category=STALL, moment=moment_at(at)).lead is not None


def test_what_has_ended_is_listed_in_no_role_whatever_is_asked():
    atlas = open_atlas(
        market_town(
            claim("a", "west", "*", on_area("west")),
            claim("b", "works", "*", on_area("west"), Role.SUPERVISES, valid_to=at_shanghai(1, 0)),
            claim("c", "clean", "*", on_area("west"), Role.SUPERVISES, hours=OFFICE_HOURS),
        )
    )
    for category in (LITTER, None):
        for hour, listed in ((12, ["clean"]), (20, [])):
            answer = ask(atlas, *OPEN_WEST, category=category, moment=moment_at(at_shanghai(1, hour)))
            assert [one.unit for one in answer.others] == listed, (category, hour)


# --- many questions -----------------------------------------------------------------------------------------------

MOMENTS = ("2026-05-01T10:00", "2026-05-01T20:00", "2026-05-02T01:30", "2026-05-04", None)


def mixed(count: int) -> list[Asked]:
    """Look-ups at random and telling places, with every category and moment among them, and some to be refused."""
    random = np.random.default_rng(7)
    asked = []
    for i in range(count):
        x, y = PLACES[i % len(PLACES)] if i % 3 else random.uniform((-1, -1), (17, 9))
        lon, lat = corner(x, y)
        category = (*CODES, None, "9999")[random.integers(len(CODES) + 2)]
        accuracy_m = (None, 0.0, 3.0, 25.0)[random.integers(4)]
        at = MOMENTS[random.integers(len(MOMENTS))] if i % 50 else "yesterday"
        asked.append(Asked(lon=lon, lat=lat, accuracy_m=accuracy_m, category=category, at=at))
    return asked


def answer_or_refusal(view: OneEdition, one: Asked, frame: Frame):
    try:
        return ask_service(view, one, frame)
    except GeoError as refusal:
        return refusal


def test_a_batch_of_mixed_categories_and_moments_gives_the_single_answers():
    view, frame = OneEdition(), Frame(now=FRIDAY_NOON)
    asked = mixed(400)
    answers = ask_many(view, asked, frame)
    assert len(answers) == len(asked)
    refused = 0
    for one, answer in zip(asked, answers, strict=True):
        single = answer_or_refusal(view, one, frame)
        if isinstance(single, GeoError):
            refused += 1
            assert (type(answer), answer.say("zh")) == (type(single), single.say("zh"))
        else:
            assert answer == single
            assert from_domain(answer, "en") == from_domain(single, "en")
    assert 20 < refused < 100


def test_a_table_of_mixed_categories_and_moments_gives_the_single_answers(tmp_path):
    view, frame = OneEdition(), Frame(now=FRIDAY_NOON)
    asked = mixed(300)
    fields = Fields(lon="lon", lat="lat", accuracy="accuracy_m", category="category", at="at")
    source, target = tmp_path / "asked.csv", tmp_path / "answered.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(fields.named())
        writer.writerows([repr(one.lon), repr(one.lat), one.accuracy_m, one.category, one.at] for one in asked)
    tally = assign_file(view, Job(source=source, target=target, fields=fields, datum="wgs84"), frame, "en")
    with target.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert (len(rows), tally.rows) == (300, 300)
    verdicts = set()
    for one, row in zip(asked, rows, strict=True):
        single = answer_or_refusal(view, one, frame)
        if isinstance(single, GeoError):
            assert row["pw_error"] == f"{single.slug}: {single.say('en')}"
            assert row["pw_unit"] == row["pw_verdict"] == ""
            continue
        answer = from_domain(single, "en")
        verdicts.add(answer["verdict"])
        assert row["pw_error"] == ""
        assert row["pw_verdict"] == answer["verdict"]
        assert row["pw_unit"] == (answer["lead"]["unit"]["code"] if answer["lead"] else "")
        assert row["pw_next"] == answer["next"]["unit"]["code"]
        assert (float(row["pw_p"]) if row["pw_p"] else None) == (answer["lead"]["p"] if answer["lead"] else None)
        border_m = float(row["pw_border_m"]) if row["pw_border_m"] else None
        assert border_m == answer["border"]["distance_m"]
    assert verdicts >= {"certain", "likely", "fallback", "unclaimed"}


def test_the_columns_for_a_category_at_a_moment_are_the_single_answers_numbers():
    rng = np.random.default_rng(3)
    places = np.concatenate([np.array(PLACES, dtype=float), rng.uniform((-1, -1), (17, 9), size=(150, 2))])
    lon, lat = np.array([corner(x, y) for x, y in places.tolist()]).T
    for category in CODES:
        for at in (at_shanghai(1, 10), at_shanghai(1, 20), at_shanghai(4, 3)):
            questions = [
                question_at(lon=x, lat=y, category=category, accuracy_m=0.0) for x, y in zip(lon, lat, strict=True)
            ]
            singles = determine_many(ATLAS, questions, moment_at(at))
            found = assign(ATLAS, lon=lon, lat=lat, sigma_m=np.zeros(len(lon)), sheet=ATLAS.sheet(category, at))
            assert found.text["pw_unit"].tolist() == [one.lead.unit.code if one.lead else None for one in singles]
            assert found.text["pw_verdict"].tolist() == [one.verdict.value for one in singles]
            assert found.text["pw_rival"].tolist() == [
                one.candidates[1].unit.code if len(one.candidates) > 1 else None for one in singles
            ]
            metres = [one.border.distance_m for one in singles]
            expected = [np.nan if metre is None else round_metres(metre) for metre in metres]
            assert np.array_equal(found.numbers["pw_border_m"], expected, equal_nan=True)


def test_a_contested_row_names_the_rival_and_who_acts_now():
    atlas = open_atlas(
        market_town(
            *(claim(code, code, STALL, on_area("west")) for code in ("works", "clean")),
            claim("z", "clean", STALL, around("market")),
            claim("y", "works", LITTER, on_strip("main")),
            policy=Policy(ladder_event=("checkpoint", "department", "fallback")),
        )
    )
    lon, lat = np.array([corner(*place) for place in (OPEN_WEST, IN_HALO, ON_MAIN)]).T
    columns = assign(atlas, lon=lon, lat=lat, sigma_m=np.zeros(3), sheet=atlas.sheet(STALL, FRIDAY_NOON))
    assert columns.text["pw_verdict"].tolist() == ["contested"] * 3
    assert columns.text["pw_unit"].tolist() == ["clean"] * 3
    assert columns.text["pw_rival"].tolist() == ["works"] * 3
    assert columns.text["pw_next"].tolist() == ["west"] * 3
    assert columns.numbers["pw_p"].tolist() == [0.5] * 3
