"""The tree of units: who stands above whom, and who decides between two."""

from collections.abc import Iterable, Mapping

from geo.model import Unit, UnitKind


def headquarters_of(units: Mapping[str, Unit]) -> Unit:
    """The headquarters at the top of the tree: the one with the lowest code, when a city names several."""
    return units[min(unit.code for unit in units.values() if unit.kind is UnitKind.HEADQUARTERS)]


def chain_upwards(code: str, units: Mapping[str, Unit]) -> tuple[str, ...]:
    """The unit itself and everyone above it, nearest first."""
    chain = []
    above: str | None = code
    while above is not None:
        chain.append(above)
        above = units[above].parent
    return tuple(chain)


def coordinator_of(contesting: Iterable[str], units: Mapping[str, Unit]) -> Unit:
    """Who decides between units: their lowest common superior.

    A unit does not judge its own case: when the common superior is one of them, its parent decides, and at the top
    (or where the tree has no common superior) headquarters.
    """
    contesting = tuple(contesting)
    chains = [chain_upwards(code, units) for code in contesting]
    common = [code for code in chains[0] if all(code in chain for chain in chains[1:])]
    above = [code for code in common if code not in contesting]
    return units[above[0]] if above else headquarters_of(units)


def accountable(code: str, units: Mapping[str, Unit]) -> str:
    """The unit that answers for this one's work: a contractor never leads, the unit above it does."""
    for above in chain_upwards(code, units):
        if units[above].kind is not UnitKind.CONTRACTOR:
            return above
    return headquarters_of(units).code
