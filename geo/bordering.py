"""The border near a position: where the unit that leads changes, and the nearest ground of anybody's."""

import numpy as np

from geo.atlas import Atlas
from geo.border import EdgesNear
from geo.claims import PlaceKind
from geo.crs import bearing_deg
from geo.determination import BorderKind, BorderNear, Nearest
from geo.doubt import REACH_SIGMAS
from geo.index import Cover
from geo.ladder import Outcome
from geo.model import FloatArray
from geo.position import Position
from geo.reach import widest_sigma_m
from geo.sheet import Sheet

BORDER_SEARCH_M = 50.0
BORDER_KINDS: tuple[tuple[PlaceKind, BorderKind], ...] = (
    (PlaceKind.CITY, "claim"),
    (PlaceKind.POLYGON, "claim"),
    (PlaceKind.CHECKPOINT, "site"),
    (PlaceKind.HALO, "halo"),
    (PlaceKind.STRIP, "strip"),
    (PlaceKind.AREA, "area"),
)
NEAREST_RINGS_M = (125.0, 500.0, 2_000.0)


def search_radius_m(atlas: Atlas, sigma_m: FloatArray) -> FloatArray:
    """How far a border is looked for, (n,) metres: 50 m, or 4.89 sigma (3.24 A) where that is more.

    An accuracy beyond the city's greatest does not widen it further.
    """
    return np.maximum(BORDER_SEARCH_M, REACH_SIGMAS * np.minimum(sigma_m, widest_sigma_m(atlas)))


def search_radius_of_one_m(sigma_m: float) -> float:
    """As `search_radius_m` for one position whose accuracy is not beyond the city's greatest."""
    return max(BORDER_SEARCH_M, REACH_SIGMAS * sigma_m)


def border_near(
    atlas: Atlas,
    sheet: Sheet,
    position: Position,
    here: Outcome,
    lead: Outcome,
    near: EdgesNear,
    i: int,
    searched_m: float,
) -> BorderNear:
    """The border with whoever does not lead: around a corner the lead may be another than where the position stands."""
    if near.line[i] < 0:
        return BorderNear(searched_m)
    line = near.line[i]
    sides = [sheet.outcome(sheet.lines.left[line]), sheet.outcome(sheet.lines.right[line])]
    beyond = min((side for side in sides if side.units != lead.units), key=lambda side: side.units == here.units)
    others = [unit for unit in beyond.units if unit not in lead.units] or list(beyond.units)
    distance_m = float(near.distance_m[i])
    to_lon, to_lat = float(near.lon[i]), float(near.lat[i])
    bearing = float(bearing_deg(lon1=position.lon, lat1=position.lat, lon2=to_lon, lat2=to_lat))
    return BorderNear(
        searched_m=searched_m,
        distance_m=distance_m,
        # On the line itself there is no direction to it.
        bearing_deg=bearing if distance_m >= 0.005 else None,
        kind=_border_kind(atlas, sheet, sheet.lines.left[line], sheet.lines.right[line]),
        across=atlas.units[others[0]] if others else None,
    )


def _border_kind(atlas: Atlas, sheet: Sheet, left: Cover, right: Cover) -> BorderKind:
    """What the line is the border of: the most particular ground that only one of its sides has and that leads there.

    Other grounds may end on the same line without parting anybody.
    """
    changing = {*left.interior, *left.edge} ^ {*right.interior, *right.edge}
    leads = (*sheet.outcome(left).leads, *sheet.outcome(right).leads)
    kinds = {atlas.grounds.items[lead.ground].kind for lead in leads if lead.ground in changing}
    return next((name for kind, name in BORDER_KINDS if kind in kinds), "area")


def nearest_ground(atlas: Atlas, sheet: Sheet, position: Position) -> Nearest | None:
    """The nearest unit to a position that nobody owns, within 2,000 m."""
    lon, lat = np.array([position.lon]), np.array([position.lat])
    # From the inside out: who is near is found among few edges, and what is nearest in a small circle is nearest.
    for radius_m in NEAREST_RINGS_M:
        near = sheet.border.edges_near(lon=lon, lat=lat, radius_m=np.array([radius_m]))
        if near.line[0] >= 0:
            break
    line = near.line[0]
    if line < 0:
        return None
    units = sheet.outcome(sheet.lines.left[line]).units + sheet.outcome(sheet.lines.right[line]).units
    return Nearest(atlas.units[min(units)], float(near.distance_m[0])) if units else None
