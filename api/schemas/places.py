"""Places on the way out, each ready for the look-up."""

from typing import Any
from urllib.parse import urlencode

import shapely
from pydantic import BaseModel, ConfigDict, Field

from geo.places.hit import Hit, HitKind
from geo.wording import Lang


class PlacePosition(BaseModel):
    """WGS 84 degrees."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lon: float
    lat: float


class PlaceOut(BaseModel):
    """A place that the text may mean."""

    model_config = ConfigDict(extra="forbid")

    kind: HitKind
    code: str
    name: str
    position: PlacePosition
    accuracy_m: float = Field(description="metres, at the confidence 0.68 | 精度（米）")
    shape: dict[str, Any] | None = Field(
        description="GeoJSON geometry of a road, a site or an area | 道路、点位、区域的形状"
    )
    how: str = Field(description="how it was found | 怎样找到的")
    question: str | None = Field(description="what would make it exact | 还需问什么")
    score: float
    responsible: str | None = Field(
        description="query of GET /v1/responsible; null for a road without a number: POST its shape there"
        " | 可直接用于 GET /v1/responsible；没有门牌的道路为空，请把 shape POST 到该地址",
        examples=["lon=120.62&lat=31.31&accuracy_m=15.0&datum=wgs84"],
    )


class PlaceList(BaseModel):
    """The places for a text, the likeliest first."""

    model_config = ConfigDict(extra="forbid")

    items: list[PlaceOut]
    edition: int


def from_domain(hit: Hit, lang: Lang) -> dict[str, Any]:
    """One place; its `responsible` names the datum, because a city's own may be another.

    A whole road is no place to look up: who leads along it is asked with its shape.
    """
    spot = hit.spot
    where = {"lon": repr(spot.lon), "lat": repr(spot.lat), "accuracy_m": repr(spot.accuracy_m), "datum": "wgs84"}
    return {
        "kind": hit.kind.value,
        "code": hit.code,
        "name": hit.name.say(lang),
        "position": {"lon": spot.lon, "lat": spot.lat},
        "accuracy_m": spot.accuracy_m,
        "shape": None if hit.shape is None else shapely.geometry.mapping(hit.shape),
        "how": hit.how.say(lang),
        "question": hit.question.say(lang) if hit.question else None,
        "score": hit.score,
        "responsible": None if hit.kind is HitKind.ROAD else urlencode(where),
    }
