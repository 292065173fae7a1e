"""The map of disagreements: where records and the map differ, why that is most likely, and along which borders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import folium
import numpy as np
import shapely

from geo.crs import to_metric
from geo.index import IntArray
from geo.model import Area, City, FloatArray, Scheme
from geo.verify.audit import DispatchAudit
from geo.verify.borders import Guess, line_between
from geo.verify.compare import Comparison
from geo.verify.ground import LevelGround
from geo.wording import Lang, Phrase
from maps.assets import AssetMode, ScriptedLayer, in_folium_order, render
from maps.city_map import draw_city, finish, name_level, to_geojson
from maps.escape import escape
from maps.outlines import FINEST_STEP, Outlines, outline
from maps.page import write_page

DOTS = 3_000  # beyond, disagreements are drawn together, one dot for those of a square
FIRST_SQUARE_M = 10.0
BORDERS = 200
VERTEX_BUDGET = 24_000  # dots and borders need room too
# Okabe and Ito 2008: told apart by everybody.
COLOURS: Mapping[Guess, str] = MappingProxyType(
    {
        Guess.POSITION_ERROR: "#0072b2",
        Guess.MIS_RECORDED: "#d55e00",
        Guess.BORDER_MOVED: "#aa4499",
        Guess.UNKNOWN_LABEL: "#555555",
    }
)
NAMES: Mapping[Guess, Phrase] = MappingProxyType(
    {
        Guess.POSITION_ERROR: Phrase(zh="位置误差", en="Position error"),
        Guess.MIS_RECORDED: Phrase(zh="登记有误", en="Mis-recorded"),
        Guess.BORDER_MOVED: Phrase(zh="边界变动过", en="Border moved"),
        Guess.UNKNOWN_LABEL: Phrase(zh="地图上没有该区域", en="No such area"),
    }
)

TITLE = Phrase(zh="{city}登记与地图不一致之处", en="{city} · where records and the map disagree")
BORDERS_LAYER = Phrase(zh="有分歧的边界", en="Borders in dispute")
ONE = Phrase(zh="登记为 {recorded}，地图上属于 {found}", en="recorded for {recorded}, lies in {found}")
MANY = Phrase(zh="{rows} 条记录", en="{rows} records")
NOBODY = Phrase(zh="空白", en="nobody")
BORDER = Phrase(
    zh="{first} / {second}：登记为前者而在后者 {rows} 条，反向 {back} 条；{verdict}",
    en="{first} / {second}: {rows} recorded for the one lie in the other, {back} the other way round; {verdict}",
)


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One guess: its colour, what it is called, how many disagreements."""

    guess: str
    colour: str
    name: str
    rows: int


def disagreement_map(
    *,
    city: City,
    areas: Sequence[Area],
    schemes: Sequence[Scheme],
    ground: LevelGround,
    compared: Comparison,
    audit: DispatchAudit,
    assets: AssetMode,
    lang: Lang,
) -> str:
    """An HTML page: the disagreements as dots and the borders between them, in the colours of what they look like.

    `areas` are not empty and stand as in a CityMap; the page's size does not grow with the disagreements.
    """
    outlines = outline(areas, territory=city.territory, vertex_budget=VERTEX_BUDGET)
    map_ = draw_city(city, outlines, schemes=schemes, lang=lang)
    drawn = draw_borders(ground, audit, outlines, lang)
    if drawn is not None:
        drawn.add_to(map_)
    square_m = find_square_m(compared, audit)
    for guess in Guess:
        chosen = np.flatnonzero(audit.judged.guess == guess.value)
        if len(chosen):
            draw_dots(guess, chosen, ground, compared, square_m, lang).add_to(map_)
    finish(map_, outlines, lang=lang, collapsed=False)
    return write_page(
        "disagreements.html",
        lang=lang,
        mode=assets,
        title=TITLE.say(lang, city=city.name),
        city=city,
        map=render(map_),
        total=len(compared.lon),
        legend=[
            LegendRow(guess.value, COLOURS[guess], NAMES[guess].say(lang), audit.guesses[guess]) for guess in Guess
        ],
        fit=audit.fit,
        audit=audit,
        square_m=square_m,
        borders=min(len(audit.borders), BORDERS),
        left_out=[name_level(scheme, level, city, schemes, lang) for scheme, level in outlines.left_out],
    )


