"""The map of what changes: layers by kind of change, a list beside it, and names that nothing can run."""

import re
from dataclasses import replace

import pytest
from shapely import MultiPolygon, box

from geo.atlas import Atlas
from geo.diff.difference import Difference, compare
from geo.golden import GoldenPlace
from geo.model import CityMap, Edition, Unit, UnitKind
from geo.register.roster import NOBODY
from geo.shares import Verdict
from geo.wording import LANGS, Lang, Name
from maps.assets import AssetMode
from maps.diff_map import diff_map
from tests.geo.small_worlds import EDITION, NOW
from tests.maps.worlds import HOSTILE, World, assert_inert, foreign_addresses, hostile_city, markup, two_towns


def difference(before: CityMap, after: CityMap) -> Difference:
    atlases = [Atlas(before, EDITION), Atlas(after, Edition(2, NOW, None))]
    return compare(*atlases, at=NOW, now=NOW, roster=NOBODY, editions=(EDITION,))


def city_of(world: World, names: dict[str, Name]) -> CityMap:
    """The world with a unit for each area of the territory."""
    areas = tuple(
        replace(one, unit=one.code) if one.scheme == world.city.territory and one.code in names else one
        for one in world.areas
    )
    head = Unit("hq", Name(zh="指挥部", en="Headquarters"), UnitKind.HEADQUARTERS)
    units = [Unit(code, name, UnitKind.TERRITORIAL, "hq") for code, name in names.items()]
    return CityMap(world.city, world.schemes, tuple(sorted([head, *units], key=lambda one: one.code)), areas)


def halves_moved() -> Difference:
    """w1 goes to w2's unit, e1 becomes nobody's (e has no unit), e2 was nobody's, and a golden place changes."""
    names = {code: Name(zh=f"{code}办", en=f"Office {code}") for code in ("e1", "e2", "w1", "w2")}
    full = city_of(two_towns(), names)
    place = GoldenPlace("g1", 120.02, 31.05, Verdict.CERTAIN, "territory", "why", unit="w1", accuracy_m=0.0)

    def with_units(**units: str | None) -> CityMap:
        areas = tuple(replace(one, unit=units.get(one.code, one.unit)) for one in full.areas)
        return replace(full, areas=areas, golden=(place,))

    return difference(with_units(e2=None), with_units(w1="w2", e1=None))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("assets", ["served", "inline"])
def test_the_page_lists_every_change_and_draws_it_in_its_layer(assets: AssetMode, lang: Lang) -> None:
    page = diff_map(halves_moved(), assets=assets, lang=lang)
    nobody = {"zh": "无人", "en": "nobody"}[lang]
    office = {"zh": "{}办", "en": "Office {}"}[lang]
    shown = markup(page)
    for before, after in (("w1", "w2"), ("e1", None), (None, "e2")):
        names = [office.format(code) if code else nobody for code in (before, after)]
        assert f"{names[0]} → {names[1]}" in shown
    layers = {"zh": ("新的空白", "原为空白", "易主"), "en": ("New gaps", "Gaps that are filled", "Changes hands")}
    for layer in layers[lang]:
        assert layer in page
    assert foreign_addresses(page) == []


def test_equal_maps_say_that_nothing_changes() -> None:
    names = {"w1": Name(zh="甲"), "w2": Name(zh="乙")}
    same = city_of(two_towns(), names)
    page = diff_map(difference(same, same), assets="served", lang="en")
    assert "No ground changes hands." in page
    assert "Publishing would be refused" not in page


def test_hostile_names_reach_the_page_as_text_only() -> None:
    world = hostile_city()
    names = {one.code: Name(zh=attack) for one, attack in zip(world.areas, HOSTILE, strict=True)}
    before = city_of(world, names)
    swapped = {one.code: two.code for one, two in zip(world.areas, world.areas[::-1], strict=True)}
    place = GoldenPlace(HOSTILE[0], 120.02, 31.05, Verdict.CERTAIN, "territory", HOSTILE[1], accuracy_m=0.0)
    after = replace(before, areas=tuple(replace(one, unit=swapped[one.code]) for one in before.areas), golden=(place,))
    page = diff_map(difference(before, after), assets="inline", lang="zh")
    # Folium's own template around the tooltip of a marker; nothing in it may end it or run.
    without, count = re.subn(r"`<div>[^`$]*</div>`", "''", page)
    assert count == 1
    assert_inert(without)


def test_ground_that_is_drawn_lies_where_it_changes() -> None:
    found = halves_moved()
    moved = next(change for change in found.ground if change.before and change.after)
    assert moved.boundary.equals(MultiPolygon([box(120.0, 31.0, 120.05, 31.1)]))
