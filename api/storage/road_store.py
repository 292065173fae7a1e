"""The segments of an edition with their strips."""

from itertools import groupby
from typing import Any

import numpy as np
import shapely
from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.contents import Boundaries, save_boundaries
from api.storage.rows import Row, add_to_edition, name_of, named, rows_of
from api.storage.spatial import to_wkb
from geo.model import CityMap
from geo.roads import Segment, Side, Strip, StripKind


def save_segments(session: Session, edition_id: int, city_map: CityMap) -> None:
    """Nothing; the segments and their strips are saved."""
    segments = city_map.segments
    centrelines = to_wkb(np.array([segment.centreline for segment in segments], dtype=object))
    rows = (
        _segment_row(segment) | {"centreline": centreline}
        for segment, centreline in zip(segments, centrelines, strict=True)
    )
    add_to_edition(session, tables.segment, edition_id, rows)

    strips = [(segment.code, strip) for segment in segments for strip in segment.strips]
    digests = save_boundaries(session, [strip.boundary for _, strip in strips])
    strip_rows = (
        _strip_row(strip) | {"segment": code, "boundary": digest}
        for (code, strip), digest in zip(strips, digests, strict=True)
    )
    add_to_edition(session, tables.strip, edition_id, strip_rows)


def load_segments(session: Session, edition_id: int, boundaries: Boundaries) -> tuple[Segment, ...]:
    """The segments and their strips as they were saved."""
    # The ordinal of strips counts through all segments, so those of one segment stand together.
    strips = {
        segment: tuple(_strip(row, boundaries) for row in rows)
        for segment, rows in groupby(rows_of(session, tables.strip, edition_id), key=lambda row: row.segment)
    }
    rows = rows_of(session, tables.segment, edition_id)
    centrelines = shapely.from_wkb(np.array([row.centreline for row in rows], dtype=object))
    return tuple(
        Segment(
            code=row.code,
            road=name_of(row, "road"),
            road_class=row.road_class,
            start=name_of(row, "start"),
            end=name_of(row, "end"),
            centreline=centreline,
            strips=strips.get(row.code, ()),
        )
        for row, centreline in zip(rows, centrelines, strict=True)
    )


def _segment_row(segment: Segment) -> Row:
    names = named(segment.road, "road") | named(segment.start, "start") | named(segment.end, "end")
    return {"code": segment.code, "road_class": segment.road_class} | names


def _strip_row(strip: Strip) -> Row:
    return {"side": strip.side.value, "kind": strip.kind.value, "near_m": strip.near_m, "far_m": strip.far_m}


def _strip(row: Any, boundaries: Boundaries) -> Strip:
    return Strip(
        side=Side(row.side),
        kind=StripKind(row.kind),
        near_m=row.near_m,
        far_m=row.far_m,
        boundary=boundaries[row.boundary],
    )