def draw_borders(ground: LevelGround, audit: DispatchAudit, outlines: Outlines, lang: Lang) -> folium.GeoJson | None:
    """The lines between areas that disagree, the worst ones; None when none of them touch."""
    west, south, east, north = outlines.bounds
    tolerance = max(east - west, north - south) * FINEST_STEP
    features = []
    for border in audit.borders[:BORDERS]:
        lines = line_between(ground, border.first, border.second)
        if not len(lines):
            continue
        words = BORDER.say(
            lang,
            first=border.first.name.say(lang) or border.first.code,
            second=NOBODY.say(lang) if border.second is None else border.second.name.say(lang) or border.second.code,
            rows=border.rows,
            back=border.back,
            verdict=NAMES[border.verdict].say(lang),
        )
        shape = shapely.simplify(shapely.multilinestrings(shapely.get_parts(lines)), tolerance)
        properties = {"name": escape(words), "colour": COLOURS[border.verdict]}
        features.append({"type": "Feature", "properties": properties, "geometry": to_geojson(shape)})
    if not features:
        return None
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=escape(BORDERS_LAYER.say(lang)),
        style_function=lambda feature: {"color": feature["properties"]["colour"], "weight": 3.2, "opacity": 0.85},
        tooltip=folium.GeoJsonTooltip(fields=["name"], labels=False, class_name="border-words"),
    )


def draw_dots(
    guess: Guess,
    chosen: IntArray,
    ground: LevelGround,
    compared: Comparison,
    square_m: float | None,
    lang: Lang,
) -> ScriptedLayer:
    """The disagreements of one guess as dots, one for all in a square where there are too many."""
    lon, lat = compared.lon[chosen], compared.lat[chosen]
    if square_m is None:
        words = [_words(ground, compared, row, lang) for row in chosen.tolist()]
        counts = np.ones(len(chosen), dtype=np.int64)
    else:
        _, square = np.unique(_squares(lon, lat, square_m), axis=0, return_inverse=True)
        counts = np.bincount(square)
        lon, lat = np.bincount(square, lon) / counts, np.bincount(square, lat) / counts
        words = [MANY.say(lang, rows=f"{count:,}") for count in counts.tolist()]
    rows = [
        [*place, count, escape(text)]
        for place, count, text in zip(in_folium_order(lon=lon, lat=lat), counts.tolist(), words, strict=True)
    ]
    values = {"colour": COLOURS[guess], "rows": rows}
    return ScriptedLayer("pointward.dots", values, name=escape(NAMES[guess].say(lang)), overlay=True)


def find_square_m(compared: Comparison, audit: DispatchAudit) -> float | None:
    """The side of the squares whose disagreements are drawn as one dot; None when each is drawn for itself."""
    if len(compared.lon) <= DOTS:
        return None
    side_m = FIRST_SQUARE_M
    while True:
        squares = sum(
            len(np.unique(_squares(compared.lon[rows], compared.lat[rows], side_m), axis=0))
            for rows in (np.flatnonzero(audit.judged.guess == guess.value) for guess in Guess)
            if len(rows)
        )
        if squares <= DOTS:
            return side_m
        side_m *= 2.0


def _squares(lon: FloatArray, lat: FloatArray, side_m: float) -> IntArray:
    """The square of each place, (n, 2), on the plane at the mean of the places."""
    east, north = to_metric(lon=lon, lat=lat, origin_lon=float(np.mean(lon)), origin_lat=float(np.mean(lat)))
    squares: IntArray = np.floor(np.stack([east, north], axis=1) / side_m).astype(np.int64)
    return squares


def _words(ground: LevelGround, compared: Comparison, row: int, lang: Lang) -> str:
    found = compared.found[row]
    return ONE.say(
        lang,
        recorded=_name(ground, compared.recorded[row], lang),
        found=NOBODY.say(lang) if found is None else _name(ground, found, lang),
    )


def _name(ground: LevelGround, code: str, lang: Lang) -> str:
    """What the area of a code is called; the code, shortened, where no area has it."""
    number = ground.numbers.get(code)
    return code[:60] if number is None else ground.areas[number].name.say(lang) or code
