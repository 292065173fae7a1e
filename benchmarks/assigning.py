"""`assign` from Parquet to Parquet, beside the scripts that a user would write instead."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.findings import Floor, Section, times_floors
from benchmarks.peers import PeerMissing
from benchmarks.scripts import (
    answer_by_geopandas,
    areas_by_duckdb,
    areas_by_geopandas,
    frame_of_borders,
    frame_of_cells,
)
from benchmarks.stage import Stage
from benchmarks.timing import Measured, Run, interleaved, timed
from benchmarks.world import World
from benchmarks.world_map import SCHEME

BY_GEOPANDAS, BY_DUCKDB = "a script with geopandas", "a script with DuckDB"
AREAS_LEAST = {"numpy": {BY_GEOPANDAS: 5.0, BY_DUCKDB: 5.0}, "numba": {BY_GEOPANDAS: 6.0, BY_DUCKDB: 6.0}}
ANSWER_LEAST = {"numpy": {BY_GEOPANDAS: 4.0}, "numba": {BY_GEOPANDAS: 10.0}}
SEED = 7


def assigning(stage: Stage) -> Iterator[Section]:
    """The areas alone, and the whole answer, for each size of file."""
    with TemporaryDirectory() as scratch:
        cells = frame_of_cells(stage.world, stage.sizes.sides)
        for rows in stage.sizes.assign_rows:
            source = _write_rows(stage.world, rows, Path(scratch) / f"rows_{rows}.parquet")
            yield _areas(stage, source, rows, cells)
            yield _answers(stage, source, rows, cells)


def _areas(stage: Stage, source: Path, rows: int, cells: geopandas.GeoDataFrame) -> Section:
    folder = source.parent
    scripts: dict[str, tuple[Path, Callable[[], object]]] = {}
    missing = {}
    for name, script in ((BY_GEOPANDAS, areas_by_geopandas), (BY_DUCKDB, areas_by_duckdb)):
        target = folder / f"areas {name}.parquet"
        work = _script(script, source, target, cells)
        try:
            _script(script, _head(source, 1), target, cells)()
        except PeerMissing as reason:
            missing[name] = str(reason)
        else:
            scripts[name] = target, work
    runs: dict[str, tuple[int, Run]] = {name: (rows, timed(work)) for name, (_, work) in scripts.items()}
    ours = {}
    for one in stage.contenders:
        ours[one.name] = folder / f"areas {one.kernel}.parquet"
        runs[one.name] = rows, one.run("areas_only", str(source), str(ours[one.name]))
    lines = interleaved(runs, stage.sizes.rounds, warm=False)
    first = next(iter(ours.values()))
    targets = {name: target for name, (target, _) in scripts.items()} | dict(list(ours.items())[1:])
    return Section(
        code=f"assign_areas_{rows}",
        title=f"assign, Parquet to Parquet, {rows:,} rows: areas only",
        unit="rows/s",
        lines=lines,
        floors=_floors_of_largest(stage, rows, lines, AREAS_LEAST),
        details=_compared(first, targets, tuple(f"pw_{SCHEME}_{level}" for level, _ in stage.sizes.sides)),
        missing=missing,
    )


def _answers(stage: Stage, source: Path, rows: int, cells: geopandas.GeoDataFrame) -> Section:
    folder, count = source.parent, min(rows, stage.sizes.script_rows)
    borders = frame_of_borders(stage.world, stage.sizes.sides)
    script_source, target = _head(source, count), folder / "answers by script.parquet"
    runs: dict[str, tuple[int, Run]] = {
        BY_GEOPANDAS: (count, timed(lambda: answer_by_geopandas(script_source, target, cells, borders)))
    }
    ours = {}
    for one in stage.contenders:
        ours[one.name] = folder / f"answers {one.kernel}.parquet"
        runs[one.name] = rows, one.run("whole_answer", str(source), str(ours[one.name]))
    lines = interleaved(runs, stage.sizes.rounds, warm=False)
    first = next(iter(ours.values()))
    return Section(
        code=f"assign_answers_{rows}",
        title=f"assign, Parquet to Parquet, {rows:,} rows: areas, unit, verdict, border",
        unit="rows/s",
        lines=lines,
        floors=_floors_of_largest(stage, rows, lines, ANSWER_LEAST),
        details=_compared(first, {BY_GEOPANDAS: target}, (f"pw_{SCHEME}_{stage.sizes.sides[-1][0]}",)),
        notes=(
            f"the script gets {count:,} of the rows; its rate does not depend on how many there are",
            "its verdict is a rule of thumb by metres: it has no share, and no ladder",
        ),
    )


def _script(
    script: Callable[[Path, Path, geopandas.GeoDataFrame], None],
    source: Path,
    target: Path,
    cells: geopandas.GeoDataFrame,
) -> Callable[[], None]:
    return lambda: script(source, target, cells)


def _floors_of_largest(
    stage: Stage, rows: int, lines: Mapping[str, Measured], least: Mapping[str, Mapping[str, float]]
) -> tuple[Floor, ...]:
    return times_floors(lines, least) if rows == max(stage.sizes.assign_rows) else ()


def _write_rows(world: World, rows: int, path: Path) -> Path:
    lon, lat = world.anywhere(rows, SEED)
    pq.write_table(pa.table({"id": np.arange(rows), "lon": lon, "lat": lat}), path)
    return path


def _head(source: Path, rows: int) -> Path:
    """A file with the first rows of another."""
    path = source.parent / f"first_{rows}_of_{source.name}"
    if not path.exists():
        with pq.ParquetFile(source) as file:
            pq.write_table(pa.Table.from_batches([next(file.iter_batches(batch_size=rows))]), path)
    return path


def _compared(ours: Path, others: Mapping[str, Path], columns: tuple[str, ...]) -> dict[str, str]:
    """At how many rows the columns of others' files differ from ours; rows are put in order by their id."""
    details = {}
    for name, path in others.items():
        theirs = pq.read_table(path, columns=["id", *columns]).sort_by("id")
        mine = pq.read_table(ours, columns=["id", *columns]).slice(0, theirs.num_rows)
        apart = sum(
            int(np.count_nonzero(mine[column].to_numpy().astype(str) != theirs[column].to_numpy().astype(str)))
            for column in columns
        )
        details[name] = f"{apart} of {theirs.num_rows:,} rows differ"
    return details
