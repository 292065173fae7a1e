"""What may come in as a boundary, and what a broken one becomes."""

import pytest
import shapely
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geo.errors import InvalidGeometry
from geo.shapes import accept, repair

SQUARE = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]
HOLE = [[0.5, 0.5], [0.5, 1], [1, 1], [1, 0.5], [0.5, 0.5]]
SQUARE_DEGREE_M2 = 12_308_463_894.0  # of box(0, 0, 1, 1)


def polygon(*rings: object) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_polygon_is_accepted_as_it_is_drawn() -> None:
    assert accept(polygon(SQUARE, HOLE)).equals_exact(MultiPolygon([Polygon(SQUARE, [HOLE])]))


def test_a_multipolygon_is_accepted_with_all_its_parts() -> None:
    far = [[5, 5], [6, 5], [6, 6], [5, 5]]
    assert len(accept({"type": "MultiPolygon", "coordinates": [[SQUARE], [far]]}).geoms) == 2


@pytest.mark.parametrize(
    ("geojson", "place"),
    [
        (polygon([[0, 0], [2, 0], [2, "2"], [0, 0]]), (1, 1, 3)),
        (polygon([[0, 0], [2, 0], [2, 2, 9], [0, 0]]), (1, 1, 3)),
        (polygon([[0, 0], [True, 0], [2, 2], [0, 0]]), (1, 1, 2)),
        (polygon([[0, 0], [float("nan"), 0], [2, 2], [0, 0]]), (1, 1, 2)),
        (polygon([[0, 0], [float("inf"), 0], [2, 2], [0, 0]]), (1, 1, 2)),
        (polygon([[0, 0], [10**400, 0], [2, 2], [0, 0]]), (1, 1, 2)),
        (polygon([[31.3, 120.6], [2, 0], [2, 2], [31.3, 120.6]]), (1, 1, 1)),
        (polygon(SQUARE, [[0.5, 0.5], [0.5, 1], [1, 1], [1, 0.5]]), (1, 2, 4)),
        (polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]), (1, 1, 1)),
        (polygon(SQUARE, [[8, 8], [9, 8], [9, 9], [8, 8]]), (1, 2, 1)),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [[[5, 5], [6, 5], [96, 196], [5, 5]]]]}, (2, 1, 3)),
    ],
)
def test_a_refused_geometry_is_refused_by_polygon_ring_and_vertex(
    geojson: dict[str, object], place: tuple[int, int, int]
) -> None:
    with pytest.raises(InvalidGeometry) as refused:
        accept(geojson)
    values = refused.value.values
    assert (values["polygon"], values["ring"], values["vertex"]) == place
    for lang in ("zh", "en"):
        assert all(str(number) in refused.value.say(lang) for number in place)


@pytest.mark.parametrize(
    "geojson",
    [
        {},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "GeometryCollection", "geometries": [polygon(SQUARE)]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": None},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": ["POLYGON"]},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": [[SQUARE], 7]},
    ],
)
def test_what_is_no_polygon_is_refused(geojson: dict[str, object]) -> None:
    with pytest.raises(InvalidGeometry):
        accept(geojson)


def test_a_geometry_with_too_many_vertices_is_refused_with_the_limit() -> None:
    with pytest.raises(InvalidGeometry, match="more than 9 vertices"):
        accept(polygon(SQUARE, HOLE), max_vertices=9)
    assert accept(polygon(SQUARE, HOLE), max_vertices=10)


def test_a_valid_boundary_keeps_its_vertices_and_loses_its_heights() -> None:
    repaired = repair(Polygon([(0, 0, 5), (2, 0, 5), (2, 2, 5)]))
    assert repaired.boundary is not None
    assert repaired.boundary.equals_exact(MultiPolygon([Polygon([(0, 0), (2, 0), (2, 2)])]))
    assert not repaired.boundary.has_z
    assert (repaired.changed, repaired.moved_m2) == (False, 0.0)


def test_no_ground_of_a_nested_collection_is_lost() -> None:
    inner = GeometryCollection([box(5, 5, 6, 6), LineString([(0, 0), (9, 9)])])
    repaired = repair(GeometryCollection([MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)]), Point(7, 7), inner]))
    assert repaired.boundary is not None
    assert repaired.boundary.area == pytest.approx(3.0)
    assert repaired.changed


def test_parts_that_overlap_are_joined_and_no_ground_moves() -> None:
    repaired = repair(MultiPolygon([box(0, 0, 2, 2), box(1, 0, 3, 2)]))
    assert repaired.boundary is not None
    assert repaired.boundary.equals(box(0, 0, 3, 2))
    assert repaired.moved_m2 == pytest.approx(0.0, abs=1e-3)


def test_the_part_of_a_hole_outside_its_shell_counts_as_moved() -> None:
    # By crossings, the half of the hole beyond the shell would be ground; the repair takes it away.
    repaired = repair(Polygon([(0, 0), (4, 0), (4, 1), (0, 1)], [[(3, 0), (5, 0), (5, 1), (3, 1)]]))
    assert repaired.boundary is not None
    assert repaired.boundary.equals(box(0, 0, 3, 1))
    assert repaired.moved_m2 == pytest.approx(SQUARE_DEGREE_M2, rel=1e-6)


def test_a_bow_tie_keeps_both_wings_and_moves_nothing() -> None:
    repaired = repair(Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    assert repaired.boundary is not None
    assert repaired.boundary.area == pytest.approx(2.0)
    assert (repaired.changed, repaired.moved_m2) == (True, pytest.approx(0.0, abs=1e-3))


@pytest.mark.parametrize("nothing", [Polygon(), Point(1, 1), Polygon([(0, 0), (1, 0), (0, 0)]), GeometryCollection()])
def test_what_has_no_ground_becomes_nothing(nothing: shapely.Geometry) -> None:
    assert repair(nothing).boundary is None
