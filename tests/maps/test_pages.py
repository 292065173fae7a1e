import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from geo.model import Edition
from geo.wording import LANGS, Lang
from maps.assets import STATIC
from maps.pages import docs_page, start_page
from tests.maps.worlds import World, assert_inert, foreign_addresses, hostile_city, markup, two_towns

EDITION = Edition(id=3, published_at=datetime(2026, 2, 28, 16, 30, tzinfo=UTC), valid_from=None)


def draw(world: World, lang: Lang, *, has_records: bool = False) -> str:
    return start_page(
        city=world.city,
        areas=world.areas,
        schemes=world.schemes,
        edition=EDITION,
        lang=lang,
        has_records=has_records,
    )


def pages(lang: Lang) -> list[str]:
    return [
        draw(two_towns(), lang),
        start_page(city=None, areas=(), edition=None, lang=lang),
        docs_page(lang=lang),
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_no_page_asks_another_host(lang: Lang) -> None:
    for page in pages(lang):
        assert foreign_addresses(page) == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_file_that_a_page_names_exists(lang: Lang) -> None:
    for page in pages(lang):
        named = re.findall(r'"/static/([^"?]+)\?v=\w+"', page)
        assert named
        for path in named:
            assert (STATIC / path).is_file()


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_says_its_language_and_offers_the_other(lang: Lang) -> None:
    for page in pages(lang):
        assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in page
        assert f'href="?lang={"en" if lang == "zh" else "zh"}"' in page


@pytest.mark.parametrize("lang", LANGS)
def test_no_page_has_an_inline_event_handler(lang: Lang) -> None:
    for page in pages(lang):
        assert re.findall(r"<[^>]*\son\w+\s*=", markup(page)) == []


def test_without_a_city_the_page_names_the_commands_that_bring_one() -> None:
    page = start_page(city=None, areas=(), edition=None, lang="en")
    assert re.findall(r"<pre>(.+)</pre>", page) == [
        "python main.py migrate",
        "python main.py import samples/gusu",
        "python main.py publish",
    ]
    assert "<form" not in page


def test_the_edition_is_dated_in_the_citys_time_zone() -> None:
    assert "edition 3, published 2026-03-01" in draw(two_towns(), "en")


def test_the_heat_map_is_linked_only_where_there_are_records() -> None:
    assert "/maps/heat" in draw(two_towns(), "en", has_records=True)
    assert "/maps/heat" not in draw(two_towns(), "en")


@pytest.mark.parametrize(("datum", "offered"), [("gcj02", 4), ("EPSG:4549", 5)])
def test_the_citys_datum_is_chosen_at_first(datum: str, offered: int) -> None:
    world = two_towns()
    page = draw(replace(world, city=replace(world.city, datum=datum)), "en")
    assert re.findall(r'<option value="([^"]+)" selected>', page) == [datum, "en"]
    form = page.split('<form id="ask"')[1].split("</form>")[0]
    assert len(re.findall(r"<option", form)) == offered + 2


def test_the_page_knows_the_names_of_all_levels() -> None:
    words = json.loads(re.search(r'id="words">(.+?)</script>', draw(two_towns(), "zh"), re.DOTALL)[1])
    assert words["levels"] == {"admin/town": "镇", "admin/half": "半镇", "sanitation/area": "环卫 · 责任区"}


def test_hostile_names_are_text() -> None:
    assert_inert(draw(hostile_city(), "zh"))


def test_the_same_city_gives_the_same_bytes() -> None:
    assert draw(two_towns(), "zh") == draw(two_towns(), "zh")


def test_the_documentation_reads_the_services_own_openapi() -> None:
    page = docs_page(lang="en", openapi_url="/openapi.json")
    assert 'data-openapi="/openapi.json"' in page


def test_once_there_is_an_earlier_edition_the_start_page_links_to_what_changed() -> None:
    world = two_towns()
    first, second = (
        start_page(city=world.city, areas=world.areas, edition=replace(EDITION, id=number), lang="en")
        for number in (1, 2)
    )
    assert "/maps/diff" not in first
    assert '<a href="/maps/diff?lang=en">Changes</a>' in second
