"""Records with the community that each was sent to, for the dispatch audit: what is wrong with them is planted.

The label is that of the true place; the position written is off by a normal error. Some labels are drawn anywhere, and
along one border records followed another line until a day.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import shapely

from samples.gusu_maker.admin import Tiers
from samples.gusu_maker.areas import DrawnArea
from samples.gusu_maker.dice import cast_dice, draw_normal
from samples.gusu_maker.mesh import Mesh, to_units
from samples.gusu_maker.plan import Place
from samples.gusu_maker.records import FIRST_DAY, anywhere, draw_moment, on_borders

# Accuracy of 15 m at 0.68: 15 / sqrt(-2 ln 0.32) metres along each axis.
ACCURACY_M = 15.0
SPREAD_M = 9.936
MISLABELLED = 0.02
BESIDE_BORDERS = 2_700
BESIDE_M = 40.0
IN_STRIP = 160
ELSEWHERE = 5_140


@dataclass(frozen=True, slots=True)
class MovedBorder:
    """A strip of one community that records gave to its neighbour until a moment."""

    former: str
    present: str
    depth_m: float
    until: datetime


MOVED = MovedBorder("320508002005", "320508002009", 50.0, FIRST_DAY + timedelta(days=45))


@dataclass(frozen=True, slots=True)
class DrawnDispatch:
    """A record before it is numbered and written; whole 1e-7 degrees."""

    at: datetime
    community: str
    lon: int
    lat: int


def draw_dispatched(
    mesh: Mesh, admin: Tiers, purpose: str = "dispatched", moved: MovedBorder | None = MOVED
) -> list[DrawnDispatch]:
    """All records in order of time; `purpose` names the dice, so that another one gives another set."""
    dice = cast_dice(purpose)
    ground = Communities(mesh, admin["community"], moved)
    places = (
        (beside_borders(mesh, admin, dice), BESIDE_BORDERS),
        (anywhere(mesh, dice), ELSEWHERE),
        *([(ground.in_strip(dice), IN_STRIP)] if moved else []),
    )
    records = [ground.draw_one(place, dice) for place, count in places for _ in range(count)]
    return sorted(records, key=lambda record: (record.at, record.lon, record.lat))


def beside_borders(mesh: Mesh, admin: Tiers, dice: random.Random) -> Callable[[], Place]:
    """Places up to 40 m east, west, north and south of the borders of communities, evenly spread.

    Not crowded on the line: true places that are would make the accuracy seem worse than it is.
    """
    along = on_borders(mesh, admin, "community", dice)

    def place() -> Place:
        x_m, y_m = along()
        return x_m + BESIDE_M * (2.0 * dice.random() - 1.0), y_m + BESIDE_M * (2.0 * dice.random() - 1.0)

    return place


class Communities:
    """The communities as polygons in metres, and the strip of the border that moved."""

    def __init__(self, mesh: Mesh, areas: tuple[DrawnArea, ...], moved: MovedBorder | None) -> None:
        self._codes = [area.code for area in areas]
        self._moved = moved
        polygons = [mesh.polygon_m(area.rings[0]) for area in areas]
        self._tree = shapely.STRtree(polygons)
        self._strip = shapely.Polygon()
        if moved is not None:
            former, present = (polygons[self._codes.index(code)] for code in (moved.former, moved.present))
            self._strip = present.intersection(former.buffer(moved.depth_m))
            shapely.prepare(self._strip)

    def in_strip(self, dice: random.Random) -> Callable[[], Place]:
        """Places spread evenly over the strip."""
        west_m, south_m, east_m, north_m = self._strip.bounds

        def place() -> Place:
            while True:
                x_m = west_m + dice.random() * (east_m - west_m)
                y_m = south_m + dice.random() * (north_m - south_m)
                if shapely.contains_xy(self._strip, x_m, y_m):
                    return x_m, y_m

        return place

    def draw_one(self, place: Callable[[], Place], dice: random.Random) -> DrawnDispatch:
        """A record at a true place in a community, with its label and with the position that was written down."""
        inside: list[int] = []
        while not inside:
            x_m, y_m = place()
            inside = sorted(self._tree.query(shapely.Point(x_m, y_m), predicate="intersects").tolist())
        at = draw_moment(dice)
        community = self._codes[inside[0]]
        moved = self._moved
        if moved is not None and at < moved.until and shapely.contains_xy(self._strip, x_m, y_m):
            community = moved.former
        if dice.random() < MISLABELLED:
            community = self._codes[int(dice.random() * len(self._codes))]
        lon, lat = to_units(x_m=x_m + SPREAD_M * draw_normal(dice), y_m=y_m + SPREAD_M * draw_normal(dice))
        return DrawnDispatch(at, community, lon, lat)
