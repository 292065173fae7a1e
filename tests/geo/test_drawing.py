"""A drawing that was kept as arrays is the one that was drawn: the same lines, the same answers to the byte."""

import pickle
from copy import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.atlas import Atlas
from geo.drawing import FORMAT, Draw, Drawing, Outlines, arrays_of, draw, restored
from geo.index import Cover
from geo.lines import Lines
from geo.model import CityMap
from geo.packed import UnusableArrays, open_packed, pieces
from geo.resolve import determine_many
from tests.geo.small_worlds import (
    EDITION,
    MOMENT,
    WORLDS,
    copy_of,
    question_at,
    ragged_city,
    telling_places,
    three_tiers,
    two_towns,
)


def outlines(city_map: CityMap, *, decides: bool = True) -> Outlines:
    boundaries = np.array([area.boundary for area in city_map.areas], dtype=object)
    return Outlines(boundaries, np.full(len(boundaries), decides))


def from_file(path: Path) -> Draw:
    """Draws anew, writes a file, and hands out what is mapped from it."""

    def draw_and_map(asked: Outlines) -> Drawing:
        path.write_bytes(b"".join(pieces(arrays_of(draw(asked)), format_number=FORMAT)))
        return restored(asked, open_packed(path, format_number=FORMAT), what=path)

    return draw_and_map


def same(one: Lines, other: Lines) -> bool:
    return (
        shapely.to_wkb(one.geometries).tolist() == shapely.to_wkb(other.geometries).tolist()
        and list(one.left) == list(other.left)
        and list(one.right) == list(other.right)
    )


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS.keys())
def test_an_atlas_from_a_file_answers_to_the_byte_what_a_fresh_one_does(world, tmp_path: Path) -> None:
    city_map = world()
    fresh, mapped = Atlas(city_map, EDITION), Atlas(city_map, EDITION, draw=from_file(tmp_path / "drawing"))
    assert same(fresh.lines, mapped.lines)
    lon, lat = telling_places(city_map, random=200)
    chosen = np.random.default_rng(7).choice(len(lon), size=min(len(lon), 300), replace=False)
    questions = [question_at(lon=lon[i], lat=lat[i], accuracy_m=float(i % 3 * 8)) for i in chosen.tolist()]
    answers = [repr(list(determine_many(atlas, questions, MOMENT))) for atlas in (fresh, mapped)]
    assert answers[0] == answers[1]


def test_the_lines_of_a_file_lie_in_its_memory(tmp_path: Path) -> None:
    lines = from_file(tmp_path / "drawing")(outlines(ragged_city(columns=4, rows=4, seed=1))).lines
    for array in (lines.vertices, lines.start, lines.left_ids, lines.right_ids):
        assert not array.flags.writeable
        assert not array.flags.owndata


def test_lines_can_be_copied_and_pickled_and_leave_behind_what_was_made_of_them(tmp_path: Path) -> None:
    lines = from_file(tmp_path / "drawing")(outlines(three_tiers())).lines
    plain = len(pickle.dumps(lines))
    assert lines.edges
    for other in (copy(lines), pickle.loads(pickle.dumps(lines))):  # noqa: S301
        assert not {"edges", "geometries"} & vars(other).keys()
        assert same(lines, other)
    assert len(pickle.dumps(lines)) == plain


def test_a_side_is_asked_by_the_number_of_a_line() -> None:
    lines = draw(outlines(two_towns())).lines
    assert len(lines) == len(lines.left) == len(lines.right) == len(lines.geometries) > 0
    assert lines.left[0] == lines.left[:1][0] != lines.right[0]
    assert isinstance(lines.left[0], Cover)
    for side in (lines.left, lines.covers):
        with pytest.raises(IndexError):
            side[len(side)]


def test_a_city_without_lines_is_kept_too(tmp_path: Path) -> None:
    drawing = from_file(tmp_path / "drawing")(outlines(two_towns(), decides=False))
    assert len(drawing.lines) == len(drawing.lines.geometries) == len(drawing.lines.covers) == 0


def test_the_key_tells_the_ground_and_its_order_and_nothing_else() -> None:
    towns = two_towns()
    key = outlines(towns).key
    assert (
        outlines(replace(towns, areas=tuple(replace(one, boundary=copy_of(one.boundary)) for one in towns.areas))).key
        == key
    )
    assert outlines(replace(towns, areas=tuple(replace(one, unit=None) for one in towns.areas))).key == key
    moved = shapely.transform(towns.areas[0].boundary, lambda degrees: np.nextafter(degrees, 180.0))
    others = (
        outlines(replace(towns, areas=towns.areas[::-1])),
        outlines(replace(towns, areas=(replace(towns.areas[0], boundary=moved), *towns.areas[1:]))),
        outlines(replace(towns, areas=towns.areas[:1])),
        outlines(towns, decides=False),
        outlines(three_tiers()),
    )
    assert len({key, *(other.key for other in others)}) == 1 + len(others)


def test_the_arrays_of_other_outlines_are_refused() -> None:
    arrays = arrays_of(draw(outlines(two_towns())))
    with pytest.raises(UnusableArrays, match="it is the drawing of the outlines"):
        restored(outlines(three_tiers()), arrays, what="a file")


def test_arrays_of_which_one_is_missing_are_refused() -> None:
    towns = outlines(two_towns())
    arrays = arrays_of(draw(towns))
    for name in arrays:
        with pytest.raises(UnusableArrays, match=r"the array .* is missing"):
            restored(towns, {other: array for other, array in arrays.items() if other != name}, what="a file")
