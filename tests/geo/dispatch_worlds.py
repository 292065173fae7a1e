"""Records drawn on a chessboard of nine towns, with errors planted: positions, labels, a border, a block.

+----+----+----+ 12     towns are called by column and row, 00 to 22; each is four steps wide and high
| 02 | 12 | 22 |
+----+----+----+ 8
| 01 | 11 | 21 |
+----+----+----+ 4
| 00 | 10 | 20 |
+----+----+----+ 0
0    4    8    12
"""

from dataclasses import dataclass

import numpy as np

from geo.crs import from_metric
from geo.position import sigma_of
from geo.verify.audit import audit
from geo.verify.compare import AgreedSample, compare
from geo.verify.ground import chosen, ground_of
from geo.verify.summary import outside_m_of
from tests.geo.small_worlds import STEP_EAST_M, area, draw_city, open_atlas, square

DAY = 86_400.0
DAYS = 90


def nine_towns():
    return draw_city(
        *(
            area(f"{column}{row}", square(4 * column, 4 * row, 4 * column + 4, 4 * row + 4))
            for column in range(3)
            for row in range(3)
        )
    )


def ground_of_towns():
    return ground_of(open_atlas(nine_towns()), scheme="admin", level="town")


@dataclass
class Drawn:
    """n records: where they truly are, what is recorded, when."""

    lon: np.ndarray
    lat: np.ndarray
    labels: np.ndarray
    seconds: np.ndarray


def draw_records(ground, *, rows=6_000, accuracy_m=0.0, mislabelled=0.0, seed=1, change=None):
    """Records spread evenly over the towns. `change(codes, x, y, day)` may alter the codes at true places, in steps."""
    dice = np.random.default_rng(seed)
    x, y, seconds = dice.uniform(0, 12, rows), dice.uniform(0, 12, rows), dice.uniform(0, DAYS * DAY, rows)
    lon, lat = 120.6 + x / 1000, 31.3 + y / 1000
    sets = ground.index.sets_at(lon=lon, lat=lat)
    codes = np.array([ground.areas[chosen(cover)].code for cover in sets.covers], dtype=object)[sets.ids]
    if change is not None:
        codes = change(codes, x, y, seconds / DAY)
    anywhere = dice.random(rows) < mislabelled
    codes[anywhere] = [ground.areas[number].code for number in dice.integers(len(ground.areas), size=anywhere.sum())]
    if accuracy_m:
        east, north = dice.normal(0.0, sigma_of(accuracy_m=accuracy_m, confidence=0.68), (2, rows))
        lon, lat = from_metric(east=east, north=north, origin_lon=lon, origin_lat=lat)
    return Drawn(lon, lat, codes, seconds)


def audited(ground, drawn, *, timed=True, kept=20_000, accuracies_m=(5.0, 10.0, 20.0)):
    """The dispatch audit of records."""
    seconds = drawn.seconds if timed else None
    compared, agreed = compare(ground, labels=drawn.labels.tolist(), lon=drawn.lon, lat=drawn.lat, seconds=seconds)
    sample = AgreedSample(kept)
    sample.add(agreed)
    return audit(
        ground,
        compared,
        outside_m_of(ground, compared),
        sample.rows(),
        accuracies_m=accuracies_m,
        confidence=0.68,
        assumed_m=10.0,
    )


def strip_of_town_10(depth_m, until_day=DAYS):
    """A change: the western strip of town 10 is recorded for town 00, until a day."""

    def change(codes, x, y, day):
        codes[(codes == "10") & ((x - 4) * STEP_EAST_M < depth_m) & (day < until_day)] = "00"
        return codes

    return change


def block_in_town_10(codes, x, y, day):
    """A change: a block in the middle of town 10, far from every border, is recorded for town 00."""
    codes[(x > 5.4) & (x < 6.6) & (y > 1.4) & (y < 2.6)] = "00"
    return codes


def office_that_errs(codes, x, y, day):
    """A change: every eighth record of town 10, wherever it is, is recorded for town 00."""
    own = np.flatnonzero(codes == "10")
    codes[own[::8]] = "00"
    return codes


def moved(found):
    """The borders that seem to have moved, as (recorded, found)."""
    return [(one.first.code, one.second.code) for one in found.borders if one.depth_m is not None]
