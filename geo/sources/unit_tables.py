"""[[units]]: tables of units."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.codes import CODE_LIMIT, is_code, name_of
from geo.errors import SourceError
from geo.findings import find
from geo.model import Contact, Finding, Unit, UnitKind
from geo.sources.description import UNIT_FIELDS, ContactColumn, UnitSource
from geo.sources.entries import missing_fields
from geo.sources.limits import Limits
from geo.sources.tables import Table, read_table

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
    row: int


def read_units(source: UnitSource, limits: Limits) -> tuple[list[PlacedUnit], list[Finding]]:
    """The units of a table, and everything that is wrong with it.

    A column that city.toml does not name is read under its own name (`name`, `kind`, …) where the table has it. A unit
    without a kind is a department.
    """
    if not source.path.is_file():
        return [], [find("missing-file", source=source.file)]
    fields = {**{key: key for key in UNIT_FIELDS}, **source.fields}
    contacts = [contact.telephone for contact in source.contacts]
    try:
        table = read_table(source.path, {*fields.values(), *contacts}, limits)
    except SourceError as error:
        return [], [find("unreadable-file", source=source.file, zh=error.say("zh"), en=error.say("en"))]
    if missing := missing_fields(source.file, [*source.fields.values(), *contacts], table.fields):
        return [], missing
    return _units(source, table, fields)


def _units(source: UnitSource, table: Table, fields: Mapping[str, str]) -> tuple[list[PlacedUnit], list[Finding]]:
    columns = {key: table.column(field) for key, field in fields.items()}
    telephones = [(contact, table.column(contact.telephone)) for contact in source.contacts]
    units, findings = [], []
    for index in range(table.rows):
        row = index + 1
        texts = {key: column[index] for key, column in columns.items()}
        contacts = [(contact, column[index]) for contact, column in telephones]
        code = texts["code"]
        if code is None:
            if any(texts.values()):  # an empty line at the end of a sheet is none
                findings.append(find("row-without-code", source=source.file, row=row, field=fields["code"]))
        elif not is_code(code):
            shown = repr(code[:CODE_LIMIT])
            findings.append(find("bad-code", source=source.file, row=row, code=shown, limit=CODE_LIMIT))
        elif (kind := KINDS.get(_plain(texts["kind"] or UnitKind.DEPARTMENT))) is None:
            known = ", ".join(KINDS)
            unit_kind = texts["kind"] or ""
            findings.append(
                find("unknown-unit-kind", source=source.file, row=row, code=code, unit_kind=unit_kind, known=known)
            )
        else:
            units.append(PlacedUnit(_unit(code, kind, texts, contacts), source.file, row))
    return units, findings


def _plain(kind: str) -> str:
    return kind.lower().replace(" ", "_")


def _unit(
    code: str, kind: UnitKind, texts: Mapping[str, str | None], contacts: list[tuple[ContactColumn, str | None]]
) -> Unit:
    return Unit(
        code=code,
        name=name_of(texts["name"] or code, texts["name_en"]),
        kind=kind,
        parent=texts["parent"],
        telephone=texts["telephone"],
        contacts=tuple(Contact(contact.title, telephone) for contact, telephone in contacts if telephone),
    )
