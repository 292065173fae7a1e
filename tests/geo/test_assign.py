"""Bulk answers are the single answer's numbers, position for position."""

import math
from dataclasses import replace

import numpy as np
import pytest

from api.schemas.answer import from_domain
from geo.assign import ANSWER_COLUMNS, NUMBER_COLUMNS, assign, level_columns
from geo.position import sigma_of
from geo.resolve import determine_many
from tests.geo.small_worlds import (
    MOMENT,
    WORLDS,
    corner,
    crossing_schemes,
    gap_and_overlap,
    open_atlas,
    question_at,
    ragged_city,
    telling_places,
    three_tiers,
    two_towns,
)

LARGER = {
    "ragged_city": lambda: ragged_city(columns=5, rows=4, seed=5),
    "ragged_city_with_bends": lambda: ragged_city(columns=2, rows=2, seed=6, bends=24),
    "ragged_city_with_holes": lambda: without_every_seventh(ragged_city(columns=4, rows=4, seed=8)),
}
CITIES = {**WORLDS, **LARGER}


def without_every_seventh(city_map):
    """The city with holes: a seventh of its areas are gone."""
    return replace(city_map, areas=tuple(one for i, one in enumerate(city_map.areas) if i % 7))


def columns_at(atlas, *places, accuracy_m=0.0):
    lon, lat = np.array([corner(x, y) for x, y in places], dtype=np.float64).reshape(-1, 2).T
    sigma_m = np.full(len(lon), sigma_of(accuracy_m=accuracy_m, confidence=0.68))
    return assign(atlas, lon=lon, lat=lat, sigma_m=sigma_m)


def row_of(answer, levels):
    """The columns that a single answer, as it leaves over HTTP, calls for."""
    lead, second = answer["lead"], (*answer["candidates"], None, None)[1]
    row = {
        "pw_verdict": answer["verdict"],
        "pw_unit": lead and lead["unit"]["code"],
        "pw_p": lead and lead["p"],
        "pw_border_m": answer["border"]["distance_m"],
        "pw_rival": second["unit"]["code"] if second and second["p"] >= 0.01 else None,
        "pw_next": answer["next"]["unit"]["code"],
    }
    for (scheme, level), column in levels.items():
        codes = [one["code"] for one in answer["areas"] if (one["scheme"], one["level"]) == (scheme, level)]
        row[column] = min(codes, default=None)
    return row


def rows_of(columns):
    """The bulk answer row by row, nan as None."""
    text = {name: values.tolist() for name, values in columns.text.items()}
    numbers = {
        name: [None if math.isnan(value) else value for value in values.tolist()]
        for name, values in columns.numbers.items()
    }
    names = [*text, *numbers]
    return [dict(zip(names, row, strict=True)) for row in zip(*text.values(), *numbers.values(), strict=True)]


@pytest.mark.parametrize("city", CITIES)
def test_every_column_is_the_single_answers_number(city):
    city_map = CITIES[city]()
    atlas = open_atlas(city_map)
    lon, lat = telling_places(city_map, random=400)
    accuracy_m = np.resize([0.0, 3.0, 10.0, 25.0, 80.0, 500.0, 700.0], len(lon))
    sigma_m = np.array([sigma_of(accuracy_m=metres, confidence=0.68) for metres in accuracy_m])
    questions = [
        question_at(lon=x, lat=y, accuracy_m=metres)
        for x, y, metres in zip(lon.tolist(), lat.tolist(), accuracy_m.tolist(), strict=True)
    ]
    singles = determine_many(atlas, questions, MOMENT)
    expected = [row_of(from_domain(answer, "zh"), level_columns(atlas)) for answer in singles]
    found = rows_of(assign(atlas, lon=lon, lat=lat, sigma_m=sigma_m))
    assert len(found) == len(expected) > 400
    for place, one, other in zip(zip(lon, lat, strict=True), found, expected, strict=True):
        assert one == other, place


