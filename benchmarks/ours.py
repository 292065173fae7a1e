"""What the benchmarks ask of Pointward. Nothing else here knows how it is asked: whoever changes that changes this."""

import gc
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
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
from geo.edges import Edges
from geo.index import IntArray, SetsAt
from geo.model import Edition, FloatArray
from geo.position import sigma_of
from geo.raster.index import RasterIndex

CAP_M = 50.0
Numbers = NDArray[np.int32]


def kernels() -> tuple[str, ...]:
    """The kernels that run here, each measured in a process of its own."""
    return ("numpy",)


class Ours:
    """Pointward over the world of some sizes, on one kernel. Whatever is asked returns the seconds that it took."""

    def __init__(self, sizes: Sizes) -> None:
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
        return self._timed(lambda: located(index.sets_at(lon=lon, lat=lat)))

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
        edges = self._edges
        lon, lat = positions(self._world, placement, count)
        return self._timed(lambda: _distances_m(edges, lon, lat))

    def single(self, count: int) -> float:
        """The area of each position, asked one after the other."""
        index = self._index(1)
        lon, lat = positions(self._world, "uniform", count)
        places = list(zip(lon, lat, strict=True))
        return self._timed(
            lambda: [_first(index.sets_at(lon=np.array([x]), lat=np.array([y]))) for x, y in places]
        )  # fmt: skip

    def build(self, columns: int, rows: int) -> float:
        """The index over so many cells."""
        cells = draw_world(columns=columns, rows=rows, bends=self._sizes.bends).level(1)
        return self._timed(lambda: self._keep(RasterIndex(cells)))

    def locate_in_built(self, columns: int, rows: int, count: int) -> float:
        """The area at each position, in the index that was built last."""
        world = draw_world(columns=columns, rows=rows, bends=self._sizes.bends)
        lon, lat = world.anywhere(count)
        index = self._indexes[0]
        return self._timed(lambda: located(index.sets_at(lon=lon, lat=lat)))

    def memory(self) -> dict[str, float]:
        """Megabytes of the index over the cells with what tells the border distance: its arrays, and what the process
        grew by with all that GEOS keeps for it. To be asked of a process that did nothing else.
        """
        cells = self._world.level(1)
        before = _resident_mb()
        kept = [(RasterIndex(cells), self._lines())]
        gc.collect()
        resident = _resident_mb() - before
        tracemalloc.start()
        kept.append((RasterIndex(cells), self._lines()))
        gc.collect()
        arrays, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return {"arrays": arrays / 1e6, "resident": resident}

    def areas_only(self, source: str, target: str) -> float:
        """A file with the areas of each row beside it."""
        return self.whole_answer(source, target)

    def whole_answer(self, source: str, target: str) -> float:
        """A file with the answer of each row beside it."""
        view = View(self._atlas)
        job = Job(source=Path(source), target=Path(target), fields=Fields(lon="lon", lat="lat"))
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

    @cached_property
    def _composite(self) -> RasterIndex:
        return RasterIndex(np.concatenate(self._levels))

    def _tiers(self, lon: FloatArray, lat: FloatArray) -> Numbers:
        sets = self._composite.sets_at(lon=lon, lat=lat)
        ends = np.cumsum([len(level) for level in self._levels])
        of_set = np.full((len(self._levels), len(sets.covers)), -1, dtype=np.int32)
        for i, cover in enumerate(sets.covers):
            for number in (*reversed(cover.edge), *reversed(cover.interior)):
                level = int(np.searchsorted(ends, number, side="right"))
                of_set[level, i] = number - (ends[level - 1] if level else 0)
        return of_set[:, sets.ids]

    @cached_property
    def _atlas(self) -> Atlas:
        return Atlas(map_of(self._world, self._sizes.sides), Edition(1, datetime.now(UTC), None))

    @cached_property
    def _edges(self) -> Edges:
        return self._lines()

    def _lines(self) -> Edges:
        return Edges(shapely.linestrings(self._world.borders(1)[0]))


def positions(world: World, placement: str, count: int) -> tuple[FloatArray, FloatArray]:
    """Positions all over the world ("uniform"), or within 20 m of borders ("near")."""
    return world.anywhere(count) if placement == "uniform" else world.beside_borders(count)


def located(sets: SetsAt) -> Numbers:
    """The number that holds each position by the tie rule, -1 where none does."""
    of_set = np.array([_holder(*cover) for cover in sets.covers], dtype=np.int32)
    return of_set[sets.ids]


def _holder(interior: tuple[int, ...], edge: tuple[int, ...]) -> int:
    return interior[0] if interior else edge[0] if edge else -1


def _first(sets: SetsAt) -> int:
    return _holder(*sets.covers[int(sets.ids[0])])


def _distances_m(edges: Edges, lon: FloatArray, lat: FloatArray) -> FloatArray:
    nearest = np.full(len(lon), np.inf)
    for pairs in edges.near(lon=lon, lat=lat, radius_m=np.full(len(lon), CAP_M), counts=_all):
        np.minimum.at(nearest, pairs.position, pairs.distance_m)
    return nearest


def _all(lines: IntArray) -> NDArray[np.bool_]:
    return np.ones(len(lines), dtype=bool)


def _resident_mb() -> float:
    """Megabytes of this process that are in memory; nan where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
