"""The ground of strips beside a centreline, and of halos around a site, drawn in metres.

The plane is that of `to_metric`, touching WGS 84 in the middle of what is drawn. A width errs at most by the share
d tan(lat) / R, with d metres between the middle and the parallel farthest from it: a strip 20 m wide by 5 mm on a line
that runs 5 km north at 31°, by 14 mm at 60°.
"""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, LineString, MultiPolygon

from geo.crs import from_metric, to_metric
from geo.errors import InvalidGeometry, InvalidInput
from geo.model import FloatArray
from geo.roads import Side, Strip, StripKind
from geo.shapes import polygons_only
from geo.wording import Phrase

MITRE_LIMIT = 1.5  # a right angle (1.41) keeps its corner; a sharper bend is cut at this many widths
GRID_M = 1e-6  # vertices snap to it, so that the way back to degrees, a thousand times finer, keeps shapes valid
HAIR_DEG = 5e-11  # some five times what snapping to the grid can move a vertex
SAMPLE_M = 1.0
ASIDE_M = 1e-3
LONGEST_KM = 100
LONGEST_BACK_KM = 6  # what comes back beside itself is divided place by place: so much takes some two seconds
MERGED_M = (0.0, 1e-4, 5e-4, 2e-3)
HALO_SEGMENTS = 16  # a quadrant: the arc lies at most 0.12 % of the halo within the circle

NO_LENGTH = Phrase(
    zh="路段中心线没有长度（{count} 个顶点均在同一处）；请给出至少两个不同的顶点",
    en="the centreline has no length: its {count} vertices are one place; give at least two different ones",
)
OVER_ITSELF = Phrase(
    zh="路段中心线在同一处来回重叠，无法分出左右；请拆成几个路段",
    en="the centreline runs over itself, and left cannot be told from right; split it into several segments",
)
TOO_LONG = Phrase(
    zh="路段长 {length} 公里，超过 {limit} 公里；请拆成几个路段",
    en="the segment is {length} km long, more than {limit} km; split it into several",
)
TOO_LONG_BACK = Phrase(
    zh="路段长 {length} 公里，又绕回自身旁边；绕回的路段最长 {limit} 公里，请拆成几个路段",
    en="the segment is {length} km long and comes back beside itself; such a one has at most {limit} km: split it",
)
WIDTH_OUTSIDE = Phrase(
    zh="分带范围 {near} 至 {far} 米不可用；应满足 0 ≤ 近边 < 远边，以米为单位",
    en="a strip from {near} m to {far} m cannot be drawn; give 0 ≤ near < far, in metres",
)
HALO_OUTSIDE = Phrase(
    zh="周边宽度 {value} 米不可用；请给出大于 0 的米数，没有周边时省略",
    en="a halo of {value} m cannot be drawn; give more than 0 m, or leave the halo out",
)

BAND_OUTSIDE = Phrase(
    zh="线的宽度 {value} 米不可用；请给出每侧大于 0 的米数",
    en="a line cannot be {value} m wide; give more than 0 m for each side",
)

Width = tuple[Side, StripKind, float, float]


