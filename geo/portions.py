"""Who leads along a line or over a ground: the shape is cut wherever the lead may change, and each piece is asked.

A line is shared by length, a ground by area. A piece of a line that runs along the very border between two sets of
boundaries lies on neither side: half of it counts for each. Where units of equal rank lead, they share equally. What a
shape draws twice counts once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType, MultiLineString, MultiPolygon, STRtree

from geo.atlas import Atlas
from geo.crs import areas_m2, distance_m
from geo.errors import InvalidGeometry
from geo.index import Cover
from geo.ladder.here import RungName, Tie
from geo.lines import beside
from geo.model import Edition, FloatArray, Unit
from geo.shapes import Geometries
from geo.shares import WHOLE, to_thousandths
from geo.sheet import Sheet
from geo.wording import Phrase

NOTHING_THERE = Phrase(
    zh="图形没有长度或面积（不到百万分之一米）；请检查坐标",
    en="the shape has no length or area (less than a millionth of a metre); check its coordinates",
)

TOO_INTRICATE = Phrase(
    zh="图形与自身或责任分界的交叉太多（超过 {limit} 处）；请分成几段，或先简化",
    en="the shape crosses itself or borders too often (more than {limit} times); send it in parts, or simplify it",
)

By = Literal["length", "area"]
# Sums are kept in millionths of a metre or square metre: what differs by less is equal.
MILLIONTHS = 1_000_000
# Edges whose boxes overlap may cross, and each crossing is worked out: so many take some two seconds.
CROSSINGS = 60_000
EDGES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Portion:
    """What one unit leads of a shape: thousandths of it, metres or square metres, and the rungs, the largest first."""

    unit: Unit
    share: int
    measure: float
    rungs: tuple[RungName, ...]


@dataclass(frozen=True, slots=True)
class Portions:
    """The portions of a shape, the largest first, ties by unit code. `total` and `measure` are metres or square metres.

    `nobody` is in thousandths like the shares; together they are 1000. `tie` says that the first is so by its code.
    """

    by: By
    total: float
    portions: tuple[Portion, ...]
    nobody: int
    tie: Tie | None

    @property
    def lead(self) -> Unit | None:
        """The unit with the largest portion; None when nobody leads any of it."""
        return self.portions[0].unit if self.portions else None


@dataclass(frozen=True, slots=True)
class Shared:
    """The answer to a question about a shape: for which category and moment, by which edition and register."""

    portions: Portions
    category: str | None
    at: datetime
    known_at: datetime
    edition: Edition
    register: int


@dataclass(frozen=True, slots=True)
class Piece:
    """The grounds that hold a piece, and how many millionths of a metre or square metre it has."""

    cover: Cover
    measure: Fraction


def portions_of(atlas: Atlas, sheet: Sheet, shape: MultiLineString | MultiPolygon) -> Portions:
    """Who leads how much of a shape in WGS 84, on a sheet of the atlas.

    Raises
    ------
    InvalidGeometry
        The shape has next to no length or area, or it crosses itself and borders too often to be cut in a moment.
    """
    on_ground = isinstance(shape, MultiPolygon)
    pieces = pieces_of(atlas, shape)
    by_unit: dict[str, dict[RungName, Fraction]] = {}
    nobody = Fraction(0)
    for piece in pieces:
        outcome = sheet.outcome(piece.cover)
        if not outcome.leads:
            nobody += piece.measure
        for unit in outcome.units:
            rungs = by_unit.setdefault(unit, {})
            rungs[outcome.rung] = rungs.get(outcome.rung, Fraction(0)) + piece.measure / len(outcome.units)
    total = sum((piece.measure for piece in pieces), Fraction(0))
    if total == 0:
        raise InvalidGeometry(NOTHING_THERE)
    sums = {unit: sum(rungs.values(), Fraction(0)) for unit, rungs in by_unit.items()}
    units = sorted(sums, key=lambda unit: (-sums[unit], unit))
    *shares, nobody_share = to_thousandths([*(sums[unit] / total for unit in units), nobody / total])
    portions = [
        Portion(
            unit=atlas.units[unit],
            share=share,
            measure=float(sums[unit] / MILLIONTHS),
            rungs=tuple(sorted(by_unit[unit], key=lambda rung: (-by_unit[unit][rung], rung))),
        )
        for unit, share in zip(units, shares, strict=True)
    ]
    portions.sort(key=lambda portion: (-portion.share, portion.unit.code))
    is_tied = len(portions) > 1 and (
        portions[0].share == portions[1].share or sums[portions[0].unit.code] == sums[portions[1].unit.code]
    )
    return Portions(
        by="area" if on_ground else "length",
        total=float(total / MILLIONTHS),
        portions=tuple(portions),
        nobody=nobody_share if portions else WHOLE,
        tie="lowest_code" if is_tied else None,
    )


def pieces_of(atlas: Atlas, shape: MultiLineString | MultiPolygon) -> Sequence[Piece]:
    """The pieces of a shape in WGS 84, cut wherever any lead may change; they are the same for every sheet.

    Raises
    ------
    InvalidGeometry
        It crosses itself and borders too often to be cut in a moment.
    """
    tree = STRtree(atlas.lines.geometries)
    check_crossings(shape, tree)
    lines = atlas.lines.geometries[tree.query(shape)]
    return list(_over(atlas, lines, shape) if isinstance(shape, MultiPolygon) else _along(atlas, lines, shape))


def check_crossings(shape: MultiLineString | MultiPolygon, borders: STRtree) -> None:
    """Refuses a shape whose edges may cross each other and the borders too often.

    Raises
    ------
    InvalidGeometry
        More than 60,000 boxes of edges overlap.
    """
    coordinates, line = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(shape)) if isinstance(shape, MultiPolygon) else shapely.get_parts(shape),
        return_index=True,
    )
    edges = shapely.linestrings(np.stack([coordinates[:-1], coordinates[1:]], axis=1)[line[1:] == line[:-1]])
    trees, count = (STRtree(edges), borders), 0
    for start in range(0, len(edges), EDGES_AT_ONCE):
        count += sum(tree.query(edges[start : start + EDGES_AT_ONCE]).shape[1] for tree in trees)
        if count > CROSSINGS:
            raise InvalidGeometry(TOO_INTRICATE, limit=CROSSINGS)


def _along(atlas: Atlas, lines: Geometries, shape: MultiLineString) -> Iterator[Piece]:
    """The pieces of a line: those off the borders by their middle, those on them half by each side."""
    borders = shapely.multilinestrings(lines)
    off = _lines_in(shapely.difference(shape, borders))
    on = _lines_in(shapely.intersection(shape, borders))
    middles = shapely.get_coordinates(shapely.line_interpolate_point(off, 0.5, normalized=True))
    yield from _asked(atlas, middles[:, 0], middles[:, 1], lengths_m(off))
    if len(on):
        left_lon, left_lat, right_lon, right_lat = beside(on)
        halves_m = lengths_m(on) / 2.0
        yield from _asked(atlas, left_lon, left_lat, halves_m)
        yield from _asked(atlas, right_lon, right_lat, halves_m)


def _over(atlas: Atlas, lines: Geometries, shape: MultiPolygon) -> Iterator[Piece]:
    """The pieces of a ground, each with a place inside it."""
    # Whole lines, not clipped to the shape: a clipped end may stop a rounding short of the edge and close no face.
    noded = shapely.union_all([*lines, shapely.boundary(shape)])
    faces = shapely.get_parts(shapely.polygonize(_lines_in(noded)))
    places = shapely.get_coordinates(shapely.point_on_surface(faces))
    shapely.prepare(shape)
    inside = shapely.contains_xy(shape, places[:, 0], places[:, 1])
    yield from _asked(atlas, places[inside, 0], places[inside, 1], areas_m2(faces[inside]))


def _asked(atlas: Atlas, lon: FloatArray, lat: FloatArray, measures: FloatArray) -> Iterator[Piece]:
    if not len(lon):
        return
    found = atlas.index.sets_at(lon=lon, lat=lat)
    for number, measure in zip(found.ids, measures, strict=True):
        yield Piece(found.covers[number], Fraction(round(float(measure) * MILLIONTHS)))


def lengths_m(lines: Geometries) -> FloatArray:
    """Geodesic metres of each line (n,), from vertex to vertex."""
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    if not len(coordinates):
        return np.zeros(len(lines))
    (lon1, lat1), (lon2, lat2) = coordinates[:-1].T, coordinates[1:].T
    steps_m = np.where(owner[1:] == owner[:-1], distance_m(lon1=lon1, lat1=lat1, lon2=lon2, lat2=lat2), 0.0)
    metres: FloatArray = np.bincount(owner[:-1], weights=steps_m, minlength=len(lines)).astype(np.float64)
    return metres


def _lines_in(geometry: shapely.Geometry) -> NDArray[np.object_]:
    """The lines among the parts of a geometry; where borders only touch a shape, there are points too."""
    parts = shapely.get_parts(geometry)
    lines: NDArray[np.object_] = parts[
        np.isin(shapely.get_type_id(parts), (GeometryType.LINESTRING, GeometryType.LINEARRING))
    ]
    long: NDArray[np.object_] = lines[shapely.length(lines) > 0.0]
    return long
