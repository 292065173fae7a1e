"""The rows of one edition: numbered when they are saved, read in that order, names in a column for each language."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from geo.wording import Name

Row = dict[str, Any]


def add_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Nothing; the rows are in the table."""
    if rows:  # no rows would mean one row of defaults
        session.execute(insert(table), rows)


def add_to_edition(session: Session, table: Table, edition_id: int, rows: Iterable[Row]) -> None:
    """Nothing; the rows are in the table, in their order."""
    add_rows(session, table, [{"edition_id": edition_id, "ordinal": i} | row for i, row in enumerate(rows)])


def rows_of(session: Session, table: Table, edition_id: int) -> Sequence[Any]:
    """The rows of an edition in the order in which they were saved."""
    return session.execute(select(table).where(table.c.edition_id == edition_id).order_by(table.c.ordinal)).all()


def named(name: Name, column: str = "name") -> Row:
    """The columns of a name."""
    return {f"{column}_zh": name.zh, f"{column}_en": name.en}


def name_of(row: Any, column: str = "name") -> Name:
    """The name in the columns that `named` filled."""
    return Name(zh=getattr(row, f"{column}_zh"), en=getattr(row, f"{column}_en"))
