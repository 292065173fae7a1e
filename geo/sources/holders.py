"""[[people]] and [[holders]]: tables of who there is, and of who holds which post."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from zoneinfo import ZoneInfo

from geo.codes import name_of
from geo.errors import InvalidInput
from geo.findings import find
from geo.model import Finding
from geo.moments import parse_moment
from geo.register.holdings import Capacity, Holding, Person
from geo.schedule import Schedule
from geo.sources.description import FileSource
from geo.sources.hours import parse_hours
from geo.sources.limits import Limits
from geo.sources.rows import Row, read_rows, word_of
from geo.wording import Phrase

CAPACITIES: Mapping[str, Capacity] = MappingProxyType(
    {capacity.value: capacity for capacity in Capacity} | {"任职": Capacity.HOLDER, "代理": Capacity.DEPUTY}
)
NEVER_HELD = Phrase(
    zh="结束不晚于开始 {valid_from}；请改正其中一个（结束当刻起不再任职）",
    en="it is not after valid_from, {valid_from}; correct one of them (a post is held until its valid_to begins)",
)


@dataclass(frozen=True, slots=True)
class Staff:
    """The people and holdings of a city's folder; the holdings are known by file and row."""

    people: tuple[Person, ...] = ()
    holdings: tuple[Holding, ...] = ()


NO_STAFF = Staff()


@dataclass(frozen=True, slots=True)
class PlacedPerson:
    """A person and where they were read."""

    person: Person
    file: str
    row: int | None


@dataclass(frozen=True, slots=True)
class PlacedHolding:
    """A holding and where it was read. Its post and person are not yet known to exist."""

    holding: Holding
    file: str
    row: int | None

    def find(self, kind: str, *, code: str, **values: str) -> Finding:
        """A finding about it."""
        return find(kind, source=self.file, row=self.row, code=code, area_m2=None, **values)


def read_people(source: FileSource, limits: Limits) -> tuple[list[PlacedPerson], list[Finding]]:
    """The people of a table, and everything that is wrong with it."""
    rows, findings = read_rows(source, limits)
    people = []
    for row in rows:
        code = row.code()
        if code is not None:
            name = name_of(row.texts.get("name", code), row.texts.get("name_en"))
            people.append(PlacedPerson(Person(code, name, row.texts.get("telephone")), source.file, row.number))
        findings += row.take_findings()
    return people, findings


def read_holders(source: FileSource, zone: ZoneInfo, limits: Limits) -> tuple[list[PlacedHolding], list[Finding]]:
    """The holdings of a table, and everything that is wrong with it."""
    rows, findings = read_rows(source, limits)
    holdings = []
    for row in rows:
        holding = holding_of(row, zone)
        if holding is not None:
            holdings.append(PlacedHolding(holding, source.file, row.number))
        findings += row.take_findings()
    return holdings, findings


def holding_of(row: Row, zone: ZoneInfo) -> Holding | None:
    """The holding of a row; None when it lacks what a holding must have, which is told."""
    post, person = row.needed("post"), row.needed("person")
    moment: Callable[[str], datetime] = partial(parse_moment, zone=zone)
    valid_from = row.parsed("valid_from", moment, None)
    valid_to = row.parsed("valid_to", moment, None)
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        row.refuse("valid_to", InvalidInput(NEVER_HELD, valid_from=row.texts["valid_from"]))
    hours = row.parsed("hours", parse_hours, ())
    capacity = row.parsed("capacity", word_of(CAPACITIES), Capacity.HOLDER)
    if post is None or person is None:
        return None
    schedule = Schedule(hours, valid_from, valid_to)
    return Holding(f"{row.source.file}, {row.number}", post, person, capacity, schedule, row.texts.get("source"))


def settle_staff(
    people: Sequence[PlacedPerson], holdings: Sequence[PlacedHolding], posts: Collection[str]
) -> tuple[Staff, list[Finding]]:
    """The staff of a folder, and what is wrong: people and posts that do not exist, two holders at a time."""
    findings = []
    by_code: dict[str, PlacedPerson] = {}
    for placed in people:
        first = by_code.setdefault(placed.person.code, placed)
        if first is not placed:
            at = f"{first.file}, {first.row}"
            findings.append(
                find("code-repeated", source=placed.file, row=placed.row, code=placed.person.code, first=at)
            )
    of_post: dict[str, list[Holding]] = {}
    for held in holdings:
        holding = held.holding
        if holding.post not in posts:
            findings.append(held.find("unknown-post", code=holding.post))
        if holding.person not in by_code:
            findings.append(held.find("unknown-person", code=holding.person))
        others = of_post.setdefault(holding.post, [])
        clash = next((other for other in others if holding.clashes(other)), None)
        if clash is not None:
            findings.append(held.find("post-held-twice", code=holding.post, other=clash.id, person=clash.person))
        others.append(holding)
    people_by_code = tuple(by_code[code].person for code in sorted(by_code))
    return Staff(people_by_code, tuple(held.holding for held in holdings)), findings
