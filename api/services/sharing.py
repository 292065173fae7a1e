"""From a shape as a caller sends it to who leads how much of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely import MultiLineString, MultiPolygon

from api.services.asking import Editions, Frame, choose
from geo.datum import parse_datum
from geo.portions import Shared, portions_of
from geo.register.overlay import overlaid
from geo.shape_door import accept_asked


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedShape:
    """A question about a shape as the caller put it; None is "not said": a geometry is then WGS 84 (RFC 7946)."""

    geometry: Mapping[str, Any]
    datum: str | None = None
    category: str | None = None
    at: str | None = None


def share(view: Editions, asked: AskedShape, frame: Frame) -> Shared:
    """The portions of a shape; refusals are raised."""
    shape = accept_asked(asked.geometry, datum=parse_datum(asked.datum or "wgs84"))
    return share_of(view, shape, category=asked.category, at=asked.at, frame=frame)


def share_of(
    view: Editions, shape: MultiLineString | MultiPolygon, *, category: str | None, at: str | None, frame: Frame
) -> Shared:
    """The portions of a shape in WGS 84 that needs no check."""
    edition, moment = choose(view, frame, at)
    atlas = overlaid(view.atlas(edition), moment.roster)
    found = portions_of(atlas, atlas.sheet(category, moment.at), shape)
    return Shared(found, category, moment.at, moment.known_at, edition, moment.roster.number)
