"""[[components]]: registered things from tables and points, and what is wrong with them."""

from datetime import date
from pathlib import Path

import orjson
import pytest

from geo.city_folder import Intake
from geo.components import Component, ComponentState
from geo.errors import InvalidInput
from geo.findings import say
from tests.geo.worlds import kinds, take_in, the_finding, towns

CITY = """
    [city]
    name = "x"
    categories = "default"
    [[areas]]
    file = "towns.geojson"
    [[units]]
    file = "units.csv"
    [[components]]
    file = "{file}"
"""
UNITS = "code,name,kind,telephone\nwater,水务局,部门,1\npower,供电公司,部门,2\n"
HEADER = "id,category,owner,maintainer,competent,state,since,changed,source,note,lon,lat\n"
LID = "3205080102000001"


def read(folder: Path, content: str | bytes | None, *, file: str = "things.csv", more: str = "") -> Intake:
    files: dict[str, bytes | str] = {"towns.geojson": towns("a"), "units.csv": UNITS}
    if content is not None:
        files[file] = content
    return take_in(folder, CITY.format(file=file) + more, files)


def components(intake: Intake) -> tuple[Component, ...]:
    assert intake.city_map is not None, kinds(intake)
    return intake.city_map.components


def test_a_table_gives_components_by_id_with_everything_that_a_row_says(tmp_path: Path) -> None:
    rows = (
        "3205080105000002,0105,power,power,,,,,,,120.6001,31.3001\n"
        f"{LID},0102,water,power,water,破损,2019/2/28,2024-04-01 08:30:00,实测,井圈松动,120.6,31.3\n"
    ).replace("2019/2/28", "2019/02/28")
    intake = read(tmp_path, HEADER + rows)
    assert kinds(intake) == []
    first, second = components(intake)
    assert first == Component(
        LID, "0102", 120.6, 31.3, "water", "power", "water", ComponentState.DAMAGED,
        date(2019, 2, 28), date(2024, 4, 1), "实测", "井圈松动",
    )  # fmt: skip
    assert second == Component("3205080105000002", "0105", 120.6001, 31.3001, "power", "power")


def test_columns_may_have_the_names_of_the_old_systems_and_the_category_follows_from_the_id(tmp_path: Path) -> None:
    more = 'id = "ObjID"\nowner = "DeptCode2"\nstate = "ObjState"\nlon = "X"\nlat = "Y"\n'
    intake = read(tmp_path, f"ObjID,DeptCode2,ObjState,X,Y\n{LID},water,丢失,120.6,31.3\n", more=more)
    (found,) = components(intake)
    assert (found.category, found.owner, found.state, found.counts) == ("0102", "water", ComponentState.LOST, True)


def test_points_are_placed_in_the_datum_of_the_file(tmp_path: Path) -> None:
    point = {
        "type": "Feature",
        "properties": {"id": LID},
        "geometry": {"type": "Point", "coordinates": [120.608170, 31.301815]},
    }
    document = orjson.dumps({"type": "FeatureCollection", "features": [point]})
    (found,) = components(read(tmp_path, document, file="lids.geojson", more='datum = "gcj02"\n'))
    assert (found.lon, found.lat) == pytest.approx((120.604, 31.304), abs=1e-6)


def test_a_removed_component_is_kept_and_counts_no_more(tmp_path: Path) -> None:
    (found,) = components(read(tmp_path, f"id,state,lon,lat\n{LID},废除,120.6,31.3\n"))
    assert (found.state, found.counts) == (ComponentState.REMOVED, False)


@pytest.mark.parametrize(
    ("row", "kind", "left"),
    [
        (f"{LID},0102,,,,,,,,,,31.3", "components-skipped", 0),
        (f"{LID},0102,,,,,,,,,31.3,120.6", "components-skipped", 0),
        ("K-17,0102,,,,,,,,,120.6,31.3", "component-ids-odd", 1),
        (f"{LID},0105,,,,,,,,,120.6,31.3", "component-ids-contradict", 1),
        (f"{LID},0102,,,,,去年,,,,120.6,31.3", "component-days-unread", 1),
    ],
)
def test_what_is_odd_is_noticed_once_a_file(tmp_path: Path, row: str, kind: str, left: int) -> None:
    intake = read(tmp_path, HEADER + row + "\n")
    notice = the_finding(intake, kind)
    assert (notice.row, notice.values["count"]) == (1, 1)
    assert "(rows 1)" in say(notice, "en")
    assert len(components(intake)) == left


def test_a_local_extension_of_a_category_does_not_contradict_the_id(tmp_path: Path) -> None:
    extended = CITY.replace("[[units]]", '[[categories]]\nfile = "more.csv"\n    [[units]]')
    files: dict[str, bytes | str] = {
        "towns.geojson": towns("a"),
        "units.csv": UNITS,
        "more.csv": "code,name,parent\n010201,塑料污水井盖,0102\n",
        "things.csv": f"id,category,lon,lat\n{LID},010201,120.6,31.3\n",
    }
    intake = take_in(tmp_path, extended.format(file="things.csv"), files)
    assert (kinds(intake), components(intake)[0].category) == ([], "010201")


@pytest.mark.parametrize(
    ("rows", "kind", "row"),
    [
        (f"{LID},0102,,,,,,,,,120.6,31.3\n{LID},0102,,,,,,,,,120.6,31.3", "code-repeated", 2),
        (f"{LID},0199,,,,,,,,,120.6,31.3", "unknown-component-category", 1),
        (f"{LID},1102,,,,,,,,,120.6,31.3", "component-of-event", 1),
        (f"{LID},0102,nobody,,,,,,,,120.6,31.3", "unknown-component-unit", 1),
        (f"{LID},0102,,nobody,,,,,,,120.6,31.3", "unknown-component-unit", 1),
        (f"{LID},0102,,,nobody,,,,,,120.6,31.3", "unknown-component-unit", 1),
        (f"{LID},0102,,,,歪了,,,,,120.6,31.3", "value-refused", 1),
        (",0102,,,,,,,,,120.6,31.3", "row-without-code", 1),
        ("K-17,,,,,,,,,,120.6,31.3", "value-missing", 1),
    ],
)
def test_what_points_nowhere_or_twice_blocks(tmp_path: Path, rows: str, kind: str, row: int) -> None:
    intake = read(tmp_path, HEADER + rows + "\n")
    assert intake.city_map is None
    assert the_finding(intake, kind).row == row


def test_an_unknown_unit_of_many_rows_is_one_finding(tmp_path: Path) -> None:
    rows = "".join(f"32050801020000{number:02d},0102,nobody,nobody,,,,,,,120.6,31.3\n" for number in range(1, 9))
    finding = the_finding(read(tmp_path, HEADER + rows), "unknown-component-unit")
    assert (finding.values["value"], finding.values["count"]) == ("nobody", 8)
    assert "(rows 1, 2, 3, 4, 5, …)" in say(finding, "en")


@pytest.mark.parametrize(
    ("content", "more", "kind"),
    [
        (None, "", "missing-file"),
        ("id,category\n1,2\n", "", "missing-field"),
        ("category,lon,lat\n", "", "missing-field"),
        ("id,lon,lat\n", 'datum = "mars"\n', "unknown-datum"),
    ],
)
def test_a_file_that_cannot_be_used_blocks(tmp_path: Path, content: str | None, more: str, kind: str) -> None:
    intake = read(tmp_path, content, more=more)
    assert intake.city_map is None
    assert kind in kinds(intake)


def test_a_key_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="colour"):
        read(tmp_path, HEADER, more='colour = "x"\n')
