"""A folium map of a city's own boundaries: no tiles, no basemap, nothing from elsewhere."""

import json
from collections.abc import Mapping, Sequence

import folium
import numpy as np
import shapely

from geo.model import City, Scheme
from geo.wording import Lang, Phrase
from maps.assets import Call, in_folium_order
from maps.escape import escape
from maps.outlines import Outline, Outlines

MAX_LABELS = 60
MANY_AREAS = 200  # a level with more is clutter: it waits in the layer control, like all other schemes
TERRITORY_INK = "#22303f"
OTHER_INK = "#1d5fa8"
WEIGHTS_PX = (2.4, 1.1, 0.6)  # by depth in the scheme
OPACITIES = (0.9, 0.6, 0.5)
FINEST = len(WEIGHTS_PX) - 1
DIGITS = 5  # of a degree: one metre

NAMES = Phrase(zh="名称", en="Names")
ZOOM_IN = Phrase(zh="放大", en="Zoom in")
ZOOM_OUT = Phrase(zh="缩小", en="Zoom out")

AreaKey = tuple[str, int, str]  # scheme, depth of the level, code


def draw_city(city: City, outlines: Outlines, *, schemes: Sequence[Scheme], lang: Lang) -> folium.Map:
    """The map with the boundaries and the names of large areas; the caller's layers come next, then `finish`."""
    west, south, east, north = outlines.bounds
    [center] = in_folium_order(lon=np.array([(west + east) / 2]), lat=np.array([(south + north) / 2]))
    map_ = folium.Map(
        location=center,
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        zoom_snap=0.25,
        maxZoom=19,  # in camel case: folium's cluster plugins read it where there are no tiles
    )
    paths: dict[AreaKey, str] = {}
    used: set[str] = set()
    for outline in outlines.drawn:
        layer_name = name_level(outline.scheme, outline.level, city, schemes, lang)
        if layer_name in used:
            layer_name = f"{layer_name} ({outline.scheme} {outline.level})"
        used.add(layer_name)
        paths |= name_paths(outline, paths, lang)
        draw_outline(outline, paths, layer_name, is_territory=outline.scheme == city.territory).add_to(map_)
    draw_labels(outlines, lang).add_to(map_)
    return map_


def finish(map_: folium.Map, outlines: Outlines, *, lang: Lang, collapsed: bool) -> None:
    """Nothing; the map shows all of the city and has its controls, in the language of the page."""
    west, south, east, north = outlines.bounds
    corners = in_folium_order(lon=np.array([west, east]), lat=np.array([south, north]))
    folium.LayerControl(collapsed=collapsed).add_to(map_)
    words = {"zoomIn": ZOOM_IN.say(lang), "zoomOut": ZOOM_OUT.say(lang)}
    Call("pointward.dressMap", {"corners": corners, **words}).add_to(map_)


def draw_outline(
    outline: Outline, paths: Mapping[AreaKey, str], layer_name: str, *, is_territory: bool
) -> folium.GeoJson:
    """A level as a layer: thick lines for coarse levels, white ground below the coarsest of the territory."""
    is_ground = is_territory and outline.depth == 0
    tier = min(outline.depth, FINEST) if len(outline.areas) <= MANY_AREAS else FINEST
    style = {
        "color": TERRITORY_INK if is_territory else OTHER_INK,
        "weight": WEIGHTS_PX[tier],
        "opacity": OPACITIES[tier],
        "fillColor": "#ffffff",
        "fillOpacity": 1 if is_ground else 0,
    }
    features = [
        {
            "type": "Feature",
            "id": str(number),
            "properties": {"name": escape(paths[outline.scheme, outline.depth, area.code])},
            "geometry": to_geojson(shape),
        }
        for number, (area, shape) in enumerate(zip(outline.areas, outline.shapes, strict=True))
    ]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=escape(layer_name),
        style_function=lambda feature: style,
        tooltip=folium.GeoJsonTooltip(fields=["name"], labels=False, class_name="area-name"),
        show=is_ground or (is_territory and len(outline.areas) <= MANY_AREAS),
        smooth_factor=0.5,
        # The ground lies in a pane below, or switching it off and on would cover the other levels.
        pane="tilePane" if is_ground else "overlayPane",
    )


def draw_labels(outlines: Outlines, lang: Lang) -> folium.FeatureGroup:
    """The names of the coarsest level that has several areas, each where its area is widest, the widest first."""
    group = folium.FeatureGroup(name=escape(NAMES.say(lang)))
    labelled = next((outline for outline in outlines.drawn if len(outline.areas) > 1), outlines.drawn[0])
    if len(labelled.areas) > MAX_LABELS:
        return group
    places = [(area, *widest_place(shape)) for area, shape in zip(labelled.areas, labelled.shapes, strict=True)]
    for area, center, _ in sorted(places, key=lambda place: (-place[2], place[0].code)):
        text = f"<span>{escape(area.name.say(lang) or area.code)}</span>"
        icon = folium.DivIcon(html=text, icon_size=(0, 0), class_name="area-label")
        [location] = in_folium_order(lon=np.array([center.x]), lat=np.array([center.y]))
        folium.Marker(location, icon=icon, interactive=False, keyboard=False).add_to(group)
    return group


def widest_place(shape: shapely.Geometry) -> tuple[shapely.Point, float]:
    """Center and radius in degrees of the largest circle in the largest part of a shape."""
    parts = shapely.get_parts(shapely.make_valid(shape))
    largest = max(parts, key=lambda part: part.area)
    if largest.area == 0:
        return largest.representative_point(), 0.0
    spoke = shapely.maximum_inscribed_circle(largest)
    return shapely.Point(spoke.coords[0]), float(spoke.length)


def name_level(scheme: str, level: str, city: City, schemes: Sequence[Scheme], lang: Lang) -> str:
    """What a level is called, behind its scheme where that is not the territory.

    A code stands for a name that is not known.
    """
    scheme_name, level_name = scheme, level
    for known in schemes:
        if known.code == scheme:
            scheme_name = known.name.say(lang) or scheme
            level_name = next((item.name.say(lang) for item in known.levels if item.code == level), "") or level
    return level_name if scheme == city.territory or level_name == scheme_name else f"{scheme_name} · {level_name}"


def name_paths(outline: Outline, above: Mapping[AreaKey, str], lang: Lang) -> dict[AreaKey, str]:
    """What each area of a level is called, behind the areas that it lies in."""
    paths = {}
    for area in outline.areas:
        name = area.name.say(lang) or area.code
        parent = above.get((area.scheme, outline.depth - 1, area.parent or ""))
        paths[area.scheme, outline.depth, area.code] = f"{parent} › {name}" if parent else name
    return paths


def to_geojson(shape: shapely.Geometry) -> object:
    """A geometry as GeoJSON with no more digits than a screen shows."""
    rounded = shapely.transform(shape, lambda coordinates: coordinates.round(DIGITS))
    return json.loads(shapely.to_geojson(rounded))
