"""What a city's folder says of people and posts joins the register, which an import never replaces."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

from geo.findings import find, say_rows
from geo.model import Finding
from geo.register.holdings import Holding, Person
from geo.register.log import Change, Register
from geo.sources.holders import Staff


def enlist(register: Register, staff: Staff) -> tuple[list[Change], list[Finding]]:
    """What is new to the register, and what it says otherwise and goes on saying.

    A person or holding that it ever had is not new: what was changed there stays as it was changed.
    """
    roster = register.roster(register.number)
    known = {entry.key for entry in register.entries if entry.kind is Person}
    changes: list[Change] = [(Person, person.code, person) for person in staff.people if person.code not in known]
    other = [person.code for person in staff.people if roster.people.get(person.code, person) != person]
    findings = [find("people-kept", count=len(other), codes=say_rows(other))] if other else []
    recorded: dict[str, list[Holding]] = {}
    for entry in register.entries:
        if isinstance(entry.value, Holding):
            recorded.setdefault(entry.value.post, []).append(entry.value)
    ids = holding_ids(register)
    held_by_others = []
    for holding in staff.holdings:
        if any(holding.same_as(known_one) for known_one in recorded.get(holding.post, ())):
            continue
        if clash_of(holding, roster.of_post(holding.post)) is not None:
            held_by_others.append(holding.post)
            continue
        id_ = next(ids)
        changes.append((Holding, id_, replace(holding, id=id_)))
    if held_by_others:
        findings.append(find("posts-kept", count=len(held_by_others), codes=say_rows(held_by_others)))
    return changes, findings


def holding_ids(register: Register) -> Iterator[str]:
    """Ids for the holdings of the next commit."""
    return (f"H{register.number + 1}.{number}" for number in count(1))


def clash_of(holding: Holding, others: Iterable[Holding]) -> Holding | None:
    """The first of these that cannot be beside a holding."""
    return next((other for other in others if holding.clashes(other)), None)
