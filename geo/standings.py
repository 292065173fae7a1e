"""What follows for many positions: those that leave doubt one by one, everything else once for each set of grounds."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from geo.atlas import Atlas
from geo.doubt import Spots, held_by, parts_around
from geo.nearby import Beside, says
from geo.shares import Verdict
from geo.sheet import Sheet
from geo.standing import Standing, stand


def standings_apart(
    atlas: Atlas,
    sheet: Sheet,
    spots: Spots,
    beside_of: Mapping[int, Beside],
    coarse: NDArray[np.bool_],
    *,
    in_words: bool = True,
) -> Iterator[tuple[int, Standing]]:
    """What follows at the positions where the set of grounds alone does not say, by number, in no order.

    These leave doubt, are too coarse (n,), or have components beside them. `spots.sigma_m` goes no further than the
    city's greatest accuracy. Reasons name distances to components; where nobody reads them (`in_words` False),
    positions are told alike that follow alike.
    """
    parts_of = parts_around(atlas.index, sheet.sides, spots)
    alike: dict[object, Standing] = {}
    contested = []
    for row in sorted({*parts_of, *beside_of, *np.flatnonzero(coarse).tolist()}):
        parts, beside = parts_of.get(row, ()), beside_of.get(row, ())
        apart = bool(parts) or (bool(beside) and in_words)
        key = row if apart else (int(spots.sets.ids[row]), bool(coarse[row]), says(beside))
        if key not in alike:
            found = stand(atlas, sheet, spots.cover(row), parts=parts, beside=beside, too_coarse=bool(coarse[row]))
            alike[key] = found
        if alike[key].verdict is Verdict.CONTESTED and (parts or coarse[row]):
            contested.append(row)
        else:
            yield row, alike[key]
    if not contested:
        return
    # Who keeps a contested place until it is settled is a question of its own about the ground around it.
    keepers = parts_around(atlas.index, atlas.kept_by, spots.pick(np.array(contested, dtype=np.int64)))
    for i, row in enumerate(contested):
        found = stand(
            atlas,
            sheet,
            spots.cover(row),
            parts=parts_of.get(row, ()),
            kept=held_by(atlas.kept_by, keepers[i]) if i in keepers else None,
            beside=beside_of.get(row, ()),
            too_coarse=bool(coarse[row]),
        )
        yield row, found
