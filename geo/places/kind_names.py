"""Names whose last word says what kind it is: people remember the name and mix up the kind (路, 街; 小区, 新村)."""

import re
from collections.abc import Sequence

from geo.places.names import Match, NameIndex
from geo.places.phrasing import ROAD_END
from geo.places.sounds import Ear
from geo.places.words import fold
from geo.wording import Phrase

OTHER_WORD = 0.86  # of the score, for a name that ends in another word of the same kind
ROAD_WORDS = ROAD_END
ESTATE_WORDS = re.compile(r"小区|新村|花园|家园|公寓|大院|花苑|社区|苑")

WORD = Phrase(
    zh="名称相符，只是末尾的“路”“街”“小区”“新村”之类说法不同，请核对",
    en="by its name but for the last word, such as another one for street or estate; check it",
)


class KindNames:
    """Things of one kind by what they are called; what it offers is that of a `NameIndex`.

    `words` are those that end such names.
    """

    def __init__(self, names: Sequence[Sequence[str]], ear: Ear, words: re.Pattern[str]) -> None:
        self._words = words
        self._whole = NameIndex(names, ear)
        self._stems = NameIndex([[stem for name in texts if (stem := self._stem(name))] for texts in names], ear)

    def exactly(self, text: str) -> Sequence[int]:
        """Those that are called just so."""
        return self._whole.exactly(text)

    def search(self, text: str, *, limit: int = 10) -> list[Match]:
        """The best matches for a text, the best first and ties by number."""
        best = {match.number: match for match in self._whole.search(text, limit=limit)}
        if stem := self._stem(text):
            for number in self._stems.exactly(stem):
                if number not in best or best[number].score < OTHER_WORD:
                    best[number] = Match(number, OTHER_WORD, WORD)
        return sorted(best.values(), key=lambda match: (-match.score, match.number))[:limit]

    def _stem(self, text: str) -> str:
        """A name without its last word; empty where that is too little, or no such word ends it."""
        plain = fold(text)
        ends = [end for end in self._words.finditer(plain) if end.end() == len(plain)]
        return plain[: ends[0].start()] if ends and ends[0].start() > 1 else ""
