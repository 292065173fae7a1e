"""Rulings and permits laid over a map: which wins, where, when; what was drawn anew; and what it costs nobody else."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon

from api.schemas.answer import Answer, from_domain
from geo.answer_text import headline, say_next
from geo.assign import assign
from geo.atlas import Atlas
from geo.claims import EVERY_CATEGORY
from geo.determination import Given
from geo.model import CityMap
from geo.position import Position
from geo.register.log import Entry, Register
from geo.register.overlay import overlaid
from geo.register.rulings import GroundKind, Permit, RuledGround, Ruling
from geo.resolve import Moment, Question, determine
from geo.roads import Side, StripKind
from geo.schedule import Schedule
from geo.sources.hours import parse_hours
from geo.wording import Name
from tests.geo.claim_worlds import claim, claim_city, department, on_area, on_strip, road, site
from tests.geo.post_worlds import may
from tests.geo.small_worlds import EDITION, area, corner, open_atlas, square, two_towns

CITY, AREA, HALO = GroundKind.CITY, GroundKind.AREA, GroundKind.HALO
NOON = may(6, 12)
LITTER, STALL = "1101", "1102"


def town() -> CityMap:
    """Two towns side by side, each leading everything; `d` leads stalls in the west; a site with halo; a road."""
    strips = ((Side.LEFT, StripKind.CARRIAGEWAY, square(0, 0.4, 8, 0.8)),)
    return claim_city(
        claim("w", "west", "*", on_area("west")),
        claim("e", "east", "*", on_area("east")),
        claim("stalls", "d", STALL, on_area("west")),
        claim("works", "west", LITTER, on_strip("r")),
        areas=(area("west", square(0, 0, 4, 4)), area("east", square(4, 0, 8, 4))),
        units=(department("d"), department("f")),
        sites=(site("s", square(1, 2, 2, 3), square(0.5, 3, 2.5, 3.5), unit="west"),),
        roads=(road("r", "arterial", ((0, 0.4), (8, 0.4)), *strips),),
    )


ATLAS = open_atlas(town())


def ruled(
    unit: str, categories: str, ground: RuledGround, *, id_: str = "R1", decided=NOON, start=None, end=None
) -> Ruling:
    """A ruling, in force as soon as it is decided."""
    schedule = Schedule((), start or decided, end)
    return Ruling(
        id_, unit, tuple(categories.split()), ground, decided, schedule, Name(zh="会商", en="agreed"), source="纪要 7"
    )


def permitted(categories: str, ground: RuledGround, *, id_: str = "P1", unit: str | None = None, end=None) -> Permit:
    schedule = Schedule((), may(1), end or may(20))
    return Permit(id_, tuple(categories.split()), ground, schedule, Name(zh="菜摊", en="a stall"), unit, "批 3")


def own(polygon) -> RuledGround:
    return RuledGround(GroundKind.POLYGON, (), MultiPolygon([polygon]))


def ask(place, category, *entries, at=NOON, atlas: Atlas = ATLAS, accuracy_m=0.0):
    register = Register([Entry(1, datetime(2026, 4, 1, tzinfo=UTC), type(one), one.id, one) for one in entries])
    lon, lat = corner(*place)
    question = Question(Position(lon=lon, lat=lat, accuracy_m=accuracy_m), Given(lon, lat, "wgs84"), category=category)
    return determine(_fresh(atlas), question, Moment(at, at, (EDITION,), register.roster(register.number)))


def _fresh(atlas: Atlas) -> Atlas:
    """The same atlas with no overlay of another test."""
    atlas._overlays.clear()
    return atlas


# --- which wins ---------------------------------------------------------------------------------------------------


def test_a_ruling_goes_before_every_other_rung_and_names_its_document():
    before, after = ask((3, 2), STALL), ask((3, 2), STALL, ruled("f", STALL, RuledGround(CITY)))
    assert (before.lead.unit.code, before.lead.rung) == ("d", "department")
    assert (after.lead.unit.code, after.lead.rung, after.verdict.value) == ("f", "ruling", "certain")
    assert after.outcome.steps[-1].why.say("zh", **after.outcome.steps[-1].values) == (
        "裁定：全市此类问题由f街道办牵头（纪要 7，2026-05-06）；理由：会商"
    )
    assert after.lead.ref == "ruling:R1"
    assert after.border.distance_m is None


@pytest.mark.parametrize(
    ("ground", "inside", "outside"),
    [
        (RuledGround(AREA, ("admin", "town", "east")), (6, 2), (3, 2)),
        (RuledGround(GroundKind.CHECKPOINT, ("s",)), (1.5, 2.5), (3, 2)),
        (RuledGround(HALO, ("s",)), (1.5, 3.2), (3, 2)),
        (RuledGround(GroundKind.STRIP, ("r", "left", "carriageway")), (3, 0.6), (3, 2)),
        (RuledGround(GroundKind.SEGMENT, ("r",)), (6, 0.6), (3, 2)),
        (own(square(2.5, 1, 3.5, 2.5)), (3, 2), (2.4, 2)),
        (own(square(3, 1, 5, 2.5)), (4.5, 2), (5.1, 2)),
        (RuledGround(CITY), (6, 2), None),
    ],
)
def test_it_holds_on_its_ground_and_nowhere_else(ground, inside, outside):
    ruling = ruled("f", "11", ground)
    assert ask(inside, LITTER, ruling).lead.unit.code == "f"
    if outside:
        assert ask(outside, LITTER, ruling).lead.unit.code == ask(outside, LITTER).lead.unit.code


def test_it_holds_for_the_kinds_below_the_branch_it_names_and_for_no_other():
    ruling = ruled("f", "11", RuledGround(CITY))
    assert ask((3, 2), "110101", ruling).lead.unit.code == "f"
    assert ask((3, 2), "0101", ruling).lead.unit.code == "west"
    assert ask((3, 2), None, ruling).lead.unit.code == "west"
    assert ask((3, 2), None, ruled("f", EVERY_CATEGORY, RuledGround(CITY))).lead.unit.code == "f"


def test_of_two_the_later_decision_wins_and_names_the_older():
    older = ruled("f", "11", RuledGround(CITY), id_="R9", decided=may(1))
    newer = ruled("d", "11", own(square(2, 1, 3.5, 3)), id_="R2", decided=may(2))
    answer = ask((3, 2), LITTER, older, newer)
    assert answer.lead.unit.code == "d"
    assert "in place of ruling:R9" in answer.outcome.steps[-1].why.say("en", **answer.outcome.steps[-1].values)
    assert ask((6, 2), LITTER, older, newer).lead.unit.code == "f"


def test_it_begins_and_ends_to_the_moment_and_the_answer_expires_then():
    ruling = ruled("f", "11", RuledGround(CITY), decided=may(5), start=may(6, 10), end=may(6, 14))
    leads = [
        ask((3, 2), LITTER, ruling, at=at).lead.unit.code for at in (may(6, 9), may(6, 10), may(6, 13), may(6, 14))
    ]
    assert leads == ["west", "f", "f", "west"]
    assert ask((3, 2), LITTER, ruling, at=may(6, 9)).expires == may(6, 10)
    assert ask((3, 2), LITTER, ruling, at=may(6, 11)).expires == may(6, 14)


def test_without_claims_a_city_can_be_ruled_too():
    plain = open_atlas(two_towns())
    ruling = ruled("east", "rubbish", RuledGround(AREA, ("admin", "town", "west")))
    assert ask((2, 2), "rubbish", ruling, atlas=plain).lead.unit.code == "east"
    assert ask((2, 2), "noise", ruling, atlas=plain).lead.unit.code == "west"


def test_a_unit_or_ground_that_an_edition_has_not_changes_nothing_there():
    gone = ruled("nobody", "11", RuledGround(CITY)), ruled("f", "11", RuledGround(AREA, ("admin", "town", "south")))
    for ruling in gone:
        assert ask((3, 2), LITTER, ruling).lead.unit.code == "west"


# --- permits ------------------------------------------------------------------------------------------------------


def test_a_permit_is_attached_and_nothing_is_to_be_done_until_it_ends():
    answer = ask((3, 2), STALL, permitted(STALL, own(square(2.5, 1, 3.5, 2.5))))
    assert (answer.lead.unit.code, answer.do, answer.permit.id) == ("d", "none", "P1")
    assert say_next(answer, "zh").startswith("已审批（批 3，菜摊），2026-05-20 00:00 前不用处置；到期后派给d街道办")
    assert "nothing to do until 2026-05-20" in say_next(answer, "en")
    assert answer.outcome.steps[-1].rung == "department"
    assert ask((2, 2), STALL, permitted(STALL, own(square(2.5, 1, 3.5, 2.5)))).permit is None
    assert ask((3, 2), STALL, permitted(STALL, RuledGround(CITY)), at=may(20)).permit is None
    assert ask((3, 2), LITTER, permitted(STALL, RuledGround(CITY))).do == "dispatch"


def test_a_permit_that_names_a_unit_leads_below_rulings_only():
    permit = permitted(STALL, RuledGround(CITY), unit="east")
    answer = ask((3, 2), STALL, permit)
    assert (answer.lead.unit.code, answer.lead.rung) == ("east", "permit")
    assert ask((3, 2), STALL, permit, ruled("f", STALL, RuledGround(CITY))).lead.unit.code == "f"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_answer_with_ruling_and_permit_has_the_contracts_shape(lang):
    answer = ask((3, 2), STALL, permitted(STALL, RuledGround(CITY)), ruled("f", STALL, RuledGround(CITY)))
    said = from_domain(answer, lang)
    Answer.model_validate(said)
    assert said["permit"]["valid_to"] == "2026-05-19T16:00:00Z"
    assert (said["rung"], said["next"]["do"], said["lead"]["claim"]["id"]) == ("ruling", "none", "ruling:R1")


def test_rulings_and_permits_tell_dates_in_the_citys_zone():
    end, decided = datetime(2026, 12, 30, 16, tzinfo=UTC), datetime(2026, 11, 24, 21, tzinfo=UTC)
    now = datetime(2026, 11, 25, tzinfo=UTC)
    answer = ask((3, 2), STALL, permitted(STALL, RuledGround(CITY), unit="east", end=end), at=now)
    assert "至 2026-12-31 00:00" in answer.outcome.steps[-1].why.say("zh", **answer.outcome.steps[-1].values)
    answer = ask((3, 2), STALL, ruled("f", STALL, RuledGround(CITY), decided=decided), at=now)
    assert "2026-11-25" in answer.outcome.steps[-1].why.say("zh", **answer.outcome.steps[-1].values)


# --- what is drawn ------------------------------------------------------------------------------------------------


def test_the_ground_of_a_ruling_is_a_border():
    answer = ask((3, 2), LITTER, ruled("f", "11", own(square(2.5, 1, 3.5, 2.5))), accuracy_m=5)
    assert answer.border.kind == "claim"
    assert answer.border.across.code == "west"
    assert 45 < answer.border.distance_m < 48


def test_single_and_bulk_answer_alike_over_the_whole_map():
    rulings = [
        ruled("f", "11", own(square(3, 1, 5, 2.5)), id_="a"),
        ruled("d", LITTER, RuledGround(HALO, ("s",)), id_="b"),
        ruled("d", "1102", own(square(0.2, 0.2, 1.2, 3.8)), id_="c", decided=may(6, 13)),
    ]
    register = Register([Entry(1, datetime(2026, 4, 1, tzinfo=UTC), Ruling, one.id, one) for one in rulings])
    moment = Moment(may(6, 14), may(6, 14), (EDITION,), register.roster(1))
    rng = np.random.default_rng(3)
    places = np.array([corner(x, y) for x, y in rng.uniform(0, (8, 4), size=(300, 2))])
    atlas = _fresh(ATLAS)
    over = overlaid(atlas, moment.roster)
    for category in (LITTER, STALL, None):
        bulk = assign(
            over,
            lon=places[:, 0].copy(),
            lat=places[:, 1].copy(),
            sigma_m=np.zeros(300),
            sheet=over.sheet(category, moment.at),
        )
        for i, (lon, lat) in enumerate(places.tolist()):
            question = Question(Position(lon=lon, lat=lat), Given(lon, lat, "wgs84"), category=category)
            one = determine(atlas, question, moment)
            assert bulk.text["pw_unit"][i] == one.lead.unit.code
            distance = one.border.distance_m
            assert (
                np.isnan(bulk.numbers["pw_border_m"][i])
                if distance is None
                else (bulk.numbers["pw_border_m"][i] == pytest.approx(distance, abs=0.06))
            )


def test_lines_drawn_over_are_those_that_the_whole_map_would_give():
    """A ruling's polygon laid over, against the same polygon as a claim of the map: the same ground is parted."""
    polygon = square(3, 1, 5, 2.5)
    ruling = ruled("f", LITTER, own(polygon))
    register = Register([Entry(1, datetime(2026, 4, 1, tzinfo=UTC), Ruling, ruling.id, ruling)])
    over = overlaid(_fresh(ATLAS), register.roster(1))
    from tests.geo.claim_worlds import own_ground

    drawn = replace(town(), claims=(*town().claims, claim("z", "f", LITTER, own_ground("z", polygon))))
    whole = open_atlas(drawn)
    lengths = [shapely.length(atlas.lines.geometries).sum() for atlas in (over, whole)]
    assert lengths[0] == pytest.approx(lengths[1], rel=1e-9)
    assert len(over.lines.left) == len(over.lines.geometries) == len(over.lines.right)


