"""What people and programs read: the contract's keys in both languages, and no sentence with a hole in it."""

import ast
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.schemas.answer import Answer, from_domain
from geo.answer_text import BEARINGS, VERDICTS, WARNINGS, compass, round_metres, say_metres
from geo.shares import Verdict
from geo.wording import LANGS, Name, Phrase
from tests.geo.small_worlds import (
    WORLDS,
    ask,
    corner,
    gap_and_overlap,
    hired_hands,
    open_atlas,
    three_corners,
    three_tiers,
    two_towns,
)

ROOT = Path(__file__).parents[2]
CHINESE = re.compile("[一-鿿，。；、：（）“”]")
UNIT = {"code", "name", "kind", "telephone"}
# The contract: keys are always there, and nothing else is.
KEYS = {
    "": {
        *("verdict", "rung", "tie", "text", "next", "lead", "territory", "principal", "supervision", "assists"),
        *("coordinates", "candidates", "nobody_p", "nearest", "areas", "checkpoints", "segments", "border", "question"),
        *("facts", "interim", "coordinator", "permit", "missing", "chain", "category", "at", "known_at", "warnings"),
        *("position", "edition", "expires"),
    },
    "next": {"do", "unit", "text"},
    "next.unit": UNIT,
    "lead": {"unit", "role", "p", "provisional", "post", "also", "executor", "claim"},
    "lead.unit": UNIT,
    "lead.executor": UNIT,
    "lead.claim": {"id", "source", "valid_from", "valid_to"},
    "territory": {"unit", "post"},
    "territory.unit": UNIT,
    "candidates": {"unit", "p", "distance_m", "rung", "claim"},
    "candidates.unit": UNIT,
    "nearest": {"unit", "distance_m"},
    "nearest.unit": UNIT,
    "areas": {"scheme", "level", "code", "name"},
    "border": {"distance_m", "beyond_m", "bearing", "kind", "across", "text"},
    "border.across": {"unit"},
    "border.across.unit": UNIT,
    "question": {"id", "text", "facts"},
    "interim": UNIT,
    "coordinator": UNIT,
    "chain": {"rung", "hit", "why", "refs"},
    "position": {"lon", "lat", "accuracy_m", "accuracy_assumed", "confidence", "given"},
    "position.given": {"lon", "lat", "datum"},
    "edition": {"id", "register", "valid_from"},
}
PLACES = {
    "certain": (two_towns, 2, 2, 10.0),
    "likely": (two_towns, 3.95, 2, 10.0),
    "contested": (three_tiers, 2.5, 2.5, 10.0),
    "unclaimed": (gap_and_overlap, 9.5, 2, 10.0),
    "far": (two_towns, 900, 2, 10.0),
    "coarse": (two_towns, 3.95, 2, 5_000.0),
    "executed": (hired_hands, 9, 2, 0.0),
    "tie": (three_corners, 4, 2, 0.0),
}


