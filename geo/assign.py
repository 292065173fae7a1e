"""The bulk answer: arrays of positions in, columns out. The numbers are those of the single answer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.answer_text import round_metres
from geo.atlas import Atlas
from geo.bordering import search_radius_m
from geo.coded import NO_WORD, Coded, words_array
from geo.doubt import Spots
from geo.doubted import decided
from geo.index import Cover
from geo.model import FloatArray
from geo.nearby import Beside, says
from geo.reach import components_beside, too_coarse, widest_sigma_m
from geo.shares_at import VERDICTS
from geo.sheet import Sheet, Told
from geo.standing import Standing, stand
from geo.standings import standings_apart

ANSWER_COLUMNS = ("pw_verdict", "pw_unit", "pw_p", "pw_border_m", "pw_rival", "pw_next", "pw_error")
# Where only the areas are asked for.
AREA_COLUMNS = ("pw_error",)
NUMBER_COLUMNS = ("pw_p", "pw_border_m")
# A second candidate below this share, in thousandths, is not worth a column.
RIVAL_FROM = 10
VERDICT_WORDS = words_array([verdict.value for verdict in VERDICTS])


@dataclass(frozen=True, slots=True)
class Columns:
    """The answer's columns for n positions: text (object, None where it does not apply) and numbers (nan where not)."""

    text: Mapping[str, NDArray[np.object_]]
    numbers: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class CodedColumns:
    """The same with the words by number."""

    words: Mapping[str, Coded]
    numbers: Mapping[str, FloatArray]

    def decoded(self) -> Columns:
        """The columns with their words."""
        return Columns({name: column.decoded() for name, column in self.words.items()}, self.numbers)


def level_columns(atlas: Atlas) -> dict[tuple[str, str], str]:
    """The column of each level, `pw_<scheme>_<level>`, in the order of schemes and levels."""
    return {key: f"pw_{key[0]}_{key[1]}" for key in atlas.level_names}


def assign(
    atlas: Atlas, *, lon: FloatArray, lat: FloatArray, sigma_m: FloatArray, sheet: Sheet | None = None
) -> Columns:
    """The answer for n positions in WGS 84; all three arrays are (n,) and finite.

    `sheet` says for which category and moment; by default without a category.
    """
    return assign_coded(atlas, lon=lon, lat=lat, sigma_m=sigma_m, sheet=sheet).decoded()


def assign_areas(atlas: Atlas, *, lon: FloatArray, lat: FloatArray) -> CodedColumns:
    """Only the one area of each level that holds each of n positions, whoever leads there."""
    columns = level_columns(atlas)
    found = atlas.tiers.columns_at(lon=lon, lat=lat)
    return CodedColumns({columns[level]: column for level, column in found.items()}, {})


def assign_coded(
    atlas: Atlas, *, lon: FloatArray, lat: FloatArray, sigma_m: FloatArray, sheet: Sheet | None = None
) -> CodedColumns:
    """What `assign` gives, with the words by number."""
    sheet = sheet or atlas.plain
    sets = atlas.index.sets_at(lon=lon, lat=lat)
    near = sheet.border.edges_near(lon=lon, lat=lat, radius_m=search_radius_m(atlas, sigma_m))
    border_m = _rounded(near.distance_m)
    by_set = [_by_ground(atlas, sheet, cover) for cover in sets.covers]
    told = np.array(by_set, dtype=np.int32).reshape(-1, len(Told._fields))[sets.ids]
    spots = Spots(lon, lat, np.minimum(sigma_m, widest_sigma_m(atlas)), sets)
    coarse = too_coarse(atlas, sigma_m)
    beside = components_beside(atlas, sheet, lon=lon, lat=lat, sigma_m=sigma_m)
    by_component = _tell_beside(atlas, sheet, spots, beside, coarse, told)
    _tell_doubted(atlas, sheet, spots, np.flatnonzero((spots.sigma_m > 0.0) & ~coarse & ~by_component), told)
    by_component |= _tell_coarse(atlas, sheet, spots, beside, coarse, told)
    border_m[by_component] = np.nan
    verdict, lead, p, rival, next_unit = told.T
    units = atlas.unit_codes
    words = {
        "pw_verdict": Coded(verdict, VERDICT_WORDS),
        "pw_unit": Coded(lead, units),
        "pw_rival": Coded(rival, units),
        "pw_next": Coded(next_unit, units),
    }
    columns = level_columns(atlas)
    areas = atlas.tiers.columns_of(atlas.tiers.numbers_of(sets.covers), sets.ids)
    words |= {columns[level]: column for level, column in areas.items()}
    return CodedColumns(words, {"pw_p": np.where(lead == NO_WORD, np.nan, p / 1000.0), "pw_border_m": border_m})


