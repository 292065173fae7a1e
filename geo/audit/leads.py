"""Ground without a lead, and with several of equal rank: exact square metres for every category, at every hour.

The ladder is walked once for each set of boundaries that holds some ground; categories that nobody tells apart are
one question. Hours are those of a week from the moment on.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import shapely

from geo.audit.scene import Scene, listed
from geo.audit.trouble import Trouble, round_m2
from geo.claims import Claim
from geo.crs import areas_m2
from geo.index import Cover
from geo.moments import LATEST
from geo.sheet import Sheet
from geo.wording import Name, Phrase

ALL_HOURS = Name(zh="全天", en="at all hours")
SOME_HOURS = Phrase(zh="部分时段，如 {moment}", en="at some hours, as at {moment}")
EVERY_KIND = Name(zh="全部", en="every kind of problem")

Units = tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """The faces where something is so for categories that are asked alike.

    `always` are those where it is so in each of the states of their hours that were looked at, `states` how many; at
    `first` it is so for the first time.
    """

    faces: set[int] = field(default_factory=set)
    always: set[int] = field(default_factory=set)
    states: int = 0
    first: datetime | None = None

    def is_at_all_hours(self, asked: "Asked") -> bool:
        """Whether it is so on all of this ground, in every state of the hours."""
        return self.states == len(asked.sheets) and self.always == self.faces


@dataclass(frozen=True, slots=True)
class Asked:
    """Categories that nobody tells apart, with a sheet for each state of the hours and when it first holds."""

    categories: tuple[str, ...]
    sheets: tuple[tuple[Sheet, datetime], ...]


def check_leads(scene: Scene) -> Iterator[Trouble]:
    """Ground that is nobody's, ground where nobody leads, ground where several do."""
    asked = asked_alike(scene)
    covers = [i for i, cover in enumerate(scene.faces.sets.covers) if scene.is_in_territory(cover)]
    leading = [_units_of(scene, one, covers) for one in asked]
    unowned = _unowned(scene, leading, covers)
    yield from _unowned_troubles(scene, unowned)
    grounds: dict[tuple[Units, frozenset[int], bool], list[tuple[Asked, _Found]]] = {}
    for one, by_sheet in zip(asked, leading, strict=True):
        for units, found in _troubled(scene, one, by_sheet, unowned).items():
            key = units, frozenset(found.faces), found.is_at_all_hours(one)
            grounds.setdefault(key, []).append((one, found))
    yield from _tell(scene, grounds)


def asked_alike(scene: Scene) -> list[Asked]:
    """Every category of the city in groups that are answered from the same sheets; without any, one group of none."""
    atlas = scene.atlas
    moments = turns_of_the_week(scene)
    groups: dict[tuple[object, ...], dict[frozenset[str], tuple[Sheet, datetime]]] = {}
    categories: dict[tuple[object, ...], list[str]] = {}
    for category in scene.categories:
        for i, moment in enumerate(moments):
            sheet = atlas.sheet(category, moment)
            # Registered components are beside the ground, not on it.
            key = (sheet.asking.branch, sheet.asking.chain)
            if i == 0 and category is not None:
                categories.setdefault(key, []).append(category)
            groups.setdefault(key, {}).setdefault(sheet.asking.idle, (sheet, moment))
    return [Asked(tuple(categories.get(key, ())), tuple(states.values())) for key, states in groups.items()]


def turns_of_the_week(scene: Scene) -> list[datetime]:
    """The moment, and those in the week after it at which the hours of some claim begin or end."""
    atlas = scene.atlas
    minutes = {minute for claim in _timed(scene) for shift in claim.hours for minute in shift.of_week}
    local = scene.at.astimezone(atlas.zone)
    monday = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) - timedelta(days=local.weekday())
    found = {scene.at}
    for minute in minutes:
        for week in (0, 1):
            wall = monday + timedelta(days=7 * week, minutes=minute)
            moment = wall.replace(tzinfo=atlas.zone).astimezone(UTC)
            if scene.at < moment <= min(scene.at + timedelta(days=7), LATEST):
                found.add(moment)
    return sorted(found)


def _timed(scene: Scene) -> Iterator[Claim]:
    for ground in scene.atlas.grounds.items:
        yield from (claim for claim in ground.claims if claim.hours)


def _units_of(scene: Scene, asked: Asked, covers: Sequence[int]) -> list[dict[int, Units]]:
    """For each state of the hours, who leads on each cover where it is not exactly one unit."""
    all_covers = scene.faces.sets.covers
    found = []
    for sheet, _ in asked.sheets:
        units = ((i, sheet.outcome(all_covers[i]).units) for i in covers)
        found.append({i: some for i, some in units if len(some) != 1})
    return found


