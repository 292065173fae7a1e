import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.escape import escape
from tests.maps.worlds import HOSTILE


@given(st.text())
def test_escaped_text_reads_as_before(text: str) -> None:
    # html.unescape follows the standard: characters that HTML cannot hold are the only loss.
    assert html.unescape(escape(text)) == html.unescape(html.escape(text))


@given(st.text(alphabet="\\`${}<>\"'&ab;#"))
def test_no_character_that_markup_or_a_template_literal_can_run_is_left(text: str) -> None:
    assert not set(escape(text)) & set("\\`${}<>\"'")


@pytest.mark.parametrize("attack", HOSTILE)
def test_an_attack_becomes_the_text_of_itself(attack: str) -> None:
    assert html.unescape(escape(attack)) == attack
    assert "<" not in escape(attack)
    assert "${" not in escape(attack)


def test_plain_names_stay_as_they_are() -> None:
    assert escape("观前社区 No. 3") == "观前社区 No. 3"
