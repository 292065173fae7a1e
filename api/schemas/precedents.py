"""Rulings that are like a dispute, and general rulings that are due."""

from typing import Any

import shapely
from pydantic import BaseModel, ConfigDict, Field
from shapely import MultiLineString, MultiPolygon

from api.schemas.rulings import RulingOut, ruling_from_domain
from geo.answer_text import round_metres
from geo.register.borders import WIDTH_M
from geo.register.precedents import Precedent
from geo.register.proposals import Proposal
from geo.wording import Lang, Phrase

JOINED = Phrase(zh="；", en="; ")


class SimilarOut(BaseModel):
    """A ruling that is like the dispute: points of 1000, in which senses, and in words why."""

    model_config = ConfigDict(extra="forbid")

    ruling: RulingOut
    score: int
    category_steps: int | None
    distance_m: float | None
    between: list[str]
    why: str


class SimilarList(BaseModel):
    """The rulings that are like it, the likest first, and the number of the register that they were read from."""

    model_config = ConfigDict(extra="forbid")

    items: list[SimilarOut]
    register_: int = Field(alias="register")


class ProposalOut(BaseModel):
    """A general ruling that is due, drawn and filled in; `body` is what `PUT /v1/rulings/{id}` takes, as a draft.

    Where several units won equally often, `lead` and the body's `unit` are null, and someone has to say.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    between: list[str]
    category: str
    rulings: list[str]
    lead: str | None
    along_border: bool
    text: str
    body: dict[str, Any]
    geometry: dict[str, Any] | None


class ProposalList(BaseModel):
    """The general rulings that are due, by pair of units and major."""

    model_config = ConfigDict(extra="forbid")

    proposals: list[ProposalOut]
    register_: int = Field(alias="register")


def similar_from_domain(precedent: Precedent, lang: Lang) -> dict[str, Any]:
    """The ruling with how it is like the dispute."""
    return {
        "ruling": ruling_from_domain(precedent.ruling, lang),
        "score": precedent.score,
        "category_steps": precedent.steps,
        "distance_m": None if precedent.distance_m is None else round_metres(precedent.distance_m),
        "between": list(precedent.shared),
        "why": JOINED.say(lang).join(name.say(lang) for name in precedent.why),
    }


def proposal_from_domain(proposal: Proposal, lang: Lang) -> dict[str, Any]:
    """The general ruling that is due."""
    geometry = None if proposal.ground is None else _mapping(proposal.ground)
    if proposal.line is not None:
        ground = {"geometry": shapely.geometry.mapping(proposal.line), "width_m": WIDTH_M}
    else:
        ground = {"city": True} if geometry is None else {"geometry": geometry}
    return {
        "id": proposal.id,
        "between": list(proposal.pair),
        "category": proposal.branch,
        "rulings": list(proposal.rests_on),
        "lead": proposal.lead,
        "along_border": proposal.line is not None,
        "text": proposal.reason.say(lang),
        "body": {
            "draft": True,
            "unit": proposal.lead,
            "categories": [proposal.branch],
            "ground": ground,
            "between": list(proposal.pair),
            "reason": proposal.reason.say("zh"),
            "reason_en": proposal.reason.say("en"),
        },
        "geometry": geometry,
    }


def proposal_features(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The general rulings that are due as a GeoJSON FeatureCollection."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": one["geometry"], "properties": {**one, "geometry": None}} for one in found
        ],
    }


def _mapping(ground: MultiPolygon | MultiLineString) -> dict[str, Any]:
    drawn: dict[str, Any] = shapely.geometry.mapping(shapely.orient_polygons(ground, exterior_cw=False))
    return drawn
