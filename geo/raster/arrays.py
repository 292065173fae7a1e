"""The arrays that answer: the one format that every kernel reads, that is saved, and that workers share."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray

AnyArray = NDArray[Any]
KeyArray = NDArray[np.uint64]
IntArray = NDArray[np.int64]
NumberArray = NDArray[np.int32]

# What a place's code says, or a kernel of a position: not a set, but that rounding could decide. GEOS is asked.
ASK = -1
# A mixed place's code counts down from here: first the leaves, then the crowded cells.
FIRST_MIXED = -2

LEAF = np.dtype([("key", "<u8"), ("start", "<i4"), ("count", "<i4")])
CROWD = np.dtype(
    [("x0", "<f8"), ("y0", "<f8"), ("per_lon", "<f8"), ("per_lat", "<f8"), ("base", "<i8"), ("split", "<i8")]
)


@dataclass(frozen=True, slots=True)
class RasterArrays:
    """A raster over the edges of boundaries, in WGS 84 degrees. All arrays are little-endian and never change.

    `frame` (4,) is west, south, and cells per degree of longitude and of latitude; `shape` (3,) columns,
    rows, and the number of different edges.

    `code` (places,) int32 says what a place is, those of the grid row by row from the south west, then those of the
    crowded cells. 0 or more: the number of the set of boundaries that holds all of it. `ASK`: rounding decides.
    `FIRST_MIXED` - m: the mixed cell m, a leaf or, from the number of leaves on, a crowded cell.

    `leaf` (leaves,): the key of the set that holds the cell's lower left corner, and the edges that touch the cell:
    `count` of them from `start` on.

    `edge` (edges, 4) float64: x1, y1, x2, y2 from an edge's lower end to its upper one. `edge_key` (edges,) uint64: the
    XOR of the keys of the boundaries that it is an edge of. Edges follow each other along a border, so that those of a
    cell do; where they do not, they are written again for the cell.

    `crowd` (crowded,): a crowded cell's lower left corner, its own places per degree, and the first of its
    `split` x `split` places.
    """

    frame: FloatArray
    shape: IntArray
    code: NumberArray
    leaf: NDArray[np.void]
    edge: FloatArray
    edge_key: KeyArray
    crowd: NDArray[np.void]

    def plain(self) -> dict[str, AnyArray]:
        """The arrays by name; records as rows of uint64, as any file of arrays can hold them."""
        return {field.name: _as_plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_plain(cls, arrays: Mapping[str, AnyArray]) -> "RasterArrays":
        """The inverse of `plain`, without copies."""
        records = {"leaf": LEAF, "crowd": CROWD}
        given: dict[str, Any] = {field.name: arrays[field.name] for field in fields(cls)}
        return cls(**given | {name: given[name].view(record)[:, 0] for name, record in records.items()})


def _as_plain(array: AnyArray) -> AnyArray:
    if array.dtype.names is None:
        return array
    return array.view(np.uint64).reshape(len(array), array.dtype.itemsize // 8)