def draw_strips(centreline: LineString, widths: Sequence[Width]) -> tuple[Strip, ...]:
    """The strips (side, kind, near_m, far_m) of a centreline in WGS 84, in the order given, with flat, mitred ground.

    No two overlap, and neighbours share their vertices. Where a line bends sharply or comes back to itself, the nearer
    strip wins, then the side that is nearer, then left. A strip that is left without ground is left out.

    Raises
    ------
    InvalidInput
        A width is negative, not finite or empty, or the line has no length.
    InvalidGeometry
        The line is longer than 100 km, or than 6 km where it comes back beside itself, or it runs over itself.
    """
    for _, _, near_m, far_m in widths:
        if not 0.0 <= near_m < far_m < math.inf:
            raise InvalidInput(WIDTH_OUTSIDE, near=near_m, far=far_m)
    if not widths:
        return ()
    origin_lon, origin_lat = _middle(centreline)
    path = _path(centreline, origin_lon=origin_lon, origin_lat=origin_lat)
    reaches_m = sorted({reach for width in widths for reach in width[2:] if reach > 0.0})
    corridors = {reach: _corridor(path, reach) for reach in reaches_m}
    widest = corridors[reaches_m[-1]]
    left, right = _halve(path, widest)
    # One set of faces, of which every strip is made: that is why none overlap and neighbours share their vertices.
    faces = _parts(widest, [left.boundary, right.boundary, *(corridor.boundary for corridor in corridors.values())])
    inner_points = shapely.point_on_surface(faces)
    within = {reach: shapely.contains(corridor, inner_points) for reach, corridor in corridors.items()}
    on_side = {Side.LEFT: shapely.contains(left, inner_points), Side.RIGHT: shapely.contains(right, inner_points)}
    free = np.ones(len(faces), dtype=bool)
    strips: dict[int, Strip] = {}
    for number in sorted(range(len(widths)), key=lambda number: widths[number][2:]):
        side, kind, near_m, far_m = widths[number]
        mine = free & on_side[side] & within[far_m]
        if near_m > 0.0:
            mine &= ~within[near_m]
        free &= ~mine
        ground = shapely.coverage_union_all(faces[mine])
        boundary = polygons_only(_to_degrees(ground, origin_lon=origin_lon, origin_lat=origin_lat))
        if boundary is not None:
            strips[number] = Strip(side, kind, near_m, far_m, _through(boundary, centreline))
    return tuple(strips[number] for number in sorted(strips))


def _through(boundary: MultiPolygon, centreline: LineString) -> MultiPolygon:
    """The boundary with the centreline's own vertices where it runs through them.

    Snapping moved these by a hair; a place exactly on a crossing's node would lie on no strip of any of its roads.
    """
    nodes = shapely.points(shapely.get_coordinates(centreline))
    tree = shapely.STRtree(nodes)

    def moved(degrees: FloatArray) -> FloatArray:
        vertex, node = tree.query(shapely.points(degrees), predicate="dwithin", distance=HAIR_DEG)
        own = degrees.copy()
        own[vertex] = shapely.get_coordinates(nodes[node])
        return own

    exact = shapely.transform(boundary, moved)
    return exact if exact.is_valid else boundary


def halo_of(inner: MultiPolygon, *, halo_m: float) -> MultiPolygon:
    """The ground within `halo_m` metres of a polygon in WGS 84, minus it; holes are reached from their rim too.

    Corners are round. Their arcs lie at most 0.12 % of the halo too near; at dents shallower than 1 % of it, GEOS
    may leave the dent out.

    Raises
    ------
    InvalidInput
        The halo is not a positive number of metres.
    """
    if not 0.0 < halo_m < math.inf:
        raise InvalidInput(HALO_OUTSIDE, value=halo_m)
    origin_lon, origin_lat = _middle(inner)

    def to_plane(degrees: FloatArray) -> FloatArray:
        return _to_plane(degrees, origin_lon=origin_lon, origin_lat=origin_lat)

    reached = shapely.buffer(shapely.transform(inner, to_plane), halo_m, quad_segs=HALO_SEGMENTS)
    # Subtracted in degrees, so that the halo begins on the very vertices of the site.
    ground = _to_degrees(reached, origin_lon=origin_lon, origin_lat=origin_lat)
    return polygons_only(shapely.difference(ground, inner)) or MultiPolygon()


def band_of(line: LineString, *, width_m: float) -> MultiPolygon:
    """The ground within `width_m` metres on both sides of a line in WGS 84, with flat ends and mitred bends.

    Raises
    ------
    InvalidInput
        The width is not a positive number of metres, or the line has no length.
    """
    if not 0.0 < width_m < math.inf:
        raise InvalidInput(BAND_OUTSIDE, value=width_m)
    origin_lon, origin_lat = _middle(line)
    path = _path(line, origin_lon=origin_lon, origin_lat=origin_lat)
    ground = _to_degrees(_corridor(path, width_m), origin_lon=origin_lon, origin_lat=origin_lat)
    return polygons_only(ground) or MultiPolygon()


