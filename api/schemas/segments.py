"""Segments of road on the way out."""

from collections.abc import Sequence
from typing import Any

import shapely
from pydantic import BaseModel, ConfigDict

from api.schemas.claims import ClaimDetail, claim_from_domain
from api.schemas.posts import PostOut, post_from_domain
from geo.answer_text import round_metres
from geo.atlas import Atlas
from geo.chainage import length_m
from geo.claims import PlaceKind
from geo.resolve import Moment
from geo.roads import Segment, Side, Strip
from geo.wording import Lang


class SegmentOut(BaseModel):
    """A stretch of road."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    name: str
    name_zh: str | None
    name_en: str | None
    road_class: str
    start: str
    end: str
    length_m: float


class StripOut(BaseModel):
    """A strip of the road's cross-section, with the claims on it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    side: str
    kind: str
    near_m: float
    far_m: float
    claims: list[ClaimDetail]


class SegmentDetail(SegmentOut):
    """A stretch of road with who coordinates on it, its strips, and the segments that it meets."""

    chiefs: list[PostOut]
    strips: list[StripOut]
    crosses: list[str]


class PlaceOnRoad(BaseModel):
    """Where a chainage of a segment is, in WGS 84."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    lon: float
    lat: float


def from_domain(segment: Segment, lang: Lang) -> dict[str, Any]:
    """The segment without its strips."""
    return {
        "code": segment.code,
        "name": segment.road.say(lang),
        "name_zh": segment.road.zh,
        "name_en": segment.road.en,
        "road_class": segment.road_class,
        "start": segment.start.say(lang),
        "end": segment.end.say(lang),
        "length_m": round_metres(length_m(segment)),
    }


def detail(atlas: Atlas, moment: Moment, segment: Segment, lang: Lang) -> dict[str, Any]:
    """The segment with its chiefs at a moment, its strips and their claims, and the codes of the segments it meets."""
    crossing = [
        other.code
        for other in atlas.city_map.segments
        if other.code != segment.code and shapely.intersects(other.centreline, segment.centreline)
    ]
    return {
        **from_domain(segment, lang),
        "chiefs": [
            post_from_domain(atlas, moment.roster.duty(post, atlas.posts, moment.at, atlas.zone), lang)
            for post in atlas.posts.of_segment(segment.code, *Side)
        ],
        "strips": [_strip(atlas, segment, strip, lang) for strip in segment.strips],
        "crosses": crossing,
    }


def _strip(atlas: Atlas, segment: Segment, strip: Strip, lang: Lang) -> dict[str, Any]:
    number = atlas.grounds.by_place[PlaceKind.STRIP, segment.code, strip.side, strip.kind]
    return {
        "side": strip.side.value,
        "kind": strip.kind.value,
        "near_m": strip.near_m,
        "far_m": strip.far_m,
        "claims": [claim_from_domain(claim, lang) for claim in atlas.grounds.items[number].claims],
    }


def features(segment: Segment, lang: Lang) -> dict[str, Any]:
    """The segment as a GeoJSON FeatureCollection: its centreline and its strips."""
    properties = from_domain(segment, lang)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": shapely.geometry.mapping(segment.centreline),
                "properties": {**properties, "part": "centreline"},
            },
            *_strip_features(segment.strips, properties),
        ],
    }


def _strip_features(strips: Sequence[Strip], properties: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(shapely.orient_polygons(strip.boundary, exterior_cw=False)),
            "properties": {**properties, "part": "strip", "side": strip.side.value, "strip": strip.kind.value},
        }
        for strip in strips
    ]
