"""Audits of the map and their findings, in and out."""

from collections.abc import Sequence
from typing import Annotated, Any

import orjson
import shapely
from pydantic import BaseModel, ConfigDict, Field

from api.schemas.text import PLAIN
from geo.audit.doubtful import Doubt, Side
from geo.audit.kinds import Severity
from geo.audit.todo import NOTE_LIMIT, Resolution, Todo
from geo.audit.trouble import round_m2
from geo.moments import say_moment
from geo.wording import Lang

POSITIONS_LIMIT = 100_000


class AuditIn(BaseModel):
    """What to audit: an edition, the draft, or (left out) the edition that holds now."""

    model_config = ConfigDict(extra="forbid", strict=True)

    edition: Annotated[int, Field(ge=1, le=2**31)] | None = Field(default=None, description="number | 版本号")
    draft: bool = Field(default=False, description="the draft instead | 改为体检草稿")
    positions: Annotated[int, Field(ge=0, le=POSITIONS_LIMIT)] | None = Field(
        default=None, description="positions asked for the doubt, default audit_sample; 0: none | 抽样位置数"
    )


class Taking(BaseModel):
    """Who looks after it now is the caller."""

    model_config = ConfigDict(extra="forbid", strict=True)

    note: Annotated[str, Field(max_length=NOTE_LIMIT), PLAIN] | None = Field(default=None, description="note | 备注")


class Settling(BaseModel):
    """How it was settled."""

    model_config = ConfigDict(extra="forbid")

    code: Resolution = Field(description="how it was settled | 处理结论")
    note: Annotated[str, Field(max_length=NOTE_LIMIT), PLAIN] | None = Field(default=None, description="note | 说明")


class SideOut(BaseModel):
    """One of two that contest a place, by which rung, and the claim, component or area that says so."""

    model_config = ConfigDict(extra="forbid", strict=True)

    unit: str
    rung: str
    ref: str


class RivalsOut(BaseModel):
    """Two between which contested positions lie, and how many."""

    model_config = ConfigDict(extra="forbid", strict=True)

    first: SideOut
    second: SideOut
    positions: int


class DoubtOut(BaseModel):
    """For categories that are answered alike: verdicts of the sample at one accuracy, and what causes the doubt."""

    model_config = ConfigDict(extra="forbid", strict=True)

    categories: list[str]
    accuracy: str
    accuracy_m: float
    verdicts: dict[str, int]
    pairs: int
    rivals: list[RivalsOut]


class MovedOut(BaseModel):
    """How many findings the audit put on the list, put back on it, and took off."""

    model_config = ConfigDict(extra="forbid", strict=True)

    found: int
    returned: int
    gone: int


class AuditOut(BaseModel):
    """An audit. `moved` is null when it left the list as it is: of an older edition, or overtaken by a later one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: int
    edition: int
    is_draft: bool
    at: str
    actor: str
    counts: dict[str, int]
    moved: MovedOut | None
    sampled: int
    doubts: list[DoubtOut]


class LatestOut(BaseModel):
    """The last audit; null before the first."""

    model_config = ConfigDict(extra="forbid", strict=True)

    audit: AuditOut | None


class SettledOut(BaseModel):
    """What was said last of a finding that somebody took or settled; `code` is null while it is in hand."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str | None
    note: str | None
    actor: str


class MapFindingOut(BaseModel):
    """Something wrong with the map. `units` are those who can mend it; no `categories`: it concerns every one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    kind: str
    severity: Severity
    state: str
    text: str
    subject: list[str]
    scheme: str | None
    level: str | None
    units: list[str]
    categories: list[str]
    area_m2: float | None
    edition: int
    found_at: str
    due_at: str
    settled: SettledOut | None


class MapFindingPage(BaseModel):
    """A page of findings; `next` is the address of the following one."""

    model_config = ConfigDict(extra="forbid")

    items: list[MapFindingOut]
    next: str | None


class EventOut(BaseModel):
    """Something that happened to a finding; `audit` is the one that did it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    at: str
    actor: str
    action: str
    audit: int | None
    code: str | None
    note: str | None


class MapFindingDetail(MapFindingOut):
    """A finding with its ground and its history, oldest first."""

    geometry: dict[str, Any] | None
    history: list[EventOut]


def audit_from_domain(record: Any) -> dict[str, Any]:
    """The audit."""
    return {
        "id": record.id,
        "edition": record.edition,
        "is_draft": record.is_draft,
        "at": say_moment(record.at),
        "actor": record.actor,
        "counts": dict(record.counts),
        "moved": None if record.moved is None else dict(record.moved),
        "sampled": record.sampled,
        "doubts": [_doubt(doubt) for doubt in record.doubts],
    }


def finding_from_domain(todo: Todo, lang: Lang) -> dict[str, Any]:
    """The finding, in words too."""
    trouble = todo.trouble
    settled = {"code": todo.resolution.value if todo.resolution else None, "note": todo.note, "actor": todo.actor}
    return {
        "id": trouble.id,
        "kind": trouble.kind,
        "severity": trouble.severity,
        "state": todo.state.value,
        "text": trouble.say(lang),
        "subject": list(trouble.subject),
        "scheme": trouble.scheme,
        "level": trouble.level,
        "units": list(trouble.units),
        "categories": list(trouble.categories),
        "area_m2": None if trouble.area_m2 is None else round_m2(trouble.area_m2),
        "edition": todo.edition,
        "found_at": say_moment(todo.found_at),
        "due_at": say_moment(todo.due_at),
        "settled": None if todo.actor is None else settled,
    }


def detail_from_domain(todo: Todo, history: Sequence[Any], lang: Lang) -> dict[str, Any]:
    """The finding with its ground and its history."""
    return {
        **finding_from_domain(todo, lang),
        "geometry": geometry_of(todo),
        "history": [
            {
                "at": say_moment(event.at),
                "actor": event.actor,
                "action": event.action.value,
                "audit": event.audit,
                "code": event.resolution.value if event.resolution else None,
                "note": event.note,
            }
            for event in history
        ],
    }


def as_geojson(todos: Sequence[Todo], lang: Lang) -> dict[str, Any]:
    """The findings that have ground, as a FeatureCollection."""
    features = [
        {
            "type": "Feature",
            "id": todo.trouble.id,
            "properties": finding_from_domain(todo, lang),
            "geometry": geometry_of(todo),
        }
        for todo in todos
        if todo.trouble.ground is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def geometry_of(todo: Todo) -> dict[str, Any] | None:
    """Where a finding is, as GeoJSON in WGS 84."""
    ground = todo.trouble.ground
    if ground is None:
        return None
    geometry: dict[str, Any] = orjson.loads(shapely.to_geojson(shapely.orient_polygons(ground, exterior_cw=False)))
    return geometry


def _doubt(doubt: Doubt) -> dict[str, Any]:
    def side(one: Side) -> dict[str, str]:
        return {"unit": one.unit, "rung": one.rung, "ref": one.ref}

    return {
        "categories": list(doubt.categories),
        "accuracy": doubt.accuracy,
        "accuracy_m": doubt.accuracy_m,
        "verdicts": dict(doubt.verdicts),
        "pairs": doubt.pairs,
        "rivals": [
            {"first": side(one.first), "second": side(one.second), "positions": one.positions} for one in doubt.rivals
        ],
    }