def _middle(geometry: Geometry) -> tuple[float, float]:
    west, south, east, north = geometry.bounds
    return (west + east) / 2.0, (south + north) / 2.0


def _to_plane(degrees: FloatArray, *, origin_lon: float, origin_lat: float) -> FloatArray:
    lon, lat = degrees.T
    places: FloatArray = np.stack(to_metric(lon=lon, lat=lat, origin_lon=origin_lon, origin_lat=origin_lat), axis=-1)
    return places


def _to_degrees(ground: Geometry, *, origin_lon: float, origin_lat: float) -> Geometry:
    def to_degrees(metres: FloatArray) -> FloatArray:
        east, north = metres.T
        return np.stack(from_metric(east=east, north=north, origin_lon=origin_lon, origin_lat=origin_lat), axis=-1)

    return shapely.make_valid(shapely.transform(ground, to_degrees))


def _path(centreline: LineString, *, origin_lon: float, origin_lat: float) -> FloatArray:
    """The vertices of a line as metres, (n, 2), none twice in a row."""
    degrees = shapely.get_coordinates(centreline)
    path = _to_plane(degrees, origin_lon=origin_lon, origin_lat=origin_lat)
    is_new = np.append(True, np.hypot(*np.diff(path, axis=0).T) > GRID_M)
    if is_new.sum() < 2:
        raise InvalidGeometry(NO_LENGTH, count=len(path))
    distinct: FloatArray = path[is_new]
    return distinct


def _directions(path: FloatArray) -> FloatArray:
    steps = np.diff(path, axis=0)
    directions: FloatArray = steps / np.hypot(*steps.T)[:, None]
    return directions


def _left_of(directions: FloatArray) -> FloatArray:
    return np.stack([-directions[:, 1], directions[:, 0]], axis=-1)


def _is_ring(path: FloatArray) -> bool:
    return len(path) > 3 and bool(np.array_equal(path[0], path[-1]))


def _corridor(path: FloatArray, reach_m: float) -> Geometry:
    """The ground within `reach_m` on both sides of a path: a rectangle on every edge, a mitre on every bend.

    Not GEOS's buffer of a line: that one smooths the line by 1 % of the reach first.
    """
    along = _directions(path)
    aside = _left_of(along) * reach_m
    start, end = path[:-1], path[1:]
    # With the path's own vertices, or a rectangle and its neighbour part by a hair's breadth where they snap.
    corners = [start + aside, end + aside, end, end - aside, start - aside, start]
    rectangles = shapely.polygons(np.stack(corners, axis=1))
    into, out_of = np.arange(len(along) - 1), np.arange(1, len(along))
    if _is_ring(path):
        into, out_of = np.append(into, len(along) - 1), np.append(out_of, 0)
    mitres = [
        mitre
        for first, second in zip(into, out_of, strict=True)
        if (mitre := _mitre(path[second], along[first], along[second], reach_m)) is not None
    ]
    return shapely.union_all([*rectangles, *mitres], grid_size=GRID_M)


def _mitre(corner: FloatArray, into: FloatArray, out_of: FloatArray, reach_m: float) -> Geometry | None:
    """The ground on the outer side of a bend, up to the corner where both far borders meet, or cut at the limit."""
    cross = into[0] * out_of[1] - into[1] * out_of[0]
    half_turn = math.atan2(abs(cross), into @ out_of) / 2.0
    if half_turn * reach_m < GRID_M:
        return None
    outer = -reach_m if cross > 0.0 else reach_m  # a bend to the left has its outer side on the right
    first, second = outer * _left_of(np.stack([into, out_of]))
    if math.cos(half_turn) * MITRE_LIMIT >= 1.0:
        tips = [corner + first + into * reach_m * math.tan(half_turn)]
    else:
        ahead_m = reach_m * (MITRE_LIMIT - math.cos(half_turn)) / math.sin(half_turn)
        tips = [corner + first + into * ahead_m, corner + second - out_of * ahead_m]
    return shapely.polygons([corner, corner + first, *tips, corner + second])


