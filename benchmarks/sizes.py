"""How much is measured: the whole, in some two minutes, or just enough to see that all of it runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What the parts take. A `side` is how many cells an area of that level is wide and high.

    Those that take much longer than others get fewer positions and are compared by rate: `coarse_positions` where areas
    have thousands of vertices, `server_positions` for PostGIS and the whole ladder, `script_rows` for the script that
    looks for borders.
    """

    columns: int
    rows: int
    bends: int
    sides: tuple[tuple[str, int], ...]
    positions: int
    coarse_positions: int
    server_positions: int
    single: int
    growth_cells: tuple[tuple[int, int], ...]
    growth_positions: tuple[int, ...]
    assign_rows: tuple[int, ...]
    script_rows: int
    http_seconds: int
    rounds: int = 5


FULL = Sizes(
    columns=200,
    rows=100,
    bends=16,
    sides=(("district", 50), ("street", 25), ("community", 5), ("cell", 1)),
    positions=1_000_000,
    coarse_positions=50_000,
    server_positions=25_000,
    single=2_000,
    growth_cells=((40, 25), (100, 50), (200, 100), (250, 200), (500, 400)),
    growth_positions=(1_000, 10_000, 100_000, 1_000_000),
    assign_rows=(1_000_000, 10_000_000),
    script_rows=500_000,
    http_seconds=4,
)
QUICK = Sizes(
    columns=100,
    rows=50,
    bends=16,
    sides=(("district", 50), ("street", 25), ("community", 5), ("cell", 1)),
    positions=100_000,
    coarse_positions=5_000,
    server_positions=5_000,
    single=500,
    growth_cells=((40, 25), (100, 50)),
    growth_positions=(1_000, 100_000),
    assign_rows=(50_000,),
    script_rows=50_000,
    http_seconds=1,
)
SMALLEST = Sizes(
    columns=20,
    rows=20,
    bends=2,
    sides=(("district", 20), ("street", 10), ("community", 5), ("cell", 1)),
    positions=2_000,
    coarse_positions=1_000,
    server_positions=500,
    single=10,
    growth_cells=((5, 5), (10, 10)),
    growth_positions=(100, 1_000),
    assign_rows=(1_000,),
    script_rows=500,
    http_seconds=1,
    rounds=1,
)
