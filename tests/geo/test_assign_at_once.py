"""Many positions at once are answered as few are: grids list the same edges, and the sums agree."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.assign import assign
from geo.atlas import Atlas
from geo.city_folder import read_city
from geo.doubt import Spots, part_arrays
from geo.edges import Counting, Edges
from geo.model import Edition
from geo.position import sigma_of
from geo.shares import judge, to_thousandths
from geo.shares_at import VERDICTS, thousandths_at, verdicts_at
from tests.geo.small_worlds import WORLDS, corner, open_atlas, ragged_city, telling_places

MANY = 5_000  # from so many positions on, the lines that count have a grid of their own
SAMPLE = Path(__file__).parents[2] / "samples" / "gusu"
AT = datetime(2026, 5, 1, tzinfo=UTC)
ACCURACIES_M = (0.0, 1.5, 5.0, 10.0, 50.0, 120.0, 300.0, 700.0)


def rows_of(columns):
    numbers = {name: np.nan_to_num(values, nan=-1.0) for name, values in columns.numbers.items()}
    named = {**columns.text, **numbers}
    return list(zip(*(values.tolist() for values in named.values()), strict=True))


def sigma_at(accuracies_m, count):
    return np.resize([sigma_of(accuracy_m=metres, confidence=0.68) for metres in accuracies_m], count)


def few_at_a_time(atlas, lon, lat, sigma_m, sheet, few):
    parts = [slice(start, start + few) for start in range(0, len(lon), few)]
    answers = [assign(atlas, lon=lon[part], lat=lat[part], sigma_m=sigma_m[part], sheet=sheet) for part in parts]
    return [row for answer in answers for row in rows_of(answer)]


@pytest.mark.parametrize("city", [*WORLDS, "ragged_city"])
def test_in_a_small_world_many_positions_are_answered_as_few_are(city):
    city_map = ragged_city(columns=4, rows=3, seed=4) if city == "ragged_city" else WORLDS[city]()
    atlas = open_atlas(city_map)
    lon, lat = telling_places(city_map, random=2 * MANY)
    sigma_m = sigma_at(ACCURACIES_M, len(lon))
    together = rows_of(assign(atlas, lon=lon, lat=lat, sigma_m=sigma_m))
    assert len(together) > 2 * MANY
    assert together == few_at_a_time(atlas, lon, lat, sigma_m, None, MANY // 2)


@pytest.fixture(scope="module")
def sample():
    city_map = read_city(SAMPLE).city_map
    assert city_map is not None
    return Atlas(city_map, Edition(1, AT, None))


@pytest.mark.parametrize(
    ("category", "accuracies_m"), [(None, (0.0, 5.0, 10.0)), ("0306", (50.0,)), ("0105", (0.0, 20.0))]
)
def test_in_the_sample_city_many_positions_are_answered_as_few_are(sample, category, accuracies_m):
    rng = np.random.default_rng(11)
    vertices = shapely.get_coordinates(sample.grounds.boundaries)
    some = vertices[rng.integers(len(vertices), size=4_000)]
    anywhere = rng.uniform(vertices.min(axis=0), vertices.max(axis=0), size=(6_000, 2))
    places = np.concatenate([some, some[::2] + rng.normal(scale=1e-4, size=(2_000, 2)), anywhere])
    lon, lat = places.T.copy()
    assert len(lon) > MANY
    sigma_m = sigma_at(accuracies_m, len(lon))
    sheet = sample.sheet(category, AT)
    together = rows_of(assign(sample, lon=lon, lat=lat, sigma_m=sigma_m, sheet=sheet))
    assert together == few_at_a_time(sample, lon, lat, sigma_m, sheet, 3_000)


@pytest.mark.parametrize("lat", [0.0, 31.0, -45.0, 79.0, 89.9])
@pytest.mark.parametrize("radius_m", [0.5, 50.0, 2_000.0])
def test_a_grid_of_the_lines_that_count_gives_the_edges_that_the_grid_of_all_gives(lat, radius_m):
    rng = np.random.default_rng(5)
    steps = rng.normal(scale=0.002, size=(40, 12, 2))
    steps[:, 0] = np.array([10.0, lat]) + rng.uniform(-0.05, 0.05, size=(40, 2))
    lines = shapely.linestrings(steps.cumsum(axis=1))
    lon, at = np.array([[10.0], [lat]]) + rng.uniform(-0.1, 0.1, size=(2, MANY))
    near_vertex = shapely.get_coordinates(lines)[rng.integers(480, size=1_000)]
    lon, at = np.append(lon, near_vertex[:, 0]), np.append(at, near_vertex[:, 1])
    radii = rng.uniform(0.0, radius_m, len(lon))
    counting = rng.random(40) < 0.7
    edges = Edges(shapely.get_coordinates(lines), np.arange(41) * 12)

    def asked(few):
        """What is near, asked for so few positions at a time."""
        counts = Counting(lambda numbers: counting[numbers])
        for first in range(0, len(lon), few):
            part = slice(first, first + few)
            for pairs in edges.near(lon=lon[part], lat=at[part], radius_m=radii[part], counts=counts):
                yield replace(pairs, position=first + pairs.position)
        assert (counts.chosen is None) == (few < MANY)

    found, expected = together(asked(len(lon))), together(asked(MANY // 2))
    assert len(expected["position"]) > 100
    for name, values in expected.items():
        assert np.array_equal(found[name], values), name


def together(parts):
    """The pairs of all parts, by position and edge."""
    listed = list(parts)
    names = ("position", "edge", "line", "ax", "ay", "bx", "by", "along", "distance_m")
    columns = {name: np.concatenate([getattr(pairs, name) for pairs in listed]) for name in names}
    order = np.lexsort((columns["edge"], columns["position"]))
    return {name: values[order] for name, values in columns.items()}


def test_thousandths_of_many_positions_are_those_of_each():
    rng = np.random.default_rng(6)
    shares = [np.sort(rng.dirichlet(np.full(rng.integers(1, 7), 0.4)))[::-1] for _ in range(3_000)]
    shares += [np.array(one) for one in ([1.0], [0.5, 0.5], [1 / 3] * 3, [0.0015, 0.0005], [0.9985], [0.1] * 7, [])]
    nobody = np.array([max(0.0, 1.0 - sum(one.tolist())) for one in shares])
    row = np.repeat(np.arange(len(shares)), [len(one) for one in shares])
    p, left = thousandths_at(row, np.concatenate(shares), nobody)
    for i, one in enumerate(shares):
        *expected, expected_nobody = to_thousandths([*map(Fraction, one.tolist()), Fraction(nobody[i])])
        assert (p[row == i].tolist(), int(left[i])) == (expected, expected_nobody), one


def test_verdicts_of_many_positions_are_those_of_each():
    triples = [
        (first, second, nobody)
        for first in range(0, 1001, 25)
        for second in range(0, min(first, 1000 - first) + 1, 25)
        for nobody in (0, 5, 50, 499, 500, 501)
        if first + second + nobody <= 1000
    ]
    first, second, nobody = np.array(triples).T
    for by_fallback in (False, True):
        found = verdicts_at(first, second, nobody, np.full(len(triples), by_fallback))
        for code, (one, two, none) in zip(found.tolist(), triples, strict=True):
            held = [share for share in (one, two) if share]
            assert VERDICTS[code] is judge(held, nobody=none, lead_by_fallback=by_fallback), (one, two, none)


def test_an_accuracy_of_nought_has_no_parts_and_one_around_a_corner_has_each_once():
    atlas = open_atlas(ragged_city(columns=4, rows=3, seed=4))
    lon, lat = (np.array([values]) for values in corner(2.02, 1.51))
    sets = atlas.index.sets_at(lon=lon, lat=lat)
    assert not len(part_arrays(atlas.index, atlas.plain.sides, Spots(lon, lat, np.zeros(1), sets)).position)
    parts = part_arrays(atlas.index, atlas.plain.sides, Spots(lon, lat, np.full(1, 40.0), sets))
    assert len(set(parts.number.tolist())) == len(parts.number) > 1
    assert parts.mass.sum() == pytest.approx(1.0, abs=1e-6)
    assert (np.diff(parts.distance_m) >= 0.0).all()
