"""The benchmarks at their smallest: what they compare agrees, and what they found is told. No timing is judged."""

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import shapely
from rich.console import Console

from benchmarks.__main__ import PARTS, measure
from benchmarks.contender import ContenderFailed, contender
from benchmarks.engines import DUCKDB, SEDONA, by_duckdb, by_sedona
from benchmarks.findings import Floor, Section, times_floors
from benchmarks.http import read_load
from benchmarks.peers import LOOP, SJOIN, TREE, PeerMissing, by_loop, by_sjoin, by_tree, differences
from benchmarks.picture import draw
from benchmarks.report import show, told, write_json
from benchmarks.scripts import frame_of_borders
from benchmarks.sizes import SMALLEST
from benchmarks.timing import Measured, interleaved
from benchmarks.world import draw_world
from geo.crs import distance_m

WORLD = draw_world(columns=4, rows=2, bends=3)
NOT_ASKED = PeerMissing("not asked here")
SAID_BY_WRK = """\
Running 4s test @ http://127.0.0.1:8000/v1/responsible
  Latency Distribution
     50%  843.00us
     75%    1.20ms
     90%    2.10ms
     99%   14.25ms
  8123 requests in 4.01s, 20.11MB read
Requests/sec:   2025.69
"""


@pytest.fixture(scope="module")
def sections() -> dict[str, Section]:
    """All that is measured on the world without a server."""
    parts = [part for part in PARTS if part not in ("http", "city")]
    return {section.code: section for section in measure(parts, SMALLEST, NOT_ASKED)}


def test_the_world_is_a_partition() -> None:
    cells = WORLD.level(1)
    assert len(cells) == 8
    assert shapely.is_valid(cells).all()
    assert shapely.union_all(cells).area == pytest.approx(shapely.area(cells).sum(), rel=1e-12)


def test_coarse_levels_are_made_of_the_edges_of_cells() -> None:
    coarse, parents = WORLD.level(2), WORLD.parents(2)
    assert len(coarse) == 2
    assert shapely.covers(coarse[parents], WORLD.level(1)).all()
    rim = {tuple(place) for place in shapely.get_coordinates(coarse).tolist()}
    assert rim <= {tuple(place) for place in shapely.get_coordinates(WORLD.level(1)).tolist()}


def test_the_same_numbers_draw_the_same_world_twice() -> None:
    again = draw_world(columns=4, rows=2, bends=3)
    assert (WORLD.flat == again.flat).all()
    assert (WORLD.steep == again.steep).all()


def test_a_border_has_on_either_side_the_areas_that_are_there() -> None:
    edges, left, right = WORLD.borders(2)
    coarse = WORLD.level(2)
    for edge, one, other in zip(edges, left, right, strict=True):
        line = shapely.LineString(edge)
        for number, aside in ((one, 1e-5), (other, -1e-5)):
            beside = line.offset_curve(aside).interpolate(0.5, normalized=True)
            assert [i for i, area in enumerate(coarse) if area.contains(beside)] == ([] if number < 0 else [number])
    assert len(frame_of_borders(WORLD, (("district", 4), ("street", 2), ("cell", 1)))) == len(edges)


def test_positions_beside_borders_are_within_twenty_metres_of_one() -> None:
    lon, lat = WORLD.beside_borders(200)
    lines = shapely.linestrings(WORLD.borders(1)[0])
    for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
        here = shapely.Point(x, y)
        feet = [line.interpolate(line.project(here)) for line in lines]
        assert min(float(distance_m(lon1=x, lat1=y, lon2=foot.x, lat2=foot.y)) for foot in feet) <= 20.1


@pytest.mark.parametrize(
    ("name", "peer"),
    [(SJOIN, by_sjoin), (TREE, by_tree), (LOOP, by_loop), (DUCKDB, by_duckdb), (SEDONA, by_sedona)],
)
def test_every_peer_tells_who_holds_a_position_and_that_nobody_does(name: str, peer) -> None:
    cells = WORLD.level(1)
    inside = shapely.get_coordinates(shapely.point_on_surface(cells))
    places = np.concatenate([inside, [[0.0, 0.0]]])
    try:
        ask = peer(cells, places[:, 0].copy(), places[:, 1].copy())
    except PeerMissing as missing:
        pytest.skip(f"{name}: {missing}")
    assert ask().tolist() == [*range(len(cells)), -1]


