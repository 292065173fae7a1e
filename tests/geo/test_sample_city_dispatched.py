"""The sample's dispatched records: what was planted in them is what the audit finds."""

import csv
import gzip
import io
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from geo.atlas import Atlas
from geo.city_folder import read_city
from geo.verify.audit import audit
from geo.verify.compare import compare
from geo.verify.ground import ground_of
from geo.verify.summary import outside_m_of
from samples.gusu_maker.admin import draw_admin
from samples.gusu_maker.dispatched import ACCURACY_M, MISLABELLED, MOVED, draw_dispatched
from samples.gusu_maker.lines import draw_network
from samples.gusu_maker.mesh import UNITS_A_DEGREE, Mesh
from samples.gusu_maker.plan import QUARTERS
from tests.geo.small_worlds import EDITION

FOLDER = Path(__file__).parents[2] / "samples" / "gusu"


@cache
def communities():
    return ground_of(Atlas(read_city(FOLDER).city_map, EDITION), scheme="admin", level="community")


@cache
def drawn():
    mesh = Mesh()
    return mesh, draw_admin(mesh, QUARTERS, draw_network(mesh))


def audited(labels, lon, lat, moments):
    """The audit of records against the communities."""
    seconds = np.array([moment.timestamp() for moment in moments])
    compared, agreed = compare(communities(), labels=labels, lon=np.array(lon), lat=np.array(lat), seconds=seconds)
    outside_m = outside_m_of(communities(), compared)
    return audit(communities(), compared, outside_m, agreed, accuracies_m=(), confidence=0.68, assumed_m=10.0)


def assert_found(found, *, until=MOVED.until):
    """What was planted is what was found."""
    assert found.fit.accuracy_m.value == pytest.approx(ACCURACY_M, rel=0.2)
    assert found.fit.mislabelled.value == pytest.approx(MISLABELLED, abs=0.01)
    [border] = [one for one in found.borders if one.depth_m is not None]
    assert (border.first.code, border.second.code) == (MOVED.former, MOVED.present)
    assert border.depth_m == pytest.approx(MOVED.depth_m, rel=0.25)
    assert border.since is None
    assert abs(border.until - until.timestamp()) < 4 * 86_400


def test_the_errors_planted_in_the_committed_records_are_found():
    text = gzip.decompress((FOLDER / "dispatched.csv.gz").read_bytes()).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 8_000
    assert_found(
        audited(
            [row["community"] for row in rows],
            [float(row["lon"]) for row in rows],
            [float(row["lat"]) for row in rows],
            [datetime.fromisoformat(row["reported_at"]) for row in rows],
        )
    )


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_they_are_found_whatever_the_dice_say(seed):
    mesh, admin = drawn()
    records = draw_dispatched(mesh, admin, f"dispatched again {seed}")
    assert_found(
        audited(
            [record.community for record in records],
            [record.lon / UNITS_A_DEGREE for record in records],
            [record.lat / UNITS_A_DEGREE for record in records],
            [record.at for record in records],
        )
    )
