"""Crosswalks, each made once for an edition."""

import threading
from weakref import WeakKeyDictionary

from geo.atlas import Atlas
from geo.crosswalk import Crosswalk, areas_of_level, cross

CROSSWALKS_KEPT = 8

_lock = threading.Lock()
_kept: WeakKeyDictionary[Atlas, dict[tuple[str, str], Crosswalk]] = WeakKeyDictionary()


def crosswalk_of(atlas: Atlas, first: str, second: str) -> Crosswalk:
    """How two levels (`scheme/level`) of an atlas lie over each other; NotFound for a level that it has not."""
    ones, others = areas_of_level(atlas, first), areas_of_level(atlas, second)
    with _lock:  # two callers would do the same work twice
        kept = _kept.setdefault(atlas, {})
        if (first, second) not in kept:
            found = cross(ones, others, at_least_m2=atlas.city.policy.overlap_m2)
            while len(kept) >= CROSSWALKS_KEPT:
                del kept[next(iter(kept))]
            kept[first, second] = found
        return kept[first, second]
