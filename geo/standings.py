"""What follows for many positions: those that leave doubt one by one, everything else once for each set of grounds."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from geo.atlas import Atlas
from geo.doubt import Spots, held_by, parts_around
from geo.fitting import Fitted, fitting, parts_seen
from geo.nearby import Beside, says
from geo.shares import Verdict
from geo.sheet import Sheet
from geo.standing import Standing, stand

NOTHING_SAID: Mapping[int, Fitted] = MappingProxyType({})


def standings_apart(
    atlas: Atlas,
    sheet: Sheet,
    spots: Spots,
    beside_of: Mapping[int, Beside],
    coarse: NDArray[np.bool_],
    *,
    fitted: Mapping[int, Fitted] = NOTHING_SAID,
    in_words: bool = True,
) -> Iterator[tuple[int, Standing]]:
    """What follows at the positions where the set of grounds alone does not say, by number, in no order.

    These leave doubt, are too coarse (n,), have components beside them, or their callers said something of the ground
    (`fitted`). `spots.sigma_m` goes no further than the city's greatest accuracy. Reasons name distances to components;
    where nobody reads them (`in_words` False), positions are told alike that follow alike.
    """
    parts_of = {
        **parts_around(atlas.index, sheet.sides, spots),
        **{row: one.parts for row, one in fitted.items()},
    }
    alike: dict[object, Standing] = {}
    contested = []
    for row in sorted({*parts_of, *beside_of, *np.flatnonzero(coarse).tolist()}):
        parts, beside = parts_of.get(row, ()), beside_of.get(row, ())
        apart = bool(parts) or (bool(beside) and in_words)
        key = row if apart else (int(spots.sets.ids[row]), bool(coarse[row]), says(beside))
        if key not in alike:
            cover = fitted[row].cover if row in fitted else spots.cover(row)
            found = stand(atlas, sheet, cover, parts=parts, beside=beside, too_coarse=bool(coarse[row]))
            alike[key] = found
        if alike[key].verdict is Verdict.CONTESTED and (parts or coarse[row]):
            contested.append(row)
        else:
            yield row, alike[key]
    if not contested:
        return
    kept_of = _kept_of(atlas, spots, contested, fitted)
    for row in contested:
        found = stand(
            atlas,
            sheet,
            fitted[row].cover if row in fitted else spots.cover(row),
            parts=parts_of.get(row, ()),
            kept=kept_of.get(row),
            beside=beside_of.get(row, ()),
            too_coarse=bool(coarse[row]),
        )
        yield row, found


def _kept_of(
    atlas: Atlas, spots: Spots, rows: list[int], fitted: Mapping[int, Fitted]
) -> Mapping[int, Mapping[str | None, float]]:
    """How much of the ground around each position the units at the fallback level hold.

    Who keeps a contested place until it is settled is a question of its own about the ground around it.
    """
    said = [row for row in rows if row in fitted]
    plain = [row for row in rows if row not in fitted]
    keepers = parts_around(atlas.index, atlas.kept_by, spots.pick(np.array(plain, dtype=np.int64))) if plain else {}
    kept_of = {plain[i]: held_by(atlas.kept_by.keys, parts) for i, parts in keepers.items()}
    keys = atlas.kept_seen.keys
    for row, parts in parts_seen(atlas, atlas.kept_seen, spots, said).items():
        kept_of[row] = held_by([key.what for key in keys], fitting(parts, keys, fitted[row].marks))
    return kept_of