def test_appointments_after_a_ruling_lay_nothing_over_anew():
    from tests.geo.post_worlds import person

    ruling = ruled("f", "11", RuledGround(CITY))
    entries = [Entry(1, datetime(2026, 4, 1, tzinfo=UTC), Ruling, "R1", ruling)]
    entries.append(Entry(2, datetime(2026, 4, 2, tzinfo=UTC), type(person("A")), "A", person("A")))
    register = Register(entries)
    atlas = _fresh(ATLAS)
    assert overlaid(atlas, register.roster(1)) is overlaid(atlas, register.roster(2))
    assert overlaid(atlas, register.roster(0)) is atlas


# --- the whole city -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("category", [None, LITTER])
def test_a_ruling_for_the_whole_city_ends_where_the_territory_does(category):
    ruling = ruled("f", EVERY_CATEGORY, RuledGround(CITY))
    outside = ask((9, 2), category, ruling)
    assert (outside.verdict.value, outside.candidates, outside.do) == ("unclaimed", (), "escalate")
    inside = ask((7.9999, 2), category, ruling)
    assert (inside.lead.unit.code, inside.border.kind, inside.border.across) == ("f", "area", None)
    assert inside.border.distance_m < 50
    assert ask((4, 2), category, ruling).border.distance_m is None


