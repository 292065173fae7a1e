import hashlib
import json
import re

import folium
import numpy as np
import pytest
from folium.plugins import Draw

from maps.assets import STATIC, ScriptedLayer, image, in_folium_order, link, render

VENDOR = STATIC / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
SCRIPTS_AND_STYLES = sorted(
    path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.suffix in (".js", ".css")
)


def test_every_vendored_file_is_the_one_of_the_manifest() -> None:
    recorded = {f"{entry['folder']}/{name}": digest for entry in MANIFEST for name, digest in entry["sha256"].items()}
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path != VENDOR / "manifest.json"
    }
    assert found == recorded


def test_every_vendored_folder_carries_its_licence() -> None:
    folders = {entry["folder"] for entry in MANIFEST}
    assert {path.name for path in VENDOR.iterdir() if path.is_dir()} == folders
    for folder in folders:
        licence = (VENDOR / folder / "LICENSE").read_text(encoding="utf-8")
        assert "copyright" in licence.lower()


def test_the_vendored_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in VENDOR.rglob("*") if path.is_file()) < 2_500_000


@pytest.mark.parametrize("path", SCRIPTS_AND_STYLES)
def test_a_file_can_stand_inside_a_page_without_ending_its_element(path: str) -> None:
    inline = str(link(path, "inline"))
    assert len(re.findall(r"</(?:script|style)", inline, re.IGNORECASE)) == 1


def test_an_inline_style_sheet_carries_its_images() -> None:
    inline = link("vendor/leaflet/leaflet.css", "inline")
    assert "url(images/" not in inline
    assert "url(data:image/png;base64," in inline


def test_a_served_address_changes_with_the_content_and_names_a_file_that_exists() -> None:
    served = str(link("map.js", "served"))
    path, digest = re.fullmatch(r'<script src="/static/(.+)\?v=([0-9a-f]{8})"></script>', served).groups()
    assert hashlib.sha256((STATIC / path).read_bytes()).hexdigest().startswith(digest)


def test_an_inline_image_is_a_data_uri() -> None:
    assert image("pointward.svg", "inline").startswith("data:image/svg+xml;base64,")


def test_a_map_asks_only_for_the_files_that_it_uses() -> None:
    parts = render(folium.Map(location=[31, 120], tiles=None))
    assert parts.scripts == ("vendor/leaflet/leaflet.js",)
    assert parts.styles == ("vendor/leaflet/leaflet.css",)


def test_an_element_whose_files_we_do_not_have_is_refused_with_the_remedy() -> None:
    map_ = folium.Map(location=[31, 120], tiles=None)
    Draw().add_to(map_)
    with pytest.raises(LookupError, match=r"scripts/fetch_assets\.py"):
        render(map_)


def test_two_equal_maps_have_the_same_bytes_and_no_two_elements_share_an_id() -> None:
    def draw() -> folium.Map:
        map_ = folium.Map(location=[31, 120], tiles=None)
        for number in range(3):
            ScriptedLayer("pointward.cells", {"number": number}, name=f"layer {number}").add_to(map_)
        folium.LayerControl().add_to(map_)
        return map_

    first, second = render(draw()), render(draw())
    assert first == second
    names = re.findall(r"var (\w+) = pointward", first.script)
    assert len(names) == len(set(names)) == 3


def test_values_cannot_end_the_script_they_stand_in() -> None:
    map_ = folium.Map(location=[31, 120], tiles=None)
    ScriptedLayer("pointward.cells", "</script>", name="layer").add_to(map_)
    assert "</script>" not in render(map_).script


def test_folium_gets_latitude_first() -> None:
    assert in_folium_order(lon=np.array([120.5]), lat=np.array([31.25])) == [[31.25, 120.5]]