def _unowned(scene: Scene, leading: Sequence[Sequence[Mapping[int, Units]]], covers: Sequence[int]) -> set[int]:
    """The covers where no category has a lead at any hour, and no territorial unit answers either."""
    plain, all_covers = scene.atlas.territorial, scene.faces.sets.covers
    nobody = {i for i in covers if not plain.outcome(all_covers[i]).units}
    for by_sheet in leading:
        for troubled in by_sheet:
            nobody = {i for i in nobody if troubled.get(i) == ()}
    return nobody


def _unowned_troubles(scene: Scene, covers: set[int]) -> Iterator[Trouble]:
    for keeper, ground, area_m2 in _by_keeper(scene, scene.faces.numbers(covers)):
        yield Trouble(
            kind="unowned-ground",
            subject=(keeper,),
            values={"keeper": scene.unit_name(keeper), "area_m2": round_m2(area_m2)},
            units=(keeper,),
            area_m2=area_m2,
            ground=ground,
        )


def _troubled(
    scene: Scene, asked: Asked, by_sheet: Sequence[Mapping[int, Units]], without: set[int]
) -> dict[Units, _Found]:
    """The faces on which nobody (no units) or several units lead, by these units."""
    found: dict[Units, _Found] = {}
    for (_, moment), troubled in zip(asked.sheets, by_sheet, strict=True):
        covers_of: dict[Units, list[int]] = {}
        for i, units in troubled.items():
            if i not in without:
                covers_of.setdefault(units, []).append(i)
        for units, covers in covers_of.items():
            one = found.setdefault(units, _Found())
            faces = scene.faces.numbers(covers)
            one.faces |= faces
            one.always = one.always & faces if one.states else set(faces)
            one.states += 1
            one.first = moment if one.first is None else min(one.first, moment)
    return found


def _tell(
    scene: Scene, grounds: Mapping[tuple[Units, frozenset[int], bool], Sequence[tuple[Asked, _Found]]]
) -> Iterator[Trouble]:
    count = len(scene.atlas.categories.by_code)
    merged: dict[tuple[Units, tuple[str, ...]], tuple[set[int], list[tuple[Asked, _Found]]]] = {}
    for (units, faces, _), alike in grounds.items():
        categories = tuple(sorted(code for asked, _ in alike for code in asked.categories))
        key = units, () if len(categories) == count else categories
        known = merged.setdefault(key, (set(), []))
        known[0].update(faces)
        known[1].extend(alike)
    for (units, categories), (together, asked_so) in merged.items():
        words = {"categories": _categories(scene, categories), "when": _when(scene, asked_so)}
        if not units:
            yield from _without_lead(scene, categories, together, words)
            continue
        parts = scene.faces.together(together, at_least_m2=scene.atlas.city.policy.overlap_m2)
        if len(parts):
            area_m2 = float(areas_m2(parts).sum())
            names = listed([scene.unit_name(unit) for unit in units])
            yield Trouble(
                kind="equal-rank",
                subject=("|".join(units), *categories),
                values={**words, "units": names, "area_m2": round_m2(area_m2)},
                units=units,
                categories=categories,
                area_m2=area_m2,
                ground=shapely.union_all(parts),
            )


def _without_lead(
    scene: Scene, categories: tuple[str, ...], faces: Collection[int], words: Mapping[str, Name]
) -> Iterator[Trouble]:
    for keeper, ground, area_m2 in _by_keeper(scene, faces):
        yield Trouble(
            kind="no-lead",
            subject=(keeper, *categories),
            values={**words, "keeper": scene.unit_name(keeper), "area_m2": round_m2(area_m2)},
            units=(keeper,),
            categories=categories,
            area_m2=area_m2,
            ground=ground,
        )


def _by_keeper(scene: Scene, faces: Collection[int]) -> Iterator[tuple[str, shapely.Geometry, float]]:
    """The ground of faces that is large enough to matter, by the unit at the fallback level there."""
    of_keeper: dict[str, list[int]] = {}
    sets = scene.faces.sets
    keepers: dict[Cover, str] = {}
    for face in sorted(faces):
        cover = sets.covers[int(sets.ids[face])]
        if cover not in keepers:
            keepers[cover] = scene.keeper(cover).code
        of_keeper.setdefault(keepers[cover], []).append(face)
    for keeper in sorted(of_keeper):
        parts = scene.faces.together(of_keeper[keeper], at_least_m2=scene.atlas.city.policy.gap_m2)
        if len(parts):
            yield keeper, shapely.union_all(parts), float(areas_m2(parts).sum())


def _categories(scene: Scene, categories: Sequence[str]) -> Name:
    return listed([scene.category_name(code) for code in categories]) if categories else EVERY_KIND


def _when(scene: Scene, alike: Sequence[tuple[Asked, _Found]]) -> Name:
    if all(found.is_at_all_hours(asked) for asked, found in alike):
        return ALL_HOURS
    first = min(found.first for _, found in alike if found.first is not None)
    return SOME_HOURS.name(moment=f"{first.astimezone(scene.atlas.zone):%Y-%m-%d %H:%M}")
