"""Records counted in square cells of equal ground: the honest picture of where they are many."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import to_metric
from geo.model import FloatArray

SIDES_M = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
CELLS_ACROSS = 200  # at most, in the longer direction
MAX_CLASSES = 6
SQUARE_KM_M2 = 1_000_000


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells that hold records: `row`, `column` and `count` are (n,), by row and then column.

    Row 0 begins at `origin_lat` and goes north, column 0 at `origin_lon` and goes east. Every row has its own width in
    degrees, `lon_steps[i]` for `row[i]`, so that all cells have the same ground.
    """

    side_m: int
    origin_lon: float
    origin_lat: float
    lat_step: float
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    count: NDArray[np.int64]
    lon_steps: FloatArray

    @property
    def per_km2(self) -> float:
        """Records per square kilometre for one record in a cell."""
        return SQUARE_KM_M2 / self.side_m**2

    def centers(self) -> tuple[FloatArray, FloatArray]:
        """Longitudes and latitudes of the middles, each (n,)."""
        lon = self.origin_lon + (self.column + 0.5) * self.lon_steps
        return lon, row_centers(self.row, origin_lat=self.origin_lat, lat_step=self.lat_step)


def count_cells(*, lon: FloatArray, lat: FloatArray, bounds: tuple[float, float, float, float]) -> Cells:
    """The records, (n,) in WGS 84 degrees, counted in cells whose side suits the bounds (west, south, east, north)."""
    west, south, east, north = bounds
    origin_lon, origin_lat = (west + east) / 2, (south + north) / 2
    width_m = (east - west) * float(lon_degree_m(origin_lat))
    height_m = (north - south) * lat_degree_m(origin_lat)
    side_m = next((side for side in SIDES_M if max(width_m, height_m) / side <= CELLS_ACROSS), SIDES_M[-1])
    lat_step = side_m / lat_degree_m(origin_lat)
    row = np.floor((lat - origin_lat) / lat_step).astype(np.int64)
    lon_step = side_m / lon_degree_m(row_centers(row, origin_lat=origin_lat, lat_step=lat_step))
    column = np.floor((lon - origin_lon) / lon_step).astype(np.int64)
    places, first, count = np.unique(np.column_stack([row, column]), axis=0, return_index=True, return_counts=True)
    return Cells(
        side_m=side_m,
        origin_lon=origin_lon,
        origin_lat=origin_lat,
        lat_step=lat_step,
        row=places[:, 0],
        column=places[:, 1],
        count=count.astype(np.int64),
        lon_steps=lon_step[first],
    )


def row_centers(row: NDArray[np.int64], *, origin_lat: float, lat_step: float) -> FloatArray:
    """Latitudes of the middles of rows, of the shape of `row`."""
    return np.asarray(origin_lat + (row + 0.5) * lat_step, dtype=np.float64)


def lat_degree_m(lat: float) -> float:
    """Metres of one degree along the meridian."""
    _, north_m = to_metric(lon=0.0, lat=lat + 1.0, origin_lon=0.0, origin_lat=lat)
    return float(north_m)


def lon_degree_m(lat: FloatArray | float) -> FloatArray:
    """Metres of one degree along the parallel, of the shape of `lat`."""
    east_m, _ = to_metric(lon=1.0, lat=lat, origin_lon=0.0, origin_lat=lat)
    return east_m


def class_limits(count: NDArray[np.int64]) -> tuple[int, ...]:
    """The smallest count of each class, ascending, on the steps 1, 2, 5, 10 …; every class has a cell.

    Where more steps than MAX_CLASSES have cells, some are passed over evenly, so that a few extreme cells cannot push
    all others into one class.
    """
    if not count.size:
        return ()
    steps = [digit * 10**power for power in range(len(str(count.max()))) for digit in (1, 2, 5)]
    reached = np.unique(np.searchsorted(steps, count, side="right") - 1)
    chosen = np.unique(np.linspace(0, len(reached) - 1, MAX_CLASSES).round().astype(np.int64))
    return tuple(steps[step] for step in reached[chosen])