def test_a_difference_on_a_shared_edge_is_a_tie_and_any_other_is_none() -> None:
    cells = WORLD.level(1)
    vertex, inside = WORLD.flat[0, 1, 2], shapely.get_coordinates(cells[0].point_on_surface())[0]
    lon, lat = np.array([vertex[0], inside[0]]), np.array([vertex[1], inside[1]])
    ours, theirs = np.array([0, 0], dtype=np.int32), np.array([1, 1], dtype=np.int32)
    assert differences(cells, lon, lat, ours, theirs) == (2, 1)
    assert differences(cells, lon, lat, ours, ours) == (0, 0)


def test_runs_take_turns_and_the_first_round_does_not_count() -> None:
    order: list[str] = []

    def run(name: str, seconds: float):
        return lambda: order.append(name) or seconds

    lines = interleaved({"a": (10, run("a", 2.0)), "b": (4, run("b", 1.0))}, rounds=3)
    assert order == ["a", "b"] * 4
    assert lines == {"a": Measured(10, (2.0,) * 3), "b": Measured(4, (1.0,) * 3)}
    assert (lines["a"].rate, lines["b"].rate) == (5.0, 4.0)


def test_a_floor_holds_when_it_is_reached() -> None:
    lines = {"Pointward, numpy": Measured(100, (1.0, 2.0, 4.0)), "peer": Measured(10, (1.0,))}
    (floor,) = times_floors(lines, {"numpy": {"peer": 5.0, "missing": 1.0}, "numba": {"peer": 9.0}})
    assert floor.holds
    assert told(floor) == "Pointward, numpy: times peer: 5.00 x, at least 5"
    assert not Floor("build", 3.5, 3.0, at_most=True, unit="s").holds


def test_what_wrk_prints_is_read_as_figures() -> None:
    load = read_load(SAID_BY_WRK)
    assert (load.requests, load.seconds, load.p50_ms, load.p99_ms) == (8123, 4.01, pytest.approx(0.843), 14.25)


def test_answers_that_are_errors_are_no_figures() -> None:
    with pytest.raises(ValueError, match="Non-2xx"):
        read_load(SAID_BY_WRK + "  Non-2xx or 3xx responses: 8123\n")


def test_what_goes_wrong_in_the_other_process_is_told_here() -> None:
    with contender("numpy", SMALLEST) as one, pytest.raises(ContenderFailed, match=r"whole_answer.*no_such\.parquet"):
        one.ask("whole_answer", "no_such.parquet", "out.parquet")


def test_every_part_measures_what_it_says(sections: dict[str, Section]) -> None:
    assert {code.partition("_")[0] for code in sections} == {
        "locate", "tiers", "distance", "single", "build", "cells", "positions", "assign",
    }  # fmt: skip
    for section in sections.values():
        for measured in section.lines.values():
            assert len(measured.seconds) == SMALLEST.rounds
            assert measured.rate > 0
    assert sections["locate_cell_uniform"].missing["PostGIS"] == "not asked here"


def test_peers_and_pointward_give_the_same_answers(sections: dict[str, Section]) -> None:
    compared = [
        (section.code, name, section.details[name])
        for section in sections.values()
        for name in section.details
        if " differ" in section.details[name]
    ]
    assert len(compared) >= 20
    assert [one for one in compared if not one[2].startswith("0 of ")] == []


def test_the_findings_are_told_and_kept(sections: dict[str, Section], tmp_path: Path) -> None:
    console = Console(width=150, record=True, file=(tmp_path / "said").open("w"))
    with console.file:
        for section in sections.values():
            show(console, section)
    assert "Pointward, numpy: build" in console.export_text()
    write_json(tmp_path / "results.json", {"cores": "2"}, list(sections.values()))
    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert [one["code"] for one in kept["sections"]] == list(sections)
    assert draw(tmp_path / "results.svg", list(sections.values())[:3]) == (find_spec("matplotlib") is not None)


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_every_part_stands_in_the_readme(readme: str) -> None:
    text = (Path(__file__).parents[2] / readme).read_text(encoding="utf-8")
    assert [part for part in PARTS if f"\n| `{part}` |" not in text] == []


@pytest.mark.long
def test_the_sample_city_is_measured() -> None:
    sections = list(measure(["city"], SMALLEST, NOT_ASKED))
    assert [section.code for section in sections] == ["city_bulk", "city_doubt", "city_single"]
    assert all(measured.rate > 0 for section in sections for measured in section.lines.values())
