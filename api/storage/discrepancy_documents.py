"""Discrepancies and their moves as rows; the units they name are kept as they were called then."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from api.storage.columns import as_utc
from api.storage.documents import Document, name_document
from geo.discrepancies import Discrepancy, Do, Filing, Kind, Move, Reasked, Resolution, Severity
from geo.model import Unit, UnitKind
from geo.moments import say_moment
from geo.wording import Name

FILED_WORDS = ("comment", "believed", "believed_unit", "reporter_unit", "reporter_post", "contact")
ALIKE = ("number", "id", "lon", "lat", "category", "verdict", "edition", "register", "asked", "answer")


def discrepancy_row(discrepancy: Discrepancy) -> dict[str, Any]:
    """The discrepancy as a row, without its moves."""
    filing, unit, differing = discrepancy.filing, discrepancy.unit, discrepancy.differing
    return {
        **{name: getattr(discrepancy, name) for name in ALIKE},
        **{name: getattr(filing, name) for name in FILED_WORDS},
        "kind": filing.kind.value,
        "severity": filing.severity.value,
        "filed_at": discrepancy.filed_at,
        "unit_code": unit.code if unit else None,
        "unit": unit_document(unit),
        "stewards": [unit_document(steward) for steward in discrepancy.stewards],
        "differing": None if differing is None else list(differing),
    }


def discrepancy_from(row: Any, moves: Iterable[Move], *, with_answer: bool) -> Discrepancy:
    """The discrepancy that `discrepancy_row` wrote."""
    filing = Filing(
        kind=Kind(row.kind), severity=Severity(row.severity), **{name: getattr(row, name) for name in FILED_WORDS}
    )
    alike = {name: getattr(row, name) for name in ALIKE if name != "answer"}
    return Discrepancy(
        **alike,
        filing=filing,
        answer=row.answer if with_answer else None,
        unit=unit_from(row.unit),
        stewards=tuple(unit for document in row.stewards if (unit := unit_from(document)) is not None),
        differing=None if row.differing is None else tuple(row.differing),
        moves=tuple(moves),
    )


def move_row(move: Move) -> dict[str, Any]:
    """The move as a row, without its place."""
    return {
        "at": move.at,
        "actor": move.actor,
        "do": move.do.value,
        "by": move.by,
        "note": move.note,
        "due": move.due,
        "resolution": move.resolution.value if move.resolution else None,
        "edition": move.edition,
        "register": move.register,
        "before": unit_document(move.before),
        "after": _reasked_document(move.after),
    }


def move_from(row: Any) -> Move:
    """The move that `move_row` wrote."""
    return Move(
        do=Do(row.do),
        at=row.at,
        actor=row.actor,
        by=row.by,
        note=row.note,
        due=row.due,
        resolution=Resolution(row.resolution) if row.resolution else None,
        edition=row.edition,
        register=row.register,
        before=unit_from(row.before),
        after=_reasked_from(row.after),
    )


def unit_document(unit: Unit | None) -> Document | None:
    """The unit as it is called, as JSON."""
    if unit is None:
        return None
    return {
        "code": unit.code,
        "name": name_document(unit.name),
        "kind": unit.kind.value,
        "telephone": unit.telephone,
    }


def unit_from(document: Document | None) -> Unit | None:
    """The unit that `unit_document` wrote."""
    if document is None:
        return None
    name, kind = Name(**document["name"]), UnitKind(document["kind"])
    return Unit(document["code"], name, kind, telephone=document["telephone"])


def _reasked_document(after: Reasked | None) -> Document | None:
    if after is None:
        return None
    return {
        "at": say_moment(after.at),
        "unit": unit_document(after.unit),
        "verdict": after.verdict,
        "edition": after.edition,
        "register": after.register,
        "refused": None if after.refused is None else name_document(after.refused),
    }


def _reasked_from(document: Document | None) -> Reasked | None:
    if document is None:
        return None
    refused = document["refused"]
    return Reasked(
        at=as_utc(datetime.fromisoformat(document["at"])),
        unit=unit_from(document["unit"]),
        verdict=document["verdict"],
        edition=document["edition"],
        register=document["register"],
        refused=None if refused is None else Name(**refused),
    )
