"""The drawing (成图): what an atlas works out of its ground, which takes seconds, and the arrays it can be kept as.

An atlas asks a `Draw` for it: `draw` works it out, and others remember what was worked out before.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.lines import Lines, draw_lines
from geo.packed import Arrays, UnusableArrays
from geo.raster.index import RasterIndex
from geo.wording import Phrase

# Raised with whatever changes the arrays or what they mean, the constants that lines and raster are drawn with
# included: what was kept under another number is then drawn anew.
FORMAT = 2

KEY = "key"
INDEX = "index/"
LINES = "lines/"

OTHER_OUTLINES = Phrase(
    zh="是轮廓 {value} 的成图，要的是 {limit}", en="it is the drawing of the outlines {value}, not of {limit}"
)
MISSING = Phrase(zh="缺少数组 {name}", en="the array {name} is missing")


@dataclass(frozen=True, eq=False)
class Outlines:
    """What is drawn: the `boundaries` (n,), and whether each `decides` (n,): cuts the ground into what may differ."""

    boundaries: NDArray[np.object_]
    decides: NDArray[np.bool_]

    @cached_property
    def key(self) -> str:
        """The name of these outlines, 64 hexadecimal digits: of others where a bit or the order is another."""
        digest = sha256(b"%d" % FORMAT)
        # Where a ring ends need not be said: there it comes back to its start.
        for array in (
            shapely.get_num_geometries(self.boundaries).astype("<i8"),
            shapely.get_num_coordinates(self.boundaries).astype("<i8"),
            self.decides,
            shapely.get_coordinates(self.boundaries).astype("<f8", copy=False),
        ):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Drawing:
    """Which boundaries hold a position (`index`), and the lines along which that changes."""

    outlines: Outlines
    index: RasterIndex
    lines: Lines


Draw = Callable[[Outlines], Drawing]


def draw(outlines: Outlines) -> Drawing:
    """The drawing of some outlines, worked out."""
    index = RasterIndex(outlines.boundaries)
    return Drawing(outlines, index, draw_lines(index, outlines.boundaries[outlines.decides]))


def arrays_of(drawing: Drawing) -> dict[str, NDArray[Any]]:
    """A drawing as arrays, with the key of its outlines."""
    parts = {INDEX: drawing.index.arrays(), LINES: drawing.lines.arrays()}
    return {KEY: np.frombuffer(bytes.fromhex(drawing.outlines.key), np.uint8)} | {
        prefix + name: array for prefix, arrays in parts.items() for name, array in arrays.items()
    }


def restored(outlines: Outlines, arrays: Arrays, *, what: object) -> Drawing:
    """The drawing of some outlines, from its arrays; `what` is what a refusal calls these.

    Raises
    ------
    UnusableArrays
        They are of other outlines, or some are missing.
    """
    try:
        key = arrays[KEY].tobytes().hex()
        if key != outlines.key:
            raise UnusableArrays(what, OTHER_OUTLINES, limit=outlines.key, value=key)
        index = RasterIndex.restored(outlines.boundaries, dict(_below(INDEX, arrays)))
        lines = Lines.restored(dict(_below(LINES, arrays)))
    except KeyError as error:
        raise UnusableArrays(what, MISSING, name=error) from error
    return Drawing(outlines, index, lines)


def _below(prefix: str, arrays: Arrays) -> Iterator[tuple[str, NDArray[Any]]]:
    return ((name.removeprefix(prefix), array) for name, array in arrays.items() if name.startswith(prefix))
