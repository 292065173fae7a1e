"""The analytic engines in this process: DuckDB with its spatial extension, and SedonaDB. Both use every core."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from benchmarks.peers import Numbers, PeerMissing, Question, told
from benchmarks.world import Boundaries
from geo.model import FloatArray

if TYPE_CHECKING:
    import duckdb

DUCKDB, SEDONA = "DuckDB spatial", "SedonaDB"
INSTALL = "make bench installs it (requirements-bench.lock)"
JOIN = "SELECT places.row, areas.number FROM places JOIN areas ON {on}"
HOLDS = "ST_Intersects(areas.boundary, ST_Point(places.lon, places.lat))"


def by_duckdb(boundaries: Boundaries, lon: FloatArray, lat: FloatArray) -> Question:
    """A join in DuckDB, which must plan it as its spatial join.

    Raises
    ------
    PeerMissing
        It, or its extension, is not there; or it plans the join otherwise.
    """
    connection = open_duckdb()
    connection.register("given", areas_table(boundaries))
    connection.execute("CREATE TABLE areas AS SELECT number, ST_GeomFromWKB(wkb) AS boundary FROM given")
    join = JOIN.format(on=HOLDS)

    def ask() -> Numbers:
        connection.register("places", places_table(lon, lat))
        found = connection.execute(join).fetchnumpy()
        return told(len(lon), found["row"], found["number"])

    connection.register("places", places_table(lon, lat))
    plan = str(connection.execute("EXPLAIN " + join).fetchall())
    if "SPATIAL_JOIN" not in plan:
        raise PeerMissing("this DuckDB plans the join without its spatial join; take 1.3 or later")
    return ask


def open_duckdb() -> "duckdb.DuckDBPyConnection":
    """A database in memory with the extension that the package carries; nothing is fetched.

    Raises
    ------
    PeerMissing
    """
    if find_spec("duckdb") is None or (package := find_spec("duckdb_extension_spatial")) is None:
        raise PeerMissing(f"DuckDB or its spatial extension is not installed; {INSTALL}")
    import duckdb

    folder = Path(str(package.origin)).parent
    extension = folder / "extensions" / f"v{duckdb.__version__}" / "spatial.duckdb_extension"
    if not extension.exists():
        raise PeerMissing(f"the spatial extension is not that of DuckDB {duckdb.__version__}; {INSTALL}")
    connection = duckdb.connect()
    connection.execute(f"LOAD '{extension}'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def by_sedona(boundaries: Boundaries, lon: FloatArray, lat: FloatArray) -> Question:
    """A join in SedonaDB.

    Raises
    ------
    PeerMissing
    """
    if find_spec("sedonadb") is None:
        raise PeerMissing(f"SedonaDB is not installed; {INSTALL}")
    import sedonadb

    engine = sedonadb.connect()
    engine.create_data_frame(areas_table(boundaries)).to_view("given")
    engine.sql("SELECT number, ST_GeomFromWKB(wkb) AS boundary FROM given").to_memtable().to_view("areas")

    def ask() -> Numbers:
        engine.create_data_frame(places_table(lon, lat)).to_view("places", overwrite=True)
        found = pa.table(engine.sql(JOIN.format(on=HOLDS)))
        return told(len(lon), found["row"].to_numpy(), found["number"].to_numpy())

    return ask


def areas_table(boundaries: Boundaries) -> pa.Table:
    """Numbers and polygons as WKB."""
    numbers = np.arange(len(boundaries), dtype=np.int32)
    return pa.table({"number": numbers, "wkb": pa.array(shapely.to_wkb(boundaries), pa.binary())})


def places_table(lon: FloatArray, lat: FloatArray) -> pa.Table:
    """Positions, numbered; the arrays are not copied."""
    return pa.table({"row": np.arange(len(lon)), "lon": lon, "lat": lat})
