"""Answers over HTTP: one worker, sixteen connections, from wrk."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError

import numpy as np
import shapely

from benchmarks.findings import Floor, Section
from benchmarks.peers import PeerMissing
from benchmarks.postgis import address, connect
from benchmarks.served import BY_POSTGIS, HELLO, POSTGIS_URL
from benchmarks.stage import Stage
from benchmarks.timing import Measured
from geo.city_folder import read_city
from geo.model import CityMap
from tests.postgis import Server

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "gusu"
ANSWER = "/v1/responsible"
NAMES = {HELLO: "hello, the same app", ANSWER: "the whole answer", BY_POSTGIS: "areas and border by PostGIS"}
NO_WRK = "wrk is not installed; as root on Debian: apt-get install wrk"
PLACES = 1_000
STARTS_WITHIN_S = 60.0
HELLO_SHARE, P99_TIMES, POSTGIS_TIMES = 0.5, 3.0, 1.5
UNIT_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
# Takes turns through places, so that nothing is asked twice in a row.
SCRIPT = """
local places, i = {{ {places} }}, 0
request = function()
  i = i % #places + 1
  return wrk.format("GET", wrk.path .. places[i])
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk said of one round."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float


def answering(stage: Stage) -> Iterator[Section]:
    """Hello, the whole answer, and an answer by PostGIS, in turns."""
    title = "HTTP: one worker, 16 connections"
    reason = _ready_wrk()
    if reason is not None:
        yield Section(code="http", title=title, unit="answers/s", lines={}, missing={"all of it": reason})
        return
    missing = {}
    with TemporaryDirectory() as scratch, _served(Path(scratch), stage.server) as origin:
        scripts = _write_scripts(Path(scratch))
        paths = [HELLO, ANSWER]
        if isinstance(stage.server, PeerMissing):
            missing[NAMES[BY_POSTGIS]] = str(stage.server)
        else:
            paths.append(BY_POSTGIS)
        loads: dict[str, list[Load]] = {path: [] for path in paths}
        for path in paths:
            _wrk(origin + path, scripts[path], 1)
        for _ in range(stage.sizes.rounds):
            for path in paths:
                loads[path].append(_wrk(origin + path, scripts[path], stage.sizes.http_seconds))
    yield _section(title, loads, missing)


def _section(title: str, loads: Mapping[str, list[Load]], missing: Mapping[str, str]) -> Section:
    # Rounds last alike and differ in how much was answered: told as the seconds that a thousand answers took.
    lines = {
        NAMES[path]: Measured(1000, tuple(1000 * one.seconds / one.requests for one in rounds))
        for path, rounds in loads.items()
    }
    p50 = {path: float(np.median([one.p50_ms for one in rounds])) for path, rounds in loads.items()}
    p99 = {path: float(np.median([one.p99_ms for one in rounds])) for path, rounds in loads.items()}
    whole = lines[NAMES[ANSWER]].rate
    floors = [
        Floor("the whole answer: times hello", whole / lines[NAMES[HELLO]].rate, HELLO_SHARE),
        Floor("the whole answer: p99, times hello's", p99[ANSWER] / p99[HELLO], P99_TIMES, at_most=True),
    ]
    if BY_POSTGIS in loads:
        times = whole / lines[NAMES[BY_POSTGIS]].rate
        floors.append(Floor("the whole answer: times PostGIS", times, POSTGIS_TIMES))
    return Section(
        code="http",
        title=title,
        unit="answers/s",
        lines=lines,
        floors=tuple(floors),
        details={NAMES[path]: f"p50 {p50[path]:.2f} ms, p99 {p99[path]:.2f} ms" for path in loads},
        missing=missing,
        notes=(
            "wrk runs on the same machine and takes its share of it",
            "PostGIS tells areas and border only: no category, no share of doubt, no chain",
        ),
    )


def _ready_wrk() -> str | None:
    """Nothing, when wrk is there or root on Debian could install it; else why it is not."""
    if shutil.which("wrk") is None and os.geteuid() == 0 and Path("/etc/debian_version").exists():
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "wrk"]):
            subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    return None if shutil.which("wrk") else NO_WRK


