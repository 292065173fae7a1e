"""Everything that people read stands in Chinese and in English, with the same values in both."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

PROJECT = Path(__file__).parents[1]
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")  # characters, and Chinese punctuation


def phrases(source: str) -> list[tuple[int, dict[str, str]]]:
    """Each `Phrase(zh="…", en="…")` in a source: its line, and the texts that are literals."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Phrase":
            texts = {
                str(keyword.arg): keyword.value.value
                for keyword in node.keywords
                if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
            }
            found.append((node.lineno, texts))
    return found


def placeholders(text: str) -> set[str]:
    """The names of the values in a text; `{}` has the name ''.

    A value that was put into words before is called `zh` in the Chinese text and `en` in the English one.
    """
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    return {"said" if name in ("zh", "en") else name for name in names}


def words(text: str) -> str:
    """The letters of a text outside its placeholders."""
    return "".join(filter(str.isalpha, "".join(literal for literal, _, _, _ in Formatter().parse(text))))


def troubles(source: str) -> list[str]:
    """What is wrong with the phrases of a source."""
    found = []
    for line, texts in phrases(source):
        chinese, english = texts.get("zh", ""), texts.get("en", "")
        if not texts:
            continue  # built from other phrases
        if words(english) and not CHINESE.search(chinese):
            found.append(f"{line}: no Chinese")
        if words(chinese) and (not words(english) or CHINESE.search(english)):
            found.append(f"{line}: no English")
        if placeholders(chinese) != placeholders(english) or "" in placeholders(english):
            found.append(f"{line}: other values in the other language")
    return found


def test_every_phrase_of_the_program_is_in_both_languages() -> None:
    sources = [path for package in ("api", "geo", "maps") for path in sorted((PROJECT / package).rglob("*.py"))]
    wrong = [f"{path.relative_to(PROJECT)}:{trouble}" for path in sources for trouble in troubles(path.read_text())]
    assert wrong == []
    assert sum(len(phrases(path.read_text())) for path in sources) > 10


@pytest.mark.parametrize(
    "phrase",
    [
        'Phrase(zh="没有 {code}", en="no {code}")',
        'Phrase(zh="没有 {code:>8}", en="no " "{code}")',
        'Phrase(zh="{{}} 甲", en="{{}} a")',
        'Phrase(zh="原因：{zh}", en="because {en}")',
        'Phrase(zh="{first}、{second}", en="{first}, {second}")',
        "Phrase(zh=first.zh, en=first.en)",
    ],
)
def test_a_phrase_in_both_languages_is_fine(phrase: str) -> None:
    assert troubles(phrase) == []


@pytest.mark.parametrize(
    ("phrase", "trouble"),
    [
        ('Phrase(zh="", en="none")', "1: no Chinese"),
        ('Phrase(zh="none", en="none")', "1: no Chinese"),
        ('Phrase(en="none")', "1: no Chinese"),
        ('Phrase(zh="没有", en=" ")', "1: no English"),
        ('Phrase(zh="没有", en="没有")', "1: no English"),
        ('Phrase(zh="没有 {code}", en="no {name}")', "1: other values in the other language"),
        ('Phrase(zh="没有 {}", en="no {}")', "1: other values in the other language"),
    ],
)
def test_a_phrase_that_lacks_a_language_or_a_value_is_found(phrase: str, trouble: str) -> None:
    assert troubles(phrase) == [trouble]
