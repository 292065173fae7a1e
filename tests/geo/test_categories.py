"""The tree of categories."""

import pytest

from geo.categories import CategoryTree
from geo.errors import InvalidInput
from tests.geo.claim_worlds import CATEGORIES
from tests.geo.small_worlds import ask, open_atlas, two_towns


def test_the_chain_runs_from_the_category_up_to_its_major():
    tree = CategoryTree(CATEGORIES)
    assert tree.chain("110101") == ("110101", "1101", "11")
    assert tree.chain("11") == ("11",)


@pytest.mark.parametrize("code", ["", "9999", "1", "1101 ", "11010", "*", "x" * 100_000])
def test_what_the_city_does_not_have_is_refused_in_both_languages(code):
    with pytest.raises(InvalidInput) as refusal:
        CategoryTree(CATEGORIES).chain(code)
    for lang, remedy in (("zh", "/v1/categories"), ("en", "see /v1/categories")):
        message = refusal.value.say(lang)
        assert remedy in message
        assert repr(code[:80]) in message
        assert len(message) < 300


def test_a_city_without_categories_knows_none_and_takes_any():
    assert CategoryTree(()).by_code == {}
    assert ask(open_atlas(two_towns()), 1, 1, category="whatever").warnings == ("no-categories",)


def test_the_tree_cannot_be_changed():
    with pytest.raises(TypeError):
        CategoryTree(CATEGORIES).by_code["99"] = CATEGORIES[0]
