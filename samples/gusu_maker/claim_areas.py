"""Two claims with ground of their own: a planted trouble, two departments that lead one kind on the same bank."""

from collections.abc import Iterator
from dataclasses import dataclass

from geo.claims import Role
from samples.gusu_maker import category_codes as kinds
from samples.gusu_maker.claims import DrawnClaim
from samples.gusu_maker.lines import Stretches
from samples.gusu_maker.mesh import Mesh, Ring
from samples.gusu_maker.sites import lay_along

BANK = ("north_west_corner", "upper_lock")


@dataclass(frozen=True, slots=True)
class ClaimedGround:
    """A claim with the ring that bounds its ground."""

    id: str
    claim: DrawnClaim
    ring: Ring


def plant_double_claim(mesh: Mesh, stretches: Stretches) -> Iterator[ClaimedGround]:
    """Parks on the upper banks of the stream, water on the lower ones; in the middle they lie over each other."""
    path = stretches[BANK]
    third = len(path) // 3
    for code, unit, source, part, aside_m in (
        ("C-901", "parks", 21, path[1 : 2 * third], 24.0),
        ("C-902", "water", 22, path[third:-1], 16.0),
    ):
        corners = lay_along(mesh, part, aside_m=aside_m)
        ring = tuple(mesh.add(x_m=x_m, y_m=y_m) for x_m, y_m in corners)
        yield ClaimedGround(code, DrawnClaim(unit, Role.LEADS, (kinds.UNTIDY_GREEN,), source), ring)
