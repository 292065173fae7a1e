"""Which area holds each position: beside every engine that a user would pick, and all levels at once."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from benchmarks.engines import DUCKDB, SEDONA, by_duckdb, by_sedona
from benchmarks.findings import OURS, Floor, Section, times_floors
from benchmarks.ours import positions
from benchmarks.peers import (
    LOOP,
    SJOIN,
    TREE,
    Peer,
    PeerMissing,
    Question,
    by_loop,
    by_sjoin,
    by_tree,
    differences,
)
from benchmarks.postgis import POSTGIS, SUBDIVIDED, by_postgis, connect
from benchmarks.stage import Stage
from benchmarks.timing import Run, interleaved, timed

PLACEMENTS = {"uniform": "all over", "near": "within 20 m of a border"}
# Times the rate of the peer, by kernel.
LEAST: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "uniform": {"numpy": {SJOIN: 25, DUCKDB: 20, LOOP: 6}, "numba": {SJOIN: 40, DUCKDB: 36, LOOP: 9}},
    "near": {"numpy": {SJOIN: 9, DUCKDB: 8, LOOP: 1.8}, "numba": {SJOIN: 20, DUCKDB: 17, LOOP: 4}},
}
TIERS_AT_MOST = 1.25
LADDER_ACCURACY_M = 10.0
LOCAL: Mapping[str, Peer] = {
    SJOIN: by_sjoin, TREE: by_tree, LOOP: by_loop, DUCKDB: by_duckdb, SEDONA: by_sedona
}  # fmt: skip


def locating(stage: Stage) -> Iterator[Section]:
    """The finest level and a coarse one, each with positions all over and beside borders; then all levels at once."""
    finest, coarse = stage.sizes.sides[-1], stage.sizes.sides[1]
    for level, side in (finest, coarse):
        for placement in PLACEMENTS:
            yield _compared(stage, level, side, placement, is_finest=(level, side) == finest)
    for placement in PLACEMENTS:
        yield _tiers(stage, placement)


def _compared(stage: Stage, level: str, side: int, placement: str, *, is_finest: bool) -> Section:
    with ExitStack() as opened:
        return _measured(stage, level, side, placement, opened, is_finest=is_finest)


def _measured(stage: Stage, level: str, side: int, placement: str, opened: ExitStack, *, is_finest: bool) -> Section:
    boundaries = stage.world.level(side)
    count = stage.sizes.positions
    theirs = count if is_finest else stage.sizes.coarse_positions
    lon, lat = positions(stage.world, placement, count)
    runs: dict[str, tuple[int, Run]] = {
        one.name: (count, one.run("locate", side, placement, count)) for one in stage.contenders
    }
    questions: dict[str, tuple[int, Question]] = {}
    peers, missing = _peers(stage, theirs, opened)
    for name, (asked, peer) in peers.items():
        try:
            questions[name] = asked, peer(boundaries, lon[:asked], lat[:asked])
        except PeerMissing as reason:
            missing[name] = str(reason)
    runs |= {name: (asked, timed(question)) for name, (asked, question) in questions.items()}
    lines = interleaved(runs, stage.sizes.rounds)
    first = stage.contenders[0]
    first.ask("locate", side, placement, count)
    ours = first.ask("answer")
    details = {}
    for one in stage.contenders[1:]:
        one.ask("locate", side, placement, count)
        details[one.name] = f"{int((one.ask('answer') != ours).sum())} of {count:,} differ from {first.name}"
    for name, (asked, question) in questions.items():
        apart, ties = differences(boundaries, lon[:asked], lat[:asked], ours[:asked], question())
        details[name] = f"{apart} of {asked:,} differ, {ties} of them ties"
    return Section(
        code=f"locate_{level}_{placement}",
        title=f"locate: {len(boundaries):,} areas ({level}), positions {PLACEMENTS[placement]}",
        unit="positions/s",
        lines=lines,
        floors=times_floors(lines, LEAST[placement]) if is_finest else (),
        details=details,
        missing=missing,
        notes=("DuckDB and SedonaDB use every core, all others one; PostGIS has the positions in a table already",),
    )


def _peers(stage: Stage, count: int, opened: ExitStack) -> tuple[dict[str, tuple[int, Peer]], dict[str, str]]:
    """The peers with how many positions each is asked, and those that are missing."""
    peers = {name: (count, peer) for name, peer in LOCAL.items()}
    if isinstance(stage.server, PeerMissing):
        return peers, dict.fromkeys((POSTGIS, SUBDIVIDED), str(stage.server))
    asked = min(count, stage.sizes.server_positions)
    for name, subdivided in ((POSTGIS, False), (SUBDIVIDED, True)):
        peers[name] = asked, by_postgis(opened.enter_context(connect(stage.server)), subdivided=subdivided)
    return peers, {}


def _tiers(stage: Stage, placement: str) -> Section:
    sizes, side = stage.sizes, stage.sizes.sides[-1][1]
    runs: dict[str, tuple[int, Run]] = {}
    for one in stage.contenders:
        count, asked = sizes.positions, sizes.server_positions
        runs[one.name] = count, one.run("locate", side, placement, count)
        runs[_all(one.kernel)] = count, one.run("tiers", placement, count)
        for accuracy_m in (0.0, LADDER_ACCURACY_M):
            runs[_ladder(one.kernel, accuracy_m)] = asked, one.run("ladder", placement, asked, accuracy_m)
    lines = interleaved(runs, sizes.rounds)
    floors = tuple(
        Floor(
            f"{_all(one.kernel)}: time as a multiple of the finest level's",
            lines[_all(one.kernel)].median_s / lines[one.name].median_s,
            TIERS_AT_MOST,
            at_most=True,
        )
        for one in stage.contenders
    )
    return Section(
        code=f"tiers_{placement}",
        title=f"the finest level, all {len(sizes.sides)} at once, the whole ladder; positions {PLACEMENTS[placement]}",
        unit="positions/s",
        lines=lines,
        floors=floors,
    )


def _all(kernel: str) -> str:
    return f"{OURS}{kernel}: all levels"


def _ladder(kernel: str, accuracy_m: float) -> str:
    return f"{OURS}{kernel}: whole ladder, accuracy {accuracy_m:g} m"
