"""The atlas (图册): one edition indexed in memory, immutable."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geo.categories import Branch, CategoryTree
from geo.chainage import locate_on
from geo.claims import Claim, Condition, PlaceKind
from geo.coded import words_array
from geo.components import Component
from geo.determination import AtSite, OnSegment
from geo.drawing import Draw, Outlines, draw
from geo.errors import InvalidInput, NotFound
from geo.grounds import Grounds, grounds_of, in_order
from geo.index import Cover, Index, LayeredIndex
from geo.kept import Kept
from geo.ladder import NO_CATEGORY, TERRITORY_ONLY, Rung, rungs_of, with_components
from geo.ladder.here import Asking, Survey
from geo.lines import Sides, draw_over
from geo.marks import Marks, Seen, marks_of
from geo.model import Area, CityMap, Edition, Unit, fallback_level_of
from geo.nearby import ComponentIndex
from geo.post_book import PostBook
from geo.raster.index import RasterIndex
from geo.roads import Segment, Side, StripKind
from geo.sheet import Sheet
from geo.site_types import type_name
from geo.sites import Checkpoint
from geo.tiers import Tiers
from geo.units import accountable, headquarters_of
from geo.wording import Name, Phrase

SHEETS_KEPT = 64
GROUNDED_KEPT = 4096
OVERLAYS_KEPT = 4
CATEGORY_LENGTH = 64

BAD_CATEGORY = Phrase(
    zh="category {value} 不可用；请给出 1 到 {limit} 个可见字符",
    en="category {value} cannot be used; give 1 to {limit} printable characters",
)
NO_SUCH_AREA = Phrase(
    zh="体系 {scheme} 的 {level} 层没有编码为 {code} 的区域；可用 /v1/areas 或 python main.py areas 查看",
    en="scheme {scheme}, level {level} has no area with the code {code}; see /v1/areas or python main.py areas",
)
NO_SUCH_UNIT = Phrase(
    zh="没有编码为 {code} 的单位；可用 /v1/units 或 python main.py units 查看",
    en="there is no unit with the code {code}; see /v1/units or python main.py units",
)
NO_SUCH_SITE = Phrase(
    zh="没有编码为 {code} 的点位；可用 /v1/checkpoints 或 python main.py checkpoints 查看",
    en="there is no checkpoint with the code {code}; see /v1/checkpoints or python main.py checkpoints",
)
NO_SUCH_SEGMENT = Phrase(
    zh="没有编码为 {code} 的路段；可用 /v1/segments 或 python main.py segments 查看",
    en="there is no segment with the code {code}; see /v1/segments or python main.py segments",
)
NO_SUCH_COMPONENT = Phrase(
    zh="没有编号为 {code} 的部件；可用 /v1/components 或 python main.py components 查看",
    en="there is no component with the id {code}; see /v1/components or python main.py components",
)
NO_SUCH_LEVEL = Phrase(
    zh="没有 {scheme}/{level} 这一层；现有：{known}",
    en="there is no level {scheme}/{level}; there are: {known}",
)


class Atlas:
    """What one edition knows, ready to be asked. Areas are known by number: their place in `areas`."""

    def __init__(self, city_map: CityMap, edition: Edition, *, draw: Draw = draw) -> None:
        self.city_map = city_map
        self.city = city_map.city
        self.edition = edition
        self.zone = ZoneInfo(city_map.city.timezone)
        # Ties go to the lowest code, so numbers follow codes whatever order the map came in.
        self.areas: Sequence[Area] = in_order(city_map)
        self.units: Mapping[str, Unit] = MappingProxyType({unit.code: unit for unit in city_map.units})
        self.headquarters = headquarters_of(self.units)
        self.checkpoints: Mapping[str, Checkpoint] = {site.code: site for site in city_map.checkpoints}
        self.segments: Mapping[str, Segment] = {segment.code: segment for segment in city_map.segments}
        self.categories = CategoryTree(city_map.categories)
        self.posts = PostBook(city_map.posts, self.city.post_kinds)
        self.components = ComponentIndex(city_map.components, self.categories)
        self.grounds = grounds_of(city_map, self.areas)
        self.level_names: Mapping[tuple[str, str], Name] = {
            (scheme.code, level.code): level.name for scheme in city_map.schemes for level in scheme.levels
        }
        # Of the map alone: what the register lays over it has an index and lines of its own.
        self.drawing = draw(Outlines(self.grounds.boundaries, self._decides(self.grounds)))
        self.index: Index = self.drawing.index
        self.lines = self.drawing.lines
        self._added: tuple[Claim, ...] = ()
        self._overlays: OrderedDict[Hashable, Atlas] = OrderedDict()
        self._overlays_lock = threading.Lock()
        self._overlays_building = threading.Lock()
        self._open_sheets()

    def _open_sheets(self) -> None:
        self.survey = Survey(
            grounds=self.grounds,
            units=self.units,
            level_names=self.level_names,
            territory=self.city.territory,
            territory_by_branch=self.city.policy.territory_by_branch,
            fallback_level=self.fallback_level,
            component_m=self.city.policy.component_m,
            zone=self.zone,
        )
        # What the rulings laid over it depend on, by fact.
        self.conditions: Mapping[str, Condition] = {
            claim.condition.fact: claim.condition for claim in self._added if claim.condition is not None
        }
        self._sheets: OrderedDict[Asking, Sheet] = OrderedDict()
        self._sheets_lock = threading.Lock()
        # What follows on grounds, and what answers say of them: for `geo/at_once.py` and `geo/grounded.py`.
        self.grounded: Kept[Any] = Kept(GROUNDED_KEPT)
        self.standing: Kept[Any] = Kept(GROUNDED_KEPT)
        self.plain = Sheet(self.survey, self.lines, Asking(), NO_CATEGORY)
        self.territorial = Sheet(self.survey, self.lines, Asking(), TERRITORY_ONLY)
        # The unit at the fallback level on either side of each line, None in a gap.
        self.kept_by: Sides[str | None] = Sides(self.lines, self._keeper)
        self.kept_seen: Sides[Seen[str | None]] = Sides(
            self.lines, lambda cover: Seen(self._keeper(cover), self.marks_of(cover))
        )
        # Asked for by every caller; put in order now, so that nobody waits for it.
        _ = self.lines.edges

    def _decides(self, grounds: Grounds) -> NDArray[np.bool_]:
        """Which boundaries are drawn: of the territory schemes and of claims, which can part two units; and of sites
        and strips of road, by which somebody on the spot can tell where they stand.
        """
        schemes = {self.city.territory, *self.city.policy.territory_by_branch.values()}
        decides = [
            bool(ground.claims)
            or ground.kind in (PlaceKind.CHECKPOINT, PlaceKind.HALO, PlaceKind.STRIP)
            or (ground.kind is PlaceKind.AREA and ground.key[0] in schemes)
            for ground in grounds.items[: len(grounds.boundaries)]
        ]
        return np.array(decides, dtype=bool)

    def overlaid(self, key: Hashable, claims: Callable[[], tuple[Claim, ...]]) -> "Atlas":
        """This atlas with claims of the register laid over it; asked again with this key it is the same one.

        One is built at a time, and whoever asks for another that is there already does not wait for it.
        """
        with self._overlays_lock:
            if key in self._overlays:
                self._overlays.move_to_end(key)
                return self._overlays[key]
        with self._overlays_building:
            if key not in self._overlays:
                over = self._lay_over(claims())
                with self._overlays_lock:
                    self._overlays[key] = over
                    while len(self._overlays) > OVERLAYS_KEPT:
                        self._overlays.popitem(last=False)
                return over
        return self.overlaid(key, claims)

    def is_overlaid(self, key: Hashable) -> bool:
        """Whether claims of the register are laid over it already with this key."""
        return key in self._overlays

    def _lay_over(self, claims: tuple[Claim, ...]) -> "Atlas":
        over = copy(self)
        over.grounds = self.grounds.ruled(claims)
        new = over.grounds.boundaries[len(self.grounds.boundaries) :]
        if len(new):
            over.index = LayeredIndex(self.index, RasterIndex(new))
        # Ground that was on the map and decided nothing until now has to be drawn too.
        decides = self._decides(over.grounds)
        decides[: len(self.grounds.boundaries)] &= ~self._decides(self.grounds)
        if decides.any():
            over.lines = draw_over(self.lines, over.index, over.grounds.boundaries[decides])
        over._added = claims
        over._open_sheets()
        return over

    def sheet(
        self, category: str | None, at: datetime, *, owner: str | None = None, seen: frozenset[str] = frozenset()
    ) -> Sheet:
        """Who leads for a category at a moment; a city without categories or claims answers as without a category.

        `owner` is the unit whose name was read on the thing, `seen` what else was seen that a ruling depends on.

        Raises
        ------
        InvalidInput
            The city has categories, and this is none of them.
        """
        self.check_category(category)
        registered = category if category and self.asks_components(category) and category in self.components else None
        by_category = category is not None and bool(self.categories.by_code) and bool(self.city_map.claims)
        if not by_category and not self._added and registered is None:
            return self.plain
        # Kinds that nobody tells apart are answered alike, from one sheet.
        named = self._named if by_category else self._named_by_register
        chain = tuple(code for code in self._chain(category) if code in named)
        branch = self.categories.by_code[category].branch if by_category and category else None
        seen = frozenset(seen & self.conditions.keys())
        if not branch and not registered and f"owner:{owner}" not in self.conditions:
            owner = None
        return self._opened(Asking(branch, chain, self.grounds.idle_at(at, self.zone, chain), registered, owner, seen))

    def seeing(self, sheet: Sheet, seen: frozenset[str]) -> Sheet:
        """The sheet that asks as another one does, where just this was seen."""
        return self._opened(replace(sheet.asking, seen=seen))

    def _opened(self, asking: Asking) -> Sheet:
        with self._sheets_lock:
            if asking not in self._sheets:
                rungs = self._rungs(asking.branch) if asking.branch else NO_CATEGORY
                if asking.branch is None and asking.registered is not None:
                    rungs = with_components(rungs, self.city.policy.ladder_component)
                self._sheets[asking] = Sheet(self.survey, self.lines, asking, rungs)
                while len(self._sheets) > SHEETS_KEPT:
                    self._sheets.popitem(last=False)
            self._sheets.move_to_end(asking)
            return self._sheets[asking]

    def _chain(self, category: str | None) -> tuple[str, ...]:
        """The category and those above it, deepest first."""
        if category is None:
            return ()
        return self.categories.chain(category) if self.categories.by_code else (category,)

    def check_category(self, category: str | None) -> None:
        """Nothing, or InvalidInput for a category that the city does not have.

        A city without categories takes any code of 1 to 64 printable characters.
        """
        if category is None:
            return
        if self.categories.by_code:
            self.categories.chain(category)
        elif not (0 < len(category) <= CATEGORY_LENGTH and category.isprintable()):
            raise InvalidInput(BAD_CATEGORY, value=repr(category[:80]), limit=CATEGORY_LENGTH)

    def asks_components(self, category: str | None) -> bool:
        """Whether a category is one of components, of which some may be registered."""
        known = None if category is None else self.categories.by_code.get(category)
        return known is not None and known.branch is Branch.COMPONENT

    @property
    def _named(self) -> frozenset[str]:
        """The categories that a claim or the choice of a territory names."""
        return self._named_by_map | self._named_by_register

    @cached_property
    def _named_by_map(self) -> frozenset[str]:
        named = {code for claim in self.city_map.claims for code in claim.categories}
        return frozenset(named | set(self.city.policy.territory_by_branch))

    @property
    def _named_by_register(self) -> frozenset[str]:
        return frozenset(code for claim in self._added for code in claim.categories)

    def _rungs(self, branch: Branch) -> tuple[Rung, ...]:
        policy = self.city.policy
        names = policy.ladder_component if branch is Branch.COMPONENT else policy.ladder_event
        return rungs_of(names)

    def area(self, *, scheme: str, level: str, code: str) -> Area:
        """The area with this code, or NotFound."""
        number = self.grounds.by_place.get((PlaceKind.AREA, scheme, level, code))
        if number is None:
            raise NotFound(NO_SUCH_AREA, scheme=scheme, level=level, code=code)
        return self.areas[number]

    def unit(self, code: str) -> Unit:
        """The unit with this code, or NotFound."""
        if code not in self.units:
            raise NotFound(NO_SUCH_UNIT, code=code)
        return self.units[code]

    def checkpoint(self, code: str) -> Checkpoint:
        """The site with this code, or NotFound."""
        if code not in self.checkpoints:
            raise NotFound(NO_SUCH_SITE, code=code)
        return self.checkpoints[code]

    def type_name(self, site: Checkpoint) -> Name:
        """What the type of a site is called."""
        return type_name(site.type, self.city.policy.checkpoint_types)

    def segment(self, code: str) -> Segment:
        """The stretch of road with this code, or NotFound."""
        if code not in self.segments:
            raise NotFound(NO_SUCH_SEGMENT, code=code)
        return self.segments[code]

    def component(self, component_id: str) -> Component:
        """The component with this id, or NotFound."""
        if component_id not in self.components.by_id:
            raise NotFound(NO_SUCH_COMPONENT, code=component_id)
        return self.components.by_id[component_id]

    def check_level(self, scheme: str, level: str) -> None:
        """Nothing, or NotFound when the city has no such level."""
        if (scheme, level) not in self.level_names:
            known = ", ".join("/".join(key) for key in self.level_names)
            raise NotFound(NO_SUCH_LEVEL, scheme=scheme, level=level, known=known)

    @cached_property
    def tiers(self) -> Tiers:
        """The areas by level, for whoever asks for nothing but these."""
        return Tiers(self.areas, tuple(self.level_names))

    @cached_property
    def unit_codes(self) -> NDArray[np.object_]:
        """The codes of all units in order, (k,): what the numbers of a bulk answer stand for."""
        return words_array(sorted(self.units))

    @cached_property
    def unit_places(self) -> Mapping[str, int]:
        """The place of each unit among the `unit_codes`."""
        return {code: i for i, code in enumerate(self.unit_codes.tolist())}

    def areas_of(self, cover: Cover) -> tuple[Area, ...]:
        """The areas that hold a place, by scheme, level and code: pure geometry.

        Per level those that hold it inside; only on edges the one with the lowest code.
        """
        count = len(self.areas)
        return tuple(self.areas[i] for i in self.grounds.stand(cover).grounds if i < count)

    def sites_of(self, cover: Cover) -> tuple[AtSite, ...]:
        """The sites whose inner ground or halo holds a place, by code."""
        found = []
        for i in self.grounds.stand(cover).grounds:
            ground = self.grounds.items[i]
            if ground.kind in (PlaceKind.CHECKPOINT, PlaceKind.HALO):
                part: Literal["inner", "halo"] = "inner" if ground.kind is PlaceKind.CHECKPOINT else "halo"
                found.append(AtSite(self.checkpoints[ground.key[0]], part))
        return tuple(found)

    def segments_of(self, cover: Cover, *, lon: float, lat: float) -> tuple[OnSegment, ...]:
        """The strips of road that hold a place, by segment code, with the place's chainage."""
        found = []
        for i in self.grounds.stand(cover).grounds:
            ground = self.grounds.items[i]
            if ground.kind is PlaceKind.STRIP:
                segment = self.segments[ground.key[0]]
                chainage_m = locate_on(segment, lon=lon, lat=lat).chainage_m
                found.append(OnSegment(segment, Side(ground.key[1]), StripKind(ground.key[2]), chainage_m))
        return tuple(found)

    @cached_property
    def fallback_level(self) -> str:
        """The level of the territory scheme that answers for what nobody settles (属地兜底)."""
        territory = next(s for s in self.city_map.schemes if s.code == self.city.territory)
        return fallback_level_of(self.city.policy, [level.code for level in territory.levels])

    def marks_of(self, cover: Cover) -> Marks:
        """What somebody who stands there can tell the ground by."""
        return marks_of(self.grounds.items[i] for i in self.grounds.stand(cover).grounds)

    def _keeper(self, cover: Cover) -> str | None:
        unit = self.fallback_unit(cover)
        return unit.code if unit else None

    def fallback_unit(self, cover: Cover) -> Unit | None:
        """The unit of the area at the fallback level that holds the place (of several the lowest); None in a gap."""
        codes = [
            accountable(area.unit, self.units)
            for area in self.areas_of(cover)
            if (area.scheme, area.level) == (self.city.territory, self.fallback_level) and area.unit is not None
        ]
        return self.units[min(codes)] if codes else None