def test_a_permit_for_the_whole_city_ends_there_too():
    outside = ask((9, 2), STALL, permitted(STALL, RuledGround(CITY)))
    assert (outside.permit, outside.do) == (None, "escalate")


# --- which permit, and until when ---------------------------------------------------------------------------------


def test_the_permit_that_decides_is_the_one_that_is_shown():
    deciding = permitted(STALL, RuledGround(CITY), id_="P1", unit="east", end=may(10))
    longer = permitted(STALL, RuledGround(CITY), id_="P2", end=may(20))
    answer = ask((3, 2), STALL, deciding, longer)
    assert (answer.lead.ref, answer.permit.id) == ("permit:P1", "P1")
    assert ask((3, 2), STALL, replace(deciding, unit=None), longer).permit.id == "P2"


def test_a_permit_stays_the_hand_where_the_lead_is_contested_or_nobodys_too():
    contested = ask((4, 2), LITTER, permitted(LITTER, RuledGround(CITY)), accuracy_m=30)
    assert (contested.verdict.value, contested.do) == ("contested", "none")
    nobodys = ask((9, 2), LITTER, permitted(LITTER, own(square(8.5, 1, 9.5, 3))))
    assert (nobodys.verdict.value, nobodys.do) == ("unclaimed", "none")


@pytest.mark.parametrize(("lang", "then"), [("zh", "到期后"), ("en", "after that")])
def test_a_permit_that_names_a_unit_sends_nothing_to_it_after_its_end(lang, then):
    assert then in say_next(ask((3, 2), STALL, permitted(STALL, RuledGround(CITY))), lang)
    assert then not in say_next(ask((3, 2), STALL, permitted(STALL, RuledGround(CITY), unit="east")), lang)


