"""A city that is drawn in seconds: crooked cells without gap or overlap, and coarser levels made of the same edges."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import degrees_around
from geo.index import IntArray
from geo.model import FloatArray

WEST, SOUTH = 120.0, 31.0
# Some 480 by 550 m: 20,000 of them are a city of 5,000 km².
STEP_DEG = 0.005
BORDER_M = 20.0

Boundaries = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class World:
    """A partition into `columns` x `rows` cells. Cell (x, y) has the number x * rows + y.

    `flat` (columns, rows + 1, k, 2) are the edges below and above cells, from west to east; `steep`
    (columns + 1, rows, k, 2) those beside them, from south to north. Edges have k vertices each, both ends among them.
    """

    columns: int
    rows: int
    flat: FloatArray
    steep: FloatArray

    def level(self, side: int) -> Boundaries:
        """The polygons of a level whose areas are `side` cells wide and high, column by column."""
        rings = [
            self._ring(x, y, side) for x in range(0, self.columns, side) for y in range(0, self.rows, side)
        ]  # fmt: skip
        owner = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
        polygons: Boundaries = shapely.polygons(shapely.linearrings(np.concatenate(rings), indices=owner))
        return polygons

    def parents(self, side: int) -> IntArray:
        """The number of the area of such a level that each cell lies in; (cells,)."""
        column, row = np.divmod(np.arange(self.columns * self.rows), self.rows)
        numbers: IntArray = column // side * (self.rows // side) + row // side
        return numbers

    def borders(self, side: int) -> tuple[FloatArray, IntArray, IntArray]:
        """The edges (e, k, 2) between areas of such a level, and the numbers of the areas left and right of each.

        -1 where nobody is.
        """
        number = np.full((self.columns + 2, self.rows + 2), -1)
        number[1:-1, 1:-1] = self.parents(side).reshape(self.columns, self.rows)
        edges = np.concatenate([_flattened(self.flat), _flattened(self.steep)])
        left = np.concatenate([number[1:-1, 1:].ravel(), number[:-1, 1:-1].ravel()])
        right = np.concatenate([number[1:-1, :-1].ravel(), number[1:, 1:-1].ravel()])
        parts = left != right
        return edges[parts], left[parts], right[parts]

    def segments(self) -> FloatArray:
        """Every piece of an edge, once: its ends (p, 2, 2)."""
        edges = np.concatenate([_flattened(self.flat), _flattened(self.steep)])
        return np.stack([edges[:, :-1], edges[:, 1:]], axis=2).reshape(-1, 2, 2)

    def anywhere(self, count: int, seed: int = 1) -> tuple[FloatArray, FloatArray]:
        """Positions (lon, lat) all over the ground and a little beyond."""
        rng = np.random.default_rng(seed)
        low, high = self.segments().min(axis=(0, 1)), self.segments().max(axis=(0, 1))
        return rng.uniform(low[0], high[0], count), rng.uniform(low[1], high[1], count)

    def beside_borders(self, count: int, seed: int = 2) -> tuple[FloatArray, FloatArray]:
        """Positions (lon, lat) within 20 m of a border of cells."""
        rng = np.random.default_rng(seed)
        segments = self.segments()
        one = segments[rng.integers(0, len(segments), count)]
        along = rng.uniform(0.0, 1.0, (count, 1))
        feet = one[:, 0] * (1 - along) + one[:, 1] * along
        aside_m, turn = BORDER_M * np.sqrt(rng.uniform(0.0, 1.0, count)), rng.uniform(0.0, 2 * np.pi, count)
        d_lon, d_lat = degrees_around(lat=feet[:, 1], radius_m=aside_m)
        return feet[:, 0] + d_lon * np.cos(turn), feet[:, 1] + d_lat * np.sin(turn)

    def _ring(self, x: int, y: int, side: int) -> FloatArray:
        """The vertices around `side` x `side` cells, counter-clockwise, each once."""
        below, above = self.flat[x : x + side, y], self.flat[x : x + side, y + side]
        left, right = self.steep[x, y : y + side], self.steep[x + side, y : y + side]
        turns = (below, right, above[::-1, ::-1], left[::-1, ::-1])
        return np.concatenate([edges[:, :-1].reshape(-1, 2) for edges in turns])


def draw_world(*, columns: int, rows: int, bends: int, seed: int = 0) -> World:
    """The same world for the same numbers; each edge between two nodes bends `bends` times."""
    rng = np.random.default_rng(seed)
    paper = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1), indexing="ij"), axis=-1)
    nodes = np.array([WEST, SOUTH]) + (paper + rng.uniform(-0.2, 0.2, paper.shape)) * STEP_DEG
    along = np.linspace(0.0, 1.0, bends + 2)[:, None]
    return World(
        columns,
        rows,
        _crooked(nodes[:-1], nodes[1:], along, rng),
        _crooked(nodes[:, :-1], nodes[:, 1:], along, rng),
    )


def _crooked(start: FloatArray, end: FloatArray, along: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Edges from each node to the next, bent to the sides: less the nearer to a node, so that none meet between."""
    start, end = start[..., None, :], end[..., None, :]
    aside = np.stack([start[..., 1] - end[..., 1], end[..., 0] - start[..., 0]], axis=-1)
    shake = rng.uniform(-0.3, 0.3, (*start.shape[:2], len(along), 1)) * np.minimum(along, 1 - along)
    edges = start * (1 - along) + end * along + aside * shake
    # Neighbours share their nodes to the last bit.
    edges[..., 0, :], edges[..., -1, :] = start[..., 0, :], end[..., 0, :]
    crooked: FloatArray = edges
    return crooked


def _flattened(edges: FloatArray) -> FloatArray:
    return edges.reshape(-1, *edges.shape[2:])
