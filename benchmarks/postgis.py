"""PostGIS on a throw-away server, as the tests start it: gone when the run is gone."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import psycopg
import shapely

from benchmarks.peers import Numbers, Peer, PeerMissing, Question, told
from benchmarks.world import Boundaries
from geo.model import FloatArray
from tests.postgis import PostgisMissing, Server, close_run, locked, open_run, running_server

POSTGIS, SUBDIVIDED = "PostGIS", "PostGIS, ST_Subdivide"
DATABASE = "benchmarks"
PIECE_VERTICES = 32


@contextmanager
def postgis_server() -> Iterator[Server | PeerMissing]:
    """A block in which the server runs, with an empty database; or why there is none."""
    folder, alive = open_run()
    try:
        with locked(folder / "starting"):
            server = running_server(folder)
        server.create(DATABASE)
        with connect(server) as connection:
            connection.execute("CREATE EXTENSION postgis")
        yield server
    except PostgisMissing as missing:
        yield PeerMissing(str(missing))
    finally:
        close_run(folder, alive)


def connect(server: Server) -> psycopg.Connection:
    """A connection on which everything is kept at once."""
    return psycopg.connect(address(server), autocommit=True)


def address(server: Server) -> str:
    """The database as libpq takes it."""
    return server.url(DATABASE).replace("postgresql+psycopg", "postgresql")


def by_postgis(connection: psycopg.Connection, *, subdivided: bool) -> Peer:
    """A join in PostGIS. Positions stand in a table already and only numbers come back: sending them is not timed."""

    def peer(boundaries: Boundaries, lon: FloatArray, lat: FloatArray) -> Question:
        connection.execute("CREATE TEMP TABLE areas (number int, boundary geometry(Geometry, 4326))")
        connection.execute("CREATE TEMP TABLE places (row int, place geometry(Point, 4326))")
        with connection.cursor() as cursor:
            with cursor.copy("COPY areas FROM STDIN") as areas:
                for number, wkb in enumerate(
                    shapely.to_wkb(shapely.set_srid(boundaries, 4326), True, include_srid=True)
                ):
                    areas.write_row((number, wkb))
            with cursor.copy("COPY places FROM STDIN") as places:
                points = shapely.set_srid(shapely.points(lon, lat), 4326)
                for row, wkb in enumerate(shapely.to_wkb(points, True, include_srid=True)):
                    places.write_row((row, wkb))
        if subdivided:
            cut = f"SELECT number, ST_Subdivide(boundary, {PIECE_VERTICES}) AS boundary FROM areas"  # noqa: S608
            connection.execute(f"CREATE TEMP TABLE pieces AS {cut}")
        table = "pieces" if subdivided else "areas"
        connection.execute(f"CREATE INDEX ON {table} USING gist (boundary)")
        connection.execute(f"ANALYZE {table}, places")
        join = f"SELECT row, number FROM places JOIN {table} ON ST_Intersects(boundary, place)"  # noqa: S608

        def ask() -> Numbers:
            with connection.cursor(binary=True) as cursor:
                pairs = np.array(cursor.execute(join).fetchall(), dtype=np.int64).reshape(-1, 2)
            return told(len(lon), pairs[:, 0], pairs[:, 1])

        return ask

    return peer
