"""How far the nearest border is, one look-up at a time, and what the index costs: build, memory, growth."""

from collections.abc import Callable, Iterator

import numpy as np
import shapely

from benchmarks.contender import contender
from benchmarks.findings import Floor, Section, times_floors
from benchmarks.locating import PLACEMENTS
from benchmarks.ours import CAP_M, positions
from benchmarks.peers import SJOIN, TREE, by_sjoin
from benchmarks.stage import Stage
from benchmarks.timing import Run, interleaved, timed
from benchmarks.world import draw_world
from geo.crs import to_metric
from geo.model import FloatArray

NEAREST = "Shapely STRtree.query_nearest"
NEAREST_LEAST = {"numpy": {NEAREST: 4.0}, "numba": {NEAREST: 10.0}}
BUILD_S, LOAD_S, MEMORY_MB = 3.0, 0.1, 120.0
# Metres of two planes differ by what the parallels narrow from the world's middle to its rim: 0.3 % at 0.25°.
PLANES_APART = 0.005


def distances(stage: Stage) -> Iterator[Section]:
    """The nearest border of cells within 50 m, by metres."""
    for placement, said in PLACEMENTS.items():
        count = stage.sizes.server_positions * 4
        lon, lat = positions(stage.world, placement, count)
        query = _nearest_on_plane(stage, lon, lat)
        runs: dict[str, tuple[int, Run]] = {
            one.name: (count, one.run("distance", placement, count)) for one in stage.contenders
        }
        runs[NEAREST] = count, timed(query)
        lines = interleaved(runs, stage.sizes.rounds)
        stage.contenders[0].ask("distance", placement, count)
        apart = _apart(stage.contenders[0].ask("answer"), query())
        yield Section(
            code=f"distance_{placement}",
            title=f"border distance, up to {CAP_M:g} m; positions {said}",
            unit="positions/s",
            lines=lines,
            floors=times_floors(lines, NEAREST_LEAST),
            details={NEAREST: f"{apart} of {count:,} differ by more than {PLANES_APART:.1%}"},
            notes=(
                "the peer's borders and positions are in metres on one plane around the middle of the world, brought "
                "there beforehand (not timed); ours are measured on the ellipsoid around each position",
            ),
        )


def _nearest_on_plane(stage: Stage, lon: FloatArray, lat: FloatArray) -> Callable[[], FloatArray]:
    """The peer's question: metres to the nearest of all pieces of borders, inf beyond."""
    segments = stage.world.segments()
    middle_lon, middle_lat = segments.mean(axis=(0, 1)).tolist()
    around = {"origin_lon": middle_lon, "origin_lat": middle_lat}
    pieces = np.stack(to_metric(lon=segments[..., 0], lat=segments[..., 1], **around), axis=-1)
    tree = shapely.STRtree(shapely.linestrings(pieces))
    east, north = to_metric(lon=lon, lat=lat, **around)

    def query() -> FloatArray:
        (position, _), metres = tree.query_nearest(
            shapely.points(east, north), max_distance=CAP_M, return_distance=True, all_matches=False
        )
        found = np.full(len(lon), np.inf)
        found[position] = metres
        return found

    return query


def _apart(ours: FloatArray, theirs: FloatArray) -> int:
    """At how many positions the metres differ by more than the planes do; just beyond the cap is as at the cap."""
    ours, theirs = np.minimum(ours, CAP_M), np.minimum(theirs, CAP_M)
    return int(np.count_nonzero(np.abs(ours - theirs) > PLANES_APART * np.maximum(ours, theirs) + 1e-6))


