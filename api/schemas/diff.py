"""What differs between two states of the map, on the way out."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import orjson
import shapely
from pydantic import BaseModel, ConfigDict, Field

from geo.atlas import Atlas
from geo.diff.difference import Difference, GoldenChange
from geo.diff.ground import GroundChange, new_gaps
from geo.diff.things import FieldChange, ThingChange
from geo.golden_run import Answered
from geo.moments import say_moment
from geo.wording import Lang, Name

DIGITS_M2 = 3


class Out(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class StateOut(Out):
    """An edition, or the draft with the number that it would get."""

    id: int
    draft: bool
    city: str


class NamedUnit(Out):
    """A unit by code, with its name."""

    code: str
    name: str


class GroundOut(Out):
    """Ground that changes hands: from whom to whom (empty: nobody leads), for which kinds (null: asked without one)."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    from_: list[NamedUnit] = Field(alias="from")
    to: list[NamedUnit]
    categories: list[str | None]
    area_m2: float


class GapOut(Out):
    """A kind with ground on which somebody led and nobody does now."""

    category: str | None
    area_m2: float


class FieldOut(Out):
    """A field that says otherwise; of ground and positions how much and how far they moved."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    field: str
    from_: Any = Field(alias="from")
    to: Any
    moved_m2: float | None
    moved_m: float | None


class ThingOut(Out):
    """A thing of the map that came, went, or is said to be otherwise."""

    collection: str
    code: str
    what: Literal["added", "removed", "changed"]
    fields: list[FieldOut]


class AnsweredOut(Out):
    """What is answered at a golden place; `problem` where the question cannot be asked."""

    verdict: str | None
    unit: str | None
    rung: str | None
    problem: str | None


class GoldenOut(Out):
    """A golden place with another answer; it `holds` where the place itself says so, else it blocks."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    code: str
    lon: float
    lat: float
    category: str | None
    why: str
    from_: AnsweredOut = Field(alias="from")
    to: AnsweredOut
    expected: AnsweredOut
    holds: bool
    dropped: bool


class CountsOut(Out):
    """How many things of a kind came, went and changed; areas by scheme and level."""

    of: str
    added: int
    removed: int
    changed: int


class DiffOut(Out):
    """What differs from one state of the map to another. `blocks`: publishing the second would be refused.

    `blocked` are entries of the register whose place is gone: `ruling:…`, `permit:…`, `post:…`.
    """

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    from_: StateOut = Field(alias="from")
    to: StateOut
    at: str
    ground: list[GroundOut]
    gaps: list[GapOut]
    golden: list[GoldenOut]
    blocked: list[str]
    blocks: bool
    counts: list[CountsOut]
    things: list[ThingOut]
    settings: list[FieldOut]


def from_domain(found: Difference, lang: Lang) -> dict[str, Any]:
    """The whole difference but its geometry."""
    published = {edition.id for edition in found.editions}
    return {
        "from": _state(found.before, published, lang),
        "to": _state(found.after, published, lang),
        "at": say_moment(found.at),
        "ground": [_ground(change, found, lang) for change in found.ground],
        "gaps": [
            {"category": code, "area_m2": round(area_m2, DIGITS_M2)} for code, area_m2 in new_gaps(found.ground).items()
        ],
        "golden": [_golden(change, lang) for change in found.golden],
        "blocked": list(found.blocked),
        "blocks": found.blocks,
        "counts": counts(found.things),
        "things": [_thing(change, lang) for change in found.things],
        "settings": [_field(change, lang) for change in found.settings],
    }


def features(found: Difference, lang: Lang) -> dict[str, Any]:
    """The ground that changes hands as a GeoJSON FeatureCollection."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": orjson.loads(shapely.to_geojson(change.boundary)),
                "properties": _ground(change, found, lang),
            }
            for change in found.ground
        ],
    }


def counts(things: Sequence[ThingChange]) -> list[dict[str, Any]]:
    """How many came, went and changed, by collection; areas by scheme and level."""
    found: dict[str, dict[str, Any]] = {}
    for change in things:
        of = "/".join(["areas", *change.code.split("/")[:2]]) if change.collection == "areas" else change.collection
        row = found.setdefault(of, {"of": of, "added": 0, "removed": 0, "changed": 0})
        row[change.what] += 1
    return list(found.values())


def _state(atlas: Atlas, published: set[int], lang: Lang) -> dict[str, Any]:
    edition = atlas.edition.id
    return {"id": edition, "draft": edition not in published, "city": atlas.city.name.say(lang)}


def _ground(change: GroundChange, found: Difference, lang: Lang) -> dict[str, Any]:
    return {
        "from": [_unit(found.before, code, lang) for code in change.before],
        "to": [_unit(found.after, code, lang) for code in change.after],
        "categories": list(change.categories),
        "area_m2": round(change.area_m2, DIGITS_M2),
    }


def _unit(atlas: Atlas, code: str, lang: Lang) -> dict[str, str]:
    return {"code": code, "name": atlas.units[code].name.say(lang)}


def _thing(change: ThingChange, lang: Lang) -> dict[str, Any]:
    fields = [_field(one, lang) for one in change.fields]
    return {"collection": change.collection, "code": change.code, "what": change.what, "fields": fields}


def _field(change: FieldChange, lang: Lang) -> dict[str, Any]:
    return {
        "field": change.field,
        "from": _plain(change.before, lang),
        "to": _plain(change.after, lang),
        "moved_m2": None if change.moved_m2 is None else round(change.moved_m2, DIGITS_M2),
        "moved_m": None if change.moved_m is None else round(change.moved_m, 2),
    }


def _plain(value: object, lang: Lang) -> object:
    """The value as JSON has it."""
    match value:
        case Name():
            return value.say(lang)
        case Mapping():
            return {str(key): _plain(one, lang) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one, lang) for one in value]
        case None | bool() | int() | float() | str():
            return value
    return str(getattr(value, "code", value))


def _golden(change: GoldenChange, lang: Lang) -> dict[str, Any]:
    place = change.place
    return {
        "code": place.code,
        "lon": place.lon,
        "lat": place.lat,
        "category": place.category,
        "why": place.why,
        "from": _answered(change.before, lang),
        "to": _answered(change.after, lang),
        "expected": _answered(Answered(place.verdict, place.unit, place.rung), lang),
        "holds": change.holds,
        "dropped": change.is_dropped,
    }


def _answered(found: Answered, lang: Lang) -> dict[str, str | None]:
    return {
        "verdict": found.verdict.value if found.verdict else None,
        "unit": found.unit,
        "rung": found.rung,
        "problem": found.refusal.say(lang) if found.refusal else None,
    }
