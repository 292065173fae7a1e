"""The bulk answer: arrays of positions in, columns out. The numbers are those of the single answer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.answer_text import round_metres
from geo.atlas import Atlas
from geo.index import Cover, IntArray
from geo.model import FloatArray
from geo.nearby import says
from geo.reach import components_beside, too_coarse
from geo.resolve import is_doubted, search_radius_m
from geo.sheet import Sheet
from geo.standing import Standing, stand

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
    doubted = is_doubted(atlas, border_m=near.distance_m, sigma_m=sigma_m)
    # The answer depends on nothing but the set and the doubt: worked out once for each pair, then gathered.
    pairs, of_row = np.unique(sets.ids * 2 + doubted, return_inverse=True)
    text, numbers = _answers(atlas, sheet, sets.covers, pairs)
    columns = {name: values[of_row] for name, values in text.items()}
    for name, values in _areas(atlas, sets.covers).items():
        columns[name] = values[sets.ids]
    border_m = np.array([round_metres(metres) for metres in near.distance_m.tolist()])
    border_m[np.isinf(border_m)] = np.nan
    p = numbers[of_row]
    beside = components_beside(atlas, sheet, lon=lon, lat=lat, sigma_m=sigma_m)
    coarse = too_coarse(atlas, sigma_m)
    # With components in reach it depends on what they say too.
    standings: dict[object, Standing] = {}
    for row, around in beside.items():
        number = int(sets.ids[row])
        key = (number, bool(doubted[row]), bool(coarse[row]), says(around))
        if key not in standings:
            standings[key] = stand(atlas, sheet, sets.covers[number], doubted=key[1], beside=around, too_coarse=key[2])
        for name, value in _words(standings[key]).items():
            columns[name][row] = value
        p[row] = _share(standings[key])
        if standings[key].outcome.is_by_component:
            border_m[row] = np.nan
    return Columns(columns, {"pw_p": p, "pw_border_m": border_m})


def _answers(
    atlas: Atlas, sheet: Sheet, covers: tuple[Cover, ...], pairs: IntArray
) -> tuple[dict[str, NDArray[np.object_]], FloatArray]:
    text = {name: np.full(len(pairs), None, dtype=object) for name in WORD_COLUMNS}
    p = np.full(len(pairs), np.nan)
    for i, pair in enumerate(pairs.tolist()):
        standing = stand(atlas, sheet, covers[pair // 2], doubted=bool(pair % 2))
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
