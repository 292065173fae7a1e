"""Names found as they are said: written or typed by sound, in Chinese or English, with slips of the pen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from geo.codes import is_chinese
from geo.places.sounds import Ear
from geo.places.words import fold
from geo.wording import Phrase

LEAST = 0.6  # below it, two names are not alike
CANDIDATES = 40

Offer = Callable[[int, float, Phrase], None]

EXACT = Phrase(zh="名称相符", en="by its name")
PART = Phrase(zh="名称部分相符", en="by a part of its name")
ALIKE = Phrase(zh="名称相近（可能有错别字）", en="by a similar name (perhaps a slip of the pen)")
SOUND = Phrase(zh="读音相同", en="by its sound")
PINYIN = Phrase(zh="拼音相符", en="by its pinyin")
INITIALS = Phrase(zh="拼音首字母相符", en="by the initials of its pinyin")


@dataclass(frozen=True, slots=True)
class Match:
    """A name that was found, by its place in the index."""

    number: int
    score: float
    way: Phrase


class NameIndex:
    """Things by what they are called; each may have several names."""

    def __init__(self, names: Sequence[Iterable[str]], ear: Ear) -> None:
        self._ear = ear
        self._exact: dict[str, list[int]] = {}
        self._chinese: list[str] = []
        self._chinese_of: list[int] = []
        self._latin: list[str] = []
        self._latin_of: list[int] = []
        for number, texts in enumerate(names):
            for folded in dict.fromkeys(filter(None, map(fold, texts))):
                self._exact.setdefault(folded, []).append(number)
                if is_chinese(folded):
                    self._chinese.append(folded)
                    self._chinese_of.append(number)
                else:
                    self._latin.append(folded)
                    self._latin_of.append(number)
        sounds = [ear.hear(folded) for folded in self._chinese]
        self._full = [sound.full for sound in sounds]
        self._initials = [sound.initials for sound in sounds]
        self._syllables = [sound.syllables for sound in sounds]

    def exactly(self, text: str) -> Sequence[int]:
        """Those that are called just so."""
        return self._exact.get(fold(text), ())

    def search(self, text: str, *, limit: int = 10) -> list[Match]:
        """The best matches for a text, the best first and ties by number."""
        query = fold(text)
        if not query:
            return []
        best: dict[int, Match] = {}

        def offer(number: int, score: float, way: Phrase) -> None:
            if score >= LEAST and (number not in best or best[number].score < score):
                best[number] = Match(number, score, way)

        for number in self._exact.get(query, ()):
            offer(number, 1.0, EXACT)
        sound = self._ear.hear(query)
        if is_chinese(query):
            self._by_characters(query, offer)
            for place, ratio in _similar(sound.syllables, self._syllables):
                offer(self._chinese_of[place], 0.95 if ratio == 1.0 else 0.9 * ratio, SOUND if ratio == 1.0 else ALIKE)
        else:
            self._by_letters(query, offer)
        for place, ratio in _similar(sound.full, self._full):
            offer(self._chinese_of[place], 0.96 if ratio == 1.0 else 0.9 * ratio, PINYIN if ratio == 1.0 else ALIKE)
        return sorted(best.values(), key=lambda match: (-match.score, match.number))[:limit]

    def _by_characters(self, query: str, offer: Offer) -> None:
        for place, ratio in _similar(query, self._chinese):
            offer(self._chinese_of[place], 0.93 * ratio, ALIKE)
        for place, name in enumerate(self._chinese):
            if len(query) > 1 and query in name:
                offer(self._chinese_of[place], 0.72 + 0.25 * len(query) / len(name), PART)
            elif len(name) > 1 and name in query:
                offer(self._chinese_of[place], 0.7 + 0.2 * len(name) / len(query), PART)

    def _by_letters(self, query: str, offer: Offer) -> None:
        for place, ratio in _similar(query, self._latin):
            offer(self._latin_of[place], 0.95 * ratio, ALIKE)
        for place, name in enumerate(self._latin):
            if len(query) > 2 and query in name:
                offer(self._latin_of[place], 0.7 + 0.25 * len(query) / len(name), PART)
        for place, initials in enumerate(self._initials):
            if initials == query and len(query) > 1:
                offer(self._chinese_of[place], 0.88, INITIALS)
            elif len(query) > 2 and initials.startswith(query):
                offer(self._chinese_of[place], 0.6 + 0.2 * len(query) / len(initials), INITIALS)


def _similar(query: str, choices: Sequence[str]) -> list[tuple[int, float]]:
    """The places of the choices that are most alike, with how much, in (0, 1]."""
    found = process.extract(query, choices, scorer=fuzz.ratio, score_cutoff=100 * LEAST, limit=CANDIDATES)
    return [(place, score / 100.0) for _, score, place in found]
