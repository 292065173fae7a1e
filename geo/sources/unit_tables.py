"""[[units]]: tables of units."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.codes import name_of
from geo.model import Contact, Finding, Unit, UnitKind
from geo.sources.description import UnitSource
from geo.sources.limits import Limits
from geo.sources.rows import Row, open_table, rows_of

KINDS: Mapping[str, UnitKind] = MappingProxyType(
    {kind.value: kind for kind in UnitKind}
    | {
        "属地": UnitKind.TERRITORIAL,
        "属地单位": UnitKind.TERRITORIAL,
        "部门": UnitKind.DEPARTMENT,
        "职能部门": UnitKind.DEPARTMENT,
        "承包单位": UnitKind.CONTRACTOR,
        "外包单位": UnitKind.CONTRACTOR,
        "作业单位": UnitKind.CONTRACTOR,
        "专班": UnitKind.WORKING_GROUP,
        "工作专班": UnitKind.WORKING_GROUP,
        "工作组": UnitKind.WORKING_GROUP,
        "指挥部": UnitKind.HEADQUARTERS,
        "指挥中心": UnitKind.HEADQUARTERS,
    }
)


@dataclass(frozen=True, slots=True)
class PlacedUnit:
    """A unit and where it was read. Its parent is as the file says, not yet known to exist."""

    unit: Unit
    file: str
    row: int | None


def read_units(source: UnitSource, limits: Limits) -> tuple[list[PlacedUnit], list[Finding]]:
    """The units of a table, and everything that is wrong with it.

    A column that city.toml does not name is read under its own name (`name`, `kind`, …) where the table has it. A unit
    without a kind is a department.
    """
    table, findings = open_table(source.table, limits, [contact.telephone for contact in source.contacts])
    if table is None:
        return [], findings
    telephones = [(contact, table.column(contact.telephone)) for contact in source.contacts]
    units = []
    for row in rows_of(source.table, table):
        told = [(contact.title, column[(row.number or 1) - 1]) for contact, column in telephones]
        contacts = tuple(Contact(title, telephone) for title, telephone in told if telephone)
        if (unit := unit_of(row, contacts)) is not None:
            units.append(unit)
        findings += row.findings
    return units, findings


def unit_of(row: Row, contacts: tuple[Contact, ...]) -> PlacedUnit | None:
    """The unit of a row; None when it lacks what a unit must have, which is told."""
    code = row.code()
    kind = KINDS.get(_plain(row.texts.get("kind", UnitKind.DEPARTMENT)))
    if code is None:
        return None
    if kind is None:
        row.tell("unknown-unit-kind", code=code, unit_kind=row.texts["kind"], known=", ".join(KINDS))
        return None
    return PlacedUnit(_unit(code, kind, row.texts, contacts), row.source.file, row.number)


def _plain(kind: str) -> str:
    return kind.lower().replace(" ", "_")


def _unit(code: str, kind: UnitKind, texts: Mapping[str, str], contacts: tuple[Contact, ...]) -> Unit:
    return Unit(
        code=code,
        name=name_of(texts.get("name", code), texts.get("name_en")),
        kind=kind,
        parent=texts.get("parent"),
        telephone=texts.get("telephone"),
        contacts=contacts,
    )
