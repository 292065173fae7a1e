"""Millions of positions on every kind of map: by both kernels the raster says what GEOS says, and PostGIS on some."""

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from api.storage.engine import open_engine, reading
from geo.city_folder import read_city
from geo.grounds import grounds_of, in_order
from geo.index import BoundaryIndex
from geo.raster.index import RasterIndex
from tests.geo.small_worlds import ragged_city
from tests.geo.test_assign_at_once import SAMPLE
from tests.oracle.test_index_against_shapely import boundaries_of, overlapping_discs, slivers

NEAR_DEG = 20 / 111_000


def sample_city():
    city_map = read_city(SAMPLE).city_map
    assert city_map is not None
    return grounds_of(city_map, in_order(city_map)).boundaries


def holes():
    """Rings in rings, each in the hole of the one before, and what lies between them."""
    centre = shapely.Point(120.6, 31.3)
    discs = [centre.buffer(radius / 1000, quad_segs=40) for radius in range(1, 30)]
    rings = [outer.difference(inner) for inner, outer in zip(discs, discs[2:], strict=False)]
    return np.array([shapely.MultiPolygon([ring]) for ring in rings], dtype=object)


def wide_areas():
    """Areas thousands of kilometres wide, with borders of many vertices."""
    rng = np.random.default_rng(5)
    frame = shapely.box(-179, -84, 179, 84)
    seeds = shapely.multipoints(np.column_stack([rng.uniform(-170, 170, 90), rng.uniform(-80, 80, 90)]))
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=frame)), frame)
    return np.array([shapely.multipolygons([cell]) for cell in shapely.segmentize(cells, 0.7)], dtype=object)


MAPS = {
    "sample": sample_city,
    "ragged": lambda: boundaries_of(ragged_city(columns=40, rows=40, seed=8, bends=8)),
    "discs": lambda: boundaries_of(overlapping_discs(count=150, seed=11)),
    "slivers": lambda: boundaries_of(slivers(count=200, seed=12)),
    "holes": holes,
    "wide": wide_areas,
}


def places_of(boundaries, *, count: int, seed: int):
    """Degrees of positions all over and of as many within 20 m of an edge; of vertices, middles of edges, and the
    smallest step beside those."""
    rng = np.random.default_rng(seed)
    vertices, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(boundaries)), return_index=True)
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    anywhere = rng.uniform(low - (high - low) / 50, high + (high - low) / 50, size=(count, 2))
    first = rng.choice(np.flatnonzero(ring[1:] == ring[:-1]), count)
    on_edge = vertices[first] + rng.uniform(size=(count, 1)) * (vertices[first + 1] - vertices[first])
    turn = rng.uniform(0, 2 * np.pi, count)
    near = on_edge + NEAR_DEG * np.sqrt(rng.uniform(size=(count, 1))) * np.column_stack([np.cos(turn), np.sin(turn)])
    some = rng.choice(first, count // 20)
    exact = np.concatenate([vertices[some], (vertices[some] + vertices[some + 1]) / 2])
    beside = np.nextafter(exact[:, None], exact[:, None] + np.array([(1, 0), (-1, 0), (0, 1), (0, -1)])).reshape(-1, 2)
    return np.concatenate([anywhere, near, exact, beside]).T.copy()


def differences(index, boundaries, lon, lat) -> int:
    """At how many positions the index says otherwise than GEOS."""
    ours, theirs = index.sets_at(lon=lon, lat=lat), BoundaryIndex(boundaries).sets_at(lon=lon, lat=lat)
    number = {cover: i for i, cover in enumerate(dict.fromkeys((*ours.covers, *theirs.covers)))}
    said = (np.array([number[cover] for cover in sets.covers])[sets.ids] for sets in (ours, theirs))
    return int(np.count_nonzero(np.not_equal(*said)))


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
@pytest.mark.parametrize("city", MAPS)
def test_everywhere_and_beside_every_border_the_raster_says_what_geos_says(city, kernel, monkeypatch) -> None:
    monkeypatch.setenv("POINTWARD_KERNEL", kernel)
    monkeypatch.setattr("geo.raster.kernel.WORTH_COMPILING", 0)
    boundaries = MAPS[city]()
    lon, lat = places_of(boundaries, count=5_000, seed=1)
    assert differences(RasterIndex(boundaries), boundaries, lon, lat) == 0


@pytest.mark.long
@pytest.mark.parametrize("kernel", ["numpy", "numba"])
@pytest.mark.parametrize("city", MAPS)
def test_a_million_positions_all_over_and_a_million_beside_borders_are_told_exactly(city, kernel, monkeypatch) -> None:
    monkeypatch.setenv("POINTWARD_KERNEL", kernel)
    boundaries = MAPS[city]()
    index = RasterIndex(boundaries)
    for seed in range(4):
        lon, lat = places_of(boundaries, count=250_000, seed=seed)
        assert differences(index, boundaries, lon, lat) == 0


# Not needles a nanometre wide: there PostGIS, which reckons in plain floats, misses vertices that GEOS finds.
@pytest.mark.parametrize("city", ["discs", "holes", "wide"])
def test_postgis_says_the_same(city, postgis_url: str) -> None:
    boundaries = MAPS[city]()
    lon, lat = places_of(boundaries, count=1_000, seed=9)
    sets = RasterIndex(boundaries).sets_at(lon=lon, lat=lat)
    query = text(
        "SELECT area.n AS area, place.n AS place, ST_Contains(area.shape, place.at) AS inside "
        "FROM (SELECT n, ST_GeomFromWKB(shape, 4326) AS shape "
        "      FROM unnest(CAST(:shapes AS bytea[])) WITH ORDINALITY AS given (shape, n)) AS area "
        "JOIN (SELECT n, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS at "
        "      FROM unnest(CAST(:lon AS float8[]), CAST(:lat AS float8[])) WITH ORDINALITY AS given (lon, lat, n)) "
        "     AS place ON ST_Intersects(area.shape, place.at)"
    )
    engine = open_engine(postgis_url)
    with reading(engine) as session:
        given = {"shapes": shapely.to_wkb(boundaries).tolist(), "lon": lon.tolist(), "lat": lat.tolist()}
        theirs = {(row.place - 1, row.area - 1, row.inside) for row in session.execute(query, given)}
    engine.dispose()
    ours = {
        (place, number, inside)
        for place, i in enumerate(sets.ids.tolist())
        for inside, numbers in ((True, sets.covers[i].interior), (False, sets.covers[i].edge))
        for number in numbers
    }
    assert ours == theirs
    assert any(not inside for _, _, inside in ours)
