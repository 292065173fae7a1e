"""Marks: what somebody on the spot can see of the ground, as facts say it.

On which side and part of a road (`side:left`, `strip:pavement`, `strip:none`), and inside or around a site
(`checkpoint:in`, `checkpoint:around`, `checkpoint:out`). Every ground has a mark of a strip and one of a site.
"""

from collections.abc import Hashable, Iterable
from typing import Generic, NamedTuple, TypeVar

from geo.claims import PlaceKind
from geo.grounds import Ground

Marks = frozenset[str]
What = TypeVar("What", bound=Hashable)

OFF_ROAD = "strip:none"
IN_SITE, AROUND_SITE, OFF_SITE = "checkpoint:in", "checkpoint:around", "checkpoint:out"


class Seen(NamedTuple, Generic[What]):
    """What holds on some ground, and the marks by which it is told from other ground."""

    what: What
    marks: Marks


def is_mark(fact: str) -> bool:
    """Whether a fact is of the ground, and not of what stands on it or happens there."""
    return fact.partition(":")[0] in ("side", "strip", "checkpoint")


def marks_of(grounds: Iterable[Ground]) -> Marks:
    """The marks of a place that these grounds hold; where roads cross it may be left of one and right of another."""
    marks = {mark for ground in grounds for mark in own_marks(ground)}
    if IN_SITE in marks:
        marks.discard(AROUND_SITE)
    elif AROUND_SITE not in marks:
        marks.add(OFF_SITE)
    if not any(mark.startswith("strip:") for mark in marks):
        marks.add(OFF_ROAD)
    return frozenset(marks)


def own_marks(ground: Ground) -> tuple[str, ...]:
    """The marks that one ground gives."""
    match ground.kind:
        case PlaceKind.STRIP:
            return f"side:{ground.key[1]}", f"strip:{ground.key[2]}"
        case PlaceKind.CHECKPOINT:
            return (IN_SITE,)
        case PlaceKind.HALO:
            return (AROUND_SITE,)
    return ()
