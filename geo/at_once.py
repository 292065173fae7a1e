"""The answer where the grounds alone decide: one position, nothing said of what is there, and no border in its error.

Most look-ups are so. What follows on these grounds was worked out before; only the border and the chainages are
particular to the position. Everything else is for `geo/resolve.py`, which gives the same answer here too.
"""

import numpy as np

from geo.atlas import Atlas
from geo.bordering import border_near, search_radius_of_one_m
from geo.determination import BorderNear
from geo.doubt import DOUBT_SIGMAS
from geo.index import Cover
from geo.position import Position
from geo.reach import components_beside, widest_sigma_m
from geo.shares import CERTAIN_FROM
from geo.sheet import Sheet
from geo.standing import Standing, stand


def stand_at_once(atlas: Atlas, sheet: Sheet, position: Position) -> tuple[Cover, Standing, BorderNear] | None:
    """The grounds that hold a position, what follows there and its border; None where that takes more to say.

    That is where ground within the error has another lead or leads by another rung, where registered components are
    near, or where there is something to ask. The caller said nothing of the place.
    """
    sigma_m = position.sigma_m
    if sheet.depends_on or sigma_m > widest_sigma_m(atlas) or _has_beside(atlas, sheet, position):
        return None
    radius_m = search_radius_of_one_m(sigma_m)
    # The lines that part who leads, or by which rung.
    nearest = sheet.lines.edges.nearest_one(
        lon=position.lon, lat=position.lat, radius_m=radius_m, counts=sheet.sides.parting
    )
    if nearest is not None and sigma_m > 0.0 and nearest.distance_m <= DOUBT_SIGMAS * sigma_m:
        return None
    cover = atlas.index.cover_at(lon=position.lon, lat=position.lat)
    standing = _standing(atlas, sheet, cover)
    if standing.do == "ask" or (standing.candidates and standing.candidates[0].p < CERTAIN_FROM):
        return None
    # Where another unit leads, another answer holds: no border lies nearer than the nearest of these lines.
    border = BorderNear(radius_m) if nearest is None else _border(atlas, sheet, position, cover, standing, radius_m)
    return cover, standing, border


def _has_beside(atlas: Atlas, sheet: Sheet, position: Position) -> bool:
    """Whether a registered component of the category may be meant."""
    if sheet.asking.registered is None:
        return False
    lon, lat, sigma_m = np.array([position.lon]), np.array([position.lat]), np.array([position.sigma_m])
    return bool(components_beside(atlas, sheet, lon=lon, lat=lat, sigma_m=sigma_m))


def _standing(atlas: Atlas, sheet: Sheet, cover: Cover) -> Standing:
    known: Standing | None = atlas.standing.get((sheet, cover))
    return known or atlas.standing.put((sheet, cover), stand(atlas, sheet, cover))


def _border(
    atlas: Atlas, sheet: Sheet, position: Position, cover: Cover, standing: Standing, radius_m: float
) -> BorderNear:
    lon, lat = np.array([position.lon]), np.array([position.lat])
    near = sheet.border.edges_near(lon=lon, lat=lat, radius_m=np.array([radius_m]))
    return border_near(atlas, sheet, position, sheet.outcome(cover), standing.outcome, near, 0, radius_m)
