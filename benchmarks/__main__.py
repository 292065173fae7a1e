"""`make bench`: how fast the answer is, beside what a user would write without Pointward, in one run.

Runs are interleaved and the median of several is shown with its spread. The sample city is used unless a folder and a
table of positions are named:

    python -m benchmarks [CITY_DIR TABLE LON_FIELD LAT_FIELD]
"""

import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import geopandas
import numpy as np
import shapely
from rich.console import Console
from rich.table import Table

from api.services.asking import Frame
from api.services.assigning import Job, assign_file
from api.services.bulk_rows import Fields
from api.services.mapping import read_positions
from geo.assign import assign
from geo.atlas import Atlas
from geo.city_folder import read_city
from geo.determination import Given
from geo.model import Edition, FloatArray
from geo.position import Position, sigma_of
from geo.register.log import Register
from geo.resolve import Moment, Question, determine

SAMPLE = Path(__file__).parents[1] / "samples" / "gusu"
ROUNDS = 5
SINGLE_LOOKUPS = 200
SCATTERED = 100_000


@dataclass(frozen=True, slots=True)
class View:
    """One edition that was never published, for `assign_file`."""

    latest: Atlas

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The only edition."""
        return (self.latest.edition,)

    @property
    def register(self) -> Register:
        """Nobody's names."""
        return Register()

    def atlas(self, edition: Edition) -> Atlas:
        """The only atlas."""
        return self.latest


def main() -> None:
    """Prints the table."""
    folder, source, lon_field, lat_field = _arguments()
    console = Console()
    started = time.perf_counter()
    intake = read_city(folder)
    read_s = time.perf_counter() - started
    if intake.city_map is None:
        raise SystemExit("the city does not import; see: python main.py import")
    started = time.perf_counter()
    atlas = Atlas(intake.city_map, Edition(1, datetime.now(UTC), None))
    build_s = time.perf_counter() - started
    fields = Fields(lon=lon_field, lat=lat_field)
    lon, lat = read_positions(source, fields, city=atlas.city, datum=None, encoding="utf-8-sig")
    placed = np.isfinite(lon)
    lon, lat = lon[placed], lat[placed]
    console.print(
        f"{folder.name}: {len(atlas.areas):,} areas, {len(lon):,} positions; city read in {read_s:.2f} s, "
        f"atlas built in {build_s:.2f} s; Python {platform.python_version()}, Shapely {shapely.__version__}, "
        f"GEOS {'.'.join(map(str, shapely.geos_version))}, geopandas {geopandas.__version__}, {platform.machine()}"
    )
    _bulk(console, atlas, lon, lat, source, fields)
    _doubt(console, atlas)
    _single(console, atlas, lon, lat)


def _doubt(console: Console, atlas: Atlas) -> None:
    """What it costs that positions are uncertain: the same ones, all over the city, as if surveyed and otherwise."""
    territory = [area.boundary for area in atlas.areas if area.scheme == atlas.city.territory and area.parent is None]
    ground = shapely.union_all(territory)
    west, south, east, north = ground.bounds
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(west, east, 4 * SCATTERED), rng.uniform(south, north, 4 * SCATTERED)
    inside = np.flatnonzero(shapely.contains_xy(ground, lon, lat))[:SCATTERED]
    lon, lat = lon[inside], lat[inside]

    def asked(accuracy_m: float) -> Callable[[], object]:
        sigma_m = np.full(len(lon), sigma_of(accuracy_m=accuracy_m, confidence=atlas.city.policy.confidence))
        return lambda: assign(atlas, lon=lon, lat=lat, sigma_m=sigma_m)

    runs = {"assign, surveyed positions (peer)": asked(0.0)}
    runs |= {f"assign, accuracy {metres:g} m": asked(metres) for metres in (5.0, 10.0, 50.0)}
    _print(console, "doubt", len(lon), "rows/s", _interleaved(runs))


def _bulk(console: Console, atlas: Atlas, lon: FloatArray, lat: FloatArray, source: Path, fields: Fields) -> None:
    sigma_m = np.full(len(lon), 6.6)
    frame = geopandas.GeoDataFrame(
        {"code": [area.code for area in atlas.areas]}, geometry=[area.boundary for area in atlas.areas], crs=4326
    )
    points = geopandas.GeoSeries(shapely.points(lon, lat), crs=4326).to_frame("geometry")
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / ("out" + "".join(source.suffixes))
        job = Job(source=source, target=target, fields=fields)
        runs = {
            "geopandas.sjoin: areas only (peer)": lambda: geopandas.sjoin(points, frame, predicate="intersects"),
            "assign, arrays: areas, verdict, border": lambda: assign(atlas, lon=lon, lat=lat, sigma_m=sigma_m),
            "assign, file to file": lambda: assign_file(View(atlas), job, Frame(now=datetime.now(UTC)), "en"),
        }
        _print(console, "bulk", len(lon), "rows/s", _interleaved(runs))


def _single(console: Console, atlas: Atlas, lon: FloatArray, lat: FloatArray) -> None:
    tree = shapely.STRtree([area.boundary for area in atlas.areas])
    places = list(zip(lon[:SINGLE_LOOKUPS].tolist(), lat[:SINGLE_LOOKUPS].tolist(), strict=True))
    now = datetime.now(UTC)
    moment = Moment(now, now, (atlas.edition,))

    def look_up() -> None:
        for x, y in places:
            determine(atlas, Question(Position(lon=x, lat=y, accuracy_m=10), Given(x, y, "wgs84")), moment)

    def query() -> None:
        for x, y in places:
            tree.query(shapely.Point(x, y), predicate="intersects")

    runs: dict[str, Callable[[], object]] = {
        "STRtree.query: areas only (peer)": query,
        "one look-up: the whole answer": look_up,
    }
    _print(console, "single", len(places), "look-ups/s", _interleaved(runs))


def _interleaved(runs: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(ROUNDS):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    return seconds


def _print(console: Console, title: str, count: int, unit: str, seconds: dict[str, list[float]]) -> None:
    table = Table(title, unit, "spread", "x peer", box=None)
    peer = statistics.median(next(iter(seconds.values())))
    for name, measured in seconds.items():
        median = statistics.median(measured)
        spread = f"{count / max(measured):,.0f} to {count / min(measured):,.0f}"
        table.add_row(name, f"{count / median:,.0f}", spread, f"{peer / median:.2f}")
    console.print(table)


def _arguments() -> tuple[Path, Path, str, str]:
    if len(sys.argv) == 1:
        return SAMPLE, SAMPLE / "records.csv.gz", "lon", "lat"
    folder, source, lon_field, lat_field = sys.argv[1:]
    return Path(folder), Path(source), lon_field, lat_field


if __name__ == "__main__":
    main()
