"""The sample city as it is asked: arrays and files, doubt, and one look-up at a time."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import geopandas
import numpy as np
import shapely

from api.services.asking import Frame
from api.services.assigning import Job, assign_file
from api.services.bulk_rows import Fields
from api.services.mapping import read_positions
from benchmarks.findings import Section
from benchmarks.peers import SJOIN, TREE
from benchmarks.stage import Stage
from benchmarks.timing import Run, interleaved, timed
from benchmarks.view import View
from geo.assign import assign
from geo.atlas import Atlas
from geo.city_folder import read_city
from geo.determination import Given
from geo.model import Edition, FloatArray
from geo.position import Position, sigma_of
from geo.resolve import Moment, Question, determine

SAMPLE = Path(__file__).parents[1] / "samples" / "gusu"
SOURCE = SAMPLE / "records.csv.gz"
FIELDS = Fields(lon="lon", lat="lat")


def asking(stage: Stage) -> Iterator[Section]:
    """All that is measured on the sample city."""
    city_map = read_city(SAMPLE).city_map
    if city_map is None:
        raise SystemExit("the sample city does not import; see: python main.py import samples/gusu")
    atlas = Atlas(city_map, Edition(1, datetime.now(UTC), None))
    lon, lat = read_positions(SOURCE, FIELDS, city=atlas.city, datum=None, encoding="utf-8-sig")
    placed = np.isfinite(lon)
    lon, lat = lon[placed], lat[placed]
    yield _bulk(stage, atlas, lon, lat)
    yield _doubt(stage, atlas)
    yield _single(stage, atlas, lon, lat)


def _bulk(stage: Stage, atlas: Atlas, lon: FloatArray, lat: FloatArray) -> Section:
    sigma_m = np.full(len(lon), 6.6)
    areas = geopandas.GeoDataFrame(
        {"code": [area.code for area in atlas.areas]}, geometry=[area.boundary for area in atlas.areas], crs=4326
    )
    points = geopandas.GeoSeries(shapely.points(lon, lat), crs=4326).to_frame("geometry")
    with tempfile.TemporaryDirectory() as scratch:
        job = Job(source=SOURCE, target=Path(scratch) / "out.csv.gz", fields=FIELDS)
        runs: dict[str, tuple[int, Run]] = {
            name: (len(lon), timed(work))
            for name, work in {
                f"{SJOIN}: areas only": lambda: geopandas.sjoin(points, areas, predicate="intersects"),
                "assign, arrays: areas, verdict, border": lambda: assign(atlas, lon=lon, lat=lat, sigma_m=sigma_m),
                "assign, file to file": lambda: assign_file(View(atlas), job, Frame(now=datetime.now(UTC)), "en"),
            }.items()
        }
        lines = interleaved(runs, stage.sizes.rounds)
    return Section(code="city_bulk", title="sample city: its records", unit="rows/s", lines=lines)


def _doubt(stage: Stage, atlas: Atlas) -> Section:
    """What it costs that positions are uncertain: the same ones, all over the city, as if surveyed and otherwise."""
    territory = [area.boundary for area in atlas.areas if area.scheme == atlas.city.territory and area.parent is None]
    ground = shapely.union_all(territory)
    west, south, east, north = ground.bounds
    rng = np.random.default_rng(1)
    count = stage.sizes.server_positions
    lon, lat = rng.uniform(west, east, 4 * count), rng.uniform(south, north, 4 * count)
    inside = np.flatnonzero(shapely.contains_xy(ground, lon, lat))[:count]
    lon, lat = lon[inside], lat[inside]

    def asked(accuracy_m: float) -> Run:
        sigma_m = np.full(len(lon), sigma_of(accuracy_m=accuracy_m, confidence=atlas.city.policy.confidence))
        return timed(lambda: assign(atlas, lon=lon, lat=lat, sigma_m=sigma_m))

    runs = {"assign, surveyed positions": (len(lon), asked(0.0))}
    runs |= {f"assign, accuracy {metres:g} m": (len(lon), asked(metres)) for metres in (5.0, 10.0, 50.0)}
    lines = interleaved(runs, stage.sizes.rounds)
    return Section(code="city_doubt", title="sample city: what doubt costs", unit="rows/s", lines=lines)


def _single(stage: Stage, atlas: Atlas, lon: FloatArray, lat: FloatArray) -> Section:
    tree = shapely.STRtree([area.boundary for area in atlas.areas])
    count = min(stage.sizes.single // 10 + 10, len(lon))
    places = list(zip(lon[:count].tolist(), lat[:count].tolist(), strict=True))
    now = datetime.now(UTC)
    moment = Moment(now, now, (atlas.edition,))

    def look_up() -> None:
        for x, y in places:
            determine(atlas, Question(Position(lon=x, lat=y, accuracy_m=10), Given(x, y, "wgs84")), moment)

    def query() -> None:
        for x, y in places:
            tree.query(shapely.Point(x, y), predicate="intersects")

    lines = interleaved(
        {f"{TREE}: areas only": (count, timed(query)), "one look-up: the whole answer": (count, timed(look_up))},
        stage.sizes.rounds,
    )
    return Section(code="city_single", title="sample city: one look-up at a time", unit="look-ups/s", lines=lines)
