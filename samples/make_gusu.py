"""Draws the sample city: `python -m samples.make_gusu` writes its files, with `--check` it only compares them."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import track

from samples.gusu_maker.addresses import draw_addresses
from samples.gusu_maker.admin import draw_admin
from samples.gusu_maker.claim_areas import plant_double_claim
from samples.gusu_maker.claims import draw_claims
from samples.gusu_maker.dispatched import draw_dispatched
from samples.gusu_maker.files import (
    load,
    save,
    write_addresses,
    write_areas,
    write_claimed_grounds,
    write_claims,
    write_components,
    write_dispatched,
    write_records,
    write_roads,
    write_sites,
    write_table,
    write_units,
)
from samples.gusu_maker.lines import draw_network
from samples.gusu_maker.mesh import Mesh
from samples.gusu_maker.other_schemes import draw_grid, draw_sanitation
from samples.gusu_maker.plan import QUARTERS, Quarter
from samples.gusu_maker.posts import draw_staff, rows_of
from samples.gusu_maker.records import draw_records
from samples.gusu_maker.roads import draw_roads
from samples.gusu_maker.sites import draw_sites
from samples.gusu_maker.things import draw_things
from samples.gusu_maker.troubles import plant_child_outside, plant_gap_and_overlap
from samples.gusu_maker.units import draw_units

FOLDER = Path(__file__).parent / "gusu"


def draw_city(quarters: Iterable[Quarter] = QUARTERS) -> dict[str, str]:
    """The texts of all drawn files by name."""
    mesh = Mesh()
    stretches = draw_network(mesh)
    admin = draw_admin(mesh, quarters, stretches)
    grid = plant_child_outside(mesh, draw_grid(mesh, admin), admin)
    sanitation = plant_gap_and_overlap(mesh, draw_sanitation(mesh, admin))
    roads = draw_roads(mesh, admin, stretches)
    sites = draw_sites(mesh, admin, roads, stretches)
    tiers = {**admin, **{f"grid_{level}": areas for level, areas in grid.items()}, "sanitation": sanitation["area"]}
    units = tuple(draw_units(admin))
    staff = draw_staff(mesh, admin, roads, sites, units)
    return {
        **{f"{name}.geojson": write_areas(mesh, areas) for name, areas in tiers.items()},
        "segments.geojson": write_roads(mesh, roads),
        "checkpoints.geojson": write_sites(mesh, sites),
        "addresses.csv": write_addresses(draw_addresses(mesh, roads, sites, stretches)),
        "claims.csv": write_claims(draw_claims(roads, sites)),
        "claims_areas.geojson": write_claimed_grounds(mesh, plant_double_claim(mesh, stretches)),
        "components.csv": write_components(draw_things(mesh, roads, sites)),
        "units.csv": write_units(units),
        **{name: write_table(header, rows) for name, header, rows in rows_of(staff)},
        "dispatched.csv.gz": write_dispatched(draw_dispatched(mesh, admin)),
        "records.csv.gz": write_records(draw_records(mesh, admin)),
    }


def main() -> int:
    """0 when the files are written or found to be as drawn, 1 when a file differs."""
    parser = ArgumentParser(description="Draw the sample city into samples/gusu.")
    parser.add_argument("--check", action="store_true", help="compare the files with what would be drawn")
    check = parser.parse_args().check
    console = Console(stderr=True)
    texts = draw_city(track(QUARTERS, description="quarters", console=console))
    if not check:
        for name, text in texts.items():
            save(FOLDER / name, text)
        console.print(f"{len(texts)} files written")
        return 0
    different = [name for name, text in texts.items() if load(FOLDER / name) != text]
    for name in different:
        console.print(f"{name} is not as drawn; run python -m samples.make_gusu and commit what it writes")
    if not different:
        console.print(f"all {len(texts)} files are as drawn")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