def keys_in(value: object, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every object in an answer: where it stands, and its keys."""
    if isinstance(value, Mapping):
        yield path, set(value)
        for key, inner in value.items():
            yield from keys_in(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from keys_in(inner, path)


def check_contract(answer: dict[str, object]) -> None:
    assert Answer.model_validate(answer).model_dump(by_alias=True) == answer
    for path, keys in keys_in(answer):
        assert keys == KEYS[path], path


def texts_in(answer: dict) -> list[str]:
    return [
        answer["text"],
        answer["next"]["text"],
        answer["border"]["text"],
        *(step["why"] for step in answer["chain"]),
        *(one["name"] for one in answer["areas"]),
    ]


def answer_at(place: str, lang: str) -> dict:
    world, x, y, accuracy_m = PLACES[place]
    return from_domain(ask(open_atlas(world()), x, y, accuracy_m=accuracy_m), lang)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("place", PLACES)
def test_an_answer_has_exactly_the_keys_of_the_contract(place, lang):
    check_contract(answer_at(place, lang))


@pytest.mark.parametrize("place", PLACES)
def test_both_languages_say_the_same_codes_and_numbers(place):
    def without_words(value: object) -> object:
        if isinstance(value, dict):
            return {key: without_words(inner) for key, inner in value.items() if key not in ("text", "why", "name")}
        return [without_words(inner) for inner in value] if isinstance(value, list) else value

    assert without_words(answer_at(place, "zh")) == without_words(answer_at(place, "en"))


@pytest.mark.parametrize("place", PLACES)
def test_chinese_answers_are_chinese_and_english_ones_are_english(place):
    assert all(CHINESE.search(text) for text in texts_in(answer_at(place, "zh")))
    assert not any(CHINESE.search(text) for text in texts_in(answer_at(place, "en")))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(WORLDS)),
    st.floats(-3, 16, width=32),
    st.floats(-3, 9, width=32),
    st.sampled_from([0.0, 0.5, 10.0, 200.0, 5_000.0]),
    st.sampled_from([None, "垃圾", "a {brace}"]),
)
def test_every_answer_anywhere_keeps_the_contract_and_leaves_no_hole_in_a_sentence(world, x, y, accuracy_m, category):
    answer = ask(open_atlas(WORLDS[world]()), x, y, accuracy_m=accuracy_m, category=category)
    for lang in LANGS:
        said = from_domain(answer, lang)
        check_contract(said)
        for text in texts_in(said):
            assert text.strip()
            assert not re.search(r"[{}]|None|\bnan\b|\binf\b|Phrase\(|Name\(", text), text


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(WORLDS)), st.floats(-3, 16, width=32), st.floats(-3, 9, width=32))
def test_the_parts_of_an_answer_agree_with_each_other(world, x, y):
    said = from_domain(ask(open_atlas(WORLDS[world]()), x, y, accuracy_m=10.0), "zh")
    shares = [round(candidate["p"] * 1000) for candidate in said["candidates"]]
    assert sum(shares) + round(said["nobody_p"] * 1000) == 1000
    assert shares == sorted(shares, reverse=True)
    assert (said["lead"] is None) == (not said["candidates"])
    assert (said["rung"] == "nobody") == (said["verdict"] == "unclaimed")
    assert said["chain"][-1]["rung"] == said["rung"]
    assert said["chain"][-1]["hit"] is True
    assert (said["border"]["distance_m"] is None) != (said["border"]["beyond_m"] is None)
    assert (said["border"]["kind"] is None) == (said["border"]["across"] is None)
    assert (said["interim"] is not None or said["coordinator"] is not None) == (said["verdict"] == "contested")
    if said["verdict"] in ("certain", "likely"):
        assert said["next"]["unit"] == said["lead"]["unit"] == said["candidates"][0]["unit"]
        assert said["lead"]["provisional"] is False
    if said["verdict"] == "contested":
        assert said["lead"]["provisional"] is True
    if said["verdict"] == "unclaimed":
        assert said["next"]["unit"]["code"] == "hq"


def test_coordinates_leave_as_they_came():
    lon, lat = corner(1 / 3, 2 / 7)
    position = from_domain(ask(open_atlas(two_towns()), 1 / 3, 2 / 7), "zh")["position"]
    assert (position["lon"], position["lat"]) == (lon, lat)
    assert position["given"] == {"lon": lon, "lat": lat, "datum": "wgs84"}


def test_the_contract_refuses_a_key_that_it_does_not_know_and_misses_one_that_is_gone():
    answer = answer_at("certain", "zh")
    with pytest.raises(ValueError, match="surprise"):
        Answer.model_validate({**answer, "surprise": 1})
    with pytest.raises(ValueError, match="nearest"):
        Answer.model_validate({key: value for key, value in answer.items() if key != "nearest"})


@pytest.mark.parametrize(
    ("place", "zh", "en"),
    [
        (
            "certain",
            ["west街道办", "电话未登记", "west区", "town层"],
            ["office west", "no telephone", "area west", "town"],
        ),
        (
            "likely",
            ["大致", "west街道办", "电话未登记", "west区", "东 4.8 米", "east街道办"],
            ["office west", "probably", "no telephone", "area west", "office east", "4.8 m", "east"],
        ),
        (
            "contested",
            ["争议", "c1街道办、c2街道办", "s1街道办", "电话未登记", "s1街道办协调"],
            ["contested", "office c1", "office c2", "office s1", "no telephone", "office s1 decides"],
        ),
        (
            "unclaimed",
            ["没有单位负责", "指挥部", "12345", "b街道办", "47.6 米"],
            ["nobody", "headquarters", "12345", "office b", "47.6 m"],
        ),
        ("far", ["没有单位负责", "指挥部", "12345", "2000 米"], ["nobody", "headquarters", "12345", "2,000 m"]),
    ],
)
def test_the_sentence_to_read_aloud_names_who_how_to_reach_them_and_why_in_this_order(place, zh, en):
    for lang, parts in (("zh", zh), ("en", en)):
        text = answer_at(place, lang)["text"]
        assert re.search(".*".join(map(re.escape, parts)), text), text
        assert text[-1] in "。."


def test_every_verdict_and_warning_has_words():
    assert set(VERDICTS) == set(Verdict)
    assert {"no-categories", "near_limit", "accuracy_beyond_max"} <= set(WARNINGS)


@pytest.mark.parametrize(
    ("bearing_deg", "wind"),
    [
        (0, "N"),
        (22.4, "N"),
        (22.6, "NE"),
        (90, "E"),
        (179.9, "S"),
        (225, "SW"),
        (337.4, "NW"),
        (337.6, "N"),
        (360, "N"),
    ],
)
def test_a_bearing_is_the_nearest_of_eight_winds(bearing_deg, wind):
    assert compass(bearing_deg) == wind


def test_all_eight_winds_are_met_on_the_way_round():
    assert tuple(compass(45.0 * i) for i in range(8)) == BEARINGS


@pytest.mark.parametrize(
    ("metres", "rounded", "said"),
    [
        (0.0, 0.0, "0"),
        (0.004, 0.0, "0"),
        (0.126, 0.13, "0.13"),
        (0.999, 1.0, "1"),
        (1.26, 1.3, "1.3"),
        (50.0, 50.0, "50"),
        (1619.64, 1619.6, "1619.6"),
        (99_999.94, 99_999.9, "99999.9"),
        (123_456.78, 123_456.8, "123457"),
        (2_000_000.0, 2_000_000.0, "2000000"),
    ],
)
def test_metres_are_said_to_a_tenth_and_below_one_to_a_hundredth(metres, rounded, said):
    assert round_metres(metres) == rounded
    assert say_metres(metres) == said


def phrases() -> dict[str, tuple[str, str]]:
    """The Chinese and English of every `Phrase(…)` in the sources, by file and line."""
    found = {}
    for package in ("geo", "api", "maps"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Phrase"):
                    continue
                said = {word.arg: word.value for word in call.keywords}
                if set(said) == set(LANGS):  # elsewhere it is put together from pairs that are not seen from here
                    texts = (ast.literal_eval(said["zh"]), ast.literal_eval(said["en"]))
                    found[f"{file.relative_to(ROOT)}:{call.lineno}"] = texts
    return found


def holes_of(template: str) -> set[str]:
    """The placeholders of a message; {zh} and {en} stand for the same inner message in either language."""
    return {"inner" if hole in LANGS else hole for _, hole, _, _ in string.Formatter().parse(template) if hole}


def words_of(template: str) -> str:
    return "".join(text for text, _, _, _ in string.Formatter().parse(template))


def test_every_phrase_exists_in_chinese_and_english_and_both_say_the_same_values():
    every = phrases()
    assert len(every) > 50
    for place, (zh, en) in every.items():
        assert holes_of(zh) == holes_of(en), place
        assert zh.strip(), place
        assert en.strip(), place
        assert not CHINESE.search(en), place
        if re.search("[a-z]{4}", words_of(en)):  # otherwise a separator or a mere frame
            assert CHINESE.search(zh), place


def test_a_phrase_says_phrases_and_names_within_it_in_its_own_language():
    outer, inner = Phrase(zh="外{x}", en="outer {x}"), Phrase(zh="内", en="inner")
    assert (outer.say("zh", x=inner), outer.say("en", x=inner)) == ("外内", "outer inner")
    assert (outer.say("zh", x=Name(zh="名", en="name")), outer.say("en", x=Name(zh="名"))) == ("外名", "outer 名")
    assert outer.say("en", x="{brace}") == "outer {brace}"


def test_a_name_known_in_one_language_is_said_in_the_other_too():
    assert Name(en="Elm").say("zh") == "Elm"
    assert Name(zh="榆", en="Elm").say("en") == "Elm"
    assert Name(zh="榆", en="").say("en") == "榆"
