"""Parents as files name them: they may not exist, or stand above each other in a circle."""

from collections.abc import Mapping

Parents = Mapping[str, str | None]


def upwards(code: str, parents: Parents) -> list[str]:
    """The code and those above it, until the top, an unknown one or the second sight of one."""
    chain: list[str] = []
    above: str | None = code
    while above is not None and above in parents and above not in chain:
        chain.append(above)
        above = parents[above]
    return chain


def circles(parents: Parents) -> list[tuple[str, ...]]:
    """Every circle, told from its lowest code on and ending with it again; by code."""
    found = set()
    cleared: set[str] = set()
    for code in parents:
        if code in cleared:
            continue
        chain = upwards(code, parents)
        back_to = parents[chain[-1]]
        if back_to in chain:
            circle = chain[chain.index(back_to) :]
            start = circle.index(min(circle))
            found.add((*circle[start:], *circle[: start + 1]))
        cleared.update(chain)
    return sorted(found)
