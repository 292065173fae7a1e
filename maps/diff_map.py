"""The map of a difference: ground that changes hands, who led and who leads, and golden places answered otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import folium
import numpy as np
import shapely

from geo.atlas import Atlas
from geo.diff.difference import Difference, GoldenChange
from geo.diff.ground import GroundChange
from geo.model import City
from geo.wording import Lang, Phrase
from maps.assets import AssetMode, in_folium_order, render
from maps.city_map import draw_city, finish, name_level
from maps.escape import escape
from maps.outlines import outline
from maps.page import write_page

DRAWN = 400  # the largest; a page with more is slow to open
NAMED = 4
FINER = 7  # digits of a degree: a centimetre
TITLE = Phrase(zh="{city}责任变动图：{before} → {after}", en="{city} · what changes: {before} → {after}")
EDITION = Phrase(zh="版本 {id}", en="edition {id}")
DRAFT = Phrase(zh="草稿", en="the draft")
NOBODY = Phrase(zh="无人", en="nobody")
LAYER = {
    "gap": Phrase(zh="新的空白", en="New gaps"),
    "filled": Phrase(zh="原为空白", en="Gaps that are filled"),
    "moved": Phrase(zh="易主", en="Changes hands"),
}
COLOURS = {"gap": "#c62828", "filled": "#2e7d32", "moved": "#ef6c00"}
GOLDEN_LAYER = Phrase(zh="校核点", en="Golden places")
ALSO = Phrase(zh="等 {count} 类", en="… ({count} kinds)")
WITHOUT = Phrase(zh="不分类别", en="no kind named")
ON_GROUND = Phrase(zh="{before} → {after}：{m2} m²；{kinds}", en="{before} → {after}: {m2} m²; {kinds}")
AT_PLACE = Phrase(zh="{code}：{before} → {after}", en="{code}: {before} → {after}")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list beside the map."""

    kind: str
    colour: str
    before: str
    after: str
    kinds: str
    m2: str


def diff_map(
    found: Difference, *, assets: AssetMode, lang: Lang, asked: Mapping[str, str] = MappingProxyType({})
) -> str:
    """An HTML page: the city's own boundaries, the ground that changes hands by kind of change, and golden places.

    `asked` is what the address of the page asks besides the language; the page in the other language asks it too.
    """
    city, city_map = found.after.city, found.after.city_map
    outlines = outline(city_map.areas, territory=city.territory)
    map_ = draw_city(city, outlines, schemes=city_map.schemes, lang=lang)
    drawn = found.ground[:DRAWN]
    for kind in ("moved", "filled", "gap"):  # the last is on top
        changes = [change for change in drawn if kind_of(change) == kind]
        if changes:
            draw_ground(changes, kind, found, lang).add_to(map_)
    if found.golden:
        draw_golden(found.golden, lang).add_to(map_)
    finish(map_, outlines, lang=lang, collapsed=False)
    return write_page(
        "diff.html",
        lang=lang,
        mode=assets,
        title=title_of(found, city, lang),
        asked=asked,
        city=city,
        map=render(map_),
        lines=[line_of(change, found, lang) for change in drawn],
        left_out_changes=len(found.ground) - len(drawn),
        golden=[
            (change.place.code, change.before.text.say(lang), change.after.text.say(lang), change.holds)
            for change in found.golden
        ],
        blocked=found.blocked,
        things=len(found.things),
        left_out=[name_level(scheme, level, city, city_map.schemes, lang) for scheme, level in outlines.left_out],
    )


def title_of(found: Difference, city: City, lang: Lang) -> str:
    """The city and what is compared."""
    published = {edition.id for edition in found.editions}
    before, after = (
        EDITION.name(id=atlas.edition.id) if atlas.edition.id in published else DRAFT
        for atlas in (found.before, found.after)
    )
    return TITLE.say(lang, city=city.name, before=before, after=after)


def kind_of(change: GroundChange) -> str:
    """Whether ground becomes nobody's, becomes somebody's, or goes from one to another."""
    return "gap" if change.is_gap else "filled" if not change.before else "moved"


def draw_ground(changes: Sequence[GroundChange], kind: str, found: Difference, lang: Lang) -> folium.GeoJson:
    """One kind of change as a layer; who led and who leads stands beside the pointer."""
    style = {"color": COLOURS[kind], "weight": 1.5, "fillColor": COLOURS[kind], "fillOpacity": 0.35}
    features = [
        {
            "type": "Feature",
            "id": str(number),
            "properties": {"name": escape(say_ground(change, found, lang))},
            "geometry": shapely.geometry.mapping(shapely.transform(change.boundary, lambda it: it.round(FINER))),
        }
        for number, change in enumerate(changes)
    ]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=escape(LAYER[kind].say(lang)),
        style_function=lambda feature: style,
        tooltip=folium.GeoJsonTooltip(fields=["name"], labels=False, class_name="area-name"),
        smooth_factor=0.5,
    )


def draw_golden(changes: Sequence[GoldenChange], lang: Lang) -> folium.FeatureGroup:
    """The golden places with another answer; those that do not say so themselves in red."""
    group = folium.FeatureGroup(name=escape(GOLDEN_LAYER.say(lang)))
    places = in_folium_order(
        lon=np.array([change.place.lon for change in changes]), lat=np.array([change.place.lat for change in changes])
    )
    for change, location in zip(changes, places, strict=True):
        text = AT_PLACE.say(lang, code=change.place.code, before=change.before.text, after=change.after.text)
        folium.CircleMarker(
            location,
            radius=7,
            color="#ffffff",
            weight=2,
            fill=True,
            fill_color=COLOURS["filled" if change.holds else "gap"],
            fill_opacity=1,
            tooltip=folium.Tooltip(escape(text), class_name="area-name"),
        ).add_to(group)
    return group


def line_of(change: GroundChange, found: Difference, lang: Lang) -> Line:
    """The change as a line of text."""
    kind = kind_of(change)
    return Line(
        kind=LAYER[kind].say(lang),
        colour=COLOURS[kind],
        before=name_units(found.before, change.before, lang),
        after=name_units(found.after, change.after, lang),
        kinds=name_kinds(found, change, lang),
        m2=f"{change.area_m2:,.1f}",
    )


def say_ground(change: GroundChange, found: Difference, lang: Lang) -> str:
    """The change as one sentence."""
    line = line_of(change, found, lang)
    return ON_GROUND.say(lang, before=line.before, after=line.after, m2=line.m2, kinds=line.kinds)


def name_units(atlas: Atlas, codes: Sequence[str], lang: Lang) -> str:
    """What the units are called."""
    return " / ".join(atlas.units[code].name.say(lang) for code in codes) or NOBODY.say(lang)


def name_kinds(found: Difference, change: GroundChange, lang: Lang) -> str:
    """What the first kinds of problems are called, and how many there are."""
    categories = found.after.categories.by_code
    names = [
        WITHOUT.say(lang) if code is None else f"{code} {categories[code].name.say(lang)}"
        for code in change.categories[:NAMED]
    ]
    if len(change.categories) > NAMED:
        names.append(ALSO.say(lang, count=len(change.categories)))
    return ("、" if lang == "zh" else ", ").join(names)
