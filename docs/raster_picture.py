"""The two drawings of README's page on the raster, from a real index over three small areas.

python -m docs.raster_picture
"""

import html
from pathlib import Path
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.raster.arrays import FIRST_MIXED, RasterArrays
from geo.raster.index import RasterIndex
from geo.wording import Lang, Phrase

FOLDER = Path(__file__).parent / "pictures"
TINTS = {(): "#f2f1ec", (0,): "#bcd6ee", (1,): "#f3d3a5", (2,): "#c5e0b8"}
NAMES = "ABC"
LEFT, TOP, SIDE = 30.0, 64.0, 440.0
ZOOM_LEFT, ZOOM_TOP, ZOOM = 530.0, 120.0, 300.0

TITLE = Phrase(zh="一座城的栅格", en="A raster over the map")
PURE = Phrase(
    zh="没有边穿过的格子：整格归属一致，一次读数组", en="no edge in the cell: one answer, one look at an array"
)
MIXED = Phrase(zh="有边的格子：从左下角走到该点", en="edges in the cell: a walk from its lower left corner")
CELL = Phrase(zh="放大其中一格", en="One of these cells, larger")
CORNER = Phrase(zh="左下角：A（已知）", en="corner: A, known")
UP = Phrase(zh="先沿左边向上", en="up the left side")
RIGHT = Phrase(zh="再向右到该点", en="then right to the place")
CROSSED = Phrase(zh="越过一条边：A 出，B 入", en="an edge is crossed: A out, B in")
ANSWER = Phrase(zh="该点：B", en="the place: B")
DOUBT = Phrase(
    zh="边近于 4e-13 度时舍入可能定胜负：改问 GEOS",
    en="an edge within 4e-13 degrees: rounding could decide, so GEOS is asked",
)


def main() -> None:
    """Writes both drawings."""
    (FOLDER / "raster.svg").write_text(_drawing("en"), encoding="utf-8")
    (FOLDER / "raster.zh.svg").write_text(_drawing("zh"), encoding="utf-8")


def _areas() -> NDArray[np.object_]:
    """Three areas that meet in a corner, with crooked borders."""
    hub, west, south, north = (5.2, 4.6), (0.0, 5.1), (4.4, 0.0), (5.6, 10.0)
    to_west, to_north, to_south = [(3.6, 5.3), (1.9, 4.4)], [(4.7, 6.4), (6.0, 8.2)], [(4.6, 3.0), (5.5, 1.4)]
    upper_left = [hub, *to_north, north, (0.0, 10.0), west, *reversed(to_west)]
    right = [hub, *to_south, south, (10.0, 0.0), (10.0, 10.0), north, *reversed(to_north)]
    lower_left = [hub, *to_west, west, (0.0, 0.0), south, *reversed(to_south)]
    whole = np.array([shapely.Polygon(ring) for ring in (upper_left, right, lower_left)], dtype=object)
    # With more vertices the cells are smaller, as in a city.
    areas: NDArray[np.object_] = shapely.segmentize(whole, 0.8)
    return areas


