"""The sample city, saved and published on SQLite and on PostGIS: Shapely and PostGIS must name the same areas."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine, text

from api.atlas_holder import AtlasHolder
from api.services.importing import import_city
from api.services.publishing import publish
from api.storage.engine import open_engine, reading
from geo.assign import Columns, assign, level_columns
from geo.atlas import Atlas
from geo.model import FloatArray
from geo.sources.limits import Limits

SAMPLE = Path(__file__).parents[2] / "samples" / "gusu"
EACH = 2_500  # positions of each kind; twenty thousand together
ASKED_OF_POSTGIS = 2_000

FreshDatabase = Callable[..., AbstractContextManager[str]]


def opened(engine: Engine) -> Atlas:
    """The sample city after import, publishing and loading."""
    now = datetime(2026, 5, 1, tzinfo=UTC)
    import_city(engine, SAMPLE, strict=False, actor="test", now=now, limits=Limits())
    publish(engine, valid_from=None, actor="test", now=now)
    holder = AtlasHolder(engine, poll_seconds=60, atlases_kept=1)
    holder.refresh()
    return holder.view().latest


@pytest.fixture(scope="module")
def engines(fresh_database: FreshDatabase) -> Iterator[dict[str, Engine]]:
    """A migrated database of each kind."""
    with ExitStack() as stack:
        made = {}
        for kind in ("sqlite", "postgis"):
            made[kind] = open_engine(stack.enter_context(fresh_database(kind)))
            stack.callback(made[kind].dispose)
        yield made


@pytest.fixture(scope="module")
def atlases(engines: dict[str, Engine]) -> dict[str, Atlas]:
    """The sample city as each database gives it back."""
    return {kind: opened(engine) for kind, engine in engines.items()}


@pytest.fixture(scope="module")
def places(atlases: dict[str, Atlas]) -> tuple[FloatArray, FloatArray]:
    """Longitude and latitude of 20,000 positions: anywhere, within metres of a border, on vertices and on the middles
    of edges, and the smallest step beside those in each direction."""
    rng = np.random.default_rng(20260501)
    boundaries = np.array([area.boundary for area in atlases["sqlite"].areas], dtype=object)
    rings = shapely.get_rings(shapely.get_parts(boundaries))
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    middles = ((vertices[:-1] + vertices[1:]) / 2)[ring[1:] == ring[:-1]]
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    anywhere = rng.uniform(low - 0.002, high + 0.002, size=(EACH, 2))
    near = rng.choice(middles, EACH) + rng.normal(scale=3e-5, size=(EACH, 2))
    exact = np.concatenate([rng.choice(vertices, EACH), rng.choice(middles, EACH)])
    edge = exact[::2].repeat(4, axis=0)
    directions = np.tile([(-1, 0), (1, 0), (0, -1), (0, 1)], (EACH, 1))
    beside = np.nextafter(edge, edge + directions)
    chosen = np.concatenate([anywhere, near, exact, beside])
    assert len(chosen) == 8 * EACH
    return chosen[:, 0].copy(), chosen[:, 1].copy()


@pytest.fixture(scope="module")
def answers(atlases: dict[str, Atlas], places: tuple[FloatArray, FloatArray]) -> dict[str, Columns]:
    """The bulk answer of each database's atlas at the places."""
    lon, lat = places
    return {kind: assign(atlas, lon=lon, lat=lat, sigma_m=np.zeros(len(lon))) for kind, atlas in atlases.items()}


def test_both_databases_give_the_same_map_and_the_same_answers(
    atlases: dict[str, Atlas], answers: dict[str, Columns]
) -> None:
    assert atlases["sqlite"].city_map.areas == atlases["postgis"].city_map.areas
    assert atlases["sqlite"].city_map.units == atlases["postgis"].city_map.units
    sqlite, postgis = answers["sqlite"], answers["postgis"]
    assert sqlite.text.keys() == postgis.text.keys()
    for name, column in sqlite.text.items():
        assert column.tolist() == postgis.text[name].tolist(), name
    for name, numbers in sqlite.numbers.items():
        assert np.array_equal(numbers, postgis.numbers[name], equal_nan=True), name


def test_every_area_is_the_one_that_shapely_and_the_tie_rule_name(
    atlases: dict[str, Atlas], answers: dict[str, Columns], places: tuple[FloatArray, FloatArray]
) -> None:
    atlas, found = atlases["sqlite"], answers["sqlite"].text
    points = shapely.points(*places)
    on_edges = 0
    for (scheme, level), column in level_columns(atlas).items():
        areas = sorted(
            (one for one in atlas.areas if (one.scheme, one.level) == (scheme, level)), key=lambda one: one.code
        )
        # Copies: nothing that GEOS has prepared for the atlas helps here.
        boundaries = shapely.from_wkb(shapely.to_wkb(np.array([one.boundary for one in areas], dtype=object)))
        tree = shapely.STRtree(boundaries)
        position, held = tree.query(points, predicate="intersects")
        inside = shapely.contains(boundaries[held], points[position])
        expected = lowest(len(points), position[inside], held[inside])
        by_edge = lowest(len(points), position[~inside], held[~inside])
        on_edges += int(((expected < 0) & (by_edge >= 0)).sum())
        expected = np.where(expected >= 0, expected, by_edge)
        codes = np.array([one.code for one in areas] + [None], dtype=object)
        assert found[column].tolist() == codes[expected].tolist(), column
    assert on_edges > EACH


def lowest(size: int, position: NDArray[np.int64], held: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lowest number that holds each position, -1 for none."""
    first = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(first, position, held)
    return np.where(first == np.iinfo(np.int64).max, -1, first)


def test_postgis_names_the_same_areas(
    engines: dict[str, Engine],
    atlases: dict[str, Atlas],
    answers: dict[str, Columns],
    places: tuple[FloatArray, FloatArray],
) -> None:
    lon, lat = places
    rows = np.random.default_rng(7).choice(len(lon), ASKED_OF_POSTGIS, replace=False)
    atlas = atlases["postgis"]
    query = text(
        "SELECT place.n, area.scheme, area.level, area.code, ST_Contains(boundary.shape, place.at) AS inside "
        "FROM (SELECT n, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS at "
        "      FROM unnest(CAST(:lon AS float8[]), CAST(:lat AS float8[])) WITH ORDINALITY AS given (lon, lat, n)) "
        "     AS place "
        "JOIN boundary ON ST_Intersects(boundary.shape, place.at) "
        "JOIN area ON area.boundary = boundary.digest AND area.edition_id = :edition"
    )
    with reading(engines["postgis"]) as session:
        held = session.execute(
            query, {"lon": lon[rows].tolist(), "lat": lat[rows].tolist(), "edition": atlas.edition.id}
        ).all()
    expected: dict[str, list[str | None]] = {}
    columns = level_columns(atlas)
    best: dict[tuple[str, int], tuple[bool, str]] = {}
    for row in held:
        key = columns[row.scheme, row.level], int(row.n) - 1
        rank = (not row.inside, row.code)
        best[key] = min(best.get(key, rank), rank)
    for column in columns.values():
        expected[column] = [best[column, n][1] if (column, n) in best else None for n in range(len(rows))]
    for column, codes in expected.items():
        assert answers["postgis"].text[column][rows].tolist() == codes, column
    assert sum(not inside for inside, _ in best.values()) > len(rows)
