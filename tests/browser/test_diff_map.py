from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from maps.diff_map import diff_map
from tests.browser.looking import Open, Reply, Serve
from tests.maps.test_diff_map import halves_moved


@pytest.mark.parametrize("assets", ["inline", "served"])
def test_the_map_shows_what_changes_hands_and_asks_nobody_else(
    visit: Open, serve: Serve, tmp_path: Path, assets: str
) -> None:
    page_text = diff_map(halves_moved(), assets=assets, lang="en")
    if assets == "inline":
        file = tmp_path / "diff.html"
        file.write_text(page_text, encoding="utf-8")
        visited = visit(file.as_uri())
    else:
        visited = visit(serve({"/maps/diff": Reply(page_text.encode())}) + "/maps/diff")
    page = visited.page
    for colour in ("#c62828", "#2e7d32", "#ef6c00"):
        assert page.locator(f"path.leaflet-interactive[fill='{colour}']").count() >= 1
    moved = page.locator("path.leaflet-interactive[fill='#ef6c00']").first
    moved.hover(position={"x": 20, "y": 20}, force=True)
    expect(page.locator(".area-name").last).to_contain_text("Office w1 → Office w2")
    expect(page.locator("[data-section=blocks]")).to_contain_text("g1")
    expect(page.locator("[data-section=ground] tr")).to_have_count(3)
    page.get_by_role("checkbox", name="Changes hands").uncheck()
    expect(page.locator("path.leaflet-interactive[fill='#ef6c00']")).to_have_count(0)
    assert visited.complaints == []
    assert visited.hosts() == ({urlsplit(page.url).netloc} if assets == "served" else set())
    visited.screenshot(f"diff-map-{assets}")
