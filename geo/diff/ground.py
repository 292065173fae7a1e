"""The ground that changes hands between two atlases, for every kind of problem, in exact square metres."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import shapely
from shapely import MultiPolygon

from geo.atlas import Atlas
from geo.diff.faces import Faces, cut
from geo.grounds import Ground
from geo.index import Cover
from geo.shapes import polygons_only
from geo.sheet import Sheet

Units = tuple[str, ...]
Category = str | None


@dataclass(frozen=True, slots=True)
class GroundChange:
    """Ground on which other units lead after than before, for these categories alike (None: asked without one).

    `before` and `after` are codes of units of equal rank, in order; none where nobody leads. The ground is one
    boundary of `area_m2` on WGS 84, and no two changes for a category share any of it.
    """

    before: Units
    after: Units
    categories: tuple[Category, ...]
    area_m2: float
    boundary: MultiPolygon

    @property
    def is_gap(self) -> bool:
        """Whether somebody led there, and nobody does now."""
        return bool(self.before) and not self.after


def ground_changes(before: Atlas, after: Atlas, at: datetime) -> list[GroundChange]:
    """What changes hands at a moment, the largest first, then by units.

    Compared are the categories that both have, and the question without one. Where a registered component decides, no
    ground changes; those are told thing by thing.
    """
    faces = cut(before, after)
    changing = _changing(before, after, faces)
    found: dict[tuple[Units, Units, tuple[int, ...]], list[Category]] = {}
    for sheets, categories in _sheets(before, after, at):
        pieces: dict[tuple[Units, Units], list[int]] = {}
        for face in changing:
            units = sheets[0].outcome(faces.before[face]).units, sheets[1].outcome(faces.after[face]).units
            if units[0] != units[1]:
                pieces.setdefault(units, []).append(face)
        for (led, leads), numbers in pieces.items():
            found.setdefault((led, leads, tuple(numbers)), []).extend(categories)
    changes = [
        GroundChange(
            before=led,
            after=leads,
            categories=tuple(sorted(categories, key=lambda code: (code is not None, code or ""))),
            area_m2=float(faces.sizes_m2[list(numbers)].sum()),
            boundary=boundary,
        )
        for (led, leads, numbers), categories in found.items()
        if (boundary := polygons_only(shapely.union_all(faces.polygons[list(numbers)]))) is not None
    ]
    return sorted(changes, key=lambda change: (-change.area_m2, change.before, change.after, change.categories[:1]))


def new_gaps(changes: Sequence[GroundChange]) -> dict[Category, float]:
    """By category the square metres on which somebody led before and nobody does after."""
    gaps: dict[Category, float] = {}
    for change in changes:
        if change.is_gap:
            for category in change.categories:
                gaps[category] = gaps.get(category, 0.0) + change.area_m2
    return dict(sorted(gaps.items(), key=lambda item: (-item[1], item[0] or "")))


def _sheets(before: Atlas, after: Atlas, at: datetime) -> Iterator[tuple[tuple[Sheet, Sheet], list[Category]]]:
    """Each pair of sheets with the categories that are answered from it."""
    both = before.categories.by_code.keys() & after.categories.by_code.keys()
    groups: dict[object, tuple[tuple[Sheet, Sheet], list[Category]]] = {}
    for category in (None, *sorted(both)):
        pair = before.sheet(category, at), after.sheet(category, at)
        # Whether some of a kind are registered makes another sheet, and changes nothing on the ground.
        key = tuple(replace(sheet.asking, registered=None) for sheet in pair)
        groups.setdefault(key, (pair, []))[1].append(category)
    yield from groups.values()


def _changing(before: Atlas, after: Atlas, faces: Faces) -> list[int]:
    """The faces on which the answer may differ: where other grounds hold, or other claims stand on them.

    Where the rules of the city themselves are others, every face.
    """
    numbers = range(len(faces.polygons))
    if _rules(before) != _rules(after):
        return list(numbers)
    said_before, said_after = _says(before), _says(after)
    told: dict[tuple[Cover, Cover], bool] = {}
    for pair in zip(faces.before, faces.after, strict=True):
        if pair not in told:
            told[pair] = said_before(pair[0]) != said_after(pair[1])
    return [i for i in numbers if told[faces.before[i], faces.after[i]]]


def _rules(atlas: Atlas) -> object:
    """What decides everywhere who leads, besides the grounds."""
    units = [(unit.code, unit.kind, unit.parent) for unit in atlas.city_map.units]
    # Without any claim every territorial unit leads everything on its ground.
    is_claimed = bool(atlas.city_map.claims)
    return atlas.city.policy, atlas.city.territory, atlas.city.timezone, units, atlas.city_map.categories, is_claimed


def _says(atlas: Atlas) -> Callable[[Cover], list[tuple[Ground, str | None]]]:
    """What the grounds of a cover say, comparable with what another atlas says."""
    count = len(atlas.areas)

    def says(cover: Cover) -> list[tuple[Ground, str | None]]:
        standing = atlas.grounds.stand(cover).grounds
        return [(atlas.grounds.items[i], atlas.areas[i].unit if i < count else None) for i in standing]

    return says
