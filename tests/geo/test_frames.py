"""Frames and tables for notebooks: the same rows, with the columns of the bulk answer behind them."""

import re
from datetime import UTC, datetime
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pyarrow as pa
import pytest
from shapely import Point, Polygon

from geo.assign import ANSWER_COLUMNS, assign, level_columns
from geo.errors import InvalidInput
from geo.frames import assign_frame, open_city
from geo.position import sigma_of
from tests.geo.small_worlds import corner, open_atlas, two_towns

SAMPLE = Path(__file__).parents[2] / "samples" / "gusu"
PLACES = [(1, 1), (3.95, 2), (6, 1), (40, 40)]


def degrees():
    return np.array([corner(x, y) for x, y in PLACES])


def frame(**columns):
    """Places on the map of two towns, by an index of their own."""
    points = geopandas.points_from_xy(*degrees().T)
    return geopandas.GeoDataFrame(columns, geometry=points, crs=4326, index=["a", "b", "c", "d"])


def expected(accuracy_m):
    atlas = open_atlas(two_towns())
    lon, lat = degrees().T
    sigma_m = np.array([sigma_of(accuracy_m=metres, confidence=0.68) for metres in np.broadcast_to(accuracy_m, 4)])
    return assign(atlas, lon=lon.copy(), lat=lat.copy(), sigma_m=sigma_m)


def cells(column):
    """The cells of a column of either kind of table, None where there is none."""
    return [None if pandas.isna(cell) else cell for cell in column.to_numpy()]


def check(found, accuracy_m):
    """Whether the columns of a frame are those of the bulk answer."""
    bulk = expected(accuracy_m)
    for name, values in bulk.text.items():
        assert cells(found[name]) == values.tolist(), name
    for name, values in bulk.numbers.items():
        assert np.array_equal(found[name].to_numpy().astype(float), values, equal_nan=True), name


@pytest.mark.parametrize("crs", [4326, 32651, 3857])
def test_a_frame_in_any_reference_system_keeps_its_index_and_rows(crs):
    atlas = open_atlas(two_towns())
    given = frame(words=["w", "x", "y", "z"]).to_crs(crs)
    found = assign_frame(given, atlas, accuracy_m=10.0)
    assert list(found.columns) == ["words", "geometry", *ANSWER_COLUMNS, *level_columns(atlas).values()]
    assert (found.index.tolist(), found.crs.to_epsg()) == (["a", "b", "c", "d"], crs)
    assert found["words"].tolist() == ["w", "x", "y", "z"]
    assert "pw_unit" not in given.columns
    check(found, 10.0)
    assert set(found["pw_verdict"]) == {"certain", "likely", "unclaimed"}


def test_an_arrow_table_names_its_columns_and_its_accuracies():
    lon, lat = degrees().T
    table = pa.table({"x": lon, "y": lat, "metres": pa.array([0.0, 25.0, None, 3.0])})
    found = assign_frame(table, open_atlas(two_towns()), lon="x", lat="y", accuracy_m="metres", datum="wgs84")
    assert isinstance(found, pa.Table)
    assert found.column_names[:3] == ["x", "y", "metres"]
    check(found, [0.0, 25.0, 10.0, 3.0])


def test_a_row_without_a_position_says_so_and_the_others_are_answered():
    atlas = open_atlas(two_towns())
    given = frame()
    given.loc["b", "geometry"] = None
    given.loc["c", "geometry"] = Point()
    found = assign_frame(given, atlas, accuracy_m=0.0)
    assert found["pw_error"].notna().tolist() == [False, True, True, False]
    assert cells(found["pw_unit"])[:3] == ["west", None, None]
    assert "no usable position" in found["pw_error"]["b"] or "没有可用的位置" in found["pw_error"]["b"]


def test_only_areas_are_told_where_only_these_are_asked():
    atlas = open_atlas(two_towns())
    found = assign_frame(frame(), atlas, areas_only=True)
    assert list(found.columns) == ["geometry", "pw_error", "pw_admin_town"]
    assert cells(found["pw_admin_town"]) == expected(0.0).text["pw_admin_town"].tolist()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda one: one.set_crs(None, allow_override=True), "has no reference system"),
        (lambda one: one.assign(pw_unit=1), "has the columns pw_unit already"),
        (lambda one: one.set_geometry([Polygon([(0, 0), (1, 0), (1, 1)])] * 4, crs=4326), "of row a is a Polygon"),
    ],
)
def test_a_frame_that_cannot_be_answered_is_refused_by_what_is_wrong(spoil, said):
    with pytest.raises(InvalidInput, match=said):
        assign_frame(spoil(frame()), open_atlas(two_towns()))


def test_a_column_that_is_not_there_and_an_accuracy_that_cannot_be_are_refused():
    atlas = open_atlas(two_towns())
    with pytest.raises(InvalidInput, match="no column metres; it has: geometry"):
        assign_frame(frame(), atlas, accuracy_m="metres")
    with pytest.raises(InvalidInput, match="no column lon; it has: x"):
        assign_frame(pa.table({"x": [1.0]}), atlas)
    with pytest.raises(InvalidInput, match=r"accuracy_m -1.0 is outside"):
        assign_frame(frame(), atlas, accuracy_m=-1.0)


def test_a_citys_folder_is_an_atlas_in_one_call():
    atlas = open_city(SAMPLE)
    table = pa.table({"lon": [120.6522572], "lat": [31.3063447]})
    at = datetime(2026, 6, 1, 2, tzinfo=UTC)
    found = assign_frame(table, atlas, category="1501", accuracy_m=0.0, at=at, datum="wgs84")
    sheet = atlas.sheet("1501", at)
    bulk = assign(atlas, lon=np.array([120.6522572]), lat=np.array([31.3063447]), sigma_m=np.zeros(1), sheet=sheet)
    for name, values in bulk.text.items():
        assert cells(found[name]) == values.tolist(), name
    assert found["pw_unit"][0].as_py() in atlas.units


def test_a_folder_that_does_not_import_is_refused_with_what_blocks_it(tmp_path):
    (tmp_path / "city.toml").write_text('[city]\nname = "Test"\n[[areas]]\nfile = "a.geojson"\n')
    (tmp_path / "a.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(InvalidInput, match="does not import: 1 findings block it, the first is"):
        open_city(tmp_path)


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_example_of_the_readme_runs(readme, monkeypatch, capsys):
    project = SAMPLE.parents[1]
    text = (project / readme).read_text(encoding="utf-8")
    example = next(block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "assign_frame" in block)
    monkeypatch.chdir(project)
    exec(example, {})  # noqa: S102
    assert capsys.readouterr().out.splitlines()[0].split() == ["id", "pw_verdict", "pw_unit", "pw_p", "pw_border_m"]
