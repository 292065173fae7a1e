"""What the register keeps as JSON: a person, a holding, a ruling, a permit. Geometry is WKB in hexadecimal."""

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

import shapely
from shapely import MultiPolygon

from api.storage.documents import Document, hours_document, hours_from, name_document
from geo.claims import Condition
from geo.moments import say_moment
from geo.register.holdings import Capacity, Holding, Person
from geo.register.log import Value
from geo.register.rulings import GroundKind, Permit, RuledGround, Ruling
from geo.schedule import Schedule
from geo.wording import Name


def entry_document(value: Value) -> Document:
    """A thing of the register as JSON; its key is kept beside it."""
    match value:
        case Person():
            return {"name": name_document(value.name), "telephone": value.telephone}
        case Holding():
            own: Document = {"post": value.post, "person": value.person, "capacity": value.capacity.value}
        case Ruling():
            own = {
                "unit": value.unit,
                "categories": list(value.categories),
                "ground": _ground_document(value.ground),
                "decided_at": None if value.decided_at is None else say_moment(value.decided_at),
                "reason": name_document(value.reason),
                "assists": list(value.assists),
                "decided_by": value.decided_by,
                "issue": value.issue,
                "between": list(value.between),
                "revoked_at": None if value.revoked_at is None else say_moment(value.revoked_at),
                "condition": _condition_document(value.condition),
            }
        case Permit():
            own = {
                "unit": value.unit,
                "categories": list(value.categories),
                "ground": _ground_document(value.ground),
                "holder": name_document(value.holder),
            }
    return {**own, **_schedule_document(value.schedule), "source": value.source}


def entry_from(kind: type[Value], key: str, document: Document) -> Value:
    """The thing that `entry_document` wrote."""
    return _READERS[kind](key, document)


def _person(key: str, document: Document) -> Person:
    return Person(key, Name(**document["name"]), document["telephone"])


def _holding(key: str, document: Document) -> Holding:
    return Holding(
        id=key,
        post=document["post"],
        person=document["person"],
        capacity=Capacity(document["capacity"]),
        schedule=_schedule_from(document),
        source=document["source"],
    )


def _ruling(key: str, document: Document) -> Ruling:
    return Ruling(
        id=key,
        unit=document["unit"],
        categories=tuple(document["categories"]),
        ground=_ground_from(document["ground"]),
        decided_at=_moment_from(document["decided_at"]),
        schedule=_schedule_from(document),
        reason=Name(**document["reason"]),
        assists=tuple(document["assists"]),
        source=document["source"],
        decided_by=document["decided_by"],
        # Rows of before these were kept have none of them.
        issue=document.get("issue"),
        between=tuple(document.get("between", ())),
        revoked_at=_moment_from(document.get("revoked_at")),
        condition=_condition_from(document.get("condition")),
    )


def _permit(key: str, document: Document) -> Permit:
    return Permit(
        id=key,
        categories=tuple(document["categories"]),
        ground=_ground_from(document["ground"]),
        schedule=_schedule_from(document),
        holder=Name(**document["holder"]),
        unit=document["unit"],
        source=document["source"],
    )


_READERS: MappingProxyType[type[Value], Callable[[str, Document], Value]] = MappingProxyType(
    {Person: _person, Holding: _holding, Ruling: _ruling, Permit: _permit}
)


def _schedule_document(schedule: Schedule) -> Document:
    return {
        "hours": hours_document(schedule.hours),
        "valid_from": None if schedule.valid_from is None else say_moment(schedule.valid_from),
        "valid_to": None if schedule.valid_to is None else say_moment(schedule.valid_to),
    }


def _schedule_from(document: Document) -> Schedule:
    start, end = (_moment_from(document[key]) for key in ("valid_from", "valid_to"))
    return Schedule(hours_from(document["hours"]), start, end)


def _moment_from(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _condition_document(condition: Condition | None) -> Document | None:
    return None if condition is None else {"fact": condition.fact, "text": name_document(condition.text)}


def _condition_from(document: Document | None) -> Condition | None:
    return None if document is None else Condition(document["fact"], Name(**document["text"]))


def _ground_document(ground: RuledGround) -> Document:
    boundary = ground.boundary
    shape = None if boundary is None else shapely.to_wkb(boundary, hex=True, output_dimension=2, byte_order=1)
    return {"kind": ground.kind.value, "key": [str(part) for part in ground.key], "boundary": shape}


def _ground_from(document: dict[str, Any]) -> RuledGround:
    shape = document["boundary"]
    boundary = None if shape is None else cast(MultiPolygon, shapely.from_wkb(shape))
    return RuledGround(GroundKind(document["kind"]), tuple(document["key"]), boundary)
