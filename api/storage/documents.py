"""What is kept as JSON: the city with its policy and post kinds, contacts, hours, values of a finding's message."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from geo.claims import Role
from geo.model import City, Contact, Policy
from geo.posts import POST_KINDS, PostKind
from geo.schedule import Shift
from geo.wording import Name, Phrase

Document = dict[str, Any]


def city_document(city: City) -> Document:
    """The city as JSON."""
    return {
        "name": name_document(city.name),
        "territory": city.territory,
        "timezone": city.timezone,
        "datum": city.datum,
        "language": city.language,
        "policy": _policy_document(city.policy),
        "note": None if city.note is None else name_document(city.note),
        "post_kinds": [
            {"code": kind.code, "name": name_document(kind.name), "role": kind.role} for kind in city.post_kinds
        ],
    }


def city_from(document: Document) -> City:
    """The city that `city_document` wrote; a threshold that an older version did not know has its default."""
    note, kinds = document["note"], document.get("post_kinds")
    return City(
        **document
        | {
            "name": Name(**document["name"]),
            "policy": _policy_from(document["policy"]),
            "note": None if note is None else Name(**note),
            "post_kinds": POST_KINDS if kinds is None else tuple(map(_post_kind_from, kinds)),
        }
    )


def contacts_document(contacts: tuple[Contact, ...]) -> list[list[str]]:
    """Contacts as JSON, in their order."""
    return [[contact.title, contact.telephone] for contact in contacts]


def contacts_from(document: list[list[str]]) -> tuple[Contact, ...]:
    """The contacts that `contacts_document` wrote."""
    return tuple(Contact(title=title, telephone=telephone) for title, telephone in document)


def hours_document(hours: tuple[Shift, ...]) -> list[list[int]]:
    """Weekly hours as JSON: weekday, start and end of each shift."""
    return [[shift.weekday, shift.start_minute, shift.end_minute] for shift in hours]


def hours_from(document: list[list[int]]) -> tuple[Shift, ...]:
    """The hours that `hours_document` wrote."""
    return tuple(Shift(weekday, start_minute, end_minute) for weekday, start_minute, end_minute in document)


def values_document(values: Mapping[str, object]) -> Document:
    """The values of a message as JSON. What a person reads in two languages stays so."""
    return {key: _value_document(value) for key, value in values.items()}


def values_from(document: Document) -> dict[str, object]:
    """The values that `values_document` wrote; sequences come back as tuples."""
    return {key: _value_from(value) for key, value in document.items()}


def _policy_document(policy: Policy) -> Document:
    values = ((field.name, getattr(policy, field.name)) for field in fields(Policy))
    return {name: _plain(value) for name, value in values}


def _policy_from(document: Document) -> Policy:
    values: Document = {name: tuple(value) if isinstance(value, list) else value for name, value in document.items()}
    if "checkpoint_types" in values:
        values["checkpoint_types"] = {code: Name(**name) for code, name in values["checkpoint_types"].items()}
    return Policy(**values)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return name_document(value) if isinstance(value, Name) else value


def _post_kind_from(document: Document) -> PostKind:
    role = document["role"]
    return PostKind(document["code"], Name(**document["name"]), None if role is None else Role(role))


def name_document(name: Name) -> Document:
    """A name as JSON."""
    return {"zh": name.zh, "en": name.en}


def _value_document(value: object) -> object:
    match value:
        case Name():
            return {"name": name_document(value)}
        case Phrase():
            return {"phrase": {"zh": value.zh, "en": value.en}}
        case list() | tuple():
            return [_value_document(item) for item in value]
        case np.generic():
            return value.item()
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def _value_from(value: Any) -> object:
    match value:
        case {"name": name}:
            return Name(**name)
        case {"phrase": phrase}:
            return Phrase(**phrase)
        case list():
            return tuple(_value_from(item) for item in value)
        case _:
            return value
