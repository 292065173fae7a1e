"""The tree of units: who decides between two, and who answers for a contractor."""

import pytest

from geo.model import Unit, UnitKind
from geo.units import accountable, chain_upwards, coordinator_of, headquarters_of
from geo.wording import Name


def tree(**parents):
    """Units by code from `code=parent`; those named `hq…` are headquarters, `firm…` are contractors."""
    kinds = {"hq": UnitKind.HEADQUARTERS, "fi": UnitKind.CONTRACTOR}
    return {
        code: Unit(code, Name(en=code), kinds.get(code[:2], UnitKind.TERRITORIAL), parent)
        for code, parent in parents.items()
    }


CITY = tree(hq=None, north="hq", south="hq", oak="north", elm="north", elm1="elm", elm2="elm", quay="south")


def test_the_chain_upwards_begins_with_the_unit_itself_and_ends_at_the_top():
    assert chain_upwards("elm2", CITY) == ("elm2", "elm", "north", "hq")
    assert chain_upwards("hq", CITY) == ("hq",)


@pytest.mark.parametrize(
    ("contesting", "coordinator"),
    [
        (("oak", "elm"), "north"),  # siblings: their parent
        (("elm1", "elm2"), "elm"),
        (("elm1", "oak"), "north"),  # the lowest common superior, not the top
        (("elm1", "elm2", "oak"), "north"),
        (("elm1", "quay"), "hq"),
        (("north", "south"), "hq"),
        (("elm", "elm1"), "north"),  # nobody judges its own case: the superior is one of them, so its parent decides
        (("north", "elm", "elm1"), "hq"),
        (("elm", "elm1", "north"), "hq"),
        (("hq", "elm"), "hq"),  # above headquarters there is nobody
    ],
)
def test_the_lowest_common_superior_decides_unless_it_is_one_of_those_who_contest(contesting, coordinator):
    assert coordinator_of(contesting, CITY).code == coordinator
    assert coordinator_of(tuple(reversed(contesting)), CITY).code == coordinator


def test_where_two_units_have_no_common_superior_headquarters_decides():
    assert coordinator_of(("a", "b"), tree(hq=None, a=None, b=None)).code == "hq"


def test_a_contractor_is_answered_for_by_the_first_unit_above_it_that_is_none():
    units = tree(hq=None, town="hq", firm1="town", firm2="firm1", firm3="hq", firm4=None)
    assert accountable("town", units) == "town"
    assert accountable("firm1", units) == "town"
    assert accountable("firm2", units) == "town"
    assert accountable("firm3", units) == "hq"
    assert accountable("firm4", units) == "hq"


def test_of_several_headquarters_the_lowest_code_is_the_top():
    assert headquarters_of(tree(hq2=None, hq1=None, town="hq2")).code == "hq1"
