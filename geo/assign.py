"""The bulk answer: arrays of positions in, columns out. The numbers are those of the single answer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.answer_text import round_metres
from geo.atlas import Atlas
from geo.bordering import search_radius_m
from geo.doubt import Spots
from geo.index import Cover
from geo.model import FloatArray
from geo.reach import components_beside, too_coarse, widest_sigma_m
from geo.sheet import Sheet
from geo.standing import Standing, stand
from geo.standings import standings_apart

ANSWER_COLUMNS = ("pw_verdict", "pw_unit", "pw_p", "pw_border_m", "pw_rival", "pw_next", "pw_error")
NUMBER_COLUMNS = ("pw_p", "pw_border_m")
WORD_COLUMNS = ("pw_verdict", "pw_unit", "pw_rival", "pw_next")
# A second candidate below this share, in thousandths, is not worth a column.
RIVAL_FROM = 10


@dataclass(frozen=True, slots=True)
class Columns:
    """The answer's columns for n positions: text (object, None where it does not apply) and numbers (nan where not)."""

    text: Mapping[str, NDArray[np.object_]]
    numbers: Mapping[str, FloatArray]


def level_columns(atlas: Atlas) -> dict[tuple[str, str], str]:
    """The column of each level, `pw_<scheme>_<level>`, in the order of schemes and levels."""
    return {key: f"pw_{key[0]}_{key[1]}" for key in atlas.level_names}


def assign(
    atlas: Atlas, *, lon: FloatArray, lat: FloatArray, sigma_m: FloatArray, sheet: Sheet | None = None
) -> Columns:
    """The answer for n positions in WGS 84; all three arrays are (n,) and finite.

    `sheet` says for which category and moment; by default without a category.
    """
    sheet = sheet or atlas.plain
    sets = atlas.index.sets_at(lon=lon, lat=lat)
    near = sheet.border.edges_near(lon=lon, lat=lat, radius_m=search_radius_m(atlas, sigma_m))
    text, p_of_set = _answers(atlas, sheet, sets.covers)
    columns = {name: values[sets.ids] for name, values in (text | _areas(atlas, sets.covers)).items()}
    border_m = np.array([round_metres(metres) for metres in near.distance_m.tolist()])
    border_m[np.isinf(border_m)] = np.nan
    p = p_of_set[sets.ids]
    spots = Spots(lon, lat, np.minimum(sigma_m, widest_sigma_m(atlas)), sets)
    beside = components_beside(atlas, sheet, lon=lon, lat=lat, sigma_m=sigma_m)
    coarse = too_coarse(atlas, sigma_m)
    for row, standing in standings_apart(atlas, sheet, spots, beside, coarse, in_words=False):
        for name, value in _words(standing).items():
            columns[name][row] = value
        p[row] = _share(standing)
        if standing.outcome.is_by_component:
            border_m[row] = np.nan
    return Columns(columns, {"pw_p": p, "pw_border_m": border_m})


def _answers(
    atlas: Atlas, sheet: Sheet, covers: tuple[Cover, ...]
) -> tuple[dict[str, NDArray[np.object_]], FloatArray]:
    """The words and shares of each set, where the point alone decides."""
    text = {name: np.full(len(covers), None, dtype=object) for name in WORD_COLUMNS}
    p = np.full(len(covers), np.nan)
    for i, cover in enumerate(covers):
        standing = stand(atlas, sheet, cover)
        for name, value in _words(standing).items():
            text[name][i] = value
        p[i] = _share(standing)
    return text, p


def _words(standing: Standing) -> Mapping[str, str | None]:
    lead, second = (*standing.candidates, None, None)[:2]
    return {
        "pw_verdict": standing.verdict.value,
        "pw_unit": lead.unit.code if lead else None,
        "pw_rival": second.unit.code if second and second.p >= RIVAL_FROM else None,
        "pw_next": standing.next_unit.code,
    }


def _share(standing: Standing) -> float:
    return standing.candidates[0].p / 1000 if standing.candidates else np.nan


def _areas(atlas: Atlas, covers: tuple[Cover, ...]) -> dict[str, NDArray[np.object_]]:
    """Per level the one area that holds the coordinates: inside several, or only on edges, the lowest code."""
    names = level_columns(atlas)
    columns = {name: np.full(len(covers), None, dtype=object) for name in names.values()}
    for i, cover in enumerate(covers):
        for area in atlas.areas_of(cover):
            column = columns[names[area.scheme, area.level]]
            if column[i] is None:
                column[i] = area.code
    return columns