@pytest.mark.parametrize(
    ("hours", "until"),
    [
        ("11:00-14:00", "2026-05-06 14:00"),
        ("Mon-Fri 00:00-24:00", "2026-05-09 00:00"),
        ("Mon-Sun 00:00-24:00", "2026-05-20 00:00"),
    ],
)
def test_with_hours_it_holds_until_the_shift_ends(hours, until):
    permit = permitted(STALL, RuledGround(CITY))
    permit = replace(permit, schedule=replace(permit.schedule, hours=parse_hours(hours)))
    assert f"nothing to do until {until}" in say_next(ask((3, 2), STALL, permit), "en")


def test_the_sentence_read_aloud_begins_with_the_permit():
    answer = ask((3, 2), STALL, permitted(STALL, RuledGround(CITY)))
    zh, en = headline(answer, "zh"), headline(answer, "en")
    assert zh.startswith("这里有审批许可（批 3，菜摊，至 2026-05-20 00:00），到期前不用处置；这里由d街道办负责")
    assert en.startswith("There is a permit here (批 3, a stall, until 2026-05-20 00:00): nothing to do before then. ")


# --- who assists --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ground",
    [
        RuledGround(CITY),
        RuledGround(AREA, ("admin", "town", "west")),
        RuledGround(GroundKind.STRIP, ("r", "left", "carriageway")),
        RuledGround(GroundKind.SEGMENT, ("r",)),
        own(square(2.5, 0.1, 3.5, 2.5)),
    ],
)
def test_who_assists_by_a_ruling_is_in_the_answer_while_it_holds(ground):
    ruling = replace(ruled("f", LITTER, ground, end=may(8)), assists=("d", "gone", "east", "d"))
    answer = ask((3, 0.6), LITTER, ruling)
    assert (answer.lead.unit.code, answer.verdict.value) == ("f", "certain")
    assert [one["unit"]["code"] for one in from_domain(answer, "en")["assists"]] == ["d", "east"]
    assert ask((3, 0.6), LITTER, ruling, at=may(9)).others == ()
    assert ask((3, 0.6), STALL, ruling).others == ()


def test_a_ruling_that_another_took_the_place_of_has_nobody_assist():
    older = replace(ruled("f", LITTER, RuledGround(CITY), id_="R9", decided=may(1)), assists=("d",))
    newer = replace(ruled("f", LITTER, RuledGround(CITY), id_="R2", decided=may(2)), assists=("east",))
    answer = ask((3, 2), LITTER, older, newer)
    assert [one.unit for one in answer.others] == ["east"]
    assert "in place of ruling:R9," not in answer.outcome.steps[-1].why.say("en", **answer.outcome.steps[-1].values)
