"""Areas of the sample as drawn: rings over the mesh, with codes and names."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.wording import Name
from samples.gusu_maker.mesh import Mesh, Ring

NUMERALS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """An area before it is written; `rings` are its shells, counter-clockwise, then its holes."""

    code: str
    name: Name
    rings: tuple[Ring, ...]
    parent: str | None
    unit: str


def read_order(mesh: Mesh, rings: Sequence[Ring]) -> list[int]:
    """The rings' places as one reads a page: rows from north to south, in each from west to east.

    A row is as high as a square of the mean area.
    """
    centres = [mesh.centre_m(ring) for ring in rings]
    row_m = math.sqrt(math.fsum(mesh.area_m2(ring) for ring in rings) / len(rings))
    north_m = max(y_m for _, y_m in centres)

    def line_and_column(place: int) -> tuple[int, float]:
        x_m, y_m = centres[place]
        return int((north_m - y_m) / row_m), x_m

    return sorted(range(len(rings)), key=line_and_column)


def in_read_order(mesh: Mesh, rings: Sequence[Ring]) -> Iterable[tuple[int, Ring]]:
    """The rings as one reads a page, numbered from 1."""
    return enumerate((rings[place] for place in read_order(mesh, rings)), start=1)


def write_numeral(number: int) -> str:
    """A number from 1 to 19 in Chinese."""
    tens, ones = divmod(number, 10)
    return ("十" if tens else "") + (NUMERALS[ones] if ones else "")
