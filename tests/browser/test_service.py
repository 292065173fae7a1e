"""The program itself in a browser: the sample city, asked and drawn, with nothing from any other host."""

from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from playwright.sync_api import expect

from geo.wording import LANGS, Lang
from tests.browser.looking import Open, Visit

SIZES = [(1440, 900), (360, 740)]

# A market on the border of two sub-districts: 60 m reach across it.
ON_A_BORDER = {"lon": "120.6014", "lat": "31.3109", "accuracy_m": "60"}
IN_THE_MIDDLE = {"lon": "120.62", "lat": "31.31", "accuracy_m": "0"}
OUTSIDE = {"lon": "120.8", "lat": "31.31", "accuracy_m": "0"}
SHOWN = {"inside": IN_THE_MIDDLE, "border": ON_A_BORDER, "outside": OUTSIDE}


def answer_of(visited: Visit, **query: str) -> Any:
    """What the service itself says."""
    return visited.page.request.get(urljoin(visited.page.url, "/v1/responsible"), params=query).json()


def fill_in(visited: Visit, **query: str) -> None:
    """Types a question into the form and sends it."""
    for name, value in query.items():
        visited.page.locator(f"#ask [name={name}]").fill(value)
    visited.page.locator("#ask [name=lat]").press("Enter")


def is_at_peace(visited: Visit, service: str) -> None:
    """Nothing was asked of another host, nothing went wrong, and the page is no wider than the screen."""
    page = visited.page
    assert visited.complaints == []
    assert visited.hosts() == {urlsplit(service).netloc}
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("lang", LANGS)
def test_a_click_on_the_map_is_answered(visit: Open, service: str, lang: Lang) -> None:
    visited = visit(f"{service}/?lang={lang}")
    page = visited.page
    page.locator(".folium-map").click()
    expect(page.locator(".card .next")).to_be_visible()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
    assert asked["lang"] == lang
    answer = answer_of(visited, **asked)
    expect(page.locator(".card .next")).to_have_text(answer["next"]["text"])
    expect(page.locator(".card .lead b")).to_have_text(answer["lead"]["unit"]["name"])
    expect(page.locator("path.asked")).to_be_visible()
    is_at_peace(visited, service)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("place", SHOWN)
def test_typed_coordinates_are_answered(
    visit: Open, service: str, lang: Lang, width: int, height: int, place: str
) -> None:
    visited = visit(f"{service}/?lang={lang}", width=width, height=height)
    page, card = visited.page, visited.page.locator(".card")
    fill_in(visited, **SHOWN[place])
    answer = answer_of(visited, **SHOWN[place], lang=lang)
    expect(card.locator(".next")).to_have_text(answer["next"]["text"])
    expect(card.locator("blockquote")).to_have_text(answer["text"])
    expect(card.locator(".border")).to_have_text(answer["border"]["text"])
    expect(card.locator(".chain li")).to_have_count(len(answer["chain"]))
    visited.screenshot(f"real-{place}-{lang}-{width}")
    assert page.locator(".card.problem").count() == 0
    is_at_peace(visited, service)


@pytest.mark.parametrize(("lang", "name"), [("zh", "暴露垃圾"), ("en", "Exposed rubbish")])
def test_the_form_offers_the_categories_of_the_city_by_name(visit: Open, service: str, lang: Lang, name: str) -> None:
    page = visit(f"{service}/?lang={lang}").page
    expect(page.locator("#categories option[value='1102']")).to_have_text(f"1102 {name}")


@pytest.mark.parametrize("lang", LANGS)
def test_a_warning_is_said_in_words(visit: Open, service: str, lang: Lang) -> None:
    visited = visit(f"{service}/?lang={lang}")
    too_coarse = {**ON_A_BORDER, "accuracy_m": "600"}
    fill_in(visited, **too_coarse)
    expect(visited.page.locator(".card .warnings li")).to_have_count(1)
    said = visited.page.locator(".card .warnings").inner_text()
    (code,) = answer_of(visited, **too_coarse, lang=lang)["warnings"]
    assert code not in said
    assert said.isascii() == (lang == "en")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_records_of_the_city_are_drawn(visit: Open, service: str, lang: Lang, width: int, height: int) -> None:
    visited = visit(f"{service}/maps/heat?lang={lang}", width=width, height=height)
    expect(visited.page.locator(".leaflet-cells-pane canvas")).to_be_visible()
    expect(visited.page.locator("[data-tally=total]")).to_have_text("5,000")
    visited.screenshot(f"real-heat-{lang}-{width}")
    is_at_peace(visited, service)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_route_can_be_tried_as_it_is_documented(
    visit: Open, service: str, lang: Lang, width: int, height: int
) -> None:
    visited = visit(f"{service}/docs?lang={lang}", width=width, height=height)
    page = visited.page
    visited.screenshot(f"real-docs-{lang}-{width}")
    page.get_by_text("Who is responsible here? · 这里归谁管？", exact=True).click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    visited.screenshot(f"real-docs-tried-{lang}-{width}")
    is_at_peace(visited, service)


@pytest.mark.parametrize("lang", LANGS)
def test_every_link_of_the_start_page_leads_somewhere(visit: Open, service: str, lang: Lang) -> None:
    page = visit(f"{service}/?lang={lang}").page
    addresses = page.locator("a[href]").evaluate_all("links => links.map((link) => link.href)")
    assert len(addresses) >= 5
    for address in addresses:
        assert page.request.get(address).status == 200, address
