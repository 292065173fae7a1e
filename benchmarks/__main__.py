"""`make bench`: how fast the answer is, beside what a user would pick instead, in one run.

    python -m benchmarks [--quick] [--only locate,http] [--assign-rows 1000000] [--folder benchmarks]

Every table has the rates by the median of its rounds with their spread, and says of each floor whether it holds. The
figures go to results.json and results.svg in the folder.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from benchmarks.assigning import assigning
from benchmarks.city import asking
from benchmarks.contender import contender
from benchmarks.findings import Section
from benchmarks.http import answering
from benchmarks.locating import locating
from benchmarks.machine import machine
from benchmarks.measuring import building, distances, growing, single
from benchmarks.ours import kernels
from benchmarks.peers import PeerMissing
from benchmarks.picture import draw
from benchmarks.postgis import postgis_server
from benchmarks.report import show, write_json
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.stage import Stage
from benchmarks.world import draw_world
from tests.postgis import Server

PARTS: Mapping[str, Callable[[Stage], Iterator[Section]]] = {
    "locate": locating,
    "distance": distances,
    "single": single,
    "build": building,
    "growth": growing,
    "assign": assigning,
    "http": answering,
    "city": asking,
}

WIDTH = 150  # where the tables go to a file


def measure(parts: Sequence[str], sizes: Sizes, server: Server | PeerMissing) -> Iterator[Section]:
    """The tables of these parts, each as soon as it is measured; with PostGIS, or with why there is none."""
    with ExitStack() as opened:
        world = draw_world(columns=sizes.columns, rows=sizes.rows, bends=sizes.bends)
        contenders = tuple(opened.enter_context(contender(kernel, sizes)) for kernel in kernels())
        stage = Stage(sizes, world, contenders, server)
        for part in parts:
            yield from PARTS[part](stage)


def main() -> None:
    """Prints the tables, and keeps them."""
    parts, sizes, folder = _arguments()
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    known = machine()
    console.print("; ".join(f"{name} {value}" for name, value in known.items()), highlight=False)
    console.print()
    sections: list[Section] = []
    try:
        with postgis_server() as server:
            for section in measure(parts, sizes, server):
                show(console, section)
                sections.append(section)
    finally:
        _keep(console, folder, known, sections)  # also when the rest is broken off


def _keep(console: Console, folder: Path, known: Mapping[str, str], sections: Sequence[Section]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "results.json", known, sections)
    if not draw(folder / "results.svg", sections):
        console.print("no picture: matplotlib is not installed (make bench installs it)")
    failing = sum(not floor.holds for section in sections for floor in section.floors)
    count = sum(len(section.floors) for section in sections)
    console.print(f"{count - failing} of {count} floors hold; the figures are in {folder}/results.json")


def _arguments() -> tuple[Sequence[str], Sizes, Path]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Figures beside those of peers.")
    parser.add_argument("--quick", action="store_true", help="small sizes, some two minutes")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--assign-rows", help="rows of the files that are assigned, as 1000000,10000000")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent, help="where the results go")
    given = parser.parse_args()
    parts = given.only.split(",")
    if unknown := [part for part in parts if part not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    sizes = QUICK if given.quick else FULL
    if given.assign_rows:
        sizes = replace(sizes, assign_rows=tuple(int(rows) for rows in given.assign_rows.split(",")))
    return parts, sizes, given.folder


if __name__ == "__main__":
    main()
