"""Which kernel answers for many positions: numba where it is installed, else numpy. Both read the same arrays."""

import importlib.util
import logging
import os
import threading
from collections.abc import Callable
from functools import cache
from typing import Literal, cast

import numpy as np

from geo.errors import InvalidInput
from geo.model import FloatArray
from geo.raster import bulk, nearest
from geo.raster.arrays import CROWD, LEAF, IntArray, NumberArray, RasterArrays
from geo.raster.edge_grid import EdgeGrid
from geo.raster.keys import KeyTable, table_of
from geo.raster.nearest import Nearest
from geo.wording import Phrase

VARIABLE = "POINTWARD_KERNEL"
# Fewer positions than this are not worth loading a compiler for, which takes a second the first time.
WORTH_COMPILING = 50_000

NO_SUCH_KERNEL = Phrase(
    zh="{variable} = {value} 不可用；请用 numpy 或 numba（numba 需先 make fast），或不设",
    en="{variable}={value} cannot be used; use numpy, numba (after make fast), or leave it unset",
)

log = logging.getLogger("pointward.kernel")

Name = Literal["numpy", "numba"]
Locate = Callable[[RasterArrays, KeyTable, FloatArray, FloatArray], NumberArray]
FindNearest = Callable[[EdgeGrid, FloatArray, IntArray, FloatArray, FloatArray, FloatArray], Nearest]
_loading = threading.Lock()
_broken: list[ImportError] = []


def name() -> Name:
    """The kernel of this process: what POINTWARD_KERNEL names, else numba where it is installed and can be loaded.

    Raises
    ------
    InvalidInput
        The variable names no kernel, or one that is not installed.
    """
    asked = os.environ.get(VARIABLE) or ("numba" if _installed() else "numpy")
    if asked not in ("numpy", "numba") or (asked == "numba" and not _installed()):
        raise InvalidInput(NO_SUCH_KERNEL, variable=VARIABLE, value=repr(asked))
    return "numpy" if _broken else cast("Name", asked)


def locate_for(count: int) -> Locate:
    """What locates so many positions."""
    if name() == "numpy" or (count < WORTH_COMPILING and not _compiled.cache_info().currsize):
        return bulk.locate
    return _compiled()


def nearest_for(count: int) -> FindNearest:
    """What finds the nearest edges of so many positions."""
    if name() == "numpy" or (count < WORTH_COMPILING and not _compiled.cache_info().currsize):
        return nearest.nearest_edges
    _compiled()
    if _broken:
        return nearest.nearest_edges
    from geo.raster import compiled_nearest

    return compiled_nearest.nearest_edges


def warm_up() -> None:
    """Gets the kernel ready, so that nobody waits for it: compiled once on a machine, then loaded from its cache."""
    if name() == "numba":
        _compiled()
    log.info("positions are located by %s", name())


@cache
def _installed() -> bool:
    return importlib.util.find_spec("numba") is not None


@cache
def _compiled() -> Locate:
    with _loading:
        try:
            from geo.raster import compiled, compiled_nearest
        except ImportError as error:
            # A numba that does not fit the numpy beside it, say. Slower answers are better than none.
            _broken.append(error)
            log.warning("numba cannot be loaded, positions are located by numpy: %s", error)
            return bulk.locate

        nothing = RasterArrays(
            frame=np.zeros(4),
            shape=np.ones(3, dtype=np.int64),
            code=np.zeros(1, dtype=np.int32),
            leaf=np.zeros(0, dtype=LEAF),
            edge=np.zeros((0, 4)),
            edge_key=np.zeros(0, dtype=np.uint64),
            crowd=np.zeros(0, dtype=CROWD),
        )
        known = table_of(np.zeros(1, dtype=np.uint64), np.zeros(1, dtype=np.int32))
        compiled.locate(nothing, known, np.zeros(1), np.zeros(1))
        none = EdgeGrid(*np.zeros((4, 0)))
        here = np.zeros(1)
        compiled_nearest.nearest_edges(none, np.zeros((0, 4)), np.zeros(0, dtype=np.int64), here, here, here)
    return cast("Locate", compiled.locate)
