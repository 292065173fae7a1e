"""What a user would write without Pointward: a Parquet file in, the same file with more columns out.

The cells come as a frame with the codes of what they lie in, the borders between units as a frame in metres.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from benchmarks.engines import open_duckdb
from benchmarks.world import World
from benchmarks.world_map import HEADQUARTERS, SCHEME, Sides, code_of, unit_of

METRIC_CRS = 32651  # UTM 51 N, in which the world lies
WITHIN_M = 50.0
NEAR_M = 10.0
PART_ROWS = 1_000_000


def frame_of_cells(world: World, sides: Sides) -> geopandas.GeoDataFrame:
    """The cells with the codes of what they lie in, under the names that Pointward gives these columns."""
    columns = {f"pw_{SCHEME}_{level}": [code_of(i) for i in world.parents(side).tolist()] for level, side in sides}
    columns["pw_unit"] = [unit_of(i) for i in world.parents(sides[-2][1]).tolist()]
    return geopandas.GeoDataFrame(columns, geometry=world.level(sides[-1][1]), crs=4326)


def frame_of_borders(world: World, sides: Sides) -> geopandas.GeoDataFrame:
    """The borders between units in metres, with the unit on either side, None where nobody is."""
    edges, left, right = world.borders(sides[-2][1])
    units = {
        side: [None if i < 0 else unit_of(i) for i in numbers.tolist()]
        for side, numbers in (("left", left), ("right", right))
    }
    return geopandas.GeoDataFrame(units, geometry=shapely.linestrings(edges), crs=4326).to_crs(METRIC_CRS)


def areas_by_geopandas(source: Path, target: Path, cells: geopandas.GeoDataFrame) -> None:
    """The areas of each row, by sjoin, a million rows at a time."""
    _write(target, (_joined(rows, cells).drop(columns="geometry") for rows in _parts(source)))


def areas_by_duckdb(source: Path, target: Path, cells: geopandas.GeoDataFrame) -> None:
    """The areas of each row, by DuckDB's spatial join, from file to file.

    Raises
    ------
    PeerMissing
    """
    with open_duckdb() as connection:
        table = pa.Table.from_pandas(cells.drop(columns="geometry"), preserve_index=False)
        connection.register("given", table.append_column("wkb", pa.array(cells.geometry.to_wkb(), pa.binary())))
        connection.execute("CREATE TABLE cells AS SELECT * EXCLUDE wkb, ST_GeomFromWKB(wkb) AS boundary FROM given")
        read = f"SELECT *, ST_Point(lon, lat) AS place FROM read_parquet('{source}')"  # noqa: S608
        on = "ST_Intersects(boundary, place)"
        join = f"SELECT * EXCLUDE (place, boundary) FROM ({read}) LEFT JOIN cells ON {on}"  # noqa: S608
        connection.execute(f"COPY ({join}) TO '{target}' (FORMAT parquet)")


def answer_by_geopandas(
    source: Path, target: Path, cells: geopandas.GeoDataFrame, borders: geopandas.GeoDataFrame
) -> None:
    """The areas, the unit, the nearest border within 50 m, who is across, and a verdict by how near that is."""
    _write(target, (_answered(_joined(rows, cells), borders) for rows in _parts(source)))


def _answered(places: geopandas.GeoDataFrame, borders: geopandas.GeoDataFrame) -> pd.DataFrame:
    metric = places[["geometry"]].to_crs(METRIC_CRS)
    near = geopandas.sjoin_nearest(metric, borders, max_distance=WITHIN_M, distance_col="pw_border_m")
    places = places.join(near.loc[~near.index.duplicated(), ["pw_border_m", "left", "right"]])
    held = places["pw_unit"].notna()
    places["pw_rival"] = places["left"].where(places["left"] != places["pw_unit"], places["right"])
    places["pw_verdict"] = np.select([~held, places["pw_border_m"] < NEAR_M], ["unclaimed", "likely"], "certain")
    places["pw_next"] = places["pw_unit"].where(held, HEADQUARTERS.code)
    return places.drop(columns=["geometry", "left", "right"])


def _joined(rows: pd.DataFrame, cells: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    places = geopandas.GeoDataFrame(rows, geometry=geopandas.points_from_xy(rows["lon"], rows["lat"]), crs=4326)
    joined = geopandas.sjoin(places, cells, how="left", predicate="intersects").drop(columns="index_right")
    return joined[~joined.index.duplicated()]


def _parts(source: Path) -> Iterator[pd.DataFrame]:
    with pq.ParquetFile(source) as file:
        for rows in file.iter_batches(batch_size=PART_ROWS):
            yield rows.to_pandas()


def _write(target: Path, parts: Iterator[pd.DataFrame]) -> None:
    with ExitStack() as opened:
        writer = None
        for part in parts:
            table = pa.Table.from_pandas(part, preserve_index=False)
            if writer is None:
                writer = opened.enter_context(pq.ParquetWriter(target, table.schema))
            writer.write_table(table.cast(writer.schema))