def _drawing(lang: Lang) -> str:
    areas = _areas()
    index = RasterIndex(areas)
    raster = cast("RasterArrays", index.raster)
    west, south, per_lon, per_lat = raster.frame.tolist()
    columns, rows, _ = raster.shape.tolist()
    center_lon, center_lat = west + 0.5 / per_lon, south + 0.5 / per_lat
    scale_x, scale_y = SIDE / columns, SIDE / rows

    def place(lon: float, lat: float) -> tuple[float, float]:
        return LEFT + (lon - west) * per_lon * scale_x, TOP + SIDE - (lat - south) * per_lat * scale_y

    parts = [_text(LEFT, 40, TITLE.say(lang), size=18, bold=True)]
    for number, code in enumerate(raster.code[: columns * rows].tolist()):
        x, y = LEFT + number % columns * scale_x, TOP + SIDE - (number // columns + 1) * scale_y
        lon, lat = center_lon + number % columns / per_lon, center_lat + number // columns / per_lat
        tint = TINTS[index.cover_at(lon=lon, lat=lat).interior] if code > FIRST_MIXED else "#ffffff"
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{scale_x:.1f}" height="{scale_y:.1f}" fill="{tint}"'
            ' stroke="#cfcdc6" stroke-width="0.6"/>'
        )
    for area in areas:
        ring = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*at) for at in shapely.get_coordinates(area).tolist()))
        parts.append(f'<polygon points="{ring}" fill="none" stroke="#33363b" stroke-width="2"/>')
    for name, at in zip(NAMES, ((2.4, 7.6), (8.0, 5.0), (2.2, 2.2)), strict=True):
        parts.append(_text(*place(*at), name, size=30, bold=True))
    parts += [
        _box(LEFT, TOP + SIDE + 18, TINTS[(0,)]),
        _text(LEFT + 22, TOP + SIDE + 30, PURE.say(lang)),
        _box(LEFT, TOP + SIDE + 42, "#ffffff"),
        _text(LEFT + 22, TOP + SIDE + 54, MIXED.say(lang)),
        *_zoomed(lang),
    ]
    width, height = 960, int(TOP + SIDE + 80)
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="sans-serif">\n<rect width="{width}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _zoomed(lang: Lang) -> list[str]:
    """One mixed cell, with the walk from its corner to a place."""
    x, y, end = ZOOM_LEFT, ZOOM_TOP, ZOOM_TOP + ZOOM
    cross, to = (x + 0.47 * ZOOM, y + 0.45 * ZOOM), (x + 0.78 * ZOOM, y + 0.45 * ZOOM)
    border = f"{x + 0.33 * ZOOM:.1f},{end:.1f} {x + 0.40 * ZOOM:.1f},{y + 0.6 * ZOOM:.1f} {x + 0.62 * ZOOM:.1f},{y:.1f}"
    return [
        _text(x, 40, CELL.say(lang), size=18, bold=True),
        f'<polygon points="{x},{end} {border} {x},{y}" fill="{TINTS[(0,)]}"/>',
        f'<polygon points="{x + ZOOM},{end} {border} {x + ZOOM},{y}" fill="{TINTS[(1,)]}"/>',
        f'<rect x="{x}" y="{y}" width="{ZOOM}" height="{ZOOM}" fill="none" stroke="#8a887f"/>',
        f'<polyline points="{border}" fill="none" stroke="#33363b" stroke-width="2.5"/>',
        f'<polyline points="{x},{end} {x},{to[1]:.1f} {to[0]:.1f},{to[1]:.1f}" fill="none" stroke="#b3261e"'
        ' stroke-width="3" stroke-dasharray="7 4"/>',
        f'<circle cx="{x}" cy="{end}" r="6" fill="#b3261e"/>',
        f'<circle cx="{cross[0]:.1f}" cy="{cross[1]:.1f}" r="7" fill="#ffffff" stroke="#b3261e" stroke-width="2.5"/>',
        f'<circle cx="{to[0]:.1f}" cy="{to[1]:.1f}" r="7" fill="#b3261e"/>',
        _text(x + 12, y + 0.28 * ZOOM, "A", size=30, bold=True),
        _text(x + 0.86 * ZOOM, y + 0.22 * ZOOM, "B", size=30, bold=True),
        _text(x + 8, y + 0.72 * ZOOM, UP.say(lang)),
        _text(cross[0] + 14, cross[1] + 24, RIGHT.say(lang)),
        _text(x, end + 24, CORNER.say(lang)),
        _text(x, y - 34, CROSSED.say(lang)),
        _text(x, y - 14, ANSWER.say(lang)),
        _text(x, end + 48, DOUBT.say(lang), size=12),
    ]


def _text(x: float, y: float, text: str, *, size: int = 14, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{weight} fill="#1f2328">{html.escape(text)}</text>'


def _box(x: float, y: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="14" height="14" fill="{fill}" stroke="#8a887f"/>'


if __name__ == "__main__":
    main()
