import html
import json
import re

import numpy as np
import pytest

from geo.model import FloatArray
from geo.wording import LANGS, Lang
from maps.assets import AssetMode
from maps.heat import heat_map
from tests.maps.worlds import HOSTILE, area, assert_inert, foreign_addresses, hostile_city, markup, two_towns

NAN = float("nan")
MODES: tuple[AssetMode, ...] = ("served", "inline")


def draw(
    lon: list[float] | FloatArray,
    lat: list[float] | FloatArray,
    *,
    assets: AssetMode = "served",
    lang: Lang = "en",
    title: str | None = None,
) -> str:
    world = two_towns()
    return heat_map(
        city=world.city,
        areas=world.areas,
        schemes=world.schemes,
        lon=np.asarray(lon, dtype=np.float64),
        lat=np.asarray(lat, dtype=np.float64),
        assets=assets,
        lang=lang,
        title=title,
    )


def read_tally(page: str) -> dict[str, int]:
    return {name: int(count.replace(",", "")) for name, count in re.findall(r'data-tally="(\w+)">([\d,]+)<', page)}


def read_legend(page: str) -> list[tuple[str, str, str]]:
    """Rows (colour, records per km², records per cell) from the top down."""
    rows = re.findall(r"<tr>\s*<td><svg.*?</tr>", page, re.DOTALL)
    return [
        (re.search(r'fill="(#\w+)"', row)[1], *(cell.strip() for cell in re.findall(r"<td>([^<]+)</td>", row)))
        for row in rows
    ]


def test_every_record_is_accounted_for() -> None:
    # Two inside, one on the outer border, one outside near by, one at the other end of the world, two unplaced.
    lon = [120.05, 120.15, 120.0, 120.21, -77.0, NAN, 120.1]
    lat = [31.05, 31.05, 31.05, 31.05, 38.9, NAN, NAN]
    assert read_tally(draw(lon, lat)) == {"drawn": 3, "outside": 2, "unplaced": 2, "total": 7}


def test_a_record_on_a_child_that_sticks_out_of_its_parent_is_inside() -> None:
    world = two_towns()
    areas = [*world.areas[:2], area("admin", "half", "e3", (120.20, 31.0, 120.25, 31.1), parent="e")]
    page = heat_map(
        city=world.city, areas=areas, lon=np.array([120.22]), lat=np.array([31.05]), assets="served", lang="en"
    )
    assert read_tally(page)["drawn"] == 1


def test_the_ground_of_another_scheme_is_not_the_city() -> None:
    world = two_towns()
    areas = [*world.areas, area("sanitation", "area", "S3", (120.20, 31.0, 120.25, 31.1))]
    page = heat_map(
        city=world.city, areas=areas, lon=np.array([120.22]), lat=np.array([31.05]), assets="served", lang="en"
    )
    assert read_tally(page)["outside"] == 1


def test_the_legend_says_what_the_data_says() -> None:
    # Cells of 100 m: one with 1 record, one with 4, one with 12. One record in a cell is 100 per km².
    lon = np.repeat([120.0305, 120.0705, 120.1305], [1, 4, 12])
    page = draw(lon, np.full(17, 31.0305))
    assert [row[1:] for row in read_legend(page)] == [
        ("≥ 1,000", "≥ 10"),
        ("200–900", "2–9"),
        ("100", "1"),
    ]
    assert "A cell is 100 m × 100 m; the fullest holds 12 records." in page


def test_the_map_has_the_colours_of_the_legend() -> None:
    page = draw(np.repeat([120.0305, 120.0705], [1, 4]), np.full(5, 31.0305))
    colours = [row[0] for row in read_legend(page)]
    drawn = re.search(r'"colours": \[([^]]+)\]', page)[1]
    assert [colour.strip('" ') for colour in drawn.split(",")] == list(reversed(colours))


def test_the_map_carries_exactly_the_counts() -> None:
    page = draw(np.repeat([120.0305, 120.0705, 120.1305], [1, 4, 12]), np.full(17, 31.0305))
    [pairs] = re.findall(r'"rows": \[\[-?\d+, [\d.]+, \[([^]]+)\]\]\]', page)
    assert [int(number) for number in pairs.split(",")][1::2] == [1, 4, 12]


def test_the_weights_of_the_blurred_picture_lie_between_nothing_and_one() -> None:
    page = draw(np.repeat([120.0305, 120.0705, 120.1305], [1, 4, 12]), np.full(17, 31.0305))
    weights = [float(weight) for weight in re.findall(r"\[31\.\d+, 120\.\d+, ([\d.]+)\]", page)]
    assert weights == [0.5, 1.0, 1.0]
    assert "from 2 records on it weighs 1" in page


@pytest.mark.parametrize("lang", LANGS)
def test_without_records_the_page_says_so(lang: Lang) -> None:
    page = draw([], [], lang=lang)
    assert {"zh": "没有可画的记录", "en": "There is no record to draw"}[lang] in page
    assert read_tally(page) == {"drawn": 0, "outside": 0, "unplaced": 0, "total": 0}
    assert "pointward.cells" not in page


@pytest.mark.parametrize("assets", MODES)
@pytest.mark.parametrize("lang", LANGS)
def test_nothing_comes_from_another_host(assets: AssetMode, lang: Lang) -> None:
    assert foreign_addresses(draw([120.05], [31.05], assets=assets, lang=lang)) == []


def test_an_inline_page_refers_to_no_file_at_all() -> None:
    page = draw([120.05], [31.05], assets="inline")
    assert re.findall(r'(?:src|href)="(?!data:)([^"]*)"', markup(page)) == []


@pytest.mark.parametrize("assets", MODES)
def test_the_same_records_give_the_same_bytes(assets: AssetMode) -> None:
    lon, lat = [120.05, 120.15, NAN], [31.05, 31.02, NAN]
    assert draw(lon, lat, assets=assets) == draw(lon, lat, assets=assets)


def test_the_page_does_not_grow_with_the_number_of_records() -> None:
    places = np.random.default_rng(7)
    lon, lat = places.uniform(120.0, 120.2, 100_000), places.uniform(31.0, 31.1, 100_000)
    assert len(draw(lon, lat).encode()) < 2_000_000


def test_levels_and_schemes_are_called_by_their_names() -> None:
    page = draw([120.05], [31.05], lang="zh")
    for name in ("镇", "半镇", "环卫 · 责任区", "西镇 › w1区"):
        assert json.dumps(name) in page


def test_a_level_that_is_too_fine_for_the_page_is_named() -> None:
    world = two_towns()
    step = 0.2 / 10_000
    cells = [
        area("admin", "cell", f"c{number}", (120 + number * step, 31.0, 120 + (number + 1) * step, 31.1))
        for number in range(10_000)
    ]
    page = heat_map(
        city=world.city, areas=[*world.areas[:6], *cells], lon=np.empty(0), lat=np.empty(0), assets="served", lang="en"
    )
    assert "Levels with too many areas to draw: cell" in page


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_title_is_text(attack: str) -> None:
    page = draw([120.05], [31.05], title=attack)
    assert html.escape(attack) in page.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
    assert page.count("<") == draw([120.05], [31.05], title="harmless").count("<")


@pytest.mark.parametrize("assets", MODES)
def test_hostile_names_are_text(assets: AssetMode) -> None:
    world = hostile_city()
    page = heat_map(
        city=world.city,
        areas=world.areas,
        schemes=world.schemes,
        lon=np.array([120.01]),
        lat=np.array([31.05]),
        assets=assets,
        lang="zh",
    )
    assert_inert(page)
