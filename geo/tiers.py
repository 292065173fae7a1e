"""Which area of each level holds a position: pure geometry, whoever leads there."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.coded import NO_WORD, CodeArray, Coded, words_array
from geo.index import Cover
from geo.model import Area, FloatArray
from geo.raster.index import RasterIndex

Level = tuple[str, str]


class Tiers:
    """The levels of a city, ready to be asked; `areas` are numbered by scheme, level and code. Thread-safe."""

    def __init__(self, areas: Sequence[Area], levels: Sequence[Level]) -> None:
        self.levels = tuple(levels)
        self._areas = areas
        place = {level: i for i, level in enumerate(self.levels)}
        self._level_of = [place[area.scheme, area.level] for area in areas]
        self._codes = words_array([area.code for area in areas])
        self._held: dict[Cover, tuple[int, ...]] = {}
        self._of_sets: CodeArray = np.zeros((0, len(self.levels)), dtype=np.int32)

    @cached_property
    def index(self) -> RasterIndex:
        """An index over the areas alone."""
        return RasterIndex(np.array([area.boundary for area in self._areas], dtype=object))

    def columns_at(self, *, lon: FloatArray, lat: FloatArray) -> Mapping[Level, Coded]:
        """For each level the code of the one area that holds each position; lon and lat are (n,) finite degrees."""
        numbers = self.index.numbers_at(lon=lon, lat=lat)
        return self.columns_of(self._by_set(), numbers)

    def _by_set(self) -> CodeArray:
        """What `numbers_of` says of each set that the index of areas knows, by its number."""
        covers, known = self.index.covers, self._of_sets
        if len(known) < len(covers):
            # Put together apart from `self`: threads that do so at once come to the same.
            known = np.concatenate([known, self.numbers_of(covers[len(known) :])])
            self._of_sets = known
        return known

    def columns_of(self, numbers: CodeArray, ids: NDArray[np.signedinteger[Any]]) -> Mapping[Level, Coded]:
        """The columns of positions whose grounds are `numbers[ids]`."""
        return {level: Coded(numbers[:, i].take(ids), self._codes) for i, level in enumerate(self.levels)}

    def numbers_of(self, covers: Sequence[Cover]) -> CodeArray:
        """The number of the area of each level that holds each cover, (covers, levels), NO_WORD where none does.

        Interior beats edge, then the lowest code.
        """
        numbers = np.full((len(covers), len(self.levels)), NO_WORD, dtype=np.int32)
        for i, cover in enumerate(covers):
            known = self._held.get(cover)
            if known is None:
                known = self._held[cover] = self._of_cover(cover)
            numbers[i] = known
        return numbers

    def _of_cover(self, cover: Cover) -> tuple[int, ...]:
        found = [NO_WORD] * len(self.levels)
        count = len(self._areas)
        # Numbers follow codes, and grounds that are no areas come after those that are.
        for number in (*cover.interior, *cover.edge):
            if number < count and found[self._level_of[number]] == NO_WORD:
                found[self._level_of[number]] = number
        return tuple(found)
