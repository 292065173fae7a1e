"""How much of the territory is certain, likely or contested at the city's accuracies, and which claims cause the doubt.

Positions are drawn evenly over the territory, always the same ones for a map; each is answered as a caller's would be.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from geo.audit.scene import Scene
from geo.determination import Candidate
from geo.doubt import Spots
from geo.index import Cover, SetsAt
from geo.model import FloatArray
from geo.position import sigma_of
from geo.reach import components_beside, too_coarse, widest_sigma_m
from geo.shares import Verdict
from geo.sheet import Sheet
from geo.standing import Standing, stand
from geo.standings import standings_apart

SEED = 20_261_124
RIVALS_NAMED = 10
# Where the territory is thin in its box, only a part of each throw hits it.
THROWS = 200


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that contest a place: the unit, by which rung, and the claim, component or area that says so."""

    unit: str
    rung: str
    ref: str


@dataclass(frozen=True, slots=True)
class Rivals:
    """Two sides between which positions lie, and how many of the sample's do."""

    first: Side
    second: Side
    positions: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """For categories that are answered alike (none: without a category) at one accuracy.

    `verdicts` counts the sample's positions; `rivals` are the pairs that most of the contested ones lie between, of
    `pairs` there are.
    """

    categories: tuple[str, ...]
    accuracy: str
    accuracy_m: float
    verdicts: Mapping[str, int]
    pairs: int
    rivals: tuple[Rivals, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """Positions (n,) spread evenly over the territory, and the boundaries that hold them."""

    lon: FloatArray
    lat: FloatArray
    sets: SetsAt


def draw_sample(scene: Scene, count: int) -> Sample:
    """So many positions on the territory, as many on each hectare; the same for the same map and count.

    A territory that hardly fills its box, as two far islands, may yield fewer.
    """
    boundaries = np.array([area.boundary.bounds for area in scene.areas_of_territory])
    (west, south), (east, north) = boundaries[:, :2].min(axis=0), boundaries[:, 2:].max(axis=0)
    low, high = np.sin(np.radians([south, north]))
    random = np.random.default_rng(SEED)
    lon, lat = np.empty(0), np.empty(0)
    for _ in range(THROWS):
        throw_lon = random.uniform(west, east, count)
        throw_lat = np.degrees(np.arcsin(random.uniform(low, high, count)))  # as many between parallels as ground
        sets = scene.atlas.index.sets_at(lon=throw_lon, lat=throw_lat)
        inside = np.array([scene.is_in_territory(cover) for cover in sets.covers], dtype=bool)[sets.ids]
        lon, lat = np.append(lon, throw_lon[inside]), np.append(lat, throw_lat[inside])
        if len(lon) >= count:
            break
    lon, lat = lon[:count], lat[:count]
    return Sample(lon, lat, scene.atlas.index.sets_at(lon=lon, lat=lat))


def doubts(scene: Scene, sample: Sample, on_sheet: Callable[[int, int], None] = lambda _done, _of: None) -> list[Doubt]:
    """The doubt in every category at every accuracy of the city's policy, the categories by code."""
    groups: dict[Sheet, list[str]] = {}
    for category in scene.categories:
        groups.setdefault(_kept(scene, groups, category), []).extend([] if category is None else [category])
    accuracies = sorted(scene.atlas.city.policy.accuracy_m.items(), key=lambda item: (item[1], item[0]))
    found = []
    for done, (sheet, categories) in enumerate(groups.items()):
        asked = _Asked(scene, sheet, sample)
        found += [_doubt(asked, tuple(categories), accuracy, accuracy_m) for accuracy, accuracy_m in accuracies]
        on_sheet(done + 1, len(groups))
    return found


def _kept(scene: Scene, known: Mapping[Sheet, object], category: str | None) -> Sheet:
    """The category's sheet; the atlas forgets old ones, so one that is asked alike and known already is taken."""
    sheet = scene.atlas.sheet(category, scene.at)
    return next((one for one in known if one.asking == sheet.asking), sheet)


def _doubt(asked: "_Asked", categories: tuple[str, ...], accuracy: str, accuracy_m: float) -> Doubt:
    verdicts: Counter[Verdict] = Counter()
    between: Counter[tuple[Side, Side]] = Counter()
    for standing in asked.standings(accuracy_m):
        verdicts[standing.verdict] += 1
        if standing.verdict is Verdict.CONTESTED and len(standing.candidates) > 1:
            first, second = sorted(map(_side, standing.candidates[:2]), key=lambda side: (side.unit, side.ref))
            between[first, second] += 1
    ranked = sorted(between.items(), key=lambda item: (-item[1], item[0][0].ref, item[0][1].ref))
    rivals = tuple(Rivals(first, second, positions) for (first, second), positions in ranked[:RIVALS_NAMED])
    counted = {verdict.value: verdicts[verdict] for verdict in Verdict}
    return Doubt(categories, accuracy, accuracy_m, counted, len(ranked), rivals)


def _side(candidate: Candidate) -> Side:
    return Side(candidate.unit.code, candidate.rung, candidate.ref)


class _Asked:
    """A sample asked from one sheet. Where the ground alone decides, the answer is the same at every accuracy."""

    def __init__(self, scene: Scene, sheet: Sheet, sample: Sample) -> None:
        self._atlas = scene.atlas
        self._sheet = sheet
        self._sample = sample
        self._plain: dict[Cover, Standing] = {}

    def standings(self, accuracy_m: float) -> Iterator[Standing]:
        """What follows at each position, as the bulk answer works it out."""
        atlas, lon, lat, sets = self._atlas, self._sample.lon, self._sample.lat, self._sample.sets
        sigma_m = np.full(len(lon), sigma_of(accuracy_m=accuracy_m, confidence=atlas.city.policy.confidence))
        spots = Spots(lon, lat, np.minimum(sigma_m, widest_sigma_m(atlas)), sets)
        beside = components_beside(atlas, self._sheet, lon=lon, lat=lat, sigma_m=sigma_m)
        coarse = too_coarse(atlas, sigma_m)
        apart = dict(standings_apart(atlas, self._sheet, spots, beside, coarse, in_words=False))
        for row in range(len(lon)):
            yield apart[row] if row in apart else self._by_ground(spots.cover(row))

    def _by_ground(self, cover: Cover) -> Standing:
        if cover not in self._plain:
            self._plain[cover] = stand(self._atlas, self._sheet, cover)
        return self._plain[cover]
