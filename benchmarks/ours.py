"""What the benchmarks ask of Pointward. Nothing else here knows how it is asked: whoever changes that changes this."""

import gc
import tempfile
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.services.asking import Frame
from api.services.assigning import Job, assign_file
from api.services.bulk_rows import Fields
from benchmarks.sizes import Sizes
from benchmarks.timing import seconds_of
from benchmarks.view import View
from benchmarks.world import Boundaries, World, draw_world
from benchmarks.world_map import map_of
from geo.assign import assign
from geo.atlas import Atlas
from geo.index import Cover
from geo.model import Edition, FloatArray
from geo.position import sigma_of
from geo.raster.index import RasterIndex
from geo.raster.kernel import warm_up

CAP_M = 50.0
Numbers = NDArray[np.int32]


def kernels() -> tuple[str, ...]:
    """The kernels that run here, each measured in a process of its own."""
    return ("numpy", "numba") if find_spec("numba") else ("numpy",)


class Ours:
    """Pointward over the world of some sizes, on one kernel. Whatever is asked returns the seconds that it took."""

    def __init__(self, sizes: Sizes) -> None:
        warm_up()  # as a service does at its start
        self._sizes = sizes
        self._world = draw_world(columns=sizes.columns, rows=sizes.rows, bends=sizes.bends)
        self._indexes: dict[int, RasterIndex] = {}
        self._answer: object = None

    def answer(self) -> object:
        """What was found last."""
        return self._answer

    def locate(self, side: int, placement: str, count: int) -> float:
        """The area of one level at each position, by number; -1 where nobody is."""
        index = self._index(side)
        lon, lat = positions(self._world, placement, count)
        return self._timed(lambda: index.locate(lon=lon, lat=lat))

    def tiers(self, placement: str, count: int) -> float:
        """The areas of all levels at each position; (levels, n)."""
        lon, lat = positions(self._world, placement, count)
        return self._timed(lambda: self._tiers(lon, lat))

    def ladder(self, placement: str, count: int, accuracy_m: float) -> float:
        """The whole ladder at each position: who leads, with verdict, share, rival and border."""
        atlas = self._atlas
        lon, lat = positions(self._world, placement, count)
        sigma_m = np.full(count, sigma_of(accuracy_m=accuracy_m, confidence=atlas.city.policy.confidence))
        return self._timed(lambda: assign(atlas, lon=lon, lat=lat, sigma_m=sigma_m).text["pw_unit"])

    def distance(self, placement: str, count: int) -> float:
        """Metres from each position to the nearest border of cells; inf beyond 50."""
        index = self._index(1)
        lon, lat = positions(self._world, placement, count)
        return self._timed(lambda: index.distance_to_border_m(lon=lon, lat=lat, cap_m=CAP_M)[0])

    def single(self, count: int) -> float:
        """The area of each position, asked one after the other."""
        index = self._index(1)
        lon, lat = positions(self._world, "uniform", count)
        places = list(zip(lon.tolist(), lat.tolist(), strict=True))
        return self._timed(lambda: [_holder(index.cover_at(lon=x, lat=y)) for x, y in places])

    def build(self, columns: int, rows: int) -> float:
        """The index over so many cells."""
        cells = draw_world(columns=columns, rows=rows, bends=self._sizes.bends).level(1)
        return self._timed(lambda: self._keep(RasterIndex(cells)))

    def locate_in_built(self, columns: int, rows: int, count: int) -> float:
        """The area at each position, in the index that was built last."""
        world = draw_world(columns=columns, rows=rows, bends=self._sizes.bends)
        lon, lat = world.anywhere(count)
        index = self._indexes[0]
        return self._timed(lambda: index.locate(lon=lon, lat=lat))

    def memory(self) -> dict[str, float]:
        """Megabytes of the index over the cells with what tells the border distance: its arrays, and what the process
        grew by with all that GEOS keeps for it. To be asked of a process that did nothing else.
        """
        cells = self._world.level(1)
        before = _resident_mb()
        kept = [_with_distance(cells)]
        gc.collect()
        resident = _resident_mb() - before
        tracemalloc.start()
        kept.append(_with_distance(cells))
        gc.collect()
        arrays, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return {"arrays": arrays / 1e6, "resident": resident}

    def load(self) -> float:
        """The index over the cells, from its arrays in files."""
        index = self._index(1)
        with tempfile.TemporaryDirectory() as folder:
            for name, values in index.arrays().items():
                np.save(Path(folder, name), values)

            def load() -> RasterIndex:
                arrays = {path.stem: np.load(path, mmap_mode="r") for path in Path(folder).glob("*.npy")}
                return RasterIndex.restored(index.boundaries, arrays)

            return self._timed(lambda: load().boundaries is index.boundaries)

    def areas_only(self, source: str, target: str) -> float:
        """A file with the areas of each row beside it."""
        return self._assigned(source, target, areas_only=True)

    def whole_answer(self, source: str, target: str) -> float:
        """A file with the answer of each row beside it."""
        return self._assigned(source, target, areas_only=False)

    def _assigned(self, source: str, target: str, *, areas_only: bool) -> float:
        view = View(self._atlas)
        fields = Fields(lon="lon", lat="lat")
        job = Job(source=Path(source), target=Path(target), fields=fields, areas_only=areas_only)
        return self._timed(lambda: assign_file(view, job, Frame(now=datetime.now(UTC)), "en").rows)

    def _timed(self, work: Callable[[], object]) -> float:
        def run() -> None:
            self._answer = work()

        return seconds_of(run)

    def _keep(self, index: RasterIndex) -> None:
        self._indexes[0] = index

    def _index(self, side: int) -> RasterIndex:
        if side not in self._indexes:
            self._indexes[side] = RasterIndex(self._world.level(side))
        return self._indexes[side]

    @cached_property
    def _levels(self) -> list[Boundaries]:
        return [self._world.level(side) for _, side in self._sizes.sides]

    def _tiers(self, lon: FloatArray, lat: FloatArray) -> Numbers:
        tiers = self._atlas.tiers
        found = tiers.columns_at(lon=lon, lat=lat)
        return np.stack([found[level].codes for level in tiers.levels])

    @cached_property
    def _atlas(self) -> Atlas:
        return Atlas(map_of(self._world, self._sizes.sides), Edition(1, datetime.now(UTC), None))


def positions(world: World, placement: str, count: int) -> tuple[FloatArray, FloatArray]:
    """Positions all over the world ("uniform"), or within 20 m of borders ("near")."""
    return world.anywhere(count) if placement == "uniform" else world.beside_borders(count)


def _holder(cover: Cover) -> int:
    """The number that holds a position by the tie rule, -1 where none does."""
    return next(iter((*cover.interior, *cover.edge)), -1)


def _with_distance(cells: Boundaries) -> RasterIndex:
    """The index with what it makes when it is first asked for a distance."""
    index = RasterIndex(cells)
    index.distance_to_border_m(lon=np.zeros(1), lat=np.zeros(1), cap_m=CAP_M)
    return index


def _resident_mb() -> float:
    """Megabytes of this process that are in memory; nan where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