def test_inside_a_partition_every_position_has_exactly_one_lead():
    city_map = ragged_city(columns=8, rows=8, seed=5)
    atlas = open_atlas(city_map)
    lon, lat = telling_places(city_map, random=0)
    rng = np.random.default_rng(2)
    inside = np.array([corner(x, y) for x, y in rng.uniform(1, 7, size=(2_000, 2))]).T
    lon, lat = np.concatenate([lon, inside[0]]), np.concatenate([lat, inside[1]])
    well_inside = (abs(lon - corner(4, 0)[0]) < 0.003) & (abs(lat - corner(0, 4)[1]) < 0.003)
    columns = assign(atlas, lon=lon[well_inside], lat=lat[well_inside], sigma_m=np.zeros(well_inside.sum()))
    assert well_inside.sum() > 2_000
    assert set(columns.text["pw_verdict"]) == {"certain"}
    assert set(columns.numbers["pw_p"]) == {1.0}
    # A street's edge is the edge of its cells, so both levels and the lead tell the same.
    street_of_cell = [f"s{int(code[:3]) // 2}" for code in columns.text["pw_admin_cell"]]
    assert columns.text["pw_admin_street"].tolist() == street_of_cell == columns.text["pw_unit"].tolist()


def test_the_columns_are_named_by_scheme_and_level():
    atlas = open_atlas(crossing_schemes())
    assert list(level_columns(atlas).values()) == ["pw_admin_town", "pw_wash_round"]
    columns = columns_at(atlas, (1, 1))
    named = {*columns.text, *columns.numbers}
    assert named == {*ANSWER_COLUMNS, "pw_admin_town", "pw_wash_round"} - {"pw_error"}
    assert set(columns.numbers) == set(NUMBER_COLUMNS)


def test_a_rival_is_named_in_an_overlap_and_nowhere_else():
    columns = columns_at(open_atlas(gap_and_overlap()), (4.5, 2), (4, 2), (1, 2))
    assert columns.text["pw_rival"].tolist() == ["b", None, None]
    assert columns.text["pw_verdict"].tolist() == ["contested", "certain", "certain"]
    assert columns.numbers["pw_p"].tolist() == [0.5, 1.0, 1.0]


def test_the_next_unit_is_the_interim_keeper_of_a_dispute_and_headquarters_in_a_gap():
    tiers = columns_at(open_atlas(three_tiers()), (2.5, 2.5), (1.5, 2.5))
    assert tiers.text["pw_next"].tolist() == ["s1", "c1"]
    gap = columns_at(open_atlas(gap_and_overlap()), (9.5, 2))
    assert (gap.text["pw_next"][0], gap.text["pw_unit"][0], gap.text["pw_admin_town"][0]) == ("hq", None, None)
    assert math.isnan(gap.numbers["pw_p"][0])


def test_inside_an_overlap_and_on_a_line_the_area_column_has_the_lowest_code():
    columns = columns_at(open_atlas(gap_and_overlap()), (4.5, 2), (5, 2))
    assert columns.text["pw_admin_town"].tolist() == ["a", "b"]
    assert columns_at(open_atlas(two_towns()), (4, 2)).text["pw_admin_town"].tolist() == ["east"]


def test_accuracy_doubts_each_row_for_itself():
    lon, lat = np.array([corner(3.9, 2)] * 3).T
    sigma_m = np.array([sigma_of(accuracy_m=metres, confidence=0.68) for metres in (0.0, 10.0, 3.0)])
    columns = assign(open_atlas(two_towns()), lon=lon, lat=lat, sigma_m=sigma_m)
    assert columns.text["pw_verdict"].tolist() == ["certain", "likely", "certain"]
    assert columns.numbers["pw_border_m"].tolist() == [9.5, 9.5, 9.5]


def test_metres_are_rounded_to_a_tenth_and_below_one_to_a_hundredth():
    columns = columns_at(open_atlas(two_towns()), (3.99, 2), (3.9, 2), (2, 2))
    assert columns.numbers["pw_border_m"].tolist()[:2] == [0.95, 9.5]
    assert math.isnan(columns.numbers["pw_border_m"][2])


def test_no_rows_are_answered_with_no_rows():
    columns = columns_at(open_atlas(two_towns()))
    assert rows_of(columns) == []
    assert {*columns.text, *columns.numbers} == {*ANSWER_COLUMNS, "pw_admin_town"} - {"pw_error"}
