from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from geo.wording import LANGS, Lang
from maps.assets import AssetMode
from maps.heat import heat_map
from tests.browser.looking import Open, Reply, Serve, Visit
from tests.maps.worlds import HOSTILE, World, hostile_city, two_towns


def draw(world: World, assets: AssetMode, lang: Lang = "en", *, title: str | None = None) -> str:
    """Two clusters of records in the west, a few in the east, one outside, one without a position."""
    places = np.random.default_rng(7)
    lon = np.r_[places.normal(120.03, 0.006, 300), places.normal(120.08, 0.003, 200), places.uniform(120.1, 120.2, 40)]
    lat = np.r_[places.normal(31.06, 0.005, 300), places.normal(31.03, 0.003, 200), places.uniform(31.0, 31.1, 40)]
    lon, lat = np.r_[lon, 121.0, np.nan], np.r_[lat, 31.05, np.nan]
    return heat_map(
        city=world.city,
        areas=world.areas,
        schemes=world.schemes,
        lon=lon,
        lat=lat,
        assets=assets,
        lang=lang,
        title=title,
    )


@pytest.fixture
def open_map(visit: Open, serve: Serve, tmp_path: Path) -> Open:
    """A function that opens a heat map, inline from a file or served."""

    def open_page(page: str, assets: AssetMode, **options: int) -> Visit:
        if assets == "inline":
            file = tmp_path / "heat.html"
            file.write_text(page, encoding="utf-8")
            return visit(file.as_uri(), **options)
        return visit(serve({"/maps/heat": Reply(page.encode())}) + "/maps/heat", **options)

    return open_page


def colours_on(page: Page, canvas: str) -> int:
    """How many different colours a canvas of the map shows."""
    count: int = page.evaluate(
        """(selector) => {
            const canvas = document.querySelector(selector);
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            const colours = new Set();
            for (let at = 0; at < pixels.length; at += 4) {
                if (pixels[at + 3] === 255) {
                    colours.add((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
                }
            }
            return colours.size;
        }""",
        canvas,
    )
    return count


@pytest.mark.parametrize("assets", ["inline", "served"])
def test_the_map_draws_borders_names_cells_and_legend_and_asks_nobody_else(open_map: Open, assets: AssetMode) -> None:
    visited = open_map(draw(two_towns(), assets), assets)
    page = visited.page
    expect(page.locator("path.leaflet-interactive").first).to_be_visible()
    assert page.locator("path.leaflet-interactive").count() == 2 + 4
    assert page.locator(".area-label:not(.is-covered)").all_inner_texts() == ["East Town", "West Town"]
    expect(page.locator(".legend")).to_be_visible()
    assert colours_on(page, ".leaflet-cells-pane canvas") == page.locator(".legend tbody tr").count() > 2
    assert page.locator("[data-tally=outside]").inner_text() == "1"
    assert visited.complaints == []
    assert visited.hosts() == ({urlsplit(page.url).netloc} if assets == "served" else set())


def test_the_cells_show_the_colours_of_the_legend(open_map: Open) -> None:
    page = open_map(draw(two_towns(), "inline"), "inline").page
    on_map = page.evaluate(
        """() => {
            const canvas = document.querySelector(".leaflet-cells-pane canvas");
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            const colours = new Set();
            for (let at = 0; at < pixels.length; at += 4) {
                if (pixels[at + 3] === 255) {
                    const hex = [pixels[at], pixels[at + 1], pixels[at + 2]];
                    colours.add("#" + hex.map((value) => value.toString(16).padStart(2, "0")).join(""));
                }
            }
            return [...colours].sort();
        }"""
    )
    in_legend = page.locator(".legend rect").evaluate_all("rects => rects.map(rect => rect.getAttribute('fill'))")
    assert on_map == sorted(in_legend)


def test_pointing_at_the_map_reads_a_cell(open_map: Open) -> None:
    page = open_map(draw(two_towns(), "inline"), "inline").page
    west_town = page.locator(".leaflet-tile-pane path").nth(1).bounding_box()
    assert west_town is not None
    # The western cluster lies at 120.03, 31.06, in a town from 120.0 to 120.1 and from 31.0 to 31.1.
    page.mouse.move(west_town["x"] + west_town["width"] * 0.3, west_town["y"] + west_town["height"] * 0.4)
    count, density = page.locator("#cell-count").inner_text(), page.locator("#cell-density").inner_text()
    assert int(count) >= 1
    assert int(density.replace(",", "")) == 100 * int(count)
    expect(page.locator(".area-name")).to_have_text("West Town › Area w1")


def test_the_blurred_picture_takes_the_place_of_the_cells_with_its_own_words(open_map: Open) -> None:
    visited = open_map(draw(two_towns(), "served"), "served")
    page = visited.page
    page.get_by_label("Blurred heat").check()
    expect(page.locator("canvas.leaflet-heatmap-layer")).to_be_visible()
    expect(page.locator(".leaflet-cells-pane canvas")).to_have_count(0)
    expect(page.get_by_text("has no scale")).to_be_visible()
    expect(page.locator(".legend")).to_be_hidden()
    page.get_by_label("Counts per cell").check()
    expect(page.locator(".legend")).to_be_visible()
    expect(page.locator("canvas.leaflet-heatmap-layer")).to_have_count(0)
    assert visited.complaints == []


def test_another_scheme_can_be_switched_on(open_map: Open) -> None:
    page = open_map(draw(two_towns(), "inline"), "inline").page
    before = page.locator("path.leaflet-interactive").count()
    page.get_by_label("Sanitation · Area").check()
    assert page.locator("path.leaflet-interactive").count() == before + 2


@pytest.mark.parametrize("assets", ["inline", "served"])
def test_hostile_names_and_titles_are_inert(open_map: Open, assets: AssetMode) -> None:
    title = " ".join(HOSTILE)
    visited = open_map(draw(hostile_city(), assets, "zh", title=title), assets)
    page = visited.page
    expect(page.locator("h1")).to_have_text(title)
    assert page.title() == title
    assert set(page.locator(".area-label").all_text_contents()) == set(HOSTILE)
    for attack, path in zip(HOSTILE, page.locator(".leaflet-tile-pane path").all(), strict=True):
        path.hover(force=True)
        expect(page.locator(".area-name")).to_have_text(attack)
    assert page.locator("img[src='x'], svg[onload]").count() == 0
    assert visited.complaints == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (360, 740)])
def test_the_page_fits_the_screen(open_map: Open, lang: Lang, width: int, height: int) -> None:
    visited = open_map(draw(two_towns(), "served", lang), "served", width=width, height=height)
    visited.screenshot(f"heat-map-{lang}-{width}")
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= width
    visited.page.locator("#layers input[type=radio]").nth(1).check()
    visited.screenshot(f"heat-map-blurred-{lang}-{width}")
    assert visited.complaints == []