def _halve(path: FloatArray, corridor: Geometry) -> tuple[Geometry, Geometry]:
    """The corridor's ground left and right of the path."""
    length_km = round(float(np.hypot(*np.diff(path, axis=0).T).sum()) / 1_000.0, 1)
    if length_km > LONGEST_KM:
        raise InvalidGeometry(TOO_LONG, length=length_km, limit=LONGEST_KM)
    samples, is_left = _sample(path)
    left: list[Geometry] = []
    right: list[Geometry] = []
    for face in _parts(corridor, [shapely.linestrings(path)]):
        seen = is_left[shapely.contains_xy(face, samples)]
        if seen.size and seen.all():
            left.append(face)
        elif seen.size and not seen.any():
            right.append(face)
        else:  # the line comes back to itself, or ends within, and has this face on both hands
            if length_km > LONGEST_BACK_KM:
                raise InvalidGeometry(TOO_LONG_BACK, length=length_km, limit=LONGEST_BACK_KM)
            nearer_left, nearer_right = _share_out(face, samples, is_left)
            left.append(nearer_left)
            right.append(nearer_right)
    return shapely.union_all(left, grid_size=GRID_M), shapely.union_all(right, grid_size=GRID_M)


def _sample(path: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Places just left and just right of the path, (2n, 2), the left ones first, and which are left."""
    along = _directions(path)
    lengths = np.hypot(*np.diff(path, axis=0).T)
    counts = np.ceil(lengths / SAMPLE_M).astype(int)
    edges = np.repeat(np.arange(len(along)), counts)
    ordinals = np.arange(len(edges)) - np.repeat(np.cumsum(counts) - counts, counts)
    places = path[edges] + along[edges] * ((ordinals + 0.5) * lengths[edges] / counts[edges])[:, None]
    aside = _left_of(along)[edges] * ASIDE_M
    return np.concatenate([places + aside, places - aside]), np.repeat([True, False], len(edges))


def _share_out(face: Geometry, samples: FloatArray, is_left: NDArray[np.bool_]) -> tuple[Geometry, Geometry]:
    """The ground of a face that is as near to a sample on the left as to any on the right, and the rest of it."""
    midway = _midway(samples, face)
    pieces = _parts(face, [shapely.intersection(midway, face)])
    inner_points = shapely.point_on_surface(pieces)
    to_left_m = shapely.distance(inner_points, shapely.multipoints(samples[is_left]))
    to_right_m = shapely.distance(inner_points, shapely.multipoints(samples[~is_left]))
    nearer_left = to_left_m <= to_right_m + GRID_M
    return shapely.coverage_union_all(pieces[nearer_left]), shapely.coverage_union_all(pieces[~nearer_left])


def _midway(samples: FloatArray, face: Geometry) -> Geometry:
    """The lines that are equally near to two samples.

    Where a road comes back over itself samples fall together, and GEOS may lose its way between them; then those
    within a hair of each other count as one.
    """
    points = shapely.multipoints(samples)
    for tolerance_m in MERGED_M:
        try:
            lines: Geometry = shapely.voronoi_polygons(points, tolerance=tolerance_m, extend_to=face, only_edges=True)
        except shapely.errors.GEOSException as error:
            lost = error
        else:
            return lines
    raise InvalidGeometry(OVER_ITSELF) from lost


def _parts(ground: Geometry, lines: Sequence[Geometry]) -> NDArray[np.object_]:
    """The faces into which lines part a ground, sharing their vertices."""
    noded = shapely.union_all([ground.boundary, *lines], grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside: NDArray[np.object_] = faces[shapely.contains(ground, shapely.point_on_surface(faces))]
    return inside
