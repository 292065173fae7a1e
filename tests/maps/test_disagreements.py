import json
import re

import numpy as np
import pytest

from geo.wording import LANGS, Lang
from maps.assets import AssetMode
from maps.disagreements import COLOURS, DOTS
from tests.maps.audits import across_the_border, audited, draw
from tests.maps.worlds import HOSTILE, assert_inert, foreign_addresses, hostile_city, markup, two_towns

MODES: tuple[AssetMode, ...] = ("served", "inline")


def read_guesses(page: str) -> dict[str, int]:
    return {name: int(count.replace(",", "")) for name, count in re.findall(r'data-guess="(\w+)">([\d,]+)<', page)}


def read_dots(page: str) -> dict[str, list[list[object]]]:
    """The rows [lat, lon, records, words] of the dots by their colour."""
    calls = re.findall(r"pointward\.dots\((\{.*?\})\);", page)
    return {values["colour"]: values["rows"] for values in map(json.loads, calls)}


def test_every_disagreement_stands_in_the_legend_and_on_the_map() -> None:
    page = draw(across_the_border(two_towns()))
    guesses = read_guesses(page)
    assert guesses == {"position_error": 20, "mis_recorded": 3, "border_moved": 0, "unknown_label": 2}
    assert 'data-tally="total">25<' in page
    dots = read_dots(page)
    assert {colour: len(rows) for colour, rows in dots.items()} == {
        COLOURS[guess]: guesses[guess.value] for guess in COLOURS if guesses[guess.value]
    }


def test_a_dot_says_what_was_recorded_and_what_the_map_says() -> None:
    rows = read_dots(draw(across_the_border(two_towns())))
    words = {row[3] for some in rows.values() for row in some}
    assert words == {"recorded for East Town, lies in West Town", "recorded for x, lies in West Town"}


def test_the_border_has_the_colour_of_most_of_its_records_and_says_how_many() -> None:
    page = draw(across_the_border(two_towns()))
    assert "East Town / West Town: 23 recorded for the one lie in the other, 0 the other way round" in page
    [colour] = re.findall(r'"properties": \{"colour": "(#\w+)"', page)
    assert colour in COLOURS.values()


@pytest.mark.parametrize("lang", LANGS)
def test_the_accuracy_is_said_or_that_it_cannot_be_told(lang: Lang) -> None:
    fitted = draw(across_the_border(two_towns()), lang=lang)
    assert re.search(r'data-fit="accuracy">\d+\.\d m<', fitted)
    assert 'data-fit="none"' not in fitted
    far = draw(across_the_border(two_towns(), rows=0), lang=lang)
    assert {"zh": "位置精度无法推算", "en": "The accuracy is not identifiable"}[lang] in far


@pytest.mark.parametrize("lang", LANGS)
def test_without_disagreements_the_page_says_so(lang: Lang) -> None:
    page = draw(across_the_border(two_towns(), rows=0, far=0, unknown=0), lang=lang)
    assert {"zh": "没有不一致的记录", "en": "Nothing disagrees"}[lang] in page
    assert "pointward.dots" not in page


def test_many_disagreements_are_drawn_together_and_none_is_lost() -> None:
    dice = np.random.default_rng(5)
    lon, lat = dice.uniform(120.001, 120.09, 30_000), dice.uniform(31.001, 31.099, 30_000)
    page = draw(audited(two_towns(), ["e"] * 30_000, lon, lat))
    rows = [row for some in read_dots(page).values() for row in some]
    assert len(rows) <= DOTS
    assert sum(row[2] for row in rows) == 30_000
    assert "squares are drawn as one dot" in page
    assert len(page.encode()) < 1_000_000


@pytest.mark.parametrize("assets", MODES)
@pytest.mark.parametrize("lang", LANGS)
def test_nothing_comes_from_another_host(assets: AssetMode, lang: Lang) -> None:
    assert foreign_addresses(draw(across_the_border(two_towns()), assets=assets, lang=lang)) == []


def test_an_inline_page_refers_to_no_file_at_all() -> None:
    page = draw(across_the_border(two_towns()), assets="inline")
    assert re.findall(r'(?:src|href)="(?!data:)([^"]*)"', markup(page)) == []


def test_the_same_records_give_the_same_bytes() -> None:
    assert draw(across_the_border(two_towns())) == draw(across_the_border(two_towns()))


@pytest.mark.parametrize("assets", MODES)
def test_hostile_names_and_labels_are_text(assets: AssetMode) -> None:
    world = hostile_city()
    codes = [area.code for area in world.areas]
    lon = 120.0 + 0.05 * np.arange(1, len(codes) + 1) - 0.0001
    labels = [*codes[1:], codes[0], *HOSTILE]
    places = np.concatenate([lon, np.full(len(HOSTILE), 120.01)])
    page = draw(audited(world, labels, places, np.full(len(places), 31.05)), assets=assets, lang="zh")
    assert_inert(page)
