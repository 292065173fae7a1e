from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from geo.wording import LANGS, Lang
from maps.assets import AssetMode
from tests.browser.looking import Open, Reply, Serve, Visit
from tests.maps.audits import Audited, across_the_border, audited, draw
from tests.maps.worlds import HOSTILE, hostile_city, two_towns


@pytest.fixture
def open_map(visit: Open, serve: Serve, tmp_path: Path) -> Open:
    """A function that opens a map of disagreements, inline from a file or served."""

    def open_page(one: Audited, assets: AssetMode, lang: Lang = "en", **options: int) -> Visit:
        page = draw(one, assets=assets, lang=lang)
        if assets == "inline":
            file = tmp_path / "map.html"
            file.write_text(page, encoding="utf-8")
            return visit(file.as_uri(), **options)
        return visit(serve({"/map": Reply(page.encode())}) + "/map", **options)

    return open_page


@pytest.mark.parametrize("assets", ["inline", "served"])
def test_dots_and_borders_are_drawn_and_nobody_else_is_asked(open_map: Open, assets: AssetMode) -> None:
    visited = open_map(across_the_border(two_towns()), assets)
    page = visited.page
    expect(page.locator("path.dot").first).to_be_visible()
    assert page.locator("path.dot").count() == 25
    in_legend = page.locator(".legend rect").evaluate_all("rects => rects.map(rect => rect.getAttribute('fill'))")
    on_map = page.locator("path.dot").evaluate_all("dots => dots.map(dot => dot.getAttribute('fill'))")
    assert set(on_map) < set(in_legend)
    assert visited.complaints == []
    assert visited.hosts() == ({urlsplit(page.url).netloc} if assets == "served" else set())


def test_pointing_at_a_dot_says_what_was_recorded(open_map: Open) -> None:
    page = open_map(across_the_border(two_towns(), rows=0, unknown=0), "served").page
    page.locator("path.dot").first.hover()
    expect(page.locator(".dot-words")).to_have_text("recorded for East Town, lies in West Town")


def test_a_guess_can_be_switched_off(open_map: Open) -> None:
    page = open_map(across_the_border(two_towns()), "inline").page
    page.get_by_label("Position error").uncheck()
    expect(page.locator("path.dot")).to_have_count(5)


@pytest.mark.parametrize("assets", ["inline", "served"])
def test_hostile_names_and_labels_are_inert(open_map: Open, assets: AssetMode) -> None:
    world = hostile_city()
    lon = np.linspace(120.005, 120.045, len(HOSTILE))
    visited = open_map(audited(world, list(HOSTILE), lon, np.full(len(HOSTILE), 31.05)), assets, "zh")
    page = visited.page
    for attack, dot in zip(HOSTILE, page.locator("path.dot").all(), strict=True):
        dot.hover()
        expect(page.locator(".dot-words").filter(has_text=f"登记为 {attack}")).to_be_visible()
    assert page.locator("img[src='x'], svg[onload]").count() == 0
    assert visited.complaints == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (360, 740)])
def test_the_page_fits_the_screen(open_map: Open, lang: Lang, width: int, height: int) -> None:
    visited = open_map(across_the_border(two_towns()), "served", lang, width=width, height=height)
    visited.screenshot(f"disagreements-{lang}-{width}")
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visited.complaints == []