def single(stage: Stage) -> Iterator[Section]:
    """One position after the other."""
    count = stage.sizes.single
    boundaries = stage.world.level(1)
    tree = shapely.STRtree(boundaries)
    lon, lat = positions(stage.world, "uniform", count)
    places = list(zip(lon.tolist(), lat.tolist(), strict=True))

    def query() -> list[int]:
        found = [tree.query(shapely.Point(x, y), predicate="intersects") for x, y in places]
        return [int(numbers.min()) if len(numbers) else -1 for numbers in found]

    runs: dict[str, tuple[int, Run]] = {one.name: (count, one.run("single", count)) for one in stage.contenders}
    lines = interleaved(runs | {TREE: (count, timed(query))}, stage.sizes.rounds)
    stage.contenders[0].ask("single", count)
    ours = stage.contenders[0].ask("answer")
    apart = sum(one != other for one, other in zip(ours, query(), strict=True))
    yield Section(
        code="single",
        title=f"one look-up at a time, {len(boundaries):,} areas",
        unit="look-ups/s",
        lines=lines,
        details={TREE: f"{apart} of {count:,} differ"},
    )


def building(stage: Stage) -> Iterator[Section]:
    """Build, load and memory of the index over the cells."""
    sizes = stage.sizes
    cells = stage.world.level(1)
    runs: dict[str, tuple[int, Run]] = {
        one.name: (len(cells), one.run("build", sizes.columns, sizes.rows)) for one in stage.contenders
    }
    runs |= {f"{one.name}: load": (len(cells), one.run("load")) for one in stage.contenders}
    runs[TREE] = len(cells), timed(lambda: shapely.STRtree(cells).query(cells[0]))
    lines = interleaved(runs, sizes.rounds)
    floors, details = [], {}
    for one in stage.contenders:
        with contender(one.kernel, sizes) as fresh:
            megabytes = fresh.ask("memory")
        floors += [
            Floor(f"{one.name}: build", lines[one.name].median_s, BUILD_S, at_most=True, unit="s"),
            Floor(f"{one.name}: load", lines[f"{one.name}: load"].median_s, LOAD_S, at_most=True, unit="s"),
            Floor(f"{one.name}: arrays in memory", megabytes["arrays"], MEMORY_MB, at_most=True, unit="MB"),
        ]
        details[one.name] = f"arrays {megabytes['arrays']:.0f} MB, the process grew by {megabytes['resident']:.0f} MB"
    yield Section(
        code="build",
        title=f"build and load: {len(cells):,} cells, {int(shapely.get_num_coordinates(cells).sum()):,} vertices",
        unit="cells/s",
        lines=lines,
        floors=tuple(floors),
        details=details,
    )


def growing(stage: Stage) -> Iterator[Section]:
    """How the rate goes with the number of cells, and with that of positions."""
    for columns, rows in stage.sizes.growth_cells:
        yield _grown(stage, columns, rows)
    for count in stage.sizes.growth_positions:
        yield _with_positions(stage, count)


def _grown(stage: Stage, columns: int, rows: int) -> Section:
    count, theirs = stage.sizes.positions, stage.sizes.coarse_positions
    world = draw_world(columns=columns, rows=rows, bends=stage.sizes.bends)
    boundaries = world.level(1)
    lon, lat = world.anywhere(count)
    details = {
        one.name: f"built in {one.ask('build', columns, rows):.2f} s (once)" for one in stage.contenders
    }  # fmt: skip
    runs: dict[str, tuple[int, Run]] = {
        one.name: (count, one.run("locate_in_built", columns, rows, count)) for one in stage.contenders
    }
    runs[SJOIN] = theirs, timed(by_sjoin(boundaries, lon[:theirs], lat[:theirs]))
    return Section(
        code=f"cells_{len(boundaries)}",
        title=f"growth: {len(boundaries):,} cells",
        unit="positions/s",
        lines=interleaved(runs, stage.sizes.rounds),
        details=details,
    )


def _with_positions(stage: Stage, count: int) -> Section:
    lon, lat = stage.world.anywhere(count)
    runs: dict[str, tuple[int, Run]] = {
        one.name: (count, one.run("locate", 1, "uniform", count)) for one in stage.contenders
    }
    runs[SJOIN] = count, timed(by_sjoin(stage.world.level(1), lon, lat))
    return Section(
        code=f"positions_{count}",
        title=f"growth: {count:,} positions",
        unit="positions/s",
        lines=interleaved(runs, stage.sizes.rounds),
    )
