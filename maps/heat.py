"""The heat map: where records are many, counted in cells of equal ground, with a legend that can be checked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from folium.plugins import HeatMap
from numpy.typing import NDArray

from geo.model import Area, City, FloatArray, Scheme
from geo.wording import Lang, Phrase
from maps.assets import AssetMode, ScriptedLayer, in_folium_order, render
from maps.cells import Cells, class_limits, count_cells
from maps.city_map import draw_city, finish, name_level
from maps.escape import escape
from maps.outlines import outline
from maps.page import write_page

COLOURS = ("#ffeda0", "#fed976", "#feb24c", "#fd8d3c", "#f03b20", "#bd0026")  # ColorBrewer YlOrRd
BLUR_GRADIENT = {0.1: "#ffeda0", 0.35: "#feb24c", 0.6: "#fd8d3c", 0.8: "#f03b20", 1.0: "#bd0026"}
BLUR_DIGITS = 5
CHUNK = 500_000  # positions looked at together, so that memory does not grow with their number

TITLE = Phrase(zh="{city}问题热力图", en="{city} · heat map of problems")
CELLS_LAYER = Phrase(zh="格网计数", en="Counts per cell")
BLUR_LAYER = Phrase(zh="模糊热力", en="Blurred heat")


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records: every one is drawn, outside the city's boundaries, or without a position."""

    total: int
    drawn: int
    outside: int
    unplaced: int


@dataclass(frozen=True, slots=True)
class LegendClass:
    """One colour: cells with `first` to `last` records (None: and more), also as records per square kilometre."""

    colour: str
    first: int
    last: int | None
    first_per_km2: str
    last_per_km2: str | None


def heat_map(
    *,
    city: City,
    areas: Sequence[Area],
    lon: FloatArray,
    lat: FloatArray,
    assets: AssetMode,
    lang: Lang,
    title: str | None = None,
    schemes: Sequence[Scheme] = (),
) -> str:
    """An HTML page: the city's own boundaries and its records, counted in cells and, on demand, blurred.

    `lon`, `lat` are (n,) in WGS 84 degrees, NaN where a record has no position. `areas` are not empty and stand as in
    a CityMap; records count as inside on the closed areas of the city's territory scheme. `schemes` give the layers
    their names. The page's size does not grow with n.
    """
    outlines = outline(areas, territory=city.territory)
    placed = np.isfinite(lon) & np.isfinite(lat)
    lon_placed, lat_placed = lon[placed], lat[placed]
    inside = find_inside([area for area in areas if area.scheme == city.territory], lon=lon_placed, lat=lat_placed)
    tally = Tally(total=len(lon), drawn=int(inside.sum()), outside=int((~inside).sum()), unplaced=int((~placed).sum()))
    cells = count_cells(lon=lon_placed[inside], lat=lat_placed[inside], bounds=outlines.bounds)
    limits = class_limits(cells.count)

    map_ = draw_city(city, outlines, schemes=schemes, lang=lang)
    if tally.drawn:
        draw_cells(cells, limits, lang).add_to(map_)
        draw_blur(cells, find_full_weight(limits), lang).add_to(map_)
    finish(map_, outlines, lang=lang, collapsed=False)
    return write_page(
        "heat.html",
        lang=lang,
        mode=assets,
        title=title or TITLE.say(lang, city=city.name),
        city=city,
        map=render(map_),
        tally=tally,
        cells=cells,
        legend=write_legend(cells, limits),
        gradient=BLUR_GRADIENT,
        full_weight=find_full_weight(limits),
        left_out=[name_level(scheme, level, city, schemes, lang) for scheme, level in outlines.left_out],
    )


def find_inside(areas: Sequence[Area], *, lon: FloatArray, lat: FloatArray) -> NDArray[np.bool_]:
    """Whether each position, (n,), lies on one of the areas, their borders included."""
    boundaries = [area.boundary for area in areas]
    inside = np.zeros(len(lon), dtype=np.bool_)
    for start in range(0, len(lon), CHUNK):
        chunk = slice(start, start + CHUNK)
        _, found = shapely.STRtree(shapely.points(lon[chunk], lat[chunk])).query(boundaries, predicate="intersects")
        inside[chunk][found] = True
    return inside


def draw_cells(cells: Cells, limits: Sequence[int], lang: Lang) -> ScriptedLayer:
    """The counts as filled cells, row by row: [row, its step in degrees of longitude, [column, count, …]]."""
    starts = np.flatnonzero(np.diff(cells.row, prepend=cells.row[0] - 1))
    rows = [
        [int(cells.row[start]), float(cells.lon_steps[start]), np.ravel(pairs).tolist()]
        for start, pairs in zip(starts, np.split(np.column_stack([cells.column, cells.count]), starts[1:]), strict=True)
    ]
    values = {
        "originLon": cells.origin_lon,
        "originLat": cells.origin_lat,
        "latStep": cells.lat_step,
        "perKm2": cells.per_km2,
        "limits": list(limits),
        "colours": choose_colours(limits),
        "rows": rows,
    }
    return ScriptedLayer("pointward.cells", values, name=escape(CELLS_LAYER.say(lang)), overlay=False)


def find_full_weight(limits: Sequence[int]) -> int:
    """The count from which a cell weighs 1 in the blurred picture; a scale up to the top class would hide the rest."""
    return limits[-2:][0] if limits else 1


def draw_blur(cells: Cells, full_weight: int, lang: Lang) -> HeatMap:
    """The cells as blurred spots of weight 0 to 1; 1 is a count of `full_weight` and everything above."""
    lon, lat = cells.centers()
    weights = np.minimum(1.0, cells.count / full_weight).round(3)
    rows = in_folium_order(lon=lon, lat=lat, digits=BLUR_DIGITS)
    return HeatMap(  # type: ignore[no-untyped-call]
        [[*row, weight] for row, weight in zip(rows, weights.tolist(), strict=True)],
        name=escape(BLUR_LAYER.say(lang)),
        overlay=False,
        show=False,
        min_opacity=0.02,
        radius=12,
        blur=12,
        gradient=BLUR_GRADIENT,
    )


def write_legend(cells: Cells, limits: Sequence[int]) -> list[LegendClass]:
    """The classes from few to many, as they stand in the legend."""
    lasts = [limit - 1 for limit in limits[1:]] + [None] if limits else []
    return [
        LegendClass(
            colour=colour,
            first=first,
            last=last,
            first_per_km2=f"{first * cells.per_km2:,.10g}",
            last_per_km2=None if last is None else f"{last * cells.per_km2:,.10g}",
        )
        for colour, first, last in zip(choose_colours(limits), limits, lasts, strict=True)
    ]


def choose_colours(limits: Sequence[int]) -> list[str]:
    """A colour for each class; the top class is always the darkest."""
    return list(COLOURS[len(COLOURS) - len(limits) :])
