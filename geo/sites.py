"""Checkpoints (点位): sites with an inner ground and a surrounding halo, each with its own responsible unit."""

from dataclasses import dataclass
from enum import StrEnum

from shapely import MultiPolygon

from geo.wording import Name


class Governance(StrEnum):
    """How a site is run: entrusted to a company (托管), taken over by the sub-district (接管), or by itself (自管)."""

    ENTRUSTED = "entrusted"
    TAKEN_OVER = "taken_over"
    SELF_GOVERNED = "self_governed"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A market, an estate, a back alley, a park, a station …

    `inner` is its own ground; `halo` the ground around it, within `halo_m` metres of the inner polygon, minus it.
    `unit` answers inside for whatever no claim names; `principal` is the owner or operator (第一责任人); `manager` the
    company that an entrusted site is run by (物业).
    """

    code: str
    name: Name
    type: str
    inner: MultiPolygon
    halo: MultiPolygon | None = None
    halo_m: float = 0.0
    unit: str | None = None
    principal: str | None = None
    governance: Governance | None = None
    manager: str | None = None
