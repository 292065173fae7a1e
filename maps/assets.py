"""Maps as page parts, with every script and style from maps/static. The only file that touches folium's internals."""

import base64
import functools
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import folium
import numpy as np
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.map import Layer
from folium.template import Template
from markupsafe import Markup

from geo.model import FloatArray

STATIC = Path(__file__).resolve().parent / "static"
AssetMode = Literal["served", "inline"]

# What folium would load from other hosts, by its own names, and which of our files takes the place.
VENDORED: Mapping[str, str] = MappingProxyType(
    {
        "leaflet": "vendor/leaflet/leaflet.js",
        "leaflet_css": "vendor/leaflet/leaflet.css",
        "leaflet-heat.js": "vendor/leaflet-heat/leaflet-heat.min.js",
    }
)
# Folium names these on every page; only its popups and its coloured markers, which we do not use, need them.
NOT_NEEDED = frozenset(
    {
        "jquery",
        "bootstrap",
        "bootstrap_css",
        "awesome_markers",
        "awesome_markers_css",
        "awesome_markers_font_css",
        "awesome_rotate_css",
        "glyphicons_css",
    }
)
MEDIA_TYPES: Mapping[str, str] = MappingProxyType({".png": "image/png", ".svg": "image/svg+xml"})
IMAGE_IN_CSS = re.compile(r"url\((images/[^)]+)\)")


@dataclass(frozen=True, slots=True)
class MapParts:
    """A rendered map: the element it lives in, the script that fills it, and the files of maps/static it needs."""

    html: Markup
    script: Markup
    scripts: tuple[str, ...]
    styles: tuple[str, ...]


class ScriptedLayer(Layer):
    """A layer that a function of our own scripts makes out of JSON; `function` is the name of that function."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = {{ this.function }}({{ this.values|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, function: str, values: object, **options: Any) -> None:
        super().__init__(**options)
        self._name = "ScriptedLayer"
        self.function = function
        self.values = values


class Call(MacroElement):
    """A call of a function of our own scripts with the parent map and JSON."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "{{ this.function }}({{ this._parent.get_name() }}, {{ this.values|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, function: str, values: object) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Call"
        self.function = function
        self.values = values


def in_folium_order(*, lon: FloatArray, lat: FloatArray, digits: int = 6) -> list[list[float]]:
    """Rows [lat, lon] as folium and Leaflet want them. The order of coordinates is swapped here and nowhere else."""
    rows: list[list[float]] = np.column_stack([lat, lon]).round(digits).tolist()
    return rows


def render(map_: folium.Map) -> MapParts:
    """The parts of a map; the same map gives the same bytes.

    Raises
    ------
    LookupError
        An element of the map needs a file that is not in maps/static.
    """
    figure = map_.get_root()
    assert isinstance(figure, Figure), "a folium map makes its own figure"  # noqa: S101
    number_elements(figure)
    figure.render()
    scripts: list[str] = []
    styles: list[str] = []
    for name, child in figure.header._children.items():
        if not isinstance(child, JavascriptLink | CssLink) or name in NOT_NEEDED:
            continue
        if name not in VENDORED:
            raise LookupError(f"folium asks for {name} ({child.url}); add it to scripts/fetch_assets.py and VENDORED")
        (scripts if isinstance(child, JavascriptLink) else styles).append(VENDORED[name])
    return MapParts(
        html=Markup(figure.html.render()),  # noqa: S704  # folium's own markup; our texts went through escape()
        script=Markup(figure.script.render()),  # noqa: S704  # the same
        scripts=tuple(scripts),
        styles=tuple(styles),
    )


def number_elements(figure: Figure) -> None:
    """Nothing; the random ids of folium's elements are replaced by their place in the tree."""
    for number, element in enumerate(walk(figure)):
        element._id = str(number)


def walk(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():
        yield from walk(child)


def link(path: str, mode: AssetMode) -> Markup:
    """The markup that brings one file of maps/static into a page: a reference to it, or the file itself."""
    if path.endswith(".js"):
        if mode == "served":
            return Markup('<script src="{}"></script>').format(url(path))
        return Markup("<script>{}</script>").format(Markup(text(path)))  # noqa: S704  # a file of the project
    if mode == "served":
        return Markup('<link rel="stylesheet" href="{}">').format(url(path))
    return Markup("<style>{}</style>").format(Markup(with_images(path)))  # noqa: S704  # a file of the project


def image(path: str, mode: AssetMode) -> str:
    """The address of an image of maps/static, or the image itself as a data URI."""
    return url(path) if mode == "served" else data_uri(STATIC / path)


@functools.cache
def url(path: str) -> str:
    """Where the app serves a file of maps/static; it changes with the content, so that it can be cached for ever."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()
    return f"/static/{path}?v={digest[:8]}"


@functools.cache
def text(path: str) -> str:
    return (STATIC / path).read_text(encoding="utf-8")


def with_images(path: str) -> str:
    """The text of a style sheet with its images in it."""
    folder = (STATIC / path).parent
    return IMAGE_IN_CSS.sub(lambda found: f"url({data_uri(folder / found[1])})", text(path))


def data_uri(path: Path) -> str:
    return f"data:{MEDIA_TYPES[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"