def _by_ground(atlas: Atlas, sheet: Sheet, cover: Cover) -> Told:
    """What is told where the point alone decides; worked out once for each set of grounds."""
    known = sheet.told.get(cover)
    if known is None:
        known = sheet.told[cover] = _told(atlas, stand(atlas, sheet, cover))
    return known


def _told(atlas: Atlas, standing: Standing) -> Told:
    place = atlas.unit_places
    lead, second = (*standing.candidates, None, None)[:2]
    return Told(
        verdict=VERDICTS.index(standing.verdict),
        lead=place[lead.unit.code] if lead else NO_WORD,
        p=lead.p if lead else 0,
        rival=place[second.unit.code] if second and second.p >= RIVAL_FROM else NO_WORD,
        next=place[standing.next_unit.code],
    )


def _tell_beside(
    atlas: Atlas,
    sheet: Sheet,
    spots: Spots,
    beside_of: Mapping[int, Beside],
    coarse: NDArray[np.bool_],
    told: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Where a registered component decides, (n,), which is written there: then no border casts doubt.

    Reasons name distances to components; here nobody reads them, and positions are told alike that follow alike.
    """
    by_component = np.zeros(len(told), dtype=bool)
    alike: dict[object, Standing] = {}
    for row, beside in beside_of.items():
        if coarse[row]:
            continue
        key = (int(spots.sets.ids[row]), says(beside))
        if key not in alike:
            alike[key] = stand(atlas, sheet, spots.cover(row), beside=beside)
        told[row] = _told(atlas, alike[key])
        by_component[row] = alike[key].outcome.is_by_component
    return by_component


def _tell_doubted(atlas: Atlas, sheet: Sheet, spots: Spots, rows: NDArray[np.int64], told: NDArray[np.int32]) -> None:
    """Writes what follows at those of some positions that leave doubt."""
    if not len(rows):
        return
    found = decided(atlas, sheet, spots.pick(rows))
    rival = np.where(found.rival_p >= RIVAL_FROM, found.rival, NO_WORD)
    told[rows[found.row]] = np.stack([found.verdict, found.lead, found.p, rival, found.next], axis=1)


def _tell_coarse(
    atlas: Atlas,
    sheet: Sheet,
    spots: Spots,
    beside_of: Mapping[int, Beside],
    coarse: NDArray[np.bool_],
    told: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Where a registered component decides, (n,), among the positions that are too coarse; what follows is written."""
    by_component = np.zeros(len(told), dtype=bool)
    rows = np.flatnonzero(coarse)
    beside = {i: beside_of[row] for i, row in enumerate(rows.tolist()) if row in beside_of}
    for i, standing in standings_apart(atlas, sheet, spots.pick(rows), beside, coarse[rows], in_words=False):
        told[rows[i]] = _told(atlas, standing)
        by_component[rows[i]] = standing.outcome.is_by_component
    return by_component


def _rounded(metres: FloatArray) -> FloatArray:
    """Metres as an answer shows them, nan where there are none: as `round_metres`, which rounds in decimals."""
    steps = np.where(metres < 1.0, 100.0, 10.0)
    scaled = np.where(np.isinf(metres), np.nan, metres * steps)
    rounded: FloatArray = np.rint(scaled) / steps
    # So near the middle between two steps the product may have been rounded to the other side.
    for i in np.flatnonzero(np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) < 1e-6).tolist():
        rounded[i] = round_metres(float(metres[i]))
    return rounded