@contextmanager
def _served(scratch: Path, server: Server | PeerMissing) -> Iterator[str]:
    """The service on the sample city, with both routes of comparison; its origin."""
    environment = os.environ | {"POINTWARD_DATABASE_URL": f"sqlite:///{scratch / 'served.sqlite'}"}
    for command in (["migrate"], ["import", str(SAMPLE)], ["publish"]):
        subprocess.run(  # noqa: S603
            [sys.executable, "main.py", *command], cwd=ROOT, env=environment, check=True, capture_output=True
        )
    if isinstance(server, Server):
        _fill_postgis(server)
        environment[POSTGIS_URL] = address(server)
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.served", str(port)], cwd=ROOT, env=environment)  # noqa: S603
    origin = f"http://127.0.0.1:{port}"
    try:
        _wait_for(origin, process)
        yield origin
    finally:
        process.terminate()
        process.wait()


def _fill_postgis(server: Server) -> None:
    """The sample city's areas, and the borders of those that a unit answers for."""
    city_map = _sample()
    with connect(server) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE areas (scheme text, level text, code text, unit text, boundary geometry)")
        cursor.execute("CREATE TABLE borders (unit text, line geometry)")
        with cursor.copy("COPY areas FROM STDIN") as areas:
            for one in city_map.areas:
                areas.write_row((one.scheme, one.level, one.code, one.unit, _wkb(one.boundary)))
        with cursor.copy("COPY borders FROM STDIN") as borders:
            for one in city_map.areas:
                if one.unit is not None and one.scheme == city_map.city.territory:
                    for piece in shapely.get_parts(shapely.boundary(one.boundary)):
                        borders.write_row((one.unit, _wkb(piece)))
        cursor.execute("CREATE INDEX ON areas USING gist (boundary)")
        cursor.execute("CREATE INDEX ON borders USING gist (line)")
        cursor.execute("ANALYZE areas, borders")


def _wkb(geometry: shapely.Geometry) -> str:
    return str(shapely.to_wkb(shapely.set_srid(geometry, 4326), hex=True, include_srid=True))


def _sample() -> CityMap:
    city_map = read_city(SAMPLE).city_map
    if city_map is None:
        raise SystemExit("the sample city does not import; see: python main.py import samples/gusu")
    return city_map


def _write_scripts(scratch: Path) -> dict[str, Path]:
    """What wrk asks of each path: places all over the sample city, or nothing in particular."""
    west, south, east, north = shapely.total_bounds([area.boundary for area in _sample().areas])
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(west, east, PLACES).tolist(), rng.uniform(south, north, PLACES).tolist()
    queries = ", ".join(f'"?lon={x:.6f}&lat={y:.6f}"' for x, y in zip(lon, lat, strict=True))
    scripts = {}
    for path, places in ((HELLO, '""'), (ANSWER, queries), (BY_POSTGIS, queries)):
        scripts[path] = scratch / f"{path.rpartition('/')[2]}.lua"
        scripts[path].write_text(SCRIPT.format(places=places))
    return scripts


def _wrk(url: str, script: Path, seconds: int) -> Load:
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", "-s", str(script), url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    return read_load(said)


def read_load(said: str) -> Load:
    """What wrk printed, as figures.

    Raises
    ------
    ValueError
        Some requests were not answered with 200, or it printed something else.
    """
    total = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)\b", said)
    p50, p99 = (re.search(rf"\b{share}%\s+([\d.]+)(us|ms|s)\b", said) for share in ("50", "99"))
    if total is None or p50 is None or p99 is None or "Non-2xx" in said:
        raise ValueError(said)
    per_second = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
    return Load(
        requests=int(total[1]),
        seconds=float(total[2]) * per_second[total[3]],
        p50_ms=float(p50[1]) * UNIT_MS[p50[2]],
        p99_ms=float(p99[1]) * UNIT_MS[p99[2]],
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(origin: str, process: subprocess.Popen[bytes]) -> None:
    """Nothing, once the service answers."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{origin}{ANSWER}?lon=120.62&lat=31.31"):  # noqa: S310
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise SystemExit(f"the service did not answer within {STARTS_WITHIN_S:g} s")
